using System.CommandLine;
using System.Globalization;
using Tuopin.Platform.Areas;

namespace Tuopin.Platform.Commands;

/// <summary>The options --area, --as-of and --known-at, and what they mean.</summary>
public static class AreaArgument
{
    public static Option<string?> Area() => new("--area") { Description = "area code of 2 to 12 digits; default: the county that holds the data" };

    public static Option<string?> AsOf() => new("--as-of") { Description = "yyyy-MM-dd, the effective day with its law; default: the work date" };

    public static Option<string?> KnownAt() => new("--known-at") { Description = "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then" };

    public static DateOnly? Day(string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new Refusal("date.bad", $"'{text}' is not a date like 2020-06-12");

    /// <summary>The place of a code, or the county in which most households are held.</summary>
    public static AreaVersion Find(AreaTree tree, string? code, Installation installation)
    {
        if (code is not null)
            return tree.ByCode(code) ?? throw new Refusal("area.unknown", $"no area has the code '{code}' on this day");
        using var connection = installation.Store.Open();
        var county = Database.Sql.Number(
            connection,
            "SELECT coalesce((SELECT area_code / 1000000 FROM households GROUP BY area_code / 1000000 ORDER BY count(*) DESC LIMIT 1), 0)"
        );
        // Without households the number is 0, which is the code of the nation.
        return (county == 0 ? null : tree.ByCode(county * 1_000_000))
            ?? throw new Refusal("data.none", "no household is held yet; try: tuopin import FILE");
    }
}
