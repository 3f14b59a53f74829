using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>/households/as-of</c>: the households of an area as they were on a day, or as was known of that day at a moment: village, status, since when, head and members then, beside
/// the status now. Verdicts are of the judged day and stand on the list of now.
/// </summary>
public static class ListHouseholdsThen
{
    public const int PageSize = 50;

    public sealed class Row
    {
        public long HouseholdId { get; init; }

        /// <summary>Of the village it is in now.</summary>
        public long AreaCode { get; init; }
        public long VillageThen { get; init; }

        /// <summary>The village it was in on the day, by the tree of that day; null where that village was not in it.</summary>
        public AreaVersion? Village { get; set; }
        public string Number { get; init; } = "";

        /// <summary>The head of that day; null where none is recorded.</summary>
        public string? Head { get; init; }

        /// <summary>Number in code list status_kind.</summary>
        public int Status { get; init; }
        public int StatusFrom { get; init; }
        public long Members { get; init; }

        /// <summary>The status now; null where it has none.</summary>
        public int? Now { get; init; }
    }

    public sealed record Result(AreaVersion Area, DateOnly Day, string? KnownAt, CodeEntry? Status, IReadOnlyList<Row> Rows, string? Next);

    public sealed record ToldRow(long Id, string Area, string Number, string? Head, string Status, DateOnly? From, long Members, string? Now);

    public sealed record Told(PickArea.Place Area, DateOnly Day, IReadOnlyList<ToldRow> Households, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/households/as-of",
                IResult (ConsoleContext context, string? asOf, string? knownAt, string? status, string? after) =>
                    new RazorComponentResult<Pages.HouseholdsThenPage>(new { Found = Handle(context, asOf, knownAt, status, after) })
            )
            .Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/households/as-of",
                (ConsoleContext context, HttpContext http, string? asOf, string? knownAt, string? status, string? after) =>
                    Api.Answer(http, Tell(context, Handle(context, asOf, knownAt, status, after)))
            )
            .OfApi<Told>(Permission.ViewHouseholds, "householdsAsOf", "Households of an area as they were on a day")
            .Asks(
                Api.Area,
                ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then"),
                ("status", "key of code list status_kind: only those of this status on that day"),
                ("after", "cursor: next of the last answer")
            );
    }

    /// <exception cref="NotInScope">A department's user sees facts of its trade, and the status of a day is none.</exception>
    /// <exception cref="Refusal">date.bad.</exception>
    public static Result Handle(ConsoleContext context, string? asOf, string? knownAt, string? status, string? after)
    {
        var viewer = Viewer.Of(context);
        if (viewer.Departments is not null)
            throw new NotInScope("the status of a household on a day is of no trade");
        var area = context.Area(Permission.ViewHouseholds);
        var day = AreaArgument.Day(string.IsNullOrWhiteSpace(asOf) ? null : asOf) ?? context.WorkDate;
        var known = string.IsNullOrWhiteSpace(knownAt) ? (long?)null : KnownAt.Change(context.Reader, knownAt);
        var kinds = viewer.Codes("status_kind");
        var kind = string.IsNullOrEmpty(status) ? null : kinds.Find(status) ?? throw new BadHttpRequestException("no such status");
        var (on, (code, id)) = (DayNumber.Of(day), Cursor(after));
        string Table(string name) => known is { } change ? KnownAt.Table(context.Reader, name, change) : name;
        var rows = context
            .Reader.Query<Row>(
                $"""
                SELECT t.household_id, t.area_code, t.number, t.status, t.status_from, t.now,
                  {RowsThen.Village(context.Reader, "t.household_id", on, known)} AS village_then,
                  (SELECT p.name FROM {Table("memberships")} m JOIN persons p ON p.id = m.person_id
                    WHERE m.household_id = t.household_id AND m.relation = {viewer.Codes("relation_to_head").Find(
                    "head"
                )!.Number} AND {Pairings.Covers("m", on)} LIMIT 1) AS head,
                  (SELECT count(*) FROM {Table("memberships")} m WHERE m.household_id = t.household_id AND {Pairings.Covers("m", on)}) AS members
                FROM (
                  SELECT l.household_id, l.area_code, l.number, s.kind AS status, s.from_day AS status_from, l.status AS now
                  FROM household_list l JOIN {Table("household_statuses")} s ON s.household_id = l.household_id AND {Pairings.Covers("s", on)}
                  WHERE {viewer.Households(
                    "l",
                    AreaTree.RangeOf(area)
                )} AND l.place_code = l.area_code AND (l.area_code, l.household_id) > (@code, @id)
                    {(kind is null ? "" : string.Create(CultureInfo.InvariantCulture, $"AND s.kind = {kind.Number}"))}
                  ORDER BY l.area_code, l.household_id LIMIT {PageSize + 1}
                ) t
                ORDER BY t.area_code, t.household_id
                """,
                new { code, id },
                commandTimeout: 0
            )
            .ToList();
        var tree = day == context.WorkDate && known is null ? context.Tree : AreaTree.Load(context.Reader, day, knownAt: known);
        foreach (var row in rows)
            row.Village = tree.ById(row.VillageThen);
        return new(
            area,
            day,
            known is null ? null : knownAt,
            kind,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize
                ? string.Create(CultureInfo.InvariantCulture, $"{rows[PageSize - 1].AreaCode}-{rows[PageSize - 1].HouseholdId}")
                : null
        );
    }

    private static (long Code, long Id) Cursor(string? after) =>
        after?.Split('-') is [var code, var id]
        && long.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? (at, key)
            : (0, 0);

    private static Told Tell(ConsoleContext context, Result found)
    {
        var kinds = context.Installation.Packs.Dictionary.CodeLists["status_kind"];
        return new(
            PickArea.Tell(found.Area),
            found.Day,
            [
                .. found.Rows.Select(r => new ToldRow(
                    r.HouseholdId,
                    (r.Village?.Code ?? r.AreaCode).ToString("D12", CultureInfo.InvariantCulture),
                    r.Number,
                    r.Head,
                    kinds.Find(r.Status)!.Key,
                    r.StatusFrom == Days.Beginning ? null : DayNumber.ToDate(r.StatusFrom),
                    r.Members,
                    r.Now is { } now ? kinds.Find(now)?.Key : null
                )),
            ],
            found.Next
        );
    }
}
