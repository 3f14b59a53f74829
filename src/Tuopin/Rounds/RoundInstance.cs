using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Rounds;

/// <summary>A round of a county in a year (轮次): its text by hash, its window, and the day it was closed on.</summary>
public sealed class RoundInstance
{
    public long Id { get; set; }
    public required string PackId { get; set; }
    public int Version { get; set; }

    /// <summary>SHA-256 of the pack text it was opened with.</summary>
    public required string Hash { get; set; }
    public int Year { get; set; }
    public long AreaId { get; set; }
    public long AreaCode { get; set; }
    public int FromDay { get; set; }
    public int ToDay { get; set; }
    public int OpenedDay { get; set; }

    /// <summary>From then on nothing is changed that takes effect on a day of it.</summary>
    public int? ClosedDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A household of a round: its status when the list was frozen, and what the round came to for it.</summary>
public sealed class RoundSubject
{
    public long RoundId { get; set; }
    public long SubjectId { get; set; }

    /// <summary>Its village at the opening, or when it was taken in.</summary>
    public long AreaCode { get; set; }

    /// <summary>Number in code list status_kind; null for a household taken in during the round.</summary>
    public int? Opening { get; set; }

    /// <summary>Id of an outcome of the pack; null while it is open.</summary>
    public string? Outcome { get; set; }
    public string? Reason { get; set; }

    /// <summary>The status in the registry when the round was closed.</summary>
    public int? Closing { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A round with the text it goes by.</summary>
public sealed record RoundHeld(RoundInstance Row, Round Pack)
{
    public AreaRange Range => new(Row.AreaCode, Row.AreaCode + 999_999);

    /// <summary>The stage on the work date; null between two, outside the year, and once it is closed.</summary>
    public RoundStage? Stage(int day) => Row.ClosedDay is null && day / 10000 == Row.Year ? Pack.StageOn(day) : null;

    /// <summary>A round is closed once, in its last stage.</summary>
    /// <exception cref="Refusal">round.over, round.not-yet.</exception>
    public void RequireLastStage(int day)
    {
        if (Row.ClosedDay is not null)
            throw new Refusal("round.over", "这一轮已经结束。The round is closed.");
        var last = Row.Year * 10000 + Pack.Stages[^1].From;
        if (day < last)
            throw new Refusal(
                "round.not-yet",
                $"最后阶段从 {DayText.Of(DayNumber.ToDate(last))} 开始，之前不能结束。It closes in its last stage, from {DayText.Of(DayNumber.ToDate(last))} on."
            );
    }

    /// <summary>Where it is looked at.</summary>
    public string Address => $"{(Pack.Freezes is null ? "/rounds" : "/year-ends")}/{Row.Id.ToString(CultureInfo.InvariantCulture)}";

    /// <param name="ofPlaces">A round over places, which freezes a year; else one over households.</param>
    /// <exception cref="NotInScope">There is no such round where the caller is.</exception>
    public static RoundHeld Find(
        DbConnection connection,
        DbTransaction? transaction,
        PackSet packs,
        Caller caller,
        Permission permission,
        long id,
        bool ofPlaces = false
    )
    {
        var row = connection.QueryFirstOrDefault<RoundInstance>("SELECT * FROM rounds WHERE id = @id", new { id }, transaction);
        if (row is null || !caller.Scope(permission).Touches(new AreaRange(row.AreaCode, row.AreaCode + 999_999)))
            throw new NotInScope();
        var pack = PackOf(connection, transaction, packs, row.Hash);
        return (pack.Freezes is not null) == ofPlaces ? new(row, pack) : throw new NotInScope();
    }

    /// <summary>The text of a hash: the one in force, or the kept one of a round that was edited since.</summary>
    public static Round PackOf(DbConnection connection, DbTransaction? transaction, PackSet packs, string hash)
    {
        if (packs.Rounds.FirstOrDefault(r => r.Hash == hash) is { } loaded)
            return loaded;
        var (path, text) = PackArchive.Read(connection, transaction, hash);
        return PackLoader.ReadRound(path, text, packs.Dictionary);
    }

    /// <summary>The rows of <c>round_subjects</c> in some areas.</summary>
    public static string Within(IEnumerable<AreaRange> areas, string alias)
    {
        var parts = areas.Select(a => string.Create(CultureInfo.InvariantCulture, $"{alias}.area_code BETWEEN {a.From} AND {a.To}")).ToList();
        return parts.Count == 0 ? "1 = 0" : $"({string.Join(" OR ", parts)})";
    }

    /// <summary>What the registry should say at the end by what was recorded: as the outcome has it, else as it was.</summary>
    public string Expected(CodeList kinds, string alias) =>
        Pack.Outcomes.Any(o => o.Becomes is not null)
            ? $"(CASE {alias}.outcome{string.Concat(Pack.Outcomes.Where(o => o.Becomes is not null).Select(o => $" WHEN '{o.Id}' THEN {kinds.Find(o.Becomes!)!.Number}"))} ELSE {alias}.opening END)"
            : $"{alias}.opening";

    /// <summary>The status in the registry: at the closing, or on a day while the round is open; with the join that it needs.</summary>
    public (string Column, string Join) Registry(int day) =>
        Row.ClosedDay is not null
            ? ("s.closing", "")
            : ("st.kind", $" LEFT JOIN household_statuses st ON st.household_id = s.subject_id AND {Pairings.Covers("st", day)}");
}

/// <summary>A round that is closed stays as it was reported.</summary>
public static class ClosedRounds
{
    private const string On = "r.closed_day IS NOT NULL AND @day BETWEEN r.from_day AND r.to_day AND @day <= r.closed_day";

    /// <summary>Where nothing may take effect on a day: what an import asks, row by row.</summary>
    public static IReadOnlyList<AreaRange> Areas(DbConnection connection, DbTransaction? transaction, int day) =>
        [
            .. connection
                .Query<long>($"SELECT DISTINCT r.area_code FROM rounds r WHERE {On}", new { day }, transaction)
                .Select(code => new AreaRange(code, code + 999_999)),
        ];

    /// <summary>Refuses what would take effect on a day of a closed round: what acts by hand and decisions of lists ask.</summary>
    /// <exception cref="Refusal">round.closed, with the name of the round.</exception>
    public static void Require(DbConnection connection, DbTransaction? transaction, PackSet packs, long areaCode, int day)
    {
        var closed = connection.QueryFirstOrDefault<RoundInstance>(
            $"SELECT r.* FROM rounds r WHERE {On} AND @areaCode BETWEEN r.area_code AND r.area_code + 999999 ORDER BY r.id LIMIT 1",
            new { areaCode, day },
            transaction
        );
        if (closed is null)
            return;
        var title = RoundHeld.PackOf(connection, transaction, packs, closed.Hash).Title;
        throw new Refusal(
            "round.closed",
            $"这一天属于已结束的“{title.Zh}”（{closed.Year} 年），不能再改。The day is of '{title.En}' of {closed.Year}, which is closed: nothing is changed in it any more."
        );
    }
}
