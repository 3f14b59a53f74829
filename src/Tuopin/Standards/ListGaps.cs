using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin gaps</c>: what is unmet, by indicator and area, whose it is, and by name with <c>--names</c>; with <c>--unknown</c> what is unknown, and which facts
/// are missing. Reads the stored judgement of the work date; another day (<c>--as-of</c>) is judged for the question and stored nowhere. The deciding standard, the most specific in force for a place, is the one whose gaps count.
/// </summary>
public static class ListGaps
{
    public sealed record Named(string Household, string? Head, string Village, string? Unit, string? Helper);

    /// <param name="Persons">Persons who fail it where the indicator counts persons and says which; else all members.</param>
    /// <param name="Members">All members of the households.</param>
    /// <param name="OverruledUnmet">Of the households (or areas), those that are unmet by a person's word.</param>
    /// <param name="OverruledMet">Households (or areas) that are met by a person's word: no gap, counted beside it.</param>
    public sealed record Gap(
        string Indicator,
        string Title,
        string Standard,
        string Level,
        string Area,
        string AreaName,
        string Department,
        long Households,
        long Persons,
        long Members,
        long Unregistered,
        long Areas,
        long OverruledUnmet,
        long OverruledMet,
        IReadOnlyList<Named>? Names
    );

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var indicator = new Option<string?>("--indicator") { Description = "only this indicator" };
        var names = new Option<bool>("--names") { Description = "list the households with helper and helper unit" };
        var by = new Option<string?>("--by") { Description = "county, township or village; default: the level beneath the area" };
        var asOf = new Option<string?>("--as-of") { Description = "yyyy-MM-dd: judge this day for the question; nothing is stored" };
        var unknown = new Option<bool>("--unknown") { Description = "list what is unknown instead, with the facts that are missing" };
        var command = new Command("gaps", "list every gap with the department it belongs to") { area, indicator, names, by, asOf, unknown };
        command.SetAction(
            shell.Run(parsed =>
            {
                var asked = new Question(parsed.GetValue(area), parsed.GetValue(indicator), AreaArgument.Day(parsed.GetValue(asOf)));
                if (parsed.GetValue(unknown))
                {
                    var missing = Unknown(shell.Open(parsed), asked);
                    if (shell.IsJson)
                        shell.PrintJson(missing);
                    else
                        Print(shell.Output, missing);
                    return;
                }
                var gaps = Handle(shell.Open(parsed), asked, parsed.GetValue(names), parsed.GetValue(by));
                if (shell.IsJson)
                    shell.PrintJson(gaps);
                else
                    Print(shell.Output, gaps);
            })
        );
        return command;
    }

    /// <summary>Of which area, indicator and day; the work date's judgement is the stored one.</summary>
    public sealed record Question(string? Area, string? Indicator, DateOnly? AsOf);

    /// <exception cref="Refusal">area.unknown; judged.never; judged.stale; gaps.indicator-unknown; gaps.level-unknown.</exception>
    public static IReadOnlyList<Gap> Handle(Installation installation, Question asked, bool names, string? by)
    {
        using var connection = installation.Store.Open();
        var (judging, beside) = Judged(installation, connection, asked);
        var level = LevelOf(by, judging.Area);
        var verdicts = asked.AsOf is null ? "verdicts" : judging.VerdictTable;
        return
        [
            .. judging.Standards.SelectMany(standard =>
                standard.Level.Level is null
                    ? HouseholdGaps.Of(judging, verdicts, standard, level, asked.Indicator, names, beside)
                    : AreaGaps(judging, verdicts, standard, asked.Indicator, beside)
            ),
        ];
    }

    /// <inheritdoc cref="Handle"/>
    public static IReadOnlyList<UnknownResults.Unknown> Unknown(Installation installation, Question asked)
    {
        using var connection = installation.Store.Open();
        var (judging, beside) = Judged(installation, connection, asked);
        var (verdicts, tallies) = asked.AsOf is null ? ("verdicts", "tallies") : (judging.VerdictTable, judging.TallyTable);
        return [.. judging.Standards.SelectMany(s => UnknownResults.Of(judging, verdicts, tallies, s, asked.Indicator, beside))];
    }

    // An indicator that no deciding standard has is still a gap under the standard that has it.
    private static (Judging Judging, bool Beside) Judged(Installation installation, DbConnection connection, Question asked)
    {
        var day = asked.AsOf ?? installation.WorkDate;
        var area = AreaArgument.Find(AreaTree.Load(connection, day), asked.Area, installation);
        var judging = asked.AsOf is null
            ? Judging.Begin(installation, connection, null, area, day, store: false)
            : Judging.Run(installation, connection, null, area, day, store: false);
        if (asked.AsOf is null)
            JudgedState.Require(judging);
        if (asked.Indicator is { } wanted && !judging.Standards.SelectMany(s => s.Indicators).Any(i => i.Id == wanted))
            throw new Refusal("gaps.indicator-unknown", $"no standard in force has an indicator '{wanted}'");
        var decides = judging.Standards.Any(s => s.Indicators.Any(i => i.Id == asked.Indicator) && HouseholdGaps.Decides(judging, s));
        return (judging, asked.Indicator is not null && !decides);
    }

    private static short LevelOf(string? by, AreaVersion area) =>
        by switch
        {
            "county" => 3,
            "township" => 4,
            "village" => 5,
            null => (short)Math.Min(area.Level + 1, 5),
            _ => throw new WrongUsage("gaps.level-unknown", $"'{by}' is not county, township or village"),
        };

    // Gaps of villages, townships and counties: one row for each place and indicator.
    private static IEnumerable<Gap> AreaGaps(Judging judging, string verdicts, Standard standard, string? only, bool beside)
    {
        var rows = judging
            .Query<(long Id, long Unmet, long Overruled)>(
                $"SELECT v.subject_id, {VerdictSql.Unmet("v")} AS unmet, v.overruled_met | v.overruled_unmet AS overruled FROM {verdicts} v WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Unmet("v")} | v.overruled_met <> 0"
            )
            .ToList();
        foreach (var (id, unmet, overruled) in rows)
        {
            if (
                judging.Tree.ById(id) is not { } place
                || !judging.Range.Contains(place.Code)
                || !beside && judging.Deciding(standard.Level, place.Code) != standard
            )
                continue;
            foreach (var i in standard.Indicators.Where(i => !i.Retired && ((unmet | overruled) >> i.Bit & 1) == 1 && (only is null || i.Id == only)))
            {
                var (gap, word) = (unmet >> i.Bit & 1, overruled >> i.Bit & 1);
                var (ofGap, beside_) = gap == 1 ? (word, 0L) : (0L, word);
                yield return new(
                    i.Id,
                    i.Title.Zh,
                    standard.Id,
                    standard.Level.Name,
                    Code(place),
                    place.Name,
                    i.Department,
                    0,
                    0,
                    0,
                    0,
                    gap,
                    ofGap,
                    beside_,
                    null
                );
            }
        }
    }

    public static string Code(AreaVersion place) => Code(place.Code);

    public static string Code(long area) => area.ToString("D12", CultureInfo.InvariantCulture);

    private static void Print(TextWriter output, IReadOnlyList<UnknownResults.Unknown> unknown)
    {
        foreach (var group in unknown.GroupBy(u => (u.Standard, u.Indicator)))
        {
            var first = group.First();
            output.WriteLine($"{first.Title} ({first.Standard}/{first.Indicator}) - {first.Department}: {group.Count():N0} unknown");
            foreach (var u in group)
                output.WriteLine($"    {u.AreaName} {u.Household} {u.Head}  missing 缺 {string.Join('；', u.Missing)}");
        }
        if (unknown.Count == 0)
            output.WriteLine("nothing is unknown");
    }

    private static void Print(TextWriter output, IReadOnlyList<Gap> gaps)
    {
        foreach (var group in gaps.GroupBy(g => (g.Standard, g.Indicator)))
        {
            var first = group.First();
            var total =
                first.Level == "household"
                    ? $"{group.Sum(g => g.Households):N0} households, {group.Sum(g => g.Persons):N0} persons in households of {group.Sum(g => g.Members):N0}, of these {group.Sum(g => g.Unregistered):N0} unregistered households"
                    : $"{group.Sum(g => g.Areas):N0} of level {first.Level}";
            var (inGap, beside) = (group.Sum(g => g.OverruledUnmet), group.Sum(g => g.OverruledMet));
            var overruled = inGap + beside == 0 ? "" : $"; overruled 人工认定: {inGap:N0} of these, {beside:N0} more to met";
            output.WriteLine($"{first.Title} ({first.Standard}/{first.Indicator}) - {first.Department}: {total}{overruled}");
            foreach (var gap in group)
            {
                output.WriteLine(
                    gap.Level != "household"
                        ? $"    {gap.AreaName}{(gap.OverruledUnmet > 0 ? " (overruled 人工认定)" : gap.OverruledMet > 0 ? " (overruled to met 人工认定达标)" : "")}"
                        : $"    {Columns.Pad(gap.AreaName.Length > 0 ? gap.AreaName : gap.Area, 20)} {gap.Households, 7:N0} 户 {gap.Persons, 8:N0} 人"
                );
                foreach (var name in gap.Names ?? [])
                    output.WriteLine($"        {name.Household}  {name.Head}  {name.Village}  {name.Helper ?? "-"} ({name.Unit ?? "-"})");
            }
        }
        if (gaps.Count == 0)
            output.WriteLine("no gap");
    }
}
