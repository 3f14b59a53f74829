using System.IO.Compression;
using System.Xml;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// The parts of an xlsx archive, opened so that a hostile one is refused by name: bombs (by claim and again while unpacking), archives within the
/// archive, document types. Nothing outside the file is ever followed.
/// </summary>
internal sealed class XlsxPackage : IDisposable
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = false,
    };

    private readonly ZipArchive archive;
    private readonly SheetLimits limits;
    private readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> read = new(StringComparer.OrdinalIgnoreCase);

    public XlsxPackage(string path, SheetLimits limits)
    {
        File = Path.GetFileName(path);
        this.limits = limits;
        try
        {
            archive = ZipFile.OpenRead(path);
            CheckParts();
        }
        catch (InvalidDataException e)
        {
            archive?.Dispose();
            throw Damaged(e);
        }
        catch (FileRefused)
        {
            archive?.Dispose();
            throw;
        }
    }

    public string File { get; }

    public bool Has(string part) => parts.ContainsKey(part);

    /// <summary>Opens a part as XML without document types.</summary>
    public XmlReader Xml(string part) => XmlReader.Create(Open(part), Settings);

    /// <summary>Turns what XML and unpacking throw into a refusal with its name.</summary>
    public FileRefused Refusal(Exception e) =>
        e switch
        {
            FileRefused refused => refused,
            XmlException when e.Message.Contains("DTD", StringComparison.Ordinal) => DocumentType(e),
            _ => Damaged(e),
        };

    public static bool IsReadError(Exception e) =>
        e is XmlException or InvalidDataException or IOException or FormatException or OverflowException or NotSupportedException;

    /// <summary>How much of a part has been read, by the size the archive claims for it.</summary>
    public double ShareOf(string part) =>
        parts.TryGetValue(part, out var entry) ? Math.Min(1, (double)read.GetValueOrDefault(part) / Math.Max(1, entry.Length)) : 0;

    public void Dispose() => archive.Dispose();

    private Stream Open(string part) =>
        parts.TryGetValue(part, out var entry)
            ? new CountedStream(entry.Open(), entry.CompressedLength, part, this)
            : throw Damaged(new InvalidDataException($"part {part} is missing"));

    private void CheckParts()
    {
        if (archive.Entries.Count > limits.Parts)
            throw Bomb($"压缩包内有 {archive.Entries.Count} 个文件", $"the archive has {archive.Entries.Count} parts");
        foreach (var entry in archive.Entries)
        {
            if (entry.Length > limits.PartBytes || Exceeds(entry.Length, entry.CompressedLength))
                throw Bomb($"部件 {entry.FullName} 展开后 {entry.Length} 字节", $"part {entry.FullName} unpacks to {entry.Length} bytes");
            if (!parts.TryAdd(entry.FullName.Replace('\\', '/').TrimStart('/'), entry))
                throw Damaged(new InvalidDataException($"part {entry.FullName} occurs twice"));
            CheckStart(entry);
        }
        if (!Has("[Content_Types].xml") || !parts.Keys.Any(p => p.EndsWith("workbook.xml", StringComparison.OrdinalIgnoreCase)))
            throw new FileRefused(
                RefusalReason.WrongType,
                File,
                new Label("是压缩包，但不是 xlsx 工作簿", "a zip archive, but not an xlsx workbook")
            );
    }

    /// <summary>Looks at the first bytes of a part: an archive inside, or a document type in any XML.</summary>
    private void CheckStart(ZipArchiveEntry entry)
    {
        if (entry.Length == 0)
            return;
        Span<byte> start = stackalloc byte[1024];
        using (var stream = entry.Open())
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith("PK\x3\x4"u8) || start.StartsWith("Rar!"u8) || start.StartsWith("7z\xBC\xAF"u8))
            throw new FileRefused(
                RefusalReason.NestedArchive,
                File,
                new Label($"工作簿内嵌有压缩包 {entry.FullName}", $"the workbook holds another archive, {entry.FullName}")
            );
        if (start.IndexOf("<!DOCTYPE"u8) >= 0 || start.IndexOf("<!ENTITY"u8) >= 0)
            throw DocumentType(null);
    }

    private bool Exceeds(long unpacked, long packed) => unpacked > limits.RatioFromBytes && unpacked / Math.Max(1, packed) > limits.Ratio;

    private FileRefused Bomb(string zh, string en) =>
        new(RefusalReason.ZipBomb, File, new Label($"{zh}，疑似压缩炸弹，拒绝读取", $"{en}: refused as a possible zip bomb"));

    private FileRefused DocumentType(Exception? cause) =>
        new(RefusalReason.DocumentType, File, new Label("XML 部件中含有文档类型定义（DTD）", "an XML part declares a document type (DTD)"), cause);

    private FileRefused Damaged(Exception cause) =>
        new(RefusalReason.Damaged, File, new Label($"文件已损坏：{cause.Message}", $"the file is damaged: {cause.Message}"), cause);

    /// <summary>Counts what really comes out of a part: the sizes an archive claims are not believed.</summary>
    private sealed class CountedStream(Stream inner, long packed, string part, XlsxPackage package) : Stream
    {
        private long total;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => total;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            total += read;
            package.read[part] = total;
            if (total > package.limits.PartBytes || package.Exceeds(total, packed))
                throw package.Bomb($"部件 {part} 已展开 {total} 字节", $"part {part} has unpacked to {total} bytes");
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
