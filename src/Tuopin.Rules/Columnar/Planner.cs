using System.Runtime.InteropServices;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Binds expressions to the columns of a snapshot: a tree of nodes, evaluated once for each chunk of rows.</summary>
internal sealed class Planner
{
    private readonly Snapshot snapshot;
    private readonly Overlay? overlay;
    private bool overlaying;

    // A part that stands in a bigger one, as when every step of a judgement is shown, is planned once. What an overlay replaces depends on where it stands.
    private readonly Dictionary<Expr, BoolNode> flags = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, NumberNode> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, BoundsNode> bounds = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, FractionNode> fractions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Parameter, ParameterNode> parameters = [];

    public Planner(Snapshot snapshot, Overlay? overlay, params IEnumerable<Expr> expressions)
    {
        this.snapshot = snapshot;
        this.overlay = overlay;
        var texts = new List<string>();
        foreach (var expression in expressions)
            CollectTexts(expression, texts);
        foreach (var set in overlay?.Sets ?? [])
        {
            CollectTexts(set.To, texts);
            if (set.Where is not null)
                CollectTexts(set.Where, texts);
        }
        Texts = new Texts(snapshot.Texts, texts);
    }

    public Texts Texts { get; }

    /// <summary>Binds a boolean.</summary>
    public BoolNode Flag(Expr expr) => Once(flags, expr, PlanFlag);

    private BoolNode PlanFlag(Expr expr) =>
        expr switch
        {
            Constant c => c.Value.Number != 0 ? ConstantFlag.True : ConstantFlag.False,
            FactRead f => FlagFact(f),
            DerivedRead d => Flag(d.Body),
            ParameterRead p => new NumberCompare(ComparisonOperator.NotEqual, Number(p), new ConstantNumber(0)),
            Has h => Has(h),
            Not n => new NotNode(Flag(n.Operand)),
            Logical l => RangeFusion.Fuse(this, l) ?? new LogicalNode(l.IsAnd, Flag(l.Left), Flag(l.Right)),
            Comparison c => Comparisons.Plan(this, c),
            OneOf { Options.IsEmpty: true } => ConstantFlag.False,
            OneOf { Operand.Type.Kind: Kind.Bool } o => FlagOneOf(o),
            OneOf o => new OneOfNode(Number(o.Operand), OneOfNode.Ranges(o.Options.Select(ConstantOf))),
            HasCode h => new HasCodeNode(Number(h.Set), (int)h.Code.Value.Number),
            Conditional c => new FlagConditional(Flag(c.Test), Flag(c.Then), Flag(c.Otherwise)),
            Aggregate { Kind: AggregateKind.All } a => new QuantifierNode(true, CollectionOf(a), Implication(a)),
            Aggregate { Kind: AggregateKind.Exists } a => new QuantifierNode(false, CollectionOf(a), Conjunction(a)),
            Call { Function: Function.StartsWith or Function.EndsWith or Function.Contains } c => new TextTest(
                c.Function,
                Number(c.Arguments[0]),
                Number(c.Arguments[1]),
                Texts
            ),
            UniqueIn u => new FlagRead(u.Place, snapshot[u.Place.Type].Unique(u.Level, u.Key)),
            VerdictRead v => Verdict(v),
            _ => throw new NotSupportedException($"{expr.GetType().Name} is not a boolean"),
        };

    /// <summary>Binds an exact number; bounds are known where both ends are the same.</summary>
    public NumberNode Number(Expr expr) => Once(numbers, expr, PlanNumber);

    private NumberNode PlanNumber(Expr expr)
    {
        if (IsBounded(expr))
            return new CollapsedNumber(Bounds(expr));
        return expr switch
        {
            Constant c => new ConstantNumber(ConstantOf(c)),
            DayRead => new ConstantNumber(snapshot.Day.Number),
            ParameterRead p => Parameter(p.Parameter),
            FactRead f => NumberFact(f),
            DerivedRead d => Number(d.Body),
            Negate n => new ArithmeticNode(ArithmeticOperator.Subtract, new ConstantNumber(0), Number(n.Operand)),
            Arithmetic a => new ArithmeticNode(a.Operator, Number(a.Left), Number(a.Right)),
            DivideHalfUp d => Division(d),
            Conditional c => new NumberConditional(Flag(c.Test), Number(c.Then), Number(c.Otherwise)),
            Aggregate { Kind: AggregateKind.Count } a => new SizeNode(CollectionOf(a)),
            Aggregate { Kind: AggregateKind.Sum or AggregateKind.Min or AggregateKind.Max } a => Fold(a),
            Call { Function: Function.Age } c => new AgeNode(Number(c.Arguments[0]), Number(c.Arguments[1])),
            Call { Function: Function.Size } c => new SizeOfText(Number(c.Arguments[0]), Texts),
            Call c => new CallNode(c.Function, Number(c.Arguments[0]), c.Arguments.Length > 1 ? Number(c.Arguments[1]) : null),
            _ => throw new NotSupportedException($"{expr.GetType().Name} is not a number"),
        };
    }

    /// <summary>Binds a pair of bounds.</summary>
    public BoundsNode Bounds(Expr expr) => Once(bounds, expr, PlanBounds);

    private BoundsNode PlanBounds(Expr expr)
    {
        if (!IsBounded(expr))
            return new ExactBounds(Number(expr));
        return expr switch
        {
            DerivedRead d => Bounds(d.Body),
            Negate n => new BoundsArithmetic(ArithmeticOperator.Subtract, new ExactBounds(new ConstantNumber(0)), Bounds(n.Operand)),
            Arithmetic a => new BoundsArithmetic(a.Operator, Bounds(a.Left), Bounds(a.Right)),
            Conditional c => new BoundsConditional(Flag(c.Test), Bounds(c.Then), Bounds(c.Otherwise)),
            Aggregate { Kind: AggregateKind.Count } a => new CountNode(CollectionOf(a), Conjunction(a)),
            TallyRead t => Tally(t),
            _ => throw new NotSupportedException($"{expr.GetType().Name} has no bounds"),
        };
    }

    /// <summary>Binds a quotient; a plain number is itself over one.</summary>
    public FractionNode Fraction(Expr expr) => Once(fractions, expr, PlanFraction);

    private FractionNode PlanFraction(Expr expr) =>
        expr switch
        {
            Ratio r => new RatioNode(Bounds(r.Numerator), Bounds(r.Denominator)),
            DerivedRead { Type.Kind: Kind.Ratio } d => Fraction(d.Body),
            Conditional { Type.Kind: Kind.Ratio } c => new FractionConditional(Flag(c.Test), Fraction(c.Then), Fraction(c.Otherwise)),
            Aggregate { Kind: AggregateKind.Share } a => new ShareNode(CollectionOf(a), a.Filter is null ? null : Flag(a.Filter), Flag(a.Body!)),
            Aggregate { Kind: AggregateKind.Avg } a => new AverageNode(Fold(a)),
            _ => new WholeFraction(Bounds(expr)),
        };

    /// <summary>Whether the value can be a pair of two different numbers: a plain <c>count()</c> cannot.</summary>
    public static bool IsBounded(Expr expr) =>
        expr.Bounded
        && expr switch
        {
            Aggregate { Kind: AggregateKind.Count } a => !IsPlainCount(a),
            DerivedRead d => IsBounded(d.Body),
            Negate n => IsBounded(n.Operand),
            Arithmetic a => IsBounded(a.Left) || IsBounded(a.Right),
            Ratio r => IsBounded(r.Numerator) || IsBounded(r.Denominator),
            Conditional c => IsBounded(c.Then) || IsBounded(c.Otherwise),
            _ => true,
        };

    private static bool IsPlainCount(Aggregate count) => count is { Filter: null, Body: null or Constant { Value.Number: 1 } };

    private T Once<T>(Dictionary<Expr, T> planned, Expr expr, Func<Expr, T> plan)
        where T : class
    {
        if (overlay is not null)
            return plan(expr);
        if (!planned.TryGetValue(expr, out var node))
            planned.Add(expr, node = plan(expr));
        return node;
    }

    private static void CollectTexts(Expr expr, List<string> texts)
    {
        if (expr is Constant { Type.Kind: Kind.Text } constant)
            texts.Add(constant.Value.Text ?? "");
        foreach (var part in expr.Parts())
            CollectTexts(part, texts);
    }

    private long ConstantOf(Constant constant) => constant.Type.Kind == Kind.Text ? Texts.NumberOf(constant.Value.Text ?? "") : constant.Value.Number;

    private Collection CollectionOf(Aggregate aggregate) => new(aggregate.Source, aggregate.Collection, aggregate.Item);

    private BoolNode Conjunction(Aggregate aggregate) =>
        (aggregate.Filter, aggregate.Body) switch
        {
            (null, null) => ConstantFlag.True,
            (null, { } body) => Flag(body),
            ({ } filter, null) => Flag(filter),
            ({ } filter, { } body) => new LogicalNode(true, Flag(filter), Flag(body)),
        };

    private BoolNode Implication(Aggregate aggregate) =>
        aggregate.Filter is null ? Flag(aggregate.Body!) : new LogicalNode(false, new NotNode(Flag(aggregate.Filter)), Flag(aggregate.Body!));

    private FoldNode Fold(Aggregate aggregate) =>
        new(aggregate.Kind, CollectionOf(aggregate), aggregate.Filter is null ? null : Flag(aggregate.Filter), Number(aggregate.Body!));

    private BoolNode Has(Has has) =>
        has.Operand.Type.Kind switch
        {
            Kind.Bool => new HasNode(null, Flag(has.Operand)),
            Kind.Ratio => new HasQuotient(Fraction(has.Operand)),
            _ => new HasNode(Number(has.Operand), null),
        };

    private FlagCompare FlagEquals(BoolNode flag, bool value) => new(true, flag, value ? ConstantFlag.True : ConstantFlag.False);

    private BoolNode FlagOneOf(OneOf oneOf)
    {
        var operand = Flag(oneOf.Operand);
        return oneOf.Options.Select(o => (BoolNode)FlagEquals(operand, o.Value.Number != 0)).Aggregate((a, b) => new LogicalNode(false, a, b));
    }

    /// <summary>The quotient in units of its type: the binder has widened the numerator, rules written by hand may not have.</summary>
    private DivideNode Division(DivideHalfUp divide)
    {
        var (top, bottom) = (Number(divide.Numerator), Number(divide.Denominator));
        var shift = divide.Type.Scale - divide.Numerator.Type.Scale + divide.Denominator.Type.Scale;
        for (; shift > 0; shift--)
            top = new ArithmeticNode(ArithmeticOperator.Multiply, top, new ConstantNumber(10));
        for (; shift < 0; shift++)
            bottom = new ArithmeticNode(ArithmeticOperator.Multiply, bottom, new ConstantNumber(10));
        return new DivideNode(top, bottom);
    }

    private NumberNode Parameter(Parameter parameter) =>
        overlay is not null && overlay.Parameters.TryGetValue(parameter.Id, out var value)
            ? new ConstantNumber(value.Number)
            : CollectionsMarshal.GetValueRefOrAddDefault(parameters, parameter, out _) ??= new ParameterNode(parameter, snapshot.Day);

    private Column? Column(FactRead read)
    {
        var shift = read.Fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear ? read.Place.YearShift : 0;
        var column = snapshot[read.Place.Type].Find(read.Fact, shift);
        if (column is null)
            snapshot.RequireLoose($"fact {read.Fact}{(shift == 0 ? "" : $" {shift} years")}");
        return column;
    }

    private BoolNode FlagFact(FactRead read)
    {
        BoolNode node = Column(read) is FlagColumn column ? new FlagRead(read.Place, column) : ConstantFlag.Unknown;
        foreach (var set in SetsOf(read))
            node = Overlaid(() => new FlagOverlay(read.Place, set.Item, Condition(set), Flag(set.To), node));
        return node;
    }

    private NumberNode NumberFact(FactRead read)
    {
        var shift = read.Fact.Type.Kind == Kind.Text ? Texts.Shift : 0;
        NumberNode node = Column(read) is NumberColumn column ? new NumberRead(read.Place, column, shift) : ConstantNumber.Unknown;
        foreach (var set in SetsOf(read))
            node = Overlaid(() => new OverlaidNumber(read.Place, set.Item, Condition(set), Number(set.To), node));
        return node;
    }

    private BoolNode Condition(OverlaySet set) => set.Where is null ? ConstantFlag.True : Flag(set.Where);

    /// <summary>What an overlay reads is as it is stored: all replacements happen at once.</summary>
    private IEnumerable<OverlaySet> SetsOf(FactRead read) =>
        overlay is null || read.Place.YearShift != 0 || overlaying ? [] : overlay.Sets.Where(s => s.Fact == read.Fact);

    private T Overlaid<T>(Func<T> plan)
    {
        overlaying = true;
        var node = plan();
        overlaying = false;
        return node;
    }

    private BoolNode Verdict(VerdictRead read)
    {
        var table = snapshot[read.Place.Type];
        if (table.Verdicts.TryGetValue((read.StandardId, read.IndicatorId), out var column))
            return new FlagRead(read.Place, column);
        snapshot.RequireLoose($"verdict {read.StandardId}.{read.IndicatorId}");
        return ConstantFlag.Unknown;
    }

    private BoundsNode Tally(TallyRead read)
    {
        if (snapshot[read.Place.Type].Tallies.TryGetValue(read.Tally.Id, out var column))
            return new TallyNode(read.Place, column);
        snapshot.RequireLoose($"tally {read.Tally.Id}");
        return new ExactBounds(ConstantNumber.Unknown);
    }
}
