using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Packs;

/// <summary>Reads counts and sums that are kept per village.</summary>
internal sealed class TallyReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    /// <summary>No more subjects than a large prefecture has.</summary>
    private const int MostSubjects = 20_000_000;
    private readonly Register<Tally> tallies = new("tally", findings);

    public void Read(PackDocument document, Dictionary<string, Tally> all)
    {
        var fields = new Fields(document.Root, findings);
        foreach (var node in fields.List("tallies"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a tally is { id: .., label: .., over: .., where: .., source: .. }");
            else if (Read(map) is { } tally)
                tallies.Add(tally.Id, tally, node.Span, document.Folder);
        fields.Done();
        foreach (var tally in tallies.Items)
            all[tally.Id] = tally;
    }

    private Tally? Read(MapNode map)
    {
        var fields = new Fields(map, findings);
        var (id, label, over) = (fields.Id("id"), fields.Label(), Subject.Read(fields, "over", dictionary));
        var (where, sum, source) = (fields.Rule("where", required: false), fields.Rule("sum", required: false), fields.Source());
        fields.Text("note", required: false);
        if (!fields.Done() || over is null)
        {
            findings.Faulty.Add($"tally {id}");
            return null;
        }
        var item = new Variable(over.Name, over);
        var condition = where is null ? null : compiler.Compile(where, item, Expectation.Condition, findings.All);
        var summed = sum is null ? null : compiler.Compile(sum, item, Expectation.Number, findings.All);
        foreach (var nested in new[] { condition, summed }.OfType<Expr>().SelectMany(e => e.All()).OfType<TallyRead>())
            findings.Error(nested.Span, "a tally is counted before all others are known: it may not read one");
        var tally = new Tally(id!, label!, over, item, condition, summed) { Source = source! };
        return summed is null ? tally : tally with { Type = SumOf(summed) };
    }

    private ValueType SumOf(Expr summed)
    {
        try
        {
            var total = Ranges.Total(Ranges.Of(summed.Type), MostSubjects);
            return Ranges.Fit(summed.Type.Kind, summed.Type.Scale, total, summed.Span, "the sum over a prefecture");
        }
        catch (RuleException e)
        {
            findings.All.Add(e.ToDiagnostic());
            return summed.Type;
        }
    }
}

/// <summary>Reads the name of a subject type.</summary>
internal static class Subject
{
    public static SubjectType? Read(Fields fields, string key, FactDictionary dictionary)
    {
        if (fields.Text(key) is not { } name)
            return null;
        if (dictionary.Subjects.TryGetValue(name, out var type))
            return type;
        fields.Fail(key, $"there is no subject '{name}'{NearestName.Hint(name, dictionary.Subjects.Keys)}");
        return null;
    }
}
