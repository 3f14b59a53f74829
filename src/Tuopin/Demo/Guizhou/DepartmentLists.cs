using System.Globalization;
using System.Runtime.InteropServices;
using Tuopin.Exchange;

namespace Tuopin.Demo.Guizhou;

/// <summary>A row of an invented list.</summary>
/// <param name="Person">Index of the member it is of; -1 where it is somebody of elsewhere, or a row that stood there before.</param>
internal sealed record ListEntry(int Person, string Name, string Number, int Birth, string Place)
{
    public string? Item { get; init; }

    /// <summary>In yuan; 0 is blank.</summary>
    public int Amount { get; init; }
    public int From { get; init; }

    /// <summary>0 while it holds.</summary>
    public int To { get; init; }
    public bool? Active { get; init; }

    /// <summary>A planted fault: written as it is held.</summary>
    public bool Planted { get; init; }
}

/// <param name="Kind">Key of code list record_kind.</param>
/// <param name="Department">Key of code list department: who gives it.</param>
/// <param name="NameTitle">What that department calls the name; the other titles are told apart as well.</param>
internal sealed record DepartmentSheet(string Kind, string Department, string Ending, string NameTitle, string NumberTitle, List<ListEntry> Rows)
{
    public string File => $"{Kind}.{Ending}";

    /// <summary>Of the first entry in the written sheet: notice and titles stand above.</summary>
    public const int FirstRow = 3;
}

/// <summary>
/// What departments would send: rolls that agree with the registry, and lists of what people own, hold or became, with those of the township whose entry has
/// ended. One row in twenty is written wrong, and some are of people from elsewhere.
/// </summary>
internal sealed class DepartmentLists
{
    private static readonly (string Kind, string Department, string Ending, string Name, string Number)[] Kinds =
    [
        ("car", "public_security", "xlsx", "车主", "身份证明号码"),
        ("large_machine", "agriculture", "csv", "机主", "身份证号"),
        ("town_housing", "natural_resources", "xlsx", "权利人", "证件号码"),
        ("shop", "natural_resources", "csv", "权利人", "证件号码"),
        ("building_land", "natural_resources", "csv", "权利人", "证件号码"),
        ("payroll", "finance", "xlsx", "姓名", "身份证号"),
        ("village_cadre", "organization", "csv", "姓名", "身份证号"),
        ("business", "market_regulation", "csv", "法定代表人", "身份证件号码"),
        ("big_grower", "agriculture", "xlsx", "姓名", "身份证号码"),
        ("employer", "agriculture", "csv", "姓名", "身份证号码"),
        ("death", "public_security", "csv", "姓名", "公民身份号码"),
        ("prison", "public_security", "csv", "姓名", "公民身份号码"),
        ("missing", "public_security", "csv", "姓名", "公民身份号码"),
        ("study_abroad", "education", "csv", "学生姓名", "身份证号"),
        ("commercial_pension", "insurer", "csv", "姓名", "证件号码"),
        ("subsistence_roll", "civil_affairs", "xlsx", "姓名", "身份证号"),
        ("destitute_roll", "civil_affairs", "csv", "姓名", "身份证号"),
        ("school_roll", "education", "csv", "学生姓名", "身份证件号码"),
        ("medical_roll", "medical_insurance", "csv", "参保人姓名", "证件号码"),
        ("disability_roll", "disabled_federation", "xlsx", "姓名", "身份证号"),
        ("dilapidated_roll", "housing", "csv", "姓名", "证件号码"),
        ("loan_roll", "bank", "xlsx", "姓名", "证件号码"),
        ("relocation_roll", "reform_commission", "csv", "姓名", "证件号码"),
        ("deposit_change", "bank", "csv", "姓名", "证件号码"),
        ("land_change", "natural_resources", "csv", "权利人", "证件号码"),
        ("vehicle_change", "public_security", "csv", "车主", "身份证明号码"),
    ];

    private readonly DemoCounty _county;

    private DepartmentLists(DemoCounty county)
    {
        _county = county;
        Sheets = [.. Kinds.Select(k => new DepartmentSheet(k.Kind, k.Department, k.Ending, k.Name, k.Number, []))];
    }

    public IReadOnlyList<DepartmentSheet> Sheets { get; }

    /// <summary>The lists of a population, and what is wrong with them on purpose; the population is changed where it is the record that is wrong.</summary>
    public static (DepartmentLists Lists, IReadOnlyList<ListFault> Faults) Make(DemoCounty county, bool faulty)
    {
        var lists = new DepartmentLists(county);
        var faults = new ListFaults(county, lists);
        if (faulty)
            faults.Choose();
        lists.Fill(faults);
        lists.Ended(faults);
        foreach (var (sheet, i) in lists.Sheets.Select((s, i) => (s, i)))
        {
            faults.AddTo(sheet);
            lists.Spoil(sheet, SplitMix.For(county.Seed, 10_000 + (ulong)i));
        }
        if (!faulty)
            lists.Doubt();
        return (lists, faults.Chosen);
    }

    private DepartmentSheet Sheet(string kind) => Sheets.First(s => s.Kind == kind);

    public ListEntry Entry(int person)
    {
        var household = _county.Population.Households[_county.Population.Persons[person].Household];
        var area = _county.VillageOf(household).Area;
        var who = _county.Population.Persons[person];
        return new(
            person,
            _county.Naming.Name(who),
            Naming.Id(Naming.Prefix(area.TownshipOrdinal), who),
            who.Birth,
            $"{_county.Set.County}{area.TownshipName}{area.Name}"
        );
    }

    // Rolls hold everybody of whom the registry says so, but those left out on purpose.
    private void Fill(ListFaults faults)
    {
        void Add(string kind, int person)
        {
            if (!faults.LeftOut(kind, person))
                Sheet(kind).Rows.Add(Entry(person) with { From = 2022_01_01 });
        }
        var persons = CollectionsMarshal.AsSpan(_county.Population.Persons);
        for (var i = 0; i < persons.Length; i++)
        {
            ref readonly var person = ref persons[i];
            if (person.Has(PersonFlags.Subsistence))
                Add("subsistence_roll", i);
            if (person.Has(PersonFlags.Destitute))
                Add("destitute_roll", i);
            if (person.InSchool)
                Add("school_roll", i);
            if (person.Has(PersonFlags.ResidentMedical) || person.Has(PersonFlags.EmployeeMedical))
                Add("medical_roll", i);
            if ((person.Health & Health.Disabled) != 0)
                Add("disability_roll", i);
        }
        foreach (var household in _county.Population.Measures.Where(m => m.Kind == MeasureKind.Finance).Select(m => m.Household).Distinct())
            Add("loan_roll", _county.Population.Households[household].FirstPerson);
        foreach (var household in _county.Population.Households)
            if (household.Move != Move.None)
                Add("relocation_roll", household.FirstPerson);
    }

    // Owned and sold, begun and ended: such rows are linked and no check fires. Of three lists any row means something, so they hold nobody of here.
    private void Ended(ListFaults faults)
    {
        var heads = _county.Population.Households.Where(h => !h.Registered && !faults.Uses(h)).Select(h => h.FirstPerson).ToList();
        foreach (var (sheet, i) in Sheets.Select((s, i) => (s, i)))
            if (sheet.Rows.Count == 0 && sheet.Kind is not ("village_cadre" or "death" or "missing"))
                foreach (var person in heads.Skip(i * 7).Take(6))
                    sheet.Rows.Add(
                        Entry(person) with
                        {
                            Item = "演示",
                            Amount = 12_000,
                            From = 2016_05_01,
                            To = 2020_05_01,
                            Active = sheet.Kind == "business" ? false : null,
                        }
                    );
    }

    // A few rows that only somebody who knows the people can decide, so that the review is not empty: the number is one household's, the name another's. They are
    // of what has ended, so that no check asks about them whoever they prove to be.
    private void Doubt()
    {
        var heads = _county.Population.Households.Where(h => !h.Registered).Select(h => h.FirstPerson).Reverse().ToList();
        foreach (var (kind, i) in new[] { "car", "business", "payroll" }.Select((k, i) => (k, i)))
        foreach (var pair in heads.Skip(i * 6).Take(6).Chunk(2).Where(p => p.Length == 2))
            Sheet(kind)
                .Rows.Insert(
                    0,
                    Entry(pair[0]) with
                    {
                        Person = -1,
                        Name = Entry(pair[1]).Name,
                        Item = "演示",
                        Amount = 12_000,
                        From = 2016_05_01,
                        To = 2020_05_01,
                        Active = kind == "business" ? false : null,
                    }
                );
    }

    // Slips as departments make them, rows that stand there twice, a sum at the end, and people of elsewhere.
    private void Spoil(DepartmentSheet sheet, SplitMix random)
    {
        var rows = CollectionsMarshal.AsSpan(sheet.Rows);
        foreach (ref var row in rows)
            if (!row.Planted && random.Chance(50))
                row = Slip(ref random, row);
        var here = sheet.Rows.Count;
        for (var i = 0; i < here / 100; i++)
            sheet.Rows.Add(sheet.Rows[random.Below(here)] with { Person = -1 });
        for (var i = 0; i < 2 + here / 12; i++)
            sheet.Rows.Add(Stranger(ref random));
        sheet.Rows.Add(new(-1, "", "", 0, "合计"));
    }

    private static ListEntry Slip(ref SplitMix random, ListEntry row)
    {
        switch (random.Below(5))
        {
            // One digit of the sequence misread, so that the check digit is wrong too.
            case 0:
                var at = random.Between(14, 16);
                var digit = (char)('0' + (row.Number[at] - '0' + random.Between(1, 9)) % 10);
                return row with { Number = row.Number[..at] + digit + row.Number[(at + 1)..] };
            case 1:
                return row with { Number = "" };
            case 2:
                return row with { Name = string.Join(' ', row.Name.AsEnumerable()) };
            // A certificate of the disabled: two digits more.
            case 3:
                return row with { Number = row.Number + "43" };
            default:
                return row with { Name = row.Name[..^1] + (row.Name[^1] == '明' ? '民' : '明') };
        }
    }

    private ListEntry Stranger(ref SplitMix random)
    {
        var person = new DemoPerson
        {
            Male = random.Chance(500),
            Birth = random.Between(1950, 2004) * 10000 + random.Between(1, 12) * 100 + random.Between(1, 28),
            Surname = _county.Naming.DrawSurname(ref random),
        };
        _county.Naming.DrawGiven(ref random, ref person);
        person.IdSequence = (ushort)(random.Below(400) * 2 + (person.Male ? 1 : 2));
        return new(-1, _county.Naming.Name(person), Naming.Id(Naming.Prefix(ElsewhereOrdinal), person), person.Birth, "外县演示镇");
    }

    /// <summary>Prefix 290399: of no township of a demo.</summary>
    private const int ElsewhereOrdinal = 98;

    /// <summary>Writes them into a folder beside the other files and returns their paths.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var sheet in Sheets)
        {
            string[] titles = [sheet.NameTitle, sheet.NumberTitle, "出生日期", "住址", "项目", "金额", "登记日期", "终止日期", "在营"];
            using var writer = SheetWriter.Create(Path.Combine(folder, sheet.File), sheet.Kind);
            writer.WriteRow([new OutCell(DemoFiles.Notice, CellLook.Title)]);
            writer.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);
            foreach (var row in sheet.Rows)
                writer.WriteRow([
                    new(row.Name, CellLook.Text),
                    new(row.Number, CellLook.Text),
                    new(DemoSheet.Day(row.Birth), CellLook.Text),
                    new(row.Place, CellLook.Text),
                    new(row.Item, CellLook.Text),
                    new(row.Amount == 0 ? null : row.Amount.ToString(CultureInfo.InvariantCulture), CellLook.Number),
                    new(DemoSheet.Day(row.From), CellLook.Text),
                    new(DemoSheet.Day(row.To), CellLook.Text),
                    new(row.Active is { } active ? Labels.YesNo(active) : null, CellLook.Text),
                ]);
        }
    }
}
