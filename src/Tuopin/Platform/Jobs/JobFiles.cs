using System.Globalization;
using System.Text;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;

namespace Tuopin.Platform.Jobs;

/// <summary>Where jobs leave their files: a folder for each job, by its number, so that no name decides a place.</summary>
public static class JobFiles
{
    /// <summary>Files hold personal data and are not kept longer than somebody needs to fetch them.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const int LongestName = 120;

    public static string Folder(Installation installation, long job) =>
        Path.Combine(installation.Store.Folder, "jobs", job.ToString(CultureInfo.InvariantCulture));

    /// <summary>The file of a job, or null when it made none or it has been cleared away.</summary>
    public static string? Find(Installation installation, Job job)
    {
        if (job.File is not { } name || name != SafeName(name) || IsOver(installation, job))
            return null;
        var path = Path.Combine(Folder(installation, job.Id), name);
        return File.Exists(path) ? path : null;
    }

    // Stamps of one form sort as the times they are of.
    private static bool IsOver(Installation installation, Job job) =>
        job.EndedAt is { } ended && string.CompareOrdinal(ended, AuditLog.Stamp(installation.Clock.GetUtcNow() - Kept)) < 0;

    /// <summary>Makes the folder of a job and returns the path for a file of this name in it.</summary>
    public static string Make(Installation installation, long job, string name)
    {
        var folder = Folder(installation, job);
        Store.CreateFolder(folder);
        return Path.Combine(folder, SafeName(name));
    }

    /// <summary>The last part of a name that somebody gave, without anything a path, a shell or a header could stumble over.</summary>
    public static string SafeName(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
            safe.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '-' or '_' or ' ' or '(' or ')' ? rune.ToString() : "_");
        var text = safe.ToString().Trim('.', ' ');
        if (text.Length > LongestName)
            text = string.Concat(text.AsSpan(0, LongestName - 10), text.AsSpan(text.Length - 10));
        return text.Length > 0 ? text : "file";
    }
}
