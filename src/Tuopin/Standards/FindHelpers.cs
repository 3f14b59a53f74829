using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>/units</c> and <c>/posts</c>: the units and the people that help in an area, found by name, with how many households they answer for and how many of
/// these have a gap. Who helps nobody within the reader's scope and holds no place of it is not there.
/// </summary>
public static class FindHelpers
{
    public const int PageSize = 50;
    private const int Suggested = 20;

    public sealed class Row
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string? Title { get; init; }
        public long? UnitId { get; init; }
        public string? Unit { get; init; }
        public long Households { get; init; }

        /// <summary>Of these, households with an indicator unmet.</summary>
        public long Unmet { get; init; }
        public long Places { get; init; }
    }

    /// <summary>A page of units, or of posts; the most households first.</summary>
    public sealed record Page(AreaVersion Area, bool Posts, string? Name, IReadOnlyList<Row> Rows, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/units", (ConsoleContext context, string? name, string? after) => Show(context, posts: false, name, after))
            .Needs(Permission.ViewHouseholds);
        routes
            .MapGet("/posts", (ConsoleContext context, string? name, string? after) => Show(context, posts: true, name, after))
            .Needs(Permission.ViewHouseholds);
        routes.MapGet("/units/names", Suggest).Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/helpers",
                (ConsoleContext context, HttpContext http, string? kind, string? name, string? after) =>
                    Api.Answer(http, Tell(context, Api.Word(kind, "units", "posts"), name, after))
            )
            .OfApi<Told>(Permission.ViewHouseholds, "helpers", "The units or the people that help in an area, the most households first")
            .Asks(Api.Area, ("kind", "units (default) or posts"), ("name", "part of the name"), ("after", "next of the page before"));
    }

    /// <summary>A page as the API tells it.</summary>
    public sealed record Told(PickArea.Place Area, string Kind, IReadOnlyList<Row> Helpers, string? Next);

    private static Told Tell(ConsoleContext context, string kind, string? name, string? after)
    {
        var page = Handle(Viewer.Of(context), context.Area(Permission.ViewHouseholds), kind == "posts", name, after);
        return new(PickArea.Tell(page.Area), kind, page.Rows, page.Next);
    }

    private static IResult Show(ConsoleContext context, bool posts, string? name, string? after)
    {
        var page = Handle(Viewer.Of(context), context.Area(Permission.ViewHouseholds), posts, name, after);
        return context.WantsPart
            ? new RazorComponentResult<Pages.HelperRows>(new { Page = page })
            : new RazorComponentResult<Pages.HelpersPage>(new { Page = page });
    }

    private static IResult Suggest(ConsoleContext context, string? unit_name) =>
        new RazorComponentResult<Pages.Suggestions>(
            new
            {
                Names = unit_name?.Trim() is { Length: > 0 } text
                    ? Rows(Viewer.Of(context), AreaRange.Nation, false, text, null, Suggested).Select(r => r.Name).ToList()
                    : [],
            }
        );

    /// <exception cref="NotInScope">A department whose trade is not the pairing of households.</exception>
    public static Page Handle(Viewer viewer, AreaVersion area, bool posts, string? name, string? after)
    {
        var asked = name?.Trim() is { Length: > 0 and <= 60 } text ? text : null;
        var rows = Rows(viewer, AreaTree.RangeOf(area), posts, asked, after, PageSize + 1);
        var more = rows.Count > PageSize;
        if (more)
            rows.RemoveAt(PageSize);
        return new(area, posts, asked, rows, more ? string.Create(CultureInfo.InvariantCulture, $"{rows[^1].Households}-{rows[^1].Id}") : null);
    }

    // From the households in scope to those who help them: what it costs is the size of the scope.
    private static List<Row> Rows(Viewer viewer, AreaRange range, bool posts, string? name, string? after, int most)
    {
        if (!viewer.Sees("responsibility", "role"))
            throw new NotInScope();
        var within = viewer.Scope.Within(range).Select(r => $"a.code BETWEEN {r.From} AND {r.To}").ToList();
        var whose = posts ? "r.post_id" : "coalesce(q.unit_id, r.unit_id)";
        var of = posts ? "" : "LEFT JOIN posts q ON q.id = r.post_id";
        var (afterHouseholds, afterId) =
            after?.Split('-') is [var h, var i]
            && long.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var households)
            && long.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? (households, id)
                : (long.MaxValue, 0);
        return
        [
            .. viewer.Connection.Query<Row>(
                $"""
                WITH helped AS (
                  SELECT {whose} AS id, count(DISTINCT l.household_id) AS households, count(DISTINCT CASE WHEN l.unmet <> 0 THEN l.household_id END) AS unmet
                  FROM household_list l JOIN responsibilities r ON r.household_id = l.household_id AND {Pairings.Covers("r", viewer.Day)} {of}
                  WHERE {viewer.Households("l", range)} GROUP BY 1
                ), held AS (
                  SELECT {whose} AS id, count(DISTINCT a.area_id) AS places
                  FROM area_versions a JOIN responsibilities r ON r.area_id = a.area_id AND {Pairings.Covers("r", viewer.Day)} {of}
                  WHERE {Pairings.Covers("a", viewer.Day)} AND ({(within.Count == 0 ? "1 = 0" : string.Join(" OR ", within))}) GROUP BY 1
                )
                SELECT t.* FROM (
                  SELECT {(
                    posts
                        ? "p.id, p.holder_name AS name, p.title, p.unit_id, u.name AS unit"
                        : "u.id, u.name, NULL AS title, NULL AS unit_id, NULL AS unit"
                )},
                    coalesce(helped.households, 0) AS households, coalesce(helped.unmet, 0) AS unmet, coalesce(held.places, 0) AS places
                  FROM {(posts ? "posts p LEFT JOIN units u ON u.id = p.unit_id" : "units u")}
                  LEFT JOIN helped ON helped.id = {(posts ? "p" : "u")}.id LEFT JOIN held ON held.id = {(posts ? "p" : "u")}.id
                  WHERE (helped.id IS NOT NULL OR held.id IS NOT NULL){(
                    name is null ? "" : $" AND {viewer.Contains(posts ? "p.holder_name" : "u.name", "@name")}"
                )}
                ) t
                WHERE t.households < @afterHouseholds OR t.households = @afterHouseholds AND t.id > @afterId
                ORDER BY t.households DESC, t.id LIMIT {most}
                """,
                new
                {
                    name,
                    afterHouseholds,
                    afterId,
                }
            ),
        ];
    }
}
