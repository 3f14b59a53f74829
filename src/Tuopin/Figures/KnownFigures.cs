using System.Data.Common;
using Tuopin.Numbers;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;

namespace Tuopin.Figures;

/// <summary>The catalogue as the checker of texts knows it: its figures for an area on a day, and at the end of the year before, where a text may have been left behind.</summary>
public static class KnownFigures
{
    /// <summary>The figures of the area in view that the caller may see; none for whoever holds no area.</summary>
    public static IReadOnlyList<KnownFigure> Of(ConsoleContext context) =>
        AreaInView.Of(context) is { } area
            ? Of(context.Installation, context.Reader, area, context.WorkDate, context.Caller.FieldsOf(Platform.Access.Permission.ViewFigures))
            : [];

    /// <param name="departments">The trades whose facts alone may be told; null for all.</param>
    public static IReadOnlyList<KnownFigure> Of(
        Installation installation,
        DbConnection connection,
        AreaVersion area,
        DateOnly day,
        IReadOnlySet<string>? departments = null
    )
    {
        var known = new List<KnownFigure>();
        var catalogue = installation.Packs.FiguresOf(null).ToList();
        foreach (var moment in new[] { day, new DateOnly(day.Year - 1, 12, 31) })
        {
            if (AreaTree.Load(connection, moment).ById(area.AreaId) is not { } then)
                continue;
            var values = FigureValues.Of(installation, connection, catalogue, [then], new(moment), departments);
            known.AddRange(
                catalogue
                    .Where(f => !values.Hides(f) && UnitOf(f) is not null)
                    .Select(f => (Figure: f, Value: values.Of(f, then).Exactly))
                    .Where(f => f.Value is not null)
                    .Select(f => new KnownFigure(
                        [f.Figure.Label.Zh, f.Figure.Label.En],
                        Decimal(f.Value!.Value / f.Figure.Unit.Factor),
                        UnitOf(f.Figure)!,
                        then.Name,
                        moment
                    ))
            );
        }
        return known;
    }

    private static decimal Decimal(Exact value) => (decimal)value.Numerator / (decimal)value.Denominator;

    // Beside 人均 or 户均 stands 元: what it is per is in the name of the figure.
    private static string? UnitOf(Figure figure)
    {
        var unit = figure.Unit.Text is "%" ? "%" : figure.Unit.Shown.Zh.Split('/')[0];
        return Unit.Named(unit) is not null ? unit
            : unit.Length > 1 && Unit.Named(unit[..1]) is not null ? unit[..1]
            : null;
    }
}
