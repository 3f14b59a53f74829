using System.Collections.Immutable;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Model;

/// <summary>What a section of a card holds.</summary>
public enum CardPart : byte
{
    /// <summary>Values of the household, one in a line.</summary>
    Facts,

    /// <summary>The members of the day, a row each, a column for each value.</summary>
    Members,

    /// <summary>The indicators of the deciding standard with their lights.</summary>
    Lights,

    /// <summary>Help received, the latest first.</summary>
    Measures,

    /// <summary>Who helps, now and before, since when: a changed helper stands on the next line.</summary>
    Helpers,

    /// <summary>Rows to be filled in by hand: visits, signatures.</summary>
    Blank,
}

/// <summary>The colour a card has when its condition holds.</summary>
public enum CardTint : byte
{
    Red,
    Yellow,
    Green,
    Blue,
}

/// <summary>A colour with what it says; the first that holds is the card's. With none, or none known, the card has no colour.</summary>
public sealed record CardColour(CardTint Tint, Label Label, Expr When);

/// <summary>A value with its title.</summary>
public sealed record CardLine(Label Label, Expr Value);

/// <param name="Lines">Of facts and members.</param>
/// <param name="Columns">Titles of blank rows.</param>
/// <param name="Rows">How many empty rows stand beneath, for what comes later.</param>
public sealed record CardSection(CardPart Part, Label Title, ImmutableArray<CardLine> Lines, ImmutableArray<Label> Columns, int Rows);

/// <summary>
/// A card or handbook of a household (明白卡, 扶贫手册) as data: its sections are rules over the registry, so that what is printed is what is held. What is
/// unknown prints as an empty line to be filled in by hand.
/// </summary>
/// <param name="For">Which households have such a card; null for all.</param>
public sealed record Card(
    string Id,
    int Version,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    Variable Household,
    Variable Person,
    Expr? For,
    ImmutableArray<CardColour> Colours,
    ImmutableArray<CardSection> Sections
)
{
    public Label? Note { get; init; }
}
