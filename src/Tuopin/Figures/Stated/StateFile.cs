using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Figures.Stated;

/// <summary>
/// <c>tuopin figures state FILE.yaml</c>: what departments state, a file at once: the whole of it or, with one line at fault, nothing. Loaded again it changes
/// nothing.
/// </summary>
public static class StateFile
{
    private const int Largest = 8 << 20;

    /// <summary>What a file comes to.</summary>
    /// <param name="New">Stated for the first time.</param>
    /// <param name="Replaced">In the place of what the same department stated of the day.</param>
    /// <param name="Same">Stood already.</param>
    public sealed record Report(string File, bool DryRun, int New, int Replaced, int Same, IReadOnlyList<Line> Lines);

    /// <param name="Effect">new, replaced or same.</param>
    /// <param name="Was">The value it takes the place of.</param>
    public sealed record Line(string Figure, string Area, DateOnly Day, string Value, string Unit, string By, string Effect, string? Was);

    public static Command Command(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "YAML: stated: [{ figure, area, day, value, by, source, document_date, note }]" };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be stated; change nothing" };
        var command = new Command("state", "state figures that departments report, from a file") { file, dryRun };
        command.SetAction(
            shell.Run(parsed =>
            {
                var path = parsed.GetValue(file)!;
                var report = Handle(shell.Open(parsed, install: true), path, Text(path), parsed.GetValue(dryRun));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    private static void Print(TextWriter output, Report report)
    {
        foreach (var l in report.Lines)
            output.WriteLine(
                $"{l.Effect, -8} {l.Area} {DayText.Of(l.Day)} {l.Figure} {l.Value} {l.Unit} ({l.By}){(l.Was is { } was ? $", was {was}" : "")}"
            );
        output.WriteLine(
            $"{report.New} 新填 new, {report.Replaced} 更新 replaced, {report.Same} 不变 the same{(report.DryRun ? "; 没有写入 nothing was written" : "")}"
        );
    }

    private static string Text(string path)
    {
        if (!File.Exists(path))
            throw new Refusal("stated.no-file", $"there is no file '{Path.GetFileName(path)}'");
        if (new FileInfo(path).Length > Largest)
            throw new Refusal("stated.too-large", $"a file of statements has at most {Largest >> 20} MB");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new Refusal("stated.file", $"'{Path.GetFileName(path)}' has faults; nothing was stated", [PackFile.NotUtf8]);
        }
    }

    /// <summary>States what a file says.</summary>
    /// <param name="name">The file, as messages name it.</param>
    /// <param name="yaml">Its text.</param>
    /// <exception cref="Refusal">stated.file: each fault with its line and column, what a page would refuse among them.</exception>
    public static Report Handle(Installation installation, string name, string yaml, bool dryRun = false)
    {
        var shown = Path.GetFileName(name);
        var (lines, faults) = StatedReader.Read(shown, yaml);
        var wrong = faults.Select(f => f.ToString()).ToList();
        using var connection = installation.Store.Open();
        var (said, places) = (new List<StatedFigure>(), Places(connection, lines));
        var today = installation.WorkDate;
        foreach (var line in lines)
            try
            {
                var statement = Of(line, places);
                CheckStatement.Of(installation.Packs, statement, today);
                if (said.Any(s => (s.Figure, s.Area.AreaId, s.Day, s.By) == (statement.Figure, statement.Area.AreaId, statement.Day, statement.By)))
                    throw new WrongUsage("stated.twice", $"the file states {statement.Figure} of this area and day by {statement.By} twice");
                said.Add(statement);
            }
            catch (Refusal why)
            {
                wrong.Add($"{At(line)}: {why.Message} [{why.Code}]");
            }
        var plan = StateFigure.Plan(installation, connection, null, said);
        foreach (var one in plan.Where(p => !p.Same).DistinctBy(p => (p.Said.Area.AreaId, p.Said.Day)))
            try
            {
                StateFigure.RequireOpen(installation, connection, null, one.Said.Area, one.Said.Day);
            }
            catch (Refusal why)
            {
                wrong.Add($"{shown}: {PickArea.Code(one.Said.Area)} {DayText.Of(one.Said.Day)}: {why.Message} [{why.Code}]");
            }
        if (wrong.Count > 0)
            throw new Refusal("stated.file", $"'{shown}' has faults; nothing was stated", wrong);
        var done = dryRun ? plan : StateFigure.Write(installation, said);
        return new(
            shown,
            dryRun,
            done.Count(d => d is { Same: false, Was: null }),
            done.Count(d => d is { Same: false, Was: not null }),
            done.Count(d => d.Same),
            [
                .. done.Select(d => new Line(
                    d.Figure.Id,
                    PickArea.Code(d.Said.Area),
                    d.Said.Day,
                    d.Said.Value,
                    d.Figure.Unit.Text,
                    d.Said.By,
                    d.Same ? "same"
                        : d.Was is null ? "new"
                        : "replaced",
                    d.Was?.Value
                )),
            ]
        );
    }

    private static string At(StatedLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.Span.File}:{line.Span.Line}:{line.Span.Column}");

    // Every area of the file as it was on the days of the file, in one query.
    private static Dictionary<long, List<AreaVersion>> Places(DbConnection connection, IReadOnlyList<StatedLine> lines)
    {
        var codes = lines.Select(l => CodeOf(l.Area)).OfType<long>().Distinct().ToList();
        return codes.Count == 0
            ? []
            : connection
                .Query<AreaVersion>(
                    $"SELECT area_id, from_day, to_day, code, name, parent_id, level, kind FROM area_versions WHERE level <= 5 AND code IN ({string.Join(", ", codes)})"
                )
                .GroupBy(v => v.Code)
                .ToDictionary(g => g.Key, g => g.ToList());
    }

    private static long? CodeOf(string text) =>
        text.Length is 2 or 4 or 6 or 9 or 12 && long.TryParse(text.PadRight(12, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    private static StatedFigure Of(StatedLine line, Dictionary<long, List<AreaVersion>> places)
    {
        var day = DayNumber.Of(line.Day);
        var area =
            CodeOf(line.Area) is { } code && places.TryGetValue(code, out var versions)
                ? versions.FirstOrDefault(v => v.FromDay <= day && (v.ToDay is null || v.ToDay > day))
                : null;
        return new(
            line.Figure,
            area ?? throw new Refusal("area.unknown", $"no area has the code '{line.Area}' on this day; give 2, 4, 6, 9 or 12 digits"),
            line.Day,
            line.Value,
            line.Unit,
            line.By,
            line.Source.Trim(),
            line.DocumentDate,
            line.Note?.Trim()
        );
    }
}
