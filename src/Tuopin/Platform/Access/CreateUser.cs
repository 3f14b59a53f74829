using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>Makes an account. Its one-time password is shown once, to be handed over; an account for programs has none and lives by tokens.</summary>
public static class CreateUser
{
    public sealed record Request(string Name, string DisplayName, bool ForPrograms);

    public sealed record Result(long Id, string Name, string? OneTimePassword);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/users", Post).Needs(Permission.ManageUsers);

    private static async Task<IResult> Post(HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        try
        {
            var made = await Handle(
                context.Installation,
                new(form["name"].ToString(), form["display"].ToString(), form["programs"].ToString() == "yes")
            );
            return made.OneTimePassword is { } password
                ? await ShowUser.Page(context, made.Id, password: password)
                : TypedResults.LocalRedirect(ShowUser.Path(made.Id));
        }
        catch (Refusal refusal)
        {
            return await ListUsers.Page(context, context.L[refusal.Text]);
        }
    }

    /// <exception cref="Refusal">users.name, users.exists.</exception>
    public static Task<Result> Handle(Installation installation, Request request)
    {
        var name = request.Name.Trim();
        if (name.Length is 0 or > 100 || name.Any(char.IsControl) || request.DisplayName.Length > 100)
            throw new WrongUsage("users.name", "用户名为 1 至 100 个字符。A user name has 1 to 100 characters.");
        return Desk.Act(
            installation,
            "user.create",
            name,
            async () =>
            {
                await using var desk = installation.Store.Desk();
                var user = Accounts.New(installation, name, request.DisplayName.Trim() is { Length: > 0 } shown ? shown : name);
                if (await desk.Users.AnyAsync(u => u.NormalizedUserName == user.NormalizedUserName))
                    throw new Refusal("users.exists", $"已有用户 {name}。There is a user {name} already.");
                var password = request.ForPrograms ? null : Accounts.HandOver(installation, user);
                desk.Users.Add(user);
                await desk.SaveChangesAsync();
                return new Result(user.Id, name, password);
            }
        );
    }
}
