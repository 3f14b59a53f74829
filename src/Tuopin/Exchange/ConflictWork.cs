using System.Globalization;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Work;

namespace Tuopin.Exchange;

/// <summary>
/// Facts that sources state differently as work (来源冲突), for the department whose word ranks highest. A person may answer that the value in force stands: until
/// somebody states yet another.
/// </summary>
public static class ConflictWork
{
    public static WorkSource Source { get; } = new("conflict", Open, Tell) { Answerable = true, OfHouseholds = true };

    private static string? Open(WorkAsk ask)
    {
        var dictionary = ask.Installation.Packs.Dictionary;
        var stated = ask
            .Connection.Query<(string Subject, string Fact)>(
                $"SELECT DISTINCT x.subject, x.fact FROM statements x{About(ask)} ORDER BY 1, 2",
                ask.Keys,
                ask.Transaction
            )
            .Select(s => dictionary[s.Subject].Facts[s.Fact])
            .ToList();
        var parts = stated.Select(fact =>
        {
            var (from, place, code, household) = ListConflicts.From(
                fact,
                FactTables.TableOf(dictionary, fact)!,
                ask.Installation.Store.Engine,
                ask.Day
            );
            var (subject, id) = household is null ? ($"'{fact.Subject.Name}'", place) : ("'household'", household);
            var department = fact.StatedBy.IsEmpty ? WorkSource.NoText : $"CAST('{fact.StatedBy[0]}' AS text)";
            var among = household is null ? ask.AmongPlaces(place) : ask.Among(household);
            // Two losing statements of one fact are one conflict.
            return $"""
                SELECT x.subject || '/' || x.subject_id || '/' || x.fact || '/' || x.year AS source_key, '{fact}' AS what, {subject} AS subject, min({id}) AS subject_id,
                  min({code}) AS area_code, {department} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST(NULL AS integer) AS due,
                  coalesce(CAST(min(x.value) AS text), '?') || '/' || coalesce(CAST(max(x.value) AS text), '?') || '/' || count(*) AS stamp
                {from}{among} GROUP BY x.subject, x.subject_id, x.fact, x.year
                """;
        });
        // Without a statement nothing disagrees: what is open is cleared.
        return string.Join(" UNION ALL ", parts) is { Length: > 0 } any ? any : Nothing;
    }

    // Of some households: what was stated about them, their members, their dwellings, the help they received and their places.
    private static string About(WorkAsk ask) =>
        ask.Households is not { } ids
            ? ""
            : $"""
                 WHERE (x.subject = 'household' AND x.subject_id IN ({ids}))
                  OR (x.subject = 'person' AND x.subject_id IN (SELECT m.person_id FROM memberships m WHERE m.household_id IN ({ids})))
                  OR (x.subject = 'dwelling' AND x.subject_id IN (SELECT r.dwelling_id FROM residences r WHERE r.household_id IN ({ids})))
                  OR (x.subject = 'measure' AND x.subject_id IN (SELECT y.id FROM measures y WHERE y.household_id IN ({ids})))
                  OR ({RefreshHouseholds.OfPlaces("x.subject")}{ask.AmongPlaces("x.subject_id")})
                """;

    private static readonly string Nothing = string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT {WorkSource.NoText} AS source_key, {WorkSource.NoText} AS what, {WorkSource.NoText} AS subject, {WorkSource.NoNumber} AS subject_id, {WorkSource.NoNumber} AS area_code, {WorkSource.NoText} AS department, {WorkSource.NoNumber} AS unit_id, {WorkSource.NoNumber} AS post_id, CAST(NULL AS integer) AS due, {WorkSource.NoText} AS stamp WHERE 1 = 0"
    );

    private static Label Tell(PackSet packs, string what) =>
        what.Split('.', 2) is [var subject, var fact]
        && packs.Dictionary.Subjects.TryGetValue(subject, out var type)
        && type.Facts.TryGetValue(fact, out var known)
            ? known.Label
            : new(what, what);
}
