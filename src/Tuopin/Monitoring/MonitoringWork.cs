using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Monitoring;

/// <summary>What of monitoring waits, as work (监测时限): it ends when the clue is answered or the measure is there.</summary>
public static class MonitoringWork
{
    public static WorkSource Source { get; } =
        new("monitoring", Open, Tell)
        {
            Link = item =>
                item.Subject == "household" ? FormattableString.Invariant($"/households/{item.SubjectId}/monitoring") : "/monitoring/clues",
        };

    private static string Open(WorkAsk ask) =>
        $"""
            SELECT w.key AS source_key, w.kind AS what, w.subject AS subject, w.subject_id AS subject_id, w.area_code AS area_code, w.unit AS department,
              {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST(w.deadline AS integer) AS due, {WorkSource.NoText} AS stamp
            FROM ({OpenWork.Sql(ask.Connection, ask.Installation.Packs, AreaRange.Nation, DayNumber.ToDate(ask.Day))}) w
            """;

    private static Label Tell(PackSet packs, string what) =>
        what switch
        {
            "clue" => new("线索待核实答复", "a clue waits for an answer"),
            "clue-nobodys" => new("线索尚未找到农户", "a clue that is nobody's yet"),
            "monitoring-measure" => new("监测对象尚无帮扶措施", "a monitored household without a measure"),
            "monitoring-development" => new("有劳动力的监测对象尚无开发式帮扶", "a monitored household with labour and no development measure"),
            _ => new(what, what),
        };
}
