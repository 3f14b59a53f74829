using Tuopin.Work;

namespace Tuopin.Quality;

/// <summary>Findings as work (疑点数据): each is answered on its own page, and the item ends with it.</summary>
public static class SuspectWork
{
    public static WorkSource Source { get; } =
        new("suspect", ask => OpenFindings.Select(ask.Day), OpenFindings.Title)
        {
            Link = item => item.SourceKey is { } key ? $"/checks/findings/{key[(key.IndexOf('/') + 1)..]}" : null,
        };
}
