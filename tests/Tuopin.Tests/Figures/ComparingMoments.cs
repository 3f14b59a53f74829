using System.Net;
using System.Text.Json;
using Shouldly;
using Tuopin.Figures;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Figures;

/// <summary>The difference of two moments: it is made by just those who are named, and each of them has a cause.</summary>
public sealed class ComparingMoments(Installations installations)
{
    [Theory, BothEngines]
    public void What_those_named_add_is_the_difference_of_every_figure_on_either_clock(Engine engine)
    {
        using var cli = installations.Copy(engine, "village");
        var known = cli.Clock.Text;
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        Disturb(cli);
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        var change = Tuopin.Platform.Database.KnownAt.Change(connection, known);
        var counted = installation
            .Packs.Figures.Values.Where(f => f.Counted is not null || f.Id is "unmet_households" or "housing_gap_persons" or "at_risk_households")
            .ToList();
        var (compared, differing) = (0, 0);
        foreach (
            var (from, to) in new (FigureMoment, FigureMoment)[]
            {
                (new(new(2018, 12, 31)), new(new(2020, 6, 12))),
                (new(new(2019, 12, 31), change), new(new(2020, 6, 12))),
                (new(new(2020, 6, 12), change), new(new(2020, 6, 12))),
                (new(new(2020, 6, 12)), new(new(2020, 6, 12), change)),
            }
        )
        {
            FigureSide Side(FigureMoment moment)
            {
                var tree = AreaTree.Load(connection, moment.Day);
                return new(Platform.Commands.AreaArgument.Smallest(tree, connection, null), moment);
            }
            var (before, after) = (Side(from), Side(to));
            var (was, now) = (
                FigureValues.Of(installation, connection, counted, [before.Area], from),
                FigureValues.Of(installation, connection, counted, [after.Area], to)
            );
            foreach (var figure in counted.Where(f => ChangedSubjects.CanBeNamed(f, before, after)))
            {
                var (a, b) = (was.Of(figure, before.Area), now.Of(figure, after.Area));
                var who = ChangedSubjects.Count(installation, connection, figure, before, after);
                if (!a.IsKnown || !b.IsKnown)
                    continue;
                who.Low.ShouldBe(b.Low - a.Low, $"{figure.Id} {from} {to}");
                who.High.ShouldBe(b.High - a.High, $"{figure.Id} {from} {to}");
                if (figure.Counted is { Sum: null } && who.Doubtful == 0)
                    ((Exact)(who.Entered - who.Left)).ShouldBe(b.Low - a.Low, figure.Id);
                (compared, differing) = (compared + 1, differing + (who.All > 0 ? 1 : 0));
            }
        }
        compared.ShouldBeGreaterThan(60);
        differing.ShouldBeGreaterThan(25);
    }

    [Theory, BothEngines]
    public async Task Each_has_its_cause_with_what_was_who_recorded_it_and_when(Engine engine)
    {
        await using var console = await TuopinConsole.Own(installations.Copy(engine, "township"));
        var cli = console.Cli;
        var known = cli.Clock.Text;
        cli.Clock.Now += TimeSpan.FromMinutes(1);
        var changed = Disturb(cli);
        var county = await console.As("county");
        var moments = $"from=2020-06-12&to=2020-06-12&knownFrom={known}";

        var water = await Names(county, "piped_water_households", moments);
        var corrected = water.Single(s => s.Household == changed.Water);
        corrected.Way.ShouldBe("left");
        var cause = corrected.Causes.Single();
        (Text(cause, "kind"), Text(cause, "fact"), Text(cause, "before"), Text(cause, "after")).ShouldBe(
            ("corrected", "household.water_piped", "是", "否")
        );
        (Text(cause, "actor"), Text(cause, "statedBy")).ShouldBe(("test", "village"));

        var persons = await Names(county, "registered_persons", moments);
        var gone = persons.Single(s => s.Household == changed.Death).Causes.Single();
        (Text(gone, "kind"), Text(gone, "person"), Text(gone, "day"), Text(gone, "after")).ShouldBe(("lateData", changed.Dead, "2020-03-01", "死亡"));
        var born = persons.Single(s => s.Household == changed.Birth).Causes.Single();
        (Text(born, "kind"), Text(born, "person"), Text(born, "after")).ShouldBe(("lateData", changed.Born, "新生儿"));
        // As it was known later, the birth took its course between the two days.
        var course = (await Names(county, "registered_persons", "from=2020-05-01&to=2020-06-12")).Single(s => s.Household == changed.Birth);
        (Text(course.Causes.Single(), "kind"), Text(course.Causes.Single(), "day")).ShouldBe(("birth", "2020-06-01"));

        // Out of the village, within the county.
        var moved = $"{moments}&area={changed.From:D12}";
        var out_ = (await Names(county, "registered_households", moved)).Single(s => s.Household == changed.Moved);
        (out_.Way, Text(out_.Causes.Single(), "kind")).ShouldBe(("left", "movedOut"));
        var into = (await Names(county, "registered_households", $"{moments}&area={changed.To:D12}")).Single(s => s.Household == changed.Moved);
        (into.Way, Text(into.Causes.Single(), "kind")).ShouldBe(("entered", "movedIn"));
        (await Names(county, "registered_households", moments)).ShouldNotContain(s => s.Household == changed.Moved);

        // A year and a half of decisions.
        var decided = (await Names(county, "exited_households", "from=2018-12-31&to=2020-06-12"))[0];
        var status = decided.Causes.First(c => Text(c, "kind") == "statusDecided");
        (Text(status, "fact"), Text(status, "day")).ShouldBe(("household_status.kind", Text(status, "day")));
        Text(status, "day").ShouldNotBeNull();

        // On a page, and page by page: as many as it says, each once.
        var page = await county.Get($"/figures/registered_persons/between?{moments}");
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        page.Html.QuerySelectorAll("[data-part=moved] tbody tr").Length.ShouldBe(persons.Count);
        page.Text.ShouldContain(changed.Born);
        page.Text.ShouldContain("补录");
        (await county.Get($"/figures/between?{moments}")).Html.QuerySelector("tr[data-figure=piped_water_households]").ShouldNotBeNull();
        var wide = "from=2015-12-31&to=2020-06-12";
        var total = Json(await county.Get($"/api/v1/figures/exited_households/between?{wide}", "application/json")).GetProperty("who");
        var all = await Names(county, "exited_households", wide);
        all.Count.ShouldBeGreaterThan(ChangedSubjects.PageSize);
        all.Select(s => s.Id).Distinct().Count().ShouldBe(all.Count);
        all.Count.ShouldBe((int)new[] { "entered", "left", "changed", "doubtful" }.Sum(w => total.GetProperty(w).GetInt64()));
        (await Names(county, "exited_households", $"{wide}&way=left")).Count.ShouldBe((int)total.GetProperty("left").GetInt64());

        // By command the same, for a formula its parts.
        cli.Run("figures", "between", "registered_persons", "--from", "2020-06-12", "--known-from", known).Done().Output.ShouldContain(changed.Born);
        var rate = cli.Run("figures", "between", "exited_share", "--from", "2018-12-31").Done().Output;
        rate.ShouldContain("exited_households");
        cli.Run("figures", "between", "unmet_households", "--from", "2018-12-31").Done().Output.ShouldContain("entered");
        cli.Run("figures", "between", "none").Refused("figure.unknown");
        cli.Run("figures", "between", "exited_share", "--from", "x").Misused("date.bad");
    }

    [Theory, BothEngines]
    public async Task Whoever_may_not_see_the_area_the_trade_or_the_names_finds_nothing(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var places = cli.Tables.Query<long>("SELECT DISTINCT area_code FROM households ORDER BY area_code");
        await using var console = await TuopinConsole.Over(cli);
        var (village, housing, county) = (await console.As("village"), await console.As("housing"), await console.As("county"));
        foreach (var path in new[] { "/figures/between", "/figures/registered_households/between", "/figures/registered_households/between/names" })
            (await village.Get($"/api/v1{path}?area={places[^1]:D12}", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound, path);
        (await housing.Get("/api/v1/figures/pension_insured_persons/between", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await housing.Get("/api/v1/figures/pension_insured_persons/between/names", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await housing.Get("/api/v1/figures/between", "application/json")).Text.ShouldNotContain("pension_insured_persons");
        (await county.Get("/api/v1/figures/none/between", "application/json")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await county.Get("/figures/registered_households/between?from=soon")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Get("/figures/registered_households/between?knownTo=soon")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await county.Get("/figures/registered_households/between?way=up")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await console.Nobody().Get("/figures/between")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private sealed record Changed(long Water, long Death, string Dead, long Birth, string Born, long Moved, long From, long To);

    // A fact corrected, a death and a birth that are recorded late, and a household that moves to another village, each a change of its own.
    private static Changed Disturb(TuopinCli cli)
    {
        long Number(string sql) => cli.Tables.Number(sql);
        const string registered = "SELECT household_id FROM household_list WHERE registered = 1 AND place_code = area_code";
        var water = Number(
            $"SELECT min(household_id) FROM household_years WHERE year = 2020 AND water_piped = {(cli.Open().Store.IsSqlite ? "1" : "true")} AND household_id IN ({registered})"
        );
        var no = cli.Open().Store.IsSqlite ? "0" : "false";
        cli.Edit($"UPDATE household_years SET water_piped = {no}, change_id = CHANGE WHERE household_id = {water} AND year = 2020");
        string Member(long but) =>
            $"SELECT min(household_id) FROM memberships WHERE to_day IS NULL AND relation = 2 AND household_id IN ({registered}) AND household_id > {but}";
        var death = Number(Member(water));
        var dead = Number($"SELECT min(person_id) FROM memberships WHERE household_id = {death} AND to_day IS NULL AND relation = 2");
        cli.Edit(
            $"UPDATE memberships SET to_day = 20200301, change = 1, change_id = CHANGE WHERE household_id = {death} AND person_id = {dead} AND to_day IS NULL"
        );
        var birth = Number(Member(death));
        var child = Number("SELECT max(id) + 1 FROM persons");
        cli.Edit(
            $"INSERT INTO persons (id, name, area_code, provisional_no, birth, sex, change_id) SELECT {child}, '张小满', area_code, 'P{child}', 20200601, 1, CHANGE FROM households WHERE id = {birth}",
            $"INSERT INTO memberships (household_id, person_id, from_day, relation, change, change_id) VALUES ({birth}, {child}, 20200601, 3, 6, CHANGE)"
        );
        var moved = Number(Member(birth));
        var from = Number($"SELECT area_code FROM households WHERE id = {moved}");
        var (to, village) = (
            Number($"SELECT min(code) FROM area_versions WHERE level = 5 AND to_day IS NULL AND code / 1000 = {from / 1000} AND code <> {from}"),
            $"(SELECT area_id FROM area_versions WHERE to_day IS NULL AND level = 5 AND code ="
        );
        cli.Edit(
            $"UPDATE households SET area_code = {to}, village_id = {village} {to}), change_id = CHANGE WHERE id = {moved}",
            $"UPDATE household_list SET area_code = {to}, place_code = {to} WHERE household_id = {moved}"
        );
        var name = cli.Tables.Query<string>($"SELECT name FROM persons WHERE id = {dead}")[0];
        return new(water, death, name, birth, "张小满", moved, from, to);
    }

    private sealed record Told(long Id, long? Household, string Way, IReadOnlyList<JsonElement> Causes);

    private static async Task<List<Told>> Names(TuopinConsole.Browser browser, string figure, string asked)
    {
        var (found, after) = (new List<Told>(), "");
        do
        {
            var page = Json(await browser.Get($"/api/v1/figures/{figure}/between/names?{asked}&after={after}", "application/json"));
            found.AddRange(
                page.GetProperty("subjects")
                    .EnumerateArray()
                    .Select(s => new Told(
                        s.GetProperty("id").GetInt64(),
                        s.GetProperty("household") is { ValueKind: JsonValueKind.Number } h ? h.GetInt64() : null,
                        Text(s, "way")!,
                        [.. s.GetProperty("causes").EnumerateArray()]
                    ))
            );
            after = Text(page, "next");
        } while (after is not null);
        return found;
    }

    private static JsonElement Json(TuopinConsole.Page page)
    {
        page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
        return JsonDocument.Parse(page.Text).RootElement;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
