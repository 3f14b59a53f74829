using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>A value as somebody types it into a form: read as a cell of a sheet is, with the same ranges, codes and words for what is wrong.</summary>
public static class TypedFact
{
    /// <summary>The value, null for a blank; or what is wrong with it.</summary>
    public static (Value? Value, Label? Wrong) Read(Fact fact, string? typed)
    {
        var text = CellText.Fold(typed ?? "");
        if (text.Length == 0)
            return (null, null);
        var reader = CellReader.For(new MappingColumn(fact.Label.Zh, new ColumnTarget(fact.ToString(), Reading.Fact, fact)));
        return reader.Read(text, CellKind.Text, 0, out var value, out var fault) == Outcome.Value
            ? (value, null)
            : (null, new RowError(fault.Rule, "", 0, -1, fact.Label.Zh, "", fault.First, fault.Second).Message);
    }

    /// <summary>The name of a person, read as a name in a sheet is.</summary>
    public static (string? Name, Label? Wrong) ReadName(Fact fact, string? typed)
    {
        var text = CellText.Fold(typed ?? "");
        if (text.Length == 0)
            return (null, null);
        var reader = CellReader.For(new MappingColumn(fact.Label.Zh, Targets.Structural[Targets.PersonName] with { Fact = fact }));
        return reader.Read(text, CellKind.Text, 0, out var value, out var fault) == Outcome.Value
            ? (value.Text, null)
            : (null, new RowError(fault.Rule, "", 0, -1, fact.Label.Zh, "", fault.First, fault.Second).Message);
    }

    /// <summary>The same as somebody would type it: codes by their keys, which no language changes. It reads back as the same value.</summary>
    public static string Of(Fact fact, Value? value)
    {
        if (value is not { } known)
            return "";
        if (known.Text is { } text)
            return text;
        var number = known.Number;
        return fact.Type.Kind switch
        {
            Kind.Bool => number != 0 ? "yes" : "no",
            Kind.Code => fact.Type.List!.Find(number)?.Key ?? "",
            Kind.Codes => string.Join(',', fact.Type.List!.Entries.Where(e => (number >> e.Number & 1) != 0).Select(e => e.Key)),
            Kind.Fen => ScaledNumber.Format(number, 2),
            Kind.Decimal => ScaledNumber.Format(number, fact.Type.Scale),
            Kind.Date => DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }
}
