namespace Tuopin.Figures;

/// <summary>The outline of a place as the operator loaded it, simplified, as well-known text in degrees.</summary>
public sealed class AreaBoundary
{
    /// <summary>12-digit code.</summary>
    public long AreaCode { get; set; }
    public required string Shape { get; set; }
    public long ChangeId { get; set; }
}
