using System.Text;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Reports;

/// <summary>A report is made of a template on the command line: every number of it is a figure, and what is wrong in a template is told with its place.</summary>
public sealed class MakingReports(Installations installations) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    private static string Figure(JsonElement figures, string name) =>
        figures
            .GetProperty("areas")[0]
            .GetProperty("figures")
            .EnumerateArray()
            .Single(f => f.GetProperty("figure").GetString() == name)
            .GetProperty("value")
            .GetString()!;

    [Theory, BothEngines]
    public void Its_numbers_are_those_of_the_catalogue_worded_as_briefings_word_them(Engine engine)
    {
        var cli = installations.Shared(engine);
        var template = Write(
            "a.md",
            """
            # {{ area }}情况

            截至{{ day }}，{{ pair registered_households registered_persons }}，**{{ registered_persons | bare }}**口人，发生率{{ poverty_incidence }}，
            {{ registered_persons | 万 }}，比上年末{{ remaining_persons_change | change }}，比{{ day | at end_of_last_year }}。

            ## 明细

            | 指标 | 数 |
            |---|--:|
            | 户 | {{ registered_households | bare | grouped }} |

            ```table
            figures: [registered_persons]
            moments: [end_of_last_year, day]
            ```
            """
        );
        var figures = cli.Run("figures", "registered_households", "registered_persons", "poverty_incidence", "--json").Json;
        var (households, persons, incidence) = (
            Figure(figures, "registered_households"),
            Figure(figures, "registered_persons"),
            Figure(figures, "poverty_incidence")
        );
        var text = cli.Run("report", template).Done().Output;
        text.ShouldContain($"截至2020年6月12日，{households}户{persons}人，{persons}口人，发生率{incidence}%，");
        text.ShouldContain($"，{long.Parse(persons) / 10000m:0.####}万人，");
        text.ShouldContain("比2019年12月31日。");
        text.ShouldContain("一、明细");
        var told = cli.Run("report", template, "--json").Json;
        told.GetProperty("missing").GetInt32().ShouldBe(0);
        told.GetProperty("numbers").EnumerateArray().First().GetProperty("low").GetString().ShouldBe(households);
        told.GetProperty("numbers").EnumerateArray().Select(n => n.GetProperty("key").GetInt32()).ShouldBe(Enumerable.Range(1, 9));
    }

    [Theory, BothEngines]
    public void Each_number_of_a_page_leads_to_its_figure_and_says_where_and_when(Engine engine)
    {
        var cli = installations.Shared(engine);
        var template = Write("a.md", "# 一\n\n{{ remaining_persons }}，{{ remaining_persons | at end_of_last_year }}，<b>{{ omission_rate }}</b>\n");
        var path = Path.Combine(folder, "a.html");
        var answer = cli.Run("report", template, "-o", path).Done();
        answer.Errors.ShouldContain("1 of 3 numbers could not be told");
        var page = new HtmlParser().ParseDocument(File.ReadAllText(path));
        var numbers = page.QuerySelectorAll("a.report-number").ToList();
        numbers.Count.ShouldBe(3);
        numbers[0].GetAttribute("href")!.ShouldContain("/figures/remaining_persons?area=530326");
        numbers[1].GetAttribute("href")!.ShouldEndWith("&asOf=2019-12-31");
        numbers[1].GetAttribute("title")!.ShouldContain("2019-12-31");
        numbers[2].ClassList.ShouldContain("report-missing");
        page.QuerySelectorAll("article b").ShouldBeEmpty();
        page.Body!.TextContent.ShouldContain("<b>");
        page.QuerySelectorAll("script").ShouldBeEmpty();
    }

    [Theory, BothEngines]
    public void A_table_by_area_adds_up_and_its_shares_come_to_100(Engine engine)
    {
        var cli = installations.Shared(engine, "township");
        var template = Write(
            "a.md",
            """
            # 一

            ```table
            figures: [registered_persons, "registered_persons | 万人 | places 1"]
            by: village
            total: true
            share_of_total: registered_persons
            ```
            """
        );
        var path = Path.Combine(folder, "a.html");
        cli.Run("report", template, "-o", path).Done();
        var rows = new HtmlParser().ParseDocument(File.ReadAllText(path)).QuerySelectorAll("table tbody tr");
        var cells = rows.Select(r => r.QuerySelectorAll("td").Select(c => decimal.Parse(c.TextContent)).ToList()).ToList();
        cells.Count.ShouldBeGreaterThan(5);
        for (var column = 0; column < 3; column++)
            cells.SkipLast(1).Sum(c => c[column]).ShouldBe(cells[^1][column], $"column {column}");
        cells[^1][2].ShouldBe(100);
        // Rounded each by itself they would not.
        cells.SkipLast(1).Sum(c => Math.Round(c[0] / 10000, 1, MidpointRounding.AwayFromZero)).ShouldNotBe(cells[^1][1]);
    }

    [Fact]
    public void A_list_of_names_is_masked_and_as_long_as_asked()
    {
        var cli = installations.Shared(Engine.Sqlite);
        var template = Write("a.md", "# 一\n\n```names\nfigure: registered_households\nmost: 3\n```\n");
        var path = Path.Combine(folder, "a.html");
        cli.Run("report", template, "-o", path).Done();
        var rows = new HtmlParser().ParseDocument(File.ReadAllText(path)).QuerySelectorAll("table tbody tr");
        rows.Length.ShouldBe(4);
        rows.Take(3).ShouldAllBe(r => r.QuerySelectorAll("td")[0].TextContent.Contains('*'));
        rows[3].TextContent.ShouldContain("另有若干");
    }

    [Fact]
    public void Everything_wrong_in_a_template_is_told_with_its_place_and_the_near_name()
    {
        var cli = installations.Shared(Engine.Sqlite);
        var template = Write(
            "bad.md",
            """
            # {{ area }}
            {{ registered_hoseholds }} {{ poverty_incidence | 万元 }} {{ registered_persons | bear }} {{ }}
            {{ registered_persons | at tomorow }} {{ registered_persons | places x }} {{ remaining_persons | points }} {{ x

            ```table
            figurs: [a]
            by: vilage
            ```

            ```graph
            ```
            ![x](../x.png)
            {{ pair registered_persons registered_households }} {{ each village }}
            """
        );
        cli.Run("report", template)
            .Refused(
                "report.template-broken",
                "bad.md:2:4: there is no figure 'registered_hoseholds'; did you mean 'registered_households'?",
                "bad.md:2:51: '万元' is no unit of poverty_incidence, which is in %",
                "bad.md:2:81: there is no filter and no unit 'bear'",
                "bad.md:2:91: a placeholder names a figure",
                "bad.md:3:28: 'tomorow' is no moment",
                "bad.md:3:63: 'places' has a number from 0 to 8",
                "bad.md:3:98: points are of percentages",
                "bad.md:3:108: '{{' has no '}}' on its line",
                "bad.md:6:1: a table has no 'figurs'; did you mean 'figures'?",
                "bad.md:6:1: 'figures' is missing",
                "bad.md:7:5: 'vilage' is no level",
                "bad.md:10:4: there is no block 'graph'",
                "bad.md:12:1: a picture lies beside the template",
                "bad.md:13:9: a pair is of households and persons",
                "bad.md:13:53: rows are repeated"
            );
        File.WriteAllBytes(template, [0xB4, 0xF3]);
        cli.Run("report", template).Refused("report.template-broken", "UTF-8");
    }

    [Fact]
    public void What_there_is_no_report_no_area_and_no_format_of_is_refused()
    {
        var cli = installations.Shared(Engine.Sqlite);
        var template = Write("a.md", "# 一\n\n{{ registered_persons | area 110101 }}\n");
        cli.Run("report", "no-such").Refused("report.unknown", "no-such");
        cli.Run("report", Write("a.rtf", "x")).Misused("report.template-kind");
        cli.Run("report", template, "-o", Path.Combine(folder, "a.rtf")).Misused("report.format");
        cli.Run("report", template, "--area", "99").Refused("area.unknown");
        cli.Run("report", template, "--as-of", "soon").Misused("date.bad");
        cli.Run("report", Write("b.md", "{{ registered_persons | area 999999 }}")).Refused("report.area-unknown", "999999");
    }

    [Fact]
    public void A_report_of_a_county_s_packs_is_made_by_its_id_for_its_own_area_and_day()
    {
        using var cli = installations.Copy(Engine.Sqlite);
        cli.Packs = folder;
        Directory.CreateDirectory(Path.Combine(folder, "reports", "monthly"));
        Write(
            "reports/monthly/report.yaml",
            "report: { id: monthly, label: { zh: 月报, en: monthly }, template: t.md, language: en, day: 2019-12-31, title: Monthly, number: No. 1, issuer: { zh: 办, en: Office } }\n"
        );
        Write(
            "reports/monthly/t.md",
            "{{ pair registered_households registered_persons }} in {{ registered_persons }}, {{ net_income_per_head | places 0 }}\n"
        );
        var text = cli.Run("report", "monthly").Done().Output;
        text.ShouldStartWith("Monthly\n\nNo. 1\n\n");
        text.ShouldMatch(@"\d+ households with \d+ persons in \d+ persons, \d+ CNY per person");
        text.ShouldEndWith("Office\n31 December 2019\n");
        cli.Run("report", "monthy").Refused("report.unknown", "did you mean 'monthly'?");
        Write("reports/monthly/report.yaml", "report: { id: monthly, labl: { zh: 月报, en: monthly }, template: t.md }\n");
        cli.Run("report", "monthly").Refused("packs.broken", "labl");
        Write("reports/monthly/report.yaml", "report: { id: monthly, label: { zh: 月报, en: monthly }, template: ../t.md }\n");
        cli.Run("report", "monthly").Refused("packs.broken", "has no folder");
    }
}
