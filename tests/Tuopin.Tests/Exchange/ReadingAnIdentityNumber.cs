using Shouldly;
using Tuopin.Registry;
using Xunit;

namespace Tuopin.Tests.Exchange;

public class ReadingAnIdentityNumber
{
    private static readonly IReadOnlySet<int> Prefixes = IdentityPrefixes.Load(Packs.Folder);

    public static TheoryData<string, bool> Vectors()
    {
        var data = new TheoryData<string, bool>();
        foreach (var cells in File.ReadLines(Files.Shipped("gb11643-vectors.csv")).Skip(1).Select(l => l.Split(',')))
            if (cells[2] != "strict")
                data.Add(cells[0], cells[1] == "valid");
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Agrees_with_the_vectors(string number, bool valid)
    {
        var read = IdentityNumber.Read(number);
        var ok = read.Kind == IdentityKind.Citizen && read.ChecksumOk == true && read.Birth is not null && Prefixes.Contains(read.AreaPrefix);
        ok.ShouldBe(valid);
    }

    [Fact]
    public void Upgrades_fifteen_digits_to_eighteen()
    {
        var read = IdentityNumber.Read("610104620927690");
        read.Text.ShouldBe("610104196209276908");
        read.Kind.ShouldBe(IdentityKind.Citizen);
        read.Length.ShouldBe(15);
        read.Birth.ShouldBe(19620927);
    }

    [Fact]
    public void Folds_what_typists_leave_in_it()
    {
        var read = IdentityNumber.Read("\u3000１１０１０５ 19491231\u200B００２ｘ ");
        read.Text.ShouldBe("11010519491231002X");
        read.ChecksumOk.ShouldBe(true);
        read.Sex.ShouldBe(2);
        read.AreaPrefix.ShouldBe(110105);
    }

    [Theory]
    [InlineData("11010519491231002X42", 4, 2)]
    [InlineData("11010519491231002X71B1", 7, 1)]
    [InlineData("11010519491231002X1302", 1, 3)]
    public void Reads_class_and_grade_of_a_disability_certificate(string number, int kind, int grade)
    {
        var read = IdentityNumber.Read(number);
        read.Kind.ShouldBe(IdentityKind.Disability);
        (read.DisabilityClass, read.DisabilityGrade).ShouldBe((kind, grade));
        read.First18.ShouldBe("11010519491231002X");
        read.Length.ShouldBe(number.Length);
    }

    [Theory]
    [InlineData("", IdentityKind.None)]
    [InlineData(" \u3000", IdentityKind.None)]
    [InlineData("999999202001010011", IdentityKind.Placeholder)]
    [InlineData("999999", IdentityKind.Placeholder)]
    [InlineData("E12345678", IdentityKind.Other)]
    [InlineData("11010519491231002X82", IdentityKind.Other)]
    [InlineData("11010519491231X029", IdentityKind.Other)]
    [InlineData("无", IdentityKind.Other)]
    public void Names_what_is_not_a_citizen_number(string number, IdentityKind kind) => IdentityNumber.Read(number).Kind.ShouldBe(kind);

    [Fact]
    public void Finds_every_single_wrong_digit_and_swap_of_neighbours()
    {
        const string right = "11010519491231002X";
        for (var i = 0; i < 17; i++)
        {
            for (var d = '0'; d <= '9'; d++)
                if (d != right[i])
                    IdentityNumber.Read(string.Concat(right.AsSpan(0, i), [d], right.AsSpan(i + 1))).ChecksumOk.ShouldBe(false);
            if (i < 16 && right[i] != right[i + 1])
                IdentityNumber.Read(string.Concat(right.AsSpan(0, i), [right[i + 1], right[i]], right.AsSpan(i + 2))).ChecksumOk.ShouldBe(false);
        }
    }

    [Fact]
    public void Unissued_prefixes_are_admitted_by_name_only()
    {
        Prefixes.Contains(290301).ShouldBeFalse();
        Prefixes.Contains(530326).ShouldBeTrue();
        var demo = IdentityPrefixes.Load(Packs.Folder, ["2903", "999998"]);
        demo.Contains(290301).ShouldBeTrue();
        demo.Contains(999998).ShouldBeTrue();
        demo.Contains(290401).ShouldBeFalse();
    }

    [Fact]
    public void Keeps_a_birth_date_that_is_no_day_unknown() => IdentityNumber.Read("440308199902301512").Birth.ShouldBeNull();

    [Fact]
    public void Reads_hostile_texts_without_failing()
    {
        foreach (var text in new[] { new string('1', 5000), "\0\0", "\uD800", new string('\u200B', 100) + "1", "-1", "1e9" })
            IdentityNumber.Read(text).Kind.ShouldBe(IdentityKind.Other);
    }
}
