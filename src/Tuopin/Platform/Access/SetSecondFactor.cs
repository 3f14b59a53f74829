using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using QRCoder;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>The second factor of one's own account: a key for an authenticator app, and recovery codes for the day the telephone is lost.</summary>
public static class SetSecondFactor
{
    private const string Path = "/account/second-factor";
    private const int Codes = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).Needs(Permission.OwnAccount);
        routes.MapPost(Path, TurnOn).Needs(Permission.OwnAccount);
        routes.MapPost(Path + "/off", TurnOff).Needs(Permission.OwnAccount);
        routes.MapPost(Path + "/codes", NewCodes).Needs(Permission.OwnAccount);
    }

    private static async Task<IResult> Show(HttpContext http, UserManager<User> users)
    {
        var user = await Me(http, users);
        if (user.TwoFactorEnabled)
            return TypedResults.LocalRedirect("/account#second-factor");
        if (await users.GetAuthenticatorKeyAsync(user) is null)
            await users.ResetAuthenticatorKeyAsync(user);
        return await Page(user, users, StatusCodes.Status200OK);
    }

    private static async Task<IResult> Page(User user, UserManager<User> users, int status)
    {
        var key = (await users.GetAuthenticatorKeyAsync(user))!;
        return new RazorComponentResult<Pages.SetSecondFactorPage>(
            new
            {
                Key = key,
                Picture = Picture(Address(user.UserName!, key)),
                Wrong = status != StatusCodes.Status200OK,
            }
        )
        {
            StatusCode = status,
        };
    }

    /// <summary>What an authenticator app reads (otpauth, SHA-1, six digits, 30 seconds: the only kind every app knows).</summary>
    private static string Address(string user, string key) =>
        QueryHelpers.AddQueryString(
            $"otpauth://totp/Tuopin:{Uri.EscapeDataString(user)}",
            new Dictionary<string, string?>
            {
                ["secret"] = key,
                ["issuer"] = "Tuopin",
                ["digits"] = "6",
            }
        );

    private static string Picture(string address)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(code);
        return picture.GetGraphic(4);
    }

    private static async Task<IResult> TurnOn(HttpContext http, ConsoleContext context, SignInManager<User> signIn)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var users = signIn.UserManager;
        var user = await Me(http, users);
        if (user.TwoFactorEnabled || await users.GetAuthenticatorKeyAsync(user) is null)
            return TypedResults.LocalRedirect("/account#second-factor");
        if (!await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, SignIn.Digits(form["code"].ToString())))
            return await Page(user, users, StatusCodes.Status422UnprocessableEntity);
        var codes = await Desk.Act(
            context.Installation,
            "second-factor.on",
            user.UserName!,
            async () =>
            {
                await users.SetTwoFactorEnabledAsync(user, true);
                return (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes))!.ToList();
            }
        );
        await signIn.RefreshSignInAsync(user);
        return await ShowAccount.Page(http, codes: codes);
    }

    private static async Task<IResult> TurnOff(HttpContext http, ConsoleContext context, SignInManager<User> signIn)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        if (await ShowAccount.WithPassword(http, form["password"].ToString()) is not { } user)
            return await ShowAccount.Page(http, ShowAccount.WrongPassword(context));
        await Desk.Act(context.Installation, "second-factor.off", user.UserName!, () => Remove(signIn.UserManager, user));
        await signIn.RefreshSignInAsync(user);
        return TypedResults.LocalRedirect("/account#second-factor");
    }

    private static async Task<IResult> NewCodes(HttpContext http, ConsoleContext context, UserManager<User> users)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        if (await ShowAccount.WithPassword(http, form["password"].ToString()) is not { TwoFactorEnabled: true } user)
            return await ShowAccount.Page(http, ShowAccount.WrongPassword(context));
        var codes = await Desk.Act(
            context.Installation,
            "second-factor.codes",
            user.UserName!,
            async () => (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes))!.ToList()
        );
        return await ShowAccount.Page(http, codes: codes);
    }

    /// <summary>Takes the second factor away, key and codes with it.</summary>
    public static async Task<bool> Remove(UserManager<User> users, User user)
    {
        await users.SetTwoFactorEnabledAsync(user, false);
        await users.RemoveAuthenticationTokenAsync(user, "[AspNetUserStore]", "AuthenticatorKey");
        await users.RemoveAuthenticationTokenAsync(user, "[AspNetUserStore]", "RecoveryCodes");
        return true;
    }

    private static async Task<User> Me(HttpContext http, UserManager<User> users) => await users.GetUserAsync(http.User) ?? throw new NotInScope();
}
