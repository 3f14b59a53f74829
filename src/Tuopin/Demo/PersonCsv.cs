using System.Globalization;
using System.Text;

namespace Tuopin.Demo;

/// <summary>Writes members in the 47 columns of the national person export, row by row through one buffer.</summary>
internal sealed class PersonCsv : IDisposable
{
    public static readonly string[] Header =
    [
        "省",
        "市",
        "县",
        "乡",
        "村",
        "户编号",
        "人口编号",
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "证件号码",
        "民族",
        "户联系电话",
        "成员联系电话",
        "年度",
        "与户主关系",
        "文化程度",
        "在校生状况",
        "劳动技能",
        "务工时间（月）",
        "健康状况",
        "政治面貌",
        "务工企业名称",
        "是否享受低保",
        "是否参加城镇职工基本养老保险",
        "是否参加大病保险",
        "是否参加新型农村合作医疗（城乡居民基本医疗保险）",
        "是否参加城乡居民基本养老保险",
        "失学或辍学原因",
        "是否会讲普通话",
        "是否参加商业补充医疗保险",
        "是否国外务工",
        "产业分类",
        "是否接受大病医疗救助",
        "是否接受其他健康扶贫",
        "公益性岗位类型",
        "公益性岗位(月数)",
        "就业渠道",
        "残疾类别",
        "务工所在地",
        "户主姓名",
        "户主证件号码",
        "是否参加城镇职工基本医疗保险",
        "是否特困供养人员",
        "残疾证办证年度",
        "识别标准",
    ];

    private readonly DemoCounty _county;
    private readonly StreamWriter _out;
    private readonly bool _shortNames;
    private readonly string _year;
    private readonly char[] _row = new char[2048];
    private int _at;

    /// <param name="county">The population.</param>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Of the file.</param>
    /// <param name="shortNames">Writes 青云村 for 青云村委会, as many villages do.</param>
    public PersonCsv(DemoCounty county, string path, Encoding encoding, bool shortNames)
    {
        _county = county;
        _shortNames = shortNames;
        _year = DemoSheet.Count(county.Set.Year);
        _out = new StreamWriter(File.Create(path), encoding, 1 << 16);
        _out.Write(DemoFiles.Notice);
        _out.Write("\r\n");
        _out.Write(string.Join(',', Header));
        _out.Write("\r\n");
    }

    public void Dispose() => _out.Dispose();

    public void Write(in DemoHousehold household)
    {
        var area = _county.VillageOf(household).Area;
        var village = _shortNames ? area.Name.Replace("村委会", "村", StringComparison.Ordinal) : area.Name;
        var place = $"{_county.Set.Province},{_county.Set.City},{_county.Set.County},{area.TownshipName},{village},";
        var number = Naming.HouseholdNumber(area, household);
        var members = _county.MembersOf(household);
        var prefix = Naming.Prefix(area.TownshipOrdinal);
        var head = _county.Naming.Name(members[0]);
        var headDocument = Naming.Document(prefix, members[0]);
        for (var i = 0; i < members.Length; i++)
        {
            ref readonly var member = ref members[i];
            _at = 0;
            Raw(place);
            Cell(number);
            if (household.Registered)
            {
                Raw(number);
                Digits(i + 1, 2);
            }
            Comma();
            WriteIdentity(member, prefix, members[0].Phone);
            WriteConditions(member, household);
            WriteWork(member);
            Cell(head);
            Cell(headDocument);
            Flag(member, PersonFlags.EmployeeMedical);
            Flag(member, PersonFlags.Destitute);
            Number(member.DisabilityYear);
            Raw(household.Registered ? "国家标准\r\n" : "\r\n");
            _out.Write(_row.AsSpan(0, _at));
        }
    }

    private void WriteIdentity(in DemoPerson member, int prefix, uint householdPhone)
    {
        _at += _county.Naming.WriteName(_row.AsSpan(_at), member);
        Comma();
        Cell(member.Male ? "男" : "女");
        Day(member.Birth);
        Cell(member.DisabilityClass == 0 ? "居民身份证(户口簿)" : "残疾人证");
        Naming.WriteId(_row.AsSpan(_at, 18), prefix, member);
        _at += 18;
        if (member.DisabilityClass > 0)
            Digits(member.DisabilityClass * 10 + member.DisabilityGrade, 2);
        Comma();
        Cell(Labels.Ethnic[member.Ethnic]);
        Phone(householdPhone);
        Phone(member.Phone);
        Cell(_year);
        Cell(Labels.Relation[(int)member.Relation]);
    }

    private void WriteConditions(in DemoPerson member, in DemoHousehold household)
    {
        Cell(Labels.Education[(int)member.Education]);
        Cell(Labels.School[(int)member.School]);
        Cell(Labels.Labour[(int)member.Labour]);
        Digits(member.WorkMonths, member.WorkMonths > 9 ? 2 : 1);
        Comma();
        // two states in one cell are joined by a comma, so the cell is quoted
        var health = Labels.Health(member.Health);
        if (health.Contains(',', StringComparison.Ordinal))
            Cell($"\"{health}\"");
        else
            Cell(health);
        Cell(Labels.Politics[member.Politics]);
        Cell(member.WorkMonths > 0 ? WorkPlaces.Employers[1 + (member.Phone + member.WorkPlace) % (WorkPlaces.Employers.Length - 1)] : "");
        Flag(member, PersonFlags.Subsistence);
        Flag(member, PersonFlags.EmployeePension);
        Flag(member, PersonFlags.SeriousIllnessInsured);
        Flag(member, PersonFlags.ResidentMedical);
        Flag(member, PersonFlags.ResidentPension);
        Cell(Labels.LeavingReason[(int)member.LeavingReason]);
        Flag(member, PersonFlags.Mandarin);
        Flag(member, PersonFlags.CommercialMedical);
        Cell(member.WorkMonths > 0 ? "否" : "");
    }

    private void WriteWork(in DemoPerson member)
    {
        Cell(Labels.Industry[member.Industry]);
        Flag(member, PersonFlags.SeriousIllnessAid);
        Flag(member, PersonFlags.OtherHealthHelp);
        Cell(Labels.PublicPost[member.PublicPost]);
        Number(member.PublicPostMonths);
        Cell(Labels.Channel[member.Channel]);
        Cell(Labels.DisabilityClass[member.DisabilityClass]);
        Cell(WorkPlaces.Name(_county.Set, member.WorkPlace));
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        text.CopyTo(_row.AsSpan(_at));
        _at += text.Length;
    }

    private void Comma() => _row[_at++] = ',';

    private void Cell(ReadOnlySpan<char> text)
    {
        Raw(text);
        Comma();
    }

    private void Flag(in DemoPerson member, PersonFlags flag) => Cell(member.Has(flag) ? "是" : "否");

    /// <summary>Blank for 0.</summary>
    private void Number(int value)
    {
        if (value > 0)
        {
            value.TryFormat(_row.AsSpan(_at), out var written, default, CultureInfo.InvariantCulture);
            _at += written;
        }
        Comma();
    }

    private void Digits(int value, int count)
    {
        for (var i = count - 1; i >= 0; i--, value /= 10)
            _row[_at + i] = (char)('0' + value % 10);
        _at += count;
    }

    private void Day(int day)
    {
        Digits(day / 10000, 4);
        _row[_at++] = '-';
        Digits(day / 100 % 100, 2);
        _row[_at++] = '-';
        Digits(day % 100, 2);
        Comma();
    }

    private void Phone(uint number)
    {
        if (number > 0)
        {
            Raw("120");
            Digits((int)number, 8);
        }
        Comma();
    }
}
