using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>/monitoring/clues</c>: the clues of an area, where each stands and by when it is decided; and the rules that raise them, with what they lack.
/// <c>tuopin monitoring clues</c> prints the same.
/// </summary>
public static class ListClues
{
    public const int PageSize = 50;

    public static readonly string[] Shows = ["open", "overdue", "unmatched", "listed", "dismissed", "monitored", "all"];

    /// <param name="Show">One of <see cref="Shows"/>.</param>
    /// <param name="Source">Key of a source, or null for all.</param>
    /// <param name="Before">Cursor: the last id of the page before.</param>
    public sealed record Filter(string? Show, string? Source, long? Before);

    public sealed class Row
    {
        public long Id { get; init; }
        public long? HouseholdId { get; init; }
        public string? Number { get; init; }
        public string? Head { get; init; }
        public long AreaCode { get; init; }
        public short Source { get; init; }
        public string? Department { get; init; }
        public string? Rule { get; init; }
        public int Day { get; init; }
        public int? DueDay { get; init; }
        public string Words { get; init; } = "";
        public long Risks { get; init; }
        public long? Amount { get; init; }
        public string? Name { get; init; }
        public string? IdMasked { get; init; }
        public short State { get; init; }
        public string? Reason { get; init; }
        public int? DecidedDay { get; init; }
        public long? ListId { get; init; }
        public string EnteredName { get; init; } = "";

        public ClueState Standing => (ClueState)State;
    }

    /// <summary>A rule with the parameters for which no law is found there: with one of them it raises nothing.</summary>
    public sealed record RuleShown(ClueRule Rule, IReadOnlyList<Parameter> Lacks);

    public sealed record Result(AreaVersion Area, Filter Filter, IReadOnlyList<Row> Rows, long? Next, IReadOnlyList<RuleShown> Rules)
    {
        public Refusal? Refused { get; init; }
        public string? Done { get; init; }
    }

    /// <param name="Source">selfApplication, screening or warning.</param>
    /// <param name="State">open, listed, dismissed or monitored.</param>
    /// <param name="AmountFen">What the source says it is about, in fen.</param>
    public sealed record Told(
        long Id,
        long? Household,
        string? Number,
        string? Head,
        string Area,
        ClueSource Source,
        string? Department,
        string? Rule,
        DateOnly Day,
        DateOnly? Due,
        string Words,
        IReadOnlyList<string> Risks,
        long? AmountFen,
        string? Name,
        string? IdMasked,
        ClueState State,
        string? Reason,
        DateOnly? Decided,
        long? List
    );

    public sealed record ToldPage(IReadOnlyList<Told> Clues, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/monitoring/clues",
                IResult (ConsoleContext context, string? show, string? source, long? before, string? done) =>
                    new RazorComponentResult<Pages.CluesPage>(new { Found = Handle(context, new(show, source, before)) with { Done = done } })
            )
            .Needs(Permission.ViewClues);
        routes
            .MapGet(
                Api.Root + "/monitoring/clues",
                (ConsoleContext context, HttpContext http, string? show, string? source, long? before) =>
                {
                    var found = Handle(context, new(show, source, before));
                    var risks = context.Installation.Packs.Dictionary.CodeLists["risk"];
                    return Api.Answer(http, new ToldPage([.. found.Rows.Select(r => Tell(r, risks))], found.Next));
                }
            )
            .OfApi<ToldPage>(Permission.ViewClues, "clues", "Clues of monitoring, the last entered first")
            .Asks(
                Api.Area,
                ("show", "open (default), overdue, unmatched, listed, dismissed, monitored or all"),
                ("source", "selfApplication, screening or warning"),
                ("before", "cursor: next of the last answer")
            );
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var show = new Option<string?>("--show") { Description = "open (default), overdue, unmatched, listed, dismissed, monitored or all" };
        var command = new Command("clues", "list clues: source, household, day, by when they are decided") { area, show };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var place = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation);
                var within = Within(Scope.Everything, null, AreaTree.RangeOf(place), DayNumber.Of(installation.WorkDate));
                var risks = installation.Packs.Dictionary.CodeLists["risk"];
                var filter = new Filter(Api.Word(parsed.GetValue(show), Shows), null, null);
                var rows = Read(connection, within, filter, DayNumber.Of(installation.WorkDate), 10_000);
                if (shell.IsJson)
                    shell.PrintJson(rows.Select(r => Tell(r, risks)).ToList());
                else
                    foreach (var r in rows)
                        shell.Output.WriteLine(
                            $"{r.Id}  {DayNumber.ToDate(r.Day):yyyy-MM-dd}  {Name((ClueSource)r.Source).Zh}  {r.Number ?? r.IdMasked ?? "-"}  {r.Head ?? r.Name}  {r.Words}  {(r.DueDay is { } due ? $"→ {DayNumber.ToDate(due):yyyy-MM-dd}" : "")}"
                        );
            })
        );
        return command;
    }

    public static Result Handle(ConsoleContext context, Filter filter, long? only = null)
    {
        var area = context.Area(Permission.ViewClues);
        filter = filter with { Show = Api.Word(filter.Show, Shows) };
        var within = Within(context.Caller, Permission.ViewClues, only is null ? AreaTree.RangeOf(area) : AreaRange.Nation, context.Day);
        var rows = Read(context.Reader, within, filter, context.Day, PageSize + 1, only);
        return new(area, filter, [.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Id : null, RulesOf(context, area));
    }

    /// <summary>The clues (<c>c</c>) a permission of the caller reaches within an area; of a department those of its trade.</summary>
    public static string Within(Caller caller, Permission permission, AreaRange area, int day) =>
        Within(caller.Scope(permission), caller.FieldsOf(permission), area, day);

    private static string Within(Scope scope, IReadOnlySet<string>? departments, AreaRange area, int day)
    {
        var places = scope.Within(area).Select(r => string.Create(CultureInfo.InvariantCulture, $"c.area_code BETWEEN {r.From} AND {r.To}"));
        var trades = departments is null ? "" : $" AND c.department IN ({string.Join(", ", departments.Append("-").Select(SqlDialect.Quoted))})";
        return $"""
            (((c.household_id IS NOT NULL AND EXISTS (SELECT 1 FROM household_list v WHERE v.household_id = c.household_id AND {scope.Households(
                "v",
                area,
                day
            )})) OR (c.household_id IS NULL AND ({string.Join(" OR ", places.DefaultIfEmpty("1 = 0"))}))){trades})
            """;
    }

    private static List<Row> Read(DbConnection connection, string within, Filter filter, int day, int most, long? only = null)
    {
        var shown = filter.Show switch
        {
            "overdue" => FormattableString.Invariant($"c.state < 2 AND c.due_day < {day}"),
            "unmatched" => "c.state < 2 AND c.household_id IS NULL",
            "listed" => "c.state = 1",
            "dismissed" => "c.state = 2",
            "monitored" => "c.state = 3",
            "all" => "TRUE",
            _ => "c.state < 2",
        };
        var source = filter.Source is { Length: > 0 } word
            ? $" AND c.source = {(short)(SourceOf(word) ?? throw new BadHttpRequestException("no such source"))}"
            : "";
        return
        [
            .. connection.Query<Row>(
                $"""
                SELECT c.id, c.household_id, l.number, l.head_name AS head, coalesce(l.area_code, c.area_code) AS area_code, c.source, c.department, c.rule, c.day,
                  c.due_day, c.words, c.risks, c.amount, c.name, c.id_masked, c.state, c.reason, c.decided_day, c.list_id, c.entered_name
                FROM clues c LEFT JOIN household_list l ON l.household_id = c.household_id AND l.place_code = l.area_code
                WHERE {within} AND {shown}{source} AND c.id < @before{(only is null ? "" : " AND c.id = @only")} ORDER BY c.id DESC LIMIT {most}
                """,
                new { before = filter.Before ?? long.MaxValue, only }
            ),
        ];
    }

    private static IReadOnlyList<RuleShown> RulesOf(ConsoleContext context, AreaVersion area)
    {
        var packs = context.Installation.Packs;
        var day = new JudgingDay(context.WorkDate);
        return
        [
            .. packs
                .CluesFor(area.Code, context.WorkDate)
                .Select(r => new RuleShown(r, [.. r.Thresholds.Where(p => p.InForce(area.Code, p.IndexOn(day)) is null)])),
        ];
    }

    public static ClueSource? SourceOf(string? word) =>
        Enum.TryParse<ClueSource>(word, ignoreCase: true, out var source) && Enum.IsDefined(source) && !char.IsAsciiDigit(word![0]) ? source : null;

    public static Label Name(ClueSource source) =>
        source switch
        {
            ClueSource.SelfApplication => new("农户自主申报", "household's own application"),
            ClueSource.Screening => new("干部排查", "screening by cadres"),
            _ => new("部门筛查预警", "warning of a department's data"),
        };

    public static Label Name(ClueState state) =>
        state switch
        {
            ClueState.Open => new("待处理", "open"),
            ClueState.Listed => new("已上名单", "on a list"),
            ClueState.Dismissed => new("已排除", "dismissed"),
            _ => new("已纳入监测", "taken under monitoring"),
        };

    /// <summary>One of them, as the API tells it.</summary>
    public static Told Tell(ConsoleContext context, long id) =>
        Tell(
            Handle(context, new("all", null, null), id).Rows.FirstOrDefault() ?? throw new NotInScope(),
            context.Installation.Packs.Dictionary.CodeLists["risk"]
        );

    private static Told Tell(Row row, CodeList risks) =>
        new(
            row.Id,
            row.HouseholdId,
            row.Number,
            row.Head,
            row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            (ClueSource)row.Source,
            row.Department,
            row.Rule,
            DayNumber.ToDate(row.Day),
            row.DueDay is { } due ? DayNumber.ToDate(due) : null,
            row.Words,
            [.. risks.Entries.Where(e => (row.Risks >> e.Number & 1) == 1).Select(e => e.Key)],
            row.Amount,
            row.Name,
            row.IdMasked,
            row.Standing,
            row.Reason,
            row.DecidedDay is { } decided ? DayNumber.ToDate(decided) : null,
            row.ListId
        );
}
