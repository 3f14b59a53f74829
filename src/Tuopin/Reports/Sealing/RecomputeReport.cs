using System.Data.Common;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.Sealing;

/// <summary>What a number comes to when it is computed again as of the moment of the seal.</summary>
public enum Recomputation : byte
{
    /// <summary>The same.</summary>
    Same,

    /// <summary>Another, and its definition, or the law it reads, is another than when it was sealed.</summary>
    LawChanged,

    /// <summary>The figure is no longer in the packs.</summary>
    FigureGone,

    /// <summary>The area of that day is no longer in the tree.</summary>
    AreaGone,

    /// <summary>It reads verdicts, and the area is too large to be judged at once: it is computed again when it was judged for the moment.</summary>
    NotKept,

    /// <summary>Another by the same definition: the record of that moment is not what it was.</summary>
    Altered,
}

/// <summary>
/// Each number of a sealed report computed again: as of the moment of the seal, where it must be the same, and of the same day as it is known now, where each
/// difference has its causes and its subjects.
/// </summary>
public static class RecomputeReport
{
    /// <param name="Figure">As the packs have it now; null where it is gone.</param>
    /// <param name="Again">As of the moment of the seal.</param>
    /// <param name="Now">Of the same day, known now.</param>
    public sealed record Line(
        SealedNumber Number,
        Figure? Figure,
        AreaVersion? Area,
        FigureValue Again,
        FigureValue Now,
        Recomputation Outcome,
        bool Redefined
    )
    {
        public FigureValue Sealed => Number.Value;

        /// <summary>Whether the number would be another one today.</summary>
        public bool Differs =>
            Figure is not null && Area is not null && Outcome != Recomputation.NotKept && Now.State != FigureState.NotKept && !Same(Sealed, Now);

        public Exact? Difference => Sealed.Exactly is { } was && Now.Exactly is { } now ? now - was : null;
    }

    public sealed record Result(SealedReport Report, IReadOnlyList<Line> Lines)
    {
        public bool Holds => Lines.All(l => l.Outcome is Recomputation.Same or Recomputation.NotKept);
        public IEnumerable<Line> Differing => Lines.Where(l => l.Differs);
    }

    /// <summary>Computes the numbers again, in one pass for each day.</summary>
    public static Result Handle(Installation installation, DbConnection connection, SealedWhole whole)
    {
        var (packs, lines) = (installation.Packs, new List<Line>());
        foreach (var day in whole.Numbers.GroupBy(n => n.Day))
        {
            var date = DayNumber.ToDate(day.Key);
            // As the tree of the day was known then; what the numbers are now is read in the tree of the day as it is known now.
            var (known, tree) = (AreaTree.Load(connection, date, knownAt: whole.Report.KnownChange), AreaTree.Load(connection, date));
            var numbers = day.Select(n => (Number: n, Figure: packs.Figures.GetValueOrDefault(n.Figure), Area: known.ById(n.AreaId))).ToList();
            var figures = numbers.Select(n => n.Figure).OfType<Figure>().Distinct().ToList();
            var areas = numbers.Select(n => n.Area).OfType<AreaVersion>().DistinctBy(a => a.AreaId).ToList();
            FigureValues? Values(List<AreaVersion> of, long? at) =>
                of.Count == 0 ? null : FigureValues.Of(installation, connection, figures, of, new(date, at));
            var again = Values(areas, whole.Report.KnownChange);
            var now = Values([.. areas.Select(a => tree.ById(a.AreaId)).OfType<AreaVersion>()], null);
            foreach (var (number, figure, area) in numbers)
            {
                if (figure is null || area is null)
                {
                    var none = FigureValue.Without(FigureState.Unknown);
                    lines.Add(new(number, figure, area, none, none, figure is null ? Recomputation.FigureGone : Recomputation.AreaGone, false));
                    continue;
                }
                var then = again!.Of(figure, area);
                var today = tree.ById(area.AreaId) is { } place ? now!.Of(figure, place) : FigureValue.Without(FigureState.Unknown);
                var redefined = FigureHash.Of(figure) != number.DefinitionHash;
                lines.Add(new(number, figure, area, then, today, Outcome(number.Value, then, redefined), redefined));
            }
        }
        return new(whole.Report, [.. lines.OrderBy(l => l.Number.Key)]);
    }

    private static Recomputation Outcome(FigureValue kept, FigureValue again, bool redefined) =>
        Same(kept, again) ? Recomputation.Same
        : again.State == FigureState.NotKept ? Recomputation.NotKept
        : redefined ? Recomputation.LawChanged
        : Recomputation.Altered;

    private static bool Same(FigureValue a, FigureValue b) => a.State == b.State && a.Low == b.Low && a.High == b.High;

    /// <summary>The two moments of a number that differs: that of the seal, and the same day as it is known now.</summary>
    public static (FigureSide From, FigureSide To) Sides(SealedReport report, Line line) =>
        (new(line.Area!, new(DayNumber.ToDate(line.Number.Day), report.KnownChange)), new(line.Area!, new(DayNumber.ToDate(line.Number.Day))));

    /// <summary>The counted figures that a figure is in the end made of, each with the day it is of: these open to names.</summary>
    public static IEnumerable<(Figure Figure, DateOnly Day)> Leaves(Figure figure, DateOnly day)
    {
        if (figure.Formula is not { } formula)
            return [(figure, day)];
        return formula.Parts().SelectMany(p => figure.Moment.On(day) is { } on && p.At.On(on) is { } then ? Leaves(p.Figure, then) : []).Distinct();
    }

    public static Label Of(Recomputation outcome) =>
        outcome switch
        {
            Recomputation.Same => new("按封存时点重算一致", "the same as of the seal"),
            Recomputation.LawChanged => new("计算方法或标准已变，不能按原样重算", "its definition or law is another now"),
            Recomputation.FigureGone => new("数字目录里已没有这个数", "the figure is no longer in the catalogue"),
            Recomputation.AreaGone => new("区划里已没有这个区域", "the area is no longer in the tree"),
            Recomputation.NotKept => new("要先按封存的时点判定才能重算", "to be computed again it has to be judged for the moment of the seal"),
            _ => new("与封存时不一致：当时的记录被改动过", "differs by the same definition: the record of that moment was altered"),
        };
}
