using System.Text.RegularExpressions;
using Shouldly;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

/// <summary>What the manuals say exists, exists.</summary>
public sealed partial class ReadingTheManuals
{
    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Tuopin.slnx")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    [Fact]
    public void The_mission_has_a_row_for_each_of_the_119_mechanisms()
    {
        var rows = File.ReadLines(Path.Combine(Root, "docs", "mission.md")).Select(l => Row().Match(l)).Where(m => m.Success).ToList();
        rows.Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(1, 119));
        rows.ShouldAllBe(m => m.Value.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length >= 3);
    }

    [GeneratedRegex(@"^\| (\d+) \|.*$")]
    private static partial Regex Row();

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Each_command_of_the_README_is_one(string file)
    {
        // The script answers for these itself.
        string[] scripted = ["bench"];
        var typed = Command().Matches(File.ReadAllText(Path.Combine(Root, file))).Select(m => m.Groups[1].Value).Distinct().ToList();
        typed.ShouldContain("demo");
        typed.Except(Commands()).Except(scripted).ShouldBeEmpty();
    }

    [GeneratedRegex(@"(?:\./|`)tuopin ([a-z]+(?:-[a-z]+)*)")]
    private static partial Regex Command();

    private static List<string> Commands()
    {
        var output = new StringWriter();
        CommandLine.Run(["--help"], output, output, new StepClock()).ShouldBe(0);
        var lines = output.ToString().Split('\n');
        return
        [
            .. lines
                .SkipWhile(l => !l.StartsWith("Commands:", StringComparison.Ordinal))
                .Skip(1)
                .Select(l => l.Trim().Split(' ')[0])
                .Where(w => w.Length > 0),
        ];
    }

    [Fact]
    public void Every_command_of_the_issue_is_in_the_table()
    {
        string[] fixedNames = ["demo", "import", "judge", "explain", "gaps", "whatif", "packs"];
        fixedNames.Except(Commands()).ShouldBeEmpty();
    }

    [Fact]
    public void The_shipped_packs_pass_their_own_check()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        var report = cli.Run("packs", "check", "--json").Json;
        report.GetProperty("failures").GetArrayLength().ShouldBe(0);
        report.GetProperty("cases").GetInt32().ShouldBeGreaterThan(100);
        Directory.EnumerateFileSystemEntries(cli.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_broken_pack_never_loads_and_names_itself()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        var packs = Directory.CreateDirectory(Path.Combine(cli.Folder, "ours", "parameters")).FullName;
        File.WriteAllText(Path.Combine(packs, "line.yaml"), "parameter: line.ours\ntype: fen\nlabal: { zh: 线, en: line }\n");
        var answer = cli.Run("packs", "check", Path.Combine(cli.Folder, "ours")).Refused("packs.broken", "line.yaml", "labal", "label");
        answer.Output.ShouldBeEmpty();
        var document = cli.Run("packs", "check", Path.Combine(cli.Folder, "ours"), "--json").Refused("packs.broken").Document;
        document.EnumerateObject().Select(p => p.Name).ShouldBe(["code", "message", "details"]);
        document.GetProperty("details").EnumerateArray().ShouldContain(d => d.GetString()!.Contains("labal", StringComparison.Ordinal));
        cli.Run("demo", "--size", "village", "--packs", Path.Combine(cli.Folder, "ours")).Refused("packs.broken", "line.yaml");
        File.Exists(Path.Combine(cli.Folder, "tuopin.db")).ShouldBeFalse();
    }
}
