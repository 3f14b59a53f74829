namespace Tuopin.Platform.Jobs;

/// <summary>Work that outlives a request: an import, an export, judging a county. Progress is a count and, where it is known, an end.</summary>
public sealed class Job
{
    public long Id { get; set; }

    /// <summary>Which kind of work: import, export, judge.</summary>
    public string Kind { get; set; } = "";
    public string Title { get; set; } = "";
    public long UserId { get; set; }

    /// <summary>What was asked, as JSON; no personal numbers.</summary>
    public string Request { get; set; } = "";
    public JobState State { get; set; }
    public long Done { get; set; }
    public long? Total { get; set; }

    /// <summary>The last line: what it is at, or why it ended.</summary>
    public string Message { get; set; } = "";

    /// <summary>What came of it, as JSON.</summary>
    public string? Result { get; set; }

    /// <summary>Name of the file it made, in the folder of jobs.</summary>
    public string? File { get; set; }
    public bool CancelAsked { get; set; }

    /// <summary>The caller's key: the same request sent twice is one job.</summary>
    public string? IdempotencyKey { get; set; }
    public string CreatedAt { get; set; } = "";
    public string? StartedAt { get; set; }
    public string? EndedAt { get; set; }
}

public enum JobState : short
{
    Waiting = 0,
    Running = 1,
    Done = 2,
    Refused = 3,
    Failed = 4,
    Cancelled = 5,

    /// <summary>The program ended while it ran; what it wrote was one transaction, so nothing is half done.</summary>
    Interrupted = 6,
}

/// <summary>A line of a job's log.</summary>
public sealed class JobLine
{
    public long JobId { get; set; }
    public int Number { get; set; }
    public string At { get; set; } = "";
    public string Text { get; set; } = "";
}
