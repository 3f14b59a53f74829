using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>One account, for administrators: its grants, its state, and for accounts of programs its tokens.</summary>
public static class ShowUser
{
    public sealed record View(
        User User,
        IReadOnlyList<Grant> Grants,
        IReadOnlyList<SignInEvent> SignIns,
        IReadOnlyList<AccessToken> Tokens,
        int Sessions
    )
    {
        public string? Error { get; init; }

        /// <summary>A password to hand over, shown this once.</summary>
        public string? Password { get; init; }

        /// <summary>A token to hand over, shown this once.</summary>
        public string? Token { get; init; }

        /// <summary>The account is for programs: nobody signs in to it.</summary>
        public bool ForPrograms => User.PasswordHash is null;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users/{id:long}", (long id, ConsoleContext context) => Page(context, id)).Needs(Permission.ManageUsers);
        routes
            .MapGet(
                Api.Root + "/users/{id:long}",
                async (long id, ConsoleContext context, HttpContext http) =>
                    await Api.Answer(http, Tell(await Handle(context.Installation, id), context))
            )
            .OfApi<Told>(
                Permission.ManageUsers,
                "user",
                "An account: its grants, its state, its recent sign-ins, and the tokens of an account for programs"
            );
        routes.MapPost("/users/{id:long}/tokens", MakeToken).Needs(Permission.ManageUsers);
        routes.MapPost("/users/{id:long}/tokens/{token:long}/revoke", EndToken).Needs(Permission.ManageUsers);
    }

    /// <summary>An account as the API tells it.</summary>
    /// <param name="Tokens">Of an account for programs; those of people are their own business.</param>
    public sealed record Told(
        long Id,
        string Name,
        string DisplayName,
        bool ForPrograms,
        bool Disabled,
        bool MustChange,
        bool SecondFactor,
        string CreatedAt,
        int Sessions,
        IReadOnlyList<ToldGrant> Grants,
        IReadOnlyList<ToldSignIn> SignIns,
        IReadOnlyList<ToldToken> Tokens
    );

    /// <param name="To">First day it no longer holds; null while it does.</param>
    public sealed record ToldGrant(long Id, Role Role, PickArea.Place? Area, long? Post, string? Department, DateOnly? From, DateOnly? To);

    public sealed record ToldSignIn(string At, SignInOutcome Outcome, string Address);

    public sealed record ToldToken(
        long Id,
        string Name,
        IReadOnlyList<string> Permissions,
        string CreatedAt,
        string ExpiresAt,
        string? UsedAt,
        string? RevokedAt
    );

    private static Told Tell(View view, ConsoleContext context) =>
        new(
            view.User.Id,
            view.User.UserName!,
            view.User.DisplayName,
            view.ForPrograms,
            view.User.Disabled,
            view.User.MustChangePassword,
            view.User.TwoFactorEnabled,
            view.User.CreatedAt,
            view.Sessions,
            Tell(view.Grants, context),
            [.. view.SignIns.Select(s => new ToldSignIn(s.At, s.Outcome, s.Address))],
            view.ForPrograms
                ? [.. view.Tokens.Select(t => new ToldToken(t.Id, t.Name, t.Permissions.Split(','), t.CreatedAt, t.ExpiresAt, t.UsedAt, t.RevokedAt))]
                : []
        );

    public static IReadOnlyList<ToldGrant> Tell(IEnumerable<Grant> grants, ConsoleContext context)
    {
        static DateOnly? Day(int? number) => number is { } day and > 0 ? DayNumber.ToDate(day) : null;
        return
        [
            .. grants.Select(g => new ToldGrant(
                g.Id,
                g.Role,
                g.AreaId is { } area && context.Tree.Heir(area) is { } place ? PickArea.Tell(place) : null,
                g.PostId,
                g.Department,
                Day(g.FromDay),
                Day(g.ToDay)
            )),
        ];
    }

    public static string Path(long id) => string.Create(CultureInfo.InvariantCulture, $"/users/{id}");

    public static async Task<IResult> Page(ConsoleContext context, long id, string? error = null, string? password = null, string? token = null)
    {
        var view = await Handle(context.Installation, id) with { Error = error, Password = password, Token = token };
        return new RazorComponentResult<Pages.UserPage>(new { View = view })
        {
            StatusCode = error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    private static async Task<View> Handle(Installation installation, long id)
    {
        await using var desk = installation.Store.Desk();
        var now = AuditLog.Stamp(installation.Clock);
        return new(
            await Accounts.Find(desk, id),
            await desk.Grants.AsNoTracking().Where(g => g.UserId == id).OrderBy(g => g.Id).ToListAsync(),
            await desk.SignInEvents.AsNoTracking().Where(s => s.UserId == id).OrderByDescending(s => s.Id).Take(20).ToListAsync(),
            await desk.AccessTokens.AsNoTracking().Where(t => t.UserId == id).OrderByDescending(t => t.Id).Take(50).ToListAsync(),
            await desk.Sessions.CountAsync(s => s.UserId == id && string.Compare(s.ExpiresAt, now) > 0)
        );
    }

    // Tokens of people are their own business; only an account for programs has an administrator make them.
    private static async Task<IResult> MakeToken(long id, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        Accounts.NotOneself(context.Installation, id);
        if (!(await Handle(context.Installation, id)).ForPrograms)
            throw new NotInScope();
        try
        {
            return await Page(context, id, token: await CreateToken.Handle(context.Installation, id, CreateToken.Choices([Role.ApiClient]), form));
        }
        catch (WrongUsage wrong)
        {
            return await Page(context, id, error: context.L[wrong.Text]);
        }
    }

    private static async Task<RedirectHttpResult> EndToken(long id, long token, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        await RevokeToken.Handle(context.Installation, id, token);
        return TypedResults.LocalRedirect(Path(id));
    }
}
