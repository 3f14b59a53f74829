using System.CommandLine;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin gaps</c>: what is unmet, by indicator and area, whose it is, and by name with <c>--names</c>. Reads the stored judgement of the work date;
/// the deciding standard, the most specific in force for a place, is the one whose gaps count.
/// </summary>
public static class ListGaps
{
    public sealed record Named(string Household, string? Head, string Village, string? Unit, string? Helper);

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
        long Unregistered,
        long Areas,
        IReadOnlyList<Named>? Names
    );

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var indicator = new Option<string?>("--indicator") { Description = "only this indicator" };
        var names = new Option<bool>("--names") { Description = "list the households with helper and helper unit" };
        var by = new Option<string?>("--by") { Description = "county, township or village; default: the level beneath the area" };
        var command = new Command("gaps", "list every gap with the department it belongs to") { area, indicator, names, by };
        command.SetAction(
            shell.Run(parsed =>
            {
                var gaps = Handle(shell.Open(parsed), parsed.GetValue(area), parsed.GetValue(indicator), parsed.GetValue(names), parsed.GetValue(by));
                if (shell.IsJson)
                    shell.PrintJson(gaps);
                else
                    Print(shell.Output, gaps);
            })
        );
        return command;
    }

    /// <exception cref="Refusal">area.unknown; judged.never; judged.stale; gaps.indicator-unknown; gaps.level-unknown.</exception>
    public static IReadOnlyList<Gap> Handle(Installation installation, string? areaCode, string? indicator, bool names, string? by)
    {
        using var connection = installation.Store.Open();
        var day = installation.WorkDate;
        var area = AreaArgument.Find(AreaTree.Load(connection, day), areaCode, installation);
        var judging = Judging.Begin(installation, connection, null, area, day, store: false);
        JudgedState.Require(judging);
        var level = LevelOf(by, area);
        if (indicator is not null && !judging.Standards.SelectMany(s => s.Indicators).Any(i => i.Id == indicator))
            throw new Refusal("gaps.indicator-unknown", $"no standard in force has an indicator '{indicator}'");
        // An indicator that no deciding standard has is still a gap under the standard that has it.
        var beside =
            indicator is not null && !judging.Standards.Any(s => s.Indicators.Any(i => i.Id == indicator) && HouseholdGaps.Decides(judging, s));
        return
        [
            .. judging.Standards.SelectMany(standard =>
                standard.Level.Level is null
                    ? HouseholdGaps.Of(judging, standard, level, indicator, names, beside)
                    : AreaGaps(judging, standard, indicator, beside)
            ),
        ];
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
    private static IEnumerable<Gap> AreaGaps(Judging judging, Standard standard, string? only, bool beside)
    {
        var rows = judging
            .Query<(long Id, long Unmet)>(
                $"SELECT v.subject_id, {VerdictSql.Unmet("v")} AS unmet FROM verdicts v WHERE v.standard_version_id = {judging.Version(standard.Id).VersionId} AND {VerdictSql.Unmet("v")} <> 0"
            )
            .ToList();
        foreach (var (id, unmet) in rows)
        {
            if (
                judging.Tree.ById(id) is not { } place
                || !judging.Range.Contains(place.Code)
                || judging.Deciding(standard.Level, place.Code) != standard
            )
                continue;
            foreach (var i in standard.Indicators.Where(i => (unmet >> i.Bit & 1) == 1 && (only is null || i.Id == only)))
                yield return new(i.Id, i.Title.Zh, standard.Id, standard.Level.Name, Code(place), place.Name, i.Department, 0, 0, 0, 1, null);
        }
    }

    public static string Code(AreaVersion place) => place.Code.ToString("D12", CultureInfo.InvariantCulture);

    private static void Print(TextWriter output, IReadOnlyList<Gap> gaps)
    {
        foreach (var group in gaps.GroupBy(g => (g.Standard, g.Indicator)))
        {
            var first = group.First();
            var total =
                first.Level == "household"
                    ? $"{group.Sum(g => g.Households):N0} households, {group.Sum(g => g.Persons):N0} persons, of these {group.Sum(g => g.Unregistered):N0} unregistered households"
                    : $"{group.Sum(g => g.Areas):N0} of level {first.Level}";
            output.WriteLine($"{first.Title} ({first.Standard}/{first.Indicator}) - {first.Department}: {total}");
            foreach (var gap in group)
            {
                output.WriteLine(
                    gap.Areas > 0 ? $"    {gap.AreaName}" : $"    {Columns.Pad(gap.AreaName, 20)} {gap.Households, 7:N0} 户 {gap.Persons, 8:N0} 人"
                );
                foreach (var name in gap.Names ?? [])
                    output.WriteLine($"        {name.Household}  {name.Head}  {name.Village}  {name.Helper ?? "-"} ({name.Unit ?? "-"})");
            }
        }
        if (gaps.Count == 0)
            output.WriteLine("no gap");
    }
}
