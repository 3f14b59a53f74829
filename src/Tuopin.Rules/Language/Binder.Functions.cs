using System.Globalization;
using Tuopin.Rules.Model;
using ValueType = Tuopin.Rules.Model.ValueType;

namespace Tuopin.Rules.Language;

internal sealed partial class Binder
{
    private const int MostMonths = 120_000;

    internal static readonly string[] FunctionNames =
    [
        "has",
        "age",
        "months_between",
        "days_between",
        "add_months",
        "year",
        "month",
        "size",
        "min_of",
        "max_of",
        "abs",
        "div_half_up",
        "param",
        "unique_in",
        "yuan",
        "date",
    ];

    private Expr Function(CallSyntax call) =>
        call.Name switch
        {
            "has" => Presence(call),
            "age" => OfDays(call, Language.Function.Age, "age(birth, on)", 0, 9_998),
            "months_between" => OfDays(call, Language.Function.MonthsBetween, "months_between(from, to)", -MostMonths, MostMonths),
            "days_between" => OfDays(call, Language.Function.DaysBetween, "days_between(from, to)", -3_660_000, 3_660_000),
            "add_months" => AddMonths(call),
            "year" => OfDay(call, Language.Function.Year, 1, 9_999),
            "month" => OfDay(call, Language.Function.Month, 1, 12),
            "size" => Size(call),
            "min_of" or "max_of" => MinMax(call),
            "abs" => Abs(call),
            "div_half_up" => DivideHalfUp(call),
            "param" => ParameterOf(call),
            "unique_in" => Unique(call),
            "yuan" => Yuan(call),
            "date" => Date(call),
            _ => throw new RuleException(
                call.Span,
                Macros.ContainsKey(call.Name)
                    ? $"'{call.Name}' belongs to a collection: household.members.{call.Name}(m, ..)"
                    : $"there is no function '{call.Name}'{NearestName.Hint(call.Name, FunctionNames)}"
            ),
        };

    private Has Presence(CallSyntax call)
    {
        RequireArguments(call, 1, "has(fact)");
        var operand = Bind(call.Arguments[0]);
        if (operand.Bounded || operand.Type.Kind == Kind.Ratio)
            throw new RuleException(
                operand.Span,
                $"has() asks for one value, found {(operand.Bounded ? "a count" : "a ratio")}: ask for the facts behind it"
            );
        return new Has(operand, call.Span);
    }

    private Call OfDays(CallSyntax call, Function function, string form, int min, int max)
    {
        RequireArguments(call, 2, form);
        return new Call(function, [Types.Date(Bind(call.Arguments[0])), Types.Date(Bind(call.Arguments[1]))], ValueType.Int(min, max), call.Span);
    }

    private Call OfDay(CallSyntax call, Function function, int min, int max)
    {
        RequireArguments(call, 1, $"{call.Name}(date)");
        return new Call(function, [Types.Date(Bind(call.Arguments[0]))], ValueType.Int(min, max), call.Span);
    }

    private Call AddMonths(CallSyntax call)
    {
        RequireArguments(call, 2, "add_months(date, months)");
        var (from, months) = (Types.Date(Bind(call.Arguments[0])), Bind(call.Arguments[1]));
        if (months.Type.Kind != Kind.Int)
            throw Types.Mismatch(months, "a whole number of months");
        if (months.Type.Min < -MostMonths || months.Type.Max > MostMonths)
            throw new RuleException(months.Span, FormattableString.Invariant($"add_months goes at most {MostMonths} months either way"));
        return new Call(Language.Function.AddMonths, [from, months], ValueType.Date, call.Span);
    }

    private Call Size(CallSyntax call)
    {
        RequireArguments(call, 1, "size(text)");
        var text = Bind(call.Arguments[0]);
        if (text.Type.Kind != Kind.Text)
            throw Types.Mismatch(text, "text");
        return new Call(Language.Function.Size, [text], ValueType.Int(0, int.MaxValue), call.Span);
    }

    private Call MinMax(CallSyntax call)
    {
        RequireArguments(call, 2, $"{call.Name}(a, b)");
        var (a, b) = (Bind(call.Arguments[0]), Bind(call.Arguments[1]));
        var function = call.Name == "min_of" ? Language.Function.MinOf : Language.Function.MaxOf;
        if (a.Type.Kind == Kind.Date && b.Type.Kind == Kind.Date)
            return new Call(function, [a, b], ValueType.Date, call.Span);
        (a, b) = Scaling.Align(Types.Number(a), Types.Number(b), call.Span);
        var range =
            function == Language.Function.MinOf
                ? (Int128.Min(a.Type.Min, b.Type.Min), Int128.Min(a.Type.Max, b.Type.Max))
                : (Int128.Max(a.Type.Min, b.Type.Min), Int128.Max(a.Type.Max, b.Type.Max));
        return new Call(function, [a, b], Ranges.Fit(a.Type.Kind, a.Type.Scale, range, call.Span, call.Name), call.Span);
    }

    private Call Abs(CallSyntax call)
    {
        RequireArguments(call, 1, "abs(number)");
        var a = Types.Number(Bind(call.Arguments[0]));
        var (min, max) = Ranges.Of(a.Type);
        var range =
            min >= 0 ? (min, max)
            : max <= 0 ? (-max, -min)
            : (0, Int128.Max(-min, max));
        return new Call(Language.Function.Abs, [a], Ranges.Fit(a.Type.Kind, a.Type.Scale, range, call.Span, "abs"), call.Span);
    }

    private DivideHalfUp DivideHalfUp(CallSyntax call)
    {
        RequireArguments(call, 2, "div_half_up(a, b)");
        var (top, bottom) = (Types.Number(Bind(call.Arguments[0])), Divisor(Bind(call.Arguments[1])));
        if (bottom.Type.Kind == Kind.Fen && top.Type.Kind != Kind.Fen)
            throw new RuleException(call.Span, "a plain number divided by fen means nothing");
        var (kind, scale) = (bottom.Type.Kind == Kind.Fen ? Kind.Int : top.Type.Kind, top.Type.Scale);
        // The result keeps the decimals of the numerator, so a decimal divisor is made whole by widening the numerator.
        top = Scaling.Finer(top, bottom.Type.Scale);
        // Rounding doubles the numerator and adds the denominator.
        Ranges.Refuse(
            Ranges.Add(Ranges.Add(Ranges.Of(top.Type), Ranges.Of(top.Type)), (-bottom.Type.Max, bottom.Type.Max)),
            call.Span,
            "rounding this quotient"
        );
        var type = Ranges.Fit(kind, scale, (Int128.Min(0, top.Type.Min), Int128.Max(0, top.Type.Max)), call.Span, "div_half_up");
        return new DivideHalfUp(top, bottom, type, call.Span);
    }

    private ParameterRead ParameterOf(CallSyntax call)
    {
        RequireArguments(call, 1, "param(\"id\")");
        var id = ConstantText(call.Arguments[0]);
        return scope.Parameters.TryGetValue(id, out var parameter)
            ? new ParameterRead(parameter, call.Span)
            : throw Unknown(call.Arguments[0].Span, $"param {id}", $"there is no parameter '{id}'{NearestName.Hint(id, scope.Parameters.Keys)}");
    }

    private UniqueIn Unique(CallSyntax call)
    {
        RequireArguments(call, 2, "unique_in('county', m.fact)");
        var name = ConstantText(call.Arguments[0]);
        var levels = Enum.GetValues<AreaLevel>().ToDictionary(l => l.ToString().ToLowerInvariant());
        if (!levels.TryGetValue(name, out var level))
            throw new RuleException(
                call.Arguments[0].Span,
                $"expected one of {string.Join(", ", levels.Keys)}, found '{name}'{NearestName.Hint(name, levels.Keys)}"
            );
        if (Bind(call.Arguments[1]) is not FactRead { Place.YearShift: 0, Fact.Kept: Kept.Row } key)
            throw new RuleException(call.Arguments[1].Span, "the key of unique_in must be a fact stored on the subject's own row");
        return new UniqueIn(level, key.Place, key.Fact, call.Span);
    }

    private static Constant Yuan(CallSyntax call)
    {
        RequireArguments(call, 1, "yuan(3200.50)");
        var (argument, sign) = call.Arguments[0] is UnarySyntax { Operator: "-" } u ? (u.Operand, -1) : (call.Arguments[0], 1);
        if (argument is not NumberSyntax digits)
            throw new RuleException(argument.Span, "yuan() takes a written number: yuan(3200.50)");
        var number = Number(digits);
        if (number.Type.Scale > 2)
            throw new RuleException(digits.Span, "money has two decimals at most");
        var fen = Scaling.Finer(number, 2 - number.Type.Scale).Type.Max * sign;
        return new Constant(ValueType.Fen(fen, fen), (long)fen, call.Span);
    }

    private static Constant Date(CallSyntax call)
    {
        RequireArguments(call, 1, "date(\"2020-06-12\")");
        var text = ConstantText(call.Arguments[0]);
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new RuleException(call.Arguments[0].Span, $"'{text}' is not a day; write date(\"2020-06-12\")");
        var number = DayNumber.Of(day);
        return new Constant(ValueType.Date with { Min = number, Max = number }, number, call.Span);
    }

    private static Call TextMethod(CallSyntax call, Expr text)
    {
        Function? function = call.Name switch
        {
            "startsWith" => Language.Function.StartsWith,
            "endsWith" => Language.Function.EndsWith,
            "contains" => Language.Function.Contains,
            _ => null,
        };
        if (function is null || text.Type.Kind != Kind.Text)
            throw new RuleException(
                call.Span,
                call.Name == "matches" ? "there are no regular expressions in the language"
                    : function is not null ? $"'{call.Name}' belongs to text, not to {Types.Name(text)}"
                    : $"{Types.Name(text)} has no '{call.Name}'{NearestName.Hint(call.Name, ["startsWith", "endsWith", "contains"])}"
            );
        RequireArguments(call, 1, $"{call.Name}('text')");
        var part = call.Arguments[0] as TextSyntax ?? throw new RuleException(call.Arguments[0].Span, "expected a text in quotes");
        return new Call(function.Value, [text, new Constant(ValueType.Text, part.Value, part.Span)], ValueType.Bool, call.Span);
    }

    private static void RequireArguments(CallSyntax call, int count, string form)
    {
        if (call.Arguments.Length != count)
            throw new RuleException(call.Span, FormattableString.Invariant($"expected {form}, found {call.Arguments.Length} arguments"));
    }

    private static string ConstantText(Syntax argument) =>
        argument is TextSyntax t ? t.Value : throw new RuleException(argument.Span, "expected a text in quotes");
}
