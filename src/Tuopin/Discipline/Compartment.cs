using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary>
/// The one way into the discipline office's compartment: what is written is encrypted, what is looked at is audited first, and the audit says only that it
/// happened. Nothing here is work, evidence, a job or an address for programs, for others than the office see those.
/// </summary>
internal static class Compartment
{
    public const int LongestWords = 1000;

    /// <summary>The clues (<c>c</c>) a scope reaches within an area.</summary>
    public static string Within(Scope scope, AreaRange area) =>
        "("
        + string.Join(
            " OR ",
            scope
                .Within(area)
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"c.area_code BETWEEN {r.From} AND {r.To}"))
                .DefaultIfEmpty("1 = 0")
        )
        + ")";

    /// <summary>A clue of the caller's areas, locked against others by the write lock of its transaction.</summary>
    /// <exception cref="NotInScope"/>
    public static DisciplineClue Find(DbConnection connection, DbTransaction? transaction, Caller caller, Permission permission, long id) =>
        connection.QueryFirstOrDefault<DisciplineClue>(
            $"SELECT c.* FROM discipline_clues c WHERE c.id = @id AND {Within(caller.Scope(permission), AreaRange.Nation)}",
            new { id },
            transaction
        ) ?? throw new NotInScope();

    /// <summary>Acts on a clue in one transaction: the change, what is written, the act in the compartment, and the audit without a word of it.</summary>
    /// <param name="find">The clue as it is after the act.</param>
    public static long Write(ConsoleContext context, string act, Func<Writing, long> find)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        using var numbers = new PersonalNumbers(installation.Keys);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "discipline",
            "discipline",
            DayNumber.Of(today)
        );
        var id = find(new(connection, transaction, numbers, change, today));
        Note(connection, transaction, installation, id, act, change);
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, "discipline.write", "");
        transaction.Commit();
        return id;
    }

    /// <param name="Today">The work date of the transaction.</param>
    public sealed record Writing(DbConnection Connection, DbTransaction Transaction, PersonalNumbers Numbers, long Change, DateOnly Today);

    /// <summary>Says that somebody is about to look: nothing is shown before it is written.</summary>
    /// <param name="act">discipline.open, discipline.list, discipline.print or discipline.export.</param>
    /// <param name="clue">The clue that is opened; null for a list of them.</param>
    /// <param name="note">What stands in the history of that clue: open, or see for a paper.</param>
    public static void Look(ConsoleContext context, string act, long? clue = null, string note = "open")
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        if (clue is { } id)
            Note(connection, transaction, installation, id, note, 0);
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, act, "");
        transaction.Commit();
    }

    private static void Note(DbConnection connection, DbTransaction transaction, Installation installation, long clue, string act, long change) =>
        connection.Execute(
            """
            INSERT INTO discipline_acts (clue_id, number, at, by_user, by_name, act, change_id)
            SELECT @clue, coalesce(max(number), 0) + 1, @at, @user, @name, @act, @change FROM discipline_acts WHERE clue_id = @clue
            """,
            new
            {
                clue,
                at = AuditLog.Stamp(installation.Clock),
                user = installation.Actor.UserId,
                name = installation.Actor.Name,
                act,
                change,
            },
            transaction
        );

    /// <summary>What somebody typed: of a length, text, and without personal numbers.</summary>
    /// <exception cref="WrongUsage">discipline.words, edit.number-in-words.</exception>
    public static string Words(string? text, int least, int most)
    {
        var words = (text ?? "").Trim().ReplaceLineEndings("\n");
        if (words.Length < least || words.Length > most || words.Any(c => char.IsControl(c) && c != '\n'))
            throw new WrongUsage("discipline.words", $"请填写 {least} 至 {most} 个字。Write {least} to {most} characters.");
        ActWords.RequireNoNumber(words);
        return words;
    }

    /// <summary>A deadline: the work date or a day after it; none where none is set.</summary>
    /// <exception cref="WrongUsage">discipline.due.</exception>
    public static int? Due(string? text, DateOnly today) =>
        string.IsNullOrWhiteSpace(text) ? null
        : DayText.Read(text) is { } day && day >= today ? DayNumber.Of(day)
        : throw new WrongUsage("discipline.due", "期限是工作日或以后的日期。A deadline is the work date or a day after it.");
}
