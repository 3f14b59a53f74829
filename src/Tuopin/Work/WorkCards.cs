using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>
/// Yellow and red cards, by the rules of the packs. A card is for one deadline and issued once: with the work date set back before its day it is not in force,
/// and with that day it comes back as it was. A deadline that is moved leaves the card for the one that was missed on record; the item shows the card of its
/// present deadline. What was handed in waits for somebody else and gets none.
/// </summary>
public static class WorkCards
{
    internal static (long Issued, long Back, long Shown) Refresh(WorkAsk ask, AreaRange range, long change)
    {
        var within = $"area_code BETWEEN {range.From} AND {range.To}";
        int Run(string sql, object? more = null) => ask.Connection.Execute(sql, ask.Transaction, more);
        var items = $"item_id IN (SELECT w.id FROM work_items w WHERE w.{within})";
        var back =
            Run(
                $"UPDATE work_cards SET withdrawn_day = {ask.Day}, change_id = {change} WHERE issued_day > {ask.Day} AND withdrawn_day IS NULL AND {items}"
            )
            + Run(
                $"UPDATE work_cards SET withdrawn_day = NULL, change_id = {change} WHERE issued_day <= {ask.Day} AND withdrawn_day IS NOT NULL AND withdrawn_by IS NULL AND {items}"
            );
        var issued = 0L;
        var late = $"w.closed_day IS NULL AND w.state <> 2 AND w.due < {ask.Day} AND w.{within}";
        foreach (
            var county in Dapper
                .SqlMapper.Query<long>(
                    ask.Connection,
                    $"SELECT DISTINCT w.area_code / 1000000 FROM work_items w WHERE {late}",
                    transaction: ask.Transaction
                )
                .ToList()
        )
        foreach (var (warning, card, days) in InForce(ask.Installation, county * 1_000_000, DayNumber.ToDate(ask.Day)))
            issued += Run(
                $"""
                    INSERT INTO work_cards (item_id, colour, due, issued_day, rule, department, unit_id, holder_name, change_id)
                    SELECT w.id, {(int)card.Colour}, w.due, {ask.Day}, @rule, w.department, w.unit_id, w.holder_name, {change} FROM work_items w
                    WHERE {late} AND w.area_code BETWEEN {county * 1_000_000} AND {county * 1_000_000 + 999_999} AND w.due <= {DayNumber.Of(
                        DayNumber.ToDate(ask.Day).AddDays(-days)
                    )}{(card.Kinds.IsEmpty ? "" : $" AND w.kind IN ({string.Join(", ", card.Kinds.Select(k => $"'{k}'"))})")}
                      AND NOT EXISTS (SELECT 1 FROM work_cards c WHERE c.item_id = w.id AND c.colour = {(int)card.Colour} AND c.due = w.due)
                    """,
                new { rule = $"{warning.Id}/{card.Id}" }
            );
        var shown = Run(
            $"UPDATE work_items SET card = {Shown}, change_id = {change} WHERE closed_day IS NULL AND {within} AND (card <> 0 OR due < {ask.Day}) AND card <> {Shown}"
        );
        return (issued, back, shown);
    }

    /// <summary>The card an item shows: the worst in force for its present deadline.</summary>
    internal const string Shown =
        "coalesce((SELECT max(c.colour) FROM work_cards c WHERE c.item_id = work_items.id AND c.due = work_items.due AND c.withdrawn_day IS NULL), 0)";

    /// <summary>The rules of a place on a day, each with its days: the most specific pack of an id, and the most specific number.</summary>
    public static IEnumerable<(Warning Warning, WarningCard Card, int Days)> InForce(Installation installation, long areaCode, DateOnly day) =>
        from warning in installation
            .Packs.Warnings.Where(w => w.InForce.Covers(day) && w.Area.Contains(areaCode))
            .GroupBy(w => w.Id)
            .Select(g => g.MinBy(w => w.Area.Width)!)
        from card in warning.Cards
        let parameter = installation.Packs.Parameters[card.Days]
        let value = parameter.InForce(areaCode, parameter.IndexOn(new JudgingDay(day)))
        where value is not null
        select (warning, card, (int)value.Value.Number);
}
