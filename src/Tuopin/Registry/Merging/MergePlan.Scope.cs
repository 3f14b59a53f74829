using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

// Whose rows an importer may load.
public sealed partial class MergePlan
{
    /// <summary>Areas whose rows may be loaded; null when all may.</summary>
    public IReadOnlyList<AreaRange>? Within { get; init; }

    /// <summary>Areas where nothing is changed any more on the day of the data; asked before each <see cref="Resolve"/>.</summary>
    public IReadOnlyList<AreaRange> Closed { get; set; } = [];

    // Rows about something outside: where the row lies, or where the household, person or house lies that it means. A house elsewhere belongs to the
    // household that lives in it. A row that lies nowhere (a unit, a post) is everybody's in a county and needs at least the county.
    private int HoldBackOutside()
    {
        if (Within is not { } areas)
            return 0;
        var nowhere = areas.Any(a => a.To - a.From >= 999_999) ? "FALSE" : "TRUE";
        return HoldBackWhere(Held.Outside, code => areas.Count == 0 ? "TRUE" : $"NOT ({In(areas, code)})", nowhere);
    }

    // Rows about something where the books of the day are closed.
    private int HoldBackClosed() => Closed.Count == 0 ? 0 : HoldBackWhere(Held.Closed, code => $"({In(Closed, code)})", "FALSE");

    private static string In(IReadOnlyList<AreaRange> areas, string code) =>
        string.Join(" OR ", areas.Select(a => $"{code} BETWEEN {a.From} AND {a.To}"));

    private int HoldBackWhere(Held why, Func<string, string> lies, string nowhere) =>
        HoldBack(
            why,
            $"""
            {sheet.Staged} s WHERE CASE WHEN s.area_code IS NULL THEN {nowhere} ELSE {lies("s.area_code")} END
              OR EXISTS (SELECT 1 FROM households x WHERE x.id = s.household_id AND {lies("x.area_code")})
              OR EXISTS (SELECT 1 FROM persons x WHERE x.id = s.person_id AND {lies("x.area_code")})
              OR EXISTS (SELECT 1 FROM dwellings x WHERE x.id = s.dwelling_id AND {lies("x.area_code")} AND NOT EXISTS (
                SELECT 1 FROM residences r WHERE r.dwelling_id = x.id AND r.household_id = s.household_id AND r.to_day IS NULL))
            """
        );

    /// <summary>Households the rows are about, take members from or share a house with; null when there are more than that, or when places are stated too, whose judgement is not a household's.</summary>
    public IReadOnlyList<long>? Households(int most, System.Data.Common.DbTransaction within)
    {
        transaction = within;
        if (sheet.Facts.Keys.Any(f => f.Subject.Level is not null))
            return null;
        var found = connection
            .Query<long>(
                $"""
                SELECT household_id FROM {sheet.Resolved} WHERE household_id IS NOT NULL
                UNION SELECT left_household_id FROM {sheet.Resolved} WHERE left_household_id IS NOT NULL
                UNION SELECT m.household_id FROM {sheet.Resolved} k JOIN memberships m ON m.person_id = k.person_id AND m.to_day IS NULL
                UNION SELECT r.household_id FROM {sheet.Resolved} k JOIN residences r ON r.dwelling_id = k.dwelling_id AND r.to_day IS NULL
                LIMIT {most + 1}
                """,
                transaction: within
            )
            .ToList();
        return found.Count > most ? null : found;
    }
}
