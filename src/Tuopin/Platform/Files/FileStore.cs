using System.Security.Cryptography;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;

namespace Tuopin.Platform.Files;

/// <summary>
/// Files beside the record, under the SHA-256 of what is in them: <c>DATA/evidence/ab/abcd...</c>. Each is encrypted with a key of the key file: algorithm
/// (1 byte, 1 = AES-256-GCM), key id (1), nonce (12), tag (16), ciphertext; the hash is bound to it, so that one file put in the place of another is seen.
/// A file is never changed and never deleted; what was put twice is there once.
/// </summary>
public sealed class FileStore(Installation installation)
{
    public const string Folder = "evidence";
    private const byte AesGcm256 = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Header = 2 + NonceLength + TagLength;

    public string Root => Path.Combine(installation.Store.Folder, Folder);

    /// <summary>The hash a content goes by.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Keeps a content before the row that names it is written: a row without its file is worse than a file without its row.</summary>
    public string Put(byte[] content)
    {
        var hash = HashOf(content);
        if (!File.Exists(PathOf(hash)))
            Write(hash, content, installation.Keys);
        return hash;
    }

    /// <exception cref="Refusal">evidence.lost: the file is missing, or is no longer what it was.</exception>
    public byte[] Read(string hash)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
            throw new Refusal("evidence.lost", $"file {hash} is missing");
        var stored = File.ReadAllBytes(path);
        try
        {
            if (stored.Length < Header || stored[0] != AesGcm256 || installation.Keys.Find(stored[1]) is not { } key)
                throw new CryptographicException();
            var content = new byte[stored.Length - Header];
            using var cipher = new AesGcm(key, TagLength);
            cipher.Decrypt(
                stored.AsSpan(2, NonceLength),
                stored.AsSpan(Header),
                stored.AsSpan(2 + NonceLength, TagLength),
                content,
                Convert.FromHexString(hash)
            );
            return HashOf(content) == hash ? content : throw new CryptographicException();
        }
        catch (CryptographicException)
        {
            throw new Refusal("evidence.lost", $"file {hash} is no longer what it was");
        }
    }

    /// <summary>Writes every file again that another key than the current one encrypted; how many.</summary>
    public long Rotate(KeyRing keys)
    {
        var written = 0L;
        foreach (var hash in All().Where(h => KeyOf(h) != keys.Current))
        {
            Write(hash, Read(hash), keys);
            written++;
        }
        return written;
    }

    /// <summary>The hashes of all files that are kept.</summary>
    public IEnumerable<string> All() =>
        Directory.Exists(Root)
            ? Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Where(n => n.Length == 64)
            : [];

    public string PathOf(string hash) => Path.Combine(Root, hash[..2], hash);

    private byte KeyOf(string hash)
    {
        using var file = File.OpenRead(PathOf(hash));
        file.ReadByte();
        return (byte)file.ReadByte();
    }

    // Under another name until it is whole on the disk.
    private void Write(string hash, byte[] content, KeyRing keys)
    {
        var path = PathOf(hash);
        Store.CreateFolder(Root);
        Store.CreateFolder(Path.GetDirectoryName(path)!);
        var stored = new byte[Header + content.Length];
        (stored[0], stored[1]) = (AesGcm256, keys.Current);
        RandomNumberGenerator.Fill(stored.AsSpan(2, NonceLength));
        using (var cipher = new AesGcm(keys.Keys[keys.Current], TagLength))
            cipher.Encrypt(
                stored.AsSpan(2, NonceLength),
                content,
                stored.AsSpan(Header),
                stored.AsSpan(2 + NonceLength, TagLength),
                Convert.FromHexString(hash)
            );
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(stored);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}
