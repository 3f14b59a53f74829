using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Makes a personal access token: permissions that the user has, an end, shown once and kept as its hash.</summary>
public static class CreateToken
{
    public const int LongestDays = 366;

    /// <summary>
    /// What no token carries: with one's account or other people's a token could make itself more than it is; and no program opens the discipline office's
    /// compartment.
    /// </summary>
    public static readonly IReadOnlySet<Permission> Never = new HashSet<Permission>
    {
        Permission.OwnAccount,
        Permission.ManageUsers,
        Permission.ApproveExports,
        Permission.OpenDiscipline,
        Permission.HandleDiscipline,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/account/tokens", Post).Needs(Permission.OwnAccount);

    /// <summary>The permissions a token of these roles may carry.</summary>
    public static IReadOnlyList<Permission> Choices(IEnumerable<Role> roles) =>
        [.. roles.SelectMany(Permissions.Of).Except(Never).Distinct().Order()];

    private static async Task<IResult> Post(HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        if (await ShowAccount.WithPassword(http, form["password"].ToString()) is null)
            return await ShowAccount.Page(http, ShowAccount.WrongPassword(context));
        try
        {
            var token = await Handle(context.Installation, context.Caller.UserId, Choices(context.Caller.Roles), form);
            return await ShowAccount.Page(http, token: token);
        }
        catch (WrongUsage wrong)
        {
            return await ShowAccount.Page(http, [context.L[wrong.Text]]);
        }
    }

    /// <summary>Makes the token from the posted form: name, permissions (each of <paramref name="choices"/>), days.</summary>
    /// <exception cref="WrongUsage">token.name, token.permissions, token.days.</exception>
    public static async Task<string> Handle(Installation installation, long userId, IReadOnlyList<Permission> choices, IFormCollection form)
    {
        var name = form["name"].ToString().Trim();
        if (name.Length is 0 or > 100)
            throw new WrongUsage("token.name", "令牌需要一个名称（100 字以内）。A token needs a name of at most 100 characters.");
        var permissions = choices.Where(c => form["permission"].Contains(c.ToString())).ToList();
        if (permissions.Count == 0)
            throw new WrongUsage("token.permissions", "至少选择一项权限。Choose at least one permission.");
        if (!int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 1 or > LongestDays)
            throw new WrongUsage("token.days", $"有效期为 1 至 {LongestDays} 天。A token is valid for 1 to {LongestDays} days.");
        var token = "tp_" + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        return await Desk.Act(
            installation,
            "token.create",
            string.Create(CultureInfo.InvariantCulture, $"user {userId}: {name}; {string.Join(", ", permissions)}; {days} days"),
            async () =>
            {
                await using var desk = installation.Store.Desk();
                desk.AccessTokens.Add(
                    new()
                    {
                        UserId = userId,
                        Name = name,
                        Hash = TokenAuthentication.Hash(token),
                        Permissions = string.Join(',', permissions),
                        CreatedAt = AuditLog.Stamp(installation.Clock),
                        ExpiresAt = Desk.Stamp(installation.Clock.GetUtcNow().AddDays(days)),
                    }
                );
                await desk.SaveChangesAsync();
                return token;
            }
        );
    }
}
