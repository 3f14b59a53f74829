using System.Net;
using System.Text;
using Shouldly;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Procedures;
using Tuopin.Tests.Support;
using Xunit;
using static Tuopin.Tests.Console.SteppingThroughLists;

namespace Tuopin.Tests.Console;

/// <summary>Lists on the notice board and on the public page, with objections, replies and appeals.</summary>
public sealed class HangingNotices(Installations installations)
{
    private const string Contact = "微信 zhang-san-feng";

    [Theory, BothEngines]
    public async Task A_notice_is_printed_hung_objected_to_by_its_link_and_appealed(Engine engine)
    {
        await using var console = await TuopinConsole.Own(
            installations.Copy(engine, "township"),
            s => s.AddSingleton(new RateLimits { PublicWritesPerWindow = 100 })
        );
        var (clerk, township, admin) = (await Clerk(console), await console.As("township"), await console.As("admin"));
        await SetDays(console);
        var three = Thirty(console).Take(3).ToList();
        var list = await Listed(clerk, three);
        var id = list.Split('/')[^1];
        (await clerk.Get($"{list}/notice")).Text.ShouldContain("list.no-publicity");
        Accepted(await Take(clerk, list));
        Accepted(await Take(clerk, list, Meeting));
        Accepted(await Take(clerk, list));
        Accepted(await Take(clerk, list, ("evidence", "签字表")));

        // What the board shows is what the procedure lets it show.
        var notice = await clerk.Get($"{list}/notice?paper=a3");
        notice.Status.ShouldBe(HttpStatusCode.OK);
        var names = SteppingThroughLists.Numbers(
            console,
            $"SELECT head_name FROM household_list WHERE number IN ('{string.Join("', '", three)}') AND place_code = area_code"
        );
        void Shows(TuopinConsole.Page page)
        {
            page.Html.QuerySelectorAll(".notice-rows tbody tr").Length.ShouldBe(3);
            foreach (var name in names)
            {
                page.Text.ShouldNotContain(name);
                page.Text.ShouldContain(PrintNotice.Masked(name)!);
            }
            foreach (var number in three)
                page.Text.ShouldNotContain(number);
            page.Html.Body!.TextContent.ShouldNotMatch("[0-9]{11}");
            page.Text.ShouldContain("2020-06-12");
            page.Text.ShouldContain("2020-06-19");
        }
        Shows(notice);
        (await (await console.As("village")).Get($"{list}/notice")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await (await console.As("auditor")).Get($"{list}/notice")).Status.ShouldBe(HttpStatusCode.Forbidden);
        Count(console, "SELECT count(*) FROM audit_entries WHERE action = 'list.print'").ShouldBe(1);

        // Hung, with a photo of it as evidence at that very act.
        Accepted(await clerk.Press(list, "#hang"));
        var act = Count(console, $"SELECT number FROM list_acts WHERE list_id = {id} AND kind = 'hang'");
        Accepted(await KeepingEvidence.Add(clerk, list, $"list_act:{id}:{act}", [("title", "村务公开栏")], ("board.jpg", KeepingEvidence.Photo())));
        (await clerk.Get(list)).Html.QuerySelector(".evidence")!.TextContent.ShouldContain("村务公开栏");
        (await (await console.As("village")).Get("/evidence/1")).Status.ShouldBe(HttpStatusCode.NotFound);

        // A public page there is none of until the administrator allows it.
        (await clerk.Get(list))
            .Html.QuerySelector("#link")
            .ShouldBeNull();
        Refused(await clerk.Submit(list, $"{list}/link", []), "publicity.off");
        (await (await console.As("county")).Get("/publicity")).Status.ShouldBe(HttpStatusCode.Forbidden);
        Accepted(await admin.Press("/publicity", "#allow"));
        Refused(await township.Submit(list, $"{list}/link", []), "list.not-your-step", HttpStatusCode.Forbidden);
        async Task<string> Link() => new Uri((await clerk.Press(list, "#link")).Html.QuerySelector("#public-address")!.TextContent).AbsolutePath;
        var first = await Link();
        var page = await Link();
        first.Length.ShouldBe("/p/".Length + 32);
        var nobody = console.Nobody();
        foreach (var gone in new[] { first, "/p/guess", "/p/reply/guess", page + "a" })
            (await nobody.Get(gone)).Status.ShouldBe(HttpStatusCode.NotFound, gone);
        Shows(await nobody.Get(page));
        using (var answer = await nobody.Client.GetAsync(page, TestContext.Current.CancellationToken))
        {
            answer.Headers.GetValues("X-Robots-Tag").Single().ShouldStartWith("noindex");
            answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
        var secret = page[3..];
        console.Cli.Tables.Dump(["publicity_links", "audit_entries"]).Values.SelectMany(r => r).ShouldAllBe(r => !r.Contains(secret));

        // Anybody objects; who it was is known to nobody but whoever answers.
        (string, string)[] said = [("about", "2"), ("words", "家里有小汽车"), ("who", "张三丰"), ("contact", Contact)];
        var form = (await nobody.Get(page))
            .Html.QuerySelectorAll("#object input[type=hidden]")
            .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        foreach (var (field, value) in said)
            form[field] = value;
        var received = await nobody.Post(page, form);
        var reply = received.Html.QuerySelector("#receipt")!.GetAttribute("href")!;
        (await nobody.Post(page, form)).Html.QuerySelector("#receipt").ShouldBeNull();
        Count(console, "SELECT count(*) FROM list_objections WHERE by_link = " + (engine == Engine.Sqlite ? "1" : "true")).ShouldBe(1);
        foreach (var hidden in new[] { "张三丰", Contact, reply.Split('/')[^1] })
            console
                .Cli.Tables.Dump(["list_objections", "list_acts", "changes", "audit_entries"])
                .Values.SelectMany(r => r)
                .ShouldAllBe(r => !r.Contains(hidden));

        async Task Bad(HttpStatusCode status, string code, params (string, string)[] typed) =>
            Refused(await nobody.Press(page, "#object", typed), code, status);
        await Bad(HttpStatusCode.Conflict, "list.reason-missing", ("words", " "));
        await Bad(HttpStatusCode.BadRequest, "publicity.no-row", ("words", "不实"), ("about", "4"));
        await Bad(HttpStatusCode.BadRequest, "publicity.no-row", ("words", "不实"), ("about", three[0]));
        await Bad(HttpStatusCode.BadRequest, "list.too-long", ("words", new string('字', 501)));
        await Bad(HttpStatusCode.BadRequest, "publicity.too-long", ("words", "不实"), ("who", new string('字', 61)));
        (await nobody.Post(page, new() { ["words"] = "没有令牌" })).Text.ShouldContain("request.forged");
        ((int)(await nobody.Press(page, "#object", ("words", new string('a', 20_000)))).Status).ShouldBeInRange(400, 413);

        (await (await console.As("auditor")).Get(list)).Html.QuerySelector("form.who").ShouldBeNull();
        Refused(await township.Submit(list, $"{list}/objections/1/who", []), "list.not-your-step", HttpStatusCode.Forbidden);
        (await clerk.Press(list, "form.who")).Text.ShouldContain(Contact);
        Count(console, "SELECT count(*) FROM audit_entries WHERE action = 'objection.reveal'").ShouldBe(1);

        // Turned off, every page is gone, and on again it does not come back.
        Accepted(await admin.Press("/publicity", "#allow"));
        (await nobody.Get(page)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await nobody.Get(reply)).Status.ShouldBe(HttpStatusCode.NotFound);
        Accepted(await admin.Press("/publicity", "#allow"));
        (await nobody.Get(page)).Status.ShouldBe(HttpStatusCode.NotFound);
        page = await Link();

        // Its days over, the page is gone, and the objection waits for its reply.
        OnDay(console, "2020-06-18");
        (await nobody.Get(page)).Status.ShouldBe(HttpStatusCode.OK);
        form = (await nobody.Get(page))
            .Html.QuerySelectorAll("#object input[type=hidden]")
            .ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        OnDay(console, "2020-06-19");
        (await nobody.Get(page)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await nobody.Post(page, new(form) { ["words"] = "太晚了" })).Status.ShouldBe(HttpStatusCode.NotFound);
        Refused(await Take(clerk, list), "list.objections-open");
        (await nobody.Get(reply)).Html.QuerySelector("#waits").ShouldNotBeNull();
        (await nobody.Get(reply)).Html.QuerySelector("#appeal").ShouldBeNull();
        Accepted(await clerk.Press(list, "form.answer", ("words", "车是亲戚的"), ("upheld", "no")));
        (await nobody.Get(reply)).Html.QuerySelector("#answer")!.TextContent.ShouldContain("车是亲戚的");

        // Not satisfied, whoever objected appeals; the level above answers, and nobody else.
        Accepted(await nobody.Press(reply, "#appeal", ("words", "车登记在他名下")));
        Refused(await Take(clerk, list), "list.objections-open");
        (await clerk.Get(list)).Html.QuerySelector("form.answer-appeal").ShouldBeNull();
        Refused(
            await clerk.Submit(list, $"{list}/objections/1/appeal/answer", new() { ["words"] = "不成立", ["upheld"] = "no" }),
            "list.not-your-step",
            HttpStatusCode.Forbidden
        );
        Accepted(await township.Press(list, "form.answer-appeal", ("words", "经查属实"), ("upheld", "yes")));
        (await nobody.Get(reply)).Html.QuerySelector("#appeal-answer")!.TextContent.ShouldContain("经查属实");
        Count(console, $"SELECT count(*) FROM list_subjects WHERE list_id = {id} AND cause IS NULL").ShouldBe(2);
        Accepted(await Take(clerk, list));

        // The keys of personal numbers rotate with what strangers said of themselves.
        console.Cli.Run("keys", "rotate").Done();
        (await clerk.Submit(list, $"{list}/objections/1/who", [])).Text.ShouldContain(Contact);
        console.Cli.Run("audit", "verify").Done();
    }

    [Theory, BothEngines]
    public async Task Public_pages_are_limited_by_address(Engine engine)
    {
        await using var console = await TuopinConsole.Over(
            installations.Shared(engine),
            s => s.AddSingleton(new RateLimits { PublicReadsPerMinute = 3, PublicWritesPerWindow = 1 })
        );
        var nobody = console.Nobody();
        for (var i = 0; i < 3; i++)
            (await nobody.Get("/p/guess")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await nobody.Get("/p/guess")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await nobody.Post("/p/guess", [])).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await nobody.Post("/p/reply/guess", [])).Text.ShouldContain("rate.public");
    }

    [Fact]
    public void A_name_on_the_board_has_a_star_in_it()
    {
        foreach (
            var (name, masked) in new[] { ("李", "*"), ("李明", "李*"), ("李小明", "李*明"), ("欧阳小明", "欧阳*明"), ("阿布都热西提", "阿****提") }
        )
            PrintNotice.Masked(name).ShouldBe(masked);
        Encoding.UTF8.GetByteCount(PrintNotice.Masked("𠀀明")!).ShouldBe(5);
    }
}
