using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>The differences between the two databases, all in one place.</summary>
public sealed class SqlDialect
{
    /// <summary>SQLite 3.39 or later: booleans are the integers 0 and 1, text is compared by UTF-8 bytes.</summary>
    public static readonly SqlDialect Sqlite = new(false);

    /// <summary>PostgreSQL 15 or later: booleans are a type, text columns are COLLATE "C".</summary>
    public static readonly SqlDialect PostgreSql = new(true);

    private SqlDialect(bool postgres) => IsPostgres = postgres;

    internal bool IsPostgres { get; }

    internal string True => IsPostgres ? "TRUE" : "1";
    internal string False => IsPostgres ? "FALSE" : "0";

    /// <summary>Widens to 64 bits: PostgreSQL would compute int4 * int4 in 32 bits.</summary>
    public string Wide => IsPostgres ? "::int8" : "";

    /// <summary>Code point order on both: bytes of UTF-8.</summary>
    internal string Collate => IsPostgres ? " COLLATE \"C\"" : " COLLATE BINARY";

    /// <summary>Keeps the planner from writing the select list of a subquery into every place that reads it.</summary>
    internal string Barrier => IsPostgres ? " OFFSET 0" : " LIMIT -1 OFFSET 0";

    /// <summary>SQLite ignores the limit when it may flatten; a WHERE outside forbids it.</summary>
    internal string BarrierOutside => IsPostgres ? "" : " WHERE TRUE";

    internal string Number(long number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        if (IsPostgres)
            return number == long.MinValue ? "'-9223372036854775808'::int8"
                : number < 0 ? $"({text})::int8"
                : $"{text}::int8";
        return number < 0 ? $"({text})" : text;
    }

    internal string Null(Kind kind) =>
        !IsPostgres
            ? "NULL"
            : kind switch
            {
                Kind.Bool => "NULL::boolean",
                Kind.Text => "NULL::text",
                _ => "NULL::int8",
            };

    internal string Literal(Kind kind, Value value) =>
        kind switch
        {
            Kind.Bool => value.Number != 0 ? True : False,
            Kind.Text => Text(value.Text ?? ""),
            Kind.Date or Kind.Code => value.Number.ToString(CultureInfo.InvariantCulture),
            _ => Number(value.Number),
        };

    /// <summary>A text literal.</summary>
    public static string Quoted(string text) => Text(text);

    internal static string Text(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new NotSupportedException("text with a NUL character cannot be compared in SQL");
        return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Columns are named by packs, so one may be a word of SQL.</summary>
    internal static string Name(string name)
    {
        var plain =
            name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        return plain && !SqlWords.Has(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    internal static int CodePoints(string text) => text.EnumerateRunes().Count();
}
