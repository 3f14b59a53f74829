using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Stated;

/// <summary>
/// <c>POST /figures/statements/{statement}/withdraw</c>: a department takes back what it stated, with a reason. The row stays on the record and counts no more; what the
/// department stated before does not come back by itself.
/// </summary>
public static class WithdrawStatement
{
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/figures/statements/{statement:long}/withdraw", Post).Needs(Permission.StateFigures);
        routes
            .MapPost(
                Api.Root + "/figures/statements/{statement:long}/withdraw",
                async (ConsoleContext context, HttpContext http, long statement, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var (figure, area) = Handle(context, statement, request.Reason);
                    await Api.Answer(http, ListStatements.Tell(context, figure, area));
                }
            )
            .OfApi<ListStatements.Told>(
                Permission.StateFigures,
                "withdrawStatement",
                "Take back what a department stated, with a reason; it stays on the record"
            );
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long statement)
    {
        await Forms.Check(http);
        var (figure, area) = Handle(context, statement, (await Forms.Read(http))["reason"].ToString());
        return TypedResults.LocalRedirect($"/figures/{figure.Id}?area={PickArea.Code(area)}#statements");
    }

    /// <summary>A statement of an area that is wholly the caller's, and of a figure the caller may see.</summary>
    /// <exception cref="NotInScope"/>
    public static (FigureStatement Row, Figure Figure, AreaVersion Area) Find(
        ConsoleContext context,
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction? transaction,
        Permission permission,
        long id
    )
    {
        var row =
            connection.QueryFirstOrDefault<FigureStatement>("SELECT * FROM figure_statements WHERE id = @id", new { id }, transaction)
            ?? throw new NotInScope();
        var area = context.Tree.ById(row.AreaId) ?? throw new NotInScope();
        return context.Caller.Scope(permission).Covers(AreaTree.RangeOf(area))
            ? (row, ListStatements.Need(context, row.Figure), area)
            : throw new NotInScope();
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="NotPermitted">stated.not-yours: another department stated it.</exception>
    /// <exception cref="Refusal">stated.over, stated.words, round.closed, stated.period-closed.</exception>
    public static (Figure Figure, AreaVersion Area) Handle(ConsoleContext context, long id, string? reason)
    {
        var why = (reason ?? "").Trim();
        CheckStatement.Words(why, 2, 500);
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var (row, figure, area) = Find(context, connection, transaction, Permission.StateFigures, id);
        if (!StateFigure.AuthorsOf(context.Caller, Permission.StateFigures, area).Contains(row.StatedBy))
            throw new NotPermitted("stated.not-yours", $"{figure.Id} is stated by {row.StatedBy}");
        if (row.EndedAt is not null)
            throw new Refusal("stated.over", "this statement was withdrawn, or another took its place");
        StateFigure.RequireOpen(installation, connection, transaction, area, DayNumber.ToDate(row.Day));
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "figure statement withdrawn",
            row.StatedBy,
            row.Day
        );
        connection.Execute(
            "UPDATE figure_statements SET ended_at = @at, ended_name = @Name, ended_user_id = @UserId, ended_reason = @why, change_id = @change WHERE id = @id",
            transaction,
            new
            {
                at = AuditLog.Stamp(installation.Clock),
                installation.Actor.Name,
                installation.Actor.UserId,
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
            "figures.withdraw",
            string.Create(
                CultureInfo.InvariantCulture,
                $"statement {id}: {figure.Id} of {area.Code} on {DayText.Of(DayNumber.ToDate(row.Day))}, by {row.StatedBy}"
            ),
            new("figure_statement", id)
        );
        transaction.Commit();
        return (figure, area);
    }
}
