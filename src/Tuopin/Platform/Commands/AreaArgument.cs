using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Tuopin.Platform.Areas;

namespace Tuopin.Platform.Commands;

/// <summary>The options --area, --as-of and --known-at, and what they mean.</summary>
public static class AreaArgument
{
    public static Option<string?> Area() =>
        new("--area") { Description = "area code of 2 to 12 digits; default: the smallest area that holds all the data" };

    public static Option<string?> AsOf() => new("--as-of") { Description = "yyyy-MM-dd, the effective day with its law; default: the work date" };

    public static Option<string?> KnownAt() => new("--known-at") { Description = "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then" };

    public static DateOnly? Day(string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new WrongUsage("date.bad", $"'{text}' is not a date like 2020-06-12");

    /// <summary>The place of a code, or the smallest place that holds every household: the village of a village's laptop, the county of a county.</summary>
    public static AreaVersion Find(AreaTree tree, string? code, Installation installation)
    {
        if (code is not null)
            return tree.ByCode(code) ?? throw new Refusal("area.unknown", $"no area has the code '{code}' on this day; give 2, 4, 6, 9 or 12 digits");
        using var connection = installation.Store.Open();
        return Smallest(tree, connection, null);
    }

    /// <summary>The smallest place that holds every household.</summary>
    public static AreaVersion Smallest(AreaTree tree, DbConnection connection, DbTransaction? transaction)
    {
        var first = Database.Sql.Number(connection, "SELECT coalesce(min(area_code), 0) FROM households", transaction);
        var last = Database.Sql.Number(connection, "SELECT coalesce(max(area_code), 0) FROM households", transaction);
        if (first == 0)
            throw new Refusal("data.none", "no household is held yet; try: tuopin import FILE");
        foreach (var width in new[] { 1L, 1_000, 1_000_000, 100_000_000, 10_000_000_000 })
            if (first / width == last / width && tree.ByCode(first / width * width) is { } place)
                return place;
        return tree.ByCode(0)!;
    }
}
