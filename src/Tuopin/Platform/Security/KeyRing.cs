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

    private readonly string path;

    private readonly DateTime written;

    private KeyRing(string path, DateTime written, byte current, IReadOnlyDictionary<byte, byte[]> keys, byte[] indexKey)
    {
        this.path = path;
        this.written = written;
        Current = current;
        Keys = keys;
        IndexKey = indexKey;
    }

    /// <summary>Id of the key that new values are written with.</summary>
    public byte Current { get; }
    public IReadOnlyDictionary<byte, byte[]> Keys { get; private set; }

    /// <summary>Key of the blind index; it is never rotated without writing the index again.</summary>
    public byte[] IndexKey { get; }

    private sealed record File(byte Current, Dictionary<byte, string> Keys, string Index);

    /// <summary>Tells one index key from another without giving either away; the record keeps that of the key it was written with.</summary>
    public string Fingerprint => Convert.ToHexStringLower(HMACSHA256.HashData(IndexKey, "tuopin key file"u8).AsSpan(0, 8));

    /// <summary>Reads the key file, or makes one. <paramref name="warn"/> hears of a new file, which should be moved away from the data.</summary>
    /// <exception cref="Refusal">keys.unreadable.</exception>
    public static KeyRing Open(string path, Action<string> warn)
    {
        if (!System.IO.File.Exists(path) && Make(path))
            warn(
                $"made a new key file {path}: move it away from the data (then use --keys FILE or TUOPIN_KEYS) and keep a copy; without it no ID number can be read"
            );
        return Read(path);
    }

    /// <summary>The key of an id, or null. A server that runs while keys are rotated reads the file again for one it does not know.</summary>
    public byte[]? Find(byte id)
    {
        if (!Keys.ContainsKey(id) && System.IO.File.Exists(path))
            Keys = Read(path).Keys;
        return Keys.GetValueOrDefault(id);
    }

    /// <summary>This ring, or what the file has held since somebody else rotated its keys: nothing new is written with a key that was given up.</summary>
    public KeyRing Latest() => System.IO.File.Exists(path) && System.IO.File.GetLastWriteTimeUtc(path) != written ? Read(path) : this;

    /// <summary>Held by whoever rotates, until it is disposed.</summary>
    /// <exception cref="Refusal">keys.busy: somebody rotates already.</exception>
    public IDisposable Rotating()
    {
        try
        {
            return new FileStream(path + ".rotating", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new Refusal("keys.busy", "the keys are being rotated already; wait until that has ended");
        }
    }

    /// <summary>Adds a key and makes it the current one; the old ones stay, for values and copies that still name them.</summary>
    /// <exception cref="Refusal">keys.full: 255 keys were used.</exception>
    public KeyRing Rotate()
    {
        // What the file holds now, not what this process read once: a key that was overwritten could never be had back.
        using var held = Hold(path + ".lock");
        var now = Read(path);
        var next = now.Keys.Keys.Max() + 1;
        if (next > byte.MaxValue)
            throw new Refusal("keys.full", "the key file has used all 255 key numbers");
        var file = new File((byte)next, now.Keys.ToDictionary(k => k.Key, k => Convert.ToBase64String(k.Value)), Convert.ToBase64String(IndexKey));
        file.Keys[(byte)next] = NewKey();
        // The new file stands whole beside the old one before it takes its place.
        var beside = path + ".new";
        System.IO.File.Delete(beside);
        Write(beside, file);
        System.IO.File.Move(beside, path, overwrite: true);
        return Read(path);
    }

    private static void Write(string path, File content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        JsonSerializer.Serialize(stream, content);
        stream.Flush(flushToDisk: true);
    }

    private static KeyRing Read(string path)
    {
        try
        {
            var written = System.IO.File.GetLastWriteTimeUtc(path);
            return Read(path, written, JsonSerializer.Deserialize<File>(System.IO.File.ReadAllText(path)) ?? throw new JsonException());
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or ArgumentNullException)
        {
            throw new Refusal("keys.unreadable", $"{path} is not a key file");
        }
    }

    // Of several that make the file at once one does, behind a lock that the system takes back when its holder dies; the others read what it made.
    private static bool Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var held = Hold(path + ".lock");
        if (System.IO.File.Exists(path))
            return false;
        var draft = path + ".new";
        System.IO.File.Delete(draft);
        Write(draft, new File(1, new() { [1] = NewKey() }, NewKey()));
        System.IO.File.Move(draft, path);
        return true;
    }

    private static FileStream Hold(string path)
    {
        for (var tries = 0; ; tries++)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < 500)
            {
                Thread.Sleep(20);
            }
    }

    private static KeyRing Read(string path, DateTime written, File file)
    {
        var keys = file.Keys.ToDictionary(k => k.Key, k => Convert.FromBase64String(k.Value));
        var index = Convert.FromBase64String(file.Index);
        if (keys[file.Current].Length != KeyLength || index.Length != KeyLength)
            throw new FormatException();
        return new KeyRing(path, written, file.Current, keys, index);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength));
}
