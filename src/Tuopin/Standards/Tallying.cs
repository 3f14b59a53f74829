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
        public long Low { get; init; }
        public long High { get; init; }
    }

    /// <summary>Counts all tallies for the area of the judgement and brings the areas above it up to date from what is stored.</summary>
    public static void Count(Judging judging)
    {
        foreach (var tally in judging.Installation.Packs.Tallies.Values)
        {
            var bounds = new Dictionary<long, (long Low, long High)>();
            foreach (var village in judging.Tree.All.Where(a => a.Level == 5 && judging.Range.Contains(a.Code)))
                bounds[village.AreaId] = (0, 0);
            foreach (var count in judging.Query<VillageCount>(SqlJudging.Tally(tally, judging.Context(judging.Range))))
                bounds[count.AreaId] = (count.Low, count.High);
            Write(judging, tally, bounds);
            for (var level = 4; level >= 0; level--)
                Write(judging, tally, RollUp(judging, tally, (short)level));
        }
    }

    /// <summary>Counts the tallies of one village again and adds the difference to everything above it: the cost of an edit does not grow with the county.</summary>
    public static void Recount(Judging judging, AreaVersion village)
    {
        foreach (var tally in judging.Installation.Packs.Tallies.Values)
        {
            var range = Judging.RangeOf(village);
            var now = judging.Query<VillageCount>(SqlJudging.Tally(tally, judging.Context(range))).SingleOrDefault() ?? new VillageCount();
            var before =
                judging
                    .Query<VillageCount>($"SELECT area_id, low, high FROM {judging.TallyTable} WHERE area_id = @id AND tally_id = @tally", new { id = village.AreaId, tally = tally.Id })
                    .SingleOrDefault() ?? new VillageCount();
            if (now.Low == before.Low && now.High == before.High)
                continue;
            for (AreaVersion? place = village; place is not null; place = place.ParentId is { } parent ? judging.Tree.ById(parent) : null)
                judging.Execute(
                    $"UPDATE {judging.TallyTable} SET low = low + @low, high = high + @high, day = @day WHERE area_id = @id AND tally_id = @tally",
                    new
                    {
                        low = now.Low - before.Low,
                        high = now.High - before.High,
                        day = judging.Day.Number,
                        id = place.AreaId,
                        tally = tally.Id,
                    }
                );
        }
    }

    // An area outside the judged range keeps what is stored for its other children.
    private static Dictionary<long, (long Low, long High)> RollUp(Judging judging, Tally tally, short level)
    {
        var day = judging.Day.Number;
        return judging
            .Query<VillageCount>(
                $"""
                SELECT v.parent_id AS area_id, sum(t.low) AS low, sum(t.high) AS high
                FROM {judging.TallyTable} t JOIN area_versions v ON v.area_id = t.area_id AND v.from_day <= {day} AND (v.to_day IS NULL OR v.to_day > {day})
                WHERE t.tally_id = @tally AND v.level = @child GROUP BY v.parent_id
                """,
                new { tally = tally.Id, child = level + 1 }
            )
            .Where(c => judging.Tree.ById(c.AreaId) is { } place && (judging.Range.Contains(place.Code) || Judging.RangeOf(place).Contains(judging.Range)))
            .ToDictionary(c => c.AreaId, c => (c.Low, c.High));
    }

    private static void Write(Judging judging, Tally tally, Dictionary<long, (long Low, long High)> bounds)
    {
        foreach (var chunk in bounds.Chunk(500))
            judging.Execute(
                $"""
                INSERT INTO {judging.TallyTable} (area_id, tally_id, day, low, high)
                VALUES {string.Join(", ", chunk.Select(b => $"({b.Key}, @tally, {judging.Day.Number}, {b.Value.Low}, {b.Value.High})"))}
                ON CONFLICT (area_id, tally_id) DO UPDATE SET day = excluded.day, low = excluded.low, high = excluded.high
                """,
                new { tally = tally.Id }
            );
    }
}
