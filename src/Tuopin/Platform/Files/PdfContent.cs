using System.IO.Compression;
using System.Text;
using PdfSharp.Pdf;
using PdfSharp.Pdf.IO;

namespace Tuopin.Platform.Files;

/// <summary>
/// Writes a pdf anew without what is no page: title, author, dates and programs, XMP, earlier versions of the file, files and scripts that hang in it, and
/// what cameras put into its photos. Pages, texts and fonts stay byte for byte what they were; a signature over the file does not survive that. The same file
/// comes out the same.
/// </summary>
internal static class PdfContent
{
    // What a file of ten megabytes may unfold to while its table of objects is read.
    private const int Unfolded = 100 << 20;

    private static readonly string[] Apart =
    [
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/AF",
        "/AA",
        "/OpenAction",
        "/Collection",
        "/EmbeddedFiles",
        "/JavaScript",
    ];

    /// <exception cref="Refusal">evidence.damaged, evidence.pdf-locked.</exception>
    public static byte[] Clean(byte[] content)
    {
        RequireModest(content);
        using var document = Open(content);
        document.Info.Elements.Clear();
        document.Internals.FirstDocumentID = document.Internals.SecondDocumentID = "";
        foreach (var part in document.Internals.GetAllObjects())
            Clean(part);
        using var kept = new MemoryStream();
        document.Save(kept, closeStream: false);
        var bytes = kept.ToArray();
        Level(bytes, "<xmpMM:DocumentID>uuid:");
        Level(bytes, "<xmpMM:InstanceID>uuid:");
        return bytes;
    }

    // What a part holds by itself; what it only points to is a part of its own.
    private static void Clean(PdfItem? item)
    {
        if (item is PdfArray array)
            foreach (var held in array.Elements)
                Clean(held);
        if (item is not PdfDictionary part)
            return;
        foreach (var key in Apart)
            part.Elements.Remove(key);
        if (part.Stream is { } stream && IsPhoto(part))
            stream.Value = FileContent.Picture(stream.Value);
        foreach (var held in part.Elements.Values)
            Clean(held);
    }

    private static PdfDocument Open(byte[] content)
    {
        try
        {
            return PdfReader.Open(new MemoryStream(content), PdfDocumentOpenMode.Modify);
        }
        // The reader meets a broken file with whatever it stumbles over.
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw content.AsSpan().IndexOf("/Encrypt"u8) >= 0
                ? new Refusal("evidence.pdf-locked", "the pdf is locked by a password: its metadata cannot be taken out; send it unlocked")
                : FileContent.Damaged();
        }
    }

    // Only photos as cameras and scanners write them; others hold no more than their pixels.
    private static bool IsPhoto(PdfDictionary part) =>
        part.Elements["/Filter"] switch
        {
            PdfName name => name.Value == "/DCTDecode",
            PdfArray { Elements.Count: 1 } filters => filters.Elements[0] is PdfName { Value: "/DCTDecode" },
            _ => false,
        };

    // The writer draws new identifiers each time.
    private static void Level(byte[] bytes, string before)
    {
        var mark = Encoding.ASCII.GetBytes(before);
        if (bytes.AsSpan().IndexOf(mark) is >= 0 and var at)
            "00000000-0000-0000-0000-000000000000"u8.CopyTo(bytes.AsSpan(at + mark.Length));
    }

    // Tables of objects are unfolded whole before anything is known of them: what unfolds to more than a document has is refused first.
    private static void RequireModest(byte[] content)
    {
        var left = Unfolded;
        foreach (var mark in new[] { "/ObjStm", "/XRef" })
            for (var (at, name) = (0, Encoding.ASCII.GetBytes(mark)); content.AsSpan(at).IndexOf(name) is >= 0 and var next; at += next + name.Length)
                left -= Length(content, at + next, left);
    }

    private static int Length(byte[] content, int from, int most)
    {
        var start = content.AsSpan(from).IndexOf("stream"u8);
        if (start < 0)
            return 0;
        start += from + "stream".Length;
        while (start < content.Length && content[start] is (byte)'\r' or (byte)'\n')
            start++;
        var (length, buffer) = (0, new byte[1 << 16]);
        try
        {
            using var unfolding = new ZLibStream(new MemoryStream(content, start, content.Length - start), CompressionMode.Decompress);
            while (unfolding.Read(buffer) is > 0 and var read)
                if ((length += read) > most)
                    throw FileContent.Damaged();
        }
        // Not folded this way: it is as long as it stands there.
        catch (InvalidDataException)
        {
            return length;
        }
        return length;
    }
}
