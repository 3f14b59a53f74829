using System.Text;

namespace Tuopin.Linkage;

/// <summary>Reads Chinese characters aloud, without tones, one reading each.</summary>
public static class Pinyin
{
    private static readonly Lazy<Dictionary<char, string>> Readings = new(Read);

    /// <summary>The reading of a text, syllables apart; a character that has none stands for itself.</summary>
    public static string Of(string text)
    {
        var read = new StringBuilder(text.Length * 5);
        foreach (var character in text)
            read.Append(Readings.Value.GetValueOrDefault(character) ?? character.ToString()).Append('\'');
        return read.ToString();
    }

    private static Dictionary<char, string> Read()
    {
        var readings = new Dictionary<char, string>(21_000);
        using var reader = new StreamReader(typeof(Pinyin).Assembly.GetManifestResourceStream("pinyin.tsv")!, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var syllable = line[..tab];
            foreach (var character in line.AsSpan(tab + 1))
                readings[character] = syllable;
        }
        return readings;
    }
}
