using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>What a page about an area stands on: the area in the tree of a day, and the judgement that answers for it there.</summary>
/// <param name="AsOf">The day asked for; null for the work date.</param>
/// <param name="Known">The time of knowing asked for; null for all that is recorded.</param>
public sealed record AreaMoment(AreaVersion Area, AreaTree Tree, JudgedMoment Judged, DateOnly? AsOf, string? Known)
{
    /// <summary>The parameters of every such page and answer.</summary>
    public static readonly (string Name, string Says)[] Asked =
    [
        ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
        ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then"),
    ];

    public DateOnly Date => Judged.Day;
    public int Day => DayNumber.Of(Date);

    /// <summary>Whether it is the work date as all is recorded.</summary>
    public bool IsNow => AsOf is null && Known is null;

    /// <summary>The moment as the end of an address; nothing for now.</summary>
    public string At => ShowFigure.At(AsOf is { } day ? DayText.Of(day) : null, Known);

    /// <summary>The area as the work date has it.</summary>
    public static AreaMoment Now(ConsoleContext context, AreaVersion area) =>
        new(area, context.Tree, JudgedMoment.Now(context.Installation, context.Reader, context.WorkDate), null, null);

    /// <summary>The area in view at the moment asked for; null where that was not judged and is too large to be judged while the reader waits.</summary>
    /// <exception cref="NotInScope">The area is not the caller's on that day.</exception>
    /// <exception cref="WrongUsage">date.bad.</exception>
    public static AreaMoment? Find(ConsoleContext context, string? asOf, string? knownAt)
    {
        (asOf, knownAt) = (Word(asOf), Word(knownAt));
        if (asOf is null && knownAt is null)
            return Now(context, AreaInView.Need(context));
        var (area, tree, moment) = ListFigures.Moment(context, asOf, knownAt);
        if (JudgedMoment.Find(context.Installation, context.Reader, AreaTree.RangeOf(area), moment.Day, moment.KnownAt) is not { } judged)
            return null;
        context.Http.Response.RegisterForDispose(judged);
        return new(area, tree, judged, asOf is null ? null : moment.Day, knownAt);
    }

    /// <inheritdoc cref="Find"/>
    /// <exception cref="Refusal">judgement.none.</exception>
    public static AreaMoment Need(ConsoleContext context, string? asOf, string? knownAt) =>
        Find(context, asOf, knownAt)
        ?? throw new Refusal("judgement.none", "this area was not judged for that moment; have it judged first: POST /api/v1/judgements");

    /// <summary>What an address says, or null where it says nothing.</summary>
    public static string? Word(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
