using System.IO.Compression;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Tuopin.Numbers;
using Tuopin.Platform;

namespace Tuopin.Figures;

/// <summary>
/// The running text of a report: a docx with its tables, or plain text in UTF-8, UTF-16 or GB18030. A file comes from anywhere: what it claims of its size is not believed,
/// and macros, encryption and archives within are refused by name.
/// </summary>
public static class ReportText
{
    /// <summary>Bytes of a file as it lies on disk.</summary>
    public const long Largest = 20 << 20;

    /// <summary>Bytes of all parts of a docx together, counted while they unpack.</summary>
    private const long LargestUnpacked = 100 << 20;
    private const int MostParts = 2_000;

    /// <exception cref="Refusal">report-check.too-large, .empty, .encrypted, .macros, .unreadable, .encoding.</exception>
    public static string Read(byte[] file)
    {
        if (file.Length > Largest)
            throw TooLarge();
        var text =
            file.AsSpan().StartsWith("PK\x3\x4"u8) ? ReadDocument(file)
            : file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]) ? throw Old(file)
            : ReadPlain(file);
        return Checked(text);
    }

    /// <summary>A text that somebody pasted, or that was read.</summary>
    /// <exception cref="Refusal">report-check.too-large, report-check.empty.</exception>
    public static string Checked(string text)
    {
        if (text.Length > ReadNumbers.Longest)
            throw TooLarge();
        return string.IsNullOrWhiteSpace(text) ? throw new WrongUsage("report-check.empty", "there is no text to check") : text;
    }

    /// <summary>Reads a file to its end, or as far as shows that it is too large.</summary>
    /// <exception cref="Refusal">report-check.too-large.</exception>
    public static byte[] Take(Stream stream)
    {
        using var held = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and var read)
        {
            held.Write(buffer, 0, read);
            if (held.Length > Largest)
                throw TooLarge();
        }
        return held.ToArray();
    }

    private static WrongUsage TooLarge() => new WrongUsage("report-check.too-large", "a report to check has at most 20 MB and 500,000 characters");

    // Both an encrypted docx and a doc of before 2007 are compound files.
    private static WrongUsage Old(byte[] file) =>
        file.AsSpan().IndexOf("E\0n\0c\0r\0y\0p\0t\0"u8) >= 0
            ? new WrongUsage("report-check.encrypted", "the document is encrypted: save it without a password")
            : Unreadable();

    private static WrongUsage Unreadable() => new WrongUsage("report-check.unreadable", "this is no docx and no text file; save a doc as docx");

    private static string ReadPlain(byte[] file)
    {
        var text = file.AsSpan();
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return Encoding.Unicode.GetString(text[2..]);
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return Encoding.BigEndianUnicode.GetString(text[2..]);
        if (text.Contains((byte)0))
            throw Unreadable();
        if (System.Text.Unicode.Utf8.IsValid(text))
            return Encoding.UTF8.GetString(text).TrimStart('\uFEFF');
        try
        {
            return Gb18030.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw new WrongUsage("report-check.encoding", "the text is neither UTF-8 nor GB18030");
        }
    }

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030",
        EncoderFallback.ExceptionFallback,
        DecoderFallback.ExceptionFallback
    )!;

    private static string ReadDocument(byte[] file)
    {
        try
        {
            Inspect(file);
            using var package = WordprocessingDocument.Open(new MemoryStream(file, writable: false), isEditable: false);
            return package.MainDocumentPart is { } main ? TextOf(main) : throw Unreadable();
        }
        catch (Exception broken)
            when (broken
                    is InvalidDataException
                        or OpenXmlPackageException
                        or FileFormatException
                        or XmlException
                        or IOException
                        or FormatException
                        or InvalidOperationException
                        or NotSupportedException
                        or ArgumentException
            )
        {
            throw Unreadable();
        }
    }

    /// <summary>Unpacks every part of a document or workbook once and counts: a bomb ends here, and so do macros.</summary>
    /// <exception cref="Refusal">report-check.too-large, report-check.macros, report-check.unreadable.</exception>
    /// <exception cref="InvalidDataException">It is no archive.</exception>
    public static void Inspect(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file, writable: false));
        if (archive.Entries.Count > MostParts)
            throw TooLarge();
        var left = LargestUnpacked;
        var buffer = new byte[1 << 16];
        foreach (var entry in archive.Entries)
        {
            if (entry.Name.Equals("vbaProject.bin", StringComparison.OrdinalIgnoreCase))
                throw new WrongUsage("report-check.macros", "the document holds macros: save it as docx");
            using var part = entry.Open();
            while (part.Read(buffer) is > 0 and var read)
                if ((left -= read) < 0)
                    throw TooLarge();
        }
        if (!archive.Entries.Any(e => e.FullName.Equals("[Content_Types].xml", StringComparison.OrdinalIgnoreCase)))
            throw Unreadable();
    }

    /// <summary>A paragraph is a line, a row of a table is a line with its cells apart. What was deleted with changes tracked is not text.</summary>
    private static string TextOf(MainDocumentPart main)
    {
        var text = new StringBuilder();
        var cells = 0;
        using var reader = OpenXmlReader.Create(main);
        while (reader.Read())
        {
            if (text.Length > ReadNumbers.Longest)
                throw TooLarge();
            if (reader.ElementType == typeof(Text) && reader.IsStartElement)
                text.Append(reader.GetText());
            else if (reader.ElementType == typeof(TabChar) && reader.IsStartElement)
                text.Append('\t');
            else if (reader.ElementType == typeof(Break) && reader.IsStartElement)
                text.Append('\n');
            else if (reader.ElementType == typeof(TableCell) && reader.IsStartElement)
                cells++;
            else if (reader.ElementType == typeof(TableCell) && reader.IsEndElement)
            {
                cells--;
                text.Append('\t');
            }
            else if ((reader.ElementType == typeof(Paragraph) && cells == 0 || reader.ElementType == typeof(TableRow)) && reader.IsEndElement)
                text.Append('\n');
            else if (reader.ElementType == typeof(Paragraph) && reader.IsEndElement)
                text.Append(' ');
        }
        return text.ToString();
    }
}
