using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Writes a planned tree and moves what hangs on its places with it, in the caller's transaction and as one change: households, members, houses, who is
/// responsible, lists, outlines, and every column of a declared subject that names an area. Statements are of whole tables, whatever the number of households.
/// </summary>
public static class MoveToTree
{
    private const string Moves = "tree_moves";

    /// <param name="change">The open change.</param>
    /// <param name="workDay">Memberships and houses in force on this day say where a person and a house go.</param>
    /// <returns>How many households moved or took another code.</returns>
    public static long Handle(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        PlanTree.Result plan,
        int fromDay,
        int workDay,
        long change
    ) => new Moving(installation, connection, transaction, plan, fromDay, workDay, change).Handle();

    /// <summary>The subjects of the dictionary that a pack declared with tables of their own, and the columns of theirs that name a place.</summary>
    public static IEnumerable<(SubjectType Subject, string Table, IReadOnlyList<string> Ids, bool HasCode)> Declared(
        DbConnection connection,
        Engine engine,
        FactDictionary dictionary
    )
    {
        string[] moved = ["households", "persons", "dwellings", "responsibilities"];
        foreach (var subject in dictionary.Subjects.Values.Where(s => s.Level is null && !moved.Contains(s.Table)))
        {
            var columns = Catalog.Columns(connection, engine, subject.Table);
            var ids = subject
                .Relations.Values.Where(r => r is { Many: false, LinkTable: null, Target.Level: not null } && columns.Contains(r.SourceColumn))
                .Select(r => r.SourceColumn)
                .Where(c => c != "id")
                .Distinct()
                .ToList();
            var code = columns.Contains("area_code");
            if (ids.Count > 0 || code)
                yield return (subject, subject.Table, ids, code);
        }
    }

    private sealed class Moving(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        PlanTree.Result plan,
        int fromDay,
        int workDay,
        long change
    )
    {
        public long Handle()
        {
            WriteTree();
            Fill();
            var moved = MoveHouseholds();
            MoveHouses();
            MovePersons();
            MoveResponsibilities();
            MoveDeclared();
            MoveLists();
            MoveOutlines();
            ForgetJudgement();
            Run($"DROP TABLE {Moves}");
            Run("DROP TABLE household_moves");
            return moved;
        }

        private void WriteTree()
        {
            var ended = plan.Successions.Where(s => s.Ends).ToList();
            var changed = plan.Places.Where(p => p.Changed).ToList();
            // A later tree of these counties, if any, is withdrawn: what holds from now on is this one.
            var counties = string.Join(
                " OR ",
                plan.Counties.Select(c => string.Create(CultureInfo.InvariantCulture, $"code BETWEEN {c} AND {c + 999_999}"))
            );
            Run($"DELETE FROM area_versions WHERE from_day > {fromDay} AND level <= 5 AND ({counties})");
            Run($"UPDATE area_versions SET change_id = {change}, to_day = NULL WHERE to_day > {fromDay} AND level <= 5 AND ({counties})");
            foreach (var part in changed.Where(p => p.Before is not null).Select(p => p.Before!.AreaId).Chunk(500))
                Run(
                    $"UPDATE area_versions SET change_id = {change}, to_day = {fromDay} WHERE to_day IS NULL AND area_id IN ({string.Join(", ", part)})"
                );
            foreach (var of in ended)
                Run(
                    $"UPDATE area_versions SET change_id = {change}, to_day = {fromDay}, successor_id = @heir WHERE to_day IS NULL AND area_id = {of.Before.AreaId}",
                    new { heir = of.Heir?.AreaId }
                );
            var known = connection
                .Query<long>($"SELECT id FROM areas WHERE id IN ({List(changed.Select(p => p.Now.AreaId))})", transaction: transaction)
                .ToHashSet();
            foreach (var place in changed)
                place.Now.ChangeId = change;
            LoadAreas.Add(connection, [.. changed.Select(p => p.Now)], known);
            MoveGroups();
        }

        // A group is coded within its village: it takes the village's new code, or a number within the village that takes it in. One that finds another of its
        // name there becomes one with it.
        private void MoveGroups()
        {
            var going = plan.Successions.Where(s => s.Before.Level == 5).ToDictionary(s => s.Before.AreaId);
            if (going.Count == 0)
                return;
            var groups = connection
                .Query<AreaVersion>(
                    $"SELECT area_id, from_day, to_day, code, name, parent_id, level, kind FROM area_versions WHERE level = 6 AND to_day IS NULL AND parent_id IN ({List(going.Values.SelectMany(s => s.Groups.Select(g => g.Heir.AreaId).Append(s.Heir?.AreaId ?? 0)).Concat(going.Keys))}) ORDER BY code",
                    transaction: transaction
                )
                .ToList();
            var there = groups.Where(g => !going.ContainsKey(g.ParentId!.Value) || Stays(going[g.ParentId.Value], g)).ToList();
            var names = there.GroupBy(g => (g.ParentId!.Value, g.Name)).ToDictionary(g => g.Key, g => g.First().AreaId);
            var numbers = there.GroupBy(g => g.ParentId!.Value).ToDictionary(g => g.Key, g => g.Max(x => x.Code % 1000));
            var (versions, ends, joined) = (new List<AreaVersion>(), new List<long>(), new List<(long From, long Into)>());
            foreach (var group in groups.Where(g => going.ContainsKey(g.ParentId!.Value)))
            {
                var of = going[group.ParentId!.Value];
                var heir = of.Groups.FirstOrDefault(g => g.Group == group.Name).Heir ?? of.Heir;
                if (heir is null || heir.AreaId == of.Before.AreaId && heir.Code == of.Before.Code)
                    continue;
                ends.Add(group.AreaId);
                if (heir.AreaId == of.Before.AreaId)
                    versions.Add(Version(group, heir, group.Code % 1000));
                else if (names.TryGetValue((heir.AreaId, group.Name), out var same))
                    joined.Add((group.AreaId, same));
                else
                {
                    var number = numbers.GetValueOrDefault(heir.AreaId) + 1;
                    if (number > 999)
                        throw new Refusal("areas.too-many-groups", $"'{heir.Name}' would have more than 999 groups");
                    numbers[heir.AreaId] = number;
                    names[(heir.AreaId, group.Name)] = group.AreaId;
                    versions.Add(Version(group, heir, number));
                }
            }
            foreach (var part in ends.Chunk(500))
                Run(
                    $"UPDATE area_versions SET change_id = {change}, to_day = {fromDay} WHERE to_day IS NULL AND area_id IN ({string.Join(", ", part)})"
                );
            foreach (var (from, into) in joined)
            {
                Run($"UPDATE area_versions SET change_id = {change}, successor_id = {into} WHERE to_day = {fromDay} AND area_id = {from}");
                Run($"UPDATE households SET group_id = {into}, change_id = {change} WHERE group_id = {from}");
            }
            LoadAreas.Add(connection, versions, versions.Select(v => v.AreaId).ToHashSet());
        }

        private static bool Stays(PlanTree.Succession of, AreaVersion group) => !of.Ends && of.Groups.All(g => g.Group != group.Name);

        private AreaVersion Version(AreaVersion group, AreaVersion village, long number) =>
            new()
            {
                AreaId = group.AreaId,
                FromDay = fromDay,
                Code = village.Code * 1000 + number,
                Name = group.Name,
                ParentId = village.AreaId,
                Level = 6,
                Kind = 0,
                ChangeId = change,
            };

        // Where the rows of a place go: one row for the place, one more for each group that goes elsewhere.
        private void Fill()
        {
            Run(
                $"CREATE TEMPORARY TABLE {Moves} (old_id {Number} NOT NULL, old_code {Number} NOT NULL, group_name {Text}, new_id {Number} NOT NULL, new_code {Number} NOT NULL)"
            );
            using (
                var rows = RowWriter.Open(
                    connection,
                    Moves,
                    [
                        BulkColumn.Number("old_id"),
                        BulkColumn.Number("old_code"),
                        BulkColumn.Text("group_name"),
                        BulkColumn.Number("new_id"),
                        BulkColumn.Number("new_code"),
                    ]
                )
            )
            {
                void Row(AreaVersion old, string? group, AreaVersion heir)
                {
                    rows.Number(old.AreaId);
                    rows.Number(old.Code);
                    rows.Text(group);
                    rows.Number(heir.AreaId);
                    rows.Number(heir.Code);
                    rows.EndRow();
                }
                foreach (var of in plan.Successions)
                {
                    if (of.Heir is { } heir)
                        Row(of.Before, null, heir);
                    foreach (var (group, to) in of.Groups)
                        Row(of.Before, group, to);
                }
                rows.Complete();
            }
            Run($"CREATE INDEX ix_{Moves} ON {Moves} (old_id)");
            Run(
                $"""
                CREATE TEMPORARY TABLE household_moves AS
                SELECT h.id AS household_id, h.village_id AS old_id, coalesce(g.new_id, m.new_id) AS new_id, coalesce(g.new_code, m.new_code) AS new_code
                FROM households h LEFT JOIN {Moves} m ON m.old_id = h.village_id AND m.group_name IS NULL
                LEFT JOIN {Moves} g ON g.old_id = h.village_id AND g.group_name = h.group_name
                WHERE h.village_id IN (SELECT old_id FROM {Moves})
                  AND (coalesce(g.new_id, m.new_id) <> h.village_id OR coalesce(g.new_code, m.new_code) <> h.area_code)
                """
            );
            Run("CREATE INDEX ix_household_moves ON household_moves (household_id)");
        }

        private long MoveHouseholds()
        {
            Run(
                $"UPDATE households SET change_id = {change}, village_id = m.new_id, area_code = m.new_code FROM household_moves m WHERE m.household_id = households.id"
            );
            Run(
                $"UPDATE households SET change_id = {change}, living_village_id = m.new_id FROM {Moves} m WHERE m.old_id = households.living_village_id AND m.group_name IS NULL AND m.new_id <> m.old_id"
            );
            Run(
                $"UPDATE households SET change_id = {change}, living_village_id = NULL WHERE change_id = {change} AND living_village_id = village_id"
            );
            return connection.Number("SELECT count(*) FROM household_moves", transaction);
        }

        // A house goes with the household that lives in it, else with its village.
        private void MoveHouses()
        {
            string To(string column) =>
                $"""
                    coalesce(
                      (SELECT min(m.new_{column}) FROM residences r JOIN household_moves m ON m.household_id = r.household_id
                       WHERE r.dwelling_id = dwellings.id AND m.old_id = dwellings.village_id AND {Covers("r")}),
                      (SELECT m.new_{column} FROM {Moves} m WHERE m.old_id = dwellings.village_id AND m.group_name IS NULL))
                    """;
            Run(
                $"UPDATE dwellings SET change_id = {change}, village_id = {To("id")}, area_code = {To("code")} WHERE village_id IN (SELECT old_id FROM {Moves} WHERE group_name IS NULL)"
            );
        }

        // A member is where the household is; who belongs to none goes with the code.
        private void MovePersons()
        {
            var home = $"FROM memberships m JOIN households h ON h.id = m.household_id WHERE m.person_id = persons.id AND {Covers("m")}";
            Run(
                $"""
                UPDATE persons SET change_id = {change}, area_code = (SELECT min(h.area_code) {home})
                WHERE id IN (SELECT m.person_id FROM memberships m JOIN household_moves k ON k.household_id = m.household_id WHERE {Covers("m")})
                """
            );
            Run(
                $"""
                UPDATE persons SET change_id = {change}, area_code = m.new_code FROM {Moves} m
                WHERE m.old_code = persons.area_code AND m.group_name IS NULL AND m.new_code <> m.old_code AND persons.change_id <> {change}
                  AND NOT EXISTS (SELECT 1 FROM memberships k WHERE k.person_id = persons.id AND {Covers("k")})
                """
            );
        }

        // Whoever was responsible for a place that ended is so for the one that took it in.
        private void MoveResponsibilities()
        {
            foreach (var of in plan.Successions.Where(s => s is { Ends: true, Heir: not null }))
            {
                var open = $"area_id = {of.Before.AreaId} AND to_day IS NULL";
                Run($"UPDATE responsibilities SET area_id = {of.Heir!.AreaId}, change_id = {change} WHERE {open} AND from_day >= {fromDay}");
                var count = connection.Number($"SELECT count(*) FROM responsibilities WHERE {open}", transaction);
                if (count == 0)
                    continue;
                var key = Keys.Take(connection, transaction, "responsibilities", of.Heir.Code / 1_000_000, count);
                var columns = Catalog.Columns(connection, installation.Store.Engine, "responsibilities");
                var values = columns.Select(c =>
                    c switch
                    {
                        "id" => string.Create(CultureInfo.InvariantCulture, $"{key} + row_number() OVER (ORDER BY id) - 1"),
                        "area_id" => of.Heir.AreaId.ToString(CultureInfo.InvariantCulture),
                        "from_day" => fromDay.ToString(CultureInfo.InvariantCulture),
                        "change_id" => change.ToString(CultureInfo.InvariantCulture),
                        _ => c,
                    }
                );
                Run(
                    $"INSERT INTO responsibilities ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM responsibilities WHERE {open}"
                );
                Run($"UPDATE responsibilities SET to_day = {fromDay}, change_id = {change} WHERE {open}");
            }
        }

        // Subjects that packs declare: whose row leads to a household or a village is where that is, the others go with the code.
        private void MoveDeclared()
        {
            foreach (var (subject, table, ids, hasCode) in Declared(connection, installation.Store.Engine, installation.Packs.Dictionary))
            {
                foreach (var id in ids)
                    Run(
                        $"UPDATE {table} SET change_id = {change}, {id} = m.new_id FROM {Moves} m WHERE m.old_id = {table}.{id} AND m.group_name IS NULL AND m.new_id <> m.old_id"
                    );
                if (!hasCode)
                    continue;
                var household = subject.Relations.Values.FirstOrDefault(r =>
                    r is { Many: false, LinkTable: null, Target.Table: "households" } && r.SourceColumn != "id"
                );
                var place = household is null
                    ? $"(SELECT m.new_code FROM {Moves} m WHERE m.old_code = {table}.area_code AND m.group_name IS NULL)"
                    : $"coalesce((SELECT k.new_code FROM household_moves k WHERE k.household_id = {table}.{household.SourceColumn}), (SELECT m.new_code FROM {Moves} m WHERE m.old_code = {table}.area_code AND m.group_name IS NULL AND {table}.{household.SourceColumn} IS NULL))";
                Run(
                    $"UPDATE {table} SET change_id = {change}, area_code = {place} WHERE area_code IN (SELECT old_code FROM {Moves}) AND {place} <> area_code"
                );
            }
        }

        // Lists that have ended stay readable to those who hold the place now; open ones of a place that ends were refused before. A clue without a household is
        // of the place it was given for.
        private void MoveLists()
        {
            foreach (var table in new[] { "subject_lists", "list_subjects", "clues", "discipline_clues" })
                Run(
                    $"""
                    UPDATE {table} SET change_id = {change}, area_code = m.new_code FROM {Moves} m
                    WHERE m.old_code = {table}.area_code AND m.group_name IS NULL AND m.new_code <> m.old_code
                    """
                );
        }

        private void MoveOutlines()
        {
            var shapes = connection
                .Query<(long Code, string Shape)>(
                    $"SELECT area_code, shape FROM area_boundaries WHERE area_code IN (SELECT old_code FROM {Moves})",
                    transaction: transaction
                )
                .ToList();
            foreach (var (code, _) in shapes)
                Run("DELETE FROM area_boundaries WHERE area_code = @code", new { code });
            // An outline is of one place: it stays with the one that goes on, whatever its code.
            foreach (var (code, shape) in shapes)
                if (plan.Places.FirstOrDefault(p => p.Before?.Code == code)?.Now.Code is { } now)
                    Run(
                        "INSERT INTO area_boundaries (area_code, shape, change_id) VALUES (@now, @shape, @change)",
                        new
                        {
                            now,
                            shape,
                            change,
                        }
                    );
        }

        private void ForgetJudgement()
        {
            var gone = List(plan.Successions.Where(s => s.Ends).Select(s => s.Before.AreaId));
            Run($"DELETE FROM verdicts WHERE subject_id IN ({gone})");
            Run($"DELETE FROM tallies WHERE area_id IN ({gone})");
        }

        private string Number => installation.Store.IsSqlite ? "INTEGER" : "bigint";
        private string Text => installation.Store.IsSqlite ? "TEXT" : "text COLLATE \"C\"";

        private string Covers(string alias) =>
            string.Create(CultureInfo.InvariantCulture, $"{alias}.from_day <= {workDay} AND ({alias}.to_day IS NULL OR {alias}.to_day > {workDay})");

        private static string List(IEnumerable<long> ids) => string.Join(", ", ids.Append(0L).Distinct());

        private void Run(string sql, object? parameters = null) => connection.Execute(sql, transaction, parameters);
    }
}
