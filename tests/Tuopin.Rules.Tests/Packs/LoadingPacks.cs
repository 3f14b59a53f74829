using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Tests.Packs;

public sealed class LoadingPacks : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("packs").FullName;
    private readonly PackSet good = PackLoader.Load(LoadingBadPacks.Good).OrThrow();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private PackLoad WithCounty(string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return PackLoader.Load(LoadingBadPacks.Good, folder);
    }

    [Fact]
    public void The_packs_of_this_repository_load_without_a_fault()
    {
        var load = PackLoader.Load(Path.Combine(Repository.Root, "packs"));
        load.Findings.ShouldBeEmpty();
        load.Packs.ShouldNotBeNull();
    }

    [Fact]
    public void The_text_of_every_shipped_rule_binds_to_the_same_rule()
    {
        var packs = PackLoader.Load(Path.Combine(Repository.Root, "packs")).OrThrow();
        var compiler = new RuleCompiler(packs.Scope);
        var indicators = packs.Standards.SelectMany(s =>
            s.Indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit }.Select(e => (s.Subject, e)))
        );
        var rules = indicators
            .Concat(packs.Checks.SelectMany(c => new[] { (c.Subject, c.When), (c.Subject, c.Evidence) }))
            .Where(r => r.Item2 is not null)
            .ToList();
        rules.Count.ShouldBeGreaterThan(100);
        foreach (var (subject, rule) in rules)
        {
            var text = ExprText.Of(rule!);
            ExprText.Of(compiler.Compile(RuleText.Of(text), subject, Expectation.Shown)).ShouldBe(text);
        }
    }

    [Fact]
    public void Reads_every_kind_of_file()
    {
        var standard = good.Standards.ShouldHaveSingleItem();
        standard
            .Indicators.Select(i => (i.Id, i.Bit, i.Department))
            .ShouldBe([("income", 0, "poverty_office"), ("insured", 2, "village"), ("housing", 1, "housing")]);
        standard.Area.ShouldBe(AreaRange.Of("53"));
        standard.Indicators[2].Met.ShouldBeNull();
        ExprText.Of(standard.Indicators[1].Met!).ShouldBe("household.members.filter(m, has(m.relation)).all(m, m.insured)");
        good.Tallies.Keys.ShouldBe(["persons", "dry"]);
        good.Checks.Select(c => (c.Id, c.Hard, c.When is null)).ShouldBe([("negative-wage", false, false), ("unknown-threshold", true, true)]);
        good.Overlays["water-for-all"].Parameters["line.exit"].ShouldBe(new Value(400_000));
        good.SourcesOfCodes["relation"]["form-2016"]["02"].Key.ShouldBe("spouse");
    }

    [Fact]
    public void An_open_value_lasts_until_the_next_of_its_area()
    {
        var line = good.Parameters["line.exit"];
        line.InForce(530326_000_000, 2015).ShouldBeNull();
        line.InForce(530326_000_000, 2016)!.Value.Number.ShouldBe(300_000);
        line.InForce(530326_000_000, 2017)!.Value.Number.ShouldBe(310_000);
        line.InForce(450000_000_000, 2017)!.Value.Number.ShouldBe(300_000);
        line.InForce(530326_000_000, 2018)!.Value.Number.ShouldBe(320_050);
        line.InForce(530326_000_000, 2020).ShouldBeNull();
    }

    [Fact]
    public void Facts_carry_type_bounds_and_authors()
    {
        var wage = good.Dictionary["household"].Facts["wage"];
        (wage.Type.Kind, wage.Type.Min, wage.Type.Max, wage.Kept, wage.OfficialCode).ShouldBe(
            (Kind.Fen, -100_000_000, 100_000_000, Kept.IncomeYear, "AAC073")
        );
        wage.StatedBy.ShouldBe(["poverty_office", "village"]);
        good.Dictionary["household"].Relations["members"].Required.ShouldBeTrue();
        good.Dictionary["village"].Level.ShouldBe(AreaLevel.Village);
    }

    [Fact]
    public void Cases_become_trees_whose_children_know_their_parent()
    {
        var one = good.Cases.First(c => c.Standard is not null);
        var (household, person) = (good.Dictionary["household"], good.Dictionary["person"]);
        one.Subject!.Facts[(household.Facts["wage"], 0)].Number.ShouldBe(640_100);
        one.Subject.Facts[(household.Facts["wage"], -1)].Number.ShouldBe(1_000);
        var members = one.Subject.Related[household.Relations["members"]];
        members.Select(m => m.Facts[(person.Facts["relation"], 0)].Number).ShouldBe([1, 2]);
        members[1].Related[person.Relations["household"]].ShouldHaveSingleItem().ShouldBeSameAs(one.Subject);
        members[1].Facts.ContainsKey((person.Facts["insured"], 0)).ShouldBeFalse();
        one.Expect.ShouldBe(
            new Dictionary<string, Expected>
            {
                ["income"] = Expected.Unmet,
                ["insured"] = Expected.Unknown,
                ["housing"] = Expected.Unknown,
            },
            ignoreOrder: true
        );
        good.Cases.Where(c => c.Parameter is not null).Select(c => c.ParameterValue?.Number).ShouldBe([310_000, null]);
        good.Cases.Single(c => c.Check is not null).Expect[""].ShouldBe(Expected.Met);
    }

    [Fact]
    public void A_county_adds_its_own_law_to_a_parameter()
    {
        var load = WithCounty(
            "parameters/own.yaml",
            """
            extends: line.exit
            values:
              - { area: "530326", from: 2017, value: 3500, source: { title: own law, grade: A }, status: official, verified: 2026-01-01 }
            """
        );
        load.Findings.ShouldBeEmpty();
        var line = load.Packs!.Parameters["line.exit"];
        line.InForce(530326_100_000, 2017)!.Value.Number.ShouldBe(350_000);
        line.InForce(530327_100_000, 2017)!.Value.Number.ShouldBe(310_000);
    }

    [Fact]
    public void The_same_id_in_a_later_folder_replaces_with_a_note()
    {
        var load = WithCounty(
            "overlays/water.yaml",
            """
            overlay: water-for-all
            label: { zh: 另一个, en: another }
            set: []
            """
        );
        load.Packs!.Overlays["water-for-all"].Label.En.ShouldBe("another");
        load.Findings.ShouldHaveSingleItem().Message.ShouldBe("overlay 'water-for-all' replaces the one of 000-good/overlays/water.yaml:1");
        load.Findings[0].Severity.ShouldBe(Severity.Note);
    }

    [Fact]
    public void A_what_if_is_held_inside_the_bounds_of_its_fact()
    {
        const string overlay = "overlay: more\nlabel: { zh: 甲, en: a }\nset: [{ fact: household.wage, to: 'household.wage + yuan(1)' }]\n";
        var set = WithCounty("overlays/more.yaml", overlay).OrThrow().Overlays["more"].Sets[0];
        ExprText.Of(set.To).ShouldBe("min_of(household.wage + yuan(1.00), yuan(1000000.00))");
        (set.To.Type.Min, set.To.Type.Max).ShouldBe((-100_000_000, 100_000_000));
    }

    [Theory]
    [InlineData("|")]
    [InlineData(">")]
    public void A_remark_ends_with_its_line_also_in_folded_text(string style)
    {
        var rule = $"checks:\n  - id: remark\n    number: 1\n    kind: error\n    title: {{ zh: 甲, en: a }}\n    over: household\n    area: \"0\"\n";
        rule += "    in_force: { from: 2016-01-01 }\n    source: { title: made for tests, grade: B }\n";
        rule += $"    when: {style}\n      household.water // the first half\n      && household.wage < yuan(0)\n";
        var check = WithCounty("checks/remark.yaml", rule).OrThrow().Checks.Single(c => c.Id == "remark");
        ExprText.Of(check.When!).ShouldBe("household.water && household.wage < yuan(0.00)");
    }

    [Fact]
    public void New_subject_types_and_facts_need_no_code()
    {
        var load = WithCounty(
            "dictionary/orchards.yaml",
            """
            subject: orchard
            label: { zh: 果园, en: orchard }
            table: orchards
            relations:
              household: { to: household, source_column: household_id }
            facts:
              trees: { label: { zh: 株数, en: trees }, type: int, min: 0, max: 100000, kept: row }
            """
        );
        load.Findings.ShouldBeEmpty();
        load = WithCounty(
            "dictionary/household-orchards.yaml",
            """
            extends: household
            relations:
              orchards: { to: orchard, many: true, target_column: household_id }
            facts:
              bees: { label: { zh: 蜂箱, en: hives }, type: int, min: 0, max: 1000, kept: registry_year }
            derived:
              trees: { label: { zh: 果树, en: trees }, formula: "household.orchards.sum(o, o.trees) + household.bees * 0" }
            """
        );
        load.Report.ShouldBe("");
        load.Packs!.Dictionary["household"].Facts["trees"].Type.Max.ShouldBe(200_000_000);
    }

    [Fact]
    public void The_hash_is_that_of_the_law_not_of_line_ends_or_cases()
    {
        var text = "overlay: other\nlabel: { zh: 甲, en: a }\nset: []\n";
        var hash = WithCounty("overlays/a.yaml", text).OrThrow().Hash;
        WithCounty("overlays/a.yaml", text.ReplaceLineEndings("\r\n")).OrThrow().Hash.ShouldBe(hash);
        WithCounty("overlays/cases/a.yaml", "cases: []\n").OrThrow().Hash.ShouldBe(hash);
        WithCounty("overlays/a.yaml", text + "note: changed\n").OrThrow().Hash.ShouldNotBe(hash);
        hash.Length.ShouldBe(64);
        good.Standards[0].Hash.ShouldBe(good.Files.Single(f => f.Shown == good.Standards[0].File).Hash);
    }

    [Fact]
    public void Other_kinds_of_files_are_left_alone() => WithCounty("mappings/broken.yaml", "this: [is not\nYAML").Findings.ShouldBeEmpty();
}
