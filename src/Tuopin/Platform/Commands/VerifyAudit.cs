using System.CommandLine;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Commands;

/// <summary><c>tuopin audit verify</c>: walks the hash chain of the audit.</summary>
public static class VerifyAudit
{
    public static Command Command(Shell shell)
    {
        var verify = new Command("verify", "prove that no audit entry was changed or taken out");
        verify.SetAction(
            shell.Run(parsed =>
            {
                using var connection = shell.Open(parsed).Store.Open();
                if (AuditLog.Verify(connection) is { } broken)
                    throw new Refusal("audit.broken", $"the audit chain does not hold: {broken}");
                if (shell.IsJson)
                    shell.PrintJson(new { holds = true });
                else
                    shell.Output.WriteLine("the audit chain holds");
            })
        );
        return new Command("audit", "the audit chain") { verify };
    }
}
