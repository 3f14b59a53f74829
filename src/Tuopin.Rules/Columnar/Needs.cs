using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>What must be loaded into a snapshot for rules to be judged on it: the program reads these columns and no others.</summary>
public sealed class Needs
{
    /// <summary>Stored facts and years back (0 for facts that are not yearly), also the keys of unique_in.</summary>
    public HashSet<(Fact Fact, int YearShift)> Facts { get; } = [];

    /// <summary>Relations that are stepped along or scanned; a link loaded one way serves its inverse.</summary>
    public HashSet<Relation> Relations { get; } = [];

    /// <summary>Verdicts read, by (standard, indicator).</summary>
    public HashSet<(string Standard, string Indicator)> Verdicts { get; } = [];

    /// <summary>Tallies read.</summary>
    public HashSet<Tally> Tallies { get; } = [];

    /// <summary>The needs of test and exemption of a standard's indicators, under an overlay if one is given.</summary>
    public static Needs Of(Standard standard, Overlay? overlay = null)
    {
        var needs = new Needs();
        foreach (var indicator in standard.Indicators.Where(i => !i.Retired))
        {
            needs.Add(indicator.Met);
            needs.Add(indicator.ExemptWhen);
        }
        foreach (var set in overlay?.Sets ?? [])
        {
            needs.Add(set.Where);
            needs.Add(set.To);
        }
        return needs;
    }

    /// <summary>Adds what an expression reads; null adds nothing.</summary>
    public void Add(Expr? expr)
    {
        foreach (var node in expr?.All() ?? [])
        {
            foreach (var step in node.PlaceOf() is { Steps.IsDefaultOrEmpty: false } place ? place.Steps : [])
                Relations.Add(step);
            switch (node)
            {
                case FactRead { Fact.Kept: Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear } read:
                    Facts.Add((read.Fact, read.Place.YearShift));
                    break;
                case FactRead read:
                    Facts.Add((read.Fact, 0));
                    break;
                case UniqueIn unique:
                    Facts.Add((unique.Key, 0));
                    break;
                case Aggregate aggregate:
                    Relations.Add(aggregate.Collection);
                    break;
                case VerdictRead verdict:
                    Verdicts.Add((verdict.StandardId, verdict.IndicatorId));
                    break;
                case TallyRead tally:
                    Tallies.Add(tally.Tally);
                    break;
            }
        }
    }
}
