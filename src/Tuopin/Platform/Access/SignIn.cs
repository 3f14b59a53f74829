using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>
/// Signing in and out. Hashing, lockout and the second factor are the framework's; every attempt stands in the desk's log (not in the audit chain of the
/// record, whose write lock a long import may hold).
/// </summary>
public static class SignIn
{
    private const string SecondFactorPath = "/sign-in/second-factor";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext http) => Page(http, StatusCodes.Status200OK)).AllowAnonymous();
        routes.MapPost("/sign-in", Handle).AllowAnonymous();
        routes.MapGet(SecondFactorPath, ShowSecond).AllowAnonymous();
        routes.MapPost(SecondFactorPath, Second).AllowAnonymous();
        routes.MapPost("/sign-out", Out).Needs(Permission.OwnAccount).EvenBeforePasswordChange();
    }

    /// <summary>The form, with the address to go back to.</summary>
    public static IResult Page(HttpContext http, int status, string? error = null, string? back = null) =>
        new RazorComponentResult<Pages.SignInPage>(
            new
            {
                Return = Forms.LocalPath(
                    back
                        ?? (status == StatusCodes.Status401Unauthorized ? http.Request.Path + http.Request.QueryString : http.Request.Query["return"])
                ),
                Error = error,
            }
        )
        {
            StatusCode = status,
        };

    private static async Task<IResult> Handle(
        HttpContext http,
        SignInManager<User> signIn,
        UserManager<User> users,
        Installation installation,
        FailedSignIns failures
    )
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var (name, back) = (form["name"].ToString().Trim(), form["return"].ToString());
        // The account is read when its turn has come: one read before would not know what the try before it counted.
        using var turn = await failures.Turn(http, name);
        var user = turn.IsAcquired ? await users.FindByNameAsync(name) : null;
        if (!turn.IsAcquired || !failures.MayTry(http, name, user))
            return Page(http, StatusCodes.Status429TooManyRequests, "too-many", back);
        var outcome = await Try(user, form["password"].ToString(), signIn, installation);
        if (outcome is { } ended)
            await Log(installation, http, user, ended);
        switch (outcome)
        {
            case null:
                return TypedResults.LocalRedirect(QueryString.Create("return", Forms.LocalPath(back)).ToUriComponent().Insert(0, SecondFactorPath));
            case SignInOutcome.SignedIn:
                return TypedResults.LocalRedirect(Forms.LocalPath(back));
            default:
                failures.Count(http, name, user);
                return Page(http, StatusCodes.Status422UnprocessableEntity, outcome == SignInOutcome.LockedOut ? "locked" : "wrong", back);
        }
    }

    // Null where the password is right and a second factor is due.
    private static async Task<SignInOutcome?> Try(User? user, string password, SignInManager<User> signIn, Installation installation)
    {
        if (user?.PasswordHash is null)
        {
            // A name that does not exist must take as long as one that does.
            signIn.UserManager.PasswordHasher.HashPassword(new User(), password);
            return SignInOutcome.UnknownName;
        }
        if (user.Disabled)
        {
            signIn.UserManager.PasswordHasher.VerifyHashedPassword(user, user.PasswordHash, password);
            return SignInOutcome.Disabled;
        }
        var ended = user.OneTimeUntil is { } until && string.CompareOrdinal(until, AuditLog.Stamp(installation.Clock)) <= 0;
        var result = ended
            ? await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true)
            : await signIn.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: true);
        return result switch
        {
            { Succeeded: true } => ended ? SignInOutcome.OneTimeEnded : SignInOutcome.SignedIn,
            { RequiresTwoFactor: true } => null,
            { IsLockedOut: true } => SignInOutcome.LockedOut,
            _ => SignInOutcome.WrongPassword,
        };
    }

    private static async Task<IResult> ShowSecond(HttpContext http, SignInManager<User> signIn) =>
        await signIn.GetTwoFactorAuthenticationUserAsync() is null
            ? TypedResults.LocalRedirect("/sign-in")
            : SecondPage(StatusCodes.Status200OK, http.Request.Query["return"], null);

    private static async Task<IResult> Second(HttpContext http, SignInManager<User> signIn, Installation installation)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var (code, back) = (Digits(form["code"].ToString()), form["return"].ToString());
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { Disabled: false } user)
            return TypedResults.LocalRedirect("/sign-in");
        // Six digits come from the telephone; anything else is a recovery code, which opens once.
        var result =
            code.Length == 6 && code.All(char.IsAsciiDigit)
                ? await signIn.TwoFactorAuthenticatorSignInAsync(code, isPersistent: false, rememberClient: false)
                : await Recover(signIn, user, code);
        await Log(
            installation,
            http,
            user,
            result.Succeeded ? SignInOutcome.SignedIn
                : result.IsLockedOut ? SignInOutcome.LockedOut
                : SignInOutcome.WrongCode
        );
        return result.Succeeded
            ? TypedResults.LocalRedirect(Forms.LocalPath(back))
            : SecondPage(StatusCodes.Status422UnprocessableEntity, back, result.IsLockedOut ? "locked" : "wrong");
    }

    // The framework counts wrong codes of the telephone towards the lockout, but not wrong recovery codes.
    private static async Task<SignInResult> Recover(SignInManager<User> signIn, User user, string code)
    {
        if (await signIn.UserManager.IsLockedOutAsync(user))
            return SignInResult.LockedOut;
        var result = await signIn.TwoFactorRecoveryCodeSignInAsync(code);
        if (!result.Succeeded)
            await signIn.UserManager.AccessFailedAsync(user);
        return result;
    }

    private static IResult SecondPage(int status, string? back, string? error) =>
        new RazorComponentResult<Pages.SecondFactorPage>(new { Return = Forms.LocalPath(back), Error = error }) { StatusCode = status };

    /// <summary>A code as people type it: with spaces and hyphens, which a recovery code has and a telephone shows.</summary>
    public static string Digits(string code) =>
        code.Replace(" ", "", StringComparison.Ordinal) is { Length: 6 or 7 } digits && digits.Replace("-", "", StringComparison.Ordinal).Length == 6
            ? digits.Replace("-", "", StringComparison.Ordinal)
            : code.Trim();

    private static async Task Log(Installation installation, HttpContext http, User? user, SignInOutcome outcome)
    {
        await using var desk = installation.Store.Desk();
        desk.SignInEvents.Add(
            new()
            {
                At = AuditLog.Stamp(installation.Clock),
                UserId = user?.Id,
                Outcome = outcome,
                Agent = Sessions.Cut(http.Request.Headers.UserAgent.ToString(), 200),
                Address = http.Connection.RemoteIpAddress?.ToString() ?? "",
            }
        );
        await desk.SaveChangesAsync();
    }

    private static async Task<RedirectHttpResult> Out(HttpContext http, SignInManager<User> signIn)
    {
        await Forms.Check(http);
        await signIn.SignOutAsync();
        return TypedResults.LocalRedirect("/sign-in");
    }
}
