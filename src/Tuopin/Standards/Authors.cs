using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>Who stated the facts of an explanation, and of which day: a statement kept apart where authors disagree, else the change that wrote the row.</summary>
public sealed class Authors(DbConnection connection, FactDictionary dictionary, SubjectTree tree, JudgingDay day)
{
    private readonly Dictionary<long, (string StatedBy, int Day)> changes = connection
        .Query<(long Id, string StatedBy, int Day)>(
            $"SELECT id, stated_by, data_day FROM changes WHERE id IN ({string.Join(", ", tree.Changes.Values.Append(0L).Distinct())})"
        )
        .ToDictionary(c => c.Id, c => (c.StatedBy, c.Day));

    /// <summary>
    /// The fact shown for an indicator: the one the pack names, else the first known one that its value or test reads, what is collected (a school state, an
    /// insurance) before what only selects (a birth date).
    /// </summary>
    public ExplainHousehold.FactShown? Behind(IndicatorExplanation explained)
    {
        var reads = (explained.Value?.Facts() ?? []).Concat(explained.Test?.Facts() ?? []).ToList();
        var named = explained.Indicator.Fact;
        var read =
            reads.FirstOrDefault(t => ((FactRead)t.Expr).Fact == named)
            ?? reads.FirstOrDefault(t => t.Outcome.Known && ((FactRead)t.Expr).Fact is not { Subject.Name: "person", Kept: Kept.Row })
            ?? reads.FirstOrDefault(t => t.Outcome.Known)
            ?? reads.FirstOrDefault();
        if (read is not { Expr: FactRead { Fact: var fact } })
            return null;
        var (statedBy, on) = Author(fact, read.SubjectId, read.Outcome);
        return new(
            named is { Kept: Kept.Derived } ? named.Label.Zh : fact.Label.Zh,
            named is { Kept: Kept.Derived } && Derived(explained, named) is { Outcome.Known: true } value ? ValueText.Of(value)
                : read.Outcome.Known ? ValueText.Of(read)
                : null,
            statedBy,
            on
        );
    }

    private static Trace? Derived(IndicatorExplanation explained, Fact fact) =>
        new[] { explained.Value, explained.Test }
            .OfType<Trace>()
            .SelectMany(t => t.All())
            .FirstOrDefault(t => t.Expr is DerivedRead d && d.Fact == fact);

    private (string? StatedBy, string? Date) Author(Fact fact, long subject, Outcome value)
    {
        var year = SubjectTree.YearOf(fact, day);
        // Statements of another value lost against the one in force.
        var stated = connection.QueryFirstOrDefault<(string StatedBy, int Day)>(
            $"SELECT stated_by, stated_day FROM statements WHERE subject = @type AND subject_id = @subject AND fact = @fact AND year = @year AND value = @value ORDER BY {Ranks.Sql(fact, "stated_by")} LIMIT 1",
            new
            {
                type = fact.Subject.Name,
                subject,
                fact = fact.Name,
                year,
                value = value.Known ? value.Low : (long?)null,
            }
        );
        if (stated.StatedBy is not null)
            return (Label(stated.StatedBy), Day(stated.Day));
        var table = FactTables.TableOf(dictionary, fact) ?? fact.Subject.Table;
        if (!tree.Changes.TryGetValue((table, subject, year), out var change) || !changes.TryGetValue(change, out var author))
            return (null, null);
        return (Label(author.StatedBy), Day(author.Day));
    }

    private string Label(string department) => dictionary.CodeLists.GetValueOrDefault("department")?.Find(department)?.Label.Zh ?? department;

    private static string? Day(int number) => number == 0 ? null : DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
