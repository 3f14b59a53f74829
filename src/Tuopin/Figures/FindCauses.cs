using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Figures;

/// <summary>
/// Why subjects count otherwise: whatever the figure's rule reads of them is read once with its history, and what held at the one moment is compared with what
/// held at the other, by way of the later day as it was known at the first moment. What differs up to there took its course; what differs from there on was
/// recorded since. As many queries as the rule names tables, whatever the number of subjects.
/// </summary>
public sealed class FindCauses
{
    // Steps from a subject. What lies beneath a place is its own matter: of places the facts of their years are read.
    private const int Deepest = 3;

    // What does not change with time is corrected, of whatever day the paper is.
    private static readonly HashSet<string> Lasting = ["person.birth", "person.sex", "dwelling.built_year"];

    private readonly DbConnection connection;
    private readonly Engine engine;
    private readonly SubjectType over;
    private readonly FigureSide from;
    private readonly FigureSide to;
    private readonly DateOnly before;
    private readonly DateOnly after;
    private readonly bool law;
    private readonly HashSet<Relation> relations = [];
    private readonly HashSet<(Fact Fact, int Shift)> facts = [];
    private readonly Dictionary<(string Table, string Column), Dictionary<long, List<Version>>> held = [];
    private readonly Dictionary<string, IReadOnlyList<string>> columns = [];

    private FindCauses(Installation installation, DbConnection connection, Figure figure, FigureSide from, FigureSide to)
    {
        (this.connection, this.from, this.to, engine) = (connection, from, to, installation.Store.Engine);
        (before, after) = (figure.Moment.On(from.Moment.Day)!.Value, figure.Moment.On(to.Moment.Day)!.Value);
        over = ChangedSubjects.OverOf(installation, figure);
        law = LawOf(installation, figure, from, to).Count > 0;
        foreach (var node in RulesOf(installation, figure, from, to).SelectMany(e => e.All()))
        {
            if (node.PlaceOf() is { } place && !place.Steps.IsDefaultOrEmpty)
                relations.UnionWith(place.Steps);
            if (node is Aggregate aggregate)
                relations.Add(aggregate.Collection);
            if (node is FactRead read)
                facts.Add((read.Fact, read.Place.YearShift));
            if (node is UniqueIn unique)
                facts.Add((unique.Key, 0));
        }
        if (over.AreaThrough is { } through)
            relations.Add(over.Relations[through]);
    }

    /// <summary>The causes for some subjects, at least one for each.</summary>
    /// <param name="departments">The trades whose values alone are told; null for all.</param>
    public static IReadOnlyDictionary<long, IReadOnlyList<ChangeCause>> Of(
        Installation installation,
        DbConnection connection,
        Figure figure,
        FigureSide from,
        FigureSide to,
        IReadOnlyCollection<long> subjects,
        IReadOnlySet<string>? departments
    )
    {
        if (subjects.Count == 0)
            return new Dictionary<long, IReadOnlyList<ChangeCause>>();
        var finder = new FindCauses(installation, connection, figure, from, to);
        finder.Load(finder.over, [.. subjects], finder.Depth);
        var differences = subjects.ToDictionary(s => s, s => finder.Compare(s).ToList());
        var changes = differences.Values.SelectMany(d => d).Select(d => d.Change).OfType<long>().Distinct().ToList();
        var acts =
            changes.Count == 0
                ? []
                : connection
                    .Query<(long Change, string At, string Actor, string Reason, string StatedBy, long DataDay)>(
                        $"SELECT id AS change, at, actor, reason, stated_by, data_day FROM changes WHERE id IN ({string.Join(", ", changes)})"
                    )
                    .ToDictionary(a => a.Change, a => new RecordedAct(a.Change, a.At, a.Actor, a.Reason, a.StatedBy, (int)a.DataDay));
        return differences.ToDictionary(d => d.Key, IReadOnlyList<ChangeCause> (d) => finder.Causes(d.Value, acts, departments));
    }

    /// <summary>The parameters that a figure itself reads and that have other values in force at the two moments.</summary>
    public static IReadOnlyList<(Parameter Parameter, ParameterValue? Before, ParameterValue? After)> LawOf(
        Installation installation,
        Figure figure,
        FigureSide from,
        FigureSide to
    )
    {
        if (figure.Moment.On(from.Moment.Day) is not { } was || figure.Moment.On(to.Moment.Day) is not { } now)
            return [];
        return
        [
            .. RulesOf(installation, figure, from, to)
                .SelectMany(e => e.All())
                .OfType<ParameterRead>()
                .Select(r => r.Parameter)
                .Distinct()
                .Where(p =>
                    !p.Pieces(from.Range, p.IndexOn(new(was)))
                        .Select(v => (v.Area, v.Value))
                        .SequenceEqual(p.Pieces(to.Range, p.IndexOn(new(now))).Select(v => (v.Area, v.Value)))
                )
                .Select(p => (p, p.InForce(from.Area.Code, p.IndexOn(new(was))), p.InForce(to.Area.Code, p.IndexOn(new(now))))),
        ];
    }

    // What decides whether a subject counts: of verdicts, the rules of the indicators in force at either moment, and whether the household is registered.
    private static IEnumerable<Expr> RulesOf(Installation installation, Figure figure, FigureSide from, FigureSide to) =>
        figure switch
        {
            { Counted: { } counted } => new[] { counted.Where, counted.Sum }.OfType<Expr>(),
            { Verdicts: { } verdicts } => ChangedVerdicts.RulesOf(
                installation,
                verdicts,
                [(from.Range, figure.Moment.On(from.Moment.Day)), (to.Range, figure.Moment.On(to.Moment.Day))]
            ),
            _ => [],
        };

    private int Depth => over.Level is null ? Deepest : 0;

    /// <summary>A row of a table as it stood between two changes.</summary>
    private sealed class Version(IDictionary<string, object?> row)
    {
        public long Change { get; } = Convert.ToInt64(row["change_id"], CultureInfo.InvariantCulture);
        public long? EndedBy { get; } = row["ended_by"] is { } end ? Convert.ToInt64(end, CultureInfo.InvariantCulture) : null;
        public int? From => (int?)this["from_day"]?.Number;
        public int? To => (int?)this["to_day"]?.Number;

        public Value? this[string column] =>
            row.TryGetValue(column, out var held)
                ? held switch
                {
                    null or byte[] => null,
                    string text => text,
                    bool flag => flag,
                    _ => Convert.ToInt64(held, CultureInfo.InvariantCulture),
                }
                : null;

        public bool Known(long? known) => known is { } change ? Change <= change && (EndedBy is null || EndedBy > change) : EndedBy is null;

        public bool Covers(int day) => From is not { } first || (first <= day && (To is not { } last || last > day));
    }

    /// <summary>What holds of a subject at a moment: a fact, or that somebody belongs to it.</summary>
    /// <param name="All">Every version of the row, or of the rows that tie the two.</param>
    /// <param name="Of">What a version says of it on the later day.</param>
    private sealed record Entry(
        SubjectType Type,
        Fact? Fact,
        Value? Value,
        Version Row,
        IReadOnlyList<Version> All,
        Func<Version, Value?> Of,
        string? Person
    )
    {
        public int Year { get; init; }

        /// <summary>The type of members, where it is that somebody belongs to a household.</summary>
        public SubjectType? Member { get; init; }
    }

    private sealed record Difference(ChangeCause Cause, long? Change, bool Undated);

    // Rows with their history, of the subjects and of everything that the rule reads from there.
    private void Load(SubjectType type, IReadOnlyCollection<long> ids, int depth)
    {
        if (ids.Count == 0)
            return;
        if (type.Level is null)
            Rows(type.Table, "id", ids);
        if (type is { YearTable: { } years, YearKey: { } key } && facts.Any(f => f.Fact.Subject == type && IsYearly(f.Fact)))
            Rows(years, key, ids);
        if (depth == 0)
            return;
        foreach (var relation in relations.Where(r => r.Source == type))
            if (relation.LinkTable is { } link)
                Load(relation.Target, Distinct(Rows(link, relation.SourceColumn, ids), relation.TargetColumn), depth - 1);
            else if (relation.TargetColumn != "id" && relation.Target.Level is null)
                Load(relation.Target, Distinct(Rows(relation.Target.Table, relation.TargetColumn, ids), "id"), depth - 1);
            else if (type.Level is null)
                Load(relation.Target, Distinct(Rows(type.Table, "id", ids), relation.SourceColumn), depth - 1);
    }

    private static List<long> Distinct(IEnumerable<Version> rows, string column) =>
        [.. rows.Select(r => r[column]?.Number).OfType<long>().Distinct()];

    private static bool IsYearly(Fact fact) => fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear;

    private static int YearOf(Fact fact, DateOnly day) =>
        fact.Kept switch
        {
            Kept.PolicyYear => new JudgingDay(day).PolicyYear,
            Kept.IncomeYear => new JudgingDay(day).IncomeYear,
            _ => new JudgingDay(day).RegistryYear,
        };

    private IEnumerable<Version> Rows(string table, string column, IReadOnlyCollection<long> ids)
    {
        if (!held.TryGetValue((table, column), out var rows))
            held.Add((table, column), rows = []);
        var missing = ids.Where(i => !rows.ContainsKey(i)).Distinct().ToList();
        if (missing.Count > 0)
        {
            foreach (var id in missing)
                rows.Add(id, []);
            var list = string.Join(", ", ColumnsOf(table));
            var only = $"{column} IN ({string.Join(", ", missing)})";
            foreach (
                var row in connection.Query(
                    $"SELECT {list}, change_id, CAST(NULL AS bigint) AS ended_by FROM {table} WHERE {only} UNION ALL SELECT {list}, change_id, ended_by FROM {table}_history WHERE {only}",
                    commandTimeout: 0
                )
            )
            {
                var version = new Version((IDictionary<string, object?>)row);
                rows[version[column]!.Value.Number].Add(version);
            }
            foreach (var id in missing)
                rows[id].Sort((x, y) => x.Change.CompareTo(y.Change));
        }
        return ids.SelectMany(i => rows[i]);
    }

    // Keys, days, names and what the rule reads: nothing else leaves the database.
    private IReadOnlyList<string> ColumnsOf(string table)
    {
        if (columns.TryGetValue(table, out var found))
            return found;
        var wanted = facts
            .Where(f => f.Fact.Subject.Table == table || f.Fact.Subject.YearTable == table || f.Fact.Kept == Kept.Link)
            .Select(f => f.Fact.Column)
            .Concat(relations.SelectMany(r => new[] { r.SourceColumn, r.TargetColumn }))
            .Concat(["id", "from_day", "to_day", "year", "area_code", "area_id", "household_id", "person_id", "name", "change"])
            .ToHashSet(StringComparer.Ordinal);
        columns.Add(table, found = [.. Catalog.Columns(connection, engine, table).Where(wanted.Contains)]);
        return found;
    }

    private List<Version> Held(string table, string column, long id) =>
        held.TryGetValue((table, column), out var rows) && rows.TryGetValue(id, out var found) ? found : [];

    // Everything that holds of a subject on a day as it was known, by where it hangs: members under "#" and their key, so that each is compared with itself.
    private Dictionary<string, Entry> At(long id, DateOnly day, long? known)
    {
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        Visit(found, "", over, id, day, known, Depth, null);
        return found;
    }

    private void Visit(Dictionary<string, Entry> found, string path, SubjectType type, long id, DateOnly day, long? known, int depth, string? person)
    {
        var rows = type.Level is null ? Held(type.Table, "id", id) : [];
        var row = rows.FirstOrDefault(r => r.Known(known));
        if (path.Length == 0 && row is not null)
        {
            found.Add("#", new(type, null, 1, row, rows, _ => 1, null));
            if (row["area_code"] is { } place)
                found.Add("/@", new(type, null, place, row, rows, r => r["area_code"], null));
        }
        var name = type.Name == "person" && path.Length > 0 ? row?["name"]?.Text : person;
        foreach (var (fact, shift) in facts.Where(f => f.Fact.Subject == type))
            if (fact.Kept == Kept.Row && row is not null)
                found.TryAdd($"{path}/{fact.Name}", new(type, fact, row[fact.Column], row, rows, r => r[fact.Column], name));
            else if (IsYearly(fact) && type.YearKey is { } key)
            {
                var year = YearOf(fact, day) + shift;
                List<Version> years = [.. Held(type.YearTable!, key, id).Where(r => r["year"]?.Number == year)];
                if (years.Find(r => r.Known(known)) is { } of)
                    found.TryAdd(
                        $"{path}/{fact.Name}@{shift}",
                        new(type, fact, of[fact.Column], of, years, r => r[fact.Column], name) { Year = year }
                    );
            }
        if (depth == 0)
            return;
        foreach (var relation in relations.Where(r => r.Source == type))
            Follow(found, $"{path}/{relation.Name}", relation, id, row, day, known, depth - 1, name);
    }

    private void Follow(
        Dictionary<string, Entry> found,
        string path,
        Relation relation,
        long id,
        Version? row,
        DateOnly day,
        long? known,
        int depth,
        string? person
    )
    {
        if (relation.LinkTable is null && (relation.TargetColumn == "id" || relation.Target.Level is not null))
        {
            if (row?[relation.SourceColumn]?.Number is { } up)
                Visit(found, path, relation.Target, up, day, known, depth, person);
            return;
        }
        var all = relation.LinkTable is { } link ? Held(link, relation.SourceColumn, id) : Held(relation.Target.Table, relation.TargetColumn, id);
        long TargetOf(Version r) => r[relation.LinkTable is null ? "id" : relation.TargetColumn]!.Value.Number;
        var on = DayNumber.Of(after);
        foreach (var tie in all.Where(r => r.Known(known) && (!relation.Dated || r.Covers(DayNumber.Of(day)))))
        {
            var target = TargetOf(tie);
            List<Version> ties = [.. all.Where(r => TargetOf(r) == target)];
            var member =
                relation.LinkTable == "memberships" ? new[] { relation.Source, relation.Target }.FirstOrDefault(t => t.Name == "person") : null;
            var several = relation.Many || member is not null;
            var place = several ? string.Create(CultureInfo.InvariantCulture, $"{path}#{target}") : path;
            var whose = relation.Target.Name == "person" ? NameOf(target, known) : person;
            if (several)
                found.TryAdd(
                    place,
                    new(relation.Target, null, 1, tie, ties, r => !relation.Dated || r.Covers(on) ? 1 : null, whose) { Member = member }
                );
            if (relation.LinkTable is not null)
                foreach (
                    var (fact, _) in facts.Where(f =>
                        f.Fact.Kept == Kept.Link && (f.Fact.Subject == relation.Target || f.Fact.Subject == relation.Source)
                    )
                )
                    found.TryAdd($"{place}/{fact.Name}", new(relation.Target, fact, tie[fact.Column], tie, ties, r => r[fact.Column], whose));
            Visit(found, place, relation.Target, target, day, known, depth, person);
        }
    }

    private string? NameOf(long person, long? known) =>
        Held("persons", "id", person) is { Count: > 0 } rows ? (rows.Find(r => r.Known(known)) ?? rows[^1])["name"]?.Text : null;

    private IEnumerable<Difference> Compare(long id)
    {
        var was = At(id, before, from.Moment.KnownAt);
        var then = At(id, after, from.Moment.KnownAt);
        var now = At(id, after, to.Moment.KnownAt);
        foreach (var key in was.Keys.Concat(now.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var (a, m, b) = (was.GetValueOrDefault(key), then.GetValueOrDefault(key), now.GetValueOrDefault(key));
            if (a?.Value == b?.Value || !Holders(key).All(h => (h == "#" && over.Level is not null) || (was.ContainsKey(h) && now.ContainsKey(h))))
                continue;
            if (key == "/@" && from.Range.Contains(a!.Value!.Value.Number) == to.Range.Contains(b!.Value!.Value.Number))
                continue;
            yield return Explain(key, a, m, b);
        }
    }

    // Whoever came or went brought facts along: these are told by the coming and going alone.
    private static IEnumerable<string> Holders(string key)
    {
        if (key == "#")
            yield break;
        yield return "#";
        for (var i = key.IndexOf('/', 1); i > 0; i = key.IndexOf('/', i + 1))
            if (key.LastIndexOf('#', i - 1) > key.LastIndexOf('/', i - 1))
                yield return key[..i];
    }

    private Difference Explain(string key, Entry? a, Entry? m, Entry? b)
    {
        var any = (b ?? m ?? a)!;
        var recorded = m?.Value != b?.Value;
        var change = recorded ? ChangeOf(m, b) : null;
        if (key == "/@")
            return new(
                new(to.Range.Contains(b!.Value!.Value.Number) ? CauseKind.MovedIn : CauseKind.MovedOut) { Before = a!.Value, After = b.Value },
                change,
                false
            );
        if (any.Fact is not { } fact)
            return new(Coming(key, a, m, b, recorded), change, false);
        var day = b?.Row.From is { } first && any.Type.Name == "household_status" ? first : (int?)null;
        var (kind, undated) = recorded ? Recorded(fact, m, b, any) : (Course(fact, a, b), false);
        return new(
            new(kind)
            {
                Fact = fact,
                Before = a?.Value,
                After = b?.Value,
                Person = any.Person,
                Day = day,
            },
            change,
            undated
        );
    }

    private static CauseKind Course(Fact fact, Entry? a, Entry? b) =>
        fact is { Name: "kind", Subject.Name: "household_status" } ? CauseKind.StatusDecided
        : IsYearly(fact) ? CauseKind.NewYear
        : b is null || (a?.Value is not null && b.Value is null) ? CauseKind.Ended
        : CauseKind.Began;

    private (CauseKind Kind, bool Undated) Recorded(Fact fact, Entry? m, Entry? b, Entry any)
    {
        var since = DayNumber.Of(before);
        if (any.Year != 0 && YearOf(fact, before) != YearOf(fact, after))
            return (CauseKind.NewYear, false);
        if (b?.Row.From is { } first)
        {
            if (first > since)
                return (fact is { Name: "kind", Subject.Name: "household_status" } ? CauseKind.StatusDecided : CauseKind.Began, false);
            if (fact.Subject.Name == "household_status")
                return (b.All.Any(r => r.Change <= from.Moment.KnownAt) ? CauseKind.Corrected : CauseKind.LateData, false);
        }
        var kind = m?.Value is null ? CauseKind.LateData : CauseKind.Corrected;
        return (kind, !Lasting.Contains(fact.ToString()) && b is not null);
    }

    private ChangeCause Coming(string key, Entry? a, Entry? m, Entry? b, bool recorded)
    {
        var (any, since) = ((b ?? m ?? a)!, DayNumber.Of(before));
        var whose = key == "#" ? null : any.Person;
        ChangeCause Cause(CauseKind kind, int? day, Version row) =>
            new(kind)
            {
                What = any.Type.Label,
                Person = whose,
                Day = day,
                Fact = any.Member?.Facts["change"],
                After = any.Member is null ? null : row["change"],
            };
        if (b is not null)
            return Cause(
                recorded && (b.Row.From is not { } first || first <= since) ? CauseKind.LateData : CameBy(any.Member, b.Row),
                b.Row.From,
                b.Row
            );
        // Gone: the row says from when, unless it is no longer there at all.
        var last = any.All.LastOrDefault(r => r.Known(to.Moment.KnownAt));
        if (last is null || key == "#")
            return Cause(CauseKind.TakenBack, null, any.Row);
        return Cause(recorded && last.To <= since ? CauseKind.LateData : WentBy(any.Member, last), last.To, last);
    }

    private static CauseKind CameBy(SubjectType? member, Version row) =>
        member is null ? CauseKind.Began
        : Is(member, row, "born") ? CauseKind.Birth
        : CauseKind.Joined;

    private static CauseKind WentBy(SubjectType? member, Version row) =>
        member is null ? CauseKind.Ended
        : Is(member, row, "death") ? CauseKind.Death
        : CauseKind.Departed;

    private static bool Is(SubjectType person, Version row, string key) =>
        row["change"]?.Number is { } number && person.Facts["change"].Type.List!.Find(number)?.Key == key;

    // The change that made it what it is now.
    private long? ChangeOf(Entry? m, Entry? b)
    {
        if (b is not null)
        {
            var known = b.All.Where(r => to.Moment.KnownAt is not { } change || r.Change <= change).ToList();
            var at = known.FindLastIndex(r => r.Known(to.Moment.KnownAt) && r == b.Row);
            // Back to where it was last another value.
            while (at > 0 && known[at - 1].EndedBy == known[at].Change && b.Of(known[at - 1]) == b.Value)
                at--;
            return at < 0 ? b.Row.Change : known[at].Change;
        }
        var last = m!.All.LastOrDefault(r => r.Known(to.Moment.KnownAt));
        return last is null ? m.Row.EndedBy : last.Change;
    }

    private IReadOnlyList<ChangeCause> Causes(
        IReadOnlyList<Difference> differences,
        IReadOnlyDictionary<long, RecordedAct> acts,
        IReadOnlySet<string>? departments
    )
    {
        var causes = differences
            .Select(d =>
            {
                var act = d.Change is { } change ? acts.GetValueOrDefault(change) : null;
                var cause = d.Cause with { Act = act };
                if (d.Undated && act?.DataDay > DayNumber.Of(before))
                    cause = cause with { Kind = CauseKind.Stated };
                return Withholds(cause.Fact, departments) ? cause with { Before = null, After = null, Withheld = true } : cause;
            })
            .ToList();
        if (law)
            causes.Add(new(CauseKind.LawChanged));
        if (causes.Count == 0)
            causes.Add(new(before == after ? CauseKind.NotFound : CauseKind.Time));
        return causes;
    }

    private static bool Withholds(Fact? fact, IReadOnlySet<string>? departments) =>
        fact is not null
        && (
            fact.Name.EndsWith("_index", StringComparison.Ordinal)
            || (departments is not null && fact.Subject.Name != "household_status" && !fact.StatedBy.Any(departments.Contains))
        );
}
