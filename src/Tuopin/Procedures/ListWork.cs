using System.Text.Json;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Procedures;

/// <summary>What waits on lists as work: objections and appeals without an answer, and steps with a last day, publicities whose days are counted among them.</summary>
public static class ListWork
{
    private const string Steps = "work_list_steps";

    public static WorkSource Objections { get; } =
        new(
            "objection",
            _ =>
                $"""
                    SELECT o.list_id || '/' || o.number AS source_key, CASE WHEN o.upheld IS NULL THEN 'objection' ELSE 'appeal' END AS what, 'list' AS subject, o.list_id AS subject_id,
                      l.area_code AS area_code, {WorkSource.NoText} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id,
                      CAST(NULL AS integer) AS due, {WorkSource.NoText} AS stamp
                    FROM list_objections o JOIN subject_lists l ON l.id = o.list_id
                    WHERE o.upheld IS NULL OR (o.appealed_day IS NOT NULL AND o.appeal_upheld IS NULL)
                    """,
            (_, what) => what == "appeal" ? new("申诉待答复", "an appeal waits for a reply") : new("异议待答复", "an objection waits for a reply")
        )
        {
            Link = OfList,
        };

    public static WorkSource Deadlines { get; } = new("step", OpenSteps, Tell) { Link = OfList };

    private static string? OfList(WorkItem item) => FormattableString.Invariant($"/lists/{item.SubjectId}");

    // How days are counted is the procedure's to say: the last days are worked out here and read from a table of their own.
    private static string OpenSteps(WorkAsk ask)
    {
        var (connection, transaction) = (ask.Connection, ask.Transaction);
        var number = ask.Installation.Store.IsSqlite ? "INTEGER" : "bigint";
        connection.Execute($"DROP TABLE IF EXISTS {Steps}", transaction: transaction);
        connection.Execute($"CREATE TEMPORARY TABLE {Steps} (list_id {number} NOT NULL, due {number} NOT NULL)", transaction: transaction);
        var lists = connection.Query<SubjectList>("SELECT * FROM subject_lists WHERE ended IS NULL", transaction: transaction).ToList();
        using (var rows = RowWriter.Open(connection, Steps, [BulkColumn.Number("list_id"), BulkColumn.Number("due")]))
        {
            foreach (var list in lists)
            {
                var procedure = ListRecord.ProcedureOf(connection, transaction, ask.Installation.Packs, list.Hash);
                var days = JsonSerializer.Deserialize<Dictionary<string, int>>(list.Days)!;
                Moment At(int day) => new(DayNumber.ToDate(day), null);
                var state = ListState.Open(procedure, list.ChangeKind, days, At(list.OpenedDay)) with
                {
                    Step = list.Step,
                    Since = At(list.SinceDay),
                    Hung = list.HungDay is { } hung ? At(hung) : null,
                    Holidays = ask.Installation.Packs.Holidays,
                };
                if ((state.Deadline(procedure) ?? state.HangsUntil(procedure)) is not { } due)
                    continue;
                rows.Number(list.Id);
                rows.Number(DayNumber.Of(due));
                rows.EndRow();
            }
            rows.Complete();
        }
        return $"""
            SELECT l.id || '/' || l.step AS source_key, l.procedure_id || '/' || l.step AS what, 'list' AS subject, l.id AS subject_id, l.area_code AS area_code,
              {WorkSource.NoText} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST(s.due AS integer) AS due, {WorkSource.NoText} AS stamp
            FROM {Steps} s JOIN subject_lists l ON l.id = s.list_id
            """;
    }

    private static Label Tell(PackSet packs, string what)
    {
        var (id, step) = what.LastIndexOf('/') is > 0 and var at ? (what[..at], what[(at + 1)..]) : (what, what);
        var procedure = packs.Procedures.LastOrDefault(p => p.Id == id);
        return procedure?.Steps.FirstOrDefault(s => s.Id == step)?.Title is { } title
            ? new($"{procedure.Title.Zh}：{title.Zh}", $"{procedure.Title.En}: {title.En}")
            : new(what, what);
    }
}
