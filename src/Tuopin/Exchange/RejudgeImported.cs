using System.Data.Common;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Registry.Merging;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// Keeps a judgement true over a small import: its households are judged again in its transaction, one by one as after an edit. A large one is left to a
/// judgement of the whole, which is faster.
/// </summary>
internal sealed class RejudgeImported : IDisposable
{
    private const int Most = 100;
    private readonly Installation installation;
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;
    private readonly MergePlan merge;
    private readonly RejudgeHousehold rejudge;
    private readonly List<RejudgeHousehold.Standing> before;

    private RejudgeImported(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        MergePlan merge,
        RejudgeHousehold rejudge,
        IReadOnlyList<long> households
    )
    {
        (this.installation, this.connection, this.transaction, this.merge, this.rejudge) = (installation, connection, transaction, merge, rejudge);
        before = [.. households.Select(h => rejudge.Before(transaction, h))];
    }

    /// <summary>To be called before the first row is written. Null when there is no judgement to keep, or the import is too large.</summary>
    public static RejudgeImported? Begin(Installation installation, DbConnection connection, DbTransaction transaction, MergePlan merge)
    {
        if (!JudgedState.Holds(installation, connection, transaction) || merge.Households(Most, transaction) is not { } households)
            return null;
        var area = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), null, installation);
        return new(installation, connection, transaction, merge, RejudgeHousehold.For(installation, connection, transaction, area), households);
    }

    /// <summary>To be called after the last row and the batch are written.</summary>
    public void End()
    {
        foreach (var standing in before)
            rejudge.After(standing);
        // What the import brought had no standing before.
        foreach (var household in (merge.Households(int.MaxValue - 1, transaction) ?? []).Except(before.Select(b => b.HouseholdId)))
            rejudge.After(new(household, null));
        JudgedState.Renew(installation, connection, transaction);
    }

    public void Dispose() => rejudge.Dispose();
}
