using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads a step from one subject to another.</summary>
internal sealed class RelationReader(FactDictionary dictionary, Findings findings)
{
    public Relation? Read(SubjectType source, string name, MapNode node)
    {
        var fields = new Fields(node, findings);
        var (to, many, link) = (fields.Text("to"), fields.Flag("many"), fields.Name("link", required: false));
        var (from, target) = (fields.Name("source_column", required: false), fields.Name("target_column", required: false));
        var (dated, required) = (fields.Flag("dated"), fields.Flag("required"));
        SubjectType? type = null;
        if (to is not null && !dictionary.Subjects.TryGetValue(to, out type))
            fields.Fail("to", $"there is no subject '{to}'{NearestName.Hint(to, dictionary.Subjects.Keys)}");
        if (link is not null && (from is null || target is null))
            fields.Fail(node.Span, "a relation through a link needs 'source_column' and 'target_column'");
        if (link is null && many && target is null)
            fields.Fail(node.Span, "a collection needs the 'target_column' that points back");
        if (link is null && !many && from is null && target is null)
            fields.Fail(node.Span, "a step to one needs 'source_column' or 'target_column'");
        if (required && !many)
            fields.Fail("required", "'required' belongs to a collection (many: true)");
        if (!fields.Done() || type is null)
            return null;
        return new Relation(name, source, type, many)
        {
            LinkTable = link,
            SourceColumn = from ?? "id",
            TargetColumn = target ?? "id",
            Dated = dated,
            Required = required,
        };
    }
}
