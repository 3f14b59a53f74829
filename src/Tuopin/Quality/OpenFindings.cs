using System.Globalization;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Quality;

/// <summary>What of the findings is open work: those to verify, exemptions to confirm, and what proved true until it is mended.</summary>
public static class OpenFindings
{
    /// <summary>
    /// A select of <c>source_key, what, subject, subject_id, area_code, department, unit_id, post_id, due, stamp</c>, one row for each; <c>what</c> is the id
    /// of the check. They are of the place; no department and no unit is named.
    /// </summary>
    /// <param name="day">The work date, yyyyMMdd.</param>
    public static string Select(int day) =>
        $"""
            SELECT 'finding/' || CAST(f.id AS text) AS source_key, f.check_id AS what, f.subject, f.subject_id, f.area_code, CAST(NULL AS text) AS department,
              CAST(NULL AS bigint) AS unit_id, CAST(NULL AS bigint) AS post_id, f.deadline AS due, CAST(f.raised_day AS text) AS stamp
            FROM findings f WHERE {Findings.Stands("open", day)}
            """;

    /// <summary>The title of an item.</summary>
    public static Label Title(PackSet packs, string check) => packs.Checks.FirstOrDefault(c => c.Id == check)?.Title ?? new(check, check);

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
