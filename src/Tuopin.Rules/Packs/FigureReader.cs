using System.Globalization;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads the catalogue of figures: what stands alone first, then formulas, each after the figures it names.</summary>
internal sealed class FigureReader(
    FactDictionary dictionary,
    RuleCompiler compiler,
    IReadOnlyDictionary<string, Tally> tallies,
    IReadOnlyDictionary<string, StandardOutline> standards,
    IReadOnlyDictionary<string, Parameter> parameters,
    Findings findings
)
{
    private static readonly string[] Definitions = ["over", "tally", "verdicts", "formula", "until", "stated_by"];
    private readonly Register<Raw> raws = new("figure", findings);
    private readonly Dictionary<string, Figure?> bound = new(StringComparer.Ordinal);
    private readonly List<string> binding = [];
    private readonly HashSet<string> faulty = new(StringComparer.Ordinal);

    /// <summary>A figure that is read but for its formula.</summary>
    private sealed record Raw(Figure Figure, RuleText? Formula);

    public IEnumerable<Figure> All => raws.Items.Select(r => bound.GetValueOrDefault(r.Figure.Id)).OfType<Figure>();

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var group = fields.Label("group");
        foreach (var node in fields.List("figures"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a figure is { id: .., label: .., unit: .., owner: .., source: .., and one definition }");
            else if (Read(map, group, document) is { } raw)
                Add(raw, node.Span, document.Folder);
        fields.Done();
    }

    // A report keeps its numbers to itself: it neither redefines the catalogue's nor those of another report.
    private void Add(Raw raw, Span at, int folder)
    {
        var figure = raw.Figure;
        if (raws.TryGet(figure.Id, out var other) && other.Figure.Report != figure.Report)
            findings.Error(at, $"figure '{figure.Id}' is already one of {Home(other.Figure)}: give it another name");
        else
            raws.Add(figure.Id, raw, at, folder);
    }

    private static string Home(Figure figure) => figure.Report is { } report ? $"report '{report}'" : "the catalogue";

    /// <summary>Binds the formulas, once all figures are known.</summary>
    public void Finish()
    {
        foreach (var raw in raws.Items)
            Bind(raw);
    }

    private Raw? Read(MapNode map, Label? group, PackDocument document)
    {
        var fields = new Fields(map, findings);
        var (id, label, owner, source) = (fields.Name("id"), fields.Label(), fields.Text("owner"), fields.Source());
        var unit = Unit(fields);
        var decimals = fields.Int("decimals", 0, 8, required: false);
        var moment = MomentOf(fields);
        var line = Line(fields, unit);
        var note = fields.Note();
        if (owner is not null && dictionary.CodeLists.TryGetValue("department", out var departments) && departments.Find(owner) is null)
            fields.Fail("owner", $"there is no department '{owner}'{NearestName.Hint(owner, departments.Entries.Select(e => e.Key))}");
        var given = Definitions.Where(fields.Has).ToList();
        if (given.Count != 1)
            fields.Fail(
                map.Span,
                $"a figure has one of {string.Join(", ", Definitions)}, found {(given.Count == 0 ? "none" : string.Join(" and ", given))}"
            );
        var counted = fields.Has("over") ? Counted(fields, unit) : Kept(fields, unit);
        var verdicts = Verdicts(fields, unit);
        var formula = fields.Rule("formula", required: false);
        var until = fields.Day("until", required: false);
        if (until is not null && unit is not null && unit.Text != "days")
            fields.Fail("unit", $"what is left until a day is counted in days, not in {unit}");
        var stated = fields.Texts("stated_by");
        foreach (var by in stated)
            if (dictionary.CodeLists.TryGetValue("department", out var known) && known.Find(by) is null)
                fields.Fail("stated_by", $"there is no department '{by}'{NearestName.Hint(by, known.Entries.Select(e => e.Key))}");
        var (addsUp, ofYear) = Statements(fields, unit);
        var share = fields.Flag("share");
        if (share && !fields.Has("formula"))
            fields.Fail("share", "'share' is said of a formula that is a part over its whole");
        if (fields.Has("moment") && (fields.Has("formula") || fields.Has("until") || fields.Has("stated_by")))
            fields.Fail("moment", "a formula says at(figure, 'moment') where it wants another, and what is stated has a day of its own");
        if (!fields.Done() || group is null)
        {
            if (id is not null)
                faulty.Add(id);
            return null;
        }
        return new(
            new(id!, label!, group, unit!, decimals ?? (unit!.Text == "%" ? 2 : 0), owner!, source!)
            {
                Counted = counted,
                Kept = fields.Has("tally") ? counted!.Id : null,
                Verdicts = verdicts,
                StatedBy = [.. stated],
                AddsUp = addsUp,
                OfYear = ofYear,
                IsShare = share,
                Moment = moment,
                Line = line,
                Note = note,
                Until = until,
                Definition =
                    formula?.Text
                    ?? (until is { } last ? string.Create(CultureInfo.InvariantCulture, $"days until {last:yyyy-MM-dd}") : Written(counted)),
                File = document.File.RelativePath,
                Report = PackLoader.ReportOf(document.File.RelativePath),
            },
            formula
        );
    }

    // How what is stated of one area and day serves wider areas and later days.
    private static (bool AddsUp, bool OfYear) Statements(Fields fields, FigureUnit? unit)
    {
        var (addsUp, period) = (fields.Flag("adds_up"), fields.Text("period", required: false));
        foreach (var key in new[] { "adds_up", "period" })
            if (fields.Has(key) && !fields.Has("stated_by"))
                fields.Fail(key, $"'{key}' is said of what departments state: this figure has no stated_by");
        if (addsUp && unit is not null && (unit.Text is "%" or "ratio" || unit.Text.Contains('/', StringComparison.Ordinal)))
            fields.Fail("adds_up", $"shares and averages do not add up, and the figure is in {unit}");
        if (period is not (null or "year"))
            fields.Fail("period", $"'period' must be year, found '{period}'");
        return (addsUp, period == "year");
    }

    private static string Written(Tally? counted) =>
        counted switch
        {
            null => "",
            { Where: null, Sum: null } => $"{counted.Over.Name}: count",
            { Where: { } only, Sum: null } => $"{counted.Over.Name}: count where {ExprText.Of(only)}",
            { Where: null, Sum: { } sum } => $"{counted.Over.Name}: sum of {ExprText.Of(sum)}",
            _ => $"{counted.Over.Name}: sum of {ExprText.Of(counted.Sum!)} where {ExprText.Of(counted.Where!)}",
        };

    private static FigureUnit? Unit(Fields fields)
    {
        if (fields.Text("unit") is not { } text)
            return null;
        if (FigureUnit.TryRead(text, out var unit))
            return unit;
        fields.Fail("unit", $"there is no unit '{text}'{FigureUnit.Hint(text)}");
        return null;
    }

    private static Moment MomentOf(Fields fields)
    {
        if (fields.Text("moment", required: false) is not { } text)
            return default;
        if (Moment.Read(text) is { } moment)
            return moment;
        fields.Fail("moment", $"'moment' must be day, end_of_last_year, year_before or a day as 2013-12-31, found '{text}'");
        return default;
    }

    private Parameter? Line(Fields fields, FigureUnit? unit)
    {
        if (fields.Text("line", required: false) is not { } id)
            return null;
        if (!parameters.TryGetValue(id, out var line))
            fields.Fail("line", $"there is no parameter '{id}'{NearestName.Hint(id, parameters.Keys)}");
        else if (!line.Type.IsNumeric)
            fields.Fail("line", $"{id} is {line.Type}, no line for a number");
        else if (unit is not null && (line.Type.Kind == Kind.Fen) != unit.Text.Contains("CNY", StringComparison.Ordinal))
            fields.Fail("line", $"{id} is in {line.Unit}, the figure in {unit}");
        return line;
    }

    private Tally? Counted(Fields fields, FigureUnit? unit)
    {
        var (over, where, sum) = (
            Subject.Read(fields, "over", dictionary),
            fields.Rule("where", required: false),
            fields.Rule("sum", required: false)
        );
        if (over is null)
            return null;
        if (over.Name is "unit" or "post")
            fields.Fail("over", $"a {over.Name} belongs to no area: count what it helps");
        var item = new Variable(over.Name, over);
        var condition = Compile(where, "where", item, Expectation.Condition, fields);
        var summed = Compile(sum, "sum", item, Expectation.Number, fields);
        if (sum is null && unit is not null && unit.Text != (FigureUnit.OfType(over) ?? "pieces"))
            fields.Fail("unit", $"{over.Name} is counted in {FigureUnit.OfType(over) ?? "pieces"}, not in {unit}");
        if (summed is not null && unit is not null)
            Fits(fields, unit, summed);
        return new("", new("", ""), over, item, condition, summed)
        {
            Source = new("", null, "recall"),
            Type = summed?.Type ?? Model.ValueType.Int(0, int.MaxValue),
        };
    }

    private Expr? Compile(RuleText? rule, string key, Variable item, Expectation expected, Fields fields)
    {
        if (rule is null)
            return null;
        var before = findings.All.Count;
        var made = compiler.Compile(rule, item, expected, findings.All);
        if (made is null && findings.All.Count == before)
            fields.Fail(key, "this rule reads something that is at fault itself");
        else if (made is null)
            faulty.Add("");
        else if (made.All().OfType<TallyRead>().FirstOrDefault() is { } tally)
            fields.Fail(tally.Span, "a figure is counted from facts: name the tally's figure in a formula");
        return made;
    }

    // What facts say of their own unit, and money, must be said of the figure too.
    private static void Fits(Fields fields, FigureUnit unit, Expr summed)
    {
        var stated = summed switch
        {
            FactRead f => f.Fact.Unit,
            DerivedRead d => d.Fact.Unit,
            _ => null,
        };
        var money = summed.Type.Kind == Kind.Fen;
        if (money != unit.Text.Contains("CNY", StringComparison.Ordinal) && unit.Text is not ("%" or "ratio"))
            fields.Fail("unit", $"this sum is {(money ? "money" : "no money")}, and the figure is in {unit}");
        else if (stated is not null && FigureUnit.TryRead(stated, out var own) && !own.Fits(unit))
            fields.Fail("unit", $"this sum is in {stated}, and the figure in {unit}");
    }

    private Tally? Kept(Fields fields, FigureUnit? unit)
    {
        if (fields.Text("tally", required: false) is not { } id)
            return null;
        if (!tallies.TryGetValue(id, out var tally))
        {
            fields.Fail("tally", $"there is no tally '{id}'{NearestName.Hint(id, tallies.Keys)}");
            return null;
        }
        if (tally.Sum is null && unit is not null && unit.Text != (FigureUnit.OfType(tally.Over) ?? "pieces"))
            fields.Fail("unit", $"{tally.Over.Name} is counted in {FigureUnit.OfType(tally.Over) ?? "pieces"}, not in {unit}");
        else if (tally.Sum is not null && unit is not null)
            Fits(fields, unit, tally.Sum);
        return tally;
    }

    private FigureVerdicts? Verdicts(Fields fields, FigureUnit? unit)
    {
        if (fields.Map("verdicts", required: false) is not { } map)
            return null;
        var part = new Fields(map, findings);
        var (indicator, result, standing) = (
            part.Text("indicator", required: false),
            part.Choice<FigureResult>("result"),
            part.Choice<FigureStanding>("standing", required: false)
        );
        var known = standards.Values.Where(s => s.Level.Level is null).SelectMany(s => s.Indicators).ToHashSet(StringComparer.Ordinal);
        if (indicator is not null && !known.Contains(indicator))
            part.Fail("indicator", $"no standard for households has an indicator '{indicator}'{NearestName.Hint(indicator, known)}");
        if (unit is not null && unit.Text is not ("households" or "persons"))
            fields.Fail("unit", $"verdicts are counted in households or persons, not in {unit}");
        return fields.Whole(part) ? new(indicator, result!.Value, standing ?? FigureStanding.All, unit?.Text == "persons") : null;
    }

    private Figure? Bind(Raw raw)
    {
        var id = raw.Figure.Id;
        if (bound.TryGetValue(id, out var done))
            return done;
        if (raw.Formula is not { } formula)
            return bound[id] = raw.Figure;
        binding.Add(id);
        try
        {
            var term = Term(new Parser(formula).Parse());
            if (term.Parts().FirstOrDefault() is null)
                throw new RuleException(formula.At(0, formula.Text.Length), "a formula names at least one figure");
            if (!term.Unit.Fits(raw.Figure.Unit))
                throw new RuleException(formula.At(0, formula.Text.Length), $"this comes to {term.Unit}, and the figure is in {raw.Figure.Unit}");
            if (
                raw.Figure.IsShare
                && term
                    is not FigureOperation { Sign: '/', Left: FigurePart { At.Kind: MomentKind.Day }, Right: FigurePart { At.Kind: MomentKind.Day } }
            )
                throw new RuleException(formula.At(0, formula.Text.Length), "a share is one figure over another of the same day: part / whole");
            bound[id] = raw.Figure with { Formula = term };
        }
        catch (RuleException e)
        {
            bound[id] = null;
            if (!e.Consequent)
                findings.All.Add(e.ToDiagnostic());
        }
        binding.RemoveAt(binding.Count - 1);
        return bound[id];
    }

    private FigureTerm Term(Syntax tree) =>
        tree switch
        {
            NumberSyntax n => new FigureConstant(Exact.Parse(n.Digits) ?? throw new RuleException(n.Span, $"'{n.Digits}' is no number")),
            NameSyntax n => new FigurePart(Named(n), default),
            CallSyntax { Target: null, Name: "at" } c => At(c),
            UnarySyntax { Operator: "-" } u => Negated(Term(u.Operand)),
            BinarySyntax { Operator: "+" or "-" } b => Sum(b, Term(b.Left), Term(b.Right)),
            BinarySyntax { Operator: "*" or "/" } b => Product(b.Operator[0], Term(b.Left), Term(b.Right)),
            _ => throw new RuleException(tree.Span, "a formula has figures, numbers, + - * / and at(figure, 'moment')"),
        };

    private static FigureOperation Negated(FigureTerm term) => new('-', new FigureConstant(0), term, term.Unit);

    private static FigureOperation Sum(BinarySyntax tree, FigureTerm left, FigureTerm right) =>
        left.Unit.Fits(right.Unit)
            ? new(tree.Operator[0], left, right, left.Unit)
            : throw new RuleException(tree.Span, $"{left.Unit} and {right.Unit} cannot stand on two sides of '{tree.Operator}'");

    private static FigureOperation Product(char sign, FigureTerm left, FigureTerm right) =>
        new(sign, left, right, left.Unit.Times(right.Unit, sign == '/'));

    private FigurePart At(CallSyntax call)
    {
        if (call.Arguments is not [NameSyntax name, TextSyntax moment])
            throw new RuleException(call.Span, "write at(figure, 'moment')");
        return Moment.Read(moment.Value) is { } at
            ? new(Named(name), at)
            : throw new RuleException(moment.Span, $"'{moment.Value}' is no moment: write day, end_of_last_year, year_before or a day as 2013-12-31");
    }

    private Figure Named(NameSyntax name)
    {
        if (binding.Contains(name.Name))
            throw new RuleException(
                name.Span,
                $"a figure in a circle: {string.Join(" -> ", binding.SkipWhile(b => b != name.Name).Append(name.Name))}"
            );
        if (!raws.TryGet(name.Name, out var raw))
            throw new RuleException(name.Span, $"there is no figure '{name.Name}'{NearestName.Hint(name.Name, raws.Names)}")
            {
                Consequent = faulty.Contains(name.Name),
            };
        if (raw.Figure.Report is not null && raws.TryGet(binding[^1], out var user) && user.Figure.Report != raw.Figure.Report)
            throw new RuleException(
                name.Span,
                $"figure '{name.Name}' is one of {Home(raw.Figure)}, and what is made of it here belongs to {Home(user.Figure)}"
            );
        return Bind(raw) ?? throw new RuleException(name.Span, $"figure '{name.Name}' is at fault") { Consequent = true };
    }
}
