using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

/// <summary>A rectification ledger from an inspection report to its closed problems: 3 aspects, 13 problems, 33 measures.</summary>
public sealed class KeepingLedgers(Installations installations)
{
    // 13 problems in 3 aspects; 7 of them have 3 measures and 6 have 2: 33.
    private static List<object> Measures() =>
        [
            .. Enumerable
                .Range(0, 13)
                .SelectMany(p =>
                    Enumerable
                        .Range(1, p < 7 ? 3 : 2)
                        .Select(m =>
                            (object)
                                new
                                {
                                    aspect = $"方面{p * 3 / 13 + 1}",
                                    problem = $"问题{p + 1}",
                                    measure = $"措施{p + 1}.{m}",
                                    department = p == 0 ? "住建局" : "poverty_office",
                                    day = "2020-07-31",
                                }
                        )
                ),
        ];

    [Theory, BothEngines]
    public async Task A_problem_closes_once_all_its_measures_passed_the_re_check_of_somebody_else(Engine engine)
    {
        await using var console = await TuopinConsole.Over(installations.Copy(engine, "village"));
        using var county = CallingTheApi.Client(console, "county", "DirectWork,DoWork,ViewWork");
        var body = JsonSerializer.Serialize(
            new
            {
                title = "成效考核反馈问题整改台账",
                source = "performance",
                area = "530326",
                measures = Measures(),
            }
        );
        var made = await Send(county, "/api/v1/ledgers", body);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var told = JsonDocument.Parse(made.Text).RootElement;
        var id = told.GetProperty("id").GetInt64();
        (Of("aspects"), Of("problems"), Of("measures")).ShouldBe((3, 13, 33));
        (await Send(county, "/api/v1/ledgers", body.Replace("performance", "nobody", StringComparison.Ordinal))).Text.ShouldContain("ledger.source");
        (await Send(county, "/api/v1/ledgers", """{"title":"空台账","source":"audit","area":"530326","measures":[]}""")).Text.ShouldContain(
            "ledger.empty"
        );
        (
            await Send(
                county,
                "/api/v1/ledgers",
                """{"title":"错台账","source":"audit","area":"530326","measures":[{"aspect":"甲","problem":"乙","measure":"丙","department":"没有的局"},{"measure":"丁","day":"2020-06-01"}]}"""
            )
        ).Text.ShouldContain("没有的局");
        (await Send(county, "/api/v1/ledgers", body.Replace("530326", "530322", StringComparison.Ordinal))).Status.ShouldBe(HttpStatusCode.NotFound);
        var (village, housing) = (await console.As("village"), await console.As("housing"));
        (await village.Get($"/ledgers/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await village.Submit("/work", "/ledgers", new() { ["title"] = "村台账" })).Status.ShouldBe(HttpStatusCode.Forbidden);

        // The first problem is the housing office's: three measures.
        var first = told.GetProperty("rows")
            .EnumerateArray()
            .Where(r => r.GetProperty("problem").GetString() == "问题1")
            .Select(r => r.GetProperty("id").GetInt64())
            .ToList();
        var problem = console.Cli.Tables.Number($"SELECT parent_id FROM work_items WHERE id = {first[0]}");
        (await Act(county, problem, "take")).Text.ShouldContain("work.of-a-tree");
        foreach (var measure in first)
        {
            (await Act(county, problem, "pass")).Text.ShouldContain("work.children");
            (await housing.Submit("/work", $"/work/{measure}/take", [])).Status.ShouldBe(HttpStatusCode.Redirect);
            (await housing.Submit("/work", $"/work/{measure}/hand-in", new() { ["words"] = "已整改，材料在档" })).Status.ShouldBe(
                HttpStatusCode.Redirect
            );
            (await Act(county, measure, "pass")).Status.ShouldBe(HttpStatusCode.OK);
        }
        (await Act(county, problem, "pass")).Status.ShouldBe(HttpStatusCode.OK);
        told = JsonDocument.Parse(await county.GetStringAsync($"/api/v1/ledgers/{id}", TestContext.Current.CancellationToken)).RootElement;
        (Passed("aspects"), Passed("problems"), Passed("measures")).ShouldBe((0, 1, 3));
        // Beneath a closed problem nothing is added.
        (
            await Send(county, $"/api/v1/ledgers/{id}/measures", """{"measures":[{"aspect":"方面1","problem":"问题1","measure":"再加一条"}]}""")
        ).Text.ShouldContain("work.closed");
        (
            await Send(county, $"/api/v1/ledgers/{id}/measures", """{"measures":[{"aspect":"方面1","problem":"问题14","measure":"新措施"}]}""")
        ).Status.ShouldBe(HttpStatusCode.OK);

        // On paper, and as a workbook that a new ledger is read from.
        var browser = await console.As("county");
        (await browser.Get("/ledgers")).Html.QuerySelectorAll("#ledgers tbody tr").Length.ShouldBe(1);
        (await browser.Get($"/ledgers/{id}/print")).Html.QuerySelectorAll("#measures tbody tr").Length.ShouldBe(34);
        var file = Path.Combine(console.Cli.Folder, "ledger.xlsx");
        await File.WriteAllBytesAsync(
            file,
            await browser.Client.GetByteArrayAsync($"/ledgers/{id}/file", TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );
        Inspection.LedgerRows.Read(file).Select(r => r.Measure).ShouldContain("措施13.2");
        // The same at the command line: listed, printed, written, and loaded as another ledger.
        console
            .Cli.Run("ledgers", "list", "--area", "530326", "--json")
            .Done()
            .Json[0]
            .GetProperty("measures")
            .GetProperty("all")
            .GetInt64()
            .ShouldBe(34);
        console.Cli.Run("ledgers", "print", $"{id}").Done().Output.ShouldContain("措施13.2");
        var written = Path.Combine(console.Cli.Folder, "written.xlsx");
        console.Cli.Run("ledgers", "print", $"{id}", "--file", written).Done();
        console.Cli.Run("ledgers", "load", written, "--area", "530326", "--title", "另一本台账", "--source", "audit").Done();
        console.Cli.Run("ledgers", "load", written, "--area", "530326", "--title", "另一本台账", "--source", "audit").Refused("ledger.there");
        // What is the county's is no township's; of what is there already nothing is there twice.
        console.Cli.Run("ledgers", "load", written, "--area", "530326001", "--title", "乡镇台账", "--source", "audit").Refused("ledger.rows");
        console.Cli.Run("ledgers", "load", written, "--area", "530326", "--title", "第三本", "--source", "hearsay").Misused("ledger.source");
        console.Cli.Run("ledgers", "load", written, "--area", "5303", "--title", "全市台账", "--source", "audit").Misused("ledger.level");
        console.Cli.Run("ledgers", "print", "1").Misused("ledger.unknown");
        console.Cli.Run("ledgers", "list", "--area", "530326", "--json").Done().Json.GetArrayLength().ShouldBe(2);
        console.Cli.Run("ledgers", "list", "--area", "530326001", "--json").Done().Json.GetArrayLength().ShouldBe(0);
        await File.WriteAllTextAsync(file = Path.ChangeExtension(file, ".csv"), "方面,措施\n甲,乙\n", TestContext.Current.CancellationToken);
        Should.Throw<Platform.Refusal>(() => Inspection.LedgerRows.Read(file)).Code.ShouldBe("ledger.columns");
        console.Cli.Run("audit", "verify").Done();

        long Of(string name) => told.GetProperty(name).GetProperty("all").GetInt64();
        long Passed(string name) => told.GetProperty(name).GetProperty("passed").GetInt64();
    }

    private static Task<(HttpStatusCode Status, string Text)> Act(HttpClient client, long item, string act) =>
        Send(client, $"/api/v1/work/{item}/{act}", "{}");

    private static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient client, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
