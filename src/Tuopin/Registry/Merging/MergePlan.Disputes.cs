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

    private MergeCounts Settle(MergeStep step, MergeCounts counts)
    {
        var facts = FactTables.Columns(dictionary).Where(c => c.Table == step.Table && Ranks.CanConflict(c.Fact)).Select(c => c.Fact).ToList();
        if (facts.Count == 0 || SubjectKey(step) is not { } key)
            return counts;
        var stated = connection
            .Query<string>($"SELECT DISTINCT stated_by FROM statements WHERE subject = '{facts[0].Subject.Name}'", transaction: transaction)
            .ToList();
        if (stated.Contains(author))
            foreach (var fact in facts)
                if (step.Column(fact.Column) is { } column)
                    Agree(step, key, fact, column);
        if (counts.Changed == 0)
            return counts;
        var survey = Survey(step, facts);
        var others = stated.Concat(survey.Holders).Where(a => a != author).Distinct().ToList();
        var open = facts.Where(f => others.Exists(o => Ranks.Of(f, o) != Ranks.Of(f, author))).ToList();
        var settled = 0;
        foreach (var fact in open.Where(survey.Replaced.Contains))
            settled += Settle(step, key, fact, step.Column(fact.Column)!);
        if (settled > 0)
            counts = step.Compare(connection, sheet, transaction);
        if (counts.Changed > 0)
            foreach (var fact in open.Where(survey.Inherited.Contains))
                Keep(step, key, fact);
        return counts;
    }

    /// <param name="Holders">Who wrote the changed rows last.</param>
    /// <param name="Replaced">Facts of which a held value would become another.</param>
    /// <param name="Inherited">Facts of which another author's row holds a value.</param>
    private sealed record Surveyed(IReadOnlySet<string> Holders, IReadOnlySet<Fact> Replaced, IReadOnlySet<Fact> Inherited);

    // A table has a hundred facts, and two or three of them are disputed: one pass over the changed rows says which to ask about.
    private Surveyed Survey(MergeStep step, List<Fact> facts)
    {
        var (holders, replaced, inherited) = (new HashSet<string>(), new HashSet<Fact>(), new HashSet<Fact>());
        var counts = facts.Select(f =>
            step.Column(f.Column) is { } column
                ? $"count(t.{f.Column}), count(CASE WHEN {MergeStep.Differs(Engine, column, "t")} THEN t.{f.Column} END)"
                : $"count(t.{f.Column}), count(NULL)"
        );
        using var reader = connection.ExecuteReader(
            $"SELECT c.stated_by, {string.Join(", ", counts)} {Changed(step)} GROUP BY c.stated_by",
            transaction: transaction,
            commandTimeout: 0
        );
        while (reader.Read())
        {
            holders.Add(reader.GetString(0));
            for (var i = 0; i < facts.Count; i++)
            {
                if (reader.GetString(0) != author && reader.GetInt64(2 * i + 1) > 0)
                    inherited.Add(facts[i]);
                if (reader.GetInt64(2 * i + 2) > 0)
                    replaced.Add(facts[i]);
            }
        }
        return new(holders, replaced, inherited);
    }

    // Whom a row of the table is about; episodes of status and residence are not disputed but dated, and of units and posts the later file counts.
    private static string? SubjectKey(MergeStep step) =>
        step.Table switch
        {
            "household_statuses" or "residences" or "responsibilities" or "units" or "posts" => null,
            "memberships" => "person_id",
            _ => step.Key[0].Column,
        };

    private string Changed(MergeStep step) => $"FROM {step.Table} t, changes c, {step.Changed(sheet)} AND {step.Match("t")} AND c.id = t.change_id";

    private static string Year(MergeStep step) => step.Key.Any(k => k.Column == "year") ? "t.year" : "0";

    private string Number(Fact fact, string text) =>
        fact.Type.Kind == Rules.Model.Kind.Bool && Engine == Engine.PostgreSql ? $"CAST({text} AS integer)" : text;

    private string Stored(Fact fact, string number) =>
        fact.Type.Kind == Rules.Model.Kind.Bool && Engine == Engine.PostgreSql ? $"({number} <> 0)" : number;

    private int Settle(MergeStep step, string key, Fact fact, MergeColumn column)
    {
        var (mine, held) = (Number(fact, $"s.{column.Source}"), Number(fact, $"t.{fact.Column}"));
        var holder = Ranks.InForce(fact, $"t.{key}", Year(step), held, "c.stated_by");
        var rank = Ranks.Of(fact, author);
        var rows = $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {mine} AS mine, {held} AS held, {holder} AS holder, c.data_day AS held_day
             {Changed(step)} AND t.{fact.Column} IS NOT NULL AND {MergeStep.Differs(Engine, column, "t")}) d
            """;
        var lower = $"{Ranks.Sql(fact, "d.holder")} < {rank}";
        var higher = $"d.mine IS NOT NULL AND {Ranks.Sql(fact, "d.holder")} > {rank}";
        var lost = Record(Dispute.Lost, fact, $"'{author}', {dataDay}, d.mine, d.mine, d.held", $"{rows} WHERE {lower}");
        Record(Dispute.Beaten, fact, "d.holder, d.held_day, d.held, NULL, NULL", $"{rows} WHERE {higher}");
        Record(Dispute.Ours, fact, $"'{author}', {dataDay}, d.mine, NULL, NULL", $"{rows} WHERE {higher}");
        if (lost > 0)
            Run(
                $"UPDATE {sheet.Rows} AS s SET {column.Source} = {Stored(fact, "d.held")} FROM {sheet.Disputes} d WHERE d.row_no = s.row_no AND d.kind = {(int)Dispute.Lost} AND d.fact = '{fact.Name}' AND d.subject = '{fact.Subject.Name}'"
            );
        return lost;
    }

    // An older certificate of ours that said otherwise no longer does: ours is the value in force, or becomes it without anybody's losing.
    private void Agree(MergeStep step, string key, Fact fact, MergeColumn column)
    {
        var (mine, held) = (Number(fact, $"s.{column.Source}"), Number(fact, $"t.{fact.Column}"));
        var holder = Ranks.InForce(fact, $"t.{key}", Year(step), held, "c.stated_by");
        var rows = $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {mine} AS mine FROM statements st
             JOIN {step.Table} t ON t.{key} = st.subject_id AND st.year = {Year(step)} JOIN {sheet.Staged} s ON {step.Match("t")} AND {step.Where}
             LEFT JOIN changes c ON c.id = t.change_id
             WHERE st.subject = '{fact.Subject.Name}' AND st.fact = '{fact.Name}' AND st.stated_by = '{author}' AND st.value <> {mine}
               AND ({held} IS NULL OR {mine} = {held} OR {Ranks.Sql(fact, holder)} = {Ranks.Of(fact, author)})) d
            """;
        Record(Dispute.Ours, fact, $"'{author}', {dataDay}, d.mine, NULL, NULL", rows);
    }

    // What we state ourselves and rank as high for is ours from now on; what we do not state is not.
    private void Keep(MergeStep step, string key, Fact fact)
    {
        var agrees = step.Column(fact.Column) is not { } column
            ? "0"
            : $"CASE WHEN s.{column.Source} = t.{fact.Column} THEN 1 {(column.Erases ? "" : $"WHEN s.{column.Source} IS NULL THEN 0 ")}END";
        var held = Number(fact, $"t.{fact.Column}");
        var rank = Ranks.Of(fact, author);
        Record(
            Dispute.Kept,
            fact,
            "d.holder, d.held_day, d.held, NULL, NULL",
            $"""
            (SELECT s.row_no, t.{key} AS subject_id, {Year(step)} AS year, {held} AS held, c.stated_by AS holder, c.data_day AS held_day,
               {agrees} AS agrees
             {Changed(step)} AND c.stated_by <> '{author}' AND t.{fact.Column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM statements st
               WHERE st.subject = '{fact.Subject.Name}' AND st.subject_id = t.{key} AND st.fact = '{fact.Name}' AND st.year = {Year(
                step
            )} AND st.value = {held})) d
            WHERE d.agrees = 1 AND {Ranks.Sql(fact, "d.holder")} < {rank} OR d.agrees = 0 AND {Ranks.Sql(fact, "d.holder")} <> {rank}
            """
        );
    }

    private int Record(Dispute kind, Fact fact, string values, string rows)
    {
        disputing = true;
        return Run(
            $"""
            INSERT INTO {sheet.Disputes} (kind, subject, fact, row_no, subject_id, year, stated_by, stated_day, value, mine, held)
            SELECT {(int)kind}, '{fact.Subject.Name}', '{fact.Name}', d.row_no, d.subject_id, d.year, {values} FROM {rows}
            """
        );
    }

    // A second look, under the lock, starts from what the file states.
    private void ForgetDisputes()
    {
        if (!disputing)
            return;
        foreach (var (fact, column) in sheet.Facts)
            if (Ranks.CanConflict(fact))
                Run(
                    $"UPDATE {sheet.Rows} AS s SET {column} = {Stored(fact, "d.mine")} FROM {sheet.Disputes} d WHERE d.row_no = s.row_no AND d.kind = {(int)Dispute.Lost} AND d.fact = '{fact.Name}' AND d.subject = '{fact.Subject.Name}'"
                );
        Run($"DELETE FROM {sheet.Disputes}");
    }

    // Statements that are new or other than before; those that only keep who stated what come with a change of the row and are not counted.
    private MergeCounts CountDisputes()
    {
        if (!disputing)
            return default;
        ConflictingCertificates = Disputed($"kind IN ({(int)Dispute.Lost}, {(int)Dispute.Beaten}) AND value IS NOT NULL");
        var all = Disputed($"kind <> {(int)Dispute.Kept} AND value IS NOT NULL");
        var known = Disputed(
            $"value IS NOT NULL AND kind <> {(int)Dispute.Kept} AND EXISTS (SELECT 1 FROM statements st WHERE {SameStatement("st")})"
        );
        var same = Disputed(
            $"kind <> {(int)Dispute.Kept} AND EXISTS (SELECT 1 FROM statements st WHERE {SameStatement("st")} AND st.value = d.value)"
        );
        return new(all - known, known - same, same);

        long Disputed(string where) => Count($"{sheet.Disputes} d WHERE {where}");
    }

    private static string SameStatement(string alias) =>
        string.Join(" AND ", new[] { "subject", "subject_id", "fact", "year", "stated_by" }.Select(c => $"{alias}.{c} = d.{c}"));

    private void WriteStatements(long changeId)
    {
        if (!disputing)
            return;
        var county = connection.Number($"SELECT coalesce(min(area_code) / 1000000, 0) FROM {sheet.Resolved}", transaction);
        var count = Count(sheet.Disputes);
        var first = Keys.Take(connection, transaction!, "statements", county, count);
        Run(
            $"""
            INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, change_id)
            SELECT {first} - 1 + row_number() OVER (ORDER BY subject, subject_id, fact, year, stated_by), subject, subject_id, fact, year, max(value), stated_by, max(stated_day), {changeId}
            FROM {sheet.Disputes} WHERE value IS NOT NULL GROUP BY subject, subject_id, fact, year, stated_by
            ON CONFLICT (subject, subject_id, fact, year, stated_by) DO UPDATE SET value = excluded.value, stated_day = excluded.stated_day, change_id = excluded.change_id
            WHERE statements.value <> excluded.value
            """
        );
    }
}
