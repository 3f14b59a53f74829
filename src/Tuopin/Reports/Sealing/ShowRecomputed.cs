using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;

namespace Tuopin.Reports.Sealing;

/// <summary>
/// A sealed report computed again: <c>/reports/sealed/ID/recomputed</c> its numbers, with the first names behind each difference, and
/// <c>/reports/sealed/ID/numbers/KEY</c> one of them with all.
/// </summary>
public static class ShowRecomputed
{
    // Names are read of so many differing numbers on the page of a report; each opens to all of its own.
    private const int MostNamed = 20;

    /// <summary>A counted figure that a differing number is made of, at the two moments.</summary>
    public sealed record Cause(CompareMoments.One Compared, CompareMoments.Names? Names);

    public sealed record Difference(RecomputeReport.Line Line, IReadOnlyList<Cause> Causes);

    /// <param name="KnownAt">When the last change that the seal knew was recorded, UTC; to judge for that moment.</param>
    public sealed record Result(
        SealedWhole Whole,
        RecomputeReport.Result Computed,
        IReadOnlyList<string> Broken,
        IReadOnlyList<Difference> Differences,
        string? KnownAt
    );

    /// <param name="Causes">Empty where the number is the same today.</param>
    public sealed record NumberResult(SealedReport Report, RecomputeReport.Line Line, IReadOnlyList<Cause> Causes);

    public sealed record ToldLine(
        ShowSealed.ToldNumber Number,
        Recomputation Outcome,
        bool Redefined,
        ListFigures.Told? Again,
        ListFigures.Told? Now,
        bool Differs,
        string? Difference
    );

    public sealed record ToldAll(long Report, bool Holds, IReadOnlyList<ToldLine> Numbers);

    public sealed record ToldCause(CompareMoments.ToldOne Compared, CompareMoments.ToldNames? Names);

    public sealed record ToldOne(ToldLine Number, IReadOnlyList<ToldCause> Causes);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports/sealed/{sealedReport:long}/recomputed", ShowAll).Needs(Permission.ViewFigures);
        routes.MapGet("/reports/sealed/{sealedReport:long}/numbers/{key:int}", ShowOne).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/reports/sealed/{sealedReport:long}/recomputed",
                (ConsoleContext context, HttpContext http, long sealedReport) =>
                    Api.Answer(http, Tell(RecomputeReport.Handle(context.Installation, context.Reader, ShowSealed.Find(context, sealedReport))))
            )
            .OfApi<ToldAll>(
                Permission.ViewFigures,
                "recomputedReport",
                "The numbers of a sealed report computed again: as of the seal, and of the same day as known now"
            );
        routes
            .MapGet(
                Api.Root + "/reports/sealed/{sealedReport:long}/numbers/{key:int}",
                (ConsoleContext context, HttpContext http, long sealedReport, int key, string? of, string? after) =>
                    Api.Answer(http, Tell(NumberOf(context, sealedReport, key, of, after)))
            )
            .OfApi<ToldOne>(Permission.ViewFigures, "sealedNumber", "A number of a sealed report: what makes it another one today, who and why")
            .Asks(("of", "the counted figure whose further names are asked for"), ("after", "cursor: next of the last answer"));
    }

    private static IResult ShowAll(ConsoleContext context, long sealedReport) =>
        new RazorComponentResult<Pages.RecomputedPage>(new { Found = Handle(context, sealedReport) });

    private static IResult ShowOne(ConsoleContext context, long sealedReport, int key, string? of, string? after) =>
        new RazorComponentResult<Pages.SealedNumberPage>(new { Found = NumberOf(context, sealedReport, key, of, after) });

    /// <exception cref="NotInScope">There is no such report for the caller.</exception>
    public static Result Handle(ConsoleContext context, long id)
    {
        var whole = ShowSealed.Find(context, id);
        var computed = RecomputeReport.Handle(context.Installation, context.Reader, whole);
        return new(
            whole,
            computed,
            VerifySeal.Broken(context.Installation, context.Reader, whole),
            [.. computed.Differing.Select((l, i) => new Difference(l, i < MostNamed ? CausesOf(context, whole.Report, l, null, null) : []))],
            context.Reader.Text("SELECT at FROM changes WHERE id = @id", null, new { id = whole.Report.KnownChange })
        );
    }

    /// <exception cref="NotInScope">There is no such number for the caller.</exception>
    public static NumberResult NumberOf(ConsoleContext context, long id, int key, string? of, string? after)
    {
        var whole = ShowSealed.Find(context, id);
        var number = whole.Numbers.FirstOrDefault(n => n.Key == key) ?? throw new NotInScope();
        var line = RecomputeReport.Handle(context.Installation, context.Reader, whole with { Numbers = [number] }).Lines[0];
        return new(whole.Report, line, line.Differs ? CausesOf(context, whole.Report, line, of, after) : []);
    }

    // The figures it is in the end made of, those that differ, each with a page of names.
    private static List<Cause> CausesOf(ConsoleContext context, SealedReport report, RecomputeReport.Line line, string? of, string? after)
    {
        var (sealedThen, today) = RecomputeReport.Sides(report, line);
        var causes = new List<Cause>();
        foreach (var (figure, day) in RecomputeReport.Leaves(line.Figure!, sealedThen.Moment.Day))
        {
            FigureSide On(FigureSide side) => side with { Moment = side.Moment with { Day = day } };
            var (was, now) = (On(sealedThen), On(today));
            var compared = CompareMoments.Handle(context.Installation, context.Reader, figure, was, now, null);
            if (compared.Value.IsSame)
                continue;
            causes.Add(
                new(
                    compared,
                    context.Caller.May(Permission.ViewHouseholds)
                        ? CompareMoments.NamesOf(context, figure, was, now, null, figure.Id == of ? after : null)
                        : null
                )
            );
        }
        return causes;
    }

    public static ToldAll Tell(RecomputeReport.Result found) => new(found.Report.Id, found.Holds, [.. found.Lines.Select(Tell)]);

    private static ToldLine Tell(RecomputeReport.Line line) =>
        new(
            ShowSealed.Tell(line.Number),
            line.Outcome,
            line.Redefined,
            line.Figure is null ? null : ListFigures.Tell(line.Figure, line.Again),
            line.Figure is null ? null : ListFigures.Tell(line.Figure, line.Now),
            line.Differs,
            line is { Figure: { } figure, Difference: { } difference } ? CompareMoments.Signed(figure, difference) : null
        );

    private static ToldOne Tell(NumberResult found) =>
        new(
            Tell(found.Line),
            [
                .. found.Causes.Select(c => new ToldCause(
                    CompareMoments.Tell(c.Compared),
                    c.Names is { } names ? CompareMoments.TellNames(c.Compared.Value.Figure, names, Language.Chinese) : null
                )),
            ]
        );

    /// <summary>A value in words for the command line.</summary>
    public static string Shown(Figure figure, FigureValue value) => FigureText.Of(figure, value) ?? FigureWords.Of(value.State).En;
}
