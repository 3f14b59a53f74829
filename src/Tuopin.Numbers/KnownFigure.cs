namespace Tuopin.Numbers;

/// <summary>A figure that is known from outside the text: from the registry's catalogue, or from a list.</summary>
/// <param name="Names">Every name it goes by in either language; the first is shown.</param>
/// <param name="Value">In its unit.</param>
/// <param name="Unit">户, 人, 元, 万元, %, and what else <see cref="Unit.Named"/> knows; "" for things.</param>
/// <param name="Moment">The day it is of; of figures with one name, area and base the latest is the current one.</param>
/// <param name="Base">What it is a share of, or counted among; other bases of the same name make <see cref="Ties.Verdict.OtherBase"/>.</param>
public sealed record KnownFigure(
    IReadOnlyList<string> Names,
    decimal Value,
    string Unit,
    string? Area = null,
    DateOnly? Moment = null,
    string? Base = null
);
