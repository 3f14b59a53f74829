using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>A person in a post: what they answer for, since when, and how it stands; as far as the reader's scope goes.</summary>
public static class ShowPost
{
    public sealed class Held
    {
        public long Id { get; init; }
        public string HolderName { get; init; } = "";
        public string? Title { get; init; }
        public long? UnitId { get; init; }
        public string? UnitName { get; init; }
        public long FromDay { get; init; }
        public long? ToDay { get; init; }
    }

    public sealed record Page(
        Held Post,
        LightCounts LightCounts,
        IReadOnlyList<ListHouseholds.Row> Households,
        IReadOnlyList<ShowUnit.AreaDuty> Duties
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/posts/{post:long}", Show).Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/posts/{post:long}",
                (ConsoleContext context, HttpContext http, long post) =>
                    Api.Answer(http, Tell(Handle(Viewer.Of(context), post, context.Caller.Posts), context))
            )
            .OfApi<Told>(Permission.ViewHouseholds, "post", "A person in a post: the households and places they answer for");
    }

    /// <summary>A post as the API tells it; the households are the first, those with most missing before the others.</summary>
    public sealed record Told(
        long Id,
        string Holder,
        string? Title,
        long? UnitId,
        string? Unit,
        DateOnly? From,
        DateOnly? To,
        LightCounts.Told Households,
        IReadOnlyList<Paired> Paired,
        IReadOnlyList<ShowUnit.ToldDuty> Duties
    );

    public sealed record Paired(
        long Id,
        string Number,
        string? Head,
        string AreaCode,
        string? Group,
        long? Members,
        IReadOnlyDictionary<string, Light> Lights
    );

    private static Told Tell(Page page, ConsoleContext context) =>
        new(
            page.Post.Id,
            page.Post.HolderName,
            page.Post.Title,
            page.Post.UnitId,
            page.Post.UnitName,
            ShownText.Date(page.Post.FromDay),
            page.Post.ToDay is { } to ? ShownText.Date(to) : null,
            page.LightCounts.Tell(),
            [
                .. page.Households.Select(h => new Paired(
                    h.HouseholdId,
                    h.Number,
                    h.HeadName,
                    $"{h.AreaCode:D12}",
                    h.GroupName,
                    h.Members,
                    h.Lights.ToDictionary(l => l.Indicator.Id, l => l.Light)
                )),
            ],
            ShowUnit.Tell(page.Duties, context)
        );

    private static IResult Show(ConsoleContext context, long post) =>
        new RazorComponentResult<Pages.PostPage>(new { Post = Handle(Viewer.Of(context), post, context.Caller.Posts) });

    /// <param name="own">Posts the reader holds: one's own page exists without a household, too.</param>
    /// <exception cref="NotInScope">No household and no place within the scope is the post's.</exception>
    public static Page Handle(Viewer viewer, long id, IReadOnlyList<long> own)
    {
        if (!viewer.Sees("responsibility", "role"))
            throw new NotInScope();
        var post =
            viewer.Connection.QueryFirstOrDefault<Held>(
                "SELECT p.id, p.holder_name, p.title, p.unit_id, u.name AS unit_name, p.from_day, p.to_day FROM posts p LEFT JOIN units u ON u.id = p.unit_id WHERE p.id = @id",
                new { id }
            ) ?? throw new NotInScope();
        var lights = Lights.Of(viewer, AreaRange.Nation);
        var standing = LightCounts.Of(viewer, lights, Pairings.OfPost(viewer.Day), new { post = id });
        var duties = ShowUnit.Duties(viewer, "r.post_id = @id", id);
        if (standing.Households == 0 && duties.Count == 0 && !own.Contains(id))
            throw new NotInScope();
        return new(post, standing, MyHouseholds.Of(viewer, lights, [id]), duties);
    }
}
