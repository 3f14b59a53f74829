using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>
/// A snapshot of subject trees: the roots are the first rows of their table, in order. A node reached twice is one row. Where a tree names a child but not
/// the way back (a member's household), the way back leads to the node that named it.
/// </summary>
public static class NodeSnapshot
{
    /// <summary>Lays out the trees as columns.</summary>
    public static Snapshot Of(JudgingDay day, params ReadOnlySpan<SubjectNode> roots)
    {
        var layout = new Layout();
        foreach (var root in roots)
            layout.Place(root);
        for (var i = 0; i < layout.Nodes.Count; i++)
            foreach (var (relation, children) in layout.Nodes[i].Related)
            foreach (var child in children)
                layout.Place(child, layout.Nodes[i], relation);
        return layout.Build(day);
    }

    private sealed class Layout
    {
        private readonly Dictionary<SubjectNode, int> rows = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<SubjectType, List<SubjectNode>> tables = [];
        private readonly Dictionary<(SubjectNode, Relation), SubjectNode> waysBack = [];

        public List<SubjectNode> Nodes { get; } = [];

        public void Place(SubjectNode node, SubjectNode? parent = null, Relation? relation = null)
        {
            if (parent is not null && Linking.Inverse(relation!) is { Many: false } back && !node.Related.ContainsKey(back))
                waysBack.TryAdd((node, back), parent);
            if (rows.ContainsKey(node))
                return;
            if (!tables.TryGetValue(node.Type, out var table))
                tables.Add(node.Type, table = []);
            rows.Add(node, table.Count);
            table.Add(node);
            Nodes.Add(node);
        }

        public Snapshot Build(JudgingDay day)
        {
            var builder = new SnapshotBuilder(day);
            foreach (var (type, nodes) in tables)
                Fill(builder.Table(type), nodes);
            var snapshot = builder.Build(strict: false);
            foreach (var (type, nodes) in tables)
            {
                var table = snapshot[type];
                foreach (var relation in Relations(type, nodes))
                    Link(snapshot, table, relation, nodes);
                SetVerdicts(table, nodes);
                SetTallies(table, nodes);
            }
            return snapshot;
        }

        private IEnumerable<Relation> Relations(SubjectType type, List<SubjectNode> nodes) =>
            nodes.SelectMany(n => n.Related.Keys).Concat(waysBack.Keys.Where(k => k.Item1.Type == type).Select(k => k.Item2)).Distinct();

        private static void Fill(TableBuilder table, List<SubjectNode> nodes)
        {
            foreach (var node in nodes)
            {
                var row = table.Add(node.Id, node.AreaCode);
                foreach (var ((fact, shift), value) in node.Facts)
                    if (fact.Type.Kind == Kind.Text)
                        table.Column(fact, shift).Set(row, value.Text ?? "");
                    else
                        table.Column(fact, shift).Set(row, value.Number);
            }
        }

        private void Link(Snapshot snapshot, Table table, Relation relation, List<SubjectNode> nodes)
        {
            var target = snapshot[relation.Target];
            var rowsOf = nodes.Select(n => Related(n, relation).Select(c => rows[c]).ToArray()).ToArray();
            if (!relation.Many)
            {
                var ones = new int[nodes.Count + RangeKernel.Padding];
                for (var i = 0; i < nodes.Count; i++)
                    ones[i] = rowsOf[i].Length == 0 ? -1 : rowsOf[i][0];
                table.Ones[relation] = Linking.One(target, ones, nodes.Count);
                return;
            }
            var offsets = new int[nodes.Count + 1];
            for (var i = 0; i < nodes.Count; i++)
                offsets[i + 1] = offsets[i] + rowsOf[i].Length;
            var flat = rowsOf.SelectMany(r => r).ToArray();
            var inOrder = flat.Index().All(p => p.Index == p.Item);
            table.Manys[relation] = ManyLink.Of(target, offsets, inOrder ? null : flat);
        }

        private IEnumerable<SubjectNode> Related(SubjectNode node, Relation relation) =>
            node.Related.TryGetValue(relation, out var children) ? children
            : waysBack.TryGetValue((node, relation), out var parent) ? [parent]
            : [];

        private static void SetVerdicts(Table table, List<SubjectNode> nodes)
        {
            foreach (var (standard, indicator) in nodes.SelectMany(n => n.Verdicts.Keys).Distinct())
            {
                ulong[] known = Bits.Allocate(nodes.Count),
                    truth = Bits.Allocate(nodes.Count);
                for (var i = 0; i < nodes.Count; i++)
                    if (nodes[i].Verdicts.TryGetValue((standard, indicator), out var verdict))
                    {
                        Bits.Set(known, i);
                        if (verdict)
                            Bits.Set(truth, i);
                    }
                table.SetVerdict(standard, indicator, known, truth);
            }
        }

        private static void SetTallies(Table table, List<SubjectNode> nodes)
        {
            foreach (var id in nodes.SelectMany(n => n.Tallies.Keys).Distinct())
            {
                var known = Bits.Allocate(nodes.Count);
                long[] low = new long[nodes.Count],
                    high = new long[nodes.Count];
                for (var i = 0; i < nodes.Count; i++)
                    if (nodes[i].Tallies.TryGetValue(id, out var bounds))
                    {
                        Bits.Set(known, i);
                        (low[i], high[i]) = bounds;
                    }
                table.SetTally(id, known, low, high);
            }
        }
    }
}
