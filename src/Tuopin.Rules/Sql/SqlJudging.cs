using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>
/// Writes rules as one set-based SQL statement each, for SQLite and PostgreSQL. Unknown is NULL throughout: AND, OR and NOT of SQL are the logic of the
/// language, and IS TRUE and IS FALSE are asked once, at the masks. On PostgreSQL run a statement with <c>SET LOCAL jit = off</c>.
/// </summary>
public static partial class SqlJudging
{
    /// <summary>
    /// Columns <c>id, met, unmet, exempt</c>, one row for each subject of the area: an indicator's bit is in one of the masks, or in none when unknown.
    /// </summary>
    public static string Masks(Standard standard, SqlContext context)
    {
        var (statement, root, compiler) = Begin(standard.Subject, context);
        var (met, unmet, exempt) = Masks(standard, statement, root, compiler);
        return Text(root.Select([("id", root.Item.Id), ("met", met), ("unmet", unmet), ("exempt", exempt)]));
    }

    private static (Term Met, Term Unmet, Term Exempt) Masks(Standard standard, Statement statement, Block root, Compiler compiler)
    {
        List<object> met = [],
            unmet = [],
            exempt = [];
        foreach (var indicator in standard.Indicators)
        {
            if (indicator.Retired)
                continue;
            var bit = $" THEN {statement.Dialect.Number(1L << indicator.Bit)} ELSE 0 END)";
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
                ? statement.Term(statement.Dialect.Number(0))
                : statement.Term([.. bits.SelectMany((b, i) => i == 0 ? [b] : new[] { " + ", b })]);
        return (Sum(met), Sum(unmet), Sum(exempt));
    }

    /// <summary>
    /// Everything that is to be known of each subject of the area, from one pass over its rows: column <c>id</c>; <c>village_id</c> when there are
    /// tallies; <c>met0, unmet0, exempt0, met1...</c> of each standard; <c>low0, high0, low1...</c>, what the subject adds to each tally (NULL when it
    /// makes a sum unknown); <c>value0, value1...</c> of plain expressions (see <see cref="Values"/>) over <paramref name="subject"/>.
    /// </summary>
    public static string Sheet(
        Variable subject,
        IReadOnlyList<Standard> standards,
        IReadOnlyList<Tally> tallies,
        IReadOnlyList<Expr> values,
        SqlContext context
    )
    {
        var (statement, root, compiler) = Begin(subject, context);
        List<(string?, Term)> selected = [("id", root.Item.Id)];
        if (tallies.Count > 0)
            selected.Add(("village_id", Village(root.Item)));
        for (var i = 0; i < standards.Count; i++)
        {
            root.Name(standards[i].Subject);
            var (met, unmet, exempt) = Masks(standards[i], statement, root, new Compiler(statement, standards[i].Subject));
            selected.AddRange([($"met{i}", met), ($"unmet{i}", unmet), ($"exempt{i}", exempt)]);
        }
        for (var i = 0; i < tallies.Count; i++)
        {
            root.Name(tallies[i].Item);
            var (low, high) = Share(tallies[i], statement, root, new Compiler(statement, tallies[i].Item));
            selected.AddRange([($"low{i}", low), ($"high{i}", high)]);
        }
        for (var i = 0; i < values.Count; i++)
            selected.Add(($"value{i}", Plain(statement, values[i], compiler.Exactly(values[i], root))));
        return Text(root.Select(selected));
    }

    // What one subject adds: 1 or its number, nothing, or between the two when it may not belong.
    private static (Term Low, Term High) Share(Tally tally, Statement statement, Block root, Compiler compiler)
    {
        var test = tally.Where is null ? statement.Term(true, statement.Dialect.True) : compiler.Bool(tally.Where, root);
        var (one, none) = (statement.Dialect.Number(1), statement.Dialect.Number(0));
        if (tally.Sum is null)
            return (
                statement.Term(true, "(CASE WHEN ", test, $" THEN {one} ELSE {none} END)"),
                statement.Term(true, "(CASE WHEN ", test, $" IS NOT FALSE THEN {one} ELSE {none} END)")
            );
        var value = statement.Term("(", compiler.Exactly(tally.Sum, root), ")", statement.Dialect.Wide);
        Term End(string sign, string opposite) =>
            statement.Term(
                false,
                "(CASE WHEN ",
                test,
                " THEN ",
                value,
                " WHEN (",
                test,
                $") IS FALSE THEN {none} WHEN ",
                value,
                $" {sign} 0 THEN ",
                value,
                " WHEN ",
                value,
                $" {opposite} 0 THEN {none} END)"
            );
        return (End("<", ">="), End(">", "<="));
    }

    /// <summary>
    /// Column <c>id</c> of the subjects of the area on which any of the checks fires. The rows of the subjects and of what belongs to them are read once,
    /// however many checks there are, and a row on which none fires costs its tests and nothing more: no bit is made of it and nothing is carried along.
    /// </summary>
    /// <param name="checks">Over one type, each with a condition.</param>
    public static string Suspects(IReadOnlyList<Check> checks, SqlContext context)
    {
        var (statement, root, _) = Begin(checks[0].Subject, context);
        var tests = checks.SelectMany((c, i) => i == 0 ? [Test(c, statement, root)] : new object[] { " OR ", Test(c, statement, root) });
        return Text(root.Select([("id", root.Item.Id)], statement.Term(["(", .. tests, ")"])));
    }

    /// <summary>Checks whose bits share a column of <see cref="Fired"/>.</summary>
    public const int PerColumn = 62;

    /// <summary>
    /// Columns <c>id, fired0, fired1...</c>, one row for each subject of the area on which one of the checks fires: check i is bit i % 62 of column i / 62.
    /// </summary>
    /// <param name="checks">Over one type, each with a condition.</param>
    public static string Fired(IReadOnlyList<Check> checks, SqlContext context)
    {
        var (statement, root, _) = Begin(checks[0].Subject, context);
        List<(string?, Term)> selected = [("id", root.Item.Id)];
        foreach (var column in checks.Chunk(PerColumn))
        {
            var bits = column.SelectMany(
                (check, bit) =>
                    new object[]
                    {
                        bit == 0 ? "" : " + ",
                        statement.Term(
                            "(CASE WHEN ",
                            Test(check, statement, root),
                            $" THEN {statement.Dialect.Number(1L << bit)} ELSE {statement.Dialect.Number(0)} END)"
                        ),
                    }
            );
            selected.Add(($"fired{selected.Count - 1}", statement.Term([.. bits])));
        }
        var any = string.Join(" OR ", selected.Skip(1).Select(s => $"s.{s.Item1} <> 0"));
        return $"SELECT s.* FROM ({Text(root.Select(selected))}{statement.Dialect.Barrier}) AS s WHERE {any}";
    }

    // A check of a part of the area fires there alone.
    private static Term Test(Check check, Statement statement, Block root)
    {
        root.Name(check.Subject);
        var test = new Compiler(statement, check.Subject).Bool(check.When!, root);
        return check.Area.Contains(statement.Context.Area)
            ? test
            : statement.Term("(", root.Item.AreaCode(), $" BETWEEN {check.Area.From} AND {check.Area.To} AND ", test, ")");
    }

    /// <summary>
    /// Columns <c>id, shown0, shown1...</c>: the evidence of each check as a text: a number in its stored form, two bounds as <c>2..3</c>, a quotient as
    /// <c>10000/3</c>, NULL where it is unknown or the check shows none.
    /// </summary>
    public static string Shown(IReadOnlyList<Check> checks, SqlContext context)
    {
        var (statement, root, _) = Begin(checks[0].Subject, context);
        List<(string?, Term)> selected = [("id", root.Item.Id)];
        foreach (var check in checks)
        {
            root.Name(check.Subject);
            selected.Add(
                (
                    $"shown{selected.Count - 1}",
                    check.Evidence is { } evidence
                        ? Written(statement, evidence, new Compiler(statement, check.Subject).Compile(evidence, root))
                        : statement.Term(statement.Dialect.Null(Kind.Text))
                )
            );
        }
        return Text(root.Select(selected));
    }

    private static Term Written(Statement statement, Expr expression, Operand operand)
    {
        object[] One(Term term) =>
            expression.Type.Kind == Kind.Text ? [term]
            : expression.Type.Kind == Kind.Bool ? ["CAST(CAST(", term, " AS integer) AS text)"]
            : ["CAST((", term, ") AS text)"];
        object[] End(Term number, Term? denominator) => denominator is null ? One(number) : [.. One(number), " || '/' || ", .. One(denominator)];
        var low = End(operand.Low, operand.LowDenominator);
        if (!operand.IsBounded)
            return statement.Term(["(", .. low, ")"]);
        var high = End(operand.Top, operand.TopDenominator);
        return statement.Term(["(CASE WHEN ", .. low, " = ", .. high, " THEN ", .. low, " ELSE ", .. low, " || '..' || ", .. high, " END)"]);
    }

    private static Term Plain(Statement statement, Expr expression, Term term) =>
        expression.Type.Kind == Kind.Text || !statement.Dialect.IsPostgres ? term
        : expression.Type.Kind == Kind.Bool ? statement.Term("(", term, ")::int4::int8")
        : statement.Term("(", term, ")::int8");

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
            int Add(Term? term)
            {
                if (term is null)
                    return -1;
                selected.Add(($"v{selected.Count}", Plain(statement, expression, term)));
                return selected.Count - 1;
            }
            values.Add(
                new SqlValue(Add(operand.Low), Add(operand.High), Add(operand.LowDenominator), Add(operand.HighDenominator), operand.Scale, text)
            );
        }
        return new SqlValues(Text(root.Select(selected, where is null ? null : compiler.Bool(where, root))), values.ToImmutable());
    }

    /// <summary>
    /// Columns <c>area_id, low0, high0, low1...</c>: the tallies (over one type) of each village in which there is a subject at all. A count lies between
    /// the sure and the sure and unknown; a sum is NULL when a number in it is unknown.
    /// </summary>
    public static string Tallies(IReadOnlyList<Tally> tallies, SqlContext context) =>
        $"SELECT village_id AS area_id{Totals(tallies.Count, context.Dialect)} FROM ({Sheet(tallies[0].Item, [], tallies, [], context)}) AS s GROUP BY village_id";

    /// <summary>Select list <c>, .. AS low0, .. AS high0, ..</c> that adds up the tallies of a sheet.</summary>
    public static string Totals(int count, SqlDialect dialect)
    {
        string Total(string column) => $", CASE WHEN count({column}) = count(*) THEN sum({column}){dialect.Wide} END AS {column}";
        return string.Concat(Enumerable.Range(0, count).Select(i => Total($"low{i}") + Total($"high{i}")));
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
