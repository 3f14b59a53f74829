using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>One YAML file of a kind the loader knows.</summary>
internal sealed record PackDocument(PackFile File, MapNode Root, string Kind, int Folder);

/// <summary>
/// Loads pack folders, later ones over earlier ones. All faults are collected; with any of them nothing loads. Only the folders of the pack format are
/// read: what else lies in a pack folder (areas, mappings) is left alone.
/// </summary>
public static class PackLoader
{
    private static readonly Dictionary<string, string[]> Kinds = new(StringComparer.Ordinal)
    {
        ["dictionary"] = ["codelist", "subject", "extends"],
        ["parameters"] = ["parameter", "extends"],
        ["standards"] = ["standard"],
        ["tallies"] = ["tallies"],
        ["checks"] = ["checks"],
        ["overlays"] = ["overlay"],
        ["procedures"] = ["procedure"],
        ["cards"] = ["card"],
        ["rounds"] = ["round"],
        ["holidays"] = ["holidays"],
        ["clues"] = ["clue"],
        ["warnings"] = ["warning"],
        ["figures"] = ["group"],
        ["reports"] = ["group"],
    };

    // A server and its jobs load the same law again and again; a text of the same name and hash reads the same. Edited files are few: the lid is for editors.
    private static readonly ConcurrentDictionary<(string Folder, string Path, string Hash), MapNode> read = new();
    private const int MostRead = 5_000;

    // And the same texts in the same order build the same packs, which nobody changes.
    private static readonly ConcurrentDictionary<string, PackLoad> built = new();
    private const int MostBuilt = 8;

    public static PackLoad Load(params IEnumerable<string> folders)
    {
        if (read.Count > MostRead)
            read.Clear();
        var findings = new Findings();
        var documents = new List<PackDocument>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, index) in folders.Select((f, i) => (Path.GetFullPath(f), i)))
        {
            var name = Path.GetFileName(path.TrimEnd(Path.DirectorySeparatorChar));
            documents.AddRange(Documents(new PackFolder(path, names.Add(name) ? name : path), index, findings));
        }
        var texts = string.Concat(
            documents.Select(d => FormattableString.Invariant($"{d.Folder} {d.File.Folder.Path} {d.File.RelativePath} {d.File.Hash}\n"))
        );
        if (findings.All.Count == 0 && built.TryGetValue(texts, out var same))
            return same;
        var packs = new PackBuilder(documents, findings).Build();
        var load = new PackLoad(findings.HasErrors ? null : packs, [.. findings.All.OrderBy(d => d.Severity).ThenBy(Place)]);
        if (load.Packs is not null)
        {
            if (built.Count >= MostBuilt)
                built.Clear();
            built.TryAdd(texts, load);
        }
        return load;
    }

    private static (string, int, int) Place(Diagnostic d) => (d.Span.File, d.Span.Line, d.Span.Column);

    private static IEnumerable<PackDocument> Documents(PackFolder folder, int index, Findings findings)
    {
        if (!Directory.Exists(folder.Path))
        {
            findings.Error(new Span(folder.Name, 1, 1, 0), "there is no such pack folder");
            yield break;
        }
        foreach (var top in Kinds.Keys.Where(k => Directory.Exists(Path.Combine(folder.Path, k))))
        {
            var files = Directory.EnumerateFiles(Path.Combine(folder.Path, top), "*", SearchOption.AllDirectories);
            var relative = files
                .Select(f => Path.GetRelativePath(folder.Path, f).Replace('\\', '/'))
                .Where(p => IsYaml(p) && (top != "reports" || ReportOf(p) is not null));
            foreach (var path in relative.Order(StringComparer.Ordinal))
                if (Read(folder, path, top, index, findings) is { } document)
                    yield return document;
        }
    }

    /// <summary>The report whose own figures a file holds: <c>reports/ID/figures.yaml</c>. Templates and what is stated for a report are not of the pack format.</summary>
    internal static string? ReportOf(string path) => path.Split('/') is ["reports", var report, "figures.yaml"] ? report : null;

    private static bool IsYaml(string path) =>
        (path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".yml", StringComparison.Ordinal))
        && !Path.GetFileName(path).StartsWith('.');

    private static PackDocument? Read(PackFolder folder, string path, string top, int index, Findings findings)
    {
        try
        {
            var file = PackFile.Read(folder, path);
            var root = read.GetOrAdd((folder.Name, path, file.Hash), _ => new YamlReader(file).Read());
            string[] known = path.Split('/').Contains("cases") ? ["cases"] : Kinds[top];
            if (root.Entries.Count > 0 && known.Contains(root.Entries[0].Key.Value))
                return new PackDocument(file, root, root.Entries[0].Key.Value == "extends" ? $"{top}/extends" : root.Entries[0].Key.Value, index);
            var first = root.Entries.Count > 0 ? root.Entries[0].Key : null;
            var wanted = string.Join(" or ", known.Select(k => $"'{k}:'"));
            var found = first is null ? "an empty map" : $"'{first.Value}:'{NearestName.Hint(first.Value, known)}";
            findings.Error(first?.Span ?? root.Span, $"a file in {top} starts with {wanted}, found {found}");
        }
        catch (RuleException e)
        {
            findings.All.Add(e.ToDiagnostic());
        }
        return null;
    }

    /// <summary>A procedure from its kept text: a list finishes under the version it began with, whatever the folder says since.</summary>
    /// <exception cref="RuleException">The text is no procedure under these packs.</exception>
    public static Procedure ReadProcedure(string shown, string text, PackSet packs)
    {
        var file = new PackFile(new PackFolder("", shown.Split('/')[0]), string.Join('/', shown.Split('/').Skip(1)), text);
        var findings = new Findings();
        var document = new PackDocument(file, new YamlReader(file).Read(), "procedure", 0);
        return new ProcedureReader(packs.Dictionary, new RuleCompiler(packs.Scope), findings).ReadOne(document)
            ?? throw new RuleException(findings.All[0].Span, findings.All[0].Message);
    }

    /// <summary>A round from its kept text: an instance goes on under the text it was opened with.</summary>
    /// <exception cref="RuleException">The text is no round under this dictionary.</exception>
    public static Round ReadRound(string shown, string text, FactDictionary dictionary)
    {
        var file = new PackFile(new PackFolder("", shown.Split('/')[0]), string.Join('/', shown.Split('/').Skip(1)), text);
        var findings = new Findings();
        var document = new PackDocument(file, new YamlReader(file).Read(), "round", 0);
        return new RoundReader(dictionary, findings).ReadOne(document) ?? throw new RuleException(findings.All[0].Span, findings.All[0].Message);
    }

    /// <summary>SHA-256 over the paths and hashes of all files but cases, procedures, cards, rounds, holidays, clues, warnings and figures: no verdict follows from those.</summary>
    internal static string HashOf(ImmutableArray<PackDocument> documents) =>
        PackFile.Sha256(
            string.Concat(
                documents
                    .Where(d => d.Kind is not ("cases" or "procedure" or "card" or "round" or "holidays" or "clue" or "warning" or "group"))
                    .Select(d => FormattableString.Invariant($"{d.Folder}/{d.File.RelativePath} {d.File.Hash}\n"))
            )
        );
}
