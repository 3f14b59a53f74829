using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Work;

/// <summary>
/// <c>/work</c>: the inbox (待办). Mine is what I have in hand and what my post answers for, my unit's what is of my department or of the unit of my post, and my
/// area's what is where I am; what is due first comes first.
/// </summary>
public static class ShowInbox
{
    public const int PageSize = 50;

    /// <summary>Days ahead that count as due soon.</summary>
    public const int Soon = 7;

    private const int LongestSought = 60;

    private static readonly string[] Whose = ["mine", "unit", "area"];
    private static readonly string[] States = ["", "open", "taken", "handed-in", "returned", "closed"];
    private static readonly string[] Dues = ["", "overdue", "soon", "none"];

    /// <param name="Of">mine, unit or area.</param>
    /// <param name="State">open, taken, handed-in, returned or closed; all that is not closed without.</param>
    /// <param name="Due">overdue, soon (the next seven days) or none.</param>
    /// <param name="Card">yellow or red.</param>
    /// <param name="Sought">A word of the title, the name of a household's head or of a person, or the start of a household number.</param>
    public sealed record Filter(string Of, string? Kind, string? Department, string? State, string? Due, string? Card, string? Sought = null)
    {
        /// <summary>As the address has it.</summary>
        public string Query(string area) =>
            $"/work?area={area}&of={Of}"
            + string.Concat(
                new[] { ("kind", Kind), ("department", Department), ("state", State), ("due", Due), ("card", Card), ("q", Sought) }
                    .Where(p => !string.IsNullOrEmpty(p.Item2))
                    .Select(p => $"&{p.Item1}={Uri.EscapeDataString(p.Item2!)}")
            );
    }

    /// <param name="Mine">Open items that are mine, and of my unit; null where I have none.</param>
    public sealed record Result(
        AreaVersion Area,
        Filter Filter,
        IReadOnlyList<WorkReading.Row> Rows,
        string? Next,
        long Mine,
        long? Unit,
        bool MayDirect
    );

    public sealed record Told(PickArea.Place Area, IReadOnlyList<WorkReading.Told> Items, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/work",
                async Task<IResult> (ConsoleContext context, DeskDb desk) =>
                {
                    var found = Handle(context);
                    return new RazorComponentResult<Pages.InboxPage>(
                        new { Found = found, People = found.MayDirect ? await ActOnWork.Candidates(context, desk, found.Area.Code, null, null) : [] }
                    );
                }
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                Api.Root + "/work",
                (ConsoleContext context, WorkSources sources, HttpContext http) =>
                {
                    var found = Handle(context);
                    return Api.Answer(
                        http,
                        new Told(PickArea.Tell(found.Area), [.. found.Rows.Select(r => WorkReading.Tell(context, sources, r))], found.Next)
                    );
                }
            )
            .OfApi<Told>(Permission.ViewWork, "work", "Items of work, what is due first comes first")
            .Asks(
                Api.Area,
                ("of", "mine, unit or area; by default what the role looks at first"),
                ("kind", "key of code list work_kind"),
                ("department", "key of code list department"),
                ("state", "open, taken, handed-in, returned or closed; without it all that is not closed"),
                ("due", "overdue, soon (within seven days) or none (no deadline)"),
                ("card", "yellow or red"),
                ("q", "a word of the title, a name, or the start of a household number"),
                ("after", "cursor: next of the last answer")
            );
    }

    public static Command Command(Shell shell, WorkSources sources)
    {
        var area = AreaArgument.Area();
        var kind = new Option<string?>("--kind") { Description = "only this kind: a key of code list work_kind" };
        var overdue = new Option<bool>("--overdue") { Description = "only what is overdue" };
        var command = new Command("list", "list the open items of an area, what is due first comes first") { area, kind, overdue };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var range = AreaTree.RangeOf(AreaArgument.Find(tree, parsed.GetValue(area), installation));
                var day = installation.WorkDate;
                var rows = WorkReading.Read(
                    connection,
                    $"""
                    SELECT {WorkReading.Columns} FROM work_items w {WorkReading.Joins}
                    WHERE w.closed_day IS NULL AND w.area_code BETWEEN {range.From} AND {range.To}{(
                        parsed.GetValue(overdue) ? $" AND w.due < {DayNumber.Of(day)}" : ""
                    )}{(parsed.GetValue(kind) is null ? "" : " AND w.kind = @kind")} ORDER BY w.due, w.id
                    """,
                    new { kind = parsed.GetValue(kind) }
                );
                if (shell.IsJson)
                    shell.PrintJson(rows.Select(r => WorkReading.Tell(installation.Packs, sources, r, day)).ToList());
                else
                    foreach (var (w, names) in rows)
                        shell.Output.WriteLine(
                            $"{w.Id} {(WorkReading.Due(w) is { } due ? DayText.Of(due) : "-"), -10} {WorkReading.Kind(installation.Packs, w.Kind).Zh} {WorkReading.Title(installation.Packs, sources, w).Zh}  {tree.ByCode(w.AreaCode)?.Name} {names.Head}  {WorkReading.Department(installation.Packs, w.Department).Zh}  {WorkReading.State(w).Zh} {w.HolderName}"
                        );
            })
        );
        return command;
    }

    /// <exception cref="BadHttpRequestException">No such word.</exception>
    public static Result Handle(ConsoleContext context)
    {
        var query = context.Http.Request.Query;
        var (caller, day) = (context.Caller, context.Day);
        string? Known(string name, string[] words) => Api.Word(query[name].ToString(), words) is { Length: > 0 } word ? word : null;
        var (mine, unit) = (MineOf(context), UnitOf(context));
        var first =
            caller.Departments.Count > 0 ? "unit"
            : caller.Scope(Permission.ViewWork).Areas.Count == 0 ? "mine"
            : "area";
        var filter = new Filter(
            Api.Word(query["of"].ToString(), [first, .. Whose]),
            query["kind"].ToString() is { Length: > 0 } kind ? kind : null,
            query["department"].ToString() is { Length: > 0 } department ? department : null,
            Known("state", States),
            Known("due", Dues),
            Known("card", ["", "yellow", "red"]),
            query["q"].ToString().Trim() is { Length: > 0 } sought ? sought[..Math.Min(sought.Length, LongestSought)] : null
        );
        var area = context.Area(Permission.ViewWork);
        var within = WorkReading.Within(caller, Permission.ViewWork, AreaTree.RangeOf(area), day);
        var closed = filter.State == "closed";
        var (afterDue, afterId) =
            query["after"].ToString().Split('-') is [var d, var i]
            && int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var due)
            && long.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? (due, id)
                : (0, 0L);
        var soon = DayNumber.Of(context.WorkDate.AddDays(Soon));
        var search = filter.Sought is null
            ? (SearchWork.Search?)null
            : SearchWork.For(context, filter.Sought, $"{within} AND w.closed_day IS {(closed ? "NOT NULL" : "NULL")}");
        string[] conditions =
        [
            closed ? "w.closed_day IS NOT NULL" : "w.closed_day IS NULL",
            within,
            filter.Of switch
            {
                "mine" => mine,
                "unit" => unit ?? "1 = 0",
                _ => "1 = 1",
            },
            filter.Kind is null ? "1 = 1" : "w.kind = @kind",
            filter.Department is null ? "1 = 1" : "w.department = @department",
            filter.State is null or "closed" ? "1 = 1" : $"w.state = {Array.IndexOf(States, filter.State) - 1}",
            filter.Due switch
            {
                "overdue" => $"w.due < {day}",
                "soon" => $"w.due BETWEEN {day} AND {soon}",
                "none" => $"w.due = {WorkItem.NoDeadline}",
                _ => "1 = 1",
            },
            filter.Card switch
            {
                "yellow" => "w.card = 1",
                "red" => "w.card = 2",
                _ => "1 = 1",
            },
            search?.Condition ?? "1 = 1",
            afterId == 0 ? "1 = 1"
            : closed ? "w.id < @afterId"
            : "(w.due, w.id) > (@afterDue, @afterId)",
        ];
        var rows = WorkReading.Read(
            context.Reader,
            $"""
            SELECT {WorkReading.Columns}
            FROM (SELECT w.* FROM work_items w WHERE {string.Join(" AND ", conditions.Where(c => c != "1 = 1"))} ORDER BY {(
                closed ? "w.id DESC" : "w.due, w.id"
            )} LIMIT {PageSize + 1}) w {WorkReading.Joins} ORDER BY {(closed ? "w.id DESC" : "w.due, w.id")}
            """,
            new
            {
                kind = filter.Kind,
                department = filter.Department,
                afterDue,
                afterId,
                sought = filter.Sought,
                titles = search?.Titles,
            }
        );
        long Count(string which) => context.Reader.Number($"SELECT count(*) FROM work_items w WHERE w.closed_day IS NULL AND {within} AND {which}");
        return new(
            area,
            filter,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{rows[PageSize - 1].Item.Due}-{rows[PageSize - 1].Item.Id}") : null,
            Count(mine),
            unit is null ? null : Count(unit),
            caller.May(Permission.DirectWork)
        );
    }

    /// <summary>What the caller has in hand, or their post answers for and nobody else has in hand.</summary>
    public static string MineOf(ConsoleContext context) =>
        context.Caller.Posts.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"w.holder_id = {context.Caller.UserId}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"(w.holder_id = {context.Caller.UserId} OR (w.holder_id IS NULL AND w.post_id IN ({string.Join(", ", context.Caller.Posts)})))"
            );

    /// <summary>What is of the caller's department, or of the unit of the caller's post; null for whoever has neither.</summary>
    public static string? UnitOf(ConsoleContext context)
    {
        var parts = new List<string>();
        if (context.Caller.Departments.Count > 0)
            parts.Add($"w.department IN ({string.Join(", ", context.Caller.Departments.Select(SqlDialect.Quoted))})");
        if (context.Caller.Posts.Count > 0)
            parts.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"w.unit_id IN (SELECT q.unit_id FROM posts q WHERE q.id IN ({string.Join(", ", context.Caller.Posts)}))"
                )
            );
        return parts.Count == 0 ? null : $"({string.Join(" OR ", parts)})";
    }
}
