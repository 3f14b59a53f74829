using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>One's own account: password, second factor, sessions, tokens.</summary>
public static class ShowAccount
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/account", (HttpContext http, CancellationToken _) => Page(http)).Needs(Permission.OwnAccount).EvenBeforePasswordChange();

    /// <summary>What the page shows; errors, token and codes come from what was just done.</summary>
    public sealed record View(
        bool SecondFactor,
        int RecoveryCodes,
        IReadOnlyList<Session> Sessions,
        long? CurrentSession,
        IReadOnlyList<AccessToken> Tokens,
        IReadOnlyList<SignInEvent> SignIns
    )
    {
        public IReadOnlyList<string> Errors { get; init; } = [];

        /// <summary>A token that was just made, shown this once.</summary>
        public string? Token { get; init; }

        /// <summary>Recovery codes that were just made, shown this once.</summary>
        public IReadOnlyList<string> Codes { get; init; } = [];
    }

    public static async Task<IResult> Page(
        HttpContext http,
        IReadOnlyList<string>? errors = null,
        string? token = null,
        IReadOnlyList<string>? codes = null
    )
    {
        var context = http.RequestServices.GetRequiredService<ConsoleContext>();
        var view = await Handle(context, http) with { Errors = errors ?? [], Token = token, Codes = codes ?? [] };
        return new RazorComponentResult<Pages.AccountPage>(new { View = view })
        {
            StatusCode = view.Errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK,
        };
    }

    private static async Task<View> Handle(ConsoleContext context, HttpContext http)
    {
        var me = context.Caller.UserId;
        var users = http.RequestServices.GetRequiredService<UserManager<User>>();
        await using var desk = context.Installation.Store.Desk();
        var now = AuditLog.Stamp(context.Installation.Clock);
        var user = (await users.FindByIdAsync(me.ToString(System.Globalization.CultureInfo.InvariantCulture)))!;
        return new(
            user.TwoFactorEnabled,
            user.TwoFactorEnabled ? await users.CountRecoveryCodesAsync(user) : 0,
            await desk
                .Sessions.AsNoTracking()
                .Where(s => s.UserId == me && string.Compare(s.ExpiresAt, now) > 0)
                .OrderByDescending(s => s.SeenAt)
                .ThenByDescending(s => s.Id)
                .Take(50)
                .ToListAsync(),
            Sessions.Current(http),
            await desk.AccessTokens.AsNoTracking().Where(t => t.UserId == me).OrderByDescending(t => t.Id).Take(50).ToListAsync(),
            await desk.SignInEvents.AsNoTracking().Where(s => s.UserId == me).OrderByDescending(s => s.Id).Take(10).ToListAsync()
        );
    }

    /// <summary>The signed-in user with the password typed again, or null where it is wrong; a wrong one counts towards the lockout.</summary>
    public static async Task<User?> WithPassword(HttpContext http, string password)
    {
        var signIn = http.RequestServices.GetRequiredService<SignInManager<User>>();
        var user = await signIn.UserManager.GetUserAsync(http.User) ?? throw new NotInScope();
        return (await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true)).Succeeded ? user : null;
    }

    /// <summary>What is said to a wrong password.</summary>
    public static IReadOnlyList<string> WrongPassword(ConsoleContext context) =>
        [context.L["密码不对，或失败次数过多。", "Wrong password, or too many failures."]];
}
