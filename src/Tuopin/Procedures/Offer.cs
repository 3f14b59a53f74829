using Tuopin.Platform.Areas;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Procedures;

/// <summary>A change that a list can be opened for, with the procedure that is the law for it in a place.</summary>
public sealed record Offer(Procedure Procedure, ProcedureChange Change)
{
    /// <summary>
    /// What lists of an area can be opened for on a day. Where several procedures are about the same change, those of the narrowest area are the law: a
    /// province's before the nation's.
    /// </summary>
    public static IReadOnlyList<Offer> In(PackSet packs, AreaVersion area, DateOnly day) =>
        [
            .. packs
                .Procedures.Where(p => p.InForce.Covers(day) && p.Area.Contains(AreaTree.RangeOf(area)) && (short)p.ListLevel == area.Level)
                .SelectMany(p => p.Changes.Select(c => new Offer(p, c)))
                .GroupBy(o => (o.Procedure.Family, o.Change.Id))
                .SelectMany(g => g.Where(o => o.Procedure.Area.Width == g.Min(n => n.Procedure.Area.Width)))
                .OrderBy(o => o.Procedure.Id, StringComparer.Ordinal),
        ];
}
