using System.Security.Cryptography;
using System.Text.Json;

namespace Tuopin.Platform.Security;

/// <summary>
/// The keys of an installation, in a file outside the database (mode 600). Values name the key they were written with, so that keys can be rotated and
/// another algorithm can stand beside this one.
/// </summary>
public sealed class KeyRing
{
    private const int KeyLength = 32;

    private KeyRing(byte current, IReadOnlyDictionary<byte, byte[]> keys, byte[] indexKey)
    {
        Current = current;
        Keys = keys;
        IndexKey = indexKey;
    }

    /// <summary>Id of the key that new values are written with.</summary>
    public byte Current { get; }
    public IReadOnlyDictionary<byte, byte[]> Keys { get; }

    /// <summary>Key of the blind index; it is never rotated without writing the index again.</summary>
    public byte[] IndexKey { get; }

    private sealed record File(byte Current, Dictionary<byte, string> Keys, string Index);

    /// <summary>Tells one index key from another without giving either away; the record keeps that of the key it was written with.</summary>
    public string Fingerprint => Convert.ToHexStringLower(HMACSHA256.HashData(IndexKey, "tuopin key file"u8).AsSpan(0, 8));

    /// <summary>Reads the key file, or makes one. <paramref name="warn"/> hears of a new file, which should be moved away from the data.</summary>
    /// <exception cref="Refusal">keys.unreadable.</exception>
    public static KeyRing Open(string path, Action<string> warn)
    {
        if (!System.IO.File.Exists(path))
        {
            var fresh = new File(1, new() { [1] = NewKey() }, NewKey());
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var stream = new FileStream(path, options))
                JsonSerializer.Serialize(stream, fresh);
            warn(
                $"made a new key file {path}: move it away from the data (then use --keys FILE or TUOPIN_KEYS) and keep a copy; without it no ID number can be read"
            );
        }
        try
        {
            return Read(JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(path)) ?? throw new JsonException());
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or ArgumentNullException)
        {
            throw new Refusal("keys.unreadable", $"{path} is not a key file");
        }
    }

    private static KeyRing Read(File file)
    {
        var keys = file.Keys.ToDictionary(k => k.Key, k => Convert.FromBase64String(k.Value));
        var index = Convert.FromBase64String(file.Index);
        if (keys[file.Current].Length != KeyLength || index.Length != KeyLength)
            throw new FormatException();
        return new KeyRing(file.Current, keys, index);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength));
}
