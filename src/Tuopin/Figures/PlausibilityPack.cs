using System.Globalization;
using Tuopin.Numbers;
using Tuopin.Platform;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tuopin.Figures;

/// <summary>Reads the rules of plausibility (<c>packs/reports/plausibility.yaml</c>) and lists of known figures; strictly: what is not known is an error with its line.</summary>
public static class PlausibilityPack
{
    private sealed class Text
    {
        public string Zh { get; set; } = "";
        public string En { get; set; } = "";
    }

    private sealed class Rule
    {
        public required string Id { get; set; }
        public required string Kind { get; set; }
        public required Text Title { get; set; }
        public string? Source { get; set; }
        public List<string>? Passed { get; set; }
        public List<string>? Entered { get; set; }
        public List<string>? Things { get; set; }
        public List<string>? Within { get; set; }
        public List<string>? Words { get; set; }
        public string? Amount { get; set; }
        public string? Base { get; set; }
        public decimal? Least { get; set; }
        public decimal? Most { get; set; }
        public List<string>? Rate { get; set; }
        public List<string>? First { get; set; }
        public List<string>? Second { get; set; }
        public decimal? Apart { get; set; }
    }

    private sealed class Pack
    {
        public required List<Rule> Rules { get; set; }
    }

    private sealed class Figure
    {
        public required string Name { get; set; }
        public Text? Label { get; set; }
        public List<string>? Names { get; set; }
        public required decimal Value { get; set; }
        public required string Unit { get; set; }
        public string? Area { get; set; }
        public string? Moment { get; set; }
        public string? Base { get; set; }
    }

    private sealed class FigureList
    {
        public required List<Figure> Figures { get; set; }
    }

    /// <summary>The rules of pack folders; a rule of a later folder replaces one of the same id.</summary>
    /// <exception cref="Refusal">packs.broken.</exception>
    public static IReadOnlyList<PlausibilityRule> Load(IEnumerable<string> packFolders)
    {
        var rules = new Dictionary<string, PlausibilityRule>(StringComparer.Ordinal);
        foreach (var path in packFolders.Select(f => Path.Combine(f, "reports", "plausibility.yaml")).Where(File.Exists))
        {
            var (pack, fault) = Parse<Pack>(File.ReadAllText(path));
            if (pack is null)
                throw new Refusal("packs.broken", "the packs have errors; nothing was loaded", [$"{Path.GetFileName(path)}: {fault}"]);
            foreach (var rule in pack.Rules)
                rules[rule.Id] =
                    RuleOf(rule)
                    ?? throw new Refusal(
                        "packs.broken",
                        "the packs have errors; nothing was loaded",
                        [$"{Path.GetFileName(path)}: rule '{rule.Id}' lacks what a rule of kind '{rule.Kind}' has, or there is no such kind"]
                    );
        }
        return [.. rules.Values];
    }

    private static PlausibilityRule? RuleOf(Rule r)
    {
        var title = new Said(r.Title.Zh, r.Title.En);
        return r switch
        {
            { Kind: "year-passed-and-entered", Passed: { } passed, Entered: { } entered } => new YearPassedAndEntered(
                r.Id,
                title,
                r.Source,
                passed,
                entered
            ),
            { Kind: "lost-dash", Things: { } things, Within: { } within, Most: { } most } => new LostDash(
                r.Id,
                title,
                r.Source,
                things,
                within,
                most
            ),
            { Kind: "within-per", Amount: { } amount, Base: { } of } when Unit.Named(amount) is { } a && Unit.Named(of) is { } b => new WithinPer(
                r.Id,
                title,
                r.Source,
                a.Dimension,
                b.Dimension,
                r.Words ?? [],
                r.Least,
                r.Most
            ),
            { Kind: "same-base", Rate: { } rate, First: { } first, Second: { } second, Apart: { } apart } => new SameBase(
                r.Id,
                title,
                r.Source,
                rate,
                first,
                second,
                apart
            ),
            _ => null,
        };
    }

    /// <summary>Figures that are known from outside the text, from a YAML file: <c>figures: [{ name, label, names, value, unit, area, moment, base }]</c>.</summary>
    /// <exception cref="WrongUsage">report-check.known.</exception>
    public static IReadOnlyList<KnownFigure> Known(string yaml)
    {
        var (list, fault) = Parse<FigureList>(yaml);
        if (list is null)
            throw new WrongUsage("report-check.known", $"the list of known figures cannot be read: {fault}");
        return [.. list.Figures.Select(FigureOf)];
    }

    private static KnownFigure FigureOf(Figure f)
    {
        if (f.Unit.Length > 0 && Unit.Named(f.Unit) is null)
            throw new WrongUsage("report-check.known", $"the list of known figures cannot be read: no unit '{f.Unit}'");
        DateOnly? moment = null;
        if (f.Moment is { } text)
            moment = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : throw new WrongUsage("report-check.known", $"the list of known figures cannot be read: no day '{text}'");
        string[] names = [.. new[] { f.Label?.Zh, f.Label?.En, f.Name }.OfType<string>().Where(n => n.Length > 0), .. f.Names ?? []];
        return new(names, f.Value, f.Unit, f.Area, moment, f.Base);
    }

    private static (T? Read, string Fault) Parse<T>(string yaml)
        where T : class
    {
        try
        {
            return
                new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .WithDuplicateKeyChecking()
                    .WithEnforceRequiredMembers()
                    .WithEnforceNullability()
                    .Build()
                    .Deserialize<T>(yaml)
                    is { } read
                ? (read, "")
                : (null, "it is empty");
        }
        catch (YamlException e)
        {
            return (null, FormattableString.Invariant($"line {e.Start.Line}: {(e.InnerException ?? e).Message}"));
        }
    }
}
