using System.Globalization;
using Dapper;
using Tuopin.Evidence;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;

namespace Tuopin.Work;

/// <summary>Who sees which items, and how an item is told.</summary>
public static class WorkReading
{
    /// <summary>Evidence of an item, for whoever sees the item.</summary>
    public static EvidenceSubject Evidence { get; } =
        new(
            "work",
            new("工作事项", "item of work"),
            (scope, day) =>
                $"a.part = 0 AND EXISTS (SELECT 1 FROM work_items w WHERE w.id = a.subject_id AND ({string.Join(" OR ", Places(scope.Within(AreaRange.Nation)).Append(Paired(scope.Posts, day)))}))"
        );

    /// <summary>
    /// The items (w) of an area that a permission of the caller reaches: a department's user those of its trade, a cadre those of the paired households and of the
    /// post, everybody those of their areas; and what one has in hand.
    /// </summary>
    /// <param name="byPlace">The statement reads by place whatever the width of the area: it counts, and walks no order of days.</param>
    public static string Within(Caller caller, Permission permission, AreaRange area, int day, bool byPlace = false)
    {
        var parts = new List<string>();
        foreach (var (role, department, scope) in caller.GrantsWith(permission))
            if (role == Role.Cadre)
                parts.Add(
                    string.Create(CultureInfo.InvariantCulture, $"(w.area_code BETWEEN {area.From} AND {area.To} AND {Paired(scope.Posts, day)})")
                );
            else
                parts.AddRange(
                    Places(scope.Within(area), byPlace)
                        .Select(p => role == Role.Department ? $"({p} AND w.department = {SqlDialect.Quoted(department ?? "-")})" : p)
                );
        if (permission is Permission.ViewWork or Permission.DoWork && caller.May(permission))
            parts.Add(
                string.Create(CultureInfo.InvariantCulture, $"(w.holder_id = {caller.UserId} AND w.area_code BETWEEN {area.From} AND {area.To})")
            );
        return parts.Count == 0 ? "1 = 0" : $"({string.Join(" OR ", parts.Distinct())})";
    }

    // A range as wide as a county holds most of what there is: the index by day is walked, not the one by place.
    private static IEnumerable<string> Places(IEnumerable<AreaRange> ranges, bool byPlace = false) =>
        ranges.Select(r =>
            string.Create(CultureInfo.InvariantCulture, $"{(r.Width >= 1_000_000 && !byPlace ? "+" : "")}w.area_code BETWEEN {r.From} AND {r.To}")
        );

    private static string Paired(IReadOnlyList<long> posts, int day) =>
        posts.Count == 0
            ? "1 = 0"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"(w.post_id IN ({string.Join(", ", posts)}) OR (w.subject = 'household' AND w.subject_id IN (SELECT r.household_id FROM responsibilities r WHERE r.post_id IN ({string.Join(", ", posts)}) AND r.household_id IS NOT NULL AND r.from_day <= {day} AND (r.to_day IS NULL OR r.to_day > {day}))))"
            );

    /// <summary>What a row is read from; w is the item.</summary>
    public const string Columns =
        "w.*, w.id AS named_id, h.head_name AS head, coalesce(h.national_no, h.provisional_no) AS number, one.name AS person, h.id AS household_id, u.name AS unit, p.holder_name AS post";
    public const string Joins =
        "LEFT JOIN persons one ON w.subject = 'person' AND one.id = w.subject_id LEFT JOIN households h ON h.id = CASE w.subject WHEN 'household' THEN w.subject_id WHEN 'person' THEN (SELECT max(m.household_id) FROM memberships m WHERE m.person_id = w.subject_id AND m.to_day IS NULL) END LEFT JOIN units u ON u.id = w.unit_id LEFT JOIN posts p ON p.id = w.post_id";

    /// <summary>An item with the names it is shown with.</summary>
    public sealed class Named
    {
        /// <summary>Never null, so that there always are names.</summary>
        public long NamedId { get; init; }
        public string? Head { get; init; }
        public string? Number { get; init; }

        /// <summary>The person it is about; the household is then the person's.</summary>
        public string? Person { get; init; }
        public long? HouseholdId { get; init; }
        public string? Unit { get; init; }
        public string? Post { get; init; }
    }

    public sealed record Row(WorkItem Item, Named Names);

    public static List<Row> Read(System.Data.Common.DbConnection connection, string sql, object? parameters = null) =>
        [.. connection.Query<WorkItem, Named, Row>(sql, (item, names) => new(item, names), parameters, splitOn: "named_id")];

    /// <summary>What an item is called: as its source tells it now, or as a person wrote it.</summary>
    public static Label Title(PackSet packs, WorkSources sources, WorkItem item) =>
        item.Title is { } written ? new(written, written)
        : sources.Find(item.Kind) is { } source ? source.Tell(packs, item.What ?? "")
        : new(item.What ?? "", item.What ?? "");

    public static Label Kind(PackSet packs, string kind) => packs.Dictionary.CodeLists["work_kind"].Find(kind)?.Label ?? new(kind, kind);

    public static Label Department(PackSet packs, string? key) =>
        key is null ? new("未分部门", "no department") : packs.Dictionary.CodeLists["department"].Find(key)?.Label ?? new(key, key);

    public static Label State(WorkItem item) =>
        (WorkState)item.State switch
        {
            WorkState.Open => new("待接办", "open"),
            WorkState.Taken => new("办理中", "in hand"),
            WorkState.HandedIn => new("待复核", "handed in"),
            WorkState.Returned => new("已退回", "returned"),
            _ => (WorkEnd?)item.Ended switch
            {
                WorkEnd.Cleared => new("自行销号", "cleared by itself"),
                WorkEnd.Passed => new("已销号", "closed"),
                _ => new("已撤销", "withdrawn"),
            },
        };

    public static string Word(WorkState state) =>
        state switch
        {
            WorkState.Open => "open",
            WorkState.Taken => "taken",
            WorkState.HandedIn => "handed-in",
            WorkState.Returned => "returned",
            _ => "closed",
        };

    public static DateOnly? Due(WorkItem item) => item.Due == WorkItem.NoDeadline ? null : DayNumber.ToDate(item.Due);

    /// <summary>Days it has been open on a day.</summary>
    public static int Age(WorkItem item, DateOnly day) =>
        Math.Max(0, (item.ClosedDay is { } closed ? DayNumber.ToDate(closed) : day).DayNumber - DayNumber.ToDate(item.OpenedDay).DayNumber);

    /// <summary>An item as the API tells it.</summary>
    /// <param name="Area">Code of twelve digits.</param>
    /// <param name="Card">yellow, red, or null.</param>
    /// <param name="Ended">cleared, passed or withdrawn.</param>
    /// <param name="Name">The head of the household it is about, or of the household of the person it is about.</param>
    public sealed record Told(
        long Id,
        string Kind,
        Label Title,
        string? Wanted,
        string? Subject,
        long? SubjectId,
        string? Name,
        string? Person,
        string Area,
        string? Department,
        string? Unit,
        string? Post,
        DateOnly? Due,
        bool Overdue,
        string State,
        string? Holder,
        DateOnly Opened,
        DateOnly? Closed,
        string? Ended,
        string? Card,
        int OpenChildren,
        long? Parent
    );

    public static Told Tell(ConsoleContext context, WorkSources sources, Row row) => Tell(context.Installation.Packs, sources, row, context.WorkDate);

    public static Told Tell(PackSet packs, WorkSources sources, Row row, DateOnly day)
    {
        var (w, names) = row;
        return new(
            w.Id,
            w.Kind,
            Title(packs, sources, w),
            w.Wanted,
            w.Subject,
            w.SubjectId,
            names.Head,
            names.Person,
            w.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            w.Department,
            names.Unit,
            names.Post,
            Due(w),
            w.ClosedDay is null && w.Due < DayNumber.Of(day),
            Word((WorkState)w.State),
            w.HolderName,
            DayNumber.ToDate(w.OpenedDay),
            w.ClosedDay is { } closed ? DayNumber.ToDate(closed) : null,
            ((WorkEnd?)w.Ended)?.ToString().ToLowerInvariant(),
            w.Card == 0 ? null : ((WarningColour)w.Card).ToString().ToLowerInvariant(),
            w.OpenChildren,
            w.ParentId
        );
    }

    /// <summary>The item within a permission of the caller.</summary>
    /// <exception cref="NotInScope"/>
    public static WorkItem Find(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction? transaction,
        Caller caller,
        Permission permission,
        int day,
        long id
    ) =>
        connection.QueryFirstOrDefault<WorkItem>(
            $"SELECT w.* FROM work_items w WHERE w.id = @id AND {Within(caller, permission, AreaRange.Nation, day)}",
            new { id },
            transaction
        ) ?? throw new NotInScope();
}
