using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>Who asks: a user with the grants of the day, cut down to the permissions of the token where one is used.</summary>
public sealed class Caller
{
    private readonly IReadOnlyList<(Role Role, AreaRange? Area, long? PostId, string? Department)> grants;
    private readonly IReadOnlySet<Permission>? token;

    private Caller(User user, IReadOnlyList<(Role, AreaRange?, long?, string?)> grants, IReadOnlySet<Permission>? token) =>
        (User, this.grants, this.token) = (user, grants, token);

    public User User { get; }
    public long UserId => User.Id;

    public IEnumerable<Role> Roles => grants.Select(g => g.Role).Distinct();

    public Actor Actor => new(User.DisplayName, User.Id, grants.Select(g => g.PostId).FirstOrDefault(p => p is not null));

    /// <summary>Posts the user holds today.</summary>
    public IReadOnlyList<long> Posts => [.. grants.Select(g => g.PostId).OfType<long>().Distinct()];

    /// <summary>Departments the user acts for; empty for everybody else.</summary>
    public IReadOnlyList<string> Departments => [.. grants.Select(g => g.Department).OfType<string>().Distinct()];

    /// <summary>The areas the user holds, each with the role it is held in.</summary>
    public IEnumerable<(Role Role, AreaRange Area)> Holds => grants.Where(g => g.Area is not null).Select(g => (g.Role, g.Area!.Value));

    public bool May(Permission permission) =>
        (token is null || token.Contains(permission)) && grants.Any(g => Permissions.Of(g.Role).Contains(permission));

    /// <summary>Whose records a permission reaches: the union of the grants whose role has it.</summary>
    public Scope Scope(Permission permission)
    {
        if (!May(permission))
            return Access.Scope.Nothing;
        var with = grants.Where(g => Permissions.Of(g.Role).Contains(permission)).ToList();
        return new(
            [.. with.Where(g => g.Role != Role.Cadre).Select(g => g.Area).OfType<AreaRange>().Distinct()],
            [.. with.Where(g => g.Role == Role.Cadre).Select(g => g.PostId).OfType<long>().Distinct()]
        );
    }

    /// <summary>The grants that have a permission, each with its own reach: what is stated has one author.</summary>
    public IEnumerable<(Role Role, string? Department, Scope Scope)> GrantsWith(Permission permission) =>
        May(permission)
            ? grants
                .Where(g => Permissions.Of(g.Role).Contains(permission))
                .Select(g =>
                    (
                        g.Role,
                        g.Department,
                        g.Role == Role.Cadre ? new Scope([], g.PostId is { } post ? [post] : []) : new Scope(g.Area is { } area ? [area] : [], [])
                    )
                )
            : [];

    /// <summary>
    /// The departments whose facts alone a permission shows, or null for all facts: a department's user sees its trade's facts, and everybody's only where
    /// another grant does.
    /// </summary>
    public IReadOnlySet<string>? FieldsOf(Permission permission)
    {
        var with = grants.Where(g => Permissions.Of(g.Role).Contains(permission)).ToList();
        return with.Any(g => g.Role != Role.Department) ? null : with.Select(g => g.Department).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The user with the grants in force on a day; null when there is none, or the account is disabled.</summary>
    public static async Task<Caller?> Load(DeskDb desk, long userId, AreaTree tree, int day, IReadOnlySet<Permission>? token = null)
    {
        var found = await desk
            .Users.AsNoTracking()
            .Where(u => u.Id == userId && !u.Disabled)
            .Select(u => new
            {
                User = u,
                Held = desk
                    .Grants.Where(g => g.UserId == u.Id && g.FromDay <= day && (g.ToDay == null || g.ToDay > day) && g.ClosedAt == null)
                    .OrderBy(g => g.Id)
                    .ToList(),
            })
            .FirstOrDefaultAsync();
        return found is null ? null : new(found.User, [.. found.Held.Select(g => (g.Role, RangeOf(tree, g.AreaId), g.PostId, g.Department))], token);
    }

    private static AreaRange? RangeOf(AreaTree tree, long? area) => area is { } id && tree.Heir(id) is { } place ? AreaTree.RangeOf(place) : null;
}
