using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>
/// Reads a subject written as nested YAML. What is left out is unknown. A child knows its parent by the relation that leads back, so that
/// <c>m.household</c> works inside a case.
/// </summary>
internal sealed class SubjectNodeReader(RuleScope scope, Findings findings)
{
    public SubjectNode Read(SubjectType type, MapNode map, long areaCode)
    {
        var node = new SubjectNode(type) { AreaCode = areaCode };
        foreach (var (key, value) in map.Entries)
            if (type.Facts.TryGetValue(key.Value, out var fact))
                Set(node, fact, 0, key, value);
            else if (type.Relations.TryGetValue(key.Value, out var relation))
                Relate(node, relation, value, areaCode);
            else if (key.Value == "last_year")
                LastYear(node, -1, value);
            else if (key.Value == "verdicts")
                Verdicts(node, value);
            else if (key.Value == "tallies")
                Tallies(node, value);
            else if (!findings.Faulty.Contains($"{type.Name}.{key.Value}"))
                findings.Error(key.Span, $"{type.Name} has no fact or relation '{key.Value}'{NearestName.Hint(key.Value, Known(type))}");
        if (type.Level is not null && type.Facts.TryGetValue("code", out var code) && node.Facts.TryGetValue((code, 0), out var own))
            node.AreaCode = own.Number;
        return node;
    }

    private static IEnumerable<string> Known(SubjectType type) =>
        type.Facts.Keys.Concat(type.Relations.Keys).Concat(["last_year", "verdicts", "tallies"]);

    private void Set(SubjectNode node, Fact fact, int shift, ScalarNode key, Node written)
    {
        if (fact.Kept == Kept.Derived)
            findings.Error(key.Span, $"{fact} is derived: give the facts behind it");
        else if (shift != 0 && fact.Kept is Kept.Row or Kept.Link)
            findings.Error(key.Span, $"last_year is only for yearly facts: {fact} is kept {(fact.Kept == Kept.Link ? "on a link" : "on the row")}");
        else if (ValueReader.Read(fact.Type, written, out var fault) is { } value)
            node.Facts[(fact, shift)] = value;
        else
            findings.Error(written.Span, $"{fact}: {fault}");
    }

    private void LastYear(SubjectNode node, int shift, Node written)
    {
        foreach (var (key, value) in Entries(written))
            if (key.Value == "last_year")
                LastYear(node, shift - 1, value);
            else if (node.Type.Facts.TryGetValue(key.Value, out var fact))
                Set(node, fact, shift, key, value);
            else
                findings.Error(key.Span, $"{node.Type.Name} has no fact '{key.Value}'{NearestName.Hint(key.Value, node.Type.Facts.Keys)}");
    }

    private void Relate(SubjectNode node, Relation relation, Node written, long areaCode)
    {
        var items = written switch
        {
            ListNode list when relation.Many => list.Items,
            MapNode map when !relation.Many => [map],
            _ => null,
        };
        if (items is null)
        {
            findings.Error(written.Span, $"{relation} must be {(relation.Many ? "a list of maps" : "a map")}, not {Fields.Kind(written)}");
            return;
        }
        var back = relation.Target.Relations.Values.FirstOrDefault(r => !r.Many && r.Target == relation.Source && LeadsBack(r, relation));
        var children = new List<SubjectNode>();
        foreach (var item in items)
            if (item is MapNode map)
                children.Add(Child(node, relation, back, map, areaCode));
            else
                findings.Error(item.Span, $"{relation} must be a list of maps, and this is {Fields.Kind(item)}");
        node.Related[relation] = children;
    }

    private SubjectNode Child(SubjectNode parent, Relation relation, Relation? back, MapNode map, long areaCode)
    {
        var child = Read(relation.Target, map, areaCode);
        if (back is not null)
            child.Related.TryAdd(back, [parent]);
        return child;
    }

    private static bool LeadsBack(Relation back, Relation forth) =>
        back.LinkTable == forth.LinkTable && back.SourceColumn == forth.TargetColumn && back.TargetColumn == forth.SourceColumn;

    private void Verdicts(SubjectNode node, Node written)
    {
        foreach (var (standard, indicators) in Entries(written))
            if (!scope.Standards.TryGetValue(standard.Value, out var outline))
                findings.Error(standard.Span, $"there is no standard '{standard.Value}'{NearestName.Hint(standard.Value, scope.Standards.Keys)}");
            else
                foreach (var (indicator, value) in Entries(indicators))
                    Verdict(node, outline, indicator, value);
    }

    private void Verdict(SubjectNode node, StandardOutline standard, ScalarNode indicator, Node value)
    {
        if (!standard.Indicators.Contains(indicator.Value))
            findings.Error(
                indicator.Span,
                $"{standard.Id} has no indicator '{indicator.Value}'{NearestName.Hint(indicator.Value, standard.Indicators)}"
            );
        else if (value is ScalarNode { Plain: true, Value: "true" or "false" } flag)
            node.Verdicts[(standard.Id, indicator.Value)] = flag.Value == "true";
        else
            findings.Error(value.Span, "a verdict is true (met or exempt) or false (unmet); leave an unknown one out");
    }

    private void Tallies(SubjectNode node, Node written)
    {
        foreach (var (id, value) in Entries(written))
        {
            var ends = value is ListNode list ? list.Items : [value, value];
            var numbers = ends.Select(e => ValueReader.Scaled((e as ScalarNode)?.Value ?? "", 0)).ToList();
            if (!scope.Tallies.ContainsKey(id.Value))
                findings.Error(id.Span, $"there is no tally '{id.Value}'{NearestName.Hint(id.Value, scope.Tallies.Keys)}");
            else if (numbers is [{ } low, { } high] && low <= high)
                node.Tallies[id.Value] = (low, high);
            else
                findings.Error(value.Span, "a tally is a whole number in stored units, or [low, high]");
        }
    }

    private IReadOnlyList<KeyValuePair<ScalarNode, Node>> Entries(Node node)
    {
        if (node is MapNode map)
            return map.Entries;
        findings.Error(node.Span, $"expected a map of keys and values, found {Fields.Kind(node)}");
        return [];
    }
}
