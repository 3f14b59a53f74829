namespace Tuopin.Platform.Web;

/// <summary>
/// The language of the page. Both texts stand where they are used, <c>@L["农户", "Households"]</c>: whoever changes one sees the other.
/// </summary>
public sealed class Language(bool english)
{
    public static readonly Language Chinese = new(false);
    public static readonly Language English = new(true);

    public bool IsEnglish { get; } = english;
    public string Code => IsEnglish ? "en" : "zh-CN";

    public string this[string chinese, string english] => IsEnglish ? english : chinese;

    /// <summary>The half of a stored text in this language: lines of jobs hold both, <c>"判定 / judging"</c>, with the same particulars on each side.</summary>
    public string Half(string both)
    {
        const string Between = " / ";
        var parts = both.Split(Between);
        return parts.Length % 2 == 0 ? string.Join(Between, IsEnglish ? parts[(parts.Length / 2)..] : parts[..(parts.Length / 2)]) : both;
    }

    public string this[Rules.Model.Label label] => IsEnglish ? label.En : label.Zh;
}
