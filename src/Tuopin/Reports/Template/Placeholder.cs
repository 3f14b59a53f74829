using System.Globalization;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Packs;

namespace Tuopin.Reports.Template;

/// <summary>What stands between <c>{{</c> and <c>}}</c>.</summary>
public abstract record Placeholder;

/// <summary>A figure, at a moment seen from the day of the report, of its area or of another.</summary>
/// <param name="AreaCode">Null for the area of the report, or of the row.</param>
public sealed record FigurePlaceholder(Figure Figure, NumberStyle Style, Moment At, string? AreaCode) : Placeholder;

public sealed record PairPlaceholder(FigurePlaceholder Households, FigurePlaceholder Persons) : Placeholder;

/// <summary>The name of the area.</summary>
public sealed record AreaPlaceholder : Placeholder;

/// <summary>The day, in words.</summary>
public sealed record DayPlaceholder(Moment At) : Placeholder;

/// <summary>Of forms: the row is repeated for every area of a level beneath.</summary>
public sealed record EachPlaceholder(short Level) : Placeholder;

/// <summary>Reads placeholders; what is wrong is told with its place and the name that was probably meant.</summary>
public sealed class PlaceholderReader(PackSet packs, string file, List<Diagnostic> faults)
{
    private static readonly string[] Filters = ["bare", "places", "at", "area", "grouped", "points", "change", "abs"];

    /// <summary>The level beneath that of the report's area.</summary>
    public const short Below = 0;

    private static readonly Dictionary<string, short> Levels = new(StringComparer.Ordinal)
    {
        ["below"] = Below,
        ["city"] = 2,
        ["county"] = 3,
        ["township"] = 4,
        ["village"] = 5,
    };

    /// <summary>A reader of the same file whose faults nobody is told.</summary>
    public PlaceholderReader Quiet() => new(packs, file, []);

    public void Fault(int line, int column, int length, string message) => faults.Add(new(new Span(file, line, column, length), message));

    /// <summary>A level of areas by its name; null, with the fault told, for no level.</summary>
    public short? Level(string word, int line, int column)
    {
        if (Levels.TryGetValue(word, out var level))
            return level;
        Fault(line, column, word.Length, $"'{word}' is no level: township, village, county, city or below{NearestName.Hint(word, Levels.Keys)}");
        return null;
    }

    /// <summary>A figure by its name; null, with the fault told, for none.</summary>
    public Figure? Figure(string name, int line, int column)
    {
        if (packs.Figures.TryGetValue(name, out var figure))
            return figure;
        Fault(line, column, name.Length, $"there is no figure '{name}'{NearestName.Hint(name, packs.Figures.Keys)}");
        return null;
    }

    /// <summary>A moment by its name; null, with the fault told, for none.</summary>
    public Moment? Moment(string word, int line, int column)
    {
        if (Rules.Figures.Moment.Read(word) is { } moment)
            return moment;
        Fault(line, column, word.Length, $"'{word}' is no moment: day, end_of_last_year, year_before or a day like 2019-12-31");
        return null;
    }

    /// <summary>Reads what stands between the braces.</summary>
    /// <param name="column">Of the first character within, from 1.</param>
    /// <returns>Null where something is wrong; it is among the faults.</returns>
    public Placeholder? Read(string text, int line, int column)
    {
        var parts = Split(text, column);
        var head = Words(parts[0].Text, parts[0].Column);
        if (head.Count == 0)
        {
            Fault(line, column, Math.Max(1, text.Length), "a placeholder names a figure: {{ registered_households }}");
            return null;
        }
        switch (head[0].Text)
        {
            case "each":
                if (head.Count == 2 && parts.Count == 1)
                    return Level(head[1].Text, line, head[1].Column) is { } level ? new EachPlaceholder(level) : null;
                Fault(line, head[0].Column, 4, "a repeated row says {{ each township }}");
                return null;
            case "area" when head.Count == 1 && parts.Count == 1:
                return new AreaPlaceholder();
            case "day" when head.Count == 1:
                return Filtered(null, parts, line) is { } at ? new DayPlaceholder(at.At) : null;
            case "pair":
                return Pair(head, parts, line);
        }
        if (head.Count > 1)
            Fault(line, head[1].Column, head[1].Text.Length, $"'{head[1].Text}' stands after a figure: filters come after a |");
        var figure = Figure(head[0].Text, line, head[0].Column);
        var read = Filtered(figure, parts, line);
        return figure is null || read is null || head.Count > 1
            ? null
            : new FigurePlaceholder(figure, read.Value.Style, read.Value.At, read.Value.Area);
    }

    private PairPlaceholder? Pair(List<(string Text, int Column)> head, List<(string Text, int Column)> parts, int line)
    {
        if (head.Count != 3)
        {
            Fault(line, head[0].Column, 4, "a pair names households and persons: {{ pair registered_households registered_persons }}");
            return null;
        }
        var (a, b) = (Figure(head[1].Text, line, head[1].Column), Figure(head[2].Text, line, head[2].Column));
        foreach (var (figure, unit, at) in new[] { (a, "households", head[1]), (b, "persons", head[2]) })
            if (figure is not null && figure.Unit.Text != unit)
            {
                Fault(line, at.Column, at.Text.Length, $"a pair is of households and persons: {figure.Id} is in {figure.Unit.Text}");
                return null;
            }
        if (Filtered(a, parts, line) is not { } read || a is null || b is null)
            return null;
        return new(new(a, read.Style, read.At, read.Area), new(b, read.Style, read.At, read.Area));
    }

    // The filters after the head; of a figure that is not known they are read for their own faults.
    private (NumberStyle Style, Moment At, string? Area)? Filtered(Figure? figure, List<(string Text, int Column)> parts, int line)
    {
        var (style, at, area, right) = (NumberStyle.Plain, default(Moment), (string?)null, true);
        foreach (var (text, column) in parts.Skip(1))
        {
            var words = Words(text, column);
            if (words.Count == 0)
            {
                Fault(line, column, 1, "a filter is missing after |");
                right = false;
                continue;
            }
            var (word, where) = words[0];
            var argument = words.Count > 1 ? words[1] : default;
            if (words.Count > (word is "places" or "at" or "area" ? 2 : 1) && Array.IndexOf(Filters, word) >= 0)
            {
                Fault(line, words[^1].Column, words[^1].Text.Length, $"'{words[^1].Text}' is too much for the filter '{word}'");
                right = false;
                continue;
            }
            switch (word)
            {
                case "bare":
                    style = style with { Bare = true };
                    break;
                case "grouped":
                    style = style with { Grouped = true };
                    break;
                case "abs":
                    style = style with { Absolute = true };
                    break;
                case "change":
                    style = style with { Change = true };
                    break;
                case "points":
                    style = style with { Points = true };
                    if (figure is not null && figure.Unit.Text != "%")
                    {
                        Fault(line, where, word.Length, $"points are of percentages: {figure.Id} is in {figure.Unit.Text}");
                        right = false;
                    }
                    break;
                case "places":
                    if (int.TryParse(argument.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var places) && places <= 8)
                        style = style with { Places = places };
                    else
                    {
                        Fault(line, where, word.Length, "'places' has a number from 0 to 8: places 2");
                        right = false;
                    }
                    break;
                case "at":
                    if (argument.Text is not null && Moment(argument.Text, line, argument.Column) is { } moment)
                        at = moment;
                    else
                    {
                        if (argument.Text is null)
                            Fault(line, where, word.Length, "'at' has a moment: at end_of_last_year");
                        right = false;
                    }
                    break;
                case "area":
                    area = argument.Text;
                    if (area is null || area.Length is not (2 or 4 or 6 or 9 or 12) || !area.All(char.IsAsciiDigit))
                    {
                        Fault(line, where, text.Trim().Length, "'area' has a code of 2, 4, 6, 9 or 12 digits: area 530326");
                        right = false;
                    }
                    break;
                default:
                    var name = text.Trim();
                    if (figure is null)
                        break;
                    var (unit, fault) = PrintedUnit.Read(name, figure);
                    if (unit is null)
                    {
                        Fault(
                            line,
                            where,
                            name.Length,
                            fault
                                ?? $"there is no filter and no unit '{name}'{NearestName.Hint(name, Filters) switch { "" => PrintedUnit.Hint(name), var hint => hint }}"
                        );
                        right = false;
                    }
                    style = style with { Unit = unit };
                    break;
            }
        }
        return right ? (style, at, area) : null;
    }

    private static List<(string Text, int Column)> Split(string text, int column)
    {
        var parts = new List<(string, int)>();
        for (var at = 0; at <= text.Length; )
        {
            var bar = text.IndexOf('|', at);
            var end = bar < 0 ? text.Length : bar;
            parts.Add((text[at..end], column + at));
            at = end + 1;
        }
        return parts;
    }

    private static List<(string Text, int Column)> Words(string text, int column)
    {
        var words = new List<(string, int)>();
        for (var at = 0; at < text.Length; )
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            words.Add((text[at..end], column + at));
            at = end;
        }
        return words;
    }
}
