using System.Runtime.InteropServices;
using Tuopin.Registry;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>A finding about a household as a whole. An error keeps out every row in <see cref="Rows"/>.</summary>
public sealed record HouseholdFinding(string Household, RowError Error, IReadOnlyList<int> Rows);

/// <summary>
/// Checks what only several rows together show (national checks 1, 7-11, 13, 16, 17). Feed it every row, refused ones too, since a head with a wrong
/// number is still a head; rows of a household need not stand together. Holds some 20 bytes for each person.
/// </summary>
public sealed class HouseholdStructure
{
    private static readonly string[] Female =
    [
        "daughter",
        "daughter_in_law",
        "granddaughter",
        "mother",
        "wifes_mother",
        "husbands_mother",
        "grandmother",
    ];
    private static readonly string[] Male = ["son", "son_in_law", "grandson", "father", "wifes_father", "husbands_father", "grandfather"];

    /// <summary>Whether a relation to the head can be that of somebody of a sex (check 11).</summary>
    public static bool Fits(string relation, long? sex) =>
        sex switch
        {
            1 => !Female.Contains(relation),
            2 => !Male.Contains(relation),
            _ => true,
        };

    private readonly ColumnPlan plan;
    private readonly string sheet;
    private readonly int today;
    private readonly int household;
    private readonly int year;
    private readonly int person;
    private readonly int relation;
    private readonly int sex;
    private readonly int birth;
    private readonly bool persons;
    private readonly int[] measure;
    private readonly CodeList? relations;
    private readonly HashSet<long> female;
    private readonly HashSet<long> male;
    private readonly Dictionary<string, List<Member>> members = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> citizens = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    private readonly record struct Member(int Row, int Birth, short Relation, byte Sex, bool Refused);

    public HouseholdStructure(ColumnPlan plan, string sheetName, ReadOptions options)
    {
        this.plan = plan;
        sheet = sheetName;
        today = DayNumber.Of(options.DataDay);
        household = plan.IndexOf(Targets.HouseholdNo) is >= 0 and var national ? national : plan.IndexOf(Targets.HouseholdProvisionalNo);
        year = plan.IndexOf(Targets.Year);
        person = plan.IndexOf(Targets.PersonNo);
        relation = plan.IndexOf("person.relation");
        sex = plan.IndexOf("person.sex");
        birth = plan.IndexOf("person.birth");
        persons = plan.Mapping.Kind == SheetKind.Persons;
        measure = [household, person, year, .. new[] { Targets.From, "measure.from_day", "measure.kind", "measure.item" }.Select(plan.IndexOf)];
        relations = relation < 0 ? null : plan.Columns[relation].Target.Fact!.Type.List;
        female = Numbers(Female);
        male = Numbers(Male);
    }

    /// <summary>Takes a row; what is wrong with it beside earlier rows, and its relation, is added to its errors.</summary>
    public void Add(ReadRow row)
    {
        if (row.IsTotal)
            return;
        if (!persons)
        {
            if (plan.Mapping.Kind == SheetKind.Measures)
                Twice(
                    row,
                    household,
                    string.Join('/', measure.Select(c => row[c] is { } v ? v.Text ?? $"{v.Number}" : "")),
                    ImportRules.MeasureTwice
                );
            if (plan.Mapping.Kind is SheetKind.Households or SheetKind.UnregisteredHouseholds && row[household]?.Text is { } number)
                Twice(row, household, $"{number}/{row[year]?.Number}", ImportRules.HouseholdTwice);
            return;
        }
        CheckDuplicates(row);
        CheckRelation(row);
        if (row[household]?.Text is not { } no)
            return;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(members, no, out _);
        list ??= new List<Member>(4);
        list.Add(
            new Member(row.Number, (int)(row[birth]?.Number ?? 0), (short)(row[relation]?.Number ?? 0), (byte)(row[sex]?.Number ?? 0), row.Refused)
        );
    }

    /// <summary>After the last row: what is wrong with each household as a whole.</summary>
    public IEnumerable<HouseholdFinding> Finish()
    {
        if (relations is null)
            yield break;
        var head = Number("head");
        var spouse = Number("spouse");
        foreach (var (no, list) in members)
        {
            var heads = list.FindAll(m => m.Relation == head);
            var spouses = list.FindAll(m => m.Relation == spouse);
            if (heads.Count == 0)
                yield return Whole(no, list, ImportRules.HeadMissing, list[0]);
            else if (heads.Count > 1)
                yield return Whole(no, list, ImportRules.HeadSeveral, heads[1]);
            else if (heads[0].Refused && list.Count > 1)
                yield return Whole(no, list, ImportRules.HeadRefused, heads[0]);
            if (spouses.Count > 1)
                yield return Whole(no, list, ImportRules.SpouseSeveral, spouses[1]);
            if (heads is [{ Sex: 1 or 2 } one] && spouses is [var other] && one.Sex == other.Sex)
                yield return Whole(no, list, ImportRules.CoupleSameSex, other);
            if (heads is [{ Birth: > 0 } first])
                foreach (var finding in Ages(no, list, first))
                    yield return finding;
        }
    }

    private IEnumerable<HouseholdFinding> Ages(string no, List<Member> list, Member head)
    {
        foreach (var member in list)
        {
            if (member.Birth == 0 || relations!.Find(member.Relation) is not { } entry)
                continue;
            // Fourteen years in yyyyMMdd is a difference of 140000.
            var gap = entry.Key switch
            {
                "son" or "daughter" => member.Birth - head.Birth,
                "father" or "mother" => head.Birth - member.Birth,
                _ => int.MaxValue,
            };
            if (gap < 14_0000)
                yield return new HouseholdFinding(no, Error(ImportRules.ParentAge, member.Row, birth, "", entry.Label.Zh), []);
        }
    }

    private HouseholdFinding Whole(string no, List<Member> list, ImportRule rule, Member at) =>
        new(no, Error(rule, at.Row, relation, Label(at.Relation), no), [.. list.Select(m => m.Row)]);

    private void CheckDuplicates(ReadRow row)
    {
        if (row[person]?.Text is { } number)
            Twice(row, person, number, ImportRules.MemberTwice);
        var id = row.Identity;
        if (id.Kind is not (IdentityKind.Citizen or IdentityKind.Disability))
            return;
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(citizens, Pack(id.Text), out var known);
        if (!known)
            first = row.Number;
        else
            row.Errors.Add(Error(ImportRules.IdDuplicate, row.Number, plan.IndexOf(Targets.PersonId), Masking.Number(id.Text), $"{first}"));
    }

    private void Twice(ReadRow row, int column, string key, ImportRule rule)
    {
        if (!numbers.TryAdd(key, row.Number))
            row.Errors.Add(Error(rule, row.Number, column, Masking.InText(row[column]?.Text), $"{numbers[key]}"));
    }

    private void CheckRelation(ReadRow row)
    {
        if (row[relation] is not { } code)
            return;
        var stated = row[sex]?.Number;
        if (stated == 1 && female.Contains(code.Number) || stated == 2 && male.Contains(code.Number))
            row.Errors.Add(Error(ImportRules.RelationSex, row.Number, relation, Label(code.Number), Label(code.Number)));
        var legal = stated switch
        {
            1 => 22_0000,
            2 => 20_0000,
            _ => 0,
        };
        if (code.Number == Number("spouse") && row[birth] is { } born && legal > 0 && today - born.Number < legal)
            row.Errors.Add(Error(ImportRules.SpouseAge, row.Number, birth, CellFormat.Show(plan.Columns[birth].Target, born)));
    }

    private RowError Error(ImportRule rule, int row, int column, string value, string first = "") =>
        new(rule, sheet, row, column < 0 ? -1 : plan.Columns[column].Positions[0], column < 0 ? "" : plan.Columns[column].Title, value, first);

    private string Label(long code) => relations?.Find(code)?.Label.Zh ?? "";

    private long Number(string key) => relations?.Entries.FirstOrDefault(e => e.Key == key)?.Number ?? -1;

    private HashSet<long> Numbers(string[] keys) => [.. keys.Select(Number).Where(n => n >= 0)];

    /// <summary>The first 18 characters as one number: 17 digits and the check digit 0-10.</summary>
    private static long Pack(ReadOnlySpan<char> text)
    {
        var number = 0L;
        foreach (var digit in text[..17])
            number = number * 10 + (digit - '0');
        return number * 11 + (text[17] == 'X' ? 10 : text[17] - '0');
    }
}
