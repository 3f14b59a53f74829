using Tuopin.Registry;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What reading rows depends on beside the plan.</summary>
public sealed record ReadOptions
{
    /// <summary>The day the data stand at; nobody is born after it.</summary>
    public required DateOnly DataDay { get; init; }

    /// <summary>First six digits of citizen numbers that are taken without a warning; null takes all. A demo pack admits unissued ones.</summary>
    public IReadOnlySet<int>? AdmittedPrefixes { get; init; }
}

/// <summary>One row as values. Reused from row to row: take what must last.</summary>
public sealed class ReadRow
{
    internal ReadRow(ColumnPlan plan) => Values = new Value?[plan.Columns.Length];

    /// <summary>Row of the sheet, from 1.</summary>
    public int Number { get; internal set; }

    /// <summary>Aligned to <see cref="ColumnPlan.Columns"/>; null where nothing was stated or the cell was refused.</summary>
    public Value?[] Values { get; }

    /// <summary>The registered place the row names; null when it names none or could not be resolved.</summary>
    public long? AreaId { get; internal set; }

    /// <summary>The living place the row names.</summary>
    public long? LivingAreaId { get; internal set; }

    /// <summary>The number of the person the row is about (of the head, in sheets without persons).</summary>
    public IdentityNumber Identity { get; internal set; }

    public List<RowError> Errors { get; } = [];

    /// <summary>A row of totals: it holds no values and is not to be loaded.</summary>
    public bool IsTotal { get; internal set; }

    /// <summary>True when the row is not to be loaded: an error (not only a warning) was found, or it is a row of totals.</summary>
    public bool Refused
    {
        get
        {
            if (IsTotal)
                return true;
            foreach (var error in Errors)
                if (error.IsError)
                    return true;
            return false;
        }
    }

    /// <summary>The value of a plan column; null for index -1 too.</summary>
    public Value? this[int column] => column < 0 ? null : Values[column];
}

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
        spread = [.. plan.Columns.Select((c, i) => (c, i)).Where(c => c.c.Mapping.Empty is not null).Select(c => c.i)];
    }

    /// <summary>Rows below the header; blank rows and repeated headers are passed over. The same <see cref="ReadRow"/> is handed out each time.</summary>
    public IEnumerable<ReadRow> Read(SheetReader sheet)
    {
        sheetName = sheet.SheetName;
        dateOffset = sheet.DateOffset;
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
            Report(cells, column, column.Positions[0], new Fault(ImportRules.Required));
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

/// <summary>The place columns of a sheet; the answer for a combination of names is kept, since neighbours share it.</summary>
internal sealed class AreaColumns
{
    private const char Separator = '\u001F';
    private const int CacheSize = 50_000;
    private readonly ColumnPlan plan;
    private readonly AreaResolver? areas;
    private readonly int[] byLevel;
    private readonly int code;
    private readonly int needed;
    private readonly Dictionary<string, AreaAnswer> answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AreaAnswer>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public AreaColumns(ColumnPlan plan, AreaResolver? areas, bool living)
    {
        this.plan = plan;
        this.areas = areas;
        byLevel = [-1, -1, -1, -1, -1, -1, -1];
        for (var i = 0; i < plan.Columns.Length; i++)
            if (plan.Columns[i].Target is { AreaLevel: > 0 and var level } target && target.Living == living)
                byLevel[level] = i;
        code = living ? -1 : plan.IndexOf(Targets.AreaCode);
        needed = living ? 0 : Math.Min(5, Array.FindLastIndex(byLevel, i => i >= 0));
        lookup = answers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The area of the row; its errors are added to it.</summary>
    public long? Resolve(ReadRow row, string sheet)
    {
        if (areas is null)
            return null;
        if (row[code]?.Text is { } number)
            return Take(areas.ByCode(number), row, sheet, number);
        if (Array.TrueForAll(byLevel, i => row[i] is null) && needed <= 0)
            return null;
        Span<char> key = stackalloc char[512];
        var length = 0;
        foreach (var i in byLevel)
        {
            var text = row[i]?.Text ?? "";
            if (length + text.Length + 1 > key.Length)
                return Take(Ask(row), row, sheet);
            text.CopyTo(key[length..]);
            length += text.Length;
            key[length++] = Separator;
        }
        if (!lookup.TryGetValue(key[..length], out var answer))
        {
            answer = Ask(row);
            if (answers.Count < CacheSize)
                lookup[key[..length]] = answer;
        }
        return Take(answer, row, sheet);
    }

    private AreaAnswer Ask(ReadRow row)
    {
        var names = new string?[byLevel.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = row[byLevel[i]]?.Text;
        return areas!.Resolve(names, needed);
    }

    private long? Take(AreaAnswer answer, ReadRow row, string sheet, string? value = null)
    {
        if (answer.Rule is { } rule)
        {
            var index = value is not null ? code : byLevel[answer.Level];
            var column = index < 0 ? null : plan.Columns[index];
            row.Errors.Add(
                new RowError(
                    rule,
                    sheet,
                    row.Number,
                    column?.Positions[0] ?? -1,
                    column?.Title ?? "",
                    value ?? Masking.InText(row[index]?.Text ?? ""),
                    answer.First,
                    answer.Second
                )
            );
        }
        return answer.Id;
    }
}

/// <summary>Checks 2 to 6 of the national list on the number of the row's person.</summary>
internal sealed class IdentityRules
{
    private readonly ColumnPlan plan;
    private readonly ReadOptions options;
    private readonly int today;
    private readonly int number;
    private readonly int sex;
    private readonly int birth;
    private readonly int document;
    private readonly HashSet<long> otherDocuments = [];

    public IdentityRules(ColumnPlan plan, ReadOptions options)
    {
        this.plan = plan;
        this.options = options;
        today = DayNumber.Of(options.DataDay);
        number = First(Targets.PersonId, Targets.HelperId, Targets.HeadId);
        sex = plan.IndexOf("person.sex");
        birth = plan.IndexOf("person.birth");
        document = plan.IndexOf("person.document_kind");
        if (document >= 0 && plan.Columns[document].Target.Fact!.Type.List is { } list)
            otherDocuments = [.. list.Entries.Where(e => e.Key is not ("citizen" or "disability")).Select(e => (long)e.Number)];
    }

    public void Check(ReadRow row, string sheet)
    {
        if (row[number]?.Text is not { } text)
            return;
        var id = IdentityNumber.Read(text);
        row.Identity = id;
        row.Values[number] = id.Text;
        switch (id.Kind)
        {
            case IdentityKind.Placeholder:
                Report(row, sheet, ImportRules.IdNone, number, id);
                break;
            case IdentityKind.Other when row[document] is not { } kind || !otherDocuments.Contains(kind.Number):
                Report(row, sheet, ImportRules.IdLength, number, id);
                break;
            case IdentityKind.Citizen or IdentityKind.Disability:
                CheckNumber(row, sheet, id);
                break;
        }
    }

    private void CheckNumber(ReadRow row, string sheet, IdentityNumber id)
    {
        if (id.Length == 15)
            Report(row, sheet, ImportRules.IdUpgraded, number, id);
        if (id.ChecksumOk == false)
            Report(row, sheet, ImportRules.IdChecksum, number, id);
        if (id.Birth is not { } born || born < 1900_01_01 || born > today)
            Report(row, sheet, ImportRules.IdBirthYear, number, id);
        else if (row[birth] is { } day && day.Number != born)
            Report(row, sheet, ImportRules.IdBirth, birth, id);
        // Codes 1 and 2 are male and female; unknown and not stated contradict nothing.
        if (row[sex] is { Number: 1 or 2 } stated && stated.Number != id.Sex)
            Report(row, sheet, ImportRules.IdSex, sex, id);
        if (options.AdmittedPrefixes is { } admitted && !admitted.Contains(id.AreaPrefix))
            Report(row, sheet, ImportRules.IdArea, number, id);
    }

    private void Report(ReadRow row, string sheet, ImportRule rule, int index, IdentityNumber id)
    {
        var column = plan.Columns[index];
        var shown = index == number ? Masking.Number(id.Text) : CellFormat.Show(column.Target, row[index]);
        row.Errors.Add(new RowError(rule, sheet, row.Number, column.Positions[0], column.Title, shown));
    }

    private int First(params ReadOnlySpan<string> targets)
    {
        foreach (var target in targets)
            if (plan.IndexOf(target) is >= 0 and var index)
                return index;
        return -1;
    }
}
