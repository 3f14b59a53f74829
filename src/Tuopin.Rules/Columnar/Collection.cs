using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>The collection a macro runs over: which items each position has, and at which positions the macro is unknown whatever the items say.</summary>
internal sealed class Collection(Place source, Relation relation, Variable item)
{
    public Relation Relation => relation;

    public Segments Segments(Frame frame)
    {
        var parents = frame.At(source);
        var snapshot = parents.Table.Snapshot;
        if (!parents.Table.Manys.TryGetValue(relation, out var link))
            snapshot.RequireLoose($"relation {relation}");
        return Columnar.Segments.Of(parents, frame.Count, link, link?.Target ?? snapshot[relation.Target]);
    }

    public Frame Items(Frame frame, Segments segments) => frame.Items(item, segments);

    /// <summary>Takes from the known mask the owners that do not exist, and those with an empty required collection.</summary>
    public bool Restrict(Segments segments, bool all, Span<ulong> known)
    {
        var mayMiss = !segments.Parents.IsRun && !segments.Parents.Complete;
        var mayBeEmpty = relation.Required && (segments.Link?.NonEmpty is not null || !segments.IsRun);
        if (!mayMiss && !mayBeEmpty)
            return all;
        if (all)
            known.Fill(~0UL);
        for (var i = 0; i < segments.Owners; i++)
        {
            var (from, to) = segments[i];
            if (relation.Required && from == to || mayMiss && segments.Parents[i] < 0)
                known[i >> 6] &= ~(1UL << i);
        }
        return false;
    }
}
