using System.Data.Common;
using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// <c>/households/{id}/measures</c>: the help a household or one of its members receives (帮扶措施), added, corrected and ended by a form of the dictionary's
/// facts; a county's own facts of a measure stand in it like any other.
/// </summary>
public static class EditMeasures
{
    public sealed record Helping : Act
    {
        /// <summary>The measure; null for a new one.</summary>
        public long? Measure { get; init; }

        /// <summary>The member it is for; null for the household.</summary>
        public long? Person { get; init; }

        /// <summary>Values by name of the fact, as typed; what is not named stays.</summary>
        public required IReadOnlyDictionary<string, string?> Stated { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.Edit;

        [JsonIgnore]
        public override string Action => Measure is null ? "measure.add" : "measure.edit";

        public override IEnumerable<string> Rules(FactDictionary dictionary) => ["review.facts"];

        public override Plan Decide(Writing writing)
        {
            var held = Held(writing.Connection, writing.Transaction, writing.Household);
            if (Version is not null && Version != VersionOf(held))
                throw new ChangedMeanwhile([]);
            var row = Measure is null ? null : held.Find(h => Number(h["id"]) == Measure) ?? throw new NotInScope();
            var facts = FactsOf(writing.Dictionary, writing.Editor).ToDictionary(f => f.Name, StringComparer.Ordinal);
            var (values, wrong) = (new Dictionary<Fact, Value?>(), new List<string>());
            foreach (var (name, text) in Stated)
                if (!facts.TryGetValue(name, out var fact))
                    throw new WrongUsage("edit.no-fact", $"“{name}”不是您可以填报的内容。'{name}' is nothing you may state here.");
                else if (TypedFact.Read(fact, text) is (_, { } fault))
                    wrong.Add($"{fact.Label.Zh}: {fault.Zh} / {fact.Label.En}: {fault.En}");
                else
                    values[fact] = TypedFact.Read(fact, text).Value;
            long? Now(string name) =>
                values.TryGetValue(facts[name], out var value) ? value?.Number : HeldRow.ValueOf(row, facts[name].Column)?.Number;
            if (wrong.Count == 0)
            {
                if (Now("kind") is null)
                    wrong.Add("措施类型: 没有填写 / kind: nothing is stated");
                if (Now("from_day") is not { } from || from > DayNumber.Of(writing.WorkDate))
                    wrong.Add("开始日期: 应填写，且不晚于工作日 / from: is stated, and not after the work date");
                else if (Now("to_day") < from)
                    wrong.Add("结束日期: 早于开始日期 / to: is before the beginning");
            }
            if (wrong.Count > 0)
                throw new WrongUsage("edit.value-bad", new Sentence("有的内容填写不对。Some values cannot be read."), wrong);
            var member = Person is { } person
                ? Members
                    .Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate))
                    .Find(person)
                : null;
            var differences = values
                .Where(v => row is null ? v.Value is not null : HeldRow.ValueOf(row, v.Key.Column) != v.Value)
                .Select(v => new Difference(
                    v.Key.Label,
                    row is null ? Difference.Nothing : FactSheet.Shown(v.Key, HeldRow.ValueOf(row, v.Key.Column)),
                    FactSheet.Shown(v.Key, v.Value)
                ))
                .ToList();
            if (row is null && member is not null)
                differences.Add(new(new("受益成员", "for"), Difference.Nothing, new(member.Name, member.Name)));
            return new(differences, [writing.Household], change => Write(writing, row is null, values, change));
        }

        private void Write(Writing writing, bool adds, Dictionary<Fact, Value?> values, long change)
        {
            var parameters = new DynamicParameters();
            foreach (var (fact, value) in values)
                parameters.Add(
                    $"v_{fact.Column}",
                    value is not { } known ? null
                        : fact.Type.Kind == Kind.Text ? known.Text
                        : fact.Type.Kind == Kind.Bool ? known.Number == 1
                        : (object)known.Number
                );
            parameters.Add("change", change);
            parameters.Add("household", writing.Household);
            if (adds)
            {
                parameters.Add("id", Keys.Take(writing.Connection, writing.Transaction, "measures", writing.County, 1));
                parameters.Add("person", Person);
                var columns = values.Keys.Select(f => f.Column).ToList();
                writing.Execute(
                    $"INSERT INTO measures (id, household_id, person_id, change_id{string.Concat(columns.Select(c => $", {c}"))}) VALUES (@id, @household, @person, @change{string.Concat(columns.Select(c => $", @v_{c}"))})",
                    parameters
                );
                return;
            }
            parameters.Add("id", Measure);
            writing.Execute(
                $"UPDATE measures SET change_id = @change{string.Concat(values.Keys.Select(f => $", {f.Column} = @v_{f.Column}"))} WHERE id = @id AND household_id = @household",
                parameters
            );
        }
    }

    /// <summary>A measure as the page and the API tell it: facts in words.</summary>
    public sealed record Shown(long Id, long? Person, string? PersonName, IReadOnlyList<FactForm.Field> Fields);

    public sealed record Result(Editor Editor, IReadOnlyList<Shown> Measures, IReadOnlyList<Members.Member> Members, string Version)
    {
        /// <summary>The measure in the form; null for a new one.</summary>
        public long? Chosen { get; init; }
        public IReadOnlyList<FactForm.Field> Form { get; init; } = [];
        public string Day { get; init; } = "";
        public Refusal? Refused { get; init; }
        public string? Said { get; init; }
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
    }

    public sealed record ToldMeasure(long Id, long? Person, IReadOnlyDictionary<string, string> Facts);

    /// <param name="Proposed">The change waits for the township's review; nothing is changed yet.</param>
    public sealed record Told(long Household, string Number, string Version, IReadOnlyList<ToldMeasure> Measures, long? Proposed = null);

    /// <param name="Facts">Values by name of the fact: kind, item, from_day, to_day, amount...</param>
    public sealed record Asked(
        IReadOnlyDictionary<string, string?> Facts,
        string Reason,
        long? Person = null,
        string? Day = null,
        string? Document = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/households/{household:long}/measures",
                IResult (ConsoleContext context, long household, long? measure, string? said) =>
                    new RazorComponentResult<Pages.MeasuresPage>(new { Found = Handle(context, household, measure) with { Said = said } })
            )
            .Needs(Permission.Edit);
        routes.MapPost("/households/{household:long}/measures", Post).Needs(Permission.Edit);
        routes
            .MapGet(
                Api.Root + "/households/{household:long}/measures",
                (ConsoleContext context, HttpContext http, long household) => Api.Answer(http, Tell(Handle(context, household, null)))
            )
            .OfApi<Told>(Permission.Edit, "measures", "Help a household and its members receive");
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/measures",
                (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) => Do(context, http, pen, household, null, asked)
            )
            .OfApi<Told>(Permission.Edit, "add-measure", "A household or a member receives help")
            .ChangesFrom();
        routes
            .MapPut(
                Api.Root + "/households/{household:long}/measures/{measure:long}",
                (ConsoleContext context, HttpContext http, Pen pen, long household, long measure, Asked asked) =>
                    Do(context, http, pen, household, measure, asked)
            )
            .OfApi<Told>(Permission.Edit, "edit-measure", "Help is corrected or ended")
            .ChangesFrom();
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long household, long? measure)
    {
        var editor = Editor.Of(context.Reader, null, context.Caller, Permission.Edit, context.Day, household);
        var dictionary = context.Installation.Packs.Dictionary;
        var facts = FactsOf(dictionary, editor).ToList();
        if (facts.Count == 0)
            throw new NotInScope();
        var held = Held(context.Reader, null, household);
        var members = Members.Of(context.Reader, null, dictionary, household, context.Day);
        IReadOnlyList<FactForm.Field> Fields(IDictionary<string, object?>? row) =>
            [.. facts.Select(f => new FactForm.Field(f, TypedFact.Of(f, HeldRow.ValueOf(row, f.Column)), null, null))];
        var chosen = measure is null ? null : held.Find(h => Number(h["id"]) == measure) ?? throw new NotInScope();
        return new(
            editor,
            [
                .. held.Select(h => new Shown(
                    Number(h["id"])!.Value,
                    Number(h["person_id"]),
                    members.All.FirstOrDefault(m => m.PersonId == Number(h["person_id"]))?.Name,
                    Fields(h)
                )),
            ],
            members.Open,
            VersionOf(held)
        )
        {
            Chosen = measure,
            Form = Fields(chosen),
            Day = DayText.Of(context.WorkDate),
        };
    }

    private static IEnumerable<Fact> FactsOf(FactDictionary dictionary, Editor editor) =>
        dictionary["measure"].Facts.Values.Where(f => f.Kept == Kept.Row && editor.MayState(f));

    private static List<IDictionary<string, object?>> Held(DbConnection connection, DbTransaction? transaction, long household) =>
        [
            .. connection
                .Query("SELECT * FROM measures WHERE household_id = @household ORDER BY from_day DESC, id", new { household }, transaction)
                .Select(r => (IDictionary<string, object?>)r),
        ];

    private static string VersionOf(List<IDictionary<string, object?>> held) =>
        string.Create(CultureInfo.InvariantCulture, $"{held.Count}.{held.Select(h => Number(h["change_id"])).DefaultIfEmpty().Max() ?? 0}");

    private static long? Number(object? value) => value is null ? null : Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static Told Tell(Result found) =>
        new(
            found.Editor.Household.Id,
            found.Editor.Household.Number,
            found.Version,
            [
                .. found.Measures.Select(m => new ToldMeasure(
                    m.Id,
                    m.Person,
                    m.Fields.Where(f => f.Text.Length > 0).ToDictionary(f => f.Fact.Name, f => f.Text)
                )),
            ]
        );

    private static async Task Do(ConsoleContext context, HttpContext http, Pen pen, long household, long? measure, Asked asked)
    {
        await Api.CheckWrite(http);
        var before = Tell(Handle(context, household, measure));
        Api.CheckMatch(http, before, "edit.changed-since");
        try
        {
            var written = await pen.Do(context.Caller, household, null, ActOf(context, measure, before.Version, asked), http.RequestAborted);
            await Api.Answer(http, Tell(Handle(context, household, null)) with { Proposed = written.Proposed });
        }
        catch (ChangedMeanwhile)
        {
            throw new PreconditionFailed("edit.changed-since");
        }
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, Pen pen, long household)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var measure = ShowMembers.Id(form["measure"]);
        var found = Handle(context, household, measure);
        var typed = FactForm
            .Typed(form)
            .Where(t => t.Key.StartsWith("measure.", StringComparison.Ordinal))
            .ToDictionary(t => t.Key["measure.".Length..], string? (t) => t.Value, StringComparer.Ordinal);
        try
        {
            var asked = new Asked(
                typed,
                form["reason"].ToString(),
                ShowMembers.Id(form["person"]),
                form["day"].ToString(),
                form["document"].ToString()
            );
            var written = await pen.Do(
                context.Caller,
                household,
                null,
                ActOf(context, measure, form["version"].ToString(), asked),
                http.RequestAborted
            );
            return Results.LocalRedirect($"/households/{household}/measures?said={(written.Proposed is null ? "saved" : "proposed")}");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return new RazorComponentResult<Pages.MeasuresPage>(
                new
                {
                    Found = found with
                    {
                        Refused = refusal,
                        Day = form["day"].ToString(),
                        Form = [.. found.Form.Select(f => typed.GetValueOrDefault(f.Fact.Name) is { } text ? f with { Text = text } : f)],
                        Typed = form.Where(f => f.Key is "person" or "reason" or "document").ToDictionary(f => f.Key, f => f.Value.ToString()),
                    },
                }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }

    private static Helping ActOf(ConsoleContext context, long? measure, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Measure = measure,
            Person = asked.Person,
            Stated = asked.Facts ?? new Dictionary<string, string?>(),
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
