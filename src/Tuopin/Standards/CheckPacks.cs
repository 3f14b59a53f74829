using System.CommandLine;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary><c>tuopin packs check [DIR]</c>: loads all packs, runs all cases, walks all dates for gaps and overlaps, prints the register.</summary>
public static class CheckPacks
{
    public sealed record Entry(string Kind, string Id, string Area, string InForce, PackStatus? Status, string Source);

    public sealed record Report(
        int Facts,
        int Cases,
        IReadOnlyList<string> Failures,
        IReadOnlyList<string> Gaps,
        IReadOnlyList<Entry> Register,
        string Hash
    );

    public static Command Command(Shell shell)
    {
        var folder = new Argument<string?>("DIR") { Description = "a county's packs over the shipped ones", Arity = ArgumentArity.ZeroOrOne };
        var check = new Command("check", "check all packs, run their cases, print the register") { folder };
        check.SetAction(
            shell.Run(parsed =>
            {
                var options = Shell.Options(parsed);
                var report = Handle(options with { CountyPacks = parsed.GetValue(folder) ?? options.CountyPacks });
                if (!shell.IsJson)
                    Print(shell.Output, report);
                if (report.Failures.Count > 0)
                    throw new Refusal(
                        "packs.cases-failed",
                        $"{report.Failures.Count} of {report.Cases} cases fail",
                        shell.IsJson ? report.Failures : []
                    );
                if (shell.IsJson)
                    shell.PrintJson(report);
            })
        );
        return new Command("packs", "law and dictionary as data") { check };
    }

    /// <exception cref="Refusal">packs.broken with every finding.</exception>
    public static Report Handle(InstallationOptions options)
    {
        var packs = Installation.LoadPacks(options);
        return new(
            packs.Dictionary.Subjects.Values.Sum(s => s.Facts.Count),
            packs.Cases.Length,
            [.. CaseRunner.RunCases(Installation.FoldersOf(options)).Select(f => f.ToString())],
            [.. PackCoverage.Of(packs).Select(f => f.ToString())],
            [.. Register(packs)],
            packs.Hash
        );
    }

    private static IEnumerable<Entry> Register(PackSet packs)
    {
        foreach (var s in packs.Standards.OrderBy(s => s.Area.From).ThenBy(s => s.Id, StringComparer.Ordinal))
            yield return new(
                s.Level.Name + " standard",
                $"{s.Id} v{s.Version}",
                Area(s.Area),
                $"{s.InForce.From:yyyy-MM-dd} - {s.InForce.To:yyyy-MM-dd}",
                s.Status,
                s.Source.Title
            );
        foreach (var p in packs.Parameters.Values.OrderBy(p => p.Id, StringComparer.Ordinal))
        foreach (var v in p.Values)
            yield return new("parameter", p.Id, Area(v.Area), $"{v.From} - {v.To}", v.Status, $"{v.Source.Title} [{v.Source.Grade}]");
        foreach (var p in packs.Procedures.OrderBy(p => p.Area.From).ThenBy(p => p.Id, StringComparer.Ordinal))
            yield return new(
                "procedure",
                $"{p.Id} v{p.Version}",
                Area(p.Area),
                $"{p.InForce.From:yyyy-MM-dd} - {p.InForce.To:yyyy-MM-dd}",
                p.Status,
                $"{p.Source.Title} [{p.Source.Grade}]"
            );
        foreach (var r in packs.Rounds.OrderBy(r => r.Area.From).ThenBy(r => r.Id, StringComparer.Ordinal))
            yield return new(
                "round",
                $"{r.Id} v{r.Version}",
                Area(r.Area),
                $"{r.InForce.From:yyyy-MM-dd} - {r.InForce.To:yyyy-MM-dd}",
                r.Status,
                $"{r.Source.Title} [{r.Source.Grade}]"
            );
        foreach (var w in packs.Warnings.OrderBy(w => w.Area.From).ThenBy(w => w.Id, StringComparer.Ordinal))
            yield return new(
                "warning",
                $"{w.Id} v{w.Version}",
                Area(w.Area),
                $"{w.InForce.From:yyyy-MM-dd} - {w.InForce.To:yyyy-MM-dd}",
                w.Status,
                $"{w.Source.Title} [{w.Source.Grade}]"
            );
        foreach (var c in packs.Checks.OrderBy(c => c.Number))
            yield return new(
                c.When is null ? "check, no law found" : "check",
                c.Id,
                Area(c.Area),
                $"{c.InForce.From:yyyy-MM-dd} - {c.InForce.To:yyyy-MM-dd}",
                null,
                c.Source.Title
            );
    }

    private static string Area(AreaRange area) =>
        area == AreaRange.Nation ? "0"
        : $"{area.From:D12}".TrimEnd('0') is { Length: > 0 } digits ? digits.PadRight((digits.Length + 1) / 2 * 2, '0')
        : "0";

    private static void Print(TextWriter output, Report report)
    {
        foreach (var e in report.Register)
            output.WriteLine($"{e.Kind, -20} {e.Id, -44} {e.Area, -8} {e.InForce, -26} {e.Status?.ToString().ToLowerInvariant(), -8} {e.Source}");
        output.WriteLine();
        foreach (var gap in report.Gaps)
            output.WriteLine($"gap: {gap}");
        foreach (var failure in report.Failures)
            output.WriteLine(failure);
        output.WriteLine($"{report.Facts} facts, {report.Cases} cases, {report.Failures.Count} fail; packs {report.Hash[..12]}");
    }
}
