using System.Data.Common;
using Dapper;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Stated;

/// <summary>
/// The values of stated figures: of an area on a day that of its newest statement up to the day; where two of that day differ, the one a person chose, or none
/// (<see cref="FigureState.Disputed"/>). Nothing is added up over areas unless the figure says so and every area one level beneath has a value.
/// </summary>
public static class StatedValues
{
    /// <summary>What one department states.</summary>
    public readonly record struct Said(string By, string Value);

    /// <summary>
    /// The value of statements of one day: what all of them say; else what was chosen, while its author still says so and everybody else says what was known
    /// when it was chosen, or the same; else null, they differ.
    /// </summary>
    public static string? Decide(IReadOnlyList<Said> standing, Said? chosen, IReadOnlyCollection<Said> others)
    {
        if (standing.All(s => Same(s.Value, standing[0].Value)))
            return standing[0].Value;
        return
            chosen is { } choice
            && standing.Any(s => Same(s, choice))
            && standing.All(s => Same(s.Value, choice.Value) || others.Any(o => Same(o, s)))
            ? choice.Value
            : null;
    }

    /// <summary>Whether two texts are the same number.</summary>
    public static bool Same(string a, string b) => Exact.Parse(a) == Exact.Parse(b);

    private static bool Same(Said a, Said b) => a.By == b.By && Same(a.Value, b.Value);

    /// <summary>The others of a choice as they are kept.</summary>
    public static string Written(IEnumerable<Said> others) => string.Join(';', others.Select(o => $"{o.By}={o.Value}"));

    public static IReadOnlyList<Said> Read(string others) =>
        [.. others.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=')).Select(o => new Said(o[0], o[1]))];

    /// <summary>Values of figures for areas on a day, by figure and area.</summary>
    /// <param name="knownAt">The last change that counts; null for all that is recorded.</param>
    public static Dictionary<(Figure Figure, long Area), FigureValue> Of(
        DbConnection connection,
        IReadOnlyCollection<Figure> figures,
        IReadOnlyCollection<AreaVersion> areas,
        DateOnly day,
        long? knownAt
    )
    {
        var reading = new Reading(connection, figures, DayNumber.Of(day), knownAt);
        reading.Read([.. areas.Select(a => a.AreaId)]);
        if (figures.Any(f => f.AddsUp))
            reading.ReadBeneath(areas);
        return figures
            .SelectMany(f => areas.Select(a => (Key: (f, a.AreaId), Value: reading.Value(f, a.AreaId))))
            .ToDictionary(v => v.Key, v => v.Value);
    }

    private sealed class Reading(DbConnection connection, IReadOnlyCollection<Figure> figures, int day, long? knownAt)
    {
        private readonly Dictionary<(string Figure, long Area), FigureValue> own = [];
        private readonly Dictionary<long, List<long>> children = [];

        private string Statements => knownAt is { } change ? KnownAt.Table(connection, "figure_statements", change) : "figure_statements";
        private string Choices => knownAt is { } change ? KnownAt.Table(connection, "figure_choices", change) : "figure_choices";

        /// <summary>The newest statements of areas, each with what was chosen.</summary>
        public void Read(IReadOnlyCollection<long> areas)
        {
            var rows = connection
                .Query<(string Figure, long AreaId, int Day, string StatedBy, string Value)>(
                    $"""
                    SELECT t.figure, t.area_id, t.day, t.stated_by, t.value FROM (
                      SELECT s.figure, s.area_id, s.day, s.stated_by, s.value, max(s.day) OVER (PARTITION BY s.figure, s.area_id) AS newest
                      FROM {Statements} s WHERE s.figure IN ({Names(figures)}) AND s.area_id IN ({Ids(
                        areas
                    )}) AND s.day <= {day} AND s.ended_at IS NULL
                    ) t WHERE t.day = t.newest ORDER BY t.stated_by
                    """
                )
                .GroupBy(r => (r.Figure, r.AreaId))
                .ToList();
            var differing = rows.Where(g => g.Any(r => !Same(r.Value, g.First().Value))).Select(g => g.Key.AreaId).Distinct().ToList();
            var choices =
                differing.Count == 0
                    ? new Dictionary<(string, long, int), (string Figure, long AreaId, int Day, string StatedBy, string Value, string Others)>()
                    : connection
                        .Query<(string Figure, long AreaId, int Day, string StatedBy, string Value, string Others)>(
                            $"SELECT c.figure, c.area_id, c.day, c.stated_by, c.value, c.others FROM {Choices} c WHERE c.figure IN ({Names(figures)}) AND c.area_id IN ({Ids(differing)}) ORDER BY c.change_id, c.id"
                        )
                        .GroupBy(c => (c.Figure, c.AreaId, c.Day))
                        .ToDictionary(g => g.Key, g => g.Last());
            var known = figures.ToDictionary(f => f.Id, StringComparer.Ordinal);
            foreach (var group in rows)
            {
                var (figure, newest) = (known[group.Key.Figure], group.First().Day);
                if (figure.OfYear && newest / 10000 != day / 10000)
                    continue;
                var chosen = choices.TryGetValue((figure.Id, group.Key.AreaId, newest), out var choice);
                var value = Decide(
                    [.. group.Select(r => new Said(r.StatedBy, r.Value))],
                    chosen ? new(choice.StatedBy, choice.Value) : null,
                    chosen ? StatedValues.Read(choice.Others) : []
                );
                own[group.Key] = value is null
                    ? FigureValue.Without(FigureState.Disputed)
                    : FigureValue.Of(Exact.Parse(value)!.Value * figure.Unit.Factor);
            }
        }

        /// <summary>What is stated beneath areas that have no statement of their own, level by level and only where something is stated.</summary>
        public void ReadBeneath(IReadOnlyCollection<AreaVersion> areas)
        {
            var adding = figures.Where(f => f.AddsUp).ToList();
            var stated = connection
                .Query<long>(
                    $"SELECT DISTINCT v.code FROM {Statements} s JOIN area_versions v ON v.area_id = s.area_id AND {InForce} WHERE s.figure IN ({Names(adding)}) AND s.day <= {day} AND s.ended_at IS NULL ORDER BY v.code"
                )
                .ToList();
            bool Beneath(AreaVersion area)
            {
                var range = AreaTree.RangeOf(area);
                var at = stated.BinarySearch(area.Level == 0 ? 0 : range.From + 1);
                at = at < 0 ? ~at : at;
                return at < stated.Count && stated[at] <= range.To;
            }
            var open = areas.Where(a => a.Level < 5 && adding.Any(f => !own.ContainsKey((f.Id, a.AreaId))) && Beneath(a)).ToList();
            while (open.Count > 0)
            {
                var below = connection
                    .Query<AreaVersion>(
                        $"SELECT v.area_id, v.from_day, v.to_day, v.code, v.name, v.parent_id, v.level, v.kind FROM area_versions v WHERE v.parent_id IN ({Ids(open.Select(a => a.AreaId))}) AND v.level <= 5 AND {InForce}"
                    )
                    .ToList();
                foreach (var group in below.GroupBy(c => c.ParentId!.Value))
                    children[group.Key] = [.. group.Select(c => c.AreaId)];
                Read([.. below.Select(c => c.AreaId)]);
                open = [.. below.Where(a => a.Level < 5 && adding.Any(f => !own.ContainsKey((f.Id, a.AreaId))) && Beneath(a))];
            }
        }

        public FigureValue Value(Figure figure, long area)
        {
            if (own.TryGetValue((figure.Id, area), out var value))
                return value;
            if (!figure.AddsUp || !children.TryGetValue(area, out var parts))
                return FigureValue.Without(FigureState.NotStated);
            var sum = FigureValue.Of(0);
            foreach (var part in parts.Select(p => Value(figure, p)))
                sum =
                    part.State == FigureState.NotStated ? part
                    : sum.State == FigureState.NotStated ? sum
                    : FigureValue.Combine('+', sum, part);
            return sum;
        }

        private string InForce => FormattableString.Invariant($"v.from_day <= {day} AND (v.to_day IS NULL OR v.to_day > {day})");

        private static string Names(IEnumerable<Figure> figures) => string.Join(", ", figures.Select(f => Rules.Sql.SqlDialect.Quoted(f.Id)));

        private static string Ids(IEnumerable<long> areas) => string.Join(", ", areas.Append(-1).Distinct());
    }
}
