using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tuopin.Rules.Model;

namespace Tuopin.Platform;

/// <summary>
/// What was asked cannot be done, and why: a permanent code (<c>module.what-is-wrong</c>, never used again for another refusal), a sentence for people, and
/// details line by line. Exit code 1 on the command line, a problem document over HTTP. Anything else that is thrown is a fault of ours.
/// The sentence stands in English where it is thrown; its Chinese is in <see cref="RefusalTexts"/> and takes the same particulars.
/// </summary>
public class Refusal : Exception
{
    private readonly Sentence sentence;

    public Refusal(string code, string message, IReadOnlyList<string>? details = null)
        : this(code, new Sentence(message), details) { }

    public Refusal(string code, Sentence message, IReadOnlyList<string>? details = null)
        : base(message.English) => (Code, sentence, Details) = (code, message, details ?? []);

    public string Code { get; }
    public IReadOnlyList<string> Details { get; }

    /// <summary>The sentence in both languages.</summary>
    public Label Text => RefusalTexts.Text(Code, sentence);

    /// <summary>The same refusal with more to say.</summary>
    public Refusal With(IReadOnlyList<string> details) => new(Code, sentence, details);
}

/// <summary>The words of a call are wrong, whatever the data: exit code 2.</summary>
public sealed class WrongUsage : Refusal
{
    public WrongUsage(string code, string message)
        : base(code, message) { }

    public WrongUsage(string code, Sentence message, IReadOnlyList<string>? details = null)
        : base(code, message, details) { }
}

/// <summary>
/// An interpolated text whose template and particulars are kept apart, so that another language can be put in place of the template:
/// <c>$"there is no user '{name}'"</c> is the template <c>there is no user '{0}'</c> and one particular. A particular that is a label has both languages.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sentence
{
    private readonly StringBuilder template = new();
    private readonly List<Label> particulars = [];

    public Sentence(int literalLength, int formattedCount) =>
        (template.Capacity, particulars.Capacity) = (literalLength + 4 * formattedCount, formattedCount);

    public Sentence(string plain) => AppendLiteral(plain);

    public string Template => template.ToString();
    public IReadOnlyList<Label> Particulars => particulars;
    public string English => Fill(Template, [.. particulars.Select(p => p.En)]);

    public void AppendLiteral(string text) =>
        template.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted(Label label)
    {
        template.Append(CultureInfo.InvariantCulture, $"{{{particulars.Count}}}");
        particulars.Add(label);
    }

    public void AppendFormatted<T>(T value, string? format = null)
    {
        var text = value is IFormattable f ? f.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        AppendFormatted(new Label(text, text));
    }

    public static string Fill(string template, string[] particulars) => string.Format(CultureInfo.InvariantCulture, template, [.. particulars]);
}
