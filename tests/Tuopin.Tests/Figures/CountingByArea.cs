using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>The kept counts must be what counting the households themselves finds.</summary>
public sealed class CountingByArea(Installations installations)
{
    private const string Listed =
        "household_list l JOIN area_versions a ON a.code = l.area_code AND a.level = 5 AND a.from_day <= 20200612 AND (a.to_day IS NULL OR a.to_day > 20200612) WHERE l.place_code = l.area_code";

    [Theory, BothEngines]
    public void Each_indicator_of_each_village_counts_as_the_list_does(Engine engine)
    {
        var tables = installations.Shared(engine, "township").Tables;
        tables.Number("SELECT count(*) FROM area_counts").ShouldBeGreaterThan(100);
        for (var bit = 0; bit < 6; bit++)
            foreach (
                var (column, test) in new[]
                {
                    ("unmet_households", "l.unmet & {0} <> 0"),
                    ("met_households", "l.unmet & {0} = 0 AND (l.met | l.exempt) & {0} <> 0"),
                }
            )
            {
                var kept = tables.Number(
                    $"SELECT coalesce(sum(c.{column}), 0) FROM area_counts c JOIN area_versions a ON a.area_id = c.area_id AND a.level = 5 AND a.to_day IS NULL WHERE c.bit = {bit}"
                );
                kept.ShouldBe(tables.Number($"SELECT count(*) FROM {Listed} AND {string.Format(null, test, 1 << bit)}"), $"{column} {bit}");
            }
    }

    [Theory, BothEngines]
    public void What_stands_above_is_the_sum_of_what_lies_beneath(Engine engine)
    {
        var tables = installations.Shared(engine, "township").Tables;
        long At(int level, string column, string table) =>
            tables.Number(
                $"SELECT coalesce(sum(c.{column}), 0) FROM {table} c JOIN area_versions a ON a.area_id = c.area_id AND a.level = {level} AND a.from_day <= 20200612 AND (a.to_day IS NULL OR a.to_day > 20200612)"
            );
        foreach (
            var column in new[] { "met_households", "unmet_households", "unknown_households", "met_persons", "unmet_persons", "unknown_persons" }
        )
            for (var level = 0; level < 5; level++)
                At(level, column, "area_counts").ShouldBe(At(5, column, "area_counts"), $"{column} at level {level}");
        for (var level = 0; level < 5; level++)
            At(level, "persons", "area_figures").ShouldBe(At(5, "persons", "area_figures"));
        At(3, "unmet_households", "area_counts").ShouldBeGreaterThan(0);
    }

    [Theory, BothEngines]
    public void Remaining_households_of_today_are_those_of_the_last_year_end_less_who_exited_since(Engine engine)
    {
        var tables = installations.Shared(engine, "township").Tables;
        var last = tables.Number(
            "SELECT f.households FROM area_figures f JOIN area_versions a ON a.area_id = f.area_id AND a.level = 3 AND a.to_day IS NULL WHERE f.figure = 'year' AND f.key = 2019"
        );
        last.ShouldBe(
            tables.Number(
                "SELECT count(DISTINCT household_id) FROM household_statuses WHERE kind IN (2, 5) AND from_day <= 20191231 AND (to_day IS NULL OR to_day > 20191231)"
            )
        );
    }
}
