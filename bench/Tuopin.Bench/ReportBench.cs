using System.Data.Common;
using System.Text;
using Tuopin.Demo;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Reports;
using Tuopin.Reports.Writing;

namespace Tuopin.Bench;

/// <summary>
/// A report of at least thirty pages for the county: every computed figure of the catalogue by name, now, a year before and at the end of last year, tables of all townships and of all
/// villages, composed and written as a page, a document and a workbook.
/// </summary>
internal static class ReportBench
{
    public static void Run(Report report)
    {
        var folder = County.Copy(County.Demo(DemoSize.County), "report");
        var installation = County.Open(folder);
        using (var sqlite = installation.Store.Open())
            Measure(report, installation, sqlite, "sqlite", () => Cpu.Own);
        var connection = County.IntoPostgres(folder);
        var second = County.Open(Path.Combine(County.Work, "postgres"), connection);
        using var postgres = second.Store.Open();
        var server = Tests.Shared.PostgresCluster.Shared.ProcessId;
        Measure(report, second, postgres, "postgresql", () => Cpu.Own + Cpu.OfServer(server));
    }

    private static void Measure(Report report, Installation installation, DbConnection connection, string engine, Func<double> cpu)
    {
        var moment = new FigureMoment(installation.WorkDate);
        var county = AreaTree.Load(connection, moment.Day).ByCode("530326")!;
        var template = ReportPack.Of("bench", "bench.md", Encoding.UTF8.GetBytes(Template(installation)), null);
        ComposedReport Composed() => ComposeReport.Of(installation, connection, template, county, moment);
        var made = Composed();
        var characters = WriteText.Of(made).Count(c => !char.IsWhiteSpace(c));
        // 22 lines of 28 characters; rows of tables are lines.
        var rows = made.Blocks.OfType<ReportTable>().Sum(t => t.Rows.Count);
        var pages = rows / 22 + made.Blocks.OfType<ReportParagraph>().Count() * 3 / 22;
        report.Note(
            $"{made.Numbers.Count} numbers of {made.Numbers.Select(n => n.Figure.Id).Distinct().Count()} figures, {characters} characters, {rows} rows of tables, about {pages} pages"
        );
        var (compose, whole) = (new List<double>(), new List<double>());
        for (var i = 0; i < Report.Rounds; i++)
        {
            var before = cpu();
            var composed = Composed();
            compose.Add(cpu() - before);
            foreach (var format in new[] { "html", "docx", "xlsx" })
                ReportFormat.Write(composed, format);
            whole.Add(cpu() - before);
        }
        report.Amount($"a report of about {pages} pages composed, {engine}", compose, "ms CPU", null);
        report.Amount($"the same with its page, document and workbook, {engine}", whole, "ms CPU", 5000);
    }

    private static string Template(Installation installation)
    {
        var figures = installation.Packs.FiguresOf(null).Where(f => f is { IsStated: false }).ToList();
        var text = new StringBuilder("# 县情况\n\n");
        foreach (var group in figures.GroupBy(f => f.Group.Zh))
        {
            text.Append("## ").Append(group.Key).Append("\n\n");
            foreach (var figure in group)
                text.Append(
                    $"{figure.Label.Zh}{{{{ {figure.Id} }}}}，上年末为{{{{ {figure.Id} | at end_of_last_year }}}}，上年同日为{{{{ {figure.Id} | at year_before }}}}。这一项由台账逐户逐人数出，口径见数字目录，与各乡镇、各村的数相加一致；数据截至{{{{ day }}}}，此后的变动不在其中。\n\n"
                );
            text.Append("```table\nfigures: [").AppendJoin(", ", group.Take(6).Select(f => f.Id)).Append("]\nby: township\ntotal: true\n```\n\n");
        }
        return text.Append(
                "```table\nfigures: [registered_households, registered_persons, remaining_households, remaining_persons]\nby: village\ntotal: true\nshare_of_total: registered_persons\n```\n"
            )
            .ToString();
    }
}
