using System.Security.Cryptography;
using System.Text;

namespace Tuopin.Rules.Packs;

/// <summary>A folder of packs; <see cref="Name"/> stands for it in messages.</summary>
public sealed record PackFolder(string Path, string Name);

/// <summary>One loaded file. The hash is that of its text with line ends as LF, so that a checkout on Windows is the same law.</summary>
public sealed record PackFile(PackFolder Folder, string RelativePath, string Text)
{
    /// <summary>As named in messages.</summary>
    public string Shown => $"{Folder.Name}/{RelativePath}";

    public string Hash { get; } = Sha256(Text);

    public static PackFile Read(PackFolder folder, string relativePath)
    {
        var text = File.ReadAllText(Path.Combine(folder.Path, relativePath), Encoding.UTF8).TrimStart('\uFEFF');
        return new PackFile(folder, relativePath, text.Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    internal static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
