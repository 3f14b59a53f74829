using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>A list as it is kept, with the procedure it began with: read within a scope, written as the difference an act made.</summary>
public sealed record ListRecord(SubjectList Row, Procedure Procedure, ListState State)
{
    public ProcedureStep Step => Procedure.Step(State.Step);
    public ProcedureChange Change => Procedure.Change(State.Change);

    /// <summary>The condition "the list is of an area within the scope" over <c>subject_lists</c>.</summary>
    public static string Within(Scope scope, AreaRange area, string alias)
    {
        var ranges = scope.Within(area).Select(r => string.Create(CultureInfo.InvariantCulture, $"{alias}.area_code BETWEEN {r.From} AND {r.To}"));
        return string.Join(" OR ", ranges) is { Length: > 0 } any ? $"({any})" : "1 = 0";
    }

    /// <summary>The list; one that is not there and one outside the scope are the same.</summary>
    /// <exception cref="NotInScope"/>
    public static ListRecord Find(DbConnection connection, DbTransaction? transaction, PackSet packs, long id, Scope scope)
    {
        var row =
            connection.QueryFirstOrDefault<SubjectList>(
                $"SELECT l.* FROM subject_lists l WHERE l.id = @id AND {Within(scope, AreaRange.Nation, "l")}",
                new { id },
                transaction
            ) ?? throw new NotInScope();
        return Of(connection, transaction, packs, row);
    }

    public static ListRecord Of(DbConnection connection, DbTransaction? transaction, PackSet packs, SubjectList row)
    {
        var subjects = connection.Query<(long Id, short? Cause)>(
            "SELECT subject_id, cause FROM list_subjects WHERE list_id = @Id ORDER BY subject_id",
            new { row.Id },
            transaction
        );
        var objections = connection.Query<(int Number, long? Subject, bool? Upheld, int? Appealed, bool? AppealUpheld)>(
            "SELECT number, subject_id, upheld, appealed_day, appeal_upheld FROM list_objections WHERE list_id = @Id ORDER BY number",
            new { row.Id },
            transaction
        );
        var state = new ListState(
            row.ChangeKind,
            JsonSerializer.Deserialize<Dictionary<string, int>>(row.Days)!,
            DayNumber.ToDate(row.OpenedDay),
            row.Step,
            At(row.SinceDay, row.SinceClock),
            row.HungDay is { } hung ? At(hung, row.HungClock) : null,
            At(row.LastDay, row.LastClock),
            (ListEnd?)row.Ended,
            subjects.ToImmutableSortedDictionary(s => s.Id, s => (OutcomeCause?)s.Cause),
            [.. objections.Select(o => new Objection(o.Number, o.Subject, o.Upheld, o.Appealed is not null, o.AppealUpheld))],
            row.Acts
        )
        {
            Holidays = packs.Holidays,
        };
        return new(row, ProcedureOf(connection, transaction, packs, row.Hash), state);
    }

    /// <summary>The procedure of a hash: the one in force, or the kept text of one that was edited or ended since.</summary>
    public static Procedure ProcedureOf(DbConnection connection, DbTransaction? transaction, PackSet packs, string hash)
    {
        if (packs.Procedures.FirstOrDefault(p => p.Hash == hash) is { } loaded)
            return loaded;
        var (path, text) = PackArchive.Read(connection, transaction, hash);
        return PackLoader.ReadProcedure(path, text, packs);
    }

    /// <summary>Writes what an act changed, and the act.</summary>
    public void Save(DbConnection connection, DbTransaction transaction, Engine engine, ListState after, ListAct act, long change)
    {
        var written = connection.Execute(
            """
            UPDATE subject_lists SET step = @step, since_day = @since, since_clock = @sinceClock, hung_day = @hung, hung_clock = @hungClock,
              last_day = @last, last_clock = @lastClock, lapses_after = @lapses, ended = @ended, acts = @acts, change_id = @change
            WHERE id = @id AND acts = @seen
            """,
            transaction,
            new
            {
                id = Row.Id,
                seen = State.Acts,
                step = after.Step,
                since = DayNumber.Of(after.Since.Work),
                sinceClock = Number(after.Since.Clock),
                hung = Number(after.Hung?.Work),
                hungClock = Number(after.Hung?.Clock),
                last = DayNumber.Of(after.Last.Work),
                lastClock = Number(after.Last.Clock),
                lapses = Number(after.LapsesAfter(Procedure)),
                ended = (short?)after.Ended,
                acts = after.Acts,
                change,
            }
        );
        if (written != 1)
            throw new Refusal("list.overtaken", "somebody did something to the list since you opened it; look at it again");
        var added = after.Subjects.Keys.Where(s => !State.Subjects.ContainsKey(s)).ToList();
        if (added.Count > 0)
            Insert(connection, transaction, engine, added, act, change);
        foreach (var done in after.Subjects.Where(s => s.Value is not null && State.Subjects.GetValueOrDefault(s.Key) is null).GroupBy(s => s.Value))
            connection.Execute(
                $"""
                UPDATE list_subjects SET cause = @cause, done_by = @number, reason = @reason, change_id = @change
                WHERE list_id = @id AND subject_id IN ({Ids(engine)})
                """,
                transaction,
                new
                {
                    id = Row.Id,
                    cause = (short)done.Key!.Value,
                    number = act.Number,
                    reason = done.Key is OutcomeCause.Passed ? null : act.Words,
                    ids = Json(done.Select(s => s.Key)),
                    change,
                }
            );
        (act.ListId, act.ChangeId) = (Row.Id, change);
        Insert(connection, transaction, act);
    }

    public static void Insert(DbConnection connection, DbTransaction transaction, ListAct act) =>
        connection.Execute(
            """
            INSERT INTO list_acts (list_id, number, sent_key, kind, step, work_day, clock_day, acted_as, subjects, attended, votes_for, votes_against, abstained,
              looked_at, document, evidence, attendees, words, change_id)
            VALUES (@ListId, @Number, @SentKey, @Kind, @Step, @WorkDay, @ClockDay, @ActedAs, @Subjects, @Attended, @VotesFor, @VotesAgainst, @Abstained,
              @LookedAt, @Document, @Evidence, @Attendees, @Words, @ChangeId)
            """,
            transaction,
            act
        );

    private void Insert(DbConnection connection, DbTransaction transaction, Engine engine, List<long> added, ListAct act, long change)
    {
        var from = Procedure.Subject.Level is null
            ? $"SELECT h.id, h.area_code FROM households h WHERE h.id IN ({Ids(engine)})"
            : $"SELECT v.area_id, v.code FROM area_versions v WHERE v.area_id IN ({Ids(engine)}) AND v.from_day <= @day AND (v.to_day IS NULL OR v.to_day > @day)";
        connection.Execute(
            $"""
            INSERT INTO list_subjects (list_id, subject_id, family, area_code, added_by, change_id)
            SELECT @id, f.id, @family, f.code, @number, @change FROM (SELECT 0 AS id, 0 AS code WHERE 1 = 0 UNION ALL {from}) f
            """,
            transaction,
            new
            {
                id = Row.Id,
                family = Procedure.Family,
                number = act.Number,
                day = act.WorkDay,
                ids = Json(added),
                change,
            }
        );
    }

    /// <summary>Keys handed over as one parameter <c>@ids</c>: thousands of them are one statement.</summary>
    public static string Ids(Engine engine) =>
        engine == Engine.Sqlite
            ? "SELECT value FROM json_each(@ids)"
            : "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(@ids AS json))";

    public static string Json(IEnumerable<long> ids) => $"[{string.Join(',', ids)}]";

    private static Moment At(int work, int? clock) => new(DayNumber.ToDate(work), clock is { } day ? DayNumber.ToDate(day) : null);

    public static int? Number(DateOnly? day) => day is { } known ? DayNumber.Of(known) : null;
}
