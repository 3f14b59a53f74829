using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Functions: days are the integers yyyyMMdd on both databases, text is met by code points without LIKE.</summary>
internal sealed partial class Compiler
{
    private Term Called(Call call, Block block)
    {
        Term Argument(int i) => Value(call.Arguments[i], block);
        return call.Function switch
        {
            Function.Age => Age(Argument(0), Argument(1)),
            Function.MonthsBetween => MonthsBetween(Argument(0), Argument(1)),
            Function.DaysBetween => T("(", CivilDay(Argument(1)), " - ", CivilDay(Argument(0)), ")", Dialect.Wide),
            Function.AddMonths => AddMonths(Argument(0), Argument(1)),
            Function.Year => T(Year(Argument(0)), Dialect.Wide),
            Function.Month => T(Month(Argument(0)), Dialect.Wide),
            Function.Size => T("length(", Argument(0), ")", Dialect.Wide),
            Function.StartsWith => Matches(call, Argument(0), (x, n) => ["(substr(", x, $", 1, {n}) = ", ")"]),
            Function.EndsWith => Matches(
                call,
                Argument(0),
                (x, n) => Dialect.IsPostgres ? ["(right(", x, $", {n}) = ", ")"] : ["(substr(", x, $", -{n}) = ", ")"]
            ),
            Function.Contains => Matches(call, Argument(0), (x, _) => [Dialect.IsPostgres ? "(strpos(" : "(instr(", x, ", ", ") > 0)"]),
            Function.MinOf => Smaller(Argument(0), Argument(1), "min", "<="),
            Function.MaxOf => Smaller(Argument(0), Argument(1), "max", ">="),
            _ => T("abs(", Argument(0), ")"),
        };
    }

    /// <summary>The constant is set before the last part. Everything starts with, ends with and contains nothing.</summary>
    private Term Matches(Call call, Term text, Func<Term, int, object[]> match)
    {
        if (call.Arguments[1] is not Constant { Value.Text: { } sought })
            throw new NotSupportedException($"{call.Function} needs a constant text");
        if (sought.Length == 0)
            return T(false, "(CASE WHEN ", text, $" IS NOT NULL THEN {Dialect.True} END)");
        var parts = match(text, SqlDialect.CodePoints(sought));
        return T([.. parts[..^1], SqlDialect.Text(sought), parts[^1]]);
    }

    /// <summary>LEAST passes over NULL on PostgreSQL; min of two does not on SQLite.</summary>
    private Term Smaller(Term a, Term b, string sqlite, string sign) =>
        Dialect.IsPostgres
            ? T(a.Known && b.Known, "(CASE WHEN ", a, $" {sign} ", b, " THEN ", a, " WHEN ", b, $" {sign} ", a, " THEN ", b, " END)")
            : T($"{sqlite}(", a, ", ", b, ")");

    private Term Age(Term birth, Term on) => T(false, "(CASE WHEN ", on, " >= ", birth, " THEN (", on, " - ", birth, ") / 10000 END)", Dialect.Wide);

    /// <summary>
    /// An age on a constant day against a number or a parameter is a range of births, which spares a division for each person: at least n is born on or before that day n
    /// years ago. Who is born after the day has no age.
    /// </summary>
    private Term? AgeRange(Comparison c, Block block)
    {
        if (c.Left is not Call { Function: Function.Age } call || Fixed(c.Right) is not { } n)
            return null;
        if (DayOf(call.Arguments[1]) is not { } day || n is < 0 or > 999)
            return null;
        var birth = Value(call.Arguments[0], block);
        var none = Dialect.Null(Kind.Bool);
        // Without CASE, which SQLite cannot leave half-way as it can AND and OR.
        Term AtLeast(long age) => T(false, "(", birth, $" <= {Text(day - age * 10000)} OR ", birth, $" > {Text(day)} AND {none})");
        Term Under(long age) => T(false, "(", birth, $" > {Text(day - age * 10000)} AND (", birth, $" <= {Text(day)} OR {none}))");
        return c.Operator switch
        {
            ComparisonOperator.GreaterOrEqual => AtLeast(n),
            ComparisonOperator.Greater => AtLeast(n + 1),
            ComparisonOperator.Less => Under(n),
            ComparisonOperator.LessOrEqual => Under(n + 1),
            ComparisonOperator.Equal => T("(", AtLeast(n), " AND ", Under(n + 1), ")"),
            _ => T("(", Under(n), " OR ", AtLeast(n + 1), ")"),
        };
    }

    /// <summary>A day that is the same for all.</summary>
    private long? DayOf(Expr expr) =>
        expr switch
        {
            DayRead => Context.Day.Number,
            Constant { Type.Kind: Kind.Date } constant => constant.Value.Number,
            _ => null,
        };

    private Term Year(Term day) => T("(", day, " / 10000)");

    private Term Month(Term day) => T("(", day, " / 100 % 100)");

    /// <summary>Completed months; before the same day of the month the last one is not complete, in either direction.</summary>
    private Term MonthsBetween(Term a, Term b)
    {
        var months = T("((", Year(b), " - ", Year(a), ") * 12 + ", Month(b), " - ", Month(a), ")");
        return T(
            "(CASE WHEN ",
            b,
            " >= ",
            a,
            " THEN ",
            months,
            " - (CASE WHEN ",
            b,
            " % 100 < ",
            a,
            " % 100 THEN 1 ELSE 0 END) ELSE ",
            months,
            " + (CASE WHEN ",
            b,
            " % 100 > ",
            a,
            " % 100 THEN 1 ELSE 0 END) END)",
            Dialect.Wide
        );
    }

    /// <summary>Days since 1 March of the year 0, so that the leap day is the last of its year.</summary>
    private Term CivilDay(Term day)
    {
        var month = Month(day);
        var year = T("(", Year(day), " - 1 + (", month, " + 9) / 12)");
        return T(
            "(365 * ",
            year,
            " + ",
            year,
            " / 4 - ",
            year,
            " / 100 + ",
            year,
            " / 400 + ((",
            month,
            " + 9) % 12 * 306 + 5) / 10 + ",
            day,
            " % 100)"
        );
    }

    /// <summary>The same day of the month, or its last; unknown beyond the years 1 to 9999.</summary>
    private Term AddMonths(Term day, Term months)
    {
        var total = T("(", Year(day), " * 12 + ", Month(day), " - 1 + ", months, ")");
        var year = T("(", total, " / 12)");
        var month = T("(", total, " % 12 + 1)");
        var leap = T("(", year, " % 4 = 0 AND (", year, " % 100 <> 0 OR ", year, " % 400 = 0))");
        var last = T(
            "(CASE WHEN ",
            month,
            " = 2 THEN CASE WHEN ",
            leap,
            " THEN 29 ELSE 28 END WHEN ",
            month,
            " IN (4, 6, 9, 11) THEN 30 ELSE 31 END)"
        );
        var inMonth = T("(CASE WHEN ", day, " % 100 < ", last, " THEN ", day, " % 100 ELSE ", last, " END)");
        return T(false, "(CASE WHEN ", total, " BETWEEN 12 AND 119999 THEN ", year, " * 10000 + ", month, " * 100 + ", inMonth, " END)");
    }
}
