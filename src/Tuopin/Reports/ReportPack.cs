using Tuopin.Platform;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tuopin.Reports;

/// <summary>A report as packs have it: <c>reports/ID/report.yaml</c> and the template beside it.</summary>
/// <param name="Title">Null where the template's first heading is the title.</param>
/// <param name="Area">Code of the area it is of when nobody says another; null for that in view.</param>
/// <param name="Day">The day it is of when nobody says another; null for the work date.</param>
/// <param name="Template">Name of the template's file, as messages show it.</param>
/// <param name="Folder">Where its pictures lie; null for a template without a place of its own.</param>
public sealed record ReportPack(
    string Id,
    Label Label,
    string? Owner,
    bool IsEnglish,
    string? Title,
    string? Number,
    Label? Issuer,
    string? Area,
    DateOnly? Day,
    string Template,
    byte[] Content,
    string? Folder
)
{
    private sealed class Text
    {
        public string Zh { get; set; } = "";
        public string En { get; set; } = "";
    }

    private sealed class Head
    {
        public required string Id { get; set; }
        public required Text Label { get; set; }
        public string? Owner { get; set; }
        public required string Template { get; set; }
        public string? Language { get; set; }
        public string? Area { get; set; }
        public string? Day { get; set; }
        public string? Title { get; set; }
        public string? Number { get; set; }
        public Text? Issuer { get; set; }
    }

    private sealed class Document
    {
        public required Head Report { get; set; }
    }

    /// <summary>A template that is no pack's: a file, or one that a county has stored.</summary>
    public static ReportPack Of(string id, string template, byte[] content, string? folder, bool english = false) =>
        new(id, new(id, id), null, english, null, null, null, null, null, template, content, folder);

    /// <summary>The reports of pack folders by id; one of a later folder replaces one of the same id.</summary>
    /// <exception cref="Refusal">packs.broken.</exception>
    public static IReadOnlyDictionary<string, ReportPack> Load(IEnumerable<string> packFolders)
    {
        var found = new SortedDictionary<string, ReportPack>(StringComparer.Ordinal);
        foreach (var folder in packFolders.Select(f => Path.Combine(f, "reports")).Where(Directory.Exists))
        foreach (var file in Directory.EnumerateFiles(folder, "report.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var report = Read(file);
            found[report.Id] = report;
        }
        return found;
    }

    /// <summary>The report of an id.</summary>
    /// <exception cref="Refusal">report.unknown, packs.broken.</exception>
    public static ReportPack Need(Installation installation, string id)
    {
        var known = Load(installation.PackFolders);
        return known.GetValueOrDefault(id) ?? throw new Refusal("report.unknown", $"there is no report '{id}'{NearestName.Hint(id, known.Keys)}");
    }

    private static ReportPack Read(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var shown = $"reports/{Path.GetFileName(folder)}/report.yaml";
        Refusal Broken(string fault) => new Refusal("packs.broken", "the packs have errors; nothing was loaded", [$"{shown}: {fault}"]);
        Head head;
        try
        {
            head =
                new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .WithDuplicateKeyChecking()
                    .WithEnforceRequiredMembers()
                    .WithEnforceNullability()
                    .Build()
                    .Deserialize<Document>(File.ReadAllText(file))
                    ?.Report
                ?? throw Broken("it is empty");
        }
        catch (YamlException e)
        {
            throw Broken(FormattableString.Invariant($"line {e.Start.Line}: {(e.InnerException ?? e).Message}"));
        }
        if (head.Language is not (null or "zh" or "en"))
            throw Broken($"the language is zh or en, found '{head.Language}'");
        if (head.Id.Length is 0 or > 60 || !head.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw Broken("an id has 1 to 60 letters, digits, _ and -");
        if (head.Template != Path.GetFileName(head.Template))
            throw Broken("the template lies beside report.yaml: its name has no folder");
        var template = Path.Combine(folder, head.Template);
        if (!File.Exists(template))
            throw Broken($"there is no template '{head.Template}' beside it");
        DateOnly? day =
            head.Day is null ? null
            : Rules.Figures.Moment.Read(head.Day) is { Kind: Rules.Figures.MomentKind.Fixed } at ? at.Fixed
            : throw Broken($"'{head.Day}' is no day like 2020-06-12");
        return new(
            head.Id,
            new(head.Label.Zh, head.Label.En),
            head.Owner,
            head.Language == "en",
            head.Title,
            string.IsNullOrEmpty(head.Number) ? null : head.Number,
            head.Issuer is { } issuer ? new(issuer.Zh, issuer.En) : null,
            head.Area,
            day,
            $"reports/{Path.GetFileName(folder)}/{head.Template}",
            File.ReadAllBytes(template),
            folder
        );
    }

    /// <summary>SHA-256 of the template.</summary>
    public string TemplateHash => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content));

    /// <summary>SHA-256 over all pack files, those of figures among them.</summary>
    public static string HashOf(PackSet packs) => packs.FilesHash;
}
