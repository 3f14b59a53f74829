using System.Net;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class SendingFiles(Installations installations)
{
    private static readonly string[] Titles = ["户编号", "主要燃料类型", "卫生厕所", "村主干路有多远"];

    [Theory, BothEngines]
    public async Task A_village_loads_rows_of_its_own_and_no_others(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, outside) = console.Neighbours();
        var village = await console.As("village");
        var upload = await Corrected(village, "厕所.csv", [inside.No, "", Flip(console, inside.Id)], [outside.No, "", Flip(console, outside.Id)]);
        var before = Toilet(console, outside.Id);

        var tried = await village.Take(upload, "preview");
        var error = tried.Html.QuerySelectorAll("#upload tr").Single(r => r.TextContent.Contains("不在您的管辖范围内", StringComparison.Ordinal));
        error.QuerySelector("td")!.TextContent.ShouldBe("3");
        tried.Text.ShouldContain("只导入没有问题的行");
        var rejects = tried.Html.QuerySelector("#upload a[download]")!.GetAttribute("href")!;
        (await village.Get(rejects)).Status.ShouldBe(HttpStatusCode.OK);

        var refused = await village.Take(upload, "commit");
        refused.Text.ShouldContain("import.rows-rejected");
        // The refused rows hold full numbers: they are the sender's to fetch, and lie nowhere else.
        refused.Text.ShouldNotContain(console.Cli.Folder);
        var links = refused.Html.QuerySelectorAll("#upload a[download]").Select(a => a.GetAttribute("href")!).Distinct().ToList();
        links.Count.ShouldBe(2);
        foreach (var link in links)
            (await village.Get(link)).Status.ShouldBe(HttpStatusCode.OK);
        Directory.EnumerateFiles(Path.Combine(console.Cli.Folder, "rejects")).ShouldBeEmpty();
        var loaded = await village.Take(upload, "commit", yes: true);
        loaded.Text.ShouldNotContain("class=\"code\"");
        Toilet(console, outside.Id).ShouldBe(before);
        Toilet(console, inside.Id).ShouldNotBe(null);
        console
            .Query<(long Changed, long Rejected)>("SELECT changed + added, rejected FROM import_batches ORDER BY id DESC LIMIT 1")
            .ShouldBe([(1, 1)]);
    }

    [Theory, BothEngines]
    public async Task Whoever_loaded_a_file_comes_from_home_to_its_rejected_rows(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, outside) = console.Neighbours();
        var village = await console.As("village");
        var upload = await Corrected(village, "厕所.csv", [inside.No, "", Flip(console, inside.Id)], [outside.No, "", "是"]);
        var loaded = await village.Take(upload, "commit", yes: true);
        loaded.Html.QuerySelectorAll("#upload progress").Select(p => p.GetAttribute("value")).ShouldBe(["2"]);
        foreach (var page in new[] { "/", "/imports" })
        {
            var link = (await village.Get(page)).Html.QuerySelector("main a[href^='/jobs/']")!.GetAttribute("href")!;
            var job = await village.Get(link);
            // How many rows were read, of how many.
            job.Html.QuerySelector("#job")!.TextContent.ShouldContain("2 / 2");
            job.Html.QuerySelector(".job-log")!.TextContent.ShouldContain("合并");
            (await village.Get(job.Html.QuerySelector("a[download]")!.GetAttribute("href")!)).Status.ShouldBe(HttpStatusCode.OK);
        }
        // Somebody else's job is not theirs to open.
        (await (await console.As("county")).Get("/imports"))
            .Html.QuerySelectorAll("main a[href^='/jobs/']")
            .ShouldBeEmpty();
    }

    [Theory, BothEngines]
    public async Task A_day_is_read_as_people_write_it_and_never_guessed(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var village = await console.As("village");
        (await village.Get("/imports")).Html.QuerySelector("#day-data_date")!.GetAttribute("value").ShouldBe("2020-06-12");
        foreach (var (typed, read) in new[] { ("2020-6-1", "2020-06-01"), ("2020年6月2日", "2020-06-02"), ("", "2020-06-12") })
        {
            var sent = await village.SendFile("/imports", "a.csv", "a,b"u8.ToArray(), typed);
            (await village.Get(sent.Location!)).Text.ShouldContain(read);
        }
        var refused = await village.SendFile("/imports", "a.csv", "a,b"u8.ToArray(), "2020-13-01");
        (refused.Status, refused.Text.Contains("date.bad", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
        Directory.EnumerateDirectories(Path.Combine(console.Cli.Folder, "uploads")).Count().ShouldBe(3);
    }

    [Theory, BothEngines]
    public async Task Asking_again_how_far_it_is_reads_no_workbook(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var village = await console.As("village");
        var upload = (await village.Send("/imports", "厕所.csv", Titles, ["1", "", "是", ""])).Location!;
        File.Delete(Directory.EnumerateFiles(Path.Combine(console.Cli.Folder, "uploads"), "*.csv", SearchOption.AllDirectories).Single());
        var part = await village.Get(upload, headers: ("HX-Request", "true"));
        (part.Status, part.Html.QuerySelector("#upload") is null).ShouldBe((HttpStatusCode.OK, false));
    }

    [Theory, BothEngines]
    public async Task A_row_that_would_move_a_household_into_the_area_is_rejected(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, outside) = console.Neighbours();
        var place = console.Query<long>("SELECT area_code FROM households WHERE id = @id", new { id = inside.Id }).Single();
        var name = console.Query<string>("SELECT name FROM area_versions WHERE code = @place AND to_day IS NULL", new { place }).First();
        var village = await console.As("village");
        var sent = await village.Send(
            "/imports",
            "户.csv",
            ["县", "乡", "村", "户编号", "户主姓名", "危房等级(鉴定)"],
            ["会泽县", "宝云街道", name, outside.No, "甲乙", "D级"]
        );
        var tried = await village.Take(sent.Location!, "preview");
        tried.Text.ShouldContain("不在您的管辖范围内");
    }

    [Theory, BothEngines]
    public async Task An_import_is_seen_by_its_own_and_undone(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, _) = console.Neighbours();
        var before = Toilet(console, inside.Id);
        var village = await console.As("village");
        var upload = await Corrected(village, "厕所.csv", [inside.No, "", Flip(console, inside.Id)]);
        await village.Take(upload, "preview");
        await village.Take(upload, "commit");
        Toilet(console, inside.Id).ShouldNotBe(before);
        var batch = console.Query<long>("SELECT max(id) FROM import_batches").Single();

        console.Cli.Run("gaps", "--json").Done();
        (await village.Get("/imports")).Html.QuerySelector($"a[href='/imports/{batch}/undo']").ShouldNotBeNull();
        // It is asked for once more, with what it would touch.
        (await village.Get("/imports"))
            .Html.QuerySelector($"form[action='/imports/{batch}/undo']")
            .ShouldBeNull();
        var asked = (await village.Get($"/imports/{batch}/undo")).Html.QuerySelector(".counts")!.TextContent;
        asked.ShouldContain("厕所.csv");
        System.Text.RegularExpressions.Regex.Replace(asked, @"\s", "").ShouldContain("涉及户数1");
        Toilet(console, inside.Id).ShouldNotBe(before);
        (await village.Get("/imports")).Html.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        var county = await console.As("county");
        (await county.Get("/imports")).Html.QuerySelectorAll("tbody tr").Length.ShouldBeGreaterThan(1);
        var foreign = console.Query<long>("SELECT min(id) FROM import_batches").Single();
        (await village.Get($"/imports/{foreign}/undo")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Submit("/imports", $"/imports/{foreign}/undo", [])).Status.ShouldBe(HttpStatusCode.NotFound);

        var undone = await village.Press($"/imports/{batch}/undo", $"form[action='/imports/{batch}/undo']");
        var job = await village.Settled(undone.Location!);
        job.Text.ShouldContain("job-done");
        job.Html.QuerySelector("#job progress")!.GetAttribute("value").ShouldBe(job.Html.QuerySelector("#job progress")!.GetAttribute("max"));
        (await village.Get($"/imports/{batch}/undo")).Html.QuerySelector("form[action$='/undo']").ShouldBeNull();
        Toilet(console, inside.Id).ShouldBe(before);
    }

    [Theory, BothEngines]
    public async Task Columns_corrected_once_are_known_the_next_time_and_to_nobody_else(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, _) = console.Neighbours();
        string[] row = [inside.No, "", "是"];
        var village = await console.As("village");
        await Corrected(village, "厕所.csv", row);
        var again = await village.Get((await village.Send("/imports", "又一次.csv", Titles, row)).Location!);
        again.Text.ShouldContain("上次按您改过的列");
        var township = await console.As("township");
        var other = await township.Get((await township.Send("/imports", "厕所.csv", Titles, row)).Location!);
        other.Text.ShouldNotContain("上次按您改过的列");
    }

    [Theory, BothEngines]
    public async Task Hostile_files_are_refused_by_name_and_nobody_elses_upload_is_there(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var village = await console.As("village");
        foreach (
            var (name, content) in new (string, byte[])[]
            {
                ("../../keys.json", "{}"u8.ToArray()),
                ("a.xlsx", "no workbook"u8.ToArray()),
                ("<b>.csv", [0xff, 0xfe, 0, 0]),
            }
        )
        {
            var sent = await village.SendFile("/imports", name, content);
            sent.Status.ShouldBe(HttpStatusCode.Redirect, name);
            var page = await village.Get(sent.Location!);
            (page.Status, page.Html.QuerySelector(".alert-danger, .alert-warning")).ShouldSatisfyAllConditions(
                p => p.Status.ShouldBe(HttpStatusCode.OK),
                p => p.Item2.ShouldNotBeNull(name)
            );
            page.Text.ShouldNotContain("<b>.csv");
            (await (await console.As("township")).Get(sent.Location!)).Status.ShouldBe(HttpStatusCode.NotFound);
        }
        (await village.SendFile("/imports", "empty.csv", [])).Status.ShouldBe(HttpStatusCode.Conflict);
        File.ReadAllText(Path.Combine(console.Cli.Folder, "keys.json")).ShouldNotBe("{}");
    }

    [Theory, BothEngines]
    public async Task A_comparison_lists_differences_and_changes_nothing(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var (inside, _) = console.Neighbours();
        var before = Toilet(console, inside.Id);
        var village = await console.As("village");
        var upload = await Corrected(village, "厕所.csv", [inside.No, "", Flip(console, inside.Id)]);
        var page = await village.Take(upload, "compare");
        var file = await village.Get(page.Html.QuerySelector("a[download]")!.GetAttribute("href")!);
        file.Text.ShouldContain("有卫生厕所");
        Toilet(console, inside.Id).ShouldBe(before);
    }

    [Theory, BothEngines]
    public async Task Conflicts_are_accepted_and_absent_members_closed_only_when_they_are_there_and_ticked(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine));
        var first = Sheet
            .Of(Persons.Titles, [Persons.Placed(9000), Persons.Placed(9001), Persons.Placed(9002)])
            .Write(console.Cli.Folder, "first.csv");
        console.Cli.Import(first).Done();
        string Held(int number) => console.Query<string>($"SELECT name FROM persons WHERE national_no = '53032600000{number:D6}'").Single();
        int Open() =>
            console
                .Query<long>(
                    "SELECT m.person_id FROM memberships m JOIN households h ON h.id = m.household_id WHERE h.national_no = '53032600000900' AND m.to_day IS NULL"
                )
                .Count;
        var county = await console.As("county");
        // Nothing speaks against the same rows: nothing is asked.
        var plain = (
            await county.Send("/imports", "same.csv", Persons.Titles, Persons.Placed(9000), Persons.Placed(9001), Persons.Placed(9002))
        ).Location!;
        (await county.Take(plain, "preview")).Html.QuerySelectorAll("#upload input[type=checkbox]").ShouldBeEmpty();

        var another = Persons.Placed(9001, ("姓名", "另某"), ("证件号码", Persons.Id("29030119800101801")), ("出生日期", "1980-01-01"));
        var upload = (await county.Send("/imports", "other.csv", Persons.Titles, Persons.Placed(9000), another)).Location!;
        var tried = await county.Take(upload, "preview");
        tried
            .Html.QuerySelectorAll("#upload input[type=checkbox]")
            .Select(c => c.GetAttribute("name"))
            .ShouldBe(["yes", "accept_conflicts", "close_absent"]);
        tried.Html.QuerySelector("#upload form[action$='/commit']")!.TextContent.ShouldContain("1 名成员");
        (await county.Take(upload, "commit")).Text.ShouldContain("import.conflicts");
        (Held(9001), Open()).ShouldBe(("甲某", 3));

        var pressed = await county.Submit(upload, $"{upload}/commit", new() { ["accept_conflicts"] = "yes", ["close_absent"] = "yes" });
        var loaded = await county.Settled(pressed.Location!);
        loaded.Text.ShouldNotContain("class=\"code\"");
        (Held(9001), Open()).ShouldBe(("另某", 2));
        var entry = console.Query<string>("SELECT detail FROM audit_entries WHERE action = 'registry.import' ORDER BY id DESC LIMIT 1").Single();
        entry.ShouldContain("\"conflicts\":\"accepted\"");
        entry.ShouldContain("\"closed\":1");
    }

    // Sends a list of a header that no mapping knows, says where its columns go, and returns its page.
    private static async Task<string> Corrected(TuopinConsole.Browser browser, string name, params string[][] rows)
    {
        var upload = (await browser.Send("/imports", name, [Titles, .. rows.Select(r => r.Append("").ToArray())])).Location!;
        var page = await browser.Get(upload);
        page.Html.QuerySelector("input[name=to-0]").ShouldNotBeNull(page.Text);
        var answer = await browser.Submit(
            upload,
            $"{upload}/columns",
            new()
            {
                ["sheet"] = Path.GetFileNameWithoutExtension(name),
                ["kind"] = "facts",
                ["to-0"] = "household.national_no",
                ["to-1"] = "主要燃料类型 · household.fuel",
                ["to-2"] = "household.toilet",
                ["to-3"] = "",
            }
        );
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        return upload;
    }

    private static bool? Toilet(TuopinConsole console, long household) =>
        console
            .Query<bool?>("SELECT toilet FROM household_years WHERE household_id = @household AND year = 2020", new { household })
            .SingleOrDefault();

    private static string Flip(TuopinConsole console, long household) => Toilet(console, household) == true ? "否" : "是";
}
