using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Reports.Writing;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports;

/// <summary><c>tuopin report REPORT|FILE -o OUT</c>: a report of the packs, or of a template in a file, as the ending of the file to write says.</summary>
public static class MakeReport
{
    /// <param name="State">Why there is no number; known where there is one.</param>
    public sealed record ToldNumber(int Key, string Figure, string Area, DateOnly Day, FigureState State, string Text, string? Low, string? High);

    public sealed record Told(
        string Report,
        string Title,
        string Area,
        DateOnly Day,
        string? KnownAt,
        string TemplateHash,
        string PackHash,
        int Missing,
        IReadOnlyList<ToldNumber> Numbers
    );

    public static Command Command(Shell shell)
    {
        var (area, asOf, knownAt) = (AreaArgument.Area(), AreaArgument.AsOf(), AreaArgument.KnownAt());
        var template = new Argument<string>("REPORT")
        {
            Description = "a report of the packs by its id, or a template: a file in Markdown, a Word document or a workbook",
        };
        var file = new Option<string?>("--output", "-o")
        {
            Description = "file to write: .docx, .html, .pdf, .xlsx, .txt or .md; without it the text is printed",
        };
        var command = new Command("report", "make a report from a template of named figures") { template, area, asOf, knownAt, file };
        command.Subcommands.Add(Sealing.VerifySeal.Command(shell));
        command.SetAction(
            shell.Run(parsed =>
            {
                var format = parsed.GetValue(file) is { } named ? ReportFormat.Of(Path.GetExtension(named)) : null;
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var report = Handle(
                    installation,
                    connection,
                    Chosen(installation, parsed.GetValue(template)!),
                    parsed.GetValue(area),
                    AreaArgument.Day(parsed.GetValue(asOf)),
                    parsed.GetValue(knownAt)
                );
                if (parsed.GetValue(file) is { } path)
                {
                    var content = ReportFormat.Write(report, format!);
                    ShowReport.Record(installation, report, format!);
                    File.WriteAllBytes(path, content);
                }
                if (shell.IsJson)
                    shell.PrintJson(Tell(report));
                else if (parsed.GetValue(file) is null)
                    shell.Output.Write(WriteText.Of(report));
                var missing = report.Missing.ToList();
                if (missing.Count > 0)
                    shell.Warn(
                        $"{missing.Count} of {report.Numbers.Count} numbers could not be told: {string.Join(", ", missing.GroupBy(m => m.Value.State).Select(g => $"{FigureWords.Of(g.Key).En} {g.Count()}"))}"
                    );
            })
        );
        return command;
    }

    /// <summary>Computes a report; area and day are those asked for, else those of its pack, else all that is held and the work date.</summary>
    /// <exception cref="Refusal">area.unknown, data.none, date.bad, and those of <see cref="ComposeReport"/>.</exception>
    public static ComposedReport Handle(
        Installation installation,
        DbConnection connection,
        ReportPack report,
        string? areaCode,
        DateOnly? asOf,
        string? knownAt
    )
    {
        var moment = new FigureMoment(asOf ?? report.Day ?? installation.WorkDate, knownAt is null ? null : KnownAt.Change(connection, knownAt));
        var area = AreaArgument.Find(AreaTree.Load(connection, moment.Day, knownAt: moment.KnownAt), areaCode ?? report.Area, installation);
        return ComposeReport.Of(
            installation,
            connection,
            report,
            area,
            moment,
            names: (figure, place, at, unknown, most) => NameSubjects.First(installation, connection, figure, place, at, unknown, most)
        );
    }

    /// <summary>A report of the packs, else a template in a file.</summary>
    /// <exception cref="Refusal">report.unknown, report.template-kind, packs.broken.</exception>
    private static ReportPack Chosen(Installation installation, string asked)
    {
        if (ReportPack.Load(installation.PackFolders).TryGetValue(asked, out var report))
            return report;
        if (!File.Exists(asked))
            return ReportPack.Need(installation, asked);
        var path = Path.GetFullPath(asked);
        // Its name was typed and stands in no audit; the hash of the template does.
        return Path.GetExtension(path).ToLowerInvariant() is ".md" or ".docx" or ".xlsx"
            ? ReportPack.Of("file", Path.GetFileName(path), File.ReadAllBytes(path), Path.GetDirectoryName(path)) with
            {
                Label = new(Path.GetFileNameWithoutExtension(path), Path.GetFileNameWithoutExtension(path)),
            }
            : throw new WrongUsage("report.template-kind", "a template is a file in Markdown (.md), a Word document (.docx) or a workbook (.xlsx)");
    }

    /// <summary>The numbers of a report, as programs read them.</summary>
    public static Told Tell(ComposedReport report) =>
        new(
            report.Report,
            report.Title,
            report.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
            report.Moment.Day,
            report.KnownAt,
            report.TemplateHash,
            report.PackHash,
            report.Missing.Count(),
            [
                .. report.Numbers.Select(n => new ToldNumber(
                    n.Key,
                    n.Figure.Id,
                    n.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
                    n.Day,
                    n.Value.State,
                    n.Text,
                    n.Value.IsKnown ? n.Value.Low.ToString() : null,
                    n.Value.IsKnown ? n.Value.High.ToString() : null
                )),
            ]
        );
}
