using System.Globalization;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

/// <summary>Gives names and types to one parsed expression. Stops at its first fault.</summary>
internal sealed partial class Binder(RuleScope scope, Variable subject)
{
    private const int MostNodes = 20_000;
    private const int DeepestTree = 600;
    private readonly Dictionary<string, Variable> names = new(StringComparer.Ordinal) { [subject.Name] = subject };
    private int written;

    /// <summary>What a chain of names has come to: a subject, a collection of subjects, or a value.</summary>
    private abstract record Reached(Span Span);

    private sealed record AtPlace(Place Place, Span Span) : Reached(Span);

    private sealed record AtCollection(Place Source, Relation Relation, Span Span) : Reached(Span);

    private sealed record AtValue(Expr Expr) : Reached(Expr.Span);

    /// <param name="tree">What was written.</param>
    /// <param name="hint">The type of the other side, which tells what a quoted text means.</param>
    public Expr Bind(Syntax tree, ValueType? hint = null) =>
        tree switch
        {
            NumberSyntax n => Number(n),
            TextSyntax t => Text(t, hint),
            BoolSyntax b => new Constant(ValueType.Bool, b.Value, b.Span),
            UnarySyntax u => Unary(u),
            BinarySyntax b => Binary(b),
            ConditionalSyntax c => Choice(c, hint),
            ListSyntax l => throw new RuleException(l.Span, "a list stands only after 'in'"),
            _ => Reach(tree) switch
            {
                AtValue v => v.Expr,
                AtPlace p => throw new RuleException(p.Span, $"expected a value, found {Article(p.Place.Type.Name)}: name one of its facts"),
                AtCollection c => throw new RuleException(
                    c.Span,
                    $"{c.Relation} is a collection: ask .exists(m, ..), .all(m, ..), .count(..), .sum(m, ..), .share(m, ..), .min, .max or .avg"
                ),
                _ => throw new InvalidOperationException(tree.ToString()),
            },
        };

    private Reached Reach(Syntax tree) =>
        tree switch
        {
            NameSyntax n => Named(n),
            MemberSyntax m => Member(m),
            CallSyntax { Target: null } c => new AtValue(Function(c)),
            CallSyntax c => new AtValue(Method(c)),
            _ => new AtValue(Bind(tree)),
        };

    private Reached Named(NameSyntax name)
    {
        if (names.TryGetValue(name.Name, out var variable))
            return new AtPlace(new Place(variable, []), name.Span);
        if (name.Name == "day")
            return new AtValue(new DayRead(name.Span));
        var known = names.Keys.Append("day");
        var hint = NearestName.Hint(name.Name, known.Concat(FunctionNames));
        throw new RuleException(
            name.Span,
            $"unknown name '{name.Name}'{(hint == "" ? $"; known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}" : hint)}"
        );
    }

    private Reached Member(MemberSyntax member)
    {
        switch (Reach(member.Target))
        {
            case AtPlace p:
                return Step(p.Place, member);
            case AtCollection c:
                throw new RuleException(
                    member.Span,
                    $"{c.Relation} is a collection: '{member.Name}' belongs to its items; write .exists(m, m.{member.Name} ..)"
                );
            case AtValue v:
                throw new RuleException(member.Span, $"{Types.Name(v.Expr)} has no '{member.Name}'");
            default:
                throw new InvalidOperationException();
        }
    }

    private Reached Step(Place place, MemberSyntax member)
    {
        var (type, name) = (place.Type, member.Name);
        if (name == "last_year")
            return place.YearShift > -5
                ? new AtPlace(place with { YearShift = place.YearShift - 1 }, member.Span)
                : throw new RuleException(member.Span, "last_year goes back five years at most");
        if (type.Relations.TryGetValue(name, out var relation))
            return relation.Many
                ? new AtCollection(place, relation, member.Span)
                : new AtPlace(place with { Steps = place.Steps.Add(relation) }, member.Span);
        if (!type.Facts.TryGetValue(name, out var fact))
            fact = scope.Derived(type, name, member.Span);
        if (fact is null)
            throw Unknown(
                member.Span,
                $"{type.Name}.{name}",
                $"{type.Name} has no fact or relation '{name}'{NearestName.Hint(name, MembersOf(type))}"
            );
        return new AtValue(fact.Kept == Kept.Derived ? WrittenIn(place, fact, member.Span) : new FactRead(place, fact, member.Span));
    }

    private IEnumerable<string> MembersOf(SubjectType type) =>
        type.Facts.Keys.Concat(type.Relations.Keys).Concat(scope.DerivedNames(type)).Append("last_year");

    private DerivedRead WrittenIn(Place place, Fact fact, Span span)
    {
        var body = new Substitution(fact.Self, place).Apply(fact.Formula!);
        var (count, depth) = body.Size();
        written += count;
        if (written > MostNodes || depth > DeepestTree)
            throw new RuleException(span, $"the rule grows too large when {fact} and its derived facts are written in");
        return new DerivedRead(place, fact, body, span);
    }

    private RuleException Unknown(Span span, string name, string message) => new(span, message) { Consequent = scope.Faulty.Contains(name) };

    private static Constant Number(NumberSyntax n)
    {
        var dot = n.Digits.IndexOf('.');
        var scale = dot < 0 ? 0 : n.Digits.Length - dot - 1;
        var digits = n.Digits.Replace(".", "", StringComparison.Ordinal);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new RuleException(n.Span, $"{n.Digits} is more than 63 bits hold");
        return new Constant(scale == 0 ? ValueType.Int(number, number) : ValueType.Decimal(scale, number, number), number, n.Span);
    }

    private static Constant Text(TextSyntax t, ValueType? hint)
    {
        if (hint is not { Kind: Kind.Code or Kind.Codes, List: { } list })
            return new Constant(ValueType.Text, t.Value, t.Span);
        var entry = list.Find(t.Value);
        if (entry is null)
        {
            var near = NearestName.Hint(t.Value, list.Entries.SelectMany(e => new[] { e.Key, e.Label.Zh }));
            throw new RuleException(t.Span, $"code list {list.Name} has no entry '{t.Value}'{near}");
        }
        return new Constant(ValueType.Code(list), entry.Number, t.Span);
    }

    private Expr Choice(ConditionalSyntax c, ValueType? hint)
    {
        var test = Types.Condition(Bind(c.Test));
        var (then, otherwise) = Pair(c.Then, c.Otherwise, hint);
        if (then.Type.IsNumeric && otherwise.Type.IsNumeric)
        {
            (then, otherwise) = Scaling.Align(then, otherwise, c.Span);
            var range = Ranges.Union(Ranges.Of(then.Type), Ranges.Of(otherwise.Type));
            return new Conditional(test, then, otherwise, Ranges.Fit(then.Type.Kind, then.Type.Scale, range, c.Span, "this choice"), c.Span);
        }
        if (then.Type.Kind == Kind.Ratio || otherwise.Type.Kind == Kind.Ratio)
            throw Types.Mismatch(then.Type.Kind == Kind.Ratio ? then : otherwise, "a value");
        if (then.Type.Kind != otherwise.Type.Kind || then.Type.List != otherwise.Type.List)
            throw new RuleException(c.Span, $"the two values of ?: are {Types.Name(then)} and {Types.Name(otherwise)}");
        return new Conditional(
            test,
            then,
            otherwise,
            then.Type with
            {
                Min = Int128.Min(then.Type.Min, otherwise.Type.Min),
                Max = Int128.Max(then.Type.Max, otherwise.Type.Max),
            },
            c.Span
        );
    }

    /// <summary>Binds two sides, the one that tells the type first: in <c>'head' == m.relation</c> the right one.</summary>
    private (Expr Left, Expr Right) Pair(Syntax left, Syntax right, ValueType? hint = null)
    {
        if (TakesHint(left) && !TakesHint(right))
        {
            var known = Bind(right, hint);
            return (Bind(left, hint ?? known.Type), known);
        }
        var first = Bind(left, hint);
        return (first, Bind(right, hint ?? first.Type));
    }

    private static bool TakesHint(Syntax tree) => tree is TextSyntax || tree is ConditionalSyntax c && TakesHint(c.Then) && TakesHint(c.Otherwise);

    private static string Article(string noun) => $"{("aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a")} {noun}";
}
