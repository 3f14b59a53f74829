using Tuopin.Rules.Figures;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Tests.Figures;

/// <summary>Numbers of the catalogue: exact until they are written, two ends where something is unknown, a reason where there is none.</summary>
public sealed class ReadingFigures
{
    private static readonly PackSet Packs = PackLoader.Load(Path.Combine(Repository.Root, "packs")).OrThrow();

    [Theory]
    [InlineData(69676, 908422, 2, "7.67")]
    [InlineData(1, 3, 2, "33.33")]
    [InlineData(1, 200, 0, "1")]
    [InlineData(-1, 200, 0, "-1")]
    [InlineData(0, 7, 2, "0.00")]
    public void Halves_go_away_from_zero_and_only_where_a_number_is_written(long part, long whole, int places, string written) =>
        (Exact.Of(part, whole) * 100).Write(places).ShouldBe(written);

    [Fact]
    public void More_places_are_written_where_rounding_would_hide_the_side_of_the_line()
    {
        var incidence = Packs.Figures["poverty_incidence"];
        var line = Exact.Of(3, 100);
        FigureText.Of(incidence, Exact.Of(29999, 1_000_000), line).ShouldBe("2.9999");
        FigureText.Of(incidence, Exact.Of(3, 100), line).ShouldBe("3.00");
        FigureText.Of(incidence, Exact.Of(29, 1000), line).ShouldBe("2.90");
        FigureText.Of(incidence, Exact.Of(29999, 1_000_000)).ShouldBe("3.00");
    }

    [Fact]
    public void A_base_of_zero_is_said_and_one_that_may_be_zero_is_unknown()
    {
        FigureValue.Combine('/', FigureValue.Of(5), FigureValue.Of(0)).State.ShouldBe(FigureState.NoBase);
        FigureValue.Combine('/', FigureValue.Of(0), FigureValue.Of(0)).State.ShouldBe(FigureState.NoBase);
        FigureValue.Combine('/', FigureValue.Of(5), new(FigureState.Known, 0, 10)).State.ShouldBe(FigureState.Unknown);
        FigureValue.Combine('/', FigureValue.Of(5), FigureValue.Without(FigureState.NotStated)).State.ShouldBe(FigureState.NotStated);
    }

    [Fact]
    public void The_ends_of_what_is_unknown_are_carried_through_a_formula()
    {
        var some = new FigureValue(FigureState.Known, 80, 90, 10);
        var share = FigureValue.Combine('/', some, FigureValue.Of(100));
        (share.Low, share.High, share.Unknown).ShouldBe((Exact.Of(8, 10), Exact.Of(9, 10), 10L));
        var rest = FigureValue.Combine('-', FigureValue.Of(100), some);
        (rest.Low, rest.High).ShouldBe(((Exact)10, (Exact)20));
        var product = FigureValue.Combine('*', new(FigureState.Known, -2, 3), new(FigureState.Known, -5, 7));
        (product.Low, product.High).ShouldBe(((Exact)(-15), (Exact)21));
    }

    [Fact]
    public void A_part_of_a_whole_lies_from_none_to_all_whatever_is_unknown()
    {
        // 3 to 950 of 20 to 200: 1.5 % to 4750 % by its ends alone.
        var share = FigureValue.Combine('/', new(FigureState.Known, 3, 950, 947), new(FigureState.Known, 20, 200, 180));
        (share.Low, share.High).ShouldBe((Exact.Of(3, 200), Exact.Of(95, 2)));
        (share.AsShare().Low, share.AsShare().High, share.AsShare().Unknown).ShouldBe((Exact.Of(3, 200), (Exact)1, share.Unknown));
        // What is known is told as it is, though it cannot be: hiding it would hide the fault.
        FigureValue.Of(Exact.Of(3, 2)).AsShare().High.ShouldBe(Exact.Of(3, 2));
        new FigureValue(FigureState.Known, 2, 3, 1).AsShare().Low.ShouldBe((Exact)2);
        Packs.Figures["exited_share"].IsShare.ShouldBeTrue();
        Packs.Figures["remaining_persons_growth"].IsShare.ShouldBeFalse();
        FigureHash.Of(Packs.Figures["exited_share"]).ShouldNotBe(FigureHash.Of(Packs.Figures["exited_share"] with { IsShare = false }));
    }

    [Theory]
    [InlineData("persons/household", "人/户")]
    [InlineData("10000 CNY", "万元")]
    [InlineData("CNY/person", "元/人")]
    [InlineData("%", "%")]
    public void Units_are_written_in_both_languages(string unit, string chinese)
    {
        FigureUnit.TryRead(unit, out var read).ShouldBeTrue();
        read!.Shown.Zh.ShouldBe(chinese);
    }

    [Theory]
    [InlineData("household")]
    [InlineData("persons/households")]
    [InlineData("1000 CNY")]
    [InlineData("")]
    public void Other_units_are_refused(string unit) => FigureUnit.TryRead(unit, out _).ShouldBeFalse();

    [Fact]
    public void Moments_are_seen_from_the_day_asked_for()
    {
        var day = new DateOnly(2020, 2, 29);
        new Moment(MomentKind.EndOfLastYear).On(day).ShouldBe(new DateOnly(2019, 12, 31));
        new Moment(MomentKind.YearBefore).On(day).ShouldBe(new DateOnly(2019, 2, 28));
        new Moment(MomentKind.Fixed, new(2014, 12, 31)).On(day).ShouldBe(new DateOnly(2014, 12, 31));
        new Moment(MomentKind.Fixed, new(2020, 12, 31)).On(day).ShouldBeNull();
    }

    [Fact]
    public void The_shipped_catalogue_has_the_composite_rates_with_their_parts()
    {
        foreach (
            var (name, parts) in new (string, string[])[]
            {
                ("poverty_incidence", ["remaining_persons", "rural_base"]),
                ("wrong_exit_rate", ["wrongly_exited_persons", "sampled_exited_persons"]),
                ("omission_rate", ["omitted_persons", "sampled_unregistered_persons"]),
                ("approval_rate", ["approving_households", "surveyed_households"]),
                ("payment_rate", ["funds_paid", "funds_received"]),
                ("start_rate", ["projects_started", "projects_planned"]),
                ("working_rate", ["working_persons", "labour_persons"]),
            }
        )
            Packs.Figures[name].Parts.Select(p => p.Id).ShouldBe(parts, name);
        Packs.Figures["composite_incidence"].Line!.Id.ShouldBe("county.composite_incidence_limit");
        Packs.Figures.Values.ShouldAllBe(f => f.Label.Zh.Length > 0 && f.Label.En.Length > 0 && f.Source.Title.Length > 0);
    }

    [Fact]
    public void Figures_change_no_verdict_and_leave_the_hash_of_the_law_alone()
    {
        var folder = Directory.CreateTempSubdirectory("figures").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "figures"));
            File.WriteAllText(
                Path.Combine(folder, "figures", "own.yaml"),
                """
                group: { zh: 本县, en: own }
                figures:
                  - { id: own_rate, label: { zh: 率, en: rate }, unit: "%", owner: poverty_office, formula: "(remaining_households - at(remaining_households, 'year_before')) / at(remaining_households, 'year_before')", source: { title: "an example", grade: recall } }
                """
            );
            var packs = PackLoader.Load(Path.Combine(Repository.Root, "packs"), folder).OrThrow();
            packs.Hash.ShouldBe(Packs.Hash);
            packs.Figures["own_rate"].Formula!.Parts().Count(p => p.At.Kind == MomentKind.YearBefore).ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
