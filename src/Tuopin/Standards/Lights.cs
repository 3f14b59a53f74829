using System.Globalization;
using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>The light of an indicator. The word is also what addresses and the API say.</summary>
public enum Light : byte
{
    Met,
    Unmet,
    Exempt,
    Unknown,
}

/// <summary>
/// The household standards in force with their versions as judged: turns the masks of <c>household_list</c> into lights, and a light asked for into a
/// condition. Holds only indicators its reader may see.
/// </summary>
public sealed class Lights
{
    private readonly Dictionary<long, IReadOnlyList<Indicator>> byVersion;
    private readonly ILookup<string, (long Version, Indicator Indicator)> byStandard;
    private readonly IReadOnlyList<(long Version, long Mask)> wholes;

    private Lights(
        Dictionary<long, IReadOnlyList<Indicator>> byVersion,
        ILookup<string, (long Version, Indicator Indicator)> byStandard,
        IReadOnlyList<(long Version, long Mask)> wholes
    ) => (this.byVersion, this.byStandard, this.wholes) = (byVersion, byStandard, wholes);

    /// <summary>Each indicator once, in the order of the standards: where two laws differ, all of both.</summary>
    public IReadOnlyList<Indicator> Indicators => [.. byVersion.Values.SelectMany(i => i).DistinctBy(i => i.Id)];

    /// <summary>Those in force on the day somewhere in the area, the most specific first.</summary>
    public static Lights Of(Viewer viewer, AreaRange area)
    {
        var standards = Judging
            .InForce(viewer.Packs.Standards, area, viewer.Date)
            .Where(s => s.Level.Name == "household")
            .OrderBy(s => s.Area.Width)
            .ToList();
        // A standard that a more specific one covers decides nowhere here.
        standards = [.. standards.Where((s, i) => !standards.Take(i).Any(o => o.Area.Contains(area)))];
        var held = viewer
            .Connection.Query<(long Id, string Standard, string Hash)>(
                $"SELECT id, standard_id, hash FROM {viewer.Table("standard_versions")} s ORDER BY id"
            )
            .ToList();
        var versions = new Dictionary<long, IReadOnlyList<Indicator>>();
        foreach (var standard in standards)
            if (held.FirstOrDefault(v => v.Standard == standard.Id && v.Hash == standard.Hash) is { Standard: not null, Id: var id })
                versions.Add(id, [.. standard.Indicators.Where(i => !i.Retired && viewer.Sees(i))]);
        // A number may stand on a law that ended since it was counted; by its name it is found still.
        var named =
            from standard in viewer.Packs.Standards
            where standard.Level.Name == "household"
            from version in held
            where version.Standard == standard.Id && version.Hash == standard.Hash
            from indicator in standard.Indicators
            where !indicator.Retired && viewer.Sees(indicator)
            select (standard.Id, version.Id, indicator);
        var wholes =
            from standard in viewer.Packs.Standards
            where standard.Level.Name == "household"
            from version in held
            where version.Standard == standard.Id && version.Hash == standard.Hash
            select (version.Id, VerdictSql.Mask(standard));
        return new(versions, named.ToLookup(n => n.Item1, n => (n.Item2, n.indicator)), [.. wholes]);
    }

    /// <summary>The lights of a row, in the order of its standard.</summary>
    public IEnumerable<(Indicator Indicator, Light Light)> Of(long? version, long met, long unmet, long exempt) =>
        version is { } id && byVersion.TryGetValue(id, out var indicators)
            ? indicators.Select(i =>
                (
                    i,
                    Bit(unmet, i) ? Light.Unmet
                    : Bit(met, i) ? Light.Met
                    : Bit(exempt, i) ? Light.Exempt
                    : Light.Unknown
                )
            )
            : [];

    /// <summary>The condition "this indicator shows this light" over <c>household_list</c>; never true where the household's standard has no such indicator.</summary>
    /// <param name="standard">Only households that this one decides for, where it has such an indicator.</param>
    /// <param name="exemptMet">An exempt household is met, as figures count it.</param>
    public string Where(string alias, string indicator, Light light, string? standard = null, bool exemptMet = false)
    {
        var of = standard is null ? [] : byStandard[standard].Where(v => v.Indicator.Id == indicator).ToList();
        if (of.Count == 0)
            of = [.. byVersion.SelectMany(v => v.Value.Where(i => i.Id == indicator).Select(i => (v.Key, i)))];
        var cases = of.Select(v => (v.Version, Mask: 1L << v.Indicator.Bit))
            .Select(v =>
            {
                var mask = light switch
                {
                    Light.Met when exemptMet => $"({alias}.met | {alias}.exempt)",
                    Light.Met => $"{alias}.met",
                    Light.Unmet => $"{alias}.unmet",
                    Light.Exempt => $"{alias}.exempt",
                    _ => $"({alias}.met | {alias}.unmet | {alias}.exempt)",
                };
                var set = light == Light.Unknown ? "=" : "<>";
                return string.Create(CultureInfo.InvariantCulture, $"({alias}.standard_version_id = {v.Version} AND {mask} & {v.Mask} {set} 0)");
            })
            .ToList();
        return cases.Count == 0 ? "1 = 0" : "(" + string.Join(" OR ", cases) + ")";
    }

    /// <summary>The condition "the deciding standard as a whole shows this light", an exempt indicator being met, as figures count it.</summary>
    public string WhereOverall(string alias, Light light)
    {
        var cases = wholes.Select(v =>
        {
            var (unmet, met) = ($"{alias}.unmet & {v.Mask}", $"({alias}.met | {alias}.exempt) & {v.Mask}");
            var shown = light switch
            {
                Light.Unmet => $"{unmet} <> 0",
                Light.Met => $"{unmet} = 0 AND {met} = {v.Mask}",
                _ => $"{unmet} = 0 AND {met} <> {v.Mask}",
            };
            return string.Create(CultureInfo.InvariantCulture, $"({alias}.standard_version_id = {v.Version} AND {shown})");
        });
        return wholes.Count == 0 ? "1 = 0" : "(" + string.Join(" OR ", cases) + ")";
    }

    private static bool Bit(long mask, Indicator indicator) => (mask >> indicator.Bit & 1) == 1;
}
