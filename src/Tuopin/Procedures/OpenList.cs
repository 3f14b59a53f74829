using System.Data.Common;
using System.Text.Json;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary><c>POST /lists</c>: a list of an area is opened for a change, under the procedure in force there today and the days the county has set.</summary>
public static class OpenList
{
    /// <param name="Area">Code of the area the list is of; without it the caller's own.</param>
    public sealed record Request(string Procedure, string Change, string? Area, string? Title);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/lists/{id}";
                    await Api.Answer(http, ShowList.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "openList", "Open a list", StatusCodes.Status201Created)
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        // One choice names both: the procedure, and what for.
        var offer = form["offer"].ToString().Split('/');
        var id = Handle(context, new(offer[0], offer.ElementAtOrDefault(1) ?? "", form["area"], form["title"]), form["key"]);
        return TypedResults.LocalRedirect($"/lists/{id}");
    }

    /// <exception cref="NotInScope">The area is none of the caller's.</exception>
    /// <exception cref="Refusal">list.no-such-procedure, list.not-your-step, list.days-not-set.</exception>
    public static long Handle(ConsoleContext context, Request request, string? key)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var area = AreaOf(context, request.Area);
        var offer =
            Offer
                .In(installation.Packs, area, context.WorkDate)
                .FirstOrDefault(o => o.Procedure.Id == request.Procedure && o.Change.Id == request.Change)
            ?? throw new Refusal("list.no-such-procedure", "no such procedure is in force there today");
        var first = offer.Procedure.First;
        if (!ListWriting.HatsOf(caller, AreaTree.RangeOf(area)).Contains(new(first.Role, first.Level)))
            throw new NotPermitted("list.not-your-step", $"step '{first.Title}' is not yours to take");
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        key = string.IsNullOrEmpty(key) ? null : key;
        if (key is not null && Opened(connection, transaction, caller.UserId, key) is { } before)
            return before;
        var days = DaysOf(connection, transaction, offer.Procedure, context.Tree.Ancestor(area, 3)?.AreaId ?? area.AreaId);
        var at = ListWriting.Now(installation, connection, transaction);
        var state = ListState.Open(offer.Procedure, offer.Change.Id, days, at) with { Holidays = installation.Packs.Holidays };
        PackArchive.Keep(connection, transaction, installation.Packs, offer.Procedure.Hash);
        var acting = first.Role.ToString().ToLowerInvariant();
        var id = Keys.Take(connection, transaction, "subject_lists", area.Code / 1_000_000, 1);
        var title = request.Title?.Trim() is { Length: > 0 and <= 100 } given ? given : $"{area.Name} {offer.Change.Title.Zh} {DayText.Of(at.Work)}";
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"list {id} open",
            acting,
            DayNumber.Of(at.Work)
        );
        connection.Execute(
            """
            INSERT INTO subject_lists (id, procedure_id, version, hash, change_kind, family, area_id, area_code, title, step, opened_day, since_day, since_clock,
              last_day, last_clock, lapses_after, days, acts, change_id)
            VALUES (@id, @procedure, @version, @hash, @kind, @family, @area, @code, @title, @step, @day, @day, @clock, @day, @clock, @lapses, @days, 0, @change)
            """,
            new
            {
                id,
                procedure = offer.Procedure.Id,
                version = offer.Procedure.Version,
                hash = offer.Procedure.Hash,
                kind = offer.Change.Id,
                family = offer.Procedure.Family,
                area = area.AreaId,
                code = area.Code,
                title,
                step = first.Id,
                day = DayNumber.Of(at.Work),
                clock = ListRecord.Number(at.Clock),
                lapses = ListRecord.Number(state.LapsesAfter(offer.Procedure)),
                days = JsonSerializer.Serialize(days),
                change,
            },
            transaction
        );
        ListRecord.Insert(
            connection,
            transaction,
            new()
            {
                ListId = id,
                SentKey = key,
                Kind = "open",
                Step = first.Id,
                WorkDay = DayNumber.Of(at.Work),
                ClockDay = ListRecord.Number(at.Clock),
                ActedAs = acting,
                ChangeId = change,
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "list.open",
            $"list {id} ({offer.Procedure.Id} v{offer.Procedure.Version}, {offer.Change.Id}) of {area.Code}",
            new AuditSubject("list", id)
        );
        transaction.Commit();
        return id;
    }

    private static AreaVersion AreaOf(ConsoleContext context, string? code)
    {
        var scope = context.Caller.Scope(Permission.ActOnLists);
        var area = string.IsNullOrEmpty(code)
            ? context.Tree.ByCode(scope.Areas.OrderByDescending(a => a.Width).First().From)
            : context.Tree.ByCode(code);
        return area is not null && scope.Covers(AreaTree.RangeOf(area)) ? area : throw new NotInScope();
    }

    // A list that this user opened with this key.
    private static long? Opened(DbConnection connection, DbTransaction transaction, long user, string key) =>
        connection.QueryFirstOrDefault<long?>(
            "SELECT a.list_id FROM list_acts a JOIN changes c ON c.id = a.change_id WHERE a.sent_key = @key AND a.kind = 'open' AND c.user_id = @user",
            new { key, user },
            transaction
        );

    private static Dictionary<string, int> DaysOf(DbConnection connection, DbTransaction transaction, Procedure procedure, long county)
    {
        var set = SetProcedureDays.Of(connection, transaction, procedure, county);
        var missing = procedure.Parameters.Where(p => !set.ContainsKey(p.Id)).Select(p => $"{p.Label.Zh} {p.Label.En}").ToList();
        return missing.Count == 0
            ? set
            : throw new Refusal(
                "list.days-not-set",
                "the law gives no number of days for this procedure: the county sets it first, under Procedures",
                missing
            );
    }
}
