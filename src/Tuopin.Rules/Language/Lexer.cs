using System.Globalization;
using System.Text;

namespace Tuopin.Rules.Language;

internal enum TokenKind : byte
{
    Number,
    Text,
    Name,
    Symbol,
    End,
}

/// <summary>A word of an expression; <see cref="Value"/> is the text meant (escapes resolved).</summary>
internal readonly record struct Token(TokenKind Kind, string Value, Span Span)
{
    public override string ToString() => Kind == TokenKind.End ? "the end of the rule" : $"'{Value}'";
}

/// <summary>Cuts an expression into words. CEL's words, less what the language leaves out; each of those is refused by name.</summary>
internal sealed class Lexer(RuleText source)
{
    private const int MostTokens = 5_000;
    private static readonly string[] Symbols =
    [
        "&&",
        "||",
        "==",
        "!=",
        "<=",
        ">=",
        "<",
        ">",
        "!",
        "+",
        "-",
        "*",
        "/",
        "?",
        ":",
        ".",
        ",",
        "(",
        ")",
        "[",
        "]",
    ];
    private readonly string text = source.Text;
    private int at;

    public List<Token> Read()
    {
        var tokens = new List<Token>();
        do
        {
            SkipBlanks();
            tokens.Add(Next());
            if (tokens.Count > MostTokens)
                throw Error(at, 1, $"the rule is longer than {MostTokens} words");
        } while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    private void SkipBlanks()
    {
        while (at < text.Length)
            if (text[at] is ' ' or '\t' or '\r' or '\n')
                at++;
            else if (text.AsSpan(at).StartsWith("//"))
                SkipRemark();
            else
                return;
    }

    // To the end of the line in the file: a folded YAML scalar has no line ends left, and the rest of the rule must not vanish.
    private void SkipRemark()
    {
        var line = source.At(at, 0).Line;
        while (at < text.Length && text[at] != '\n' && source.At(at, 0).Line == line)
            at++;
    }

    private Token Next()
    {
        if (at >= text.Length)
            return new Token(TokenKind.End, "", source.At(at, 0));
        var c = text[at];
        if (char.IsAsciiDigit(c))
            return Number();
        if (char.IsAsciiLetter(c) || c == '_')
            return Name();
        if (c is '\'' or '"')
            return Quoted(c);
        if (Array.Find(Symbols, s => text.AsSpan(at).StartsWith(s, StringComparison.Ordinal)) is { } symbol)
        {
            at += symbol.Length;
            return new Token(TokenKind.Symbol, symbol, source.At(at - symbol.Length, symbol.Length));
        }
        throw Error(at, 1, WhyNot(c));
    }

    private static string WhyNot(char c) =>
        c switch
        {
            '=' => "expected '==', found '='",
            '&' => "expected '&&', found '&'",
            '|' => "expected '||', found '|'",
            '%' => "there is no '%' in the language",
            '{' or '}' => "there are no maps or messages in the language",
            '；' or '，' or '（' or '）' or '“' or '”' or '‘' or '’' or '。' or '：' or '！' or '？' => $"full-width '{c}': write the ASCII sign",
            > '\u007f' => $"unexpected '{c}': names are ASCII; Chinese labels of codes stand in quotes",
            _ => $"unexpected '{c}'",
        };

    private Token Number()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }
        if (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_'))
            throw Error(
                start,
                at - start + 1,
                text[at] is 'e' or 'E'
                    ? "there is no floating point in the language: write the number out"
                    : $"'{text[start..(at + 1)]}' is not a number: only digits and one decimal point"
            );
        return new Token(TokenKind.Number, text[start..at], source.At(start, at - start));
    }

    private Token Name()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        if (at < text.Length && text[at] is '\'' or '"' && text[start..at] is "r" or "R" or "b" or "B" or "br" or "rb")
            throw Error(start, at - start, "there are no raw or byte strings in the language");
        return new Token(TokenKind.Name, text[start..at], source.At(start, at - start));
    }

    private Token Quoted(char quote)
    {
        var start = at++;
        var value = new StringBuilder();
        while (true)
        {
            if (at >= text.Length || text[at] == '\n')
                throw Error(start, at - start, $"the text that starts here has no closing {quote}");
            var c = text[at++];
            if (c == quote)
                return new Token(TokenKind.Text, value.ToString(), source.At(start, at - start));
            value.Append(c == '\\' ? Escape() : c);
        }
    }

    private char Escape()
    {
        var c = at < text.Length ? text[at++] : '\0';
        if (
            c == 'u'
            && at + 4 <= text.Length
            && ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
        )
        {
            at += 4;
            return (char)code;
        }
        return c switch
        {
            '\\' or '\'' or '"' => c,
            'n' => '\n',
            't' => '\t',
            _ => throw Error(at - 2, 2, @"unknown escape: known are \\ \' \"" \n \t \uXXXX"),
        };
    }

    private RuleException Error(int start, int length, string message) => new(source.At(start, length), message);
}
