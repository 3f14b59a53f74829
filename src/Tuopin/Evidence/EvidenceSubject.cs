using System.Data.Common;
using Dapper;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Evidence;

/// <summary>What evidence can be of. The module that has the subject says who sees it: the scope of evidence is the scope of its subject.</summary>
/// <param name="Within">
/// The condition that <c>a.subject_id</c> and <c>a.part</c> (alias a) name a subject within a scope on a day (yyyyMMdd).
/// </param>
public sealed record EvidenceSubject(string Name, Label Label, Func<Scope, int, string> Within)
{
    private const string Whole = "a.part = 0";

    private static string Household(Scope scope, int day) => scope.Households("l", AreaRange.Nation, day);

    private static string Now(string alias, int day) =>
        FormattableString.Invariant($"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})");

    /// <summary>Subjects of the registry.</summary>
    public static IReadOnlyList<EvidenceSubject> OfRegistry { get; } =
    [
        new(
            "household",
            new("农户", "household"),
            (scope, day) => $"{Whole} AND EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = a.subject_id AND {Household(scope, day)})"
        ),
        new(
            "person",
            new("人员", "person"),
            (scope, day) =>
                $"{Whole} AND EXISTS (SELECT 1 FROM memberships m JOIN household_list l ON l.household_id = m.household_id WHERE m.person_id = a.subject_id AND {Now("m", day)} AND {Household(scope, day)})"
        ),
        new(
            "dwelling",
            new("住房", "dwelling"),
            (scope, day) =>
                $"{Whole} AND EXISTS (SELECT 1 FROM residences r JOIN household_list l ON l.household_id = r.household_id WHERE r.dwelling_id = a.subject_id AND {Now("r", day)} AND {Household(scope, day)})"
        ),
        new(
            "area",
            new("区域", "area"),
            (scope, day) =>
                $"{Whole} AND EXISTS (SELECT 1 FROM area_versions v WHERE v.area_id = a.subject_id AND {Now("v", day)} AND ({Ranges(scope)}))"
        ),
    ];

    private static string Ranges(Scope scope) =>
        string.Join(" OR ", scope.Within(AreaRange.Nation).Select(r => FormattableString.Invariant($"v.code BETWEEN {r.From} AND {r.To}")))
            is { Length: > 0 } any
            ? any
            : "1 = 0";

    /// <summary>Whether the subject is there within the scope.</summary>
    public bool Holds(DbConnection connection, DbTransaction? transaction, Scope scope, int day, long id, int part) =>
        connection.ExecuteScalar<long>(
            $"SELECT count(*) FROM (SELECT CAST(@id AS bigint) AS subject_id, CAST(@part AS integer) AS part) a WHERE {Within(scope, day)}",
            new { id, part },
            transaction
        ) > 0;
}

/// <summary>Every kind of subject that evidence can be of.</summary>
public sealed record EvidenceSubjects(IReadOnlyList<EvidenceSubject> All)
{
    /// <exception cref="NotInScope">There is no such kind.</exception>
    public EvidenceSubject Find(string? name) => All.FirstOrDefault(s => s.Name == name) ?? throw new NotInScope();

    /// <summary>The condition that the subject of an attachment (alias a), of whatever kind, lies within a scope.</summary>
    public string Within(Scope scope, int day) =>
        "(" + string.Join(" OR ", All.Select(s => $"a.subject = '{s.Name}' AND {s.Within(scope, day)}")) + ")";
}
