using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin judge</c>: judges every household, village, township and the county against all standards in force. The work date's judgement is stored;
/// any other day, or the record as it was known at another time, is printed only, or kept with <c>--keep</c>.
/// </summary>
public static class JudgeArea
{
    public sealed record HouseholdsPersons(long Households, long Persons);

    public sealed record Villages(int Total, int Poor, int Deep, int ExitReady);

    public sealed record StandardCounts(string Id, string Level, PackStatus Status, object Registered, object Unregistered);

    public sealed record AreaCounts(string Id, string Level, PackStatus Status, object Areas);

    public sealed record Counts<T>(T Met, T Unmet, T Exempt, T Unknown);

    public sealed record Report(
        string Area,
        string Name,
        string AsOf,
        HouseholdsPersons Registered,
        HouseholdsPersons Exited,
        HouseholdsPersons Remaining,
        long? RuralPopulation,
        decimal? Incidence,
        int VillagesWithRuralPopulation,
        Villages Villages,
        HouseholdsPersons Uncounted,
        LostVillages.Lost OutsideTree,
        IReadOnlyList<object> Standards,
        double Seconds,
        bool Invented
    );

    public static Command Command(Shell shell)
    {
        var (area, asOf, knownAt) = (AreaArgument.Area(), AreaArgument.AsOf(), AreaArgument.KnownAt());
        var keep = new Option<bool>("--keep") { Description = "keep the judgement of another moment, for pages, lists and figures of it" };
        var command = new Command("judge", "judge an area against the standards in force") { area, asOf, knownAt, keep };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, install: true);
                if (parsed.GetValue(keep))
                {
                    var (kept, name) = Keep(installation, parsed.GetValue(area), AreaArgument.Day(parsed.GetValue(asOf)), parsed.GetValue(knownAt));
                    if (shell.IsJson)
                        shell.PrintJson(
                            new
                            {
                                kept.Id,
                                kept.Households,
                                kept.KnownChange,
                            }
                        );
                    else
                        shell.Output.WriteLine(
                            $"judgement {kept.Id}: {kept.Households} households of {name} on {DayNumber.ToDate(kept.Day):yyyy-MM-dd}"
                        );
                    return;
                }
                var report = Handle(installation, parsed.GetValue(area), AreaArgument.Day(parsed.GetValue(asOf)), parsed.GetValue(knownAt));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    JudgeReport.Print(shell.Output, report);
            })
        );
        return command;
    }

    /// <summary>Judges and reports.</summary>
    /// <exception cref="Refusal">area.unknown, data.none, date.bad.</exception>
    /// <param name="progress">Told after each step, and of how many.</param>
    public static Report Handle(Installation installation, string? areaCode, DateOnly? asOf, string? knownAt, Action<int, int>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        var day = asOf ?? installation.WorkDate;
        var store = knownAt is null && day == installation.WorkDate;
        using var connection = installation.Store.Open();
        var known = knownAt is null ? (long?)null : KnownAt.Change(connection, knownAt);
        var tree = AreaTree.Load(connection, day, knownAt: known);
        var area = AreaArgument.Find(tree, areaCode, installation);
        using var transaction = store ? installation.Store.BeginWrite(connection) : null;
        if (transaction is not null && RecodeHouseholds.Handle(installation, connection, transaction, day) > 0 && areaCode is null)
            area = AreaArgument.Smallest(tree, connection, transaction);
        var judging = Judging.Run(installation, connection, transaction, area, day, store, known, progress);
        var report = Summarise(judging) with { Seconds = clock.Elapsed.TotalSeconds };
        if (transaction is not null)
        {
            Keep(judging, transaction, progress);
            transaction.Commit();
        }
        return report;
    }

    /// <summary>
    /// Judges all that is held for the work date within a transaction that changed more than can be judged household by household: verdicts, lists and counts
    /// are true when it commits.
    /// </summary>
    public static void Within(Installation installation, DbConnection connection, DbTransaction transaction, Action<int, int>? progress = null)
    {
        var day = Installation.WorkDateOf(connection, installation.Clock, transaction);
        RecodeHouseholds.Handle(installation, connection, transaction, day);
        if (connection.Number("SELECT count(*) FROM households", transaction) == 0)
            return;
        var area = AreaArgument.Smallest(AreaTree.Load(connection, day), connection, transaction);
        Keep(Judging.Run(installation, connection, transaction, area, day, store: true, progress: progress), transaction, progress);
    }

    private static (Judgement Kept, string Name) Keep(Installation installation, string? areaCode, DateOnly? asOf, string? knownAt)
    {
        using var connection = installation.Store.OpenReader();
        var day = asOf ?? installation.WorkDate;
        var known = knownAt is null ? (long?)null : KnownAt.Change(connection, knownAt);
        var area = AreaArgument.Find(AreaTree.Load(connection, day, knownAt: known), areaCode, installation);
        return (JudgeMoment.Keep(installation, area, day, known), area.Name);
    }

    private static void Keep(Judging judging, DbTransaction transaction, Action<int, int>? progress)
    {
        var (installation, connection, day) = (judging.Installation, judging.Connection, judging.Day.Date);
        PackArchive.Keep(connection, transaction, installation.Packs);
        JudgedState.Store(judging);
        HouseholdList.Refresh(installation, connection, transaction);
        AreaCounting.Refresh(installation, connection, transaction, day);
        progress?.Invoke(judging.Steps, judging.Steps);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "standards.judge",
            string.Create(CultureInfo.InvariantCulture, $"{judging.Area.Code} {day:yyyy-MM-dd} packs {installation.Packs.Hash}")
        );
    }

    private static Report Summarise(Judging judging)
    {
        var tallies = Tallies(judging, judging.Area.AreaId);
        HouseholdsPersons Of(string name) =>
            new(tallies.GetValueOrDefault($"{name}_households") ?? 0, tallies.GetValueOrDefault($"{name}_persons") ?? KnownPersons(judging, name));
        var villages = VillageCounts.Of(judging);
        var remaining = Of("remaining");
        return new Report(
            judging.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
            judging.Area.Name,
            judging.Day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Of("registered"),
            Of("exited"),
            remaining,
            villages.Rural.Villages == 0 ? null : villages.Rural.Persons,
            // A rate over some of the villages would be no rate of the area.
            villages.Rural
                is { Persons: > 0 and var rural }
            && villages.Rural.Villages == villages.Villages.Total
                ? Math.Round((decimal)remaining.Persons / rural, 4, MidpointRounding.AwayFromZero)
                : null,
            villages.Rural.Villages,
            villages.Villages,
            Uncounted(judging),
            LostVillages.Of(judging.Connection, judging.Transaction, judging.Source("households"), judging.Day.Number, judging.Range),
            [.. judging.Standards.Select(s => s.Level.Level is null ? HouseholdCounts(judging, s) : AreaCountsOf(judging, s))],
            0,
            Installation.Setting(judging.Connection, "invented", judging.Transaction) == "yes"
        );
    }

    // A household whose members nobody recorded makes the tally unknown; the report then counts the members that are recorded.
    private static long KnownPersons(Judging judging, string name)
    {
        string[] kinds = name switch
        {
            "remaining" => ["remaining", "returned"],
            "exited" => ["exited_on_support", "exited_support_ended"],
            _ => ["remaining", "returned", "exited_on_support", "exited_support_ended"],
        };
        var codes = judging.Installation.Packs.Dictionary.CodeLists["status_kind"];
        return judging
            .Query<long>(
                $"""
                SELECT count(*) FROM {judging.Source("households")} h
                JOIN {judging.Source("household_statuses")} s ON s.household_id = h.id AND {judging.Covers("s")}
                JOIN {judging.Source("memberships")} m ON m.household_id = h.id AND {judging.Covers("m")}
                WHERE s.kind IN ({string.Join(
                    ", ",
                    kinds.Select(k => codes.Find(k)!.Number)
                )}) AND h.area_code BETWEEN {judging.Range.From} AND {judging.Range.To}
                """
            )
            .Single();
    }

    private static Dictionary<string, long?> Tallies(Judging judging, long areaId) =>
        judging
            .Query<(string Id, long? Low)>($"SELECT tally_id, low FROM {judging.TallyTable} WHERE area_id = @areaId", new { areaId })
            .ToDictionary(t => t.Id, t => t.Low, StringComparer.Ordinal);

    private sealed class VerdictCount
    {
        public long Registered { get; init; }
        public string Result { get; init; } = "";
        public long Households { get; init; }
        public long Persons { get; init; }
    }

    private static HouseholdsPersons Uncounted(Judging judging) =>
        judging
            .Query<HouseholdsPersons>(
                $"""
                SELECT count(*) AS households, CAST(coalesce(sum(f.value1), 0) AS bigint) AS persons FROM {HouseholdSheet.Table} f
                WHERE coalesce(f.value0, 0) = 0 AND coalesce(f.value2, 0) = 0
                """
            )
            .Single();

    // Who is neither registered nor known not to be (removed, closed, or of a status nobody stated) is on neither side.
    private static object HouseholdCounts(Judging judging, Standard standard)
    {
        var rows = judging
            .Query<VerdictCount>(
                $"""
                SELECT CASE WHEN f.value0 = 1 THEN 1 ELSE 0 END AS registered, {VerdictSql.Result(standard, "v")} AS result, count(*) AS households,
                  coalesce(sum(f.value1), 0) AS persons
                FROM {HouseholdSheet.Table} f JOIN {judging.VerdictTable} v ON v.subject_id = f.id
                WHERE (f.value0 = 1 OR f.value2 = 1) AND v.standard_version_id = {judging.Version(standard.Id).VersionId} GROUP BY 1, 2
                """
            )
            .ToList();
        return new StandardCounts(standard.Id, standard.Level.Name, standard.Status, Split(1), Split(0));

        Counts<HouseholdsPersons> Split(int registered)
        {
            HouseholdsPersons Of(string result) =>
                rows.Where(r => r.Registered == registered && r.Result == result)
                    .Select(r => new HouseholdsPersons(r.Households, r.Persons))
                    .SingleOrDefault()
                ?? new(0, 0);
            return new(Of("met"), Of("unmet"), Of("exempt"), Of("unknown"));
        }
    }

    private static AreaCounts AreaCountsOf(Judging judging, Standard standard)
    {
        var rows = judging
            .Query<(string Result, long Areas)>(
                $"""
                SELECT {VerdictSql.Result(standard, "v")} AS result, count(*) AS areas FROM {judging.VerdictTable} v
                JOIN area_versions a ON a.area_id = v.subject_id AND {judging.Covers("a")}
                WHERE v.standard_version_id = {judging.Version(
                    standard.Id
                ).VersionId} AND a.code BETWEEN {judging.Range.From} AND {judging.Range.To} GROUP BY 1
                """
            )
            .ToDictionary(r => r.Result, r => r.Areas, StringComparer.Ordinal);
        long Of(string result) => rows.GetValueOrDefault(result);
        return new(standard.Id, standard.Level.Name, standard.Status, new Counts<long>(Of("met"), Of("unmet"), Of("exempt"), Of("unknown")));
    }
}
