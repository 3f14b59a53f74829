using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Sql;

/// <summary>Reads of other subjects' keys, of verdicts and of tallies.</summary>
internal sealed partial class Compiler
{
    /// <summary>
    /// When all are judged, the keys held twice are few: group once and join those. Otherwise ask the index for each key.
    /// </summary>
    private Term IsUnique(UniqueIn u, Block block)
    {
        var row = block.Resolve(u.Place);
        var key = row.Fact(u.Key, u.Place.YearShift);
        var width = Width(u.Level);
        if (u.Key.Kept != Kept.Row)
            throw new NotSupportedException($"unique_in reads facts of the subject's own row, and {u.Key} is not");
        if (Context.Only is null && (Context.HoldsOnlyArea || Context.Area == AreaRange.Nation))
            return FromDuplicates(u, row, key, width);
        var other = statement.Alias("o");
        var code = row.AreaCode();
        var column = SqlDialect.Name(u.Key.Column);
        var from = T("(", code, $" / {Text(width)} * {Text(width)})");
        return T(
            false,
            "(CASE WHEN ",
            key,
            $" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM {statement.Table(Tables.Of(row.Type))} {other} WHERE {other}.{column} = ",
            key,
            $" AND {other}.{Tables.IdOf(row.Type)} <> ",
            row.Id,
            $" AND {other}.{AreaColumn(row.Type)} BETWEEN ",
            from,
            " AND ",
            from,
            $" + {Text(width - 1)}{row.InForce(row.Type, other)}) END)"
        );
    }

    private Term FromDuplicates(UniqueIn u, Row row, Term key, long width)
    {
        var area = $"{AreaColumn(row.Type)} / {Text(width)}";
        var column = SqlDialect.Name(u.Key.Column);
        var (d, e) = (statement.Alias("d"), statement.Alias("e"));
        var all = statement.Table(Tables.Of(row.Type));
        // First the keys that are twice there at all: they are few, and an index of the keys is walked in its own order.
        var twice = $"SELECT {e}.{column} FROM {all} {e} WHERE {e}.{column} IS NOT NULL{row.InForce(row.Type, e)} GROUP BY 1 HAVING count(*) > 1";
        var table =
            $"(SELECT {d}.{column} AS k, {d}.{area} AS area FROM {all} {d} "
            + $"WHERE {d}.{column} IN ({twice}){row.InForce(row.Type, d)} GROUP BY 1, 2 HAVING count(*) > 1)";
        var code = Row.TextOf(row.AreaCode());
        var joined = row.JoinedQuery($"unique {u.Level} {column}", table, a => $"{a}.k = {Row.TextOf(key)} AND {a}.area = {code} / {Text(width)}");
        return T(false, "(CASE WHEN ", key, " IS NOT NULL THEN ", statement.Column(row.Block, $"{joined}.k"), " IS NULL END)");
    }

    private static string AreaColumn(SubjectType type) =>
        type.Level is not null ? "code"
        : type.AreaThrough is null ? "area_code"
        : throw new NotSupportedException($"{type} has no area code of its own, so unique_in cannot look it up");

    /// <summary>Codes of one area of the level differ only beneath this power of ten.</summary>
    private static long Width(AreaLevel level) =>
        level switch
        {
            AreaLevel.Nation => 1_000_000_000_000,
            AreaLevel.Province => 10_000_000_000,
            AreaLevel.City => 100_000_000,
            AreaLevel.County => 1_000_000,
            AreaLevel.Township => 1_000,
            _ => 1,
        };

    private Term Verdict(VerdictRead v, Block block)
    {
        if (Context.Standards(v.StandardId) is not { } standard || !standard.Bits.TryGetValue(v.IndicatorId, out var bit))
            return T(false, Dialect.Null(Kind.Bool));
        var row = block.Resolve(v.Place);
        var a = row.Joined(
            $"verdicts {standard.VersionId}",
            "verdicts",
            a =>
                $"{a}.subject_id = {Row.TextOf(row.Id)} AND {a}.standard_version_id = {Text(standard.VersionId)} AND {a}.day = {Text(Context.Day.Number)}"
        );
        var mask = Dialect.Number(1L << bit);
        var met = statement.Column(row.Block, $"((({a}.met | {a}.exempt | {a}.overruled_met) & ~{a}.overruled_unmet & {mask}) <> 0)");
        var unmet = statement.Column(row.Block, $"((({a}.unmet & ~{a}.overruled_met | {a}.overruled_unmet) & {mask}) <> 0)");
        return T(false, "(CASE WHEN ", met, $" THEN {Dialect.True} WHEN ", unmet, $" THEN {Dialect.False} END)");
    }

    private Operand Tallied(TallyRead t, Block block)
    {
        var row = block.Resolve(t.Place);
        var a = row.Joined(
            $"tallies {t.Tally.Id}",
            "tallies",
            a => $"{a}.area_id = {Row.TextOf(row.Id)} AND {a}.tally_id = {SqlDialect.Text(t.Tally.Id)} AND {a}.day = {Text(Context.Day.Number)}"
        );
        return new Operand(statement.Column(row.Block, $"{a}.low"), statement.Column(row.Block, $"{a}.high")) { Scale = t.Type.Scale };
    }
}
