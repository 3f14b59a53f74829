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
public sealed class Authors(DbConnection connection, FactDictionary dictionary, SubjectTree tree, JudgingDay day, Tongue tongue = Tongue.Zh)
{
    // All that authors stated of the subjects, once: an explanation has an indicator for each of a dozen facts.
    private readonly ILookup<(string Subject, long Id, string Fact, int Year), Stated> statements = connection
        .Query<Stated>(
            $"SELECT subject, subject_id, fact, year, value, stated_by, stated_day, change_id FROM {tree.Table("statements")} AS t WHERE subject IN ({string.Join(", ", tree.Types.Select(t => $"'{t}'"))}) AND subject_id IN ({string.Join(", ", tree.Ids)})"
        )
        .ToLookup(s => (s.Subject, s.SubjectId, s.Fact, s.Year));

    private Dictionary<long, Written>? changes;

    private Dictionary<long, Written> Changes =>
        changes ??= connection
            .Query<Written>(
                $"SELECT c.id, c.stated_by, c.data_day, c.at, c.carried_year, b.id AS batch, b.file, b.rows FROM changes c LEFT JOIN import_batches b ON b.change_id = c.id WHERE c.id IN ({string.Join(", ", tree.Changes.Values.Concat(statements.SelectMany(s => s).Select(s => s.ChangeId)).Append(0L).Distinct())})"
            )
            .ToDictionary(c => c.Id);

    private readonly Dictionary<long, ExplainHousehold.PersonShown> persons = connection
        .Query<(long Id, string Name, string Number)>(
            $"SELECT id, name, coalesce(national_no, provisional_no, CAST(id AS text)) FROM persons WHERE id IN ({string.Join(", ", tree.Of("person").Append(0L))})"
        )
        .ToDictionary(p => p.Id, p => new ExplainHousehold.PersonShown(p.Name, p.Number));

    private sealed class Stated
    {
        public string Subject { get; init; } = "";
        public long SubjectId { get; init; }
        public string Fact { get; init; } = "";
        public int Year { get; init; }
        public long? Value { get; init; }
        public string StatedBy { get; init; } = "";
        public int StatedDay { get; init; }
        public long ChangeId { get; init; }
    }

    private sealed class Written
    {
        public long Id { get; init; }
        public string StatedBy { get; init; } = "";
        public int DataDay { get; init; }
        public string At { get; init; } = "";
        public long? Batch { get; init; }
        public string? File { get; init; }
        public long? Rows { get; init; }
        public int? CarriedYear { get; init; }

        public ExplainHousehold.ImportShown? Import => Batch is { } id ? new(id, File!, Rows ?? 0, At[..10]) : null;
    }

    /// <summary>A member of the household by name and number.</summary>
    public ExplainHousehold.PersonShown? Person(long id) => persons.GetValueOrDefault(id);

    /// <summary>
    /// The fact shown for an indicator: the one the pack names, else the first known one that its value or test reads, what is collected (a school state, an
    /// insurance) before what only selects (a birth date).
    /// </summary>
    public ExplainHousehold.FactShown? Behind(IndicatorExplanation explained)
    {
        // The member behind the result comes before the others.
        var behind = explained.Deciding.Select(t => t.SubjectId).ToHashSet();
        var reads = (explained.Value?.Facts() ?? [])
            .Concat(explained.Test?.Facts() ?? [])
            .OrderByDescending(t => behind.Contains(t.SubjectId))
            .ToList();
        var named = explained.Indicator.Fact;
        var read =
            reads.FirstOrDefault(t => ((FactRead)t.Expr).Fact == named)
            ?? reads.FirstOrDefault(t => t.Outcome.Known && ((FactRead)t.Expr).Fact is not { Subject.Name: "person", Kept: Kept.Row })
            ?? reads.FirstOrDefault(t => t.Outcome.Known)
            ?? reads.FirstOrDefault();
        if (read is not { Expr: FactRead { Fact: var fact } })
            return null;
        var (statedBy, on, import) = Author(fact, read.SubjectId, read.Outcome);
        return new(
            Text(named is { Kept: Kept.Derived } ? named.Label : fact.Label),
            named is { Kept: Kept.Derived } && Derived(explained, named) is { Outcome.Known: true } value ? ValueText.Of(value, tongue)
                : read.Outcome.Known ? ValueText.Of(read, tongue)
                : null,
            statedBy,
            on,
            fact.Subject.Name == "person" && named is not { Kept: Kept.Derived } ? Person(read.SubjectId) : null,
            import
        );
    }

    private static Trace? Derived(IndicatorExplanation explained, Fact fact) =>
        new[] { explained.Value, explained.Test }
            .OfType<Trace>()
            .SelectMany(t => t.All())
            .FirstOrDefault(t => t.Expr is DerivedRead d && d.Fact == fact);

    private (string? StatedBy, string? Date, ExplainHousehold.ImportShown? Import) Author(Fact fact, long subject, Outcome value)
    {
        var year = SubjectTree.YearOf(fact, day);
        // Statements of another value lost against the one in force.
        var stated = value.Known
            ? statements[(fact.Subject.Name, subject, fact.Name, year)].Where(s => s.Value == value.Low).MinBy(s => Ranks.Of(fact, s.StatedBy))
            : null;
        if (stated is not null)
            return (
                Label(stated.StatedBy) + Carried(Changes.GetValueOrDefault(stated.ChangeId)),
                Day(stated.StatedDay),
                Changes.GetValueOrDefault(stated.ChangeId)?.Import
            );
        var table = FactTables.TableOf(dictionary, fact) ?? fact.Subject.Table;
        if (!tree.Changes.TryGetValue((table, subject, year), out var change) || !Changes.TryGetValue(change, out var author))
            return (null, null, null);
        return (Label(author.StatedBy) + Carried(author), Day(author.DataDay), author.Import);
    }

    // A value that stands on from the year before, until somebody states another.
    private string Carried(Written? written) =>
        written?.CarriedYear is not { } year ? ""
        : tongue == Tongue.Zh ? $"（{year} 年度结转）"
        : $" (carried on from {year})";

    private string Label(string department) =>
        dictionary.CodeLists.GetValueOrDefault("department")?.Find(department)?.Label is { } label ? Text(label) : department;

    private string Text(Label label) => tongue == Tongue.Zh ? label.Zh : label.En;

    private static string? Day(int number) => number == 0 ? null : DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
