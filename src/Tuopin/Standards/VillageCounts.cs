using Tuopin.Rules.Language;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>Villages of a judged area: how many, which are designated, which can exit, and the rural population they stand on.</summary>
public static class VillageCounts
{
    private sealed class Row
    {
        public long Id { get; init; }
        public long? V1 { get; init; }
        public long? V2 { get; init; }
        public long? V3 { get; init; }
    }

    /// <summary>The registered rural population stated, and how many villages state theirs.</summary>
    public sealed record RuralBase(long Persons, int Villages);

    public static (JudgeArea.Villages Villages, RuralBase Rural) Of(Judging judging)
    {
        var village = judging.Installation.Packs.Dictionary["village"];
        var self = new Variable("village", village);
        var compiler = new RuleCompiler(judging.Installation.Packs.Scope);
        var reads = new[] { "poor", "deep", "rural_population" }
            .Select(f => compiler.Compile(RuleText.Of($"village.{f}"), self, Expectation.Shown))
            .ToList();
        var rows = judging.Query<Row>(SqlJudging.Values(self, reads, judging.Context(judging.Range)).Text).ToList();
        var ready = ExitReady(judging);
        var rural = rows.Sum(r => r.V3 ?? 0);
        return (
            new(rows.Count, rows.Count(r => r.V1 == 1), rows.Count(r => r.V2 == 1), rows.Count(r => r.V1 == 1 && ready.Contains(r.Id))),
            new(rural, rows.Count(r => r.V3 is not null))
        );
    }

    /// <summary>Villages whose deciding standard, the most specific in force for them, is met.</summary>
    public static HashSet<long> ExitReady(Judging judging)
    {
        var village = judging.Installation.Packs.Dictionary["village"];
        var met = new Dictionary<string, HashSet<long>>(StringComparer.Ordinal);
        foreach (var standard in judging.Standards.Where(s => s.Level == village))
            met[standard.Id] =
            [
                .. judging.Query<long>(
                    $"SELECT v.subject_id FROM {judging.VerdictTable} v WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Result(standard, "v")} IN ('met', 'exempt')"
                ),
            ];
        return
        [
            .. judging
                .Tree.All.Where(a => a.Level == 5 && judging.Range.Contains(a.Code))
                .Where(a => judging.Deciding(village, a.Code) is { } deciding && met[deciding.Id].Contains(a.AreaId))
                .Select(a => a.AreaId),
        ];
    }
}
