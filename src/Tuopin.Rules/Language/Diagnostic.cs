namespace Tuopin.Rules.Language;

/// <summary>Whether a finding stops the packs from loading.</summary>
public enum Severity : byte
{
    Error,

    /// <summary>Worth telling, harmless: a later folder replaced an id of an earlier one.</summary>
    Note,
}

/// <summary>One finding in a pack file, with the exact place.</summary>
public sealed record Diagnostic(Span Span, string Message, Severity Severity = Severity.Error)
{
    /// <summary><c>file:line:column: message</c>, as compilers print it.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Span.File}:{Span.Line}:{Span.Column}: {(Severity == Severity.Note ? "note: " : "")}{Message}");
}

/// <summary>A rule that cannot be read or bound; stops at the first fault of one expression.</summary>
public sealed class RuleException(Span span, string message) : Exception(message)
{
    public Span Span { get; } = span;

    /// <summary>Only a consequence of a fault already reported elsewhere.</summary>
    public bool Consequent { get; init; }

    public Diagnostic ToDiagnostic() => new(Span, Message);
}
