using System.Data.Common;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>A registry year is closed where a later one was opened from it (<see cref="OpenYear"/>): what was told of its days stays as it was.</summary>
public static class ClosedYears
{
    /// <summary>Whether somewhere in an area the registry year of a day is closed.</summary>
    /// <param name="since">Closed by a change after this one.</param>
    public static bool Hold(DbConnection connection, DbTransaction? transaction, AreaRange area, DateOnly day, long since = 0)
    {
        var year = new JudgingDay(day).RegistryYear;
        return connection.Number(
                """
                SELECT CASE WHEN EXISTS (SELECT 1 FROM changes c WHERE c.carried_year >= @year AND c.id > @since) AND EXISTS (
                  SELECT 1 FROM household_years y JOIN households h ON h.id = y.household_id JOIN changes c ON c.id = y.change_id
                  WHERE h.area_code BETWEEN @from AND @to AND y.year > @year AND c.carried_year >= @year AND c.id > @since
                ) THEN 1 ELSE 0 END
                """,
                transaction,
                new
                {
                    year,
                    since,
                    from = area.From,
                    to = area.To,
                }
            ) > 0;
    }
}
