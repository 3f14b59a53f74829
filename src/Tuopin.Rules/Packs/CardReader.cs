using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads cards and handbooks of households.</summary>
internal sealed class CardReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    private const int MostRows = 40;
    private readonly Register<Card> cards = new("card", findings);
    private readonly List<(Card Card, Span Span)> read = [];

    public IEnumerable<Card> All => cards.Items;

    public void Read(PackDocument document)
    {
        if (!dictionary.Subjects.TryGetValue("household", out var household) || !dictionary.Subjects.TryGetValue("person", out var person))
        {
            findings.Error(document.Root.Span, "a card is of a household and its members: the dictionary has no 'household' or no 'person'");
            return;
        }
        var (of, member) = (new Variable("household", household), new Variable("person", person));
        var fields = new Fields(document.Root, findings);
        var (id, version, title) = (fields.Id("card"), fields.Int("version", 1, 9999), fields.Label("title"));
        var (area, force) = (fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        var note = fields.Note();
        var rule = fields.Rule("for", required: false);
        var who = rule is null ? null : compiler.Compile(rule, of, Expectation.Condition, findings.All);
        var colours = Items(fields, "colours", required: false, "a colour is { tint: .., label: .., when: .. }", m => Colour(m, fields, of));
        var sections = Items(fields, "sections", required: true, "a section is a map of keys and values", m => Section(m, fields, of, member));
        if (fields.Has("sections") && fields.List("sections").Count == 0)
            fields.Fail("sections", "a card has at least one section");
        foreach (var twice in colours.GroupBy(c => c.Tint).Where(g => g.Count() > 1))
            fields.Fail("colours", $"tint '{Fields.Underscored(twice.Key.ToString())}' stands twice");
        if (!fields.Done() || (rule is not null && who is null))
            return;
        var card = new Card(
            id!,
            version!.Value,
            title!,
            area!.Value,
            force!.Value,
            status!.Value,
            source!,
            of,
            member,
            who,
            [.. colours],
            [.. sections]
        )
        {
            Note = note,
        };
        cards.Add(FormattableString.Invariant($"{card.Id} version {card.Version}"), card, document.Root.Span, document.Folder);
        read.Add((card, document.Root.Span));
    }

    /// <summary>One version of a card is in force at a time.</summary>
    public void Finish()
    {
        var held = read.Where(r => All.Contains(r.Card)).ToList();
        for (var i = 0; i < held.Count; i++)
        for (var j = 0; j < i; j++)
        {
            var (a, b) = (held[j].Card, held[i].Card);
            var together = a.InForce.From <= (b.InForce.To ?? DateOnly.MaxValue) && b.InForce.From <= (a.InForce.To ?? DateOnly.MaxValue);
            if (a.Id == b.Id && together && a.Area.Overlaps(b.Area))
                findings.Error(
                    held[i].Span,
                    FormattableString.Invariant(
                        $"versions {a.Version} and {b.Version} of {a.Id} are in force on the same day: give the older one an end"
                    )
                );
        }
    }

    private static List<T> Items<T>(Fields fields, string key, bool required, string wanted, Func<MapNode, T?> read)
        where T : class
    {
        var items = new List<T>();
        foreach (var node in fields.List(key, required))
            if (node is not MapNode map)
                fields.Fail(node.Span, wanted);
            else if (read(map) is { } item)
                items.Add(item);
        return items;
    }

    private CardColour? Colour(MapNode map, Fields whole, Variable household)
    {
        var fields = new Fields(map, findings);
        var (tint, label, rule) = (fields.Choice<CardTint>("tint"), fields.Label(), fields.Rule("when"));
        var when = rule is null ? null : compiler.Compile(rule, household, Expectation.Condition, findings.All);
        return whole.Whole(fields) && when is not null ? new(tint!.Value, label!, when) : null;
    }

    private CardSection? Section(MapNode map, Fields whole, Variable household, Variable person)
    {
        var fields = new Fields(map, findings);
        var (part, title) = (fields.Choice<CardPart>("of"), fields.Label("title"));
        var lines = Items(
            fields,
            "lines",
            required: part is CardPart.Facts or CardPart.Members,
            "a line is { label: .., value: .. }",
            m => Line(m, fields, part == CardPart.Members ? person : household)
        );
        var columns = Items(fields, "columns", required: part == CardPart.Blank, "a column is { zh: .., en: .. }", m => Column(m, fields));
        var rows = fields.Int("rows", 0, MostRows, required: part == CardPart.Blank);
        if (part is { } known && known is not (CardPart.Facts or CardPart.Members) && fields.Has("lines"))
            fields.Fail("lines", "only facts and members have lines of values");
        if (part is { } kind && kind != CardPart.Blank && fields.Has("columns"))
            fields.Fail("columns", "only blank rows have columns of their own");
        if (part is CardPart.Facts or CardPart.Lights && fields.Has("rows"))
            fields.Fail("rows", "facts and lights have no empty rows");
        return whole.Whole(fields) ? new(part!.Value, title!, [.. lines], [.. columns], rows ?? 0) : null;
    }

    private Label? Column(MapNode map, Fields whole)
    {
        var fields = new Fields(map, findings);
        var (zh, en) = (fields.Text("zh"), fields.Text("en"));
        return whole.Whole(fields) ? new(zh!, en!) : null;
    }

    private CardLine? Line(MapNode map, Fields whole, Variable of)
    {
        var fields = new Fields(map, findings);
        var (label, rule) = (fields.Label(), fields.Rule("value"));
        var value = rule is null ? null : compiler.Compile(rule, of, Expectation.Shown, findings.All);
        if (value?.Type.Kind == Kind.Ratio)
            fields.Fail("value", "a card prints no quotient: say to how many places with div_half_up");
        return whole.Whole(fields) && value is not null ? new(label!, value) : null;
    }
}
