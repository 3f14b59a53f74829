namespace Tuopin.Exchange;

/// <summary>A place of the tree: level 0 nation, 1 province, 2 city, 3 county, 4 township, 5 village, 6 group; code of 12 digits.</summary>
public sealed record AreaNode(long Id, long Code, string Name, long ParentId, int Level);

/// <summary>What the place names of a row came to. <see cref="Id"/> is null when a rule was broken; a warning keeps its id.</summary>
public sealed record AreaAnswer(long? Id, ImportRule? Rule = null, int Level = 0, string First = "", string Second = "");

/// <summary>
/// Finds areas by the names a sheet gives, each inside the one before. 者海, 者海镇 and, for a village, 三道沟, 三道沟村, 三道沟村委会 and
/// 三道沟村民委员会 are one; what fits two places is refused with both names.
/// </summary>
public sealed class AreaResolver
{
    private static readonly string[] LevelsZh = ["全国", "省", "市（州）", "县", "乡镇", "村", "组"];
    private static readonly string[] LevelsEn = ["nation", "province", "city", "county", "township", "village", "group"];
    private readonly Dictionary<long, AreaNode> byId;
    private readonly Dictionary<long, AreaNode> byCode;
    private readonly ILookup<long, AreaNode> children;
    private readonly Dictionary<long, NameIndex> names = [];
    private readonly AreaNode start;

    /// <param name="nodes">The tree in force on the data date.</param>
    /// <param name="within">The area the sheet must lie in, so that its own and upper names may be left out; null for the root.</param>
    public AreaResolver(IEnumerable<AreaNode> nodes, long? within = null)
    {
        byId = nodes.ToDictionary(n => n.Id);
        byCode = byId.Values.GroupBy(n => n.Code).ToDictionary(g => g.Key, g => g.First());
        children = byId.Values.Where(n => n.ParentId != n.Id).ToLookup(n => n.ParentId);
        start = within is { } id
            ? byId[id]
            : byId.Values.MinBy(n => n.Level) ?? throw new ArgumentException("an area tree has at least one node", nameof(nodes));
    }

    public AreaNode? ById(long id) => byId.GetValueOrDefault(id);

    /// <summary>The place itself or the one above it at the level: the village of a group.</summary>
    public AreaNode? Ancestor(long id, int level)
    {
        var at = ById(id);
        while (at is not null && at.Level > level)
            at = at.ParentId == at.Id ? null : ById(at.ParentId);
        return at?.Level == level ? at : null;
    }

    /// <summary>The area of a code of 2 to 12 digits; shorter codes are filled up with zeros.</summary>
    public AreaAnswer ByCode(string code)
    {
        var node = code.Length is >= 2 and <= 12 && long.TryParse(code.PadRight(12, '0'), out var number) ? byCode.GetValueOrDefault(number) : null;
        if (node is null)
            return new AreaAnswer(null, ImportRules.AreaUnknown, 0, start.Name);
        return IsWithin(node) ? new AreaAnswer(node.Id) : new AreaAnswer(null, ImportRules.AreaOutside, node.Level, start.Name);
    }

    /// <summary>Resolves names by level (index 1 province .. 6 group; null or blank where the sheet has none) down to <paramref name="needed"/>.</summary>
    public AreaAnswer Resolve(ReadOnlySpan<string?> byLevel, int needed)
    {
        var at = start;
        AreaAnswer? warning = null;
        for (var level = 1; level < byLevel.Length; level++)
        {
            if (string.IsNullOrWhiteSpace(byLevel[level]))
            {
                if (level == needed && at.Level < needed)
                    return new AreaAnswer(null, ImportRules.AreaMissing, level, LevelsZh[level], LevelsEn[level]);
                continue;
            }
            if (level <= at.Level)
            {
                if (!MatchesOwn(at, level, byLevel[level]!))
                    return new AreaAnswer(null, ImportRules.AreaOutside, level, start.Name);
                continue;
            }
            // Groups have no national code: the import makes those that a village has not.
            if (level == 6 && !children[at.Id].Any())
                continue;
            var answer = Step(at, level, byLevel[level]!);
            if (level == 6 && answer.Rule == ImportRules.AreaUnknown)
            {
                warning ??= answer with { Rule = ImportRules.AreaGroup };
                continue;
            }
            if (answer.Id is not { } id)
                return answer;
            warning ??= answer.Rule is null ? null : answer;
            at = byId[id];
        }
        return warning is null ? new AreaAnswer(at.Id) : warning with { Id = at.Id };
    }

    private AreaAnswer Step(AreaNode parent, int level, string name)
    {
        var index = Index(parent, level);
        foreach (var (form, widen) in AreaForms.Asked(name, level))
        {
            var found = index.Find(form, widen);
            if (found.Count == 0)
                continue;
            if (found.Count > 1)
                return new AreaAnswer(null, ImportRules.AreaAmbiguous, level, parent.Name, string.Join('、', found.Select(n => n.Name)));
            return widen && AreaForms.KindsDiffer(name, found[0].Name, level)
                ? new AreaAnswer(found[0].Id, ImportRules.AreaKind, level, found[0].Name)
                : new AreaAnswer(found[0].Id);
        }
        return new AreaAnswer(null, ImportRules.AreaUnknown, level, parent.Name, NearNames.Tail(name, index.Names));
    }

    private NameIndex Index(AreaNode parent, int level)
    {
        // One level is skipped where a sheet has no such column (a county directly under its province).
        var key = parent.Id * 8 + level;
        if (!names.TryGetValue(key, out var index))
            names[key] = index = new NameIndex(Beneath(parent, level), level);
        return index;
    }

    private IEnumerable<AreaNode> Beneath(AreaNode parent, int level) =>
        children[parent.Id]
            .SelectMany(c =>
                c.Level == level ? [c]
                : c.Level < level ? Beneath(c, level)
                : []
            );

    private bool MatchesOwn(AreaNode node, int level, string name)
    {
        var own = node;
        while (own.Level > level && byId.TryGetValue(own.ParentId, out var parent) && parent != own)
            own = parent;
        if (own.Level != level)
            return true;
        var index = new NameIndex([own], level);
        return AreaForms.Asked(name, level).Any(f => index.Find(f.Form, f.Widen).Count == 1);
    }

    private bool IsWithin(AreaNode node)
    {
        for (var at = node; ; at = byId[at.ParentId])
        {
            if (at == start)
                return true;
            if (at.ParentId == at.Id || !byId.ContainsKey(at.ParentId))
                return false;
        }
    }

    /// <summary>The places under one parent by every form of their names, closest form first.</summary>
    private sealed class NameIndex
    {
        private readonly Dictionary<(int Rank, string Form), List<AreaNode>> forms = [];

        public NameIndex(IEnumerable<AreaNode> nodes, int level)
        {
            foreach (var node in nodes)
            {
                Names.Add(node.Name);
                foreach (var (form, rank) in AreaForms.Of(node.Name, level))
                {
                    if (!forms.TryGetValue((rank, form), out var list))
                        forms[(rank, form)] = list = [];
                    if (!list.Contains(node))
                        list.Add(node);
                }
            }
        }

        public List<string> Names { get; } = [];

        /// <summary>Places of the closest rank that has the form; the bare form only when <paramref name="widen"/> allows it.</summary>
        public List<AreaNode> Find(string form, bool widen)
        {
            for (var rank = 0; rank <= (widen ? 2 : 1); rank++)
                if (forms.TryGetValue((rank, form), out var nodes))
                    return nodes;
            return [];
        }
    }
}
