using Tuopin.Platform;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// What the checks say of facts that somebody is about to state of a household or a member, before anything is written: the household is read into memory
/// and judged there, as it is held and as it would be.
/// </summary>
public static class CheckStated
{
    /// <summary>A fact as it would be: of whom, of which year (0 for what is not kept by year), and the value, null to take it away.</summary>
    public sealed record Stated(Fact Fact, long Subject, int Year, Value? Value);

    /// <param name="Facts">The facts about to be stated that it reads.</param>
    /// <param name="Newly">It did not fire before.</param>
    public sealed record Said(Check Check, IReadOnlyList<Fact> Facts, bool Newly);

    /// <summary>The checks that would fire and that read one of the facts. Where no check reads any, nothing is read.</summary>
    public static IReadOnlyList<Said> Of(Installation installation, long household, long areaCode, DateOnly day, IReadOnlyList<Stated> stated)
    {
        var facts = stated.Select(s => s.Fact).ToHashSet();
        var asked = Checking
            .InForce(installation.Packs, new AreaRange(areaCode, areaCode), day)
            .Where(c => c.When is not null && c.Over.Name is "household" or "person")
            .Select(c => (Check: c, Facts: Read(c).Where(facts.Contains).ToList()))
            .Where(c => c.Facts.Count > 0)
            .ToList();
        if (asked.Count == 0)
            return [];
        using var connection = installation.Store.OpenReader();
        var (judging, type) = (new JudgingDay(day), installation.Packs.Dictionary["household"]);
        var of = new Variable("household", type);
        var members = new RuleCompiler(installation.Packs.Scope).Compile(
            RuleText.Of("household.members.exists(m, has(m.name))"),
            of,
            Expectation.Condition
        );
        var root = SubjectTree.Load(connection, judging, type, household, [members, .. asked.Select(a => a.Check.When!)]).Root;
        var before = Fire(root, judging, asked.Select(a => a.Check)).ToHashSet();
        foreach (var one in stated)
            Set(root, judging, one);
        return
        [
            .. Fire(root, judging, asked.Select(a => a.Check))
                .GroupBy(f => f.Check)
                .Select(g => new Said(g.Key, asked.First(a => a.Check == g.Key).Facts, g.Any(f => !before.Contains(f)))),
        ];
    }

    private static IEnumerable<Fact> Read(Check check) => check.When!.All().OfType<FactRead>().Select(r => r.Fact).Distinct();

    private static IEnumerable<SubjectNode> MembersOf(SubjectNode household) =>
        household.Related.Where(r => r.Key.Name == "members").SelectMany(r => r.Value);

    private static IEnumerable<(Check Check, long Subject)> Fire(SubjectNode household, JudgingDay day, IEnumerable<Check> checks) =>
        checks.SelectMany(c =>
            (c.Over.Name == "household" ? [household] : MembersOf(household))
                .Where(n => n.Explain(c.When!, c.Subject, day).Outcome.Flag == true)
                .Select(n => (c, n.Id))
        );

    // The house is reached as the household's rules reach it.
    private static void Set(SubjectNode household, JudgingDay day, Stated stated)
    {
        var shift = stated.Year == 0 ? 0 : stated.Year - SubjectTree.YearOf(stated.Fact, day);
        if (shift is not (0 or -1))
            return;
        var nodes = MembersOf(household)
            .Append(household)
            .Concat(household.Related.Values.SelectMany(n => n))
            .Where(n => n.Type == stated.Fact.Subject && n.Id == stated.Subject)
            .Distinct();
        foreach (var node in nodes)
            if (stated.Value is { } value)
                node.Facts[(stated.Fact, shift)] = value;
            else
                node.Facts.Remove((stated.Fact, shift));
    }
}
