using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class ExportingFiles
{
    // In the order they are imported: households without number of their own before their members.
    private static readonly string[] Formats =
    [
        "villages",
        "unregistered-households",
        "persons",
        "households",
        "incomes",
        "house-rebuilding",
        "relocation",
        "measures",
        "helpers",
        "units-posts",
    ];

    private static readonly Lazy<DemoCounty> Village = new(() => DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 1));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_exported_in_full_and_imported_elsewhere_is_exported_the_same(bool postgres)
    {
        using var first = new Opened(postgres);
        Invented(first);
        foreach (var file in DemoFiles.Write(Village.Value, first.At("demo")))
            first.Import(file);
        using var second = new Opened(postgres);
        Invented(second);
        foreach (var format in Formats)
        {
            var one = Export(first, format, $"{format}.csv");
            one.Rows.ShouldBeGreaterThan(0, format);
            second.Import(one.File);
        }
        foreach (var format in Formats)
        {
            var other = Export(second, format, $"{format}.csv");
            File.ReadAllText(other.File).ShouldBe(File.ReadAllText(first.At($"{format}.csv")), format);
            var again = first.Import(first.At($"{format}.csv")).ShouldHaveSingleItem();
            again.Tables.ShouldAllBe(t => t.Added + t.Changed == 0, format);
            again.Committed.ShouldBeFalse(format);
        }
    }

    [Fact]
    public void Numbers_are_masked_unless_a_purpose_is_given_and_every_export_is_in_the_audit()
    {
        using var opened = new Opened(postgres: false);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10, ("成员联系电话", "12012345678"))]);
        var masked = File.ReadAllText(Handle(opened, new("persons", null) { Out = opened.At("masked.csv") }).File);
        masked.ShouldContain("290*************");
        masked.ShouldContain("120******78");
        masked.ShouldNotContain("2903011980");
        masked.ShouldNotContain("演示数据");
        Should
            .Throw<Refusal>(() => Handle(opened, new("persons", null) { FullNumbers = true, Out = opened.At("full.csv") }))
            .Code.ShouldBe("export.purpose-missing");
        File.Exists(opened.At("full.csv")).ShouldBeFalse();
        var full = Handle(
            opened,
            new("persons", null)
            {
                FullNumbers = true,
                Purpose = "比对",
                Out = opened.At("full.csv"),
            }
        );
        File.ReadAllText(full.File).ShouldContain("2903011980");
        var audit = opened.Query<string>("SELECT detail FROM audit_entries WHERE action = 'registry.export' ORDER BY id");
        audit.Length.ShouldBe(2);
        audit[0].ShouldContain("masked");
        audit[1].ShouldContain("\"full\"");
        using var connection = opened.Installation.Store.Open();
        AuditLog.Verify(connection).ShouldBeNull();
    }

    [Fact]
    public void An_export_that_cannot_be_audited_leaves_no_file()
    {
        using var opened = new Opened(postgres: false);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10)]);
        using (var connection = opened.Installation.Store.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END";
            command.ExecuteNonQuery();
        }
        Should.Throw<Exception>(() => Handle(opened, new("persons", null) { Out = opened.At("out/p.csv") }));
        Directory.GetFiles(opened.At("out")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_changed_since_the_last_national_export_and_new_members_are_what_must_still_be_keyed(bool postgres)
    {
        using var opened = new Opened(postgres);
        Register(opened, "53032600000001", "53032600000002");
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(11), Persons.Placed(20)]);
        opened.Clock.Now = opened.Clock.Now.AddDays(10);
        Changed().ShouldBeEmpty();
        var newborn = Persons.Placed(12, ("人口编号", ""), ("姓名", "新成员"));
        opened.Import("v.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(11, ("文化程度", "初中")), newborn], statedBy: "village");
        var provisional = opened.Query<string>("SELECT provisional_no FROM persons WHERE name = '新成员'").ShouldHaveSingleItem();
        var key = opened.Query<long>("SELECT id FROM persons WHERE name = '新成员'").Single();
        provisional.ShouldBe($"P{key}");
        Changed().ShouldBe(["53032600000000011", provisional]);
        opened.Import("v.csv", [Persons.Titles, Persons.Placed(10), newborn], statedBy: "village").Tables.ShouldAllBe(t => t.Added + t.Changed == 0);

        // The national number arrives: the member is the same, and keeps the key.
        opened.Import(
            "n.csv",
            [Persons.Titles, Persons.Placed(10), Persons.Placed(11, ("文化程度", "初中")), Persons.Placed(12, ("姓名", "新成员"))]
        );
        opened.Query<long>("SELECT id FROM persons WHERE national_no = '53032600000000012'").ShouldBe([key]);
        opened.Query<long>("SELECT count(*) FROM persons").ShouldBe([4]);
        Changed().ShouldNotContain(provisional);

        string[] Changed()
        {
            var result = Handle(
                opened,
                new("persons", null)
                {
                    ChangedSince = new DateOnly(2020, 6, 12),
                    Year = 2019,
                    Out = opened.At("changed.csv"),
                }
            );
            using var sheet = SheetReader.Open(result.File);
            return [.. sheet.Head.Skip(1).Select(r => r[6].ToString())];
        }
    }

    [Theory, BothEngines]
    public void What_the_county_loaded_itself_is_still_to_be_keyed_and_so_is_who_left(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        Register(opened, "53032600000001");
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(11, ("姓名", "乙某")), Persons.Placed(12, ("姓名", "丙某"))]);
        opened.Query<string>("SELECT CASE WHEN national THEN mapping ELSE '-' END FROM import_batches ORDER BY id").ShouldBe(["-", "persons-47"]);
        opened.Clock.Now = opened.Clock.Now.AddDays(10);
        Changed("households").ShouldBeEmpty();
        Changed("member-changes").ShouldBeEmpty();
        string[] titles = ["县", "乡", "村", "户编号", "人口编号", "姓名", "与户主关系", "减少日期", "人员变更"];
        opened.Import(
            "c.csv",
            [titles, ["会泽县", "者海镇", "小街社区", "53032600000001", "53032600000000011", "乙某", "其他", "2020-06-15", "死亡"]],
            day: new DateOnly(2020, 6, 22)
        );
        opened.Import(
            "h.csv",
            [
                ["县", "乡", "村", "户编号", "年度", "户类型", "识别年度", "户主姓名"],
                ["会泽县", "者海镇", "小街社区", "53032600000001", "2020", "未脱贫", "2014", "甲某某"],
            ],
            day: new DateOnly(2020, 6, 22)
        );
        var left = Changed("member-changes").ShouldHaveSingleItem();
        left.ShouldContain("乙某");
        left.ShouldContain("2020-06-15,死亡");
        Changed("households").ShouldHaveSingleItem().ShouldContain("甲某某");
        // The export of the national system that has both leaves nothing to key.
        var file = Handle(
            opened,
            new("member-changes", null)
            {
                AsOf = new DateOnly(2020, 6, 22),
                Out = opened.At("all.csv"),
                FullNumbers = true,
                Purpose = "往返",
            }
        ).File;
        opened.Import(file, day: new DateOnly(2020, 6, 22)).Single().Batch.ShouldBeNull();

        string[] Changed(string format) =>
            File.ReadAllLines(
                Handle(
                    opened,
                    new(format, null)
                    {
                        AsOf = new DateOnly(2020, 6, 22),
                        ChangedSince = new DateOnly(2020, 6, 12),
                        Out = opened.At($"{format}.csv"),
                    }
                ).File
            )[1..];
    }

    [Theory, BothEngines]
    public void A_household_without_a_status_goes_out_without_one_and_comes_back_so(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10)]);
        var file = Export(opened, "households", "h.csv");
        file.Rows.ShouldBe(1);
        Export(opened, "unregistered-households", "u.csv").Rows.ShouldBe(0);
        using var second = new Opened(engine == Engine.PostgreSql);
        second.Import(file.File).Single().Rejected.ShouldBe(0);
        second.Query<string>("SELECT national_no FROM households").ShouldBe(["53032600000001"]);
        second.Query<long>("SELECT count(*) FROM household_statuses").ShouldBe([0]);
        // A column of statuses there must be: a sheet without it is another sheet.
        Should
            .Throw<Refusal>(() =>
                second.Import(
                    "x.csv",
                    [
                        ["县", "乡", "村", "户编号", "年度", "识别年度", "户主姓名"],
                        ["会泽县", "者海镇", "小街社区", "1", "2020", "2014", "甲某"],
                    ]
                )
            )
            .Message.ShouldContain("户类型");
    }

    private static void Register(Opened opened, params string[] households) =>
        opened.Import(
            "h.csv",
            [
                ["县", "乡", "村", "户编号", "年度", "户类型", "识别年度", "户主姓名"],
                .. households.Select(h => new[] { "会泽县", "者海镇", "小街社区", h, "2020", "未脱贫", "2014", "甲某" }),
            ]
        );

    private static void Invented(Opened opened)
    {
        using var connection = opened.Installation.Store.Open();
        using var transaction = opened.Installation.Store.BeginWrite(connection);
        opened.Installation.Set(connection, transaction, "invented", "yes");
        transaction.Commit();
    }

    private static ExportFile.Result Export(Opened opened, string format, string file) =>
        Handle(
            opened,
            new(format, null)
            {
                Out = opened.At(file),
                FullNumbers = true,
                Purpose = "往返测试",
            }
        );

    private static ExportFile.Result Handle(Opened opened, ExportFile.Request request) => ExportFile.Handle(opened.Installation, request);
}
