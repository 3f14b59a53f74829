using System.Globalization;
using System.Text;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Explaining;

/// <summary>A case that did not come out as written, and how the judgement came about.</summary>
public sealed record CaseFailure(PackCase Case, string What, Trace? Trace)
{
    /// <summary>Place, name, what differs, and the tree of the judgement.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Case.Span.File}:{Case.Span.Line}: {Case.Name}: {What}\n");
        if (Trace is not null)
            TraceText.Write(text, Trace, 1);
        return text.ToString();
    }
}

/// <summary>Runs the worked examples of packs on the columnar back end.</summary>
public static class CaseRunner
{
    /// <summary>The failures of all cases of a set of packs.</summary>
    public static IEnumerable<CaseFailure> RunCases(this PackSet packs) => packs.Cases.SelectMany(Run);

    /// <summary>
    /// The failures of all cases of a stack of pack folders, each case over its own folder and those beneath: the law a county lays over ours is tested by the
    /// county's cases, and does not make ours wrong.
    /// </summary>
    /// <exception cref="InvalidDataException">A pack is broken.</exception>
    public static IEnumerable<CaseFailure> RunCases(IReadOnlyList<string> folders)
    {
        for (var i = 0; i < folders.Count; i++)
        {
            var packs = PackLoader.Load(folders.Take(i + 1)).OrThrow();
            var own = packs.Files.Where(f => f.Folder.Path == Path.GetFullPath(folders[i])).Select(f => f.Shown).ToHashSet(StringComparer.Ordinal);
            foreach (var failure in packs.Cases.Where(c => own.Contains(c.Span.File)).SelectMany(Run))
                yield return failure;
        }
    }

    /// <summary>The failures of one case.</summary>
    public static IEnumerable<CaseFailure> Run(PackCase one) =>
        one switch
        {
            { Standard: { } standard, Subject: { } subject } => Standard(one, standard, subject),
            { Check: { } check, Subject: { } subject } => Fires(one, check.Id, check.When, check.Subject, subject),
            { Clue: { } clue, Subject: { } subject } => Fires(one, clue.Id, clue.When, clue.Household, subject),
            { Parameter: { } parameter } => Parameter(one, parameter),
            _ => [new CaseFailure(one, "the case has no subject", null)],
        };

    private static IEnumerable<CaseFailure> Standard(PackCase one, Standard standard, SubjectNode subject)
    {
        var explanation = subject.Explain(standard, one.Day);
        foreach (var (id, expected) in one.Expect)
        {
            var indicator = explanation.Indicators.FirstOrDefault(i => i.Indicator.Id == id);
            if (indicator is null)
                yield return new CaseFailure(one, $"{id} is retired", null);
            else if (ResultOf(expected) != indicator.Result)
                yield return new CaseFailure(one, $"{id} is {Word(indicator.Result)}, expected {Word(ResultOf(expected))}", indicator.Test);
        }
        foreach (var (id, expected) in one.Values)
        {
            var indicator = explanation[id];
            var shown = indicator.Value is null ? "" : ValueText.Of(indicator.Value, indicator.Limit);
            if (shown != expected)
                yield return new CaseFailure(one, $"{id} shows {shown}, expected {expected}", indicator.Value);
        }
    }

    private static IEnumerable<CaseFailure> Fires(PackCase one, string id, Language.Expr? when, Language.Variable of, SubjectNode subject)
    {
        var expected = one.Expect.Values.Single();
        var trace = when is null ? null : subject.Explain(when, of, one.Day);
        var fires = trace?.Outcome.Flag switch
        {
            true => Expected.Met,
            false => Expected.Unmet,
            null => Expected.Unknown,
        };
        if (fires != expected)
            yield return new CaseFailure(one, $"{id} is {Fires(fires)}, expected {Fires(expected)}", trace);
    }

    private static IEnumerable<CaseFailure> Parameter(PackCase one, Parameter parameter)
    {
        var found = parameter.InForce(one.AreaCode, parameter.IndexOn(one.Day))?.Value;
        if (found != one.ParameterValue)
            yield return new CaseFailure(one, $"{parameter.Id} is {Show(found)}, expected {Show(one.ParameterValue)}", null);

        string Show(Value? value) => value is { } v ? Language.ExprText.Of(parameter.Type, v) : "not found";
    }

    private static IndicatorResult ResultOf(Expected expected) =>
        expected switch
        {
            Expected.Met => IndicatorResult.Met,
            Expected.Unmet => IndicatorResult.Unmet,
            Expected.Exempt => IndicatorResult.Exempt,
            _ => IndicatorResult.Unknown,
        };

    private static string Word(IndicatorResult result) => result.ToString().ToLowerInvariant();

    private static string Fires(Expected expected) =>
        expected switch
        {
            Expected.Met => "true",
            Expected.Unmet => "false",
            _ => "unknown",
        };
}
