using System.Globalization;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Work;

namespace Tuopin.Quality;

/// <summary>
/// Findings as work (疑点数据): those to verify, exemptions to confirm, and what proved true until it is mended. Each is answered on its own page, and the item
/// ends with it. They are of the place; a trade is named where the check is of one alone.
/// </summary>
public static class SuspectWork
{
    public static WorkSource Source { get; } =
        new("suspect", Open, Title)
        {
            OfHouseholds = true,
            Link = item => item.SourceKey is { } key ? $"/checks/findings/{key[(key.IndexOf('/') + 1)..]}" : null,
        };

    private static string Open(WorkAsk ask) =>
        $"""
            SELECT 'finding/' || CAST(f.id AS text) AS source_key, f.check_id AS what, f.subject, f.subject_id, f.area_code, {TradeOf(
                ask.Installation.Packs
            )} AS department,
              {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, f.deadline AS due, CAST(f.raised_day AS text) AS stamp
            FROM findings f WHERE {Findings.Stands("open", ask.Day)} AND {RefreshHouseholds.OfThem("f", ask)}
            """;

    // Who states facts about everything is no trade.
    private static readonly string[] NoTrade = ["poverty_office", "village", "township", "county", "city", "province", "helper", "household"];

    private static string TradeOf(PackSet packs)
    {
        var cases = string.Concat(
            Findings
                .TradesOf(packs)
                .Select(c => (c.Key, Trades: c.Value.Except(NoTrade).ToList()))
                .Where(c => c.Trades.Count == 1)
                .Select(c => $" WHEN {SqlDialect.Quoted(c.Key)} THEN {SqlDialect.Quoted(c.Trades[0])}")
        );
        return cases.Length == 0 ? WorkSource.NoText : $"CAST(CASE f.check_id{cases} END AS text)";
    }

    private static Label Title(PackSet packs, string check) => packs.Checks.FirstOrDefault(c => c.Id == check)?.Title ?? new(check, check);

    /// <summary>How many findings wait in the caller's scope, and how many are past their last day; null for who sees none.</summary>
    public static (long Waiting, long Late)? Due(ConsoleContext context)
    {
        if (!context.Caller.May(Permission.VerifyFinding))
            return null;
        var late = string.Create(CultureInfo.InvariantCulture, $"f.deadline < {context.Day}");
        return context.Reader.QuerySingle<(long, long)>(
            $"SELECT count(*), coalesce(sum(CASE WHEN {late} THEN 1 ELSE 0 END), 0) FROM findings f WHERE {Findings.Stands("waiting", context.Day)} AND {Findings.Within(context.Caller.Scope(Permission.VerifyFinding), AreaRange.Nation, context.Day)}"
        );
    }
}
