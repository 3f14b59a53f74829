using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;

namespace Tuopin.Matching;

/// <summary>
/// <c>POST /matching/{file}/undo</c>, <c>tuopin match undo</c>: takes a list back as a whole. The records it made go, those accepted by hand with them; nobody
/// counts as compared with it unless another list of its kind did so; nothing of it waits any more.
/// </summary>
public static class UndoMatch
{
    private sealed record Asked(long File);

    public static readonly JobKind Kind = new(
        "match-undo",
        new("撤销数据比对", "Undo a matching"),
        Permission.MatchLists,
        Writes: true,
        run =>
        {
            var gone = Handle(run.Installation, run.Request<Asked>().File, f => ShowMatches.MayUndo(run.Caller, f));
            RunImport.Follow(run);
            run.Say($"撤销 {gone} 条记录 / {gone} records taken back");
        }
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/matching/{file:long}/undo",
                async Task<IResult> (ConsoleContext context, HttpContext http, JobQueue queue, long file) =>
                {
                    await Forms.Check(http);
                    return TypedResults.LocalRedirect($"/jobs/{(await Queue(context, queue, file, null)).Id}");
                }
            )
            .Needs(Permission.MatchLists);
        routes
            .MapPost(
                Api.Root + "/matching/{file:long}/undo",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long file) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, file, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.MatchLists, "undoMatch", "Take a matched list back as a whole", StatusCodes.Status202Accepted)
            .Once();
    }

    public static Command Command(Shell shell)
    {
        var file = new Argument<long>("FILE") { Description = "number of the list; see tuopin match files" };
        var command = new Command("undo", "take a matched list back as a whole") { file };
        command.SetAction(
            shell.Run(parsed =>
            {
                var gone = Handle(shell.Open(parsed), parsed.GetValue(file), _ => true);
                if (shell.IsJson)
                    shell.PrintJson(new { records = gone });
                else
                    shell.Output.WriteLine($"撤销 {gone} 条记录 {gone} records taken back");
            })
        );
        return command;
    }

    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, long file, string? key)
    {
        var found = ShowMatches.Find(context, file, null).Row.File;
        if (!ShowMatches.MayUndo(context.Caller, found))
            throw new NotInScope();
        RequireStanding(found);
        return queue.Add(context.Caller, Kind, found.File, new Asked(file), key);
    }

    private static void RequireStanding(MatchFile file)
    {
        if (file.UndoneAt is not null)
            throw new Refusal("match.undone", "这份名单已经撤销。This list was taken back already.");
    }

    /// <summary>Takes the list back; how many records went.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">match.undone.</exception>
    public static int Handle(Installation installation, long id, Func<MatchFile, bool> may)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var file = connection.QueryFirstOrDefault<MatchFile>("SELECT f.* FROM match_files f WHERE f.id = @id", new { id }, transaction);
        if (file is null || !may(file))
            throw new NotInScope();
        RequireStanding(file);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"撤销数据比对 {file.File}",
            "poverty_office",
            file.DataDay,
            file.File
        );
        // A record that somebody has edited since is still the list's: its first version names the change of the list.
        var gone = connection.Execute(
            """
            DELETE FROM department_records WHERE change_id = @first
              OR id IN (SELECT h.id FROM department_records_history h WHERE h.change_id = @first)
              OR id IN (SELECT r.record_id FROM match_rows r WHERE r.file_id = @id AND r.record_id IS NOT NULL)
            """,
            transaction,
            new { id, first = file.ChangeId }
        );
        Uncompare(connection, transaction, file, change);
        connection.Execute("DELETE FROM match_candidates WHERE file_id = @id", transaction, new { id });
        connection.Execute(
            "UPDATE match_rows SET state = 0, reason = 'undone', record_id = NULL WHERE file_id = @id AND state <> 0",
            transaction,
            new { id }
        );
        connection.Execute(
            "UPDATE match_files SET undone_at = @at, undone_by = @by, change_id = @change WHERE id = @id",
            transaction,
            new
            {
                id,
                change,
                at = AuditLog.Stamp(installation.Clock),
                by = installation.Actor.Name,
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "match.undo",
            string.Create(CultureInfo.InvariantCulture, $"file {id} ({file.File}): {gone} records"),
            new("match_file", id)
        );
        transaction.Commit();
        return gone;
    }

    private static void Uncompare(DbConnection connection, DbTransaction transaction, MatchFile file, long change)
    {
        var bit = 1L << file.Kind;
        const string other =
            "o.kind = @kind AND o.year = @year AND o.undone_at IS NULL AND o.id <> @id AND h.area_code BETWEEN o.area_code AND o.area_to";
        foreach (var (table, key, from) in new[] { ("person_years", "person_id", "persons h"), ("household_years", "household_id", "households h") })
            connection.Execute(
                $"""
                UPDATE {table} SET compared_with = compared_with - {bit}, change_id = @change WHERE year = @year AND compared_with & {bit} <> 0
                  AND {key} IN (SELECT h.id FROM {from} WHERE h.area_code BETWEEN @from AND @to AND NOT EXISTS (SELECT 1 FROM match_files o WHERE {other}))
                """,
                transaction,
                new
                {
                    id = file.Id,
                    kind = file.Kind,
                    year = file.Year,
                    from = file.AreaCode,
                    to = file.AreaTo,
                    change,
                }
            );
    }
}
