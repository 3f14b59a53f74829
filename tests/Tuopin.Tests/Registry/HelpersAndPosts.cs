using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>Units, posts and pairings follow the file: what it states anew arrives, and who it no longer names is paired no longer.</summary>
public sealed class HelpersAndPosts
{
    public static string[] HelperTitles { get; } =
    [
        "县",
        "乡",
        "村",
        "户编号",
        "帮扶责任人姓名",
        "帮扶责任人证件号码",
        "单位名称",
        "单位隶属关系",
        "派出单位职务",
        "电话",
        "帮扶角色",
        "帮扶开始时间",
        "帮扶结束时间",
    ];

    private static readonly string[] PostTitles = ["县", "乡", "村", "单位名称", "单位地址", "姓名", "证件号码", "派出单位职务", "电话", "帮扶角色"];

    /// <summary>A row that pairs somebody of the same office with a household.</summary>
    public static string[] Helper(string household, string name, params (string Title, string Cell)[] with)
    {
        var cells = new Dictionary<string, string>
        {
            ["县"] = "会泽县",
            ["乡"] = "者海镇",
            ["村"] = "小街社区",
            ["户编号"] = household,
            ["帮扶责任人姓名"] = name,
            ["单位名称"] = "会泽县水务局",
        };
        foreach (var (title, cell) in with)
            cells[title == "证件号码" ? "帮扶责任人证件号码" : title] = cell;
        return [.. HelperTitles.Select(t => cells.GetValueOrDefault(t, ""))];
    }

    private static Opened Open(Engine engine)
    {
        var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(20)]);
        return opened;
    }

    [Theory, BothEngines]
    public void A_title_a_level_and_a_telephone_that_change_arrive(Engine engine)
    {
        using var opened = Open(engine);
        opened.Import(
            "b.csv",
            [HelperTitles, Helper("53032600000001", "丁某", ("派出单位职务", "科员"), ("电话", "12011112222"), ("单位隶属关系", "县级"))]
        );
        var post = opened.Query<long>("SELECT id FROM posts").Single();
        string[][] later =
        [
            HelperTitles,
            Helper("53032600000001", "丁某", ("派出单位职务", "科长"), ("电话", "12033334444"), ("单位隶属关系", "市级")),
        ];
        opened
            .Import("b.csv", later)
            .Tables.Where(t => t.Added + t.Changed > 0)
            .Select(t => $"{t.Name} {t.Added} {t.Changed}")
            .ShouldBe(["units 0 1", "posts 0 1"]);
        opened.Query<long>("SELECT id FROM posts WHERE title = '科长'").ShouldBe([post]);
        opened
            .Query<long>("SELECT count(*) FROM posts p JOIN posts_history h ON h.id = p.id AND h.phone_index <> p.phone_index AND h.title = '科员'")
            .ShouldBe([1]);
        opened.Query<long>("SELECT count(*) FROM units u JOIN units_history h ON h.id = u.id AND h.level <> u.level").ShouldBe([1]);
        opened.Import("b.csv", later).Batch.ShouldBeNull();
    }

    [Theory, BothEngines]
    public void Two_of_one_name_in_one_unit_are_told_apart_by_their_ID_numbers(Engine engine)
    {
        using var opened = Open(engine);
        var (one, other) = (Persons.Id("29030119700101101"), Persons.Id("29030119800101103"));
        string[][] rows = [HelperTitles, Helper("53032600000001", "丁某", ("证件号码", one)), Helper("53032600000002", "丁某", ("证件号码", other))];
        opened.Import("b.csv", rows);
        opened.Query<long>("SELECT DISTINCT id_index FROM posts").Length.ShouldBe(2);
        opened.Query<long>("SELECT count(DISTINCT post_id) FROM responsibilities").ShouldBe([2]);
        opened.Import("b.csv", rows).Batch.ShouldBeNull();
        // The same person under another name is still the same post.
        opened.Import("b.csv", [HelperTitles, Helper("53032600000001", "丁某某", ("证件号码", one))]);
        opened.Query<string>("SELECT holder_name FROM posts ORDER BY id").ShouldBe(["丁某某", "丁某"]);
        var request = new ExportFile.Request("helpers", null)
        {
            Out = opened.At("helpers.csv"),
            FullNumbers = true,
            Purpose = "核对",
        };
        var text = File.ReadAllText(ExportFile.Handle(opened.Installation, request).File);
        text.ShouldContain(one);
        text.ShouldContain(other);
    }

    [Theory, BothEngines]
    public void A_helper_who_was_known_without_an_ID_number_gets_it(Engine engine)
    {
        using var opened = Open(engine);
        opened.Import("b.csv", [HelperTitles, Helper("53032600000001", "丁某", ("电话", "12011112222"))]);
        opened.Import("b.csv", [HelperTitles, Helper("53032600000001", "丁某", ("证件号码", Persons.Id("29030119700101101")))]);
        opened.Query<long>("SELECT count(*) FROM posts WHERE id_index IS NOT NULL AND phone_index IS NOT NULL").ShouldBe([1]);
        opened.Query<long>("SELECT count(*) FROM posts").ShouldBe([1]);
    }

    [Theory, BothEngines]
    public void Somebody_whose_ID_number_some_rows_leave_out_is_one_post(Engine engine)
    {
        using var opened = Open(engine);
        string[][] rows =
        [
            HelperTitles,
            Helper("53032600000001", "丁某", ("证件号码", Persons.Id("29030119700101101"))),
            Helper("53032600000002", "丁某"),
        ];
        opened.Import("b.csv", rows);
        opened.Query<long>("SELECT count(*) FROM posts").ShouldBe([1]);
        opened.Query<long>("SELECT count(*) FROM responsibilities r JOIN posts p ON p.id = r.post_id").ShouldBe([2]);
        opened.Import("b.csv", rows).Batch.ShouldBeNull();
    }

    [Theory, BothEngines]
    public void A_unit_whose_first_row_lies_outside_is_made_by_the_next(Engine engine)
    {
        using var opened = Open(engine);
        string[][] rows =
        [
            PostTitles,
            ["会泽县", "", "", "会泽县水务局", "", "甲某", "", "局长", "", "指挥长"],
            ["会泽县", "者海镇", "小街社区", "会泽县水务局", "", "甲某", "", "局长", "", "第一书记"],
        ];
        var code = opened.Query<long>("SELECT DISTINCT area_code FROM households").Single();
        var request = new ImportFiles.Request([Written(opened, rows)], new DateOnly(2020, 6, 12), Compare: false, Yes: true)
        {
            Within = [new(code, code)],
        };
        ImportFiles.Handle(opened.Installation, request, _ => { }).Single().Rejected.ShouldBe(1);
        opened
            .Query<string>(
                "SELECT u.name || p.holder_name || r.role FROM responsibilities r JOIN posts p ON p.id = r.post_id JOIN units u ON u.id = r.unit_id"
            )
            .ShouldBe(["会泽县水务局甲某第一书记"]);
    }

    [Theory, BothEngines]
    public void A_unit_that_works_in_two_counties_is_one(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        string[][] rows =
        [
            PostTitles,
            ["会泽县", "", "", "云南省水利厅", "", "甲某", "", "处长", "", "联络员"],
            ["宣威市", "", "", "云南省水利厅", "", "甲某", "", "处长", "", "联络员"],
        ];
        opened.Import("w.csv", rows);
        opened.Query<long>("SELECT count(*) FROM responsibilities r JOIN posts p ON p.id = r.post_id JOIN units u ON u.id = p.unit_id").ShouldBe([2]);
        (opened.Query<long>("SELECT count(*) FROM units").Single(), opened.Query<long>("SELECT count(*) FROM posts").Single()).ShouldBe((1, 1));
        opened.Import("w.csv", rows).Batch.ShouldBeNull();
    }

    [Theory, BothEngines]
    public void A_replaced_helper_is_paired_until_the_day_of_the_data(Engine engine)
    {
        using var opened = Open(engine);
        opened.Import(
            "b.csv",
            [
                HelperTitles,
                Helper("53032600000001", "丁某"),
                Helper("53032600000001", "戊某", ("帮扶角色", "第一书记")),
                Helper("53032600000002", "丁某"),
            ]
        );
        string[][] later = [HelperTitles, Helper("53032600000001", "己某")];
        var compared = ImportFiles
            .Handle(opened.Installation, new([Written(opened, later)], new DateOnly(2020, 9, 1), Compare: true, Yes: false), _ => { })
            .Single();
        File.ReadAllText(compared.Rejects!).ShouldContain("(结束 ended),丁某");
        Pairings(opened).ShouldBe(["1 丁某 -", "1 戊某 -", "2 丁某 -"]);
        var batch = opened.Import("c.csv", later, day: new DateOnly(2020, 9, 1)).Batch!.Value;
        Pairings(opened).ShouldBe(["1 丁某 -20200901", "1 己某 -", "1 戊某 -", "2 丁某 -"]);
        // Nor does an older list take the new one away: it only adds whom it names.
        var older = opened.Import("a.csv", [HelperTitles, Helper("53032600000001", "庚某")], day: new DateOnly(2020, 7, 1));
        Pairings(opened).ShouldBe(["1 丁某 -20200901", "1 己某 -", "1 庚某 -", "1 戊某 -", "2 丁某 -"]);
        UndoImport.Handle(opened.Installation, older.Batch!.Value);
        opened.Import("c.csv", later, day: new DateOnly(2020, 9, 2)).Batch.ShouldBeNull();
        UndoImport.Handle(opened.Installation, batch);
        Pairings(opened).ShouldBe(["1 丁某 -", "1 戊某 -", "2 丁某 -"]);
    }

    [Theory, BothEngines]
    public void A_list_that_names_one_helper_less_ends_a_pairing_and_one_with_rejected_rows_ends_none(Engine engine)
    {
        using var opened = Open(engine);
        opened.Import("b.csv", [HelperTitles, Helper("53032600000001", "丁某"), Helper("53032600000001", "戊某")]);
        opened
            .Import(
                "c.csv",
                [HelperTitles, Helper("53032600000001", "丁某"), Helper("53032600000002", "戊某", ("单位隶属关系", "天上"))],
                yes: true,
                day: new DateOnly(2020, 9, 1)
            )
            .Batch.ShouldBeNull();
        opened.Import("c.csv", [HelperTitles, Helper("53032600000001", "丁某")], day: new DateOnly(2020, 9, 1)).Batch.ShouldNotBeNull();
        Pairings(opened).ShouldBe(["1 丁某 -", "1 戊某 -20200901"]);
    }

    [Theory, BothEngines]
    public void A_post_is_for_the_lowest_place_that_is_filled_in(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        string[][] rows =
        [
            PostTitles,
            ["会泽县", "", "", "会泽县扶贫办", "县城", "甲某", "", "主任", "", "指挥长"],
            ["会泽县", "者海镇", "", "者海镇人民政府", "", "乙某", "", "镇长", "", "大队长"],
            ["会泽县", "者海镇", "小街社区", "会泽县水务局", "", "丙某", "", "科员", "", "第一书记"],
        ];
        opened.Import("w.csv", rows);
        Places().ShouldBe(["甲某 3 530326000000", "乙某 4", "丙某 5"]);
        opened.Import("w.csv", rows).Batch.ShouldBeNull();
        var out1 = Export(opened, "w1.csv");
        using var second = new Opened(engine == Engine.PostgreSql);
        second.Import(out1).Single().Batch.ShouldNotBeNull();
        File.ReadAllText(Export(second, "w2.csv")).ShouldBe(File.ReadAllText(out1));
        File.ReadAllLines(out1).Length.ShouldBe(4);

        string[] Places() =>
            opened.Query<string>(
                """
                SELECT p.holder_name || ' ' || CAST(a.level AS text) || CASE WHEN a.level = 3 THEN ' ' || CAST(a.code AS text) ELSE '' END
                FROM responsibilities r JOIN posts p ON p.id = r.post_id JOIN area_versions a ON a.area_id = r.area_id AND a.from_day <= 20200612 AND (a.to_day IS NULL OR a.to_day > 20200612)
                ORDER BY a.level
                """
            );
    }

    private static string Export(Opened opened, string file) =>
        ExportFile.Handle(opened.Installation, new("units-posts", "530326") { Out = opened.At(file) }).File;

    private static string Written(Opened opened, string[][] rows)
    {
        using (var writer = SheetWriter.Create(opened.At("compared.csv"), "表"))
            foreach (var row in rows)
                writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        return opened.At("compared.csv");
    }

    private static string[] Pairings(Opened opened) =>
        [
            .. opened
                .Query<string>(
                    "SELECT substr(h.national_no, 14) || ' ' || p.holder_name || ' -' || coalesce(CAST(r.to_day AS text), '') FROM responsibilities r JOIN posts p ON p.id = r.post_id JOIN households h ON h.id = r.household_id"
                )
                .Order(StringComparer.Ordinal),
        ];
}
