using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures;

/// <summary>One figure: its value, what it is made of, its law, and the areas one level below, at the work date or as of another moment.</summary>
public static class ShowFigure
{
    public sealed record Part(Figure Figure, Moment At, FigureValue Value, string? Names);

    public sealed record Place(AreaVersion Area, FigureValue Value, Exact? Line);

    /// <param name="Names">Where the subjects it counts are listed; null for a formula, whose parts open, and for what is stated.</param>
    /// <param name="Stated">What departments stated of it here; null for a figure that is computed.</param>
    public sealed record Result(
        Figure Figure,
        AreaVersion Area,
        FigureMoment Moment,
        FigureValue Value,
        Exact? Line,
        ParameterValue? Law,
        string? Names,
        IReadOnlyList<Part> Parts,
        IReadOnlyList<Place> Places,
        Stated.ListStatements.Result? Stated
    );

    /// <param name="Definition">The rule or formula as the pack has it.</param>
    /// <param name="Parts">What a formula is made of, each at its moment.</param>
    public sealed record Told(
        PickArea.Place Area,
        DateOnly Day,
        ListFigures.Told Value,
        string Definition,
        string Moment,
        string Owner,
        Source Source,
        IReadOnlyList<ToldPart> Parts
    );

    public sealed record ToldPart(string Moment, ListFigures.Told Value);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures/{figure}", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/figures/{figure}",
                (ConsoleContext context, HttpContext http, string figure, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(context, figure, asOf, knownAt))
            )
            .OfApi<Told>(Permission.ViewFigures, "figure", "One figure with its definition and its parts")
            .Asks(
                Api.Area,
                ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then")
            );
    }

    /// <summary>A figure the caller may see.</summary>
    /// <exception cref="NotInScope"/>
    public static Figure Need(ConsoleContext context, string name) =>
        context.Installation.Packs.Figures.GetValueOrDefault(name) ?? throw new NotInScope();

    private static Told Tell(ConsoleContext context, string name, string? asOf, string? knownAt)
    {
        var figure = Need(context, name);
        var (area, _, moment) = ListFigures.Moment(context, asOf, knownAt);
        var values = Compute(context, figure, [area], moment);
        return new(
            PickArea.Tell(area),
            moment.Day,
            ListFigures.Tell(values, figure, area),
            figure.Definition,
            figure.Moment.ToString(),
            figure.Owner,
            figure.Source,
            [
                .. PartsOf(figure)
                    .Where(p => p.At.Kind == MomentKind.Day)
                    .Select(p => new ToldPart(p.At.ToString(), ListFigures.Tell(values, p.Figure, area))),
            ]
        );
    }

    private static IResult Show(ConsoleContext context, string figure, string? asOf, string? knownAt, string? before) =>
        AreaInView.Of(context) is null
            ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            : new RazorComponentResult<Pages.FigurePage>(new { Found = Handle(context, Need(context, figure), asOf, knownAt, before) });

    /// <exception cref="NotInScope">The figure is of another trade, or the area is not the caller's on that day.</exception>
    public static Result Handle(ConsoleContext context, Figure figure, string? asOf, string? knownAt, string? before = null)
    {
        var (area, tree, moment) = ListFigures.Moment(context, asOf, knownAt);
        var places = tree.Children[area.AreaId].Where(c => c.Level <= 5).ToList();
        var values = Compute(context, figure, [area, .. places], moment);
        var day = new JudgingDay(moment.Day);
        return new(
            figure,
            area,
            moment,
            values.Of(figure, area),
            values.LineOf(figure, area),
            figure.Line?.InForce(area.Code, figure.Line.IndexOn(day)),
            NamesOf(figure, area, asOf, knownAt),
            [
                .. PartsOf(figure)
                    .Where(p => p.At.Kind == MomentKind.Day)
                    .Select(p => new Part(p.Figure, p.At, values.Of(p.Figure, area), NamesOf(p.Figure, area, asOf, knownAt))),
            ],
            [.. places.Select(p => new Place(p, values.Of(figure, p), values.LineOf(figure, p)))],
            figure.IsStated ? Figures.Stated.ListStatements.Handle(context, figure, area, DayText.Read(before)) : null
        );
    }

    private static FigureValues Compute(ConsoleContext context, Figure figure, IReadOnlyList<AreaVersion> areas, FigureMoment moment)
    {
        var values = FigureValues.Of(
            context.Installation,
            context.Reader,
            PartsOf(figure).Where(p => p.At.Kind == MomentKind.Day).Select(p => p.Figure).Prepend(figure),
            areas,
            moment,
            context.Caller.FieldsOf(Permission.ViewFigures)
        );
        return values.Hides(figure) ? throw new NotInScope() : values;
    }

    // What a formula names, each once.
    private static IEnumerable<FigurePart> PartsOf(Figure figure) => (figure.Formula?.Parts() ?? []).DistinctBy(p => (p.Figure.Id, p.At));

    /// <summary>Where the names behind a figure are.</summary>
    public static string? NamesOf(Figure figure, AreaVersion area, string? asOf = null, string? knownAt = null)
    {
        var place = PickArea.Code(area);
        if (figure.Verdicts is { } v)
        {
            if (v.Result == FigureResult.Judged)
                return null;
            var standing = v.Standing == FigureStanding.All ? "" : $"&standing={v.Standing.ToString().ToLowerInvariant()}";
            var light = v.Result.ToString().ToLowerInvariant();
            return v.Indicator is { } indicator
                ? $"/households?area={place}&indicator={indicator}&light={light}{standing}&counted=yes{At(asOf, knownAt)}"
                : $"/households?area={place}&overall={light}{standing}&counted=yes{At(asOf, knownAt)}";
        }
        return figure.Counted is null ? null : $"/figures/{figure.Id}/names?area={place}{At(asOf, knownAt)}";
    }

    /// <summary>The moment as the end of an address.</summary>
    public static string At(string? asOf, string? knownAt) =>
        (asOf is { Length: > 0 } ? $"&asOf={Uri.EscapeDataString(asOf)}" : "")
        + (knownAt is { Length: > 0 } ? $"&knownAt={Uri.EscapeDataString(knownAt)}" : "");
}
