using System.Data.Common;
using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Quality;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// <c>/households/{id}/edit</c>: the facts of a household, of its house and of one registry year, as a form drawn from the dictionary; of a member at
/// <c>/households/{id}/members/{person}/edit</c>; the same by <c>PATCH /api/v1/households/{id}/facts</c>. Each author sees and states the facts the
/// dictionary lets it state, with its rank.
/// </summary>
public static class EditFacts
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
        /// <summary>The member the form is about; null for the household itself.</summary>
        public long? Person { get; init; }
        public string? PersonName { get; init; }
        public string Path => PathOf(Editor.Household.Id, Person);

        public string Day { get; init; } = "";
        public string Reason { get; init; } = "";
        public string Document { get; init; } = "";
        public Refusal? Refused { get; init; }

        /// <summary>What the checks say of what was typed, by the name of the fact.</summary>
        public IReadOnlyDictionary<string, IReadOnlyList<CheckStated.Said>> Says { get; init; } =
            new Dictionary<string, IReadOnlyList<CheckStated.Said>>();

        /// <summary>saved or proposed, after a save.</summary>
        public string? Said { get; init; }
    }

    private static string PathOf(long household, long? person) =>
        person is null ? $"/households/{household}/edit" : $"/households/{household}/members/{person}/edit";

    /// <summary>Stating facts of a household or a member: by name, as somebody types them; blank takes a value away.</summary>
    public sealed record Stating : Act
    {
        public required IReadOnlyDictionary<string, string?> Facts { get; init; }
        public required int Year { get; init; }

        /// <summary>The member they are about; null for the household and its house.</summary>
        public long? Person { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.Edit;

        [JsonIgnore]
        public override string Action => Person is null ? "household.edit" : "member.edit";

        public override IEnumerable<string> Rules(FactDictionary dictionary) =>
            Person is not null
                ? ["review.member_facts"]
                : Facts
                    .Keys.Select(f =>
                        f.StartsWith("household.", StringComparison.Ordinal)
                        && dictionary["household"].Facts.GetValueOrDefault(f["household.".Length..]) is { Kept: Kept.IncomeYear }
                            ? "review.income"
                            : "review.facts"
                    )
                    .Distinct();

        public override Plan Decide(Writing writing)
        {
            var sheet = SheetOf(
                writing.Connection,
                writing.Transaction,
                writing.Dictionary,
                writing.Household,
                Person,
                Year,
                DayNumber.Of(writing.WorkDate)
            );
            var stated = FactForm.Read(sheet, writing.Editor, Facts);
            var decisions = sheet.Decide(stated, writing.Editor.Author, writing.Day);
            if (Person is not null)
                Check(sheet, decisions);
            var differences = FactSheet.Differences(decisions, writing.Dictionary);
            // Pressed twice: it is so already.
            if (differences.Count > 0)
            {
                sheet.RequireVersion(writing.Connection, Version, writing.Editor.MayState);
                RefuseErrors(writing, sheet, decisions);
            }
            return new(differences, Affected(writing, decisions), change => sheet.Write(writing, decisions, change))
            {
                Detail = new { year = Year, facts = stated.Keys.Select(f => f.ToString()) },
            };
        }

        // Who heads a household is changed as a whole, and what an ID number says of its bearer is not stated otherwise.
        private static void Check(FactSheet sheet, IReadOnlyList<Settle.Decision> decisions)
        {
            foreach (var d in decisions.Where(d => d.Outcome != Settle.Outcome.Same))
            {
                bool Is(string relation, Value? value) => d.Fact.Type.List?.Find(relation)?.Number == value?.Number;
                if (d.Fact.Name == "relation" && (Is("head", d.Before) || Is("head", d.After)))
                    throw Members.Bad(d.Fact.Label.Zh, "户主请在“变更户主”中办理", "another head is a change of its own");
                if (d.Fact.Name is "sex" or "birth" && sheet.Rows[0].Number("id_" + d.Fact.Name) is { } said && said != d.After?.Number)
                    throw Members.Bad(d.Fact.Label.Zh, "与证件号码不一致", "differs from the ID number");
            }
        }

        // What is stated may not make the record wrong where it was right.
        private static void RefuseErrors(Writing writing, FactSheet sheet, IReadOnlyList<Settle.Decision> decisions)
        {
            var stated = decisions.Where(d => d.Outcome == Settle.Outcome.Taken).Select(d => StatedOf(sheet, d.Fact, d.After)).ToList();
            var wrong = CheckStated
                .Of(writing.Installation, writing.Household, writing.Editor.Household.AreaCode, writing.WorkDate, stated)
                .Where(s => s.Check.Hard && s.Newly)
                .ToList();
            if (wrong.Count > 0)
                throw new WrongUsage(
                    "edit.check",
                    new Sentence("这样填报就是错误数据，不能保存。This would make the record wrong and cannot be saved."),
                    [
                        .. wrong.Select(w =>
                            $"{string.Join('、', w.Facts.Select(f => f.Label.Zh))}：{w.Check.Title.Zh} / {string.Join(", ", w.Facts.Select(f => f.Label.En))}: {w.Check.Title.En} ({w.Check.Id})"
                        ),
                    ]
                );
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

    private static CheckStated.Stated StatedOf(FactSheet sheet, Fact fact, Value? value) =>
        new(fact, sheet.RowOf(fact)!.SubjectId, sheet.RowOf(fact)!.Year, value);

    /// <summary>What the checks say of a form as it is typed, by the name of the fact. What cannot be read yet is left out.</summary>
    private static Dictionary<string, IReadOnlyList<CheckStated.Said>> SayOf(
        ConsoleContext context,
        long household,
        Form form,
        FactSheet sheet,
        IReadOnlyDictionary<string, string> typed
    )
    {
        var stated = form
            .Sections.SelectMany(s => s.Fields)
            .Where(f => typed.ContainsKey(f.Fact.ToString()))
            .Select(f => (f.Fact, Read: TypedFact.Read(f.Fact, typed[f.Fact.ToString()])))
            .Where(f => f.Read.Wrong is null && f.Read.Value != sheet.ValueOf(f.Fact))
            .Select(f => StatedOf(sheet, f.Fact, f.Read.Value))
            .ToList();
        return CheckStated
            .Of(context.Installation, household, form.Editor.Household.AreaCode, context.WorkDate, stated)
            .Where(s => s.Newly || !s.Check.Hard)
            .SelectMany(s => s.Facts.Select(f => (Fact: f.ToString(), Said: s)))
            .GroupBy(s => s.Fact)
            .ToDictionary(g => g.Key, IReadOnlyList<CheckStated.Said> (g) => [.. g.Select(s => s.Said)], StringComparer.Ordinal);
    }

    /// <summary><c>POST .../edit/check</c>: what the checks say of the form as it is typed, beside the fields; nothing is written.</summary>
    private static async Task<IResult> Say(ConsoleContext context, HttpContext http, long household, long? person)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var (shown, sheet) = Read(context, household, person, YearTyped(form), form["author"]);
        var says = SayOf(context, household, shown, sheet, FactForm.Typed(form));
        return new RazorComponentResult<Pages.SaysPart>(new { Fields = shown.Sections.SelectMany(s => s.Fields).ToList(), Says = says });
    }

    private static int? YearTyped(IFormCollection form) =>
        int.TryParse(form["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null;

    /// <summary>A fact as the API tells it: as somebody would type it, codes by their keys.</summary>
    public sealed record Told(string Fact, string Label, string? Value, string? StatedBy);

    /// <param name="Author">In whose name the caller states facts here.</param>
    /// <param name="Proposed">The change waits for the township's review under this number; nothing is changed yet.</param>
    public sealed record ToldFacts(
        long Household,
        string Number,
        int Year,
        string Author,
        string Version,
        IReadOnlyList<Told> Facts,
        long? Proposed = null
    );

    /// <summary>Facts to change, by name; null takes a value away.</summary>
    /// <param name="Day">The day the data is of; without one the work date.</param>
    /// <param name="Document">The paper it rests on.</param>
    public sealed record Asked(IReadOnlyDictionary<string, string?> Facts, string Reason, string? Day = null, string? Document = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in new[] { "/households/{household:long}", "/households/{household:long}/members/{person:long}" })
        {
            routes.MapGet(path + "/edit", Show).Needs(Permission.Edit);
            routes.MapPost(path + "/edit", Post).Needs(Permission.Edit);
            routes.MapPost(path + "/edit/check", Say).Needs(Permission.Edit);
        }
        const string facts = Api.Root + "/households/{household:long}/facts";
        routes
            .MapGet(
                facts,
                (ConsoleContext context, HttpContext http, long household, int? year, string? author) =>
                    Api.Answer(http, Tell(Read(context, household, null, year, author).Form))
            )
            .OfApi<ToldFacts>(Permission.Edit, "facts", "The facts of a household that you may state, with their authors")
            .Asks(Year, Author);
        routes
            .MapPatch(
                facts,
                (ConsoleContext context, HttpContext http, Pen pen, long household, int? year, string? author, Asked asked) =>
                    Patch(context, http, pen, household, null, year, author, asked)
            )
            .OfApi<ToldFacts>(Permission.Edit, "state-facts", "State facts of a household; If-Match names what they are changed from")
            .Asks(Year, Author)
            .ChangesFrom();
        const string ofMember = Api.Root + "/households/{household:long}/members/{person:long}/facts";
        routes
            .MapGet(
                ofMember,
                (ConsoleContext context, HttpContext http, long household, long person, int? year, string? author) =>
                    Api.Answer(http, Tell(Read(context, household, person, year, author).Form))
            )
            .OfApi<ToldFacts>(Permission.Edit, "member-facts", "The facts of a member that you may state, with their authors")
            .Asks(Year, Author);
        routes
            .MapPatch(
                ofMember,
                (ConsoleContext context, HttpContext http, Pen pen, long household, long person, int? year, string? author, Asked asked) =>
                    Patch(context, http, pen, household, person, year, author, asked)
            )
            .OfApi<ToldFacts>(Permission.Edit, "state-member-facts", "State facts of a member; If-Match names what they are changed from")
            .Asks(Year, Author)
            .ChangesFrom();
    }

    private static async Task Patch(
        ConsoleContext context,
        HttpContext http,
        Pen pen,
        long household,
        long? person,
        int? year,
        string? author,
        Asked asked
    )
    {
        await Api.CheckWrite(http);
        var before = Tell(Read(context, household, person, year, author).Form);
        Api.CheckMatch(http, before, "edit.changed-since");
        var act = ActOf(
            context,
            person,
            before.Year,
            before.Version,
            asked.Facts ?? new Dictionary<string, string?>(),
            asked.Day,
            asked.Reason,
            asked.Document
        );
        try
        {
            var written = await pen.Do(context.Caller, household, before.Author, act, http.RequestAborted);
            await Api.Answer(http, Tell(Read(context, household, person, year, author).Form) with { Proposed = written.Proposed });
        }
        catch (ChangedMeanwhile)
        {
            throw new PreconditionFailed("edit.changed-since");
        }
    }

    private static readonly (string, string) Year = ("year", "registry year: the open one, which is the default, or the one before");
    private static readonly (string, string) Author = ("author", "in whose name, where several of your grants reach the household");

    private static IResult Show(ConsoleContext context, long household, long? person, int? year, string? author, string? said) =>
        new RazorComponentResult<Pages.EditFactsPage>(new { Form = Read(context, household, person, year, author).Form with { Said = said } });

    /// <exception cref="NotInScope"/>
    private static (Form Form, FactSheet Sheet) Read(ConsoleContext context, long household, long? person, int? year, string? author)
    {
        var editor = Editor.Of(context.Reader, null, context.Caller, Permission.Edit, context.Day, household, author);
        var open = new JudgingDay(context.WorkDate).RegistryYear;
        var of = YearOf(year, open);
        var sheet = SheetOf(context.Reader, null, context.Installation.Packs.Dictionary, household, person, of, context.Day);
        return (
            new(editor, context.Tree.ByCode(editor.Household.AreaCode), of, [open, open - 1], sheet.Version, FactForm.Draw(sheet, editor))
            {
                Person = person,
                PersonName = person is null ? null : sheet.Rows[0].Text("name"),
                Day = DayText.Of(context.WorkDate),
            },
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

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, Pen pen, long household, long? person)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var (shown, sheet) = Read(context, household, person, YearTyped(form), form["author"]);
        var version = form["version"].ToString();
        var then = version == sheet.Version ? sheet.Rows : sheet.AsOf(context.Reader, version);
        Value? Seen(Fact fact) => sheet.Find(then, fact)?[fact];
        var touched = FactForm.Touched(shown.Sections, FactForm.Typed(form), Seen);
        try
        {
            var act = ActOf(context, person, shown.Year, version, touched, form["day"], form["reason"], form["document"]);
            var written = await pen.Do(context.Caller, household, shown.Editor.Author, act, http.RequestAborted);
            var said = written.Proposed is null ? "saved" : "proposed";
            return Results.LocalRedirect($"{shown.Path}?year={shown.Year}&author={shown.Editor.Author}&said={said}");
        }
        catch (Refusal refusal) when (refusal is WrongUsage or ChangedMeanwhile or { Code: "edit.older" or "round.closed" })
        {
            // What was typed stays, beside what is held now.
            var (now, held) = refusal is ChangedMeanwhile ? Read(context, household, person, shown.Year, shown.Editor.Author) : (shown, sheet);
            var says = refusal.Code == "edit.check" ? SayOf(context, household, shown, sheet, FactForm.Typed(form)) : [];
            return new RazorComponentResult<Pages.EditFactsPage>(
                new
                {
                    Form = now with
                    {
                        Sections = FactForm.Again(now.Sections, touched, f => (Seen(f), held.ValueOf(f))),
                        Says = says,
                        Day = form["day"].ToString(),
                        Reason = form["reason"].ToString(),
                        Document = form["document"].ToString(),
                        Refused = refusal,
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
        long? person,
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
            Person = person,
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

    /// <summary>
    /// The rows a form is about: of a household its own, the one of the year and those of the house it lives in; of a member its own, the one of the year
    /// and the membership.
    /// </summary>
    /// <exception cref="NotInScope">The person is no member of the household.</exception>
    private static FactSheet SheetOf(
        DbConnection connection,
        DbTransaction? transaction,
        FactDictionary dictionary,
        long household,
        long? person,
        int year,
        int day
    )
    {
        var (subject, id) = person is { } member ? (dictionary["person"], member) : (dictionary["household"], household);
        var link = HeldRow
            .Rows(
                connection,
                transaction,
                person is null ? "residences t" : "memberships t",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"t.household_id = {household}{(person is null ? "" : $" AND t.person_id = {person}")} AND {Pairings.Covers("t", day)}"
                )
            )
            .FirstOrDefault();
        if (person is not null && link is null)
            throw new NotInScope();
        List<HeldRow> rows =
        [
            new()
            {
                Subject = subject,
                SubjectId = id,
                Table = subject.Table,
                Key = [("id", id)],
            },
            new()
            {
                Subject = subject,
                SubjectId = id,
                Table = subject.YearTable!,
                Key = [(subject.YearKey!, id), ("year", year)],
                Year = year,
            },
        ];
        if (link is not null && HeldRow.ValueOf(link, "from_day") is { } from)
            rows.AddRange(
                person is null
                    ? House(dictionary["dwelling"], household, HeldRow.ValueOf(link, "dwelling_id")!.Value.Number, from.Number, link)
                    :
                    [
                        new HeldRow
                        {
                            Subject = subject,
                            SubjectId = id,
                            Table = "memberships",
                            Key = [("household_id", household), ("person_id", id), ("from_day", from.Number)],
                        }.With(link),
                    ]
            );
        foreach (var row in rows.Where(r => r.Table is not ("memberships" or "residences")))
            row.Read(connection, transaction);
        return new(connection, transaction, dictionary, rows);
    }

    private static IEnumerable<HeldRow> House(SubjectType dwellings, long household, long dwelling, long from, IDictionary<string, object?> link) =>
        [
            new()
            {
                Subject = dwellings,
                SubjectId = dwelling,
                Table = dwellings.Table,
                Key = [("id", dwelling)],
            },
            new HeldRow
            {
                Subject = dwellings,
                SubjectId = dwelling,
                Table = "residences",
                Key = [("household_id", household), ("from_day", from)],
                Disputed = false,
            }.With(link),
        ];
}
