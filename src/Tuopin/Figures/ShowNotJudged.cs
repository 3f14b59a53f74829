using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Web;

namespace Tuopin.Figures;

/// <summary>A page about the area in view at a moment; or why there is none, and how to have it judged.</summary>
public static class ShowNotJudged
{
    public static IResult Or(ConsoleContext context, string? asOf, string? knownAt, Func<AreaMoment, IResult> page)
    {
        if (AreaInView.Of(context) is not { } now)
            return new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();
        if (AreaMoment.Find(context, asOf, knownAt) is { } then)
            return page(then);
        return new RazorComponentResult<Pages.NotJudgedPage>(
            new
            {
                Area = now,
                ListFigures.Moment(context, AreaMoment.Word(asOf), null).Moment.Day,
                Known = AreaMoment.Word(knownAt),
            }
        );
    }
}
