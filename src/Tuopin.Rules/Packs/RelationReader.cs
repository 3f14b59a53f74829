using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads a step from one subject to another.</summary>
internal sealed class RelationReader(FactDictionary dictionary, Findings findings)
{
    public Relation? Read(SubjectType source, string name, MapNode node)
    {
        var fields = new Fields(node, findings);
        var (to, many, link) = (fields.Text("to"), fields.Flag("many"), fields.Table("link", required: false));
        var (from, target) = (fields.Column("source_column"), fields.Column("target_column"));
        var (dated, required) = (fields.Flag("dated"), fields.Flag("required"));
        SubjectType? type = null;
        if (to is not null && !dictionary.Subjects.TryGetValue(to, out type))
            fields.Fail("to", $"there is no subject '{to}'{NearestName.Hint(to, dictionary.Subjects.Keys)}");
        var (leads, pointsBack) = (fields.Has("source_column"), fields.Has("target_column"));
        if (fields.Has("link") && !(leads && pointsBack))
            fields.Fail(node.Span, "a relation through a link needs 'source_column' and 'target_column'");
        if (!fields.Has("link") && many && !pointsBack)
            fields.Fail(node.Span, "a collection needs the 'target_column' that points back");
        if (!fields.Has("link") && !many && !leads && !pointsBack)
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
