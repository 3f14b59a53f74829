using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Changing one's own password. It ends the other sessions, for whoever knew the old password may hold one.</summary>
public static class ChangePassword
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/password", Handle).Needs(Permission.OwnAccount).EvenBeforePasswordChange();

    private static async Task<IResult> Handle(HttpContext http, ConsoleContext context, SignInManager<User> signIn, DeskDb desk)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var next = form["new"].ToString();
        if (next != form["again"].ToString())
            return await ShowAccount.Page(http, [context.L["两次输入的新密码不一样。", "The new passwords differ."]]);
        if (await ShowAccount.WithPassword(http, form["old"].ToString()) is not { } user)
            return await ShowAccount.Page(http, ShowAccount.WrongPassword(context));
        if (next == form["old"].ToString())
            return await ShowAccount.Page(http, [context.L["新密码要与旧密码不同。", "The new password is the old one."]]);
        var me = user.Id;
        var session = Sessions.Current(http);
        user.MustChangePassword = false;
        user.OneTimeUntil = null;
        var result = await Desk.Act(
            context.Installation,
            "user.change-password",
            user.UserName!,
            async () =>
            {
                var changed = await signIn.UserManager.ChangePasswordAsync(user, form["old"].ToString(), next);
                if (changed.Succeeded)
                    await desk.Sessions.Where(s => s.UserId == me && s.Id != session).ExecuteDeleteAsync();
                return changed;
            },
            changed => changed.Succeeded
        );
        if (!result.Succeeded)
            return await ShowAccount.Page(http, [.. result.Errors.Select(e => IdentityTexts.Of(e, context.L))]);
        await signIn.RefreshSignInAsync(user);
        return TypedResults.LocalRedirect("/account?done=password");
    }
}
