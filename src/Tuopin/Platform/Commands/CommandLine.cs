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
            Standards.ExplainHousehold.Command(shell),
            Standards.TryWhatIf.Command(shell),
            Standards.CheckPacks.Command(shell),
            Exchange.ImportFiles.Command(shell),
            Exchange.ExportFile.Command(shell),
            Exchange.ListConflicts.Command(shell),
            Demo.MakeDemo.Command(shell),
            VerifyAudit.Command(shell),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                errors.WriteLine(error.Message);
            errors.WriteLine("See tuopin --help.");
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
            return 3;
        }
    }
}
