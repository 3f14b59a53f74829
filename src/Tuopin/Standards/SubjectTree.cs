using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// Reads one subject, or some, and what their rules reach (members, dwelling, village, ...) into memory, level by level: a fixed number of queries, whatever
/// the number of subjects and the size of a household. Only facts and relations that the rules name are read.
/// </summary>
public sealed class SubjectTree
{
    private readonly DbConnection connection;
    private readonly JudgingDay day;
    private readonly HashSet<Fact> facts = [];
    private readonly HashSet<Relation> relations = [];
    private readonly Dictionary<(SubjectType, long), SubjectNode> nodes = [];
    private readonly HashSet<(SubjectType Type, string Standard, string Indicator)> verdicts = [];
    private readonly Func<string, StandardBits?> standards;
    private bool tallies;

    private SubjectTree(DbConnection connection, JudgingDay day, Func<string, string>? table, Func<string, StandardBits?>? standards) =>
        (this.connection, this.day, Table, this.standards) = (connection, day, table ?? (name => name), standards ?? (_ => null));

    /// <summary>What stands in FROM for a table: itself, the table as known at another time, or a judgement's own.</summary>
    public Func<string, string> Table { get; }

    /// <summary>The change that wrote each row that was read, by table and key: who stated a fact, and when.</summary>
    public Dictionary<(string Table, long Subject, int Year), long> Changes { get; } = [];

    /// <summary>The subjects asked for, in their order.</summary>
    public IReadOnlyList<SubjectNode> Roots { get; private set; } = [];

    public SubjectNode Root => Roots[0];

    /// <summary>Keys of all subjects of a type that were read.</summary>
    public IEnumerable<long> Of(string type) => nodes.Keys.Where(k => k.Item1.Name == type).Select(k => k.Item2);

    /// <summary>Keys of all subjects that were read, of whatever type.</summary>
    public IEnumerable<long> Ids => nodes.Keys.Select(k => k.Item2).Distinct();

    /// <summary>The types of the subjects that were read.</summary>
    public IEnumerable<string> Types => nodes.Keys.Select(k => k.Item1.Name).Distinct();

    public static SubjectTree Load(
        DbConnection connection,
        JudgingDay day,
        SubjectType type,
        long id,
        IEnumerable<Expr> rules,
        Func<string, string>? table = null,
        Func<string, StandardBits?>? standards = null
    ) => Load(connection, day, type, [id], rules, table, standards);

    /// <summary>Reads some subjects; without <paramref name="standards"/> verdicts that the rules ask for stay unknown.</summary>
    public static SubjectTree Load(
        DbConnection connection,
        JudgingDay day,
        SubjectType type,
        IReadOnlyList<long> ids,
        IEnumerable<Expr> rules,
        Func<string, string>? table = null,
        Func<string, StandardBits?>? standards = null
    )
    {
        var tree = new SubjectTree(connection, day, table, standards);
        foreach (var node in rules.SelectMany(r => r.All()))
            tree.Need(node);
        tree.Roots = [.. ids.Select(id => tree.Node(type, id))];
        tree.Fill(tree.Roots);
        return tree;
    }

    private void Need(Expr node)
    {
        if (node is FactRead read)
            facts.Add(read.Fact);
        if (node is TallyRead)
            tallies = true;
        if (node is VerdictRead verdict)
            verdicts.Add((verdict.Place.Type, verdict.StandardId, verdict.IndicatorId));
        if (node is Aggregate aggregate)
            relations.Add(aggregate.Collection);
        foreach (var step in node.PlaceOf()?.Steps ?? [])
            relations.Add(step);
    }

    private SubjectNode Node(SubjectType type, long id)
    {
        if (!nodes.TryGetValue((type, id), out var node))
            nodes[(type, id)] = node = new SubjectNode(type) { Id = id };
        return node;
    }

    // Fills nodes of one type, then everything reached from them that was not met before.
    private void Fill(IReadOnlyList<SubjectNode> level)
    {
        while (level.Count > 0)
        {
            var next = new List<SubjectNode>();
            foreach (var group in level.GroupBy(n => n.Type).ToList())
            {
                var ids = string.Join(", ", group.Select(n => n.Id));
                RowFacts(group.Key, ids);
                YearFacts(group.Key, ids);
                if (tallies && group.Key.Level is not null)
                    Tallies(group.Key, ids);
                Verdicts(group.Key, ids);
                foreach (var relation in group.Key.Relations.Values.Where(relations.Contains))
                    next.AddRange(Follow(relation, group.ToDictionary(n => n.Id), ids));
            }
            level = next;
        }
    }

    private void RowFacts(SubjectType type, string ids)
    {
        var wanted = facts.Where(f => f.Subject == type && f.Kept == Kept.Row).ToList();
        var columns = string.Concat(wanted.Select(f => $", {f.Column}"));
        var area = type.Level is not null;
        var hasArea = area || HasArea(type.Table);
        var sql = area
            ? $"SELECT area_id AS id, code AS area_code, 0 AS change_id{columns} FROM area_versions WHERE area_id IN ({ids}) AND {Covers}"
            : $"SELECT id, {(hasArea ? "area_code" : "0")} AS area_code, change_id{columns} FROM {Table(type.Table)} AS t WHERE id IN ({ids})";
        foreach (var row in Rows(sql))
        {
            var node = nodes[(type, Number(row["id"]))];
            node.AreaCode = Number(row["area_code"]);
            Changes[(type.Table, node.Id, 0)] = Number(row["change_id"]);
            Set(node, wanted, row, 0);
        }
    }

    // Whether a table says where its rows lie is fixed when it is made: it is asked once for each database.
    private static readonly ConcurrentDictionary<(string Source, string Database, string Table), bool> WithArea = new();

    private bool HasArea(string table) =>
        WithArea.GetOrAdd(
            (connection.DataSource, connection.Database, table),
            key => Catalog.Columns(connection, EngineOf, key.Table).Contains("area_code")
        );

    private void YearFacts(SubjectType type, string ids)
    {
        var wanted = facts
            .Where(f => f.Subject == type && f.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear && f.Subject == type)
            .ToList();
        if (wanted.Count == 0 || type.YearTable is null)
            return;
        var columns = string.Concat(wanted.Select(f => $", {f.Column}").Distinct());
        var years = wanted.SelectMany(f => new[] { YearOf(f), YearOf(f) - 1 }).Distinct().ToList();
        foreach (
            var row in Rows(
                $"SELECT {type.YearKey} AS id, year, change_id{columns} FROM {Table(type.YearTable)} AS t WHERE {type.YearKey} IN ({ids}) AND year IN ({string.Join(", ", years)})"
            )
        )
        {
            var (node, year) = (nodes[(type, Number(row["id"]))], (int)Number(row["year"]));
            Changes[(type.YearTable, node.Id, year)] = Number(row["change_id"]);
            Set(node, [.. wanted.Where(f => YearOf(f) == year)], row, 0);
            Set(node, [.. wanted.Where(f => YearOf(f) - 1 == year)], row, -1);
        }
    }

    /// <summary>The year in which a yearly fact is read on the day.</summary>
    private int YearOf(Fact fact) => YearOf(fact, day);

    public static int YearOf(Fact fact, JudgingDay day) =>
        fact.Kept switch
        {
            Kept.IncomeYear => day.IncomeYear,
            Kept.PolicyYear => day.PolicyYear,
            Kept.RegistryYear => day.RegistryYear,
            _ => 0,
        };

    private void Tallies(SubjectType type, string ids)
    {
        var sql = $"SELECT area_id AS id, tally_id, low, high FROM {Table("tallies")} AS t WHERE area_id IN ({ids}) AND day = {day.Number}";
        // A tally with an unknown end is unknown.
        foreach (var row in Rows($"{sql} AND low IS NOT NULL AND high IS NOT NULL"))
            nodes[(type, Number(row["id"]))].Tallies[(string)row["tally_id"]!] = (Number(row["low"]), Number(row["high"]));
    }

    private void Verdicts(SubjectType type, string ids)
    {
        foreach (var asked in verdicts.Where(v => v.Type == type).GroupBy(v => v.Standard))
        {
            if (standards(asked.Key) is not { } version)
                continue;
            var sql =
                $"SELECT subject_id AS id, {VerdictSql.Met("t")} AS met, {VerdictSql.Unmet("t")} AS unmet FROM {Table("verdicts")} AS t WHERE standard_version_id = {version.VersionId} AND subject_id IN ({ids}) AND day = {day.Number}";
            foreach (var row in Rows(sql))
            foreach (var (_, standard, indicator) in asked.Where(a => version.Bits.ContainsKey(a.Indicator)))
            {
                var bit = 1L << version.Bits[indicator];
                if (((Number(row["met"]) | Number(row["unmet"])) & bit) != 0)
                    nodes[(type, Number(row["id"]))].Verdicts[(standard, indicator)] = (Number(row["met"]) & bit) != 0;
            }
        }
    }

    private List<SubjectNode> Follow(Relation relation, Dictionary<long, SubjectNode> sources, string ids)
    {
        var linkFacts = relation.LinkTable is null ? [] : facts.Where(f => f.Subject == relation.Target && f.Kept == Kept.Link).ToList();
        var (target, targetId) = relation.Target.Level is null ? (relation.Target.Table, "id") : ("area_versions", "area_id");
        var dated = relation.Dated ? $" AND {Covers}" : "";
        var sql =
            relation.LinkTable is { } link
                ? $"SELECT {relation.SourceColumn} AS source, {relation.TargetColumn} AS id{string.Concat(linkFacts.Select(f => $", {f.Column}"))} FROM {Table(link)} AS t WHERE {relation.SourceColumn} IN ({ids}){dated}"
            : relation.SourceColumn == "id"
                ? $"SELECT {relation.TargetColumn} AS source, {targetId} AS id FROM {Table(target)} AS t WHERE {relation.TargetColumn} IN ({ids}){dated}"
            : $"SELECT {SourceId(relation.Source)} AS source, {relation.SourceColumn} AS id FROM {Table(SourceTable(relation.Source))} AS t WHERE {SourceId(relation.Source)} IN ({ids}) AND {relation.SourceColumn} IS NOT NULL{(relation.Source.Level is null ? "" : $" AND {Covers}")}";
        var fresh = new List<SubjectNode>();
        foreach (var row in Rows(sql))
        {
            var known = nodes.ContainsKey((relation.Target, Number(row["id"])));
            var node = Node(relation.Target, Number(row["id"]));
            var source = sources[Number(row["source"])];
            if (!source.Related.TryGetValue(relation, out var related))
                source.Related[relation] = related = [];
            related.Add(node);
            Set(node, linkFacts, row, 0);
            if (!known)
                fresh.Add(node);
        }
        foreach (var source in sources.Values)
            source.Related.TryAdd(relation, []);
        return fresh;
    }

    private static string SourceTable(SubjectType type) => type.Level is null ? type.Table : "area_versions";

    private static string SourceId(SubjectType type) => type.Level is null ? "id" : "area_id";

    private static void Set(SubjectNode node, IReadOnlyList<Fact> wanted, IDictionary<string, object?> row, int shift)
    {
        foreach (var fact in wanted)
            if (row[fact.Column] is { } value)
                node.Facts[(fact, shift)] = value is string text ? new Value(0, text) : new Value(Number(value));
    }

    private string Covers => $"from_day <= {day.Number} AND (to_day IS NULL OR to_day > {day.Number})";

    private Engine EngineOf => connection is Npgsql.NpgsqlConnection ? Engine.PostgreSql : Engine.Sqlite;

    private IEnumerable<IDictionary<string, object?>> Rows(string sql) => connection.Query(sql).Select(r => (IDictionary<string, object?>)r);

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
