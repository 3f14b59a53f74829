using Tuopin.Rules.Model;

namespace Tuopin.Rounds;

/// <summary>
/// The account of a round: opening + taken in - left = closing by what was recorded, against the registry, by status. A pure function of counts.
/// </summary>
public sealed record RoundReport(IReadOnlyList<RoundReport.Line> Lines, IReadOnlyList<RoundReport.Status> Statuses, long Undecided, long Differing)
{
    /// <summary>Households that had a status at the opening, were given an outcome, and have a status in the registry.</summary>
    public sealed record Flow(int? Opening, string? Outcome, int? Closing, long Households);

    /// <summary>An outcome and how many have it.</summary>
    public sealed record Line(RoundOutcome Outcome, long Households);

    /// <param name="Recorded">At the end, by the outcomes recorded.</param>
    /// <param name="Registry">At the end, in the registry.</param>
    public sealed record Status(CodeEntry Kind, long Opening, long Recorded, long Registry);

    public long Opening => Statuses.Sum(s => s.Opening);
    public long TakenIn => Lines.Where(l => l.Outcome.IsNew).Sum(l => l.Households);
    public long Left { get; private init; }
    public long Closing => Statuses.Sum(s => s.Recorded);
    public long Registry => Statuses.Sum(s => s.Registry);

    /// <summary>Everybody has an outcome, and the registry says of everybody what it says.</summary>
    public bool Reconciles => Undecided == 0 && Differing == 0;

    /// <summary>What the registry should say at the end: as the outcome has it, else as it was at the opening.</summary>
    public static int? Expected(Round round, CodeList kinds, int? opening, string? outcome) =>
        round.Outcome(outcome)?.Becomes is { } becomes ? kinds.Find(becomes)!.Number : opening;

    public static RoundReport Of(Round round, CodeList kinds, IReadOnlyCollection<Flow> flows)
    {
        int? Expected(Flow f) => RoundReport.Expected(round, kinds, f.Opening, f.Outcome);
        var covered = round.Covers.Select(c => kinds.Find(c)!).ToList();
        bool Covered(int? kind) => covered.Exists(c => c.Number == kind);
        return new(
            [.. round.Outcomes.Select(o => new Line(o, flows.Where(f => f.Outcome == o.Id).Sum(f => f.Households)))],
            [
                .. covered.Select(c => new Status(
                    c,
                    flows.Where(f => f.Opening == c.Number).Sum(f => f.Households),
                    flows.Where(f => Expected(f) == c.Number).Sum(f => f.Households),
                    flows.Where(f => f.Closing == c.Number).Sum(f => f.Households)
                )),
            ],
            flows.Where(f => f.Outcome is null).Sum(f => f.Households),
            flows.Where(f => Expected(f) != f.Closing).Sum(f => f.Households)
        )
        {
            Left = flows.Where(f => f.Opening is not null && !Covered(Expected(f))).Sum(f => f.Households),
        };
    }
}
