using System.CommandLine;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary><c>tuopin imports</c>: every import, newest first: what it loaded, who ran it, and whether it was undone.</summary>
public static class ListImports
{
    public sealed record Batch(
        long Id,
        string File,
        string Mapping,
        string? DataDate,
        string At,
        string Who,
        string StatedBy,
        long Rows,
        long Added,
        long Changed,
        long Unchanged,
        long Rejected,
        string? Undone
    );

    private sealed class Row
    {
        public long Id { get; init; }
        public string File { get; init; } = "";
        public string Mapping { get; init; } = "";
        public int DataDay { get; init; }
        public string At { get; init; } = "";
        public string Actor { get; init; } = "";
        public string StatedBy { get; init; } = "";
        public long Rows { get; init; }
        public long Added { get; init; }
        public long Changed { get; init; }
        public long Unchanged { get; init; }
        public long Rejected { get; init; }
        public string? Undone { get; init; }
    }

    public static Command Command(Shell shell)
    {
        var command = new Command("imports", "list the imports, newest first");
        command.SetAction(
            shell.Run(parsed =>
            {
                var batches = Handle(shell.Open(parsed));
                if (shell.IsJson)
                    shell.PrintJson(batches);
                else
                    Print(shell.Output, batches);
            })
        );
        return command;
    }

    public static IReadOnlyList<Batch> Handle(Installation installation)
    {
        using var connection = installation.Store.Open();
        var departments = installation.Packs.Dictionary.CodeLists.GetValueOrDefault("department");
        return
        [
            .. connection
                .Query<Row>(
                    """
                    SELECT b.id, b.file, b.mapping, c.data_day, c.at, c.actor, c.stated_by, b.rows, b.added, b.changed, b.unchanged, b.rejected, u.at AS undone
                    FROM import_batches b JOIN changes c ON c.id = b.change_id LEFT JOIN changes u ON u.id = b.undone_by ORDER BY b.id DESC
                    """
                )
                .Select(r => new Batch(
                    r.Id,
                    r.File,
                    r.Mapping,
                    r.DataDay == 0 ? null : DayNumber.ToDate(r.DataDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    r.At,
                    r.Actor,
                    departments?.Find(r.StatedBy)?.Label.Zh ?? r.StatedBy,
                    r.Rows,
                    r.Added,
                    r.Changed,
                    r.Unchanged,
                    r.Rejected,
                    r.Undone
                )),
        ];
    }

    private static void Print(TextWriter output, IReadOnlyList<Batch> batches)
    {
        foreach (var b in batches)
        {
            output.WriteLine(
                $"{b.Id, 5}  {b.At[..16].Replace('T', ' ')}  {b.File} ({b.Mapping}), data of {b.DataDate}, {b.StatedBy}, by {b.Who}{(b.Undone is { } day ? $"  UNDONE {day[..16].Replace('T', ' ')}" : "")}"
            );
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"       {b.Rows:N0} rows: new {b.Added:N0}, changed {b.Changed:N0}, unchanged {b.Unchanged:N0}, rejected {b.Rejected:N0}"
                )
            );
        }
        if (batches.Count == 0)
            output.WriteLine("nothing was imported yet");
    }
}
