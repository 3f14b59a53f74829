using System.Globalization;
using Tuopin.Figures;
using Tuopin.Rules.Figures;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tuopin.Reports.Template;

/// <summary>A block of a template that becomes a table, a chart or a list of names.</summary>
public abstract record AskedBlock(string? Title);

/// <param name="By">Level of the areas that are its rows; null for one row for each figure.</param>
/// <param name="Moments">The columns of a table whose rows are figures; empty for the day of the report.</param>
/// <param name="Total">With a row for the area itself.</param>
/// <param name="ShareOfTotal">The figure of which each row's share of the whole is printed; the shares come to just 100 %.</param>
/// <param name="SharePlaces">Places of these shares.</param>
public sealed record AskedTable(
    string? Title,
    IReadOnlyList<FigurePlaceholder> Figures,
    short? By,
    IReadOnlyList<Moment> Moments,
    bool Total,
    Figure? ShareOfTotal,
    int SharePlaces
) : AskedBlock(Title);

public sealed record AskedNames(string? Title, Figure Figure, bool Unknown, int Most) : AskedBlock(Title);

/// <param name="By">Level of the areas that are its bars; null for moments.</param>
public sealed record AskedChart(string? Title, FigurePlaceholder Figure, short? By, IReadOnlyList<Moment> Moments) : AskedBlock(Title);

/// <summary>Reads the YAML of fenced blocks, each value with its place.</summary>
public sealed class AskedBlockReader(PlaceholderReader placeholders)
{
    public static readonly string[] Kinds = ["table", "names", "chart"];
    private const int MostFigures = 20;
    private const int MostNames = 500;

    private readonly Dictionary<string, YamlNode> fields = new(StringComparer.Ordinal);
    private int before;
    private bool right;

    /// <param name="first">The line of the template before the first line of the text, from 1.</param>
    /// <returns>Null where something is wrong; it is among the faults.</returns>
    public AskedBlock? Read(string kind, string text, int first)
    {
        (before, right) = (first, true);
        fields.Clear();
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            placeholders.Fault(before + (int)e.Start.Line, (int)e.Start.Column, 1, $"the {kind} cannot be read: {(e.InnerException ?? e).Message}");
            return null;
        }
        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode map)
        {
            placeholders.Fault(before, 1, 3, $"a {kind} says what it shows: figures: [registered_households]");
            return null;
        }
        string[] known = kind switch
        {
            "table" => ["title", "figures", "by", "moments", "total", "share_of_total", "places"],
            "names" => ["title", "figure", "which", "most"],
            _ => ["title", "figure", "by", "moments"],
        };
        foreach (var (key, value) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!known.Contains(name))
                Wrong(key, $"a {kind} has no '{name}'{Rules.Language.NearestName.Hint(name, known)}");
            else
                fields[name] = value;
        }
        AskedBlock? block = kind switch
        {
            "table" => Table(map),
            "names" => Names(map),
            _ => Chart(map),
        };
        return right ? block : null;
    }

    private void Wrong(YamlNode at, string message)
    {
        placeholders.Fault(before + (int)at.Start.Line, (int)at.Start.Column, Math.Max(1, (int)(at.End.Index - at.Start.Index)), message);
        right = false;
    }

    private AskedTable? Table(YamlNode map)
    {
        var figures = List("figures", map).Select(Figure).OfType<FigurePlaceholder>().ToList();
        var (by, moments) = (By(), Moments());
        if (by is not null && moments.Count > 0)
            Wrong(fields["moments"], "a table has 'by' or 'moments': areas are rows, or moments are columns");
        var total = Flag("total");
        var share = fields.TryGetValue("share_of_total", out var of) ? Plain(of) : null;
        if (by is not null && figures.Any(f => f.AreaCode is not null))
            Wrong(fields["figures"], "a table by area has the areas beneath that of the report: no figure of it names another");
        if (by is null && (total || share is not null))
            Wrong(of ?? fields["total"], "'total' and 'share_of_total' are of a table by area");
        if (share is not null && share.Unit.Text is "%" or "ratio")
            Wrong(of!, $"a share is of what adds up: {share!.Id} is a rate");
        return new(Text("title"), figures, by, moments, total, share, Number("places", 0, 8, 2));
    }

    private AskedNames? Names(YamlNode map)
    {
        var figure = Needed("figure", map) is { } node ? Plain(node) : null;
        if (figure is not null && (figure.Counted is not { } counted || !NameSubjects.Opens(counted.Over)))
        {
            Wrong(fields["figure"], $"{figure.Id} opens to no names");
            figure = null;
        }
        var which = Text("which") ?? "counted";
        if (which is not ("counted" or "unknown"))
            Wrong(fields["which"], "'which' is counted or unknown");
        return figure is null ? null : new(Text("title"), figure, which == "unknown", Number("most", 1, MostNames, 50));
    }

    private AskedChart? Chart(YamlNode map)
    {
        var figure = Needed("figure", map) is { } node ? Figure(node) : null;
        var (by, moments) = (By(), Moments());
        if (by is null == (moments.Count == 0))
            Wrong(map, "a chart has 'by' or 'moments'");
        if (by is not null && figure?.AreaCode is not null)
            Wrong(fields["figure"], "a chart by area has the areas beneath that of the report: its figure names no other");
        return figure is null ? null : new(Text("title"), figure, by, moments);
    }

    private YamlNode? Needed(string name, YamlNode map)
    {
        if (fields.TryGetValue(name, out var node))
            return node;
        Wrong(map, $"'{name}' is missing");
        return null;
    }

    private IReadOnlyList<YamlNode> List(string name, YamlNode map)
    {
        if (Needed(name, map) is not { } node)
            return [];
        if (node is YamlSequenceNode { Children: { Count: > 0 and <= MostFigures } children })
            return [.. children];
        Wrong(node, $"'{name}' is a list of 1 to {MostFigures}");
        return [];
    }

    private FigurePlaceholder? Figure(YamlNode node)
    {
        var faulty = node is not YamlScalarNode { Value: { Length: > 0 } };
        var read = faulty ? null : placeholders.Read(((YamlScalarNode)node).Value!, before + (int)node.Start.Line, (int)node.Start.Column);
        if (read is FigurePlaceholder figure)
            return figure;
        right = false;
        if (faulty || read is not null)
            Wrong(node, "here stands a figure, with its filters: funds_received | 亿元");
        return null;
    }

    private Figure? Plain(YamlNode node)
    {
        var figure = node is YamlScalarNode { Value: { Length: > 0 } name }
            ? placeholders.Figure(name, before + (int)node.Start.Line, (int)node.Start.Column)
            : null;
        right &= figure is not null;
        return figure;
    }

    private short? By()
    {
        if (!fields.TryGetValue("by", out var node))
            return null;
        var level = placeholders.Level((node as YamlScalarNode)?.Value ?? "", before + (int)node.Start.Line, (int)node.Start.Column);
        right &= level is not null;
        return level;
    }

    private List<Moment> Moments()
    {
        if (!fields.TryGetValue("moments", out var node))
            return [];
        if (node is not YamlSequenceNode { Children: { Count: > 0 and <= 12 } children })
        {
            Wrong(node, "'moments' is a list of 1 to 12: [year_before, day]");
            return [];
        }
        var moments = children
            .Select(c => placeholders.Moment((c as YamlScalarNode)?.Value ?? "", before + (int)c.Start.Line, (int)c.Start.Column))
            .ToList();
        right &= moments.All(m => m is not null);
        return [.. moments.OfType<Moment>()];
    }

    private string? Text(string name)
    {
        if (!fields.TryGetValue(name, out var node))
            return null;
        if (node is YamlScalarNode { Value: { Length: > 0 and <= 200 } text })
            return text;
        Wrong(node, $"'{name}' is a text of 1 to 200 characters");
        return null;
    }

    private bool Flag(string name)
    {
        if (!fields.TryGetValue(name, out var node))
            return false;
        if (node is YamlScalarNode { Value: "true" or "false" } flag)
            return flag.Value == "true";
        Wrong(node, $"'{name}' is true or false");
        return false;
    }

    private int Number(string name, int least, int most, int otherwise)
    {
        if (!fields.TryGetValue(name, out var node))
            return otherwise;
        if (
            node is YamlScalarNode scalar
            && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
        )
            return number;
        Wrong(node, $"'{name}' is a number from {least} to {most}");
        return otherwise;
    }
}
