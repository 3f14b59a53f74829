using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

internal sealed partial class Binder
{
    private static readonly Dictionary<string, AggregateKind> Macros = new(StringComparer.Ordinal)
    {
        ["all"] = AggregateKind.All,
        ["exists"] = AggregateKind.Exists,
        ["count"] = AggregateKind.Count,
        ["sum"] = AggregateKind.Sum,
        ["share"] = AggregateKind.Share,
        ["min"] = AggregateKind.Min,
        ["max"] = AggregateKind.Max,
        ["avg"] = AggregateKind.Avg,
    };

    internal static IEnumerable<string> MacroNames => Macros.Keys;

    private Expr Method(CallSyntax call)
    {
        // Filters are unwound first, so that one variable serves them and the macro at the end.
        var filters = new Stack<CallSyntax>();
        var target = call.Target!;
        while (target is CallSyntax { Name: "filter", Target: { } inner } filter)
        {
            filters.Push(filter);
            target = inner;
        }
        switch (Reach(target))
        {
            case AtCollection c:
                return Macro(call, c, filters);
            case AtPlace p when filters.Count == 0:
                return SubjectMethod(call, p.Place);
            case AtValue v when filters.Count == 0:
                return TextMethod(call, v.Expr);
            case var other:
                throw new RuleException(
                    filters.Peek().Span,
                    $"filter belongs to a collection, not to {(other is AtPlace one ? Article(one.Place.Type.Name) : "a value")}"
                );
        }
    }

    private Aggregate Macro(CallSyntax call, AtCollection collection, Stack<CallSyntax> filters)
    {
        if (call.Name == "filter")
            throw new RuleException(call.Span, "filter gives a collection: end with .exists(m, ..), .count() or another of the macros");
        if (!Macros.TryGetValue(call.Name, out var kind))
            throw new RuleException(call.Span, $"a collection has no '{call.Name}'{NearestName.Hint(call.Name, Macros.Keys.Append("filter"))}");
        var (source, relation) = (collection.Source, collection.Relation);
        if (source.YearShift != 0)
            throw new RuleException(collection.Span, "last_year is only for yearly facts, not for collections: write it at the fact of the item");
        var bare = call.Arguments.Length == 0 && kind == AggregateKind.Count;
        if (!bare && call.Arguments.Length != 2)
            throw new RuleException(
                call.Span,
                $"expected {call.Name}(m, ..){(kind == AggregateKind.Count ? " or count()" : "")}: a name for the item and what to ask of it"
            );
        var named = bare ? filters.LastOrDefault() : call;
        var item = new Variable(named is null ? "item" : ItemName(named), relation.Target);
        Expr? filter = null;
        foreach (var f in filters)
        {
            var one = Types.Condition(BodyOf(f, item));
            filter = filter is null ? one : new Logical(true, filter, one, f.Span);
        }
        var body = bare ? null : BodyOf(call, item);
        return new Aggregate(kind, source, relation, item, filter, body, TypeOf(kind, relation, body, call), call.Span);
    }

    private static ValueType TypeOf(AggregateKind kind, Relation relation, Expr? body, CallSyntax call)
    {
        var most = Ranges.MostIn(relation);
        switch (kind)
        {
            case AggregateKind.All or AggregateKind.Exists:
                Types.Condition(body!);
                return ValueType.Bool;
            case AggregateKind.Count:
                if (body is not null)
                    Types.Condition(body);
                return ValueType.Int(0, most);
            case AggregateKind.Share:
                Types.Condition(body!);
                return Ratio.RatioType;
            case AggregateKind.Min or AggregateKind.Max when body!.Type.Kind == Kind.Date:
                return body.Type;
            case AggregateKind.Min or AggregateKind.Max:
                return Types.Number(body!).Type;
            default:
                Types.Number(body!);
                var total = Ranges.Total(Ranges.Of(body!.Type), most);
                var type = Ranges.Fit(
                    body.Type.Kind,
                    body.Type.Scale,
                    total,
                    call.Span,
                    FormattableString.Invariant($"{call.Name} over {most} items")
                );
                return kind == AggregateKind.Avg ? Ratio.RatioType : type;
        }
    }

    private string ItemName(CallSyntax macro)
    {
        if (macro.Arguments.Length != 2)
            throw new RuleException(macro.Span, $"expected {macro.Name}(m, ..): a name for the item and what to ask of it");
        if (macro.Arguments[0] is not NameSyntax name)
            throw new RuleException(macro.Arguments[0].Span, $"expected a name for the item, as in {macro.Name}(m, ..)");
        if (names.ContainsKey(name.Name) || name.Name == "day")
            throw new RuleException(name.Span, $"'{name.Name}' already means something here: choose another name for the item");
        return name.Name;
    }

    private Expr BodyOf(CallSyntax macro, Variable item)
    {
        var name = ItemName(macro);
        names.Add(name, item);
        var body = Bind(macro.Arguments[1]);
        names.Remove(name);
        return body;
    }

    private Expr SubjectMethod(CallSyntax call, Place place)
    {
        if (place.YearShift != 0)
            throw new RuleException(call.Span, $"last_year is only for yearly facts, not for {call.Name}");
        return call.Name switch
        {
            "met" => Verdict(call, place),
            "tally" => TallyOf(call, place),
            _ when Macros.ContainsKey(call.Name) || call.Name == "filter" => throw new RuleException(
                call.Span,
                $"'{call.Name}' belongs to a collection, not to {Article(place.Type.Name)}; collections here: {ListOf(place.Type.Relations.Values.Where(r => r.Many).Select(r => r.Name))}"
            ),
            _ => throw new RuleException(call.Span, $"{place.Type.Name} has no '{call.Name}'{NearestName.Hint(call.Name, ["met", "tally"])}"),
        };
    }

    private VerdictRead Verdict(CallSyntax call, Place place)
    {
        RequireArguments(call, 2, "met('standard', 'indicator')");
        var (id, indicator) = (ConstantText(call.Arguments[0]), ConstantText(call.Arguments[1]));
        if (!scope.Standards.TryGetValue(id, out var standard))
            throw new RuleException(call.Arguments[0].Span, $"there is no standard '{id}'{NearestName.Hint(id, scope.Standards.Keys)}");
        if (!standard.Indicators.Contains(indicator))
            throw new RuleException(call.Arguments[1].Span, $"{id} has no indicator '{indicator}'{NearestName.Hint(indicator, standard.Indicators)}");
        if (standard.Level != place.Type)
            throw new RuleException(call.Span, $"{id} judges {standard.Level.Name}, not {place.Type.Name}");
        return new VerdictRead(place, id, indicator, call.Span);
    }

    private TallyRead TallyOf(CallSyntax call, Place place)
    {
        RequireArguments(call, 1, "tally('id')");
        var id = ConstantText(call.Arguments[0]);
        if (place.Type.Level is null)
            throw new RuleException(call.Span, $"tallies are kept per area: {place.Type.Name} is none");
        if (!scope.Tallies.TryGetValue(id, out var tally))
            throw Unknown(call.Arguments[0].Span, $"tally {id}", $"there is no tally '{id}'{NearestName.Hint(id, scope.Tallies.Keys)}");
        return new TallyRead(place, tally, call.Span);
    }

    private static string ListOf(IEnumerable<string> items) =>
        string.Join(", ", items.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";
}
