using System.Globalization;
using Dapper;
using Tuopin.Figures.Stated;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Targets;

/// <summary>
/// <c>POST /targets</c>: what a figure of an area is to come to by a day, with the department that answers for it; without a figure, a day that is counted down to. Set
/// anew for the same deadline it takes the place of the one before; the same again changes nothing.
/// </summary>
public static class SetTarget
{
    /// <param name="Figure">Id of the figure; null for a day alone.</param>
    /// <param name="Title">What the day is of, where there is no figure.</param>
    /// <param name="Goal">Digits in the unit of the figure.</param>
    /// <param name="Owner">The department that answers for it, of code list department.</param>
    /// <param name="From">Progress is counted from this day on; without it from the work date.</param>
    /// <param name="Direction">up or down, where the goal is what the figure is already, or it has no number yet.</param>
    public sealed record Request(
        string? Figure,
        string? Title,
        string Area,
        string? Goal,
        string Deadline,
        string Owner,
        string? From,
        string? Direction,
        string? Note
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/targets", Post).Needs(Permission.SetTargets);
        routes
            .MapPost(
                Api.Root + "/targets",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var (id, made) = Handle(context, request);
                    await Api.Answer(http, ListTargets.Tell(context, id), made ? StatusCodes.Status201Created : StatusCodes.Status200OK);
                }
            )
            .OfApi<ListTargets.Told>(
                Permission.SetTargets,
                "setTarget",
                "Set what a figure of an area is to come to by a day, or a day to count down to; set again it is the same",
                StatusCodes.Status201Created
            );
        routes.MapPost("/targets/{target:long}/withdraw", PostWithdraw).Needs(Permission.SetTargets);
        routes
            .MapPost(
                Api.Root + "/targets/{target:long}/withdraw",
                async (ConsoleContext context, HttpContext http, long target, WithdrawStatement.Request request) =>
                {
                    await Api.CheckWrite(http);
                    Withdraw(context, target, request.Reason);
                    await Api.Answer(http, ListTargets.Tell(context, target));
                }
            )
            .OfApi<ListTargets.Told>(Permission.SetTargets, "withdrawTarget", "Take a target back, with a reason; it stays on the record");
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        Handle(
            context,
            new(
                form["figure"],
                form["title"],
                form["area"].ToString(),
                form["goal"],
                form["deadline"].ToString(),
                form["owner"].ToString(),
                form["from"],
                form["direction"],
                form["note"]
            )
        );
        return TypedResults.LocalRedirect(Forms.LocalPath($"/targets?area={form["area"]}"));
    }

    private static async Task<IResult> PostWithdraw(ConsoleContext context, HttpContext http, long target)
    {
        await Forms.Check(http);
        var area = Withdraw(context, target, (await Forms.Read(http))["reason"].ToString());
        return TypedResults.LocalRedirect($"/targets?area={PickArea.Code(area)}");
    }

    /// <returns>The target, and whether it is a new one.</returns>
    /// <exception cref="NotInScope">There is no such figure, or the area is not wholly the caller's.</exception>
    /// <exception cref="Refusal">target.deadline, target.owner, target.number, date.bad, stated.words, stated.decimals, stated.number.</exception>
    public static (long Id, bool Made) Handle(ConsoleContext context, Request request)
    {
        var (installation, today) = (context.Installation, context.WorkDate);
        var area = context.Tree.ByCode(request.Area ?? "") ?? throw new NotInScope();
        if (!context.Caller.Scope(Permission.SetTargets).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        var figure = request.Figure is { Length: > 0 } name ? ShowFigure.Need(context, name) : null;
        var (from, deadline) = (
            Day(request.From) ?? today,
            Day(request.Deadline) ?? throw new WrongUsage("date.bad", $"'{request.Deadline}' is not a date like 2020-06-12")
        );
        if (from > today || deadline <= from)
            throw new WrongUsage("target.deadline", "a target begins on the work date or before, and its deadline lies after its first day");
        if (installation.Packs.Dictionary.CodeLists["department"].Find(request.Owner ?? "") is null)
            throw new WrongUsage("target.owner", "name the department that answers for it, of the code list of departments");
        var note = request.Note?.Trim() is { Length: > 0 } said ? said : null;
        if (note is not null)
            CheckStatement.Words(note, 1, 500);
        var target = new FigureTarget
        {
            Figure = figure?.Id,
            AreaId = area.AreaId,
            FromDay = DayNumber.Of(from),
            Deadline = DayNumber.Of(deadline),
            Owner = request.Owner!,
            Note = note,
        };
        if (figure is null)
        {
            target.Title = (request.Title ?? "").Trim();
            CheckStatement.Words(target.Title, 2, 100);
        }
        else
            Aim(context, figure, area, from, (request.Goal ?? "").Trim(), request.Direction, target);
        return Write(installation, area, target);
    }

    private static DateOnly? Day(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : DayText.Read(text) ?? throw new WrongUsage("date.bad", $"'{text}' is not a date like 2020-06-12");

    private static void Aim(
        ConsoleContext context,
        Figure figure,
        AreaVersion area,
        DateOnly from,
        string digits,
        string? direction,
        FigureTarget target
    )
    {
        var goal = CheckStatement.Number(figure, digits) * figure.Unit.Factor;
        var values = FigureValues.Of(context.Installation, context.Reader, [figure], [area], new(from));
        var start = values.Of(figure, area);
        target.Goal = digits;
        target.Rising = direction switch
        {
            "up" => true,
            "down" => false,
            null or "" when start.IsKnown && goal != start.Low => goal > start.Low,
            null or "" => !goal.IsZero,
            _ => throw new WrongUsage("target.direction", "a target goes up or down"),
        };
        target.Start = start.IsKnown ? (target.Rising ? start.Low : start.High).ToString() : null;
    }

    private static (long, bool) Write(Installation installation, AreaVersion area, FigureTarget target)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var was = connection.QueryFirstOrDefault<FigureTarget>(
            """
            SELECT * FROM figure_targets WHERE ended_at IS NULL AND area_id = @AreaId AND deadline = @Deadline
              AND coalesce(figure, '') = @figure AND coalesce(title, '') = @title
            """,
            new
            {
                target.AreaId,
                target.Deadline,
                figure = target.Figure ?? "",
                title = target.Title ?? "",
            },
            transaction
        );
        if (
            was is not null
            && (was.Goal, was.FromDay, was.Owner, was.Note, was.Rising) == (target.Goal, target.FromDay, target.Owner, target.Note, target.Rising)
        )
            return (was.Id, false);
        var actor = installation.Actor;
        (target.At, target.Name, target.UserId, target.PostId) = (AuditLog.Stamp(installation.Clock), actor.Name, actor.UserId, actor.PostId);
        target.Id = Keys.Take(connection, transaction, "figure_targets", StateFigure.CountyOf(area), 1);
        target.ChangeId = AuditLog.BeginChange(connection, transaction, installation.Clock, actor, "target set", target.Owner, target.FromDay);
        if (was is not null)
            connection.Execute(
                "UPDATE figure_targets SET ended_at = @At, ended_name = @Name, replaced_by = @Id, change_id = @ChangeId WHERE id = @was",
                transaction,
                new
                {
                    target.At,
                    target.Name,
                    target.Id,
                    target.ChangeId,
                    was = was.Id,
                }
            );
        connection.Execute(
            """
            INSERT INTO figure_targets (id, figure, title, area_id, from_day, deadline, goal, rising, start, owner, note, at, name, user_id, post_id, change_id)
            VALUES (@Id, @Figure, @Title, @AreaId, @FromDay, @Deadline, @Goal, @Rising, @Start, @Owner, @Note, @At, @Name, @UserId, @PostId, @ChangeId)
            """,
            transaction,
            target
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            actor,
            "targets.set",
            string.Create(
                CultureInfo.InvariantCulture,
                $"target {target.Id}: {(target.Figure is { } figure ? $"{figure} = {target.Goal}" : "a day")} of {area.Code} by {target.Deadline}, {target.Owner}{(was is null ? "" : $", in place of {was.Id}")}"
            ),
            new("figure_target", target.Id)
        );
        transaction.Commit();
        return (target.Id, true);
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">target.over, stated.words.</exception>
    public static AreaVersion Withdraw(ConsoleContext context, long id, string? reason)
    {
        var why = (reason ?? "").Trim();
        CheckStatement.Words(why, 2, 500);
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var row =
            connection.QueryFirstOrDefault<FigureTarget>("SELECT * FROM figure_targets WHERE id = @id", new { id }, transaction)
            ?? throw new NotInScope();
        var area = context.Tree.ById(row.AreaId) ?? throw new NotInScope();
        if (!context.Caller.Scope(Permission.SetTargets).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        if (row.EndedAt is not null)
            throw new Refusal("target.over", "this target was taken back, or another took its place");
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "target withdrawn",
            row.Owner,
            row.FromDay
        );
        connection.Execute(
            "UPDATE figure_targets SET ended_at = @at, ended_name = @Name, ended_reason = @why, change_id = @change WHERE id = @id",
            transaction,
            new
            {
                at = AuditLog.Stamp(installation.Clock),
                installation.Actor.Name,
                why,
                change,
                id,
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "targets.withdraw",
            string.Create(CultureInfo.InvariantCulture, $"target {id} of {area.Code}"),
            new("figure_target", id)
        );
        transaction.Commit();
        return area;
    }
}
