using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Quality;
using Tuopin.Rules.Model;
using Tuopin.Standards;
using Tuopin.Work;

namespace Tuopin.Editing;

/// <summary>An act in its transaction: who acts, in whose name, and the connection under the write lock.</summary>
public sealed record Writing(
    Installation Installation,
    DbConnection Connection,
    DbTransaction Transaction,
    AreaTree Tree,
    DateOnly WorkDate,
    Editor Editor,
    Act Act
)
{
    public FactDictionary Dictionary => Installation.Packs.Dictionary;
    public int Day => DayNumber.Of(Act.Day);
    public long Household => Editor.Household.Id;
    public long County => Editor.Household.AreaCode / 1_000_000;

    public int Execute(string sql, object? parameters = null) => Connection.Execute(sql, Transaction, parameters);
}

/// <summary>
/// Writes acts, one at a time: there is one writer whatever the engine, so the program keeps one connection for them, on which the statements that judge a
/// household again stay prepared. Change, history, audit, list, verdicts, tallies, findings and work are of one transaction.
/// </summary>
public sealed class Pen(Installation installation, AreaTrees trees, WorkSources sources) : IDisposable
{
    private readonly SemaphoreSlim one = new(1);
    private readonly Dictionary<long, RejudgeHousehold> rejudging = [];
    private readonly Dictionary<long, RecheckHousehold> rechecking = [];
    private readonly RefreshHouseholds work = new(sources);
    private DbConnection? connection;
    private (DateOnly Day, string Packs, AreaTree? Tree) judged;

    /// <param name="Change">The change that wrote it; null when there was nothing to write.</param>
    /// <param name="Proposed">The number under which it waits for a review.</param>
    public sealed record Written(long? Change, long? Proposed = null);

    /// <summary>Does an act of a caller on a household.</summary>
    /// <exception cref="NotInScope">The household is not the caller's.</exception>
    /// <exception cref="Refusal">What the act refuses.</exception>
    public async Task<Written> Do(Caller caller, long household, string? author, Act act, CancellationToken stop) =>
        await Write(
            (connection, transaction, tree, day) =>
            {
                var editor = Editor.Of(connection, transaction, caller, act.Permission, DayNumber.Of(day), household, author);
                var writing = new Writing(installation.As(caller.Actor), connection, transaction, tree, day, editor, act);
                if (!ReviewChanges.Waits(installation.Packs, editor, act, day))
                    return Perform(writing);
                var plan = act.Decide(writing);
                RequireOpen(writing);
                return new(null, plan.Differences.Count == 0 ? null : ReviewChanges.Propose(writing, plan, this));
            },
            stop
        );

    /// <summary>What an act of a caller on a household would change; nothing is written.</summary>
    /// <exception cref="NotInScope">The household is not the caller's.</exception>
    /// <exception cref="Refusal">What the act refuses.</exception>
    public async Task<IReadOnlyList<Difference>> Look(Caller caller, long household, Act act, CancellationToken stop) =>
        await Write(
            (connection, transaction, tree, day) =>
            {
                var editor = Editor.Of(connection, transaction, caller, act.Permission, DayNumber.Of(day), household);
                var writing = new Writing(installation.As(caller.Actor), connection, transaction, tree, day, editor, act);
                var plan = act.Decide(writing);
                RequireOpen(writing);
                return plan.Differences;
            },
            stop
        );

    /// <summary>Runs something under the write lock, on the connection of this pen.</summary>
    public async Task<T> Write<T>(Func<DbConnection, DbTransaction, AreaTree, DateOnly, T> work, CancellationToken stop)
    {
        await one.WaitAsync(stop);
        try
        {
            connection ??= installation.Store.Open();
            using var transaction = installation.Store.BeginWrite(connection);
            var day = Installation.WorkDateOf(connection, installation.Clock, transaction);
            var done = work(connection, transaction, trees.Of(connection, day), day);
            transaction.Commit();
            return done;
        }
        catch (Exception fault) when (fault is not Refusal)
        {
            Forget();
            connection?.Dispose();
            connection = null;
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Decides an act and writes what it comes to, within a transaction of <see cref="Write"/>.</summary>
    /// <param name="look">May refuse what it comes to.</param>
    public Written Perform(Writing writing, Action<Plan>? look = null)
    {
        var plan = writing.Act.Decide(writing);
        look?.Invoke(plan);
        if (plan.Differences.Count == 0)
            return new(null);
        RequireOpen(writing);
        var holds = JudgedState.Holds(installation, writing.Connection, writing.Transaction);
        var standings = holds ? Before(writing, plan.Households) : [];
        var (act, actor) = (writing.Act, writing.Installation.Actor);
        var change = AuditLog.BeginChange(
            writing.Connection,
            writing.Transaction,
            installation.Clock,
            actor,
            act.Reason,
            writing.Editor.Author,
            writing.Day,
            act.Document
        );
        plan.Write(change);
        if (holds)
        {
            foreach (var (rejudge, standing) in standings)
                rejudge.After(standing);
            foreach (var made in plan.Made)
                standings[0].Rejudge.After(new(made, null));
        }
        else
            HouseholdList.Refresh(installation, writing.Connection, writing.Transaction, change);
        if (RecheckHousehold.Wanted(installation, writing.Connection, writing.Transaction))
            Recheck(writing).After(writing.Transaction, [.. plan.Households.Concat(plan.Made).Distinct()], change);
        Keep(writing.WorkDate, writing.Tree);
        work.After(
            new(writing.Installation, writing.Connection, writing.Transaction, DayNumber.Of(writing.WorkDate))
            {
                ChangedPlaces = [.. standings.Select(s => s.Standing.Row?[1]).OfType<long>().Distinct()],
            },
            [.. plan.Households.Concat(plan.Made).Distinct()],
            change,
            (judged, holds)
        );
        AuditLog.Append(
            writing.Connection,
            writing.Transaction,
            installation.Clock,
            actor,
            act.Action,
            JsonSerializer.Serialize(
                new
                {
                    change,
                    act.Reason,
                    act.Document,
                    what = plan.Differences.Select(d => d.What.Zh),
                    more = plan.Detail,
                },
                Json
            ),
            new("household", writing.Household)
        );
        return new(change);
    }

    /// <summary>The work about a household after something else than an act changed it, as a change of its own that the next audit entry closes.</summary>
    internal void Follow(Installation acting, DbConnection open, DbTransaction transaction, AreaTree tree, DateOnly day, long household)
    {
        var number = DayNumber.Of(day);
        var change = AuditLog.BeginChange(open, transaction, installation.Clock, acting.Actor, "work of a household", "poverty_office", number);
        Keep(day, tree);
        work.After(new(acting, open, transaction, number), [household], change, (judged, JudgedState.Holds(installation, open, transaction)));
    }

    // Nothing takes effect on a day of a round that is closed.
    private void RequireOpen(Writing writing) =>
        Rounds.ClosedRounds.Require(writing.Connection, writing.Transaction, installation.Packs, writing.Editor.Household.AreaCode, writing.Day);

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private RecheckHousehold Recheck(Writing writing)
    {
        var area = CountyOf(writing);
        if (!rechecking.TryGetValue(area.AreaId, out var recheck))
            rechecking.Add(area.AreaId, recheck = RecheckHousehold.For(installation, writing.Connection, writing.Transaction, area));
        return recheck;
    }

    // What was made ready for another day, other packs or another tree is made ready again.
    private void Keep(DateOnly day, AreaTree tree)
    {
        var now = (day, installation.Packs.Hash, tree);
        if (judged != now)
            Forget();
        judged = now;
    }

    private AreaVersion CountyOf(Writing writing)
    {
        Keep(writing.WorkDate, writing.Tree);
        return writing.Tree.ByCode(writing.County * 1_000_000) ?? throw new InvalidOperationException("a household outside the tree");
    }

    private List<(RejudgeHousehold Rejudge, RejudgeHousehold.Standing Standing)> Before(Writing writing, IReadOnlyList<long> households)
    {
        var area = CountyOf(writing);
        if (!rejudging.TryGetValue(area.AreaId, out var rejudge))
            rejudging.Add(area.AreaId, rejudge = RejudgeHousehold.For(installation, writing.Connection, writing.Transaction, area));
        return [.. households.Select(h => (rejudge, rejudge.Before(writing.Transaction, h)))];
    }

    private void Forget()
    {
        foreach (var rejudge in rejudging.Values)
            rejudge.Dispose();
        rejudging.Clear();
        foreach (var recheck in rechecking.Values)
            recheck.Dispose();
        rechecking.Clear();
        judged = default;
    }

    public void Dispose()
    {
        Forget();
        connection?.Dispose();
        one.Dispose();
    }
}
