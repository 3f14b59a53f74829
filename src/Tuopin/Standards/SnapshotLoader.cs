using System.Data;
using System.Data.Common;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Reads an area into memory as columns, for questions that are asked many times over (what-if): the households of the area, what their rules reach, and
/// the places above and beneath. One query for each table, rows in area order, only the facts the rules name.
/// </summary>
public sealed class SnapshotLoader
{
    private readonly DbConnection connection;
    private readonly Engine engine;
    private readonly JudgingDay day;
    private readonly AreaRange range;
    private readonly SubjectType household;
    private readonly SnapshotBuilder builder;
    private readonly HashSet<(Fact Fact, int Shift)> facts = [];
    private readonly HashSet<Relation> relations = [];
    private readonly Dictionary<long, int> householdRows = [];

    private SnapshotLoader(DbConnection connection, Engine engine, FactDictionary dictionary, JudgingDay day, AreaRange range)
    {
        (this.connection, this.engine, this.day, this.range) = (connection, engine, day, range);
        household = dictionary["household"];
        builder = new SnapshotBuilder(day);
    }

    public static Snapshot Load(
        DbConnection connection,
        Engine engine,
        FactDictionary dictionary,
        JudgingDay day,
        AreaRange range,
        IEnumerable<Expr> rules,
        IEnumerable<Fact> also
    )
    {
        var loader = new SnapshotLoader(connection, engine, dictionary, day, range);
        foreach (var node in rules.SelectMany(r => r.All()))
            loader.Need(node);
        foreach (var fact in also)
            loader.facts.Add((fact, 0));
        loader.Households();
        foreach (var group in loader.relations.Where(r => r.Source == loader.household && r.Target.Level is null).GroupBy(r => r.Target))
            loader.Reached(group.Key, [.. group]);
        foreach (var type in dictionary.Subjects.Values.Where(s => s.Level is AreaLevel.Village or AreaLevel.Township or AreaLevel.County))
            loader.Places(type);
        return loader.builder.Build();
    }

    private void Need(Expr node)
    {
        if (node is FactRead read)
            facts.Add((read.Fact, read.Place.YearShift));
        if (node is Aggregate aggregate)
            relations.Add(aggregate.Collection);
        foreach (var step in node.PlaceOf()?.Steps ?? [])
            relations.Add(step);
    }

    private void Households()
    {
        // The places a household is of, and the households of a place: both stand in a column of the household.
        var places = relations
            .Where(r => r.Source == household && r.Target.Level is not null && r.SourceColumn != "id")
            .Select(r => (Relation: r, Column: r.SourceColumn))
            .Concat(relations.Where(r => r.Target == household && r.Source.Level is not null).Select(r => (Relation: r, Column: r.TargetColumn)))
            .ToList();
        var select = new Selection(this, household, "t");
        var sql = $"""
            SELECT t.id, t.area_code{string.Concat(places.Select(r => $", t.{r.Column}"))}{select.Columns}
            FROM households t{select.Joins} WHERE t.area_code BETWEEN {range.From} AND {range.To} ORDER BY t.area_code, t.id
            """;
        var table = builder.Table(household);
        var links = places.Select(r => table.Link(r.Relation)).ToList();
        using var reader = connection.ExecuteReader(sql);
        while (reader.Read())
        {
            var row = table.Add(reader.GetInt64(0), reader.GetInt64(1));
            householdRows[reader.GetInt64(0)] = row;
            for (var i = 0; i < links.Count; i++)
                if (!reader.IsDBNull(2 + i))
                    links[i].Set(row, reader.GetInt64(2 + i));
            select.Read(reader, row, 2 + links.Count);
        }
    }

    // Everything of one type that hangs on households: members, dwellings, episodes, measures. Rows come in the order of their households.
    private void Reached(SubjectType type, List<Relation> over)
    {
        var table = builder.Table(type);
        var rows = new Dictionary<long, int>();
        foreach (var relation in over.OrderByDescending(r => r.Many))
        {
            var select = new Selection(this, type, "t", relation.LinkTable is null ? null : "l");
            var (from, covers) = relation.LinkTable is { } link
                ? ($"households h JOIN {link} l ON l.{relation.SourceColumn} = h.id JOIN {type.Table} t ON t.id = l.{relation.TargetColumn}", "l")
                : ($"households h JOIN {type.Table} t ON t.{relation.TargetColumn} = h.id", "t");
            var dated = relation.Dated
                ? $" AND {covers}.from_day <= {day.Number} AND ({covers}.to_day IS NULL OR {covers}.to_day > {day.Number})"
                : "";
            var sql = $"""
                SELECT h.id, h.area_code, t.id{select.Columns} FROM {from}{select.Joins}
                WHERE h.area_code BETWEEN {range.From} AND {range.To}{dated} ORDER BY h.area_code, h.id, t.id
                """;
            var many = relation.Many ? table.Link(relation) : null;
            var one = relation.Many ? null : builder.Table(household).Link(relation);
            using var reader = connection.ExecuteReader(sql);
            while (reader.Read())
            {
                var id = reader.GetInt64(2);
                if (!rows.TryGetValue(id, out var row))
                {
                    rows[id] = row = table.Add(id, reader.GetInt64(1));
                    select.Read(reader, row, 3);
                }
                many?.Set(row, reader.GetInt64(0));
                one?.Set(householdRows[reader.GetInt64(0)], id);
            }
        }
    }

    private void Places(SubjectType type)
    {
        var ups = relations.Where(r => r.Source == type && r.SourceColumn == "parent_id").ToList();
        var select = new Selection(this, type, "t");
        var sql = $"""
            SELECT t.area_id, t.code, t.parent_id{select.Columns} FROM area_versions t{select.Joins}
            WHERE t.level = {(int)type.Level!} AND t.from_day <= {day.Number} AND (t.to_day IS NULL OR t.to_day > {day.Number})
              AND (t.code BETWEEN {range.From} AND {range.To} OR t.code IN ({range.From / 1_000 * 1_000}, {range.From / 1_000_000 * 1_000_000}))
            ORDER BY t.code
            """;
        var table = builder.Table(type);
        var links = ups.Select(r => table.Link(r)).ToList();
        using var reader = connection.ExecuteReader(sql);
        while (reader.Read())
        {
            var row = table.Add(reader.GetInt64(0), reader.GetInt64(1));
            foreach (var link in links)
                link.Set(row, reader.GetInt64(2));
            select.Read(reader, row, 3);
        }
    }

    /// <summary>The needed facts of a type as select list, joins of its year rows, and the columns they go to.</summary>
    private sealed class Selection
    {
        private readonly List<(ColumnBuilder Column, bool Text)> columns = [];

        public Selection(SnapshotLoader loader, SubjectType type, string alias, string? link = null)
        {
            var table = loader.builder.Table(type);
            var years = new HashSet<int>();
            foreach (var (fact, shift) in loader.facts.Where(f => f.Fact.Subject == type).OrderBy(f => f.Fact.Name, StringComparer.Ordinal))
            {
                var source = fact.Kept switch
                {
                    Kept.Row => alias,
                    Kept.Link => link,
                    _ => $"y{SubjectTree.YearOf(fact, loader.day) + shift}",
                };
                if (source is null)
                    continue;
                if (fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear)
                    years.Add(SubjectTree.YearOf(fact, loader.day) + shift);
                var cast =
                    loader.engine == Engine.Sqlite || fact.Type.Kind == Kind.Text ? ""
                    : fact.Type.Kind == Kind.Bool ? "::int::bigint"
                    : "::bigint";
                Columns += $", {source}.{fact.Column}{cast}";
                columns.Add((table.Column(fact, shift), fact.Type.Kind == Kind.Text));
            }
            var id = type.Level is null ? "id" : "area_id";
            Joins = string.Concat(years.Select(y => $" LEFT JOIN {type.YearTable} y{y} ON y{y}.{type.YearKey} = {alias}.{id} AND y{y}.year = {y}"));
        }

        public string Columns { get; } = "";
        public string Joins { get; }

        public void Read(IDataReader reader, int row, int first)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (reader.IsDBNull(first + i))
                    continue;
                if (columns[i].Text)
                    columns[i].Column.Set(row, reader.GetString(first + i));
                else
                    columns[i].Column.Set(row, reader.GetInt64(first + i));
            }
        }
    }
}
