using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Stated;

/// <summary>
/// <c>/figures/stated</c>: the figures that the caller's department states of the area in view, those first of which something is due: never stated, not of
/// this year, or stated differently by two. Whoever chooses between sources sees all of them.
/// </summary>
public static class ListDue
{
    public enum Due
    {
        /// <summary>Two sources differ and nobody has chosen.</summary>
        Disputed,

        /// <summary>Nobody has stated it.</summary>
        Never,

        /// <summary>What is stated is of a year before.</summary>
        OfThisYear,
        Nothing,
    }

    /// <param name="Last">Day of the newest statement up to the work date.</param>
    public sealed record Row(Figure Figure, FigureValue Value, DateOnly? Last, Due Due, bool MayState);

    public sealed record Result(AreaVersion Area, DateOnly Day, IReadOnlyList<Row> Rows);

    /// <param name="Due">disputed, never, ofThisYear or nothing.</param>
    public sealed record Told(ListFigures.Told Value, IReadOnlyList<string> StatedBy, DateOnly? Last, Due Due, bool MayState);

    public sealed record ToldAll(PickArea.Place Area, DateOnly Day, IReadOnlyList<Told> Figures);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/figures/stated",
                IResult (ConsoleContext context) =>
                    AreaInView.Of(context) is { } area
                        ? new RazorComponentResult<Pages.DuePage>(new { Found = Handle(context, area) })
                        : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            )
            .Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/figures/stated",
                (ConsoleContext context, HttpContext http) =>
                {
                    var found = Handle(context, AreaInView.Need(context));
                    var values = Values(context, found.Area, [.. found.Rows.Select(r => r.Figure)]);
                    return Api.Answer(
                        http,
                        new ToldAll(
                            PickArea.Tell(found.Area),
                            found.Day,
                            [
                                .. found.Rows.Select(r => new Told(
                                    ListFigures.Tell(values, r.Figure, found.Area),
                                    r.Figure.StatedBy,
                                    r.Last,
                                    r.Due,
                                    r.MayState
                                )),
                            ]
                        )
                    );
                }
            )
            .OfApi<ToldAll>(Permission.ViewFigures, "statedFigures", "Figures that departments state, with what is due of the area")
            .Asks(Api.Area);
    }

    private static FigureValues Values(ConsoleContext context, AreaVersion area, IReadOnlyList<Figure> figures) =>
        FigureValues.Of(
            context.Installation,
            context.Reader,
            figures,
            [area],
            new(context.WorkDate),
            context.Caller.FieldsOf(Permission.ViewFigures)
        );

    public static Result Handle(ConsoleContext context, AreaVersion area)
    {
        var last = LastDays(context, area);
        // A report's own figures are nobody's work but where they have been stated once.
        var figures = context.Installation.Packs.Figures.Values.Where(f => f.IsStated && (f.Report is null || last.ContainsKey(f.Id))).ToList();
        var values = Values(context, area, figures);
        var authors = StateFigure.AuthorsOf(context.Caller, Permission.StateFigures, area);
        return new(
            area,
            context.WorkDate,
            [
                .. figures
                    .Where(f => !values.Hides(f))
                    .Select(f =>
                    {
                        var value = values.Of(f, area);
                        return new Row(
                            f,
                            value,
                            last.TryGetValue(f.Id, out var day) ? DayNumber.ToDate(day) : null,
                            DueOf(value.State, last.TryGetValue(f.Id, out var when) ? DayNumber.ToDate(when) : null, context.WorkDate),
                            f.StatedBy.Any(authors.Contains)
                        );
                    })
                    .OrderBy(r => r.Due == Due.Nothing || !(r.MayState || r.Due == Due.Disputed))
                    .ThenBy(r => r.Due),
            ]
        );
    }

    /// <summary>What is due of a figure in this state, last stated on a day.</summary>
    public static Due DueOf(FigureState state, DateOnly? last, DateOnly today) =>
        state == FigureState.Disputed ? Due.Disputed
        : last is null ? (state == FigureState.Known ? Due.Nothing : Due.Never)
        : last.Value.Year < today.Year ? Due.OfThisYear
        : Due.Nothing;

    private static Dictionary<string, int> LastDays(ConsoleContext context, AreaVersion area) =>
        Dapper
            .SqlMapper.Query<(string Figure, int Day)>(
                context.Reader,
                "SELECT figure, max(day) FROM figure_statements WHERE area_id = @area AND ended_at IS NULL AND day <= @day GROUP BY figure",
                new { area = area.AreaId, day = context.Day }
            )
            .ToDictionary(r => r.Figure, r => r.Day, StringComparer.Ordinal);
}
