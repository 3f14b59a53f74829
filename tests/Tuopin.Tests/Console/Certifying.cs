using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>The housing department certifies houses: by list and by ticking, with its rank, in its area, its facts and no others.</summary>
public sealed class Certifying(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_tick_outranks_the_village_is_judged_at_once_and_can_be_seen_beside_it(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var village = await console.As("county");
        var said = await village.Send(
            "/imports",
            "房.csv",
            ["县", "乡", "村", "户编号", "危房等级(鉴定)"],
            Placed(console, house.Id, house.No, "A级")
        );
        (await village.Take(said.Location!, "preview")).Html.QuerySelector("#upload .code").ShouldBeNull();
        var housing = await console.As("housing");
        var page = await housing.Get("/certificates?fact=dwelling.grade&show=all");
        var was = page.Html.QuerySelector($"input[name='was-{house.No}']")!.GetAttribute("value")!;
        var answer = await housing.Submit(
            "/certificates?fact=dwelling.grade&show=all",
            "/certificates/tick",
            new()
            {
                ["fact"] = "dwelling.grade",
                ["department"] = "housing",
                [$"was-{house.No}"] = was,
                [$"to-{house.No}"] = "D",
                ["return"] = "/certificates",
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        Grade(console, house.Id).ShouldBe(4);
        console.Cli.Run("gaps", "--json").Done();
        console
            .Query<string>("SELECT c.stated_by FROM import_batches b JOIN changes c ON c.id = b.change_id ORDER BY b.id DESC LIMIT 1")
            .ShouldBe(["housing"]);

        // The page was loaded before: whoever ticks from it again is told.
        var late = await housing.Submit(
            "/certificates",
            "/certificates/tick",
            new()
            {
                ["fact"] = "dwelling.grade",
                ["department"] = "housing",
                [$"was-{house.No}"] = was,
                [$"to-{house.No}"] = "A",
                ["return"] = "/certificates?show=all",
            }
        );
        (late.Status, late.Text.Contains("certify.changed-since", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Conflict, true));
        Grade(console, house.Id).ShouldBe(4);
        // The page comes back with that household as it is now, ready to be decided again.
        var row = late.Html.QuerySelectorAll("tr.overtaken").Single();
        row.QuerySelector($"input[name='was-{house.No}']")!.GetAttribute("value").ShouldBe("4");
        late.Html.QuerySelector("#overtaken a")!.GetAttribute("href").ShouldBe("/certificates?show=all");
        var decided = await housing.Post(
            "/certificates/tick",
            new()
            {
                ["__RequestVerificationToken"] = late.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!,
                ["fact"] = late.Html.QuerySelector("input[name=fact]")!.GetAttribute("value")!,
                ["department"] = "housing",
                ["return"] = late.Html.QuerySelector("form[action='/certificates/tick'] input[name=return]")!.GetAttribute("value")!,
                [$"was-{house.No}"] = "4",
                [$"to-{house.No}"] = "A",
            }
        );
        (decided.Status, decided.Location).ShouldBe((HttpStatusCode.Redirect, "/certificates?show=all"));
        Grade(console, house.Id).ShouldBe(1);
    }

    [Theory, BothEngines]
    public async Task Of_several_who_certify_at_once_one_is_first_and_the_others_are_told(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var was = Grade(console, house.Id);
        var housing = await console.As("housing");
        var page = await housing.Get("/certificates?fact=dwelling.grade&show=all");
        var token = page.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var grades = new[] { "A", "B", "C", "D" }.Where((_, i) => i + 1 != was).ToList();
        var answers = await Task.WhenAll(
            grades.Select(grade =>
                housing.Post(
                    "/certificates/tick",
                    new()
                    {
                        ["__RequestVerificationToken"] = token,
                        ["fact"] = "dwelling.grade",
                        ["department"] = "housing",
                        [$"was-{house.No}"] = $"{was}",
                        [$"to-{house.No}"] = grade,
                        ["return"] = "/certificates",
                    }
                )
            )
        );
        answers.Count(a => a.Status == HttpStatusCode.Redirect).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.Conflict).ShouldBe(grades.Count - 1);
        var first = grades[Array.FindIndex(answers, a => a.Status == HttpStatusCode.Redirect)];
        Grade(console, house.Id).ShouldBe("ABCD".IndexOf(first, StringComparison.Ordinal) + 1);
    }

    [Theory, BothEngines]
    public async Task What_the_village_stated_waits_for_the_department_until_it_says_so_itself(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        // Somebody else's word, and a good one: not open, yet not certified.
        console.Cli.Tables.Execute(
            $"UPDATE current_change SET change_id = (SELECT max(id) FROM changes); DELETE FROM statements WHERE fact = 'grade'; UPDATE changes SET stated_by = 'village'; UPDATE dwellings SET grade = 1, change_id = (SELECT max(id) FROM changes) WHERE id = (SELECT dwelling_id FROM residences WHERE household_id = {house.Id} AND to_day IS NULL)"
        );
        var housing = await console.As("housing");
        var open = await housing.Get("/certificates?fact=dwelling.grade&show=open");
        open.Html.QuerySelector($"input[name='was-{house.No}']").ShouldBeNull();
        var uncertified = await housing.Get("/certificates?fact=dwelling.grade&show=uncertified");
        uncertified.Html.QuerySelector($"input[name='was-{house.No}']")!.GetAttribute("value").ShouldBe("1");
        var before = Waiting(await housing.Get("/"));
        before.ShouldBeGreaterThan(0);
        var answer = await housing.Submit(
            "/certificates?fact=dwelling.grade&show=uncertified",
            "/certificates/tick",
            new()
            {
                ["fact"] = "dwelling.grade",
                ["department"] = "housing",
                [$"was-{house.No}"] = "1",
                [$"to-{house.No}"] = "B",
                ["return"] = "/certificates",
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        (await housing.Get("/certificates?fact=dwelling.grade&show=uncertified")).Html.QuerySelector($"input[name='was-{house.No}']").ShouldBeNull();
        Waiting(await housing.Get("/")).ShouldBe(before - 1);
        (await (await console.As("village")).Get("/")).Html.QuerySelector("#to-certify").ShouldBeNull();
    }

    private static long Waiting(TuopinConsole.Page home)
    {
        var line = home.Html.QuerySelectorAll("#to-certify .todo").Single(t => t.InnerHtml.Contains("fact=dwelling.grade", StringComparison.Ordinal));
        return long.Parse(
            line.QuerySelector("strong")!.TextContent,
            System.Globalization.NumberStyles.AllowThousands,
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    [Theory, BothEngines]
    public async Task Conflicts_are_counted_as_they_are_and_open_to_their_household(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        // More of them than a page shows: somebody stated another grade for each house.
        console.Cli.Tables.Execute(
            "INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id) SELECT -d.id, 'dwelling', d.id, 'grade', 0, CASE WHEN d.grade = 4 THEN 3 ELSE 4 END, 'village', 20200101, d.change_id FROM dwellings d WHERE d.grade IS NOT NULL AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.subject = 'dwelling' AND s.subject_id = d.id AND s.fact = 'grade' AND s.stated_by = 'village')"
        );
        var dictionary = console.Cli.Open().Packs.Dictionary;
        var held = console
            .Cli.Run("conflicts", "--area", AreaOf(console, "housing"), "--json")
            .Json.EnumerateArray()
            .Select(c => c.GetProperty("fact").GetString()!.Split('.'))
            .Count(f => Tuopin.Standards.Certifiable.IsOf(dictionary[f[0]].Facts[f[1]], "housing"));
        held.ShouldBeGreaterThan(Tuopin.Exchange.CertifyHouseholds.ConflictsShown);
        var page = await (await console.As("housing")).Get("/certificates");
        page.Html.QuerySelectorAll("h2").ShouldContain(h => h.TextContent.Contains($"({held:N0})"));
        var rows = page.Html.QuerySelectorAll("table.conflicts tbody tr");
        rows.Length.ShouldBe(Tuopin.Exchange.CertifyHouseholds.ConflictsShown);
        var brief = rows.Select(r => r.QuerySelector("a[href^='/households/']")).First(a => a is not null)!;
        (await (await console.As("housing")).Get(brief.GetAttribute("href")!)).Text.ShouldContain(brief.TextContent);
    }

    // The place a user's grant is for.
    private static string AreaOf(TuopinConsole console, string user)
    {
        using var desk = console.Cli.Open().Store.Desk();
        var area = desk.Grants.Single(g => desk.Users.Any(u => u.Id == g.UserId && u.UserName == user)).AreaId;
        return console.Query<string>(
            "SELECT CAST(code AS text) FROM area_versions WHERE area_id = @area AND from_day <= 20200612 ORDER BY from_day DESC",
            new { area }
        )[0];
    }

    [Theory, BothEngines]
    public async Task A_list_brings_the_facts_of_the_trade_and_nothing_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var housing = await console.As("housing");
        var sent = await housing.Send(
            "/certificates",
            "房.csv",
            ["县", "乡", "村", "户编号", "户主姓名", "危房等级(鉴定)"],
            Placed(console, house.Id, house.No, "甲乙", "C级")
        );
        var tried = await housing.Take(sent.Location!, "preview");
        tried.Html.QuerySelector("#upload .code").ShouldBeNull(tried.Text);
        await housing.Take(sent.Location!, "commit");
        Grade(console, house.Id).ShouldBe(3);
        (await housing.Get("/imports")).Status.ShouldBe(HttpStatusCode.Forbidden);

        var persons = Directory
            .EnumerateFiles(Path.Combine(console.Cli.Folder, "demo-files"))
            .First(f => f.Contains("person", StringComparison.OrdinalIgnoreCase));
        var refused = await housing.SendFile(
            "/certificates",
            Path.GetFileName(persons),
            await File.ReadAllBytesAsync(persons, TestContext.Current.CancellationToken)
        );
        (await housing.Take(refused.Location!, "preview")).Text.ShouldContain("certify.sheet-kind");
    }

    [Theory, BothEngines]
    public async Task Nobody_but_a_department_certifies_and_only_what_is_its_own(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        foreach (var other in new[] { "village", "county", "auditor", "admin" })
            (await (await console.As(other)).Get("/certificates")).Status.ShouldBe(HttpStatusCode.Forbidden);
        var housing = await console.As("housing");
        var foreign = await housing.Submit(
            "/certificates",
            "/certificates/tick",
            new()
            {
                ["fact"] = "household.water_safe",
                [$"to-{house.No}"] = "yes",
                [$"was-{house.No}"] = "",
            }
        );
        foreign.Text.ShouldContain("certify.no-fact");
        var nobody = await housing.Submit(
            "/certificates",
            "/certificates/tick",
            new()
            {
                ["fact"] = "dwelling.grade",
                ["to-99999999999999"] = "A",
                ["was-99999999999999"] = "",
            }
        );
        nobody.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    internal static string[] Placed(TuopinConsole console, long household, params string[] rest)
    {
        var places = console.Query<(string Village, string Township)>(
            "SELECT v.name, t.name FROM households h JOIN area_versions v ON v.area_id = h.village_id AND v.to_day IS NULL JOIN area_versions t ON t.area_id = v.parent_id AND t.to_day IS NULL WHERE h.id = @household",
            new { household }
        );
        return ["会泽县", places[0].Township, places[0].Village, .. rest];
    }

    private static long? Grade(TuopinConsole console, long household) =>
        console
            .Query<long?>(
                "SELECT d.grade FROM dwellings d JOIN residences r ON r.dwelling_id = d.id AND r.to_day IS NULL WHERE r.household_id = @household",
                new { household }
            )
            .Single();
}
