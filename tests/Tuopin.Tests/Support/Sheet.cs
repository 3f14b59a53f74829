using Tuopin.Exchange;

namespace Tuopin.Tests.Support;

/// <summary>A file of a county in memory: its titles and rows as text, to be changed and written again.</summary>
public sealed class Sheet
{
    private readonly List<string[]> above = [];

    private Sheet(string[] titles, List<string[]> rows) => (Titles, Rows) = (titles, rows);

    public string[] Titles { get; }
    public List<string[]> Rows { get; }

    public static Sheet Of(string[] titles, params IEnumerable<string[]> rows) => new(titles, [.. rows.Select(r => r.ToArray())]);

    /// <summary>Reads a file; the header is the first row that has the title.</summary>
    public static Sheet Read(string path, string title = "户编号")
    {
        using var reader = SheetReader.Open(path);
        var all = new List<string[]>();
        reader.StartAfter(0);
        while (reader.Read())
            all.Add(reader.Row.ToStrings());
        var header = all.FindIndex(r => r.Contains(title));
        return new Sheet(
            all[header],
            [.. all.Skip(header + 1).Select(r => r.Concat(new string[Math.Max(0, all[header].Length - r.Length)].Select(_ => "")).ToArray())]
        );
    }

    public int this[string title] => Array.IndexOf(Titles, title) is >= 0 and var at ? at : throw new ArgumentException(title);

    public string Cell(int row, string title) => Rows[row][this[title]];

    public int RowOf(string title, string value) => Rows.FindIndex(r => r[this[title]] == value);

    public Sheet With(int row, string title, string value)
    {
        Rows[row][this[title]] = value;
        return this;
    }

    /// <summary>Only some of the rows.</summary>
    public Sheet Only(Func<string[], bool> which) => new(Titles, [.. Rows.Where(which).Select(r => r.ToArray())]);

    /// <summary>The same with rows above the header.</summary>
    public Sheet Under(params IEnumerable<string[]> rows)
    {
        above.AddRange(rows);
        return this;
    }

    /// <summary>Writes csv or xlsx, by the ending, and gives the path back.</summary>
    public string Write(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        using var writer = SheetWriter.Create(path, "表一");
        foreach (var row in above.Append(Titles).Concat(Rows))
            writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        return path;
    }
}
