using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
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

/// <summary>The words of an act: they go into the audit, where no personal number may stand.</summary>
public static class ActWords
{
    /// <exception cref="WrongUsage">edit.reason, edit.number-in-words, edit.document.</exception>
    public static (string Reason, string? Document) Read(string? reason, string? document)
    {
        var why = (reason ?? "").Trim();
        if (why.Length is < 2 or > 200 || why.Any(char.IsControl) || !IsWhole(why))
            throw new WrongUsage("edit.reason", "请写明原因（2 至 200 字）。Say why, in 2 to 200 characters.");
        var paper = (document ?? "").Trim();
        if (paper.Length > 200 || paper.Any(char.IsControl) || !IsWhole(paper))
            throw new WrongUsage("edit.document", "来源文件名或文号至多 200 字。A document is named in at most 200 characters.");
        if (HoldsNumber(why) || HoldsNumber(paper))
            throw new WrongUsage(
                "edit.number-in-words",
                "原因和文件名中不要写证件号码或电话。No ID or telephone numbers in the reason or the document."
            );
        return (why, paper.Length == 0 ? null : paper);
    }

    // Digits one after the other, or with a space or a hyphen between: a document number and a date are no telephone number.
    private static bool HoldsNumber(string text)
    {
        var run = 0;
        foreach (var c in text)
        {
            run =
                char.IsAsciiDigit(c) ? run + 1
                : c is ' ' or '-' ? run
                : 0;
            if (run >= 11)
                return true;
        }
        return false;
    }

    // A half surrogate is no text, and no database takes it.
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsLowSurrogate(text[i]) || (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i]))))
                return false;
        return true;
    }

    /// <summary>The day of a form; without one the work date. Nothing is stated of a day to come.</summary>
    /// <exception cref="WrongUsage">edit.day.</exception>
    public static DateOnly Day(string? text, DateOnly workDate)
    {
        var day = string.IsNullOrWhiteSpace(text) ? workDate : DayText.Read(text);
        return day is { } good && good <= workDate && good.Year >= 1950
            ? good
            : throw new WrongUsage("edit.day", "日期写作 2020-06-12，且不晚于工作日。Write a day as 2020-06-12, not after the work date.");
    }
}

/// <summary>Somebody was faster: the record is another than the author of an act saw.</summary>
public sealed class ChangedMeanwhile(IReadOnlyList<string> what)
    : Refusal("edit.changed-since", "打开页面之后别人改过，请核对后再保存。It was changed since you opened it; look at it again.", what);
