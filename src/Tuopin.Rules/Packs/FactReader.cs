using System.Globalization;
using System.Text.RegularExpressions;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Packs;

/// <summary>Reads one fact of the dictionary, stored or derived.</summary>
internal sealed partial class FactReader(FactDictionary dictionary, Findings findings)
{
    public Fact? Read(SubjectType type, ScalarNode name, MapNode node)
    {
        var fields = new Fields(node, findings);
        var (label, kept) = (fields.Label(), fields.Choice<Kept>("kept"));
        var valueType = Type(fields);
        if (kept == Kept.Derived)
            fields.Fail("kept", "a derived fact stands under 'derived'");
        if (kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear && type.YearTable is null)
            fields.Fail("kept", $"{type.Name} has no 'year_table' for yearly facts");
        var (code, unit, column) = (fields.Text("code", required: false), fields.Text("unit", required: false), fields.Column("column"));
        var (titles, authors) = (fields.Texts("titles"), fields.Texts("stated_by"));
        fields.Text("note", required: false);
        foreach (var author in authors)
            RequireDepartment(fields, "stated_by", author);
        CheckColumn(type, name, column, fields);
        var carries = fields.Flag("carry");
        if (fields.Has("carry") && kept != Kept.RegistryYear)
            fields.Fail("carry", "only what is kept by registry year is carried into the next: 'carry' has no meaning here");
        if (!fields.Done())
            return null;
        return new Fact(type, name.Value, label!, valueType!, kept!.Value)
        {
            Column = column ?? name.Value,
            OfficialCode = code,
            Unit = unit,
            Titles = [.. titles],
            StatedBy = [.. authors],
            IsCarried = kept == Kept.RegistryYear && (carries || !fields.Has("carry")),
        };
    }

    private static void CheckColumn(SubjectType type, ScalarNode name, string? column, Fields fields)
    {
        if (column is null && !fields.Has("column") && SqlWords.Has(name.Value))
            fields.Fail(name.Span, $"'{name.Value}' is a word of SQL and cannot name a column: give the column another name with 'column'");
        var staged = $"{type.Name}_{column ?? name.Value}";
        if (staged.Length > SqlWords.LongestStaged)
            fields.Fail(
                name.Span,
                $"'{staged}', the subject with the column, has {staged.Length} characters and may have {SqlWords.LongestStaged}: give the column a shorter name with 'column'"
            );
    }

    public static PendingDerived? Derived(SubjectType type, ScalarNode name, MapNode node, Findings findings)
    {
        var fields = new Fields(node, findings);
        var (label, formula, unit) = (fields.Label(), fields.Rule("formula"), fields.Text("unit", required: false));
        var titles = fields.Texts("titles");
        fields.Text("note", required: false);
        return fields.Done() ? new PendingDerived(type, name.Value, label!, formula!, unit, [.. titles], name.Span) : null;
    }

    private void RequireDepartment(Fields fields, string key, string author)
    {
        if (dictionary.CodeLists.TryGetValue("department", out var list) && list.Entries.All(e => e.Key != author))
            fields.Fail(key, $"'{author}' is no entry of code list department{NearestName.Hint(author, list.Entries.Select(e => e.Key))}");
    }

    /// <summary>The type with its bounds, which numbers must state and nothing else may.</summary>
    private ValueType? Type(Fields fields)
    {
        if (fields.Scalar("type") is not { } written)
            return null;
        var type = TypeNamed(written, fields);
        return type is null ? null : Bounded(type, fields);
    }

    /// <summary>The type with 'min' and 'max' read from the fields.</summary>
    public static ValueType? Bounded(ValueType type, Fields fields)
    {
        var (min, max) = (fields.Scalar("min", type.IsNumeric), fields.Scalar("max", type.IsNumeric));
        if (!type.IsNumeric && (min ?? max) is { } surplus)
            fields.Fail(surplus.Span, $"{type} has no 'min' and 'max'");
        if (!type.IsNumeric || min is null || max is null)
            return type.IsNumeric ? null : type;
        var (low, high) = (Bound(type, min, fields), Bound(type, max, fields));
        if (low > high)
            fields.Fail(max.Span, "'max' is less than 'min'");
        return low is null || high is null ? null : type with { Min = low.Value, Max = high.Value };
    }

    private static long? Bound(ValueType type, ScalarNode node, Fields fields)
    {
        var number = ValueReader.Number(type, node.Value);
        if (number is null)
            fields.Fail(node.Span, $"'{node.Value}' is not a bound of type {type}");
        return number;
    }

    private ValueType? TypeNamed(ScalarNode written, Fields fields)
    {
        var match = TypePattern().Match(written.Value);
        var (kind, argument) = (match.Groups[1].Value, match.Groups[2].Value);
        switch (kind, argument.Length > 0)
        {
            case ("bool", false):
                return ValueType.Bool;
            case ("int", false):
                return ValueType.Int(0, 0);
            case ("fen", false):
                return ValueType.Fen(0, 0);
            case ("date", false):
                return ValueType.Date;
            case ("text", false):
                return ValueType.Text;
            case ("decimal", true)
                when int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var scale) && scale is > 0 and < 10:
                return ValueType.Decimal(scale, 0, 0);
            case ("code" or "codes", true):
                return Coded(kind, argument, written, fields);
            default:
                fields.Fail(written.Span, $"unknown type '{written.Value}': bool, int, fen, decimal(1..9), date, code(list), codes(list) or text");
                return null;
        }
    }

    private ValueType? Coded(string kind, string name, ScalarNode written, Fields fields)
    {
        if (!dictionary.CodeLists.TryGetValue(name, out var list))
        {
            fields.Fail(written.Span, $"there is no code list '{name}'{NearestName.Hint(name, dictionary.CodeLists.Keys)}");
            return null;
        }
        if (kind == "codes" && list.Entries.FirstOrDefault(e => e.Number > 62) is { } high)
            fields.Fail(written.Span, FormattableString.Invariant($"a set of codes holds numbers 0 to 62, and {name} has {high.Number}"));
        return kind == "code" ? ValueType.Code(list) : ValueType.Codes(list);
    }

    /// <summary>A type of a parameter: no text and no codes.</summary>
    public static ValueType? ForParameter(Fields fields)
    {
        if (fields.Scalar("type") is not { } written)
            return null;
        var type = new FactReader(new FactDictionary(), new Findings()).TypeNamed(written, new Fields(new MapNode([], written.Span), new Findings()));
        if (type is null or { Kind: Kind.Text })
        {
            fields.Fail(written.Span, $"a parameter is bool, int, fen, decimal(1..9) or date, not '{written.Value}'");
            return null;
        }
        return Bounded(type, fields);
    }

    [GeneratedRegex(@"^([a-z]+)(?:\(([a-z0-9_]+)\))?$")]
    private static partial Regex TypePattern();
}
