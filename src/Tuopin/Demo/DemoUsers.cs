using Dapper;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;

namespace Tuopin.Demo;

/// <summary>One sign-in for each role, in an invented installation only. Their password is no secret: the console refuses to serve them beyond this machine.</summary>
public static class DemoUsers
{
    public const string Password = DemoAccounts.Password;

    public sealed record SignIn(string Name, Role Role, string Title, string Area);

    private static readonly (string Name, Role Role, short Level, string? Department, string Title)[] Wanted =
    [
        ("admin", Role.Administrator, 0, null, "系统管理员"),
        ("province", Role.Province, 1, null, "省级"),
        ("city", Role.City, 2, null, "市级"),
        ("county", Role.County, 3, null, "县指挥部"),
        ("housing", Role.Department, 3, "housing", "住建局"),
        ("township", Role.Township, 4, null, "乡镇"),
        ("village", Role.Village, 5, null, "村"),
        ("cadre", Role.Cadre, 5, null, "帮扶联系人"),
        ("auditor", Role.Auditor, 3, null, "审计"),
        ("discipline", Role.Discipline, 3, null, "纪检监察"),
    ];

    /// <summary>Who may sign in, for a terminal.</summary>
    public static void Print(TextWriter output, IEnumerable<SignIn> users)
    {
        output.WriteLine($"Sign in with password {Password} as:");
        foreach (var user in users)
            output.WriteLine($"  {Columns.Pad(user.Name, 12)}{Columns.Pad(user.Title, 14)}{user.Area}");
    }

    /// <summary>Makes those that are missing, for the county of the demo and its first township and village with households.</summary>
    public static IReadOnlyList<SignIn> Make(Installation installation)
    {
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var (village, post) = connection.QueryFirst<(long, long?)>(
            """
            SELECT h.area_code, (SELECT r.post_id FROM responsibilities r JOIN households k ON k.id = r.household_id
              WHERE k.area_code = h.area_code AND r.post_id IS NOT NULL AND r.to_day IS NULL GROUP BY r.post_id ORDER BY count(*) DESC, r.post_id LIMIT 1)
            FROM households h ORDER BY h.area_code, h.id LIMIT 1
            """
        );
        return Make(installation, tree, tree.ByCode(village)!, post);
    }

    /// <summary>Makes those that are missing, for a village and the places it is part of.</summary>
    /// <param name="post">Of the cadre; null where nobody is paired with a household, and there is no cadre.</param>
    public static IReadOnlyList<SignIn> Make(Installation installation, AreaTree tree, AreaVersion home, long? post)
    {
        using var desk = installation.Store.Desk();
        desk.Database.Migrate();
        var made = new List<SignIn>();
        foreach (var (name, role, level, department, title) in Wanted.Where(w => w.Role != Role.Cadre || post is not null))
        {
            var place = level == 0 ? null : tree.Ancestor(home, level);
            made.Add(new(name, role, title, role == Role.Cadre ? "" : place?.Name ?? ""));
            if (desk.Users.Any(u => u.UserName == name))
                continue;
            var user = Accounts.New(installation, name, title);
            Accounts.SetPassword(user, Password);
            desk.Users.Add(user);
            desk.SaveChanges();
            DemoAccounts.Mark(desk, user);
            desk.Grants.Add(
                new()
                {
                    UserId = user.Id,
                    Role = role,
                    AreaId = role == Role.Cadre ? null : place?.AreaId,
                    PostId = role == Role.Cadre ? post : null,
                    Department = department,
                    FromDay = DayNumber.Of(new DateOnly(2014, 1, 1)),
                }
            );
            desk.SaveChanges();
        }
        return made;
    }
}
