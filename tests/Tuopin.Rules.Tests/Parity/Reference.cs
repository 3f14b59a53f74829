using System.Numerics;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>
/// The meaning of the language said as plainly as it can be: one subject, one node at a time, bounds by trying all corners, fractions of any size. Slow,
/// and right by reading.
/// </summary>
public sealed class Reference(World world, SubjectNode root, Variable subject, JudgingDay day)
{
    private readonly Dictionary<Variable, SubjectNode> items = new() { [subject] = root };

    /// <exception cref="InvalidOperationException">The value leaves the range of its type, which the type check promised to all back ends.</exception>
    public Result Evaluate(Expr expr)
    {
        var result = Node(expr);
        if (
            expr.Type.IsNumeric
            && result.IsKnown
            && (result.Low.CompareTo(new((BigInteger)expr.Type.Min)) < 0 || result.High.CompareTo(new((BigInteger)expr.Type.Max)) > 0)
        )
            throw new InvalidOperationException($"{result} is outside {expr.Type.Min} to {expr.Type.Max}: {Show.Expression(expr)}");
        return result;
    }

    private Result Node(Expr expr) =>
        expr switch
        {
            Constant c => Of(c.Type, c.Value),
            ParameterRead p => p.Parameter.InForce(root.AreaCode, p.Parameter.IndexOn(day)) is { } found ? Of(p.Type, found.Value) : Result.Unknown,
            DayRead => Number(day.Number),
            FactRead f => Find(f.Place) is { } node && node.Facts.TryGetValue((f.Fact, Shift(f)), out var value) ? Of(f.Type, value) : Result.Unknown,
            DerivedRead d => Evaluate(d.Body),
            Has h => Flag(Evaluate(h.Operand) is { IsKnown: true } x && x.IsExact),
            Not n => Flag(!Truth(n.Operand)),
            Logical { IsAnd: true } l => Flag(And(Truth(l.Left), Truth(l.Right))),
            Logical l => Flag(Or(Truth(l.Left), Truth(l.Right))),
            Negate n => Corners(Evaluate(n.Operand), Number(-1), (a, b) => a * b),
            Arithmetic a => Computed(a),
            Ratio r => Evaluate(r.Denominator) is { IsKnown: true } under && under.Low > Fraction.Zero
                ? Corners(Evaluate(r.Numerator), under, (a, b) => a / b)
                : Result.Unknown,
            DivideHalfUp d => Divided(d),
            Comparison c => Flag(Compared(c)),
            OneOf { Options.IsEmpty: true } => Flag(false),
            OneOf o => Exact(o.Operand) is { IsKnown: true } x ? Flag(o.Options.Any(c => Of(c.Type, c.Value) == x)) : Result.Unknown,
            HasCode h => Exact(h.Set) is { IsKnown: true } set ? Flag(((long)set.Low.Top >> (int)h.Code.Value.Number & 1) == 1) : Result.Unknown,
            Conditional c => Truth(c.Test) is { } test ? Evaluate(test ? c.Then : c.Otherwise) : Result.Unknown,
            Aggregate a => Aggregated(a),
            Call c => Called(c, [.. c.Arguments.Select(Exact)]),
            UniqueIn u => Unique(u),
            VerdictRead v => Find(v.Place) is { } node && node.Verdicts.TryGetValue((v.StandardId, v.IndicatorId), out var met)
                ? Flag(met)
                : Result.Unknown,
            TallyRead t => Find(t.Place) is { } node && node.Tallies.TryGetValue(t.Tally.Id, out var bounds)
                ? new Result(new(bounds.Low), new(bounds.High))
                : Result.Unknown,
            _ => throw new NotSupportedException(expr.GetType().Name),
        };

    private static int Shift(FactRead f) => f.Fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear ? f.Place.YearShift : 0;

    private static Result Of(Rules.Model.ValueType type, Value value) => type.Kind == Kind.Text ? new Result(value.Text!) : Number(value.Number);

    private static Result Number(BigInteger number) => new(new(number), new(number));

    private static Result Flag(bool? truth) => truth is { } known ? Number(known ? 1 : 0) : Result.Unknown;

    private bool? Truth(Expr expr) => Evaluate(expr) is { IsKnown: true } x ? x.Low.Top == 1 : null;

    /// <summary>One value, where bounds will not do.</summary>
    private Result Exact(Expr expr) => Evaluate(expr) is { IsKnown: true, IsExact: true } x ? x : Result.Unknown;

    private static bool? And(bool? a, bool? b) =>
        a == false || b == false ? false
        : a is null || b is null ? null
        : true;

    private static bool? Or(bool? a, bool? b) => !And(!a, !b);

    private SubjectNode? Find(Place place)
    {
        var node = items[place.Variable];
        foreach (var step in place.Steps)
        {
            if (!node.Related.TryGetValue(step, out var next) || next.Count == 0)
                return null;
            node = next[0];
        }
        return node;
    }

    private static Result Corners(Result a, Result b, Func<Fraction, Fraction, Fraction> apply)
    {
        if (!a.IsKnown || !b.IsKnown)
            return Result.Unknown;
        Fraction[] corners = [apply(a.Low, b.Low), apply(a.Low, b.High), apply(a.High, b.Low), apply(a.High, b.High)];
        return new Result(corners.Min(), corners.Max());
    }

    private Result Computed(Arithmetic a) =>
        Corners(
            Evaluate(a.Left),
            Evaluate(a.Right),
            a.Operator switch
            {
                ArithmeticOperator.Add => (x, y) => x + y,
                ArithmeticOperator.Subtract => (x, y) => x - y,
                _ => (x, y) => x * y,
            }
        );

    private Result Divided(DivideHalfUp d)
    {
        var (a, b) = (Exact(d.Numerator), Exact(d.Denominator));
        if (!a.IsKnown || !b.IsKnown || b.Low <= Fraction.Zero)
            return Result.Unknown;
        var quotient = a.Low * Power(d.Type.Scale - ScaleOf(d.Numerator) + ScaleOf(d.Denominator)) / b.Low;
        var size = BigInteger.Abs(quotient.Top);
        var rounded = (2 * size + quotient.Under) / (2 * quotient.Under);
        return Number(rounded * quotient.Top.Sign);
    }

    private static Fraction Power(int exponent) =>
        exponent >= 0 ? new(BigInteger.Pow(10, exponent)) : new Fraction(1) / new Fraction(BigInteger.Pow(10, -exponent));

    private static int ScaleOf(Expr expr) =>
        expr switch
        {
            Ratio r => ScaleOf(r.Numerator) - ScaleOf(r.Denominator),
            DerivedRead d => ScaleOf(d.Body),
            Conditional { Type.Kind: Kind.Ratio } c => ScaleOf(c.Then),
            Aggregate { Kind: AggregateKind.Avg } a => ScaleOf(a.Body!),
            _ => expr.Type.Scale,
        };

    private bool? Compared(Comparison c)
    {
        var (left, right) = (Evaluate(c.Left), Evaluate(c.Right));
        if (!left.IsKnown || !right.IsKnown)
            return null;
        if (left.Text is not null)
            return Holds(c.Operator, ByCodePoint(left.Text, right.Text!));
        var (x, y) = (Power(-ScaleOf(c.Left)), Power(-ScaleOf(c.Right)));
        var (low, high) = ((left.Low * x).CompareTo(right.High * y), (left.High * x).CompareTo(right.Low * y));
        // Everything between the two orders is possible, 0 among them when they differ in sign.
        int[] possible = low > 0 || high < 0 ? [low] : [low, 0, high];
        var answers = possible.Select(order => Holds(c.Operator, order)).Distinct().ToArray();
        return answers.Length == 1 ? answers[0] : null;
    }

    private static bool Holds(ComparisonOperator op, int order) =>
        op switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };

    private static int ByCodePoint(string a, string b)
    {
        using var x = a.EnumerateRunes().GetEnumerator();
        using var y = b.EnumerateRunes().GetEnumerator();
        while (true)
        {
            var (more, moreOther) = (x.MoveNext(), y.MoveNext());
            if (!more || !moreOther)
                return more.CompareTo(moreOther);
            if (x.Current != y.Current)
                return x.Current.Value.CompareTo(y.Current.Value);
        }
    }

    private Result Aggregated(Aggregate a)
    {
        if (Find(a.Source) is not { } source)
            return Result.Unknown;
        var all = source.Related.TryGetValue(a.Collection, out var found) ? found : [];
        if (all.Count == 0 && a.Collection.Required)
            return Result.Unknown;
        items.TryGetValue(a.Item, out var outside);
        var rows = all.Select(item =>
            {
                items[a.Item] = item;
                return (Filter: a.Filter is null ? true : Truth(a.Filter), Body: a.Body is null ? Flag(true) : Evaluate(a.Body));
            })
            .ToArray();
        if (outside is not null)
            items[a.Item] = outside;
        return a.Kind switch
        {
            AggregateKind.All => Flag(rows.Aggregate((bool?)true, (so, r) => And(so, Or(!r.Filter, Known(r.Body))))),
            AggregateKind.Exists => Flag(rows.Aggregate((bool?)false, (so, r) => Or(so, And(r.Filter, Known(r.Body))))),
            AggregateKind.Count => Counted(rows),
            AggregateKind.Share => rows.Any(r => r.Filter is null) || !rows.Any(r => r.Filter == true)
                ? Result.Unknown
                : Corners(Counted(rows), Number(rows.Count(r => r.Filter == true)), (x, y) => x / y),
            _ => Measured(a.Kind, rows),
        };
    }

    private static bool? Known(Result x) => x.IsKnown ? x.Low.Top == 1 : null;

    private static Result Counted((bool? Filter, Result Body)[] rows)
    {
        var sure = rows.Count(r => And(r.Filter, Known(r.Body)) == true);
        var unsure = rows.Count(r => And(r.Filter, Known(r.Body)) is null);
        return new Result(new(sure), new(sure + unsure));
    }

    private static Result Measured(AggregateKind kind, (bool? Filter, Result Body)[] rows)
    {
        if (rows.Any(r => r.Filter is null || r.Filter == true && !(r.Body.IsKnown && r.Body.IsExact)))
            return Result.Unknown;
        var numbers = rows.Where(r => r.Filter == true).Select(r => r.Body.Low).ToArray();
        if (numbers.Length == 0)
            return kind == AggregateKind.Sum ? Number(0) : Result.Unknown;
        var value = kind switch
        {
            AggregateKind.Min => numbers.Min(),
            AggregateKind.Max => numbers.Max(),
            AggregateKind.Sum => numbers.Aggregate((x, y) => x + y),
            _ => numbers.Aggregate((x, y) => x + y) / new Fraction(numbers.Length),
        };
        return new Result(value, value);
    }

    private static Result Called(Call call, Result[] arguments)
    {
        if (arguments.Any(a => !a.IsKnown))
            return Result.Unknown;
        if (arguments[0].Text is { } text)
            return call.Function switch
            {
                Function.Size => Number(text.EnumerateRunes().Count()),
                Function.StartsWith => Flag(text.StartsWith(arguments[1].Text!, StringComparison.Ordinal)),
                Function.EndsWith => Flag(text.EndsWith(arguments[1].Text!, StringComparison.Ordinal)),
                _ => Flag(text.Contains(arguments[1].Text!, StringComparison.Ordinal)),
            };
        var a = (long)arguments[0].Low.Top;
        var b = arguments.Length > 1 ? (long)arguments[1].Low.Top : 0;
        return call.Function switch
        {
            Function.Age => Age(DayNumber.ToDate(a), DayNumber.ToDate(b)),
            Function.MonthsBetween => Number(Months(DayNumber.ToDate(a), DayNumber.ToDate(b))),
            Function.DaysBetween => Number(DayNumber.ToDate(b).DayNumber - DayNumber.ToDate(a).DayNumber),
            Function.AddMonths => Shifted(DayNumber.ToDate(a), (int)b),
            Function.Year => Number(DayNumber.ToDate(a).Year),
            Function.Month => Number(DayNumber.ToDate(a).Month),
            Function.MinOf => Number(Math.Min(a, b)),
            Function.MaxOf => Number(Math.Max(a, b)),
            _ => Number(Math.Abs(a)),
        };
    }

    /// <summary>A birthday on 29 February is kept on 1 March in common years.</summary>
    private static Result Age(DateOnly birth, DateOnly on)
    {
        if (on < birth)
            return Result.Unknown;
        var isLeapDay = birth is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(on.Year);
        var birthday = isLeapDay ? new DateOnly(on.Year, 3, 1) : new DateOnly(on.Year, birth.Month, birth.Day);
        return Number(on.Year - birth.Year - (on < birthday ? 1 : 0));
    }

    private static Result Shifted(DateOnly day, int months) =>
        day.Year * 12 + day.Month - 1 + months is >= 12 and < 120_000 ? Number(DayNumber.Of(day.AddMonths(months))) : Result.Unknown;

    private static int Months(DateOnly a, DateOnly b)
    {
        if (b < a)
            return -Months(b, a);
        var months = (b.Year - a.Year) * 12 + b.Month - a.Month;
        return b.Day < a.Day ? months - 1 : months;
    }

    private Result Unique(UniqueIn u)
    {
        if (Find(u.Place) is not { } node || !node.Facts.TryGetValue((u.Key, 0), out var key))
            return Result.Unknown;
        var digits = u.Level switch
        {
            AreaLevel.Nation => 0,
            AreaLevel.Province => 2,
            AreaLevel.City => 4,
            AreaLevel.County => 6,
            AreaLevel.Township => 9,
            _ => 12,
        };
        string Area(SubjectNode n) => n.AreaCode.ToString("000000000000", System.Globalization.CultureInfo.InvariantCulture)[..digits];
        return Flag(
            !world.Of(node.Type).Any(n => n != node && Area(n) == Area(node) && n.Facts.TryGetValue((u.Key, 0), out var other) && other == key)
        );
    }
}
