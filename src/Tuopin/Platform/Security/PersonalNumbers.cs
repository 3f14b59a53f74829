using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tuopin.Platform.Security;

/// <summary>
/// Encrypts personal numbers (ID, phone) and makes their blind index. A stored value is: algorithm (1 byte, 1 = AES-256-GCM), key id (1), nonce (12),
/// tag (16), ciphertext. The index is the first 64 bits of HMAC-SHA-256 over the normalised number: enough to find and to compare, useless without the key.
/// </summary>
public sealed class PersonalNumbers : IDisposable
{
    private const byte AesGcm256 = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Header = 2 + NonceLength + TagLength;

    private readonly KeyRing keys;
    private readonly AesGcm cipher;
    private readonly IncrementalHash indexer;
    private readonly byte[] nonces = new byte[NonceLength * 1024];
    private int nextNonce;

    public PersonalNumbers(KeyRing keys)
    {
        this.keys = keys;
        cipher = new AesGcm(keys.Keys[keys.Current], TagLength);
        indexer = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.IndexKey);
    }

    public byte[] Encrypt(ReadOnlySpan<char> number)
    {
        Span<byte> plain = stackalloc byte[Encoding.UTF8.GetMaxByteCount(number.Length)];
        plain = plain[..Encoding.UTF8.GetBytes(number, plain)];
        var stored = new byte[Header + plain.Length];
        stored[0] = AesGcm256;
        stored[1] = keys.Current;
        var nonce = stored.AsSpan(2, NonceLength);
        FreshNonce(nonce);
        cipher.Encrypt(nonce, plain, stored.AsSpan(Header), stored.AsSpan(2 + NonceLength, TagLength));
        return stored;
    }

    public string Decrypt(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < Header || stored[0] != AesGcm256)
            throw new CryptographicException("not a value of a known algorithm");
        if (keys.Find(stored[1]) is not { } key)
            throw new CryptographicException($"key {stored[1]} is not in the key file");
        Span<byte> plain = stackalloc byte[stored.Length - Header];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(stored.Slice(2, NonceLength), stored[Header..], stored.Slice(2 + NonceLength, TagLength), plain);
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>The blind index of a number that is already normalised (an ID number: its first 18 characters, upper case).</summary>
    public long Index(ReadOnlySpan<char> normalised)
    {
        Span<byte> plain = stackalloc byte[Encoding.UTF8.GetMaxByteCount(normalised.Length)];
        plain = plain[..Encoding.UTF8.GetBytes(normalised, plain)];
        Span<byte> hash = stackalloc byte[32];
        // Setting up the key costs more than the hash.
        lock (indexer)
        {
            indexer.AppendData(plain);
            indexer.GetHashAndReset(hash);
        }
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>A number as it may stand on a page: 530326********1234, 138****5678; of anything short, stars alone.</summary>
    public static string Mask(string number) =>
        number.Length switch
        {
            >= 15 => string.Concat(number.AsSpan(0, 6), new string('*', number.Length - 10), number.AsSpan(number.Length - 4)),
            >= 9 => string.Concat(number.AsSpan(0, 3), new string('*', number.Length - 7), number.AsSpan(number.Length - 4)),
            _ => new string('*', number.Length),
        };

    public void Dispose()
    {
        cipher.Dispose();
        indexer.Dispose();
    }

    // One call to the system's generator fills a thousand nonces: an import writes hundreds of thousands.
    private void FreshNonce(Span<byte> nonce)
    {
        lock (nonces)
        {
            if (nextNonce == 0)
                RandomNumberGenerator.Fill(nonces);
            nonces.AsSpan(nextNonce * NonceLength, NonceLength).CopyTo(nonce);
            nextNonce = (nextNonce + 1) % 1024;
        }
    }
}
