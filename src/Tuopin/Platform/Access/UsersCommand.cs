using System.CommandLine;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;

namespace Tuopin.Platform.Access;

/// <summary>
/// <c>tuopin users</c>: the same acts as the page, for whoever owns the data folder. No e-mail is needed: a one-time password is printed and handed over.
/// </summary>
public static class UsersCommand
{
    public static Command Command(Shell shell) =>
        new("users", "accounts of the console")
        {
            Create(shell),
            Reset(shell),
            Lock(shell, true),
            Lock(shell, false),
            List(shell),
            Grant(shell),
            End(shell),
        };

    private static Argument<string> Name() => new("name") { Description = "user name" };

    private static Installation Open(Shell shell, ParseResult parsed)
    {
        var installation = shell.Open(parsed, create: true);
        using var desk = installation.Store.Desk();
        desk.Database.Migrate();
        return installation;
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static User Find(Installation installation, string name)
    {
        using var desk = installation.Store.Desk();
        return Wait(Accounts.Find(desk, name));
    }

    private static Command Create(Shell shell)
    {
        var name = Name();
        var display = new Option<string>("--display") { Description = "name shown", DefaultValueFactory = _ => "" };
        var programs = new Option<bool>("--for-programs") { Description = "no sign-in, tokens only" };
        var command = new Command("create", "make an account and print its one-time password") { name, display, programs };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                var made = Wait(CreateUser.Handle(installation, new(parsed.GetValue(name)!, parsed.GetValue(display)!, parsed.GetValue(programs))));
                if (shell.IsJson)
                    shell.PrintJson(made);
                else
                    shell.Output.WriteLine(
                        made.OneTimePassword is { } password
                            ? $"{made.Name}: one-time password {password} (valid for {Accounts.OneTime.Days} days, must be changed)"
                            : $"{made.Name}: made; its tokens are made on the users page"
                    );
            })
        );
        return command;
    }

    private static Command Reset(Shell shell)
    {
        var name = Name();
        var second = new Option<bool>("--remove-second-factor") { Description = "take the second factor away too" };
        var command = new Command("reset", "print a new one-time password; ends the sessions and the lockout") { name, second };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                var user = Find(installation, parsed.GetValue(name)!);
                var password = Wait(ResetPassword.Handle(installation, user.Id, parsed.GetValue(second)));
                if (shell.IsJson)
                    shell.PrintJson(new CreateUser.Result(user.Id, user.UserName!, password));
                else
                    shell.Output.WriteLine(
                        $"{user.UserName}: one-time password {password} (valid for {Accounts.OneTime.Days} days, must be changed)"
                    );
            })
        );
        return command;
    }

    private static Command Lock(Shell shell, bool locked)
    {
        var name = Name();
        var command = new Command(locked ? "lock" : "unlock", locked ? "lock an account; ends its sessions" : "unlock an account") { name };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                Wait(LockUser.Handle(installation, Find(installation, parsed.GetValue(name)!).Id, locked));
                Say(shell, $"{parsed.GetValue(name)}: {(locked ? "locked" : "unlocked")}");
            })
        );
        return command;
    }

    private static void Say(Shell shell, string line)
    {
        if (shell.IsJson)
            shell.PrintJson(new { done = line });
        else
            shell.Output.WriteLine(line);
    }

    private sealed record Held(long Id, Role Role, string? Area, long? Post, string? Department);

    private static Command List(Shell shell)
    {
        var command = new Command("list", "accounts and what they may do today");
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                using var connection = installation.Store.Open();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var rows = Wait(ListUsers.Handle(installation, "", "", int.MaxValue - 1)).Rows;
                var shown = rows.Select(r => new
                    {
                        r.Name,
                        r.DisplayName,
                        r.Disabled,
                        r.SecondFactor,
                        r.SignedIn,
                        Grants = r
                            .Grants.Select(g => new Held(
                                g.Id,
                                g.Role,
                                g.AreaId is { } id && tree.Heir(id) is { } place ? Web.PickArea.Code(place) : null,
                                g.PostId,
                                g.Department
                            ))
                            .ToList(),
                    })
                    .ToList();
                if (shell.IsJson)
                    shell.PrintJson(shown);
                else
                    foreach (var row in shown)
                        shell.Output.WriteLine(
                            $"{Columns.Pad(row.Name, 16)}{Columns.Pad(row.DisplayName, 20)}{(row.Disabled ? "locked " : "")}{string.Join("; ", row.Grants.Select(g => $"{g.Role} {g.Area} {g.Department} {g.Post} (grant {g.Id})"))}"
                        );
            })
        );
        return command;
    }

    private static Command Grant(Shell shell)
    {
        var name = Name();
        var role = new Option<Role>("--role") { Description = "role", Required = true };
        var area = new Option<string?>("--area") { Description = "code or exact name of the area" };
        var post = new Option<long?>("--post") { Description = "key of the post (cadre)" };
        var department = new Option<string?>("--department") { Description = "key of the department" };
        var from = new Option<string?>("--from") { Description = "first day, yyyy-MM-dd; today where missing" };
        var to = new Option<string?>("--to") { Description = "first day it no longer holds" };
        var command = new Command("grant", "give a role") { name, role, area, post, department, from, to };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                var id = Wait(
                    GrantRole.Handle(
                        installation,
                        Find(installation, parsed.GetValue(name)!).Id,
                        new(
                            parsed.GetValue(role),
                            parsed.GetValue(area),
                            parsed.GetValue(post),
                            parsed.GetValue(department),
                            GrantRole.Day(parsed.GetValue(from)),
                            GrantRole.Day(parsed.GetValue(to))
                        )
                    )
                );
                Say(shell, string.Create(CultureInfo.InvariantCulture, $"{parsed.GetValue(name)}: grant {id} {parsed.GetValue(role)}"));
            })
        );
        return command;
    }

    private static Command End(Shell shell)
    {
        var name = Name();
        var grant = new Argument<long>("grant") { Description = "number of the grant (tuopin users list)" };
        var command = new Command("end-grant", "end a grant today") { name, grant };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = Open(shell, parsed);
                Wait(GrantRole.End(installation, Find(installation, parsed.GetValue(name)!).Id, parsed.GetValue(grant)));
                Say(shell, string.Create(CultureInfo.InvariantCulture, $"{parsed.GetValue(name)}: grant {parsed.GetValue(grant)} ended"));
            })
        );
        return command;
    }
}
