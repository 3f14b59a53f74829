using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads what-ifs.</summary>
internal sealed class OverlayReader(
    FactDictionary dictionary,
    IReadOnlyDictionary<string, Parameter> parameters,
    RuleCompiler compiler,
    Findings findings
)
{
    private readonly Register<Overlay> overlays = new("overlay", findings);

    public IEnumerable<Overlay> All => overlays.Items;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, label) = (fields.Id("overlay"), fields.Label());
        fields.Text("note", required: false);
        var sets = new List<OverlaySet>();
        foreach (var node in fields.List("set", required: false))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a change is { fact: .., where: .., to: .. }");
            else if (Set(map) is { } set)
                sets.Add(set);
        var replaced = ImmutableDictionary.CreateBuilder<string, Value>(StringComparer.Ordinal);
        foreach (var (name, node) in fields.Map("parameters", required: false)?.Entries ?? [])
            if (Replacement(name, node, fields) is { } value)
                replaced[name.Value] = value;
        if (fields.Done())
            overlays.Add(id!, new Overlay(id!, label!, [.. sets], replaced.ToImmutable()), document.Root.Span, document.Folder);
    }

    private Value? Replacement(ScalarNode name, Node node, Fields fields)
    {
        if (!parameters.TryGetValue(name.Value, out var parameter))
        {
            fields.Fail(name.Span, $"there is no parameter '{name.Value}'{NearestName.Hint(name.Value, parameters.Keys)}");
            return null;
        }
        var value = ValueReader.Read(parameter.Type, node, out var fault);
        if (fault is not null)
            fields.Fail(node.Span, fault);
        return value;
    }

    private OverlaySet? Set(MapNode map)
    {
        var fields = new Fields(map, findings);
        var (fact, where, to) = (Target(fields), fields.Rule("where", required: false), fields.Rule("to"));
        if (!fields.Done() || fact is null)
            return null;
        var item = new Variable(fact.Subject.Name, fact.Subject);
        var condition = where is null ? null : compiler.Compile(where, item, Expectation.Condition, findings.All);
        var value = compiler.Compile(to!, item, Expectation.Storable(fact.Type), findings.All);
        return value is null ? null : new OverlaySet(fact, item, condition, value);
    }

    private Fact? Target(Fields fields)
    {
        if (fields.Text("fact") is not { } name)
            return null;
        if (name.Split('.') is not [var subject, var own] || !dictionary.Subjects.TryGetValue(subject, out var type))
        {
            fields.Fail("fact", $"'fact' must be a subject and its fact, as dwelling.grade, found '{name}'");
            return null;
        }
        if (type.Facts.TryGetValue(own, out var fact) && fact.Kept != Kept.Derived)
            return fact;
        fields.Fail(
            "fact",
            fact is null ? $"{type.Name} has no fact '{own}'{NearestName.Hint(own, type.Facts.Keys)}" : $"{name} is derived: set the facts behind it"
        );
        return null;
    }
}
