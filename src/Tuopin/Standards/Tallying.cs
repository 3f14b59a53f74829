using System.Globalization;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>Counts the declared tallies per village and sums them up the tree.</summary>
public static class Tallying
{
    /// <summary>Counts all tallies for the area of the judgement and brings the areas above it up to date from what is stored.</summary>
    public static void Count(Judging judging, HouseholdSheet sheet)
    {
        var villages = judging.Tree.All.Where(a => a.Level == 5 && judging.Range.Contains(a.Code)).Select(a => a.AreaId).ToList();
        var dialect = judging.Installation.Store.Dialect;
        Write(
            judging,
            villages,
            sheet.Tallies,
            $"SELECT village_id{SqlJudging.Totals(sheet.Tallies.Count, dialect)} FROM {HouseholdSheet.Table} GROUP BY village_id"
        );
        WriteOthers(judging, sheet, villages, judging.Range);
        for (short level = 4; level >= 0; level--)
            RollUp(judging, level, Parents(judging, level));
    }

    /// <summary>Counts the tallies of one village again and sums the places above it again from their children.</summary>
    public static void Recount(Judging judging, HouseholdSheet sheet, AreaVersion village)
    {
        var range = Judging.RangeOf(village);
        Write(judging, [village.AreaId], sheet.Tallies, SqlJudging.Tallies(sheet.Tallies, judging.Context(range)));
        WriteOthers(judging, sheet, [village.AreaId], range);
        for (short level = 4; level >= 0; level--)
            if (judging.Tree.Ancestor(village, level) is { } place)
                RollUp(judging, level, [place.AreaId]);
    }

    private static void WriteOthers(Judging judging, HouseholdSheet sheet, List<long> villages, AreaRange range)
    {
        foreach (var others in sheet.OtherTallies.GroupBy(t => t.Over))
            Write(judging, villages, [.. others], SqlJudging.Tallies([.. others], judging.Context(range)));
    }

    // A village without a household has none of anything.
    private static void Write(Judging judging, List<long> villages, IReadOnlyList<Tally> tallies, string query)
    {
        if (tallies.Count == 0)
            return;
        var bounds = villages.ToDictionary(
            v => v,
            _ =>
                new long?[2 * tallies.Count]
                    .Select(_ => (long?)0)
                    .ToArray()
        );
        using (var command = judging.Connection.CreateCommand())
        {
            (command.CommandText, command.Transaction, command.CommandTimeout) = (query, judging.Transaction, 0);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                if (!reader.IsDBNull(0))
                    bounds[reader.GetInt64(0)] =
                    [
                        .. Enumerable.Range(1, 2 * tallies.Count).Select(i => reader.IsDBNull(i) ? (long?)null : reader.GetInt64(i)),
                    ];
        }
        var rows = bounds.SelectMany(b => tallies.Select((t, i) => Row(judging, b.Key, t, b.Value[2 * i], b.Value[2 * i + 1])));
        foreach (var chunk in rows.Chunk(500))
            judging.Execute($"{Into(judging)} VALUES {string.Join(", ", chunk)} {Update}");
    }

    private static string Row(Judging judging, long area, Tally tally, long? low, long? high) =>
        $"({area}, {SqlDialect.Quoted(tally.Id)}, {judging.Day.Number}, {Literal(low)}, {Literal(high)})";

    private static string Into(Judging judging) => $"INSERT INTO {judging.TallyTable} AS t (area_id, tally_id, day, low, high)";

    private const string Update = """
        ON CONFLICT (area_id, tally_id) DO UPDATE SET day = excluded.day, low = excluded.low, high = excluded.high
        WHERE t.day <> excluded.day OR t.low IS DISTINCT FROM excluded.low OR t.high IS DISTINCT FROM excluded.high
        """;

    /// <summary>The places of a level that have something of the range in them. An area outside keeps what is stored.</summary>
    private static IEnumerable<long> Parents(Judging judging, short level) =>
        judging
            .Tree.All.Where(p => p.Level == level && (judging.Range.Contains(p.Code) || Judging.RangeOf(p).Contains(judging.Range)))
            .Select(p => p.AreaId);

    /// <summary>Sums places from their children. A sum with an unknown in it is unknown.</summary>
    public static void RollUp(Judging judging, short level, IEnumerable<long> places)
    {
        string Sum(string end) => $"CASE WHEN count(c.{end}) = count(*) THEN sum(c.{end}){judging.Installation.Store.Dialect.Wide} END";
        foreach (var chunk in places.Chunk(500))
            judging.Execute(
                $"""
                {Into(judging)}
                SELECT v.parent_id, c.tally_id, {judging.Day.Number}, {Sum("low")}, {Sum("high")}
                FROM {judging.Source("area_versions")} v JOIN {judging.TallyTable} c ON c.area_id = v.area_id
                WHERE {judging.Covers("v")} AND v.level = {level + 1} AND v.parent_id IN ({string.Join(", ", chunk)})
                GROUP BY v.parent_id, c.tally_id
                {Update}
                """
            );
    }

    private static string Literal(long? value) => value is { } number ? number.ToString(CultureInfo.InvariantCulture) : "NULL";
}
