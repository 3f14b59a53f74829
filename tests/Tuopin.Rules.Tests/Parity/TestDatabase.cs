using System.Data.Common;
using System.Globalization;
using System.Text;
using Npgsql;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Tests.Shared;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>The tables of <see cref="TestWorld"/> in one of the two databases, filled from worlds, with rows beside them that no rule may see.</summary>
public sealed class TestDatabase : IDisposable
{
    private readonly DbConnection connection;
    private readonly SqliteFile? file;
    private readonly StringBuilder batch = new();

    private TestDatabase(SqlDialect dialect, DbConnection connection, SqliteFile? file)
    {
        Dialect = dialect;
        this.connection = connection;
        this.file = file;
        Execute(TestSchema.Create(dialect));
    }

    public SqlDialect Dialect { get; }

    private bool IsPostgres => Dialect == SqlDialect.PostgreSql;

    public static TestDatabase Sqlite()
    {
        var file = SqliteFile.InMemory();
        return new TestDatabase(SqlDialect.Sqlite, file.Open(), file);
    }

    public static TestDatabase Postgres()
    {
        var connection = new NpgsqlConnection(PostgresCluster.Shared.CreateDatabase());
        connection.Open();
        var database = new TestDatabase(SqlDialect.PostgreSql, connection, null);
        database.Execute("SET jit = off");
        return database;
    }

    public static TestDatabase Of(string name) => name == "SQLite" ? Sqlite() : Postgres();

    public void Dispose()
    {
        connection.Dispose();
        file?.Dispose();
    }

    public void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<DbDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public SqlContext Context(JudgingDay? day = null) =>
        new(Dialect, day ?? World.Day)
        {
            Standards = id =>
                id == TestWorld.OtherStandard
                    ? new StandardBits(TestWorld.OtherVersion, TestWorld.OtherIndicators.ToDictionary(i => i.Id, i => i.Bit))
                    : null,
        };

    /// <summary>Met, unmet and exempt masks by subject.</summary>
    public Dictionary<long, (long Met, long Unmet, long Exempt)> Masks(Standard standard, SqlContext? context = null) =>
        Query(SqlJudging.Masks(standard, context ?? Context()), r => (r.GetInt64(0), (r.GetInt64(1), r.GetInt64(2), r.GetInt64(3))))
            .ToDictionary(r => r.Item1, r => r.Item2);

    /// <summary>Each expression's result by subject.</summary>
    public Dictionary<long, Result[]> Values(Variable subject, IReadOnlyList<Expr> expressions, SqlContext? context = null, Expr? where = null)
    {
        var values = SqlJudging.Values(subject, expressions, context ?? Context(), where);
        return Query(values.Text, r => (r.GetInt64(0), values.Values.Select(v => Read(r, v)).ToArray())).ToDictionary(r => r.Item1, r => r.Item2);
    }

    private static Result Read(DbDataReader reader, SqlValue value)
    {
        if (value.IsText)
            return reader.IsDBNull(value.Low) ? Result.Unknown : new Result(reader.GetString(value.Low));
        long? At(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetInt64(ordinal);
        if (At(value.Low) is not { } low)
            return Result.Unknown;
        if (value.High >= 0 && At(value.High) is null)
            throw new InvalidOperationException("a low bound without a high one");
        var high = value.High < 0 ? low : At(value.High)!.Value;
        if (value.Denominator < 0)
            return new Result(new(low), new(high));
        if (At(value.Denominator) is not { } under || under == 0)
            return Result.Unknown;
        return new Result(new(low, under), new(high, value.HighDenominator < 0 ? under : At(value.HighDenominator)!.Value));
    }

    /// <summary>Replaces what the tables hold by a world.</summary>
    public void Fill(World world)
    {
        batch.Clear();
        foreach (var table in TestSchema.Tables)
            batch.Append("DELETE FROM ").Append(table).Append(";\n");
        foreach (var node in world.All)
            Write(node);
        Execute(batch.ToString());
    }

    private void Write(SubjectNode node)
    {
        var type = node.Type;
        var row = Facts(node, Kept.Row, 0);
        if (type.Level is { } level)
        {
            row.AddRange([
                ("area_id", node.Id),
                ("code", node.AreaCode),
                ("name", ""),
                ("level", (long)level),
                ("from_day", 20150101L),
                ("to_day", null),
            ]);
            row.Add(("parent_id", One(node, TestWorld.VillageTownship) ?? One(node, TestWorld.TownshipCounty) ?? 0));
            Insert("area_versions", row);
            // A version that ended and one yet to come.
            Insert("area_versions", [.. Without(row, "from_day", "to_day"), ("from_day", 20000101L), ("to_day", 20150101L)]);
            Insert("area_versions", [.. Without(row, "from_day", "to_day"), ("from_day", 20200613L), ("to_day", null)]);
        }
        else
            WriteSubject(node, row);
        WriteYears(node);
        WriteVerdicts(node);
        foreach (var (id, (low, high)) in node.Tallies)
            Insert("tallies", [("area_id", node.Id), ("tally_id", id), ("day", World.Day.Number), ("low", low), ("high", high)]);
    }

    private void WriteSubject(SubjectNode node, List<(string, object?)> row)
    {
        row.Add(("id", node.Id));
        if (node.Type != TestWorld.Measure)
            row.Add(("area_code", node.AreaCode));
        if (node.Type == TestWorld.Household)
        {
            row.Add(("village_id", One(node, TestWorld.HouseholdVillage)));
            if (One(node, TestWorld.HouseholdDwelling) is { } dwelling)
            {
                var at = node.Related[TestWorld.HouseholdDwelling][0];
                WriteLink("residences", ("household_id", node.Id), ("dwelling_id", dwelling), Facts(at, Kept.Link, 0));
            }
        }
        if (node.Type == TestWorld.Person && One(node, TestWorld.PersonHousehold) is { } household)
            WriteLink("memberships", ("person_id", node.Id), ("household_id", household), Facts(node, Kept.Link, 0));
        if (node.Type == TestWorld.Measure)
        {
            row.AddRange([("household_id", One(node, TestWorld.MeasureHousehold)), ("person_id", One(node, TestWorld.MeasurePerson))]);
            row.AddRange([("from_day", 20200612L), ("to_day", null)]);
            Insert("measures", [.. Without(row, "id", "from_day"), ("id", node.Id + 500_000), ("from_day", 20200613L)]);
        }
        Insert(node.Type.Table, row);
    }

    /// <summary>The link of the day, one that ended on the day, and one that starts after it.</summary>
    private void WriteLink(string table, (string, object?) one, (string, object?) other, List<(string, object?)> facts)
    {
        Insert(table, [one, other, .. facts, ("from_day", 20150101L), ("to_day", 20200613L)]);
        Insert(table, [one, other, .. facts, ("from_day", 20100101L), ("to_day", 20150101L)]);
        Insert(table, [one, (other.Item1, 1L), .. facts, ("from_day", 20140101L), ("to_day", 20200612L)]);
        Insert(table, [one, (other.Item1, 1L), .. facts, ("from_day", 20200613L), ("to_day", null)]);
    }

    private void WriteYears(SubjectNode node)
    {
        if (node.Type.YearTable is not { } table)
            return;
        var years = new[]
        {
            (Kept.RegistryYear, World.Day.RegistryYear),
            (Kept.PolicyYear, World.Day.PolicyYear),
            (Kept.IncomeYear, World.Day.IncomeYear),
        };
        var rows = new SortedDictionary<int, List<(string, object?)>>();
        foreach (var (kept, year) in years)
            for (var shift = -1; shift <= 0; shift++)
            {
                if (!rows.TryGetValue(year + shift, out var row))
                    rows.Add(year + shift, row = []);
                row.AddRange(Facts(node, kept, shift));
            }
        foreach (var (year, row) in rows)
            if (row.Count > 0)
                Insert(table, [(node.Type.YearKey!, node.Id), ("year", (long)year), .. row]);
    }

    /// <summary>Half of the verdicts as computed, half as a person overruled them.</summary>
    private void WriteVerdicts(SubjectNode node)
    {
        long met = 0,
            unmet = 0,
            exempt = 0,
            overMet = 0,
            overUnmet = 0;
        foreach (var (id, bit) in TestWorld.OtherIndicators)
        {
            if (!node.Verdicts.TryGetValue((TestWorld.OtherStandard, id), out var verdict))
                continue;
            var mask = 1L << bit;
            switch ((verdict, node.Id % 3))
            {
                case (true, 0):
                    met |= mask;
                    break;
                case (true, 1):
                    exempt |= mask;
                    break;
                case (true, _):
                    (overMet, unmet) = (overMet | mask, unmet | mask);
                    break;
                case (false, 0):
                    (overUnmet, met) = (overUnmet | mask, met | mask);
                    break;
                default:
                    unmet |= mask;
                    break;
            }
        }
        var row = new List<(string, object?)> { ("subject_id", node.Id), ("met", met), ("unmet", unmet), ("exempt", exempt) };
        row.AddRange([
            ("overruled_met", overMet),
            ("overruled_unmet", overUnmet),
            ("day", (long)World.Day.Number),
            ("standard_version_id", TestWorld.OtherVersion),
        ]);
        Insert("verdicts", row);
        Insert("verdicts", [.. Without(row, "standard_version_id", "met"), ("standard_version_id", TestWorld.OtherVersion + 1), ("met", 63L)]);
    }

    private static long? One(SubjectNode node, Relation relation) =>
        node.Related.TryGetValue(relation, out var found) && found.Count > 0 ? found[0].Id : null;

    private List<(string, object?)> Facts(SubjectNode node, Kept kept, int shift) =>
        [
            .. node
                .Facts.Where(f => f.Key.Fact.Kept == kept && f.Key.YearShift == shift)
                .Select(f =>
                    (f.Key.Fact.Column, (object?)(f.Key.Fact.Type.Kind == Kind.Bool ? f.Value.Number != 0 : f.Value.Text ?? (object)f.Value.Number))
                ),
        ];

    private static IEnumerable<(string, object?)> Without(List<(string, object?)> row, params string[] names) =>
        row.Where(c => !names.Contains(c.Item1));

    private void Insert(string table, List<(string Name, object? Value)> row)
    {
        batch.Append("INSERT INTO ").Append(table).Append(" (").AppendJoin(", ", row.Select(c => $"\"{c.Name}\"")).Append(") VALUES (");
        batch.AppendJoin(", ", row.Select(c => Literal(c.Value))).Append(");\n");
    }

    private string Literal(object? value) =>
        value switch
        {
            null => "NULL",
            bool flag when !IsPostgres => flag ? "1" : "0",
            string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
