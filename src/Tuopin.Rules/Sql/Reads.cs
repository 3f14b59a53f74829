using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Which variables an expression reads from outside, and of which of them a fact of the link.</summary>
internal sealed class Reads(Func<Parameter, bool> variesByArea, Variable subject)
{
    public HashSet<Variable> Free { get; } = [];
    public HashSet<Variable> Links { get; } = [];

    public void Visit(Expr? expr)
    {
        switch (expr)
        {
            case null or Constant or DayRead:
                break;
            case ParameterRead p:
                if (variesByArea(p.Parameter))
                    Free.Add(subject);
                break;
            case FactRead f:
                Add(f.Place);
                if (f.Fact.Kept == Kept.Link && f.Place.Steps.IsDefaultOrEmpty)
                    Links.Add(f.Place.Variable);
                break;
            case DerivedRead d:
                Visit(d.Body);
                break;
            case Has h:
                Visit(h.Operand);
                break;
            case Not n:
                Visit(n.Operand);
                break;
            case Negate n:
                Visit(n.Operand);
                break;
            case Logical l:
                Visit(l.Left, l.Right);
                break;
            case Arithmetic a:
                Visit(a.Left, a.Right);
                break;
            case Ratio r:
                Visit(r.Numerator, r.Denominator);
                break;
            case DivideHalfUp d:
                Visit(d.Numerator, d.Denominator);
                break;
            case Comparison c:
                Visit(c.Left, c.Right);
                break;
            case OneOf o:
                Visit(o.Operand);
                break;
            case HasCode h:
                Visit(h.Set);
                break;
            case Conditional c:
                Visit(c.Test, c.Then, c.Otherwise);
                break;
            case Call c:
                Visit([.. c.Arguments]);
                break;
            case UniqueIn u:
                Add(u.Place);
                break;
            case VerdictRead v:
                Add(v.Place);
                break;
            case TallyRead t:
                Add(t.Place);
                break;
            case Aggregate a:
                VisitMacro(a);
                break;
            default:
                throw new NotSupportedException($"{expr.GetType().Name} has no SQL");
        }
    }

    private void Visit(params ReadOnlySpan<Expr> all)
    {
        foreach (var expr in all)
            Visit(expr);
    }

    private void VisitMacro(Aggregate a)
    {
        var outside = Free.Contains(a.Item);
        Add(a.Source);
        Visit(a.Filter);
        Visit(a.Body);
        if (!outside)
            Free.Remove(a.Item);
    }

    private void Add(Place place) => Free.Add(place.Variable);
}
