using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// The rows that hold the facts of a subject, with what others stated beside them: what a form shows and what stating a fact changes. The version names the
/// changes that wrote the rows; whoever saw another version is told what became another since.
/// </summary>
public sealed class FactSheet
{
    private readonly FactDictionary dictionary;
    private readonly ILookup<(string Subject, long Id, string Fact, int Year), Settle.Said> said;

    public FactSheet(DbConnection connection, DbTransaction? transaction, FactDictionary dictionary, IReadOnlyList<HeldRow> rows)
    {
        (this.dictionary, Rows) = (dictionary, rows);
        var about = rows.Where(r => r.Disputed).Select(r => (r.Subject.Name, r.SubjectId)).Distinct().ToList();
        said = connection
            .Query<(string Subject, long Id, string Fact, int Year, long? Value, string Author, int Day)>(
                $"SELECT subject, subject_id, fact, year, value, stated_by, stated_day FROM statements WHERE {string.Join(" OR ", about.Select(a => string.Create(CultureInfo.InvariantCulture, $"(subject = '{a.Name}' AND subject_id = {a.SubjectId})")))}",
                transaction: transaction
            )
            .ToLookup(s => (s.Subject, s.Id, s.Fact, s.Year), s => new Settle.Said(s.Author, s.Day, s.Value));
    }

    public IReadOnlyList<HeldRow> Rows { get; }

    public string Version => string.Join('.', Rows.Select(r => r.ChangeId.ToString(CultureInfo.InvariantCulture)));

    // Numbers and names have ways of their own, and what is derived of a number is written with it.
    private static readonly HashSet<string> Apart = new(
        [
            "national_no",
            "provisional_no",
            "number",
            "head_name",
            "name",
            "group_name",
            "has_bank_card",
            "split_day",
            "joined",
            "left",
            "change",
            "document_kind",
        ],
        StringComparer.Ordinal
    );

    /// <summary>The facts a form can hold.</summary>
    public IEnumerable<Fact> Facts =>
        Rows.Select(r => r.Subject).Distinct().SelectMany(s => s.Facts.Values).Where(f => IsStated(f) && RowOf(f) is not null);

    private static bool IsStated(Fact fact) =>
        fact.Kept != Kept.Derived
        && !Apart.Contains(fact.Name)
        && !fact.Name.StartsWith("id_", StringComparison.Ordinal)
        && !fact.Name.StartsWith("phone_", StringComparison.Ordinal);

    public HeldRow? RowOf(Fact fact) =>
        FactTables.TableOf(dictionary, fact) is { } table ? Rows.FirstOrDefault(r => r.Table == table && r.Subject == fact.Subject) : null;

    public Value? ValueOf(Fact fact) => RowOf(fact)?[fact];

    public IReadOnlyList<Settle.Said> SaidOf(Fact fact) =>
        RowOf(fact) is { Disputed: true } row ? [.. said[(row.Subject.Name, row.SubjectId, fact.Name, row.Year)]] : [];

    /// <summary>Who stands behind the value in force.</summary>
    public string? HolderOf(Fact fact) =>
        RowOf(fact) is { } row && row[fact] is { } held ? Settle.Holder(fact, held, row.Author, SaidOf(fact)) : null;

    /// <summary>The same rows as somebody saw them who read that version.</summary>
    public IReadOnlyList<HeldRow?> AsOf(DbConnection connection, string version)
    {
        var changes = version.Split('.');
        return
        [
            .. Rows.Select(
                (r, i) =>
                    i < changes.Length && long.TryParse(changes[i], NumberStyles.None, CultureInfo.InvariantCulture, out var change)
                        ? r.AsOf(connection, change)
                        : null
            ),
        ];
    }

    /// <summary>What became another since that version.</summary>
    public IReadOnlyList<Difference> Since(DbConnection connection, string version, Func<Fact, bool> shown)
    {
        var then = AsOf(connection, version);
        return
        [
            .. Facts
                .Where(shown)
                .Select(f => (Fact: f, Now: ValueOf(f), Then: Find(then, f)?[f]))
                .Where(f => f.Now != f.Then)
                .Select(f => new Difference(f.Fact.Label, Shown(f.Fact, f.Then), Shown(f.Fact, f.Now))),
        ];
    }

    public HeldRow? Find(IReadOnlyList<HeldRow?> rows, Fact fact) => RowOf(fact) is { } row ? rows[Rows.ToList().IndexOf(row)] : null;

    /// <exception cref="ChangedMeanwhile"/>
    public void RequireVersion(DbConnection connection, string? version, Func<Fact, bool> shown)
    {
        if (version is not null && version != Version)
            throw new ChangedMeanwhile([.. Since(connection, version, shown).Select(d => $"{d.What.Zh}: {d.Before.Zh} → {d.After.Zh}")]);
    }

    /// <summary>What becomes of stated values.</summary>
    /// <exception cref="Refusal">edit.older: what is held is of a later day.</exception>
    public IReadOnlyList<Settle.Decision> Decide(IReadOnlyDictionary<Fact, Value?> stated, string author, int day)
    {
        var decisions = stated
            .Select(s =>
            {
                var row = RowOf(s.Key)!;
                return row.Disputed
                    ? Settle.Decide(s.Key, s.Value, row[s.Key], (row.Author, row.DataDay), SaidOf(s.Key), (author, day))
                    : new Settle.Decision(s.Key, row[s.Key], s.Value, s.Value == row[s.Key] ? Settle.Outcome.Same : Settle.Outcome.Taken, null, []);
            })
            .ToList();
        if (decisions.Find(d => d.Outcome == Settle.Outcome.Taken && RowOf(d.Fact)!.DataDay > day) is { } late)
            throw new Refusal(
                "edit.older",
                $"“{late.Fact.Label.Zh}”已有更晚（{ShownText.Day(RowOf(late.Fact)!.DataDay, Language.Chinese)}）的数据。There is data of a later day ({ShownText.Day(RowOf(late.Fact)!.DataDay, Language.English)}) on '{late.Fact.Label.En}'."
            );
        return decisions;
    }

    public static IReadOnlyList<Difference> Differences(IEnumerable<Settle.Decision> decisions, FactDictionary dictionary) =>
        [
            .. decisions
                .Where(d => d.Outcome != Settle.Outcome.Same || d.Statements.Count > 0)
                .Select(d => new Difference(
                    d.Fact.Label,
                    Shown(d.Fact, d.Before),
                    Shown(d.Fact, d.After),
                    d.Outcome == Settle.Outcome.Outranked && dictionary.CodeLists["department"].Find(d.Holder!) is { } holder
                        ? new($"以{holder.Label.Zh}所报为准，并列保存", $"{holder.Label.En} outranks it: kept beside")
                        : null
                )),
        ];

    public static Label Shown(Fact fact, Value? value) =>
        value is not { } known ? new("未知", "not known")
        : known.Text is { } text ? new(text, text)
        : new(ShownText.Of(fact, known.Number, Language.Chinese), ShownText.Of(fact, known.Number, Language.English));

    /// <summary>Writes decisions: rows, and the statements kept beside them.</summary>
    public void Write(Writing writing, IReadOnlyList<Settle.Decision> decisions, long change)
    {
        var kept = new List<(HeldRow Row, Fact Fact, Settle.Said Said)>();
        foreach (var group in decisions.GroupBy(d => RowOf(d.Fact)!))
        {
            var (row, taken) = (group.Key, group.Where(d => d.Outcome == Settle.Outcome.Taken).ToList());
            kept.AddRange(group.SelectMany(d => d.Statements.Select(s => (row, d.Fact, s))));
            if (taken.Count == 0)
                continue;
            if (row is { Exists: true, Disputed: true })
                kept.AddRange(
                    row.Subject.Facts.Values.Where(f => RowOf(f) == row && taken.TrueForAll(d => d.Fact != f))
                        .Select(f => (row, f, Settle.Keep(f, row[f], (row.Author, row.DataDay), SaidOf(f), writing.Editor.Author)))
                        .Where(k => k.Item3 is not null)
                        .Select(k => (k.row, k.f, k.Item3!))
                );
            Save(writing, row, [.. taken.Select(d => (d.Fact, d.After))], change);
        }
        WriteStatements(writing, kept, change);
    }

    private static void Save(Writing writing, HeldRow row, IReadOnlyList<(Fact Fact, Value? Value)> values, long change)
    {
        var parameters = new DynamicParameters();
        var columns = values.Select((v, i) => (v.Fact.Column, Text: Literal(v.Fact, v.Value, parameters, i))).ToList();
        columns.Add(("change_id", change.ToString(CultureInfo.InvariantCulture)));
        if (row.Exists)
            writing.Execute(
                $"UPDATE {row.Table} AS t SET {string.Join(", ", columns.Select(c => $"{c.Column} = {c.Text}"))} WHERE {row.Where}",
                parameters
            );
        else
        {
            var all = row.Key.Select(k => (k.Column, Text: k.Value.ToString(CultureInfo.InvariantCulture))).Concat(columns).ToList();
            writing.Execute(
                $"INSERT INTO {row.Table} ({string.Join(", ", all.Select(c => c.Column))}) VALUES ({string.Join(", ", all.Select(c => c.Text))})",
                parameters
            );
        }
    }

    /// <summary>A value as SQL; texts go as parameters.</summary>
    public static string Literal(Fact fact, Value? value, DynamicParameters parameters, int at)
    {
        if (value is not { } known)
            return "NULL";
        if (known.Text is { } text)
        {
            parameters.Add($"v{at}", text);
            return $"@v{at}";
        }
        return fact.Type.Kind == Kind.Bool
            ? known.Number != 0
                ? "TRUE"
                : "FALSE"
            : known.Number.ToString(CultureInfo.InvariantCulture);
    }

    private static void WriteStatements(Writing writing, List<(HeldRow Row, Fact Fact, Settle.Said Said)> kept, long change)
    {
        var rows = kept.Where(k => k.Said.Value is not null).DistinctBy(k => (k.Row, k.Fact, k.Said.Author)).ToList();
        if (rows.Count == 0)
            return;
        var first = Keys.Take(writing.Connection, writing.Transaction, "statements", writing.County, rows.Count);
        var values = rows.Select(
            (k, i) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"({first + i}, '{k.Row.Subject.Name}', {k.Row.SubjectId}, '{k.Fact.Name}', {k.Row.Year}, {k.Said.Value}, '{k.Said.Author}', {k.Said.Day}, {(k.Said.Author == writing.Editor.Author ? "@document" : "NULL")}, {change})"
                )
        );
        writing.Execute(
            $"""
            INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, document, change_id) VALUES {string.Join(
                ", ",
                values
            )}
            ON CONFLICT (subject, subject_id, fact, year, stated_by) DO UPDATE
              SET value = excluded.value, stated_day = excluded.stated_day, document = excluded.document, change_id = excluded.change_id
            WHERE statements.value <> excluded.value
            """,
            new { document = writing.Act.Document }
        );
    }
}
