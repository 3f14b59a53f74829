using System.Collections.Immutable;

namespace Tuopin.Rules.Model;

/// <summary>A part of a round with its window in the year.</summary>
/// <param name="From">Month and day, 1001 for 1 October.</param>
/// <param name="Who">Whose users record outcomes in it.</param>
public sealed record RoundStage(string Id, Label Title, int From, int To, ImmutableArray<ActingRole> Who, Source? Source);

/// <summary>What a round may come to for a household.</summary>
/// <param name="From">Statuses at the opening that it is for; none for a household that was not on the opening list.</param>
/// <param name="Becomes">The status it has at the end; null where that stays as it was.</param>
public sealed record RoundOutcome(string Id, Label Title, ImmutableArray<string> From, string? Becomes)
{
    /// <summary>Taken in during the round.</summary>
    public bool IsNew => From.IsEmpty;
}

/// <summary>What a round over places freezes when it is closed: the year before the one it is opened in.</summary>
/// <param name="Level">Of the places on its list: 4 townships, 5 villages.</param>
/// <param name="Report">The report that is sealed, as of the last day of that year.</param>
public sealed record RoundFreeze(short Level, string Report);

/// <summary>
/// A campaign over all households of a county as data (专项, 动态调整轮次): stages by month and day, the statuses on its frozen opening list, and the outcomes a
/// household may have. An instance goes on under the text it was opened with, kept by <see cref="Hash"/>.
/// </summary>
/// <param name="Covers">Statuses of the households on the opening list.</param>
public sealed record Round(
    string Id,
    int Version,
    Label Title,
    AreaRange Area,
    Validity InForce,
    PackStatus Status,
    Source Source,
    ImmutableArray<string> Covers,
    ImmutableArray<RoundStage> Stages,
    ImmutableArray<RoundOutcome> Outcomes
)
{
    public string File { get; init; } = "";
    public string Hash { get; init; } = "";
    public Label? Note { get; init; }

    /// <summary>It goes over places, which confirm the figures of a year, and not over households; null for a campaign.</summary>
    public RoundFreeze? Freezes { get; init; }

    /// <summary>The first and the last day of the round of a year, as yyyyMMdd.</summary>
    public (int From, int To) Window(int year) => (year * 10000 + Stages[0].From, year * 10000 + Stages[^1].To);

    /// <summary>The stage on a day (yyyyMMdd); null between two and outside.</summary>
    public RoundStage? StageOn(int day) => Stages.FirstOrDefault(s => s.From <= day % 10000 && day % 10000 <= s.To);

    public RoundOutcome? Outcome(string? id) => Outcomes.FirstOrDefault(o => o.Id == id);
}
