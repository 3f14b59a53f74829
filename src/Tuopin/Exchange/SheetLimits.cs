namespace Tuopin.Exchange;

/// <summary>What a workbook may ask of the machine. The defaults hold a province's export and stop a bomb early.</summary>
public sealed record SheetLimits
{
    public static readonly SheetLimits Default = new();

    /// <summary>Bytes of one file as it lies on disk.</summary>
    public long FileBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of one unpacked part; counted while it is read, whatever the archive claims.</summary>
    public long PartBytes { get; init; } = 3L << 30;

    /// <summary>Unpacked to packed, judged once a part has passed <see cref="RatioFromBytes"/>.</summary>
    public int Ratio { get; init; } = 250;
    public long RatioFromBytes { get; init; } = 8L << 20;
    public int Parts { get; init; } = 2_000;
    public int Columns { get; init; } = 1_024;
    public int Rows { get; init; } = 5_000_000;
    public int CellChars { get; init; } = 32_767;

    /// <summary>Characters of one row together; keeps a row of long cells from filling the memory.</summary>
    public int RowChars { get; init; } = 4 << 20;

    /// <summary>Characters of all shared strings of a workbook.</summary>
    public long SharedChars { get; init; } = 150_000_000;
    public int SharedCount { get; init; } = 12_000_000;
}
