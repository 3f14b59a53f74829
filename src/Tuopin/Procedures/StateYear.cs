using Dapper;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// What a decision on places states: the calendar year it was made in, as the fact the procedure names, in the row of the registry year of its day. Rows
/// change hands by it, so what others stated in them is kept as theirs (decision 0015). A place has no status; who remains and who has exited is this fact.
/// </summary>
internal static class StateYear
{
    public static void Of(ListWriting writing, IReadOnlyList<long> passed, long change)
    {
        var (place, connection, transaction) = (writing.List.Procedure.Subject, writing.Connection, writing.Transaction);
        var (fact, table) = (place.Facts[writing.List.Change.YearFact!], place.YearTable!);
        var ids = ListRecord.Ids(writing.Installation.Store.Engine);
        var asked = new
        {
            ids = ListRecord.Json(passed),
            year = new JudgingDay(writing.At.Work).RegistryYear,
            stated = writing.At.Work.Year,
            change,
        };
        var author = connection.QuerySingle<string>("SELECT stated_by FROM changes WHERE id = @change", asked, transaction);
        var others = string.Join(
            " UNION ALL ",
            place.Facts.Values.Where(f => f != fact && f.Kept == fact.Kept && Ranks.CanConflict(f)).Select(f => Kept(f, table, ids, author))
        );
        if (others != "" && connection.QuerySingle<int>($"SELECT count(*) FROM ({others}) k", asked, transaction) is > 0 and var count)
        {
            var first = Keys.Take(connection, transaction, "statements", writing.List.Row.AreaCode / 1_000_000, count);
            connection.Execute(
                $"""
                INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id)
                SELECT {first} - 1 + row_number() OVER (ORDER BY k.subject_id, k.fact), '{place.Name}', k.subject_id, k.fact, @year, k.value, k.stated_by, k.data_day, @change
                FROM ({others}) k WHERE TRUE
                ON CONFLICT (subject, subject_id, fact, year, stated_by) DO UPDATE
                  SET value = excluded.value, stated_day = excluded.stated_day, change_id = excluded.change_id
                """,
                asked,
                transaction
            );
        }
        connection.Execute(
            $"UPDATE {table} SET {fact.Column} = @stated, change_id = @change WHERE year = @year AND area_id IN ({ids})",
            asked,
            transaction
        );
        connection.Execute(
            $"""
            INSERT INTO {table} (area_id, year, {fact.Column}, change_id) SELECT p.area_id, @year, @stated, @change
            FROM (SELECT DISTINCT v.area_id FROM area_versions v WHERE v.area_id IN ({ids})) p
            WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.area_id = p.area_id AND t.year = @year)
            """,
            asked,
            transaction
        );
    }

    // A value of the row that somebody of another rank stated, and that no statement holds yet.
    private static string Kept(Fact fact, string table, string ids, string author)
    {
        var value = fact.Type.Kind == Kind.Bool ? $"CAST(t.{fact.Column} AS integer)" : $"t.{fact.Column}";
        return $"""
            SELECT t.area_id AS subject_id, '{fact.Name}' AS fact, CAST({value} AS bigint) AS value, c.stated_by, c.data_day
            FROM {table} t JOIN changes c ON c.id = t.change_id
            WHERE t.area_id IN ({ids}) AND t.year = @year AND t.{fact.Column} IS NOT NULL AND {Ranks.Sql(fact, "c.stated_by")} <> {Ranks.Of(
                fact,
                author
            )}
              AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.subject = '{fact.Subject.Name}' AND s.subject_id = t.area_id AND s.fact = '{fact.Name}'
                AND s.year = t.year AND s.value = {value})
            """;
    }
}
