using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Reads the data rows of a sheet into typed values, finding every error of every row. One reader reads one sheet once.</summary>
public sealed class RowReader
{
    private static readonly string[] TotalWords = ["合计", "总计", "小计"];
    private readonly ColumnPlan plan;
    private readonly AreaColumns registered;
    private readonly AreaColumns living;
    private readonly IdentityRules identity;
    private readonly ReadRow row;
    private readonly int[] spread;
    private readonly int year;
    private readonly int[] ofOtherYears;
    private char[] scratch = new char[256];
    private string sheetName = "";
    private int dateOffset;

    /// <param name="plan">From <see cref="MappingSet.Recognise"/>.</param>
    /// <param name="areas">Resolves place names; null leaves them as text.</param>
    /// <param name="options">The data date and the number prefixes.</param>
    public RowReader(ColumnPlan plan, AreaResolver? areas, ReadOptions options)
    {
        this.plan = plan;
        registered = new AreaColumns(plan, areas, living: false);
        living = new AreaColumns(plan, areas, living: true);
        identity = new IdentityRules(plan, options);
        row = new ReadRow(plan);
        year = plan.IndexOf(Targets.Year);
        var day = new JudgingDay(options.DataDay);
        ofOtherYears =
        [
            .. plan
                .Columns.Select((c, i) => (c.Target.Fact, i))
                .Where(c => c.Fact is { } f && YearOf(f, day) is { } own && own != day.RegistryYear)
                .Select(c => c.i),
        ];
        spread = [.. plan.Columns.Select((c, i) => (c, i)).Where(c => c.c.Mapping.Empty is not null).Select(c => c.i)];
    }

    private static int? YearOf(Fact fact, JudgingDay day) =>
        fact.Kept switch
        {
            Kept.PolicyYear => day.PolicyYear,
            Kept.IncomeYear => day.IncomeYear,
            _ => null,
        };

    /// <summary>Rows below the header; blank rows and repeated headers are passed over. The same <see cref="ReadRow"/> is handed out each time.</summary>
    public IEnumerable<ReadRow> Read(SheetReader sheet)
    {
        sheetName = sheet.SheetName;
        dateOffset = sheet.DateOffset;
        if (year < 0 && ofOtherYears.Length > 0)
            throw MappingSet.Refuse(
                sheet,
                RefusalReason.ColumnMissing,
                $"缺少列“年度”：按数据日期，“{plan.Columns[ofOtherYears[0]].Title}”与其他列不属于同一年度",
                $"column '年度' is missing: on the data date '{plan.Columns[ofOtherYears[0]].Title}' belongs to another year than the rest of the row"
            );
        while (sheet.Read())
        {
            var cells = sheet.Row;
            if (cells.IsBlank || IsHeaderAgain(cells))
                continue;
            Fill(cells);
            yield return row;
        }
    }

    private void Fill(RowBuffer cells)
    {
        row.Number = cells.Number;
        row.Errors.Clear();
        row.AreaId = row.LivingAreaId = null;
        row.Identity = default;
        row.IsTotal = false;
        if (IsTotal(cells))
        {
            Array.Clear(row.Values);
            row.IsTotal = true;
            row.Errors.Add(new RowError(ImportRules.TotalRow, sheetName, cells.Number, -1, "", Masking.InText(cells[0])));
            return;
        }
        for (var i = 0; i < plan.Columns.Length; i++)
            row.Values[i] = ReadColumn(cells, plan.Columns[i]);
        foreach (var i in spread)
            if (row.Values[i] is null && IsBlank(cells, plan.Columns[i]) && (plan.Columns[i].EmptyIf is not { } other || row[other] is not null))
                row.Values[i] = plan.Columns[i].EmptyValue;
        if (year >= 0 && row.Values[year] is null && Array.FindIndex(ofOtherYears, i => row.Values[i] is not null) is >= 0 and var first)
            row.Errors.Add(
                new RowError(
                    ImportRules.YearNeeded,
                    sheetName,
                    cells.Number,
                    plan.Columns[year].Positions[0],
                    plan.Columns[year].Title,
                    "",
                    plan.Columns[ofOtherYears[first]].Title
                )
            );
        row.AreaId = registered.Resolve(row, sheetName);
        row.LivingAreaId = living.Resolve(row, sheetName);
        identity.Check(row, sheetName);
    }

    private Value? ReadColumn(RowBuffer cells, PlanColumn column)
    {
        Value? result = null;
        foreach (var position in column.Positions)
        {
            var value = ReadCell(cells, column, position);
            result = result is { } earlier && value is { } later ? new Value(earlier.Number | later.Number) : value ?? result;
        }
        if (result is null && column.Mapping.Required && IsBlank(cells, column))
            Report(cells, column, column.Positions[0], new Fault(column.Mapping.MayBeBlank ? ImportRules.NotStated : ImportRules.Required));
        return result;
    }

    private Value? ReadCell(RowBuffer cells, PlanColumn column, int position)
    {
        var kind = cells.Kind(position);
        if (kind == CellKind.Blank)
            return null;
        var raw = cells[position];
        if (kind == CellKind.Text && column.TryCached(raw, out var cached))
            return cached;
        if (kind is CellKind.Error or CellKind.FormulaWithoutValue)
        {
            Report(cells, column, position, new Fault(kind == CellKind.Error ? ImportRules.CellError : ImportRules.CellFormula));
            return null;
        }
        var text = CellText.Fold(raw, ref scratch);
        if (text.IsEmpty || column.IsBlankWord(text))
            return null;
        if (column.Reader.Read(text, kind, dateOffset, out var value, out var fault) == Outcome.Fault)
        {
            Report(cells, column, position, fault);
            return null;
        }
        if (kind == CellKind.Text)
            column.Remember(raw, value);
        return value;
    }

    private void Report(RowBuffer cells, PlanColumn column, int position, Fault fault)
    {
        var raw = cells[position];
        var shown = column.Target.IsPersonal ? Masking.Number(raw) : Masking.InText(raw);
        var title = column.Titles[column.Positions.IndexOf(position)];
        row.Errors.Add(new RowError(fault.Rule, sheetName, cells.Number, position, title, shown, fault.First, fault.Second));
    }

    private static bool IsBlank(RowBuffer cells, PlanColumn column)
    {
        foreach (var position in column.Positions)
            if (
                cells.Kind(position) is CellKind.Error or CellKind.FormulaWithoutValue
                || !CellText.IsBlank(cells[position]) && !column.IsBlankWord(cells[position])
            )
                return false;
        return true;
    }

    // Pasted sheets repeat their header: three columns holding their own titles are enough to know it.
    private bool IsHeaderAgain(RowBuffer cells)
    {
        var same = 0;
        var looked = 0;
        for (var i = 0; i < plan.Columns.Length && looked < 6; i++, looked++)
            if (cells[plan.Columns[i].Positions[0]].SequenceEqual(plan.Columns[i].Title))
                same++;
        return same >= Math.Min(3, plan.Columns.Length);
    }

    private static bool IsTotal(RowBuffer cells)
    {
        for (var i = 0; i < Math.Min(2, cells.Count); i++)
        {
            var text = CellText.Trim(cells[i]);
            foreach (var word in TotalWords)
                if (text.SequenceEqual(word))
                    return true;
        }
        return false;
    }
}
