using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>A judgement that was overtaken is made again from the console, by a button or by what overtook it.</summary>
public sealed class JudgingAgain(Installations installations)
{
    private const string Button = "form[action='/judge']";

    [Theory, BothEngines]
    public async Task A_button_beside_an_overtaken_judgement_judges_again(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using var console = await TuopinConsole.Over(cli);
        var county = await console.As("county");
        (await county.Get("/overview")).Html.QuerySelector(Button).ShouldBeNull();
        cli.Run("workdate", "2020-06-13").Done();
        var auditor = await (await console.As("auditor")).Get("/overview");
        auditor.Html.QuerySelector("[data-freshness=Stale]").ShouldNotBeNull();
        auditor.Html.QuerySelector(Button).ShouldBeNull();

        var pressed = await county.Press("/overview", Button);
        pressed.Status.ShouldBe(HttpStatusCode.Redirect, pressed.Text);
        var job = await county.Settled(pressed.Location!);
        job.Text.ShouldContain("job-done");
        var progress = job.Html.QuerySelector("#job progress")!;
        (progress.GetAttribute("value"), progress.GetAttribute("max")).ShouldSatisfyAllConditions(
            p => p.Item1.ShouldBe(p.Item2),
            p => int.Parse(p.Item2!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(4)
        );
        (await county.Get("/overview")).Html.QuerySelector("[data-freshness]").ShouldBeNull();
        cli.Tables.Number("SELECT count(*) FROM verdicts WHERE day = 20200613").ShouldBeGreaterThan(0);
        cli.Tables.Text("SELECT actor FROM audit_entries WHERE action = 'standards.judge' ORDER BY id DESC LIMIT 1").ShouldBe("县指挥部");

        // Nothing overtook this one: the job has nothing to do.
        var entries = cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'standards.judge'");
        (await county.Settled((await county.Submit("/overview", "/judge", [])).Location!)).Text.ShouldContain("job-done");
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'standards.judge'").ShouldBe(entries);
    }

    [Theory, BothEngines]
    public async Task The_work_date_is_set_beside_where_it_is_shown_and_all_is_judged_for_it(Engine engine)
    {
        using var cli = installations.Copy(engine);
        await using var console = await TuopinConsole.Over(cli);
        const string form = "form[action='/work-date']";
        (await (await console.As("village")).Get("/overview")).Html.QuerySelector(form).ShouldBeNull();
        (await (await console.As("village")).Submit("/account", "/work-date", new() { ["day"] = "2020-06-20" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await (await console.As("admin")).Get("/")).Html.QuerySelector(form).ShouldNotBeNull();
        var county = await console.As("county");
        (await county.Press("/overview", form, ("day", "2199-01-01"))).Text.ShouldContain("date.bad");
        (await county.Press("/overview", form, ("day", "2030-01-01"))).Text.ShouldContain("workdate.future");
        (await county.Press("/overview", form, ("day", "2013-06-01"))).Text.ShouldContain("workdate.locks-out");
        var set = await county.Press("/overview", form, ("day", "2020-06-20"));
        set.Status.ShouldBe(HttpStatusCode.Redirect, set.Text);
        (await county.Settled(set.Location!)).Text.ShouldContain("job-done");
        var page = await county.Get("/overview");
        page.Html.QuerySelector(".top-day time")!.TextContent.ShouldBe("2020-06-20");
        page.Html.QuerySelector("[data-freshness]").ShouldBeNull();
        cli.Tables.Text(
                "SELECT actor || ': ' || detail FROM audit_entries WHERE action = 'setting.change' AND detail LIKE 'work_date%' ORDER BY id DESC LIMIT 1"
            )
            .ShouldBe("县指挥部: work_date = 2020-06-20");
        // The same day again is no change, and leads back.
        (await county.Press("/overview", form, ("day", "2020-06-20"))).Location.ShouldBe("/overview");
    }

    [Theory, BothEngines]
    public async Task A_certificate_over_an_overtaken_judgement_has_all_judged_again(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        await using var console = await TuopinConsole.Over(cli);
        cli.Run("workdate", "2020-06-13").Done();
        var (house, _) = console.Neighbours();
        var housing = await console.As("housing");
        var page = await housing.Get("/certificates?fact=dwelling.grade&show=all");
        page.Html.QuerySelector("[data-freshness=Stale]").ShouldNotBeNull();
        var answer = await housing.Submit(
            "/certificates?fact=dwelling.grade&show=all",
            "/certificates/tick",
            new()
            {
                ["fact"] = "dwelling.grade",
                ["department"] = "housing",
                [$"was-{house.No}"] = page.Html.QuerySelector($"input[name='was-{house.No}']")!.GetAttribute("value")!,
                [$"to-{house.No}"] = "D",
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        long job;
        await using (var desk = cli.Open().Store.Desk())
            job = desk.Jobs.Single(j => j.Kind == "judge").Id;
        (await housing.Settled($"/jobs/{job}")).Text.ShouldContain("job-done");
        (await housing.Get("/certificates")).Html.QuerySelector("[data-freshness]").ShouldBeNull();
        // A household that lives elsewhere stands there once more.
        cli.Tables.Query<long>($"SELECT DISTINCT day FROM household_list WHERE household_id = {house.Id}").ShouldBe([20200613]);
    }
}
