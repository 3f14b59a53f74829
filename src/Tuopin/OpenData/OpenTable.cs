using System.Data.Common;
using System.Numerics;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Figures;

namespace Tuopin.OpenData;

/// <summary>A number of a data set: its value, or that it is withheld. Nobody is told which withheld ones are small.</summary>
public sealed record OpenCell(Figure Figure, AreaVersion Area, DateOnly Day, FigureValue Value, bool Withheld);

/// <summary>
/// The numbers of a data set with what ties them: an area is the sum of the areas beneath it, a formula of its parts, a share is given away by its numerator. What
/// is counted with unknowns has two ends, and each of them is a table by itself: what is withheld in one is withheld in the other.
/// </summary>
public sealed class OpenTable
{
    private readonly Dictionary<(string Figure, long Area, DateOnly Day), int> index = [];
    private readonly List<Node> nodes = [];
    private readonly List<CellSum> sums = [];
    private readonly List<CellFollows> follows = [];
    private readonly Dictionary<DateOnly, FigureValues> values = [];
    private readonly HashSet<((string, DateOnly), long)> tiedAreas = [];

    /// <param name="IsCount">It counts people, households or what is theirs.</param>
    /// <param name="Never">Published by nobody, and worked out by everybody.</param>
    private sealed record Node(FigureValue Value, bool IsCount, bool Never, int Breadth)
    {
        public bool InSums => Value.IsKnown && Value.Low.Denominator.IsOne && Value.High.Denominator.IsOne && Fits(Value.Low) && Fits(Value.High);

        // What is no count of a nation's people stands in no sum that protects them.
        private static bool Fits(Exact value) => BigInteger.Abs(value.Numerator) < 1_000_000_000_000_000;
    }

    private OpenTable(IReadOnlyList<OpenCell> cells, int small, int covering) => (Cells, Small, Covering) = (cells, small, covering);

    /// <summary>By day, then area, then figure in the order of the set.</summary>
    public IReadOnlyList<OpenCell> Cells { get; private set; }

    /// <summary>Counts below the threshold that are withheld; not told outside.</summary>
    public int Small { get; private set; }

    /// <summary>Others withheld so that those do not follow.</summary>
    public int Covering { get; private set; }

    /// <summary>Computes the set and decides; the areas of a day from the widest down, their parents among them.</summary>
    public static OpenTable Of(
        Installation installation,
        DbConnection connection,
        OpenDataSet set,
        IReadOnlyList<(DateOnly Day, IReadOnlyList<AreaVersion> Areas)> days
    )
    {
        var table = new OpenTable([], 0, 0);
        var asked = new List<(Figure Figure, AreaVersion Area, DateOnly Day, int Node)>();
        foreach (var (day, areas) in days)
        {
            foreach (var then in Days(set.Figures, day))
                if (!table.values.ContainsKey(then))
                    table.values.Add(
                        then,
                        FigureValues.Of(installation, connection, set.Figures.SelectMany(f => f.All()).Distinct(), areas, new(then))
                    );
            foreach (var area in areas)
            foreach (var figure in set.Figures)
                asked.Add((figure, area, day, table.Cell(figure, area, day)));
            foreach (var area in areas)
                table.Tie(set, area, day);
            table.TieAreas(areas);
        }
        var withheld = table.Decide(set.Threshold);
        table.Cells = [.. asked.Select(a => new OpenCell(a.Figure, a.Area, a.Day, table.nodes[a.Node].Value, withheld[a.Node]))];
        bool IsSmall(Exact value) => value.Sign > 0 && value < set.Threshold;
        var shown = asked.Select(a => a.Node).Distinct().Where(n => withheld[n]).ToList();
        table.Small = shown.Count(n => table.nodes[n].IsCount && (IsSmall(table.nodes[n].Value.Low) || IsSmall(table.nodes[n].Value.High)));
        table.Covering = shown.Count - table.Small;
        return table;
    }

    // All days that figures of a day are made of.
    private static HashSet<DateOnly> Days(IEnumerable<Figure> figures, DateOnly day)
    {
        var days = new HashSet<DateOnly> { day };
        void Add(Figure figure, DateOnly at)
        {
            days.Add(at);
            if (figure.Moment.On(at) is not { } on)
                return;
            foreach (var part in figure.Formula?.Parts() ?? [])
                if (part.At.On(on) is { } then)
                    Add(part.Figure, then);
        }
        foreach (var figure in figures)
            Add(figure, day);
        return days;
    }

    private int Cell(Figure figure, AreaVersion area, DateOnly day)
    {
        // Of whichever day it is asked, it is of the day that the figure is of.
        var on = figure.Moment.On(day) ?? day;
        var key = (figure.Id, area.AreaId, figure.Formula is null ? on : day);
        if (index.TryGetValue(key, out var known))
            return known;
        var value = values[day].Of(figure, area);
        var at = Add(new(value, OpenDataSet.IsOfPeople(figure) && !IsRatio(figure), false, area.Level));
        index.Add(key, at);
        if (figure.Formula is { } formula)
            TieTerm(at, formula, area, on);
        return at;
    }

    private int Add(Node node)
    {
        nodes.Add(node);
        return nodes.Count - 1;
    }

    private static bool IsRatio(Figure figure) => figure.Formula is { } formula && IsRatio(formula);

    private static bool IsRatio(FigureTerm term) =>
        term switch
        {
            FigurePart part => IsRatio(part.Figure),
            FigureOperation { Sign: '*' or '/' } => true,
            FigureOperation o => IsRatio(o.Left) || IsRatio(o.Right),
            _ => false,
        };

    // A term that is a cell of its own: a figure named, or what an operation comes to.
    private int? Operand(FigureTerm term, AreaVersion area, DateOnly on)
    {
        switch (term)
        {
            case FigurePart part:
                return part.At.On(on) is { } then && values.ContainsKey(then) ? Cell(part.Figure, area, then) : null;
            case FigureOperation operation:
                var value = FigureValue.Of(
                    operation,
                    p => p.At.On(on) is { } then ? values[then].Of(p.Figure, area) : FigureValue.Without(FigureState.NotYet)
                );
                var at = Add(new(value, false, false, area.Level));
                TieTerm(at, operation, area, on);
                return at;
            default:
                return null;
        }
    }

    private void TieTerm(int cell, FigureTerm term, AreaVersion area, DateOnly on)
    {
        if (term is FigurePart same && Operand(same, area, on) is { } only)
        {
            follows.Add(new(cell, [only]));
            follows.Add(new(only, [cell]));
        }
        if (term is not FigureOperation operation)
            return;
        var (left, right) = (Operand(operation.Left, area, on), Operand(operation.Right, area, on));
        int[] operands = [.. new[] { left, right }.OfType<int>()];
        var linear =
            operation.Sign is '+' or '-'
            && !IsRatio(operation)
            && operands.Length == 2
            && operands.Append(cell).All(c => nodes[c].InSums && nodes[c].Value.IsExact);
        if (linear)
            // a - b = c says that a is the sum of b and c.
            sums.Add(operation.Sign == '+' ? new(cell, operands) : new(left!.Value, [right!.Value, cell]));
        else
            follows.Add(new(cell, operands));
        // The rest of a whole of which a share is told: who did not exit.
        if (operation.Sign == '/' && operands.Length == 2 && nodes[left!.Value].IsCount && nodes[right!.Value].IsCount)
            Rest(right.Value, [left.Value]);
    }

    // The parts and what is left of their whole, which nobody publishes and everybody can work out.
    private void Rest(int whole, IReadOnlyList<int> parts)
    {
        if (!parts.Append(whole).All(c => nodes[c].InSums))
            return;
        var (low, high) = (nodes[whole].Value.Low, nodes[whole].Value.High);
        foreach (var part in parts)
            (low, high) = (low - nodes[part].Value.Low, high - nodes[part].Value.High);
        if (low.Sign < 0 || high.Sign < 0)
            return;
        sums.Add(
            low.IsZero && high.IsZero && parts.Count > 1
                ? new(whole, parts)
                : new(whole, [.. parts, Add(new(new(FigureState.Known, low, high), nodes[whole].IsCount, true, nodes[whole].Breadth))])
        );
    }

    private void Tie(OpenDataSet set, AreaVersion area, DateOnly day)
    {
        foreach (var (whole, parts) in set.Wholes)
            Rest(Cell(whole, area, day), [.. parts.Select(p => Cell(p, area, day))]);
        foreach (var group in set.Together)
        {
            int[] cells = [.. group.Select(f => Cell(f, area, day))];
            foreach (var cell in cells)
                follows.Add(new(cell, [.. cells.Where(c => c != cell)]));
        }
    }

    // An area is the sum of those of the next level beneath it, and of what belongs to none of them.
    private void TieAreas(IReadOnlyList<AreaVersion> areas)
    {
        var levels = areas.Select(a => a.Level).Distinct().Order().ToList();
        var cells = index.GroupBy(k => (k.Key.Figure, k.Key.Day)).ToDictionary(g => g.Key, g => g.ToDictionary(k => k.Key.Area, k => k.Value));
        foreach (var (level, below) in levels.Zip(levels.Skip(1)))
        foreach (var area in areas.Where(a => a.Level == level))
        {
            var range = AreaTree.RangeOf(area);
            var children = areas.Where(a => a.Level == below && range.Contains(a.Code)).ToList();
            foreach (var (key, of) in cells)
                if (children.Count > 0 && of.TryGetValue(area.AreaId, out var whole) && nodes[whole].IsCount && tiedAreas.Add((key, area.AreaId)))
                {
                    int[] parts = [.. children.Where(c => of.ContainsKey(c.AreaId)).Select(c => of[c.AreaId])];
                    if (parts.Length > 0)
                        Rest(whole, parts);
                }
        }
    }

    private bool[] Decide(int threshold)
    {
        CellsToPublish Table(Func<FigureValue, Exact> end) =>
            new(
                [.. nodes.Select(n => n.InSums ? (long)end(n.Value).Numerator : 0)],
                [.. nodes.Select(n => n.IsCount && n.InSums)],
                [.. nodes.Select(n => n.Never)],
                [.. nodes.Select(n => n.InSums && end(n.Value).Sign < 0)],
                [.. nodes.Select(n => n.Breadth)],
                sums,
                follows
            );
        var (lows, highs) = (Table(v => v.Low), Table(v => v.High));
        var withheld = WithholdCells.Of(lows, threshold);
        if (nodes.TrueForAll(n => n.Value.IsExact || !n.InSums))
            return withheld;
        while (true)
        {
            var both = WithholdCells.Of(lows, threshold, WithholdCells.Of(highs, threshold, withheld));
            if (both.SequenceEqual(withheld))
                return withheld;
            withheld = both;
        }
    }
}
