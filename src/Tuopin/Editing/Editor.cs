using System.Data.Common;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>Who changes a household, and in whose name: a fact is always stated by one author of the dictionary.</summary>
/// <param name="Role">The role of the grant that reaches the household.</param>
/// <param name="Author">Key of code list department: whose rank what is stated has.</param>
/// <param name="Authors">All the caller may choose from here.</param>
public sealed record Editor(Role Role, string Author, IReadOnlyList<string> Authors, Editor.Listed Household)
{
    /// <summary>The household as the list has it.</summary>
    public sealed record Listed(long Id, long AreaCode, string Number, string? Head);

    // A township and a helper state what the village may; they rank as the dictionary says, last where it does not name them.
    private string[] Speaks => Author is "township" or "helper" ? [Author, "village"] : [Author];

    public bool MayState(Fact fact) => fact.StatedBy.Any(Speaks.Contains);

    /// <summary>The author a grant speaks as; null for one that states nothing.</summary>
    private static string? AuthorOf(Role role, string? department) =>
        role switch
        {
            Role.County => "poverty_office",
            Role.Department => department,
            Role.Township => "township",
            Role.Village => "village",
            Role.Cadre => "helper",
            _ => null,
        };

    /// <summary>The caller before a household. One query, however many grants.</summary>
    /// <param name="asked">The author to speak as, where several grants reach the household.</param>
    /// <exception cref="NotInScope">The household does not exist, or no grant with the permission reaches it.</exception>
    public static Editor Of(
        DbConnection connection,
        DbTransaction? transaction,
        Caller caller,
        Permission permission,
        int day,
        long household,
        string? asked = null
    )
    {
        var grants = caller.GrantsWith(permission).Where(g => AuthorOf(g.Role, g.Department) is not null).ToList();
        if (grants.Count == 0)
            throw new NotInScope();
        var reached = connection
            .Query<(long Grant, long Id, long Area, string Number, string? Head)>(
                string.Join(
                    " UNION ALL ",
                    grants.Select(
                        (g, i) =>
                            $"SELECT {i}, l.household_id, l.area_code, l.number, l.head_name FROM household_list l WHERE l.household_id = @household AND {g.Scope.Households("l", AreaRange.Nation, day)}"
                    )
                ),
                new { household },
                transaction
            )
            .ToList();
        if (reached.Count == 0)
            throw new NotInScope();
        var authors = reached.Select(r => grants[(int)r.Grant]).Select(g => (g.Role, Author: AuthorOf(g.Role, g.Department)!)).Distinct().ToList();
        var (role, author) = authors.Find(a => a.Author == asked) is { Author: not null } chosen ? chosen : authors[0];
        var (_, id, area, number, head) = reached[0];
        return new(role, author, [.. authors.Select(a => a.Author).Distinct()], new(id, area, number, head));
    }
}
