using System.Globalization;
using System.Text.Json;
using Dapper;
using Tuopin.Platform.Web;
using Tuopin.Rules.Sql;

namespace Tuopin.Work;

/// <summary>
/// Holds the work about some households, and about the places they lie in, against its sources, in the transaction that changed them: what an edit mends is
/// closed with the edit, what it breaks is open with it. Two or three reads whatever was changed; something is written for a kind only where that kind differs. The whole
/// (<see cref="RefreshWork"/>) finds nothing left to do, but cards, which are issued with it.
/// </summary>
/// <remarks>It keeps the selects of steady sources: one belongs to whoever acts often, others make one for the occasion.</remarks>
public sealed class RefreshHouseholds(WorkSources sources)
{
    private readonly Dictionary<string, string?> steady = new(StringComparer.Ordinal);
    private object? known;

    /// <summary>What a source reports about one of the households or places.</summary>
    internal sealed class Reported
    {
        public string Kind { get; init; } = "";
        public string SourceKey { get; init; } = "";
        public string What { get; init; } = "";
        public string Subject { get; init; } = "";
        public long SubjectId { get; init; }
        public long AreaCode { get; init; }
        public string? Department { get; init; }
        public long? UnitId { get; init; }
        public long? PostId { get; init; }
        public int? Due { get; init; }
        public string? Stamp { get; init; }
        public int Last => Due ?? WorkItem.NoDeadline;
    }

    /// <summary>The same for an act of a request, made for the occasion.</summary>
    /// <param name="kinds">The kinds it can have changed; without any, all.</param>
    public static void After(ConsoleContext context, WorkAsk ask, IReadOnlyList<long> households, long change, params IReadOnlyList<string> kinds)
    {
        var sources = context.Http.RequestServices.GetRequiredService<WorkSources>();
        new RefreshHouseholds(kinds.Count == 0 ? sources : new(kinds.Select(k => sources.Find(k)!))).After(ask, households, change, "");
    }

    /// <summary>To be called after the last row is changed and the verdicts and findings follow, within the change.</summary>
    /// <param name="state">What steady selects follow from; with another state they are made again.</param>
    public void After(WorkAsk ask, IReadOnlyList<long> households, long change, object state)
    {
        if (households.Count + ask.ChangedPlaces.Count == 0)
            return;
        if (!state.Equals(known))
            steady.Clear();
        known = state;
        var parameters = new { households = JsonSerializer.Serialize(households), places = JsonSerializer.Serialize(ask.ChangedPlaces) };
        string Ids(string name) =>
            ask.Installation.Store.IsSqlite
                ? $"SELECT value AS id FROM json_each(@{name})"
                : $"SELECT CAST(e AS bigint) AS id FROM jsonb_array_elements_text(CAST(@{name} AS jsonb)) e";
        ask = ask with
        {
            Households = Ids("households"),
            Places = $"""
                WITH RECURSIVE up (id) AS (
                  SELECT b.id FROM (SELECT h.village_id AS id FROM households h WHERE h.id IN ({Ids("households")}) UNION ALL {Ids("places")}) b
                  UNION SELECT a.parent_id FROM up JOIN area_versions a ON a.area_id = up.id WHERE a.level > 3 AND a.from_day <= {ask.Day} AND (a.to_day IS NULL OR a.to_day > {ask.Day})
                ) SELECT up.id FROM up
                """,
            Keys = parameters,
        };
        var asked = sources.All.Where(s => s.OfHouseholds).Select(s => (s.Kind, Select: SelectOf(s, ask))).Where(s => s.Select is not null).ToList();
        var now = ask
            .Connection.Query<Reported>(
                string.Join(" UNION ALL ", asked.Select(s => $"SELECT CAST('{s.Kind}' AS text) AS kind, {Columns} FROM ({s.Select}) n")),
                parameters,
                ask.Transaction
            )
            .ToLookup(r => r.Kind);
        var held = ask
            .Connection.Query<WorkItem>(
                $"""
                SELECT w.* FROM work_items w WHERE w.live AND w.source_key IS NOT NULL AND w.kind IN ({string.Join(
                    ", ",
                    asked.Select(s => $"'{s.Kind}'")
                )})
                  AND w.subject_id IN (
                    {ask.Households} UNION ALL SELECT m.person_id FROM memberships m WHERE m.household_id IN ({ask.Households})
                    UNION ALL SELECT p.id FROM ({ask.Places}) p
                  )
                  AND {OfThem("w", ask)}
                """,
                parameters,
                ask.Transaction
            )
            .ToLookup(w => w.Kind);
        foreach (var (kind, _) in asked)
            Hold(ask, kind, [.. now[kind]], [.. held[kind]], change);
    }

    /// <summary>The condition that what a row is about is one of the households, a person who is or was of one, or one of the places.</summary>
    public static string OfThem(string alias, WorkAsk ask) =>
        ask.Households is { } ids
            ? $"(({alias}.subject = 'household' AND {alias}.subject_id IN ({ids})) OR ({alias}.subject = 'person' AND {alias}.subject_id IN (SELECT m.person_id FROM memberships m WHERE m.household_id IN ({ids}))) OR ({OfPlaces(alias + ".subject")}{ask.AmongPlaces(alias + ".subject_id")}))"
            : "1 = 1";

    /// <summary>The condition that a column names a type of places.</summary>
    public static string OfPlaces(string column) => $"{column} IN ('village', 'township', 'county')";

    private const string Columns = "n.source_key, n.what, n.subject, n.subject_id, n.area_code, n.department, n.unit_id, n.post_id, n.due, n.stamp";

    private string? SelectOf(WorkSource source, WorkAsk ask)
    {
        if (!source.Steady)
            return source.Open(ask);
        if (!steady.TryGetValue(source.Kind, out var select))
            steady[source.Kind] = select = source.Open(ask);
        return select;
    }

    private static void Hold(WorkAsk ask, string kind, IReadOnlyList<Reported> now, IReadOnlyList<WorkItem> held, long change)
    {
        var differ = Differ(now, held);
        if (differ == Differences.None)
            return;
        var part = held.Count == 0 ? "1 = 0" : $"id IN ({string.Join(", ", held.Select(h => h.Id))})";
        var holding = new HoldItems(ask, kind, Literal(now, ask.Installation.Store.IsSqlite ? "" : " COLLATE \"C\""), part, change);
        if (differ.HasFlag(Differences.Answered))
            holding.Free();
        if (differ.HasFlag(Differences.Gone))
            holding.Clear();
        if (differ.HasFlag(Differences.Changed))
            holding.Follow();
        // An answer that is free again stands in the way of nothing.
        if (differ.HasFlag(Differences.New) || differ.HasFlag(Differences.Answered))
            holding.Open();
    }

    [Flags]
    internal enum Differences
    {
        None = 0,
        Answered = 1,
        Gone = 2,
        Changed = 4,
        New = 8,
    }

    /// <summary>In which ways what is held differs from what is reported; the statements of <see cref="HoldItems"/> say the same of each row.</summary>
    internal static Differences Differ(IReadOnlyList<Reported> now, IReadOnlyList<WorkItem> held)
    {
        var (reported, items) = (now.ToDictionary(n => n.SourceKey), held.ToDictionary(h => h.SourceKey!));
        var differ = now.Any(n => !items.ContainsKey(n.SourceKey)) ? Differences.New : Differences.None;
        foreach (var item in held)
        {
            var n = reported.GetValueOrDefault(item.SourceKey!);
            if (item.ClosedDay is not null)
                differ |= n is null || n.Stamp != item.Stamp ? Differences.Answered : Differences.None;
            else if (n is null)
                differ |= item.OpenChildren == 0 ? Differences.Gone : Differences.None;
            else if (
                n.AreaCode != item.AreaCode
                || n.What != item.What
                || n.Department != item.Department
                || n.Stamp != item.Stamp
                || (n.UnitId is not null && n.UnitId != item.UnitId)
                || (n.PostId is not null && n.PostId != item.PostId)
                || (!item.DueByHand && n.Last != item.Due)
            )
                differ |= Differences.Changed;
        }
        return differ;
    }

    // What is reported about a few households is little: it is written into the statement.
    private static string Literal(IReadOnlyList<Reported> now, string collation)
    {
        string Text(string? text) => $"CAST({(text is null ? "NULL" : SqlDialect.Quoted(text))} AS text){collation}";
        static string Number(long? number) => $"CAST({number?.ToString(CultureInfo.InvariantCulture) ?? "NULL"} AS bigint)";
        string Row(Reported n) =>
            $"SELECT {Text(n.SourceKey)} AS source_key, {Text(n.What)} AS what, {Text(n.Subject)} AS subject, {Number(n.SubjectId)} AS subject_id, {Number(n.AreaCode)} AS area_code, {Text(n.Department)} AS department, {Number(n.UnitId)} AS unit_id, {Number(n.PostId)} AS post_id, CAST({n.Last.ToString(CultureInfo.InvariantCulture)} AS integer) AS due, {Text(n.Stamp)} AS stamp";
        return now.Count == 0 ? $"({Row(new())} WHERE 1 = 0)" : $"({string.Join(" UNION ALL ", now.Select(Row))})";
    }
}
