using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>The log of attempts to sign in, the latest first.</summary>
public static class ListSignIns
{
    private const int PageSize = 100;

    public sealed record Row(long Id, string At, string? User, SignInOutcome Outcome, string Address, string Agent);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/audit/sign-ins", Show).Needs(Permission.ViewAudit);

    private static async Task<IResult> Show(ConsoleContext context)
    {
        var query = context.Http.Request.Query;
        var name = query["user"].ToString().Trim();
        var rows = await Handle(
            context.Installation,
            name,
            long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : long.MaxValue
        );
        return new RazorComponentResult<Pages.SignInsPage>(
            new
            {
                User = name,
                Rows = rows.Take(PageSize).ToList(),
                Next = rows.Count > PageSize ? rows[PageSize - 1].Id : (long?)null,
            }
        );
    }

    private static async Task<IReadOnlyList<Row>> Handle(Installation installation, string name, long before)
    {
        await using var desk = installation.Store.Desk();
        var normal = name.ToUpperInvariant();
        return await desk
            .SignInEvents.AsNoTracking()
            .Where(e => e.Id < before && (name == "" || desk.Users.Any(u => u.Id == e.UserId && u.NormalizedUserName == normal)))
            .OrderByDescending(e => e.Id)
            .Take(PageSize + 1)
            .Select(e => new Row(
                e.Id,
                e.At,
                desk.Users.Where(u => u.Id == e.UserId).Select(u => u.UserName).FirstOrDefault(),
                e.Outcome,
                e.Address,
                e.Agent
            ))
            .ToListAsync();
    }
}
