using System.Runtime.InteropServices;

namespace Tuopin.Exchange;

/// <summary>
/// What reading a sheet found, by row. The list is capped, so that a file that is wrong throughout cannot fill the memory; the counts stay exact.
/// </summary>
public sealed class Findings(int cap = Findings.Cap)
{
    /// <summary>Rows whose findings are kept.</summary>
    public const int Cap = 50_000;

    private readonly Dictionary<int, List<RowError>> byRow = [];
    private readonly HashSet<int> rejected = [];
    private int warned;

    /// <summary>The findings kept, by row number.</summary>
    public IReadOnlyDictionary<int, List<RowError>> ByRow => byRow;

    /// <summary>Rows with an error, all of them.</summary>
    public long Rejected => rejected.Count;

    /// <summary>More rows have errors than are kept: the file cannot be corrected row by row.</summary>
    public bool TooMany => rejected.Count > cap;

    /// <summary>The errors kept, in the order of the rows.</summary>
    public IEnumerable<RowError> Errors => byRow.OrderBy(r => r.Key).SelectMany(r => r.Value).Where(e => e.IsError);

    /// <summary>The same findings and more.</summary>
    public Findings With(IEnumerable<RowError> more)
    {
        var all = new Findings(cap);
        foreach (var (row, found) in byRow.SelectMany(r => r.Value.Select(e => (r.Key, e))))
            all.Add(row, found);
        all.rejected.UnionWith(rejected);
        foreach (var found in more)
            all.Add(found.Row, found);
        return all;
    }

    public void Add(int row, RowError found)
    {
        if (found.IsError)
            rejected.Add(row);
        // Warnings take at most half of the room: they must not crowd out the errors.
        if (!byRow.ContainsKey(row) && (byRow.Count >= cap || !found.IsError && ++warned > cap / 2))
            return;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(byRow, row, out _);
        (list ??= []).Add(found);
    }
}
