using System.Data.Common;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

/// <summary>
/// How the staged rows of one file come into the registry: which households, persons, dwellings... they mean (<see cref="Resolve"/>), what they would
/// change (<see cref="Compare"/>), and the change itself (<see cref="Apply"/>). Built from what the file states, not from its kind: the same steps serve
/// the national export, a department's list and a sheet of a pack's own.
/// </summary>
public sealed partial class MergePlan
{
    private readonly DbConnection connection;
    private readonly FactDictionary dictionary;
    private readonly StagedSheet sheet;
    private readonly int dataDay;
    private readonly string author;
    private readonly List<MergeStep> steps = [];

    private MergePlan(DbConnection connection, FactDictionary dictionary, StagedSheet sheet, int dataDay, string author)
    {
        (this.connection, this.dictionary, this.sheet, this.dataDay, this.author) = (connection, dictionary, sheet, dataDay, author);
        Build();
        sheet.AddFlags(steps.Select(s => s.Flag));
    }

    private Engine Engine => sheet.Engine;
    private string Staging => sheet.Table;
    private bool MakesHouseholds => sheet.Kind is SheetKind.Persons or SheetKind.Households or SheetKind.UnregisteredHouseholds;

    private bool MakesPersons => sheet.Kind is SheetKind.Persons or SheetKind.MemberChanges;

    public static MergePlan For(DbConnection connection, FactDictionary dictionary, StagedSheet sheet, int dataDay, string author) =>
        new(connection, dictionary, sheet, dataDay, author);

    /// <summary>Finds what the rows mean among what is held, without a write lock: only the staging table is written.</summary>
    public void Resolve(DbTransaction? transaction)
    {
        Index();
        Run($"UPDATE {Staging} SET household_id = NULL, person_id = NULL, household_is_new = NULL", transaction);
        if (sheet.Has("household_no") || sheet.Has("household_provisional_no"))
            ResolveHouseholds(transaction);
        Run(
            $"UPDATE {Staging} AS s SET area_code = h.area_code, village_id = coalesce(s.village_id, h.village_id) FROM households h WHERE h.id = s.household_id AND s.area_code IS NULL",
            transaction
        );
        if (sheet.Has("person_no") && !MakesPersons)
            Run($"UPDATE {Staging} AS s SET person_id = p.id FROM persons p WHERE p.national_no = s.person_no", transaction);
        if (MakesPersons)
            ResolvePersons(transaction);
        if (sheet.Has("dwelling_no") || Holds("dwelling"))
            ResolveDwellings(transaction);
        if (Holds("measure"))
            Run($"UPDATE {Staging} SET from_day = coalesce(from_day, year * 10000 + 101)", transaction);
        if (Holds("measure"))
            Run(
                $"""
                UPDATE {Staging} AS s SET measure_id = m.id FROM measures m
                WHERE m.household_id = s.household_id AND m.from_day = s.from_day AND m.kind = s.{sheet.Facts[Fact("measure", "kind")]}
                  AND m.person_id {Same} s.person_id
                """,
                transaction
            );
        ResolveDeclared(transaction);
        if (Holds("household_status"))
            ResolveStatuses(transaction);
        if (sheet.Has("unit_name"))
            ResolveResponsibilities(transaction);
    }

    /// <summary>What the file would do, table by table.</summary>
    public IReadOnlyList<(string Table, MergeCounts Counts)> Compare(DbTransaction? transaction)
    {
        ForgetDisputes(transaction);
        var tables = steps.Select(s => (s.Table, Settle(s, s.Compare(connection, Engine, Staging, transaction), transaction))).ToList();
        if (disputing)
            tables.Add(("statements", CountDisputes(transaction)));
        return tables;
    }

    /// <summary>
    /// Rows whose number is held for another identity: the same national number with another ID number, or the same ID number under another national number.
    /// </summary>
    public long Conflicts(DbTransaction? transaction)
    {
        if (!MakesPersons || !sheet.Facts.ContainsKey(Fact("person", "id_index")))
            return 0;
        var index = sheet.Facts[Fact("person", "id_index")];
        return connection.Number(
                $"""
                SELECT count(*) FROM {Staging} s WHERE s.person_id IS NOT NULL AND EXISTS (
                  SELECT 1 FROM persons p WHERE p.id = s.person_id AND p.id_index <> s.{index} AND p.name <> s.person_name)
                """,
                transaction
            )
            + connection.Number(
                $"SELECT count(*) FROM {Staging} s WHERE s.person_id IS NULL AND s.{index} IN (SELECT p.id_index FROM persons p WHERE p.id_index IS NOT NULL)",
                transaction
            );
    }

    /// <summary>Rows about a household or person that we do not hold, in a sheet that only adds to those we hold.</summary>
    public IReadOnlyList<long> Unmatched(DbTransaction? transaction)
    {
        var unknown = new List<string>();
        if (!MakesHouseholds && (sheet.Has("household_no") || sheet.Has("household_provisional_no")))
            unknown.Add("household_id IS NULL AND coalesce(household_no, household_provisional_no) IS NOT NULL");
        if (!MakesPersons && sheet.Has("person_no"))
            unknown.Add("person_id IS NULL AND person_no IS NOT NULL");
        return unknown.Count == 0
            ? []
            :
            [
                .. Dapper.SqlMapper.Query<long>(
                    connection,
                    $"SELECT row_no FROM {Staging} WHERE {string.Join(" OR ", unknown)} ORDER BY row_no",
                    transaction: transaction
                ),
            ];
    }

    /// <summary>Gives new things their keys, then changes the registry. Runs in the write transaction of the change.</summary>
    public void Apply(long changeId, DbTransaction transaction)
    {
        AssignKeys(transaction);
        InsertUnitsAndPosts(changeId, transaction);
        MovePersons(changeId, transaction);
        DropUndatedMemberships(transaction);
        CloseStatuses(changeId, transaction);
        CloseResidences(changeId, transaction);
        foreach (var step in steps)
            step.Apply(connection, Engine, Staging, changeId, transaction);
        InsertEarlierStatuses(changeId, transaction);
        WriteStatements(changeId, transaction);
    }

    /// <summary>After <see cref="Compare"/>: queries that list (row, table, column, ours, theirs) for what is new or differs.</summary>
    public IEnumerable<string> Differences()
    {
        foreach (var step in steps)
        {
            yield return $"SELECT s.row_no, '{step.Table}', '(new)', '', '' FROM {Staging} s WHERE s.{step.Flag} = 2 ORDER BY s.row_no";
            var match = string.Join(" AND ", step.Key.Select(k => $"t.{k.Column} = s.{k.Source}"));
            var differs = Engine == Engine.Sqlite ? "IS NOT" : "IS DISTINCT FROM";
            foreach (var column in step.Columns.Where(c => c.Compared && !c.Name.EndsWith("_index", StringComparison.Ordinal)))
                yield return $"""
                    SELECT s.row_no, '{step.Table}', '{column.Name}', CAST(t.{column.Name} AS text), CAST(s.{column.Source} AS text)
                    FROM {Staging} s JOIN {step.Table} t ON {match} WHERE s.{step.Flag} = 1 AND t.{column.Name} {differs} s.{column.Source} ORDER BY s.row_no
                    """;
        }
    }

    private void Index()
    {
        foreach (
            var column in new[] { "household_no", "person_no", "household_id", "person_id" }.Where(c =>
                c.EndsWith("_id", StringComparison.Ordinal) || sheet.Has(c)
            )
        )
            Run(
                Engine == Engine.Sqlite
                    ? $"CREATE INDEX IF NOT EXISTS staging.ix_{column} ON rows ({column})"
                    : $"CREATE INDEX IF NOT EXISTS {Staging.Replace("staging.", "ix_", StringComparison.Ordinal)}_{column} ON {Staging} ({column})",
                null
            );
    }

    private void ResolveHouseholds(DbTransaction? transaction)
    {
        if (sheet.Has("household_no"))
        {
            Run($"UPDATE {Staging} AS s SET household_id = h.id FROM households h WHERE h.national_no = s.household_no", transaction);
            // A sheet with one number column holds the provisional numbers of households that have no national one.
            Run(
                $"""
                UPDATE {Staging} AS s SET household_id = h.id, household_provisional_no = s.household_no, household_no = NULL FROM households h
                WHERE s.household_id IS NULL AND h.provisional_no = s.household_no
                """,
                transaction
            );
        }
        Run(
            $"UPDATE {Staging} AS s SET household_id = h.id FROM households h WHERE s.household_id IS NULL AND h.provisional_no = s.household_provisional_no",
            transaction
        );
        // A number that the file does not state stays as it is.
        Run(
            $"""
            UPDATE {Staging} AS s SET household_no = coalesce(s.household_no, h.national_no), household_provisional_no = coalesce(s.household_provisional_no, h.provisional_no)
            FROM households h WHERE h.id = s.household_id AND (s.household_no IS NULL OR s.household_provisional_no IS NULL)
            """,
            transaction
        );
        Run($"UPDATE {Staging} SET household_is_new = 1 WHERE household_id IS NULL", transaction);
    }

    private void ResolvePersons(DbTransaction? transaction)
    {
        if (sheet.Has("person_no"))
            Run($"UPDATE {Staging} AS s SET person_id = p.id FROM persons p WHERE p.national_no = s.person_no", transaction);
        if (sheet.Has("person_no") || sheet.Has("person_provisional_no"))
            Run(
                $"UPDATE {Staging} AS s SET person_id = p.id FROM persons p WHERE s.person_id IS NULL AND p.provisional_no = s.person_provisional_no",
                transaction
            );
        // A number that is new to us may be the one a member held under a provisional number was waiting for; a row without number may be one we hold.
        if (sheet.Facts.TryGetValue(Fact("person", "id_index"), out var index))
            MatchMembers($"(p.national_no IS NULL OR s.person_no IS NULL) AND p.id_index = s.{index}", transaction);
        if (sheet.Facts.TryGetValue(Fact("person", "birth"), out var birth))
            MatchMembers(
                $"(p.national_no IS NULL OR s.person_no IS NULL) AND {(index is null ? "TRUE" : $"p.id_index IS NULL AND s.{index} IS NULL")} AND p.name = s.person_name AND p.birth = s.{birth}",
                transaction
            );
        // A number that the file does not state stays as it is.
        Run(
            $"""
            UPDATE {Staging} AS s SET person_no = coalesce(s.person_no, p.national_no), person_provisional_no = coalesce(s.person_provisional_no, p.provisional_no)
            FROM persons p WHERE p.id = s.person_id AND (s.person_no IS NULL OR p.provisional_no IS NOT NULL)
            """,
            transaction
        );
        Run(
            $"""
            UPDATE {Staging} AS s SET membership_from = m.from_day FROM memberships m
            WHERE m.person_id = s.person_id AND m.household_id = s.household_id AND m.to_day IS NULL
            """,
            transaction
        );
        if (sheet.Has("from_day"))
            MembershipsStated(transaction);
        // The beginning of a first load is not stated: it holds from before our record. A member who appears in a household whose members we know joined by the
        // data date.
        Run(
            $"""
            UPDATE {Staging} AS s SET membership_from = CASE
              WHEN household_is_new = 1 OR NOT EXISTS (SELECT 1 FROM memberships m WHERE m.household_id = s.household_id) THEN {Days.Beginning} ELSE {dataDay} END
            WHERE membership_from IS NULL
            """,
            transaction
        );
    }

    private void MatchMembers(string condition, DbTransaction? transaction) =>
        Run(
            $"""
            UPDATE {Staging} AS s SET person_id = p.id FROM memberships m JOIN persons p ON p.id = m.person_id
            WHERE s.person_id IS NULL AND m.household_id = s.household_id AND {(
                sheet.Kind == SheetKind.MemberChanges ? "TRUE" : "m.to_day IS NULL"
            )} AND {condition}
            """,
            transaction
        );

    private void ResolveDwellings(DbTransaction? transaction)
    {
        Run($"UPDATE {Staging} SET dwelling_id = NULL, residence_from = NULL", transaction);
        if (sheet.Has("dwelling_no"))
            Run($"UPDATE {Staging} AS s SET dwelling_id = d.id FROM dwellings d WHERE d.number = s.dwelling_no", transaction);
        // A row that states no number, or a number for a house that had none, is about the house lived in; any other unknown number is another house.
        Run(
            $"""
            UPDATE {Staging} AS s SET dwelling_id = r.dwelling_id FROM residences r JOIN dwellings d ON d.id = r.dwelling_id
            WHERE r.household_id = s.household_id AND r.to_day IS NULL AND s.dwelling_id IS NULL AND (s.dwelling_no IS NULL OR d.number IS NULL)
            """,
            transaction
        );
        Run(
            $"""
            UPDATE {Staging} AS s SET residence_from = r.from_day FROM residences r
            WHERE r.household_id = s.household_id AND r.to_day IS NULL AND r.dwelling_id = s.dwelling_id
            """,
            transaction
        );
        // Who lived elsewhere has moved by the data date unless the file states the day.
        Run(
            $"""
            UPDATE {Staging} AS s SET residence_from = coalesce(s.from_day, CASE
              WHEN EXISTS (SELECT 1 FROM residences r WHERE r.household_id = s.household_id) THEN {dataDay} ELSE {Days.Beginning} END)
            WHERE residence_from IS NULL
            """,
            transaction
        );
    }

    // A household that is found in another house has left the old one.
    private void CloseResidences(long changeId, DbTransaction transaction)
    {
        if (Holds("dwelling"))
            Run(
                $"""
                UPDATE residences SET to_day = s.residence_from, change_id = {changeId} FROM {Staging} s
                WHERE s.f_residences = 2 AND residences.household_id = s.household_id AND residences.to_day IS NULL
                  AND residences.dwelling_id <> s.dwelling_id AND residences.from_day < s.residence_from
                """,
                transaction
            );
    }

    private void AssignKeys(DbTransaction transaction)
    {
        if (MakesHouseholds)
            Keys.Assign(connection, transaction, Staging, "households", "household_id", "coalesce(household_no, household_provisional_no)");
        if (MakesPersons)
            Keys.Assign(connection, transaction, Staging, "persons", "person_id", "coalesce(person_no, person_provisional_no, CAST(row_no AS text))");
        // A member without a national number has ours until it arrives.
        if (MakesPersons)
            Run(
                $"UPDATE {Staging} SET person_provisional_no = 'P' || person_id WHERE person_no IS NULL AND person_provisional_no IS NULL AND person_id IS NOT NULL",
                transaction
            );
        if (Holds("dwelling"))
            Keys.Assign(
                connection,
                transaction,
                Staging,
                "dwellings",
                "dwelling_id",
                "coalesce(dwelling_no, household_no, household_provisional_no)"
            );
        if (Holds("measure"))
            Keys.Assign(connection, transaction, Staging, "measures", "measure_id", "row_no");
        AssignDeclared(transaction);
        if (Holds("household_status"))
            Keys.Assign(connection, transaction, Staging, "household_statuses", "status_id", "row_no");
    }

    // A person who turns up in another household has left the old one by the data date.
    private void MovePersons(long changeId, DbTransaction transaction)
    {
        if (MakesPersons)
            Run(
                $"""
                UPDATE memberships SET to_day = {dataDay}, change_id = {changeId} WHERE to_day IS NULL
                  AND person_id IN (SELECT n.person_id FROM {Staging} n WHERE n.f_memberships = 2)
                  AND EXISTS (SELECT 1 FROM {Staging} s WHERE s.f_memberships = 2 AND s.to_day IS NULL AND s.person_id = memberships.person_id AND s.household_id <> memberships.household_id)
                """,
                transaction
            );
    }

    private string Same => Engine == Engine.Sqlite ? "IS" : "IS NOT DISTINCT FROM";

    private bool Holds(string subject) => sheet.Facts.Keys.Any(f => f.Subject.Name == subject);

    private Fact Fact(string subject, string name) => dictionary[subject].Facts[name];

    private void Run(string sql, DbTransaction? transaction) => connection.Execute(sql, transaction);
}

/// <summary>Days with a meaning of their own.</summary>
public static class Days
{
    /// <summary>"From before our record": the day an episode begins whose beginning nobody stated.</summary>
    public const int Beginning = 1800_01_01;
}
