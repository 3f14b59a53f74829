using System.Globalization;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>Households and persons.</summary>
public readonly record struct Count(long Households, long Persons)
{
    public static Count operator +(Count a, Count b) => new(a.Households + b.Households, a.Persons + b.Persons);
}

/// <summary>A pair of tallies; null where nothing was counted. Persons are at least so many where the members of some household are recorded nowhere.</summary>
public readonly record struct Tallied(long? Households, long? Persons, bool AtLeast = false);

/// <summary>Why an area has no verdicts to show.</summary>
public enum NoVerdicts : byte
{
    NotJudged,

    /// <summary>No standard for households is in force on the day.</summary>
    NoStandard,

    /// <summary>What decides has no indicator that the caller may see.</summary>
    OtherTrades,
    NoHouseholds,
}

/// <summary>Met, unmet and unknown of one indicator (or of a standard as a whole).</summary>
/// <param name="OverruledMet">Of the met, those that are so by a person's word.</param>
/// <param name="OverruledUnmet">Of the unmet, those that are so by a person's word.</param>
public readonly record struct Verdicts(Count Met, Count Unmet, Count Unknown, Count OverruledMet, Count OverruledUnmet)
{
    public long Households => Met.Households + Unmet.Households + Unknown.Households;

    public static Verdicts operator +(Verdicts a, Verdicts b) =>
        new(a.Met + b.Met, a.Unmet + b.Unmet, a.Unknown + b.Unknown, a.OverruledMet + b.OverruledMet, a.OverruledUnmet + b.OverruledUnmet);
}

/// <summary>
/// The kept numbers of some areas, read in four queries whatever the number of households: tallies, verdict counts, figures and the versions they name.
/// A department's user gets the indicators of its trade only.
/// </summary>
public sealed class AreaNumbers
{
    private readonly Dictionary<(long Area, string Tally), (int Day, long? Low)> tallies;
    private readonly ILookup<long, AreaCount> counts;
    private readonly ILookup<(long Area, string Figure), AreaFigure> figures;
    private readonly IReadOnlySet<string>? fields;

    private AreaNumbers(
        IEnumerable<(long Area, string Tally, int Day, long? Low)> tallies,
        IEnumerable<AreaCount> counts,
        IEnumerable<AreaFigure> figures,
        IReadOnlyDictionary<long, Standard> versions,
        IReadOnlySet<string>? fields
    )
    {
        this.tallies = tallies.ToDictionary(t => (t.Area, t.Tally), t => (t.Day, t.Low));
        this.counts = counts.ToLookup(c => c.AreaId);
        this.figures = figures.ToLookup(f => (f.AreaId, f.Figure));
        (Versions, this.fields) = (versions, fields);
    }

    /// <summary>The standards that decide for households somewhere in these areas, by version id.</summary>
    public IReadOnlyDictionary<long, Standard> Versions { get; }

    /// <summary>Whether counts of a standard as a whole may be shown.</summary>
    public bool Whole => fields is null;

    /// <param name="judged">The judgement they are of.</param>
    /// <param name="areas">Areas of which every number is wanted.</param>
    /// <param name="tiles">Areas that are only coloured: their tallies, their verdicts as a whole and under the indicators of one id, their rural base.</param>
    /// <param name="indicator">The id of these indicators; a department's user, who sees no whole, gets those of its trade besides.</param>
    public static AreaNumbers Load(
        ConsoleContext context,
        JudgedMoment judged,
        IReadOnlyCollection<AreaVersion> areas,
        IReadOnlyCollection<AreaVersion>? tiles = null,
        string? indicator = null
    )
    {
        var connection = judged.Connection;
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        var standards = context.Installation.Packs.Standards;
        var versions = connection
            .Query<(long Id, string Standard, string Hash)>($"SELECT id, standard_id, hash FROM {judged.Table("standard_versions")} s")
            .Select(v => (v.Id, Standard: standards.FirstOrDefault(s => s.Id == v.Standard && s.Hash == v.Hash && s.Level.Level is null)))
            .Where(v => v.Standard is not null)
            .ToDictionary(v => v.Id, v => v.Standard!);
        var bits = versions
            .Values.SelectMany(s => s.Indicators)
            .Where(i => i.Id == indicator || fields?.Contains(i.Department) == true)
            .Select(i => i.Bit)
            .Append(AreaCount.Whole)
            .Distinct();
        static string In(IEnumerable<AreaVersion> places) => $"area_id IN ({string.Join(", ", places.Select(a => a.AreaId).Append(-1).Distinct())})";
        var (full, others) = (In(areas), In((tiles ?? []).Except(areas)));
        IEnumerable<T> Rows<T>(string columns, string table, string narrow) =>
            connection.Query<T>(
                $"SELECT {columns} FROM {judged.Table(table)} t WHERE {full}"
                    + (tiles is null ? "" : $" UNION ALL SELECT {columns} FROM {judged.Table(table)} t WHERE {others} AND {narrow}")
            );
        return new(
            // Of whatever day they were counted on: the day moves on by itself, and what was counted the day before is no zero.
            Rows<(long, string, int, long?)>(
                "area_id, tally_id, day, low",
                "tallies",
                "tally_id IN ('registered_households', 'registered_persons', 'remaining_households', 'remaining_persons')"
            ),
            Rows<AreaCount>("*", "area_counts", $"bit IN ({string.Join(", ", bits)})"),
            Rows<AreaFigure>("*", "area_figures", $"figure IN ('{AreaFigures.Recorded}', '{AreaFigures.RuralBase}')"),
            versions,
            fields
        );
    }

    /// <summary>The day an area was last counted on; null when it never was.</summary>
    public DateOnly? CountedOn(AreaVersion area) =>
        tallies.TryGetValue((area.AreaId, "registered_households"), out var tally) ? DayNumber.ToDate(tally.Day) : null;

    /// <summary>A pair of tallies. A household whose members nobody recorded makes that of persons unknown; the members recorded of the others are shown.</summary>
    public Tallied Tally(AreaVersion area, string name)
    {
        var households = tallies.GetValueOrDefault((area.AreaId, $"{name}_households")).Low;
        if (!tallies.TryGetValue((area.AreaId, $"{name}_persons"), out var persons) || persons.Low is not null)
            return new(households, persons.Low);
        Standing[] among = name switch
        {
            "registered" => [Standing.Remaining, Standing.Exited],
            "remaining" => [Standing.Remaining],
            "exited" => [Standing.Exited],
            "unregistered" => [Standing.Unregistered],
            _ => [],
        };
        var recorded = figures[(area.AreaId, AreaFigures.Recorded)].Where(f => among.Contains((Standing)f.Key)).ToList();
        return recorded.Count == 0 ? new(households, null) : new(households, recorded.Sum(f => f.Persons), AtLeast: true);
    }

    /// <summary>Why there is nothing to show of an area; null when there is.</summary>
    public NoVerdicts? WhyNone(ConsoleContext context, AreaVersion area, JudgedMoment judged)
    {
        var deciding = Deciding(area);
        return deciding.SelectMany(Indicators).Any() ? null
            : deciding.Count > 0 ? NoVerdicts.OtherTrades
            : !Judging.InForce(context.Installation.Packs.Standards, AreaTree.RangeOf(area), judged.Day).Any(s => s.Level.Level is null)
                ? NoVerdicts.NoStandard
            : judged.Freshness == Freshness.Fresh ? NoVerdicts.NoHouseholds
            : NoVerdicts.NotJudged;
    }

    /// <summary>Whether anybody is counted in an area.</summary>
    public bool Holds(AreaVersion area) => counts[area.AreaId].Any() || Tally(area, "registered").Households > 0;

    /// <summary>The standards that decide in an area, those with most households first.</summary>
    public IReadOnlyList<Standard> Deciding(AreaVersion area) =>
        [
            .. counts[area.AreaId]
                .Where(c => c.Bit == AreaCount.Whole && Versions.ContainsKey(c.StandardVersionId))
                .GroupBy(c => c.StandardVersionId)
                .OrderByDescending(g => g.Sum(c => c.MetHouseholds + c.UnmetHouseholds + c.UnknownHouseholds))
                .Select(g => Versions[g.Key]),
        ];

    /// <summary>The indicators of a standard that the caller may see.</summary>
    public IEnumerable<Indicator> Indicators(Standard standard) =>
        standard.Indicators.Where(i => !i.Retired && (fields is null || fields.Contains(i.Department))).OrderBy(i => i.Bit);

    /// <summary>Verdicts of an area under an indicator, of households of one standing or of all.</summary>
    public Verdicts Of(AreaVersion area, Standard standard, int bit, Standing? standing = null) =>
        counts[area.AreaId]
            .Where(c =>
                c.Bit == bit && Versions.GetValueOrDefault(c.StandardVersionId) == standard && (standing is null || c.Standing == (short)standing)
            )
            .Aggregate(default(Verdicts), (sum, c) => sum + Sum(c));

    /// <summary>Verdicts of an area under whatever standard decides, as a whole.</summary>
    public Verdicts Overall(AreaVersion area, Standing? standing = null) =>
        counts[area.AreaId]
            .Where(c => c.Bit == AreaCount.Whole && (standing is null || c.Standing == (short)standing))
            .Aggregate(default(Verdicts), (sum, c) => sum + Sum(c));

    /// <summary>The bars of a figure by key.</summary>
    public IReadOnlyList<AreaFigure> Figure(AreaVersion area, string name) => [.. figures[(area.AreaId, name)].OrderBy(f => f.Key)];

    /// <summary>The registered rural base of a registry year, when every village of the area states its own.</summary>
    public long? RuralBase(AreaVersion area, int year, int villages) =>
        figures[(area.AreaId, AreaFigures.RuralBase)].FirstOrDefault(f => f.Key == year) is { } stated
        && stated.Households == villages
        && stated.Persons > 0
            ? stated.Persons
            : null;

    private static Verdicts Sum(AreaCount c) =>
        new(
            new(c.MetHouseholds, c.MetPersons),
            new(c.UnmetHouseholds, c.UnmetPersons),
            new(c.UnknownHouseholds, c.UnknownPersons),
            new(c.OverruledMetHouseholds, c.OverruledMetPersons),
            new(c.OverruledUnmetHouseholds, c.OverruledUnmetPersons)
        );
}

/// <summary>Numbers as pages write them.</summary>
public static class Numbers
{
    public static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What is unknown is no zero.</summary>
    public static string N(long? number) => number is { } known ? N(known) : "?";

    public static string Persons(Tallied tallied) => (tallied.AtLeast ? "≥ " : "") + N(tallied.Persons);

    public static string P(decimal? rate, int digits = 2) =>
        rate is { } r ? (r * 100).ToString("F" + digits, CultureInfo.InvariantCulture) + "%" : "?";

    public static decimal? Share(long? part, long? whole) => whole is > 0 && part is { } known ? (decimal)known / whole.Value : null;

    /// <summary>A share as the API tells it.</summary>
    public static decimal? Rounded(decimal? rate) => rate is { } r ? Math.Round(r, 6) : null;

    /// <summary>A width of 100 for a bar.</summary>
    public static string W(long part, long whole) => whole <= 0 ? "0" : (100m * part / whole).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>The names behind a number: as many households as it counts.</summary>
    /// <param name="at">The moment, as the end of an address.</param>
    public static string Names(AreaVersion area, Standard standard, Indicator indicator, string light, string? standing = null, string at = "") =>
        $"/households?area={PickArea.Code(area)}&standard={standard.Id}&indicator={indicator.Id}&light={light}{(standing is null ? "" : $"&standing={standing}")}&counted=yes{at}";

    /// <summary>The names behind a verdict of the standard that decides, as a whole.</summary>
    public static string Overall(AreaVersion area, string light, string at = "") => Names(area, $"overall={light}", at);

    /// <summary>Those overruled, by name, with who, why and until when.</summary>
    public static string Overruled(AreaVersion area, Standard standard, Indicator indicator) =>
        $"/overrules?area={PickArea.Code(area)}&indicator={standard.Id}/{indicator.Id}";

    /// <summary>The names behind a tally; <paramref name="which"/> is <c>registered=yes</c> or a standing.</summary>
    public static string Names(AreaVersion area, string which, string at = "") => $"/households?area={PickArea.Code(area)}&{which}&counted=yes{at}";
}
