using Tuopin.Rules.Language;

namespace Tuopin.Rules.Columnar;

/// <summary>A what-if: where the condition is true for the subject at the place, the replacement stands for the stored boolean.</summary>
internal sealed class FlagOverlay(Place place, Variable item, BoolNode where, BoolNode to, BoolNode stored) : BoolNode
{
    public override bool Evaluate(Frame frame, Span<ulong> truth, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> holds = frame.Scratch.Mask(frame),
            newTruth = frame.Scratch.Mask(frame),
            newKnown = frame.Scratch.Mask(frame);
        var subject = frame.Rebound(item, frame.At(place));
        where.Evaluate(subject, holds, newKnown);
        OverlaidNumber.RequireSubject(subject, holds);
        to.EvaluateFully(subject, newTruth, newKnown);
        stored.EvaluateFully(frame, truth, known);
        for (var i = 0; i < truth.Length; i++)
        {
            truth[i] = newTruth[i] & holds[i] | truth[i] & ~holds[i];
            known[i] = newKnown[i] & holds[i] | known[i] & ~holds[i];
        }
        subject.Release();
        frame.Scratch.Release(mark);
        return false;
    }
}

/// <summary>A what-if on a number.</summary>
internal sealed class OverlaidNumber(Place place, Variable item, BoolNode where, NumberNode to, NumberNode stored) : NumberNode
{
    public override bool Evaluate(Frame frame, Span<long> values, Span<ulong> known)
    {
        var mark = frame.Scratch.Take();
        Span<ulong> holds = frame.Scratch.Mask(frame),
            newKnown = frame.Scratch.Mask(frame);
        var replaced = frame.Scratch.Numbers(frame);
        var subject = frame.Rebound(item, frame.At(place));
        where.Evaluate(subject, holds, newKnown);
        RequireSubject(subject, holds);
        if (to.Evaluate(subject, replaced, newKnown))
            newKnown.Fill(~0UL);
        if (stored.Evaluate(frame, values, known))
            known.Fill(~0UL);
        for (var i = 0; i < frame.Count; i++)
            if (Bits.Get(holds, i))
                values[i] = replaced[i];
        for (var i = 0; i < known.Length; i++)
            known[i] = newKnown[i] & holds[i] | known[i] & ~holds[i];
        subject.Release();
        frame.Scratch.Release(mark);
        return false;
    }

    /// <summary>A what-if changes facts of subjects and makes none.</summary>
    public static void RequireSubject(Frame subject, Span<ulong> holds)
    {
        if (subject.Own.IsRun || subject.Own.Complete)
            return;
        for (var i = 0; i < subject.Count; i++)
            if (subject.Own[i] < 0)
                holds[i >> 6] &= ~(1UL << i);
    }
}
