using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>A derived fact as written.</summary>
internal sealed record PendingDerived(
    SubjectType Subject,
    string Name,
    Label Label,
    RuleText Formula,
    string? Unit,
    ImmutableArray<string> Titles,
    Span Span
);

/// <summary>Binds derived facts when a rule first names them, so that their order in the files does not matter; a circle is refused by name.</summary>
internal sealed class DerivedFacts(Dictionary<(SubjectType, string), PendingDerived> pending, RuleCompiler compiler, Findings findings)
{
    private const int DeepestChain = 64;
    private readonly List<PendingDerived> open = [];
    private readonly HashSet<(SubjectType, string)> failed = [];

    public IEnumerable<string> NamesOf(SubjectType type) => pending.Keys.Where(k => k.Item1 == type).Select(k => k.Item2);

    public void BindAll()
    {
        foreach (var derived in pending.Values)
            try
            {
                Find(derived.Subject, derived.Name, derived.Span);
            }
            catch (RuleException e) when (e.Consequent)
            {
                // Reported where the fault is.
                continue;
            }
    }

    public Fact? Find(SubjectType type, string name, Span span)
    {
        if (type.Facts.TryGetValue(name, out var bound))
            return bound;
        if (!pending.TryGetValue((type, name), out var derived))
            return null;
        if (failed.Contains((type, name)))
            throw new RuleException(span, $"{type.Name}.{name} has a fault of its own") { Consequent = true };
        if (open.IndexOf(derived) is var start and >= 0)
            throw new RuleException(
                span,
                $"derived facts go in a circle: {string.Join(" -> ", open.Skip(start).Append(derived).Select(d => $"{d.Subject.Name}.{d.Name}"))}"
            );
        if (open.Count >= DeepestChain)
            throw new RuleException(span, FormattableString.Invariant($"derived facts lead through one another more than {DeepestChain} deep"));
        return Bind(derived, span);
    }

    private Fact Bind(PendingDerived derived, Span asked)
    {
        open.Add(derived);
        try
        {
            var self = new Variable(derived.Subject.Name, derived.Subject);
            var formula = compiler.Formula(derived.Formula, self, Expectation.Shown);
            var fact = new Fact(derived.Subject, derived.Name, derived.Label, formula.Type, Kept.Derived)
            {
                Self = self,
                Formula = formula,
                Unit = derived.Unit,
                Titles = derived.Titles,
            };
            derived.Subject.Facts.Add(fact.Name, fact);
            return fact;
        }
        catch (RuleException e)
        {
            failed.Add((derived.Subject, derived.Name));
            if (!e.Consequent)
                findings.All.Add(e.ToDiagnostic());
            throw new RuleException(asked, $"{derived.Subject.Name}.{derived.Name} has a fault of its own") { Consequent = true };
        }
        finally
        {
            open.RemoveAt(open.Count - 1);
        }
    }
}
