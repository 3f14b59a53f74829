using System.Globalization;
using System.Text;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Tuopin.Platform;
using Tuopin.Platform.Files;
using Tuopin.Rules.Language;
using Tuopin.Rules.Packs;

namespace Tuopin.Reports.Template;

/// <summary>
/// A template in Markdown: placeholders are taken out of the text before it is read as Markdown and stand in it as marks, so that a <c>|</c> within one ends no cell
/// of a table. Everything wrong is told at once, with line and column.
/// </summary>
public sealed class MarkdownTemplate
{
    // Of the private use area: no text that people write holds them.
    private const char Open = '\uE000';
    private const char Close = '\uE001';

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    private MarkdownTemplate(MarkdownDocument text, IReadOnlyList<Placeholder> placeholders, Dictionary<Block, AskedBlock> blocks, bool numbered)
    {
        (Text, Placeholders, Blocks, IsNumbered) = (text, placeholders, blocks, numbered);
    }

    public MarkdownDocument Text { get; }

    /// <summary>In reading order; a mark in the text names one by its place.</summary>
    public IReadOnlyList<Placeholder> Placeholders { get; }

    /// <summary>Fenced blocks that are asked for.</summary>
    public IReadOnlyDictionary<Block, AskedBlock> Blocks { get; }

    /// <summary>Pictures beside the template by name.</summary>
    public Dictionary<string, KnownContent> Pictures { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether its headings carry numbers of their own; else they are numbered.</summary>
    public bool IsNumbered { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="folder">Where its pictures lie; null for a template without a place of its own.</param>
    /// <exception cref="Refusal">report.template-broken, with all that is wrong.</exception>
    public static MarkdownTemplate Read(string file, byte[] content, string? folder, PackSet packs)
    {
        var faults = new List<Diagnostic>();
        var placeholders = new PlaceholderReader(packs, file, faults);
        if (!System.Text.Unicode.Utf8.IsValid(content))
            throw Broken([new(new Span(file, 1, 1, 0), PackFile.NotUtf8)]);
        var text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
        var found = new List<Placeholder>();
        var marked = Marked(text, placeholders, found);
        var document = Markdown.Parse(marked, Pipeline);
        var template = new MarkdownTemplate(
            document,
            found,
            [],
            document.OfType<HeadingBlock>().Any(h => h.Level > 1 && Numbers(PlainText(h.Inline)))
        );
        template.ReadBlocks(placeholders);
        template.ReadPictures(placeholders, folder);
        return faults.Count == 0 ? template : throw Broken(faults);
    }

    /// <exception cref="Refusal">Always: report.template-broken.</exception>
    public static Refusal Broken(IEnumerable<Diagnostic> faults) =>
        new Refusal(
            "report.template-broken",
            "the template has errors; no report was made",
            [.. faults.OrderBy(f => f.Span.Line).ThenBy(f => f.Span.Column).Select(f => f.ToString())]
        );

    /// <summary>Pieces of a text: literal ones, and placeholders by their place.</summary>
    public static IEnumerable<(string? Text, int Placeholder)> Pieces(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var open = text.IndexOf(Open, at);
            if (open != at)
                yield return (text[at..(open < 0 ? text.Length : open)], -1);
            if (open < 0)
                yield break;
            var close = text.IndexOf(Close, open);
            yield return (null, int.Parse(text.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture));
            at = close + 1;
        }
    }

    /// <summary>The address of a picture or a link, and what stands in its brackets.</summary>
    public static string PlainText(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines?.Descendants<LeafInline>() ?? [])
            if (inline is LiteralInline literal)
                text.Append(literal.Content.AsSpan());
            else if (inline is CodeInline code)
                text.Append(code.Content);
        return text.ToString();
    }

    private static string Marked(string text, PlaceholderReader placeholders, List<Placeholder> found)
    {
        var marked = new StringBuilder(text.Length);
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            if (line > 1)
                marked.Append('\n');
            if (row.AsSpan().IndexOfAnyInRange('\uE000', '\uF8FF') is >= 0 and var strange)
                placeholders.Fault(line, strange + 1, 1, "the text holds a character of private use");
            var at = 0;
            while (row.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
            {
                var close = row.IndexOf("}}", open + 2, StringComparison.Ordinal);
                if (close < 0)
                {
                    placeholders.Fault(line, open + 1, 2, "'{{' has no '}}' on its line");
                    break;
                }
                marked.Append(row, at, open - at);
                if (placeholders.Read(row[(open + 2)..close], line, open + 3) is { } placeholder)
                {
                    if (placeholder is EachPlaceholder)
                        placeholders.Fault(
                            line,
                            open + 1,
                            close + 2 - open,
                            "rows are repeated in Word documents and workbooks; here a table block has 'by'"
                        );
                    marked.Append(Open).Append(found.Count.ToString(CultureInfo.InvariantCulture)).Append(Close);
                    found.Add(placeholder);
                }
                at = close + 2;
            }
            marked.Append(row, at, row.Length - at);
        }
        return marked.ToString();
    }

    private void ReadBlocks(PlaceholderReader placeholders)
    {
        var reader = new AskedBlockReader(placeholders);
        foreach (var fence in Text.Descendants<FencedCodeBlock>())
        {
            var kind = fence.Info ?? "";
            if (!AskedBlockReader.Kinds.Contains(kind))
                placeholders.Fault(
                    fence.Line + 1,
                    fence.Column + 4,
                    Math.Max(1, kind.Length),
                    $"there is no block '{kind}': table, names or chart{NearestName.Hint(kind, AskedBlockReader.Kinds)}"
                );
            else if (fence.Lines.ToString() is var text && text.Contains(Open))
                placeholders.Fault(fence.Line + 1, 1, 3, "a block names figures without braces");
            else if (reader.Read(kind, text, fence.Line + 1) is { } block)
                ((Dictionary<Block, AskedBlock>)Blocks)[fence] = block;
        }
    }

    private void ReadPictures(PlaceholderReader placeholders, string? folder)
    {
        foreach (var link in Text.Descendants<LinkInline>().Where(l => l.IsImage))
        {
            var name = link.Url ?? "";
            void Fault(string message) => placeholders.Fault(link.Line + 1, link.Column + 1, 1, message);
            if (Pictures.ContainsKey(name))
                continue;
            if (name.Length == 0 || name != Path.GetFileName(name))
                Fault($"a picture lies beside the template: '{name}' is elsewhere");
            else if (folder is null || !File.Exists(Path.Combine(folder, name)))
                Fault($"there is no picture '{name}' beside the template");
            else
                try
                {
                    var content = FileContent.Read(File.ReadAllBytes(Path.Combine(folder, name)));
                    if (content.Media is "image/png" or "image/jpeg")
                        Pictures[name] = content;
                    else
                        Fault($"'{name}' is no png and no jpeg");
                }
                catch (Refusal refused)
                {
                    Fault($"'{name}': {refused.Message}");
                }
        }
    }

    internal static bool Numbers(string heading)
    {
        var text = heading.TrimStart();
        if (text.StartsWith('（') || text.StartsWith('('))
            text = text[1..];
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || "一二三四五六七八九十".Contains(c)).Count();
        return digits > 0 && digits < text.Length && text[digits] is '、' or '.' or '．' or '）' or ')';
    }
}
