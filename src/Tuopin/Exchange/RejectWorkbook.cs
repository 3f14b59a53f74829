namespace Tuopin.Exchange;

/// <summary>
/// Writes the refused rows of a file as a workbook of the same columns, with what is wrong beside them. Corrected, it is imported like any other file:
/// the added columns are unknown to every mapping and passed over. Of persons the whole household is written, because a member alone has no head; those
/// without an error are loaded already and come back unchanged. It holds personal numbers in clear and belongs to those who may see the source.
/// </summary>
public static class RejectWorkbook
{
    public const string ErrorTitle = "错误";
    public const string WhereTitle = "错误所在列";
    public const string RowTitle = "原行号";

    /// <summary>Copies the rows that have an error in <paramref name="errors"/> (by row number) and returns how many there were.</summary>
    /// <param name="path">The workbook to write, .xlsx or .csv.</param>
    /// <param name="source">The same file and sheet, opened anew.</param>
    /// <param name="plan">The plan it was read by.</param>
    /// <param name="errors">Findings by row; rows with warnings only were loaded and are left out.</param>
    /// <param name="households">Numbers of the households that are written whole (<see cref="Households"/>).</param>
    public static int Write(
        string path,
        SheetReader source,
        ColumnPlan plan,
        IReadOnlyDictionary<int, List<RowError>> errors,
        IReadOnlySet<string>? households = null
    )
    {
        using var writer = SheetWriter.Create(path, source.SheetName);
        var width = plan.Titles.Length;
        var cells = new OutCell[width + 3];
        WriteTitles(writer, plan, cells);
        source.StartAfter(plan.HeaderRow);
        var written = 0;
        while (source.Read())
        {
            var found = errors.GetValueOrDefault(source.Row.Number, []);
            if (!found.Exists(e => e.IsError) && (households is null || !households.Contains(Household(source, plan))))
                continue;
            for (var i = 0; i < width; i++)
                cells[i] = Copy(source, i, found);
            cells[width] = string.Join('；', found.Select(e => e.Message.Zh).Distinct());
            cells[width + 1] = string.Join('、', found.Select(e => e.Title).Where(t => t.Length > 0).Distinct());
            cells[width + 2] = $"{source.Row.Number}";
            writer.WriteRow(cells);
            written++;
        }
        return written;
    }

    /// <summary>In a sheet of persons, the numbers of the households that have a row with an error; none in other sheets.</summary>
    public static IReadOnlySet<string> Households(SheetReader source, ColumnPlan plan, IReadOnlyDictionary<int, List<RowError>> errors)
    {
        var households = new HashSet<string>(StringComparer.Ordinal);
        if (plan.Mapping.Kind != SheetKind.Persons)
            return households;
        source.StartAfter(plan.HeaderRow);
        while (source.Read())
            if (errors.TryGetValue(source.Row.Number, out var found) && found.Exists(e => e.IsError))
                households.Add(Household(source, plan));
        households.Remove("");
        return households;
    }

    private static string Household(SheetReader source, ColumnPlan plan) =>
        plan.IndexOf(Targets.HouseholdNo) is >= 0 and var at ? CellText.Key(source.Row[plan.Columns[at].Positions[0]]) : "";

    // A title known only together with the merged cell above it is written as the mapping has it.
    private static void WriteTitles(SheetWriter writer, ColumnPlan plan, OutCell[] cells)
    {
        for (var i = 0; i < plan.Titles.Length; i++)
            cells[i] = new OutCell(plan.Titles[i], CellLook.Title);
        foreach (var column in plan.Columns)
            for (var i = 0; i < column.Positions.Length; i++)
                if (column.Positions.Length == 1 && plan.Mapping.Find(CellText.Key(column.Titles[i])) != column.Mapping)
                    cells[column.Positions[i]] = new OutCell(column.Mapping.Title, CellLook.Title);
        cells[^3] = new OutCell(ErrorTitle, CellLook.Title);
        cells[^2] = new OutCell(WhereTitle, CellLook.Title);
        cells[^1] = new OutCell(RowTitle, CellLook.Title);
        writer.WriteRow(cells);
    }

    private static OutCell Copy(SheetReader source, int column, List<RowError> found)
    {
        var look = found.Exists(e => e.Column == column && e.IsError) ? CellLook.Wrong : CellLook.Text;
        var text = source.Row[column];
        return source.Row.Kind(column) switch
        {
            CellKind.Blank or CellKind.FormulaWithoutValue or CellKind.Error => default,
            CellKind.Number => new OutCell(text.ToString(), CellLook.Number),
            CellKind.Date when DayWords.Parse(text, CellKind.Date, source.DateOffset) is { } day => new OutCell(
                Rules.Model.DayNumber.ToDate(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                look
            ),
            _ => new OutCell(text.ToString(), look),
        };
    }
}
