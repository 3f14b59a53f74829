using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Database;

namespace Tuopin.Exchange;

/// <summary>
/// A mapping somebody corrected by hand. It is a mapping file like those of the packs, named after the titles of the header it was made for, and holds for
/// its maker alone: the same header is read the same way next time.
/// </summary>
public static class OwnMapping
{
    public const string Prefix = "own-";

    // JSON is YAML too.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static string IdOf(IEnumerable<string> titles) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', titles.Select(t => CellText.Key(t))))))[..16];

    /// <summary>Writes the mapping of a header and returns its name.</summary>
    /// <param name="kind">The mapping it is made from: its kind, its required columns, its codes.</param>
    /// <param name="titles">The titles of the sheet by position.</param>
    /// <param name="targets">The name of the target of each position; null for a column that is passed over.</param>
    public static string Write(Installation installation, string folder, Mapping kind, IReadOnlyList<string> titles, IReadOnlyList<string?> targets)
    {
        var id = IdOf(titles);
        var columns = new List<Column>();
        for (var i = 0; i < titles.Count; i++)
        {
            if (CellText.Key(titles[i]).Length == 0 || columns.Exists(c => CellText.Key(c.Title) == CellText.Key(titles[i])))
                continue;
            var to = targets[i];
            columns.Add(ColumnOf(kind.Columns.FirstOrDefault(c => to is not null && c.Target?.Name == to), titles[i], to));
        }
        // What the kind requires stays required: a sheet without it is refused by name.
        columns.AddRange(
            kind.Columns.Where(c => c.Required && c.Target is { } t && !targets.Contains(t.Name) && columns.TrueForAll(o => o.Title != c.Title))
                .Select(c => ColumnOf(c, c.Title, c.Target!.Name))
        );
        var text = JsonSerializer.Serialize(
            new
            {
                mapping = id,
                kind = kind.Kind.ToString(),
                subject = kind.Subject?.Name,
                label = new { zh = kind.Label.Zh, en = kind.Label.En },
                status = "own",
                national = kind.National ? "true" : null,
                columns,
            },
            Json
        );
        // A mapping that would not load must not lie in the way of the others.
        MappingLoader.Check(text, installation.Packs.Dictionary, installation.Packs.SourcesOfCodes);
        var mappings = Path.Combine(folder, "mappings");
        Store.CreateFolder(mappings);
        File.WriteAllText(Path.Combine(mappings, id + ".yaml"), text);
        return id;
    }

    private sealed record Column(string Title, string? To)
    {
        public string? Codes { get; init; }
        public IReadOnlyList<string>? Blank { get; init; }
        public string? Empty { get; init; }
        public string? Erases { get; init; }
        public string? Required { get; init; }
    }

    private static Column ColumnOf(MappingColumn? like, string title, string? to) =>
        new(title, to)
        {
            Codes = like?.Codes?.Name,
            Blank = like is { Blank.Length: > 0 } ? like.Blank : null,
            // A condition on another column does not outlive the change of that column's title.
            Empty = like is { EmptyIf: null } ? like.Empty : null,
            Erases = like is { Erases: true } ? "true" : null,
            Required =
                like is { MayBeBlank: true } ? "column"
                : like is { Required: true } ? "true"
                : null,
        };
}
