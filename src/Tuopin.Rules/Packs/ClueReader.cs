using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads the rules that raise clues.</summary>
internal sealed class ClueReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    private readonly Register<ClueRule> clues = new("clue", findings);

    public IEnumerable<ClueRule> All => clues.Items;

    public void Read(PackDocument document)
    {
        if (!dictionary.Subjects.TryGetValue("household", out var household))
        {
            findings.Error(document.Root.Span, "a clue is of a household: the dictionary has no 'household'");
            return;
        }
        var of = new Variable("household", household);
        var fields = new Fields(document.Root, findings);
        var (id, version, title) = (fields.Id("clue"), fields.Int("version", 1, 9999), fields.Label("title"));
        var (area, force) = (fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        var note = fields.Note();
        var (from, department) = (fields.Choice<ClueSource>("of"), fields.Text("department", required: false));
        var risks = fields.Texts("risks");
        var rule = fields.Rule("when");
        if (from == ClueSource.Warning && department is null)
            fields.Fail("of", "a warning is of the data of a department: name it");
        if (department is not null)
            Known(fields, "department", department);
        if (risks.Length > 5)
            fields.Fail("risks", "a clue points at no more than five risks");
        foreach (var risk in risks)
            Known(fields, "risk", risk, "risks");
        var when = rule is null ? null : compiler.Compile(rule, of, Expectation.Condition, findings.All);
        if (!fields.Done() || when is null)
        {
            findings.Faulty.Add($"clue {id}");
            return;
        }
        clues.Add(
            FormattableString.Invariant($"{id} version {version}"),
            new(id!, version!.Value, title!, area!.Value, force!.Value, status!.Value, source!, from!.Value, department, [.. risks], of, when)
            {
                Note = note,
            },
            document.Root.Span,
            document.Folder
        );
    }

    private void Known(Fields fields, string list, string found, string? key = null)
    {
        IReadOnlyCollection<string> known = dictionary.CodeLists.TryGetValue(list, out var codes) ? [.. codes.Entries.Select(e => e.Key)] : [];
        if (!known.Contains(found))
            fields.Fail(key ?? list, $"there is no {list} '{found}'{NearestName.Hint(found, known)}");
    }
}
