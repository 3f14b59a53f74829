using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads yellow and red cards for late work: of a kind of work each colour follows once.</summary>
internal sealed class WarningReader(FactDictionary dictionary, IReadOnlyDictionary<string, Parameter> parameters, Findings findings)
{
    private readonly Register<Warning> warnings = new("warning", findings);
    private readonly List<(Warning Warning, Span Span)> read = [];

    public IEnumerable<Warning> All => warnings.Items;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, version, title) = (fields.Id("warning"), fields.Int("version", 1, 9999), fields.Label("title"));
        var (area, force) = (fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        var note = fields.Note();
        var cards = new List<WarningCard>();
        foreach (var node in fields.List("cards"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a card is { id: .., colour: .., days: .. }");
            else if (Card(map, fields) is { } card)
                cards.Add(card);
        if (fields.Has("cards") && fields.List("cards").Count == 0)
            fields.Fail("cards", "a warning has at least one card");
        foreach (var twice in cards.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            fields.Fail("cards", $"card '{twice.Key}' stands twice");
        foreach (var (a, b) in cards.SelectMany((a, i) => cards.Take(i).Select(b => (a, b))))
            if (a.Id != b.Id && a.Colour == b.Colour && (a.Kinds.IsEmpty || b.Kinds.IsEmpty || a.Kinds.Any(b.Concerns)))
                fields.Fail("cards", $"'{b.Id}' and '{a.Id}' are of one colour for the same work");
        if (!fields.Done())
            return;
        var warning = new Warning(id!, version!.Value, title!, area!.Value, force!.Value, status!.Value, source!, [.. cards]) { Note = note };
        warnings.Add(FormattableString.Invariant($"{warning.Id} version {warning.Version}"), warning, document.Root.Span, document.Folder);
        read.Add((warning, document.Root.Span));
    }

    /// <summary>One version of a warning is in force at a time.</summary>
    public void Finish()
    {
        var held = read.Where(r => All.Contains(r.Warning)).ToList();
        foreach (var (later, earlier) in held.SelectMany((a, i) => held.Take(i).Select(b => (a, b))))
        {
            var (a, b) = (later.Warning, earlier.Warning);
            var together = a.InForce.From <= (b.InForce.To ?? DateOnly.MaxValue) && b.InForce.From <= (a.InForce.To ?? DateOnly.MaxValue);
            if (a.Id == b.Id && together && a.Area.Overlaps(b.Area))
                findings.Error(
                    later.Span,
                    FormattableString.Invariant(
                        $"versions {b.Version} and {a.Version} of {a.Id} are in force on the same day: give the older one an end"
                    )
                );
        }
    }

    private WarningCard? Card(MapNode map, Fields whole)
    {
        var fields = new Fields(map, findings);
        var (id, colour, days, kinds) = (
            fields.Id("id"),
            fields.Choice<WarningColour>("colour"),
            fields.Text("days"),
            fields.Has("kinds") ? fields.Texts("kinds") : []
        );
        if (days is not null && !parameters.ContainsKey(days))
            fields.Fail("days", $"there is no parameter '{days}'{NearestName.Hint(days, parameters.Keys)}");
        else if (days is not null && parameters[days].Type.Kind != Kind.Int)
            fields.Fail("days", $"'{days}' is no number of days");
        string[] known = dictionary.CodeLists.TryGetValue("work_kind", out var list) ? [.. list.Entries.Select(e => e.Key)] : [];
        foreach (var kind in kinds.Where(k => !known.Contains(k)))
            fields.Fail("kinds", $"there is no kind of work '{kind}'{NearestName.Hint(kind, known)}");
        return whole.Whole(fields) ? new(id!, colour!.Value, days!, [.. kinds]) : null;
    }
}
