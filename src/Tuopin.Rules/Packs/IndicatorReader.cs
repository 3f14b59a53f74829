using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads one indicator of a standard.</summary>
internal sealed class IndicatorReader(FactDictionary dictionary, RuleCompiler compiler, Variable subject, Source? inherited, Findings findings)
{
    private const int LastBit = 62;

    public Indicator? Read(MapNode map, Fields standard, List<Indicator> earlier)
    {
        var fields = new Fields(map, findings);
        var (id, bit, title) = (fields.Id("id"), fields.Int("bit", 0, LastBit), fields.Label("title"));
        var (department, counts) = (Department(fields), fields.Choice<CountUnit>("counts"));
        var (retired, met) = (fields.Flag("retired"), fields.Rule("met", required: false));
        Text(fields, met is not null, retired);
        var rule = Compile(fields, met, Expectation.Condition);
        var exempt = Compile(fields, fields.Rule("exempt_when", required: false), Expectation.Condition);
        var value = Compile(fields, fields.Rule("value", required: false), Expectation.Shown);
        var limit = Compile(fields, fields.Rule("limit", required: false), Expectation.Shown);
        if (value is not null && limit is not null && Quotient.Of(value).IsMoney != Quotient.Of(limit).IsMoney)
            fields.Fail("limit", "value and limit have different units: one is money, the other is not");
        var persons = Persons(fields, counts);
        var (unit, note) = (fields.Text("unit", required: false), fields.Note());
        var (points, fact) = (fields.Int("points", 0, 1000, required: false), Fact(fields));
        var source = fields.Source(required: inherited is null) ?? inherited;
        if (bit is not null && earlier.FirstOrDefault(e => e.Bit == bit) is { } other)
            fields.Fail("bit", FormattableString.Invariant($"bit {bit} is already that of '{other.Id}'"));
        if (id is not null && earlier.Any(e => e.Id == id))
            fields.Fail("id", $"indicator '{id}' stands twice");
        if (!standard.Whole(fields))
            return null;
        return new Indicator(id!, bit!.Value, title!, department!, counts!.Value)
        {
            Met = rule,
            ExemptWhen = exempt,
            Value = value,
            Limit = limit,
            Persons = persons,
            Unit = unit,
            Source = source!,
            Fact = fact,
            Points = points,
            Retired = retired,
            Note = note,
        };
    }

    private static void Text(Fields fields, bool hasMet, bool retired)
    {
        var text = fields.Text("text", required: false);
        if (text is not (null or "not_found"))
            fields.Fail("text", $"'text' can only be not_found, found '{text}'");
        if (text is not null && hasMet)
            fields.Fail("text", "'text: not_found' stands instead of 'met', not beside it");
        if (text is null && !hasMet && !retired)
            fields.Fail(fields.Span, "an indicator needs 'met', or 'text: not_found' where the law was not found");
    }

    private Expr? Compile(Fields fields, RuleText? text, Expectation expected)
    {
        if (text is null)
            return null;
        var found = new List<Diagnostic>();
        var rule = compiler.Compile(text, subject, expected, found);
        foreach (var fault in found)
            fields.Fail(fault.Span, fault.Message);
        return rule;
    }

    // One count of the members, so that it can never say more than there are.
    private Expr? Persons(Fields fields, CountUnit? counts)
    {
        var rule = Compile(fields, fields.Rule("persons", required: false), Expectation.Shown);
        if (rule is null)
            return null;
        if (counts is not (null or CountUnit.Persons) || subject.Type.Level is not null)
            fields.Fail("persons", "'persons' stands only in a standard for households, at an indicator with 'counts: persons'");
        if (
            rule is not Aggregate { Kind: AggregateKind.Count, Collection.Target.Name: "person", Source.Steps.Length: 0 } count
            || count.Source.Variable != subject
        )
            fields.Fail("persons", $"'persons' counts the members who fail: {subject.Name}.members.count(m, ...)");
        return rule;
    }

    private string? Department(Fields fields)
    {
        if (fields.Text("department") is not { } key)
            return null;
        if (!dictionary.CodeLists.TryGetValue("department", out var list))
            fields.Fail("department", "there is no code list 'department' to look this up in");
        else if (list.Entries.All(e => e.Key != key))
            fields.Fail("department", $"'{key}' is no entry of code list department{NearestName.Hint(key, list.Entries.Select(e => e.Key))}");
        return key;
    }

    private Fact? Fact(Fields fields)
    {
        if (fields.Text("fact", required: false) is not { } name)
            return null;
        var (type, own) = (subject.Type, name);
        if (name.Split('.') is [var other, var inner])
            (type, own) = dictionary.Subjects.TryGetValue(other, out var t) ? (t, inner) : (type, name);
        if (type.Facts.TryGetValue(own, out var fact))
            return fact;
        fields.Fail("fact", $"{type.Name} has no fact '{own}'{NearestName.Hint(own, type.Facts.Keys)}");
        return null;
    }
}
