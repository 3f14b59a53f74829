using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Npgsql;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>
/// What a page may ask of the database, whoever opens it: a table of pages and their most. None grows with the area in view. The driver of PostgreSQL
/// tells each command.
/// </summary>
public sealed class CostOfPages(Installations installations)
{
    // Who the caller is, what holds today and which day it is are asked by every page: 6 or so of each.
    private static readonly (string Path, int Most, string[] Users)[] Table =
    [
        ("/", 24, ["county", "township", "village", "housing", "cadre", "auditor", "admin"]),
        ("/overview", 24, ["county", "village", "housing", "auditor"]),
        ("/gaps", 24, ["county", "village", "housing"]),
        ("/compare", 24, ["county", "village"]),
        ("/wall?step=1", 24, ["county", "village"]),
        ("/what-if", 24, ["county", "village"]),
        ("/households", 14, ["county", "township", "village", "housing", "cadre", "auditor"]),
        ("/households?unit={unit}&post={post}&name=%E7%8E%8B&number=1&total=1", 18, ["county", "village"]),
        ("/households/{household}", 35, ["county", "village", "housing", "cadre", "auditor"]),
        ("/households/{household}/edit", 18, ["county", "township", "village", "housing", "cadre"]),
        ("/households/{household}/members", 14, ["county", "township", "village"]),
        ("/reviews", 14, ["county", "township", "village", "cadre"]),
        ("/cards", 14, ["county", "village", "cadre"]),
        ("/units", 14, ["county", "village", "cadre"]),
        ("/posts", 14, ["county", "village", "cadre"]),
        ("/units/names?unit_name=%E5%8E%BF", 14, ["county", "village"]),
        ("/units/{unit}", 16, ["county", "village"]),
        ("/posts/{post}", 18, ["county", "village", "cadre"]),
        ("/certificates", 20, ["housing"]),
        ("/certificates?fact=dwelling.grade&show=uncertified", 20, ["housing"]),
        ("/imports", 14, ["county", "village"]),
        ("/jobs", 14, ["county", "village", "admin"]),
        ("/standards", 12, ["county", "village", "housing", "cadre", "auditor"]),
        ("/standards/yunnan.household-exit", 12, ["county", "admin"]),
        ("/audit", 14, ["auditor"]),
        ("/users", 14, ["admin"]),
        ("/number-exports", 14, ["county", "housing"]),
    ];

    [Fact]
    public async Task No_page_asks_more_than_its_most_and_a_county_no_more_than_a_village()
    {
        using var cli = installations.Copy(Engine.PostgreSql, "township");
        var commands = new ConcurrentBag<string>();
        using var listener = Listen(cli, commands);
        await using var console = await TuopinConsole.Over(cli);
        var names = Names(cli);
        var browsers = new Dictionary<string, TuopinConsole.Browser>();
        var wrong = new List<string>();
        foreach (var (path, most, users) in Table)
        {
            var counts = new Dictionary<string, int>();
            foreach (var user in users)
            {
                var browser = browsers.TryGetValue(user, out var known) ? known : browsers[user] = await console.As(user);
                var address = names.Aggregate(path, (p, n) => p.Replace(n.Key, n.Value, StringComparison.Ordinal));
                // The first visit may fill what is kept in memory.
                await browser.Get(address);
                commands.Clear();
                (await browser.Get(address)).Status.ShouldBe(HttpStatusCode.OK, $"{address} as {user}");
                counts[user] = commands.Count;
                if (commands.Count > most || commands.IsEmpty)
                    wrong.Add(
                        $"{path} as {user}: {commands.Count} commands, {most} at most\n{string.Join("\n", commands.Select(c => "    " + OneLine(c)))}"
                    );
            }
            if (counts.TryGetValue("county", out var county) && counts.TryGetValue("village", out var village) && Math.Abs(county - village) > 3)
                wrong.Add($"{path}: {county} commands for the county, {village} for a village");
        }
        string.Join("\n", wrong).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_save_asks_three_things_for_the_work_of_its_household()
    {
        using var cli = installations.Copy(Engine.PostgreSql, "village");
        var commands = new ConcurrentBag<string>();
        using var listener = Listen(cli, commands);
        await using var console = await TuopinConsole.Over(cli);
        cli.Run("work", "refresh").Done();
        var township = await console.As("township");
        var house = cli.Tables.Number("SELECT min(id) FROM households");
        foreach (var size in new[] { "61", "62" })
        {
            commands.Clear();
            (await township.Save(house, [("f.household.house_area", size)])).Status.ShouldBe(HttpStatusCode.Redirect);
        }
        // What the sources report, which items stand, and whether sources disagree about it; that nothing differs writes nothing.
        var asked = commands.Where(c => c.Contains("work_items") || c.Contains("AS source_key") || c.Contains("DISTINCT x.subject, x.fact")).ToList();
        asked.Count.ShouldBe(3, string.Join("\n", asked.Select(OneLine)));
    }

    [Fact]
    public async Task The_law_is_read_without_a_household()
    {
        using var cli = installations.Copy(Engine.PostgreSql, "township");
        var commands = new ConcurrentBag<string>();
        using var listener = Listen(cli, commands);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        (await county.Get("/standards")).Status.ShouldBe(HttpStatusCode.OK);
        commands.Clear();
        await county.Get("/standards?place=530326");
        commands.ShouldNotBeEmpty();
        commands.ShouldAllBe(c => !c.Contains("household") && !c.Contains("verdicts"));
    }

    // Something of each kind that all users of the demo may see.
    private static Dictionary<string, string> Names(TuopinCli cli)
    {
        var (household, unit, post) = cli.Tables.Query<(long, long, long)>(
            """
            SELECT l.household_id, l.unit_id, l.post_id FROM household_list l
            WHERE l.post_id = (SELECT r.post_id FROM responsibilities r JOIN households k ON k.id = r.household_id
              WHERE k.area_code = (SELECT min(area_code) FROM households) AND r.post_id IS NOT NULL AND r.to_day IS NULL
              GROUP BY r.post_id ORDER BY count(*) DESC, r.post_id LIMIT 1)
              AND l.area_code = (SELECT min(area_code) FROM households)
            ORDER BY l.household_id LIMIT 1
            """
        )[0];
        return new()
        {
            ["{household}"] = $"{household}",
            ["{unit}"] = $"{unit}",
            ["{post}"] = $"{post}",
        };
    }

    private static string OneLine(string sql) =>
        string.Join(' ', sql.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)) is { Length: > 150 } text
            ? text[..150]
            : sql.Replace('\n', ' ');

    private static ActivityListener Listen(TuopinCli cli, ConcurrentBag<string> commands)
    {
        var database = new NpgsqlConnectionStringBuilder(cli.Connection).Database;
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (
                    activity.Tags.Any(t => t.Value == database)
                    // Not of the page: whoever does the jobs looks for one every few seconds.
                    && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string text
                    && !(text.Contains("FROM desk.jobs", StringComparison.Ordinal) && text.Contains("LIMIT 1", StringComparison.Ordinal))
                )
                    commands.Add(text);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
