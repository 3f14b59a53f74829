using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;

namespace Tuopin.Discipline;

/// <summary>
/// <c>/discipline/members</c>: who is in the discipline office. Its people admit others and end that again; the first of them comes by the command line
/// (<c>tuopin users grant</c>). An administrator admits nobody.
/// </summary>
public static class AdmitMember
{
    public sealed record Member(Grant Grant, string Name, string Shown, AreaVersion? Area);

    public sealed record Result(IReadOnlyList<Member> Members, IReadOnlyList<AreaVersion> Places)
    {
        public Refusal? Refused { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/discipline/members", async Task<IResult> (ConsoleContext context) => Page(await List(context), StatusCodes.Status200OK))
            .Needs(Permission.OpenDiscipline);
        routes.MapPost("/discipline/members", Post).Needs(Permission.HandleDiscipline);
        routes.MapPost("/discipline/members/{grant:long}/end", PostEnd).Needs(Permission.HandleDiscipline);
    }

    private static RazorComponentResult<Pages.MembersPage> Page(Result found, int status) => new(new { Found = found }) { StatusCode = status };

    // Who holds the role within the caller's areas.
    private static async Task<Result> List(ConsoleContext context)
    {
        var scope = context.Caller.Scope(Permission.OpenDiscipline);
        await using var desk = context.Installation.Store.Desk();
        var held = await desk
            .Grants.AsNoTracking()
            .Where(g => g.Role == Role.Discipline && g.ClosedAt == null && (g.ToDay == null || g.ToDay > context.Day))
            .OrderBy(g => g.Id)
            .Join(
                desk.Users,
                g => g.UserId,
                u => u.Id,
                (g, u) =>
                    new
                    {
                        Grant = g,
                        u.UserName,
                        u.DisplayName,
                    }
            )
            .ToListAsync();
        return new(
            [
                .. held.Select(h => new Member(h.Grant, h.UserName!, h.DisplayName, h.Grant.AreaId is { } area ? context.Tree.Heir(area) : null))
                    .Where(m => m.Area is { } place && scope.Touches(AreaTree.RangeOf(place))),
            ],
            [.. scope.Areas.Select(a => context.Tree.ByCode(a.From)).OfType<AreaVersion>()]
        );
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        try
        {
            await Handle(context, form["name"].ToString(), form["place"].ToString());
            return TypedResults.LocalRedirect("/discipline/members");
        }
        catch (Refusal refused) when (refused is not NotInScope)
        {
            return Page(await List(context) with { Refused = refused }, Refused.StatusOf(refused));
        }
    }

    /// <summary>Admits an account that is nobody else's user, for a place of the caller's own.</summary>
    /// <exception cref="NotInScope">The place.</exception>
    /// <exception cref="Refusal">users.unknown; grant.compartment-alone; discipline.password: whoever handed the password over knows it; discipline.member.</exception>
    public static async Task<long> Handle(ConsoleContext context, string name, string place)
    {
        var installation = context.Installation;
        if (context.Tree.ByCode(place) is not { } area || !context.Caller.Scope(Permission.HandleDiscipline).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        await using var desk = installation.Store.Desk();
        var user = await Accounts.Find(desk, name.Trim());
        return await GrantRole.Give(
            installation,
            user.Id,
            new(Role.Discipline, PickArea.Code(area), null, null, null, null),
            async held =>
            {
                if (held.MustChangePassword || held.PasswordHash is null)
                    throw new Refusal(
                        "discipline.password",
                        "该账号还在用别人交给的密码，或没有密码：请本人先登录改密码。The account has a password that somebody handed over, or none: let its owner sign in and change it first."
                    );
                if (
                    await desk.Grants.AnyAsync(g =>
                        g.UserId == held.Id && g.Role == Role.Discipline && g.ClosedAt == null && (g.ToDay == null || g.ToDay > context.Day)
                    )
                )
                    throw new Refusal("discipline.member", "该账号已在其中。The account is in the office already.");
            }
        );
    }

    private static async Task<RedirectHttpResult> PostEnd(ConsoleContext context, HttpContext http, long grant)
    {
        await Forms.Check(http);
        var member = (await List(context)).Members.FirstOrDefault(m => m.Grant.Id == grant) ?? throw new NotInScope();
        if (!context.Caller.Scope(Permission.HandleDiscipline).Covers(AreaTree.RangeOf(member.Area!)))
            throw new NotInScope();
        Accounts.NotOneself(context.Installation, member.Grant.UserId);
        await GrantRole.End(context.Installation, member.Grant.UserId, grant);
        return TypedResults.LocalRedirect("/discipline/members");
    }
}
