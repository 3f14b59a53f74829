using System.Text;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Tests.Exchange;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>ID, telephone and account numbers: kept encrypted wherever a sheet states them, found again by their index, and never half changed.</summary>
public sealed class NumbersOfPeople(Installations installations)
{
    private static readonly string HeadId = Persons.Row(10)[Array.IndexOf(Persons.Titles, "证件号码")];

    private static readonly string[] HouseholdTitles =
    [
        "县",
        "乡",
        "村",
        "户编号",
        "户主姓名",
        "户主证件号码",
        "户联系电话",
        "年度",
        "户类型",
        "识别年度",
        "银行卡号",
    ];

    private static string[] Household(string number, string head, string phone, string card) =>
        ["会泽县", "者海镇", "小街社区", number, "甲某", head, phone, "2020", "未脱贫", "2014", card];

    [Theory, BothEngines]
    public void A_number_that_becomes_a_certificate_a_regrade_or_none_is_written_whole(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        Import(HeadId);
        Numbers().ShouldBe((HeadId, 18, 0));
        foreach (var number in new[] { HeadId + "43", HeadId + "42", HeadId + "42B1" })
        {
            Import(number);
            Numbers().ShouldBe((number, number.Length, 0));
        }
        Import("999999");
        Numbers().ShouldBe(("999999", 6, 1));
        opened
            .Query<long>("SELECT count(*) FROM persons WHERE id_index IS NULL AND id_birth IS NULL AND id_sex IS NULL AND id_checksum_ok IS NULL")
            .ShouldBe([1]);
        Import("999999").Batch.ShouldBeNull();
        Import(HeadId);
        Numbers().ShouldBe((HeadId, 18, 0));

        ImportFiles.Result Import(string number) => opened.Import("p.csv", [Persons.Titles, Persons.Placed(10, ("证件号码", number))]);

        (string, long, long) Numbers()
        {
            using var numbers = new PersonalNumbers(opened.Installation.Keys);
            var cipher = opened.Query<byte[]>("SELECT id_cipher FROM persons").Single();
            return (
                numbers.Decrypt(cipher),
                opened.Query<long>("SELECT id_length FROM persons").Single(),
                opened.Query<long>("SELECT CASE WHEN id_is_placeholder THEN 1 ELSE 0 END FROM persons").Single()
            );
        }
    }

    [Theory, BothEngines]
    public void The_telephone_and_the_account_of_a_household_come_in_encrypted_and_go_out_masked_or_in_full(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import("h.csv", [HouseholdTitles, Household("53032600000001", HeadId, "12012345678", "6228480010000000017")]);
        Decrypted(opened, "SELECT phone_cipher FROM households").ShouldBe(["12012345678"]);
        Decrypted(opened, "SELECT bank_card_cipher FROM households").ShouldBe(["6228480010000000017"]);
        opened.Import("h.csv", [HouseholdTitles, Household("53032600000001", HeadId, "12012345678", "6228480010000000017")]).Batch.ShouldBeNull();
        var change = opened.Import("h.csv", [HouseholdTitles, Household("53032600000001", "", "12087654321", "")]);
        Decrypted(opened, "SELECT phone_cipher FROM households").ShouldBe(["12087654321"]);
        Decrypted(opened, "SELECT bank_card_cipher FROM households").ShouldBe(["6228480010000000017"]);
        Decrypted(opened, "SELECT phone_cipher FROM households_history").ShouldBe(["12012345678"]);
        var masked = Export(opened, full: false);
        masked.ShouldContain("120******21");
        masked.ShouldNotContain("12087654321");
        masked.ShouldNotContain("6228480010000000017");
        Export(opened, full: true).ShouldContain("6228480010000000017");
        UndoImport.Handle(opened.Installation, change.Batch!.Value);
        Decrypted(opened, "SELECT phone_cipher FROM households").ShouldBe(["12012345678"]);
    }

    [Theory, BothEngines]
    public void A_household_held_without_a_national_number_is_known_by_its_head(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import(
            "u.csv",
            [
                ["县", "乡", "村", "户编号", "户主姓名", "户主证件号码", "年度"],
                ["会泽县", "者海镇", "小街社区", "W1", "甲某", HeadId, "2020"],
                ["会泽县", "者海镇", "小街社区", "W2", "乙某", "", "2020"],
            ]
        );
        opened.Import(
            "p.csv",
            [Persons.Titles, Persons.Placed(10, ("户编号", "W1"), ("人口编号", "")), Persons.Placed(11, ("户编号", "W1"), ("人口编号", ""))]
        );
        var (household, persons) = (
            opened.Query<long>("SELECT id FROM households WHERE provisional_no = 'W1'").Single(),
            opened.Query<long>("SELECT id FROM persons ORDER BY id")
        );
        opened.Import("h.csv", [HouseholdTitles, Household("53032600000001", HeadId, "", ""), Household("53032600000002", "", "", "")]);
        opened.Query<long>("SELECT id FROM households WHERE national_no = '53032600000001'").ShouldBe([household]);
        opened.Query<long>("SELECT count(*) FROM households").ShouldBe([3]);
        // Its members come with numbers of their own and stay who they were.
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10), Persons.Placed(11)]);
        opened.Query<long>("SELECT id FROM persons WHERE national_no IS NOT NULL ORDER BY id").ShouldBe(persons);
        opened.Query<long>("SELECT DISTINCT household_id FROM memberships").ShouldBe([household]);
    }

    [Theory, BothEngines]
    public void Two_households_of_a_file_under_one_head_are_left_to_their_numbers(Engine engine)
    {
        using var opened = new Opened(engine == Engine.PostgreSql);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10)]);
        opened.Import("h.csv", [HouseholdTitles, Household("53032600000002", HeadId, "", ""), Household("53032600000003", HeadId, "", "")]);
        opened
            .Query<string>("SELECT national_no FROM households ORDER BY national_no")
            .ShouldBe(["53032600000001", "53032600000002", "53032600000003"]);
    }

    [Theory, BothEngines]
    public void A_new_key_is_written_to_the_numbers_of_households_and_posts_and_their_history(Engine engine)
    {
        using var cli = installations.Empty(engine);
        var folder = cli.Folder;
        Import(Sheet.Of(HouseholdTitles, Household("53032600000001", HeadId, "12012345678", "6228480010000000017")));
        Import(Sheet.Of(HouseholdTitles, Household("53032600000001", HeadId, "12087654321", "6228480010000000025")));
        var helper = HelpersAndPosts.Helper("53032600000001", "丁某", ("证件号码", Persons.Id("29030119700101101")), ("电话", "12011112222"));
        Import(Sheet.Of(HelpersAndPosts.HelperTitles, helper));
        cli.Run("keys", "rotate", "--json").Json.GetProperty("values").GetInt64().ShouldBe(6);
        foreach (
            var (table, column) in new[]
            {
                ("households", "phone_cipher"),
                ("households", "bank_card_cipher"),
                ("households_history", "phone_cipher"),
                ("households_history", "bank_card_cipher"),
                ("posts", "id_cipher"),
                ("posts", "phone_cipher"),
            }
        )
            cli.Tables.Query<byte[]>($"SELECT {column} FROM {table}").ShouldHaveSingleItem()[1].ShouldBe((byte)2, $"{table}.{column}");
        using var numbers = new PersonalNumbers(cli.Open().Keys);
        numbers.Decrypt(cli.Tables.Query<byte[]>("SELECT bank_card_cipher FROM households_history").Single()).ShouldBe("6228480010000000017");
        numbers.Decrypt(cli.Tables.Query<byte[]>("SELECT id_cipher FROM posts").Single()).ShouldBe(Persons.Id("29030119700101101"));

        void Import(Sheet sheet) => cli.Import(sheet.Write(folder, "sheet.csv")).Done();
    }

    private static string[] Decrypted(Opened opened, string sql)
    {
        using var numbers = new PersonalNumbers(opened.Installation.Keys);
        return [.. opened.Query<byte[]>(sql).Select(n => numbers.Decrypt(n))];
    }

    private static string Export(Opened opened, bool full)
    {
        var request = new ExportFile.Request("households", null)
        {
            Out = opened.At("out.csv"),
            FullNumbers = full,
            Purpose = full ? "发放补贴" : null,
        };
        return File.ReadAllText(ExportFile.Handle(opened.Installation, request).File, Encoding.UTF8);
    }
}
