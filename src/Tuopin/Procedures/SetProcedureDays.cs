using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /procedures/{procedure}/days</c>: a county sets the days that the law leaves open, for lists opened from then on. A list that is open keeps what
/// held when it was opened.
/// </summary>
public static class SetProcedureDays
{
    public sealed record Request(IReadOnlyDictionary<string, int> Days);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/procedures/{procedure}/days", Post).Needs(Permission.SetProcedureDays);
        routes
            .MapPost(
                Api.Root + "/procedures/{procedure}/days",
                async (ConsoleContext context, HttpContext http, string procedure, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, procedure, request.Days);
                    await Api.Answer(http, ListProcedures.Tell(context));
                }
            )
            .OfApi<ListProcedures.Told>(Permission.SetProcedureDays, "setProcedureDays", "Set the days that the law leaves to the county");
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, string procedure)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var days = form.Where(f => f.Key.StartsWith("days-", StringComparison.Ordinal))
            .ToDictionary(
                f => f.Key["days-".Length..],
                f => int.TryParse(f.Value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1
            );
        Handle(context, procedure, days);
        return TypedResults.LocalRedirect($"/procedures/{procedure}");
    }

    /// <exception cref="NotInScope">No such procedure, or the caller holds no county.</exception>
    /// <exception cref="WrongUsage">procedure.days-bad.</exception>
    public static void Handle(ConsoleContext context, string id, IReadOnlyDictionary<string, int> days)
    {
        var (installation, county) = (context.Installation, CountyOf(context));
        var procedure = ListProcedures.Find(context, id);
        foreach (var (name, count) in days)
            if (procedure.Parameters.FirstOrDefault(p => p.Id == name) is not { } parameter || count < parameter.Min || count > parameter.Max)
                throw new WrongUsage("procedure.days-bad", "this is no number of days the procedure takes");
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"days of {id}",
            "county",
            DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction))
        );
        foreach (var (parameter, count) in days)
            connection.Execute(
                """
                INSERT INTO procedure_days AS d (procedure_id, parameter, area_id, days, change_id) VALUES (@id, @parameter, @area, @count, @change)
                ON CONFLICT (procedure_id, parameter, area_id) DO UPDATE SET days = excluded.days, change_id = excluded.change_id
                """,
                new
                {
                    id,
                    parameter,
                    area = county.AreaId,
                    count,
                    change,
                },
                transaction
            );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "procedure.days",
            $"{id} in {county.Code}: {string.Join(", ", days.Select(d => $"{d.Key} = {d.Value}"))}"
        );
        transaction.Commit();
    }

    /// <summary>The county whose days a caller sets.</summary>
    public static AreaVersion CountyOf(ConsoleContext context) =>
        context.Caller.Scope(Permission.SetProcedureDays).Areas.Select(a => context.Tree.ByCode(a.From)).FirstOrDefault(a => a is { Level: 3 })
        ?? throw new NotInScope();

    /// <summary>What a county has set, by parameter.</summary>
    public static Dictionary<string, int> Of(DbConnection connection, DbTransaction? transaction, Procedure procedure, long county) =>
        connection
            .Query<(string Parameter, int Days)>(
                "SELECT parameter, days FROM procedure_days WHERE procedure_id = @id AND area_id = @county",
                new { id = procedure.Id, county },
                transaction
            )
            .Where(d => procedure.Parameters.Any(p => p.Id == d.Parameter))
            .ToDictionary(d => d.Parameter, d => d.Days, StringComparer.Ordinal);
}
