namespace Tuopin.Platform.Areas;

/// <summary>
/// Which places of a tree are which of the tree before it. Names decide, without their endings; a code alone never does, because codes are given to other
/// villages.
/// </summary>
internal static class SamePlaces
{
    /// <summary>By code in the new tree: the place as it was in the tree before. Each place is found once at most.</summary>
    /// <param name="known">What somebody has said already.</param>
    /// <param name="apart">Ids of places of before that are not to be looked for: what becomes of them is said elsewhere.</param>
    public static Dictionary<long, AreaVersion> Find(
        IReadOnlyList<LoadAreas.Place> places,
        IReadOnlyCollection<AreaVersion> before,
        IReadOnlyDictionary<long, AreaVersion>? known = null,
        IEnumerable<long>? apart = null
    )
    {
        var search = new Search(known ?? new Dictionary<long, AreaVersion>(), apart ?? []);
        search.Townships([.. places.Where(p => p.Level == 4)], [.. before.Where(v => v.Level == 4)], places, before);
        search.Villages([.. places.Where(p => p.Level == 5)], [.. before.Where(v => v.Level == 5)]);
        return search.Found;
    }

    private sealed class Search
    {
        private readonly HashSet<long> taken;

        public Search(IReadOnlyDictionary<long, AreaVersion> known, IEnumerable<long> apart)
        {
            Found = new(known);
            taken = [.. apart, .. known.Values.Select(v => v.AreaId)];
        }

        public Dictionary<long, AreaVersion> Found { get; }

        public void Townships(
            List<LoadAreas.Place> places,
            List<AreaVersion> before,
            IReadOnlyList<LoadAreas.Place> all,
            IReadOnlyCollection<AreaVersion> allBefore
        )
        {
            Match(places, before, p => (County(p.Code), AreaNames.Bare(p.Name)), v => (County(v.Code), AreaNames.Bare(v.Name)));
            // Renamed, and the same by its villages: 新街乡 -> 新街回族乡, 蒙江镇 -> 濛江镇.
            var villages = all.Where(p => p.Level == 5).ToLookup(p => p.ParentCode, p => AreaNames.Bare(p.Name));
            var were = allBefore.Where(v => v.Level == 5).ToLookup(v => v.ParentId!.Value, v => AreaNames.Bare(v.Name));
            bool Holds(AreaVersion township, long code) => 2 * were[township.AreaId].Count(villages[code].Contains) > were[township.AreaId].Count();
            foreach (var place in places)
                if (before.Find(v => v.Code == place.Code) is { } renamed && Holds(renamed, place.Code))
                    Keep(place, renamed);
        }

        public void Villages(List<LoadAreas.Place> places, List<AreaVersion> before)
        {
            Match(places, before, p => (p.Code, AreaNames.Bare(p.Name)), v => (v.Code, AreaNames.Bare(v.Name)));
            Match(
                places.Where(p => Found.ContainsKey(p.ParentCode)),
                before,
                p => (Found[p.ParentCode].AreaId, AreaNames.Bare(p.Name)),
                v => (v.ParentId!.Value, AreaNames.Bare(v.Name))
            );
            // Its township was merged or divided: the one village of this name that is missing in the county is the one that is new there.
            (long, string) Of(LoadAreas.Place place) => (County(place.Code), AreaNames.Bare(place.Name));
            var fresh = places.Where(p => !Found.ContainsKey(p.Code)).GroupBy(Of).Where(g => g.Count() == 1).Select(g => g.Single());
            var missing = before
                .Where(v => !taken.Contains(v.AreaId))
                .GroupBy(v => (County(v.Code), AreaNames.Bare(v.Name)))
                .Where(g => g.Count() == 1)
                .ToDictionary(g => g.Key, g => g.Single());
            foreach (var place in fresh.ToList())
                Keep(place, missing.GetValueOrDefault(Of(place)));
        }

        private void Match<TKey>(
            IEnumerable<LoadAreas.Place> places,
            IEnumerable<AreaVersion> before,
            Func<LoadAreas.Place, TKey> ofPlace,
            Func<AreaVersion, TKey> ofBefore
        )
            where TKey : notnull
        {
            var byKey = before.Where(v => !taken.Contains(v.AreaId)).GroupBy(ofBefore).ToDictionary(g => g.Key, g => g.First());
            foreach (var place in places.Where(p => !Found.ContainsKey(p.Code)))
                Keep(place, byKey.GetValueOrDefault(ofPlace(place)));
        }

        private void Keep(LoadAreas.Place place, AreaVersion? same)
        {
            if (same is not null && !Found.ContainsKey(place.Code) && taken.Add(same.AreaId))
                Found.Add(place.Code, same);
        }

        private static long County(long code) => code / 1_000_000;
    }
}
