using Tuopin.Rules.Language;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tuopin.Rules.Packs;

/// <summary>
/// Finds every character of a YAML scalar in its file, so that an error inside a rule points at the very column, also in quoted, folded and block
/// scalars. The value is matched against the raw text character by character; what YAML took away (indents, folds, doubled quotes) is stepped over.
/// </summary>
internal static class ScalarPositions
{
    public static RuleText Rule(PackFile file, Scalar scalar)
    {
        var positions = new (int Line, int Column)[scalar.Value.Length + 1];
        var cursor = new Cursor(file.Text, (int)scalar.Start.Index, (int)scalar.Start.Line, (int)scalar.Start.Column);
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
            cursor.SkipHeader();
        else if (scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted)
            cursor.Step();
        for (var i = 0; i < scalar.Value.Length; i++)
        {
            var c = scalar.Value[i];
            if (c is not (' ' or '\n'))
                cursor.SkipBlanksUnless(c);
            positions[i] = cursor.Position;
            cursor.Take(c, scalar.Style);
        }
        positions[^1] = cursor.Position;
        return new RuleText(file.Shown, scalar.Value, positions);
    }

    private sealed class Cursor(string text, int at, int line, int column)
    {
        // In block scalars only the indent of the block is taken away; further blanks are content.
        private int indent = int.MaxValue;

        public (int Line, int Column) Position => (line, column);
        private char Current => at < text.Length ? text[at] : '\0';

        public void Step()
        {
            (line, column) = Current == '\n' ? (line + 1, 1) : (line, column + 1);
            at++;
        }

        public void SkipHeader()
        {
            while (at < text.Length && Current != '\n')
                Step();
            Step();
            SkipBlanksUnless('\0');
            indent = column - 1;
        }

        public void SkipBlanksUnless(char wanted)
        {
            while (at < text.Length && Current != wanted && Current is ' ' or '\t' or '\n')
                Step();
        }

        public void Take(char c, ScalarStyle style)
        {
            if (style == ScalarStyle.DoubleQuoted && Current == '\\')
                TakeEscape();
            else if (style == ScalarStyle.SingleQuoted && c == '\'')
                TakeDoubledQuote();
            else if (c is ' ' or '\n' && Current == '\n')
                TakeLineEnd();
            else
                Step();
        }

        private void TakeDoubledQuote()
        {
            Step();
            Step();
        }

        private void TakeEscape()
        {
            Step();
            var digits = Current switch
            {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            for (var i = 0; i <= digits; i++)
                Step();
        }

        private void TakeLineEnd()
        {
            Step();
            while (Current is ' ' or '\t' && column <= indent)
                Step();
        }
    }
}
