using System.Data.Common;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

/// <summary>
/// How the staged rows of one file come into the registry: which households, persons, dwellings... they mean (<see cref="Resolve"/>), what they would
/// change (<see cref="Compare"/>), and the change itself (<see cref="Apply"/>). Built from what the file states, not from its kind: the same steps serve
/// the national export, a department's list and a sheet of a pack's own. Each part of this class is about one kind of subject.
/// </summary>
public sealed partial class MergePlan
{
    private readonly DbConnection connection;
    private readonly FactDictionary dictionary;
    private readonly StagedSheet sheet;
    private readonly int dataDay;
    private readonly string author;
    private readonly List<MergeStep> steps = [];

    // All statements of a call run in the transaction it was given.
    private DbTransaction? transaction;

    private MergePlan(DbConnection connection, FactDictionary dictionary, StagedSheet sheet, int dataDay, string author)
    {
        (this.connection, this.dictionary, this.sheet, this.dataDay, this.author) = (connection, dictionary, sheet, dataDay, author);
        HouseholdSteps();
        PersonSteps();
        YearSteps();
        DwellingSteps();
        StatusSteps();
        MeasureSteps();
        DeclaredSteps();
        ResponsibilitySteps();
    }

    private Engine Engine => sheet.Engine;
    private bool MakesHouseholds => sheet.Kind is SheetKind.Persons or SheetKind.Households or SheetKind.UnregisteredHouseholds;
    private bool MakesPersons => sheet.Kind is SheetKind.Persons or SheetKind.MemberChanges;
    private bool NamesHouseholds => sheet.Has("household_no") || sheet.Has("household_provisional_no");

    /// <param name="within">Areas whose rows may be loaded; null when all may.</param>
    public static MergePlan For(
        DbConnection connection,
        FactDictionary dictionary,
        StagedSheet sheet,
        int dataDay,
        string author,
        IReadOnlyList<AreaRange>? within,
        bool acceptConflicts,
        bool closeAbsent,
        bool onlyCompared
    ) =>
        new(connection, dictionary, sheet, dataDay, author)
        {
            Within = within,
            AcceptConflicts = acceptConflicts,
            CloseAbsent = closeAbsent,
            OnlyCompared = onlyCompared,
        };

    /// <summary>Finds what the rows mean among what is held, without a write lock: only staging tables are written.</summary>
    public void Resolve(DbTransaction? within)
    {
        transaction = within;
        ResolveNumbers();
        MatchHeads();
        ResolveGroups();
        if (MakesPersons)
            ResolveMembers();
        if (Holds("dwelling"))
            ResolveDwellings();
        if (Holds("household_status"))
            ResolveStatuses();
        if (Holds("measure"))
            ResolveMeasures();
        ResolveDeclared();
        if (sheet.Has("unit_name"))
            ResolveResponsibilities();
        Analyze(sheet.Resolved);
        SetAside();
    }

    /// <summary>What the file would do, table by table. Rows that would overwrite what newer data stated are held back as well.</summary>
    public IReadOnlyList<(string Table, MergeCounts Counts)> Compare(DbTransaction? within)
    {
        transaction = within;
        List<(string Table, MergeCounts Counts)> tables;
        do
        {
            ForgetDisputes();
            tables = [.. steps.Select(s => (s.Table, CountEnded(s, Settle(s, s.Compare(connection, sheet, transaction)))))];
        } while (HoldBackOlderFacts(tables));
        if (disputing)
            tables.Add(("statements", CountDisputes()));
        Analyze(sheet.Decided);
        return tables;
    }

    /// <summary>Gives new things their keys, then changes the registry. Runs in the write transaction of the change.</summary>
    public void Apply(long changeId, DbTransaction within)
    {
        transaction = within;
        Keys.Assign(connection, within, sheet.Resolved, [.. NewKeys()]);
        ShareKeys();
        CreateGroups(changeId);
        EndPairings(changeId);
        MovePersons(changeId);
        DropUndatedMemberships();
        CorrectStatuses(changeId);
        CloseStatuses(changeId);
        CloseResidences(changeId);
        CloseAbsentMembers(changeId);
        foreach (var step in steps)
            step.Apply(connection, sheet, changeId, within);
        InsertEarlierStatuses(changeId);
        WriteStatements(changeId);
    }

    /// <summary>After <see cref="Compare"/>: queries that list (row, table, column, ours, theirs) for what is new or differs.</summary>
    public IEnumerable<string> Differences()
    {
        foreach (var step in steps)
        {
            yield return $"SELECT d.row_no, '{step.Table}', '(new)', '', '' FROM {sheet.Decided} d WHERE d.step = {step.Number} AND d.is_new = 1 ORDER BY d.row_no";
            foreach (var column in step.Columns.Where(c => c.Compared && !c.Name.EndsWith("_index", StringComparison.Ordinal)))
                yield return $"""
                    SELECT s.row_no, '{step.Table}', '{column.Name}', CAST(t.{column.Name} AS text), CAST(s.{column.Source} AS text)
                    FROM {step.Table} t, {step.Changed(sheet)} AND {step.Match("t")} AND {MergeStep.Differs(Engine, column, "t")} ORDER BY s.row_no
                    """;
        }
        if (EndsPairings)
            yield return $"SELECT 0, 'responsibilities', '(ended)', (SELECT p.holder_name FROM posts p WHERE p.id = responsibilities.post_id), '' FROM responsibilities WHERE {EndedPairings} ORDER BY id";
        if (ListsMembers)
            yield return $"""
                SELECT '', 'memberships', '(absent)', coalesce(h.national_no, h.provisional_no, '') || ' ' || coalesce(p.national_no, p.provisional_no, '') || ' ' || p.name, ''
                FROM {AbsentMembers} JOIN households h ON h.id = m.household_id JOIN persons p ON p.id = m.person_id ORDER BY h.id, p.id
                """;
        if (ListsMembers)
            yield return $"""
                SELECT '', 'households', '(absent)', coalesce(h.national_no, h.provisional_no, '') || ' ' || coalesce(h.head_name, ''), ''
                FROM {LackedHouseholds} JOIN households h ON h.id = x.id ORDER BY h.id
                """;
    }

    // Who the numbers of a row mean, where it lies and from when it holds: one pass.
    private void ResolveNumbers()
    {
        Analyze(sheet.Rows);
        Run($"DELETE FROM {sheet.Resolved}");
        var joins = "";
        var (household, byProvisional, village, area, person) = ("NULL", "NULL", "s.village_id", "s.area_code", "NULL");
        if (NamesHouseholds)
        {
            // A sheet with one number column holds the provisional numbers of households that have no national one.
            joins += """

                LEFT JOIN households h ON h.national_no = s.household_no
                LEFT JOIN households q ON q.provisional_no = CASE WHEN h.id IS NULL THEN coalesce(s.household_provisional_no, s.household_no) END
                """;
            household = "coalesce(h.id, q.id)";
            byProvisional = "CASE WHEN q.id IS NOT NULL AND s.household_provisional_no IS NULL THEN 1 END";
            village = "CASE WHEN s.area_code IS NULL THEN coalesce(s.village_id, h.village_id, q.village_id) ELSE s.village_id END";
            area = "s.area_code, h.area_code, q.area_code";
        }
        if (sheet.Has("person_no") || sheet.Has("person_provisional_no"))
        {
            joins += """

                LEFT JOIN persons p ON p.national_no = s.person_no
                LEFT JOIN persons o ON o.provisional_no = CASE WHEN p.id IS NULL THEN s.person_provisional_no END
                """;
            person = "coalesce(p.id, o.id)";
            area += ", p.area_code, o.area_code";
        }
        var from =
            Holds("measure") ? "coalesce(s.from_day, s.year * 10000 + 101)"
            : sheet.Has("unit_name") ? $"coalesce(s.from_day, {Days.Beginning})"
            : "s.from_day";
        // The members of a household that is new to us hold from before our record.
        var membership = MakesPersons && NamesHouseholds ? $"CASE WHEN {household} IS NULL THEN coalesce(s.from_day, {Days.Beginning}) END" : "NULL";
        Run(
            $"""
            INSERT INTO {sheet.Resolved} (row_no, ordinal, household_row, person_row, dwelling_row, unit_row, post_row, household_id, by_provisional_no, village_id, area_code, person_id,
              from_day, role, membership_from)
            SELECT s.row_no, s.ordinal, s.household_row, s.person_row, s.dwelling_row, s.unit_row, s.post_row, {Number(household)}, {Number(
                byProvisional
            )}, {village},
              coalesce({area}, NULL), {Number(person)}, {from}, {(sheet.Has("unit_name") ? Role : "NULL")}, {Number(membership)}
            FROM {sheet.Rows} s{joins}
            """
        );
        if (IsYearly)
            PointToFirsts();

        static string Number(string value) => value == "NULL" ? "CAST(NULL AS integer)" : value;
    }

    private IEnumerable<NewKey> NewKeys()
    {
        if (MakesHouseholds)
            yield return new("households", "household_id", "household_row");
        if (MakesPersons)
            yield return new("persons", "person_id", "person_row");
        if (Holds("dwelling"))
            yield return new("dwellings", "dwelling_id", "dwelling_row");
        if (Holds("measure"))
            yield return new("measures", "measure_id");
        if (Declared is { } subject)
            yield return new(subject.Table, "declared_id");
        if (Holds("household_status"))
            yield return new("household_statuses", "status_id");
        if (sheet.Has("unit_name"))
        {
            yield return new("units", "unit_id", "unit_row");
            yield return new("posts", "post_id", "post_row");
            yield return new("responsibilities", "responsibility_id");
        }
    }

    private void YearSteps()
    {
        Yearly("household_years", "household_id", "household_id", MakesPersons ? $"{HouseholdKnown} AND {FirstOfHousehold}" : HouseholdKnown);
        Yearly("person_years", "person_id", "person_id", MakesPersons ? "s.village_id IS NOT NULL" : "s.person_id IS NOT NULL");
        foreach (var table in new[] { "village_years", "township_years", "county_years" })
            Yearly(table, "area_id", "area_id", "s.area_id IS NOT NULL");
    }

    private void Yearly(string table, string key, string source, string where)
    {
        if (FactsOn(table) is { Count: > 0 } columns && sheet.Has("year"))
            Step(table, where + " AND s.year IS NOT NULL", [(key, source), ("year", "year")], columns);
    }

    private void MeasureSteps()
    {
        if (Holds("measure"))
            Step(
                "measures",
                "s.household_id IS NOT NULL AND s.from_day IS NOT NULL",
                [("id", "measure_id")],
                [
                    new("household_id", "household_id"),
                    new("person_id", "person_id"),
                    new("from_day", "from_day"),
                    new("to_day", "to_day"),
                    .. StatedYear("measure"),
                    .. FactsOn("measures"),
                ]
            );
    }

    // The year a row states, where the dictionary keeps one: 年度 of a measure need not be that of its first day.
    private IEnumerable<MergeColumn> StatedYear(string subject) =>
        sheet.StatesYear && dictionary[subject].Facts.TryGetValue("year", out var year) && !sheet.Facts.ContainsKey(year)
            ? [new("year", "year")]
            : [];

    // The same household, person, kind and first day, and the same words where the sheet says what it was, are the same measure.
    private void ResolveMeasures()
    {
        var item = sheet.Facts.TryGetValue(Fact("measure", "item"), out var words) ? $" AND m.item {Same} s.{words}" : "";
        Update(
            "measure_id = m.id",
            "measures m",
            $"m.household_id = k.household_id AND m.from_day = k.from_day AND m.kind = s.{Staged("measure", "kind")} AND m.person_id {Same} k.person_id{item}"
        );
    }

    private void Step(string table, string where, IReadOnlyList<(string, string)> key, IReadOnlyList<MergeColumn> columns, string known = "TRUE") =>
        steps.Add(new MergeStep(steps.Count, table, key, columns, where) { Known = known });

    private MergeStep StepOf(string table) => steps.First(s => s.Table == table);

    // from_day and to_day are structural where the table has them: never written twice.
    private IReadOnlyList<MergeColumn> FactsOn(string table) =>
        [
            .. sheet
                .Facts.Where(f => FactTables.TableOf(dictionary, f.Key) == table)
                .Where(f => f.Key.Column is not ("from_day" or "to_day" or "national_no" or "provisional_no" or "head_name" or "name" or "number"))
                .Select(f => new MergeColumn(f.Key.Column, f.Value) { Erases = sheet.Erasing.Contains(f.Value) }),
        ];

    /// <summary>Sets columns of resolved rows k from their stated values s and other tables.</summary>
    private void Update(string set, string from, string where) =>
        Run($"UPDATE {sheet.Resolved} AS k SET {set} FROM {sheet.Rows} s, {from} WHERE s.row_no = k.row_no AND {where}");

    private string Same => Engine == Engine.Sqlite ? "IS" : "IS NOT DISTINCT FROM";

    private bool Holds(string subject) => sheet.Facts.Keys.Any(f => f.Subject.Name == subject);

    private Fact Fact(string subject, string name) => dictionary[subject].Facts[name];

    private string Staged(string subject, string name) => sheet.Facts[Fact(subject, name)];

    private int Run(string sql) => connection.Execute(sql, transaction);

    private long Count(string from) => connection.Number($"SELECT count(*) FROM {from}", transaction);

    private List<int> RowNumbers(string from) =>
        [
            .. connection
                .Query<long>($"SELECT s.row_no FROM {from} ORDER BY s.row_no", transaction: transaction, commandTimeout: 0)
                .Select(r => (int)r),
        ];

    // PostgreSQL plans for what it has counted; tables that were filled a moment ago count as empty.
    private void Analyze(string table)
    {
        if (Engine == Engine.PostgreSql)
            Run($"ANALYZE {table}");
    }
}

/// <summary>Days with a meaning of their own.</summary>
public static class Days
{
    /// <summary>"From before our record": the day an episode begins whose beginning nobody stated.</summary>
    public const int Beginning = 1800_01_01;
}
