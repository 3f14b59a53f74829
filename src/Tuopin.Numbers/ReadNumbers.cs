using System.Globalization;
using System.Text.RegularExpressions;

namespace Tuopin.Numbers;

/// <summary>Reads every number of a running text in Chinese or English: digits of either width, Chinese numerals, 万 and 亿, fractions, ranges.</summary>
public static partial class ReadNumbers
{
    /// <summary>Characters of a text that are read; a report of 30 pages has about 30,000.</summary>
    public const int Longest = 500_000;

    /// <exception cref="ArgumentException">The text is longer than <see cref="Longest"/>.</exception>
    public static Passage In(string text)
    {
        if (text.Length > Longest)
            throw new ArgumentException("the text is too long", nameof(text));
        var plain = Halve(text);
        var found = new SortedDictionary<int, NumberInText>();
        var taken = new bool[plain.Length];
        foreach (var (pattern, role) in Noise)
        foreach (Match match in pattern.Matches(plain))
            if (!AnyTaken(taken, match.Index, match.Length))
                Add(found, taken, Noted(text, plain, match.Index, match.Length, role));
        foreach (Match match in Fraction().Matches(plain))
            if (!AnyTaken(taken, match.Index, match.Length) && FractionOf(text, plain, match) is { } fraction)
                Add(found, taken, fraction);
        foreach (Match match in Arabic().Matches(plain))
            if (!AnyTaken(taken, match.Index, match.Length) && FigureOf(text, plain, match) is { } figure)
                Add(found, taken, figure);
        foreach (Match match in Numeral().Matches(plain))
            if (!AnyTaken(taken, match.Index, match.Length) && NumeralOf(text, plain, match) is { } figure)
                Add(found, taken, figure);
        return Arrange(text, plain, [.. found.Values.Select((n, i) => n with { Index = i })]);
    }

    /// <summary>Half-width letters, digits and marks, one for one, so that places stay the same.</summary>
    internal static string Halve(string text) =>
        string.Create(
            text.Length,
            text,
            static (to, from) =>
            {
                for (var i = 0; i < from.Length; i++)
                    to[i] = from[i] switch
                    {
                        >= '！' and <= '～' => (char)(from[i] - '！' + '!'),
                        '\u3000' or '\u00A0' or '\t' or '\r' => ' ',
                        '﹪' => '%',
                        '〔' or '［' => '[',
                        '〕' or '］' => ']',
                        '–' or '—' or '−' or '－' => '-',
                        var c => c,
                    };
            }
        );

    // In this order: what is taken first is nothing else.
    private static readonly (Regex Pattern, NumberRole Role)[] Noise =
    [
        (Address(), NumberRole.Code),
        (DocumentNumber(), NumberRole.Code),
        (Phone(), NumberRole.Code),
        (LongCode(), NumberRole.Code),
        (Dates(), NumberRole.Date),
        (Clock(), NumberRole.Time),
        (Ordinal(), NumberRole.Ordinal),
        (Heading(), NumberRole.Ordinal),
        (Quoted(), NumberRole.Name),
        (Year(), NumberRole.Date),
        (Word(), NumberRole.Code),
    ];

    [GeneratedRegex(@"(?:https?://|www\.)[A-Za-z0-9._~/?#=&%:+-]{1,500}|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}\.\w{2,10}")]
    private static partial Regex Address();

    [GeneratedRegex(@"[\[(【]\d{4}[\])】]\s*第?\d{1,5}号?|(?<!\d)第?\d{1,5}号文|\bNo\.\s*\d+|[A-Z]{1,4}/?T?\s?\d+(?:\.\d+)*-\d{4}")]
    private static partial Regex DocumentNumber();

    [GeneratedRegex(
        @"(?<!\d)(?:\d{3,4}-\d{3,4}-\d{3,4}|0\d{2,3}-\d{7,8}|1[3-9]\d{9}|400\d{7})(?!\d)|(?<=(?:电话|热线|传真|邮编|账号|浏览|点击|阅读|phone|tel)\D{0,4})\d[\d-]*"
    )]
    private static partial Regex Phone();

    [GeneratedRegex(@"(?<![\d.])\d{11,}[Xx]?(?![\d.]|\s*[户人元名%亩])")]
    private static partial Regex LongCode();

    [GeneratedRegex(
        """
            (?<!\d)(?:19|20)\d{2}\s*[-./]\s*\d{1,2}\s*[-./]\s*\d{1,2}(?!\d)
            |(?<!\d)(?:19|20)\d{2}\s?[-~至]\s?(?:19|20)\d{2}(?!\d)年?
            |(?<![\d.])(?:19|20)\d{2}年(?:\d{1,2}月(?:\d{1,2}[日号])?|度)?
            |(?<![\d.])\d{1,2}月\d{1,2}[日号](?:\s?[-~至]\s?(?:\d{1,2}月)?\d{1,2}[日号])?
            |(?<![\d.])\d{1,2}(?:[-~至、]\d{1,2})?月
            |(?<=[月、日号]\D{0,3})\d{1,2}[日号]
            |[零〇一二三四五六七八九]{4}年|[一二三四五六七八九十]{1,2}月(?=底|末|初|份|前|[一二三四五六七八九十]|,|。)
            |\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{1,2}(?:,\s*\d{4})?
            |\b(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)(?:\s+\d{4})?\b
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Dates();

    [GeneratedRegex(@"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}[时点]\d{1,2}分")]
    private static partial Regex Clock();

    [GeneratedRegex(
        @"第\s?(?:\d+|[一二三四五六七八九十百]+)\s?[\p{IsCJKUnifiedIdeographs}]?|共\s?\d+\s?页|(?<!\d)\d{1,2}档(?!卡)|(?<!\d)\d{1,2}类地区|(?<!\d)\d{1,4}强|\b(?:page|article|section|chapter|item|table|figure|step|no)\s+\d+(?:\.\d+)*|\b\d+(?:st|nd|rd|th)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Ordinal();

    [GeneratedRegex(
        @"(?<=^|\n)[ #>*-]*\d{1,3}(?:\.\d{1,2})*[、.)](?!\d)|\(\s?(?:\d{1,2}|[一二三四五六七八九十]+)\s?\)(?!\s?%)|(?<=^|\n)[ #]*[一二三四五六七八九十]+、|[一二三四五六七八九十]+是(?=\p{IsCJKUnifiedIdeographs})"
    )]
    private static partial Regex Heading();

    // Names of campaigns stand in quotation marks and count nothing. A quoted text with 户, 人 or % is said by somebody.
    [GeneratedRegex(@"[“""「《][^”""」》\n]{0,14}?[\d一二两三四五六七八九十百千万][^”""」》\n户人%元]{0,14}?[”""」》]")]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"(?<![\d.,¥$])(?<!\d[万亿])(?:19|20)\d{2}(?![\d.%]|,\d{3}|\s*(?:[余多]?[万亿元户人名个亩家支条项件所座米公千吨斤次天]|households|people|persons|yuan|villages|members|percent|million|billion|thousand|mu\b|[a-z]{3,}s\b)|\p{IsCJKUnifiedIdeographs}{0,6}[户人名])"
    )]
    private static partial Regex Year();

    [GeneratedRegex(
        @"(?<![A-Za-z_-])[A-Za-z][A-Za-z_-]{0,30}\d+[A-Za-z0-9_.]*|(?<!\d)\d{1,9}[A-Za-z](?![A-Za-z])|(?<!\d)\d{1,9}_\w{0,60}\.\w{2,4}|(?<!\d)\d{1,9}(?:\.\d{1,9}){2,9}|[×x]{1,3}(?=[%人户元个])|(?<!\d)\d{1,2}/\d{1,2}/\d{2,4}"
    )]
    private static partial Regex Word();

    [GeneratedRegex(
        @"(?<per>百分之)(?<n>[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?)|(?<d>[二三四五六七八九十百]+)分之(?<n2>[一二两三四五六七八九十]+)|(?<![\d/.])(?<a>\d{1,2})/(?<b>\d{1,3})(?![\d/%])|(?<![\d.])(?<t>\d(?:\.\d)?|[一二两三四五六七八九])成(?![\p{IsCJKUnifiedIdeographs}-[以的左多在]])|翻(?<f>[一二两三]|\d)番|\b(?<w>one third|two thirds|one quarter|three quarters|half) of\b"
    )]
    private static partial Regex Fraction();

    [GeneratedRegex(
        @"(?<q>约|近|大约|将近|接近|超过|突破|逾|超|至少|不少于|不低于|最少|不足|不超过|最多|至多|高于|低于|about |around |nearly |almost |over |more than |at least |up to |some |¥|RMB )?\s?(?<![\d.])(?<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:(?<r>\s?[-~至]\s?)(?<n2>\d+(?:\.\d+)?))?(?<more>[余多])?(?<s>万亿|千万|百万|十万|[万亿]|千(?![瓦米伏克])|百(?!分)|\s(?:thousand|million|billion)\b)?(?<more2>[余多])?(?<ge>个?(?=[余多]))?(?<plus>\+)?",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Arabic();

    [GeneratedRegex(
        @"(?<!第)(?<n>[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*)(?<more>[余多])?(?=(?<u>个百分点|百分点|个|家|支|条|项|件|所|座|户|人|名|元|亩|倍|天|年|岁|公里|次|个月))"
    )]
    private static partial Regex Numeral();

    private static bool AnyTaken(bool[] taken, int start, int length) => taken.AsSpan(start, length).Contains(true);

    private static void Add(SortedDictionary<int, NumberInText> found, bool[] taken, NumberInText number)
    {
        if (found.TryAdd(number.Start, number))
            taken.AsSpan(number.Start, number.End - number.Start).Fill(true);
    }

    private static NumberInText Noted(string original, string plain, int start, int length, NumberRole role) =>
        new()
        {
            Index = 0,
            Start = start,
            End = start + length,
            Role = role,
            Text = original.Substring(start, length),
            Plain = plain.Substring(start, length),
            Unit = Unit.None,
            Value = role == NumberRole.Date && YearIn().Match(plain.Substring(start, length)) is { Success: true } year ? Number(year.Value) : 0,
            Bounds = Bounds.Exactly(0),
            Rounded = Bounds.Exactly(0),
            Digits = 0,
        };

    [GeneratedRegex(@"(?:19|20)\d{2}")]
    private static partial Regex YearIn();

    private static decimal Number(string digits) =>
        decimal.Parse(digits.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static NumberInText? FigureOf(string original, string plain, Match match)
    {
        var digits = match.Groups["n"].Value;
        var start = match.Groups["n"].Index;
        if (digits.Length > 19)
            return Noted(original, plain, start, digits.Length, NumberRole.Code);
        var end = match.Index + match.Length;
        var (unit, length) = Unit.At(plain.AsSpan(end));
        if (match.Groups["q"].Value.Trim() is "¥" or "RMB" or "rmb" && unit == Unit.None)
            unit = new("元", Dimension.Money);
        else if (unit == Unit.None)
            unit = UnitAhead().Match(plain, end, Math.Min(48, plain.Length - end)) is { Success: true } ahead ? UnitOf(ahead) : unit;
        end += length;
        var scale = match.Groups["s"].Value.Trim().ToLowerInvariant() switch
        {
            "万亿" => 1_000_000_000_000m,
            "亿" => 100_000_000m,
            "千万" => 10_000_000m,
            "百万" or "million" => 1_000_000m,
            "十万" => 100_000m,
            "万" => 10_000m,
            "千" or "thousand" => 1000m,
            "百" => 100m,
            "billion" => 1_000_000_000m,
            _ => 1m,
        };
        var factor = scale * unit.Factor;
        var value = Number(digits) * factor;
        var last = LastDigit(digits) * factor;
        var spoken = match.Groups["q"].Value.Trim().ToLowerInvariant() switch
        {
            "about" or "around" or "some" or "大约" => "约",
            "nearly" or "almost" or "将近" or "接近" => "近",
            "over" or "more than" or "超过" or "突破" or "逾" or "超" or "高于" => "超",
            "at least" or "至少" or "不少于" or "不低于" or "最少" => "至少",
            "up to" or "不足" or "不超过" or "最多" or "至多" or "低于" => "至多",
            var other => other,
        };
        var after = After().Match(plain, end, Math.Min(6, plain.Length - end));
        if (after.Success)
            spoken =
                after.Groups["w"].Value is "左右" or "上下" ? "约"
                : after.Groups["w"].Value is "以下" or "以内" ? "至多"
                : "至少";
        if (match.Groups["more"].Success || match.Groups["more2"].Success || match.Groups["plus"].Success)
            spoken = "余";
        var exact =
            factor == 1
            && !digits.Contains('.', StringComparison.Ordinal)
            && unit.Dimension is not (Dimension.Percent or Dimension.Points or Dimension.Times);
        var bounds = Meant(spoken, value, last, RoundDigit(digits) * factor, exact);
        if (match.Groups["n2"].Success)
        {
            var second = Number(match.Groups["n2"].Value) * factor;
            if (second <= value)
                return Noted(original, plain, start, match.Length - (start - match.Index), NumberRole.Code);
            bounds = new(value, second);
        }
        return Of(original, plain, start, end, unit, value) with
        {
            Bounds = bounds,
            Rounded = match.Groups["n2"].Success || spoken.Length > 0 && spoken is not ("¥" or "rmb") ? bounds : Bounds.Around(value, last / 2),
            Digits = digits.Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).TrimStart('0').Length,
            IsRough = spoken.Length > 0 && spoken is not ("¥" or "rmb") || match.Groups["n2"].Success,
        };
    }

    [GeneratedRegex(
        @"\G\p{IsCJKUnifiedIdeographs}{0,9}?(?<u>户|人口|人(?!均)|学生|小学生|初中生|群众|队员)|\G\s+(?:of\s+(?:the\s+|its\s+|these\s+)?(?:[\d,]+\s+)?)?(?:[a-z-]+\s+){0,2}?(?<e>households|families|people|persons|residents|villages|townships|projects|sites)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex UnitAhead();

    private static Unit UnitOf(Match ahead) =>
        ahead.Groups["e"].Success ? Unit.At(" " + ahead.Groups["e"].Value).Unit
        : ahead.Groups["u"].Value == "户" ? new("户", Dimension.Household)
        : new("人", Dimension.Person);

    [GeneratedRegex(@"\G(?<w>左右|上下|及?以上|及?以下|以内)")]
    private static partial Regex After();

    private static Bounds Meant(string spoken, decimal value, decimal last, decimal round, bool exact) =>
        spoken switch
        {
            "约" => Bounds.Around(value, round / 2),
            "近" => new(value - round, value),
            "余" => new(value, value + round),
            "超" or "至少" => new(value, Bounds.Far),
            "至多" => new(-Bounds.Far, value),
            _ => exact ? Bounds.Exactly(value) : Bounds.Around(value, last / 2),
        };

    /// <summary>One of the last printed digit: 0.01 of "7.67".</summary>
    private static decimal LastDigit(string digits)
    {
        var decimals = digits.Contains('.', StringComparison.Ordinal) ? digits.Length - digits.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var one = 1m;
        for (var i = 0; i < decimals; i++)
            one /= 10;
        return one;
    }

    /// <summary>One of the last digit that is not zero: what "about 1600" leaves open.</summary>
    private static decimal RoundDigit(string digits)
    {
        if (digits.Contains('.', StringComparison.Ordinal))
            return LastDigit(digits);
        var one = 1m;
        var plain = digits.Replace(",", "", StringComparison.Ordinal);
        for (var i = plain.Length - 1; i > 0 && plain[i] == '0'; i--)
            one *= 10;
        return one;
    }

    private static NumberInText? FractionOf(string original, string plain, Match match)
    {
        var percent = new Unit("%", Dimension.Percent);
        decimal? share = null;
        var half = 1m;
        if (match.Groups["per"].Success)
        {
            var parts = match.Groups["n"].Value.Split('点');
            if (ChineseNumerals.Read(parts[0]) is { } whole)
            {
                share = whole;
                half = 0.5m;
                foreach (var digit in parts.Length > 1 ? parts[1] : "")
                {
                    half /= 10;
                    share += ChineseNumerals.Read([digit]) * half * 2;
                }
            }
        }
        else if (match.Groups["d"].Success)
            share = Divided(ChineseNumerals.Read(match.Groups["n2"].Value), ChineseNumerals.Read(match.Groups["d"].Value));
        else if (match.Groups["a"].Success)
            share = Divided(Number(match.Groups["a"].Value), Number(match.Groups["b"].Value));
        else if (match.Groups["t"].Success)
        {
            share =
                10
                * (char.IsAsciiDigit(match.Groups["t"].Value[0]) ? Number(match.Groups["t"].Value) : ChineseNumerals.Read(match.Groups["t"].Value));
            half = 5;
        }
        else if (match.Groups["w"].Success)
            share = match.Groups["w"].Value switch
            {
                "one third" => 100m / 3,
                "two thirds" => 200m / 3,
                "one quarter" => 25,
                "three quarters" => 75,
                _ => 50,
            };
        else
        {
            var times = char.IsAsciiDigit(match.Groups["f"].Value[0])
                ? Number(match.Groups["f"].Value)
                : ChineseNumerals.Read(match.Groups["f"].Value);
            return times is not > 0
                ? null
                : Of(original, plain, match.Index, match.Index + match.Length, new("番", Dimension.Times), (decimal)Math.Pow(2, (double)times)) with
                {
                    Bounds = Bounds.Around((decimal)Math.Pow(2, (double)times), 0.05m),
                    Rounded = Bounds.Around((decimal)Math.Pow(2, (double)times), 0.05m),
                    Digits = 1,
                };
        }
        return share is not { } value
            ? null
            : Of(original, plain, match.Index, match.Index + match.Length, percent, value) with
            {
                Bounds = Bounds.Around(value, half),
                Rounded = Bounds.Around(value, half),
                Digits = 2,
                IsFraction = !match.Groups["per"].Success,
            };
    }

    private static decimal? Divided(decimal? part, decimal? whole) => part is { } p && whole is > 0 and var w && p <= w ? 100 * p / w : null;

    private static NumberInText? NumeralOf(string original, string plain, Match match)
    {
        var text = match.Groups["n"].Value;
        // 一个 is an article, 一二年级 and 千家万户 are no counts; digits read out are years or codes.
        if (text == "一" || ChineseNumerals.Read(text) is not { } value || text.Length > 1 && text.IndexOfAny(['十', '百', '千', '万', '亿']) < 0)
            return null;
        var start = match.Groups["n"].Index;
        if (start > 0 && "第每数几".Contains(plain[start - 1], StringComparison.Ordinal) && plain[start - 1] != '每')
            return null;
        var end = start + match.Length;
        var (unit, length) = Unit.At(plain.AsSpan(end));
        value *= unit.Factor;
        var bounds = match.Groups["more"].Success ? new Bounds(value, value + (value >= 100 ? 100 : 10)) : Bounds.Exactly(value);
        return Of(original, plain, start, end + length, unit, value) with
        {
            Bounds = bounds,
            Rounded = match.Groups["more"].Success ? bounds : Bounds.Around(value, unit.Factor / 2),
            Digits = text.Count(c => ChineseNumerals.Digits.Contains(c, StringComparison.Ordinal) || c == '两'),
            IsRough = match.Groups["more"].Success,
        };
    }

    private static NumberInText Of(string original, string plain, int start, int end, Unit unit, decimal value) =>
        new()
        {
            Index = 0,
            Start = start,
            End = end,
            Role = NumberRole.Figure,
            Text = original[start..end],
            Plain = plain[start..end],
            Unit = unit,
            Value = value,
            Bounds = Bounds.Exactly(value),
            Rounded = Bounds.Exactly(value),
            Digits = 1,
        };

    /// <summary>Gives every number its sentence, paragraph, bracket, pair and words.</summary>
    private static Passage Arrange(string original, string plain, NumberInText[] numbers)
    {
        var sentences = new List<int> { 0 };
        var open = new Stack<int>();
        var (paragraph, next) = (0, 0);
        for (var i = 0; i < plain.Length; i++)
        {
            if (next < numbers.Length && numbers[next].Start == i)
            {
                (numbers[next].Sentence, numbers[next].Paragraph) = (sentences.Count - 1, paragraph);
                numbers[next++].Bracket = open.Count > 0 ? open.Peek() : -1;
            }
            switch (plain[i])
            {
                case '(':
                    open.Push(i);
                    break;
                case ')' when open.Count > 0:
                    open.Pop();
                    break;
                case '\n':
                    open.Clear();
                    paragraph++;
                    sentences.Add(i + 1);
                    break;
                case '。' or '!' or '?':
                    open.Clear();
                    sentences.Add(i + 1);
                    break;
                case '.' when i + 1 < plain.Length && plain[i + 1] == ' ' && (i == 0 || !char.IsAsciiLetterUpper(plain[i - 1])):
                    sentences.Add(i + 1);
                    break;
            }
        }
        var passage = new Passage(original, plain, numbers, [.. sentences]);
        for (var i = 0; i < numbers.Length; i++)
        {
            var (floor, roof) = (i > 0 ? numbers[i - 1].End : 0, i + 1 < numbers.Length ? numbers[i + 1].Start : plain.Length);
            var (start, end) = (numbers[i].Start, numbers[i].End);
            while (start > floor && !Breaks.Contains(plain[start - 1], StringComparison.Ordinal))
                start--;
            while (end < roof && !Breaks.Contains(plain[end], StringComparison.Ordinal))
                end++;
            numbers[i].Before = plain[start..numbers[i].Start].Trim();
            numbers[i].After = plain[numbers[i].End..end].Trim();
        }
        Pairs(plain, numbers);
        return passage;
    }

    private const string Breaks = Passage.Marks + "、";

    private static void Pairs(string plain, NumberInText[] numbers)
    {
        for (var i = 0; i + 1 < numbers.Length; i++)
        {
            var (households, persons) = (numbers[i], numbers[i + 1]);
            if (
                households is not { Role: NumberRole.Figure, Dimension: Dimension.Household }
                || persons is not { Role: NumberRole.Figure, Dimension: Dimension.Person }
                || !Joint().IsMatch(plain[households.End..persons.Start])
            )
                continue;
            (households.Pair, persons.Pair) = (i + 1, i);
            (persons.Before, households.After) = (households.Before, persons.After);
        }
    }

    [GeneratedRegex(@"^\s?(?:|、|,|/|和|共|、共|,共|with|and|of|,?\s?\()\s?$")]
    private static partial Regex Joint();
}
