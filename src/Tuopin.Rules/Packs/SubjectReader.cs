using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads subject types with their relations and facts, and what other files add to them.</summary>
internal sealed class SubjectReader(FactDictionary dictionary, Findings findings)
{
    private readonly Register<SubjectType> subjects = new("subject", findings);
    private readonly Dictionary<string, (Span At, int Folder)> members = new(StringComparer.Ordinal);
    private readonly List<(Fact Fact, Span At)> facts = [];
    private readonly Dictionary<PackDocument, Fields> declared = [];

    public Dictionary<(SubjectType, string), PendingDerived> Derived { get; } = [];

    /// <summary>The type itself, so that relations of other files find it.</summary>
    public void Declare(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (name, label, table) = (fields.Name("subject"), fields.Label(), fields.Table("table"));
        var (yearTable, yearKey) = (fields.Table("year_table", required: false), fields.Column("year_key"));
        var level = fields.Choice<AreaLevel>("level", required: false);
        var areaThrough = fields.Name("area_through", required: false);
        if (yearTable is null != yearKey is null)
            fields.Fail(document.Root.Span, "'year_table' and 'year_key' belong together");
        if (name is null || label is null || table is null)
            return;
        if (subjects.PlaceOf(name) is { } place)
        {
            fields.Fail(
                "subject",
                FormattableString.Invariant($"subject '{name}' is already declared in {place.File}:{place.Line}; add to it with 'extends: {name}'")
            );
            return;
        }
        var type = new SubjectType(name, label, table)
        {
            YearTable = yearTable,
            YearKey = yearKey,
            Level = level,
            AreaThrough = areaThrough,
        };
        subjects.Add(name, type, document.Root.Span, document.Folder);
        dictionary.Subjects.Add(name, type);
        declared.Add(document, fields);
    }

    public void Fill(PackDocument document)
    {
        if (!declared.TryGetValue(document, out var fields))
            return;
        var type = dictionary[fields.Text("subject")!];
        Fill(type, fields, document.Folder);
        if (type.AreaThrough is { } through && !(type.Relations.TryGetValue(through, out var relation) && !relation.Many))
            fields.Fail("area_through", $"'area_through' names no relation to one of '{type.Name}': '{through}'");
    }

    public void Extend(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var name = fields.Text("extends");
        if (name is not null && dictionary.Subjects.TryGetValue(name, out var type))
            Fill(type, fields, document.Folder);
        else if (name is not null)
            fields.Fail("extends", $"there is no subject '{name}'{NearestName.Hint(name, dictionary.Subjects.Keys)}");
    }

    private void Fill(SubjectType type, Fields fields, int folder)
    {
        foreach (var (name, node) in Entries(fields, "relations"))
            if (IsNew(type, name, folder, fields) && new RelationReader(dictionary, findings).Read(type, name.Value, node) is { } relation)
                type.Relations[relation.Name] = relation;
            else
                findings.Faulty.Add($"{type.Name}.{name.Value}");
        var reader = new FactReader(dictionary, findings);
        foreach (var (name, node) in Entries(fields, "facts"))
            if (reader.Read(type, name, node) is not { } fact)
                findings.Faulty.Add($"{type.Name}.{name.Value}");
            else if (IsNew(type, name, folder, fields, fact))
                Add(fact, name.Span);
        foreach (var (name, node) in Entries(fields, "derived"))
            if (IsNew(type, name, folder, fields) && FactReader.Derived(type, name, node, findings) is { } derived)
                Derived[(type, name.Value)] = derived;
            else
                findings.Faulty.Add($"{type.Name}.{name.Value}");
        fields.Done();
    }

    private void Add(Fact fact, Span at)
    {
        fact.Subject.Facts[fact.Name] = fact;
        facts.RemoveAll(f => f.Fact.Subject == fact.Subject && f.Fact.Name == fact.Name);
        facts.Add((fact, at));
    }

    private IEnumerable<(ScalarNode Name, MapNode Node)> Entries(Fields fields, string key)
    {
        foreach (var (name, node) in fields.Map(key, required: false)?.Entries ?? [])
            if (!Fields.IsName(name.Value) || name.Value is "day" or "last_year" or "in" or "true" or "false" or "null")
                fields.Fail(name.Span, $"'{name.Value}' cannot be a name: lower-case letters, digits and _, and no word of the language");
            else if (node is MapNode map)
                yield return (name, map);
            else
                fields.Fail(node.Span, $"'{name.Value}' must be a map of keys and values, not {Fields.Kind(node)}");
    }

    private bool IsNew(SubjectType type, ScalarNode name, int folder, Fields fields, Fact? fact = null)
    {
        var id = $"{type.Name}.{name.Value}";
        if (members.TryAdd(id, (name.Span, folder)))
            return true;
        var earlier = members[id];
        var place = FormattableString.Invariant($"{earlier.At.File}:{earlier.At.Line}");
        var same =
            fact is not null
            && type.Facts.TryGetValue(name.Value, out var old)
            && old.Type.ToString() == fact.Type.ToString()
            && old.Kept == fact.Kept;
        if (earlier.Folder == folder || fact is not null && !same)
        {
            var why = earlier.Folder == folder ? "" : " with another type or place; a later folder changes labels, bounds and authors only";
            fields.Fail(name.Span, $"{id} is already declared in {place}{why}");
            return false;
        }
        members[id] = (name.Span, folder);
        findings.Note(name.Span, $"{id} replaces the one of {place}");
        return true;
    }

    /// <summary>What can be said only when all files are read: link facts have a link, columns are not shared.</summary>
    public void Finish()
    {
        foreach (var (fact, at) in facts)
        {
            var relations = dictionary.Subjects.Values.SelectMany(s => s.Relations.Values).Where(r => r.LinkTable is not null);
            if (fact.Kept == Kept.Link && !relations.Any(r => r.Target == fact.Subject || r.Source == fact.Subject))
                findings.Error(at, $"{fact} is kept on a link, but no relation with a link leads to {fact.Subject.Name}");
            var twin = facts
                .TakeWhile(f => f.Fact != fact)
                .FirstOrDefault(f => f.Fact.Subject == fact.Subject && f.Fact.Column == fact.Column && Table(f.Fact) == Table(fact));
            if (twin.Fact is not null)
                findings.Error(at, $"{fact} and {twin.Fact} share the column '{fact.Column}'");
        }
    }

    private static string? Table(Fact fact) =>
        fact.Kept switch
        {
            Kept.Row => fact.Subject.Table,
            Kept.Link => "a link",
            _ => fact.Subject.YearTable,
        };
}
