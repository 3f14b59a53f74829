using System.Globalization;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>
/// The facts of a village, township or county itself in the years of a day: those its own standard reads, known or not, then whatever else is recorded; each
/// with who must state it, who stated it and when. Two queries.
/// </summary>
public static class ExplainArea
{
    /// <param name="For">The indicators that read it.</param>
    /// <param name="Must">Departments that may state it, the first before the others.</param>
    public sealed record Line(
        Fact Fact,
        int Year,
        string? Value,
        IReadOnlyList<Indicator> For,
        IReadOnlyList<string> Must,
        string? StatedBy,
        string? StatedOn
    );

    public sealed record Result(DateOnly Day, Standard? Standard, IReadOnlyList<Line> Read, IReadOnlyList<Line> Others)
    {
        /// <summary>What an indicator still needs.</summary>
        public IEnumerable<Line> Missing(Indicator indicator) => Read.Where(l => l.Value is null && l.For.Contains(indicator));
    }

    /// <summary>Null for an area that is none of the three.</summary>
    public static Result? Handle(ConsoleContext context, AreaMoment then)
    {
        var (area, connection) = (then.Area, then.Judged.Connection);
        var packs = context.Installation.Packs;
        if (packs.Dictionary.Subjects.Values.FirstOrDefault(s => (short?)s.Level == area.Level) is not { YearTable: { } table } subject)
            return null;
        var day = new JudgingDay(then.Date);
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        bool Sees(Fact fact) => fields is null || fact.StatedBy.Any(fields.Contains);
        var standard = OwnStandard(context, area, day.Date);
        var reads = (standard?.Indicators ?? [])
            .Where(i => !i.Retired)
            .SelectMany(i => Reads(i, subject).Select(r => (r.Fact, Year: SubjectTree.YearOf(r.Fact, day) + r.Place.YearShift, Indicator: i)))
            .Where(r => Sees(r.Fact))
            .GroupBy(r => (r.Fact, r.Year), r => r.Indicator)
            .ToList();
        var others = subject.Facts.Values.Where(f => OfYears(f) && Sees(f)).Select(f => (Fact: f, Year: SubjectTree.YearOf(f, day))).ToList();
        var years = string.Join(", ", reads.Select(r => r.Key.Year).Concat(others.Select(o => o.Year)).Append(0).Distinct());
        var rows = connection
            .Query(
                $"SELECT t.*, c.stated_by AS row_author, c.data_day AS row_day FROM {then.Judged.Table(table)} t LEFT JOIN changes c ON c.id = t.change_id WHERE t.{subject.YearKey} = {area.AreaId} AND t.year IN ({years})"
            )
            .Select(r => (IDictionary<string, object?>)r)
            .ToDictionary(r => (int)Number(r["year"]));
        var stated = connection
            .Query<(string Fact, int Year, long? Value, string By, int On)>(
                $"SELECT fact, year, value, stated_by, stated_day FROM {then.Judged.Table("statements")} s WHERE subject = '{subject.Name}' AND subject_id = {area.AreaId} AND year IN ({years})"
            )
            .ToLookup(s => (s.Fact, s.Year));
        Line LineOf(Fact fact, int year, IEnumerable<Indicator> indicators)
        {
            var row = rows.GetValueOrDefault(year);
            var value = row?[fact.Column];
            string? by = null;
            var at = 0;
            if (value is not null)
            {
                // Of authors who state differently the one whose value is in force; else whoever wrote the row.
                var author =
                    value is string
                        ? []
                        : stated[(fact.Name, year)].Where(s => s.Value == Number(value)).OrderBy(s => Ranks.Of(fact, s.By)).Take(1).ToList();
                (by, at) = author is [var one] ? (one.By, one.On) : (row!["row_author"] as string, (int)Number(row["row_day"] ?? 0));
            }
            return new(
                fact,
                year,
                value is null ? null : ShownText.Of(fact, value, context.L),
                [.. indicators],
                [.. fact.StatedBy.Select(d => Department(context, d))],
                by is null ? null : Department(context, by),
                at == 0 ? null : DayNumber.ToDate(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            );
        }
        var read = reads.Select(r => LineOf(r.Key.Fact, r.Key.Year, r)).ToList();
        return new(
            day.Date,
            standard,
            read,
            [
                .. others
                    .Where(o => !read.Exists(l => l.Fact == o.Fact && l.Year == o.Year))
                    .Select(o => LineOf(o.Fact, o.Year, []))
                    .Where(l => l.Value is not null),
            ]
        );
    }

    /// <summary>The standard that decides for the village, township or county itself on a day.</summary>
    public static Standard? OwnStandard(ConsoleContext context, AreaVersion area, DateOnly day)
    {
        var range = AreaTree.RangeOf(area);
        return Judging
            .InForce(context.Installation.Packs.Standards, range, day)
            .Where(s => (short?)s.Level.Level == area.Level && s.Area.Contains(range))
            .MinBy(s => s.Area.Width);
    }

    // Facts of the place itself; those of households and of places beneath it are counted elsewhere.
    private static IEnumerable<FactRead> Reads(Indicator indicator, SubjectType subject) =>
        new[] { indicator.ExemptWhen, indicator.Met, indicator.Value, indicator.Limit }
            .OfType<Expr>()
            .SelectMany(e => e.All())
            .OfType<FactRead>()
            .Where(r => r.Fact.Subject == subject && OfYears(r.Fact) && r.Place.Steps.IsDefaultOrEmpty)
            .DistinctBy(r => (r.Fact, r.Place.YearShift));

    private static bool OfYears(Fact fact) => fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear;

    private static string Department(ConsoleContext context, string key) =>
        context.Installation.Packs.Dictionary.CodeLists.GetValueOrDefault("department")?.Find(key) is { } entry ? context.L[entry.Label] : key;

    private static long Number(object? value) => value is bool flag ? (flag ? 1 : 0) : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
