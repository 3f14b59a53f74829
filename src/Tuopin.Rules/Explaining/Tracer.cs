using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Explaining;

/// <summary>Evaluates an expression and all its parts for one subject, a batch of one, on the evaluator that judges a nation.</summary>
internal sealed class Tracer
{
    /// <summary>Items listed of one collection; a village of many households shows the first.</summary>
    private const int MostItems = 100;

    private readonly Snapshot snapshot;
    private readonly Planner planner;
    private readonly Scratch scratch = new();

    // The same part is read for each member of a household: it is evaluated for all of them at once.
    private readonly Dictionary<Expr, Evaluation.Read> readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Frame, Expr), Outcome[]> outcomes = new(ByReference.Instance);
    private readonly long areaCode;

    // What a derived fact of a subject came from is the same wherever a standard reads it.
    private readonly Dictionary<(Place, Fact, long), Trace> derived = [];

    public Tracer(Snapshot snapshot, long areaCode, Overlay? overlay, IEnumerable<Expr> expressions)
    {
        this.snapshot = snapshot;
        this.areaCode = areaCode;
        planner = new Planner(snapshot, overlay, expressions);
    }

    /// <summary>Traces an expression over the first row of its subject.</summary>
    public Trace Run(Expr expr, Variable subject)
    {
        var frame = Frame.Chunk(scratch, subject, snapshot[subject.Type], 0, 1);
        var trace = At(expr, frame, 0);
        frame.Release();
        return trace;
    }

    private Trace At(Expr expr, Frame frame, int position)
    {
        if (expr is not DerivedRead read || Id(frame.At(read.Place), position) is not (> 0 and var subject))
            return Fresh(expr, frame, position);
        if (!derived.TryGetValue((read.Place, read.Fact, subject), out var trace))
            derived.Add((read.Place, read.Fact, subject), trace = Fresh(expr, frame, position));
        return trace;
    }

    private Trace Fresh(Expr expr, Frame frame, int position)
    {
        var parts = expr is Aggregate aggregate
            ? Items(aggregate, frame, position)
            : expr.Parts().Where(p => p is not Constant).Select(p => At(p, frame, position)).ToImmutableArray();
        return new Trace(expr, OutcomeOf(expr, frame, position), parts)
        {
            SubjectId = expr.PlaceOf() is { } place ? Id(frame.At(place), position) : 0,
            Law = expr is ParameterRead p ? p.Parameter.InForce(areaCode, p.Parameter.IndexOn(snapshot.Day)) : null,
        };
    }

    private Outcome OutcomeOf(Expr expr, Frame frame, int position)
    {
        if (outcomes.TryGetValue((frame, expr), out var found))
            return found[position];
        if (!readers.TryGetValue(expr, out var read))
            readers.Add(expr, read = Evaluation.Reader(planner, expr));
        outcomes.Add((frame, expr), found = new Outcome[frame.Count]);
        read(frame, found);
        return found[position];
    }

    private ImmutableArray<Trace> Items(Aggregate aggregate, Frame frame, int position)
    {
        var collection = new Collection(aggregate.Source, aggregate.Collection, aggregate.Item);
        var segments = collection.Segments(frame);
        var items = collection.Items(frame, segments);
        var (from, to) = segments[position];
        var traces = ImmutableArray.CreateBuilder<Trace>();
        for (var i = from; i < Math.Min(to, from + MostItems); i++)
        {
            var parts = new[] { aggregate.Filter, aggregate.Body }.OfType<Expr>().Select(e => At(e, items, i)).ToImmutableArray();
            traces.Add(
                new Trace(aggregate, parts.IsEmpty ? Outcome.Unknown : parts[^1].Outcome, parts)
                {
                    IsItem = true,
                    ItemNumber = i - from + 1,
                    SubjectId = Id(items.Own, i),
                }
            );
        }
        items.Release();
        return traces.ToImmutable();
    }

    private static long Id(RowSet rows, int position) => rows[position] is var row and >= 0 ? rows.Table.Ids[row] : 0;

    private sealed class ByReference : IEqualityComparer<(Frame Frame, Expr Expr)>
    {
        public static readonly ByReference Instance = new();

        public bool Equals((Frame Frame, Expr Expr) x, (Frame Frame, Expr Expr) y) =>
            ReferenceEquals(x.Frame, y.Frame) && ReferenceEquals(x.Expr, y.Expr);

        public int GetHashCode((Frame Frame, Expr Expr) key) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(key.Frame), RuntimeHelpers.GetHashCode(key.Expr));
    }
}
