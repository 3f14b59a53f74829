using System.Collections.Immutable;
using System.Text;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using CodeSources = System.Collections.Generic.IReadOnlyDictionary<
    string,
    System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableDictionary<string, Tuopin.Rules.Model.CodeEntry>>
>;

namespace Tuopin.Exchange;

/// <summary>Reads mapping files strictly: an unknown key, a missing one, an unknown fact or code source is an error with file and line.</summary>
internal sealed class MappingLoader(string file, FactDictionary dictionary, CodeSources sources)
{
    private static readonly string[] Keys = ["mapping", "kind", "subject", "label", "status", "national", "source", "note", "columns"];
    private static readonly string[] ColumnKeys = ["title", "to", "aliases", "codes", "blank", "empty", "empty_if", "erases", "required"];

    private const string ColumnOnly = "column";

    public static Mapping Load(string path, FactDictionary dictionary, CodeSources sources)
    {
        try
        {
            using var text = new StringReader(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)));
            return new MappingLoader(path, dictionary, sources).Load(text);
        }
        catch (DecoderFallbackException)
        {
            throw new MappingError(path, 1, 1, PackFile.NotUtf8);
        }
    }

    /// <summary>Reads a mapping that is not written yet.</summary>
    /// <exception cref="MappingError"/>
    public static void Check(string text, FactDictionary dictionary, CodeSources sources)
    {
        using var reader = new StringReader(text);
        new MappingLoader("", dictionary, sources).Load(reader);
    }

    public Mapping Load(TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException e)
        {
            throw new MappingError(file, (int)e.Start.Line, (int)e.Start.Column, e.Message);
        }
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            throw new MappingError(file, 1, 1, "expected one mapping document");
        return Read(root);
    }

    private Mapping Read(YamlMappingNode root)
    {
        CheckKeys(root, Keys);
        var kind = Enumeration<SheetKind>(root, "kind");
        var columns = Sequence(root, "columns").Select(ReadColumn).ToImmutableArray();
        CheckColumns(root, columns);
        return new Mapping(
            Text(root, "mapping"),
            kind,
            new Label(Text(Map(root, "label"), "zh"), Text(Map(root, "label"), "en")),
            Enumeration<MappingStatus>(root, "status"),
            columns
        )
        {
            File = file,
            Note = Optional(root, "note"),
            National = Bool(root, "national"),
            Subject = Subject(root, kind),
        };
    }

    private SubjectType? Subject(YamlMappingNode root, SheetKind kind)
    {
        var name = Optional(root, "subject");
        if (kind != SheetKind.Described)
            return name is null ? null : throw Wrong(root, "'subject' belongs to kind described only");
        if (name is null)
            throw Wrong(root, "kind described needs 'subject'");
        return dictionary.Subjects.GetValueOrDefault(name) ?? throw Wrong(root, $"no subject type '{name}'{Near(name, dictionary.Subjects.Keys)}");
    }

    private MappingColumn ReadColumn(YamlNode node)
    {
        if (node is not YamlMappingNode map)
            throw Wrong(node, "expected { title: .., to: .. }");
        CheckKeys(map, ColumnKeys);
        var target = Optional(map, "to") is { } to ? Target(map, to) : null;
        return new MappingColumn(Text(map, "title"), target)
        {
            Aliases = Texts(map, "aliases"),
            Codes = Codes(map, target),
            Blank = Texts(map, "blank"),
            Empty = EmptyValue(map, target),
            EmptyIf = Optional(map, "empty_if"),
            Erases = Bool(map, "erases"),
            Required = Optional(map, "required") is ColumnOnly || Bool(map, "required", ColumnOnly),
            MayBeBlank = Optional(map, "required") is ColumnOnly,
            Line = (int)map.Start.Line,
        };
    }

    private ColumnTarget Target(YamlMappingNode map, string name) =>
        Targets.Find(name, dictionary)
        ?? throw Wrong(
            map.Children[new YamlScalarNode("to")],
            $"'{name}' is neither a fact of the dictionary nor a structural target{Near(name, Targets.Structural.Keys.Concat(dictionary.Subjects.Values.SelectMany(s => s.Facts.Values).Select(f => f.ToString())))}"
        );

    private CodeSource? Codes(YamlMappingNode map, ColumnTarget? target)
    {
        if (Optional(map, "codes") is not { } source)
            return null;
        var list = target?.Fact?.Type.List ?? throw Wrong(map, "'codes' belongs to a column of codes");
        var known = sources.GetValueOrDefault(list.Name, ImmutableDictionary<string, ImmutableDictionary<string, CodeEntry>>.Empty);
        return known.TryGetValue(source, out var words)
            ? new CodeSource(source, words)
            : throw Wrong(map, $"code list {list.Name} has no source '{source}'{Near(source, known.Keys)}");
    }

    private string? EmptyValue(YamlMappingNode map, ColumnTarget? target)
    {
        if (Optional(map, "empty") is not { } value)
            return null;
        var list = target?.Fact?.Type.List ?? throw Wrong(map, "'empty' belongs to a column of codes");
        return list.Find(value) is not null
            ? value
            : throw Wrong(map, $"code list {list.Name} has no entry '{value}'{Near(value, list.Entries.Select(e => e.Key))}");
    }

    private void CheckColumns(YamlMappingNode root, ImmutableArray<MappingColumn> columns)
    {
        if (columns.IsEmpty)
            throw Wrong(root, "no columns");
        var titles = new HashSet<string>(StringComparer.Ordinal);
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (!titles.Add(CellText.Key(column.Title)))
                throw new MappingError(file, column.Line, 1, $"title '{column.Title}' occurs twice");
            if (column.Target is { Gathers: false } target && !targets.Add(target.Name))
                throw new MappingError(file, column.Line, 1, $"two columns go to {target.Name}");
            if (column.EmptyIf is { } other && (column.Empty is null || columns.All(c => c.Title != other)))
                throw new MappingError(file, column.Line, 1, $"'empty_if: {other}' needs 'empty' and a column of that title");
        }
    }

    private void CheckKeys(YamlMappingNode map, string[] known)
    {
        foreach (var key in map.Children.Keys)
            if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name))
                throw Wrong(key, $"unknown key '{key}'{Near(key.ToString(), known)}");
    }

    private T Enumeration<T>(YamlMappingNode map, string key)
        where T : struct, Enum
    {
        var text = Text(map, key);
        return Enum.TryParse<T>(text.Replace("_", ""), ignoreCase: true, out var value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw Wrong(map.Children[new YamlScalarNode(key)], $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    private YamlMappingNode Map(YamlMappingNode map, string key) => Node(map, key) as YamlMappingNode ?? throw Wrong(map, $"'{key}' should be a map");

    private YamlSequenceNode Sequence(YamlMappingNode map, string key) =>
        Node(map, key) as YamlSequenceNode ?? throw Wrong(map, $"'{key}' should be a list");

    private string Text(YamlMappingNode map, string key) =>
        Optional(map, key) is { Length: > 0 } text ? text : throw Wrong(map, $"'{key}' is missing");

    private string? Optional(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node)
            ? (node as YamlScalarNode)?.Value ?? throw Wrong(node, $"'{key}' should be text")
            : null;

    private ImmutableArray<string> Texts(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node)
            ? node switch
            {
                YamlScalarNode { Value: { } one } => [one],
                YamlSequenceNode many => [.. many.Select(n => (n as YamlScalarNode)?.Value ?? throw Wrong(n, "expected text"))],
                _ => throw Wrong(node, $"'{key}' should be text or a list of texts"),
            }
            : [];

    private bool Bool(YamlMappingNode map, string key, string? more = null) =>
        Optional(map, key) switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw Wrong(map, $"'{key}' should be true or false{(more is null ? "" : $" or {more}")}"),
        };

    private YamlNode Node(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : throw Wrong(map, $"'{key}' is missing");

    private MappingError Wrong(YamlNode node, string message) => new(file, (int)node.Start.Line, (int)node.Start.Column, message);

    private static string Near(string wanted, IEnumerable<string> names) =>
        NearNames.Of(wanted, names) is { Count: > 0 } near ? $"; did you mean {string.Join(" or ", near)}?" : "";
}
