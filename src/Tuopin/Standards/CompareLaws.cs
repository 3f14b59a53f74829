using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary>The law of two places, or of one place on two days, side by side: what differs and what is the same.</summary>
public static class CompareLaws
{
    public enum Difference : byte
    {
        Same,
        Differs,
        OnlyLeft,
        OnlyRight,
    }

    public sealed record IndicatorPair(string Id, Indicator? Left, Indicator? Right, Difference Difference);

    public sealed record StandardPair(SubjectType Level, Standard? Left, Standard? Right, IReadOnlyList<IndicatorPair> Indicators);

    public sealed record ThresholdPair(Parameter Parameter, ParameterValue? Left, ParameterValue? Right, Difference Difference);

    public sealed record Result(
        BrowseStandards.Law Left,
        BrowseStandards.Law Right,
        IReadOnlyList<StandardPair> Standards,
        IReadOnlyList<ThresholdPair> Thresholds
    );

    public static IResult Show(ConsoleContext context, string? a, string? b, string? day, string? day2)
    {
        var (left, right) = (BrowseStandards.Find(context, a), BrowseStandards.Find(context, b));
        return new RazorComponentResult<Pages.CompareLawsPage>(
            new
            {
                Result = Handle(
                    context.Installation.Packs,
                    (left.Place, BrowseStandards.DayOf(context, day)),
                    (right.Place, BrowseStandards.DayOf(context, day2 is { Length: > 0 } ? day2 : day))
                ),
                Left = left,
                Right = right,
            }
        );
    }

    public static Result Handle(PackSet packs, (AreaVersion Place, DateOnly Day) left, (AreaVersion Place, DateOnly Day) right)
    {
        var (a, b) = (BrowseStandards.Handle(packs, left.Place, left.Day), BrowseStandards.Handle(packs, right.Place, right.Day));
        var levels = a.Standards.Concat(b.Standards).Select(s => s.Standard.Level).Distinct().OrderBy(l => l.Level is null ? 0 : 9 - (int)l.Level);
        return new(
            a,
            b,
            [.. levels.Select(l => Pair(l, Deciding(a, l), Deciding(b, l))).Where(p => p.Left is not null || p.Right is not null)],
            [
                .. a
                    .Thresholds.Zip(b.Thresholds)
                    .Where(p => p.First.InForce is not null || p.Second.InForce is not null)
                    .Select(p => new ThresholdPair(
                        p.First.Parameter,
                        p.First.InForce,
                        p.Second.InForce,
                        Compare(p.First.InForce, p.Second.InForce, (x, y) => x.Value == y.Value)
                    ))
                    .OrderBy(p => p.Difference == Difference.Same),
            ]
        );
    }

    private static Standard? Deciding(BrowseStandards.Law law, SubjectType level) =>
        law.Standards.FirstOrDefault(s => s.Decides && s.Standard.Level == level)?.Standard;

    private static StandardPair Pair(SubjectType level, Standard? left, Standard? right)
    {
        var ids = Live(left).Concat(Live(right)).Select(i => i.Id).Distinct(StringComparer.Ordinal);
        return new(
            level,
            left,
            right,
            [
                .. ids.Select(id => (Id: id, Left: Live(left).FirstOrDefault(i => i.Id == id), Right: Live(right).FirstOrDefault(i => i.Id == id)))
                    .Select(p => new IndicatorPair(p.Id, p.Left, p.Right, Compare(p.Left, p.Right, SameRule))),
            ]
        );
    }

    private static IEnumerable<Indicator> Live(Standard? standard) => standard?.Indicators.Where(i => !i.Retired) ?? [];

    // Rules are the same when they read the same; titles and sources may be worded in other ways.
    private static bool SameRule(Indicator a, Indicator b) =>
        new[] { (a.Met, b.Met), (a.ExemptWhen, b.ExemptWhen), (a.Limit, b.Limit) }.All(p => Text(p.Item1) == Text(p.Item2));

    private static string Text(Expr? rule) => rule is null ? "" : ExprText.Of(rule);

    private static Difference Compare<T>(T? left, T? right, Func<T, T, bool> same)
        where T : class =>
        (left, right) switch
        {
            ({ } l, { } r) => same(l, r) ? Difference.Same : Difference.Differs,
            ({ }, null) => Difference.OnlyLeft,
            _ => Difference.OnlyRight,
        };
}
