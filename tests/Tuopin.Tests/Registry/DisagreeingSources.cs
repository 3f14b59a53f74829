using Shouldly;
using Tuopin.Exchange;
using Tuopin.Tests.Exchange;
using Xunit;

namespace Tuopin.Tests.Registry;

/// <summary>The housing department's appraisal ranks above what the village says of a house; both are kept.</summary>
public sealed class DisagreeingSources
{
    private const string No = "53032600000001";
    private static readonly DateOnly Later = new(2020, 6, 20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lower_author_does_not_change_the_value_in_force(bool postgres)
    {
        using var opened = WithHousehold(postgres);
        House(opened, "D级", "housing");
        var village = House(opened, "A级", "village", Later);
        village.ConflictingCertificates.ShouldBe(1);
        Grade(opened).ShouldBe("D级");
        var conflict = ListConflicts.Handle(opened.Installation, "530326").ShouldHaveSingleItem();
        (conflict.Household, conflict.Fact).ShouldBe((No, "dwelling.grade"));
        conflict.InForce.ShouldBe(new("D级", "住房和城乡建设局", "2020-06-12"));
        conflict.Other.ShouldBe(new("A级", "村(社区)", "2020-06-20"));

        House(opened, "A级", "village", Later).Tables.ShouldAllBe(t => t.Added + t.Changed == 0);
        House(opened, "D级", "village", Later).ConflictingCertificates.ShouldBe(0);
        ListConflicts.Handle(opened.Installation, "530326").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_higher_author_who_comes_later_changes_it_and_the_lower_statement_is_kept(bool postgres)
    {
        using var opened = WithHousehold(postgres);
        House(opened, "A级", "village");
        House(opened, "D级", "housing", Later).ConflictingCertificates.ShouldBe(1);
        Grade(opened).ShouldBe("D级");
        var conflict = ListConflicts.Handle(opened.Installation, "530326").ShouldHaveSingleItem();
        (conflict.InForce.By, conflict.Other.Value, conflict.Other.By).ShouldBe(("住房和城乡建设局", "A级", "村(社区)"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_stated_a_value_is_still_known_after_another_author_has_changed_the_row(bool postgres)
    {
        using var opened = WithHousehold(postgres);
        House(opened, "D级", "housing");
        Built(opened, "1987", "village");
        Built(opened, "1988", "village");
        House(opened, "A级", "village").ConflictingCertificates.ShouldBe(1);
        Grade(opened).ShouldBe("D级");
        House(opened, "C级", "housing", Later).ConflictingCertificates.ShouldBe(0);
        Grade(opened).ShouldBe("C级");
    }

    [Fact]
    public void An_import_that_lost_against_another_is_undone_with_its_statements()
    {
        using var opened = WithHousehold(postgres: false);
        House(opened, "D级", "housing");
        var village = House(opened, "A级", "village");
        UndoImport.Handle(opened.Installation, village.Batch!.Value);
        opened.Query<long>("SELECT count(*) FROM statements").ShouldBe([0]);
        Grade(opened).ShouldBe("D级");
    }

    private static Opened WithHousehold(bool postgres)
    {
        var opened = new Opened(postgres);
        opened.Import("p.csv", [Persons.Titles, Persons.Placed(10)]);
        return opened;
    }

    private static ImportFiles.Result House(Opened opened, string grade, string author, DateOnly? day = null) =>
        opened.Import(
            "house.csv",
            [
                ["县", "乡", "村", "户编号", "危房等级(鉴定)"],
                ["会泽县", "者海镇", "小街社区", No, grade],
            ],
            author,
            day: day
        );

    private static void Built(Opened opened, string year, string author) =>
        opened.Import(
            "built.csv",
            [
                ["县", "乡", "村", "户编号", "建房年份"],
                ["会泽县", "者海镇", "小街社区", No, year],
            ],
            author
        );

    private static string Grade(Opened opened)
    {
        var list = opened.Installation.Packs.Dictionary.CodeLists["house_grade"];
        return list.Find((int)opened.Query<long>("SELECT grade FROM dwellings").Single())!.Label.Zh;
    }
}
