namespace Tuopin.Exchange;

/// <summary>The place columns of a sheet; the answer for a combination of names is kept, since neighbours share it.</summary>
internal sealed class AreaColumns
{
    private const char Separator = '\u001F';
    private const int CacheSize = 50_000;
    private const int County = 3;
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
        needed =
            living ? 0
            : plan.Mapping.Kind == SheetKind.UnitsPosts ? Widest()
            : Math.Min(5, Array.FindLastIndex(byLevel, i => i >= 0));
        lookup = answers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    // A post is for a county, a township or a village: the place is the lowest that is filled in.
    private int Widest() => Array.FindIndex(byLevel, County, i => i >= 0) is > 0 and var level ? level : County;

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
