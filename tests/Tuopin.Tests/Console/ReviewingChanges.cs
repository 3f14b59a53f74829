using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>What a village proposes waits for the township: seen beside what is, decided once, and never by whoever proposed it.</summary>
public sealed class ReviewingChanges(Installations installations)
{
    [Theory, BothEngines]
    public async Task A_proposal_changes_nothing_until_the_township_accepts_it(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var (village, township) = (await console.As("village"), await console.As("township"));
        // By the shipped rule income waits and a toilet does not.
        (await village.Save(house.Id, [("f.household.toilet", "no")])).Location!.ShouldEndWith("said=saved");
        var before = Wage(console, house.Id);
        var proposed = await village.Save(house.Id, [("f.household.income_wage", "12345.67")]);
        proposed.Location!.ShouldEndWith("said=proposed");
        (await village.Get(proposed.Location!)).Html.QuerySelector("#proposed").ShouldNotBeNull();
        Wage(console, house.Id).ShouldBe(before);

        var mine = await village.Get("/reviews");
        mine.Html.QuerySelector(".review")!.TextContent.ShouldContain("由乡镇的另一人审核");
        mine.Html.QuerySelector(".review form.edit-save").ShouldBeNull();
        var page = await township.Get("/reviews");
        page.Html.QuerySelectorAll(".review td strong").Single().TextContent.ShouldBe("12,345.67");
        var accepted = await township.Press("/reviews", ".review form.edit-save");
        accepted.Location.ShouldBe("/reviews");
        Wage(console, house.Id).ShouldBe(1234567);
        // The village stated it, the township let it in.
        console
            .Query<string>("SELECT c.stated_by || '|' || c.actor FROM changes c JOIN proposed_changes p ON p.written_by = c.id")
            .ShouldBe([$"village|{console.Query<string>("SELECT decided_name FROM proposed_changes")[0]}"]);
        ChangingMembers.Judged(console);
        console.Cli.Run("audit", "verify").Done();
        (await township.Get("/reviews")).Html.QuerySelector(".review").ShouldBeNull();
        (await village.Get("/reviews?state=decided")).Text.ShouldContain("已同意");
    }

    [Theory, BothEngines]
    public async Task A_refusal_says_why_and_what_changed_meanwhile_is_not_written_over(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (house, _) = console.Neighbours();
        var (village, township) = (await console.As("village"), await console.As("township"));
        await village.Save(house.Id, [("f.household.income_wage", "100")]);
        (await township.Save(house.Id, [("f.household.income_wage", "200")])).Location!.ShouldEndWith("said=saved");
        var late = await township.Press("/reviews", ".review form.edit-save");
        (late.Status, late.Html.QuerySelector("#wrong")!.TextContent.Contains("记录已变")).ShouldBe((HttpStatusCode.Conflict, true));
        Wage(console, house.Id).ShouldBe(20000);
        var id = console.Query<long>("SELECT id FROM proposed_changes")[0];
        (await township.Submit("/reviews", $"/reviews/{id}/refuse", new() { ["why"] = "" })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await township.Submit("/reviews", $"/reviews/{id}/refuse", new() { ["why"] = "与工资流水不符" })).Status.ShouldBe(HttpStatusCode.Redirect);
        (await village.Get("/reviews?state=decided")).Text.ShouldContain("与工资流水不符");
        Wage(console, house.Id).ShouldBe(20000);
    }

    [Theory, BothEngines]
    public async Task Of_two_reviewers_one_decides_and_nobody_decides_ones_own(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var household = ChangingMembers.Family(console);
        var (village, township, county) = (await console.As("village"), await console.As("township"), await console.As("county"));
        // A new member with an ID number waits too, the number encrypted.
        var joined = await village.Fill(
            $"/households/{household}/members",
            "form.add-form",
            [
                ("name", "王春分"),
                ("sex", "female"),
                ("birth", "1990-03-07"),
                ("relation", "niece"),
                ("change", "moved_in"),
                ("id_number", Number("53032619900307012")),
            ]
        );
        joined.Location!.ShouldEndWith("said=proposed", customMessage: joined.Text);
        console.Cli.Tables.Number("SELECT count(*) FROM persons WHERE name = '王春分'").ShouldBe(0);
        console.Query<string>("SELECT payload || differences FROM proposed_changes")[0].ShouldNotContain("19900307012");
        var id = console.Query<long>("SELECT id FROM proposed_changes")[0];
        (await village.Submit("/reviews", $"/reviews/{id}/accept", [])).Status.ShouldBe(HttpStatusCode.Forbidden);
        var token = (await township.Get("/reviews")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var other = (await county.Get("/reviews")).Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(
            township.Post($"/reviews/{id}/accept", new() { ["__RequestVerificationToken"] = token }),
            county.Post($"/reviews/{id}/accept", new() { ["__RequestVerificationToken"] = other })
        );
        answers.Select(a => a.Status).ShouldBe([HttpStatusCode.Redirect, HttpStatusCode.Conflict], ignoreOrder: true);
        console
            .Cli.Tables.Number(
                $"SELECT count(*) FROM persons p JOIN memberships m ON m.person_id = p.id AND m.household_id = {household} WHERE p.name = '王春分' AND p.id_index IS NOT NULL AND p.id_cipher IS NOT NULL"
            )
            .ShouldBe(1);
        ChangingMembers.Judged(console);
        // The number is taken now, wherever it is typed.
        (
            await township.Fill(
                $"/households/{console.Query<long>("SELECT max(id) FROM households")[0]}/members",
                "form.add-form",
                [
                    ("name", "王春分"),
                    ("sex", "female"),
                    ("birth", "1990-03-07"),
                    ("relation", "niece"),
                    ("change", "moved_in"),
                    ("id_number", Number("53032619900307012")),
                ]
            )
        ).Text.ShouldContain("还是别户的成员");
        // The table itself refuses a reviewer who is the author.
        Should.Throw<Exception>(() => console.Cli.Tables.Execute("UPDATE proposed_changes SET state = 1, decided_by = proposed_by"));
        // Outside the scope a proposal is not there.
        console.Cli.Tables.Execute("UPDATE proposed_changes SET state = 0, decided_by = NULL, household_id = 1");
        (await township.Submit("/reviews", $"/reviews/{id}/accept", [])).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Number(string digits) => digits + Tuopin.Registry.IdentityNumber.CheckDigit(digits);

    private static long? Wage(TuopinConsole console, long household) =>
        console
            .Query<long?>($"SELECT CAST(income_wage AS bigint) FROM household_years WHERE household_id = {household} AND year = 2020")
            .SingleOrDefault();
}
