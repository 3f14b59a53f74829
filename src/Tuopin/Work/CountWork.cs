using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>
/// <c>/work/tree</c>: how much is open, overdue and old, by the places beneath the one in view, by kind and by department; each number opens to its items. One
/// statement, whatever the number of items.
/// </summary>
public static class CountWork
{
    /// <summary>Days after which an item is old, and very old.</summary>
    public const int Old = 30;
    public const int VeryOld = 90;

    public readonly record struct Counts(long Open, long Overdue, long Soon, long Old, long VeryOld, long Yellow, long Red)
    {
        public static Counts operator +(Counts a, Counts b) =>
            new(a.Open + b.Open, a.Overdue + b.Overdue, a.Soon + b.Soon, a.Old + b.Old, a.VeryOld + b.VeryOld, a.Yellow + b.Yellow, a.Red + b.Red);
    }

    private sealed class Cell
    {
        public long Place { get; init; }
        public string Kind { get; init; } = "";
        public string? Department { get; init; }
        public long Open { get; init; }
        public long Overdue { get; init; }
        public long Soon { get; init; }
        public long Old { get; init; }
        public long VeryOld { get; init; }
        public long Yellow { get; init; }
        public long Red { get; init; }
        public Counts Counts => new(Open, Overdue, Soon, Old, VeryOld, Yellow, Red);
    }

    public sealed record Result(
        AreaVersion Area,
        Counts All,
        IReadOnlyList<(AreaVersion Area, Counts Counts)> Places,
        IReadOnlyList<(string Kind, Counts Counts)> Kinds,
        IReadOnlyList<(string? Department, Counts Counts)> Departments
    );

    public sealed record ToldLine(string Key, Counts Counts);

    public sealed record Told(
        PickArea.Place Area,
        Counts All,
        IReadOnlyList<ToldLine> Places,
        IReadOnlyList<ToldLine> Kinds,
        IReadOnlyList<ToldLine> Departments
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/work/tree", IResult (ConsoleContext context) => new RazorComponentResult<Pages.WorkTreePage>(new { Found = Handle(context) }))
            .Needs(Permission.ViewWork);
        routes
            .MapGet(Api.Root + "/work/tree", (ConsoleContext context, HttpContext http) => Api.Answer(http, Tell(Handle(context))))
            .OfApi<Told>(Permission.ViewWork, "workTree", "How much is open, overdue and old, by place, kind and department")
            .Asks(Api.Area);
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var command = new Command("tree", "count the open items of an area by place, kind and department") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var place = AreaArgument.Find(tree, parsed.GetValue(area), installation);
                var range = AreaTree.RangeOf(place);
                var found = Of(
                    connection,
                    tree,
                    place,
                    installation.WorkDate,
                    string.Create(CultureInfo.InvariantCulture, $"w.area_code BETWEEN {range.From} AND {range.To}")
                );
                if (shell.IsJson)
                    shell.PrintJson(Tell(found));
                else
                {
                    void Line(string name, Counts c) =>
                        shell.Output.WriteLine(
                            $"{Columns.Pad(name, 28)} open {c.Open, 7:N0}  overdue {c.Overdue, 6:N0}  over {Old} days {c.Old, 6:N0}  yellow {c.Yellow, 5:N0}  red {c.Red, 5:N0}"
                        );
                    Line(found.Area.Name, found.All);
                    foreach (var (p, c) in found.Places)
                        Line("  " + p.Name, c);
                    foreach (var (k, c) in found.Kinds)
                        Line("  " + WorkReading.Kind(installation.Packs, k).Zh, c);
                    foreach (var (d, c) in found.Departments)
                        Line("  " + WorkReading.Department(installation.Packs, d).Zh, c);
                }
            })
        );
        return command;
    }

    public static Result Handle(ConsoleContext context)
    {
        var area = context.Area(Permission.ViewWork);
        return Of(
            context.Reader,
            context.Tree,
            area,
            context.WorkDate,
            // What one has in hand is of the inbox; the tree counts places.
            WorkReading.Within(context.Caller, Permission.ViewWork, AreaTree.RangeOf(area), context.Day, byPlace: true)
        );
    }

    private static Result Of(DbConnection connection, AreaTree tree, AreaVersion area, DateOnly today, string within)
    {
        var day = DayNumber.Of(today);
        var width = area.Level switch
        {
            0 => 10_000_000_000,
            1 => 100_000_000,
            2 => 1_000_000,
            3 => 1_000,
            _ => 1L,
        };
        var (soon, old, veryOld) = (
            DayNumber.Of(today.AddDays(ShowInbox.Soon)),
            DayNumber.Of(today.AddDays(-Old)),
            DayNumber.Of(today.AddDays(-VeryOld))
        );
        var cells = connection
            .Query<Cell>(
                $"""
                SELECT w.area_code / {width} * {width} AS place, w.kind, w.department, count(*) AS open, count(*) FILTER (WHERE w.due < {day}) AS overdue,
                  count(*) FILTER (WHERE w.due BETWEEN {day} AND {soon}) AS soon, count(*) FILTER (WHERE w.opened_day <= {old}) AS old,
                  count(*) FILTER (WHERE w.opened_day <= {veryOld}) AS very_old, count(*) FILTER (WHERE w.card = 1) AS yellow, count(*) FILTER (WHERE w.card = 2) AS red
                FROM work_items w WHERE w.closed_day IS NULL AND {within} GROUP BY 1, 2, 3
                """
            )
            .ToList();
        Counts Sum(IEnumerable<Cell> some) => some.Aggregate(default(Counts), (a, c) => a + c.Counts);
        return new(
            area,
            Sum(cells),
            area.Level >= 5
                ? []
                :
                [
                    .. cells
                        .GroupBy(c => c.Place)
                        .Select(g => (Area: tree.ByCode(g.Key), Counts: Sum(g)))
                        .Where(p => p.Area is not null && p.Area.AreaId != area.AreaId)
                        .Select(p => (p.Area!, p.Counts))
                        .OrderBy(p => p.Item1.Code),
                ],
            [
                .. cells
                    .GroupBy(c => c.Kind)
                    .Select(g => (g.Key, Sum(g)))
                    .OrderByDescending(k => k.Item2.Open)
                    .ThenBy(k => k.Key, StringComparer.Ordinal),
            ],
            [
                .. cells
                    .GroupBy(c => c.Department)
                    .Select(g => (g.Key, Sum(g)))
                    .OrderByDescending(k => k.Item2.Open)
                    .ThenBy(k => k.Key, StringComparer.Ordinal),
            ]
        );
    }

    private static Told Tell(Result found) =>
        new(
            PickArea.Tell(found.Area),
            found.All,
            [.. found.Places.Select(p => new ToldLine(PickArea.Code(p.Area), p.Counts))],
            [.. found.Kinds.Select(k => new ToldLine(k.Kind, k.Counts))],
            [.. found.Departments.Select(d => new ToldLine(d.Department ?? "", d.Counts))]
        );
}
