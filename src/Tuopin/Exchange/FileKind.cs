using System.Buffers.Binary;
using System.Text;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>The formats rows can be read from.</summary>
public enum SheetFormat : byte
{
    Csv,
    Xlsx,
    Xls,
}

/// <summary>Tells the format of a file by its first bytes and refuses one whose ending says something else.</summary>
public static class FileKind
{
    private static readonly byte[] EncryptedPackage = Encoding.Unicode.GetBytes("EncryptedPackage");
    private const ulong CompoundFile = 0xE11AB1A1E011CFD0;

    public static SheetFormat Of(string path, SheetLimits limits)
    {
        var name = Path.GetFileName(path);
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new FileRefused(RefusalReason.NotFound, name, new Label("找不到文件", "no such file"));
        if (info.Length == 0)
            throw new FileRefused(RefusalReason.Empty, name, new Label("文件是空的", "the file is empty"));
        if (info.Length > limits.FileBytes)
            throw new FileRefused(
                RefusalReason.WrongType,
                name,
                new Label($"文件超过 {limits.FileBytes >> 20} MB", $"the file is larger than {limits.FileBytes >> 20} MB")
            );
        using var stream = info.OpenRead();
        Span<byte> start = stackalloc byte[512];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var ending = info.Extension.ToLowerInvariant();
        var found = Found(start, stream, name);
        var agrees = found switch
        {
            SheetFormat.Xlsx => ending is ".xlsx" or ".xlsm",
            SheetFormat.Xls => ending is ".xls",
            _ => ending is ".csv" or ".txt" or ".tsv",
        };
        return agrees ? found : throw Mismatch(name, ending, found, start);
    }

    private static SheetFormat Found(ReadOnlySpan<byte> start, FileStream stream, string name)
    {
        if (start.StartsWith("PK\x3\x4"u8))
            return SheetFormat.Xlsx;
        if (start.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(start) != CompoundFile)
            return SheetFormat.Csv;
        if (Contains(stream, EncryptedPackage))
            throw Locked(name);
        return SheetFormat.Xls;
    }

    /// <summary>The refusal of a workbook that asks for a password.</summary>
    public static FileRefused Locked(string name, Exception? cause = null) =>
        new(
            RefusalReason.Encrypted,
            name,
            new Label("工作簿加了密码，请去掉密码后另存再导入", "the workbook is encrypted; save it without a password"),
            cause
        );

    private static FileRefused Mismatch(string name, string ending, SheetFormat found, ReadOnlySpan<byte> start)
    {
        var (zh, en) = found switch
        {
            SheetFormat.Xlsx => ("zip 压缩包或 xlsx 工作簿", "a zip archive or xlsx workbook"),
            SheetFormat.Xls => ("xls 工作簿", "an xls workbook"),
            _ when LooksLikeMarkup(start) => ("网页或 XML 文本", "a web page or XML text"),
            _ => ("文本", "text"),
        };
        return new FileRefused(
            RefusalReason.WrongType,
            name,
            new Label(
                $"扩展名是 {(ending.Length == 0 ? "空" : ending)}，内容却是{zh}；请用表格软件打开后另存为 xlsx 或 csv",
                $"it is named {(ending.Length == 0 ? "without an ending" : ending)} but holds {en}; open it in a spreadsheet program and save it as xlsx or csv"
            )
        );
    }

    private static bool LooksLikeMarkup(ReadOnlySpan<byte> start)
    {
        var text = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        return text.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }

    private static bool Contains(FileStream stream, ReadOnlySpan<byte> wanted)
    {
        stream.Position = 0;
        var buffer = new byte[1 << 16];
        var kept = 0;
        while (true)
        {
            var read = stream.Read(buffer, kept, buffer.Length - kept);
            if (read == 0)
                return false;
            var span = buffer.AsSpan(0, kept + read);
            if (span.IndexOf(wanted) >= 0)
                return true;
            kept = Math.Min(wanted.Length - 1, span.Length);
            span[^kept..].CopyTo(buffer);
        }
    }
}
