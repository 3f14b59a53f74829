using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Figures;

/// <summary>挂图作战: a screen on the wall that goes round overview, tile map and gap matrix by itself and is never older than one round.</summary>
public static class ShowWall
{
    public const int Steps = 3;

    public sealed record Scene(int Step, bool Paused, ViewOverview.Result Overview, ViewGaps.Result? Gaps, string Time);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/wall", Show).Needs(Permission.ViewFigures);

    private static IResult Show(ConsoleContext context, TimeProvider clock, string? step, string? pause)
    {
        if (AreaInView.Of(context) is not { } area)
            return new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();
        var at = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number % Steps : 0;
        var now = AreaMoment.Now(context, area);
        var scene = new Scene(
            at,
            pause == "yes",
            ViewOverview.Handle(context, now, null),
            at == 2 ? ViewGaps.Handle(context, now, false, null, null) : null,
            ShownTime.Clock(clock)
        );
        return context.WantsPart
            ? new RazorComponentResult<Pages.WallScene>(new { Scene = scene })
            : new RazorComponentResult<Pages.WallPage>(new { Scene = scene });
    }
}
