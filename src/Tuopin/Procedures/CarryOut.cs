using System.Globalization;
using Dapper;
using Tuopin.Monitoring;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>
/// What a decision changes, set-based: a new status episode from the day of the decision, or, for one that is taken back (回退), the episode before it as if
/// there had been no other; history keeps what was. An episode of monitoring is opened or closed beside the status. The rows name the change, and that names the user and the post who decided.
/// </summary>
internal sealed class CarryOut(ListWriting writing, long change)
{
    /// <summary>As many are judged again one by one in the transaction, as after an import; more are left to a judgement of the whole.</summary>
    private const int MostAtOnce = 100;

    /// <summary>True when everything has to be judged again.</summary>
    /// <exception cref="Refusal">list.status-changed: somebody's status is not what the procedure takes any more.</exception>
    public bool Decide(IReadOnlyList<long> passed)
    {
        var what = writing.List.Change;
        if (what is { Becomes: null, Undoes: false, Opens: null, Closes: null, YearFact: null })
            return false;
        Rounds.ClosedRounds.Require(writing.Connection, writing.Transaction, writing.Installation.Packs, writing.List.Row.AreaCode, writing.Day);
        if (writing.List.Procedure.Subject.Level is not null)
        {
            // What is judged of a place, and of those above it, is read from whole tables.
            StateYear.Of(writing, passed, change);
            if (!JudgedState.Holds(writing.Installation, writing.Connection, writing.Transaction))
                return false;
            JudgedState.Overtake(writing.Connection, writing.Transaction);
            return true;
        }
        if (what.Opens is null && what.Closes is null)
            Check(passed);
        var judged = JudgedState.Holds(writing.Installation, writing.Connection, writing.Transaction);
        if (judged && passed.Count <= MostAtOnce)
        {
            var area = AreaArgument.Smallest(AreaTree.Load(writing.Connection, writing.At.Work), writing.Connection, writing.Transaction);
            using var rejudge = RejudgeHousehold.For(writing.Installation, writing.Connection, writing.Transaction, area);
            var before = passed.Select(h => rejudge.Before(writing.Transaction, h)).ToList();
            Write(passed);
            foreach (var standing in before)
                rejudge.After(standing);
            Refresh(passed);
            return false;
        }
        Write(passed);
        HouseholdList.Refresh(writing.Installation, writing.Connection, writing.Transaction, change);
        if (judged)
            JudgedState.Overtake(writing.Connection, writing.Transaction);
        // Gaps wait for the judgement; monitoring does not.
        Refresh(passed);
        return true;
    }

    private void Refresh(IReadOnlyList<long> passed) =>
        Work.RefreshHouseholds.After(
            writing.Context,
            new(writing.Installation, writing.Connection, writing.Transaction, writing.Day),
            passed,
            change
        );

    private string Ids => ListRecord.Ids(writing.Installation.Store.Engine);

    private int Number(string key) => writing.Installation.Packs.Dictionary.CodeLists["status_kind"].Find(key)!.Number;

    private string Takes => string.Join(", ", writing.List.Change.Takes.Select(Number));

    /// <summary>The episode that stands, of a kind the procedure takes and begun before the day; the one before it where that comes back.</summary>
    private void Check(IReadOnlyList<long> passed)
    {
        var before = writing.List.Change.Undoes
            ? "AND EXISTS (SELECT 1 FROM household_statuses b WHERE b.household_id = s.household_id AND b.to_day = s.from_day)"
            : "";
        var others = writing
            .Connection.Query<string>(
                $"""
                SELECT coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) FROM households h
                WHERE h.id IN ({Ids}) AND NOT EXISTS (SELECT 1 FROM household_statuses s
                  WHERE s.household_id = h.id AND s.to_day IS NULL AND s.kind IN ({Takes}) AND s.from_day < @day {before})
                ORDER BY 1 LIMIT 20
                """,
                Parameters(passed),
                writing.Transaction
            )
            .ToList();
        if (others.Count > 0)
            throw new Refusal(
                "list.status-changed",
                "the status of some households is no longer one that this procedure takes: hold them back",
                others
            );
    }

    private object Parameters(IReadOnlyList<long> passed) =>
        new
        {
            ids = ListRecord.Json(passed),
            day = writing.Day,
            change,
        };

    private void Run(string sql, IReadOnlyList<long> passed) => writing.Connection.Execute(sql, writing.Transaction, Parameters(passed));

    private void Write(IReadOnlyList<long> passed)
    {
        var (what, packs) = (writing.List.Change, writing.Installation.Packs);
        if (what.Opens is { } opens)
        {
            var home = writing.List.Row.AreaCode / 1_000_000;
            Episodes.Open(writing.Connection, writing.Transaction, packs, home, passed, opens, writing.Day, change);
            return;
        }
        if (what.Closes is { } closes)
        {
            Episodes.Close(writing.Connection, writing.Transaction, packs, passed, closes, writing.Day, change);
            return;
        }
        if (writing.List.Change.Undoes)
        {
            Run($"DELETE FROM household_statuses WHERE to_day IS NULL AND household_id IN ({Ids})", passed);
            Run(
                $"""
                UPDATE household_statuses SET to_day = NULL, change_id = @change WHERE household_id IN ({Ids})
                  AND from_day = (SELECT max(l.from_day) FROM household_statuses l WHERE l.household_id = household_statuses.household_id)
                """,
                passed
            );
            return;
        }
        Run("UPDATE household_statuses SET to_day = @day, change_id = @change WHERE to_day IS NULL AND household_id IN (" + Ids + ")", passed);
        var county = writing.List.Row.AreaCode / 1_000_000;
        var first = Keys.Take(writing.Connection, writing.Transaction, "household_statuses", county, passed.Count);
        var (becomes, year) = (writing.List.Change.Becomes!, writing.List.Change.YearFact);
        // What the episode before knew of the household's way goes on; the exit before a return is the one that ends here.
        string Value(string fact) =>
            fact == year ? "@day / 10000"
            : fact == "earlier_exit_year" && becomes == "returned" ? "coalesce(e.exit_year, e.earlier_exit_year)"
            : fact == "exit_year" ? "CAST(NULL AS integer)"
            : $"e.{fact}";
        var years = new[] { "identified_year", "exit_year", "returned_year", "earlier_exit_year" };
        Run(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO household_statuses (id, household_id, from_day, kind, {string.Join(", ", years)}, change_id)
                SELECT {first} - 1 + row_number() OVER (ORDER BY e.household_id), e.household_id, @day, {Number(becomes)}, {string.Join(
                    ", ",
                    years.Select(Value)
                )}, @change
                FROM household_statuses e WHERE e.to_day = @day AND e.change_id = @change AND e.household_id IN ({Ids})
                """
            ),
            passed
        );
    }
}
