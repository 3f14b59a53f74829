using System.Globalization;
using Tuopin.Exchange;

namespace Tuopin.Demo;

/// <summary>One column of a sheet: its title and what a row (an index into the list the sheet is about) shows in it.</summary>
internal readonly record struct DemoColumn(string Title, Func<DemoCounty, int, string?> Cell, CellLook Look = CellLook.Text);

/// <summary>Writes a sheet of the demo: the notice that all is invented, the header, the rows.</summary>
internal static class DemoSheet
{
    public static void Write(DemoCounty county, string path, string sheet, DemoColumn[] columns, IEnumerable<int> rows)
    {
        using var writer = SheetWriter.Create(path, sheet);
        var cells = new OutCell[columns.Length];
        writer.WriteRow([new OutCell(DemoFiles.Notice, CellLook.Title)]);
        for (var i = 0; i < cells.Length; i++)
            cells[i] = new OutCell(columns[i].Title, CellLook.Title);
        writer.WriteRow(cells);
        foreach (var row in rows)
        {
            for (var i = 0; i < cells.Length; i++)
                cells[i] = new OutCell(columns[i].Cell(county, row), columns[i].Look);
            writer.WriteRow(cells);
        }
    }

    /// <summary>yyyy-MM-dd; blank for 0.</summary>
    public static string? Day(int day) =>
        day == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{day / 10000:D4}-{day / 100 % 100:D2}-{day % 100:D2}");

    public static string? Number(int value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);

    public static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Hundredths as a decimal with two places: fen as yuan, hundredths of a mu as mu.</summary>
    public static string Hundredths(long value) => string.Create(CultureInfo.InvariantCulture, $"{value / 100}.{value % 100:D2}");
}
