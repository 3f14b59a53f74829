using Tuopin.Rules.Model;

namespace Tuopin.Rules.Language;

/// <summary>
/// Holds a bound rule to what its level may read, so that no rule can make one page scan a county: a household rule never scans an area, a village rule
/// scans its own households, a township or county rule reads area rows beneath it and tallies. Also: last_year only on yearly facts, link facts only
/// behind a link.
/// </summary>
internal sealed class Reach(Variable subject)
{
    private readonly HashSet<Variable> linked = [];
    private AreaLevel? Level => subject.Type.Level;

    public void Check(Expr rule) => Check(rule, null, back: false);

    private void Check(Expr node, DerivedRead? through, bool back)
    {
        switch (node)
        {
            case FactRead f:
                Year(f.Place, f.Fact, through, f);
                Link(f, through);
                break;
            case UniqueIn or VerdictRead or TallyRead when node.PlaceOf()!.YearShift != 0:
                throw Error(node, through, "last_year is only for yearly facts");
            case Aggregate a:
                Scan(a, through);
                if (a.Collection.LinkTable is not null)
                    linked.Add(a.Item);
                break;
            case ParameterRead or DayRead when back:
                throw Error(
                    node,
                    through,
                    $"last_year takes facts back, and this derived fact also reads {ExprText.Of(node)}, which stays that of this year"
                );
            case DerivedRead d:
                through ??= d;
                back |= d.Place.YearShift != 0;
                break;
        }
        if (node.PlaceOf() is { } place)
            Steps(place, node, through);
        foreach (var part in node.Parts())
            Check(part, through, back);
    }

    private static void Year(Place place, Fact fact, DerivedRead? through, Expr node)
    {
        if (place.YearShift != 0 && fact.Kept is not (Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear))
            throw Error(node, through, $"last_year is only for yearly facts: {fact} is kept {(fact.Kept == Kept.Link ? "on a link" : "on the row")}");
    }

    private void Link(FactRead read, DerivedRead? through)
    {
        if (read.Fact.Kept != Kept.Link)
            return;
        var place = read.Place;
        var arrived = place.Steps.Length > 0 ? place.Steps[^1].LinkTable is not null : linked.Contains(place.Variable);
        if (!arrived && !place.Type.Relations.Values.Any(r => !r.Many && r.LinkTable is not null))
            throw Error(read, through, $"{read.Fact} stands on the link to its parent, and {place.Type.Name} is reached here without one");
    }

    private void Scan(Aggregate a, DerivedRead? through)
    {
        if (a.Source.YearShift != 0)
            throw Error(a, through, "last_year is only for yearly facts, not for collections");
        var (from, to) = (a.Source.Type, a.Collection.Target);
        if (from.Level is not { } at)
        {
            if (to.Level is not null)
                throw Error(a, through, $"{Who} may not scan {a.Collection}");
            return;
        }
        if (Level is not { } own)
            throw Error(a, through, $"{Who} may read its own members and upward, not scan {a.Collection}");
        if (at < own || a.Source.Steps.Length > 0 || a.Source.Variable.Type.Level is null)
            throw Error(a, through, $"{Who} may scan only what lies beneath it, not {a.Collection} of {ExprText.Of(a.Source)}");
        if (own < AreaLevel.Village && IsPersonal(to))
            throw Error(a, through, $"{Who} may not scan {a.Collection}: count households and persons by a tally");
    }

    private void Steps(Place place, Expr node, DerivedRead? through)
    {
        if (Level is < AreaLevel.Village && place.Steps.FirstOrDefault(s => IsPersonal(s.Target)) is { } step)
            throw Error(node, through, $"{Who} may not read {step}: use a tally");
    }

    private string Who => $"a {subject.Type.Name} rule";

    /// <summary>Whether the type is a household, a person, or hangs on one by a step to one.</summary>
    private static bool IsPersonal(SubjectType type) => IsPersonal(type, []);

    private static bool IsPersonal(SubjectType type, HashSet<SubjectType> seen) =>
        type.Level is null && seen.Add(type) && (type.Name is "household" or "person" || type.Relations.Values.Any(r => IsPersonal(r.Target, seen)));

    private static RuleException Error(Expr node, DerivedRead? through, string message) =>
        through is null ? new RuleException(node.Span, message) : new RuleException(through.Span, $"{message} (through {through.Fact})");
}
