using System.Globalization;
using Tuopin.Exchange;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>A form of facts as it is drawn from the dictionary, and as it comes back.</summary>
public static class FactForm
{
    /// <param name="Text">What the field holds: the value in force, or what was typed.</param>
    /// <param name="StatedBy">Key of the author of the value in force.</param>
    /// <param name="Ours">What we said of it, where another value is in force.</param>
    public sealed record Field(Fact Fact, string Text, string? StatedBy, Label? Ours)
    {
        public Label? Wrong { get; init; }
        public Label? Meanwhile { get; init; }
        public string Name => $"f.{Fact}";
    }

    /// <param name="Folded">Closed until somebody opens it: many fields that few fill in.</param>
    public sealed record Section(Label Title, bool Folded, IReadOnlyList<Field> Fields);

    /// <summary>The fields an author may state, in the order and the groups of the dictionary.</summary>
    public static IReadOnlyList<Section> Draw(FactSheet sheet, Editor editor)
    {
        var parts = IncomeTree.Classes.SelectMany(c => c.Parts).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. sheet
                .Facts.Where(editor.MayState)
                .GroupBy(f => TitleOf(f, parts))
                .OrderBy(g => g.Key.Order)
                .Select(g => new Section(
                    g.Key.Title,
                    g.Key.Folded,
                    [
                        .. g.Select(f => new Field(
                            f,
                            TypedFact.Of(f, sheet.ValueOf(f)),
                            sheet.HolderOf(f),
                            sheet.SaidOf(f).FirstOrDefault(s => s.Author == editor.Author && s.Value != sheet.ValueOf(f)?.Number)
                                is { Value: { } ours }
                                ? FactSheet.Shown(f, ours)
                                : null
                        )),
                    ]
                )),
        ];
    }

    private static (int Order, Label Title, bool Folded) TitleOf(Fact fact, HashSet<string> parts) =>
        fact switch
        {
            { Subject.Name: "dwelling" } => (3, new("现住房", "The house lived in"), false),
            { Kept: Kept.Row or Kept.Link } => (1, new("基本情况", "In general"), false),
            { Kept: Kept.IncomeYear, Subject.Name: "household" } when parts.Contains(fact.Name) => (
                5,
                new("收入明细（元）", "Parts of the income (CNY)"),
                true
            ),
            { Kept: Kept.IncomeYear, Subject.Name: "household" } => (4, new("收入与支出（元）", "Income and expense (CNY)"), false),
            { Kept: Kept.PolicyYear } => (2, new("参保与救助", "Insurance and aid"), false),
            _ => (2, new("本年度情况", "This year"), false),
        };

    /// <summary>What was typed, by the name of the fact: of a set of codes all that were ticked. A field the form did not hold is not touched.</summary>
    public static Dictionary<string, string> Typed(IFormCollection form) =>
        form.Where(f => f.Key.StartsWith("f.", StringComparison.Ordinal))
            .ToDictionary(f => f.Key["f.".Length..], f => string.Join(',', f.Value.Where(v => !string.IsNullOrEmpty(v))), StringComparer.Ordinal);

    /// <summary>The fields that say another thing than the author saw; those that cannot be read are among them.</summary>
    public static Dictionary<string, string?> Touched(IReadOnlyList<Section> sections, Dictionary<string, string> typed, Func<Fact, Value?> seen) =>
        sections
            .SelectMany(s => s.Fields)
            .Where(f =>
                typed.TryGetValue(f.Fact.ToString(), out var text)
                && (TypedFact.Read(f.Fact, text) is var (value, wrong))
                && (wrong is not null || value != seen(f.Fact))
            )
            .ToDictionary(f => f.Fact.ToString(), string? (f) => typed[f.Fact.ToString()], StringComparer.Ordinal);

    /// <summary>The form as it comes back: what was typed stays, what is wrong or was changed meanwhile stands beside it.</summary>
    public static IReadOnlyList<Section> Again(
        IReadOnlyList<Section> sections,
        Dictionary<string, string?> touched,
        Func<Fact, (Value? Seen, Value? Now)> held
    ) =>
        [
            .. sections.Select(s =>
                s with
                {
                    Folded = s.Folded && !s.Fields.Any(f => touched.ContainsKey(f.Fact.ToString())),
                    Fields =
                    [
                        .. s.Fields.Select(f =>
                        {
                            var mine = touched.GetValueOrDefault(f.Fact.ToString());
                            var (seen, now) = held(f.Fact);
                            return f with
                            {
                                Text = touched.ContainsKey(f.Fact.ToString()) ? mine ?? "" : f.Text,
                                Wrong = mine is null ? null : TypedFact.Read(f.Fact, mine).Wrong,
                                Meanwhile = seen == now ? null : FactSheet.Shown(f.Fact, now),
                            };
                        }),
                    ],
                }
            ),
        ];

    /// <summary>Stated values by name, read with the parsers of the import.</summary>
    /// <exception cref="Platform.WrongUsage">edit.value-bad, with a line for each field; edit.no-fact for what the author may not state.</exception>
    public static Dictionary<Fact, Value?> Read(FactSheet sheet, Editor editor, IReadOnlyDictionary<string, string?> stated)
    {
        var known = sheet.Facts.ToDictionary(f => f.ToString(), StringComparer.Ordinal);
        var (values, wrong) = (new Dictionary<Fact, Value?>(), new List<string>());
        foreach (var (name, text) in stated)
        {
            if (!known.TryGetValue(name, out var fact) || !editor.MayState(fact))
                throw new Platform.WrongUsage(
                    "edit.no-fact",
                    $"“{Cut(name)}”不是您可以填报的内容。'{Cut(name)}' is nothing you may state here.".Replace('\0', ' ')
                );
            var (value, fault) = TypedFact.Read(fact, text);
            if (fault is not null)
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{fact.Label.Zh}：{fault.Zh} / {fact.Label.En} ({fact}): {fault.En}"));
            else
                values[fact] = value;
        }
        return wrong.Count == 0
            ? values
            : throw new Platform.WrongUsage("edit.value-bad", new Platform.Sentence("有的内容填写不对。Some values cannot be read."), wrong);
    }

    private static string Cut(string name) => name.Length > 60 ? name[..60] : name;
}
