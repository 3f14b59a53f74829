using System.CommandLine;
using System.Globalization;
using Dapper;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Files;

namespace Tuopin.Platform.Commands;

/// <summary><c>tuopin audit verify</c>: walks the hash chain of the audit.</summary>
public static class VerifyAudit
{
    public static Command Command(Shell shell)
    {
        var verify = new Command("verify", "prove that no audit entry was changed or taken out");
        var head = new Option<string?>("--head")
        {
            Description = "a head that an earlier verify printed (ENTRY:HASH) and that was kept elsewhere: it must still be in the chain",
        };
        var files = new Option<bool>("--files") { Description = "read every file of evidence too: each still is what it was when it was added" };
        verify.Options.Add(head);
        verify.Options.Add(files);
        verify.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.Open();
                if (AuditLog.Verify(connection) is { } broken)
                    throw new Refusal("audit.broken", $"the audit chain does not hold: {broken}");
                if (parsed.GetValue(head) is { } kept && !AuditLog.Holds(connection, Read(kept)))
                    throw new Refusal(
                        "audit.rewritten",
                        $"the audit chain holds, but {kept} is not in it: it was written anew since that head was kept"
                    );
                long? read = parsed.GetValue(files) ? Files(installation, connection) : null;
                var last = AuditLog.HeadOf(connection);
                if (shell.IsJson)
                    shell.PrintJson(
                        new
                        {
                            holds = true,
                            head = $"{last.Entry}:{last.Hash}",
                            files = read,
                        }
                    );
                else
                {
                    shell.Output.WriteLine("the audit chain holds");
                    shell.Output.WriteLine($"head {last.Entry}:{last.Hash}");
                    if (read is { } count)
                        shell.Output.WriteLine($"{count} files of evidence are what they were");
                }
            })
        );
        return new Command("audit", "the audit chain") { verify };
    }

    /// <exception cref="Refusal">evidence.damaged-files.</exception>
    private static long Files(Installation installation, System.Data.Common.DbConnection connection)
    {
        var (store, count, lost) = (new FileStore(installation), 0L, new List<string>());
        foreach (var hash in connection.Query<string>("SELECT hash FROM attachments UNION SELECT hash FROM discipline_papers ORDER BY hash"))
            try
            {
                store.Read(hash);
                count++;
            }
            catch (Refusal why)
            {
                lost.Add(why.Message);
            }
        return lost.Count == 0
            ? count
            : throw new Refusal("evidence.files-lost", $"{lost.Count} files of evidence are missing or were changed", lost);
    }

    private static AuditLog.Head Read(string kept) =>
        kept.Split(':') is [var entry, var hash] && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new(id, hash)
            : throw new WrongUsage("audit.head-bad", "a head is ENTRY:HASH as verify prints it");
}
