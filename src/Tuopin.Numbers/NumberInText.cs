namespace Tuopin.Numbers;

/// <summary>What a number in a text is.</summary>
public enum NumberRole
{
    /// <summary>A count, an amount, a rate: something that can be right or wrong.</summary>
    Figure,
    Date,
    Time,

    /// <summary>A rank, a page, a grade, the number of a heading.</summary>
    Ordinal,

    /// <summary>A telephone number, the number of a document, a code, an address.</summary>
    Code,

    /// <summary>A part of a name: “三个组织化”, 两不愁三保障.</summary>
    Name,
}

/// <summary>One number as it stands in a text.</summary>
public sealed record NumberInText
{
    public required int Index { get; init; }

    /// <summary>Where it stands, digits and unit.</summary>
    public required int Start { get; init; }
    public required int End { get; init; }
    public required NumberRole Role { get; init; }

    /// <summary>Digits and unit as printed.</summary>
    public required string Text { get; init; }

    /// <summary>Digits and unit in half-width characters.</summary>
    public required string Plain { get; init; }
    public required Unit Unit { get; init; }
    public Dimension Dimension => Unit.Dimension;

    /// <summary>In the first unit of its dimension: 1.7835亿元 is 178350000.</summary>
    public required decimal Value { get; init; }

    /// <summary>What it can stand for when it counts: a whole number without 万 or 亿 is exact.</summary>
    public required Bounds Bounds { get; init; }

    /// <summary>What it can stand for when it is the result of a division: half of the last printed digit either way.</summary>
    public required Bounds Rounded { get; init; }

    /// <summary>Digits printed, without leading zeros: how much a coincidence would weigh.</summary>
    public required int Digits { get; init; }

    /// <summary>About, more than, at least.</summary>
    public bool IsRough { get; init; }

    /// <summary>1/3, 三分之一: a share that is said as a fraction.</summary>
    public bool IsFraction { get; init; }
    public int Sentence { get; internal set; }
    public int Paragraph { get; internal set; }

    /// <summary>Where the innermost bracket around it opens; -1 outside of brackets.</summary>
    public int Bracket { get; internal set; } = -1;

    /// <summary>The other half of a 户/人 pair, by index; -1 when it stands alone.</summary>
    public int Pair { get; internal set; } = -1;

    /// <summary>The words before it, back to the previous number or comma; a number of persons shares those of its households.</summary>
    public string Before { get; internal set; } = "";

    /// <summary>The words after it, up to the next number or comma.</summary>
    public string After { get; internal set; } = "";

    internal bool IsFigure => Role == NumberRole.Figure;

    /// <summary>Too large for arithmetic that cannot overflow.</summary>
    internal bool IsHuge => Math.Abs(Value) > 10_000_000_000_000m;
    internal string Label => Before + After;

    /// <summary>Its counted noun, for things: 个贫困村 and 个项目 do not add up.</summary>
    internal bool Adds(NumberInText other) =>
        Dimension == other.Dimension && (Dimension is not (Dimension.Thing or Dimension.Other) || Unit.Name == other.Unit.Name);
}
