using System.Collections.Immutable;

namespace Tuopin.Rules.Model;

/// <summary>Colours of cards for late work; stored numbers never change.</summary>
public enum WarningColour : byte
{
    Yellow = 1,
    Red = 2,
}

/// <summary>A card that follows from a deadline missed by some days.</summary>
/// <param name="Days">Parameter (int, by day): days after the deadline.</param>
/// <param name="Kinds">Kinds of work it is for (code list work_kind); none for all.</param>
public sealed record WarningCard(string Id, WarningColour Colour, string Days, ImmutableArray<string> Kinds)
{
    public bool Concerns(string kind) => Kinds.IsEmpty || Kinds.Contains(kind);
}

/// <summary>Yellow and red cards of an area as data (黄牌、红牌).</summary>
public sealed record Warning(
    string Id,
    int Version,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    ImmutableArray<WarningCard> Cards
)
{
    public Label? Note { get; init; }
}
