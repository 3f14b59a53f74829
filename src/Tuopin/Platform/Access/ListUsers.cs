using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>The accounts of the installation, by name.</summary>
public static class ListUsers
{
    public const int PageSize = 50;

    public sealed record Row(
        long Id,
        string Name,
        string DisplayName,
        bool Disabled,
        bool LockedOut,
        bool MustChange,
        bool SecondFactor,
        string? SignedIn,
        IReadOnlyList<Grant> Grants
    );

    public sealed record Result(IReadOnlyList<Row> Rows, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users", (HttpContext http, ConsoleContext context, CancellationToken _) => Page(context)).Needs(Permission.ManageUsers);
        routes
            .MapGet(
                Api.Root + "/users",
                async (ConsoleContext context, HttpContext http, string? q, string? after) =>
                    await Api.Answer(http, Tell(await Handle(context.Installation, q?.Trim() ?? "", after ?? ""), context))
            )
            .OfApi<Told>(Permission.ManageUsers, "users", "The accounts of the installation, by name")
            .Asks(("q", "part of the name or the shown name"), ("after", "next of the page before"));
    }

    /// <summary>A page as the API tells it.</summary>
    public sealed record Told(IReadOnlyList<ToldRow> Users, string? Next);

    /// <param name="Grants">Those in force today.</param>
    public sealed record ToldRow(
        long Id,
        string Name,
        string DisplayName,
        bool Disabled,
        bool LockedOut,
        bool MustChange,
        bool SecondFactor,
        string? SignedIn,
        IReadOnlyList<ShowUser.ToldGrant> Grants
    );

    private static Told Tell(Result result, ConsoleContext context) =>
        new(
            [
                .. result.Rows.Select(r => new ToldRow(
                    r.Id,
                    r.Name,
                    r.DisplayName,
                    r.Disabled,
                    r.LockedOut,
                    r.MustChange,
                    r.SecondFactor,
                    r.SignedIn,
                    ShowUser.Tell(r.Grants, context)
                )),
            ],
            result.Next
        );

    public static async Task<IResult> Page(ConsoleContext context, string? error = null)
    {
        var query = context.Http.Request.Query;
        var result = await Handle(context.Installation, query["q"].ToString().Trim(), query["after"].ToString());
        return new RazorComponentResult<Pages.UsersPage>(new { Result = result, Error = error })
        {
            StatusCode = error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    /// <param name="text">Part of the name or the shown name.</param>
    /// <param name="after">Normalised name of the last row of the page before.</param>
    public static async Task<Result> Handle(Installation installation, string text, string after, int size = PageSize)
    {
        var today = Accounts.Today(installation);
        var now = installation.Clock.GetUtcNow();
        await using var desk = installation.Store.Desk();
        var normal = Normal(text);
        after = Normal(after);
        var users = await desk
            .Users.AsNoTracking()
            .Where(u => text == "" || u.NormalizedUserName!.Contains(normal) || u.DisplayName.Contains(text))
            .Where(u => string.Compare(u.NormalizedUserName, after) > 0)
            .OrderBy(u => u.NormalizedUserName)
            .Take(size + 1)
            .Select(u => new
            {
                User = u,
                SignedIn = desk.SignInEvents.Where(s => s.UserId == u.Id && s.Outcome == SignInOutcome.SignedIn).Max(s => s.At),
            })
            .ToListAsync();
        var ids = users.Select(u => u.User.Id).ToList();
        var grants = (
            await desk
                .Grants.AsNoTracking()
                .Where(g => ids.Contains(g.UserId) && g.FromDay <= today && (g.ToDay == null || g.ToDay > today))
                .ToListAsync()
        ).ToLookup(g => g.UserId);
        return new(
            [
                .. users
                    .Take(size)
                    .Select(u => new Row(
                        u.User.Id,
                        u.User.UserName!,
                        u.User.DisplayName,
                        u.User.Disabled,
                        u.User.LockoutEnd > now,
                        u.User.MustChangePassword,
                        u.User.TwoFactorEnabled,
                        u.SignedIn,
                        [.. grants[u.User.Id]]
                    )),
            ],
            users.Count > size ? users[size - 1].User.NormalizedUserName : null
        );
    }

    private static string Normal(string text) => text.ToUpperInvariant();
}
