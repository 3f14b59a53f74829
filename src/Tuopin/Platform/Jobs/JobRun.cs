using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Jobs;

/// <summary>A job at work: who it works for, what was asked, and where it says how far it is. Saying anything ends a job that was cancelled.</summary>
public sealed class JobRun
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);
    private const int MostLines = 2000;

    private readonly Job job;
    private long shown;
    private int lines;

    internal JobRun(Installation installation, Job job, Caller caller, CancellationToken cancelled) =>
        (Installation, this.job, Caller, Cancelled) = (installation, job, caller, cancelled);

    /// <summary>The installation with the job's owner acting.</summary>
    public Installation Installation { get; }

    /// <summary>The owner with the grants of now, not of when the job was queued.</summary>
    public Caller Caller { get; }
    public CancellationToken Cancelled { get; }
    public long Id => job.Id;

    /// <summary>What came of it; stored as JSON.</summary>
    public object? Result { get; set; }

    public T Request<T>() => JsonSerializer.Deserialize<T>(job.Request, JobQueue.JsonOptions)!;

    /// <summary>Writes a line of the log, which is also what the job is at. No names and no personal numbers.</summary>
    public void Say(string line)
    {
        Cancelled.ThrowIfCancellationRequested();
        job.Message = line;
        using var desk = Installation.Store.Desk();
        if (lines < MostLines)
            desk.JobLines.Add(
                new()
                {
                    JobId = job.Id,
                    Number = ++lines,
                    At = AuditLog.Stamp(Installation.Clock),
                    Text = line,
                }
            );
        desk.SaveChanges();
        desk.Jobs.Where(j => j.Id == job.Id).ExecuteUpdate(j => j.SetProperty(x => x.Message, line));
    }

    /// <summary>How far it is, of how much where that is known. It may be called as often as one likes: a few times a second it is written down.</summary>
    public void Progress(long done, long? total = null)
    {
        Cancelled.ThrowIfCancellationRequested();
        (job.Done, job.Total) = (done, total);
        var now = Environment.TickCount64;
        if (now - shown < Between.TotalMilliseconds && done != total)
            return;
        shown = now;
        using var desk = Installation.Store.Desk();
        desk.Jobs.Where(j => j.Id == job.Id).ExecuteUpdate(j => j.SetProperty(x => x.Done, done).SetProperty(x => x.Total, total));
    }

    /// <summary>The path to write the job's file to; it can be fetched once the job is done.</summary>
    public string File(string name)
    {
        var path = JobFiles.Make(Installation, job.Id, name);
        job.File = Path.GetFileName(path);
        return path;
    }
}
