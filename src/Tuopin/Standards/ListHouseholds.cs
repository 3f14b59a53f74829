using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// The list of households within an area and the reader's scope: filters, sorting, pages forward and back by the last row seen. At most three queries,
/// a fourth when the total is asked for.
/// </summary>
public static class ListHouseholds
{
    public const int PageSize = 50;

    /// <summary>A household as the list shows it.</summary>
    public sealed class Row
    {
        public long HouseholdId { get; init; }
        public long AreaCode { get; init; }
        public string? GroupName { get; init; }
        public string Number { get; init; } = "";
        public string? HeadName { get; init; }
        public long? Status { get; init; }
        public long? StatusFrom { get; init; }
        public long Registered { get; init; }
        public long? Members { get; init; }
        public long? Labour { get; init; }
        public long? Cause { get; init; }
        public long? Category { get; init; }
        public long? IncomePerHead { get; init; }
        public long? StandardVersionId { get; init; }
        public long Met { get; init; }
        public long Unmet { get; init; }
        public long Exempt { get; init; }
        public long? UnitId { get; init; }
        public long? PostId { get; init; }
        public string? UnitName { get; init; }
        public string? Helper { get; init; }
        public IReadOnlyList<(Indicator Indicator, Light Light)> Lights { get; set; } = [];
    }

    /// <summary>A page of rows; <see cref="Next"/> and <see cref="Previous"/> are cursors, null at the ends.</summary>
    public sealed record Page(
        AreaVersion Area,
        HouseholdQuery Query,
        IReadOnlyList<Row> Rows,
        long? Next,
        long? Previous,
        long? Total,
        Lights Lights
    );

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/households", Show).Needs(Permission.ViewHouseholds);

    private static IResult Show(ConsoleContext context)
    {
        var viewer = Viewer.Of(context);
        var area = context.Area(Permission.ViewHouseholds);
        var query = HouseholdQuery.Read(context.Http.Request.Query, viewer);
        (viewer, area) = AtMoment(context, viewer, area, query);
        var page = Handle(viewer, area, query);
        return context.WantsPart
            ? new RazorComponentResult<Pages.HouseholdRows>(new { Page = page, Viewer = viewer })
            : new RazorComponentResult<Pages.HouseholdsPage>(new { Page = page, Viewer = viewer });
    }

    /// <summary>The reader and the area at the moment a query is of: the list of a judgement of that moment.</summary>
    /// <exception cref="Refusal">judgement.none, date.bad.</exception>
    /// <exception cref="NotInScope">The tree of that day does not have the area.</exception>
    public static (Viewer Viewer, AreaVersion Area) AtMoment(ConsoleContext context, Viewer viewer, AreaVersion area, HouseholdQuery query)
    {
        var found = AtMoment(context.Installation, viewer, area, query);
        if (found.Viewer.Moment is { } judged)
            context.Http.Response.RegisterForDispose(judged);
        return found;
    }

    /// <summary>The same for a job; the moment of the reader is the caller's to dispose of.</summary>
    public static (Viewer Viewer, AreaVersion Area) AtMoment(Installation installation, Viewer viewer, AreaVersion area, HouseholdQuery query)
    {
        if (query.IsOfNow)
            return (viewer, area);
        var connection = viewer.Connection;
        var day = query.AsOf ?? viewer.Date;
        var known = query.KnownAt is { } time ? KnownAt.Change(connection, time) : (long?)null;
        var then = AreaTree.Load(connection, day, knownAt: known).ById(area.AreaId) ?? throw new NotInScope();
        var judged =
            JudgedMoment.Find(installation, connection, AreaTree.RangeOf(then), day, known)
            ?? throw new Refusal("judgement.none", "this area was not judged for that moment; have it judged first: POST /api/v1/judgements");
        return (viewer.At(judged), then);
    }

    public static Page Handle(Viewer viewer, AreaVersion area, HouseholdQuery query)
    {
        var range = AreaTree.RangeOf(area);
        var lights = Lights.Of(viewer, range);
        var statement = new Statement(viewer, range, query, lights);
        var cursor = query.Cursor is { } at ? statement.Find(at) : null;
        var backward = query.Backward && cursor is not null;
        var rows = statement.Read(cursor, backward, PageSize + 1).ToList();
        var more = rows.Count > PageSize;
        if (more)
            rows.RemoveAt(PageSize);
        if (backward)
            rows.Reverse();
        var hasNext = backward ? rows.Count > 0 : more;
        var hasPrevious = backward ? more : cursor is not null && rows.Count > 0;
        return new(
            area,
            query,
            rows,
            hasNext ? rows[^1].HouseholdId : null,
            hasPrevious ? rows[0].HouseholdId : null,
            query.WithTotal ? statement.Count() : null,
            lights
        );
    }

    /// <summary>How many rows a query has, counted no further than <paramref name="most"/>.</summary>
    public static long Count(Viewer viewer, AreaVersion area, HouseholdQuery query, long? most = null)
    {
        var range = AreaTree.RangeOf(area);
        return new Statement(viewer, range, query, Lights.Of(viewer, range)).Count(most);
    }

    /// <summary>All rows of a query in its order, one by one: for files.</summary>
    public static IEnumerable<Row> Stream(Viewer viewer, AreaVersion area, HouseholdQuery query)
    {
        var range = AreaTree.RangeOf(area);
        return new Statement(viewer, range, query, Lights.Of(viewer, range)).Read(null, backward: false, limit: null);
    }

    // One query in SQL: the same conditions for rows, cursor and count.
    private sealed class Statement
    {
        private readonly Viewer viewer;
        private readonly HouseholdQuery query;
        private readonly Lights lights;
        private readonly string where;
        private readonly DynamicParameters parameters = new();
        private readonly string key;

        public Statement(Viewer viewer, AreaRange range, HouseholdQuery query, Lights lights)
        {
            (this.viewer, this.query, this.lights) = (viewer, query, lights);
            key = query.Sort switch
            {
                HouseholdSort.Name => "coalesce(l.head_name, '')",
                HouseholdSort.Income => "coalesce(l.income_per_head, -9000000000000000000)",
                HouseholdSort.Members => "coalesce(l.members, -1)",
                _ => "l.place_code",
            };
            var conditions = new List<string> { viewer.Households("l", range) };
            void Equal(string column, object? value)
            {
                if (value is null)
                    return;
                conditions.Add($"l.{column} = @{column}");
                parameters.Add(column, value);
            }
            void Bound(string column, string sign, string name, int? value)
            {
                if (value is null)
                    return;
                conditions.Add($"l.{column} {sign} @{name}");
                parameters.Add(name, value);
            }
            Equal("group_name", query.Group);
            Equal("status", query.Status?.Number);
            Equal("registered", query.Registered is { } registered ? (registered ? 1 : 0) : null);
            if (query.Standing is { } standing)
                conditions.Add(InStanding(standing));
            Equal("category", query.Category?.Number);
            Equal("cause", query.Cause?.Number);
            Bound("members", ">=", "members_from", query.MembersFrom);
            Bound("members", "<=", "members_to", query.MembersTo);
            Bound("labour", ">=", "labour_from", query.LabourFrom);
            Bound("labour", "<=", "labour_to", query.LabourTo);
            void Income(string sign, string name, decimal? yuan)
            {
                if (yuan is null)
                    return;
                conditions.Add($"l.income_per_head {sign} @{name}");
                parameters.Add(name, (long)(yuan * 100));
            }
            Income(">=", "income_from", query.IncomeFrom);
            Income("<=", "income_to", query.IncomeTo);
            if (query.Unstated is { } unstated)
                conditions.Add(
                    unstated switch
                    {
                        "members" => "coalesce(l.members, 0) = 0",
                        "cause" => "coalesce(l.cause, 0) = 0",
                        _ => "l.income_per_head IS NULL",
                    }
                );
            if (query.Monitored)
                conditions.Add(
                    $"l.household_id IN (SELECT g.household_id FROM {viewer.Table("monitorings")} g WHERE {Pairings.Covers("g", viewer.Day)})"
                );
            if (query.YearEnd is { } year)
                conditions.Add(RemainingAt(year));
            if (query.Overall is { } overall)
                conditions.Add(lights.WhereOverall("l", overall));
            if (query.Indicator is { } indicator)
                conditions.Add(lights.Where("l", indicator, query.Light, query.Standard, query.Counted));
            if (query.Counted)
                conditions.Add("l.place_code = l.area_code");
            // Whoever is monitored, or was remaining at the end of a year, is counted whatever the household's status is today.
            if (query.Counted && !query.Monitored && query.YearEnd is null)
                conditions.Add(HouseholdList.Counted("l", viewer.Codes("status_kind")));
            if (query.Post is { } post)
            {
                conditions.Add($"l.household_id IN ({Pairings.OfPost(viewer.Day)})");
                parameters.Add("post", post);
            }
            if (query.Unit is { } unit)
            {
                conditions.Add(query.Counted ? "l.unit_id = @unit" : $"l.household_id IN ({Pairings.OfUnit(viewer.Day)})");
                parameters.Add("unit", unit);
            }
            if (query.UnitName is { } unitName)
            {
                conditions.Add($"l.household_id IN ({Pairings.OfUnitsNamed(Contains("u.name", "@unitName"), viewer.Day)})");
                parameters.Add("unitName", unitName);
            }
            if (query.HelperName is { } helperName)
            {
                conditions.Add($"l.household_id IN ({Pairings.OfPostsNamed(Contains("q.holder_name", "@helperName"), viewer.Day)})");
                parameters.Add("helperName", helperName);
            }
            if (query.Head is { } head)
            {
                conditions.Add(Contains("l.head_name", "@head"));
                parameters.Add("head", head);
            }
            if (query.Name is { } name)
            {
                conditions.Add(HasMember(range));
                parameters.Add("name", name);
            }
            if (query.Number is { } number)
            {
                conditions.Add(
                    "l.household_id IN (SELECT h.id FROM households h WHERE h.national_no = @number OR h.provisional_no = @number OR h.id = @id)"
                );
                parameters.Add("number", number);
                parameters.Add("id", long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1);
            }
            where = string.Join(" AND ", conditions);
        }

        private int Kind(string key) => viewer.Codes("status_kind").Find(key)!.Number;

        private string RemainingAt(int year) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"EXISTS (SELECT 1 FROM {viewer.Table("household_statuses")} e WHERE e.household_id = l.household_id AND e.kind IN ({Kind("remaining")}, {Kind("returned")}) AND {Pairings.Covers("e", year * 10000 + 1231)})"
            );

        private string InStanding(Standing standing)
        {
            var remaining = $"l.status IN ({Kind("remaining")}, {Kind("returned")})";
            return standing switch
            {
                Standing.Remaining => $"(l.registered = 1 AND {remaining})",
                Standing.Exited => $"(l.registered = 1 AND NOT {remaining})",
                _ => HouseholdList.Unregistered("l", viewer.Codes("status_kind")),
            };
        }

        private string Contains(string column, string parameter) => viewer.Contains(column, parameter);

        // From the households in a township or less, from all persons in more: the shorter scan either way.
        private string HasMember(AreaRange range)
        {
            var named = Contains("p.name", "@name");
            var narrow = viewer.Scope.Areas.Count == 0 || viewer.Scope.Within(range).All(r => r.Width < 1000);
            return narrow
                ? $"""
                    EXISTS (
                      SELECT 1 FROM {viewer.Table("memberships")} m JOIN persons p ON p.id = m.person_id
                      WHERE m.household_id = l.household_id AND {Pairings.Covers("m", viewer.Day)} AND {named})
                    """
                : $"""
                    l.household_id IN (
                      SELECT m.household_id FROM {viewer.Table("memberships")} m WHERE {(
                      viewer.Moment is null ? "m.to_day IS NULL" : Pairings.Covers("m", viewer.Day)
                  )} AND m.person_id IN (SELECT p.id FROM persons p WHERE {named}))
                    """;
        }

        /// <summary>Where a household stands in the order; null when it is not in this list.</summary>
        public (object Key, long Id)? Find(long household)
        {
            var held = viewer.Connection.QueryFirstOrDefault(
                $"SELECT {key} AS sort_key FROM {viewer.Table("household_list")} l WHERE l.household_id = @cursor AND {where}",
                With(("cursor", household))
            );
            return held is null ? null : ((object)held.sort_key, household);
        }

        public IEnumerable<Row> Read((object Key, long Id)? after, bool backward, int? limit)
        {
            var descending = query.Descending != backward;
            var direction = descending ? " DESC" : "";
            var from = after is null ? "" : $" AND ({key}, l.household_id) {(descending ? "<" : ">")} (@key, @from)";
            var rows = viewer.Connection.Query<Row>(
                $"""
                SELECT t.*, u.name AS unit_name, p.holder_name AS helper FROM (
                  SELECT l.*, {key} AS sort_key FROM {viewer.Table("household_list")} l WHERE {where}{from}
                  ORDER BY {key}{direction}, l.household_id{direction}{(limit is null ? "" : $" LIMIT {limit}")}
                ) t LEFT JOIN units u ON u.id = t.unit_id LEFT JOIN posts p ON p.id = t.post_id
                ORDER BY t.sort_key{direction}, t.household_id{direction}
                """,
                after is { } at ? With(("key", at.Key), ("from", at.Id)) : parameters,
                buffered: limit is not null
            );
            return rows.Select(r =>
            {
                r.Lights = [.. lights.Of(r.StandardVersionId, r.Met, r.Unmet, r.Exempt)];
                return r;
            });
        }

        public long Count(long? most = null) =>
            Convert.ToInt64(
                viewer.Connection.ExecuteScalar(
                    most is null
                        ? $"SELECT count(*) FROM {viewer.Table("household_list")} l WHERE {where}"
                        : $"SELECT count(*) FROM (SELECT 1 FROM {viewer.Table("household_list")} l WHERE {where} LIMIT {most}) t",
                    parameters
                ),
                null
            );

        private DynamicParameters With(params ReadOnlySpan<(string Name, object Value)> more)
        {
            var all = new DynamicParameters(parameters);
            foreach (var (name, value) in more)
                all.Add(name, value);
            return all;
        }
    }
}
