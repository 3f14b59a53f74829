using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>The first administrator of an installation: a link printed on the console, good once and for 30 minutes.</summary>
public static class SetUpLink
{
    private const string Purpose = "set-up";
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(30);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/set-up/{key}", Show).AllowAnonymous();
        routes.MapPost("/set-up/{key}", Use).AllowAnonymous();
    }

    /// <summary>The path of a fresh link while there is no user, else null. Older links end.</summary>
    public static string? NeededFor(Installation installation)
    {
        using var desk = installation.Store.Desk();
        if (desk.Users.Any())
            return null;
        desk.OneTimeLinks.Where(l => l.Purpose == Purpose).ExecuteDelete();
        var key = RandomNumberGenerator.GetBytes(32);
        desk.OneTimeLinks.Add(
            new()
            {
                Hash = SHA256.HashData(key),
                Purpose = Purpose,
                ExpiresAt = Desk.Stamp(installation.Clock.GetUtcNow() + Valid),
            }
        );
        desk.SaveChanges();
        return "/set-up/" + WebEncoders.Base64UrlEncode(key);
    }

    private static async Task<IResult> Show(string key, ConsoleContext context, DeskDb desk)
    {
        await Find(key, context, desk);
        return new RazorComponentResult<Pages.SetUpPage>(new { Key = key });
    }

    private static async Task<IResult> Use(string key, HttpContext http, ConsoleContext context, DeskDb desk, UserManager<User> users)
    {
        await Forms.Check(http);
        var link = await Find(key, context, desk);
        var form = await http.Request.ReadFormAsync();
        var (name, password) = (form["name"].ToString().Trim(), form["password"].ToString());
        var user = new User
        {
            UserName = name,
            DisplayName = name,
            CreatedAt = AuditLog.Stamp(context.Installation.Clock),
        };
        var made = await Desk.Act(
            context.Installation,
            "user.set-up",
            name,
            async () =>
            {
                var result = await users.CreateAsync(user, password);
                if (!result.Succeeded)
                    return result;
                desk.Grants.Add(
                    new()
                    {
                        UserId = user.Id,
                        Role = Role.Administrator,
                        FromDay = 0,
                    }
                );
                desk.OneTimeLinks.Remove(link);
                await desk.SaveChangesAsync();
                return result;
            },
            result => result.Succeeded
        );
        return made.Succeeded
            ? TypedResults.LocalRedirect("/sign-in")
            : new RazorComponentResult<Pages.SetUpPage>(
                new
                {
                    Key = key,
                    Name = name,
                    Errors = made.Errors.Select(e => e.Description).ToList(),
                }
            )
            {
                StatusCode = StatusCodes.Status422UnprocessableEntity,
            };
    }

    private static async Task<OneTimeLink> Find(string key, ConsoleContext context, DeskDb desk)
    {
        var hash = SHA256.HashData(Decode(key));
        var link = await desk.OneTimeLinks.FirstOrDefaultAsync(l => l.Hash == hash && l.Purpose == Purpose);
        return
            link is not null && string.CompareOrdinal(link.ExpiresAt, AuditLog.Stamp(context.Installation.Clock)) > 0 && !await desk.Users.AnyAsync()
            ? link
            : throw new NotInScope();
    }

    private static byte[] Decode(string key)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(key);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
