using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>What lists are sorted by.</summary>
public enum HouseholdSort : byte
{
    Area,
    Name,
    Income,
    Members,
}

/// <summary>
/// What a list of households is asked for. It lives in the address; what cannot be read there, or names a fact the reader may not see, is passed over.
/// </summary>
public sealed record HouseholdQuery
{
    public string? Group { get; init; }
    public CodeEntry? Status { get; init; }
    public bool? Registered { get; init; }

    /// <summary>Remaining, exited or unregistered, as figures count them.</summary>
    public Standing? Standing { get; init; }
    public CodeEntry? Category { get; init; }
    public CodeEntry? Cause { get; init; }
    public string? Indicator { get; init; }

    /// <summary>The standard the indicator is of; where laws differ, a number counts the households of one.</summary>
    public string? Standard { get; init; }

    /// <summary>Only what figures count: households registered in the area, neither removed nor closed, each by its first helper's unit.</summary>
    public bool Counted { get; init; }
    public Light Light { get; init; } = Light.Unmet;
    public int? MembersFrom { get; init; }
    public int? MembersTo { get; init; }
    public int? LabourFrom { get; init; }
    public int? LabourTo { get; init; }

    /// <summary>Yuan a year per head, both included.</summary>
    public decimal? IncomeFrom { get; init; }
    public decimal? IncomeTo { get; init; }

    /// <summary>What nobody stated: cause, members or income.</summary>
    public string? Unstated { get; init; }

    /// <summary>In monitoring against return to poverty on the work date.</summary>
    public bool Monitored { get; init; }

    /// <summary>Remaining at the end of this year, whatever became of them.</summary>
    public int? YearEnd { get; init; }

    /// <summary>Met, unmet or unknown under the deciding standard as a whole.</summary>
    public Light? Overall { get; init; }
    public long? Unit { get; init; }
    public long? Post { get; init; }

    /// <summary>Part of the name of a unit that helps, and of a person who does.</summary>
    public string? UnitName { get; init; }
    public string? HelperName { get; init; }

    /// <summary>Part of the name of any member.</summary>
    public string? Name { get; init; }

    /// <summary>Part of the name of the head.</summary>
    public string? Head { get; init; }

    /// <summary>National or provisional number, or our key.</summary>
    public string? Number { get; init; }
    public HouseholdSort Sort { get; init; }
    public bool Descending { get; init; }

    /// <summary>The household of the last row seen, and whether the page before it is wanted.</summary>
    public long? Cursor { get; init; }
    public bool Backward { get; init; }

    /// <summary>The moment the list is of: an effective day, and what was recorded by a time (UTC); null for now.</summary>
    public DateOnly? AsOf { get; init; }
    public string? KnownAt { get; init; }
    public bool IsOfNow => AsOf is null && KnownAt is null;
    public IReadOnlyList<HouseholdColumn> Columns { get; init; } = [];
    public bool WithTotal { get; init; }

    /// <summary>Any filter beyond the area.</summary>
    public bool IsFiltered => Filters.Any();

    /// <summary>The filters in force as the address has them: whatever stands here is shown and kept, whether or not the form has a field for it.</summary>
    public IEnumerable<KeyValuePair<string, StringValues>> Filters =>
        ToAddress(all: false).Where(p => p.Key is not ("sort" or "columns" or "total" or "light"));

    /// <summary>What <see cref="Read"/> reads, with what it means; a test holds the two together.</summary>
    public static readonly IReadOnlyList<(string Name, string Says)> Names =
    [
        ("group", "name of the natural village (group)"),
        ("status", "key of code list status_kind"),
        ("registered", "yes or no: registered as poor"),
        ("standing", "remaining, exited or unregistered, as figures count them"),
        ("category", "key of code list household_category"),
        ("cause", "key of code list poverty_cause: the main cause"),
        ("indicator", "an indicator, alone or after its standard: housing, yunnan.household-exit/housing"),
        ("standard", "only households that this standard decides for"),
        ("light", "met, unmet (default), exempt or unknown: of the indicator"),
        ("result", "the same as light"),
        ("counted", "yes: only what figures count, households registered here, neither removed nor closed"),
        ("monitored", "yes: only households monitored against a return to poverty"),
        ("year_end", "only those remaining at the end of that year, as figures count them"),
        ("unstated", "members, cause or income: only those of whom that is not recorded"),
        ("overall", "met, unmet or unknown: of all that is decided for the household"),
        ("members_from", "at least so many members"),
        ("members_to", "at most so many members"),
        ("labour_from", "at least so many able to work"),
        ("labour_to", "at most so many able to work"),
        ("income_from", "income per head of at least so many yuan"),
        ("income_to", "income per head of at most so many yuan"),
        ("unit", "number of a unit that helps"),
        ("post", "number of a post that helps"),
        ("unit_name", "part of the name of a unit that helps"),
        ("helper_name", "part of the name of a helper"),
        ("name", "part of the name of any member"),
        ("head", "part of the name of the head"),
        ("number", "national or provisional number of the household, or our key"),
        ("sort", "area (default), name, income or members; with a minus before it the other way"),
        ("columns", "columns by name, separated by commas"),
        ("total", "1: count all of them, too"),
        ("asOf", "yyyy-MM-dd: as the households were on that day, judged by the law of that day"),
        ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then"),
        ("after", "the last household of the page before"),
        ("before", "the first household of the page after"),
    ];

    /// <exception cref="WrongUsage">date.bad: a list of now would be an answer to another question.</exception>
    public static HouseholdQuery Read(IQueryCollection asked, Viewer viewer)
    {
        string? Text(string name) => asked[name].ToString().Trim() is { Length: > 0 and <= 60 } text && !text.Any(char.IsControl) ? text : null;
        int? Count(string name) =>
            int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100 ? number : null;
        decimal? Yuan(string name) =>
            decimal.TryParse(Text(name), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan)
            && Math.Abs(yuan) < 100_000_000
                ? Math.Round(yuan, 2)
                : null;
        long? Key(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        CodeEntry? Code(string name, string list) => Text(name) is { } text ? viewer.Codes(list).Find(text) : null;
        var sort = Text("sort");
        var order = Enum.TryParse<HouseholdSort>(sort?.TrimStart('-'), ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : default;
        var seen = HouseholdColumn.All.Where(c => c.SeenBy(viewer)).ToList();
        var chosen = asked["columns"].SelectMany(c => (c ?? "").Split(',')).ToHashSet(StringComparer.Ordinal);
        var columns = seen.Where(c => chosen.Contains(c.Id) || c.Always).ToList();
        bool Sees(string id) => seen.Exists(c => c.Id == id);
        var backward = Key("before") is not null;
        return new()
        {
            Group = Text("group"),
            Status = Code("status", "status_kind"),
            Registered = Text("registered") switch
            {
                "yes" => true,
                "no" => false,
                _ => null,
            },
            Standing = Enum.TryParse<Standing>(Text("standing"), ignoreCase: true, out var who) && Enum.IsDefined(who) ? who : null,
            Category = Sees("category") ? Code("category", "household_category") : null,
            Cause = Sees("cause") ? Code("cause", "poverty_cause") : null,
            // It may name the standard too: yunnan.household-exit/housing.
            Indicator = Text("indicator")?.Split('/')[^1],
            Standard = Text("standard") ?? (Text("indicator")?.Split('/') is [var standard, _] ? standard : null),
            Counted = Text("counted") == "yes",
            Light =
                Enum.TryParse<Light>(Text("light") ?? Text("result"), ignoreCase: true, out var light) && Enum.IsDefined(light) ? light : Light.Unmet,
            MembersFrom = Count("members_from"),
            MembersTo = Count("members_to"),
            LabourFrom = Sees("labour") ? Count("labour_from") : null,
            LabourTo = Sees("labour") ? Count("labour_to") : null,
            IncomeFrom = Sees("income") ? Yuan("income_from") : null,
            IncomeTo = Sees("income") ? Yuan("income_to") : null,
            Unstated =
                Text("unstated") is "members" or "cause" or "income" && (Text("unstated") == "members" || Sees(Text("unstated")!))
                    ? Text("unstated")
                    : null,
            Monitored = Text("monitored") == "yes" && viewer.Sees("monitoring", "kind"),
            YearEnd =
                int.TryParse(Text("year_end"), NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 2000 and <= 2100
                    ? year
                    : null,
            // A department sees the indicators of its trade, and no whole.
            Overall =
                viewer.Departments is null
                && Enum.TryParse<Light>(Text("overall"), ignoreCase: true, out var whole)
                && whole is Light.Met or Light.Unmet or Light.Unknown
                    ? whole
                    : null,
            Unit = Sees("unit") ? Key("unit") : null,
            Post = Sees("helper") ? Key("post") : null,
            UnitName = Sees("unit") ? Text("unit_name") : null,
            HelperName = Sees("helper") ? Text("helper_name") : null,
            Name = Text("name"),
            Head = Text("head"),
            Number = Text("number"),
            Sort = order == HouseholdSort.Income && !Sees("income") ? HouseholdSort.Area : order,
            Descending = sort?.StartsWith('-') ?? false,
            Cursor = backward ? Key("before") : Key("after"),
            Backward = backward,
            AsOf = Text("asOf") is { } day ? DayText.Read(day) ?? AreaArgument.Day(day) : null,
            KnownAt = Text("knownAt") is { } time ? Platform.Database.KnownAt.Text(Platform.Database.KnownAt.Time(time)) : null,
            Columns = columns.Exists(c => !c.Always) ? columns : [.. seen.Where(c => c.Always || c.Usual)],
            WithTotal = Text("total") == "1",
        };
    }

    /// <summary>The query as the part of an address behind the question mark, at the first page; the area goes before it.</summary>
    /// <param name="without">A filter to leave out.</param>
    public string Address(string? area, long? after = null, long? before = null, string? without = null)
    {
        var parts = ToAddress(all: true).Where(p => p.Key != without && !(without == "indicator" && p.Key == "light")).ToList();
        if (area is not null)
            parts.Insert(0, new("area", area));
        if (after is { } a)
            parts.Add(new("after", a.ToString(CultureInfo.InvariantCulture)));
        if (before is { } b)
            parts.Add(new("before", b.ToString(CultureInfo.InvariantCulture)));
        return new QueryBuilder(parts.Select(p => new KeyValuePair<string, string>(p.Key, p.Value.ToString()))).ToString();
    }

    /// <summary>Names and values, defaults left out.</summary>
    public IEnumerable<KeyValuePair<string, StringValues>> ToAddress(bool all)
    {
        string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);
        (string Name, string? Value)[] parts =
        [
            ("group", Group),
            ("status", Status?.Key),
            ("registered", Registered is { } r ? (r ? "yes" : "no") : null),
            ("standing", Standing?.ToString().ToLowerInvariant()),
            ("category", Category?.Key),
            ("cause", Cause?.Key),
            ("standard", Indicator is null ? null : Standard),
            ("indicator", Indicator),
            ("light", Indicator is null ? null : Light.ToString().ToLowerInvariant()),
            ("counted", Counted ? "yes" : null),
            ("members_from", Number(MembersFrom)),
            ("members_to", Number(MembersTo)),
            ("labour_from", Number(LabourFrom)),
            ("labour_to", Number(LabourTo)),
            ("income_from", IncomeFrom?.ToString("0.##", CultureInfo.InvariantCulture)),
            ("income_to", IncomeTo?.ToString("0.##", CultureInfo.InvariantCulture)),
            ("unstated", Unstated),
            ("monitored", Monitored ? "yes" : null),
            ("year_end", Number(YearEnd)),
            ("overall", Overall?.ToString().ToLowerInvariant()),
            ("unit", Number(Unit)),
            ("post", Number(Post)),
            ("unit_name", UnitName),
            ("helper_name", HelperName),
            ("name", Name),
            ("head", Head),
            ("number", this.Number),
            ("sort", Sort == HouseholdSort.Area && !Descending ? null : (Descending ? "-" : "") + Sort.ToString().ToLowerInvariant()),
            (
                "columns",
                all && Columns.Any(c => c.Usual != true && !c.Always) || Columns.Count(c => c.Usual) < HouseholdColumn.All.Count(c => c.Usual)
                    ? string.Join(',', Columns.Where(c => !c.Always).Select(c => c.Id))
                    : null
            ),
            ("total", WithTotal ? "1" : null),
            ("asOf", AsOf is { } asOf ? DayText.Of(asOf) : null),
            ("knownAt", KnownAt),
        ];
        return parts.Where(p => p.Value is { Length: > 0 }).Select(p => new KeyValuePair<string, StringValues>(p.Name, p.Value));
    }
}
