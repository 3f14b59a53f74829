using Tuopin.Rules.Language;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tuopin.Rules.Packs;

/// <summary>A YAML value with its exact place.</summary>
internal abstract record Node(Span Span);

internal sealed record MapNode(IReadOnlyList<KeyValuePair<ScalarNode, Node>> Entries, Span Span) : Node(Span);

internal sealed record ListNode(IReadOnlyList<Node> Items, Span Span) : Node(Span);

internal sealed record ScalarNode(string Value, bool Plain, Func<RuleText> ToRule, Span Span) : Node(Span)
{
    /// <summary>Nothing was written after the key.</summary>
    public bool Empty => Plain && Value is "" or "~" or "null";
}

/// <summary>
/// Reads the part of YAML that packs use: maps, lists and scalars. Anchors, tags, more than one document and doubled keys are refused, so that a file
/// means what it shows.
/// </summary>
internal sealed class YamlReader(PackFile file)
{
    private const int Deepest = 40;
    private readonly YamlDotNet.Core.Parser parser = new(new StringReader(file.Text));
    private int depth;

    /// <summary>The root map; throws <see cref="RuleException"/> at the first fault of syntax.</summary>
    public MapNode Read()
    {
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                throw new RuleException(new Span(file.Shown, 1, 1, 0), "the file is empty");
            parser.Consume<DocumentStart>();
            var root = Value();
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
                throw new RuleException(At(second), "one document to a file");
            return root as MapNode ?? throw new RuleException(root.Span, "expected 'key: value' lines");
        }
        catch (YamlException e)
        {
            throw new RuleException(new Span(file.Shown, (int)e.Start.Line, (int)e.Start.Column, 0), $"not YAML: {e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The YAML library stumbles over some broken brackets and tags instead of naming the place.
            var last = parser.Current is { } current ? At(current) : new Span(file.Shown, 1, 1, 0);
            throw new RuleException(last, "not YAML: a bracket, quote or tag that opens here or after is not closed or not valid");
        }
    }

    private Node Value()
    {
        if (++depth > Deepest)
            throw new RuleException(At(parser.Current!), $"nested deeper than {Deepest}");
        Node node = parser.Current switch
        {
            YamlDotNet.Core.Events.Scalar => Scalar(),
            MappingStart => Map(),
            SequenceStart => List(),
            AnchorAlias alias => throw new RuleException(At(alias), "no anchors and aliases: write the value again"),
            var other => throw new RuleException(At(other!), "unexpected YAML"),
        };
        depth--;
        return node;
    }

    private MapNode Map()
    {
        var start = Plain(parser.Consume<MappingStart>());
        var entries = new List<KeyValuePair<ScalarNode, Node>>();
        var seen = new Dictionary<string, ScalarNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Value() as ScalarNode ?? throw new RuleException(At(start), "a key must be plain text");
            if (!seen.TryAdd(key.Value, key))
                throw new RuleException(
                    key.Span,
                    FormattableString.Invariant($"key '{key.Value}' stands twice, first in line {seen[key.Value].Span.Line}")
                );
            entries.Add(new(key, Value()));
        }
        return new MapNode(entries, At(start));
    }

    private ListNode List()
    {
        var start = Plain(parser.Consume<SequenceStart>());
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Value());
        return new ListNode(items, At(start));
    }

    private ScalarNode Scalar()
    {
        var scalar = Plain(parser.Consume<YamlDotNet.Core.Events.Scalar>());
        return new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, () => ScalarPositions.Rule(file, scalar), At(scalar));
    }

    private T Plain<T>(T node)
        where T : NodeEvent
    {
        if (!node.Anchor.IsEmpty)
            throw new RuleException(At(node), "no anchors and aliases: write the value again");
        if (!node.Tag.IsEmpty && node.Tag != "!")
            throw new RuleException(At(node), "no tags: a rule or text that starts with ! stands in quotes");
        return node;
    }

    private Span At(ParsingEvent e) => new(file.Shown, (int)e.Start.Line, (int)e.Start.Column, (int)Math.Max(0, e.End.Index - e.Start.Index));
}
