using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// What becomes of a value that somebody states by hand: the same ranks and the same statements as when a file states it
/// (Registry/Merging/MergePlan.Disputes.cs), for one row, without a database. A test holds the two against each other.
/// </summary>
public static class Settle
{
    /// <summary>What an author said of a fact, kept beside the row.</summary>
    public sealed record Said(string Author, int Day, long? Value);

    public enum Outcome : byte
    {
        /// <summary>It is so already.</summary>
        Same,

        /// <summary>The row takes it.</summary>
        Taken,

        /// <summary>Somebody of a higher rank says otherwise: it is kept beside the row.</summary>
        Outranked,
    }

    public sealed record Decision(Fact Fact, Value? Before, Value? After, Outcome Outcome, string? Holder, IReadOnlyList<Said> Statements);

    /// <param name="fact">What is stated.</param>
    /// <param name="mine">The value; null takes the held one away.</param>
    /// <param name="held">The value in force.</param>
    /// <param name="rowAuthor">Who wrote the row last, and of which day.</param>
    /// <param name="said">Statements kept about this fact.</param>
    /// <param name="author">Who states it now, and of which day.</param>
    public static Decision Decide(
        Fact fact,
        Value? mine,
        Value? held,
        (string? Author, int Day) rowAuthor,
        IReadOnlyList<Said> said,
        (string Author, int Day) author
    )
    {
        var mayDiffer = Ranks.CanConflict(fact);
        var me = new Said(author.Author, author.Day, mine?.Number);
        // An older word of ours that said otherwise no longer does.
        IReadOnlyList<Said> again = mayDiffer && mine is { } now && said.Any(s => s.Author == author.Author && s.Value != now.Number) ? [me] : [];
        if (mine == held)
            return new(fact, held, mine, Outcome.Same, null, again);
        if (held is null || !mayDiffer || Holder(fact, held.Value, rowAuthor.Author, said) is not { } holder)
            return new(fact, held, mine, Outcome.Taken, null, again);
        var (theirs, ours) = (Ranks.Of(fact, holder), Ranks.Of(fact, author.Author));
        if (theirs < ours)
            return new(fact, held, mine, Outcome.Outranked, holder, mine is null ? [] : [me]);
        return new(
            fact,
            held,
            mine,
            Outcome.Taken,
            holder,
            theirs > ours && mine is not null ? [new(holder, rowAuthor.Day, held.Value.Number), me] : again
        );
    }

    /// <summary>The author of the value in force: the highest-ranked statement of that value, else who wrote the row.</summary>
    public static string? Holder(Fact fact, Value held, string? rowAuthor, IReadOnlyList<Said> said) =>
        said.Where(s => s.Value == held.Number).MinBy(s => Ranks.Of(fact, s.Author))?.Author ?? rowAuthor;

    /// <summary>The row changes hands: who stated a value that stays in it is written down, unless a statement of it is held already.</summary>
    public static Said? Keep(Fact fact, Value? held, (string? Author, int Day) rowAuthor, IReadOnlyList<Said> said, string author) =>
        held is { } value
        && rowAuthor.Author is { } before
        && before != author
        && Ranks.CanConflict(fact)
        && Ranks.Of(fact, before) != Ranks.Of(fact, author)
        && said.All(s => s.Value != value.Number)
            ? new(before, rowAuthor.Day, value.Number)
            : null;
}
