using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Standards;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Households;

/// <summary>Cards and handbooks on paper: what they say is what the brief says.</summary>
public sealed class PrintingCards(Installations installations)
{
    private static string Text(IElement? element) => element?.TextContent.Trim() ?? "";

    // Title and value of every line and the cells of every table of a card.
    private static List<(string Label, string Value)> Said(IElement card) =>
        [.. card.QuerySelectorAll(".card-facts > div").Select(d => (Text(d.QuerySelector("dt")), Text(d.QuerySelector("dd"))))];

    private static List<Dictionary<string, string>> Members(IElement table)
    {
        var titles = table.QuerySelectorAll("thead th").Select(t => Text(t)).ToList();
        return
        [
            .. table
                .QuerySelectorAll("tbody tr")
                .Select(r => titles.Zip(r.Children.Select(c => Text(c) is "—" ? "" : Text(c))).ToDictionary(c => c.First, c => c.Second)),
        ];
    }

    [Theory, BothEngines]
    public async Task A_village_prints_a_card_for_each_household_and_every_value_is_that_of_the_brief(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var clerk = await console.As("village");
        var village = console.Cli.Tables.Text("SELECT CAST(min(area_code) AS text) FROM household_list WHERE registered = 1")!;
        var link = (await clerk.Get($"/cards?area={village}")).Html.QuerySelector("a[href*='card=national.handbook']")!.GetAttribute("href")!;
        var printed = await clerk.Get(link);
        var cards = printed.Html.QuerySelectorAll("article.household-card").ToList();
        cards.Count.ShouldBe((int)console.Cli.Tables.Number("SELECT count(*) FROM household_list WHERE registered = 1 AND place_code = area_code"));
        console
            .Cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'household.print'")
            .ShouldBe($"national.handbook v1 of area {village} on 20200612: {cards.Count} households");

        var compared = 0;
        foreach (var card in cards.Where((_, i) => i % (cards.Count / 6) == 0))
        {
            var id = card.Id!["card-".Length..];
            var brief = (await clerk.Get($"/households/{id}")).Html;
            card.QuerySelector("svg.brief-qr")!.GetAttribute("aria-label").ShouldBe(brief.QuerySelector("svg.brief-qr")!.GetAttribute("aria-label"));
            var told = brief
                .QuerySelectorAll("dl.facts > div")
                .Select(d => (Label: Text(d.QuerySelector("dt")), Value: Text(d.QuerySelector("dd"))))
                .Concat(brief.QuerySelectorAll("table.income tbody tr").Select(r => (Label: Text(r.Children[0]), Value: Text(r.Children[1]))))
                .GroupBy(t => t.Label)
                .ToDictionary(g => g.Key, g => g.First().Value is "—" ? "" : g.First().Value);
            foreach (var (label, value) in Said(card).Where(s => told.ContainsKey(s.Label)))
            {
                // The status of the brief says since when, too.
                (label == "户身份" ? told[label].StartsWith(value, StringComparison.Ordinal) : told[label] == value).ShouldBeTrue(
                    $"{id} {label}: card {value}, brief {told[label]}"
                );
                compared++;
            }
            var (mine, theirs) = (Members(card.QuerySelectorAll("table").First()), Members(brief.QuerySelector("table.members")!));
            mine.Count.ShouldBe(theirs.Count);
            foreach (var (m, t) in mine.Zip(theirs))
            foreach (var label in m.Keys.Where(t.ContainsKey))
            {
                m[label].ShouldBe(t[label], $"{id} {label}");
                compared++;
            }
            // Who helps and what was done stand in the brief in the same words.
            var all = Text(brief.Body);
            foreach (
                var cell in card.QuerySelectorAll("table:nth-of-type(1) ~ table td, section:nth-of-type(5) td")
                    .Select(t => Text(t))
                    .Where(t => t.Length > 1)
            )
                all.ShouldContain(cell);
        }
        compared.ShouldBeGreaterThan(100);

        // One household: the same card, and programs read the same.
        var one = cards[0].Id!["card-".Length..];
        var alone = await clerk.Get($"/households/{one}/cards/national.handbook");
        Said(alone.Html.QuerySelector("article")!).ShouldBe(Said(cards[0]));
        (await clerk.Get($"/households/{one}")).Html.QuerySelectorAll($"a[href='/households/{one}/cards/national.clear-card']").Length.ShouldBe(1);
        using var program = CallingTheApi.Client(console, "village", "PrintCards");
        var json = JsonDocument.Parse(
            await program.GetStringAsync($"/api/v1/households/{one}/cards/national.handbook", TestContext.Current.CancellationToken)
        );
        json.RootElement.GetProperty("households")[0]
            .GetProperty("sections")[0]
            .GetProperty("rows")
            .EnumerateArray()
            .Select(r => (r[0].GetString()!, r[1].GetString()!))
            .ShouldBe(Said(cards[0]).Take(9));
        console.Cli.Tables.Number($"SELECT count(*) FROM audit_entries WHERE action = 'household.print' AND subject_id = {one}").ShouldBe(2);

        // What is unknown is a blank, and the lights of one who was not judged are.
        var year = console.Cli.Tables.Text($"SELECT CAST(max(year) AS text) FROM household_years WHERE household_id = {one}")!;
        var change = "change_id = (SELECT max(id) FROM changes)";
        console.Cli.Tables.Execute(
            $"UPDATE current_change SET change_id = (SELECT max(id) FROM changes); UPDATE household_years SET income_wage = NULL, main_cause = NULL, {change} WHERE household_id = {one}; UPDATE current_change SET change_id = 0"
        );
        var blank = (await clerk.Get($"/households/{one}/cards/national.clear-card")).Html;
        Said(blank.QuerySelector("article")!).ShouldContain(("工资性收入", ""));
        Said(blank.QuerySelector("article")!).ShouldContain(("主要致贫原因", ""));
        Said(blank.QuerySelector("article")!).ShouldContain(("年人均纯收入", ""));
        blank.QuerySelectorAll(".card-facts .blank").Length.ShouldBeGreaterThanOrEqualTo(3, year);

        // The card of a day before says which day, by the law and the members of that day; the page of that day links to it. A day to come is none.
        var then = (await clerk.Get($"/households/{one}/cards/national.clear-card?day=2019-06-01")).Html.QuerySelector("article")!;
        then.QuerySelector(".card-foot")!.TextContent.ShouldContain("2019-06-01");
        then.QuerySelectorAll(".sheet-table tbody tr").ShouldNotBeEmpty();
        (await clerk.Get($"/households/{one}?day=2019-06-01"))
            .Html.QuerySelector($"a[href='/households/{one}/cards/national.clear-card?day=2019-06-01']")
            .ShouldNotBeNull();
        (await clerk.Get($"/households/{one}/cards/national.clear-card?day=2031-01-01")).Text.ShouldContain("date.bad");

        // Not there, not allowed, not a village, not for whom.
        (await clerk.Get($"/households/{one}/cards/nothing")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await clerk.Get("/households/7/cards/national.handbook")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("housing")).Get($"/households/{one}/cards/national.handbook")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("auditor")).Get($"/cards?area={village}&card=national.handbook")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await (await console.As("county")).Get("/cards?area=530326&card=national.handbook")).Text.ShouldContain("cards.village");
        if (console.Cli.Tables.Text("SELECT CAST(min(household_id) AS text) FROM household_list WHERE registered = 0") is { } other)
            (await clerk.Get($"/households/{other}/cards/national.handbook")).Text.ShouldContain("cards.not-for");
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task Colours_follow_the_rules_of_the_pack_and_a_village_costs_no_more_queries_than_a_household(Engine engine)
    {
        var cli = installations.Copy(engine);
        cli.Packs = Directory.CreateTempSubdirectory("tuopin-packs-").FullName;
        var folder = Directory.CreateDirectory(Path.Combine(cli.Packs, "cards")).FullName;
        var guangxi = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "packs", "cards", "45", "clear-card.yaml"),
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "card.yaml"),
            guangxi
                .Replace("guangxi.clear-card", "huize.clear-card", StringComparison.Ordinal)
                .Replace("area: \"45\"", "area: \"530326\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await using (var console = await TuopinConsole.Over(cli))
        {
            var clerk = await console.As("village");
            var village = cli.Tables.Text("SELECT CAST(min(area_code) AS text) FROM household_list WHERE registered = 1")!;
            var cards = (await clerk.Get($"/cards?area={village}&card=huize.clear-card")).Html;
            foreach (var (tint, kinds) in new[] { ("red", "2"), ("green", "3, 4"), ("yellow", "5") })
                cards
                    .QuerySelectorAll($"article.tint-{tint}")
                    .Length.ShouldBe(
                        (int)cli.Tables.Number($"SELECT count(*) FROM household_list WHERE place_code = area_code AND status IN ({kinds})"),
                        tint
                    );

            var installation = cli.Open();
            using var connection = installation.Store.Open();
            using var counting = new CountingConnection(connection);
            var viewer = new Viewer(
                counting,
                installation.Packs,
                AreaTree.Load(connection, installation.WorkDate),
                installation.WorkDate,
                Scope.Everything,
                null
            );
            var card = installation.Packs.Cards.First(c => c.Id == "national.handbook");
            int Cost(IReadOnlyList<long> households)
            {
                counting.Commands = 0;
                CardRows.Read(viewer, card, households, Language.Chinese, judged: true).Count.ShouldBe(households.Count);
                return counting.Commands;
            }
            if (engine == Engine.Sqlite)
            {
                var all = CardRows.Select(viewer, card, "SELECT household_id FROM household_list");
                Cost(all).ShouldBe(Cost([all[0]]));
                Cost(all).ShouldBeLessThanOrEqualTo(7);
            }
        }
        cli.Dispose();
        Directory.Delete(cli.Packs, recursive: true);
    }
}
