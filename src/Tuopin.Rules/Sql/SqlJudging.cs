using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>
/// Writes rules as one set-based SQL statement each, for SQLite and PostgreSQL. Unknown is NULL throughout: AND, OR and NOT of SQL are the logic of the
/// language, and IS TRUE and IS FALSE are asked once, at the masks. On PostgreSQL run a statement with <c>SET LOCAL jit = off</c>.
/// </summary>
public static class SqlJudging
{
    /// <summary>
    /// Columns <c>id, met, unmet, exempt</c>, one row for each subject of the area: an indicator's bit is in one of the masks, or in none when unknown.
    /// </summary>
    public static string Masks(Standard standard, SqlContext context)
    {
        var (statement, root, compiler) = Begin(standard.Subject, context);
        List<object> met = [],
            unmet = [],
            exempt = [];
        foreach (var indicator in standard.Indicators)
        {
            if (indicator.Retired)
                continue;
            var bit = $" THEN {context.Dialect.Number(1L << indicator.Bit)} ELSE 0 END)";
            var free = indicator.ExemptWhen is { } when ? compiler.Bool(when, root) : null;
            object[] unless = free is null ? [] : ["WHEN ", free, " THEN 0 "];
            // Who may be exempt is not unmet: with an unknown exemption a failed test decides nothing.
            object[] mayBe = free is null ? [] : ["WHEN (", free, ") IS NOT FALSE THEN 0 "];
            if (free is not null)
                exempt.Add(statement.Term("(CASE WHEN ", free, bit));
            if (indicator.Met is null)
                continue;
            var test = compiler.Bool(indicator.Met, root);
            met.Add(statement.Term(["(CASE ", .. unless, "WHEN ", test, " IS TRUE", bit]));
            unmet.Add(statement.Term(["(CASE ", .. mayBe, "WHEN ", test, " IS FALSE", bit]));
        }
        Term Sum(List<object> bits) =>
            bits.Count == 0
                ? statement.Term(context.Dialect.Number(0))
                : statement.Term([.. bits.SelectMany((b, i) => i == 0 ? [b] : new[] { " + ", b })]);
        return Text(root.Select([("id", root.Item.Id), ("met", Sum(met)), ("unmet", Sum(unmet)), ("exempt", Sum(exempt))]));
    }

    /// <summary>
    /// Column <c>id</c> and the columns of each expression (see <see cref="SqlValue"/>), one row for each subject of the area, or for each for which
    /// <paramref name="where"/> is true.
    /// </summary>
    public static SqlValues Values(Variable subject, IReadOnlyList<Expr> expressions, SqlContext context, Expr? where = null)
    {
        var (statement, root, compiler) = Begin(subject, context);
        List<(string?, Term)> selected = [("id", root.Item.Id)];
        var values = ImmutableArray.CreateBuilder<SqlValue>();
        foreach (var expression in expressions)
        {
            var operand = compiler.Compile(expression, root);
            var text = expression.Type.Kind == Kind.Text;
            Term Plain(Term term) =>
                text || !context.Dialect.IsPostgres ? term
                : expression.Type.Kind == Kind.Bool ? statement.Term("(", term, ")::int4::int8")
                : statement.Term("(", term, ")::int8");
            int Add(Term? term)
            {
                if (term is null)
                    return -1;
                selected.Add(($"v{selected.Count}", Plain(term)));
                return selected.Count - 1;
            }
            values.Add(
                new SqlValue(Add(operand.Low), Add(operand.High), Add(operand.LowDenominator), Add(operand.HighDenominator), operand.Scale, text)
            );
        }
        return new SqlValues(Text(root.Select(selected, where is null ? null : compiler.Bool(where, root))), values.ToImmutable());
    }

    /// <summary>
    /// Columns <c>area_id, low, high</c>: the tally of each village in which there is a subject at all. A count lies between the sure and the sure and
    /// unknown; a sum is NULL when a number in it is unknown.
    /// </summary>
    public static string Tally(Tally tally, SqlContext context)
    {
        var (statement, root, compiler) = Begin(tally.Item, context);
        root.GroupBy(Village(root.Item));
        var test = tally.Where is null ? statement.Term(true, context.Dialect.True) : compiler.Bool(tally.Where, root);
        var (low, high) = tally.Sum is null ? Counted(statement, root, test) : Summed(statement, root, compiler, test, tally.Sum);
        return Text(root.Select([("area_id", root.Key!), ("low", low), ("high", high)]));
    }

    private static (Term Low, Term High) Counted(Statement statement, Block root, Term test)
    {
        var low = statement.Aggregate(root, true, "count(*) FILTER (WHERE ", test, ")");
        return (low, statement.Term(low, " + ", statement.Aggregate(root, true, "count(*) FILTER (WHERE ", test, " IS NULL)")));
    }

    /// <summary>A subject that may not belong counts for 0 or its number, whichever widens the bounds.</summary>
    private static (Term Low, Term High) Summed(Statement statement, Block root, Compiler compiler, Term test, Expr sum)
    {
        var dialect = statement.Dialect;
        var value = compiler.Exactly(sum, root);
        Term End(string sign) =>
            statement.Aggregate(
                root,
                false,
                "sum(CASE WHEN ",
                test,
                " THEN ",
                value,
                " WHEN (",
                test,
                ") IS NULL AND ",
                value,
                $" {sign} 0 THEN ",
                value,
                " ELSE 0 END)",
                dialect.Wide
            );
        var unknown = statement.Aggregate(root, true, "count(*) FILTER (WHERE (", value, " IS NULL AND (", test, ") IS NOT FALSE))");
        Term Guarded(Term end) => statement.Aggregate(root, false, "(CASE WHEN ", unknown, " = 0 THEN ", end, " END)");
        return (Guarded(End("<")), Guarded(End(">")));
    }

    private static Term Village(Row row)
    {
        var near = row.Type.Relations.Values.Where(r => r is { Many: false, LinkTable: null });
        if (near.FirstOrDefault(r => r.Target.Level == AreaLevel.Village) is { } village)
            return row.Column(village.SourceColumn);
        foreach (var relation in row.Type.Relations.Values.Where(r => !r.Many && r.Target != row.Type))
            if (relation.Target.Relations.Values.Any(r => r is { Many: false, LinkTable: null } && r.Target.Level == AreaLevel.Village))
                return Village(row.Step(relation));
        throw new NotSupportedException($"{row.Type} leads to no village");
    }

    private static (Statement, Block, Compiler) Begin(Variable subject, SqlContext context)
    {
        var statement = new Statement(context);
        return (statement, Block.Root(statement, subject), new Compiler(statement, subject));
    }

    private static string Text(object[] parts) => string.Concat(parts.Select(p => p is Term t ? Text(t.Parts) : (string)p));
}

/// <summary>A statement and where each expression's value stands in its rows.</summary>
public sealed record SqlValues(string Text, ImmutableArray<SqlValue> Values);

/// <summary>
/// The columns (ordinals; -1 where there is none) of one expression. A bounded value has <see cref="High"/>; a quotient is read as numerator and
/// denominator, a zero denominator meaning unknown. Numbers and truth values (0, 1) are 64-bit integers.
/// </summary>
/// <param name="Low">The value, its low end, or its numerator.</param>
/// <param name="High">The high end of the value or numerator.</param>
/// <param name="Denominator">What <paramref name="Low"/> is divided by.</param>
/// <param name="HighDenominator">What <paramref name="High"/> is divided by.</param>
/// <param name="Scale">Decimal places of the number, or of the quotient.</param>
/// <param name="IsText">Text instead of a number.</param>
public sealed record SqlValue(int Low, int High, int Denominator, int HighDenominator, int Scale, bool IsText);
