using System.Security.Cryptography;
using System.Text;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Packs;

/// <summary>A folder of packs; <see cref="Name"/> stands for it in messages.</summary>
public sealed record PackFolder(string Path, string Name);

/// <summary>One loaded file. The hash is that of its text with line ends as LF, so that a checkout on Windows is the same law.</summary>
public sealed record PackFile(PackFolder Folder, string RelativePath, string Text)
{
    /// <summary>As named in messages.</summary>
    public string Shown => $"{Folder.Name}/{RelativePath}";

    public string Hash { get; } = Sha256(Text);

    /// <exception cref="RuleException">The file is not UTF-8.</exception>
    public static PackFile Read(PackFolder folder, string relativePath)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder.Path, relativePath));
        try
        {
            var text = Strict.GetString(bytes).TrimStart('\uFEFF');
            return new PackFile(folder, relativePath, text.Replace("\r\n", "\n", StringComparison.Ordinal));
        }
        catch (DecoderFallbackException e)
        {
            var line = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            throw new RuleException(new Span($"{folder.Name}/{relativePath}", line, 1, 0), NotUtf8);
        }
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with a file in the encoding of older Chinese editors.</summary>
    public const string NotUtf8 = "the file is not UTF-8 (saved as GBK or GB18030?): save it as UTF-8";

    internal static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
