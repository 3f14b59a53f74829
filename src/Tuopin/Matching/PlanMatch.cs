using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Linkage;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Security;
using Tuopin.Registry;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Matching;

/// <summary>A member of the registry as matching compares them; numbers live here for as long as a job works.</summary>
/// <param name="Area">Code of the registered village.</param>
public sealed record Member(long Person, long Household, long Area, string Name, string? Number, int Birth)
{
    /// <summary>Everybody who is of a household of an area on a day.</summary>
    public static List<Member> In(Installation installation, DbConnection connection, AreaRange area, int day)
    {
        using var numbers = new PersonalNumbers(installation.Keys);
        return
        [
            .. connection
                .Query<(long Person, long Household, long Area, string Name, byte[]? Cipher, int? Birth)>(
                    $"""
                    SELECT p.id, m.household_id, h.area_code, p.name, p.id_cipher, p.birth FROM households h
                    JOIN memberships m ON m.household_id = h.id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})
                    JOIN persons p ON p.id = m.person_id WHERE h.area_code BETWEEN {area.From} AND {area.To} ORDER BY p.id
                    """,
                    buffered: false
                )
                .Select(r => new Member(r.Person, r.Household, r.Area, r.Name, NumberOf(numbers, r.Cipher), r.Birth ?? 0)),
        ];
    }

    private static string? NumberOf(PersonalNumbers numbers, byte[]? cipher) =>
        cipher is not null
        && IdentityNumber.Read(numbers.Decrypt(cipher)) is { Kind: IdentityKind.Citizen or IdentityKind.Disability, First18: { Length: 18 } number }
            ? number
            : null;

    public PersonRow ToRow() => new(Name, Number, Birth, Area);
}

/// <summary>
/// What a list comes to: each row linked, to be looked at, or unmatched with a reason. It reads and decides; <see cref="LoadList"/> writes. First by number,
/// and the name must agree; then, for the rows that leaves over, by score with weights estimated from the two registers themselves.
/// </summary>
public static class PlanMatch
{
    /// <summary>The rules of a match that an area sets (packs/parameters/matching).</summary>
    public sealed record Rules(int LeastShare, int KeptDays, double WrongLinks, double ReviewFrom)
    {
        /// <exception cref="Refusal">match.no-rule.</exception>
        public static Rules Of(PackSet packs, long areaCode, DateOnly day)
        {
            long Value(string id) =>
                (
                    packs.Parameters.TryGetValue(id, out var parameter)
                        ? parameter.InForce(areaCode, parameter.IndexOn(new JudgingDay(day)))?.Value.Number
                        : null
                ) ?? throw new Refusal("match.no-rule", $"政策包没有规定 {id}，不能匹配。No pack says {id}, so nothing can be matched.");
            return new(
                (int)Value("matching.least_share"),
                (int)Value("matching.kept_days"),
                Value("matching.wrong_links") / 1000.0,
                Value("matching.review_from") / 100.0
            );
        }
    }

    public sealed record Candidate(Member Member, double Weight, double Probability, string Evidence);

    public sealed record Row(ListRow Of, MatchState State, string? Reason, IReadOnlyList<Candidate> Candidates, long? Place)
    {
        public bool ByNumber { get; init; }
    }

    /// <summary>The weights that were estimated, for people to read.</summary>
    public sealed record Weight(string Comparison, string Level, double Bits, double OfOnePerson, double OfTwo);

    /// <param name="Here">Rows that are of the area, of those that can be told.</param>
    public sealed record Result(
        IReadOnlyList<Row> Rows,
        int Members,
        int Told,
        int Here,
        double? SureBits,
        double? ReviewBits,
        IReadOnlyList<Weight> Weights,
        IReadOnlyList<Blocks.LeftOut> LeftOut
    );

    // Fewer rows than this are no county's list, and a share of them says nothing.
    private const int FewRows = 20;
    private const int MostCandidates = 3;

    /// <exception cref="Refusal">match.wrong-area: too few of the rows are of the area.</exception>
    public static Result Of(IReadOnlyList<ListRow> list, IReadOnlyList<Member> members, Rules rules, Func<string?, long?> placeOf, Action<string> say)
    {
        var rows = new Row[list.Count];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            var row = list[i];
            var key = string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Number ?? $"{row.Name}|{row.Birth}|{row.Place}"}|{row.Item}|{row.Amount}|{row.FromDay}|{row.ToDay}"
            );
            var place = placeOf(row.Place);
            string? reason =
                row.Name is null && row.Number is null ? "junk"
                : !seen.Add(key) ? "repeated"
                : row is { Number: null, Birth: 0 } && place is null ? "too-little"
                : null;
            rows[i] = new(row, MatchState.Unmatched, reason ?? "nobody", [], place);
        }
        var byNumber = members.Where(m => m.Number is not null).ToLookup(m => m.Number!, StringComparer.Ordinal);
        RequireHere(rows, members, byNumber, rules, out var told, out var here);
        var open = new List<int>();
        for (var i = 0; i < rows.Length; i++)
            if (rows[i].Reason == "nobody" && (rows[i] = ByNumber(rows[i], byNumber)).State == MatchState.Unmatched)
                open.Add(i);
        if (open.Count == 0 || members.Count == 0)
            return new(rows, members.Count, told, here, null, null, [], []);
        say($"按把握程度比对 {open.Count} 行 / scoring {open.Count} rows");
        return ByScore(rows, open, members, rules, told, here);
    }

    private static void RequireHere(
        Row[] rows,
        IReadOnlyList<Member> members,
        ILookup<string, Member> byNumber,
        Rules rules,
        out int told,
        out int here
    )
    {
        // Where the numbers of our own members were issued: a hundredth of them or more.
        var issued = members
            .Where(m => m.Number is not null)
            .GroupBy(m => m.Number![..6])
            .Where(g => g.Count() * 100 >= members.Count)
            .Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        (told, here) = (0, 0);
        var elsewhere = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows.Where(r => r.Of.Number is not null || r.Of.Place is not null))
        {
            told++;
            if (row.Place is not null || row.Of.Number is { } number && (issued.Contains(number[..6]) || byNumber.Contains(number)))
                here++;
            else if (row.Of.Number is { } other)
                elsewhere[other[..6]] = elsewhere.GetValueOrDefault(other[..6]) + 1;
        }
        if (told < FewRows || here * 100L >= (long)told * rules.LeastShare)
            return;
        throw new Refusal(
            "match.wrong-area",
            $"{told} 行中只有 {here} 行属于本地，像是别处的名单。Only {here} of {told} rows are of this area: it looks like another county's list.",
            [.. elsewhere.OrderByDescending(e => e.Value).Take(5).Select(e => $"{e.Key}: {e.Value}")]
        );
    }

    // Equal numbers, and the names agree but for a slip; anything else somebody looks at.
    private static Row ByNumber(Row row, ILookup<string, Member> byNumber)
    {
        if (row.Of.Number is not { } number || !byNumber.Contains(number))
            return row;
        var held = byNumber[number].ToList();
        Candidate Of(Member member, double probability) =>
            new(member, 0, probability, $"number=same:0.00;name={NameLevel(row.Of.Name, member.Name)}:0.00");
        if (held.Count > 1)
            return row with
            {
                State = MatchState.Waiting,
                Reason = "two-with-number",
                Candidates = [.. held.Take(MostCandidates).Select(m => Of(m, 1.0 / held.Count))],
            };
        return NameLevel(row.Of.Name, held[0].Name) is "surname" or "otherwise"
            ? row with
            {
                State = MatchState.Waiting,
                Reason = "number-other-name",
                Candidates = [Of(held[0], 0.5)],
            }
            : row with
            {
                State = MatchState.Sure,
                Reason = null,
                Candidates = [Of(held[0], 1)],
                ByNumber = true,
            };
    }

    private static string NameLevel(string? one, string other)
    {
        var names = new NameComparison(People.Name, new Terms([one, other]));
        var level = one == other ? 0 : names.Level(0, 1);
        return level < 0 ? "" : names.Levels[level];
    }

    private static Row ByScoreRow(
        Row row,
        IReadOnlyList<Link> links,
        Weights weights,
        People people,
        IReadOnlyList<Member> members,
        double sure,
        double from
    )
    {
        if (links.Count == 0)
            return row;
        var odds = links.Select(l => Math.Pow(2, Math.Min(l.Weight, 60)) * weights.Prior).ToList();
        var all = 1 + odds.Sum();
        var candidates = links
            .Select((l, i) => (Link: l, Probability: odds[i] / all))
            .OrderByDescending(c => c.Probability)
            .Take(MostCandidates)
            .Select(c => new Candidate(members[c.Link.A], c.Link.Weight, c.Probability, EvidenceText.Of(weights.Explain(c.Link.A, c.Link.B))))
            .ToList();
        var best = candidates[0];
        if (best.Probability < from)
            return row;
        // Two good numbers that differ, or two that no slip makes of each other, are two people until somebody has looked, whatever else fits.
        var differ =
            row.Of.Number is { } number
            && best.Member.Number is { } held
            && held != number
            && (row.Of.Identity.ChecksumOk == true || Slips.Distance(number, held, 2) > 2);
        return best.Weight >= sure && best.Probability >= 0.99 && !differ
            ? row with
            {
                State = MatchState.Sure,
                Reason = null,
                Candidates = [best],
            }
            : row with
            {
                State = MatchState.Waiting,
                Reason = differ ? "other-number" : "not-sure",
                Candidates = [.. candidates.Where(c => c.Probability >= from / 2)],
            };
    }

    private static Result ByScore(Row[] rows, List<int> open, IReadOnlyList<Member> members, Rules rules, int told, int here)
    {
        // Rows that were linked by number teach how names and places are mistaken; only the open ones are scored.
        var usable = Enumerable.Range(0, rows.Length).Where(i => rows[i].Reason is not ("junk" or "repeated" or "too-little")).ToList();
        var people = new People([
            .. members.Select(m => m.ToRow()),
            .. usable.Select(i => new PersonRow(rows[i].Of.Name, rows[i].Of.Number, rows[i].Of.Birth, rows[i].Place ?? 0)),
        ]);
        var blocks = new Blocks(people.Keys, people.Rows.Count, members.Count);
        var weights = Estimate.From(people.Comparisons, blocks, people.Rows.Count, members.Count);
        var from = weights.WeightAt(Math.Clamp(rules.ReviewFrom, 0.001, 0.5));
        var isOpen = new bool[people.Rows.Count];
        foreach (var (at, i) in usable.Index())
            isOpen[members.Count + at] = rows[i].State == MatchState.Unmatched;
        var links = new List<Link>();
        blocks.Each(
            (a, b) =>
            {
                if (isOpen[b] && weights.Of(a, b) is var weight && weight >= from)
                    links.Add(new(a, b, weight));
            }
        );
        var byRow = links.ToLookup(l => l.B);
        var best = byRow.Select(g => g.MaxBy(l => l.Weight)).OrderByDescending(l => l.Weight).ToList();
        var sure = Math.Max(Linker.SureThreshold(weights, best, rules.WrongLinks), weights.WeightAt(0.99));
        foreach (var (at, i) in usable.Index())
            if (isOpen[members.Count + at])
                rows[i] = ByScoreRow(rows[i], [.. byRow[members.Count + at]], weights, people, members, sure, rules.ReviewFrom);
        return new(
            rows,
            members.Count,
            told,
            here,
            double.IsFinite(sure) ? sure : null,
            from,
            [
                .. weights.Comparisons.SelectMany(
                    (c, i) => c.Levels.Select((l, level) => new Weight(c.Name, l, weights.Bits(i, level), weights.M[i][level], weights.U[i][level]))
                ),
            ],
            blocks.Left
        );
    }
}

/// <summary>Which village or township an address names, within one area: by a code of twelve digits, or by the longest names it holds.</summary>
public sealed class AddressReader
{
    private readonly List<(string Name, AreaVersion Place)> townships;
    private readonly AreaTree tree;
    private readonly AreaRange area;

    public AddressReader(AreaTree tree, AreaVersion place)
    {
        (this.tree, area) = (tree, AreaTree.RangeOf(place));
        townships =
        [
            .. tree
                .All.Where(a => a.Level == 4 && (area.Contains(a.Code) || tree.Ancestor(place, 4)?.AreaId == a.AreaId))
                .Select(a => (Short(a.Name), a))
                .OrderByDescending(a => a.Item1.Length),
        ];
    }

    public long? Read(string? address)
    {
        if (address is null)
            return null;
        if (long.TryParse(address, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return address.Length is 9 or 12 && tree.ByCode(address) is { } known && area.Contains(known.Code) ? known.Code : null;
        var named = townships.Find(t => address.Contains(t.Name, StringComparison.Ordinal)).Place;
        var villages = (named is null ? townships.SelectMany(t => tree.Children[t.Place.AreaId]) : tree.Children[named.AreaId])
            .Where(v => area.Contains(v.Code) && address.Contains(Short(v.Name), StringComparison.Ordinal))
            .OrderByDescending(v => v.Name.Length)
            .ToList();
        // Without its township a name of two villages names neither.
        return villages is [var village] || named is not null && villages.Count > 0 && (village = villages[0]) is not null
            ? village.Code
            : named?.Code;
    }

    // 者海镇 is written 者海, 三道沟村民委员会 三道沟.
    private static string Short(string name)
    {
        foreach (
            var ending in new[] { "村民委员会", "居民委员会", "村委会", "居委会", "街道", "社区", "回族乡", "彝族乡", "苗族乡", "乡", "镇", "村" }
        )
            if (name.Length > ending.Length + 1 && name.EndsWith(ending, StringComparison.Ordinal))
                return name[..^ending.Length];
        return name;
    }
}
