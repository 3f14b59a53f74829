using System.Globalization;
using Tuopin.Platform;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tuopin.OpenData;

/// <summary>A data set as packs have it (<c>open-data/*.yaml</c>): which figures, down to which level, of which days, and from which count on they are published.</summary>
/// <param name="Level">The narrowest level that is published: 3 county, 4 township, 5 village.</param>
/// <param name="Days">Moments seen from the day it is made for.</param>
/// <param name="Threshold">The least count of people or households that is published; a number of the place's own where no law gives one.</param>
/// <param name="Licence">Null where nobody has given one: the files say so.</param>
/// <param name="Wholes">Figures that others are parts of, though no formula says so: what is left of the whole is protected too.</param>
/// <param name="Together">Figures that are withheld together: the persons of withheld households.</param>
public sealed record OpenDataSet(
    string Id,
    Label Title,
    Label? Description,
    string Owner,
    short Level,
    IReadOnlyList<Moment> Days,
    int Threshold,
    PackStatus Status,
    Source Source,
    string? Licence,
    IReadOnlyList<Figure> Figures,
    IReadOnlyList<(Figure Whole, IReadOnlyList<Figure> Parts)> Wholes,
    IReadOnlyList<IReadOnlyList<Figure>> Together,
    string File
)
{
    private sealed class Text
    {
        public required string Zh { get; set; }
        public required string En { get; set; }
    }

    private sealed class Cited
    {
        public required string Title { get; set; }
        public string? Number { get; set; }
        public required string Grade { get; set; }
    }

    private sealed class WholeOf
    {
        public required string Whole { get; set; }
        public required List<string> Parts { get; set; }
    }

    private sealed class Document
    {
        public required string Dataset { get; set; }
        public required Text Title { get; set; }
        public Text? Description { get; set; }
        public required string Owner { get; set; }
        public string? Level { get; set; }
        public List<string>? Days { get; set; }
        public required int Threshold { get; set; }
        public required string Status { get; set; }
        public required Cited Source { get; set; }
        public string? Licence { get; set; }
        public required List<string> Figures { get; set; }
        public List<WholeOf>? Wholes { get; set; }
        public List<List<string>>? Together { get; set; }
    }

    private static readonly Dictionary<string, short> Levels = new(StringComparer.Ordinal)
    {
        ["county"] = 3,
        ["township"] = 4,
        ["village"] = 5,
    };

    /// <summary>The data sets of pack folders by id; one of a later folder replaces one of the same id.</summary>
    /// <exception cref="Refusal">packs.broken.</exception>
    public static IReadOnlyDictionary<string, OpenDataSet> Load(Installation installation)
    {
        var found = new SortedDictionary<string, OpenDataSet>(StringComparer.Ordinal);
        foreach (var folder in installation.PackFolders.Select(f => Path.Combine(f, "open-data")).Where(Directory.Exists))
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var set = Read(System.IO.File.ReadAllText(file), $"open-data/{Path.GetFileName(file)}", installation.Packs);
            found[set.Id] = set;
        }
        return found;
    }

    /// <exception cref="Refusal">open-data.unknown, packs.broken.</exception>
    public static OpenDataSet Need(Installation installation, string id)
    {
        var known = Load(installation);
        return known.GetValueOrDefault(id)
            ?? throw new Refusal("open-data.unknown", $"there is no data set '{id}'{NearestName.Hint(id, known.Keys)}");
    }

    /// <summary>Whether a figure is a count of people or of households, or of things that are theirs.</summary>
    public static bool IsOfPeople(Figure figure) =>
        figure.Unit.Text is "persons" or "households" || figure.Counted is { Over.Level: null } || figure.Verdicts is not null;

    /// <exception cref="Refusal">packs.broken.</exception>
    public static OpenDataSet Read(string text, string shown, PackSet packs)
    {
        Refusal Broken(string fault) => new("packs.broken", "the packs have errors; nothing was loaded", [$"{shown}: {fault}"]);
        Document read;
        try
        {
            read =
                new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .WithDuplicateKeyChecking()
                    .WithEnforceRequiredMembers()
                    .WithEnforceNullability()
                    .Build()
                    .Deserialize<Document>(text)
                ?? throw Broken("it is empty");
        }
        catch (YamlException e)
        {
            throw Broken(FormattableString.Invariant($"line {e.Start.Line}: {(e.InnerException ?? e).Message}"));
        }
        if (read.Dataset.Length is 0 or > 60 || !read.Dataset.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw Broken("an id has 1 to 60 letters, digits, _ and -");
        if (!Levels.TryGetValue(read.Level ?? "township", out var level))
            throw Broken($"the level is county, township or village, found '{read.Level}'");
        if (read.Threshold is < 2 or > 1000)
            throw Broken(string.Create(CultureInfo.InvariantCulture, $"a threshold is 2 to 1000, found {read.Threshold}"));
        if (read.Status is not ("working" or "official") || (read.Status == "official" && read.Source.Grade != "A"))
            throw Broken("the status is working, or official with a source of grade A");
        Figure Known(string id) =>
            packs.Figures.GetValueOrDefault(id) ?? throw Broken($"there is no figure '{id}'{NearestName.Hint(id, packs.Figures.Keys)}");
        Moment Day(string day) => Moment.Read(day) ?? throw Broken($"'{day}' is no day: day, end_of_last_year, year_before, or like 2019-12-31");
        var figures = read.Figures.Distinct().Select(Known).ToList();
        if (figures.Count == 0)
            throw Broken("a data set has at least one figure");
        // Sums of money of few households tell of each of them, whatever their number.
        if (figures.SelectMany(f => f.All()).FirstOrDefault(f => f.Counted is { Over.Level: null, Sum: not null } && !IsCount(f)) is { } amount)
            throw Broken($"'{amount.Id}' sums amounts of households or persons: no count protects these, and they are not published");
        var all = figures.SelectMany(f => f.All()).ToHashSet();
        Figure Part(string id) => Known(id) is var figure && all.Contains(figure) ? figure : throw Broken($"'{id}' is not of the data set");
        return new(
            read.Dataset,
            new(read.Title.Zh, read.Title.En),
            read.Description is { } d ? new(d.Zh, d.En) : null,
            read.Owner,
            level,
            [.. (read.Days ?? ["day"]).Distinct().Select(Day)],
            read.Threshold,
            read.Status == "official" ? PackStatus.Official : PackStatus.Working,
            new(read.Source.Title, read.Source.Number, read.Source.Grade),
            string.IsNullOrWhiteSpace(read.Licence) ? null : read.Licence,
            figures,
            [.. (read.Wholes ?? []).Select(w => (Part(w.Whole), (IReadOnlyList<Figure>)[.. w.Parts.Select(Part)]))],
            [.. (read.Together ?? []).Select(t => (IReadOnlyList<Figure>)[.. t.Select(Part)])],
            shown
        );
    }

    private static bool IsCount(Figure figure) => figure.Unit.Text is "persons" or "households";
}
