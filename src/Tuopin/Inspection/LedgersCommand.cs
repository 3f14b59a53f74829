using System.CommandLine;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;
using Tuopin.Work;

namespace Tuopin.Inspection;

/// <summary><c>tuopin ledgers</c>: rectification ledgers listed, loaded from a sheet, and printed.</summary>
public static class LedgersCommand
{
    public static Command Command(Shell shell) =>
        new("ledgers", "rectification ledgers: aspects, problems, measures") { List(shell), Load(shell), Print(shell) };

    private static Command List(Shell shell)
    {
        var area = AreaArgument.Area();
        var command = new Command("list", "list the ledgers of an area and how far they are") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var range = AreaTree.RangeOf(AreaArgument.Find(tree, parsed.GetValue(area), installation));
                var found = ShowLedger.Summaries(
                    new(connection, tree, DayNumber.Of(installation.WorkDate)),
                    string.Create(CultureInfo.InvariantCulture, $"w.area_code BETWEEN {range.From} AND {range.To}")
                );
                if (shell.IsJson)
                    shell.PrintJson(found.Select(ShowLedger.Tell).ToList());
                else
                    foreach (var s in found)
                        shell.Output.WriteLine(
                            $"{s.Ledger.Id}  {s.Area}  {s.Ledger.Title}  方面 {s.Aspects.Passed}/{s.Aspects.All}  问题 {s.Problems.Passed}/{s.Problems.All}  措施 {s.Measures.Passed}/{s.Measures.All}  逾期 {s.Overdue}"
                        );
            })
        );
        return command;
    }

    private static Command Load(Shell shell)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "csv, xlsx or xls with the columns 方面, 问题, 措施; and 要求, 责任单位, 责任地区, 期限 if wanted",
        };
        var title = new Option<string?>("--title") { Description = "the title of a new ledger" };
        var source = new Option<string?>("--source") { Description = "where its findings come from: a key of code list finding_source" };
        var ledger = new Option<long?>("--ledger") { Description = "add the measures to this ledger instead" };
        var area = AreaArgument.Area();
        var command = new Command("load", "write a ledger from a sheet, all of it or nothing") { file, area, title, source, ledger };
        command.SetAction(
            shell.Run(parsed =>
            {
                var path = parsed.GetValue(file)!;
                if (!File.Exists(path))
                    throw new WrongUsage("import.no-file", $"there is no file {path}");
                var installation = shell.Open(parsed);
                AreaTree tree;
                using (var connection = installation.Store.OpenReader())
                    tree = AreaTree.Load(connection, installation.WorkDate);
                var rows = LedgerRows.Read(path);
                var id = parsed.GetValue(ledger) is { } known
                    ? Add(installation, tree, known, rows)
                    : New(
                        installation,
                        tree,
                        AreaArgument.Find(tree, parsed.GetValue(area), installation),
                        parsed.GetValue(title),
                        parsed.GetValue(source),
                        rows
                    );
                if (shell.IsJson)
                    shell.PrintJson(new { id, measures = rows.Count });
                else
                    shell.Output.WriteLine($"台账 ledger {id}: {rows.Count} 条措施 measures");
            })
        );
        return command;
    }

    private static long Add(Installation installation, AreaTree tree, long ledger, IReadOnlyList<LedgerRow> rows)
    {
        WriteLedger.More(installation, tree, Find(installation, tree, ledger).Summary.Ledger.AreaCode, ledger, rows);
        return ledger;
    }

    /// <exception cref="Refusal">work.title, ledger.source, ledger.level, and what a ledger is refused for.</exception>
    internal static long New(Installation installation, AreaTree tree, AreaVersion area, string? title, string? source, IReadOnlyList<LedgerRow> rows)
    {
        if (area.Level < 3)
            throw new WrongUsage("ledger.level", "台账属于县、乡镇或村。A ledger is of a county, a township or a village.");
        return WriteLedger.New(installation, tree, area, WriteOrder.Text(title, 2, 200), WriteLedger.SourceOf(installation.Packs, source), rows);
    }

    private static Command Print(Shell shell)
    {
        var ledger = new Argument<long>("LEDGER") { Description = "the number that the list says" };
        var file = new Option<string?>("--file") { Description = "write a workbook that reads back instead" };
        var command = new Command("print", "print a ledger, or write it as a workbook; either is audited") { ledger, file };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var id = parsed.GetValue(ledger);
                var found = Find(installation, tree, id);
                if (parsed.GetValue(file) is { } path)
                {
                    ShowLedger.Audit(installation, "ledger.export", id);
                    File.WriteAllBytes(path, ShowLedger.Workbook(installation.Packs, found));
                    shell.Output.WriteLine(path);
                    return;
                }
                ShowLedger.Audit(installation, "ledger.print", id);
                if (shell.IsJson)
                    shell.PrintJson(ShowLedger.Tell(found));
                else
                    Write(shell.Output, installation, found);
            })
        );
        return command;
    }

    private static void Write(TextWriter output, Installation installation, ShowLedger.Result found)
    {
        output.WriteLine($"{found.Summary.Ledger.Title}（{found.Source.Zh}，{found.Summary.Area}）");
        foreach (var item in found.Items)
            output.WriteLine(
                item.Kind switch
                {
                    "aspect" => $"{item.Title}",
                    "problem" => $"  {item.Title}  {WorkReading.State(item).Zh}",
                    _ =>
                        $"    {item.Title}  {(item.Department is null ? "" : WorkReading.Department(installation.Packs, item.Department).Zh)}  {WorkReading.Due(item):yyyy-MM-dd}  {WorkReading.State(item).Zh}",
                }
            );
    }

    /// <exception cref="Refusal">ledger.unknown.</exception>
    private static ShowLedger.Result Find(Installation installation, AreaTree tree, long id)
    {
        using var connection = installation.Store.OpenReader();
        try
        {
            return ShowLedger.Of(new(connection, tree, DayNumber.Of(installation.WorkDate)), installation.Packs, id, "w.kind = 'ledger'");
        }
        catch (Platform.Web.NotInScope)
        {
            throw new WrongUsage("ledger.unknown", $"没有编号为 {id} 的台账。There is no ledger {id}.");
        }
    }
}
