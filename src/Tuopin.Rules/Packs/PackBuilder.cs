using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Turns documents into a <see cref="PackSet"/>, names before rules: code lists, subjects, parameters, then everything that holds expressions.</summary>
internal sealed class PackBuilder(List<PackDocument> documents, Findings findings)
{
    private readonly FactDictionary dictionary = new();

    public PackSet Build()
    {
        var codes = new CodeListReader(dictionary, findings);
        ForEach("codelist", codes.Read);
        codes.Finish();
        var subjects = new SubjectReader(dictionary, findings);
        ForEach("subject", subjects.Declare);
        ForEach("subject", subjects.Fill);
        ForEach("dictionary/extends", subjects.Extend);
        subjects.Finish();
        var parameters = new ParameterReader(findings);
        ForEach("parameter", parameters.Read);
        ForEach("parameters/extends", parameters.Extend);
        return Rules(codes, subjects, parameters.Finish());
    }

    private PackSet Rules(CodeListReader codes, SubjectReader subjects, IReadOnlyDictionary<string, Parameter> parameters)
    {
        var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
        var outlines = new Dictionary<string, StandardOutline>(StringComparer.Ordinal);
        DerivedFacts? derived = null;
        var scope = new RuleScope(dictionary)
        {
            Parameters = parameters,
            Tallies = tallies,
            Standards = outlines,
            Faulty = findings.Faulty,
            Derived = (type, name, span) => derived!.Find(type, name, span),
            DerivedNames = type => derived!.NamesOf(type),
        };
        var compiler = new RuleCompiler(scope);
        derived = new DerivedFacts(subjects.Derived, compiler, findings);
        var standards = new StandardReader(dictionary, compiler, findings);
        ForEach("standard", d => standards.Outline(d, outlines));
        var tallyReader = new TallyReader(dictionary, compiler, findings);
        ForEach("tallies", d => tallyReader.Read(d, tallies));
        derived.BindAll();
        ForEach("standard", standards.Read);
        standards.Finish();
        var checks = new CheckReader(dictionary, compiler, findings);
        ForEach("checks", checks.Read);
        var overlays = new OverlayReader(dictionary, parameters, compiler, findings);
        ForEach("overlay", overlays.Read);
        var procedures = new ProcedureReader(dictionary, compiler, findings);
        ForEach("procedure", procedures.Read);
        procedures.Finish();
        var cards = new CardReader(dictionary, compiler, findings);
        ForEach("card", cards.Read);
        cards.Finish();
        var rounds = new RoundReader(dictionary, findings);
        ForEach("round", rounds.Read);
        rounds.Finish(documents);
        var holidays = new HolidayReader(findings);
        ForEach("holidays", holidays.Read);
        var clues = new ClueReader(dictionary, compiler, findings);
        ForEach("clue", clues.Read);
        var warnings = new WarningReader(dictionary, parameters, findings);
        ForEach("warning", warnings.Read);
        warnings.Finish();
        var figures = new FigureReader(dictionary, compiler, tallies, outlines, parameters, findings);
        ForEach("group", figures.Read);
        figures.Finish();
        var cases = new CaseReader([.. standards.All], [.. checks.All], [.. clues.All], parameters, new SubjectNodeReader(scope, findings), findings);
        ForEach("cases", cases.Read);
        return new PackSet
        {
            Dictionary = dictionary,
            Parameters = parameters,
            Standards = [.. standards.All],
            Tallies = tallies,
            Checks = [.. checks.All],
            Overlays = overlays.All.ToDictionary(o => o.Id, StringComparer.Ordinal),
            Procedures = [.. procedures.All],
            Cards = [.. cards.All],
            Rounds = [.. rounds.All],
            Holidays = new(holidays.All),
            Clues = [.. clues.All],
            Warnings = [.. warnings.All],
            Figures = figures.All.ToDictionary(f => f.Id, StringComparer.Ordinal),
            Cases = [.. cases.All],
            SourcesOfCodes = codes.Sources,
            Files = [.. documents.Select(d => d.File)],
            Hash = PackLoader.HashOf([.. documents]),
            Scope = scope,
        };
    }

    private void ForEach(string kind, Action<PackDocument> read)
    {
        foreach (var document in documents.Where(d => d.Kind == kind))
            read(document);
    }
}
