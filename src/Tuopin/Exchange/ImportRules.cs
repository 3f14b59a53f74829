using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>An error keeps the row out; a warning lets it in and becomes work.</summary>
public enum Severity : byte
{
    Error,
    Warning,
}

/// <summary>
/// One thing an import checks. <see cref="Id"/> is permanent; {0} and {1} in the texts are filled in by the finding. <see cref="Check"/> is the
/// number of the national data check it stands for, 0 if it is ours.
/// </summary>
public sealed record ImportRule(string Id, Severity Severity, string Zh, string En, int Check = 0);

/// <summary>Every rule of reading, in the order of docs/import.md.</summary>
public static class ImportRules
{
    public static readonly ImportRule CellFormula = Error(
        "cell-formula",
        "公式没有保存结果，请打开后重新保存，或粘贴为数值",
        "a formula without a stored result; open and save the file, or paste as values"
    );
    public static readonly ImportRule CellError = Error("cell-error", "单元格是错误值", "the cell holds an error value");
    public static readonly ImportRule Required = Error("required", "必填项为空", "required, but blank");
    public static readonly ImportRule NotStated = Warning("not-stated", "没有填写，按“未说明”导入", "left blank: loaded as not stated");
    public static readonly ImportRule CodeUnknown = Error("code-unknown", "不在“{0}”的取值范围内{1}", "not a value of '{0}'{1}");
    public static readonly ImportRule CodeNumber = Error(
        "code-number",
        "是代码编号，但对照文件没有说明“{0}”的编号来源",
        "a code number, but the mapping names no source for the numbers of '{0}'"
    );
    public static readonly ImportRule Bool = Error("bool", "应填“是”或“否”", "should be yes or no (是 or 否)");
    public static readonly ImportRule Number = Error("number", "不是数字", "not a number");
    public static readonly ImportRule NumberDecimals = Error("number-decimals", "小数最多 {0} 位", "at most {0} decimals");
    public static readonly ImportRule Range = Error("range", "超出范围 {0} 至 {1}", "outside {0} to {1}");
    public static readonly ImportRule Date = Error(
        "date",
        "不是日期（可写 2019-05-01、2019/5/1、20190501）",
        "not a date (2019-05-01, 2019/5/1 or 20190501)"
    );
    public static readonly ImportRule Year = Error("year", "不是四位年份", "not a year of four digits");
    public static readonly ImportRule YearNeeded = Error(
        "year-needed",
        "没有填写年度：按数据日期，“{0}”与其他列不属于同一年度",
        "no year is given, and on the data date '{0}' belongs to another year than the rest of the row"
    );
    public static readonly ImportRule TextLong = Error("text-long", "超过 {0} 个字", "longer than {0} characters");
    public static readonly ImportRule TextControl = Error("text-control", "含有不能保存的控制字符", "holds control characters that cannot be stored");
    public static readonly ImportRule NumberAsFloat = Error(
        "number-as-float",
        "编号被存成了数值，15 位以后已丢失，请改为文本重新填写",
        "the number was stored as a numeric value and has lost digits; enter it again as text"
    );
    public static readonly ImportRule AreaMissing = Error("area-missing", "没有填写{0}", "no {1} is given");
    public static readonly ImportRule AreaGroup = Warning("area-group", "“{0}”没有这个组，将新建{1}", "'{0}' has no such group: it is added{1}");
    public static readonly ImportRule AreaUnknown = Error("area-unknown", "在“{0}”下没有这个地名{1}", "no such place under '{0}'{1}");
    public static readonly ImportRule AreaAmbiguous = Error(
        "area-ambiguous",
        "在“{0}”下有多个地名与之相符：{1}",
        "several places under '{0}' match: {1}"
    );
    public static readonly ImportRule AreaOutside = Error("area-outside", "不在“{0}”范围内", "outside '{0}'");
    public static readonly ImportRule ScopeOutside = Error(
        "scope-outside",
        "不在您的管辖范围内：所填的村，或系统中已有的户、人、住房，属于别处",
        "outside your area: the village stated, or the household, person or house held, is elsewhere"
    );
    public static readonly ImportRule RoundClosed = Error(
        "round-closed",
        "数据日期属于该地已结束的一轮工作（年度动态调整、回头看等），不能再改：请核对数据日期",
        "the day the data is of belongs to a round of that area that is closed: nothing is changed in it any more; is the data date right?"
    );
    public static readonly ImportRule AreaKind = Warning("area-kind", "按“{0}”处理：名称后缀不同", "taken as '{0}', whose ending differs");
    public static readonly ImportRule IdDuplicate = Error("id-duplicate", "证件号码与第 {0} 行重复", "the number repeats that of row {0}", 1);
    public static readonly ImportRule IdLength = Error("id-length", "证件号码不是 18、20 或 22 位", "the number has not 18, 20 or 22 characters", 2);
    public static readonly ImportRule IdChecksum = Error("id-checksum", "证件号码校验位不对", "the check digit of the number is wrong", 3);
    public static readonly ImportRule IdBirthYear = Error(
        "id-birth-year",
        "证件号码中的出生日期不成立",
        "the birth date in the number is impossible",
        4
    );
    public static readonly ImportRule IdNone = Warning("id-none", "无证件号码（999999 占位）", "no number (placeholder 999999)", 5);
    public static readonly ImportRule IdSex = Error("id-sex", "性别与证件号码第 17 位不一致", "the sex differs from the 17th digit of the number", 6);
    public static readonly ImportRule IdBirth = Error("id-birth", "出生日期与证件号码不一致", "the birth date differs from the number", 6);
    public static readonly ImportRule IdArea = Warning("id-area", "证件号码前六位不是已知的县级代码", "the first six digits are no known county");
    public static readonly ImportRule IdUpgraded = Warning("id-upgraded", "15 位号码已升为 18 位", "a number of 15 digits was upgraded to 18");
    public static readonly ImportRule HeadMissing = Error("head-missing", "户 {0} 没有户主", "household {0} has no head", 7);
    public static readonly ImportRule HeadSeveral = Error("head-several", "户 {0} 有多名户主", "household {0} has several heads", 8);
    public static readonly ImportRule HeadRefused = Error(
        "head-refused",
        "户 {0} 的户主行有错误，全户不导入",
        "the head of household {0} is refused, and with it the household"
    );
    public static readonly ImportRule SpouseSeveral = Error("spouse-several", "户 {0} 有多名配偶", "household {0} has several spouses", 9);
    public static readonly ImportRule CoupleSameSex = Error(
        "couple-same-sex",
        "户 {0} 的户主与配偶性别相同",
        "head and spouse of household {0} have the same sex",
        10
    );
    public static readonly ImportRule RelationSex = Error("relation-sex", "与户主关系“{0}”与性别不符", "the relation '{0}' does not fit the sex", 11);
    public static readonly ImportRule MemberTwice = Error("member-twice", "人口编号与第 {0} 行重复", "the person number repeats that of row {0}", 13);
    public static readonly ImportRule HouseholdTwice = Error(
        "household-twice",
        "户编号与第 {0} 行重复",
        "the household number repeats that of row {0}",
        13
    );
    public static readonly ImportRule MeasureTwice = Error("measure-twice", "与第 {0} 行是同一项措施", "the same measure as row {0}");
    public static readonly ImportRule MemberRefused = Error(
        "member-refused",
        "同户第 {0} 行不能导入，而其成员尚未在册，全户不导入",
        "row {0} of the household is refused and its member is not held yet: nobody of the household is loaded"
    );
    public static readonly ImportRule RowTwice = Error("row-twice", "与第 {0} 行说的是同一件事", "says again what row {0} says");
    public static readonly ImportRule RowRepeated = Warning("row-repeated", "与第 {0} 行相同，只导入一次", "the same as row {0}, loaded once");
    public static readonly ImportRule HouseSecond = Error(
        "house-second",
        "本户在第 {0} 行已有另一处现住房",
        "row {0} puts the household into another house"
    );
    public static readonly ImportRule DaysReversed = Error("days-reversed", "结束早于开始（{0}）", "ends before it begins ({0})");
    public static readonly ImportRule SubjectUnknown = Error(
        "subject-unknown",
        "系统中没有这一户或这个人，请先导入",
        "a household or person we do not hold; import it first"
    );
    public static readonly ImportRule Outdated = Error(
        "outdated",
        "比系统中的记录旧：要改的内容在数据日期之后已有更新",
        "older than what is held: what it would change began or was stated after the data date"
    );
    public static readonly ImportRule Conflict = Error(
        "conflict",
        "人口编号或证件号码在系统中属于另一个人",
        "the national number or the ID number is held for somebody else"
    );
    public static readonly ImportRule IdCorrected = Warning(
        "id-corrected",
        "证件号码与系统中的不同，姓名相同，按更正处理",
        "another ID number than the one held under the same name: taken as a correction"
    );
    public static readonly ImportRule ParentAge = Warning("parent-age", "与“{0}”的年龄相差不足 14 岁", "less than 14 years from '{0}'", 16);
    public static readonly ImportRule SpouseAge = Warning(
        "spouse-age",
        "配偶未到法定婚龄（男 22、女 20 周岁）",
        "the spouse is under the legal age (22 for men, 20 for women)",
        17
    );
    public static readonly ImportRule TotalRow = Warning("total-row", "合计行，未导入", "a row of totals, not imported");

    /// <summary>All rules, for the register and the documentation test.</summary>
    public static IReadOnlyList<ImportRule> All { get; } =
    [.. typeof(ImportRules).GetFields().Where(f => f.FieldType == typeof(ImportRule)).Select(f => (ImportRule)f.GetValue(null)!)];

    private static ImportRule Error(string id, string zh, string en, int check = 0) => new(id, Severity.Error, zh, en, check);

    private static ImportRule Warning(string id, string zh, string en, int check = 0) => new(id, Severity.Warning, zh, en, check);
}

/// <summary>One finding about one cell (or, with column -1, about the row). The value is masked already.</summary>
public sealed record RowError(ImportRule Rule, string Sheet, int Row, int Column, string Title, string Value, string First = "", string Second = "")
{
    public bool IsError => Rule.Severity == Severity.Error;

    /// <summary>What is wrong, in both languages.</summary>
    public Label Message =>
        new(string.Format(CultureInfo.InvariantCulture, Rule.Zh, First, Second), string.Format(CultureInfo.InvariantCulture, Rule.En, First, Second));

    /// <summary>One line for the terminal: sheet, row, column, value, rule, message.</summary>
    public override string ToString() => $"{Sheet} 第{Row}行 {Title} [{Value}] {Rule.Id}: {Message.Zh}";
}

/// <summary>Masks personal numbers before they reach a report: whole cells of personal columns, and any long number in the others.</summary>
public static class Masking
{
    private const int LongRun = 11;

    /// <summary>The first three and last two characters of a number; all of a short one is hidden.</summary>
    public static string Number(ReadOnlySpan<char> text) =>
        text.Length < LongRun ? new string('*', text.Length) : string.Concat(text[..3], new string('*', text.Length - 5), text[^2..]);

    /// <summary>The text with every number of eleven or more digits masked, also one written in groups, cut to a length fit for a report.</summary>
    public static string InText(ReadOnlySpan<char> text)
    {
        var shown = (text.Length > 80 ? string.Concat(text[..80], "…") : text.ToString()).ToCharArray();
        for (var start = 0; start < shown.Length; start++)
        {
            if (!IsDigit(shown[start]))
                continue;
            var digits = new List<int>();
            var end = start;
            for (; end < shown.Length && (IsDigit(shown[end]) || IsBetween(shown, end)); end++)
                if (IsDigit(shown[end]))
                    digits.Add(end);
            if (digits.Count >= LongRun)
                foreach (var at in digits[3..^2])
                    shown[at] = '*';
            start = end;
        }
        return new(shown);
    }

    private static bool IsDigit(char c) => char.IsDigit(c) || c is 'x' or 'X';

    // 530326 1965 0412 003X and 530326-19650412-003X are one number each.
    private static bool IsBetween(char[] text, int at) =>
        text[at] is ' ' or '\u3000' or '\u00A0' or '-' or '－' or '–' or '_' && at + 1 < text.Length && IsDigit(text[at + 1]);
}
