using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// Incomes of two households that become one: of each year that counts from then on, what both state is added up, fact by fact. What only one of them states
/// is unknown of both together, and so is income per head. Who stated the parts stands behind the sum: the author of lower rank, for a sum is no surer than
/// its less sure part. The other household keeps its own years.
/// </summary>
public static class MergeIncomes
{
    /// <param name="Author">Who stands behind the sum; null where it is unknown.</param>
    public sealed record Sum(Fact Fact, Value? Mine, Value? Theirs, Value? Together, string? Author);

    /// <summary>A year: the rows of the household that stays, and what they become.</summary>
    public sealed record Year(int Number, FactSheet Sheet, IReadOnlyList<Sum> Sums);

    /// <summary>One fact of one year added up. Pure.</summary>
    public static Value? Add(Fact fact, Value? mine, Value? theirs) =>
        fact.Unit == "CNY" && mine is { } a && theirs is { } b && a.Number + b.Number is var sum && sum >= fact.Type.Min && sum <= fact.Type.Max
            ? sum
            : null;

    /// <summary>The years whose incomes count on the day of the merger or later, as far as either household has any.</summary>
    public static IReadOnlyList<Year> Of(Writing writing, long other)
    {
        var household = writing.Dictionary["household"];
        var facts = household.Facts.Values.Where(f => f is { Kept: Kept.IncomeYear, Type.Kind: Kind.Fen }).ToList();
        var any = string.Join(" OR ", facts.Select(f => $"{f.Column} IS NOT NULL"));
        var years = Dapper.SqlMapper.Query<int>(
            writing.Connection,
            $"SELECT DISTINCT year FROM {household.YearTable} WHERE {household.YearKey} IN (@mine, @other) AND year >= @first AND ({any}) ORDER BY year",
            new
            {
                mine = writing.Household,
                other,
                first = new JudgingDay(writing.Act.Day).IncomeYear,
            },
            writing.Transaction
        );
        return [.. years.Select(y => Of(writing, household, facts, other, y)).Where(y => y.Sums.Count > 0)];
    }

    private static Year Of(Writing writing, SubjectType household, List<Fact> facts, long other, int year)
    {
        FactSheet Sheet(long id) =>
            new(
                writing.Connection,
                writing.Transaction,
                writing.Dictionary,
                [
                    new HeldRow
                    {
                        Subject = household,
                        SubjectId = id,
                        Table = household.YearTable!,
                        Key = [(household.YearKey!, id), ("year", year)],
                        Year = year,
                    }.Read(writing.Connection, writing.Transaction),
                ]
            );
        var (mine, theirs) = (Sheet(writing.Household), Sheet(other));
        return new(
            year,
            mine,
            [
                .. facts
                    .Select(f => (Fact: f, Mine: mine.ValueOf(f), Theirs: theirs.ValueOf(f)))
                    .Where(f => f.Mine is not null || f.Theirs is not null)
                    .Select(f => (f.Fact, f.Mine, f.Theirs, Together: Add(f.Fact, f.Mine, f.Theirs)))
                    .Where(f => f.Together != f.Mine)
                    .Select(f => new Sum(
                        f.Fact,
                        f.Mine,
                        f.Theirs,
                        f.Together,
                        f.Together is null
                            ? null
                            : new[] { mine.HolderOf(f.Fact), theirs.HolderOf(f.Fact) }
                                .OfType<string>()
                                .MaxBy(a => Registry.Merging.Ranks.Of(f.Fact, a))
                    )),
            ]
        );
    }

    /// <summary>What a year becomes, for people: both parts with their authors, and the sum.</summary>
    public static IEnumerable<Difference> Differences(Year year, FactDictionary dictionary) =>
        year.Sums.Select(s =>
        {
            var (a, b) = (FactSheet.Shown(s.Fact, s.Mine), FactSheet.Shown(s.Fact, s.Theirs));
            var author = s.Author is { } by ? dictionary.CodeLists["department"].Find(by)?.Label : null;
            return new Difference(
                new($"{year.Number} 年{s.Fact.Label.Zh}", $"{s.Fact.Label.En}, {year.Number}"),
                new($"{a.Zh} + {b.Zh}", $"{a.En} + {b.En}"),
                FactSheet.Shown(s.Fact, s.Together),
                author is null ? null : new($"按{author.Zh}所报", $"as stated by {author.En}")
            );
        });

    /// <summary>Writes the sums, each as its author's word; what was said of this household alone is said of it no more.</summary>
    public static void Write(Writing writing, Year year, long change)
    {
        var names = string.Join(", ", year.Sums.Select(s => $"'{s.Fact.Name}'"));
        writing.Execute(
            $"DELETE FROM statements WHERE subject = 'household' AND subject_id = @household AND year = @year AND fact IN ({names})",
            new { household = writing.Household, year = year.Number }
        );
        year.Sheet.Write(
            writing,
            [
                .. year.Sums.Select(s => new Settle.Decision(
                    s.Fact,
                    s.Mine,
                    s.Together,
                    Settle.Outcome.Taken,
                    s.Author,
                    s.Author is { } author && author != writing.Editor.Author && Registry.Merging.Ranks.CanConflict(s.Fact)
                        ? [new(author, writing.Day, s.Together!.Value.Number)]
                        : []
                )),
            ],
            change
        );
    }
}
