using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// <c>/certificates</c>: a department says of the households of its area what it certifies, one fact at a time, by ticking. What it says goes the way of
/// its lists: through the importer, with its rank and its area, as a batch that can be undone; the households are judged again in the same transaction.
/// </summary>
public static class CertifyHouseholds
{
    public const int PageSize = 50;

    public sealed class Row
    {
        public long Id { get; init; }
        public string Number { get; init; } = "";
        public string? Head { get; init; }
        public long AreaCode { get; init; }
        public long VillageId { get; init; }

        /// <summary>The value in force, as the number it is stored as.</summary>
        public long? Value { get; init; }

        /// <summary>Who stated it.</summary>
        public string? StatedBy { get; init; }
    }

    /// <summary>The values a fact can be certified to have, by the word that stands for each.</summary>
    public sealed record Choice(string Key, Label Label, long Number);

    public sealed record Result(
        string Department,
        IReadOnlyList<string> Departments,
        IReadOnlyList<Fact> Facts,
        Fact? Fact,
        IReadOnlyList<Choice> Choices,
        string Show,
        IReadOnlyList<Row> Rows,
        string? Next,
        IReadOnlyList<ListConflicts.Conflict> Conflicts
    )
    {
        /// <summary>Where to go back to; by default the page itself.</summary>
        public string? Return { get; init; }

        /// <summary>After a certifying that others were faster in: the rows are those households as they are now, and this many were certified.</summary>
        public int? Certified { get; init; }
    }

    /// <summary>Conflicts on the page; its heading says how many there are.</summary>
    public const int ConflictsShown = 200;

    /// <summary>What one household is certified to be, and what its page showed before.</summary>
    public sealed record Tick(string Number, string Choice, long? Was);

    /// <param name="Rejudged">The lights of the households are those of what was certified; when not, everything has to be judged again.</param>
    public sealed record Ticked(long? Batch, int Households, bool Rejudged, IReadOnlyList<string> Overtaken);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/certificates", Show).Needs(Permission.Certify);
        routes.MapPost("/certificates/tick", Post).Needs(Permission.Certify);
        // The page that comes back when others were faster stands at this address; whoever loads it again gets the list.
        routes.MapGet("/certificates/tick", () => TypedResults.LocalRedirect("/certificates")).Needs(Permission.Certify);
        routes
            .MapGet(
                Api.Root + "/certificates/{household}/{fact}",
                (ConsoleContext context, HttpContext http, string household, string fact, string? department) =>
                    Api.Answer(http, Find(context, department, household, fact))
            )
            .OfApi<Certified>(Permission.Certify, "certificate", "A fact of a household: the value in force and who stated it")
            .Asks(Department);
        routes
            .MapPut(
                Api.Root + "/certificates/{household}/{fact}",
                async (
                    ConsoleContext context,
                    HttpContext http,
                    DeskDb desk,
                    JobQueue queue,
                    string household,
                    string fact,
                    string? department,
                    Stated stated
                ) =>
                {
                    await Api.CheckWrite(http);
                    var before = Find(context, department, household, fact);
                    if (http.Request.Headers.IfMatch.ToString() is not { Length: > 0 } match)
                        throw new PreconditionMissing();
                    if (match != Api.TagOf(http, before))
                        throw new PreconditionFailed("certify.changed-since");
                    var was = before.Value is { } key
                        ? ChoicesOf(Certifiable.FactsOf(context.Installation, before.Department).First(f => f.ToString() == fact))
                            .First(c => c.Key == key)
                            .Number
                        : (long?)null;
                    var done = Certify(context, department, fact, [new(household, stated.Value, was)]);
                    await JudgeLater(desk, queue, context.Caller, done);
                    if (done.Overtaken.Count > 0)
                        throw new PreconditionFailed("certify.changed-since");
                    await Api.Answer(http, Find(context, department, household, fact));
                }
            )
            .OfApi<Certified>(Permission.Certify, "certify", "Certify a fact; If-Match names the value it is changed from")
            .Asks(Department)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);
    }

    /// <summary>As the API asks for it.</summary>
    public static readonly (string Name, string Says) Department = ("department", "which of your departments, where you act for several");

    /// <summary>A fact of a household as the API tells it.</summary>
    public sealed record Certified(string Household, string Fact, string? Value, string? StatedBy, string Department);

    public sealed record Stated(string Value);

    private static Certified Find(ConsoleContext context, string? department, string household, string factName)
    {
        var mine = UploadFile.DepartmentOf(context.Caller, department);
        var fact = Certifiable.FactsOf(context.Installation, mine).FirstOrDefault(f => f.ToString() == factName) ?? throw new NotInScope();
        // What was read before a write is not what holds after it: each look has a connection of its own.
        using var connection = context.Installation.Store.OpenReader();
        var row =
            Rows(context, connection, fact, mine, context.Caller.Scope(Permission.Certify).Areas, "all", null, 1, [household]).FirstOrDefault()
            ?? throw new NotInScope();
        return new(row.Number, factName, ChoicesOf(fact).FirstOrDefault(c => c.Number == row.Value)?.Key, row.StatedBy, mine);
    }

    private static IResult Show(ConsoleContext context, string? department, string? fact, string? show, string? after) =>
        new RazorComponentResult<Pages.CertificatesPage>(new { Found = Handle(context, department, fact, show, after) });

    /// <param name="show">open (not stated, or stated not to hold), uncertified (whatever was stated, not by the department), unknown, or all.</param>
    public static Result Handle(ConsoleContext context, string? department, string? factName, string? show, string? after)
    {
        var caller = context.Caller;
        var mine = caller.Departments.Contains(department, StringComparer.Ordinal)
            ? department!
            : caller.Departments.FirstOrDefault() ?? throw new NotInScope();
        var facts = Certifiable.FactsOf(context.Installation, mine);
        var fact = facts.FirstOrDefault(f => f.ToString() == factName) ?? facts.FirstOrDefault();
        show = show is "unknown" or "uncertified" or "all" ? show : "open";
        var ranges = caller.Scope(Permission.Certify).Within(context.Range(Permission.Certify));
        var rows = fact is null ? [] : Rows(context, context.Reader, fact, mine, ranges, show, after, PageSize + 1, null);
        var last = rows.Count > PageSize ? rows[PageSize - 1] : null;
        return new(
            mine,
            caller.Departments,
            facts,
            fact,
            fact is null ? [] : ChoicesOf(fact),
            show,
            [.. rows.Take(PageSize)],
            last is null ? null : string.Create(CultureInfo.InvariantCulture, $"{last.AreaCode}-{last.Id}"),
            ListConflicts.Of(context.Installation, context.Reader, context.Tree, context.WorkDate, ranges, f => Certifiable.IsOf(f, mine))
        );
    }

    public static IReadOnlyList<Choice> ChoicesOf(Fact fact) =>
        fact.Type.Kind == Kind.Bool
            ? [new("yes", new("是", "Yes"), 1), new("no", new("否", "No"), 0)]
            : [.. fact.Type.List!.Entries.Select(e => new Choice(e.Key, e.Label, e.Number))];

    private static List<Row> Rows(
        ConsoleContext context,
        DbConnection connection,
        Fact fact,
        string department,
        IReadOnlyList<AreaRange> ranges,
        string show,
        string? after,
        int most,
        IReadOnlyList<string>? numbers
    )
    {
        var stands = Certifiable.HeldOn(context.Installation, fact, context.WorkDate);
        var held = stands.Value;
        var wanted = show switch
        {
            "unknown" => $"AND {held} IS NULL",
            "uncertified" => $"AND {stands.Uncertified}",
            "open" when fact.Type.Kind == Kind.Bool => $"AND ({held} IS NULL OR {held} = 0)",
            "open" => $"AND {held} IS NULL",
            _ => "",
        };
        var (afterArea, afterId) = Cursor(after);
        const string number = "coalesce(h.national_no, h.provisional_no, CAST(h.id AS text))";
        return
        [
            .. connection.Query<Row>(
                $"""
                SELECT h.id, {number} AS number, h.head_name AS head, h.area_code, h.village_id, {held} AS value, CASE WHEN {held} IS NOT NULL THEN {stands.StatedBy} END AS stated_by
                FROM households h {stands.Join}
                WHERE {Certifiable.Within(ranges)} {wanted} AND (h.area_code > @afterArea OR h.area_code = @afterArea AND h.id > @afterId)
                  {(numbers is null ? "" : $"AND {number} IN ({string.Join(", ", numbers.Select((_, i) => $"@n{i}"))})")}
                ORDER BY h.area_code, h.id LIMIT {most}
                """,
                Parameters()
            ),
        ];

        DynamicParameters Parameters()
        {
            var given = new DynamicParameters(
                new
                {
                    afterArea,
                    afterId,
                    department,
                }
            );
            for (var i = 0; i < numbers?.Count; i++)
                given.Add($"n{i}", numbers[i]);
            return given;
        }
    }

    private static (long Area, long Id) Cursor(string? after) =>
        after?.Split('-') is [var area, var id]
        && long.TryParse(area, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            ? (a, i)
            : (0, 0);

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var ticks = new List<Tick>();
        foreach (var key in form.Keys.Where(k => k.StartsWith("to-", StringComparison.Ordinal) && form[k].ToString().Length > 0).Take(PageSize))
        {
            var number = key["to-".Length..];
            ticks.Add(
                new(
                    number,
                    form[key].ToString(),
                    long.TryParse(form["was-" + number].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var was) ? was : null
                )
            );
        }
        var (department, fact, back) = (form["department"].ToString(), form["fact"].ToString(), Forms.LocalPath(form["return"].ToString()));
        var done = Certify(context, department, fact, ticks);
        await JudgeLater(desk, queue, context.Caller, done);
        return done.Overtaken.Count == 0
            ? TypedResults.LocalRedirect(back)
            : new RazorComponentResult<Pages.CertificatesPage>(new { Found = Overtaken(context, department, fact, back, done) })
            {
                StatusCode = StatusCodes.Status409Conflict,
            };
    }

    // What was read before the write is not what holds now: a connection of its own.
    private static Result Overtaken(ConsoleContext context, string department, string factName, string back, Ticked done)
    {
        var found = Handle(context, department, factName, "all", null);
        using var connection = context.Installation.Store.OpenReader();
        var areas = context.Caller.Scope(Permission.Certify).Areas;
        return found with
        {
            Rows = Rows(context, connection, found.Fact!, found.Department, areas, "all", null, done.Overtaken.Count, done.Overtaken),
            Next = null,
            Return = back,
            Certified = done.Households,
        };
    }

    // A judgement that was overtaken before has no lights to keep: they follow when all is judged.
    private static async Task JudgeLater(DeskDb desk, JobQueue queue, Caller caller, Ticked done)
    {
        if (!done.Rejudged && caller.May(Permission.Judge))
            await QueueJudging.Handle(desk, queue, caller);
    }

    /// <summary>Certifies a fact of some households.</summary>
    /// <exception cref="Refusal">certify.department-unknown, certify.no-fact, certify.nothing-ticked; NotInScope for a household outside.</exception>
    public static Ticked Certify(ConsoleContext context, string? department, string factName, IReadOnlyList<Tick> ticks)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var mine = UploadFile.DepartmentOf(caller, department);
        var fact =
            Certifiable.FactsOf(installation, mine).FirstOrDefault(f => f.ToString() == factName)
            ?? throw new Refusal("certify.no-fact", "this is no fact of the department");
        var choices = ChoicesOf(fact);
        if (ticks.Count == 0)
            throw new Refusal("certify.nothing-ticked", "tick at least one household");
        if (ticks.Any(t => choices.All(c => c.Key != t.Choice)))
            throw new WrongUsage("certify.value-bad", "this is no value of the fact");
        var scope = caller.Scope(Permission.Certify);
        // Nobody writes between the look under the lock and the commit; whoever wrote before it makes us look again.
        while (true)
        {
            var held = Held();
            if (ticks.Any(t => !held.ContainsKey(t.Number)))
                throw new NotInScope();
            var overtaken = ticks.Where(t => held[t.Number] != t.Was).Select(t => t.Number).ToList();
            var good = ticks.Where(t => held[t.Number] == t.Was).ToList();
            if (good.Count == 0)
                return new(null, 0, true, overtaken);
            void Confirm()
            {
                var now = Held();
                if (good.Exists(t => !now.TryGetValue(t.Number, out var value) || value != t.Was))
                    throw new ChangedMeanwhile();
            }
            try
            {
                var result = Load(installation, context, scope, mine, fact, choices, good, Confirm);
                return new(result.Batch, good.Count, result.Rejudged, overtaken);
            }
            catch (ChangedMeanwhile)
            {
                continue;
            }
        }

        Dictionary<string, long?> Held()
        {
            using var connection = installation.Store.OpenReader();
            return Rows(context, connection, fact, mine, scope.Areas, "all", null, ticks.Count, [.. ticks.Select(t => t.Number)])
                .ToDictionary(r => r.Number, r => r.Value, StringComparer.Ordinal);
        }
    }

    private sealed class ChangedMeanwhile : Exception;

    // A list of two columns, read like any other list of the department.
    private static ImportFiles.Result Load(
        Installation installation,
        ConsoleContext context,
        Scope scope,
        string department,
        Fact fact,
        IReadOnlyList<Choice> choices,
        List<Tick> ticks,
        Action confirm
    )
    {
        var folder = Path.Combine(installation.Store.Folder, "uploads", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        Store.CreateFolder(folder);
        try
        {
            string[] titles = ["户编号", fact.Label.Zh];
            var kind = UploadFile.KindsOf(installation, certificates: true).First();
            var mapping = OwnMapping.Write(installation, folder, kind, titles, [Targets.HouseholdNo, fact.ToString()]);
            var file = Path.Combine(folder, $"{fact.Subject.Name}-{fact.Name}.csv");
            using (var writer = SheetWriter.Create(file, fact.Label.Zh))
            {
                writer.WriteRow([.. titles.Select(t => new OutCell(t))]);
                foreach (var tick in ticks)
                    writer.WriteRow([new OutCell(tick.Number), new OutCell(choices.First(c => c.Key == tick.Choice).Label.Zh)]);
            }
            return ImportFiles
                .Handle(
                    installation,
                    new ImportFiles.Request([file], context.WorkDate, Compare: false, Yes: false)
                    {
                        Mapping = mapping,
                        MappingFolders = [folder],
                        StatedBy = department,
                        Certificates = true,
                        Within = scope.Areas,
                        Confirm = confirm,
                        Work = context.Http.RequestServices.GetRequiredService<Tuopin.Work.WorkSources>(),
                    },
                    _ => { }
                )
                .Single();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
