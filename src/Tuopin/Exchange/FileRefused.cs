using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Why a file as a whole is not read. Codes are permanent: they are printed, logged and documented in docs/import.md.</summary>
public enum RefusalReason : byte
{
    NotFound,
    Empty,
    WrongType,
    Encrypted,
    Damaged,
    Encoding,
    ZipBomb,
    NestedArchive,
    DocumentType,
    TooManyColumns,
    TooManyRows,
    CellTooLong,
    TooManyTexts,
    NoSheet,
    HeaderNotFound,
    ColumnMissing,
    ColumnTwice,
    TooManyErrors,
}

/// <summary>A file that is refused with a named reason before anything is changed.</summary>
public sealed class FileRefused(RefusalReason reason, string file, Label message, Exception? cause = null)
    : Exception($"{file}: {message.Zh} / {message.En}", cause)
{
    public RefusalReason Reason { get; } = reason;
    public string File { get; } = file;
    public Label Text { get; } = message;
}
