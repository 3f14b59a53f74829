using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Jobs;

/// <summary>Does the queued work: one job that writes at a time, beside it some that only read.</summary>
public sealed class RunJobs(
    Installation installation,
    JobQueue queue,
    JobKinds kinds,
    AreaTrees trees,
    IEnumerable<DailyDuty> duties,
    ILogger<RunJobs> log
) : BackgroundService
{
    /// <summary>Attempts to sign in are looked up for half a year.</summary>
    private static readonly TimeSpan SignInsKept = TimeSpan.FromDays(180);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private FileStream? alone;
    private CancellationToken stopping;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        await Task.Yield();
        stopping = stop;
        try
        {
            await Task.WhenAll(
                Lasting("interrupted", MarkInterruptedOnce, stop),
                Lasting(Clearing, Clear, stop),
                Lasting(Daily, EachDay, stop),
                Lasting("writing", () => Lane("writing", writes: true, stop), stop),
                Lasting("reading 1", () => Lane("reading 1", writes: false, stop), stop),
                Lasting("reading 2", () => Lane("reading 2", writes: false, stop), stop)
            );
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.LogInformation("no more jobs are begun");
        }
    }

    private const string Clearing = "clearing";
    private const string Daily = "daily";

    // The day is looked at this often: midnight is no event, and the work date may be set by another program.
    private static readonly TimeSpan DayAsked = TimeSpan.FromMinutes(1);

    /// <summary>Work that is asked for is done. A file that cannot be cleared away is no reason to send people elsewhere.</summary>
    public bool Works => failing.Keys.All(k => k is Clearing or Daily);

    /// <summary>What fails at this moment and is tried again, with the kind of the fault; empty when all is well.</summary>
    public IReadOnlyDictionary<string, string> Failing => failing;

    private readonly ConcurrentDictionary<string, string> failing = new();

    // A database that is away for a while must not end the console: each part is begun again until it is back.
    private async Task Lasting(string name, Func<Task> part, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                await part();
                return;
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                failing[name] = fault.GetType().Name;
                log.LogError("jobs, {Part}: {Fault} {Stack}", name, fault.GetType().FullName, fault.StackTrace);
                await Task.Delay(Again, stop);
            }
    }

    private Task MarkInterruptedOnce()
    {
        if (alone is null)
            MarkInterrupted();
        failing.TryRemove("interrupted", out _);
        return Task.CompletedTask;
    }

    private async Task Clear()
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1));
        do
        {
            ClearAway(installation.Store.Folder, installation.Clock.GetUtcNow().UtcDateTime - JobFiles.Kept);
            await using var desk = installation.Store.Desk();
            var old = Desk.Stamp(installation.Clock.GetUtcNow() - SignInsKept);
            await desk.SignInEvents.Where(e => string.Compare(e.At, old) < 0).ExecuteDeleteAsync();
            failing.TryRemove(Clearing, out _);
        } while (await hourly.WaitForNextTickAsync(stopping));
    }

    private async Task EachDay()
    {
        using var often = new PeriodicTimer(DayAsked, installation.Clock);
        DateOnly? done = null;
        do
        {
            var today = installation.WorkDate;
            if (today != done)
                foreach (var duty in duties)
                    duty.Run(installation);
            done = today;
            failing.TryRemove(Daily, out _);
        } while (await often.WaitForNextTickAsync(stopping));
    }

    public override void Dispose()
    {
        base.Dispose();
        alone?.Dispose();
    }

    // What ran when the program ended runs no more. A second console over the same folder leaves the first one's jobs alone.
    private void MarkInterrupted()
    {
        try
        {
            alone = new FileStream(
                Path.Combine(installation.Store.Folder, "console.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException)
        {
            log.LogWarning("another console serves this data folder");
            return;
        }
        using var desk = installation.Store.Desk();
        var now = AuditLog.Stamp(installation.Clock);
        desk.Jobs.Where(j => j.State == JobState.Running)
            .ExecuteUpdate(j => j.SetProperty(x => x.State, JobState.Interrupted).SetProperty(x => x.EndedAt, now));
    }

    /// <summary>Removes what lies beside the data since before a moment: files of jobs, uploads, refused rows, comparisons, lists that were being sent.</summary>
    public static void ClearAway(string data, DateTime before)
    {
        foreach (var kept in new[] { "jobs", "uploads" }.Select(f => Path.Combine(data, f)).Where(Directory.Exists))
        foreach (var folder in Directory.EnumerateDirectories(kept))
            if (Directory.GetLastWriteTimeUtc(folder) < before)
                Directory.Delete(folder, recursive: true);
        var files = new[] { "rejects", "compare" }
            .Select(f => Path.Combine(data, f))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles)
            .Concat(Directory.EnumerateFiles(data, "numbers-*.xlsx"));
        foreach (var file in files)
            if (File.GetLastWriteTimeUtc(file) < before)
                File.Delete(file);
    }

    private async Task Lane(string name, bool writes, CancellationToken stop)
    {
        var names = kinds.All.Where(k => k.Writes == writes).Select(k => k.Name).ToList();
        while (!stop.IsCancellationRequested)
        {
            var job = await Claim(names, stop);
            failing.TryRemove(name, out _);
            if (job is not null)
                await Task.Factory.StartNew(() => Run(job, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            else
                await queue.Wait(writes, stop);
        }
    }

    private async Task<Job?> Claim(List<string> names, CancellationToken stop)
    {
        await using var desk = installation.Store.Desk();
        var next = await desk
            .Jobs.AsNoTracking()
            .Where(j => j.State == JobState.Waiting && names.Contains(j.Kind))
            .OrderBy(j => j.Id)
            .FirstOrDefaultAsync(stop);
        if (next is null)
            return null;
        var now = AuditLog.Stamp(installation.Clock);
        var mine = await desk
            .Jobs.Where(j => j.Id == next.Id && j.State == JobState.Waiting)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Running).SetProperty(x => x.StartedAt, now), stop);
        return mine == 1 ? next : null;
    }

    private void Run(Job job, CancellationToken stop)
    {
        var kind = kinds.Find(job.Kind)!;
        var cancel = queue.Begin(job.Id, stop);
        object? result = null;
        JobState state;
        try
        {
            var caller = CallerOf(job.UserId);
            if (caller?.May(kind.Permission) != true)
                throw new Refusal("job.no-longer-permitted", "the account may no longer do this");
            var run = new JobRun(installation.As(caller.Actor), job, caller, cancel.Token);
            kind.Run(run);
            (result, state) = (run.Result, JobState.Done);
        }
        catch (Refusal refusal)
        {
            (state, job.Message) = (JobState.Refused, $"{refusal.Text.Zh} / {refusal.Text.En}");
            result = new RefusedResult(refusal.Code, refusal.Message, refusal.Details);
        }
        catch (OperationCanceledException)
        {
            state = stop.IsCancellationRequested ? JobState.Interrupted : JobState.Cancelled;
        }
        catch (Exception fault)
        {
            log.LogError("job {Job} of kind {Kind} failed: {Fault} {Stack}", job.Id, job.Kind, fault.GetType().FullName, fault.StackTrace);
            (state, job.Message) = (JobState.Failed, $"系统出错，任务 {job.Id} / something broke, job {job.Id}");
        }
        finally
        {
            queue.End(job.Id);
        }
        for (var tries = 1; ; tries++)
            try
            {
                End(job, state, result);
                return;
            }
            // What was done stands; that it is done is written down when the database is back.
            catch (DbException) when (tries < 100 && !stop.IsCancellationRequested)
            {
                stop.WaitHandle.WaitOne(Again);
            }
    }

    private Caller? CallerOf(long user)
    {
        using var connection = installation.Store.OpenReader();
        using var desk = installation.Store.Desk();
        var day = installation.WorkDate;
        return Caller.Load(desk, user, trees.Of(connection, day), DayNumber.Of(day)).GetAwaiter().GetResult();
    }

    private void End(Job job, JobState state, object? result)
    {
        using var desk = installation.Store.Desk();
        var json = result is null ? null : JsonSerializer.Serialize(result, result.GetType(), JobQueue.JsonOptions);
        var now = AuditLog.Stamp(installation.Clock);
        desk.Jobs.Where(j => j.Id == job.Id)
            .ExecuteUpdate(j =>
                j.SetProperty(x => x.State, state)
                    .SetProperty(x => x.Message, job.Message)
                    .SetProperty(x => x.Result, json)
                    .SetProperty(x => x.File, job.File)
                    .SetProperty(x => x.Done, job.Done)
                    .SetProperty(x => x.Total, job.Total)
                    .SetProperty(x => x.EndedAt, now)
            );
    }
}

/// <summary>Why a job was refused.</summary>
public sealed record RefusedResult(string Code, string Message, IReadOnlyList<string> Details);
