using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads standards: the ids of all first, because a rule of one may ask for a verdict of another.</summary>
internal sealed class StandardReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    private readonly Register<Standard> standards = new("standard", findings);
    private readonly List<(Standard Standard, Span Span)> read = [];

    public IEnumerable<Standard> All => standards.Items;

    /// <summary>The id, level and indicators, as far as they can be read; faults are reported by <see cref="Read"/>.</summary>
    public void Outline(PackDocument document, Dictionary<string, StandardOutline> outlines)
    {
        var keys = document.Root.Entries.ToDictionary(e => e.Key.Value, e => e.Value, StringComparer.Ordinal);
        if (Scalar(keys, "standard") is not { } id || Scalar(keys, "level") is not { } level || !dictionary.Subjects.TryGetValue(level, out var type))
            return;
        var indicators = (keys.GetValueOrDefault("indicators") as ListNode)?.Items.OfType<MapNode>() ?? [];
        var ids = indicators
            .SelectMany(i => i.Entries.Where(e => e.Key.Value == "id"))
            .Select(e => e.Value)
            .OfType<ScalarNode>()
            .Select(s => s.Value);
        var known = outlines.TryGetValue(id, out var other) ? other.Indicators.ToHashSet() : [];
        known.UnionWith(ids);
        outlines[id] = new StandardOutline(id, type, known);
    }

    private static string? Scalar(Dictionary<string, Node> keys, string key) => (keys.GetValueOrDefault(key) as ScalarNode)?.Value;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, version, level) = (fields.Id("standard"), fields.Int("version", 1, 9999), Subject.Read(fields, "level", dictionary));
        var (title, area, force) = (fields.Label("title"), fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        fields.Text("note", required: false);
        var subject = level is null ? null : new Variable(level.Name, level);
        var indicators = new List<Indicator>();
        foreach (var node in fields.List("indicators"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "an indicator is a map of keys and values");
            else if (
                subject is not null
                && new IndicatorReader(dictionary, compiler, subject, source, findings).Read(map, fields, indicators) is { } indicator
            )
                indicators.Add(indicator);
        if (!fields.Done())
        {
            findings.Faulty.Add($"standard {id}");
            return;
        }
        if (indicators.Count == 0)
            fields.Fail(document.Root.Span, "a standard has at least one indicator");
        var standard = new Standard(id!, version!.Value, level!, title!, area!.Value, force!.Value, status!.Value, source!, subject!, [.. indicators])
        {
            File = document.File.Shown,
            Hash = document.File.Hash,
        };
        standards.Add(FormattableString.Invariant($"{id} version {version}"), standard, document.Root.Span, document.Folder);
        read.Add((standard, document.Root.Span));
    }

    /// <summary>What needs all standards: verdicts do not go in a circle, one version is in force at a time.</summary>
    public void Finish()
    {
        var asks = All.GroupBy(s => s.Id).ToDictionary(g => g.Key, g => g.SelectMany(Verdicts).ToList(), StringComparer.Ordinal);
        foreach (var (id, reads) in asks)
        foreach (var read in reads)
            if (Leads(read.StandardId, id, asks, []))
                findings.Error(read.Span, $"{id} asks for a verdict of {read.StandardId}, which itself depends on {id}");
        foreach (var versions in read.Where(r => All.Contains(r.Standard)).GroupBy(r => r.Standard.Id))
            OneInForce([.. versions]);
    }

    private void OneInForce(List<(Standard Standard, Span Span)> versions)
    {
        for (var i = 0; i < versions.Count; i++)
        for (var j = 0; j < i; j++)
        {
            var (a, b) = (versions[j].Standard, versions[i].Standard);
            var together = a.InForce.From <= (b.InForce.To ?? DateOnly.MaxValue) && b.InForce.From <= (a.InForce.To ?? DateOnly.MaxValue);
            if (together && a.Area.Overlaps(b.Area))
                findings.Error(
                    versions[i].Span,
                    FormattableString.Invariant(
                        $"versions {a.Version} and {b.Version} of {a.Id} are in force on the same day: give the older one an end"
                    )
                );
        }
    }

    /// <summary>The verdicts a standard needs, also those behind the tallies it reads.</summary>
    private static IEnumerable<VerdictRead> Verdicts(Standard standard)
    {
        var parts = standard
            .Indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit, i.Persons })
            .OfType<Expr>()
            .SelectMany(e => e.All())
            .ToList();
        var tallies = parts.OfType<TallyRead>().Select(t => t.Tally).Distinct();
        var behind = tallies.SelectMany(t => new[] { t.Where, t.Sum }).OfType<Expr>().SelectMany(e => e.All());
        return parts.Concat(behind).OfType<VerdictRead>();
    }

    private static bool Leads(string from, string to, Dictionary<string, List<VerdictRead>> asks, HashSet<string> seen) =>
        from == to || seen.Add(from) && asks.TryGetValue(from, out var reads) && reads.Any(r => Leads(r.StandardId, to, asks, seen));
}
