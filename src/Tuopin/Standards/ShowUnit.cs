using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>A unit: its people, what they answer for and since when, and how those households stand; as far as the reader's scope goes.</summary>
public static class ShowUnit
{
    public sealed class PostRow
    {
        public long Id { get; init; }
        public string HolderName { get; init; } = "";
        public string? Title { get; init; }
        public long Households { get; init; }
        public long Since { get; init; }
    }

    /// <summary>A unit or post that answers for a place: a village team, a first secretary, a contracted leader.</summary>
    public sealed class AreaDuty
    {
        public long? PostId { get; init; }
        public string? HolderName { get; init; }
        public string? Role { get; init; }
        public long Code { get; init; }
        public long FromDay { get; init; }
    }

    public sealed record Page(long Id, string Name, LightCounts LightCounts, IReadOnlyList<PostRow> Posts, IReadOnlyList<AreaDuty> Duties);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/units/{unit:long}", Show).Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/units/{unit:long}",
                (ConsoleContext context, HttpContext http, long unit) => Api.Answer(http, Tell(Handle(Viewer.Of(context), unit), context))
            )
            .OfApi<Told>(Permission.ViewHouseholds, "unit", "A unit: its people, what they answer for, and how those households stand");
    }

    /// <summary>A unit as the API tells it.</summary>
    public sealed record Told(long Id, string Name, LightCounts.Told Households, IReadOnlyList<ToldPost> Posts, IReadOnlyList<ToldDuty> Duties);

    /// <param name="Since">Null where it began before our record.</param>
    public sealed record ToldPost(long Id, string Holder, string? Title, long Households, DateOnly? Since);

    public sealed record ToldDuty(PickArea.Place? Place, string? Role, long? Post, string? Holder, DateOnly? Since);

    private static Told Tell(Page unit, ConsoleContext context) =>
        new(
            unit.Id,
            unit.Name,
            unit.LightCounts.Tell(),
            [.. unit.Posts.Select(p => new ToldPost(p.Id, p.HolderName, p.Title, p.Households, ShownText.Date(p.Since)))],
            Tell(unit.Duties, context)
        );

    public static IReadOnlyList<ToldDuty> Tell(IReadOnlyList<AreaDuty> duties, ConsoleContext context) =>
        [
            .. duties.Select(d => new ToldDuty(
                context.Tree.ByCode(d.Code) is { } place ? PickArea.Tell(place) : null,
                d.Role,
                d.PostId,
                d.HolderName,
                ShownText.Date(d.FromDay)
            )),
        ];

    private static IResult Show(ConsoleContext context, long unit) =>
        new RazorComponentResult<Pages.UnitPage>(new { Unit = Handle(Viewer.Of(context), unit) });

    /// <exception cref="NotInScope">No household and no place within the scope is the unit's.</exception>
    public static Page Handle(Viewer viewer, long id)
    {
        if (!viewer.Sees("responsibility", "role"))
            throw new NotInScope();
        var name =
            viewer.Connection.QueryFirstOrDefault<string>("SELECT name FROM units WHERE id = @unit", new { unit = id }) ?? throw new NotInScope();
        var standing = LightCounts.Of(viewer, Lights.Of(viewer, AreaRange.Nation), Pairings.OfUnit(viewer.Day), new { unit = id });
        var duties = Duties(viewer, "(r.unit_id = @id OR r.post_id IN (SELECT q.id FROM posts q WHERE q.unit_id = @id))", id);
        if (standing.Households == 0 && duties.Count == 0)
            throw new NotInScope();
        var posts = viewer
            .Connection.Query<PostRow>(
                $"""
                SELECT p.id, p.holder_name, p.title, count(DISTINCT l.household_id) AS households, min(r.from_day) AS since
                FROM posts p JOIN responsibilities r ON r.post_id = p.id AND {Pairings.Covers("r", viewer.Day)}
                JOIN household_list l ON l.household_id = r.household_id AND {viewer.Households("l", AreaRange.Nation)}
                WHERE p.unit_id = @unit GROUP BY p.id, p.holder_name, p.title ORDER BY 4 DESC, p.id
                """,
                new { unit = id }
            )
            .ToList();
        return new(id, name, standing, posts, duties);
    }

    /// <summary>Places within the scope that a unit or post answers for on the day.</summary>
    public static IReadOnlyList<AreaDuty> Duties(Viewer viewer, string whose, long id)
    {
        var within = viewer.Scope.Within(AreaRange.Nation).Select(r => $"a.code BETWEEN {r.From} AND {r.To}").ToList();
        return within.Count == 0
            ? []
            :
            [
                .. viewer.Connection.Query<AreaDuty>(
                    $"""
                    SELECT p.id AS post_id, p.holder_name, r.role, a.code, r.from_day
                    FROM responsibilities r JOIN area_versions a ON a.area_id = r.area_id AND {Pairings.Covers("a", viewer.Day)}
                    LEFT JOIN posts p ON p.id = r.post_id
                    WHERE {whose} AND {Pairings.Covers("r", viewer.Day)} AND ({string.Join(" OR ", within)}) ORDER BY a.code, r.id
                    """,
                    new { id }
                ),
            ];
    }
}
