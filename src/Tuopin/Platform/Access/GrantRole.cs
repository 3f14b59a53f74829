using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>Gives a user a role in an area, or for the households of a post, from a day to a day; or ends one.</summary>
public static class GrantRole
{
    /// <param name="Area">Code or exact name of a place; none for a cadre and for an administrator.</param>
    /// <param name="Post">Key of the post.</param>
    public sealed record Request(Role Role, string? Area, long? Post, string? Department, int? From, int? To);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users/{id:long}/grants", Post).Needs(Permission.ManageUsers);
        routes.MapPost("/users/{id:long}/grants/{grant:long}/end", PostEnd).Needs(Permission.ManageUsers);
        routes.MapGet("/users/places", Places).Needs(Permission.ManageUsers);
        routes.MapGet("/users/posts", Posts).Needs(Permission.ManageUsers);
    }

    private static async Task<IResult> Post(long id, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        try
        {
            Accounts.NotOneself(context.Installation, id);
            await Handle(context.Installation, id, Read(form));
            return TypedResults.LocalRedirect(ShowUser.Path(id));
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return await ShowUser.Page(context, id, error: context.L[refusal.Text]);
        }
    }

    private static Request Read(IFormCollection form) =>
        new(
            Enum.TryParse<Role>(form["role"], out var role) && Enum.IsDefined(role)
                ? role
                : throw new WrongUsage("grant.role", "请选择角色。Choose a role."),
            Text(form["area"]),
            Text(form["post"]) is { } post
                ? long.TryParse(post.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var key)
                    ? key
                    : throw new WrongUsage("grant.post", "没有这个岗位。There is no such post.")
                : null,
            Text(form["department"]),
            Day(form["from"]),
            Day(form["to"])
        );

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>A day as yyyy-MM-dd.</summary>
    /// <exception cref="WrongUsage">grant.day.</exception>
    public static int? Day(string? text) =>
        Text(text) is not { } day ? null
        : DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? DayNumber.Of(date)
        : throw new WrongUsage("grant.day", "日期写作 2020-06-12。Write a day as 2020-06-12.");

    /// <exception cref="WrongUsage">grant.area, grant.post, grant.department, grant.day: what the role needs is missing or does not exist.</exception>
    /// <exception cref="Refusal">grant.compartment, grant.compartment-alone.</exception>
    public static Task<long> Handle(Installation installation, long userId, Request request) =>
        // On the command line, who acts is whoever owns the machine; in the console somebody signed in.
        request.Role == Role.Discipline
        && installation.Actor.UserId is not null
            ? throw new Refusal(
                "grant.compartment",
                "纪检监察角色由已有该角色的人接纳，管理员不能授予。The discipline office admits its own people; an administrator cannot grant this role."
            )
            : Give(installation, userId, request);

    /// <summary>The same for whoever may admit to the discipline office.</summary>
    internal static async Task<long> Give(Installation installation, long userId, Request request, Func<User, Task>? require = null)
    {
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var area = request.Area is { } asked ? Place(tree, asked) : null;
        var administers = request.Role == Role.Administrator;
        if (request.Role == Role.Cadre)
        {
            if (request.Post is null)
                throw new WrongUsage("grant.post", "帮扶联系人需要岗位。A cadre needs a post.");
        }
        else if (area is null && !administers)
            throw new WrongUsage("grant.area", "这个角色需要区域。This role needs an area.");
        if (request.Post is { } post && connection.Number("SELECT count(*) FROM posts WHERE id = @post", null, new { post }) == 0)
            throw new WrongUsage("grant.post", "没有这个岗位。There is no such post.");
        if (request.Role == Role.Department && !Departments(installation).Any(d => d.Key == request.Department))
            throw new WrongUsage("grant.department", "行业部门需要选择部门。A department's user needs the department.");
        var from = request.From ?? Accounts.Today(installation);
        if (request.To <= from)
            throw new WrongUsage("grant.day", "结束日期要晚于开始日期。The end lies after the beginning.");
        await using var desk = installation.Store.Desk();
        var user = await Accounts.Find(desk, userId);
        var grant = new Grant
        {
            UserId = userId,
            Role = request.Role,
            AreaId = request.Role == Role.Cadre || administers ? null : area?.AreaId,
            PostId = request.Post,
            Department = request.Role == Role.Department ? request.Department : null,
            FromDay = from,
            ToDay = request.To,
        };
        return await Desk.Act(
            installation,
            "user.grant",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{user.UserName}: {grant.Role} {area?.Code} {grant.Department} {grant.PostId} {from} {grant.ToDay}"
            ),
            async () =>
            {
                await desk.Entry(user).ReloadAsync();
                if (require is not null)
                    await require(user);
                await StandsAlone(desk, grant);
                desk.Grants.Add(grant);
                await desk.SaveChangesAsync();
                return grant.Id;
            }
        );
    }

    // Whoever opens discipline clues is nobody else's user: neither headquarters nor an administrator by another grant.
    private static async Task StandsAlone(DeskDb desk, Grant grant)
    {
        var discipline = grant.Role == Role.Discipline;
        if (
            await desk.Grants.AnyAsync(g =>
                g.UserId == grant.UserId
                && g.ClosedAt == null
                && (g.ToDay == null || g.ToDay > grant.FromDay)
                && g.Role == Role.Discipline != discipline
            )
        )
            throw new Refusal("grant.compartment-alone", "纪检监察角色的账号不兼其他角色。An account of the discipline office holds no other role.");
    }

    /// <summary>
    /// Closes for good what a user holds in the discipline office: whoever sets a user's password could sign in as the user. Runs inside <see cref="Desk.Act"/>.
    /// </summary>
    internal static Task CloseCompartment(DeskDb desk, Installation installation, long userId, long? grantId = null)
    {
        var (now, today) = (Audit.AuditLog.Stamp(installation.Clock), Accounts.Today(installation));
        return desk
            .Grants.Where(g => g.UserId == userId && g.Role == Role.Discipline && g.ClosedAt == null && (grantId == null || g.Id == grantId))
            .ExecuteUpdateAsync(g =>
                g.SetProperty(x => x.ClosedAt, now)
                    .SetProperty(
                        x => x.ToDay,
                        x =>
                            x.ToDay != null && x.ToDay < today ? x.ToDay
                            : x.FromDay > today ? x.FromDay
                            : today
                    )
            );
    }

    private static async Task<RedirectHttpResult> PostEnd(long id, long grant, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        Accounts.NotOneself(context.Installation, id);
        await End(context.Installation, id, grant);
        return TypedResults.LocalRedirect(ShowUser.Path(id));
    }

    /// <summary>Ends a grant with today; it stays in the list, for who held what is never forgotten.</summary>
    /// <exception cref="Refusal">users.last-administrator.</exception>
    public static async Task End(Installation installation, long userId, long grantId)
    {
        var today = Accounts.Today(installation);
        await using var desk = installation.Store.Desk();
        var user = await Accounts.Find(desk, userId);
        var grant = await desk.Grants.FindAsync(grantId);
        if (grant?.UserId != userId)
            throw new NotInScope();
        await Desk.Act(
            installation,
            "user.grant-end",
            string.Create(CultureInfo.InvariantCulture, $"{user.UserName}: {grant.Role} (grant {grantId})"),
            async () =>
            {
                await using var transaction = await desk.Database.BeginTransactionAsync();
                grant.ToDay = Math.Max(today, grant.FromDay);
                await desk.SaveChangesAsync();
                await CloseCompartment(desk, installation, userId, grantId);
                await Accounts.SomebodyAdministers(desk, today);
                await transaction.CommitAsync();
                return true;
            }
        );
    }

    /// <summary>Departments as the dictionary names them.</summary>
    public static IEnumerable<CodeEntry> Departments(Installation installation) => installation.Packs.Dictionary.CodeLists["department"].Entries;

    private static AreaVersion Place(AreaTree tree, string asked)
    {
        var code = asked.Split(' ')[0];
        if (tree.ByCode(code) is { } place)
            return place;
        var named = tree.All.Where(a => a.Name == asked).Take(2).ToList();
        return named.Count == 1
            ? named[0]
            : throw new WrongUsage("grant.area", "没有这个区域，或同名区域不止一个：请用代码。No such area, or several of that name: use the code.");
    }

    private static IResult Places(ConsoleContext context, string? area)
    {
        var text = (area ?? "").Trim();
        return new RazorComponentResult<Pages.Options>(
            new
            {
                Choices = context
                    .Tree.All.Where(a =>
                        a.Name.Contains(text, StringComparison.Ordinal) || PickArea.Code(a).StartsWith(text, StringComparison.Ordinal)
                    )
                    .OrderBy(a => a.Level)
                    .ThenBy(a => a.Code)
                    .Take(20)
                    .Select(a => $"{PickArea.Code(a)} {context.Tree.Path(a)}")
                    .ToList(),
            }
        );
    }

    private static IResult Posts(ConsoleContext context, string? post)
    {
        var text = (post ?? "").Trim();
        var find = context.Installation.Store.IsSqlite ? "instr" : "strpos";
        return new RazorComponentResult<Pages.Options>(
            new
            {
                Choices = Dapper
                    .SqlMapper.Query<(long Id, string Holder, string Unit)>(
                        context.Reader,
                        $"""
                        SELECT p.id, p.holder_name, u.name FROM posts p JOIN units u ON u.id = p.unit_id
                        WHERE p.to_day IS NULL AND ({find}(p.holder_name, @text) > 0 OR {find}(u.name, @text) > 0) ORDER BY u.name, p.holder_name, p.id LIMIT 20
                        """,
                        new { text }
                    )
                    .Select(p => $"{p.Id} {p.Unit} {p.Holder}")
                    .ToList(),
            }
        );
    }
}
