using System.Collections.Immutable;

namespace Tuopin.Rules.Language;

/// <summary>Recursive descent over CEL's grammar: ?: binds loosest, then ||, &amp;&amp;, comparisons and in, + -, * /, ! -, members and calls.</summary>
internal sealed class Parser(RuleText source)
{
    private const int DeepestTree = 200;
    private static readonly string[] Relational = ["<", "<=", ">", ">=", "==", "!="];
    private readonly List<Token> tokens = new Lexer(source).Read();
    private int at;
    private int nesting;

    private Token Current => tokens[at];

    public Syntax Parse()
    {
        if (Current.Kind == TokenKind.End)
            throw new RuleException(Current.Span, "expected an expression, found nothing");
        var tree = Expression();
        if (Current.Kind != TokenKind.End)
            throw Expected("an operator or the end of the rule");
        return tree;
    }

    private Syntax Expression()
    {
        if (++nesting > DeepestTree)
            throw new RuleException(Current.Span, $"the rule nests deeper than {DeepestTree}");
        var test = Chain(["||"], () => Chain(["&&"], Comparison));
        if (Is("?"))
        {
            var mark = Take();
            var then = Expression();
            Take(":", "':' and the other value");
            var otherwise = Expression();
            test = Limited(new ConditionalSyntax(test, then, otherwise, mark.Span), test, then, otherwise);
        }
        nesting--;
        return test;
    }

    private Syntax Chain(string[] operators, Func<Syntax> operand)
    {
        var left = operand();
        while (Current.Kind == TokenKind.Symbol && operators.Contains(Current.Value))
        {
            var mark = Take();
            var right = operand();
            left = Limited(new BinarySyntax(mark.Value, left, right, mark.Span), left, right);
        }
        return left;
    }

    private Syntax Comparison()
    {
        var left = Sum();
        if (!IsComparison())
            return left;
        var mark = Take();
        var right = Sum();
        if (IsComparison())
            throw new RuleException(Current.Span, "comparisons do not chain: write a < b && b < c");
        return Limited(new BinarySyntax(mark.Value, left, right, mark.Span), left, right);
    }

    private bool IsComparison() =>
        Current.Kind == TokenKind.Symbol && Relational.Contains(Current.Value) || Current is { Kind: TokenKind.Name, Value: "in" };

    private Syntax Sum() => Chain(["+", "-"], () => Chain(["*", "/"], Unary));

    private Syntax Unary()
    {
        if (!Is("!") && !Is("-"))
            return Postfix();
        if (++nesting > DeepestTree)
            throw new RuleException(Current.Span, $"the rule nests deeper than {DeepestTree}");
        var mark = Take();
        var operand = Unary();
        nesting--;
        return Limited(new UnarySyntax(mark.Value, operand, mark.Span), operand);
    }

    private Syntax Postfix()
    {
        var tree = Primary();
        while (Is("."))
        {
            Take();
            if (Current.Kind != TokenKind.Name)
                throw Expected("a name after '.'");
            var name = Take();
            if (!Is("("))
            {
                tree = Limited(new MemberSyntax(tree, name.Value, name.Span), tree);
                continue;
            }
            var arguments = Arguments("(", ")");
            tree = Limited(new CallSyntax(tree, name.Value, arguments, name.Span), [tree, .. arguments]);
        }
        if (Is("["))
            throw new RuleException(Current.Span, "there is no indexing in the language");
        return tree;
    }

    private Syntax Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new NumberSyntax(Take().Value, token.Span);
            case TokenKind.Text:
                return new TextSyntax(Take().Value, token.Span);
            case TokenKind.Name:
                return NameOrCall();
            case TokenKind.Symbol when token.Value == "(":
                Take();
                var inner = Expression();
                Take(")", "')'");
                return inner;
            case TokenKind.Symbol when token.Value == "[":
                var items = Arguments("[", "]");
                return Limited(new ListSyntax(items, token.Span), [.. items]);
            default:
                throw Expected("a value");
        }
    }

    private Syntax NameOrCall()
    {
        var name = Take();
        if (name.Value is "true" or "false")
            return new BoolSyntax(name.Value == "true", name.Span);
        if (name.Value == "null")
            throw new RuleException(name.Span, "there is no null in the language: ask has(x) whether a fact is known");
        if (name.Value == "in")
            throw new RuleException(name.Span, "expected a value, found 'in'");
        if (!Is("("))
            return new NameSyntax(name.Value, name.Span);
        var arguments = Arguments("(", ")");
        return Limited(new CallSyntax(null, name.Value, arguments, name.Span), [.. arguments]);
    }

    private ImmutableArray<Syntax> Arguments(string open, string close)
    {
        Take(open, $"'{open}'");
        var items = ImmutableArray.CreateBuilder<Syntax>();
        while (!Is(close))
        {
            if (items.Count > 0)
                Take(",", $"',' or '{close}'");
            items.Add(Expression());
        }
        Take();
        return items.ToImmutable();
    }

    private static Syntax Limited(Syntax tree, params ReadOnlySpan<Syntax> parts)
    {
        var depth = 0;
        foreach (var part in parts)
            depth = Math.Max(depth, part.Depth);
        if (depth >= DeepestTree)
            throw new RuleException(tree.Span, $"the rule nests deeper than {DeepestTree}; split it into derived facts");
        return tree with { Depth = depth + 1 };
    }

    private bool Is(string symbol) => Current.Kind == TokenKind.Symbol && Current.Value == symbol;

    private Token Take() => tokens[at++];

    private void Take(string symbol, string expected)
    {
        if (!Is(symbol))
            throw Expected(expected);
        at++;
    }

    private RuleException Expected(string what) => new(Current.Span, $"expected {what}, found {Current}");
}
