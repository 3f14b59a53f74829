namespace Tuopin.Rules.Language;

/// <summary>Walks over bound expressions.</summary>
public static class ExprTree
{
    /// <summary>The direct parts of a node, left to right.</summary>
    public static IEnumerable<Expr> Parts(this Expr node) =>
        node switch
        {
            DerivedRead d => [d.Body],
            Has h => [h.Operand],
            Not n => [n.Operand],
            Negate n => [n.Operand],
            Logical l => [l.Left, l.Right],
            Arithmetic a => [a.Left, a.Right],
            Ratio r => [r.Numerator, r.Denominator],
            DivideHalfUp d => [d.Numerator, d.Denominator],
            Comparison c => [c.Left, c.Right],
            OneOf o => [o.Operand, .. o.Options],
            HasCode h => [h.Set, h.Code],
            Conditional c => [c.Test, c.Then, c.Otherwise],
            Aggregate { Filter: { } f, Body: { } b } => [f, b],
            Aggregate { Filter: { } f } => [f],
            Aggregate { Body: { } b } => [b],
            Call c => c.Arguments,
            _ => [],
        };

    /// <summary>The node and everything beneath it, parents first.</summary>
    public static IEnumerable<Expr> All(this Expr node)
    {
        var rest = new Stack<Expr>();
        rest.Push(node);
        while (rest.TryPop(out var next))
        {
            yield return next;
            foreach (var part in next.Parts().Reverse())
                rest.Push(part);
        }
    }

    /// <summary>The place a node reads from or scans, if it names one.</summary>
    public static Place? PlaceOf(this Expr node) =>
        node switch
        {
            FactRead f => f.Place,
            DerivedRead d => d.Place,
            UniqueIn u => u.Place,
            VerdictRead v => v.Place,
            TallyRead t => t.Place,
            Aggregate a => a.Source,
            _ => null,
        };

    /// <summary>Number of nodes and the deepest nesting.</summary>
    public static (int Count, int Depth) Size(this Expr node)
    {
        var (count, depth) = (1, 0);
        foreach (var part in node.Parts())
        {
            var (c, d) = part.Size();
            (count, depth) = (count + c, Math.Max(depth, d));
        }
        return (count, depth + 1);
    }
}
