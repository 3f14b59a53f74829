using Tuopin.Rules.Language;

namespace Tuopin.Rules.Packs;

/// <summary>Named things of one kind. A later folder replaces what an earlier one declared and says so; twice in one folder is a fault.</summary>
internal sealed class Register<T>(string what, Findings findings)
{
    private readonly Dictionary<string, (T Item, Span At, int Folder)> items = new(StringComparer.Ordinal);

    public IEnumerable<T> Items => items.Values.Select(i => i.Item);
    public IReadOnlyCollection<string> Names => items.Keys;

    public void Add(string id, T item, Span at, int folder)
    {
        if (items.TryGetValue(id, out var earlier))
        {
            var place = FormattableString.Invariant($"{earlier.At.File}:{earlier.At.Line}");
            if (earlier.Folder == folder)
            {
                findings.Error(at, $"{what} '{id}' is already declared in {place}");
                return;
            }
            findings.Note(at, $"{what} '{id}' replaces the one of {place}");
        }
        items[id] = (item, at, folder);
    }

    public bool TryGet(string id, out T item)
    {
        var found = items.TryGetValue(id, out var entry);
        item = entry.Item;
        return found;
    }

    public Span? PlaceOf(string id) => items.TryGetValue(id, out var entry) ? entry.At : null;
}
