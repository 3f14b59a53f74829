using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Quality;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;
using Tuopin.Work;

namespace Tuopin.Exchange;

/// <summary>
/// Keeps a judgement true over a small import: its households are judged again in its transaction, one by one as after an edit, and findings and work with them. A large one is left to a
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
    private readonly Freshness checks;

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
        checks = RunChecks.State(installation, connection, transaction, DayNumber.Of(installation.WorkDate));
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
    /// <param name="sources">Where the work about its households comes from; null where it is refreshed afterwards.</param>
    public void End(WorkSources? sources)
    {
        foreach (var standing in before)
            rejudge.After(standing);
        // What the import brought had no standing before.
        var made = (merge.Households(int.MaxValue - 1, transaction) ?? []).Except(before.Select(b => b.HouseholdId)).ToList();
        foreach (var household in made)
            rejudge.After(new(household, null));
        JudgedState.Renew(installation, connection, transaction);
        FollowUp(sources, [.. before.Select(b => b.HouseholdId), .. made]);
    }

    // Findings and work follow as after an edit, in a change of their own: that of the import is closed.
    private void FollowUp(WorkSources? sources, IReadOnlyList<long> households)
    {
        if (households.Count == 0 || (sources is null && checks == Freshness.Never))
            return;
        var day = DayNumber.Of(installation.WorkDate);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "findings and work of an import",
            "poverty_office",
            day
        );
        if (checks != Freshness.Never)
        {
            var area = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), null, installation);
            using var recheck = RecheckHousehold.For(installation, connection, transaction, area);
            recheck.After(transaction, households, change);
            if (checks == Freshness.Fresh)
                RunChecks.Renew(installation, connection, transaction);
        }
        if (sources is not null)
            new RefreshHouseholds(sources).After(new(installation, connection, transaction, day), households, change, "");
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "work.refresh",
            string.Create(CultureInfo.InvariantCulture, $"import: {households.Count} households")
        );
    }

    public void Dispose() => rejudge.Dispose();
}
