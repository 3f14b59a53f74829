using System.Data.Common;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// The facts about households and their houses that a department states and indicators read, and where they stand without its word: known to nobody, or
/// said by somebody else only.
/// </summary>
public static class Certifiable
{
    /// <summary>How a fact is read beside a household <c>h</c>: its value as a number, and who stated it.</summary>
    public sealed record Held(string Join, string Value, string StatedBy)
    {
        /// <summary>The department of <c>@department</c> has not stated the value in force.</summary>
        public string Uncertified => $"({Value} IS NULL OR coalesce({StatedBy}, '') <> @department)";
    }

    public static bool IsOf(Fact fact, string department) => fact.StatedBy.Contains(department, StringComparer.Ordinal) && fact.Kept != Kept.Derived;

    /// <summary>Yes or no, or one of a few codes, once each.</summary>
    public static IReadOnlyList<Fact> FactsOf(Installation installation, string department)
    {
        var day = installation.WorkDate;
        return
        [
            .. installation
                .Packs.Standards.Where(s => s.InForce.Covers(day))
                .SelectMany(s => s.Indicators)
                .Where(i => !i.Retired && i.Met is not null)
                .SelectMany(i => i.Met!.All().Concat(i.ExemptWhen?.All() ?? []))
                .OfType<FactRead>()
                .Select(r => r.Fact)
                .Where(f => IsOf(f, department) && Tickable(f))
                .Distinct()
                .OrderBy(f => f.ToString(), StringComparer.Ordinal),
        ];
    }

    private static bool Tickable(Fact fact) =>
        fact.Type.Kind is Kind.Bool or Kind.Code
        && (
            fact.Subject.Name == "household" && fact.Kept is Kept.Row or Kept.RegistryYear || fact.Subject.Name == "dwelling" && fact.Kept == Kept.Row
        );

    public static Held HeldOn(Installation installation, Fact fact, DateOnly date)
    {
        var day = new JudgingDay(date);
        var (join, subject, year) =
            fact.Subject.Name == "dwelling"
                ? (
                    $"LEFT JOIN residences r ON r.household_id = h.id AND {Pairings.Covers("r", day.Number)} LEFT JOIN dwellings t ON t.id = r.dwelling_id",
                    "t.id",
                    "0"
                )
            : fact.Kept == Kept.RegistryYear
                ? ($"LEFT JOIN household_years t ON t.household_id = h.id AND t.year = {day.RegistryYear}", "h.id", $"{day.RegistryYear}")
            : ("LEFT JOIN households t ON t.id = h.id", "h.id", "0");
        var value = fact.Type.Kind == Kind.Bool && !installation.Store.IsSqlite ? $"CAST(t.{fact.Column} AS integer)" : $"t.{fact.Column}";
        var by = Ranks.CanConflict(fact) ? Ranks.InForce(fact, subject, year, value, "c.stated_by") : "c.stated_by";
        return new($"{join} LEFT JOIN changes c ON c.id = t.change_id", value, by);
    }

    public static string Within(IReadOnlyList<AreaRange> ranges) =>
        ranges.Count == 0 ? "1 = 0" : "(" + string.Join(" OR ", ranges.Select(a => $"h.area_code BETWEEN {a.From} AND {a.To}")) + ")";

    /// <summary>Households whose fact the department has not certified, counted no further than <paramref name="most"/>.</summary>
    public static long Count(
        Installation installation,
        DbConnection connection,
        Fact fact,
        string department,
        DateOnly date,
        IReadOnlyList<AreaRange> ranges,
        int most
    )
    {
        var held = HeldOn(installation, fact, date);
        return connection.Number(
            $"SELECT count(*) FROM (SELECT 1 FROM households h {held.Join} WHERE {Within(ranges)} AND {held.Uncertified} LIMIT {most}) t",
            parameters: new { department }
        );
    }
}
