using System.Text.Json;
using Dapper;
using Tuopin.Platform.Web;

namespace Tuopin.Work;

/// <summary>
/// Items by a word, within what the reader sees: of the title as it is shown (what a source raised is told by the packs, so the few titles there are are asked
/// for it), of the name of the household's head or of the person, or the start of the household's number.
/// </summary>
public static class SearchWork
{
    /// <summary>A condition over <c>w</c>, with the parameters <c>@sought</c> and <c>@titles</c>.</summary>
    public readonly record struct Search(string Condition, string Titles);

    /// <param name="within">The condition over <c>w</c> that says what is searched.</param>
    public static Search For(ConsoleContext context, string sought, string within)
    {
        var (packs, sources) = (context.Installation.Packs, context.Http.RequestServices.GetRequiredService<WorkSources>());
        var titles = context
            .Reader.Query<(string Kind, string What)>(
                $"SELECT DISTINCT w.kind, w.what FROM work_items w WHERE w.title IS NULL AND w.what IS NOT NULL AND {within}"
            )
            .Where(t =>
                sources.Find(t.Kind)?.Tell(packs, t.What) is { } told
                && (told.Zh.Contains(sought, StringComparison.OrdinalIgnoreCase) || told.En.Contains(sought, StringComparison.OrdinalIgnoreCase))
            )
            .Select(t => $"{t.Kind}/{t.What}");
        var sqlite = context.Installation.Store.IsSqlite;
        var at = sqlite ? "instr" : "strpos";
        var listed = sqlite ? "SELECT value FROM json_each(@titles)" : "SELECT jsonb_array_elements_text(CAST(@titles AS jsonb)) COLLATE \"C\"";
        return new(
            $"""
            ({at}(w.title, @sought) > 0 OR (w.title IS NULL AND w.kind || '/' || w.what IN ({listed}))
              OR (w.subject = 'household' AND EXISTS (SELECT 1 FROM households s WHERE s.id = w.subject_id
                AND ({at}(s.head_name, @sought) > 0 OR {at}(s.national_no, @sought) = 1 OR {at}(s.provisional_no, @sought) = 1)))
              OR (w.subject = 'person' AND EXISTS (SELECT 1 FROM persons s WHERE s.id = w.subject_id AND {at}(s.name, @sought) > 0)))
            """,
            JsonSerializer.Serialize(titles)
        );
    }
}
