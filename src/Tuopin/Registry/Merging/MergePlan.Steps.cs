using Tuopin.Exchange;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

// The steps of a plan: one for each table that the file has something for.
public sealed partial class MergePlan
{
    private void Build()
    {
        if (MakesHouseholds)
            Households();
        else if (Living.Concat(FactsOn("households")).ToList() is { Count: > 0 } columns)
            Step("households", "household_id IS NOT NULL AND first_of_household = 1", [("id", "household_id")], columns);
        if (MakesPersons)
            Persons();
        else if (FactsOn("persons").Count > 0)
            Step("persons", "person_id IS NOT NULL", [("id", "person_id")], FactsOn("persons"));
        Yearly("household_years", "household_id", "household_id", MakesPersons ? HouseholdKnown + " AND first_of_household = 1" : HouseholdKnown);
        Yearly("person_years", "person_id", "person_id", MakesPersons ? "village_id IS NOT NULL" : "person_id IS NOT NULL");
        foreach (var table in new[] { "village_years", "township_years", "county_years" })
            Yearly(table, "area_id", "area_id", "area_id IS NOT NULL");
        if (Holds("dwelling"))
            Dwellings();
        if (Holds("household_status"))
            Statuses();
        if (Holds("measure"))
            Step(
                "measures",
                "household_id IS NOT NULL AND from_day IS NOT NULL",
                [("id", "measure_id")],
                [
                    new("household_id", "household_id"),
                    new("person_id", "person_id"),
                    new("from_day", "from_day"),
                    new("to_day", "to_day"),
                    .. FactsOn("measures"),
                ]
            );
        DeclaredRows();
        if (sheet.Has("unit_name"))
            Responsibilities();
    }

    // New households get their key only when the change begins.
    private string HouseholdKnown => MakesHouseholds ? "village_id IS NOT NULL" : "household_id IS NOT NULL";

    private void Households()
    {
        var columns = new List<MergeColumn>
        {
            new("village_id", "village_id"),
            new("area_code", "area_code"),
            new("national_no", "household_no"),
            new("provisional_no", "household_provisional_no"),
        };
        if (sheet.Has("group_name"))
            columns.Add(new("group_name", "group_name"));
        if (sheet.Has("head_name"))
            columns.Add(new("head_name", "head_name"));
        Step(
            "households",
            "first_of_household = 1 AND village_id IS NOT NULL",
            [("id", "household_id")],
            [.. columns, .. Living, .. FactsOn("households")]
        );
    }

    private IEnumerable<MergeColumn> Living => sheet.Has("living_village_id") ? [new("living_village_id", "living_village_id")] : [];

    private void Persons()
    {
        var columns = new List<MergeColumn> { new("name", "person_name"), new("area_code", "area_code") };
        if (sheet.Has("person_no"))
            columns.Add(new("national_no", "person_no"));
        columns.Add(new("provisional_no", "person_provisional_no"));
        if (sheet.Facts.ContainsKey(Fact("person", "id_index")))
            columns.Add(new("id_cipher", "id_cipher", Compared: false) { Follows = "id_index" });
        if (sheet.Has("phone_cipher"))
        {
            columns.Add(new("phone_index", "phone_index"));
            columns.Add(new("phone_cipher", "phone_cipher", Compared: false) { Follows = "phone_index" });
        }
        Step("persons", HouseholdKnown, [("id", "person_id")], [.. columns, .. FactsOn("persons")]);
        Step(
            "memberships",
            HouseholdKnown,
            [("household_id", "household_id"), ("person_id", "person_id"), ("from_day", "membership_from")],
            sheet.Has("to_day") ? [new("to_day", "to_day"), .. FactsOn("memberships")] : FactsOn("memberships")
        );
    }

    private void Dwellings()
    {
        var columns = new List<MergeColumn> { new("village_id", "village_id"), new("area_code", "area_code") };
        if (sheet.Has("dwelling_no"))
            columns.Add(new("number", "dwelling_no"));
        Step("dwellings", "village_id IS NOT NULL AND household_id IS NOT NULL", [("id", "dwelling_id")], [.. columns, .. FactsOn("dwellings")]);
        Step(
            "residences",
            "village_id IS NOT NULL AND household_id IS NOT NULL",
            [("household_id", "household_id"), ("from_day", "residence_from")],
            [new("dwelling_id", "dwelling_id"), .. FactsOn("residences")]
        );
    }

    private void Yearly(string table, string key, string source, string where)
    {
        if (FactsOn(table) is { Count: > 0 } columns && sheet.Has("year"))
            Step(table, where + " AND year IS NOT NULL", [(key, source), ("year", "year")], columns);
    }

    private void Step(string table, string where, IReadOnlyList<(string, string)> key, IReadOnlyList<MergeColumn> columns) =>
        steps.Add(new MergeStep(table, table, key, columns, where));

    // from_day and to_day are structural where the table has them: never written twice.
    private IReadOnlyList<MergeColumn> FactsOn(string table) =>
        [
            .. sheet
                .Facts.Where(f => Platform.Database.FactTables.TableOf(dictionary, f.Key) == table)
                .Where(f => f.Key.Column is not ("from_day" or "to_day" or "national_no" or "provisional_no" or "head_name" or "name" or "number"))
                .Select(f => new MergeColumn(f.Key.Column, f.Value)),
        ];
}
