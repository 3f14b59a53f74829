using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary>
/// Takes a clue on: checking, closed without a case, case filed, case closed; sets its deadline; writes down whom was handled and how, and strikes what was
/// written by mistake.
/// </summary>
public static class StepClue
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string clue = "/discipline/clues/{clue:long}";
        routes
            .MapPost(
                clue + "/step",
                (ConsoleContext context, HttpContext http, long clue) => Post(context, http, clue, f => Step(context, clue, f["to"], f["result"]))
            )
            .Needs(Permission.HandleDiscipline);
        routes
            .MapPost(
                clue + "/due",
                (ConsoleContext context, HttpContext http, long clue) => Post(context, http, clue, f => SetDue(context, clue, f["due"]))
            )
            .Needs(Permission.HandleDiscipline);
        routes
            .MapPost(
                clue + "/persons",
                (ConsoleContext context, HttpContext http, long clue) =>
                    Post(context, http, clue, f => AddPerson(context, clue, f["name"], f["sanction"], f["words"], f["day"]))
            )
            .Needs(Permission.HandleDiscipline);
        routes
            .MapPost(
                clue + "/persons/{number:int}/strike",
                (ConsoleContext context, HttpContext http, long clue, int number) => Post(context, http, clue, _ => Strike(context, clue, number))
            )
            .Needs(Permission.HandleDiscipline);
    }

    private static async Task<RedirectHttpResult> Post(ConsoleContext context, HttpContext http, long clue, Action<IFormCollection> act)
    {
        await Forms.Check(http);
        act(await Forms.Read(http));
        return TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"/discipline/clues/{clue}"));
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.step: that does not follow; discipline.words: what ends says how.</exception>
    public static void Step(ConsoleContext context, long id, string? to, string? result)
    {
        var next =
            Enum.TryParse<DisciplineState>(to, out var named) && Enum.IsDefined(named) && !char.IsAsciiDigit(to![0])
                ? named
                : throw new BadHttpRequestException("no such step");
        var words = DisciplineClue.IsEnd(next) ? Compartment.Words(result, 2, Compartment.LongestWords) : null;
        Compartment.Write(
            context,
            next.ToString(),
            w =>
            {
                var clue = Compartment.Find(w.Connection, w.Transaction, context.Caller, Permission.HandleDiscipline, id);
                if (!DisciplineClue.After(clue.Standing).Contains(next))
                    throw new Refusal("discipline.step", "这一步不能接在现在的状态之后。That step does not follow where the clue stands.");
                var day = DayNumber.Of(w.Today);
                w.Connection.Execute(
                    """
                    UPDATE discipline_clues SET state = @state, filed_day = @filed, closed_day = @closed, result_cipher = @result, change_id = @change WHERE id = @id
                    """,
                    new
                    {
                        id,
                        state = (short)next,
                        filed = next == DisciplineState.Filed ? day : clue.FiledDay,
                        closed = DisciplineClue.IsEnd(next) ? day : clue.ClosedDay,
                        result = words is null ? clue.ResultCipher : w.Numbers.Encrypt(words),
                        change = w.Change,
                    },
                    w.Transaction
                );
                return id;
            }
        );
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.due, discipline.closed.</exception>
    public static void SetDue(ConsoleContext context, long id, string? due) =>
        Compartment.Write(
            context,
            "due",
            w =>
            {
                Open(context, w, id);
                w.Connection.Execute(
                    "UPDATE discipline_clues SET due_day = @due, change_id = @change WHERE id = @id",
                    new
                    {
                        id,
                        due = Compartment.Due(due, w.Today),
                        change = w.Change,
                    },
                    w.Transaction
                );
                return id;
            }
        );

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.closed, discipline.words, discipline.sanction, edit.day.</exception>
    public static void AddPerson(ConsoleContext context, long id, string? name, string? sanction, string? words, string? day)
    {
        var kind = string.IsNullOrEmpty(sanction)
            ? null
            : context.Installation.Packs.Dictionary.CodeLists["discipline_sanction"].Find(sanction)
                ?? throw new WrongUsage("discipline.sanction", "请选择代码表中的处分种类。Choose a kind of sanction of the code list.");
        var who = Compartment.Words(name, 1, 60);
        // Without a sanction the law names, something was done that is said in words.
        var what = kind is null || !string.IsNullOrWhiteSpace(words) ? Compartment.Words(words, 2, 200) : null;
        Compartment.Write(
            context,
            "person",
            w =>
            {
                Open(context, w, id);
                w.Connection.Execute(
                    """
                    INSERT INTO discipline_persons (clue_id, number, name_cipher, sanction, words_cipher, day, change_id)
                    SELECT @id, coalesce(max(number), 0) + 1, @name, @sanction, @words, @day, @change FROM (
                      SELECT number FROM discipline_persons WHERE clue_id = @id UNION ALL SELECT number FROM discipline_persons_history WHERE clue_id = @id
                    ) held
                    """,
                    new
                    {
                        id,
                        name = w.Numbers.Encrypt(who),
                        sanction = (short?)kind?.Number,
                        words = what is null ? null : w.Numbers.Encrypt(what),
                        day = DayNumber.Of(ActWords.Day(day, w.Today)),
                        change = w.Change,
                    },
                    w.Transaction
                );
                return Count(w, id);
            }
        );
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.closed.</exception>
    public static void Strike(ConsoleContext context, long id, int number) =>
        Compartment.Write(
            context,
            "strike",
            w =>
            {
                Open(context, w, id);
                if (
                    w.Connection.Execute("DELETE FROM discipline_persons WHERE clue_id = @id AND number = @number", new { id, number }, w.Transaction)
                    == 0
                )
                    throw new NotInScope();
                return Count(w, id);
            }
        );

    /// <summary>What is closed is not changed any more.</summary>
    internal static void Open(ConsoleContext context, Compartment.Writing writing, long id)
    {
        if (Compartment.Find(writing.Connection, writing.Transaction, context.Caller, Permission.HandleDiscipline, id).ClosedDay is not null)
            throw new Refusal("discipline.closed", "这条线索已经了结。The clue is closed.");
    }

    // What counts need stands on the clue.
    private static long Count(Compartment.Writing w, long id)
    {
        w.Connection.Execute(
            """
            UPDATE discipline_clues SET handled = (SELECT count(*) FROM discipline_persons p WHERE p.clue_id = @id),
              sanctioned = (SELECT count(*) FROM discipline_persons p WHERE p.clue_id = @id AND p.sanction IS NOT NULL), change_id = @change WHERE id = @id
            """,
            new { id, change = w.Change },
            w.Transaction
        );
        return id;
    }
}
