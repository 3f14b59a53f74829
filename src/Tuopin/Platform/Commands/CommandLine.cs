using System.CommandLine;

namespace Tuopin.Platform.Commands;

/// <summary>The command line: one table of commands, each defined beside its handler.</summary>
public static class CommandLine
{
    public static int Run(string[] args, TextWriter output, TextWriter errors, TimeProvider clock)
    {
        var shell = new Shell(output, errors, clock);
        var root = new RootCommand("Tuopin 脱贫: registry, standards, verdicts and gaps for targeted poverty alleviation")
        {
            Shell.Data,
            Shell.Database,
            Shell.Packs,
            Shell.Keys,
            Shell.Json,
            Standards.JudgeArea.Command(shell),
            Standards.ListGaps.Command(shell),
            Standards.ListOverrules.Command(shell),
            Standards.ExplainHousehold.Command(shell),
            Standards.TryWhatIf.Command(shell),
            Figures.ListFigures.Command(shell, Exchange.ExportFigures.Command),
            Figures.Targets.ListTargets.Command(shell),
            Standards.CheckPacks.Command(shell),
            Quality.RunChecks.Command(shell),
            Figures.CheckReport.Command(shell),
            Reports.MakeReport.Command(shell),
            OpenData.PublishOpenData.Command(shell),
            Exchange.ImportFiles.Command(shell),
            Exchange.ExportFile.Command(shell),
            Exchange.ListConflicts.Command(shell),
            Exchange.ListImports.Command(shell),
            new Command("work", "items of work: gaps, conflicts, objections, orders")
            {
                Work.ShowInbox.Command(shell, Web.Routes.WorkSources),
                Work.CountWork.Command(shell),
                Work.RunRefresh.Command(shell, Web.Routes.WorkSources),
            },
            Demo.MakeDemo.Command(shell),
            SetWorkDate.Command(shell),
            new Command("areas", "trees of areas and their outlines") { Exchange.LoadAreaTree.Command(shell), Figures.LoadBoundaries.Command(shell) },
            Matching.MatchRoutes.Command(shell),
            Inspection.LedgersCommand.Command(shell),
            new Command("monitoring", "monitoring against return to poverty: households, clues")
            {
                Monitoring.ListMonitored.Command(shell),
                Monitoring.ListClues.Command(shell),
                Monitoring.RaiseClues.Command(shell),
            },
            Standards.OpenYear.Command(shell),
            VerifyAudit.Command(shell),
            Security.RotateKeys.Command(shell),
            Access.UsersCommand.Command(shell),
            Web.Serve.Command(shell),
            Operation.BackUp.Command(shell),
            Operation.Restore.Command(shell),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                errors.WriteLine(error.Message);
            errors.WriteLine("See tuopin --help.");
            if (parsed.GetValue(Shell.Json))
                shell.PrintRefusal("usage.wrong", "the command line is wrong; see tuopin --help", [.. parsed.Errors.Select(e => e.Message)]);
            return 2;
        }
        try
        {
            return parsed.Invoke(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    Output = output,
                    Error = errors,
                }
            );
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            errors.WriteLine($"failed: {fault.Message}");
            if (Environment.GetEnvironmentVariable("TUOPIN_TRACE") is not null)
                errors.WriteLine(fault);
            if (parsed.GetValue(Shell.Json))
                shell.PrintRefusal("failed", fault.Message, []);
            return 3;
        }
    }
}
