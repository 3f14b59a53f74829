namespace Tuopin.Rules.Figures;

/// <summary>Why a figure has no number.</summary>
public enum FigureState : byte
{
    Known,

    /// <summary>Something it needs was never recorded.</summary>
    Unknown,

    /// <summary>It would be divided by nothing: no rate of nobody.</summary>
    NoBase,

    /// <summary>It is counted of places wider than the area asked for.</summary>
    NotOfLevel,

    /// <summary>It counts verdicts, and the area was not judged for the moment, or not since something was recorded.</summary>
    NotKept,

    /// <summary>Nobody has stated it.</summary>
    NotStated,

    /// <summary>Two sources state it differently and nobody has chosen.</summary>
    Disputed,

    /// <summary>It is of a day after the day asked for.</summary>
    NotYet,

    /// <summary>The caller may not see the facts it is made of.</summary>
    Hidden,
}

/// <summary>
/// A figure's value: two ends in base units, equal where nothing was unknown. A figure without a number says why.
/// </summary>
/// <param name="Unknown">Subjects of which it is not known whether, or with how much, they count.</param>
public readonly record struct FigureValue(FigureState State, Exact Low, Exact High, long Unknown = 0)
{
    public static FigureValue Of(Exact value) => new(FigureState.Known, value, value);

    public static FigureValue Without(FigureState why) => new(why, default, default);

    public bool IsKnown => State == FigureState.Known;
    public bool IsExact => IsKnown && Low == High;

    /// <summary>The number, where it is one.</summary>
    public Exact? Exactly => IsExact ? Low : null;

    /// <summary>Two values put together. The first side without a number says why there is none; a base of zero is said as such.</summary>
    public static FigureValue Combine(char sign, FigureValue a, FigureValue b)
    {
        if (!a.IsKnown || !b.IsKnown)
            return Without(a.IsKnown ? b.State : a.State);
        var unknown = a.Unknown + b.Unknown;
        switch (sign)
        {
            case '+':
                return new(FigureState.Known, a.Low + b.Low, a.High + b.High, unknown);
            case '-':
                return new(FigureState.Known, a.Low - b.High, a.High - b.Low, unknown);
            case '*':
                return Ends(unknown, a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High);
            default:
                if (b.Low.IsZero && b.High.IsZero)
                    return Without(FigureState.NoBase);
                // A base that may be nothing leaves everything open.
                if (b.Low.Sign <= 0 && b.High.Sign >= 0)
                    return Without(FigureState.Unknown) with { Unknown = unknown };
                return Ends(unknown, a.Low / b.Low, a.Low / b.High, a.High / b.Low, a.High / b.High);
        }
    }

    private static FigureValue Ends(long unknown, params ReadOnlySpan<Exact> ends)
    {
        var (low, high) = (ends[0], ends[0]);
        foreach (var end in ends)
            (low, high) = (end < low ? end : low, end > high ? end : high);
        return new(FigureState.Known, low, high, unknown);
    }

    /// <summary>The same as a part of a whole: an end that what is unknown would push below none or above all is held there. A number that is known stays as it is.</summary>
    public FigureValue AsShare()
    {
        if (!IsKnown || IsExact || High < 0 || Low > 1)
            return this;
        return this with { Low = Low < 0 ? 0 : Low, High = High > 1 ? 1 : High };
    }

    /// <summary>The value of a formula, whose parts are given.</summary>
    public static FigureValue Of(FigureTerm term, Func<FigurePart, FigureValue> part) =>
        term switch
        {
            FigureConstant c => Of(c.Value),
            FigurePart p => part(p),
            FigureOperation o => Combine(o.Sign, Of(o.Left, part), Of(o.Right, part)),
            _ => throw new InvalidOperationException(term.ToString()),
        };
}

/// <summary>Writes figures with the places their packs say, more where rounding would hide the side of a line.</summary>
public static class FigureText
{
    private const int MostPlaces = 12;

    /// <summary>The number of one end in the figure's unit, without the unit.</summary>
    /// <param name="line">In base units.</param>
    public static string Of(Figure figure, Exact value, Exact? line = null)
    {
        var (shown, limit) = (value / figure.Unit.Factor, line is { } l ? l / figure.Unit.Factor : (Exact?)null);
        var places = figure.Decimals;
        while (places < MostPlaces && limit is { } at && shown.CompareTo(at) != shown.Rounded(places).CompareTo(at))
            places++;
        return shown.Write(places);
    }

    /// <summary>Both ends, <c>12–15</c>, or one number.</summary>
    public static string? Of(Figure figure, FigureValue value, Exact? line = null) =>
        !value.IsKnown ? null
        : value.IsExact ? Of(figure, value.Low, line)
        : $"{Of(figure, value.Low, line)}–{Of(figure, value.High, line)}";
}
