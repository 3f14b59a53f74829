using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Areas;

/// <summary>
/// What a newer tree of some counties comes to, found without a database: which places are new, renamed, re-coded, merged, divided or gone, and which codes
/// meant another place before. A file states its counties whole: whatever they had and the file lacks has ended. Names decide (<see cref="SamePlaces"/>)
/// where the old-to-new table says nothing.
/// </summary>
public static class PlanTree
{
    /// <summary>A row of the tree: code of 2 to 12 digits, name and, where the file has it, the code of what it is part of.</summary>
    public sealed record Row(int Number, string Code, string Name, string? Parent);

    /// <summary>A row of the old-to-new table: without a new code the place has ended; with a group it is about that group of the village.</summary>
    public sealed record Step(int Number, string Old, string? New, string? Group);

    /// <summary>What is wrong with a row.</summary>
    public sealed record Fault(bool OfMap, int Row, Label Column, string Value, Label Text)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{(OfMap ? "对照表 map" : "区划 tree")} {Row} {Column.Zh} '{Value}': {Text.Zh} / {Text.En}");
    }

    /// <summary>A place as it will be, and what it was.</summary>
    public sealed record Place(AreaVersion Now, AreaVersion? Before)
    {
        public bool Changed => Before is null || Renamed || Recoded || Before.ParentId != Now.ParentId || Before.Kind != Now.Kind;
        public bool Renamed => Before is not null && Before.Name != Now.Name;
        public bool Recoded => Before is not null && Before.Code != Now.Code;
    }

    /// <summary>Where what belonged to a place goes: to its heir, except the groups that go elsewhere.</summary>
    /// <param name="Heir">Itself where it goes on; null where nobody says.</param>
    public sealed record Succession(AreaVersion Before, AreaVersion? Heir, IReadOnlyList<(string Group, AreaVersion Heir)> Groups)
    {
        public bool Ends => Heir?.AreaId != Before.AreaId;
    }

    /// <summary>A code that meant another place before.</summary>
    public sealed record Reused(long Code, string Was, int? Until, string Now);

    public sealed record Result(
        IReadOnlyList<long> Counties,
        IReadOnlyList<Place> Places,
        IReadOnlyList<Succession> Successions,
        IReadOnlyList<Reused> Codes,
        IReadOnlyList<Fault> Faults
    );

    public static readonly Label CodeColumn = new("代码", "code");
    public static readonly Label NameColumn = new("名称", "name");
    public static readonly Label ParentColumn = new("上级代码", "parent");
    public static readonly Label OldColumn = new("旧代码", "old");
    public static readonly Label NewColumn = new("新代码", "new");
    public static readonly Label GroupColumn = new("组", "group");

    /// <param name="tree">The tree in force the day before.</param>
    /// <param name="held">Every version there was of the codes of the file, whatever place had them.</param>
    /// <param name="taken">Ids of areas that exist.</param>
    public static Result Of(
        IReadOnlyList<Row> rows,
        IReadOnlyList<Step> steps,
        AreaTree tree,
        int fromDay,
        IReadOnlyCollection<AreaVersion> held,
        IReadOnlySet<long> taken
    ) => new Planning(tree, fromDay, held, taken).Of(rows, steps);

    /// <summary>The level a code of 12 digits has by its zeros; null for the nation.</summary>
    public static short? LevelOf(long code) =>
        code == 0 ? null
        : code % 10_000_000_000 == 0 ? (short)1
        : code % 100_000_000 == 0 ? (short)2
        : code % 1_000_000 == 0 ? (short)3
        : code % 1000 == 0 ? (short)4
        : (short)5;

    /// <summary>The code of what a place of this code is part of.</summary>
    public static long ParentOf(long code) =>
        LevelOf(code) switch
        {
            5 => code / 1000 * 1000,
            4 => code / 1_000_000 * 1_000_000,
            3 => code / 100_000_000 * 100_000_000,
            2 => code / 10_000_000_000 * 10_000_000_000,
            _ => 0,
        };

    /// <summary>A code of 2, 4, 6, 9 or 12 digits as a number of 12; null for anything else.</summary>
    public static long? Number(string text) =>
        text.Length is 2 or 4 or 6 or 9 or 12
        && long.TryParse(text.PadRight(12, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        && code > 0
            ? code
            : null;

    private sealed class Planning(AreaTree tree, int fromDay, IReadOnlyCollection<AreaVersion> held, IReadOnlySet<long> taken)
    {
        private readonly List<Fault> faults = [];
        private readonly Dictionary<long, (Row Row, LoadAreas.Place Place)> file = [];
        private readonly HashSet<long> made = [];

        /// <summary>A row of the table whose codes are places.</summary>
        private sealed record Mapped(Step Step, AreaVersion Old, long? New);

        public Result Of(IReadOnlyList<Row> rows, IReadOnlyList<Step> steps)
        {
            foreach (var row in rows)
                Read(row);
            var counties = file.Keys.Where(c => LevelOf(c) >= 3).Select(County).ToHashSet();
            var mapped = steps.Select(Read).OfType<Mapped>().ToList();
            counties.UnionWith(mapped.Select(m => County(m.Old.Code)));
            var before = tree.All.Where(a => a.Level is >= 3 and <= 5 && counties.Contains(County(a.Code))).ToList();
            foreach (var (row, place) in file.Values)
                CheckParent(row, place);
            var divided = Divisions(mapped);
            if (faults.Count > 0)
                return new([.. counties.Order()], [], [], [], faults);

            var same = Same(before, mapped);
            var ids = new Dictionary<long, long>();
            foreach (var code in file.Keys.Order())
                ids[code] = same.GetValueOrDefault(code)?.AreaId ?? NewId(code);
            var places = file
                .Values.OrderBy(f => f.Place.Code)
                .Select(f => new Place(Version(f.Place, ids), same.GetValueOrDefault(f.Place.Code)))
                .ToList();
            var now = places.ToDictionary(p => p.Now.Code, p => p.Now);
            var kept = places.Where(p => p.Before is not null).ToDictionary(p => p.Before!.AreaId);
            var successions = new List<Succession>();
            foreach (var was in before.OrderBy(b => b.Code))
            {
                // A county that the file does not name stands as it is.
                if (was.Level == 3 && !kept.ContainsKey(was.AreaId) && mapped.TrueForAll(m => m.Old != was))
                    continue;
                var groups = divided.GetValueOrDefault(was.AreaId) ?? [];
                var heir =
                    kept.TryGetValue(was.AreaId, out var place) ? place.Now
                    : mapped.Find(m => m.Old == was && m.Step.Group is null)?.New is { } to ? now.GetValueOrDefault(to)
                    : null;
                if (place is null || place.Recoded || groups.Count > 0)
                    successions.Add(new(was, heir, [.. groups.Select(g => (g.Step.Group!, now[g.New!.Value]))]));
            }
            var codes = places
                .Where(p => p.Before is null || p.Recoded)
                .SelectMany(p =>
                    held.Where(h => h.Code == p.Now.Code && h.AreaId != p.Now.AreaId)
                        .OrderByDescending(h => h.FromDay)
                        .Take(1)
                        .Select(h => new Reused(p.Now.Code, h.Name, h.ToDay, p.Now.Name))
                )
                .ToList();
            return new([.. counties.Order()], places, successions, codes, faults);
        }

        private void Read(Row row)
        {
            if (Number(row.Code) is not { } code || LevelOf(code) is not { } level)
                Wrong(row, CodeColumn, row.Code, "代码应为 2、4、6、9 或 12 位数字", "a code has 2, 4, 6, 9 or 12 digits");
            else if (file.TryGetValue(code, out var first))
                Wrong(row, CodeColumn, row.Code, $"代码与第 {first.Row.Number} 行重复", $"the code stands in row {first.Row.Number} already");
            else if (row.Name.Length is 0 or > 100 || row.Name.Any(char.IsControl))
                Wrong(row, NameColumn, row.Name, "名称为 1 至 100 字", "a name has 1 to 100 characters");
            else
                file.Add(code, (row, new(code, row.Name, ParentOf(code), level)));
        }

        // What lies under a place is a range of codes: the code says what it is part of, and a column that says otherwise is wrong.
        private void CheckParent(Row row, LoadAreas.Place place)
        {
            if (row.Parent is { Length: > 0 } stated && Number(stated) != place.ParentCode)
                Wrong(row, ParentColumn, stated, "上级与本代码的前几位不符", "the code does not begin with that of its parent");
            else if (!file.ContainsKey(place.ParentCode) && !(place.Level <= 4 && tree.ByCode(place.ParentCode) is not null))
                Wrong(
                    row,
                    ParentColumn,
                    place.ParentCode.ToString("D12", CultureInfo.InvariantCulture),
                    "文件和现行区划中都没有它的上级",
                    "what it is part of is neither in the file nor in the tree"
                );
        }

        private Mapped? Read(Step step)
        {
            if (Number(step.Old) is not { } oldCode || tree.ByCode(oldCode) is not { Level: >= 3 } old)
            {
                Wrong(step, OldColumn, step.Old, "在生效日的前一天没有这个代码", "no place has this code on the day before");
                return null;
            }
            if (step.New is null)
                return new(step, old, null);
            if (Number(step.New) is not { } code || !file.TryGetValue(code, out var to))
            {
                Wrong(step, NewColumn, step.New, "区划文件中没有这个代码", "the tree file does not have this code");
                return null;
            }
            if (to.Place.Level != old.Level)
            {
                Wrong(step, NewColumn, step.New, "新旧两处不是同一级", "the old and the new place are of different levels");
                return null;
            }
            if (step.Group is not null && old.Level != 5)
            {
                Wrong(step, GroupColumn, step.Group, "只有村才按组划分", "only a village is divided by groups");
                return null;
            }
            return new(step, old, code);
        }

        // By area: its rows about groups. A place that goes to several without saying how is nobody's to guess.
        private Dictionary<long, List<Mapped>> Divisions(List<Mapped> mapped)
        {
            foreach (var of in mapped.GroupBy(m => m.Old))
            {
                foreach (var again in of.Where(m => m.Step.Group is null).Skip(1))
                    Wrong(
                        again.Step,
                        NewColumn,
                        again.Step.New ?? "",
                        $"{of.Key.Name} 分到几处，没有写明哪些组归哪里",
                        $"{of.Key.Name} goes to several places and nothing says which groups go where"
                    );
                foreach (var again in of.Where(m => m.Step.Group is not null).GroupBy(m => m.Step.Group).SelectMany(g => g.Skip(1)))
                    Wrong(again.Step, GroupColumn, again.Step.Group!, "这个组已写过去向", "this group has a row already");
                foreach (var lost in of.Where(m => m.Step.Group is not null && m.New is null))
                    Wrong(lost.Step, NewColumn, "", "组要写明新代码", "a group needs a new code");
            }
            return mapped.Where(m => m.Step.Group is not null).GroupBy(m => m.Old.AreaId).ToDictionary(g => g.Key, g => g.ToList());
        }

        /// <summary>By code of the file: which place of before it is.</summary>
        private Dictionary<long, AreaVersion> Same(List<AreaVersion> before, List<Mapped> mapped)
        {
            var same = new Dictionary<long, AreaVersion>();
            var wholes = mapped.Where(m => m.Step.Group is null).ToList();
            // Of several that become one, the one of its name goes on, else the one of its code; else it is a new place.
            foreach (var into in wholes.Where(m => m.New is not null).GroupBy(m => m.New!.Value))
            {
                var olds = into.Select(m => m.Old).ToList();
                var goesOn = olds is [var only]
                    ? only
                    : olds.Find(o => AreaNames.Bare(o.Name) == AreaNames.Bare(file[into.Key].Place.Name)) ?? olds.Find(o => o.Code == into.Key);
                if (goesOn is not null)
                    same[into.Key] = goesOn;
            }
            foreach (var code in file.Keys.Where(c => LevelOf(c) <= 3 && !same.ContainsKey(c)))
                if (tree.ByCode(code) is { } there && wholes.TrueForAll(m => m.Old != there))
                    same[code] = there;
            return SamePlaces.Find([.. file.Values.Select(f => f.Place)], before, same, wholes.Select(m => m.Old.AreaId));
        }

        private AreaVersion Version(LoadAreas.Place place, Dictionary<long, long> ids) =>
            new()
            {
                AreaId = ids[place.Code],
                FromDay = fromDay,
                Code = place.Code,
                Name = place.Name,
                ParentId = ids.TryGetValue(place.ParentCode, out var parent) ? parent : tree.ByCode(place.ParentCode)!.AreaId,
                Level = place.Level,
                Kind = place.Kind,
            };

        private long NewId(long code)
        {
            var id = code * 10;
            while (taken.Contains(id) || !made.Add(id))
                id++;
            return id;
        }

        private void Wrong(Row row, Label column, string value, string zh, string en) =>
            faults.Add(new(false, row.Number, column, value, new(zh, en)));

        private void Wrong(Step step, Label column, string value, string zh, string en) =>
            faults.Add(new(true, step.Number, column, value, new(zh, en)));

        private static long County(long code) => code / 1_000_000 * 1_000_000;
    }
}
