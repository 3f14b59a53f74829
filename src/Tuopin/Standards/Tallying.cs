using System.Globalization;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>Counts the declared tallies: per village by one statement each, rolled up the tree in memory (a few thousand places), then written.</summary>
public static class Tallying
{
    public sealed class VillageCount
    {
        public long AreaId { get; init; }
        public long? Low { get; init; }
        public long? High { get; init; }
    }

    /// <summary>Counts all tallies for the area of the judgement and brings the areas above it up to date from what is stored.</summary>
    public static void Count(Judging judging)
    {
        foreach (var tally in judging.Installation.Packs.Tallies.Values)
        {
            var bounds = new Dictionary<long, (long? Low, long? High)>();
            foreach (var village in judging.Tree.All.Where(a => a.Level == 5 && judging.Range.Contains(a.Code)))
                bounds[village.AreaId] = (0, 0);
            foreach (var count in judging.Query<VillageCount>(SqlJudging.Tally(tally, judging.Context(judging.Range))))
                bounds[count.AreaId] = (count.Low, count.High);
            Write(judging, tally, bounds);
            for (var level = 4; level >= 0; level--)
                Write(judging, tally, RollUp(judging, tally, (short)level));
        }
    }

    /// <summary>Counts the tallies of one village again and sums the places above it again from their children: the cost of an edit does not grow with the county.</summary>
    public static void Recount(Judging judging, AreaVersion village)
    {
        foreach (var tally in judging.Installation.Packs.Tallies.Values)
        {
            var range = Judging.RangeOf(village);
            var now =
                judging.Query<VillageCount>(SqlJudging.Tally(tally, judging.Context(range))).SingleOrDefault()
                ?? new VillageCount { Low = 0, High = 0 };
            var before = judging
                .Query<VillageCount>(
                    $"SELECT area_id, low, high FROM {judging.TallyTable} WHERE area_id = @id AND tally_id = @tally",
                    new { id = village.AreaId, tally = tally.Id }
                )
                .SingleOrDefault();
            if (before is not null && now.Low == before.Low && now.High == before.High)
                continue;
            Write(judging, tally, new() { [village.AreaId] = (now.Low, now.High) });
            for (var level = 4; level >= 0; level--)
                if (judging.Tree.Ancestor(village, (short)level) is { } place)
                    Write(judging, tally, RollUp(judging, tally, (short)level, place.AreaId));
        }
    }

    // A sum with an unknown in it is unknown.
    private static string Sum(string end) => $"CASE WHEN count(t.{end}) = count(*) THEN sum(t.{end}) END";

    // An area outside the judged range keeps what is stored for its other children. One place alone sums its own children only.
    private static Dictionary<long, (long? Low, long? High)> RollUp(Judging judging, Tally tally, short level, long? only = null)
    {
        var day = judging.Day.Number;
        return judging
            .Query<VillageCount>(
                $"""
                SELECT v.parent_id AS area_id, {Sum("low")} AS low, {Sum("high")} AS high
                FROM area_versions v JOIN {judging.TallyTable} t ON t.area_id = v.area_id AND t.tally_id = @tally
                WHERE v.from_day <= {day} AND (v.to_day IS NULL OR v.to_day > {day}) AND v.level = @child{(
                    only is { } id ? $" AND v.parent_id = {id}" : ""
                )}
                GROUP BY v.parent_id
                """,
                new { tally = tally.Id, child = (short)(level + 1) }
            )
            .Where(c =>
                judging.Tree.ById(c.AreaId) is { } place && (judging.Range.Contains(place.Code) || Judging.RangeOf(place).Contains(judging.Range))
            )
            .ToDictionary(c => c.AreaId, c => (c.Low, c.High));
    }

    private static string Literal(long? value) => value is { } number ? number.ToString(CultureInfo.InvariantCulture) : "NULL";

    private static void Write(Judging judging, Tally tally, Dictionary<long, (long? Low, long? High)> bounds)
    {
        foreach (var chunk in bounds.Chunk(500))
            judging.Execute(
                $"""
                INSERT INTO {judging.TallyTable} (area_id, tally_id, day, low, high)
                VALUES {string.Join(
                    ", ",
                    chunk.Select(b => $"({b.Key}, @tally, {judging.Day.Number}, {Literal(b.Value.Low)}, {Literal(b.Value.High)})")
                )}
                ON CONFLICT (area_id, tally_id) DO UPDATE SET day = excluded.day, low = excluded.low, high = excluded.high
                """,
                new { tally = tally.Id }
            );
    }
}
