using Tuopin.Rules.Language;

namespace Tuopin.Rules.Packs;

/// <summary>Collects what is wrong with a set of packs.</summary>
internal sealed class Findings
{
    public List<Diagnostic> All { get; } = [];
    public bool HasErrors => All.Any(d => d.Severity == Severity.Error);

    /// <summary>Names whose declaration is at fault, so that rules which use them are not blamed for it.</summary>
    public HashSet<string> Faulty { get; } = new(StringComparer.Ordinal);

    public void Error(Span span, string message) => All.Add(new Diagnostic(span, message));

    public void Note(Span span, string message) => All.Add(new Diagnostic(span, message, Severity.Note));
}
