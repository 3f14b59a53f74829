using System.Globalization;
using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>Units and people that help are found by name, each as far as the reader's scope goes.</summary>
public sealed class FindingHelpers(Installations installations)
{
    [Theory, BothEngines]
    public async Task Each_unit_and_person_is_listed_once_with_its_households(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        foreach (var (path, whose) in new[] { ("/units", "coalesce(p.unit_id, r.unit_id)"), ("/posts", "r.post_id") })
        {
            var held = cli
                .Tables.Query<(long Id, long Households)>(
                    $"SELECT {whose}, count(DISTINCT r.household_id) FROM responsibilities r LEFT JOIN posts p ON p.id = r.post_id WHERE r.to_day IS NULL AND {whose} IS NOT NULL GROUP BY 1"
                )
                .ToDictionary(r => r.Id, r => r.Households);
            var listed = new List<(long Id, long Households)>();
            for (var address = path; address is not null; )
            {
                var page = await county.Get(address);
                page.Status.ShouldBe(HttpStatusCode.OK);
                foreach (var row in page.Html.QuerySelectorAll("#helpers tbody tr"))
                    listed.Add((Id(row.QuerySelector(".cell-head a")!.GetAttribute("href")!), Number(row.QuerySelector("td.num")!.TextContent)));
                address = page.Html.QuerySelector("a[rel=next]")?.GetAttribute("href");
            }
            listed.Count.ShouldBeGreaterThan(1);
            listed.Select(l => l.Id).Distinct().Count().ShouldBe(listed.Count, path);
            listed.ToDictionary(l => l.Id, l => l.Households).ShouldBe(held, ignoreOrder: true);
            // Each opens, and to as many households.
            var (id, count) = listed[0];
            (await county.Get($"{path}/{id}")).Status.ShouldBe(HttpStatusCode.OK);
            var households = await county.Get($"/households?total=1&{(path == "/units" ? "unit" : "post")}={id}");
            households.Html.QuerySelector("#rows")!.GetAttribute("data-status")!.ShouldContain($" {count} ");
        }
    }

    [Theory, BothEngines]
    public async Task Search_and_suggestions_find_parts_of_names_within_the_scope(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        var (county, village) = (await console.As("county"), await console.As("village"));
        var home = cli.Tables.Number("SELECT min(area_code) FROM households");
        var elsewhere = cli.Tables.Query<string>(
            $"SELECT DISTINCT p.holder_name FROM posts p WHERE p.id IN (SELECT r.post_id FROM responsibilities r JOIN households h ON h.id = r.household_id WHERE h.area_code <> {home}) AND p.holder_name NOT IN (SELECT q.holder_name FROM posts q JOIN responsibilities r ON r.post_id = q.id LEFT JOIN households h ON h.id = r.household_id WHERE h.id IS NULL OR h.area_code = {home} OR h.living_village_id = (SELECT min(village_id) FROM households WHERE area_code = {home}))"
        );
        elsewhere.ShouldNotBeEmpty();
        var asked = $"/posts?name={Uri.EscapeDataString(elsewhere[0])}";
        (await county.Get(asked)).Html.QuerySelectorAll("#helpers tbody tr").ShouldNotBeEmpty();
        var none = await village.Get(asked, headers: ("HX-Request", "true"));
        none.Text.ShouldNotContain("<html");
        none.Html.QuerySelectorAll("#helpers tbody tr").ShouldBeEmpty();
        none.Html.QuerySelector(".empty-note").ShouldNotBeNull();

        var unit = cli.Tables.Text("SELECT u.name FROM units u JOIN household_list l ON l.unit_id = u.id ORDER BY u.id LIMIT 1")!;
        var offered = await county.Get($"/units/names?unit_name={Uri.EscapeDataString(unit[1..])}");
        offered.Html.QuerySelectorAll("option").Select(o => o.GetAttribute("value")).ShouldContain(unit);
        (await county.Get("/units/names?unit_name=")).Html.QuerySelectorAll("option").ShouldBeEmpty();
        (await county.Get("/units")).Html.QuerySelector("a[href='/units']").ShouldNotBeNull();
    }

    [Theory, BothEngines]
    public async Task A_department_has_no_such_page_and_no_link_to_one(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Shared(engine));
        var housing = await console.As("housing");
        foreach (var path in new[] { "/units", "/posts", "/units/names?unit_name=%E5%B1%80" })
            (await housing.Get(path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await housing.Get("/households")).Html.QuerySelectorAll("a[href='/units'], #f-unit_name").ShouldBeEmpty();
        var cadre = await console.As("cadre");
        (await cadre.Get("/units")).Html.QuerySelectorAll("#helpers tbody tr").ShouldNotBeEmpty();
    }

    private static long Id(string address) => long.Parse(address.Split('/')[^1], CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
