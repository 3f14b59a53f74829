namespace Tuopin.Platform;

/// <summary>
/// What was asked cannot be done, and why: a permanent code (<c>module.what-is-wrong</c>, never used again for another refusal), a sentence for people, and
/// details line by line. Exit code 1 on the command line, a problem document over HTTP. Anything else that is thrown is a fault of ours.
/// </summary>
public class Refusal(string code, string message, IReadOnlyList<string>? details = null) : Exception(message)
{
    public string Code { get; } = code;
    public IReadOnlyList<string> Details { get; } = details ?? [];
}

/// <summary>The words of a call are wrong, whatever the data: exit code 2.</summary>
public sealed class WrongUsage(string code, string message) : Refusal(code, message);
