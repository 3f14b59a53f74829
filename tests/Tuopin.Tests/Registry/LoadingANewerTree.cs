using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Tests.Console;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>A newer tree of a county: what moves is said first, and it is loaded as a whole or not at all.</summary>
public sealed class LoadingANewerTree(Installations installations) : IDisposable
{
    private const string From = "2020-06-01";
    private readonly DirectoryInfo packs = Directory.CreateTempSubdirectory("tuopin-packs-");

    public void Dispose() => packs.Delete(recursive: true);

    /// <summary>The tree in force on the work date, as rows of a file.</summary>
    private static List<string[]> Tree(TuopinCli cli) =>
        [
            .. cli
                .Tables.Query<(long Code, string Name)>(
                    "SELECT code, name FROM area_versions WHERE code BETWEEN 530326000000 AND 530326999999 AND level IN (4, 5) AND from_day <= 20200612 AND (to_day IS NULL OR to_day > 20200612) ORDER BY code"
                )
                .Select(a => new[] { Text(a.Code), a.Name }),
        ];

    private static string Text(long code) => code.ToString("D12", CultureInfo.InvariantCulture);

    private static string Write(TuopinCli cli, string name, string[] titles, IEnumerable<string[]> rows) =>
        Sheet.Of(titles, rows).Write(cli.Folder, name);

    private static string TreeFile(TuopinCli cli, IEnumerable<string[]> rows, string name = "tree.csv") =>
        Write(cli, name, ["区划代码", "名称"], rows);

    private static string MapFile(TuopinCli cli, params IEnumerable<string[]> rows) => Write(cli, "map.xlsx", ["旧代码", "新代码", "组"], rows);

    private static Answer Load(TuopinCli cli, string tree, string? map, params string[] options) =>
        cli.Run(["areas", "load", tree, "--from", From, "--json", .. map is null ? Array.Empty<string>() : ["--map", map], .. options]);

    /// <summary>Villages with households, those with most first: code, area, name, households.</summary>
    private static List<(long Code, long Area, string Name, long Households)> Villages(TuopinCli cli) =>
        cli.Tables.Query<(long, long, string, long)>(
            """
            SELECT h.area_code, h.village_id, max(v.name), count(*) FROM households h JOIN area_versions v ON v.area_id = h.village_id AND v.code = h.area_code
              AND v.from_day <= 20200612 AND (v.to_day IS NULL OR v.to_day > 20200612)
            GROUP BY h.area_code, h.village_id ORDER BY count(*) DESC, h.area_code
            """
        );

    private static void Judged(TuopinCli cli)
    {
        string[] judged = ["verdicts", "tallies", "household_list", "area_counts", "area_figures"];
        var kept = cli.Tables.Dump(judged);
        cli.Run("gaps", "--json").Done();
        cli.Judge().Done();
        kept.ShouldEqual(cli.Tables.Dump(judged));
        cli.Run("audit", "verify").Done();
    }

    private static void NothingChanged(TuopinCli cli, Func<Answer> act, Action<Answer> told)
    {
        string[] watched = ["area_versions", "areas", "households", "persons", "dwellings", "responsibilities", "changes", "audit_entries"];
        var before = cli.Tables.Dump(watched);
        told(act());
        before.ShouldEqual(cli.Tables.Dump(watched));
    }

    // What a load moves, apart from which change wrote it last.
    private static Dictionary<string, List<string>> Moved(TuopinCli cli, params IEnumerable<string> more) =>
        cli.Tables.Dump(
            [
                "area_versions",
                "area_boundaries",
                "households",
                "persons",
                "dwellings",
                "responsibilities",
                "subject_lists",
                "list_subjects",
                "clues",
                "household_list",
                "area_figures",
                "tallies",
                .. more,
            ],
            "change_id"
        );

    private static Answer Undo(TuopinCli cli) =>
        cli.Run("import", "--undo", cli.Tables.Text("SELECT CAST(max(id) AS text) FROM import_batches")!, "--json");

    [Theory, BothEngines]
    public async Task A_village_with_another_code_and_one_that_is_merged_take_everything_with_them(Engine engine)
    {
        // A subject of a county's own, with an area code and nothing else that says where it is.
        Directory.CreateDirectory(Path.Combine(packs.FullName, "dictionary"));
        File.WriteAllText(
            Path.Combine(packs.FullName, "dictionary", "orchards.yaml"),
            """
            subject: orchard
            label: { zh: 果园, en: orchard }
            table: orchards
            relations:
              village: { to: village, source_column: village_id }
            facts:
              trees: { label: { zh: 果树, en: trees }, type: int, min: 0, max: 100000, kept: row, stated_by: [village] }
            """
        );
        using var cli = installations.Copy(engine, "township");
        cli.Packs = packs.FullName;
        cli.Judge().Done();
        var (first, second) = (Villages(cli)[0], Villages(cli)[1]);
        var recoded = first.Code / 1000 * 1000 + 998;
        cli.Edit(
            $"INSERT INTO orchards (id, area_code, village_id, trees, change_id) VALUES (5303260000000001, {second.Code}, {second.Area}, 40, CHANGE)"
        );
        cli.Edit(
            $"INSERT INTO responsibilities (id, post_id, area_id, from_day, change_id) SELECT 5303269999999001, min(id), {second.Area}, 20180101, CHANGE FROM posts"
        );
        cli.Edit(
            $"INSERT INTO monitorings (id, household_id, kind, from_day, risks, change_id) SELECT 5303269999999001, max(id), 1, 20200501, 2, CHANGE FROM households WHERE area_code = {second.Code}"
        );
        var monitored = cli.Tables.Text(
            "SELECT coalesce(h.national_no, h.provisional_no) FROM households h JOIN monitorings m ON m.household_id = h.id WHERE m.id = 5303269999999001"
        )!;
        cli.Edit(
            $"INSERT INTO area_boundaries (area_code, shape, change_id) VALUES ({second.Code}, 'POLYGON ((103 26, 103.1 26, 103.1 26.1, 103 26))', CHANGE)"
        );
        cli.Judge().Done();
        var before = Moved(cli, "orchards");
        var duties = cli.Tables.Number($"SELECT count(*) FROM responsibilities WHERE area_id = {second.Area} AND to_day IS NULL");
        var others = cli.Tables.Number($"SELECT count(*) FROM responsibilities WHERE area_id = {first.Area} AND to_day IS NULL");
        // The first has another code and a longer name; the second becomes part of it; its code is given to a new village.
        var rows = Tree(cli).Where(r => r[0] != Text(first.Code) && r[0] != Text(second.Code)).ToList();
        rows.Add([Text(recoded), "新" + first.Name]);
        rows.Add([Text(second.Code), "移民新村"]);
        var (tree, map) = (TreeFile(cli, rows), MapFile(cli, [Text(first.Code), Text(recoded), ""], [Text(second.Code), Text(recoded), ""]));

        NothingChanged(cli, () => Load(cli, tree, map, "--preview"), told => told.Refused("areas.later-tree", "--replace-later"));
        NothingChanged(
            cli,
            () => Load(cli, tree, map, "--preview", "--replace-later"),
            told =>
            {
                var preview = told.Json.GetProperty("preview");
                told.Json.GetProperty("applied").GetBoolean().ShouldBeFalse();
                preview.GetProperty("faults").GetArrayLength().ShouldBe(0);
                var moving = preview.GetProperty("moving").EnumerateArray().ToDictionary(m => m.GetProperty("code").GetString()!);
                moving[Text(first.Code)].GetProperty("households").GetInt64().ShouldBe(first.Households);
                moving[Text(second.Code)].GetProperty("households").GetInt64().ShouldBe(second.Households);
                moving[Text(second.Code)].GetProperty("responsibilities").GetInt64().ShouldBe(duties);
                preview.GetProperty("reused").EnumerateArray().ShouldHaveSingleItem().GetProperty("was").GetString().ShouldBe(second.Name);
                preview.GetProperty("added").EnumerateArray().Select(a => a.GetProperty("name").GetString()).ShouldContain("移民新村");
            }
        );

        string Judgements(params string[] at) =>
            cli.Run(["figures", "judged_households", "--area", Text(recoded / 1000 * 1000), "--level", "village", "--json", .. at])
                .Done()
                .Json.GetProperty("areas")
                .GetRawText();
        var (known, judged) = (cli.Clock.Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), Judgements());
        cli.Clock.Now += TimeSpan.FromMinutes(1);

        var loaded = Load(cli, tree, map, "--replace-later").Done();
        loaded.Document.GetProperty("moved").GetInt64().ShouldBe(first.Households + second.Households);
        var into = cli.Tables.Number($"SELECT area_id FROM area_versions WHERE code = {recoded} AND from_day = 20200601");
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {recoded} AND village_id = {into}")
            .ShouldBe(first.Households + second.Households);
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code IN ({first.Code}, {second.Code})").ShouldBe(0);
        cli.Tables.Number($"SELECT count(*) FROM persons WHERE area_code IN ({first.Code}, {second.Code})").ShouldBe(0);
        cli.Tables.Number($"SELECT count(*) FROM dwellings WHERE area_code IN ({first.Code}, {second.Code}) OR village_id = {second.Area}")
            .ShouldBe(0);
        cli.Tables.Query<long>("SELECT area_code FROM orchards").ShouldBe([recoded]);
        // Who is monitored stays so, and is found in the village that took the other in.
        cli.Run("monitoring", "list", "--area", Text(recoded)).Done().Output.ShouldContain(monitored);
        cli.Tables.Query<long>("SELECT village_id FROM orchards").ShouldBe([into]);
        cli.Tables.Number($"SELECT count(*) FROM responsibilities WHERE area_id = {into} AND to_day IS NULL").ShouldBe(duties + others);
        cli.Tables.Number($"SELECT count(*) FROM responsibilities WHERE area_id = {second.Area} AND to_day = 20200601").ShouldBe(duties);
        cli.Tables.Number(
                $"SELECT count(*) FROM households_history WHERE area_code = {second.Code} AND ended_by = (SELECT max(id) FROM changes WHERE reason LIKE '区划调整%')"
            )
            .ShouldBe(second.Households);
        // The day before has the tree of that day; a place that ended knows who took it in; the code now means another place.
        using (var connection = cli.Open().Store.Open())
        {
            AreaTree.Load(connection, new(2020, 5, 31)).ByCode(second.Code)!.AreaId.ShouldBe(second.Area);
            var now = AreaTree.Load(connection, new(2020, 6, 12));
            now.ByCode(second.Code)!.Name.ShouldBe("移民新村");
            now.ById(second.Area).ShouldBeNull();
            now.Heir(second.Area)!.AreaId.ShouldBe(into);
            AreaTree.Load(connection, new(2024, 1, 1)).ByCode(recoded)!.AreaId.ShouldBe(into);
        }
        // As was known before, all are judged and counted in the villages of before.
        Judgements("--known-at", known).ShouldBe(judged);
        Judgements().ShouldNotBe(judged);
        // A household of the day before is shown in the village of that day.
        var moved = cli.Tables.Number($"SELECT max(id) FROM households_history WHERE area_code = {second.Code}");
        await using (var console = await TuopinConsole.Over(cli))
        {
            var county = await console.As("county");
            (await county.Get($"/households/{moved}?day=2020-05-31")).Html.QuerySelector("main")!.TextContent.ShouldContain($"{second.Name}");
            (await county.Get($"/households/{moved}")).Html.QuerySelector("main")!.TextContent.ShouldNotContain($"› {second.Name}");
            // So do the list of a day and the names behind a figure of that day; of today they name the village of today.
            using var api = CallingTheApi.Client(console, "county", "ViewHouseholds,ViewFigures");
            var township = Text(recoded / 1000 * 1000);
            foreach (
                var path in new[]
                {
                    $"/api/v1/households/as-of?area={township}&after={recoded}-0",
                    $"/api/v1/figures/registered_households/names?area={township}&after={recoded}-0",
                }
            )
            {
                async Task<List<string>> Areas(string asOf) =>
                    JsonDocument
                        .Parse(await api.GetStringAsync(path + asOf, TestContext.Current.CancellationToken))
                        .RootElement.EnumerateObject()
                        .First(p => p.Value.ValueKind == JsonValueKind.Array)
                        .Value.EnumerateArray()
                        .Select(h => h.GetProperty("area").GetString()!)
                        .Distinct()
                        .Order(StringComparer.Ordinal)
                        .ToList();
                (await Areas("")).ShouldBe([Text(recoded)], path);
                var then = await Areas("&asOf=2020-05-31");
                then.ShouldNotBeEmpty(path);
                then.ShouldBeSubsetOf([Text(first.Code), Text(second.Code)], path);
            }
        }
        var counted = cli.Tables.Number($"SELECT households FROM area_figures WHERE area_id = {into} ORDER BY households DESC LIMIT 1");
        counted.ShouldBeGreaterThan(0);
        Judged(cli);
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'areas.load' ORDER BY id DESC LIMIT 1")!.ShouldContain("merged");
        // Once more there is nothing to load, and no day before it.
        Load(cli, tree, null, "--replace-later").Refused("areas.later-tree");
        cli.Run("areas", "load", tree, "--from", "2020-06-02", "--json").Refused("areas.nothing");

        // The tree is one change: taken back, everything is where it was, and judged; it can be loaded again.
        Undo(cli).Done();
        Moved(cli, "orchards").ShouldEqual(before);
        Judged(cli);
        cli.Tables.Text("SELECT detail FROM audit_entries WHERE action = 'areas.undo'")!.ShouldContain("batch");
        Undo(cli).Refused("import.undone-already");
        Load(cli, tree, map, "--replace-later").Done().Document.GetProperty("moved").GetInt64().ShouldBe(first.Households + second.Households);
        // Whoever is put into the new place stands on it; nothing is undone then.
        cli.Edit(
            $"UPDATE orchards SET trees = 41, change_id = CHANGE",
            $"INSERT INTO village_years (area_id, year, change_id) SELECT area_id, 2031, CHANGE FROM area_versions WHERE code = {second.Code} AND from_day = 20200601"
        );
        NothingChanged(cli, () => Undo(cli), told => told.Refused("areas.built-upon", "orchards", "village_years"));
    }

    [Theory, BothEngines]
    public void A_village_is_divided_by_groups_and_whatever_nobody_says_is_refused_by_row_and_column(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        var village = Villages(cli)[0];
        var (group, area) = ("河边组", village.Code * 1000 + 1);
        cli.Edit(
            $"INSERT INTO areas (id) VALUES ({area})",
            $"INSERT INTO area_versions (area_id, from_day, code, name, parent_id, level, kind, change_id) VALUES ({area}, 18000101, {area}, '{group}', {village.Area}, 6, 0, CHANGE)",
            $"UPDATE households SET group_name = '{group}', group_id = {area}, change_id = CHANGE WHERE id IN (SELECT id FROM households WHERE village_id = {village.Area} ORDER BY id LIMIT 7)"
        );
        cli.Judge().Done();
        var inGroup = cli.Tables.Number($"SELECT count(*) FROM households WHERE village_id = {village.Area} AND group_name = '{group}'");
        var fresh = village.Code / 1000 * 1000 + 997;
        var rows = Tree(cli);
        List<string[]> With(params string[][] more) => [.. rows, .. more];
        string[] made = [Text(fresh), "分出村"];

        foreach (
            var (tree, map, said) in new (List<string[]> Tree, string[][]? Map, string Said)[]
            {
                (
                    With(made),
                    [
                        [Text(village.Code), Text(village.Code), ""],
                        [Text(village.Code), Text(fresh), ""],
                    ],
                    "没有写明哪些组归哪里"
                ),
                (
                    With(made),
                    [
                        [Text(village.Code), Text(fresh), "没有这个组"],
                    ],
                    "没有农户登记在“没有这个组”"
                ),
                (
                    With(made),
                    [
                        [Text(village.Code), "530326999999", ""],
                    ],
                    "区划文件中没有这个代码"
                ),
                (
                    With(made),
                    [
                        ["530326888888", Text(fresh), ""],
                    ],
                    "没有这个代码"
                ),
                (
                    With(made),
                    [
                        [Text(village.Code / 1000 * 1000), Text(fresh), ""],
                    ],
                    "不是同一级"
                ),
                ([.. rows.Where(r => r[0] != Text(village.Code))], null, "没有去向"),
                (With(rows[3]), null, "重复"),
                (With(["5303x6", "错"]), null, "2、4、6、9 或 12 位"),
                (With(["530326777001", "没有上级"]), null, "都没有它的上级"),
                (With([Text(fresh), ""]), null, "1 至 100 字"),
            }
        )
            NothingChanged(
                cli,
                () => Load(cli, TreeFile(cli, tree), map is null ? null : MapFile(cli, map), "--replace-later"),
                told => told.Refused("areas.faults", said)
            );
        Load(cli, TreeFile(cli, rows, "tree.csv"), MapFile(cli, []), "--replace-later", "--preview")
            .Json.GetProperty("preview")
            .GetProperty("moving")
            .GetArrayLength()
            .ShouldBe(0);
        Load(cli, Write(cli, "no.csv", ["甲", "乙"], rows), null).Refused("areas.columns");
        Load(
                cli,
                Write(
                    cli,
                    "no.xlsx",
                    ["名称"],
                    [
                        ["甲"],
                    ]
                ),
                null
            )
            .Refused("areas.columns");
        File.WriteAllText(Path.Combine(cli.Folder, "zip.xlsx"), "PK not a workbook");
        Load(cli, Path.Combine(cli.Folder, "zip.xlsx"), null).Refused("import.file-refused");
        cli.Run("areas", "load", TreeFile(cli, rows), "--from", "2020-06-13", "--json").Misused("areas.day");

        var map2 = MapFile(cli, [Text(village.Code), Text(fresh), group]);
        var before = Moved(cli);
        Load(cli, TreeFile(cli, With(made)), map2, "--replace-later").Done().Document.GetProperty("moved").GetInt64().ShouldBe(inGroup);
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {fresh} AND group_name = '{group}'").ShouldBe(inGroup);
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {village.Code}").ShouldBe(village.Households - inGroup);
        cli.Tables.Number(
                $"SELECT count(*) FROM households h JOIN area_versions g ON g.area_id = h.group_id AND g.to_day IS NULL JOIN area_versions v ON v.area_id = g.parent_id AND v.to_day IS NULL WHERE h.area_code = {fresh} AND v.code = {fresh} AND g.code BETWEEN {fresh}000 AND {fresh}999"
            )
            .ShouldBe(7);
        Judged(cli);

        // A later tree and a user of the new village stand on it: the tree goes first, the user after it.
        var batch = cli.Tables.Number("SELECT max(id) FROM import_batches");
        Answer UndoFirst() => cli.Run("import", "--undo", $"{batch}", "--json");
        cli.Run("users", "create", "clerk").Done();
        cli.Run("users", "grant", "clerk", "--role", "Village", "--area", Text(fresh)).Done();
        var renamed = TreeFile(cli, [.. rows, [Text(fresh), "分出新村"]], "later.csv");
        var later = MapFile(cli, [Text(fresh), Text(fresh), ""]);
        cli.Run("areas", "load", renamed, "--from", "2020-06-10", "--map", later, "--json").Done();
        NothingChanged(cli, UndoFirst, told => told.Refused("areas.built-upon", "later.csv"));
        Undo(cli).Done();
        NothingChanged(cli, UndoFirst, told => told.Refused("areas.built-upon", "用户授权"));
        var clerk = cli.Run("users", "list", "--json").Json.EnumerateArray().Single(u => u.GetProperty("name").GetString() == "clerk");
        cli.Run("users", "end-grant", "clerk", $"{clerk.GetProperty("grants")[0].GetProperty("id").GetInt64()}").Done();
        UndoFirst().Done();
        Moved(cli).ShouldEqual(before);
        Judged(cli);
    }

    [Theory, BothEngines]
    public async Task A_county_sends_looks_and_loads_on_a_page_and_a_village_user_goes_with_the_village(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var cli = console.Cli;
        var (county, village) = (await console.As("county"), await console.As("village"));
        var mine = cli.Tables.Number("SELECT min(area_code) FROM households");
        var home = Villages(cli).First(v => v.Code == mine);
        var (path, recoded) = ("/households", home.Code / 1000 * 1000 + 996);
        var before = (await village.Get(path)).Html.QuerySelectorAll("tbody tr").Length;
        before.ShouldBeGreaterThan(0);
        var rows = Tree(cli).Where(r => r[0] != Text(home.Code)).Append([Text(recoded), home.Name]).ToList();
        var content = Encoding.UTF8.GetBytes("code,name\r\n" + string.Join("\r\n", rows.Select(r => string.Join(',', r))));

        async Task<TuopinConsole.Page> Send(TuopinConsole.Browser browser, byte[] file, string map, bool replace = true)
        {
            var form = await browser.Get("/areas/load");
            using var body = new MultipartFormDataContent
            {
                {
                    new StringContent(form.Html.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
                    "__RequestVerificationToken"
                },
                { new StringContent(From), "data_date" },
                { new StringContent(replace ? "yes" : ""), "replace" },
                { new ByteArrayContent(file), "file", "新区划.csv" },
                { new StringContent(map), "map", "对照.csv" },
            };
            return await browser.Send(new(HttpMethod.Post, "/areas/load") { Content = body }, "text/html");
        }

        var map = $"old,new\r\n{Text(home.Code)},{Text(recoded)}";
        var blocked = await county.Get((await Send(county, content, map, replace: false)).Location!);
        blocked.Html.QuerySelector("#wrong")!.TextContent.ShouldContain("以后");
        blocked.Html.QuerySelector("form.apply-form").ShouldBeNull();
        var outside = await county.Get((await Send(county, [.. content, .. "\r\n530302001001,外县村"u8], map)).Location!);
        outside.Html.QuerySelector("#wrong")!.TextContent.ShouldContain("不在您的区域内");
        var sent = (await Send(county, content, map)).Location!;
        var page = await county.Get(sent);
        page.Html.QuerySelector("#moving")!.TextContent.ShouldContain(Text(recoded));
        page.Html.QuerySelector($"#moving a[href='/households?area={Text(home.Code)}']").ShouldNotBeNull();
        // Somebody else's upload is nobody's; an administrator counts and sees no names; others may not.
        var admin = await console.As("admin");
        (await admin.Get(sent)).Status.ShouldBe(HttpStatusCode.NotFound);
        var theirs = await admin.Get((await Send(admin, content, map)).Location!);
        theirs.Html.QuerySelector("#moving")!.TextContent.ShouldContain(Text(recoded));
        theirs.Html.QuerySelector("#moving a").ShouldBeNull();
        (await (await console.As("township")).Get("/areas/load")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await console.Nobody().Get("/areas/load")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        // The record changed since the preview: the job is refused and nothing moves.
        using var api = CallingTheApi.Client(console, "county", "LoadAreas,ViewJobs");
        var id = sent.Split('/', '?')[3];
        using (var told = await api.GetAsync($"/api/v1/areas/loads/{id}?replace=true", TestContext.Current.CancellationToken))
        {
            var json = JsonDocument.Parse(await told.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            json.GetProperty("preview").GetProperty("moving")[0].GetProperty("what").GetString().ShouldBe("recoded");
            using var stale = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/areas/loads/{id}/apply")
            {
                Content = new StringContent("""{"replaceLater":true}""", Encoding.UTF8, "application/json"),
            };
            stale.Headers.TryAddWithoutValidation("If-Match", "\"old\"");
            (await api.SendAsync(stale, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        }
        var forged = await county.Press(sent, "form.apply-form", ("mark", "another"));
        (await county.Settled(forged.Location!)).Text.ShouldContain("areas.changed-since");
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {recoded}").ShouldBe(0);

        var job = await county.Press(sent, "form.apply-form");
        (await county.Settled(job.Location!)).Text.ShouldContain($"{home.Households} 户随之移动");
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {recoded}").ShouldBe(home.Households);
        // The village's own user holds the village, whatever its code.
        (await village.Get(path))
            .Html.QuerySelectorAll("tbody tr")
            .Length.ShouldBe(before);
        (await village.Get($"{path}?area={Text(home.Code)}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Get($"{path}?area={Text(recoded)}")).Status.ShouldBe(HttpStatusCode.OK);
        Judged(cli);

        // The county sees the tree among imports and trees; a village user imports, and does not load trees; an edit since stands on it.
        var batch = cli.Tables.Number("SELECT max(id) FROM import_batches");
        var undo = $"/areas/loaded/{batch}/undo";
        (await county.Get("/imports")).Html.QuerySelector($"a[href='{undo}']").ShouldNotBeNull();
        (await admin.Get("/areas/load")).Html.QuerySelector($"#loaded a[href='{undo}']").ShouldNotBeNull();
        (await village.Get(undo)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await county.Get("/areas/loaded/99999/undo")).Status.ShouldBe(HttpStatusCode.NotFound);
        var one = cli.Tables.Number($"SELECT min(id) FROM households WHERE area_code = {recoded}");
        cli.Edit($"UPDATE households SET group_name = '改', change_id = CHANGE WHERE id = {one}");
        var refused = await county.Press(undo, "main form");
        (await county.Settled(refused.Location!)).Text.ShouldContain("areas.built-upon");
        cli.Tables.Number($"SELECT count(*) FROM households WHERE area_code = {recoded}").ShouldBe(home.Households);
    }
}
