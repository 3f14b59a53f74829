namespace Tuopin.Platform.Areas;

/// <summary>
/// A place with a stable id. Its code, name and parent are dated (<see cref="AreaVersion"/>): a code can change hands between two trees, the id never does.
/// </summary>
public sealed class Area
{
    public long Id { get; set; }
}

/// <summary>What an area was called, coded and part of from a day on; <see cref="ToDay"/> is the first day it no longer holds, null while it does.</summary>
public sealed class AreaVersion
{
    public long AreaId { get; set; }
    public int FromDay { get; set; }
    public int? ToDay { get; set; }

    /// <summary>
    /// 12 digits; shorter national codes are filled up with zeros. The nation is 0. A group has no national code: ours is that of its village and three digits.
    /// </summary>
    public long Code { get; set; }
    public required string Name { get; set; }
    public long? ParentId { get; set; }

    /// <summary>0 nation, 1 province, 2 city, 3 county, 4 township, 5 village, 6 group.</summary>
    public short Level { get; set; }

    /// <summary>1 villagers' committee (行政村), 2 residents' committee (社区), 0 any other level.</summary>
    public short Kind { get; set; }

    /// <summary>Of a place that has ended: the one that took in what was its own.</summary>
    public long? SuccessorId { get; set; }

    /// <summary>The change that wrote it; 0 for the trees that are shipped.</summary>
    public long ChangeId { get; set; }
}
