using System.Text.RegularExpressions;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Tests.Packs;

/// <summary>The examples of docs/rules.md: rules are bound, refused ones refused, files loaded together over the shipped packs.</summary>
public sealed partial class ReadingTheManual : IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules.md"));
    private static readonly string Shipped = Path.Combine(Repository.Root, "packs");
    private readonly string folder = Directory.CreateTempSubdirectory("packs").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Its_rules_bind_and_its_refused_rules_are_refused()
    {
        var packs = PackLoader.Load(Shipped).OrThrow();
        var blocks = Blocks().Where(b => b.Kind is "rule" or "refused").ToList();
        blocks.Count.ShouldBeGreaterThan(15);
        foreach (var (kind, subject, body) in blocks)
        {
            var findings = new List<Diagnostic>();
            var type = packs.Dictionary[subject];
            new RuleCompiler(packs.Scope).Compile(RuleText.Of(body), new Variable(subject, type), Expectation.Condition, findings);
            findings.Count.ShouldBe(kind == "rule" ? 0 : 1, $"{body}\n{string.Join('\n', findings)}");
        }
    }

    [Fact]
    public void Its_files_load_together_as_a_county_folder()
    {
        var files = Blocks().Where(b => b.Kind == "yaml").ToList();
        foreach (var (_, path, body) in files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, body);
        }
        var load = PackLoader.Load(Shipped, folder);
        load.Report.ShouldBe("");
        load.Packs!.Files.Count(f => f.Folder.Path == folder).ShouldBe(files.Count);
        load.Packs.Cases.Count(c => c.Standard?.Id == "example.village-meetings" || c.Check?.Id == "example-too-many-trees").ShouldBe(2);
        CaseRunner.RunCases([Shipped, folder]).ShouldBeEmpty();
    }

    [Fact]
    public void It_names_every_function_and_macro()
    {
        foreach (var name in Binder.FunctionNames.Concat(Binder.MacroNames).Append("filter").Append("met").Append("tally"))
            Text.ShouldContain($"{name}(");
    }

    private static IEnumerable<(string Kind, string Argument, string Body)> Blocks() =>
        Block().Matches(Text).Select(m => (m.Groups[1].Value, m.Groups[2].Value.Trim(), m.Groups[3].Value));

    [GeneratedRegex("^```([a-z]+) ([^\n]+)\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
