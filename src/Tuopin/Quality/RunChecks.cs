using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// <c>tuopin check</c>, <c>POST /checks/run</c>: every check in force over all that is held, or over an area. A run for the work date is kept: what is new is
/// raised, what was mended is cleared. A run for another day is told only.
/// </summary>
public static class RunChecks
{
    private const string Setting = "checked";
    private const string Name = "check";

    public static readonly JobKind Kind = new(Name, new("数据核查", "Check the data"), Permission.Judge, Writes: true, Run);

    /// <param name="Found">Subjects on which it fires now, also those that were answered.</param>
    public sealed record Counted(string Id, int Number, string Kind, string Title, string Over, long Found);

    public sealed record Silent(string Id, int Number, string Title);

    /// <param name="NoLaw">Checks in force whose threshold has no source: no law found.</param>
    /// <param name="Raised">How many wait that did not before; null for a run that was not kept.</param>
    public sealed record Report(
        string Area,
        string Name,
        string Day,
        int Asked,
        long Found,
        long? Raised,
        long? Cleared,
        IReadOnlyList<Counted> Checks,
        IReadOnlyList<Silent> NoLaw,
        double Seconds
    );

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var day = new Option<string?>("--day") { Description = "yyyy-MM-dd, a day with its law; default: the work date, whose findings are kept" };
        var command = new Command("check", "find records that are wrong or doubtful (data checks)") { area, day };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, install: true);
                var report = Handle(installation, parsed.GetValue(area), AreaArgument.Day(parsed.GetValue(day)));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/checks/run",
                async Task<IResult> (ConsoleContext context, HttpContext http, JobQueue queue) =>
                {
                    await Forms.Check(http);
                    var job = await queue.Add(context.Caller, Kind, "", new { }, null);
                    return TypedResults.LocalRedirect($"/jobs/{job.Id}");
                }
            )
            .Needs(Permission.Judge);
        routes
            .MapPost(
                Api.Root + "/checks/run",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue) =>
                {
                    await Api.CheckWrite(http);
                    var job = await queue.Add(context.Caller, Kind, "", new { }, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.Judge, "runChecks", "Check all that is held, for the work date", StatusCodes.Status202Accepted)
            .Once();
    }

    /// <summary>Runs the checks and keeps what a run for the work date found.</summary>
    /// <exception cref="Refusal">area.unknown, data.none.</exception>
    public static Report Handle(Installation installation, string? areaCode, DateOnly? day, Action<int, int>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var on = day ?? today;
        var area = AreaArgument.Find(AreaTree.Load(connection, on), areaCode, installation);
        Statistics.Refresh(connection, transaction, installation.Store.Engine);
        var checking = Checking.Of(Judging.Begin(installation, connection, transaction, area, on, store: true));
        var found = checking.Run(progress);
        var kept = on == today ? Keep(checking, transaction) : null;
        var report = Tell(checking, found, kept) with { Seconds = clock.Elapsed.TotalSeconds };
        if (kept is not null)
            transaction.Commit();
        return report;
    }

    private static KeepFindings.Difference Keep(Checking checking, DbTransaction transaction)
    {
        var (judging, connection) = (checking.Judging, checking.Judging.Connection);
        var installation = judging.Installation;
        PackArchive.Keep(connection, transaction, installation.Packs);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            string.Create(CultureInfo.InvariantCulture, $"checks of {judging.Day.Date:yyyy-MM-dd}"),
            "poverty_office",
            judging.Day.Number
        );
        var within = string.Create(CultureInfo.InvariantCulture, $"f.area_code BETWEEN {judging.Range.From} AND {judging.Range.To}");
        var difference = new KeepFindings(judging, change, Checking.Found, within).Run();
        if (judging.HoldsOnlyRange())
            installation.Set(connection, transaction, Setting, Now(installation, connection, transaction, judging.Day.Number));
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "checks.run",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{judging.Area.Code} {judging.Day.Date:yyyy-MM-dd} raised {difference.Raised} cleared {difference.Cleared} packs {installation.Packs.Hash}"
            )
        );
        return difference;
    }

    /// <summary>Whether all that is held was checked for the work date, and whether imports, packs or the work date have overtaken that.</summary>
    public static Freshness State(Installation installation, DbConnection connection, DbTransaction? transaction, int day) =>
        Installation.Setting(connection, Setting, transaction) is not { } held ? Freshness.Never
        : held == Now(installation, connection, transaction, day) ? Freshness.Fresh
        : Freshness.Stale;

    /// <summary>After households of an import were checked again in its transaction: what was fresh before is fresh still.</summary>
    public static void Renew(Installation installation, DbConnection connection, DbTransaction transaction) =>
        connection.Execute(
            "UPDATE settings SET value = @value WHERE name = @name",
            transaction,
            new { name = Setting, value = Now(installation, connection, transaction, DayNumber.Of(installation.WorkDate)) }
        );

    private static string Now(Installation installation, DbConnection connection, DbTransaction? transaction, int day)
    {
        var import = connection.Number("SELECT coalesce(max(change_id), 0) + coalesce(max(undone_by), 0) FROM import_batches", transaction);
        return string.Create(CultureInfo.InvariantCulture, $"{day} {import} {installation.Packs.Hash}");
    }

    private static Report Tell(Checking checking, long found, KeepFindings.Difference? kept)
    {
        var judging = checking.Judging;
        var counts = judging
            .Query<(string Id, long Count)>($"SELECT check_id, count(*) FROM {Checking.Found} GROUP BY check_id")
            .ToDictionary(c => c.Id, c => c.Count, StringComparer.Ordinal);
        return new(
            judging.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
            judging.Area.Name,
            judging.Day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            checking.Checks.Count,
            found,
            kept?.Raised,
            kept?.Cleared,
            [
                .. checking.Checks.Select(c => new Counted(
                    c.Id,
                    c.Number,
                    c.Hard ? "error" : "suspect",
                    c.Title.Zh,
                    c.Over.Name,
                    counts.GetValueOrDefault(c.Id)
                )),
            ],
            [.. checking.Silent.Select(c => new Silent(c.Id, c.Number, c.Title.Zh))],
            0
        );
    }

    private static void Run(JobRun run)
    {
        run.Say("核查 / checking");
        var report = Handle(run.Installation, null, null, (done, total) => run.Progress(done, total));
        run.Result = new
        {
            area = report.Area,
            day = report.Day,
            report.Found,
            report.Raised,
            report.Cleared,
        };
        run.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Name} {report.Day}: {report.Asked} 条规则，新增 {report.Raised}，消除 {report.Cleared} / {report.Asked} checks, {report.Raised} raised, {report.Cleared} cleared"
            )
        );
        foreach (var silent in report.NoLaw)
            run.Say($"{silent.Id} {silent.Title}: 未找到法规 / no law found");
    }

    private static void Print(TextWriter output, Report report)
    {
        var told = report.Raised is { } raised
            ? string.Create(CultureInfo.InvariantCulture, $"{report.Found:N0} found, {raised:N0} raised, {report.Cleared:N0} cleared")
            : string.Create(CultureInfo.InvariantCulture, $"{report.Found:N0} found; another day than the work date, nothing is kept");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Name} {report.Day}: {report.Asked} checks in force, {told} ({report.Seconds:0.0} s)"
            )
        );
        foreach (var check in report.Checks.Where(c => c.Found > 0))
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {check.Found, 8:N0}  {Columns.Pad(check.Kind, 8)}{Columns.Pad(check.Id, 34)}{check.Title}"
                )
            );
        foreach (var silent in report.NoLaw)
            output.WriteLine($"            no law found for {Columns.Pad(silent.Id, 34)}{silent.Title}");
    }
}
