using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// What somebody does to a household by hand: a request that can be decided, shown and written, now or, when it must be reviewed first, later. One kind of
/// act is one file.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "act")]
[JsonDerivedType(typeof(EditFacts.Stating), "facts")]
[JsonDerivedType(typeof(AddMember.Adding), "add-member")]
[JsonDerivedType(typeof(RemoveMember.Removing), "remove-member")]
[JsonDerivedType(typeof(ChangeHead.Heading), "change-head")]
[JsonDerivedType(typeof(SplitHousehold.Splitting), "split-household")]
[JsonDerivedType(typeof(MoveHousehold.Moving), "move-household")]
[JsonDerivedType(typeof(MergeHouseholds.Merging), "merge-households")]
[JsonDerivedType(typeof(NameMember.Naming), "name-member")]
[JsonDerivedType(typeof(EditMeasures.Helping), "measure")]
public abstract record Act
{
    /// <summary>Why; it goes into the change and the audit.</summary>
    public required string Reason { get; init; }

    /// <summary>The day it holds from: the day the data is of.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The paper it rests on.</summary>
    public string? Document { get; init; }

    /// <summary>What the author saw: the changes that wrote the rows. An act on something else is refused; null where somebody else has made sure.</summary>
    public required string? Version { get; init; }

    [JsonIgnore]
    public abstract Permission Permission { get; }

    /// <summary>Name of the act in the audit: household.edit, member.add.</summary>
    [JsonIgnore]
    public abstract string Action { get; }

    /// <summary>The parameters that say whether it waits for a review.</summary>
    public virtual IEnumerable<string> Rules(FactDictionary dictionary) => ["review.members"];

    /// <summary>Finds out what the act would do to what is held now. Nothing is written.</summary>
    /// <exception cref="Refusal">It cannot be done; <see cref="ChangedMeanwhile"/> when the record is another than the author saw.</exception>
    public abstract Plan Decide(Writing writing);
}

/// <summary>What an act comes to: what would be another than before, which households it touches, and how it is written.</summary>
public sealed record Plan(IReadOnlyList<Difference> Differences, IReadOnlyList<long> Households, Action<long> Write)
{
    /// <summary>Households it makes: they are there once it is written.</summary>
    public IReadOnlyList<long> Made { get; init; } = [];

    /// <summary>Further to tell the audit.</summary>
    public object? Detail { get; init; }
}

/// <summary>One thing before and after, for people.</summary>
/// <param name="What">The fact or the person.</param>
/// <param name="Note">What else to know: somebody of a higher rank says otherwise.</param>
public sealed record Difference(Label What, Label Before, Label After, Label? Note = null)
{
    public static readonly Label Nothing = new("", "");
}

/// <summary>Somebody was faster: the record is another than the author of an act saw.</summary>
public sealed class ChangedMeanwhile(IReadOnlyList<string> what)
    : Refusal("edit.changed-since", "打开页面之后别人改过，请核对后再保存。It was changed since you opened it; look at it again.", what);
