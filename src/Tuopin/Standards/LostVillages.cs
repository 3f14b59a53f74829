using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Households whose village is not in the tree of a day: it was merged into another, or begins later. They are judged, but no total of a township or county
/// holds them until they are moved to a village that is.
/// </summary>
public static class LostVillages
{
    public sealed record Village(string Code, string Name, long Households);

    public sealed record Lost(long Households, IReadOnlyList<Village> Villages);

    /// <summary>The one query behind the command line and the console. It starts from villages without a version on the day, never from all households.</summary>
    public static Lost Of(DbConnection connection, DbTransaction? transaction, string households, int day, params IReadOnlyList<AreaRange> within)
    {
        if (within.Count == 0)
            return new(0, []);
        var ranges = string.Join(" OR ", within.Select(r => string.Create(CultureInfo.InvariantCulture, $"v.code BETWEEN {r.From} AND {r.To}")));
        var villages = connection
            .Query<(long Code, string Name, long Households)>(
                $"""
                SELECT v.code, v.name, count(*) AS households
                FROM (
                  SELECT v.area_id, v.code, max(v.name) AS name FROM area_versions v
                  WHERE v.level = 5 AND ({ranges}) AND NOT EXISTS (
                    SELECT 1 FROM area_versions n WHERE n.area_id = v.area_id AND n.from_day <= {day} AND (n.to_day IS NULL OR n.to_day > {day}))
                  GROUP BY v.area_id, v.code
                ) v JOIN {households} h ON h.area_code = v.code AND h.village_id = v.area_id
                GROUP BY v.area_id, v.code, v.name ORDER BY v.code
                """,
                transaction: transaction
            )
            .Select(v => new Village(v.Code.ToString("D12", CultureInfo.InvariantCulture), v.Name, v.Households))
            .ToList();
        return new(villages.Sum(v => v.Households), villages);
    }
}
