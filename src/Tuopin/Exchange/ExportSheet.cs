using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Writes rows in the format of a mapping, so that the file reads back under the same mapping.</summary>
public sealed class ExportSheet : IDisposable
{
    private readonly Mapping mapping;
    private readonly SheetWriter writer;
    private readonly OutCell[] cells;
    private readonly int[] emptyIf;

    /// <param name="mapping">Its columns, in order, are those of the sheet.</param>
    /// <param name="path">Ends in .xlsx or .csv.</param>
    /// <param name="sheetName">Shown on the tab of a workbook; a demo says so here.</param>
    /// <param name="notice">A line above the header; the importer looks for the header below it.</param>
    public ExportSheet(Mapping mapping, string path, string? sheetName = null, string? notice = null)
    {
        this.mapping = mapping;
        cells = new OutCell[mapping.Columns.Length];
        emptyIf = [.. mapping.Columns.Select(c => c.EmptyIf is { } title ? mapping.Columns.ToList().FindIndex(o => o.Title == title) : -1)];
        writer = SheetWriter.Create(path, sheetName ?? mapping.Label.Zh);
        if (notice is not null)
            writer.WriteRow([new OutCell(notice, CellLook.Title)]);
        for (var i = 0; i < cells.Length; i++)
            cells[i] = new OutCell(mapping.Columns[i].Title, CellLook.Title);
        writer.WriteRow(cells);
    }

    /// <summary>Writes one row; values are aligned to the columns of the mapping, place names as text.</summary>
    public void Write(ReadOnlySpan<Value?> values)
    {
        if (values.Length != cells.Length)
            throw new ArgumentException($"{mapping.Id} has {cells.Length} columns, not {values.Length}", nameof(values));
        for (var i = 0; i < cells.Length; i++)
            cells[i] = CellFormat.Cell(mapping.Columns[i], values[i], emptyIf[i] < 0 || values[emptyIf[i]] is not null);
        writer.WriteRow(cells);
    }

    public void Dispose() => writer.Dispose();
}
