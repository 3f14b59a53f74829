using System.Collections.Immutable;

namespace Tuopin.Rules.Language;

/// <summary>An expression as written, before names and types. <see cref="Depth"/> is kept small so that no walk can exhaust the stack.</summary>
internal abstract record Syntax(Span Span)
{
    public int Depth { get; init; } = 1;
}

/// <summary>Digits with at most one point.</summary>
internal sealed record NumberSyntax(string Digits, Span Span) : Syntax(Span);

internal sealed record TextSyntax(string Value, Span Span) : Syntax(Span);

internal sealed record BoolSyntax(bool Value, Span Span) : Syntax(Span);

internal sealed record NameSyntax(string Name, Span Span) : Syntax(Span);

/// <summary><c>target.name</c>; the span is that of the name.</summary>
internal sealed record MemberSyntax(Syntax Target, string Name, Span Span) : Syntax(Span);

/// <summary><c>name(..)</c> or <c>target.name(..)</c>; the span is that of the name.</summary>
internal sealed record CallSyntax(Syntax? Target, string Name, ImmutableArray<Syntax> Arguments, Span Span) : Syntax(Span);

internal sealed record ListSyntax(ImmutableArray<Syntax> Items, Span Span) : Syntax(Span);

/// <summary>The span is that of the operator.</summary>
internal sealed record UnarySyntax(string Operator, Syntax Operand, Span Span) : Syntax(Span);

/// <summary>The span is that of the operator.</summary>
internal sealed record BinarySyntax(string Operator, Syntax Left, Syntax Right, Span Span) : Syntax(Span);

/// <summary>The span is that of the question mark.</summary>
internal sealed record ConditionalSyntax(Syntax Test, Syntax Then, Syntax Otherwise, Span Span) : Syntax(Span);
