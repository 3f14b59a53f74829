using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>An area in memory, ready to be judged again and again under changes.</summary>
public sealed class WhatIf
{
    private readonly Judging judging;
    private readonly Snapshot snapshot;
    private readonly Table households;
    private readonly Table villages;
    private readonly bool[] remaining;
    private readonly long[] members;
    private readonly bool[] poor;
    private readonly long? rural;
    private readonly IReadOnlyList<Standard> householdStandards;
    private readonly IReadOnlyList<Standard> villageStandards;
    private readonly Dictionary<Standard, IReadOnlyList<(int Row, long Met, long Unmet)>> overruled = [];

    private WhatIf(Judging judging, Snapshot snapshot, Rule household, Rule village)
    {
        (this.judging, this.snapshot) = (judging, snapshot);
        var dictionary = judging.Installation.Packs.Dictionary;
        (households, villages) = (snapshot[dictionary["household"]], snapshot[dictionary["village"]]);
        householdStandards = [.. judging.Standards.Where(s => s.Level == dictionary["household"])];
        villageStandards = [.. judging.Standards.Where(s => s.Level == dictionary["village"])];
        foreach (var (table, standard) in householdStandards.Select(s => (households, s)).Concat(villageStandards.Select(s => (villages, s))))
            if (judging.Query<(long Id, long Met, long Unmet)>(Overruling.Masks(judging, standard)).ToList() is { Count: > 0 } masks)
            {
                var rows = table.Ids.Index().ToDictionary(i => i.Item, i => i.Index);
                overruled[standard] = [.. masks.Where(m => rows.ContainsKey(m.Id)).Select(m => (rows[m.Id], m.Met, m.Unmet))];
            }
        remaining = [.. snapshot.Evaluate(household.Of("household.remaining"), household.Subject).Select(o => o.Flag == true)];
        members = [.. snapshot.Evaluate(household.Of("household.member_count"), household.Subject).Select(o => o.Known ? o.Low : 0)];
        poor = [.. snapshot.Evaluate(village.Of("village.poor"), village.Subject).Select(o => o.Flag == true)];
        var stated = snapshot.Evaluate(village.Of("village.rural_population"), village.Subject).ToList();
        // A rate over some of the villages would be no rate of the area, and incidence ends with 2020.
        rural = stated.TrueForAll(o => o.Known) && judging.Day.Date.Year <= 2020 ? stated.Sum(o => o.Low) : null;
    }

    /// <summary>Expressions over one subject type.</summary>
    private sealed record Rule(RuleCompiler Compiler, Variable Subject)
    {
        public Expr Of(string text) => Compiler.Compile(RuleText.Of(text), Subject, Expectation.Shown);
    }

    /// <summary>Reads what the standards in force and the change need.</summary>
    public static WhatIf Load(Judging judging, Overlay change)
    {
        var packs = judging.Installation.Packs;
        var compiler = new RuleCompiler(packs.Scope);
        var household = new Rule(compiler, new Variable("household", packs.Dictionary["household"]));
        var village = new Rule(compiler, new Variable("village", packs.Dictionary["village"]));
        var levels = new[] { "household", "village" };
        var rules = judging
            .Standards.Where(s => levels.Contains(s.Level.Name))
            .SelectMany(s => s.Indicators)
            .SelectMany(i => new[] { i.Met, i.ExemptWhen })
            .Concat(change.Sets.SelectMany(s => new[] { s.Where, s.To }))
            .Concat(packs.Tallies.Values.SelectMany(t => new[] { t.Where, t.Sum }))
            .OfType<Expr>()
            .Append(household.Of("household.remaining"))
            .Append(household.Of("household.member_count"))
            .Append(village.Of("village.poor"))
            .Append(village.Of("village.rural_population"));
        var snapshot = SnapshotLoader.Load(
            judging.Connection,
            judging.Installation.Store.Engine,
            packs.Dictionary,
            judging.Day,
            judging.Range,
            rules,
            change.Sets.Select(s => s.Fact)
        );
        return new(judging, snapshot, household, village);
    }

    /// <summary>Bytes of the columns read.</summary>
    public long Size => snapshot.Size;

    /// <summary>Households read.</summary>
    public int Households => households.Count;

    /// <summary>The counts under a change, or as things are.</summary>
    public TryWhatIf.Side Ask(Overlay? change)
    {
        var results = householdStandards.ToDictionary(s => s, s => Judge(s, change));
        foreach (var result in results.Values)
            result.Publish();
        var ready = Ready(households, results);
        var (exits, persons) = (0L, 0L);
        var perVillage = new Dictionary<long, (long Households, long Persons)>();
        for (var row = 0; row < ready.Length; row++)
        {
            if (!ready[row] || !remaining[row])
                continue;
            exits++;
            persons += members[row];
            var (h, p) = perVillage.GetValueOrDefault(households.AreaCodes[row]);
            perVillage[households.AreaCodes[row]] = (h + 1, p + members[row]);
        }
        var left = Enumerable.Range(0, remaining.Length).Where(r => remaining[r]).Sum(r => members[r]) - persons;
        return new(
            new(exits, persons),
            rural is > 0 and var whole ? Math.Round((decimal)left / whole, 4, MidpointRounding.AwayFromZero) : null,
            VillagesReady(change, perVillage),
            UnmetOf(results)
        );
    }

    // What people overruled stands whatever is changed.
    private StandardResult Judge(Standard standard, Overlay? change)
    {
        var result = snapshot.Judge(standard, change);
        foreach (var (row, met, unmet) in overruled.GetValueOrDefault(standard, []))
            result.Overrule(row, met, unmet);
        return result;
    }

    // Poor villages that meet every indicator when those who can exit have exited.
    private int VillagesReady(Overlay? change, Dictionary<long, (long Households, long Persons)> exits)
    {
        var areas = villages.AreaCodes.Select(code => new AreaRange(code, code)).ToList();
        foreach (var tally in judging.Installation.Packs.Tallies.Values)
        {
            var counts = snapshot.Count(tally, areas, change);
            var known = new ulong[(counts.Length + 63) / 64];
            var (low, high) = (new long[counts.Length], new long[counts.Length]);
            for (var i = 0; i < counts.Length; i++)
            {
                var gone = exits.GetValueOrDefault(villages.AreaCodes[i]);
                var less =
                    tally.Id == "remaining_households" ? gone.Households
                    : tally.Id == "remaining_persons" ? gone.Persons
                    : 0;
                (low[i], high[i]) = (counts[i].Low - less, counts[i].High - less);
                if (counts[i].Known)
                    known[i >> 6] |= 1UL << i;
            }
            villages.SetTally(tally.Id, known, low, high);
        }
        var ready = Ready(villages, villageStandards.ToDictionary(s => s, s => Judge(s, change)));
        return Enumerable.Range(0, ready.Length).Count(i => ready[i] && poor[i]);
    }

    // Rows that meet every indicator of the standard that decides for them, the most specific in force.
    private bool[] Ready(Table table, Dictionary<Standard, StandardResult> results)
    {
        var ready = new bool[table.Count];
        var passing = results.ToDictionary(r => r.Key, r => r.Value.Passing());
        var (code, deciding) = (-1L, (Standard?)null);
        for (var row = 0; row < ready.Length; row++)
        {
            if (table.AreaCodes[row] != code)
                (code, deciding) = (table.AreaCodes[row], results.Keys.Where(s => s.Area.Contains(table.AreaCodes[row])).MinBy(s => s.Area.Width));
            ready[row] = deciding is not null && (passing[deciding][row >> 6] >> row & 1) == 1;
        }
        return ready;
    }

    private static Dictionary<string, long> UnmetOf(Dictionary<Standard, StandardResult> results) =>
        results
            .SelectMany(r => r.Value.Planes.Select(p => ($"{r.Key.Id}/{p.Indicator.Id}", (long)p.Unmet.Count())))
            .ToDictionary(c => c.Item1, c => c.Item2);
}
