using System.Collections.Immutable;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Language;

/// <summary>
/// Writes the formula of a derived fact into a rule: the formula's own variable becomes a place of the rule, and the items of its macros become new
/// variables, so that one formula used twice never shares a name.
/// </summary>
internal sealed class Substitution(Variable self, Place place)
{
    private readonly Dictionary<Variable, Place> places = new() { [self] = place };

    public Expr Apply(Expr e) =>
        e switch
        {
            FactRead f => f with { Place = At(f.Place) },
            DerivedRead d => d with { Place = At(d.Place), Body = Apply(d.Body) },
            UniqueIn u => u with { Place = At(u.Place) },
            VerdictRead v => v with { Place = At(v.Place) },
            TallyRead t => t with { Place = At(t.Place) },
            Has h => h with { Operand = Apply(h.Operand) },
            Not n => n with { Operand = Apply(n.Operand) },
            Negate n => n with { Operand = Apply(n.Operand) },
            Logical l => l with { Left = Apply(l.Left), Right = Apply(l.Right) },
            Arithmetic a => a with { Left = Apply(a.Left), Right = Apply(a.Right) },
            Ratio r => r with { Numerator = Apply(r.Numerator), Denominator = Apply(r.Denominator) },
            DivideHalfUp d => d with { Numerator = Apply(d.Numerator), Denominator = Apply(d.Denominator) },
            Comparison c => c with { Left = Apply(c.Left), Right = Apply(c.Right) },
            OneOf o => o with { Operand = Apply(o.Operand) },
            HasCode h => h with { Set = Apply(h.Set) },
            Conditional c => c with { Test = Apply(c.Test), Then = Apply(c.Then), Otherwise = Apply(c.Otherwise) },
            Call c => c with { Arguments = [.. c.Arguments.Select(Apply)] },
            Aggregate a => Macro(a),
            _ => e,
        };

    private Aggregate Macro(Aggregate a)
    {
        var item = new Variable(a.Item.Name, a.Item.Type);
        places[a.Item] = new Place(item, ImmutableArray<Relation>.Empty);
        return a with
        {
            Source = At(a.Source),
            Item = item,
            Filter = a.Filter is null ? null : Apply(a.Filter),
            Body = a.Body is null ? null : Apply(a.Body),
        };
    }

    private Place At(Place inner)
    {
        if (!places.TryGetValue(inner.Variable, out var outer))
            return inner;
        return new Place(outer.Variable, outer.Steps.AddRange(inner.Steps), outer.YearShift + inner.YearShift);
    }
}
