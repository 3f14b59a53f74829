using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>The households whose verdict counts otherwise at two moments: each moment is read from its own judgement, and what differs is told as rows.</summary>
public static class ChangedVerdicts
{
    /// <summary>The rules of the indicators that decide at either moment, and whether a household is registered.</summary>
    public static IEnumerable<Expr> RulesOf(
        Installation installation,
        FigureVerdicts verdicts,
        IReadOnlyList<(AreaRange Range, DateOnly? Day)> moments
    )
    {
        var packs = installation.Packs;
        var household = new Variable("household", packs.Dictionary["household"]);
        return moments
            .SelectMany(m => m.Day is { } day ? Judging.InForce(packs.Standards, m.Range, day) : [])
            .Where(s => s.Level == household.Type)
            .Distinct()
            .SelectMany(s => s.Indicators)
            .Where(i => !i.Retired && (verdicts.Indicator is null || verdicts.Indicator == i.Id))
            .SelectMany(i => new[] { i.Met, i.ExemptWhen })
            .OfType<Expr>()
            .Append(new RuleCompiler(packs.Scope).Compile(RuleText.Of("household.status.kind == 'not_registered'"), household, Expectation.Shown));
    }

    /// <summary>
    /// Each household that counts with another amount, as rows of id, low_before, high_before, open_before, low_after, high_after, open_after and way; none
    /// where the area was not judged for one of the moments.
    /// </summary>
    public static string Both(Installation installation, DbConnection connection, Figure figure, FigureSide from, FigureSide to)
    {
        var (before, after) = (Shares(installation, connection, figure, from), Shares(installation, connection, figure, to));
        var rows =
            before is null || after is null
                ? []
                : before
                    .Keys.Union(after.Keys)
                    .Select(id => (Id: id, Was: before.GetValueOrDefault(id), Is: after.GetValueOrDefault(id)))
                    .Where(r => r.Was != r.Is)
                    .Select(r => string.Create(CultureInfo.InvariantCulture, $"({r.Id}, {r.Was}, {r.Is})"))
                    .ToList();
        var values = rows.Count == 0 ? "(0, 0, 0)" : string.Join(", ", rows);
        const string was = "CAST(v.column2 AS bigint)";
        const string now = "CAST(v.column3 AS bigint)";
        return $"""
            SELECT CAST(v.column1 AS bigint) AS id, {was} AS low_before, {was} AS high_before, CAST(0 AS bigint) AS open_before,
              {now} AS low_after, {now} AS high_after, CAST(0 AS bigint) AS open_after,
              CASE WHEN v.column2 = 0 THEN {(int)ChangeWay.Entered} WHEN v.column3 = 0 THEN {(int)ChangeWay.Left} ELSE {(int)
                ChangeWay.Changed} END AS way
            FROM (VALUES {values}) AS v WHERE v.column2 <> v.column3
            """;
    }

    // With how much each household counts at a moment.
    private static Dictionary<long, long>? Shares(Installation installation, DbConnection connection, Figure figure, FigureSide side)
    {
        var day = figure.Moment.On(side.Moment.Day)!.Value;
        using var judged = JudgedMoment.Find(installation, connection, side.Range, day, side.Moment.KnownAt);
        if (judged is not { Freshness: Freshness.Fresh })
            return null;
        var (verdicts, kinds) = (figure.Verdicts!, installation.Packs.Dictionary.CodeLists["status_kind"]);
        var cases = judged
            .Connection.Query<(long Id, string Standard, string Hash)>($"SELECT id, standard_id, hash FROM {judged.Table("standard_versions")} s")
            .SelectMany(v =>
                installation
                    .Packs.Standards.Where(s => s.Id == v.Standard && s.Hash == v.Hash && s.Level.Level is null)
                    .SelectMany(s =>
                        verdicts.Indicator is null
                            ? [VerdictSql.Mask(s)]
                            : s.Indicators.Where(i => i.Id == verdicts.Indicator && !i.Retired).Select(i => 1L << i.Bit)
                    )
                    .Select(mask =>
                        string.Create(CultureInfo.InvariantCulture, $"(l.standard_version_id = {v.Id} AND {Shows(verdicts.Result, mask)})")
                    )
            )
            .ToList();
        var remaining = string.Create(
            CultureInfo.InvariantCulture,
            $"l.status IN ({kinds.Find("remaining")!.Number}, {kinds.Find("returned")!.Number})"
        );
        var standing = verdicts.Standing switch
        {
            FigureStanding.Remaining => $"l.registered = 1 AND {remaining}",
            FigureStanding.Exited => $"l.registered = 1 AND NOT {remaining}",
            FigureStanding.Unregistered => HouseholdList.Unregistered("l", kinds),
            _ => HouseholdList.Counted("l", kinds),
        };
        return judged
            .Connection.Query<(long Id, long Amount)>(
                $"""
                SELECT l.household_id, {(verdicts.Persons ? "CAST(coalesce(l.members, 0) AS bigint)" : "CAST(1 AS bigint)")} FROM {judged.Table(
                    "household_list"
                )} l
                WHERE l.place_code = l.area_code AND l.area_code BETWEEN {side.Range.From} AND {side.Range.To} AND {standing}
                  AND {(cases.Count == 0 ? "1 = 0" : $"({string.Join(" OR ", cases)})")}
                """
            )
            .ToDictionary(r => r.Id, r => r.Amount);
    }

    private static string Shows(FigureResult result, long mask) =>
        result switch
        {
            FigureResult.Unmet => $"l.unmet & {mask} <> 0",
            FigureResult.Met => $"l.unmet & {mask} = 0 AND (l.met | l.exempt) & {mask} = {mask}",
            FigureResult.Unknown => $"l.unmet & {mask} = 0 AND (l.met | l.exempt) & {mask} <> {mask}",
            _ => "1 = 1",
        };
}
