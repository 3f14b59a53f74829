using System.Data.Common;
using System.Globalization;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;

namespace Tuopin.Exchange;

/// <summary>
/// The cells of an export of figures: figures x areas x days, read county by county so that a nation is never held at once, all of one moment of the record.
/// </summary>
public sealed class FigureCells
{
    /// <summary>Areas that are computed together: one statement for each subject type and day.</summary>
    private const int Together = 2_000;

    // Below this everything read is kept for the second sheet; above it is computed again.
    private const long Kept = 250_000;

    private readonly Installation installation;
    private readonly DbConnection connection;
    private readonly IReadOnlyList<(DateOnly Day, IReadOnlyList<AreaVersion> Areas)> days;
    private readonly long? known;
    private readonly IReadOnlySet<string>? departments;
    private List<(FigureValues, IReadOnlyList<AreaVersion>)>? read;

    private FigureCells(
        Installation installation,
        DbConnection connection,
        IReadOnlyList<Figure> figures,
        IReadOnlyList<(DateOnly, IReadOnlyList<AreaVersion>)> days,
        long? known,
        string knownAt,
        IReadOnlySet<string>? departments
    )
    {
        (this.installation, this.connection, this.days, this.known, this.departments) = (installation, connection, days, known, departments);
        (Figures, KnownAt) = (figures, knownAt);
    }

    /// <summary>Those that the caller may see, in the order asked for.</summary>
    public IReadOnlyList<Figure> Figures { get; private set; }

    /// <summary>The moment up to which the record was read (UTC).</summary>
    public string KnownAt { get; }

    /// <summary>SHA-256 over all pack files: what gave these numbers.</summary>
    public string PackVersion => installation.Packs.FilesHash;

    /// <summary>Areas x days.</summary>
    public long Rows => days.Sum(d => d.Areas.Count);
    public long Cells => Rows * Figures.Count;

    /// <summary>Names the areas of each day; nothing is computed yet.</summary>
    /// <param name="connection">Its reads are of one moment (<see cref="Store.Snapshot"/>).</param>
    /// <param name="areaOf">The area asked for in the tree of a day.</param>
    /// <exception cref="Refusal">figure.level-unknown, date.bad.</exception>
    public static FigureCells Of(
        Installation installation,
        DbConnection connection,
        IReadOnlyList<Figure> figures,
        IEnumerable<DateOnly> days,
        string? knownAt,
        string? level,
        Func<AreaTree, AreaVersion> areaOf,
        IReadOnlySet<string>? departments
    )
    {
        var known = knownAt is null ? (long?)null : Platform.Database.KnownAt.Change(connection, knownAt);
        var moment =
            connection.Text(
                "SELECT at FROM changes WHERE id = (SELECT max(id) FROM changes WHERE id <= @known)",
                null,
                new { known = known ?? long.MaxValue }
            ) ?? "";
        var areas = days.Select(day =>
            {
                var tree = AreaTree.Load(connection, day, knownAt: known);
                return (day, ListFigures.Areas(tree, areaOf(tree), level));
            })
            .ToList();
        var cells = new FigureCells(installation, connection, figures, areas, known, moment, departments);
        if (departments is not null && areas.Count > 0)
        {
            var values = FigureValues.Of(installation, connection, [], [areas[0].Item2[0]], new(areas[0].day, known), departments);
            cells.Figures = [.. figures.Where(f => !values.Hides(f))];
        }
        return cells;
    }

    /// <summary>The values, each part with its areas, the days one after the other.</summary>
    public IEnumerable<(FigureValues Values, IReadOnlyList<AreaVersion> Areas)> Read()
    {
        if (read is not null)
        {
            foreach (var part in read)
                yield return part;
            yield break;
        }
        var kept = Cells <= Kept ? new List<(FigureValues, IReadOnlyList<AreaVersion>)>() : null;
        foreach (var (day, areas) in days)
        foreach (var part in Parts(areas))
        {
            var values = FigureValues.Of(installation, connection, Figures, part, new(day, known), departments);
            kept?.Add((values, part));
            yield return (values, part);
        }
        read = kept;
    }

    // Few areas at once; many county by county, so that each statement goes over one county.
    private static IEnumerable<IReadOnlyList<AreaVersion>> Parts(IReadOnlyList<AreaVersion> areas) =>
        areas.Count <= Together
            ? [areas]
            : areas
                .Where(a => a.Level > 3)
                .GroupBy(a => a.Code / 1_000_000)
                .SelectMany(g => g.Chunk(Together))
                .Cast<IReadOnlyList<AreaVersion>>()
                .Prepend([.. areas.Where(a => a.Level <= 3)]);

    /// <summary>What stands in a cell: number, range, or why there is neither (unknown, noBase, notKept, disputed ...).</summary>
    public static string State(FigureValue value) =>
        value.IsExact ? "number"
        : value.IsKnown ? "range"
        : JsonName(value.State);

    private static string JsonName(FigureState state)
    {
        var name = state.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{char.ToLowerInvariant(name[0])}{name[1..]}");
    }
}
