using System.Globalization;
using System.Numerics;
using Tuopin.Figures;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports.Template;

/// <summary>How a placeholder asks for its number.</summary>
/// <param name="Bare">Without its unit.</param>
/// <param name="Unit">Another unit than the figure's; null for its own.</param>
/// <param name="Places">Just so many after the point; null for those of the figure.</param>
/// <param name="Grouped">Thousands apart.</param>
/// <param name="Points">A difference of percentages, in percentage points.</param>
/// <param name="Change">As a change: 增加, 减少, 持平.</param>
/// <param name="Absolute">Without its sign.</param>
public sealed record NumberStyle(
    bool Bare = false,
    PrintedUnit? Unit = null,
    int? Places = null,
    bool Grouped = false,
    bool Points = false,
    bool Change = false,
    bool Absolute = false
)
{
    public static readonly NumberStyle Plain = new();
}

/// <summary>Numbers as reports print them: Chinese units follow at once, English ones after a blank; a figure without a number says why.</summary>
public static class PrintedNumber
{
    private const int MostPlaces = 12;

    /// <summary>The number with its unit, or why there is none in brackets.</summary>
    /// <param name="line">The legal line in base units: more digits are printed where rounding would hide its side.</param>
    public static string Of(Figure figure, FigureValue value, Exact? line, NumberStyle style, bool english)
    {
        if (!value.IsKnown)
            return Missing(value.State, english);
        if (style.Change && value.Low.Sign * value.High.Sign >= 0)
            return Changed(figure, value, style, english);
        var number = Digits(figure, value, line, style, english);
        return style.Bare ? number : number + After(figure, style, number, english);
    }

    /// <summary>Why a figure has no number, marked as such.</summary>
    public static string Missing(FigureState state, bool english) => english ? $"[{FigureWords.Of(state).En}]" : $"〔{FigureWords.Of(state).Zh}〕";

    /// <summary>Households and persons side by side: 19906户69676人.</summary>
    public static (string Households, string Between, string Persons) Pair(string households, string persons, bool english) =>
        (households, english ? " with " : "", persons);

    /// <summary>A number that was rounded elsewhere, so that parts add up, with the unit it is in.</summary>
    public static string Rounded(decimal number, int places, bool grouped) =>
        Group(number.ToString("F" + places.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), grouped);

    /// <summary>The unit and the places a number of a figure is printed with.</summary>
    /// <returns>Trimmed: zeros at the end follow from another unit and are not printed.</returns>
    public static (PrintedUnit Unit, int Places, bool Trimmed) Form(Figure figure, NumberStyle style, bool english)
    {
        var unit = style.Unit ?? PrintedUnit.Of(figure.Unit, english);
        if (style.Places is { } asked)
            return (unit, asked, false);
        var shift = Power(unit.Factor / figure.Unit.Factor);
        return (unit, Math.Clamp(figure.Decimals + shift, 0, MostPlaces), shift > 0);
    }

    /// <summary>What stands after the number: its unit, with a blank in English.</summary>
    public static string After(Figure figure, NumberStyle style, string number, bool english)
    {
        if (style.Points)
            return english ? (number == "1" ? " percentage point" : " percentage points") : "个百分点";
        var unit = style.Unit ?? PrintedUnit.Of(figure.Unit, english);
        var shown = english ? unit.Shown.En : unit.Shown.Zh;
        if (!english || shown.Length == 0 || shown == "%")
            return shown;
        return " " + (number is "1" or "-1" ? One(shown) : shown);
    }

    private static string Changed(Figure figure, FigureValue value, NumberStyle style, bool english)
    {
        var share = style.Points || figure.Unit.Text == "%";
        if (value.Low.IsZero && value.High.IsZero)
            return english ? "unchanged" : "持平";
        var up = value.High.Sign > 0;
        var size = Of(figure, value, null, style with { Change = false, Absolute = true }, english);
        return (up, english) switch
        {
            (true, true) => $"up {size}",
            (false, true) => $"down {size}",
            (true, false) => (share ? "上升" : "增加") + size,
            _ => (share ? "下降" : "减少") + size,
        };
    }

    private static string Digits(Figure figure, FigureValue value, Exact? line, NumberStyle style, bool english)
    {
        var (low, high) = (value.Low, value.High);
        if (style.Absolute && high.Sign <= 0)
            (low, high) = (0 - high, 0 - low);
        var form = Form(figure, style, english);
        var from = End(low, line, form, style.Grouped);
        return low == high ? from : $"{from}–{End(high, line, form, style.Grouped)}";
    }

    private static string End(Exact value, Exact? line, (PrintedUnit Unit, int Places, bool Trimmed) form, bool grouped)
    {
        var (shown, places) = (value / form.Unit.Factor, form.Places);
        if (line is { } l)
            for (var at = l / form.Unit.Factor; places < MostPlaces && shown.CompareTo(at) != shown.Rounded(places).CompareTo(at); )
                places++;
        var text = shown.Write(places);
        return Group(form.Trimmed && places > 0 ? text.TrimEnd('0').TrimEnd('.') : text, grouped);
    }

    private static string Group(string number, bool grouped)
    {
        if (!grouped)
            return number;
        var first = number.StartsWith('-') ? 1 : 0;
        var point = number.IndexOf('.', StringComparison.Ordinal);
        for (var at = (point < 0 ? number.Length : point) - 3; at > first; at -= 3)
            number = number.Insert(at, ",");
        return number;
    }

    // The power of ten a factor is: both factors are powers of ten.
    private static int Power(Exact factor)
    {
        var power = 0;
        for (var left = factor.Numerator; left >= 10; left /= 10)
            power++;
        for (BigInteger left = factor.Denominator; left >= 10; left /= 10)
            power--;
        return power;
    }

    private static string One(string plural)
    {
        var (word, rest) = plural.Split(' ', 2) is [var w, var r] ? (w, " " + r) : (plural, "");
        if (word.EndsWith("ies", StringComparison.Ordinal))
            return word[..^3] + "y" + rest;
        return (word.Length > 3 && word.EndsWith('s') ? word[..^1] : word) + rest;
    }
}
