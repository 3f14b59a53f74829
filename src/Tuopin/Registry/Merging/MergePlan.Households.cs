using Tuopin.Exchange;

namespace Tuopin.Registry.Merging;

// Households, and where they live.
public sealed partial class MergePlan
{
    private const string FirstOfHousehold = "s.household_row = s.ordinal";

    // New households get their key only when the change begins.
    private string HouseholdKnown => MakesHouseholds ? "s.village_id IS NOT NULL" : "s.household_id IS NOT NULL";

    private IEnumerable<MergeColumn> Personal =>
        new[] { ("phone", "household_phone"), ("bank_card", "bank_card") }
            .Where(c => sheet.Has($"{c.Item2}_cipher"))
            .SelectMany(c =>
                new MergeColumn[]
                {
                    new($"{c.Item1}_index", $"{c.Item2}_index"),
                    new($"{c.Item1}_cipher", $"{c.Item2}_cipher") { Follows = [$"{c.Item1}_index"] },
                }
            );

    private IEnumerable<MergeColumn> Living => sheet.Has("living_village_id") ? [new("living_village_id", "living_village_id")] : [];

    private void HouseholdSteps()
    {
        if (MakesHouseholds)
            Step(
                "households",
                $"{FirstOfHousehold} AND s.village_id IS NOT NULL",
                [("id", "household_id")],
                [
                    new("village_id", "village_id"),
                    new("area_code", "area_code"),
                    new("national_no", "household_no"),
                    new("provisional_no", "household_provisional_no"),
                    .. new[] { "group_name", "head_name" }.Where(sheet.Has).Select(c => new MergeColumn(c, c)),
                    .. new[] { "group_id" }.Where(_ => NamesGroups).Select(c => new MergeColumn(c, c)),
                    .. Living,
                    .. Personal,
                    .. FactsOn("households"),
                ]
            );
        else if (Living.Concat(Personal).Concat(FactsOn("households")).ToList() is { Count: > 0 } columns)
            Step("households", $"s.household_id IS NOT NULL AND {FirstOfHousehold}", [("id", "household_id")], columns);
    }

    private void DwellingSteps()
    {
        if (!Holds("dwelling"))
            return;
        const string where = "s.village_id IS NOT NULL AND s.household_id IS NOT NULL AND s.dwelling_row IS NOT NULL";
        Step(
            "dwellings",
            where + " AND s.dwelling_row = s.ordinal",
            [("id", "dwelling_id")],
            [
                new("village_id", "dwelling_village_id"),
                new("area_code", "dwelling_area_code"),
                .. new[] { "dwelling_no" }.Where(sheet.Has).Select(c => new MergeColumn("number", c)),
                .. FactsOn("dwellings"),
            ]
        );
        Step(
            "residences",
            where,
            [("household_id", "household_id"), ("from_day", "residence_from")],
            [new("dwelling_id", "dwelling_id"), .. FactsOn("residences")]
        );
    }

    // A relocation with a living place is about the new house there, not about the one the household came from.
    private bool Relocates => sheet.Kind == SheetKind.Relocation && sheet.Has("living_village_id");

    private string? MovedIn
    {
        get
        {
            var said = new List<string>();
            if (sheet.Facts.TryGetValue(Fact("dwelling", "relocated_day"), out var day))
                said.Add($"s.{day} IS NOT NULL");
            if (sheet.Facts.TryGetValue(Fact("dwelling", "occupied"), out var occupied))
                said.Add($"coalesce(s.{occupied}, FALSE)");
            return said.Count == 0 ? null : $"({string.Join(" OR ", said)})";
        }
    }

    // Held houses that are the new one already: moved into, lying where the household lives now, or called safe without having been rebuilt.
    private string IsNewHouse =>
        $"""
            (d.relocated_day IS NOT NULL OR d.village_id <> k.village_id AND d.village_id = {LivingVillage}
              OR d.safe_by = {dictionary.CodeLists["safe_by"].Find("rebuilding")!.Number} AND d.rebuilt_day IS NULL AND d.rebuild_kind IS NULL)
            """;

    // The village of the living place: of a natural village the one it lies in, of a township or county none.
    private const string LivingVillage =
        "(SELECT CASE WHEN v.level = 6 THEN v.parent_id ELSE v.area_id END FROM area_versions v WHERE v.area_id = s.living_village_id AND v.to_day IS NULL AND v.level >= 5)";

    private void ResolveDwellings()
    {
        if (sheet.Has("dwelling_no"))
            Update("dwelling_id = d.id", "dwellings d", "d.number = s.dwelling_no");
        // A row that states no number, or a number for a house that had none, is about the house lived in; any other unknown number is another house.
        Update(
            "dwelling_id = r.dwelling_id",
            "residences r JOIN dwellings d ON d.id = r.dwelling_id",
            $"""
            r.household_id = k.household_id AND r.to_day IS NULL AND k.dwelling_id IS NULL AND (s.dwelling_no IS NULL OR d.number IS NULL)
              {(Relocates ? $"AND (s.living_village_id IS NULL OR {IsNewHouse})" : "")}
            """
        );
        // Who has not moved in yet has no new house, and nothing is said of the old one.
        if (Relocates && MovedIn is { } moved)
            Run(
                $"""
                UPDATE {sheet.Resolved} AS k SET dwelling_row = NULL FROM {sheet.Rows} s
                WHERE s.row_no = k.row_no AND k.dwelling_id IS NULL AND s.living_village_id IS NOT NULL AND NOT {moved}
                """
            );
        PlaceDwellings();
        Update(
            "residence_from = r.from_day",
            "residences r",
            "r.household_id = k.household_id AND r.to_day IS NULL AND r.dwelling_id = k.dwelling_id"
        );
        // Who lived elsewhere has moved by the data date unless the file states the day.
        var day =
            Relocates && sheet.Facts.TryGetValue(Fact("dwelling", "relocated_day"), out var column)
                ? $"coalesce(s.{column}, {dataDay})"
                : $"{dataDay}";
        Run(
            $"""
            UPDATE {sheet.Resolved} AS k SET residence_from = coalesce(k.from_day, CASE
              WHEN EXISTS (SELECT 1 FROM residences r WHERE r.household_id = k.household_id) THEN {day} ELSE {Days.Beginning} END)
            FROM {sheet.Rows} s WHERE s.row_no = k.row_no AND k.residence_from IS NULL
            """
        );
        PointToFirstsOfHouses();
    }

    // A house lies where its first household is registered, the house of a relocation where the household lives now. It does not move with later rows.
    private void PlaceDwellings()
    {
        Run($"UPDATE {sheet.Resolved} SET dwelling_village_id = village_id, dwelling_area_code = area_code WHERE dwelling_id IS NULL");
        if (Relocates)
            Update(
                "dwelling_village_id = a.area_id, dwelling_area_code = a.code",
                "area_versions a",
                $"a.area_id = {LivingVillage} AND a.to_day IS NULL AND k.dwelling_row IS NOT NULL"
            );
    }

    private string? OutdatedResidences =>
        Holds("dwelling")
            ? $"""
                {sheet.Resolved} s JOIN residences r ON r.household_id = s.household_id AND r.to_day IS NULL
                WHERE s.dwelling_row IS NOT NULL AND r.from_day >= s.residence_from AND (s.dwelling_id IS NULL OR r.dwelling_id <> s.dwelling_id)
                """
            : null;

    // A household that is found in another house has left the old one.
    private void CloseResidences(long changeId)
    {
        if (Holds("dwelling"))
            Run(
                $"""
                UPDATE residences SET to_day = s.residence_from, change_id = {changeId} FROM {StepOf("residences").New(sheet)}
                  AND residences.household_id = s.household_id AND residences.to_day IS NULL
                  AND residences.dwelling_id <> s.dwelling_id AND residences.from_day < s.residence_from
                """
            );
    }
}
