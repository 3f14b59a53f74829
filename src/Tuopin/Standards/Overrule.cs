using System.Data.Common;
using Dapper;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// A person's word on one indicator of one subject against what its facts say (人工认定): asked for with reason and evidence, in force from a day to a day
/// once a second person has confirmed it. The masks of a verdict follow from those in force on its judging day, by the name of the indicator: judging
/// again keeps them, and so does a new version of the standard.
/// </summary>
public sealed class Overrule
{
    public long Id { get; set; }

    /// <summary>Type of the subject: household, village, township, county.</summary>
    public required string Subject { get; set; }
    public long SubjectId { get; set; }
    public required string StandardId { get; set; }
    public required string Indicator { get; set; }

    /// <summary>Department of the indicator when it was asked for: whose users see it.</summary>
    public required string Department { get; set; }

    /// <summary>Met, or unmet.</summary>
    public bool Met { get; set; }
    public required string Reason { get; set; }

    /// <summary>What it rests on: a document, a photograph, where it is kept.</summary>
    public required string Evidence { get; set; }
    public int FirstDay { get; set; }

    /// <summary>The last day it counts on; the day after it is gone.</summary>
    public int LastDay { get; set; }

    /// <summary>An <see cref="OverruleState"/>.</summary>
    public short State { get; set; }
    public long AskedBy { get; set; }
    public required string AskedName { get; set; }
    public required string AskedAt { get; set; }

    /// <summary>The form that asked for it: sent twice it is one.</summary>
    public string? SentKey { get; set; }
    public long? DecidedBy { get; set; }
    public string? DecidedName { get; set; }
    public string? DecidedAt { get; set; }
    public string? DecidedReason { get; set; }

    /// <summary>The first day it counts no more, where somebody lifted it before its end.</summary>
    public int? LiftedDay { get; set; }
    public long? LiftedBy { get; set; }
    public string? LiftedName { get; set; }
    public string? LiftedReason { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>What people did about an overrule; whether it is in force is a matter of days.</summary>
public enum OverruleState : short
{
    Waiting = 0,
    Confirmed = 1,
    Refused = 2,

    /// <summary>Taken back by whoever asked, before anybody decided.</summary>
    Withdrawn = 3,
}

/// <summary>Table <c>overrules</c> on a day.</summary>
public static class Overruling
{
    /// <summary>Those in force on a day of one subject, by standard and indicator.</summary>
    /// <param name="table">What stands in FROM for a table; null for the record as it is.</param>
    public static IReadOnlyDictionary<(string Standard, string Indicator), Overrule> Of(
        DbConnection connection,
        string subject,
        long subjectId,
        int day,
        Func<string, string>? table = null
    ) =>
        connection
            .Query<Overrule>(
                $"SELECT o.* FROM {table?.Invoke("overrules") ?? "overrules"} o WHERE o.subject = @subject AND o.subject_id = @subjectId AND {InForce("o", day)} ORDER BY o.id",
                new { subject, subjectId }
            )
            .GroupBy(o => (o.StandardId, o.Indicator))
            .ToDictionary(g => g.Key, g => g.Last());

    /// <summary>The condition "in force on the day".</summary>
    public static string InForce(string alias, int day) =>
        $"{alias}.state = {(short)OverruleState.Confirmed} AND {alias}.first_day <= {day} AND {alias}.last_day >= {day} AND ({alias}.lifted_day IS NULL OR {alias}.lifted_day > {day})";

    /// <summary>
    /// The masks of a standard on the day of a judgement, as a query of <c>subject_id, met, unmet</c> with a row for each subject that has any. Bits are
    /// those of the version that judges; an indicator it has not is left out.
    /// </summary>
    /// <param name="only">A query of the subjects wanted; null for all.</param>
    public static string Masks(Judging judging, Standard standard, string? only = null)
    {
        var bits = string.Concat(
            standard.Indicators.Where(i => !i.Retired).Select(i => $" WHEN {SqlDialect.Quoted(i.Id)} THEN {1L << i.Bit}{judging.Dialect.Wide}")
        );
        // Different bits added up are their union; two rows for one bit are one.
        string Union(string which) => $"coalesce(sum(DISTINCT CASE WHEN {which} THEN CASE o.indicator{bits} END END), 0){judging.Dialect.Wide}";
        return $"""
            SELECT o.subject_id, {Union("o.met")} AS met, {Union("NOT o.met")} AS unmet FROM {judging.Source("overrules")} o
            WHERE o.subject = {SqlDialect.Quoted(standard.Level.Name)} AND o.standard_id = {SqlDialect.Quoted(standard.Id)} AND {InForce(
                "o",
                judging.Day.Number
            )}{(only is null ? "" : $" AND o.subject_id IN ({only})")}
            GROUP BY o.subject_id
            """;
    }
}
