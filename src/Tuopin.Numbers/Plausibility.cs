namespace Tuopin.Numbers;

/// <summary>What cannot well be true, whatever a text claims: rules as data, each of one of the kinds below.</summary>
/// <param name="Title">What the rule says, in a line.</param>
/// <param name="Source">Where it comes from; null where it is common sense and no law.</param>
public abstract record PlausibilityRule(string Id, Said Title, string? Source);

/// <summary>One year cannot both have passed and have just begun.</summary>
/// <param name="Passed">Words directly before a year that has gone.</param>
/// <param name="Entered">Words directly before a year that begins.</param>
public sealed record YearPassedAndEntered(string Id, Said Title, string? Source, IReadOnlyList<string> Passed, IReadOnlyList<string> Entered)
    : PlausibilityRule(Id, Title, Source);

/// <summary>12 for 1-2: two digits that follow each other, counting what one household or person has few of.</summary>
/// <param name="Things">What is counted, as it stands after the number.</param>
/// <param name="Within">Words that say it is counted for one household or person.</param>
/// <param name="Most">Up to here a count is plausible.</param>
public sealed record LostDash(string Id, Said Title, string? Source, IReadOnlyList<string> Things, IReadOnlyList<string> Within, decimal Most)
    : PlausibilityRule(Id, Title, Source);

/// <summary>So much per household or person is more, or less, than can be.</summary>
/// <param name="Words">Words that must stand in the sentence; none means any pair of households and persons side by side.</param>
public sealed record WithinPer(
    string Id,
    Said Title,
    string? Source,
    Dimension Amount,
    Dimension Base,
    IReadOnlyList<string> Words,
    decimal? Least,
    decimal? Most
) : PlausibilityRule(Id, Title, Source);

/// <summary>One rate at two moments is of one population: the bases that the counts imply must be near each other.</summary>
/// <param name="Rate">Names of the rate.</param>
/// <param name="First">Words of the count at the first moment; the largest such count is taken.</param>
/// <param name="Second">Words of the count at the second moment; the first such count is taken.</param>
/// <param name="Apart">How many percent the bases may differ.</param>
public sealed record SameBase(
    string Id,
    Said Title,
    string? Source,
    IReadOnlyList<string> Rate,
    IReadOnlyList<string> First,
    IReadOnlyList<string> Second,
    decimal Apart
) : PlausibilityRule(Id, Title, Source);
