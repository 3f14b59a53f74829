using System.Data.Common;
using System.Runtime.CompilerServices;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Areas in memory for the what-if page, so that a slider is answered without a query. An area is kept for one day and one state of the record; the
/// longest unused go when the kept ones grow past <see cref="Bound"/>.
/// </summary>
public sealed class WhatIfSnapshots
{
    /// <summary>Bytes of columns that are kept at most (one area more than fits is never kept beside others).</summary>
    public const long Bound = 512L << 20;

    private static readonly ConditionalWeakTable<Store, WhatIfSnapshots> OfStores = [];
    private readonly Lock gate = new();
    private readonly Dictionary<(long Area, DateOnly Day), Kept> kept = [];
    private long uses;

    private WhatIfSnapshots() { }

    public static WhatIfSnapshots Of(Store store) => OfStores.GetValue(store, _ => new());

    /// <summary>An area as it was read, and its counts as things are.</summary>
    public sealed class Area(WhatIf question)
    {
        private readonly Lock gate = new();
        private readonly Lazy<TryWhatIf.Side> now = new(() => question.Ask(null));

        public long Size => question.Size;
        public int Households => question.Households;

        /// <summary>One question at a time: an answer leaves counts in the tables that the rules of villages read.</summary>
        public (TryWhatIf.Side Now, TryWhatIf.Side Then) Ask(Overlay change)
        {
            lock (gate)
                return (now.Value, change.Sets.IsEmpty && change.Parameters.IsEmpty ? now.Value : question.Ask(change));
        }
    }

    private sealed record Kept(long State, string Packs, Lazy<Area> Area)
    {
        public long Used { get; set; }
    }

    /// <summary>The area as the record is now; read once, by whoever asks first.</summary>
    public Area Find(Installation installation, DbConnection connection, AreaVersion area, DateOnly day)
    {
        var state = connection.Number("SELECT coalesce(max(id), 0) FROM changes");
        Kept entry;
        lock (gate)
        {
            if (!kept.TryGetValue((area.AreaId, day), out entry!) || entry.State != state || entry.Packs != installation.Packs.Hash)
                kept[(area.AreaId, day)] = entry = new(state, installation.Packs.Hash, new(() => Load(installation, area, day)));
            entry.Used = ++uses;
        }
        var found = entry.Area.Value;
        lock (gate)
            foreach (var (key, old) in kept.OrderBy(k => k.Value.Used).ToList())
                if (old != entry && kept.Values.Where(k => k.Area.IsValueCreated).Sum(k => k.Area.Value.Size) > Bound)
                    kept.Remove(key);
        return found;
    }

    // Everything that any overlay reads or sets is loaded, so that every question can be asked of it.
    private static Area Load(Installation installation, AreaVersion area, DateOnly day)
    {
        using var connection = installation.Store.OpenReader();
        var judging = Judging.Begin(installation, connection, null, area, day, store: false);
        var all = new Overlay("all", new Label("全部", "all"), [.. installation.Packs.Overlays.Values.SelectMany(o => o.Sets)], []);
        return new(WhatIf.Load(judging, all));
    }
}
