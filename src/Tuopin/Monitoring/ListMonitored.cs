using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>/monitoring</c>: who is under monitoring in an area, counted by kind, risk and place, each count with its households; <c>/monitoring.xlsx</c> is the
/// list as a workbook, <c>tuopin monitoring list</c> prints it.
/// </summary>
public static class ListMonitored
{
    public const int PageSize = 50;

    public static readonly string[] Shows = ["current", "unhelped", "undeveloped", "tracked", "eliminated", "all"];

    /// <param name="Show">current; unhelped: no measure since identification; undeveloped: labour and no development measure; tracked: without labour, not marked; eliminated; all.</param>
    /// <param name="Kind">Key of <c>monitoring_kind</c>.</param>
    /// <param name="Risk">Key of <c>risk</c>.</param>
    public sealed record Filter(string? Show, string? Kind, string? Risk, long? After);

    public sealed class Row
    {
        public long Id { get; init; }
        public long HouseholdId { get; init; }
        public string Number { get; init; } = "";
        public string? Head { get; init; }
        public long AreaCode { get; init; }
        public short Kind { get; init; }
        public int FromDay { get; init; }
        public int? ToDay { get; init; }
        public long? Risks { get; init; }
        public long? ReferencePerHead { get; init; }
        public short? Development { get; init; }
        public short? Elimination { get; init; }
        public bool Helped { get; init; }
    }

    public sealed record Place(AreaVersion Area, long Households);

    public sealed record Result(
        AreaVersion Area,
        Filter Filter,
        long All,
        IReadOnlyList<(CodeEntry Kind, long Households)> Kinds,
        IReadOnlyList<(CodeEntry Risk, long Households)> Risks,
        IReadOnlyList<Place> Places,
        IReadOnlyDictionary<string, long> Counts,
        ParameterValue? Line,
        IReadOnlyList<Row> Rows,
        long? Next
    );

    public sealed record ToldRow(
        long Household,
        string Number,
        string? Head,
        string Area,
        string Kind,
        string KindName,
        DateOnly? Identified,
        DateOnly? Ended,
        IReadOnlyList<string> Risks,
        long? ReferencePerHeadFen,
        bool Helped,
        string? Elimination
    );

    public sealed record ToldCount(string Key, Label Title, long Households);

    public sealed record Told(
        long Households,
        IReadOnlyList<ToldCount> Kinds,
        IReadOnlyList<ToldCount> Risks,
        IReadOnlyList<ToldRow> Rows,
        long? Next
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/monitoring",
                IResult (ConsoleContext context, string? show, string? kind, string? risk, long? after) =>
                    new RazorComponentResult<Pages.MonitoringPage>(new { Found = Handle(context, new(show, kind, risk, after)) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                Api.Root + "/monitoring",
                (ConsoleContext context, HttpContext http, string? show, string? kind, string? risk, long? after) =>
                {
                    var found = Handle(context, new(show, kind, risk, after));
                    var packs = context.Installation.Packs;
                    return Api.Answer(
                        http,
                        new Told(
                            found.All,
                            [.. found.Kinds.Select(k => new ToldCount(k.Kind.Key, k.Kind.Label, k.Households))],
                            [.. found.Risks.Select(k => new ToldCount(k.Risk.Key, k.Risk.Label, k.Households))],
                            [.. found.Rows.Select(r => Tell(packs, r))],
                            found.Next
                        )
                    );
                }
            )
            .OfApi<Told>(Permission.ViewLists, "monitoring", "Households under monitoring: counts, and the named list")
            .Asks(
                Api.Area,
                ("show", "current (default), unhelped, undeveloped, tracked, eliminated or all"),
                ("kind", "key of monitoring_kind"),
                ("risk", "key of risk"),
                ("after", "cursor: next of the last answer")
            );
        routes.MapGet("/monitoring.xlsx", Send).Needs(Permission.ViewLists);
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var show = new Option<string?>("--show") { Description = "current (default), unhelped, undeveloped, tracked, eliminated or all" };
        var command = new Command("list", "list households under monitoring") { area, show };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var place = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation);
                var reading = new Reading(
                    connection,
                    installation.Packs,
                    Scope.Everything,
                    AreaTree.RangeOf(place),
                    DayNumber.Of(installation.WorkDate)
                );
                var rows = reading.All(new(Api.Word(parsed.GetValue(show), Shows), null, null, null)).Select(r => Tell(installation.Packs, r));
                if (shell.IsJson)
                    shell.PrintJson(rows.ToList());
                else
                    foreach (var r in rows)
                        shell.Output.WriteLine(
                            $"{r.Number}  {r.Head}  {r.Area}  {r.KindName}  {r.Identified:yyyy-MM-dd}  {r.Ended:yyyy-MM-dd}  {string.Join(',', r.Risks)}"
                        );
            })
        );
        return command;
    }

    public static Result Handle(ConsoleContext context, Filter filter)
    {
        var area = context.Area(Permission.ViewLists);
        filter = filter with { Show = Api.Word(filter.Show, Shows) };
        var range = AreaTree.RangeOf(area);
        var packs = context.Installation.Packs;
        var reading = new Reading(context.Reader, packs, context.Caller.Scope(Permission.ViewLists), range, context.Day);
        var rows = reading.Read(filter, PageSize + 1);
        var (all, kinds, risks) = reading.Count(filter);
        return new(
            area,
            filter,
            all,
            kinds,
            risks,
            reading.Places(filter, area, context.Tree),
            Shows[..^1].ToDictionary(s => s, s => reading.Number(new(s, null, null, null))),
            ReferenceIncome.Line(packs, area.Code, context.WorkDate),
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? rows[PageSize - 1].Id : null
        );
    }

    private sealed record Reading(DbConnection Connection, PackSet Packs, Scope Scope, AreaRange Range, int Day)
    {
        private const string Helped = "EXISTS (SELECT 1 FROM measures x WHERE x.household_id = m.household_id AND x.from_day >= m.from_day)";

        public IEnumerable<Row> All(Filter filter)
        {
            while (true)
            {
                var rows = Read(filter, 500);
                foreach (var row in rows)
                    yield return row;
                if (rows.Count < 500)
                    yield break;
                filter = filter with { After = rows[^1].Id };
            }
        }

        public IReadOnlyList<Row> Read(Filter filter, int most) =>
            [
                .. Connection.Query<Row>(
                    $"""
                    SELECT m.id, m.household_id, l.number, l.head_name AS head, l.area_code, m.kind, m.from_day, m.to_day, m.risks, m.reference_per_head, m.development,
                      m.elimination, CASE WHEN {Helped} THEN 1 ELSE 0 END AS helped
                    {From(filter)} AND m.id > @after ORDER BY m.id LIMIT {most}
                    """,
                    new { after = filter.After ?? 0 }
                ),
            ];

        public long Number(Filter filter) => Platform.Database.Sql.Number(Connection, $"SELECT count(*) {From(filter)}");

        public (long All, IReadOnlyList<(CodeEntry, long)> Kinds, IReadOnlyList<(CodeEntry, long)> Risks) Count(Filter filter)
        {
            var (kinds, risks) = (Packs.Dictionary.CodeLists["monitoring_kind"].Entries, Packs.Dictionary.CodeLists["risk"].Entries);
            var columns = kinds
                .Select(k => FormattableString.Invariant($"count(*) FILTER (WHERE m.kind = {k.Number})"))
                .Concat(risks.Select(r => FormattableString.Invariant($"count(*) FILTER (WHERE m.risks & {1L << r.Number} <> 0)")));
            using var reader = Connection.ExecuteReader($"SELECT count(*), {string.Join(", ", columns)} {From(filter)}");
            reader.Read();
            return (
                reader.GetInt64(0),
                [.. kinds.Select((k, i) => (k, reader.GetInt64(1 + i))).Where(k => k.Item2 > 0)],
                [.. risks.Select((r, i) => (r, reader.GetInt64(1 + kinds.Length + i))).Where(r => r.Item2 > 0).OrderByDescending(r => r.Item2)]
            );
        }

        public IReadOnlyList<Place> Places(Filter filter, AreaVersion area, AreaTree tree)
        {
            long unit = area.Level switch
            {
                0 => 10_000_000_000,
                1 => 100_000_000,
                2 => 1_000_000,
                3 => 1000,
                4 => 1,
                _ => 0,
            };
            return unit == 0
                ? []
                :
                [
                    .. Connection
                        .Query<(long Code, long Households)>(
                            FormattableString.Invariant($"SELECT l.area_code / {unit} * {unit}, count(*) {From(filter)} GROUP BY 1 ORDER BY 1")
                        )
                        .Where(p => tree.ByCode(p.Code) is not null)
                        .Select(p => new Place(tree.ByCode(p.Code)!, p.Households)),
                ];
        }

        // Each household once: by its registered village, or where it lives if that alone is within.
        private string From(Filter filter)
        {
            var kind = filter.Kind is { Length: > 0 } key ? $" AND m.kind = {EntryOf("monitoring_kind", key).Number}" : "";
            var risk = filter.Risk is { Length: > 0 } name
                ? FormattableString.Invariant($" AND m.risks & {1L << EntryOf("risk", name).Number} <> 0")
                : "";
            return $"FROM monitorings m JOIN household_list l ON l.household_id = m.household_id WHERE {Scope.Households("l", Range, Day)} AND {Shown(filter.Show)}{kind}{risk}";
        }

        private string Shown(string? show)
        {
            var now = Pairings.Covers("m", Day);
            var states = Packs.Dictionary.CodeLists["development_state"];
            var cannot = states.Find("cannot")!.Number;
            return show switch
            {
                "unhelped" => $"{now} AND NOT {Helped}",
                "undeveloped" => $"{now} AND m.without_labour_covered IS NOT TRUE AND {new RiskMeasures(Packs.Dictionary).Undeveloped} AND {Labour}",
                "tracked" => $"{now} AND (m.without_labour_covered IS TRUE OR m.development = {cannot})",
                "eliminated" => FormattableString.Invariant($"m.to_day <= {Day}"),
                "all" => FormattableString.Invariant($"m.from_day <= {Day}"),
                _ => now,
            };
        }

        private string Labour => $"m.household_id IN ({MonitoringWork.WithLabour(Connection, Packs, DayNumber.ToDate(Day))})";

        private CodeEntry EntryOf(string list, string key) =>
            Packs.Dictionary.CodeLists[list].Find(key) ?? throw new BadHttpRequestException("no such code");
    }

    private static void Send(ConsoleContext context, HttpContext http, string? show, string? kind, string? risk)
    {
        if (!context.Caller.May(Permission.ExportLists))
            throw new NotInScope();
        var area = context.Area(Permission.ViewLists);
        var filter = new Filter(Api.Word(show, Shows), kind, risk, null);
        var (packs, L) = (context.Installation.Packs, context.L);
        var reading = new Reading(context.Reader, packs, context.Caller.Scope(Permission.ViewLists), AreaTree.RangeOf(area), context.Day);
        // What is asked wrongly is refused before the first byte.
        reading.Number(filter);
        Record(context.Installation, area, filter);
        http.Response.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        http.Response.Headers.ContentDisposition = $"attachment; filename=monitoring-{PickArea.Code(area)}-{context.WorkDate:yyyyMMdd}.xlsx";
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        using var sheet = new XlsxSheetWriter(http.Response.Body, [L["监测对象", "monitored"]]);
        sheet.WriteRow([
            .. new[]
            {
                L["区划代码", "area code"],
                L["村", "village"],
                L["户编号", "number"],
                L["户主", "head"],
                L["监测对象类别", "kind"],
                L["识别时间", "identified"],
                L["结束", "ended"],
                L["风险", "risks"],
                L["人均收入参考", "reference per head"],
                L["已有帮扶措施", "helped"],
                L["消除方式", "elimination"],
            }.Select(t => new OutCell(t, CellLook.Title)),
        ]);
        foreach (var row in reading.All(filter))
            sheet.WriteRow([
                row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                context.Tree.ByCode(row.AreaCode)?.Name,
                row.Number,
                row.Head,
                L[MonitoringTerms.Name(packs, row.Kind, row.FromDay)],
                ShownText.Day(row.FromDay, L),
                row.ToDay is { } to ? ShownText.Day(to, L) : "",
                Codes(packs, "risk", row.Risks, L),
                row.ReferencePerHead is { } fen ? ShownText.Yuan(fen) : "",
                row.Helped ? L["是", "yes"] : L["否", "no"],
                Code(packs, "elimination_kind", row.Elimination, L),
            ]);
    }

    private static void Record(Installation installation, AreaVersion area, Filter filter)
    {
        AuditLog.Append(
            installation,
            "monitoring.export",
            string.Create(CultureInfo.InvariantCulture, $"{area.Code} {filter.Show} {filter.Kind} {filter.Risk}").TrimEnd()
        );
    }

    internal static string Codes(PackSet packs, string list, long? bits, Language L) =>
        string.Join(L["、", ", "], packs.Dictionary.CodeLists[list].Entries.Where(e => ((bits ?? 0) >> e.Number & 1) == 1).Select(e => L[e.Label]));

    internal static string Code(PackSet packs, string list, long? number, Language L) =>
        number is { } known && packs.Dictionary.CodeLists[list].Find(known) is { } entry ? L[entry.Label] : "";

    private static ToldRow Tell(PackSet packs, Row row) =>
        new(
            row.HouseholdId,
            row.Number,
            row.Head,
            row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            packs.Dictionary.CodeLists["monitoring_kind"].Find(row.Kind)?.Key ?? "",
            MonitoringTerms.Name(packs, row.Kind, row.FromDay).Zh,
            ShownText.Date(row.FromDay),
            row.ToDay is { } to ? ShownText.Date(to) : null,
            [.. packs.Dictionary.CodeLists["risk"].Entries.Where(e => ((row.Risks ?? 0) >> e.Number & 1) == 1).Select(e => e.Key)],
            row.ReferencePerHead,
            row.Helped,
            row.Elimination is { } way ? packs.Dictionary.CodeLists["elimination_kind"].Find(way)?.Key : null
        );
}
