using System.Text;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Explaining;

/// <summary>Writes the tree of a judgement as indented lines, for the command line and for failing cases.</summary>
public static class TraceText
{
    /// <summary>The whole tree.</summary>
    public static string Of(Trace trace, Tongue tongue = Tongue.En)
    {
        var text = new StringBuilder();
        Write(text, trace, 0, tongue);
        return text.ToString();
    }

    internal static void Write(StringBuilder text, Trace trace, int depth, Tongue tongue = Tongue.En)
    {
        text.Append(' ', depth * 2).Append(trace.Text);
        if (!trace.IsItem)
            text.Append(" = ").Append(ValueText.Of(trace, tongue));
        if (trace.Expr is ParameterRead)
            text.Append(
                trace.Law is { } law ? $" ({law.Source.Title})"
                : tongue == Tongue.Zh ? "(未找到规定)"
                : " (no law found)"
            );
        text.Append('\n');
        foreach (var part in trace.Parts)
            Write(text, part, depth + 1, tongue);
    }
}
