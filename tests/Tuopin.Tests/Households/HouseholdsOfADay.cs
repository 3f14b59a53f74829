using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>Households and figures of a past day, and as was known of it: what was corrected since is not in what was known then.</summary>
public sealed class HouseholdsOfADay(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_list_and_the_catalogue_stand_at_a_day_on_either_clock(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var known = cli.Clock.Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        var poor = cli.Tables.Query<long>(
            "SELECT household_id FROM household_statuses WHERE kind IN (2, 5) AND from_day <= 20191231 AND to_day IS NULL ORDER BY household_id"
        )[0];
        var members = cli.Tables.Number(
            $"SELECT count(*) FROM memberships WHERE household_id = {poor} AND from_day <= 20191231 AND (to_day IS NULL OR to_day > 20191231)"
        );
        cli.Edit($"UPDATE household_statuses SET kind = 6, change_id = CHANGE WHERE household_id = {poor} AND to_day IS NULL");
        cli.Judge().Done();
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        async Task<Dictionary<long, JsonElement>> Of(string query)
        {
            var (all, next) = (new Dictionary<long, JsonElement>(), "");
            do
            {
                var told = JsonDocument
                    .Parse((await county.Get($"/api/v1/households/as-of?{query}{next}", "application/json")).Text)
                    .RootElement.Clone();
                foreach (var row in told.GetProperty("households").EnumerateArray())
                    all.Add(row.GetProperty("id").GetInt64(), row);
                next = told.GetProperty("next").GetString() is { } after ? $"&after={after}" : "";
            } while (next.Length > 0);
            return all;
        }
        var now = await Of("asOf=2019-12-31");
        var then = await Of($"asOf=2019-12-31&knownAt={known}");
        (now[poor].GetProperty("status").GetString(), then[poor].GetProperty("status").GetString()).ShouldBe(("removed", "remaining"));
        then[poor].GetProperty("now").GetString().ShouldBe("removed");
        then[poor].GetProperty("members").GetInt64().ShouldBe(members);
        then[poor].GetProperty("head").GetString().ShouldNotBeNullOrEmpty();
        // A list of a status is as long as its figure of that day, by what was known.
        var remaining = await Of($"asOf=2019-12-31&knownAt={known}&status=remaining");
        var figure = await county.Get($"/figures?asOf=2019-12-31&knownAt={known}");
        var returned = await Of($"asOf=2019-12-31&knownAt={known}&status=returned");
        figure.Html.QuerySelector("[data-figure=remaining_households]")!.TextContent.ShouldContain($"{remaining.Count + returned.Count:N0}");
        figure.Html.QuerySelector("#moment")!.TextContent.ShouldContain("2019-12-31");
        (await county.Get("/figures?asOf=2019-12-31"))
            .Html.QuerySelector("[data-figure=remaining_households]")!
            .TextContent.ShouldContain($"{remaining.Count + returned.Count - 1:N0}");
        (await county.Get("/figures")).Html.QuerySelector("#moment").ShouldBeNull();
        (await county.Get($"/households/as-of?asOf=2019-12-31&status=removed"))
            .Html.QuerySelector($"#then a[href='/households/{poor}']")
            .ShouldNotBeNull();

        (await county.Get("/households/as-of?asOf=gestern")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Get("/households/as-of?status=nothing")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await (await console.As("housing")).Get("/households/as-of")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("village")).Get("/households/as-of?area=530322")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("admin")).Get("/households/as-of")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}
