using System.Collections.Immutable;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads the worked examples beside standards, parameters, checks and clues.</summary>
internal sealed class CaseReader(
    ImmutableArray<Standard> standards,
    ImmutableArray<Check> checks,
    ImmutableArray<ClueRule> clues,
    IReadOnlyDictionary<string, Parameter> parameters,
    SubjectNodeReader subjects,
    Findings findings
)
{
    private readonly List<PackCase> cases = [];

    public IReadOnlyList<PackCase> All => cases;

    public void Read(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        foreach (var node in fields.List("cases"))
            if (node is not MapNode map)
                fields.Fail(node.Span, "a case is a map of keys and values");
            else if (Read(map) is { } one)
                cases.Add(one);
        fields.Done();
    }

    private PackCase? Read(MapNode map)
    {
        var fields = new Fields(map, findings);
        var (name, day, area) = (fields.Text("name"), fields.Day("day"), fields.Area());
        fields.Text("note", required: false);
        string[] kinds = ["standard", "check", "clue", "parameter"];
        if (kinds.Count(fields.Has) != 1)
        {
            fields.Fail(map.Span, "a case is of one 'standard', 'check', 'clue' or 'parameter'");
            return null;
        }
        var frame = new PackCase(name ?? "", new JudgingDay(day ?? default), area?.From ?? 0, null, map.Span);
        var read =
            fields.Has("standard") ? OfStandard(fields, frame)
            : fields.Has("check") ? OfCheck(fields, frame)
            : fields.Has("clue") ? OfClue(fields, frame)
            : OfParameter(fields, frame);
        return fields.Done() ? read : null;
    }

    private PackCase? OfStandard(Fields fields, PackCase frame)
    {
        var id = fields.Text("standard");
        var version = fields.Int("version", 1, 9999, required: false);
        var (expect, values) = (fields.Map("expect"), fields.Map("value", required: false));
        var subject = fields.Map("subject");
        var versions = standards.Where(s => s.Id == id).ToList();
        if (findings.Faulty.Contains($"standard {id}"))
            return null;
        if (versions.Count == 0)
        {
            fields.Fail("standard", $"there is no standard '{id}'{NearestName.Hint(id ?? "", standards.Select(s => s.Id))}");
            return null;
        }
        var standard = version is null ? versions.FirstOrDefault(s => s.InForce.Covers(frame.Day.Date)) : versions.Find(s => s.Version == version);
        if (standard is null)
            fields.Fail(
                "standard",
                version is null
                    ? $"no version of {id} is in force on the day of this case"
                    : FormattableString.Invariant($"{id} has no version {version}")
            );
        if (standard is not null && !standard.Area.Contains(frame.AreaCode))
            fields.Fail("area", $"this area lies outside that of {id}");
        if (standard is null || expect is null || subject is null)
            return null;
        return frame with
        {
            Standard = standard,
            Subject = subjects.Read(standard.Level, subject, frame.AreaCode),
            Expect = Expectations(fields, standard, expect),
            Values = Shown(fields, standard, values),
        };
    }

    private static ImmutableDictionary<string, Expected> Expectations(Fields fields, Standard standard, MapNode expect)
    {
        var expected = ImmutableDictionary.CreateBuilder<string, Expected>(StringComparer.Ordinal);
        Expected? others = null;
        foreach (var (key, node) in expect.Entries)
        {
            if (key.Value != "*")
                RequireIndicator(fields, standard, key);
            if (
                !Enum.TryParse<Expected>((node as ScalarNode)?.Value, ignoreCase: true, out var one)
                || !char.IsAsciiLetterLower(((ScalarNode)node).Value[0])
            )
                fields.Fail(node.Span, $"expected met, unmet, exempt or unknown, found '{(node as ScalarNode)?.Value}'");
            else if (key.Value == "*")
                others = one;
            else
                expected[key.Value] = one;
        }
        if (others is { } rest)
            foreach (var indicator in standard.Indicators.Where(i => !expected.ContainsKey(i.Id)))
                expected[indicator.Id] = rest;
        return expected.ToImmutable();
    }

    private static ImmutableDictionary<string, string> Shown(Fields fields, Standard standard, MapNode? values)
    {
        var shown = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, node) in values?.Entries ?? [])
        {
            RequireIndicator(fields, standard, key);
            if (node is ScalarNode scalar)
                shown[key.Value] = scalar.Value;
            else
                fields.Fail(node.Span, "a value is one number or text");
        }
        return shown.ToImmutable();
    }

    private static void RequireIndicator(Fields fields, Standard standard, ScalarNode key)
    {
        if (standard.Indicators.All(i => i.Id != key.Value))
            fields.Fail(
                key.Span,
                $"{standard.Id} has no indicator '{key.Value}'{NearestName.Hint(key.Value, standard.Indicators.Select(i => i.Id))}"
            );
    }

    private PackCase? OfCheck(Fields fields, PackCase frame)
    {
        var (id, expect, subject) = (fields.Text("check"), Fires(fields), fields.Map("subject"));
        var check = checks.FirstOrDefault(c => c.Id == id);
        if (check is null && !findings.Faulty.Contains($"check {id}"))
            fields.Fail("check", $"there is no check '{id}'{NearestName.Hint(id ?? "", checks.Select(c => c.Id))}");
        if (check is null || expect is null || subject is null)
            return null;
        return frame with
        {
            Check = check,
            Subject = subjects.Read(check.Over, subject, frame.AreaCode),
            Expect = ImmutableDictionary<string, Expected>.Empty.Add("", expect.Value),
        };
    }

    private PackCase? OfClue(Fields fields, PackCase frame)
    {
        var (id, expect, subject) = (fields.Text("clue"), Fires(fields), fields.Map("subject"));
        var clue = clues.FirstOrDefault(c => c.Id == id && c.InForce.Covers(frame.Day.Date) && c.Area.Contains(frame.AreaCode));
        if (clue is null && !findings.Faulty.Contains($"clue {id}"))
            fields.Fail(
                "clue",
                $"there is no clue '{id}' in force there on the day of this case{NearestName.Hint(id ?? "", clues.Select(c => c.Id))}"
            );
        if (clue is null || expect is null || subject is null)
            return null;
        return frame with
        {
            Clue = clue,
            Subject = subjects.Read(clue.Household.Type, subject, frame.AreaCode),
            Expect = ImmutableDictionary<string, Expected>.Empty.Add("", expect.Value),
        };
    }

    private static Expected? Fires(Fields fields)
    {
        var expect = fields.Text("expect");
        Expected? expected = expect switch
        {
            "true" => Expected.Met,
            "false" => Expected.Unmet,
            "unknown" => Expected.Unknown,
            _ => null,
        };
        if (expected is null && expect is not null)
            fields.Fail("expect", $"expected true, false or unknown, found '{expect}'");
        return expected;
    }

    private PackCase? OfParameter(Fields fields, PackCase frame)
    {
        var (id, expect) = (fields.Text("parameter"), fields.Scalar("expect"));
        if (findings.Faulty.Contains($"param {id}"))
            return null;
        if (id is null || !parameters.TryGetValue(id, out var parameter))
        {
            fields.Fail("parameter", $"there is no parameter '{id}'{NearestName.Hint(id ?? "", parameters.Keys)}");
            return null;
        }
        if (expect is null || expect.Value == "unknown")
            return frame with { Parameter = parameter };
        var value = ValueReader.Read(parameter.Type, expect, out var fault);
        if (fault is not null)
            fields.Fail(expect.Span, fault);
        return frame with { Parameter = parameter, ParameterValue = value };
    }
}
