using Shouldly;
using Tuopin.Platform;
using Tuopin.Standards;
using Xunit;

namespace Tuopin.Tests.Standards;

/// <summary>What <c>tuopin packs check</c> says of the law that ships with the program.</summary>
/// <remarks>Seen to fail: with "&gt;" made "&gt;=" in the income test of the national household standard, the case at the line fails and is named.</remarks>
public class TheShippedPacks
{
    private static readonly CheckPacks.Report Report = CheckPacks.Handle(new InstallationOptions("none", null, null, null));

    [Fact]
    public void Load_without_an_error_and_every_case_holds()
    {
        Report.Failures.ShouldBeEmpty();
        Report.Cases.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Hold_all_110_data_checks()
    {
        var ids = Report.Register.Where(e => e.Kind.StartsWith("check", StringComparison.Ordinal)).Select(e => int.Parse(e.Id[1..4]));
        ids.Distinct().Order().ShouldBe(Enumerable.Range(1, 110));
    }

    [Fact]
    public void Name_a_source_for_every_entry_and_call_nothing_official_without_one()
    {
        Report.Register.ShouldAllBe(e => e.Source.Length > 0);
        // No primary source could be read for the shipped law: all of it is working, and says so.
        Report.Register.ShouldNotContain(e => e.Status == Tuopin.Rules.Model.PackStatus.Official);
    }

    [Fact]
    public void Are_refused_as_a_whole_when_a_county_adds_a_broken_pack()
    {
        var county = Directory.CreateTempSubdirectory("tuopin-packs-").FullName;
        Directory.CreateDirectory(Path.Combine(county, "standards"));
        File.WriteAllText(Path.Combine(county, "standards", "broken.yaml"), "standard: broken\nverson: 1\n");
        var refusal = Should.Throw<Refusal>(() => CheckPacks.Handle(new InstallationOptions("none", null, county, null)));
        refusal.Code.ShouldBe("packs.broken");
        refusal.Details.ShouldContain(d => d.Contains("broken.yaml:2:1") && d.Contains("version"));
    }
}
