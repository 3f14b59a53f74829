using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary>
/// Which measures answer which risk, by the sets of code list <c>measure_kind</c> (<c>risk.illness</c>, <c>development</c>), in SQL and for a page. A measure
/// counts that was begun since the identification or was running on its day.
/// </summary>
public sealed class RiskMeasures(FactDictionary dictionary)
{
    private readonly CodeList risks = dictionary.CodeLists["risk"];
    private readonly CodeList kinds = dictionary.CodeLists["measure_kind"];

    /// <summary>A measure of a household, as far as it matters here.</summary>
    public sealed record Held(long? Kind, int From, int? To);

    /// <param name="Source">Who names the kinds; null where nobody does: then any measure begun since the identification answers it.</param>
    /// <param name="Late">Nothing answers it and the day by which something should is past; null where no law gives a day.</param>
    public sealed record Answer(CodeEntry Risk, IReadOnlyList<CodeEntry> Kinds, Source? Source, IReadOnlyList<Held> Measures, bool? Late);

    private CodeSet? SetOf(CodeEntry risk) => kinds.Sets.GetValueOrDefault($"risk.{risk.Key}");

    public CodeSet? Development => kinds.Sets.GetValueOrDefault("development");

    /// <summary>Each risk of an episode with what answers it.</summary>
    /// <param name="bits">Bits by number in code list risk.</param>
    /// <param name="due">The last day for a measure; null where no law gives one.</param>
    public IReadOnlyList<Answer> Of(long bits, int from, int? due, int day, IReadOnlyList<Held> measures) =>
        [
            .. risks
                .Entries.Where(r => (bits >> r.Number & 1) == 1)
                .Select(r =>
                {
                    var set = SetOf(r);
                    var counted = measures.Where(m => set is null ? m.From >= from : Counts(m, from) && Holds(set, m)).ToList();
                    return new Answer(
                        r,
                        set is null ? [] : [.. set.Entries],
                        set?.Source,
                        counted,
                        counted.Count > 0 ? false
                            : due is { } last ? last < day
                            : null as bool?
                    );
                }),
        ];

    /// <summary>The measures of an episode that count as 开发式.</summary>
    public IReadOnlyList<Held> DevelopmentOf(int from, IReadOnlyList<Held> measures) =>
        Development is { } set ? [.. measures.Where(m => Counts(m, from) && Holds(set, m))] : [];

    private static bool Counts(Held measure, int from) => measure.From >= from || measure.To is null || measure.To > from;

    private static bool Holds(CodeSet set, Held measure) => set.Entries.Any(e => e.Number == measure.Kind);

    /// <summary>The risks as rows <c>(number, risk)</c>.</summary>
    internal string Rows =>
        string.Join(
            " UNION ALL ",
            risks.Entries.Select((r, i) => $"SELECT {r.Number}{(i == 0 ? " AS number" : "")}, CAST('{r.Key}' AS text){(i == 0 ? " AS risk" : "")}")
        );

    /// <summary>The condition that a measure (<c>x</c>) answers risk <c>r.number</c> of an episode (<c>m</c>).</summary>
    internal string Answers =>
        $"(CASE r.number {string.Concat(risks.Entries.Select(r => SetOf(r) is { } set ? $"WHEN {r.Number} THEN {Running} AND x.kind IN ({Numbers(set)}) " : ""))}ELSE x.from_day >= m.from_day END)";

    /// <summary>The condition that a measure (<c>x</c>) of an episode (<c>m</c>) counts as 开发式.</summary>
    internal string IsDevelopment => Development is { } set ? $"({Running} AND x.kind IN ({Numbers(set)}))" : "1 = 0";

    private const string Running = "(x.from_day >= m.from_day OR x.to_day IS NULL OR x.to_day > m.from_day)";

    private static string Numbers(CodeSet set) => string.Join(", ", set.Entries.Select(e => e.Number));

    /// <summary>The condition that an episode (<c>m</c>) of a household with labour has no 开发式 measure, neither stated nor held.</summary>
    internal string Undeveloped
    {
        get
        {
            var states = dictionary.CodeLists["development_state"];
            return $"(m.development IS NULL OR m.development NOT IN ({states.Find("done")!.Number}, {states.Find("cannot")!.Number})) AND NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = m.household_id AND {IsDevelopment})";
        }
    }
}
