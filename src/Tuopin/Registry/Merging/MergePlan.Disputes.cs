using System.Data.Common;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

// Two authors who state a fact differently: the row holds the value of the higher-ranked one, table statements the other. Everything is found out in the
// preview, among changed rows only, and kept beside the staged rows; what is written under the lock is one statement. A first load has no changed rows.
public sealed partial class MergePlan
{
    private bool disputing;

    /// <summary>Rows of the file that state something else than a higher- or lower-ranked author did.</summary>
    public long ConflictingCertificates { get; private set; }

    private string Disputes => Staging + "_disputes";

    private enum Dispute
    {
        /// <summary>Ours is lower: the row keeps its value, ours becomes a statement.</summary>
        Lost,

        /// <summary>Theirs is lower: the row takes ours, theirs becomes a statement.</summary>
        Beaten,

        /// <summary>Our certificate in force is recorded too where somebody disagrees, or where an older one of ours said otherwise.</summary>
        Ours,

        /// <summary>The row changes hands: whose values stay in it is written down.</summary>
        Kept,
    }

    private MergeCounts Settle(MergeStep step, MergeCounts counts, DbTransaction? transaction)
    {
        var facts = FactTables.Columns(dictionary).Where(c => c.Table == step.Table && Ranks.CanConflict(c.Fact)).Select(c => c.Fact).ToList();
        if (facts.Count == 0 || SubjectKey(step) is not { } key)
            return counts;
        var stated = connection
            .Query<string>($"SELECT DISTINCT stated_by FROM statements WHERE subject = '{facts[0].Subject.Name}'", transaction: transaction)
            .ToList();
        if (stated.Contains(author))
            foreach (var fact in facts)
                if (step.Columns.FirstOrDefault(c => c.Name == fact.Column) is { } column)
                    Agree(step, key, fact, column.Source, transaction);
        if (counts.Changed == 0)
            return counts;
        var holders = connection.Query<string>($"SELECT DISTINCT c.stated_by {Changed(step)}", transaction: transaction);
        var others = stated.Concat(holders).Where(a => a != author).Distinct().ToList();
        var open = facts.Where(f => others.Exists(o => Ranks.Of(f, o) != Ranks.Of(f, author))).ToList();
        var settled = 0;
        foreach (var fact in open)
            if (step.Columns.FirstOrDefault(c => c.Name == fact.Column) is { } column)
                settled += Settle(step, key, fact, column.Source, transaction);
        if (settled > 0)
            counts = step.Compare(connection, Engine, Staging, transaction);
        if (counts.Changed > 0)
            foreach (var fact in open)
                Keep(step, key, fact, transaction);
        return counts;
    }

    // Whom a row of the table is about; episodes of status and residence are not disputed but dated.
    private static string? SubjectKey(MergeStep step) =>
        step.Table switch
        {
            "household_statuses" or "residences" or "responsibilities" => null,
            "memberships" => "person_id",
            _ => step.Key[0].Column,
        };

    private string Changed(MergeStep step) =>
        $"FROM {Staging} s JOIN {step.Table} t ON {string.Join(" AND ", step.Key.Select(k => $"t.{k.Column} = s.{k.Source}"))} JOIN changes c ON c.id = t.change_id WHERE s.{step.Flag} = 1";

    private static string Year(MergeStep step) => step.Key.Any(k => k.Column == "year") ? "t.year" : "0";

    private string Number(Fact fact, string text) =>
        fact.Type.Kind == Rules.Model.Kind.Bool && Engine == Engine.PostgreSql ? $"CAST({text} AS integer)" : text;

    private string Stored(Fact fact, string number) =>
        fact.Type.Kind == Rules.Model.Kind.Bool && Engine == Engine.PostgreSql ? $"({number} <> 0)" : number;

    private int Settle(MergeStep step, string key, Fact fact, string source, DbTransaction? transaction)
    {
        var (mine, held) = (Number(fact, $"s.{source}"), Number(fact, $"t.{fact.Column}"));
        var holder = Ranks.InForce(fact, $"t.{key}", Year(step), held, "c.stated_by");
        var rank = Ranks.Of(fact, author);
        var rows = $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {mine} AS mine, {held} AS held, {holder} AS holder, c.data_day AS held_day
             {Changed(step)} AND t.{fact.Column} IS NOT NULL AND (s.{source} IS NULL OR s.{source} <> t.{fact.Column})) d
            """;
        var lower = $"{Ranks.Sql(fact, "d.holder")} < {rank}";
        var higher = $"d.mine IS NOT NULL AND {Ranks.Sql(fact, "d.holder")} > {rank}";
        var lost = Record(Dispute.Lost, fact, $"'{author}', {dataDay}, d.mine, d.mine, d.held", $"{rows} WHERE {lower}", transaction);
        Record(Dispute.Beaten, fact, "d.holder, d.held_day, d.held, NULL, NULL", $"{rows} WHERE {higher}", transaction);
        Record(Dispute.Ours, fact, $"'{author}', {dataDay}, d.mine, NULL, NULL", $"{rows} WHERE {higher}", transaction);
        if (lost > 0)
            Run(
                $"UPDATE {Staging} AS s SET {source} = {Stored(fact, "d.held")} FROM {Disputes} d WHERE d.row_no = s.row_no AND d.kind = {(int)Dispute.Lost} AND d.fact = '{fact.Name}' AND d.subject = '{fact.Subject.Name}'",
                transaction
            );
        return lost;
    }

    // An older certificate of ours that said otherwise no longer does.
    private void Agree(MergeStep step, string key, Fact fact, string source, DbTransaction? transaction)
    {
        var (mine, held) = (Number(fact, $"s.{source}"), Number(fact, $"t.{fact.Column}"));
        var match = string.Join(" AND ", step.Key.Select(k => $"t.{k.Column} = s.{k.Source}"));
        var rows = $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {mine} AS mine FROM statements st
             JOIN {step.Table} t ON t.{key} = st.subject_id AND st.year = {Year(step)} JOIN {Staging} s ON {match} AND s.{step.Flag} IS NOT NULL
             WHERE st.subject = '{fact.Subject.Name}' AND st.fact = '{fact.Name}' AND st.stated_by = '{author}' AND {mine} = {held} AND st.value <> {mine}) d
            """;
        Record(Dispute.Ours, fact, $"'{author}', {dataDay}, d.mine, NULL, NULL", rows, transaction);
    }

    // What we state ourselves and rank as high for is ours from now on.
    private void Keep(MergeStep step, string key, Fact fact, DbTransaction? transaction)
    {
        var column = step.Columns.FirstOrDefault(c => c.Name == fact.Column);
        var stays = column is null ? "" : $" AND s.{column.Source} = t.{fact.Column}";
        var held = Number(fact, $"t.{fact.Column}");
        Record(
            Dispute.Kept,
            fact,
            "d.holder, d.held_day, d.held, NULL, NULL",
            $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {held} AS held, c.stated_by AS holder, c.data_day AS held_day
             {Changed(step)} AND c.stated_by <> '{author}' AND t.{fact.Column} IS NOT NULL{stays} AND NOT EXISTS (SELECT 1 FROM statements st
               WHERE st.subject = '{fact.Subject.Name}' AND st.subject_id = t.{key} AND st.fact = '{fact.Name}' AND st.year = {Year(
                step
            )} AND st.value = {held})) d
            WHERE {Ranks.Sql(fact, "d.holder")} {(column is null ? "<>" : "<")} {Ranks.Of(fact, author)}
            """,
            transaction
        );
    }

    private int Record(Dispute kind, Fact fact, string values, string rows, DbTransaction? transaction)
    {
        BeginDisputes(transaction);
        return connection.Execute(
            $"""
            INSERT INTO {Disputes} (kind, subject, fact, row_no, subject_id, year, stated_by, stated_day, value, mine, held)
            SELECT {(int)kind}, '{fact.Subject.Name}', '{fact.Name}', d.row_no, d.subject_id, d.year, {values} FROM {rows}
            """,
            transaction
        );
    }

    private void BeginDisputes(DbTransaction? transaction)
    {
        if (disputing)
            return;
        disputing = true;
        var number = Engine == Engine.Sqlite ? "INTEGER" : "bigint";
        var text = Engine == Engine.Sqlite ? "TEXT" : "text COLLATE \"C\"";
        Run(
            $"""
            CREATE TABLE {Disputes} (kind {number}, subject {text}, fact {text}, row_no {number}, subject_id {number}, year {number}, stated_by {text},
              stated_day {number}, value {number}, mine {number}, held {number})
            """,
            transaction
        );
    }

    // A second look, under the lock, starts from what the file states.
    private void ForgetDisputes(DbTransaction? transaction)
    {
        if (!disputing)
            return;
        foreach (var (fact, column) in sheet.Facts)
            if (Ranks.CanConflict(fact))
                Run(
                    $"UPDATE {Staging} AS s SET {column} = {Stored(fact, "d.mine")} FROM {Disputes} d WHERE d.row_no = s.row_no AND d.kind = {(int)Dispute.Lost} AND d.fact = '{fact.Name}' AND d.subject = '{fact.Subject.Name}'",
                    transaction
                );
        Run($"DELETE FROM {Disputes}", transaction);
    }

    // Statements that are new or other than before; those that only keep who stated what come with a change of the row and are not counted.
    private MergeCounts CountDisputes(DbTransaction? transaction)
    {
        if (!disputing)
            return default;
        ConflictingCertificates = Count($"kind IN ({(int)Dispute.Lost}, {(int)Dispute.Beaten}) AND value IS NOT NULL");
        var all = Count($"kind <> {(int)Dispute.Kept} AND value IS NOT NULL");
        var known = Count($"value IS NOT NULL AND kind <> {(int)Dispute.Kept} AND EXISTS (SELECT 1 FROM statements st WHERE {SameStatement("st")})");
        var same = Count($"kind <> {(int)Dispute.Kept} AND EXISTS (SELECT 1 FROM statements st WHERE {SameStatement("st")} AND st.value = d.value)");
        return new(all - known, known - same, same);

        long Count(string where) => connection.Number($"SELECT count(*) FROM {Disputes} d WHERE {where}", transaction);
    }

    private static string SameStatement(string alias) =>
        string.Join(" AND ", new[] { "subject", "subject_id", "fact", "year", "stated_by" }.Select(c => $"{alias}.{c} = d.{c}"));

    private void WriteStatements(long changeId, DbTransaction transaction)
    {
        if (!disputing)
            return;
        var county = connection.Number($"SELECT coalesce(min(area_code) / 1000000, 0) FROM {Staging}", transaction);
        var count = connection.Number($"SELECT count(*) FROM {Disputes}", transaction);
        var first = Keys.Take(connection, transaction, "statements", county, count);
        Run(
            $"""
            INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id)
            SELECT {first} - 1 + row_number() OVER (ORDER BY subject, subject_id, fact, year, stated_by), subject, subject_id, fact, year, max(value), stated_by, max(stated_day), {changeId}
            FROM {Disputes} WHERE value IS NOT NULL GROUP BY subject, subject_id, fact, year, stated_by
            ON CONFLICT (subject, subject_id, fact, year, stated_by) DO UPDATE SET value = excluded.value, stated_day = excluded.stated_day, change_id = excluded.change_id
            WHERE statements.value <> excluded.value
            """,
            transaction
        );
    }
}
