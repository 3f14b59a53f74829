using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// The value of an expression for one subject: unknown, a number, a text, bounds, or a quotient (whose ends are numerators over denominators). An exact
/// value has equal bounds and denominators of one.
/// </summary>
public readonly record struct Outcome(bool Known, long Low, long High, long LowDenominator = 1, long HighDenominator = 1, string? Text = null)
{
    /// <summary>Not known.</summary>
    public static readonly Outcome Unknown = new(false, 0, 0);

    /// <summary>Whether both ends are one value.</summary>
    public bool IsExact => Known && (Int128)Low * HighDenominator == (Int128)High * LowDenominator;

    /// <summary>True, false or unknown (null).</summary>
    public bool? Flag => Known ? Low != 0 : null;
}

/// <summary>Evaluates single expressions over all rows of a table.</summary>
public static class Evaluation
{
    /// <summary>The value of an expression over the variable for each row of the variable's type.</summary>
    public static Outcome[] Evaluate(this Snapshot snapshot, Expr expr, Variable subject, Overlay? overlay = null)
    {
        var table = snapshot[subject.Type];
        var outcomes = new Outcome[table.Count];
        var planner = new Planner(snapshot, overlay, expr);
        var read = Reader(planner, expr);
        Judging.ForChunks(
            table,
            1,
            (scratch, start, count) =>
            {
                var frame = Frame.Chunk(scratch, subject, table, start, count);
                read(frame, outcomes.AsSpan(start, count));
                frame.Release();
            }
        );
        return outcomes;
    }

    internal delegate void Read(Frame frame, Span<Outcome> outcomes);

    internal static Read Reader(Planner planner, Expr expr) =>
        expr.Type.Kind switch
        {
            Kind.Bool => Flags(planner.Flag(expr)),
            Kind.Ratio => Quotients(planner.Fraction(expr)),
            Kind.Text => Texts(planner.Number(expr), planner.Texts),
            _ => Numbers(planner.Bounds(expr)),
        };

    private static Read Flags(BoolNode node) =>
        (frame, outcomes) =>
        {
            var mark = frame.Scratch.Take();
            Span<ulong> truth = frame.Scratch.Mask(frame),
                known = frame.Scratch.Mask(frame);
            node.EvaluateFully(frame, truth, known);
            for (var i = 0; i < outcomes.Length; i++)
            {
                var flag = Bits.Get(truth, i) ? 1 : 0;
                outcomes[i] = Bits.Get(known, i) ? new Outcome(true, flag, flag) : Outcome.Unknown;
            }
            frame.Scratch.Release(mark);
        };

    private static Read Numbers(BoundsNode node) =>
        (frame, outcomes) =>
        {
            var mark = frame.Scratch.Take();
            Span<long> low = frame.Scratch.Numbers(frame),
                high = frame.Scratch.Numbers(frame);
            var known = frame.Scratch.Mask(frame);
            var all = node.Evaluate(frame, low, high, known);
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] = all || Bits.Get(known, i) ? new Outcome(true, low[i], high[i]) : Outcome.Unknown;
            frame.Scratch.Release(mark);
        };

    private static Read Texts(NumberNode node, Texts texts) =>
        (frame, outcomes) =>
        {
            var mark = frame.Scratch.Take();
            var values = frame.Scratch.Numbers(frame);
            var known = frame.Scratch.Mask(frame);
            var all = node.Evaluate(frame, values, known);
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] = all || Bits.Get(known, i) ? new Outcome(true, 0, 0, Text: texts.TextOf(values[i])) : Outcome.Unknown;
            frame.Scratch.Release(mark);
        };

    private static Read Quotients(FractionNode node) =>
        (frame, outcomes) =>
        {
            var mark = frame.Scratch.Take();
            var target = Fractions.Rent(frame);
            var known = frame.Scratch.Mask(frame);
            var all = node.Evaluate(frame, target, known);
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] =
                    all || Bits.Get(known, i)
                        ? new Outcome(true, target.LowNumerator[i], target.HighNumerator[i], target.LowDenominator[i], target.HighDenominator[i])
                        : Outcome.Unknown;
            frame.Scratch.Release(mark);
        };
}
