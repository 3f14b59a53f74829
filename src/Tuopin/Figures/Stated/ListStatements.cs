using Dapper;
using Tuopin.Evidence;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;

namespace Tuopin.Figures.Stated;

/// <summary>What was stated of a figure in an area, by whom and from what source, the newest day first, with what was chosen where two differ: on the figure's page and <c>/api/v1/figures/{figure}/statements</c>.</summary>
public static class ListStatements
{
    public const int PageSize = 30;

    /// <summary>Papers behind a statement; who sees the area sees them.</summary>
    public static readonly EvidenceSubject Evidence = new(
        "figure_statement",
        new("填报", "statement"),
        (scope, day) =>
        {
            var within = string.Join(
                " OR ",
                scope.Within(AreaRange.Nation).Select(r => FormattableString.Invariant($"v.code BETWEEN {r.From} AND {r.To}"))
            );
            return within.Length == 0
                ? "1 = 0"
                : FormattableString.Invariant(
                    $"a.part = 0 AND EXISTS (SELECT 1 FROM figure_statements f JOIN area_versions v ON v.area_id = f.area_id AND v.from_day <= {day} AND (v.to_day IS NULL OR v.to_day > {day}) WHERE f.id = a.subject_id AND ({within}))"
                );
        }
    );

    /// <summary>The statements of a day.</summary>
    /// <param name="Standing">Those that stand, by department.</param>
    /// <param name="Over">Those withdrawn, or in whose place another stands.</param>
    /// <param name="Choices">What was chosen, the latest first.</param>
    /// <param name="Value">The value of the day; null where sources differ and nobody has chosen, and where nothing stands.</param>
    public sealed record OfDay(
        DateOnly Day,
        IReadOnlyList<FigureStatement> Standing,
        IReadOnlyList<FigureStatement> Over,
        IReadOnlyList<FigureChoice> Choices,
        string? Value
    )
    {
        public bool Differs => Standing.Any(s => !StatedValues.Same(s.Value, Standing[0].Value));
        public bool Disputed => Differs && Value is null;
    }

    /// <param name="Next">Day before which there are more; null on the last page.</param>
    /// <param name="Authors">The departments the caller may state it as, here.</param>
    public sealed record Result(
        Figure Figure,
        AreaVersion Area,
        IReadOnlyList<OfDay> Days,
        DateOnly? Next,
        IReadOnlyList<string> Authors,
        bool MayChoose
    );

    /// <param name="Value">Digits as stated, in the unit of the figure.</param>
    /// <param name="Ended">When it was withdrawn, or another took its place.</param>
    /// <param name="Reason">Why it was withdrawn.</param>
    public sealed record ToldStatement(
        long Id,
        string Value,
        string By,
        string Source,
        DateOnly? DocumentDate,
        string? Note,
        string At,
        string Name,
        string? Ended,
        string? EndedBy,
        string? Reason,
        long? ReplacedBy
    );

    /// <param name="Others">What else was stated when it was chosen.</param>
    public sealed record ToldChoice(string By, string Value, IReadOnlyList<ToldOther> Others, string Reason, string At, string Name);

    public sealed record ToldOther(string By, string Value);

    /// <param name="Value">The value of the day; null while it is disputed, or nothing stands.</param>
    public sealed record ToldDay(
        DateOnly Day,
        string? Value,
        bool Disputed,
        IReadOnlyList<ToldStatement> Statements,
        IReadOnlyList<ToldChoice> Choices
    );

    /// <param name="Next">before= of the next page.</param>
    public sealed record Told(
        PickArea.Place Area,
        string Figure,
        string Unit,
        IReadOnlyList<string> StatedBy,
        IReadOnlyList<ToldDay> Days,
        DateOnly? Next
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Api.Root + "/figures/{figure}/statements",
                (ConsoleContext context, HttpContext http, string figure, string? before) =>
                    Api.Answer(http, Tell(context, Need(context, figure), AreaInView.Need(context), DayText.Read(before)))
            )
            .OfApi<Told>(Permission.ViewFigures, "statements", "What departments stated of a figure, by day, with sources and choices")
            .Asks(Api.Area, ("before", "yyyy-MM-dd: next of the last answer"));

    /// <summary>A figure that departments state and the caller may see.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Platform.Refusal">stated.computed.</exception>
    public static Figure Need(ConsoleContext context, string name)
    {
        ShowFigure.Need(context, name);
        var figure = CheckStatement.Need(context.Installation.Packs, name);
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        return fields is null || fields.Contains(figure.Owner) || figure.StatedBy.Any(fields.Contains) ? figure : throw new NotInScope();
    }

    public static Result Handle(ConsoleContext context, Figure figure, AreaVersion area, DateOnly? before)
    {
        var days = context
            .Reader.Query<int>(
                $"SELECT DISTINCT day FROM figure_statements WHERE figure = @figure AND area_id = @area AND day < @before ORDER BY day DESC LIMIT {PageSize + 1}",
                new
                {
                    figure = figure.Id,
                    area = area.AreaId,
                    before = before is { } day ? DayNumber.Of(day) : int.MaxValue,
                }
            )
            .ToList();
        var shown = days.Take(PageSize).ToList();
        return new(
            figure,
            area,
            Days(context.Reader, null, figure.Id, area.AreaId, shown),
            days.Count > PageSize ? DayNumber.ToDate(shown[^1]) : null,
            [.. StateFigure.AuthorsOf(context.Caller, Permission.StateFigures, area).Where(a => figure.StatedBy.Contains(a))],
            context.Caller.Scope(Permission.ChooseFigures).Covers(AreaTree.RangeOf(area))
        );
    }

    /// <summary>All that was stated of a figure and an area on some days.</summary>
    public static IReadOnlyList<OfDay> Days(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction? transaction,
        string figure,
        long area,
        IReadOnlyCollection<int> days
    )
    {
        if (days.Count == 0)
            return [];
        var which = $"WHERE figure = @figure AND area_id = @area AND day IN ({string.Join(", ", days)})";
        var statements = connection
            .Query<FigureStatement>($"SELECT * FROM figure_statements {which} ORDER BY stated_by, id DESC", new { figure, area }, transaction)
            .ToLookup(s => s.Day);
        var choices = connection
            .Query<FigureChoice>($"SELECT * FROM figure_choices {which} ORDER BY change_id DESC, id DESC", new { figure, area }, transaction)
            .ToLookup(c => c.Day);
        return [.. days.Select(d => Of(d, [.. statements[d]], [.. choices[d]]))];
    }

    private static OfDay Of(int day, IReadOnlyList<FigureStatement> statements, IReadOnlyList<FigureChoice> choices)
    {
        var standing = statements.Where(s => s.EndedAt is null).ToList();
        var chosen = choices.Count > 0 ? choices[0] : null;
        return new(
            DayNumber.ToDate(day),
            standing,
            [.. statements.Where(s => s.EndedAt is not null)],
            choices,
            standing.Count == 0
                ? null
                : StatedValues.Decide(
                    [.. standing.Select(s => new StatedValues.Said(s.StatedBy, s.Value))],
                    chosen is null ? null : new(chosen.StatedBy, chosen.Value),
                    chosen is null ? [] : StatedValues.Read(chosen.Others)
                )
        );
    }

    public static Told Tell(ConsoleContext context, Figure figure, AreaVersion area, DateOnly? before = null)
    {
        var found = Handle(context, figure, area, before);
        return new(
            PickArea.Tell(area),
            figure.Id,
            figure.Unit.Text,
            figure.StatedBy,
            [
                .. found.Days.Select(d => new ToldDay(
                    d.Day,
                    d.Value,
                    d.Disputed,
                    [.. d.Standing.Concat(d.Over).Select(Tell)],
                    [
                        .. d.Choices.Select(c => new ToldChoice(
                            c.StatedBy,
                            c.Value,
                            [.. StatedValues.Read(c.Others).Select(o => new ToldOther(o.By, o.Value))],
                            c.Reason,
                            c.At,
                            c.Name
                        )),
                    ]
                )),
            ],
            found.Next
        );
    }

    private static ToldStatement Tell(FigureStatement s) =>
        new(
            s.Id,
            s.Value,
            s.StatedBy,
            s.Source,
            s.DocumentDay is { } day ? DayNumber.ToDate(day) : null,
            s.Note,
            s.At,
            s.Name,
            s.EndedAt,
            s.EndedName,
            s.EndedReason,
            s.ReplacedBy
        );
}
