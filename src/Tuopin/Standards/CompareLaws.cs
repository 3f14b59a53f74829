using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
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

    /// <summary>A comparison as the API tells it.</summary>
    public sealed record Told(ToldSide Left, ToldSide Right, IReadOnlyList<ToldStandards> Standards, IReadOnlyList<ToldNumbers> Numbers);

    public sealed record ToldSide(PickArea.Place Place, DateOnly Day);

    /// <summary>The standards that decide on either side at a level: null where none does.</summary>
    public sealed record ToldStandards(string Level, ToldStandard? Left, ToldStandard? Right, IReadOnlyList<ToldIndicators> Indicators);

    public sealed record ToldStandard(string Id, int Version, Label Title);

    public sealed record ToldIndicators(string Id, Difference Difference, ToldRule? Left, ToldRule? Right);

    /// <summary>A rule as it is written in the pack; without a text of the law Met is null.</summary>
    public sealed record ToldRule(Label Title, string? Met, string? ExemptWhen, string? Limit);

    /// <summary>A dated number of the law on either side; null where no law was found.</summary>
    public sealed record ToldNumbers(string Parameter, Label Title, string Unit, Difference Difference, string? Left, string? Right);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/standards/compare", Show).Needs(Permission.ViewStandards);
        routes
            .MapGet(
                Api.Root + "/standards/compare",
                (ConsoleContext context, HttpContext http, string? area, string? withArea, string? day, string? withDay) =>
                {
                    var (place, on) = (ListStandards.PlaceOf(context, area), AreaArgument.Day(day) ?? context.WorkDate);
                    var other = (withArea is null ? place : ListStandards.PlaceOf(context, withArea), AreaArgument.Day(withDay) ?? on);
                    return Api.Answer(http, Tell(Handle(context.Installation.Packs, (place, on), other)));
                }
            )
            .OfApi<Told>(Permission.ViewStandards, "compare-standards", "The law of two places, or of one place on two days, side by side")
            .Asks(
                ("area", "code of any place, 2 to 12 digits; without it the widest of your own"),
                ("withArea", "the other place; without it the same"),
                ("day", "2020-06-12; without it the work date"),
                ("withDay", "the day at the other place; without it the same")
            );
    }

    private static IResult Show(ConsoleContext context, string? a, string? b, string? day, string? day2)
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

    private static Told Tell(Result result)
    {
        ToldSide Side(BrowseStandards.Law law) => new(PickArea.Tell(law.Place), law.Day);
        ToldStandard? Of(Standard? s) => s is null ? null : new(s.Id, s.Version, s.Title);
        string? Written(Expr? rule) => rule is null ? null : ExprText.Of(rule);
        ToldRule? Rule(Indicator? i) => i is null ? null : new(i.Title, Written(i.Met), Written(i.ExemptWhen), Written(i.Limit));
        return new(
            Side(result.Left),
            Side(result.Right),
            [
                .. result.Standards.Select(s => new ToldStandards(
                    s.Level.Name,
                    Of(s.Left),
                    Of(s.Right),
                    [.. s.Indicators.Select(i => new ToldIndicators(i.Id, i.Difference, Rule(i.Left), Rule(i.Right)))]
                )),
            ],
            [
                .. result.Thresholds.Select(t => new ToldNumbers(
                    t.Parameter.Id,
                    t.Parameter.Label,
                    t.Parameter.Unit,
                    t.Difference,
                    t.Left is { } l ? BrowseStandards.Text(t.Parameter, l.Value) : null,
                    t.Right is { } r ? BrowseStandards.Text(t.Parameter, r.Value) : null
                )),
            ]
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
