using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tuopin.Linkage;
using Tuopin.Tests.Shared;
using Xunit;

namespace Tuopin.Tests.Linkage;

/// <summary>What holds of scores, blocks and clusters whatever the records.</summary>
public class ComparingAnything
{
    private static readonly string?[] Names = [null, "王伟", "王玮", "伟王", "王为民", "王伟民", "李香", "李乡", "欧阳明"];

    private static readonly Gen<PersonRow> Row =
        from name in Gen.Elements(Names)
        from number in Gen.Elements<string?>(null, "530326197603052318", "530326197603052381", "530326197605032318", "530325197603052318")
        from birth in Gen.Elements(0, 19760305, 19760503, 19760306, 19801111)
        from place in Gen.Elements(0L, 530326001001, 530326001002, 530326002001, 530326000000)
        select new PersonRow(name, number, birth, place);

    private static readonly Arbitrary<PersonRow[]> Rows = Row.ArrayOf().Where(r => r.Length is > 2 and < 40).ToArbitrary();

    [Fact]
    public void Scores_are_symmetric_and_fall_with_the_level() =>
        Prop.ForAll(
                Rows,
                rows =>
                {
                    var people = new People(rows);
                    var weights = Estimate.From(people.Comparisons, new Blocks(people.Keys, rows.Length), rows.Length);
                    for (var a = 0; a < rows.Length; a++)
                    for (var b = 0; b < rows.Length; b++)
                        weights.Of(a, b).ShouldBe(weights.Of(b, a), 1e-9);
                    for (var c = 0; c < people.Comparisons.Count; c++)
                    for (var level = 1; level < people.Comparisons[c].Levels.Count; level++)
                        weights.Bits(c, level).ShouldBeLessThanOrEqualTo(weights.Bits(c, level - 1) + 1e-9);
                    // Closer in one comparison and the same in all others is never less, commonness of the name included.
                    foreach (var pair in weights.Explain(0, 1).Select((e, c) => (e, c)).Where(p => p.e.Level == 0))
                        pair.e.Bits.ShouldBeGreaterThanOrEqualTo(weights.Bits(pair.c, 1) - 1e-9);
                }
            )
            .Check(Properties.Cases(40));

    [Fact]
    public void Blocks_bring_every_pair_that_shares_a_key_once_and_no_other() =>
        Prop.ForAll(
                Rows,
                ArbMap.Default.ArbFor<bool>(),
                (rows, across) =>
                {
                    var people = new People(rows);
                    var split = across ? rows.Length / 2 : 0;
                    var found = new List<(int, int)>();
                    new Blocks(people.Keys, rows.Length, split).Each((a, b) => found.Add((a, b)));
                    var expected = (
                        from a in Enumerable.Range(0, rows.Length)
                        from b in Enumerable.Range(a + 1, rows.Length - a - 1)
                        where split == 0 || a < split && b >= split
                        where people.Keys.Any(k => k.Of(a) != 0 && k.Of(a) == k.Of(b))
                        select (a, b)
                    ).ToList();
                    found.Order().ShouldBe(expected);
                }
            )
            .Check(Properties.Cases(60));

    [Fact]
    public void A_block_too_large_is_split_where_it_can_be_and_else_reported()
    {
        var key = new BlockingKey("all", [], _ => 7);
        var left = new Blocks([key], 100, most: 1000);
        left.Left.ShouldBe([new("all", 100, 4950)]);
        var found = 0;
        left.Each((_, _) => found++);
        found.ShouldBe(0);
        var split = new Blocks([key with { Finer = i => i % 10 + 1 }], 100, most: 1000);
        split.Left.ShouldBeEmpty();
        split.Each((a, b) => found += (a - b) % 10 == 0 ? 1 : 1000);
        found.ShouldBe(450);
    }

    [Fact]
    public void Clusters_are_an_equivalence_and_the_guard_only_divides() =>
        Prop.ForAll(
                Gen.Choose(0, 11).Two().Where(p => p.Item1 < p.Item2).Select(p => new Link(p.Item1, p.Item2, 5)).ListOf().ToArbitrary(),
                links =>
                {
                    var followed = Linker.Clusters(12, links, 0, null);
                    foreach (var link in links)
                        followed[link.A].ShouldBe(followed[link.B]);
                    // The number of a cluster is its lowest record, which is its own.
                    followed.Select((of, i) => of <= i && followed[of] == of).ShouldAllBe(x => x);
                    var linked = links.Select(l => (l.A, l.B)).ToHashSet();
                    var guarded = Linker.Clusters(12, links, 1, (a, b) => linked.Contains((a, b)) ? 5 : -20);
                    // Whoever is together with the guard is together without it.
                    for (var a = 0; a < 12; a++)
                    for (var b = 0; b < 12; b++)
                        if (guarded[a] == guarded[b])
                            followed[a].ShouldBe(followed[b]);
                }
            )
            .Check(Properties.Cases(100));

    [Fact]
    public void A_chain_of_likenesses_does_not_make_one_person_of_its_ends()
    {
        List<Link> links = [new(0, 1, 9), new(1, 2, 8)];
        double Weight(int a, int b) => (a, b) == (0, 2) ? -25 : 9;
        Linker.Clusters(3, links, 0, null).ShouldBe([0, 0, 0]);
        Linker.Clusters(3, links, 0, Weight).ShouldBe([0, 0, 2]);
    }

    [Fact]
    public void Distances_are_those_of_their_definition() =>
        Prop.ForAll(
                Gen.Elements('a', 'b', '1').ArrayOf().Where(c => c.Length < 8).Select(c => new string(c)).Two().ToArbitrary(),
                pair =>
                {
                    var expected = Plain(pair.Item1, pair.Item2);
                    Slips.Distance(pair.Item1, pair.Item2, 9).ShouldBe(expected);
                    Slips.Distance(pair.Item2, pair.Item1, 2).ShouldBe(Math.Min(3, expected));
                    Slips.Likeness(pair.Item1, pair.Item2).ShouldBe(Slips.Likeness(pair.Item2, pair.Item1), 1e-9);
                }
            )
            .Check(Properties.Cases(300));

    // The definition written out, without a short way.
    private static int Plain(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        for (var j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                d[i, j] = i + j;
                continue;
            }
            d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
        }
        return d[a.Length, b.Length];
    }
}
