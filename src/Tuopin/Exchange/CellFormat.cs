using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Writes values the way the sheets hold them, so that what is exported reads back as the same value.</summary>
public static class CellFormat
{
    /// <summary>
    /// The cell of a value in a column of a mapping; blank for null, and for the value a blank cell states when <paramref name="emptyCounts"/> (the
    /// column it depends on is filled).
    /// </summary>
    public static OutCell Cell(MappingColumn column, Value? value, bool emptyCounts = true)
    {
        if (value is null || column.Target is not { } target)
            return default;
        if (emptyCounts && column.Empty is { } empty && target.Fact?.Type.List?.Find(empty)?.Number == value.Value.Number)
            return default;
        return new OutCell(Show(target, value, column.Codes), IsNumber(target) ? CellLook.Number : CellLook.Text);
    }

    /// <summary>The text of a value; "" for null.</summary>
    public static string Show(ColumnTarget target, Value? value, CodeSource? codes = null) =>
        value switch
        {
            null => "",
            { Text: { } text } => text,
            var v => target.Reading switch
            {
                Reading.Year => v.Value.Number.ToString(CultureInfo.InvariantCulture),
                Reading.Day => Day(v.Value.Number),
                _ when target.Fact is { } fact => Show(fact.Type, v.Value.Number, codes),
                _ => v.Value.Number.ToString(CultureInfo.InvariantCulture),
            },
        };

    private static string Show(Rules.Model.ValueType type, long number, CodeSource? codes) =>
        type.Kind switch
        {
            Kind.Bool => number != 0 ? "是" : "否",
            Kind.Fen => ScaledNumber.Format(number, 2),
            Kind.Decimal => ScaledNumber.Format(number, type.Scale),
            Kind.Date => Day(number),
            Kind.Code => Code(type.List!, number, codes),
            Kind.Codes => string.Join(
                ',',
                type.List!.Entries.Where(e => (number >> e.Number & 1) != 0).Select(e => Code(type.List!, e.Number, codes))
            ),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };

    // A label that holds a comma would be split in a set; such lists must not be used for sets, which the mapping test checks.
    private static string Code(CodeList list, long number, CodeSource? codes)
    {
        var entry = list.Find(number) ?? throw new InvalidOperationException($"code list {list.Name} has no number {number}");
        return codes?.Words.Where(w => w.Value.Number == number).Select(w => w.Key).Order(StringComparer.Ordinal).FirstOrDefault() ?? entry.Label.Zh;
    }

    private static string Day(long number) => DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool IsNumber(ColumnTarget target) =>
        target.Reading == Reading.Fact && target.Fact!.Type.Kind is Kind.Int or Kind.Fen or Kind.Decimal;
}
