using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary><c>/work/{item}</c>: an item with what was done to it, what is beneath it, its cards, its evidence, and what the reader may do.</summary>
public static class ShowItem
{
    /// <param name="Above">From the top of its tree down to its parent.</param>
    /// <param name="Counts">Of what is beneath it, by kind: all and closed.</param>
    /// <param name="May">The acts the reader may do now.</param>
    public sealed record Result(
        WorkReading.Row Row,
        IReadOnlyList<WorkItem> Above,
        IReadOnlyList<WorkReading.Row> Children,
        IReadOnlyList<(string Kind, long All, long Closed)> Counts,
        IReadOnlyList<WorkAct> Acts,
        IReadOnlyList<WorkCard> Cards,
        IReadOnlyList<Attachment> Evidence,
        IReadOnlySet<string> May,
        IReadOnlyList<(string Name, string Shown)> Candidates,
        Refusal? Refused
    );

    public sealed record ToldAct(int Number, string Kind, string By, string At, DateOnly Day, string? Words, string? Detail);

    public sealed record ToldCard(
        string Colour,
        DateOnly Due,
        DateOnly Issued,
        string Rule,
        DateOnly? Withdrawn,
        string? WithdrawnBy,
        string? Reason
    );

    public sealed record Told(
        WorkReading.Told Item,
        IReadOnlyList<WorkReading.Told> Children,
        IReadOnlyList<ToldAct> Acts,
        IReadOnlyList<ToldCard> Cards
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/work/{item:long}",
                (ConsoleContext context, WorkSources sources, HttpContext http, DeskDb desk, long item) =>
                    Page(context, sources, http, desk, item, null)
            )
            .Needs(Permission.ViewWork);
        routes
            .MapGet(
                Api.Root + "/work/{item:long}",
                (ConsoleContext context, WorkSources sources, HttpContext http, long item) => Api.Answer(http, Tell(context, sources, item))
            )
            .OfApi<Told>(Permission.ViewWork, "workItem", "An item of work: what is beneath it, what was done to it, its cards");
    }

    /// <exception cref="NotInScope"/>
    public static async Task<IResult> Page(ConsoleContext context, WorkSources sources, HttpContext http, DeskDb desk, long id, Refusal? refused)
    {
        var found = Handle(context, sources, id);
        var item = found.Row.Item;
        return new RazorComponentResult<Pages.ItemPage>(
            new
            {
                Found = found with
                {
                    Evidence = ShowEvidence.Of(context, http.RequestServices.GetRequiredService<EvidenceSubjects>(), ("work", [id])),
                    Candidates = found.May.Contains("assign")
                        ? await ActOnWork.Candidates(context, desk, item.AreaCode, item.Department, item.PostId)
                        : [],
                    Refused = refused,
                },
            }
        )
        {
            StatusCode = refused is null ? StatusCodes.Status200OK : Refused.StatusOf(refused),
        };
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, WorkSources sources, long id)
    {
        var (caller, day) = (context.Caller, context.Day);
        var within = WorkReading.Within(caller, Permission.ViewWork, AreaRange.Nation, day);
        List<WorkReading.Row> Rows(string where) =>
            WorkReading.Read(
                context.Reader,
                $"SELECT {WorkReading.Columns} FROM work_items w {WorkReading.Joins} WHERE {where} AND {within} ORDER BY w.ordinal, w.id",
                new { id }
            );
        var row = Rows("w.id = @id").FirstOrDefault() ?? throw new NotInScope();
        var item = row.Item;
        var passed = 0L;
        var children = Rows("w.parent_id = @id");
        passed = children.Count(c => c.Item.Ended == (short)WorkEnd.Passed);
        bool In(Permission permission) =>
            caller.May(permission)
            && context.Reader.ExecuteScalar<long>(
                $"SELECT count(*) FROM work_items w WHERE w.id = @id AND {WorkReading.Within(caller, permission, AreaRange.Nation, day)}",
                new { id }
            ) > 0;
        var (does, directs) = (In(Permission.DoWork), In(Permission.DirectWork));
        var by = new WorkActing.By(caller.UserId, directs, sources.Find(item.Kind)?.Answerable == true, passed);
        var may = (does ? new[] { "take", "assign", "comment", "hand-in" } : [])
            .Concat(directs ? ["pass", "return", "deadline", "urge", "withdraw", "card-back"] : [])
            .Where(act => WorkActing.Objection(item, act, by) is null)
            .ToHashSet(StringComparer.Ordinal);
        return new(
            row,
            Above(context, item),
            children,
            [
                .. context.Reader.Query<(string, long, long)>(
                    "SELECT kind, count(*), count(*) FILTER (WHERE closed_day IS NOT NULL) FROM work_items WHERE root_id = @id AND id <> @id GROUP BY kind ORDER BY min(id)",
                    new { id }
                ),
            ],
            [.. context.Reader.Query<WorkAct>("SELECT * FROM work_acts WHERE item_id = @id ORDER BY number", new { id })],
            [.. context.Reader.Query<WorkCard>("SELECT * FROM work_cards WHERE item_id = @id ORDER BY issued_day, colour", new { id })],
            [],
            may,
            [],
            null
        );
    }

    private static List<WorkItem> Above(ConsoleContext context, WorkItem item)
    {
        var above = new List<WorkItem>();
        // A tree has four levels; more would be a circle.
        for (var up = item.ParentId; up is { } id && above.Count < 8; up = above[0].ParentId)
            above.Insert(0, context.Reader.QuerySingle<WorkItem>("SELECT * FROM work_items WHERE id = @id", new { id }));
        return above;
    }

    public static Told Tell(ConsoleContext context, WorkSources sources, long id)
    {
        var found = Handle(context, sources, id);
        return new(
            WorkReading.Tell(context, sources, found.Row),
            [.. found.Children.Select(c => WorkReading.Tell(context, sources, c))],
            [.. found.Acts.Select(a => new ToldAct(a.Number, a.Kind, a.Name, a.At, DayNumber.ToDate(a.Day), a.Words, a.Detail))],
            [
                .. found.Cards.Select(c => new ToldCard(
                    ((WarningColour)c.Colour).ToString().ToLowerInvariant(),
                    DayNumber.ToDate(c.Due),
                    DayNumber.ToDate(c.IssuedDay),
                    c.Rule,
                    c.WithdrawnDay is { } day ? DayNumber.ToDate(day) : null,
                    c.WithdrawnName,
                    c.WithdrawnReason
                )),
            ]
        );
    }
}
