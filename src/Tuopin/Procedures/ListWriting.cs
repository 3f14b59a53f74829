using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// One act on a list from end to end, in one transaction under the write lock: find it in the caller's scope, let the engine decide, save what changed, carry
/// out what was decided, write the audit.
/// </summary>
public sealed class ListWriting
{
    /// <summary>What a sender says of every act: a key of its own, which sent again is the same act, and the version of the list it saw.</summary>
    public sealed record Sent(string? Key, int? Seen);

    /// <param name="Repeated">The act had been done before; nothing was done now.</param>
    /// <param name="JudgeAll">More households changed than could be judged again at once.</param>
    public sealed record Done(bool Repeated, bool JudgeAll, int Acts);

    /// <summary>An act, what is kept of it, and the objection it brings or answers.</summary>
    public sealed record Doing(Act Act, ListAct Said, ListObjection? Objection = null);

    private ListWriting(
        ConsoleContext context,
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        ListRecord list,
        Moment at,
        IReadOnlyList<Hat> hats
    ) => (Context, Installation, Connection, Transaction, List, At, Hats) = (context, installation, connection, transaction, list, at, hats);

    public ConsoleContext Context { get; }

    /// <summary>The installation with whoever acts.</summary>
    public Installation Installation { get; }
    public DbConnection Connection { get; }
    public DbTransaction Transaction { get; }
    public ListRecord List { get; }
    public Moment At { get; }
    public IReadOnlyList<Hat> Hats { get; }
    public int Day => DayNumber.Of(At.Work);

    /// <summary>In what capacities somebody acts on what lies in an area.</summary>
    public static IReadOnlyList<Hat> HatsOf(Caller caller, AreaRange area) =>
        [
            .. caller
                .Holds.Where(h => h.Area.Contains(area) && Enum.TryParse<ActingRole>(h.Role.ToString(), out _))
                .Select(h => new Hat(Enum.Parse<ActingRole>(h.Role.ToString()), LevelOf(h.Area)))
                .Distinct(),
        ];

    // The level of an area by the width of its range of codes.
    private static AreaLevel LevelOf(AreaRange area) =>
        area.Width switch
        {
            0 => AreaLevel.Village,
            <= 999 => AreaLevel.Township,
            <= 999_999 => AreaLevel.County,
            <= 99_999_999 => AreaLevel.City,
            <= 9_999_999_999 => AreaLevel.Province,
            _ => AreaLevel.Nation,
        };

    /// <summary>The work date, and the day of the clock where that means anything: the work date of invented data stands still or is moved at will.</summary>
    public static Moment Now(Installation installation, DbConnection connection, DbTransaction? transaction) =>
        new(
            Installation.WorkDateOf(connection, installation.Clock, transaction),
            Installation.Setting(connection, "invented", transaction) == "yes" ? null : ChinaTime.Today(installation.Clock)
        );

    /// <exception cref="NotInScope">The list is none of the caller's.</exception>
    /// <exception cref="Refusal">What the engine says; list.overtaken, list.key-reused.</exception>
    public static Done Do(ConsoleContext context, long id, Sent sent, string kind, Func<ListWriting, Doing> make) =>
        Do(
            context,
            context.Installation,
            context.Caller.Scope(Permission.ActOnLists),
            list => HatsOf(context.Caller, new AreaRange(list.Row.AreaCode, list.Row.AreaCode)),
            id,
            sent,
            kind,
            make
        );

    /// <summary>
    /// The same for whoever came by the public page and is nobody here: recorded in the capacity of whoever handles the step, and made the key that opened it
    /// public. That the key holds is the maker's to see to, in the transaction.
    /// </summary>
    public static Done DoByLink(ConsoleContext context, long id, Sent sent, string kind, Func<ListWriting, Doing> make) =>
        Do(
            context,
            context.Installation.As(PublicPage.Stranger),
            Scope.Everything,
            list => [new(list.Step.Role, list.Step.Level)],
            id,
            sent,
            kind,
            make
        );

    private static Done Do(
        ConsoleContext context,
        Installation installation,
        Scope scope,
        Func<ListRecord, IReadOnlyList<Hat>> hats,
        long id,
        Sent sent,
        string kind,
        Func<ListWriting, Doing> make
    )
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var list = ListRecord.Find(connection, transaction, installation.Packs, id, scope);
        var writing = new ListWriting(context, installation, connection, transaction, list, Now(installation, connection, transaction), hats(list));
        if (sent.Key is { } key && writing.KindSent(key) is { } before)
            return before == kind
                ? new(true, false, list.State.Acts)
                : throw new Refusal("list.key-reused", "this key was used for another act on the list");
        if (writing.Lapse())
            throw new Refusal("list.lapsed", $"the list ran out of its time on {DayText.Of(list.State.LapsesAfter(list.Procedure)!.Value)}");
        if (list.State.Ended is null && sent.Seen is { } seen && seen != list.State.Acts)
            throw new Refusal("list.overtaken", "somebody did something to the list since you opened it; look at it again");
        var (act, said, objection) = make(writing);
        var after = Step.Take(list.Procedure, list.State, act).OrThrow();
        (said.Kind, said.SentKey) = (kind, sent.Key);
        var judgeAll = writing.Save(after, said, objection is null ? null : change => writing.Write(act, objection, change));
        transaction.Commit();
        return new(false, judgeAll, after.Acts);
    }

    private string? KindSent(string key) =>
        Connection.Text("SELECT kind FROM list_acts WHERE list_id = @id AND sent_key = @key", Transaction, new { id = List.Row.Id, key });

    private bool Save(ListState after, ListAct said, Action<long>? besides = null)
    {
        (said.Number, said.Step, said.WorkDay, said.ClockDay) = (after.Acts, List.State.Step, Day, ListRecord.Number(At.Clock));
        var step = List.Step;
        said.ActedAs = (said.Kind == "answer-appeal" ? Step.Above(step).Role : step.Role).ToString().ToLowerInvariant();
        var ended = after.Subjects.Where(s => s.Value is not null && List.State.Subjects.GetValueOrDefault(s.Key) is null).ToList();
        var change = AuditLog.BeginChange(
            Connection,
            Transaction,
            Installation.Clock,
            Installation.Actor,
            $"list {List.Row.Id} {said.Kind}",
            said.ActedAs,
            Day
        );
        List.Save(Connection, Transaction, Installation.Store.Engine, after, said, change);
        besides?.Invoke(change);
        FollowClues(after, ended, change);
        var passed = ended.Where(s => s.Value == OutcomeCause.Passed).Select(s => s.Key).ToList();
        var judgeAll = passed.Count > 0 && new CarryOut(this, change).Decide(passed);
        AuditLog.Append(
            Connection,
            Transaction,
            Installation.Clock,
            Installation.Actor,
            $"list.{said.Kind}",
            $"list {List.Row.Id} ({List.Procedure.Id} v{List.Procedure.Version}), step {said.Step}, act {said.Number}: {said.Subjects} subjects, {ended.Count} ended, {passed.Count} of them {List.Change.Id}",
            new AuditSubject("list", List.Row.Id)
        );
        return judgeAll;
    }

    // A clue stands on the list its household stands on, and is decided or open again with it.
    private void FollowClues(ListState after, IReadOnlyList<KeyValuePair<long, OutcomeCause?>> ended, long change)
    {
        if (List.Change.Opens is null)
            return;
        var added = after.Subjects.Keys.Where(s => !List.State.Subjects.ContainsKey(s)).ToList();
        Monitoring.Clue.Listed(Connection, Transaction, List.Row.Id, added, change);
        foreach (var outcome in ended.GroupBy(s => s.Value == OutcomeCause.Passed))
            Monitoring.Clue.Ended(Connection, Transaction, [.. outcome.Select(s => s.Key)], outcome.Key, Day, change);
    }

    private void Write(Act act, ListObjection objection, long change)
    {
        objection.ChangeId = change;
        var changes = act switch
        {
            Act.Raise => null,
            Act.Settle => "upheld = @Upheld, answer = @Answer, answered_day = @AnsweredDay",
            Act.Appeal => "appeal_words = @AppealWords, appealed_day = @AppealedDay",
            Act.SettleAppeal => "appeal_upheld = @AppealUpheld, appeal_answer = @AppealAnswer, appeal_answered_day = @AppealAnsweredDay",
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };
        Connection.Execute(
            changes is null
                ? """
                INSERT INTO list_objections (list_id, number, subject_id, raised_by, words, raised_day, by_link, who_cipher, contact_cipher, receipt, change_id)
                VALUES (@ListId, @Number, @SubjectId, @RaisedBy, @Words, @RaisedDay, @ByLink, @WhoCipher, @ContactCipher, @Receipt, @ChangeId)
                """
                : $"UPDATE list_objections SET {changes}, change_id = @ChangeId WHERE list_id = @ListId AND number = @Number",
            Transaction,
            objection
        );
    }

    // A list that ran out of its time is over from the first moment anybody touches it.
    private bool Lapse()
    {
        var after = Step.AsOf(List.Procedure, List.State, At);
        if (ReferenceEquals(after, List.State))
            return false;
        Save(after, new ListAct { Kind = "lapse" });
        Transaction.Commit();
        return true;
    }

    /// <summary>
    /// Ends every list that ran out of its time, so that whoever stands on it is free for another: asked for before a subject is refused because it stands
    /// on an open list.
    /// </summary>
    public static void LapseAll(ConsoleContext context)
    {
        using var connection = context.Installation.Store.OpenReader();
        var day = DayNumber.Of(Installation.WorkDateOf(connection, context.Installation.Clock));
        foreach (
            var id in connection.Query<long>(
                "SELECT id FROM subject_lists WHERE ended IS NULL AND lapses_after IS NOT NULL AND lapses_after < @day",
                new { day }
            )
        )
        {
            using var writer = context.Installation.Store.Open();
            using var transaction = context.Installation.Store.BeginWrite(writer);
            var list = ListRecord.Find(writer, transaction, context.Installation.Packs, id, Scope.Everything);
            if (list.State.Ended is null)
                new ListWriting(context, context.Installation, writer, transaction, list, Now(context.Installation, writer, transaction), []).Lapse();
        }
    }
}
