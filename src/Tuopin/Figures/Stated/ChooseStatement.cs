using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Figures;

namespace Tuopin.Figures.Stated;

/// <summary>
/// <c>POST /figures/statements/{statement}/choose</c>: where departments state a figure differently, a person says with a reason whose value holds. Both stay on the
/// record. The choice holds until one of them states another value.
/// </summary>
public static class ChooseStatement
{
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/figures/statements/{statement:long}/choose", Post).Needs(Permission.ChooseFigures);
        routes
            .MapPost(
                Api.Root + "/figures/statements/{statement:long}/choose",
                async (ConsoleContext context, HttpContext http, long statement, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var (figure, area) = Handle(context, statement, request.Reason);
                    await Api.Answer(http, ListStatements.Tell(context, figure, area));
                }
            )
            .OfApi<ListStatements.Told>(
                Permission.ChooseFigures,
                "chooseStatement",
                "Choose whose value holds where sources differ; chosen again it is the same"
            );
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long statement)
    {
        await Forms.Check(http);
        var (figure, area) = Handle(context, statement, (await Forms.Read(http))["reason"].ToString());
        return TypedResults.LocalRedirect($"/figures/{figure.Id}?area={PickArea.Code(area)}#statements");
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">stated.over, stated.no-dispute, stated.words, round.closed, stated.period-closed.</exception>
    public static (Figure Figure, AreaVersion Area) Handle(ConsoleContext context, long id, string? reason)
    {
        var why = (reason ?? "").Trim();
        CheckStatement.Words(why, 2, 500);
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var (row, figure, area) = WithdrawStatement.Find(context, connection, transaction, Permission.ChooseFigures, id);
        if (row.EndedAt is not null)
            throw new Refusal("stated.over", "this statement was withdrawn, or another took its place");
        var day = ListStatements.Days(connection, transaction, figure.Id, area.AreaId, [row.Day])[0];
        if (!day.Differs)
            throw new Refusal("stated.no-dispute", "all that is stated of this day is the same: there is nothing to choose");
        var others = StatedValues.Written(day.Standing.Where(s => s.Id != row.Id).Select(s => new StatedValues.Said(s.StatedBy, s.Value)));
        // The same choice among the same values stands already.
        if (day.Choices is [var last, ..] && (last.StatedBy, last.Value, last.Others) == (row.StatedBy, row.Value, others))
            return (figure, area);
        StateFigure.RequireOpen(installation, connection, transaction, area, day.Day);
        var (choice, actor) = (Keys.Take(connection, transaction, "figure_choices", StateFigure.CountyOf(area), 1), installation.Actor);
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, actor, "figure statement chosen", row.StatedBy, row.Day);
        connection.Execute(
            """
            INSERT INTO figure_choices (id, figure, area_id, day, stated_by, value, others, reason, at, name, user_id, post_id, change_id)
            VALUES (@Id, @Figure, @AreaId, @Day, @StatedBy, @Value, @Others, @Reason, @At, @Name, @UserId, @PostId, @ChangeId)
            """,
            transaction,
            new FigureChoice
            {
                Id = choice,
                Figure = figure.Id,
                AreaId = area.AreaId,
                Day = row.Day,
                StatedBy = row.StatedBy,
                Value = row.Value,
                Others = others,
                Reason = why,
                At = AuditLog.Stamp(installation.Clock),
                Name = actor.Name,
                UserId = actor.UserId,
                PostId = actor.PostId,
                ChangeId = change,
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            actor,
            "figures.choose",
            string.Create(
                CultureInfo.InvariantCulture,
                $"statement {id}: {figure.Id} of {area.Code} on {DayText.Of(day.Day)} = {row.Value}, by {row.StatedBy}, and not {others}"
            ),
            new("figure_statement", id)
        );
        transaction.Commit();
        return (figure, area);
    }
}
