using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Monitoring;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /monitoring/clues/take</c>: the households of clues of one village are put on a list of identification: one of that village that is not put forward
/// yet, or a new one. From then on their clues go with the list.
/// </summary>
public static class TakeClues
{
    /// <param name="Offer">procedure/change: what they are to be identified as.</param>
    public sealed record Request(IReadOnlyList<long> Clues, string Offer);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/monitoring/clues/take",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    var clues = form["clue"].Select(c => long.TryParse(c, out var id) ? id : throw new NotInScope()).ToList();
                    try
                    {
                        return TypedResults.LocalRedirect(
                            $"/lists/{Handle(context, new(clues, form["offer"].ToString())).ToString(CultureInfo.InvariantCulture)}"
                        );
                    }
                    catch (Refusal refused) when (refused is not (NotInScope or NotPermitted))
                    {
                        return new RazorComponentResult<Monitoring.Pages.CluesPage>(
                            new { Found = ListClues.Handle(context, new(null, null, null)) with { Refused = refused } }
                        )
                        {
                            StatusCode = StatusCodes.Status409Conflict,
                        };
                    }
                }
            )
            .Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/take",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, ShowList.Tell(context, Handle(context, request)));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "takeClues", "Put the households of clues on a list of identification");
    }

    /// <returns>The list.</returns>
    /// <exception cref="NotInScope">One of the clues is none of the caller's.</exception>
    /// <exception cref="Refusal">clue.none, clue.nobodys, clue.villages, clue.answered, and what opening a list and putting somebody on it refuse.</exception>
    public static long Handle(ConsoleContext context, Request request)
    {
        if (request.Clues.Count == 0)
            throw new WrongUsage("clue.none", "请勾选线索。Tick the clues.");
        var clues = context
            .Reader.Query<(long? Household, long? Area, short State)>(
                $"""
                SELECT c.household_id, l.area_code, c.state FROM clues c LEFT JOIN household_list l ON l.household_id = c.household_id AND l.place_code = l.area_code
                WHERE c.id IN ({string.Join(", ", request.Clues.Distinct())}) AND {ListClues.Within(
                    context.Caller,
                    Permission.ActOnLists,
                    AreaRange.Nation,
                    context.Day
                )}
                """
            )
            .ToList();
        if (clues.Count != request.Clues.Distinct().Count())
            throw new NotInScope();
        if (clues.Exists(c => c.Household is null || c.Area is null))
            throw new Refusal("clue.nobodys", "有的线索还没有对应的农户。Some have no household yet: say whose they are.");
        if (clues.Exists(c => c.State != (short)ClueState.Open))
            throw new Refusal("clue.answered", "有的线索已经有了结果或在名单上。Some have been answered, or stand on a list.");
        if (clues.Select(c => c.Area).Distinct().ToList() is not [{ } village])
            throw new Refusal("clue.villages", "一份名单是一个村的，请分村办理。A list is of one village: take them village by village.");
        var place = context.Tree.ByCode(village) ?? throw new NotInScope();
        var (procedure, change) = request.Offer.Split('/') is [var p, var c] ? (p, c) : ("", "");
        var offer =
            Offer.In(context.Installation.Packs, place, context.WorkDate).FirstOrDefault(o => o.Procedure.Id == procedure && o.Change.Id == change)
            ?? throw new Refusal("list.no-such-procedure", "no such procedure is in force there today");
        var list =
            context.Reader.QueryFirstOrDefault<long?>(
                "SELECT id FROM subject_lists WHERE ended IS NULL AND hash = @hash AND change_kind = @change AND area_code = @village AND step = @step ORDER BY id LIMIT 1",
                new
                {
                    hash = offer.Procedure.Hash,
                    change,
                    village,
                    step = offer.Procedure.First.Id,
                }
            ) ?? OpenList.Handle(context, new(procedure, change, PickArea.Code(place), null), null);
        AddSubjects.Handle(context, list, new(null, null), new([.. clues.Select(x => x.Household!.Value).Distinct()], []), null);
        return list;
    }
}
