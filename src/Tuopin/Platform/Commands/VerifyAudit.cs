using System.CommandLine;
using System.Globalization;
using Tuopin.Platform.Audit;

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
        verify.Options.Add(head);
        verify.SetAction(
            shell.Run(parsed =>
            {
                using var connection = shell.Open(parsed).Store.Open();
                if (AuditLog.Verify(connection) is { } broken)
                    throw new Refusal("audit.broken", $"the audit chain does not hold: {broken}");
                if (parsed.GetValue(head) is { } kept && !AuditLog.Holds(connection, Read(kept)))
                    throw new Refusal(
                        "audit.rewritten",
                        $"the audit chain holds, but {kept} is not in it: it was written anew since that head was kept"
                    );
                var last = AuditLog.HeadOf(connection);
                if (shell.IsJson)
                    shell.PrintJson(new { holds = true, head = $"{last.Entry}:{last.Hash}" });
                else
                {
                    shell.Output.WriteLine("the audit chain holds");
                    shell.Output.WriteLine($"head {last.Entry}:{last.Hash}");
                }
            })
        );
        return new Command("audit", "the audit chain") { verify };
    }

    private static AuditLog.Head Read(string kept) =>
        kept.Split(':') is [var entry, var hash] && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new(id, hash)
            : throw new WrongUsage("audit.head-bad", "a head is ENTRY:HASH as verify prints it");
}
