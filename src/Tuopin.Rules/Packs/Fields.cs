using System.Globalization;
using System.Text.RegularExpressions;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Rules.Packs;

/// <summary>
/// Reads a YAML map key by key and strictly: <see cref="Done"/> refuses every key nobody asked for. A fault is reported and null given, so that one
/// reading finds all faults.
/// </summary>
internal sealed partial class Fields(MapNode map, Findings findings)
{
    private readonly Dictionary<string, Node> values = map.Entries.ToDictionary(e => e.Key.Value, e => e.Value, StringComparer.Ordinal);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private bool failed;

    public Span Span => map.Span;
    public Findings Findings => findings;

    /// <summary>False if anything read here was at fault; reports keys that do not belong.</summary>
    public bool Done()
    {
        foreach (var (key, value) in map.Entries)
            if (!asked.Contains(key.Value))
                Fail(
                    key.Span,
                    $"unknown key '{key.Value}'{(value is ScalarNode { Empty: true } ? "; a text with a comma stands in quotes" : Hint(key.Value))}"
                );
        return !failed;
    }

    private string Hint(string key) => NearestName.Hint(key, asked) is { Length: > 0 } hint ? hint : $"; known here: {string.Join(", ", asked)}";

    public void Fail(Span span, string message)
    {
        failed = true;
        findings.Error(span, message);
    }

    public void Fail(string key, string message) => Fail(values.TryGetValue(key, out var node) ? node.Span : map.Span, message);

    public bool Has(string key) => values.ContainsKey(key);

    public Node? Node(string key, bool required = true)
    {
        asked.Add(key);
        if (values.TryGetValue(key, out var node))
            return node;
        if (required)
            Fail(map.Span, $"missing key '{key}'");
        return null;
    }

    public ScalarNode? Scalar(string key, bool required = true)
    {
        var node = Node(key, required);
        if (node is ScalarNode { Empty: false } scalar)
            return scalar;
        if (node is ScalarNode)
            Fail(node.Span, $"'{key}' has no value");
        else if (node is not null)
            Fail(node.Span, $"'{key}' must be one value, not {Kind(node)}");
        return null;
    }

    public MapNode? Map(string key, bool required = true)
    {
        var node = Node(key, required);
        if (node is null or MapNode)
            return node as MapNode;
        Fail(node.Span, $"'{key}' must be a map of keys and values, not {Kind(node)}");
        return null;
    }

    public IReadOnlyList<Node> List(string key, bool required = true)
    {
        var node = Node(key, required);
        if (node is ListNode list)
            return list.Items;
        if (node is not null)
            Fail(node.Span, $"'{key}' must be a list, not {Kind(node)}");
        return [];
    }

    public string? Text(string key, bool required = true) => Scalar(key, required)?.Value;

    /// <summary>An id of lower-case words joined by . - or _.</summary>
    public string? Id(string key, bool required = true) => Matching(key, required, IdPattern(), "an id of lower-case letters, digits and . - _");

    /// <summary>A name that becomes a table or column: lower-case letters, digits and underscores.</summary>
    public string? Name(string key, bool required = true) =>
        Matching(key, required, NamePattern(), "a name of lower-case letters, digits and _, at most 60 characters");

    /// <summary>The name of a table, which every statement writes as it is.</summary>
    public string? Table(string key, bool required = true)
    {
        var name = Stored(key, "table", required);
        if (name is null || name.Length <= SqlWords.LongestTable)
            return name;
        Fail(key, $"'{name}' has {name.Length} characters: a table has at most {SqlWords.LongestTable}, because longer names are made from it");
        return null;
    }

    /// <summary>The name of a column, which every statement writes as it is.</summary>
    public string? Column(string key) => Stored(key, "column", required: false);

    private string? Stored(string key, string what, bool required)
    {
        var name = Name(key, required);
        if (name is null || !SqlWords.Has(name))
            return name;
        Fail(key, $"'{name}' is a word of SQL and cannot name a {what}");
        return null;
    }

    private string? Matching(string key, bool required, Regex pattern, string wanted)
    {
        if (Scalar(key, required) is not { } scalar)
            return null;
        if (pattern.IsMatch(scalar.Value))
            return scalar.Value;
        Fail(scalar.Span, $"'{key}' must be {wanted}, found '{scalar.Value}'");
        return null;
    }

    public bool Flag(string key)
    {
        if (Scalar(key, required: false) is not { } scalar)
            return false;
        if (scalar is { Plain: true, Value: "true" or "false" })
            return scalar.Value == "true";
        Fail(scalar.Span, $"'{key}' must be true or false, found '{scalar.Value}'");
        return false;
    }

    public int? Int(string key, int min, int max, bool required = true)
    {
        if (Scalar(key, required) is not { } scalar)
            return null;
        if (int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Fail(scalar.Span, FormattableString.Invariant($"'{key}' must be a whole number from {min} to {max}, found '{scalar.Value}'"));
        return null;
    }

    public DateOnly? Day(string key, bool required = true)
    {
        if (Scalar(key, required) is not { } scalar)
            return null;
        if (DateOnly.TryParseExact(scalar.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        Fail(scalar.Span, $"'{key}' must be a day as 2020-06-12, found '{scalar.Value}'");
        return null;
    }

    /// <summary>One of the names of an enumeration, in lower case with underscores.</summary>
    public T? Choice<T>(string key, bool required = true)
        where T : struct, Enum
    {
        if (Scalar(key, required) is not { } scalar)
            return null;
        var names = Enum.GetValues<T>().ToDictionary(v => Underscored(v.ToString()));
        if (names.TryGetValue(scalar.Value, out var value))
            return value;
        Fail(
            scalar.Span,
            $"'{key}' must be one of {string.Join(", ", names.Keys)}, found '{scalar.Value}'{NearestName.Hint(scalar.Value, names.Keys)}"
        );
        return null;
    }

    public RuleText? Rule(string key, bool required = true) => Scalar(key, required)?.ToRule();

    public Label? Label(string key = "label")
    {
        if (Map(key) is not { } node)
            return null;
        var fields = new Fields(node, findings);
        var (zh, en) = (fields.Text("zh"), fields.Text("en"));
        return Whole(fields) ? new Label(zh!, en!) : null;
    }

    /// <summary>A text that may be given in both languages: <c>key: text</c>, or <c>key: { zh: ..., en: ... }</c>.</summary>
    public Label? Said(string key, bool required = true) =>
        values.GetValueOrDefault(key) is MapNode ? Label(key)
        : Text(key, required) is { } text ? new Label(text, text)
        : null;

    /// <summary>A remark of whoever wrote the pack.</summary>
    public Label? Note() => Said("note", required: false);

    public Source? Source(bool required = true)
    {
        if (Map("source", required) is not { } node)
            return null;
        var fields = new Fields(node, findings);
        var (title, number, grade) = (fields.Said("title"), fields.Text("number", required: false), fields.Text("grade"));
        if (grade is not (null or "A" or "B" or "C" or "recall"))
            fields.Fail("grade", $"'grade' must be A, B, C or recall, found '{grade}'");
        return Whole(fields) ? new Source(title!.En, number, grade!) { Zh = title.Zh == title.En ? null : title.Zh } : null;
    }

    public AreaRange? Area(string key = "area")
    {
        if (Scalar(key) is not { } scalar)
            return null;
        if (AreaPattern().IsMatch(scalar.Value))
            return AreaRange.Of(scalar.Value);
        Fail(scalar.Span, $"'{key}' must be an area code of 2, 4, 6, 9 or 12 digits, or \"0\" for the nation, found '{scalar.Value}'");
        return null;
    }

    public Validity? Validity(string key = "in_force")
    {
        if (Map(key) is not { } node)
            return null;
        var fields = new Fields(node, findings);
        var (from, to) = (fields.Day("from"), fields.Day("to", required: false));
        if (to < from)
            fields.Fail("to", "'to' lies before 'from'");
        return Whole(fields) ? new Validity(from!.Value, to) : null;
    }

    /// <summary>The status, refused as official where the source is not of grade A.</summary>
    public PackStatus? Status(Source? source)
    {
        var status = Choice<PackStatus>("status");
        if (status == PackStatus.Official && source is { Grade: not "A" })
            Fail("status", $"official needs a source of grade A, found grade {source.Grade}: write working");
        return status;
    }

    /// <summary>Texts of a list.</summary>
    public string[] Texts(string key)
    {
        var items = List(key, required: false);
        foreach (var item in items)
            if (item is not ScalarNode { Empty: false })
                Fail(item.Span, $"'{key}' must be a list of texts");
        return [.. items.OfType<ScalarNode>().Where(s => !s.Empty).Select(s => s.Value)];
    }

    /// <summary>Ends the reading of a part; its fault is a fault of the whole.</summary>
    public bool Whole(Fields part)
    {
        var whole = part.Done();
        failed |= !whole;
        return whole;
    }

    public static string Kind(Node node) =>
        node switch
        {
            MapNode => "a map",
            ListNode => "a list",
            _ => "one value",
        };

    internal static bool IsName(string text) => NamePattern().IsMatch(text);

    internal static string Underscored(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));

    [GeneratedRegex(@"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,59}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(0|\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]
    private static partial Regex AreaPattern();
}
