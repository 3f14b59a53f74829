using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Demo;

/// <summary>
/// Puts known faults into a demo that has none, each into a household of its own, as a record that an older system left behind (no file could bring most of
/// them: the import refuses them), and says where they are. The faults are data (packs/demo/faults).
/// </summary>
public static class PlantFaults
{
    /// <param name="Number">Number of the household, code of the village.</param>
    public sealed record Fault(string Check, string Subject, long SubjectId, string Number);

    /// <summary>Plants every fault there is a recipe for, judges again, and returns what must be found.</summary>
    /// <param name="spared">Numbers of households that have a fault already.</param>
    /// <exception cref="InvalidOperationException">The population is too small for one of them.</exception>
    public static IReadOnlyList<Fault> Handle(Installation installation, IEnumerable<string>? spared = null)
    {
        var faults = new List<Fault>();
        using var connection = installation.Store.Open();
        var recipes = Recipes(installation, connection);
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "planted faults",
            "village",
            DayNumber.Of(installation.WorkDate)
        );
        var used = Held(connection, transaction, spared ?? []);
        var villages = recipes.All.Any(r => r.Of == "village") ? Villages(connection, transaction, installation.WorkDate) : [];
        var key = connection.Number("SELECT max(id) FROM persons", transaction) + 1_000_000;
        foreach (var (i, recipe) in recipes.All.Index())
        {
            var subject = recipe.Of == "village" ? villages[i % villages.Count] : Pick(connection, transaction, recipes, recipe, used);
            used.Add(subject.Household);
            key += recipe.Do.Count;
            var at = key;
            string Told(string sql) =>
                sql.Replace("{h}", $"{subject.Household}", StringComparison.Ordinal)
                    .Replace("{p}", $"{subject.Person}", StringComparison.Ordinal)
                    .Replace("{key}", $"{at}", StringComparison.Ordinal)
                    .Replace("{change}", $"{change}", StringComparison.Ordinal);
            foreach (var act in recipe.Do)
            {
                connection.Execute(Told(recipes.Statement(act)), transaction: transaction);
                if (!recipe.New)
                    at++;
            }
            key = Math.Max(key, at);
            var id =
                recipe.New ? at
                : recipe.Of == "person" ? subject.Person
                : subject.Household;
            faults.AddRange(recipe.Also.Prepend(recipe.Check).Select(c => new Fault(c, recipe.Of, id, subject.Number)));
            faults.AddRange(recipe.AlsoHousehold.Select(c => new Fault(c, "household", subject.Household, subject.Number)));
            foreach (var other in recipe.On)
                faults.AddRange(
                    connection.Query<long>(Told(other.Ids), transaction: transaction).Select(o => new Fault(other.Check, other.Of, o, subject.Number))
                );
        }
        JudgeArea.Within(installation, connection, transaction);
        transaction.Commit();
        return faults;
    }

    /// <summary>The faults of the demo that is held.</summary>
    internal static FaultRecipes Recipes(Installation installation, DbConnection connection) =>
        FaultRecipes.Load(installation.PackFolders[0], installation.Packs.Dictionary, DemoSet.Of(Installation.Setting(connection, "demo") ?? ""));

    /// <summary>Writes the list of what was planted.</summary>
    public static void Write(IEnumerable<Fault> faults, string path) =>
        File.WriteAllText(
            path,
            string.Concat(
                faults
                    .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Check},{f.Subject},{f.SubjectId},{f.Number}\r\n"))
                    .Prepend("check,subject,subject_id,household\r\n")
            ),
            new UTF8Encoding(true)
        );

    private sealed record Subject(long Household, long Person, string Number);

    private static HashSet<long> Held(DbConnection connection, DbTransaction transaction, IEnumerable<string> numbers)
    {
        var wanted = numbers.ToHashSet(StringComparer.Ordinal);
        return wanted.Count == 0
            ? []
            :
            [
                .. connection
                    .Query<(long Id, string Number)>("SELECT household_id, number FROM household_list", transaction: transaction)
                    .Where(h => wanted.Contains(h.Number))
                    .Select(h => h.Id),
            ];
    }

    private static List<Subject> Villages(DbConnection connection, DbTransaction transaction, DateOnly day) =>
        [
            .. connection.Query<Subject>(
                "SELECT v.area_id AS household, v.area_id AS person, CAST(min(a.code) AS text) AS number FROM village_years v JOIN area_versions a ON a.area_id = v.area_id WHERE v.year = @year AND v.exit_year IS NOT NULL GROUP BY v.area_id ORDER BY v.area_id",
                new { year = new JudgingDay(day).RegistryYear },
                transaction
            ),
        ];

    // The first household that will do and has no fault yet; the plus keeps SQLite from beginning anywhere but at the households, so that it
    // ends with the first.
    private static Subject Pick(DbConnection connection, DbTransaction transaction, FaultRecipes recipes, FaultRecipe recipe, HashSet<long> used)
    {
        var one = recipe.Of == "person" ? "" : " AND {head}";
        var taken = used.Count == 0 ? "" : $" AND h.id NOT IN ({string.Join(", ", used)})";
        var watched = recipe.Watch is { } watch
            ? $"EXISTS (SELECT 1 FROM monitorings w WHERE w.household_id = h.id AND {watch})"
            : "h.id NOT IN (SELECT w.household_id FROM monitorings w)";
        var condition = recipes.Condition($"({recipe.Where}){one} AND {watched} AND y.year = {{year}} AND py.year = {{year}}");
        var sql = $"""
            SELECT h.id AS household, p.id AS person, l.number FROM households h
            JOIN household_list l ON l.household_id = +h.id AND l.place_code = l.area_code AND l.registered = {(recipe.Registered ? 1 : 0)}
            JOIN household_statuses s ON s.household_id = +h.id AND s.to_day IS NULL
            JOIN household_years y ON y.household_id = +h.id
            JOIN memberships m ON m.household_id = +h.id AND m.to_day IS NULL
            JOIN persons p ON p.id = m.person_id JOIN person_years py ON py.person_id = p.id
            WHERE {condition}{taken} ORDER BY h.id, p.id LIMIT 1
            """;
        return connection.QueryFirstOrDefault<Subject>(sql, transaction: transaction)
            ?? throw new InvalidOperationException($"no household will do for {recipe.Check}");
    }
}
