using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>
/// Counts and sums over subjects by area, in one pass over the subjects' rows however many there are: what is asked of a subject is computed once each in
/// an inner select and added up outside.
/// </summary>
public static partial class SqlJudging
{
    /// <summary>
    /// Columns <c>code, low0, high0, open0, low1...</c>, a row for each area of a level in which there is a subject at all: the sure, the sure and unknown
    /// (both NULL where a number in a sum is unknown), and of how many subjects it is not known whether or with how much they count.
    /// </summary>
    /// <param name="counted">Over one type; with whether a sum of counts keeps their two ends, or is unknown as a kept tally is.</param>
    /// <param name="width">Of the codes of one area of the level: 1 for villages, 1,000 for townships, 1,000,000 for counties.</param>
    public static string ByArea(IReadOnlyList<(Tally Tally, bool Ends)> counted, long width, SqlContext context)
    {
        var inner = new InnerColumns(counted[0].Tally.Item, context);
        var code = width == 1 ? "s.code" : string.Create(CultureInfo.InvariantCulture, $"s.code / {width} * {width}");
        var totals = counted.Select((c, i) => Ends(inner, c.Tally, c.Ends, i)).ToList();
        return $"SELECT {code} AS code, {string.Join(", ", totals)} FROM ({inner.Text}{context.Dialect.Barrier}) AS s GROUP BY 1";
    }

    /// <summary>
    /// Columns <c>id, code, sure, low, high</c> of each subject of the area: 1 where it counts, 0 where not, NULL where that is unknown; and with how much (NULL
    /// where unknown), 1 for a plain count.
    /// </summary>
    public static string Members(Tally counted, bool ends, SqlContext context)
    {
        var inner = new InnerColumns(counted.Item, context);
        var sure = counted.Where is null ? "1" : $"CASE WHEN s.{inner.Test(counted)} THEN 1 WHEN NOT s.{inner.Test(counted)} THEN 0 END";
        var (low, high) = counted.Sum is null ? ("1", "1") : inner.Amount(counted, ends);
        return $"SELECT s.id, s.code, {sure} AS sure, {low} AS low, {high} AS high FROM ({inner.Text}{context.Dialect.Barrier}) AS s";
    }

    private static string Ends(InnerColumns inner, Tally counted, bool ends, int index)
    {
        var test = counted.Where is null ? null : $"s.{inner.Test(counted)}";
        string Only(string? condition) => condition is null ? "" : $" FILTER (WHERE {condition})";
        var (sure, maybe) = (test, test is null ? null : $"{test} IS NOT FALSE");
        if (counted.Sum is null)
            return $"count(*){Only(sure)} AS low{index}, count(*){Only(maybe)} AS high{index}, count(*) FILTER (WHERE {(test is null ? "FALSE" : $"{test} IS NULL")}) AS open{index}";
        var (least, most) = inner.Amount(counted, ends);
        var wide = inner.Dialect.Wide;
        // A number that may or may not belong moves the low end if it is a loss, the high end if it is a gain.
        var (low, high) =
            test is null || counted.Sum.Type.Min >= 0
                ? ($"sum({least}){Only(sure)}", $"sum({most}){Only(maybe)}")
                : (
                    $"sum({least}){Only($"{test} OR ({test} IS NULL AND {least} < 0)")}",
                    $"sum({most}){Only($"{test} OR ({test} IS NULL AND {most} > 0)")}"
                );
        var blank = $"count(*) FILTER (WHERE {(maybe is null ? "" : $"{maybe} AND ")}{least} IS NULL) = 0";
        var doubtful = least == most ? $"{least} IS NULL" : $"({least} = {most}) IS NOT TRUE";
        var open = test is null ? doubtful : $"{test} IS NULL OR ({test} AND {doubtful})";
        return $"CASE WHEN {blank} THEN coalesce({low}, 0){wide} END AS low{index}, CASE WHEN {blank} THEN coalesce({high}, 0){wide} END AS high{index}, count(*) FILTER (WHERE {open}) AS open{index}";
    }

    // The inner select: id, code, and one column for each different test and number.
    private sealed class InnerColumns
    {
        private readonly Statement statement;
        private readonly Block root;
        private readonly List<(string?, Term)> columns;
        private readonly Dictionary<Term, string> names = [];

        public InnerColumns(Variable subject, SqlContext context)
        {
            (statement, root, _) = Begin(subject, context);
            columns = [("id", root.Item.Id), ("code", root.Item.AreaCode())];
        }

        public SqlDialect Dialect => statement.Dialect;

        public string Text => SqlJudging.Text(root.Select(columns));

        public string Test(Tally counted)
        {
            root.Name(counted.Item);
            return Name(new Compiler(statement, counted.Item).Bool(counted.Where!, root));
        }

        /// <summary>The two ends of what is summed; one column where it has but one.</summary>
        public (string Low, string High) Amount(Tally counted, bool ends)
        {
            root.Name(counted.Item);
            var compiler = new Compiler(statement, counted.Item);
            if (!ends || !counted.Sum!.Bounded)
            {
                var exact = $"s.{Name(compiler.Exactly(counted.Sum!, root))}";
                return (exact, exact);
            }
            var operand = compiler.Compile(counted.Sum, root);
            return ($"s.{Name(operand.Low)}", $"s.{Name(operand.Top)}");
        }

        private string Name(Term term)
        {
            if (!names.TryGetValue(term, out var name))
            {
                names.Add(term, name = string.Create(CultureInfo.InvariantCulture, $"v{names.Count}"));
                columns.Add((name, term));
            }
            return name;
        }
    }
}
