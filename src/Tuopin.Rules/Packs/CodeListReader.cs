using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads code lists and the foreign codes that other systems use for their entries.</summary>
internal sealed class CodeListReader(FactDictionary dictionary, Findings findings)
{
    private readonly Register<CodeList> lists = new("code list", findings);
    private readonly Dictionary<string, ImmutableDictionary<string, ImmutableDictionary<string, CodeEntry>>> sources = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ImmutableDictionary<string, ImmutableDictionary<string, CodeEntry>>> Sources => sources;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (name, label) = (fields.Name("codelist"), fields.Label());
        fields.Source();
        var entries = Entries(fields);
        var foreign = fields.Map("sources_of_codes", required: false);
        var sets = Sets(fields, entries);
        if (!fields.Done())
            return;
        var list = new CodeList(name!, label!, [.. entries]) { Sets = sets };
        if (lists.TryGet(name!, out var earlier))
            KeepsNumbers(earlier, list, document.Root.Span);
        lists.Add(name!, list, document.Root.Span, document.Folder);
        if (foreign is not null)
            sources[name!] = foreign.Entries.ToImmutableDictionary(e => e.Key.Value, e => Foreign(list, e.Value));
    }

    public void Finish()
    {
        foreach (var list in lists.Items)
            dictionary.CodeLists.Add(list.Name, list);
    }

    private List<CodeEntry> Entries(Fields fields)
    {
        var entries = new List<CodeEntry>();
        var spellings = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in fields.List("entries"))
        {
            if (node is not MapNode map)
            {
                fields.Fail(node.Span, "an entry is { number: .., key: .., zh: .., en: .. }");
                continue;
            }
            var entry = new Fields(map, findings);
            var (number, key, zh, en) = (entry.Int("number", 0, short.MaxValue), entry.Text("key"), entry.Text("zh"), entry.Text("en"));
            var (official, aliases) = (entry.Text("official", required: false), entry.Texts("aliases"));
            entry.Text("note", required: false);
            if (number is { } n && entries.Any(e => e.Number == n))
                entry.Fail("number", FormattableString.Invariant($"number {n} stands twice in this list"));
            foreach (var spelling in aliases.Append(key).Append(zh).OfType<string>().Distinct())
                if (!spellings.TryAdd(spelling, number ?? -1))
                    entry.Fail(map.Span, $"'{spelling}' names two entries of this list");
            if (fields.Whole(entry))
                entries.Add(new CodeEntry(number!.Value, key!, new Label(zh!, en!), official, [.. aliases]));
        }
        return entries;
    }

    private ImmutableDictionary<string, CodeSet> Sets(Fields fields, List<CodeEntry> entries)
    {
        var sets = ImmutableDictionary.CreateBuilder<string, CodeSet>(StringComparer.Ordinal);
        foreach (var (name, node) in fields.Map("sets", required: false)?.Entries ?? [])
        {
            if (node is not MapNode map)
            {
                fields.Fail(node.Span, "a set is { keys: [..], source: { .. } }");
                continue;
            }
            var set = new Fields(map, findings);
            var (keys, source) = (set.Texts("keys"), set.Source());
            foreach (var unknown in keys.Where(k => !entries.Exists(e => e.Key == k)))
                set.Fail("keys", $"the list has no entry '{unknown}'{NearestName.Hint(unknown, entries.Select(e => e.Key))}");
            if (keys.Length == 0)
                set.Fail("keys", "a set names at least one entry");
            if (fields.Whole(set))
                sets[name.Value] = new([.. keys.Select(k => entries.First(e => e.Key == k))], source!);
        }
        return sets.ToImmutable();
    }

    private ImmutableDictionary<string, CodeEntry> Foreign(CodeList list, Node node)
    {
        var known = ImmutableDictionary.CreateBuilder<string, CodeEntry>(StringComparer.Ordinal);
        if (node is not MapNode map)
            findings.Error(node.Span, "a source of codes is a map from its codes to our keys");
        else
            foreach (var (code, key) in map.Entries)
                if (key is ScalarNode scalar && list.Entries.FirstOrDefault(e => e.Key == scalar.Value) is { } entry)
                    known[code.Value] = entry;
                else
                    findings.Error(
                        key.Span,
                        $"code list {list.Name} has no entry '{(key as ScalarNode)?.Value}'{NearestName.Hint((key as ScalarNode)?.Value ?? "", list.Entries.Select(e => e.Key))}"
                    );
        return known.ToImmutable();
    }

    // Stored codes are numbers: a county's list may add and rename, never take away or renumber.
    private void KeepsNumbers(CodeList earlier, CodeList list, Span span)
    {
        foreach (var entry in earlier.Entries)
            if (list.Find(entry.Number)?.Key != entry.Key)
                findings.Error(
                    span,
                    FormattableString.Invariant($"code list {list.Name} must keep entry {entry.Number} '{entry.Key}' of the list it replaces")
                );
    }
}
