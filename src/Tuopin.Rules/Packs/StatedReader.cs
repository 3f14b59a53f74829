using Tuopin.Rules.Language;

namespace Tuopin.Rules.Packs;

/// <summary>One line of a file of statements, as it is written; what figures, areas and departments there are is not its business.</summary>
/// <param name="Value">Digits in the unit of the figure.</param>
/// <param name="Unit">Only to be held against the unit of the figure.</param>
public sealed record StatedLine(
    Span Span,
    string Figure,
    string Area,
    DateOnly Day,
    string Value,
    string By,
    string Source,
    DateOnly? DocumentDate,
    string? Note,
    string? Unit
);

/// <summary>
/// Reads what departments state: <c>stated: [{ figure, area, day, value, by, source, document_date, note, unit }]</c>. It is no pack: a command loads it.
/// </summary>
public static class StatedReader
{
    /// <summary>The lines, and what is wrong with the others; with one fault the file is not to be used.</summary>
    /// <param name="shown">The file as messages name it.</param>
    public static (IReadOnlyList<StatedLine> Lines, IReadOnlyList<Diagnostic> Faults) Read(string shown, string text)
    {
        var (findings, lines) = (new Findings(), new List<StatedLine>());
        var file = new PackFile(new PackFolder("", "."), shown, text);
        try
        {
            var root = new Fields(new YamlReader(file).Read(), findings);
            foreach (var node in root.List("stated"))
                if (node is not MapNode map)
                    findings.Error(node.Span, "a statement is { figure: .., area: .., day: .., value: .., by: .., source: .. }");
                else if (Line(new Fields(map, findings)) is { } line)
                    lines.Add(line);
            root.Done();
        }
        catch (RuleException e)
        {
            findings.All.Add(e.ToDiagnostic());
        }
        return ([.. lines.Select(l => l with { Span = Named(l.Span) })], [.. findings.All.Select(f => f with { Span = Named(f.Span) })]);

        // Packs are named with their folder, this file as it was given.
        Span Named(Span span) => span with { File = shown };
    }

    private static StatedLine? Line(Fields fields)
    {
        var (figure, area, day) = (fields.Text("figure"), fields.Text("area"), fields.Day("day"));
        var (value, by, source) = (fields.Text("value"), fields.Text("by"), fields.Text("source"));
        var (document, note, unit) = (
            fields.Day("document_date", required: false),
            fields.Text("note", required: false),
            fields.Text("unit", required: false)
        );
        return fields.Done() ? new(fields.Span, figure!, area!, day!.Value, value!, by!, source!, document, note, unit) : null;
    }
}
