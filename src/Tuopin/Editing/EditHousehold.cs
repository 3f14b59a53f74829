using System.Data.Common;
using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// <c>/households/{id}/edit</c>: the facts of a household, of its house and of one registry year, as a form drawn from the dictionary; the same by
/// <c>PATCH /api/v1/households/{id}/facts</c>. Each author sees and states the facts the dictionary lets it state, with its rank.
/// </summary>
public static class EditHousehold
{
    /// <param name="Years">The open registry year and the one before it, which can still be corrected.</param>
    public sealed record Form(
        Editor Editor,
        AreaVersion? Village,
        int Year,
        IReadOnlyList<int> Years,
        string Version,
        IReadOnlyList<FactForm.Section> Sections
    )
    {
        public string Day { get; init; } = "";
        public string Reason { get; init; } = "";
        public string Document { get; init; } = "";
        public Label? Wrong { get; init; }
        public bool Saved { get; init; }

        /// <summary>Something was changed by others since the form was opened: what was typed stands beside it.</summary>
        public bool Overtaken { get; init; }
    }

    /// <summary>Stating facts of a household: by name, as somebody types them; blank takes a value away.</summary>
    public sealed record Stating : Act
    {
        public required IReadOnlyDictionary<string, string?> Facts { get; init; }
        public required int Year { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.Edit;

        [JsonIgnore]
        public override string Name => "household.edit";

        public override Plan Decide(Writing writing)
        {
            var sheet = SheetOf(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, Year, DayNumber.Of(writing.WorkDate));
            var stated = FactForm.Read(sheet, writing.Editor, Facts);
            var decisions = sheet.Decide(stated, writing.Editor.Author, writing.Day);
            var differences = FactSheet.Differences(decisions, writing.Dictionary);
            // Pressed twice: it is so already.
            if (differences.Count > 0)
                sheet.RequireVersion(writing.Connection, Version, writing.Editor.MayState);
            return new(differences, Affected(writing, decisions), change => sheet.Write(writing, decisions, change))
            {
                Detail = new { year = Year, facts = stated.Keys.Select(f => f.ToString()) },
            };
        }

        // Whoever lives in the same house is judged by it too.
        private static List<long> Affected(Writing writing, IReadOnlyList<Settle.Decision> decisions) =>
            decisions.Any(d => d is { Outcome: Settle.Outcome.Taken, Fact.Subject.Name: "dwelling" })
                ?
                [
                    .. writing.Connection.Query<long>(
                        $"""
                        SELECT DISTINCT o.household_id FROM residences r JOIN residences o ON o.dwelling_id = r.dwelling_id
                        WHERE r.household_id = @household AND {Pairings.Covers("r", DayNumber.Of(writing.WorkDate))} AND {Pairings.Covers(
                            "o",
                            DayNumber.Of(writing.WorkDate)
                        )}
                        """,
                        new { household = writing.Household },
                        writing.Transaction
                    ),
                ]
                : [writing.Household];
    }

    /// <summary>A fact as the API tells it: as somebody would type it, codes by their keys.</summary>
    public sealed record Told(string Fact, string Label, string? Value, string? StatedBy);

    /// <param name="Author">In whose name the caller states facts here.</param>
    public sealed record ToldFacts(long Household, string Number, int Year, string Author, string Version, IReadOnlyList<Told> Facts);

    /// <summary>Facts to change, by name; null takes a value away.</summary>
    /// <param name="Day">The day the data is of; without one the work date.</param>
    /// <param name="Document">The paper it rests on.</param>
    public sealed record Asked(IReadOnlyDictionary<string, string?> Facts, string Reason, string? Day = null, string? Document = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/households/{household:long}/edit", Show).Needs(Permission.Edit);
        routes.MapPost("/households/{household:long}/edit", Post).Needs(Permission.Edit);
        const string path = Api.Root + "/households/{household:long}/facts";
        routes
            .MapGet(
                path,
                (ConsoleContext context, HttpContext http, long household, int? year, string? author) =>
                    Api.Answer(http, Tell(Handle(context, household, year, author)))
            )
            .OfApi<ToldFacts>(Permission.Edit, "facts", "The facts of a household that you may state, with their authors")
            .Asks(Year, Author);
        routes
            .MapPatch(
                path,
                async (ConsoleContext context, HttpContext http, Pen pen, long household, int? year, string? author, Asked asked) =>
                {
                    await Api.CheckWrite(http);
                    var before = Tell(Handle(context, household, year, author));
                    if (http.Request.Headers.IfMatch.ToString() is not { Length: > 0 } match)
                        throw new PreconditionMissing();
                    if (match != Api.TagOf(http, before))
                        throw new PreconditionFailed("edit.changed-since");
                    var act = ActOf(
                        context,
                        before.Year,
                        before.Version,
                        asked.Facts ?? new Dictionary<string, string?>(),
                        asked.Day,
                        asked.Reason,
                        asked.Document
                    );
                    try
                    {
                        await pen.Do(context.Caller, household, before.Author, act, http.RequestAborted);
                    }
                    catch (ChangedMeanwhile)
                    {
                        throw new PreconditionFailed("edit.changed-since");
                    }
                    await Api.Answer(http, Tell(Handle(context, household, year, author)));
                }
            )
            .OfApi<ToldFacts>(Permission.Edit, "state-facts", "State facts of a household; If-Match names what they are changed from")
            .Asks(Year, Author)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);
    }

    private static readonly (string, string) Year = ("year", "registry year: the open one, which is the default, or the one before");
    private static readonly (string, string) Author = ("author", "in whose name, where several of your grants reach the household");

    private static IResult Show(ConsoleContext context, long household, int? year, string? author, string? saved) =>
        new RazorComponentResult<Pages.EditHouseholdPage>(new { Form = Handle(context, household, year, author) with { Saved = saved is not null } });

    /// <exception cref="NotInScope"/>
    public static Form Handle(ConsoleContext context, long household, int? year, string? author) => Read(context, household, year, author).Form;

    private static (Form Form, FactSheet Sheet) Read(ConsoleContext context, long household, int? year, string? author)
    {
        var editor = Editor.Of(context.Reader, null, context.Caller, Permission.Edit, context.Day, household, author);
        var open = new JudgingDay(context.WorkDate).RegistryYear;
        var of = YearOf(year, open);
        var sheet = SheetOf(context.Reader, null, context.Installation.Packs.Dictionary, household, of, context.Day);
        var village = sheet.Rows[0].Number("village_id") is { } id ? context.Tree.ById(id) : null;
        return (
            new(editor, village, of, [open, open - 1], sheet.Version, FactForm.Draw(sheet, editor)) { Day = DayText.Of(context.WorkDate) },
            sheet
        );
    }

    private static int YearOf(int? asked, int open) =>
        asked is null ? open
        : asked == open || asked == open - 1 ? asked.Value
        : throw new WrongUsage(
            "edit.year",
            $"只能填报 {open} 年度，或更正 {open - 1} 年度。Facts are stated for {open}, and corrected for {open - 1}."
        );

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, Pen pen, long household)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var (shown, sheet) = Read(
            context,
            household,
            int.TryParse(form["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null,
            form["author"]
        );
        var version = form["version"].ToString();
        var then = version == sheet.Version ? sheet.Rows : sheet.AsOf(context.Reader, version);
        Value? Seen(Fact fact) => sheet.Find(then, fact)?[fact];
        var touched = FactForm.Touched(shown.Sections, FactForm.Typed(form), Seen);
        try
        {
            var act = ActOf(context, shown.Year, version, touched, form["day"], form["reason"], form["document"]);
            await pen.Do(context.Caller, household, shown.Editor.Author, act, http.RequestAborted);
            return Results.LocalRedirect($"/households/{household}/edit?year={shown.Year}&author={shown.Editor.Author}&saved=yes");
        }
        catch (Refusal refusal) when (refusal is WrongUsage or ChangedMeanwhile or { Code: "edit.older" })
        {
            // What was typed stays, beside what is held now.
            var (now, held) = refusal is ChangedMeanwhile ? Read(context, household, shown.Year, shown.Editor.Author) : (shown, sheet);
            return new RazorComponentResult<Pages.EditHouseholdPage>(
                new
                {
                    Form = now with
                    {
                        Sections = FactForm.Again(now.Sections, touched, f => (Seen(f), held.ValueOf(f))),
                        Day = form["day"].ToString(),
                        Reason = form["reason"].ToString(),
                        Document = form["document"].ToString(),
                        Wrong = refusal.Text,
                        Overtaken = version != now.Version,
                    },
                }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }

    private static Stating ActOf(
        ConsoleContext context,
        int year,
        string version,
        IReadOnlyDictionary<string, string?> facts,
        string? day,
        string? reason,
        string? document
    )
    {
        var words = ActWords.Read(reason, document);
        return new()
        {
            Facts = facts,
            Year = year,
            Version = version,
            Day = ActWords.Day(day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }

    private static ToldFacts Tell(Form form) =>
        new(
            form.Editor.Household.Id,
            form.Editor.Household.Number,
            form.Year,
            form.Editor.Author,
            form.Version,
            [
                .. form
                    .Sections.SelectMany(s => s.Fields)
                    .Select(f => new Told(f.Fact.ToString(), f.Fact.Label.Zh, f.Text.Length == 0 ? null : f.Text, f.StatedBy)),
            ]
        );

    /// <summary>The rows a form of a household is about: its own, the one of the year, and those of the house it lives in.</summary>
    public static FactSheet SheetOf(DbConnection connection, DbTransaction? transaction, FactDictionary dictionary, long household, int year, int day)
    {
        var (households, dwellings) = (dictionary["household"], dictionary["dwelling"]);
        List<HeldRow> rows =
        [
            new()
            {
                Subject = households,
                SubjectId = household,
                Table = households.Table,
                Key = [("id", household)],
            },
            new()
            {
                Subject = households,
                SubjectId = household,
                Table = households.YearTable!,
                Key = [(households.YearKey!, household), ("year", year)],
                Year = year,
            },
        ];
        foreach (var row in rows)
            row.Read(connection, transaction);
        var lives = HeldRow
            .Rows(
                connection,
                transaction,
                "residences t",
                string.Create(CultureInfo.InvariantCulture, $"t.household_id = {household} AND {Pairings.Covers("t", day)}")
            )
            .FirstOrDefault();
        if (HeldRow.ValueOf(lives, "dwelling_id") is { } dwelling && HeldRow.ValueOf(lives, "from_day") is { } from)
        {
            rows.Add(
                new HeldRow
                {
                    Subject = dwellings,
                    SubjectId = dwelling.Number,
                    Table = dwellings.Table,
                    Key = [("id", dwelling.Number)],
                }.Read(connection, transaction)
            );
            rows.Add(
                new HeldRow
                {
                    Subject = dwellings,
                    SubjectId = dwelling.Number,
                    Table = "residences",
                    Key = [("household_id", household), ("from_day", from.Number)],
                    Disputed = false,
                }.With(lives)
            );
        }
        return new(connection, transaction, dictionary, rows);
    }
}
