using System.Globalization;
using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>How some households stand: how many, of how many persons, and the count of each light by indicator, from one query.</summary>
public sealed record LightCounts(long Households, long Registered, long Persons, IReadOnlyList<LightCounts.Line> Lines)
{
    public sealed record Line(Indicator Indicator, long Met, long Unmet, long Exempt, long Unknown);

    /// <summary>The counts as the API tells them.</summary>
    public sealed record Told(long Households, long Registered, long Persons, IReadOnlyList<ToldLine> Indicators);

    public sealed record ToldLine(string Indicator, Label Title, long Met, long Unmet, long Exempt, long Unknown);

    public Told Tell() =>
        new(
            Households,
            Registered,
            Persons,
            [.. Lines.Select(l => new ToldLine(l.Indicator.Id, l.Indicator.Title, l.Met, l.Unmet, l.Exempt, l.Unknown))]
        );

    /// <param name="households">A query of household ids.</param>
    public static LightCounts Of(Viewer viewer, Lights lights, string households, object parameters)
    {
        var shown = Enum.GetValues<Light>();
        var sums = lights.Indicators.SelectMany(i =>
            shown.Select(l => $", coalesce(sum(CASE WHEN {lights.Where("l", i.Id, l)} THEN 1 ELSE 0 END), 0)")
        );
        using var reader = viewer.Connection.ExecuteReader(
            $"""
            SELECT count(*), coalesce(sum(l.registered), 0), coalesce(sum(l.members), 0){string.Concat(sums)}
            FROM household_list l WHERE l.household_id IN ({households}) AND {viewer.Households("l", AreaRange.Nation)}
            """,
            parameters
        );
        reader.Read();
        long At(int column) => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture);
        // An indicator that decides for none of them is not theirs.
        var lines = lights
            .Indicators.Select((i, n) => new Line(i, At(3 + 4 * n), At(4 + 4 * n), At(5 + 4 * n), At(6 + 4 * n)))
            .Where(l => l.Met + l.Unmet + l.Exempt + l.Unknown > 0)
            .ToList();
        return new(At(0), At(1), At(2), lines);
    }
}
