using System.Collections.Immutable;
using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Packs;

/// <summary>Reads dated legal numbers; two values in force for one area and index are refused.</summary>
internal sealed class ParameterReader(Findings findings)
{
    private sealed record Entry(ParameterValue Value, Span Span);

    private sealed record Draft(string Id, Label Label, ValueType Type, string Unit, IndexedBy IndexedBy, List<Entry> Entries);

    private readonly Register<Draft> drafts = new("parameter", findings);

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, label, type) = (fields.Id("parameter"), fields.Label(), FactReader.ForParameter(fields));
        var unit = fields.Text("unit", required: type is { IsNumeric: true });
        var indexed = fields.Choice<IndexedBy>("indexed_by");
        fields.Text("note", required: false);
        var values = fields.List("values");
        var entries = type is null || indexed is null ? [] : Entries(values, type, indexed.Value);
        if (fields.Done() && type is not null)
            drafts.Add(id!, new Draft(id!, label!, type, unit ?? "", indexed!.Value, entries), document.Root.Span, document.Folder);
        else
            findings.Faulty.Add($"param {id}");
    }

    /// <summary>More values for a parameter declared elsewhere: a county's own law.</summary>
    public void Extend(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, values) = (fields.Text("extends"), fields.List("values"));
        fields.Text("note", required: false);
        if (!fields.Done() || id is null)
            return;
        if (drafts.TryGet(id, out var draft))
            draft.Entries.AddRange(Entries(values, draft.Type, draft.IndexedBy));
        else
            fields.Fail("extends", $"there is no parameter '{id}'{NearestName.Hint(id, drafts.Names)}");
    }

    public IReadOnlyDictionary<string, Parameter> Finish() =>
        drafts.Items.ToDictionary(d => d.Id, d => new Parameter(d.Id, d.Label, d.Type, d.Unit, d.IndexedBy, Closed(d)), StringComparer.Ordinal);

    private List<Entry> Entries(IEnumerable<Node> values, ValueType type, IndexedBy indexed)
    {
        var entries = new List<Entry>();
        foreach (var node in values)
            if (node is not MapNode map)
                findings.Error(node.Span, "a value is { area: .., from: .., value: .., source: .., status: .., verified: .. }");
            else if (Read(map, type, indexed) is { } value)
                entries.Add(new Entry(value, node.Span));
        return entries;
    }

    private ParameterValue? Read(MapNode map, ValueType type, IndexedBy indexed)
    {
        var fields = new Fields(map, findings);
        var (area, from, to) = (fields.Area(), Index(fields, "from", indexed, true), Index(fields, "to", indexed, false));
        Value? value = null;
        if (fields.Node("value") is { } written)
        {
            value = ValueReader.Read(type, written, out var fault);
            if (fault is not null)
                fields.Fail(written.Span, fault);
        }
        var source = fields.Source();
        var (status, verified, note) = (fields.Status(source), fields.Day("verified"), fields.Note());
        if (to < from)
            fields.Fail("to", "'to' lies before 'from'");
        return fields.Done()
            ? new ParameterValue(area!.Value, from!.Value, to, value!.Value, source!, status!.Value, verified!.Value) { Note = note }
            : null;
    }

    private static int? Index(Fields fields, string key, IndexedBy indexed, bool required)
    {
        if (indexed == IndexedBy.Day)
            return fields.Day(key, required) is { } day ? DayNumber.Of(day) : null;
        return fields.Int(key, 1949, 2200, required);
    }

    /// <summary>The values with open ends closed by the next entry of the same area.</summary>
    private ImmutableArray<ParameterValue> Closed(Draft draft)
    {
        var closed = ImmutableArray.CreateBuilder<ParameterValue>();
        foreach (var area in draft.Entries.GroupBy(e => e.Value.Area))
        {
            var entries = area.OrderBy(e => e.Value.From).ToList();
            for (var i = 0; i < entries.Count; i++)
            {
                var (value, next) = (entries[i].Value, i + 1 < entries.Count ? entries[i + 1] : null);
                if (next is not null && (value.From == next.Value.From || value.To >= next.Value.From))
                    findings.Error(
                        next.Span,
                        FormattableString.Invariant(
                            $"two values of {draft.Id} are in force for one area in {Shown(next.Value.From)}: this one and that of {entries[i].Span.File}:{entries[i].Span.Line}"
                        )
                    );
                closed.Add(value.To is null && next is not null ? value with { To = Before(next.Value.From, draft.IndexedBy) } : value);
            }
        }
        return closed.ToImmutable();
    }

    private static int Before(int index, IndexedBy indexed) =>
        indexed == IndexedBy.Day ? DayNumber.Of(DayNumber.ToDate(index).AddDays(-1)) : index - 1;

    private static string Shown(int index) =>
        index > 9999 ? DayNumber.ToDate(index).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : index.ToString(CultureInfo.InvariantCulture);
}
