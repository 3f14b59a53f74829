using System.Collections.Immutable;
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
    /// Column <c>code</c> and the columns of each count or sum (see <see cref="AreaColumns"/>), a row for each area of a level in which there is a subject at all.
    /// </summary>
    /// <param name="counted">Over one type; with whether a sum of counts keeps their two ends, or is unknown as a kept tally is.</param>
    /// <param name="width">Of the codes of one area of the level: 1 for villages, 1,000 for townships, 1,000,000 for counties.</param>
    public static AreaTotals ByArea(IReadOnlyList<(Tally Tally, bool Ends)> counted, long width, SqlContext context)
    {
        var (before, narrowed) = Narrow(counted, context);
        var inner = new InnerColumns(counted[0].Tally.Item, narrowed);
        var columns = new List<string> { width == 1 ? "s.code" : string.Create(CultureInfo.InvariantCulture, $"s.code / {width} * {width}") };
        var places = counted.Select(c => Ends(inner, c.Tally, c.Ends, columns)).ToImmutableArray();
        return new($"{before}SELECT {string.Join(", ", columns)} FROM ({inner.Text}{context.Dialect.Barrier}) AS s GROUP BY 1", places);
    }

    // Where the tests are of the row itself and the sums are of what belongs to it, those who count are found first and the rest is read of them alone.
    private static (string Before, SqlContext Context) Narrow(IReadOnlyList<(Tally Tally, bool Ends)> counted, SqlContext context)
    {
        if (
            context.Only is not null
            || counted.Any(c => c.Tally.Where is not { } where || ReadsMany(where))
            || !counted.Any(c => c.Tally.Sum is { } sum && ReadsMany(sum))
        )
            return ("", context);
        var inner = new InnerColumns(counted[0].Tally.Item, context);
        var tests = counted.Select(c => $"s.{inner.Test(c.Tally)} IS NOT FALSE").Distinct().ToList();
        return (
            $"WITH counted AS MATERIALIZED (SELECT s.id FROM ({inner.Text}{context.Dialect.Barrier}) AS s WHERE {string.Join(" OR ", tests)}) ",
            context with
            {
                Only = "SELECT id FROM counted",
            }
        );
    }

    private static bool ReadsMany(Expr rule) => rule.All().Any(e => e is Aggregate or UniqueIn or VerdictRead);

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

    private static AreaColumns Ends(InnerColumns inner, Tally counted, bool ends, List<string> columns)
    {
        int Add(string column)
        {
            if (columns.IndexOf(column) is >= 0 and var held)
                return held;
            columns.Add(column);
            return columns.Count - 1;
        }
        string Only(string? condition) => condition is null ? "" : $" FILTER (WHERE {condition})";
        var test = counted.Where is null ? null : $"s.{inner.Test(counted)}";
        // What is never unknown has one end.
        var maybe = test is null || inner.Knows(test) ? test : $"{test} IS NOT FALSE";
        if (counted.Sum is null)
            return new(Add($"count(*){Only(test)}"), Add($"count(*){Only(maybe)}"), -1, -1);
        var (least, most) = inner.Amount(counted, ends);
        var wide = inner.Dialect.Wide;
        // A number that may or may not belong moves the low end if it is a loss, the high end if it is a gain.
        var (low, high) =
            maybe == test || counted.Sum.Type.Min >= 0
                ? ($"sum({least}){Only(test)}", $"sum({most}){Only(maybe)}")
                : (
                    $"sum({least}){Only($"{test} OR ({test} IS NULL AND {least} < 0)")}",
                    $"sum({most}){Only($"{test} OR ({test} IS NULL AND {most} > 0)")}"
                );
        var doubtful = least == most ? $"{least} IS NULL" : $"({least} = {most}) IS NOT TRUE";
        return new(
            Add($"coalesce({low}, 0){wide}"),
            Add($"coalesce({high}, 0){wide}"),
            Add(
                $"count(*) FILTER (WHERE {(test is null ? doubtful : maybe == test ? $"{test} AND {doubtful}" : $"{test} IS NULL OR ({test} AND {doubtful})")})"
            ),
            Add($"count(*) FILTER (WHERE {(maybe is null ? "" : $"{maybe} AND ")}{least} IS NULL)")
        );
    }

    // The inner select: id, code, and one column for each different test and number.
    private sealed class InnerColumns
    {
        private readonly Statement statement;
        private readonly Block root;
        private readonly List<(string?, Term)> columns;
        private readonly Dictionary<Term, string> names = [];
        private readonly HashSet<string> known = [];

        public InnerColumns(Variable subject, SqlContext context)
        {
            (statement, root, _) = Begin(subject, context);
            columns = [("id", root.Item.Id), ("code", root.Item.AreaCode())];
        }

        public SqlDialect Dialect => statement.Dialect;

        /// <summary>Whether a column is never unknown.</summary>
        public bool Knows(string column) => known.Contains(column);

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
                if (term.Known)
                    known.Add($"s.{name}");
                columns.Add((name, term));
            }
            return name;
        }
    }
}

/// <summary>A statement by area, and where each count or sum stands in its rows.</summary>
public sealed record AreaTotals(string Text, ImmutableArray<AreaColumns> Columns);

/// <summary>Ordinals of one count or sum of an area; -1 where there is no such column.</summary>
/// <param name="Low">The sure.</param>
/// <param name="High">The sure and unknown.</param>
/// <param name="Open">Subjects of which it is not known whether or with how much they count; without it the difference of the two ends.</param>
/// <param name="Blank">Subjects whose number is unknown: with any, the sum is.</param>
public sealed record AreaColumns(int Low, int High, int Open, int Blank);
