using System.CommandLine;
using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Files;

namespace Tuopin.Reports.Sealing;

/// <summary>
/// <c>tuopin report verify ID</c>: whether a sealed report is what was sealed (its hash, the same hash in the audit chain, its files) and whether its numbers
/// come out the same.
/// </summary>
public static class VerifySeal
{
    /// <param name="Broken">What does not hold; empty when all does.</param>
    public sealed record Result(SealedReport Report, IReadOnlyList<string> Broken, RecomputeReport.Result Numbers)
    {
        public bool Holds => Broken.Count == 0 && Numbers.Holds;
    }

    public static Command Command(Shell shell)
    {
        var id = new Argument<long>("ID") { Description = "number of the sealed report" };
        var command = new Command("verify", "prove that a sealed report is what was sealed, and compute its numbers again") { id };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.Open();
                var whole =
                    SealedWhole.Read(connection, null, parsed.GetValue(id))
                    ?? throw new Refusal("report.not-sealed", $"there is no sealed report {parsed.GetValue(id)}");
                var found = Handle(installation, connection, whole);
                if (AuditLog.Verify(connection) is { } broken)
                    found = found with { Broken = [.. found.Broken, $"the audit chain does not hold: {broken}"] };
                if (shell.IsJson)
                    shell.PrintJson(
                        new
                        {
                            report = found.Report.Id,
                            found.Report.Hash,
                            found.Holds,
                            found.Broken,
                            Numbers = ShowRecomputed.Tell(found.Numbers).Numbers,
                        }
                    );
                else
                    Print(shell.Output, found);
                if (!found.Holds)
                    throw new Refusal("report.seal-broken", $"sealed report {found.Report.Id} does not hold", [.. found.Broken]);
            })
        );
        return command;
    }

    private static void Print(TextWriter output, Result found)
    {
        var report = found.Report;
        output.WriteLine($"{report.Id} {report.Title} ({report.AreaName} {report.Day}), edition {report.Edition}");
        output.WriteLine($"sealed {report.SealedAt} by {report.SealedName}, known to change {report.KnownChange}");
        output.WriteLine($"hash {report.Hash}");
        foreach (var broken in found.Broken)
            output.WriteLine($"  {broken}");
        foreach (var line in found.Numbers.Lines.Where(l => l.Outcome != Recomputation.Same || l.Differs))
            output.WriteLine(
                $"  {line.Number.Key}. {line.Number.Figure} {line.Number.Text}: {RecomputeReport.Of(line.Outcome).En}{(line.Differs ? $"; now {ShowRecomputed.Shown(line.Figure!, line.Now)}" : "")}"
            );
        var same = found.Numbers.Lines.Count(l => l.Outcome == Recomputation.Same);
        output.WriteLine(
            $"{same} of {found.Numbers.Lines.Count} numbers are the same as of the seal; {found.Numbers.Differing.Count()} would be others today"
        );
    }

    /// <summary>What does not hold, and the numbers computed again.</summary>
    public static Result Handle(Installation installation, DbConnection connection, SealedWhole whole) =>
        new(whole.Report, Broken(installation, connection, whole), RecomputeReport.Handle(installation, connection, whole));

    /// <summary>What of a seal does not hold; empty when all does.</summary>
    public static IReadOnlyList<string> Broken(Installation installation, DbConnection connection, SealedWhole whole)
    {
        var (broken, store) = (new List<string>(), new FileStore(installation));
        if (!whole.Holds)
            broken.Add("the record is not what its hash says");
        var audited = connection.QueryFirstOrDefault<string>(
            "SELECT detail FROM audit_entries WHERE action = @act AND subject = @subject AND subject_id = @id ORDER BY id LIMIT 1",
            new
            {
                act = KeepSeal.Act,
                subject = KeepSeal.Subject,
                id = whole.Report.Id,
            }
        );
        if (audited is null || !audited.EndsWith(whole.Report.Hash, StringComparison.Ordinal))
            broken.Add("the hash is not the one in the audit chain");
        foreach (var file in whole.Files)
            try
            {
                store.Read(file.Hash);
            }
            catch (Refusal lost)
            {
                broken.Add($"{file.Format}: {lost.Message}");
            }
        return broken;
    }
}
