using System.Text.Json;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Commands;

public sealed class ExplainingHouseholds(Installations installations)
{
    private const string Nation = "national.household-exit";
    private const string Yunnan = "yunnan.household-exit";

    /// <summary>What each planted gap must be explained as, written from the text of the standards and not from the packs.</summary>
    private static readonly (Planted Gap, string Standard, string Indicator, string Result)[] Gaps =
    [
        (Planted.Income, Nation, "income", "unmet"),
        (Planted.Income, Yunnan, "income", "unmet"),
        (Planted.IncomeMissing, Nation, "income", "unknown"),
        (Planted.Food, Nation, "food", "unmet"),
        (Planted.Food, Yunnan, "income", "unmet"),
        (Planted.Clothing, Nation, "clothing", "unmet"),
        (Planted.DropoutByPoverty, Nation, "education", "unmet"),
        (Planted.DropoutByPoverty, Yunnan, "education", "unmet"),
        (Planted.DropoutOtherwise, Nation, "education", "met"),
        (Planted.DropoutOtherwise, Yunnan, "education", "unmet"),
        (Planted.DropoutReasonMissing, Nation, "education", "unknown"),
        (Planted.SeriousIllnessCover, Yunnan, "medical", "unmet"),
        (Planted.BasicInsurance, Nation, "medical", "unmet"),
        (Planted.AppraisalMissing, Nation, "housing", "unknown"),
        (Planted.CertificateConflict, Nation, "housing", "unmet"),
        (Planted.DangerousHouse, Yunnan, "housing", "unmet"),
        (Planted.Water, Nation, "water", "unmet"),
        (Planted.OldAgeInsurance, Yunnan, "pension", "unmet"),
        (Planted.NoMeasure, Yunnan, "help", "unmet"),
    ];

    [Theory, BothEngines]
    public void Each_planted_gap_is_named_with_value_limit_law_fact_and_author(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var tried = 0;
        foreach (var (gap, standard, indicator, result) in Gaps)
        {
            if (Carrier(gap) is not { } number)
                continue;
            var shown = Indicator(cli.Explain(number).Json, standard, indicator);
            var about = $"{gap} of {number}: {shown}";
            shown.GetProperty("result").GetString().ShouldBe(result, about);
            var source = shown.GetProperty("source");
            source.GetProperty("title").GetString().ShouldNotBeNullOrEmpty(about);
            source.GetProperty("grade").GetString().ShouldBeOneOf(["A", "B", "C", "recall"], about);
            shown.GetProperty("fact").GetProperty("name").GetString().ShouldNotBeNullOrEmpty(about);
            if (result != "unmet")
                continue;
            tried++;
            shown.GetProperty("value").GetString().ShouldNotBeNullOrEmpty(about);
            shown.GetProperty("limit").GetString().ShouldNotBeNullOrEmpty(about);
            shown.GetProperty("fact").GetProperty("statedBy").GetString().ShouldNotBeNullOrEmpty(about);
            shown.GetProperty("fact").GetProperty("date").GetString().ShouldBe("2020-06-12", about);
        }
        tried.ShouldBeGreaterThan(8);
    }

    /// <summary>A registered household that carries the gap and no other, else any that carries it.</summary>
    private static string? Carrier(Planted gap)
    {
        var county = Installations.County(DemoSize.Township);
        string? found = null;
        foreach (ref readonly var household in county.Households)
        {
            if (!household.Has(gap) || (gap == Planted.NoMeasure && !household.Registered))
                continue;
            var number = Naming.HouseholdNumber(county.VillageOf(household).Area, household);
            if (household.Planted == gap)
                return number;
            found ??= number;
        }
        return found;
    }

    private static JsonElement Indicator(JsonElement report, string standard, string indicator) =>
        report
            .GetProperty("standards")
            .EnumerateArray()
            .Single(s => s.GetProperty("id").GetString() == standard)
            .GetProperty("indicators")
            .EnumerateArray()
            .Single(i => i.GetProperty("id").GetString() == indicator);

    [Theory, BothEngines]
    public void Every_key_is_there_and_null_when_unknown(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        foreach (var number in cli.Tables.Query<string>("SELECT coalesce(national_no, provisional_no) FROM households WHERE id % 97 = 0"))
        {
            var report = cli.Explain(number).Json;
            report.GetProperty("household").GetString().ShouldBe(number);
            var standards = report.GetProperty("standards").EnumerateArray().ToList();
            standards.Select(s => s.GetProperty("id").GetString()).ShouldBe([Yunnan, Nation], ignoreOrder: true);
            foreach (var indicator in standards.SelectMany(s => s.GetProperty("indicators").EnumerateArray()))
            {
                foreach (var key in new[] { "id", "title", "result", "value", "limit", "unit", "source", "fact" })
                    indicator.TryGetProperty(key, out _).ShouldBeTrue($"{key} in {indicator}");
                indicator.GetProperty("result").GetString().ShouldBeOneOf("met", "unmet", "exempt", "unknown");
                Keys(indicator.GetProperty("source"), "title", "number", "grade");
                Keys(indicator.GetProperty("fact"), "name", "value", "statedBy", "date", "person", "import");
            }
            standards.Single(s => s.GetProperty("id").GetString() == Yunnan).GetProperty("indicators").GetArrayLength().ShouldBe(6);
        }
    }

    [Theory, BothEngines]
    public void The_member_behind_a_gap_and_the_import_that_stated_it_are_named(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var number = Carrier(Planted.DropoutByPoverty).ShouldNotBeNull();
        var answer = cli.Explain(number);
        var report = answer.Json;
        var id = cli.Tables.Number($"SELECT id FROM households WHERE '{number}' IN (national_no, provisional_no)");
        report
            .GetProperty("members")
            .GetInt64()
            .ShouldBe(cli.Tables.Number($"SELECT count(*) FROM memberships WHERE household_id = {id} AND to_day IS NULL"));
        report.GetProperty("status").GetString().ShouldNotBeNullOrEmpty();
        var education = Indicator(report, Nation, "education");
        var person = education.GetProperty("persons").EnumerateArray().ShouldHaveSingleItem();
        var named =
            $"SELECT p.name FROM persons p JOIN memberships m ON m.person_id = p.id WHERE m.household_id = {id} AND '{person.GetProperty("number").GetString()}' IN (p.national_no, p.provisional_no)";
        cli.Tables.Text(named).ShouldBe(person.GetProperty("name").GetString());
        var fact = education.GetProperty("fact");
        fact.GetProperty("person").GetProperty("number").GetString().ShouldBe(person.GetProperty("number").GetString());
        var import = fact.GetProperty("import");
        import.GetProperty("file").GetString().ShouldBe(cli.Tables.Text($"SELECT file FROM import_batches WHERE id = {import.GetProperty("id")}"));
        import.GetProperty("rows").GetInt64().ShouldBeGreaterThan(0);
        import.GetProperty("day").GetString()!.Length.ShouldBe(10);
        answer.Output.ShouldNotMatch(@"\b\d{17}[\dX]\b");
        var text = cli.Run("explain", number).Done().Output;
        text.ShouldContain(person.GetProperty("name").GetString()!);
        text.ShouldContain(import.GetProperty("file").GetString()!);
        text.ShouldNotMatch(@"\b\d{17}[\dX]\b");
    }

    [Theory, BothEngines]
    public void What_is_missing_is_named_in_the_words_of_the_dictionary(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        string Missing(Planted gap, string indicator) =>
            string.Join('|', Indicator(cli.Explain(Carrier(gap)!).Json, Nation, indicator).GetProperty("unknown").EnumerateArray());
        Missing(Planted.IncomeMissing, "income").ShouldMatch(@"^\p{IsCJKUnifiedIdeographs}+.* \(household\.income_\w+\)");
        Missing(Planted.DropoutReasonMissing, "education").ShouldMatch(@"^\p{IsCJKUnifiedIdeographs}+：.*\(person\.school_leaving_reason\)");
        Missing(Planted.AppraisalMissing, "housing").ShouldContain("(dwelling.");
    }

    private static void Keys(JsonElement part, params string[] names)
    {
        if (part.ValueKind != JsonValueKind.Null)
            part.EnumerateObject().Select(p => p.Name).ShouldBe(names);
    }

    [Theory, BothEngines]
    public void Explains_what_was_stored_for_every_household(Engine engine)
    {
        var cli = installations.Shared(engine);
        var stored = cli.Tables.Query<(string Number, string Standard, string Indicators, long Met, long Unmet, long Exempt)>(
            """
            SELECT coalesce(h.national_no, h.provisional_no), s.standard_id, s.indicators, v.met, v.unmet, v.exempt
            FROM verdicts v JOIN standard_versions s ON s.id = v.standard_version_id JOIN households h ON h.id = v.subject_id
            WHERE h.id % 23 = 0 OR v.unmet <> 0 AND h.id % 5 = 0
            """
        );
        stored.Count.ShouldBeGreaterThan(20);
        foreach (var household in stored.GroupBy(s => s.Number))
        {
            var report = cli.Explain(household.Key).Json;
            foreach (var (_, standard, indicators, met, unmet, exempt) in household)
            foreach (var pair in indicators.Split(','))
            {
                var (bit, id) = (1L << int.Parse(pair.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture), pair.Split(':')[1]);
                var expected =
                    (unmet & bit) != 0 ? "unmet"
                    : (exempt & bit) != 0 ? "exempt"
                    : (met & bit) != 0 ? "met"
                    : "unknown";
                Indicator(report, standard, id).GetProperty("result").GetString().ShouldBe(expected, $"{household.Key} {standard} {id}");
            }
        }
    }

    [Theory, BothEngines]
    public void A_household_is_found_by_each_of_its_numbers(Engine engine)
    {
        var cli = installations.Shared(engine);
        var (key, national) = cli
            .Tables.Query<(long, string)>("SELECT id, national_no FROM households WHERE national_no IS NOT NULL ORDER BY id")
            .First();
        cli.Explain($"{key}").Json.GetProperty("household").GetString().ShouldBe(national);
        cli.Explain(national).Json.GetProperty("household").GetString().ShouldBe(national);
        var provisional = cli.Tables.Text("SELECT min(provisional_no) FROM households WHERE national_no IS NULL")!;
        cli.Explain(provisional).Json.GetProperty("household").GetString().ShouldBe(provisional);
    }

    [Theory, BothEngines]
    public void An_ID_number_is_never_taken_and_never_repeated(Engine engine)
    {
        var cli = installations.Shared(engine);
        var county = Installations.County(DemoSize.Village);
        var id = Naming.Id(Naming.Prefix(county.Villages[0].Area.TownshipOrdinal), county.Persons[0]);
        var refused = cli.Explain(id).Refused("household.id-number");
        refused.Errors.ShouldNotContain(id);
        refused.Output.ShouldNotContain(id);
        refused.Document.GetProperty("details").GetArrayLength().ShouldBe(0);
        cli.Explain("DEMO9999999999999999").Refused("household.unknown", "DEMO9999999999999999");
        cli.Explain("1' OR '1'='1").Refused("household.unknown");
        cli.Run("explain").WrongUsage();
        cli.Run("explain", "--json").Document.GetProperty("code").GetString().ShouldBe("usage.wrong");
    }

    [Theory, BothEngines]
    public void Another_day_is_explained_by_the_law_of_that_day(Engine engine)
    {
        var cli = installations.Shared(engine);
        var number = cli.Tables.Text("SELECT min(national_no) FROM households")!;
        string? Limit(string day) => Indicator(cli.Explain(number, "--as-of", day).Json, Nation, "income").GetProperty("limit").GetString();
        Limit("2020-06-12").ShouldBe("3747.00");
        Limit("2018-06-12").ShouldBe("3200.00");
        cli.Explain(number, "--as-of", "2011-01-01").Json.GetProperty("standards").GetArrayLength().ShouldBe(0);
        cli.Explain(number, "--as-of", "soon").Misused("date.bad", "soon");
    }

    [Theory, BothEngines]
    public void Nothing_is_written_by_explaining(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Tables.Dump(cli.Tables.Names());
        var number = cli.Tables.Text("SELECT min(national_no) FROM households")!;
        cli.Explain(number, "--steps").Done();
        cli.Run("explain", number).Done().Output.ShouldContain("✓ 达标");
        cli.Tables.Dump(cli.Tables.Names()).ShouldEqual(before);
    }
}
