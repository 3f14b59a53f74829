using System.Buffers.Binary;

namespace Tuopin.Platform.Files;

/// <summary>What a file proved to be, and its bytes as they may be kept.</summary>
public sealed record KnownContent(string Media, string Extension, byte[] Bytes)
{
    public bool IsPhoto => Media != FileContent.Pdf;
}

/// <summary>
/// Tells jpeg, png, webp and pdf by what is in them, never by the name, and takes out of photos whatever is no picture: place, camera, thumbnails, remarks,
/// and all that hangs behind the end of the picture (a phone hides a film there). Only the orientation stays, or photos would lie on their side. Of a pdf the
/// pages stay (<see cref="PdfContent"/>).
/// </summary>
public static class FileContent
{
    public const string Pdf = "application/pdf";

    /// <summary>How the name of a file of a known type ends.</summary>
    public static string ExtensionOf(string media) =>
        media == Pdf ? "pdf"
        : media == "image/jpeg" ? "jpg"
        : media.Split('/')[1];

    /// <exception cref="Refusal">evidence.kind-unknown; evidence.damaged; evidence.pdf-locked.</exception>
    public static KnownContent Read(byte[] content)
    {
        try
        {
            ReadOnlySpan<byte> bytes = content;
            if (bytes.StartsWith(JpegMark))
                return new("image/jpeg", "jpg", Jpeg(bytes));
            if (bytes.StartsWith(PngMark))
                return new("image/png", "png", Png(bytes));
            if (bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8))
                return new("image/webp", "webp", WebP(bytes));
            if (bytes.StartsWith("%PDF-"u8))
                return bytes[^Math.Min(bytes.Length, 1024)..].IndexOf("%%EOF"u8) >= 0 ? new(Pdf, "pdf", PdfContent.Clean(content)) : throw Damaged();
        }
        // A length that leads beyond the end.
        catch (Exception beyond) when (beyond is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Damaged();
        }
        throw new Refusal("evidence.kind-unknown", "this is no jpeg, png, webp or pdf, whatever its name says");
    }

    private static ReadOnlySpan<byte> JpegMark => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngMark => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static Refusal Damaged() => new Refusal("evidence.damaged", "the file is cut off or damaged; send it again");

    /// <summary>A jpeg within another file, which says itself which way up it is.</summary>
    internal static byte[] Picture(byte[] jpeg) => Jpeg(jpeg, turned: false);

    private static byte[] Jpeg(ReadOnlySpan<byte> from, bool turned = true)
    {
        var kept = new MemoryStream(from.Length);
        var (at, orientation, hasFrame, hasScan) = (2, (ushort)1, false, false);
        while (true)
        {
            while (from[at] == 0xFF && from[at + 1] == 0xFF)
                at++;
            if (from[at] != 0xFF)
                throw Damaged();
            var marker = from[at + 1];
            if (marker == 0xD9)
                break;
            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(from.Slice(at + 2, 2));
            var segment = from.Slice(at, length);
            at += length;
            if (marker == 0xE1 && segment[4..].StartsWith("Exif\0\0"u8))
                orientation = Orientation(segment[10..]);
            if (IsPicture(marker, segment))
                kept.Write(marker == 0xE0 ? [.. segment[..2], 0, 16, .. segment.Slice(4, 12), 0, 0] : segment);
            hasFrame |= marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (marker != 0xDA)
                continue;
            hasScan = true;
            var end = EndOfScan(from, at);
            kept.Write(from[at..end]);
            at = end;
        }
        return hasFrame && hasScan ? [0xFF, 0xD8, .. Turned(turned ? orientation : (ushort)1), .. kept.ToArray(), 0xFF, 0xD9] : throw Damaged();
    }

    // Tables, frames and scans; of applications the plain head, the colour profile and the colour transform.
    private static bool IsPicture(byte marker, ReadOnlySpan<byte> segment) =>
        marker switch
        {
            0xE0 => segment.Length >= 18 && segment[4..].StartsWith("JFIF\0"u8),
            0xE2 => segment[4..].StartsWith("ICC_PROFILE\0"u8),
            0xEE => segment[4..].StartsWith("Adobe"u8),
            >= 0xE0 and <= 0xEF or 0xFE => false,
            _ => true,
        };

    private static int EndOfScan(ReadOnlySpan<byte> from, int at)
    {
        while (true)
        {
            at += from[at..].IndexOf((byte)0xFF) is >= 0 and var next ? next : throw Damaged();
            if (from[at + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
                return at;
            at += 2;
        }
    }

    private static ushort Orientation(ReadOnlySpan<byte> tiff)
    {
        var little = tiff.StartsWith("II"u8);
        var first = little ? BinaryPrimitives.ReadInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadInt32BigEndian(tiff[4..]);
        if (first < 0 || first > tiff.Length - 2)
            return 1;
        ushort Short(ReadOnlySpan<byte> two) => little ? BinaryPrimitives.ReadUInt16LittleEndian(two) : BinaryPrimitives.ReadUInt16BigEndian(two);
        var entries = Short(tiff[first..]);
        for (var (i, at) = (0, first + 2); i < entries && at + 12 <= tiff.Length; i++, at += 12)
            if (Short(tiff[at..]) == 0x0112)
                return Short(tiff[(at + 8)..]) is >= 1 and <= 8 and var turn ? turn : (ushort)1;
        return 1;
    }

    // An Exif block that says nothing but which way up the picture is.
    private static byte[] Turned(ushort orientation) =>
        orientation == 1
            ? []
            : [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\b"u8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    private static byte[] Png(ReadOnlySpan<byte> from)
    {
        var kept = new MemoryStream(from.Length);
        kept.Write(PngMark);
        for (var at = PngMark.Length; ; )
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(from.Slice(at, 4));
            if (length > from.Length)
                throw Damaged();
            var chunk = from.Slice(at, (int)length + 12);
            var name = chunk.Slice(4, 4);
            if (at == PngMark.Length && !name.SequenceEqual("IHDR"u8))
                throw Damaged();
            at += chunk.Length;
            if (IsPicture(name))
                kept.Write(chunk);
            if (name.SequenceEqual("IEND"u8))
                return kept.ToArray();
        }
    }

    // Critical chunks begin with a capital letter; of the others those that say how colours look and frames follow.
    private static bool IsPicture(ReadOnlySpan<byte> name) =>
        name[0] is >= (byte)'A' and <= (byte)'Z'
        || name.SequenceEqual("tRNS"u8)
        || name.SequenceEqual("cHRM"u8)
        || name.SequenceEqual("gAMA"u8)
        || name.SequenceEqual("iCCP"u8)
        || name.SequenceEqual("sBIT"u8)
        || name.SequenceEqual("sRGB"u8)
        || name.SequenceEqual("bKGD"u8)
        || name.SequenceEqual("pHYs"u8);

    private static byte[] WebP(ReadOnlySpan<byte> from)
    {
        const byte exifAndXmp = 0x08 | 0x04;
        var end = 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(from.Slice(4, 4));
        if (end > from.Length)
            throw Damaged();
        var (kept, hasPicture) = (new MemoryStream(from.Length), false);
        kept.Write("RIFF\0\0\0\0WEBP"u8);
        for (var at = 12; at + 8 <= end; )
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(from.Slice(at + 4, 4));
            if (length > from.Length)
                throw Damaged();
            var chunk = from.Slice(at, 8 + (int)length + (int)(length & 1));
            var name = chunk[..4];
            at += chunk.Length;
            hasPicture |= name.SequenceEqual("VP8 "u8) || name.SequenceEqual("VP8L"u8) || name.SequenceEqual("ANMF"u8);
            if (name.SequenceEqual("VP8X"u8))
                kept.Write([.. chunk[..8], (byte)(chunk[8] & ~exifAndXmp), .. chunk[9..]]);
            else if (
                name.SequenceEqual("VP8 "u8)
                || name.SequenceEqual("VP8L"u8)
                || name.SequenceEqual("ANIM"u8)
                || name.SequenceEqual("ANMF"u8)
                || name.SequenceEqual("ALPH"u8)
                || name.SequenceEqual("ICCP"u8)
            )
                kept.Write(chunk);
        }
        if (!hasPicture)
            throw Damaged();
        var bytes = kept.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)bytes.Length - 8);
        return bytes;
    }
}
