using System.CommandLine;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Jobs;

namespace Tuopin.Matching;

/// <summary>The table of contents of the module.</summary>
public static class MatchRoutes
{
    public static IReadOnlyList<JobKind> Jobs => [SendList.PreviewKind, SendList.Kind, UndoMatch.Kind, FindDuplicates.Kind];

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMatches.Map(routes);
        SendList.Map(routes);
        ReviewLinks.Map(routes);
        UndoMatch.Map(routes);
        FindDuplicates.Map(routes);
        AnswerDuplicate.Map(routes);
    }

    public static Command Command(Shell shell) =>
        new("match", "match department lists with the registry, and find duplicate persons")
        {
            SendList.Command(shell),
            ShowMatches.Command(shell),
            UndoMatch.Command(shell),
            FindDuplicates.Command(shell),
        };
}
