using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rounds;

namespace Tuopin.Reports.YearEnds;

/// <summary><c>POST /year-ends</c>: the county opens the closing of the year before, within its window; the places that confirm it are frozen with it.</summary>
public static class OpenYearEnd
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/year-ends",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return TypedResults.LocalRedirect($"/year-ends/{Handle(context, new(form["round"].ToString(), form["area"]))}");
                }
            )
            .Needs(Permission.OpenRound);
        routes
            .MapPost(
                Api.Root + "/year-ends",
                async (ConsoleContext context, HttpContext http, OpenRound.Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request);
                    http.Response.Headers.Location = $"{Api.Root}/year-ends/{id}";
                    await Api.Answer(http, ShowYearEnd.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowYearEnd.Told>(
                Permission.OpenRound,
                "openYearEnd",
                "Open the closing of the year before: the places that confirm it are frozen now",
                StatusCodes.Status201Created
            );
    }

    /// <inheritdoc cref="OpenRound.Handle(ConsoleContext, OpenRound.Request)"/>
    public static long Handle(ConsoleContext context, OpenRound.Request request) => OpenRound.Handle(context, request, ofPlaces: true, Freeze);

    // The places of the level in the county as it was at the end of the year, and is now.
    private static int Freeze(OpenRound.Opening o)
    {
        var range = AreaTree.RangeOf(o.County);
        return o.Connection.Execute(
            $"""
            INSERT INTO round_subjects (round_id, subject_id, area_code, change_id)
            SELECT {o.Id}, v.area_id, v.code, {o.Change} FROM area_versions v
            WHERE v.level = {o.Round.Freezes!.Level} AND v.code BETWEEN {range.From} AND {range.To} AND v.from_day <= {o.Day} AND (v.to_day IS NULL OR v.to_day > {o.Day})
            """,
            o.Transaction
        );
    }
}
