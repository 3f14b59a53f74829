using System.Globalization;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Exchange;

/// <summary>What reading a cell came to.</summary>
internal enum Outcome : byte
{
    Value,
    Fault,
}

/// <summary>A broken rule with what its message names.</summary>
internal readonly record struct Fault(ImportRule Rule, string First = "", string Second = "");

/// <summary>Turns a folded, non-blank cell into a value of one type. One per column; holds what the column looks up again and again.</summary>
internal abstract class CellReader
{
    /// <summary>Values repeat, so that a cache of the texts met pays.</summary>
    public virtual bool Repeats => true;

    /// <summary>Reads the text; a fault is set when it is not a value of the type.</summary>
    public abstract Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault);

    /// <summary>The reader for a column of a mapping.</summary>
    public static CellReader For(MappingColumn column) =>
        column.Target!.Reading switch
        {
            Reading.Fact => ForFact(column),
            Reading.AreaName => new TextCell(200, names: true, repeats: true),
            Reading.Name => new TextCell(200, names: true, repeats: column.Target.Name is Targets.UnitName or Targets.HelperName),
            Reading.NumberText or Reading.PrivateNumber or Reading.AreaCode or Reading.Identity => new NumberTextCell(),
            Reading.Year => new YearCell(),
            _ => new DateCell(ValueType.Date),
        };

    private static CellReader ForFact(MappingColumn column)
    {
        var type = column.Target!.Fact!.Type;
        return type.Kind switch
        {
            Kind.Bool => new BoolCell(),
            Kind.Int => new NumberCell(type, 0),
            Kind.Fen => new NumberCell(type, 2),
            Kind.Decimal => new NumberCell(type, type.Scale),
            Kind.Date => new DateCell(type),
            Kind.Code => new CodeCell(new CodeWords(type.List!, column.Codes)),
            Kind.Codes => new CodesCell(new CodeWords(type.List!, column.Codes)),
            _ => new TextCell(2000, names: false, repeats: true),
        };
    }
}

/// <summary>The spellings of a code list in one column: labels, keys, aliases; numbers only as the named source uses them.</summary>
internal sealed class CodeWords
{
    private readonly CodeList list;
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public CodeWords(CodeList list, CodeSource? source)
    {
        this.list = list;
        lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (source is not null)
            foreach (var (word, entry) in source.Words)
                AddForeign(word, entry.Number);
        foreach (var entry in list.Entries)
        {
            Add(entry.Label.Zh, entry.Number);
            Add(entry.Key, entry.Number);
            Add(entry.Label.En, entry.Number);
        }
        foreach (var entry in list.Entries)
        foreach (var alias in entry.Aliases)
            Add(alias, entry.Number);
    }

    public Outcome Find(ReadOnlySpan<char> text, out int number, out Fault fault)
    {
        fault = default;
        Span<char> key = text.Length <= 128 ? stackalloc char[128] : new char[text.Length];
        if (lookup.TryGetValue(key[..CellText.Key(text, key)], out number))
            return Outcome.Value;
        fault = text.ContainsAnyExceptInRange('0', '9')
            ? new Fault(ImportRules.CodeUnknown, list.Label.Zh, Hint(text.ToString()))
            : new Fault(ImportRules.CodeNumber, list.Label.Zh);
        return Outcome.Fault;
    }

    // The labels nearest to what was written, under whatever spelling; of a short list all there are.
    private string Hint(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in list.Entries)
        foreach (var word in entry.Aliases.Prepend(entry.Label.Zh))
            labels.TryAdd(word, entry.Label.Zh);
        var near = NearNames.Of(text, labels.Keys).Select(w => labels[w]).Distinct().ToList();
        return near.Count > 0 ? $"，相近：{string.Join('、', near)}"
            : list.Entries.Length <= ShortList ? $"，可填：{string.Join('、', list.Entries.Select(e => e.Label.Zh))}"
            : "";
    }

    private const int ShortList = 12;

    private void Add(string word, int number) => numbers.TryAdd(CellText.Key(word), number);

    // A spreadsheet drops leading zeros: "1" is taken for "01" unless the source has a "1" of its own.
    private void AddForeign(string word, int number)
    {
        numbers[CellText.Key(word)] = number;
        if (word.TrimStart('0') is { Length: > 0 } bare)
            Add(bare, number);
    }
}

internal sealed class CodeCell(CodeWords words) : CellReader
{
    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        var outcome = words.Find(text, out var number, out fault);
        value = number;
        return outcome;
    }
}

/// <summary>A set of codes: labels separated by comma, 、, semicolon, slash or bar.</summary>
internal sealed class CodesCell(CodeWords words) : CellReader
{
    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        value = default;
        // The whole first: a label may itself hold a separator.
        if (words.Find(text, out var whole, out _) == Outcome.Value)
        {
            value = 1L << whole;
            return Outcome.Value;
        }
        var mask = 0L;
        foreach (var range in text.SplitAny(",，、;；/|＋+ "))
        {
            var part = CellText.Trim(text[range]);
            if (part.IsEmpty)
                continue;
            if (words.Find(part, out var number, out fault) == Outcome.Fault)
                return Outcome.Fault;
            mask |= 1L << number;
        }
        value = mask;
        return Outcome.Value;
    }
}

internal sealed class BoolCell : CellReader
{
    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        value = text switch
        {
            "是" or "有" or "1" or "√" or "Y" or "y" or "yes" or "Yes" or "YES" or "TRUE" or "True" or "true" => 1,
            "否" or "无" or "没有" or "0" or "×" or "N" or "n" or "no" or "No" or "NO" or "FALSE" or "False" or "false" => 0,
            _ => -1,
        };
        if (value.Number >= 0)
            return Outcome.Value;
        fault = new Fault(ImportRules.Bool);
        return Outcome.Fault;
    }
}

/// <summary>Whole numbers, money (to the fen) and decimals, exactly: no digit is rounded away.</summary>
internal sealed class NumberCell(ValueType type, int scale) : CellReader
{
    private readonly long min = (long)Int128.Max(type.Min, long.MinValue);
    private readonly long max = (long)Int128.Min(type.Max, long.MaxValue);

    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        var rule = ScaledNumber.Parse(text, scale, kind == CellKind.Number, out var number);
        value = number;
        if (rule is null && number >= min && number <= max)
            return Outcome.Value;
        fault = rule switch
        {
            null => new Fault(ImportRules.Range, ScaledNumber.Format(min, scale), ScaledNumber.Format(max, scale)),
            _ when rule == ImportRules.NumberDecimals => new Fault(rule, scale.ToString(CultureInfo.InvariantCulture)),
            _ => new Fault(rule),
        };
        return Outcome.Fault;
    }
}

internal sealed class DateCell(ValueType type) : CellReader
{
    // Earlier days are slips of the pen, and no column holds them.
    private readonly Int128 min = Int128.Max(type.Min, 1800_01_01);

    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        value = default;
        if (DayWords.Parse(text, kind, dateOffset) is not { } day)
        {
            fault = new Fault(ImportRules.Date);
            return Outcome.Fault;
        }
        value = day;
        if (day >= min && day <= type.Max)
            return Outcome.Value;
        fault = new Fault(ImportRules.Range, min.ToString(CultureInfo.InvariantCulture), type.Max.ToString(CultureInfo.InvariantCulture));
        return Outcome.Fault;
    }
}

internal sealed class YearCell : CellReader
{
    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        if (text.EndsWith("年度"))
            text = text[..^2];
        else if (text.EndsWith("年"))
            text = text[..^1];
        var year = text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        value = year;
        if (year is >= 1900 and <= 2200)
            return Outcome.Value;
        fault = new Fault(ImportRules.Year);
        return Outcome.Fault;
    }
}

internal sealed class TextCell(int maxLength, bool names, bool repeats) : CellReader
{
    public override bool Repeats => repeats;

    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        value = default;
        if (text.Length > maxLength)
            fault = new Fault(ImportRules.TextLong, maxLength.ToString(CultureInfo.InvariantCulture));
        else if (!Storable(text))
            fault = new Fault(ImportRules.TextControl);
        else if (kind == CellKind.Date && DayWords.Parse(text, kind, dateOffset) is { } day)
            value = DayNumber.ToDate(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        else
            value = names ? WithoutInnerSpaces(text) : text.ToString();
        return fault.Rule is null ? Outcome.Value : Outcome.Fault;
    }

    // PostgreSQL refuses NUL and half surrogates; the other controls are never meant.
    private static bool Storable(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < ' ' && c is not ('\t' or '\n' or '\r') || c == '\u007F')
                return false;
            if (!char.IsSurrogate(c))
                continue;
            if (!char.IsHighSurrogate(c) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    // 张 三 is 张三; a space between letters of a foreign name stays.
    private static string WithoutInnerSpaces(ReadOnlySpan<char> text)
    {
        if (!text.Contains(' '))
            return text.ToString();
        Span<char> kept = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
            if (text[i] != ' ' || text[i - 1] < 0x2E80 && text[i - 1] != ' ' && text[i + 1] < 0x2E80)
                kept[length++] = text[i];
        return kept[..length].ToString();
    }
}

/// <summary>Numbers that are names of things: kept as text, spaces dropped, never trusted once they have been a floating number.</summary>
internal sealed class NumberTextCell : CellReader
{
    public override bool Repeats => false;

    public override Outcome Read(ReadOnlySpan<char> text, CellKind kind, int dateOffset, out Value value, out Fault fault)
    {
        fault = default;
        value = default;
        if (kind == CellKind.Number && text.IndexOfAny('E', 'e', '.') >= 0)
        {
            if (
                !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || Math.Abs(number) >= 1e15
                || number != Math.Floor(number)
            )
                fault = new Fault(ImportRules.NumberAsFloat);
            else
                value = ((long)number).ToString(CultureInfo.InvariantCulture);
            return fault.Rule is null ? Outcome.Value : Outcome.Fault;
        }
        if (text.Length > 64)
            fault = new Fault(ImportRules.TextLong, "64");
        else if (text.ContainsAnyInRange('\0', '\u001F') || text.ContainsAnyInRange('\uD800', '\uDFFF'))
            fault = new Fault(ImportRules.TextControl);
        else
            value = text.Contains(' ') ? text.ToString().Replace(" ", "") : text.ToString();
        return fault.Rule is null ? Outcome.Value : Outcome.Fault;
    }
}
