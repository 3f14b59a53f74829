using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;

namespace Tuopin.Platform.Jobs;

/// <summary>Takes jobs in and tells those at work to stop. The jobs themselves stand in the desk.</summary>
public sealed class JobQueue(Installation installation)
{
    private readonly SemaphoreSlim adding = new(1);
    private readonly Dictionary<bool, SemaphoreSlim> added = new() { [true] = new(0), [false] = new(0) };
    private readonly ConcurrentDictionary<long, CancellationTokenSource> running = new();

    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Queues work for a caller. The same key sent again is the same job.</summary>
    /// <param name="request">What is asked, kept as JSON; no personal numbers.</param>
    /// <exception cref="Refusal">job.key-reused: the key stands for another request.</exception>
    public async Task<Job> Add(Caller caller, JobKind kind, string title, object request, string? idempotencyKey = null)
    {
        var asked = JsonSerializer.Serialize(request, JsonOptions);
        await adding.WaitAsync();
        try
        {
            await using var desk = installation.Store.Desk();
            if (await Known() is { } known)
                return known;
            var job = new Job
            {
                Kind = kind.Name,
                Title = title,
                UserId = caller.UserId,
                Request = asked,
                IdempotencyKey = idempotencyKey,
                CreatedAt = AuditLog.Stamp(installation.Clock),
            };
            desk.Jobs.Add(job);
            try
            {
                await desk.SaveChangesAsync();
            }
            // Another process may have been faster; within this one they wait for each other.
            catch (DbUpdateException) when (idempotencyKey is not null)
            {
                if (await Known() is { } faster)
                    return faster;
                throw;
            }
            added[kind.Writes].Release();
            return job;

            async Task<Job?> Known()
            {
                if (idempotencyKey is null)
                    return null;
                var known = await desk.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.UserId == caller.UserId && j.IdempotencyKey == idempotencyKey);
                return known is null || known.Kind == kind.Name && known.Request == asked ? known : throw new KeyReused();
            }
        }
        finally
        {
            adding.Release();
        }
    }

    /// <summary>Asks a job to stop: one that waits never starts, one at work ends at its next step. False when it had ended already.</summary>
    public async Task<bool> Cancel(long job)
    {
        await using var desk = installation.Store.Desk();
        var waiting = await desk
            .Jobs.Where(j => j.Id == job && j.State == JobState.Waiting)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Cancelled).SetProperty(x => x.EndedAt, AuditLog.Stamp(installation.Clock)));
        var working = await desk
            .Jobs.Where(j => j.Id == job && j.State == JobState.Running)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.CancelAsked, true));
        if (running.TryGetValue(job, out var cancel))
            await cancel.CancelAsync();
        return waiting + working > 0;
    }

    internal Task<bool> Wait(bool writes, CancellationToken stop) => added[writes].WaitAsync(TimeSpan.FromSeconds(5), stop);

    internal CancellationTokenSource Begin(long job, CancellationToken stop) => running[job] = CancellationTokenSource.CreateLinkedTokenSource(stop);

    internal void End(long job)
    {
        if (running.TryRemove(job, out var cancel))
            cancel.Dispose();
    }
}

/// <summary>An Idempotency-Key stands for another request.</summary>
public sealed class KeyReused() : Refusal("job.key-reused", "this Idempotency-Key was sent with another request before");
