using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform.Database;

namespace Tuopin.Registry.Merging;

/// <summary>Why a row of a file takes no part in its merge.</summary>
public enum Held : byte
{
    /// <summary>It is about something outside the areas of whoever loads it.</summary>
    Outside = 1,

    /// <summary>Another row of its household is held back whose member we do not hold: a household is not loaded without one of its members.</summary>
    WithHousehold,

    /// <summary>It says again what an earlier row says.</summary>
    Twice,

    /// <summary>It puts its household into a second house.</summary>
    SecondHouse,

    /// <summary>What it is about would end before it began.</summary>
    DaysReversed,

    /// <summary>It is about a household or person that we do not hold, in a sheet that only adds to those we hold.</summary>
    Unknown,

    /// <summary>It would end an episode, or overwrite a fact, of a later day than the file's.</summary>
    Outdated,

    /// <summary>It names a person we hold under another identity.</summary>
    Conflict,

    /// <summary>It pairs again whom an earlier row pairs; once is enough and nothing is lost.</summary>
    Repeated,

    /// <summary>It is about an area whose round has been closed, and of a day of that round.</summary>
    Closed,
}

/// <summary>A row held back, and the row it has to do with (0: none).</summary>
public readonly record struct HeldRow(Held Why, int Row, int First);

// Rows that are good in themselves and yet must not be merged. They leave the resolved rows, so that no step sees them. Everything is asked set by set, and
// most questions are answered by one grouping over narrow columns.
public sealed partial class MergePlan
{
    private const string Household = "coalesce(s.household_id, -s.household_row)";
    private const string Person = "coalesce(s.person_id, -s.person_row)";
    private const string House = "coalesce(s.dwelling_id, -s.dwelling_row)";
    private const string Nothing = "CAST(NULL AS bigint)";

    /// <summary>Rows that contradict whom we hold are loaded too.</summary>
    public bool AcceptConflicts { get; init; }

    /// <summary>Members of the file's households whom the file lacks leave on the data date.</summary>
    public bool CloseAbsent { get; init; }

    /// <summary>After <see cref="Compare"/>: the rows held back.</summary>
    public IReadOnlyList<HeldRow> HeldBack { get; private set; } = [];

    /// <summary>Rows that name a person we hold under another name and ID number, or an ID number we hold under another national number.</summary>
    public long Conflicting { get; private set; }

    /// <summary>Rows that give another ID number to a person of the same name: a correction.</summary>
    public IReadOnlyList<int> CorrectedNumbers { get; private set; } = [];

    /// <summary>After <see cref="Compare"/>, of a sheet of persons: members we hold of its households that it lacks.</summary>
    public long Absent { get; private set; }

    /// <summary>Nothing is merged: only what differs is asked.</summary>
    public bool OnlyCompared { get; init; }

    /// <summary>After <see cref="Compare"/> of what is only compared, of a sheet of persons: registered households of the villages it names of whom it names nobody.</summary>
    public long AbsentHouseholds { get; private set; }

    private bool ListsMembers => sheet.Kind == SheetKind.Persons;

    // Sheets of households may hold several years: the latest states what is not kept by year.
    private bool IsYearly => sheet.Kind is SheetKind.Households or SheetKind.UnregisteredHouseholds or SheetKind.Described && sheet.StatesYear;

    private void SetAside()
    {
        Run($"DELETE FROM {sheet.HeldBack}");
        var held = 0;
        held += HoldBackOutside();
        held += HoldBackClosed();
        held += HoldBackHouseholdsOfRefused();
        // A sheet of persons is narrow here: whether two rows mean one person stands in what they mean.
        if (ListsMembers)
            held += HoldBackRepeated($"{sheet.Resolved} s WHERE s.person_id IS NOT NULL", "s.person_id", Held.Twice);
        foreach (var (where, same, why) in Unique())
            held += HoldBackRepeated($"{sheet.Staged} s WHERE {where}", same, why);
        held += HoldBackSecondHouses();
        held += HoldBackUnknown();
        if (MakesPersons && sheet.Has("to_day"))
            held += HoldBack(Held.DaysReversed, $"{sheet.Staged} s WHERE s.to_day < s.membership_from");
        foreach (var from in new[] { OutdatedMembers, OutdatedResidences, OutdatedStatuses }.OfType<string>())
            held += HoldBack(Held.Outdated, from, household: true);
        held += HoldBackConflicts();
        if (held > 0)
            PointToFirsts();
    }

    /// <summary>Takes rows s out; in a sheet of persons the rest of a household too, when the row is about nobody we hold as its member.</summary>
    private int HoldBack(Held why, string from, string first = Nothing, bool household = false)
    {
        var held = Run(
            $"INSERT INTO {sheet.HeldBack} (row_no, why, first_row) SELECT s.row_no, {(int)why}, min({first}) FROM {from} GROUP BY s.row_no"
        );
        if (held == 0)
            return 0;
        if (household || ListsMembers)
            Run(
                $"""
                INSERT INTO {sheet.HeldBack} (row_no, why, first_row)
                SELECT o.row_no, {(int)Held.WithHousehold}, c.row_no FROM {sheet.Resolved} o JOIN (
                  SELECT k.household_row, min(k.row_no) AS row_no FROM {sheet.Resolved} k JOIN {sheet.HeldBack} b ON b.row_no = k.row_no WHERE {(
                    household
                        ? "TRUE"
                        : "NOT EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = k.person_id AND m.household_id = k.household_id AND m.to_day IS NULL)"
                )} GROUP BY k.household_row) c ON c.household_row = o.household_row
                WHERE NOT EXISTS (SELECT 1 FROM {sheet.HeldBack} b WHERE b.row_no = o.row_no)
                """
            );
        Run(
            $"UPDATE {sheet.HeldBack} AS b SET person_id = k.person_id FROM {sheet.Resolved} k WHERE k.row_no = b.row_no AND k.person_id IS NOT NULL"
        );
        Run($"DELETE FROM {sheet.Resolved} WHERE row_no IN (SELECT b.row_no FROM {sheet.HeldBack} b)");
        return held;
    }

    // A row refused on reading whose member is held stays as it was; any other would be missing from its household.
    private int HoldBackHouseholdsOfRefused()
    {
        if (sheet.Refused == 0)
            return 0;
        Run(
            $"""
            UPDATE {sheet.RefusedMembers} AS f SET person_id = (SELECT max(m.person_id) FROM persons p JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL
              JOIN households h ON h.id = m.household_id WHERE (p.national_no = f.person_no OR p.provisional_no = f.person_provisional_no)
              AND (h.national_no = f.household_no OR h.provisional_no = f.household_no))
            """
        );
        return HoldBack(
            Held.WithHousehold,
            $"""
            {sheet.Resolved} s JOIN {sheet.Rows} r ON r.row_no = s.row_no JOIN (
              SELECT household_no, min(row_no) AS row_no FROM {sheet.RefusedMembers} WHERE person_id IS NULL GROUP BY household_no) f
            ON f.household_no = coalesce(r.household_no, r.household_provisional_no)
            """,
            "f.row_no"
        );
    }

    // Which rows of a step would be written under one key. New things have none yet: the first row that names them stands for it.
    private IEnumerable<(string Where, string Same, Held Why)> Unique()
    {
        if (MakesPersons && !ListsMembers)
        {
            yield return (HouseholdKnown, $"{Household}, {Person}, s.membership_from", Held.Twice);
            yield return ($"{HouseholdKnown}{(sheet.Has("to_day") ? " AND s.to_day IS NULL" : "")}", Person, Held.Twice);
        }
        foreach (var step in steps)
            if (!MakesPersons && Same(step) is { Length: > 0 } same)
                yield return (
                    step.Table == "households" ? HouseholdKnown : step.Where,
                    same,
                    step.Table == "responsibilities" ? Held.Repeated : Held.Twice
                );

        string? Same(MergeStep step) =>
            step.Table switch
            {
                "household_years" => $"{Household}, s.year",
                "households" when sheet.Kind == SheetKind.Described && sheet.Facts.Keys.All(f => f.Subject.Name == "household") =>
                    $"{Household}, s.year",
                "persons" or "person_years" => $"{Person}, s.year",
                "village_years" or "township_years" or "county_years" => "s.area_id, s.year",
                "measures" => $"{Household}, s.person_id, s.from_day, s.{Staged("measure", "kind")}{Item("measure", "item")}",
                "responsibilities" =>
                    $"coalesce(s.post_id, -s.post_row), {(sheet.Kind == SheetKind.Helpers ? Household : "s.area_id")}, s.role, s.from_day",
                _ when Declared is { } subject && step.Table == subject.Table => string.Join(
                    ", ",
                    SameDeclared(subject, "s.", "s.").Select(c => c.Source)
                ),
                _ => null,
            };

        string Item(string subject, string fact) => sheet.Facts.TryGetValue(Fact(subject, fact), out var column) ? $", s.{column}" : "";
    }

    private int HoldBackRepeated(string from, string same, Held why)
    {
        if (Count($"(SELECT 1 AS one FROM {from} GROUP BY {same} HAVING count(*) > 1 LIMIT 1) g") == 0)
            return 0;
        return HoldBack(
            why,
            $"(SELECT s.row_no, min(s.row_no) OVER (PARTITION BY {same}) AS first_row FROM {from}) s WHERE s.row_no <> s.first_row",
            "s.first_row"
        );
    }

    // A household lives in one house: the one that the file says is lived in, else the first.
    private int HoldBackSecondHouses()
    {
        if (!Holds("dwelling"))
            return 0;
        var from = $"{sheet.Staged} s WHERE {StepOf("residences").Where}";
        if (Count($"(SELECT 1 AS one FROM {from} GROUP BY {Household} HAVING count(*) > 1 LIMIT 1) g") == 0)
            return 0;
        var order = sheet.Facts.TryGetValue(Fact("dwelling", "occupied"), out var occupied)
            ? $"CASE WHEN s.{occupied} THEN 0 ELSE 1 END, s.ordinal"
            : "s.ordinal";
        var houses = $"""
            (SELECT s.row_no, {House} AS house, first_value(s.row_no) OVER w AS first_row, first_value({House}) OVER w AS first_house
             FROM {from} WINDOW w AS (PARTITION BY {Household} ORDER BY {order})) s WHERE s.row_no <> s.first_row
            """;
        return HoldBack(Held.SecondHouse, houses + " AND s.house <> s.first_house", "s.first_row")
            + HoldBack(Held.Twice, houses + " AND s.house = s.first_house", "s.first_row");
    }

    private int HoldBackUnknown()
    {
        var unknown = new List<string>();
        if (!MakesHouseholds && NamesHouseholds)
            unknown.Add("s.household_id IS NULL AND coalesce(s.household_no, s.household_provisional_no) IS NOT NULL");
        if (!MakesPersons && sheet.Has("person_no"))
            unknown.Add("s.person_id IS NULL AND s.person_no IS NOT NULL");
        return unknown.Count == 0 ? 0 : HoldBack(Held.Unknown, $"{sheet.Staged} s WHERE {string.Join(" OR ", unknown)}");
    }

    // Another ID number under a national number we hold is a correction when the name stays. It is another person when the name differs too, or when
    // the number is held for somebody else whom this file does not correct.
    private int HoldBackConflicts()
    {
        (Conflicting, CorrectedNumbers) = (0, []);
        if (!MakesPersons || !sheet.Facts.TryGetValue(Fact("person", "id_index"), out var index))
            return 0;
        var other = $"{sheet.Staged} s JOIN persons p ON p.id = s.person_id WHERE p.id_index <> s.{index}";
        var changed = connection
            .Query<(long Row, long Renamed)>(
                $"SELECT s.row_no, CASE WHEN p.name <> s.person_name THEN 1 ELSE 0 END FROM {other} ORDER BY s.row_no",
                transaction: transaction,
                commandTimeout: 0
            )
            .ToList();
        var taken = $"""
            SELECT o.id_index FROM persons o WHERE o.id_index IS NOT NULL EXCEPT SELECT p.id_index FROM {other}
            """;
        var conflict = $"""
            {sheet.Staged} s LEFT JOIN persons p ON p.id = s.person_id
            WHERE p.id_index <> s.{index} AND p.name <> s.person_name OR (s.person_id IS NULL OR p.id_index <> s.{index}) AND s.{index} IN ({taken})
            """;
        var rows =
            changed.Count > 0 || Count($"(SELECT 1 AS one FROM {sheet.Resolved} WHERE person_id IS NULL LIMIT 1) n") > 0 ? RowNumbers(conflict) : [];
        Conflicting = rows.Count;
        CorrectedNumbers = [.. changed.Where(c => c.Renamed == 0).Select(c => (int)c.Row).Except(rows)];
        return rows.Count == 0 || AcceptConflicts ? 0 : HoldBack(Held.Conflict, conflict);
    }

    // What a later day's file or form wrote is not overwritten by older data.
    private bool HoldBackOlderFacts(List<(string Table, MergeCounts Counts)> tables)
    {
        var held = 0;
        if (connection.Number("SELECT coalesce(max(data_day), 0) FROM changes", transaction) > dataDay)
            foreach (var step in steps.Where(s => tables[s.Number].Counts.Changed > 0))
                held += HoldBack(Held.Outdated, $"(SELECT s.row_no {Changed(step)} AND c.data_day > {dataDay}) s");
        if (held > 0)
        {
            PointToFirsts();
            return true;
        }
        HeldBack =
        [
            .. connection
                .Query<(long Why, long Row, long First)>(
                    $"SELECT why, row_no, coalesce(first_row, 0) FROM {sheet.HeldBack} ORDER BY row_no",
                    transaction: transaction
                )
                .Select(h => new HeldRow((Held)h.Why, (int)h.Row, (int)h.First)),
        ];
        Absent = ListsMembers ? Count(AbsentMembers) : 0;
        AbsentHouseholds = ListsMembers && OnlyCompared ? Count(LackedHouseholds) : 0;
        return false;
    }

    // Open members of the file's households whom no row of it names, refused rows included.
    private string AbsentMembers =>
        $"""
            (SELECT m.household_id, m.person_id FROM memberships m
             LEFT JOIN {sheet.Resolved} k ON k.person_id = m.person_id LEFT JOIN {sheet.HeldBack} b ON b.person_id = m.person_id
             LEFT JOIN {sheet.RefusedMembers} f ON f.person_id = m.person_id
             WHERE m.to_day IS NULL AND m.from_day < {dataDay} AND k.row_no IS NULL AND b.row_no IS NULL AND f.row_no IS NULL
               AND m.household_id IN (SELECT household_id FROM {sheet.Resolved} WHERE household_id IS NOT NULL)) m
            """;

    // Refused rows name their household all the same. A village that no row names is not asked about: the file may be of a part of the county.
    private string LackedHouseholds =>
        $"""
            (SELECT h.id FROM households h
             JOIN household_statuses e ON e.household_id = h.id AND e.from_day <= {dataDay} AND (e.to_day IS NULL OR e.to_day > {dataDay})
               AND e.kind IN ({string.Join(", ", Registered.Select(StatusNumber))})
             WHERE h.area_code IN (SELECT area_code FROM {sheet.Resolved} WHERE area_code IS NOT NULL)
               AND h.id NOT IN (SELECT household_id FROM {sheet.Resolved} WHERE household_id IS NOT NULL)
               AND h.id NOT IN (SELECT m.household_id FROM memberships m WHERE m.to_day IS NULL AND m.person_id IN (
                 SELECT person_id FROM {sheet.HeldBack} WHERE person_id IS NOT NULL
                 UNION ALL SELECT person_id FROM {sheet.RefusedMembers} WHERE person_id IS NOT NULL))) x
            """;

    private static readonly string[] Registered = ["remaining", "returned", "exited_on_support", "exited_support_ended"];

    private void CloseAbsentMembers(long changeId)
    {
        if (CloseAbsent && Absent > 0)
            Run(
                $"""
                UPDATE memberships SET to_day = {dataDay}, change_id = {changeId}
                WHERE to_day IS NULL AND (household_id, person_id) IN (SELECT m.household_id, m.person_id FROM {AbsentMembers})
                """
            );
    }

    // The first row about a household or a house states it: of what is left, and of several years the latest.
    private void PointToFirsts()
    {
        PointTo("household_row", Household, IsYearly ? "count(*) > 1" : Missing("household_row"), IsYearly ? "r.year DESC, s.ordinal" : "s.ordinal");
        if (sheet.Kind == SheetKind.MemberChanges)
            PointTo("person_row", Person, Missing("person_row"), "s.ordinal");
        PointToFirstsOfHouses();
        PointToFirstsOfUnits();

        static string Missing(string column) => $"sum(CASE WHEN s.ordinal = s.{column} THEN 1 ELSE 0 END) = 0";
    }

    private void PointToFirstsOfHouses()
    {
        if (Holds("dwelling"))
            PointTo("dwelling_row", House, "count(*) > 1 OR min(s.ordinal) <> min(s.dwelling_row)", "s.ordinal");
    }

    private void PointTo(string column, string same, string having, string order) =>
        Run(
            $"""
            UPDATE {sheet.Resolved} AS k SET {column} = f.first_row FROM (
              SELECT s.row_no, first_value(s.ordinal) OVER (PARTITION BY {same} ORDER BY {order}) AS first_row
              FROM {sheet.Resolved} s JOIN {sheet.Rows} r ON r.row_no = s.row_no
              WHERE {same} IN (SELECT {same} FROM {sheet.Resolved} s WHERE s.{column} IS NOT NULL GROUP BY {same} HAVING {having})) f
            WHERE f.row_no = k.row_no AND k.{column} <> f.first_row
            """
        );
}
