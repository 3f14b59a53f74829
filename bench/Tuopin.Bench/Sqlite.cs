using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tuopin.Bench;

/// <summary>SQLite in memory, in this process: strict tables, members clustered by household.</summary>
internal sealed class Sqlite : IDisposable
{
    private const string Verdicts = """
        SELECT count(*) FILTER (WHERE income > 375000 * n), count(*) FILTER (WHERE NOT income > 375000 * n),
          count(*) FILTER (WHERE grade <= 3), count(*) FILTER (WHERE NOT grade <= 3),
          count(*) FILTER (WHERE education = 2), count(*) FILTER (WHERE education = 0),
          count(*) FILTER (WHERE insurance = 2), count(*) FILTER (WHERE insurance = 0),
          count(*) FILTER (WHERE water), count(*) FILTER (WHERE NOT water),
          count(*) FILTER (WHERE work = 2), count(*) FILTER (WHERE work = 0)
        """;
    private const string Members = """
        count(*) AS n,
        min(coalesce(2 * (birth > 20140612 OR birth <= 20040612 OR school > 0), 1)) AS education,
        min(coalesce(2 * insured, 1)) AS insurance,
        max(coalesce(2 * (labour <= 2 AND birth <= 20040612), 1)) AS work
        """;

    private readonly SqliteConnection connection = new("Data Source=:memory:");

    public Sqlite(Population population)
    {
        connection.Open();
        Version = $"SQLite {connection.ServerVersion} in memory";
        Execute("PRAGMA temp_store = memory; PRAGMA cache_size = -1000000");
        Execute("CREATE TABLE households (h INTEGER PRIMARY KEY, income INTEGER, grade INTEGER, water INTEGER) STRICT");
        Execute(
            "CREATE TABLE persons (h INTEGER NOT NULL, slot INTEGER NOT NULL, birth INTEGER, school INTEGER, insured INTEGER, labour INTEGER, PRIMARY KEY (h, slot)) STRICT, WITHOUT ROWID"
        );
        Execute(
            "CREATE TABLE joined (h INTEGER NOT NULL, slot INTEGER NOT NULL, birth INTEGER, school INTEGER, insured INTEGER, labour INTEGER, income INTEGER, grade INTEGER, water INTEGER, PRIMARY KEY (h, slot)) STRICT, WITHOUT ROWID"
        );
        Fill(population);
        Execute("ANALYZE");
    }

    public string Version { get; }

    public Dictionary<string, string> Queries { get; } =
        new()
        {
            ["group, then join"] = $"{Verdicts} FROM (SELECT h, {Members} FROM persons GROUP BY h) JOIN households USING (h)",
            ["join, then group"] = $"{Verdicts} FROM (SELECT income, grade, water, {Members} FROM households JOIN persons USING (h) GROUP BY h)",
            ["group of the pre-joined table"] = $"{Verdicts} FROM (SELECT income, grade, water, {Members} FROM joined GROUP BY h)",
        };

    public Run Ask(string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Queries[query];
        var watch = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        using var reader = command.ExecuteReader();
        reader.Read();
        var counts = Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64).ToArray();
        return new Run((Environment.CpuUsage.TotalTime - before).TotalMilliseconds, watch.Elapsed.TotalMilliseconds, counts);
    }

    public void Dispose() => connection.Dispose();

    private void Fill(Population p)
    {
        using var transaction = connection.BeginTransaction();
        using SqliteCommand household = Insert("households", 4),
            person = Insert("persons", 6),
            joined = Insert("joined", 9);
        for (var h = 0; h < p.Households; h++)
        {
            Row(household, h, p.Income[h], p.Grade[h], p.Water[h]);
            for (var i = p.Offsets[h]; i < p.Offsets[h + 1]; i++)
            {
                Row(person, h, i - p.Offsets[h], p.Birth[i], p.School[i], p.Insured[i], p.Labour[i]);
                Row(joined, h, i - p.Offsets[h], p.Birth[i], p.School[i], p.Insured[i], p.Labour[i], p.Income[h], p.Grade[h], p.Water[h]);
            }
        }
        transaction.Commit();
    }

    private SqliteCommand Insert(string table, int columns)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", Enumerable.Range(0, columns).Select(i => $"$p{i}"))})";
        for (var i = 0; i < columns; i++)
            command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"$p{i}"), SqliteType.Integer));
        return command;
    }

    private static void Row(SqliteCommand command, params ReadOnlySpan<int> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] < 0 ? DBNull.Value : values[i];
        command.ExecuteNonQuery();
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
