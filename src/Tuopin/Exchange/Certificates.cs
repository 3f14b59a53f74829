using Tuopin.Platform;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>What a department may state: the facts of its trade, about what is held.</summary>
public static class Certificates
{
    // Sheets that bring households, persons or units are the poverty office's.
    private static readonly SheetKind[] Bringing =
    [
        SheetKind.Persons,
        SheetKind.Households,
        SheetKind.UnregisteredHouseholds,
        SheetKind.MemberChanges,
        SheetKind.UnitsPosts,
        SheetKind.Helpers,
    ];

    /// <summary>The plan of a department's list: who each row is about, and the facts the department may state. Other columns are passed over.</summary>
    /// <exception cref="Refusal">certify.sheet-kind, certify.no-fact.</exception>
    public static ColumnPlan Only(ColumnPlan plan, string department)
    {
        if (Brings(plan.Mapping.Kind))
            throw new Refusal(
                "certify.sheet-kind",
                $"a sheet of kind {plan.Mapping.Id} brings households or persons; a department's list states facts about those held"
            );
        var only = plan.Only(c => c.Target.Fact is { } fact && Certifiable.IsOf(fact, department) || IsIdentifying(c.Target));
        return only.Columns.Any(c => c.Target.Fact is { } fact && Certifiable.IsOf(fact, department))
            ? only
            : throw new Refusal("certify.no-fact", $"no column of the sheet is a fact that {department} states");
    }

    public static bool Brings(SheetKind kind) => Bringing.Contains(kind);

    private static bool IsIdentifying(ColumnTarget target) => Targets.Structural.ContainsKey(target.Name) && !target.Living && !target.IsPersonal;
}
