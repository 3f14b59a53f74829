using System.Security.Cryptography;
using System.Text;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Whether a check blocks or makes work.</summary>
internal enum CheckKind : byte
{
    Error,
    Suspect,
}

/// <summary>Reads data-quality checks.</summary>
internal sealed class CheckReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    private const int LastNumber = 110;
    private readonly Register<Check> checks = new("check", findings);

    public IEnumerable<Check> All => checks.Items;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        foreach (var node in fields.List("checks"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a check is a map of keys and values");
            else if (Read(map, document) is { } check)
                checks.Add(check.Id, check, node.Span, document.Folder);
        fields.Done();
    }

    private Check? Read(MapNode map, PackDocument document)
    {
        var fields = new Fields(map, findings);
        var (id, number, kind) = (fields.Id("id"), fields.Int("number", 1, LastNumber), fields.Choice<CheckKind>("kind"));
        var (title, over, source) = (fields.Label("title"), Subject.Read(fields, "over", dictionary), fields.Source());
        var (area, force) = (fields.Area(), fields.Validity());
        var (when, evidence) = (fields.Rule("when", required: false), fields.Rule("evidence", required: false));
        var (text, note) = (fields.Text("text", required: false), fields.Note());
        if (text is not (null or "not_found"))
            fields.Fail("text", $"'text' can only be not_found, found '{text}'");
        if (text is null == when is null)
            fields.Fail(map.Span, "a check needs either 'when', or 'text: not_found' where no threshold was found");
        if (!fields.Done() || over is null)
        {
            findings.Faulty.Add($"check {id}");
            return null;
        }
        var subject = new Variable(over.Name, over);
        var (asked, shown) = (
            when is null ? null : compiler.Compile(when, subject, Expectation.Condition, findings.All),
            evidence is null ? null : compiler.Compile(evidence, subject, Expectation.Shown, findings.All)
        );
        return new Check(id!, number!.Value, kind == CheckKind.Error, title!, over, subject, area!.Value, force!.Value, source!)
        {
            When = asked,
            Evidence = shown,
            Note = note,
            Hash = HashOf(over, asked, shown),
            FileHash = document.File.Hash,
        };
    }

    // Derived facts stand in the text by name: what they come to is part of the question too.
    private static string HashOf(SubjectType over, params IReadOnlyList<Expr?> rules)
    {
        var derived = rules
            .OfType<Expr>()
            .SelectMany(ExprTree.All)
            .OfType<DerivedRead>()
            .Select(d => $"{d.Fact} = {ExprText.Of(d.Body)}")
            .Distinct()
            .Order(StringComparer.Ordinal);
        var text = string.Join('\n', [over.Name, .. rules.Select(r => r is null ? "" : ExprText.Of(r)), .. derived]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
