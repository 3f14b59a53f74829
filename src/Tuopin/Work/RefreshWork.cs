using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>
/// Holds what is open against what the sources report now: opens what is new, follows what changed, closes what is gone, and issues the cards that are due on
/// the work date. A few statements a source, whatever the number of items. What a person answered stays answered.
/// </summary>
public static class RefreshWork
{
    private const string Now = "work_now";

    /// <summary>The setting that says for which day everything was refreshed last.</summary>
    private const string Setting = "work_refreshed";

    /// <param name="Kinds">What each source came to; a source that can say nothing now is left out.</param>
    /// <param name="Cards">Cards issued.</param>
    /// <param name="Back">Cards not in force any more, or again, because the work date was moved.</param>
    public sealed record Report(DateOnly Day, IReadOnlyList<OfKind> Kinds, long Cards, long Back);

    /// <param name="Open">Open items of the kind afterwards.</param>
    public sealed record OfKind(string Kind, long Opened, long Cleared, long Changed, long Open);

    /// <summary>
    /// What a new day brings: cards that are due, deadlines of lists, overrules about to end. Null where nobody has refreshed the work yet, or the day was seen to.
    /// </summary>
    public static Report? OfTheDay(Installation installation, WorkSources sources)
    {
        using (var connection = installation.Store.OpenReader())
            if (Installation.Setting(connection, Setting) is not { } last || last == Text(Installation.WorkDateOf(connection, installation.Clock)))
                return null;
        return Handle(installation, sources, AreaRange.Nation);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>All of some areas, as one change.</summary>
    public static Report Handle(Installation installation, WorkSources sources, AreaRange range, Action<int, int>? progress = null)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var ask = new WorkAsk(installation, connection, transaction, DayNumber.Of(day));
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, "work refresh", "poverty_office", ask.Day);
        var all = sources.All.ToList();
        var kinds = new List<OfKind>();
        foreach (var source in all)
        {
            if (One(ask, source, $"area_code BETWEEN {range.From} AND {range.To}", change) is { } kind)
                kinds.Add(kind);
            progress?.Invoke(kinds.Count, all.Count);
        }
        var (issued, back, shown) = WorkCards.Refresh(ask, range, change);
        var report = new Report(day, kinds, issued, back);
        var first = range == AreaRange.Nation && Installation.Setting(connection, Setting, transaction) != Text(day);
        // Nothing new is no change: the record stays as it was.
        if (!first && issued + back + shown + kinds.Sum(k => k.Opened + k.Cleared + k.Changed) == 0)
            return report;
        if (first)
            installation.Set(connection, transaction, Setting, Text(day));
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "work.refresh",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{range.From}-{range.To}: opened {kinds.Sum(k => k.Opened)}, cleared {kinds.Sum(k => k.Cleared)}, cards {issued}"
            )
        );
        transaction.Commit();
        return report;
    }

    // The part is a condition over columns that the select and the items share.
    private static OfKind? One(WorkAsk ask, WorkSource source, string part, long change)
    {
        if (source.Open(ask) is not { } select)
            return null;
        var (connection, transaction) = (ask.Connection, ask.Transaction);
        connection.Execute($"DROP TABLE IF EXISTS {Now}", transaction);
        connection.Execute(
            $"""
            CREATE TEMPORARY TABLE {Now} AS
            SELECT n.source_key, n.what, n.subject, n.subject_id, n.area_code, n.department, n.unit_id, n.post_id, coalesce(n.due, {WorkItem.NoDeadline}) AS due, n.stamp
            FROM ({select}) n WHERE {part}
            """,
            transaction
        );
        connection.Execute($"CREATE INDEX ix_{Now} ON {Now} (source_key)", transaction);
        if (!ask.Installation.Store.IsSqlite)
            connection.Execute($"ANALYZE {Now}", transaction);
        var holding = new HoldItems(ask, source.Kind, Now, part, change);
        var changed = holding.Free();
        var cleared = holding.Clear();
        changed += holding.Follow();
        var opened = holding.Open();
        var open = connection.Number(
            "SELECT count(*) FROM work_items WHERE closed_day IS NULL AND kind = @kind",
            transaction,
            new { kind = source.Kind }
        );
        connection.Execute($"DROP TABLE {Now}", transaction);
        return new(source.Kind, opened, cleared, changed, open);
    }
}

/// <summary>Items of a kind held against what its source reports now, a statement for each way in which they can differ, in this order.</summary>
/// <param name="Now">A table, or a query in brackets, with the columns of a <see cref="WorkSource"/>; <c>due</c> is never null there.</param>
/// <param name="Part">Which items it speaks of.</param>
internal sealed record HoldItems(WorkAsk Ask, string Kind, string Now, string Part, long Change)
{
    private const string Live = "w.live AND w.kind = @kind AND w.source_key = n.source_key";

    private int Run(string sql) =>
        Ask.Connection.Execute(
            sql,
            Ask.Transaction,
            new
            {
                kind = Kind,
                change = Change,
                day = Ask.Day,
            }
        );

    /// <summary>An answer stands until the source reports something else, or nothing.</summary>
    public int Free() =>
        Run(
            $"""
            UPDATE work_items SET live = FALSE, change_id = @change WHERE live AND ended = 2 AND kind = @kind AND {Part}
              AND NOT EXISTS (SELECT 1 FROM {Now} n WHERE n.source_key = work_items.source_key AND n.stamp IS NOT DISTINCT FROM work_items.stamp)
            """
        );

    /// <summary>What the source reports no more is done.</summary>
    public int Clear() =>
        Run(
            $"""
            UPDATE work_items SET state = 4, ended = 1, closed_day = @day, live = FALSE, card = 0, change_id = @change
            WHERE closed_day IS NULL AND kind = @kind AND source_key IS NOT NULL AND open_children = 0 AND {Part}
              AND NOT EXISTS (SELECT 1 FROM {Now} n WHERE n.source_key = work_items.source_key)
            """
        );

    /// <summary>What is open says what the source says now; a deadline that a person set stays.</summary>
    public int Follow() =>
        Run(
            $"""
            UPDATE work_items SET what = n.what, area_code = n.area_code, department = n.department, stamp = n.stamp,
              unit_id = coalesce(n.unit_id, work_items.unit_id), post_id = coalesce(n.post_id, work_items.post_id),
              due = CASE WHEN work_items.due_by_hand THEN work_items.due ELSE n.due END, change_id = @change
            FROM {Now} n WHERE work_items.closed_day IS NULL AND work_items.kind = @kind AND work_items.source_key = n.source_key
              AND (work_items.area_code <> n.area_code OR work_items.what <> n.what OR work_items.department IS DISTINCT FROM n.department
                OR work_items.stamp IS DISTINCT FROM n.stamp OR (n.unit_id IS NOT NULL AND work_items.unit_id IS DISTINCT FROM n.unit_id)
                OR (n.post_id IS NOT NULL AND work_items.post_id IS DISTINCT FROM n.post_id) OR (NOT work_items.due_by_hand AND work_items.due <> n.due))
            """
        );

    /// <summary>What is new is opened.</summary>
    public long Open()
    {
        var isNew = $"NOT EXISTS (SELECT 1 FROM work_items w WHERE {Live})";
        var counties = Ask
            .Connection.Query<(long County, long Rows)>(
                $"SELECT n.area_code / 1000000, count(*) FROM {Now} n WHERE {isNew} GROUP BY 1 ORDER BY 1",
                new { kind = Kind },
                Ask.Transaction
            )
            .ToList();
        foreach (var (county, rows) in counties)
            Ask.Connection.Execute(
                $"""
                INSERT INTO work_items (id, kind, source_key, what, stamp, live, ordinal, open_children, subject, subject_id, area_code, department, unit_id,
                  post_id, due, due_by_hand, state, opened_day, card, change_id)
                SELECT @first - 1 + row_number() OVER (ORDER BY n.area_code, n.source_key), @kind, n.source_key, n.what, n.stamp, TRUE, 0, 0, n.subject, n.subject_id,
                  n.area_code, n.department, n.unit_id, n.post_id, n.due, FALSE, 0, @day, 0, @change
                FROM {Now} n WHERE n.area_code / 1000000 = @county AND {isNew}
                """,
                Ask.Transaction,
                new
                {
                    kind = Kind,
                    county,
                    first = Keys.Take(Ask.Connection, Ask.Transaction, "work_items", county, rows),
                    day = Ask.Day,
                    change = Change,
                }
            );
        return counties.Sum(c => c.Rows);
    }
}
