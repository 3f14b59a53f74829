using System.Globalization;
using Dapper;
using Tuopin.Platform.Database;

namespace Tuopin.Tests.Support;

/// <summary>The stored tables as they are, past the program: counts, cells, and whole contents to compare.</summary>
public sealed class Tables(Store store)
{
    /// <summary>What every act adds to; the acts themselves, not what they are about.</summary>
    public static readonly string[] Acts = ["changes", "current_change", "import_batches", "audit_entries", "key_sequences"];

    public IReadOnlyList<string> Names()
    {
        using var connection = store.Open();
        return
        [
            .. connection.Query<string>(
                store.IsSqlite
                    ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%migrations%' ORDER BY name"
                    : "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations%' ORDER BY tablename"
            ),
        ];
    }

    /// <summary>The tables that hold what is known now: without history and without <see cref="Acts"/>.</summary>
    public IEnumerable<string> Known() => Names().Where(t => !t.EndsWith("_history", StringComparison.Ordinal) && !Acts.Contains(t));

    public long Number(string sql)
    {
        using var connection = store.Open();
        return Sql.Number(connection, sql);
    }

    public string? Text(string sql)
    {
        using var connection = store.Open();
        return Sql.Text(connection, sql);
    }

    public List<T> Query<T>(string sql)
    {
        using var connection = store.Open();
        return [.. connection.Query<T>(sql)];
    }

    public void Execute(string sql)
    {
        using var connection = store.Open();
        Sql.Execute(connection, sql);
    }

    public Dictionary<string, long> Counts() => Names().ToDictionary(t => t, t => Number($"SELECT count(*) FROM {t}"));

    /// <summary>Every row of the tables as a line of text, in order, alike on both engines; the named columns are left out.</summary>
    public Dictionary<string, List<string>> Dump(IEnumerable<string> tables, params string[] without)
    {
        using var connection = store.Open();
        var dump = new Dictionary<string, List<string>>();
        foreach (var table in tables)
        {
            var columns = Catalog.Columns(connection, store.Engine, table).Where(c => !without.Contains(c)).Order(StringComparer.Ordinal).ToList();
            var lines = new List<string>();
            using var reader = connection.ExecuteReader($"SELECT {string.Join(", ", columns)} FROM {table}");
            while (reader.Read())
                lines.Add(string.Join('|', columns.Select((c, i) => $"{c}={Cell(reader.GetValue(i))}")));
            lines.Sort(StringComparer.Ordinal);
            dump[table] = lines;
        }
        return dump;
    }

    private static string Cell(object value) =>
        value switch
        {
            DBNull => "",
            bool flag => flag ? "1" : "0",
            byte[] bytes => Convert.ToHexString(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}

/// <summary>Comparing dumps so that a failure names the first rows that differ.</summary>
public static class DumpAssertions
{
    public static void ShouldEqual(this Dictionary<string, List<string>> actual, Dictionary<string, List<string>> expected)
    {
        var differences = Differences(actual, expected).Take(6).ToList();
        if (differences.Count > 0)
            throw new Shouldly.ShouldAssertException(string.Join('\n', differences));
    }

    public static bool EqualTo(this Dictionary<string, List<string>> actual, Dictionary<string, List<string>> expected) =>
        !Differences(actual, expected).Any();

    private static IEnumerable<string> Differences(Dictionary<string, List<string>> actual, Dictionary<string, List<string>> expected)
    {
        foreach (var table in actual.Keys.Union(expected.Keys).Order())
        {
            var (a, e) = (actual.GetValueOrDefault(table, []), expected.GetValueOrDefault(table, []));
            foreach (var line in a.Except(e).Take(2))
                yield return $"{table}: not expected: {line}";
            foreach (var line in e.Except(a).Take(2))
                yield return $"{table}: missing: {line}";
            if (a.Count != e.Count)
                yield return $"{table}: {a.Count} rows, not {e.Count}";
        }
    }
}
