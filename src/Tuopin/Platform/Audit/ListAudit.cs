using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Audit;

/// <summary>The audit, the latest first: by person, field, user, post, act and period.</summary>
public static class ListAudit
{
    private const int PageSize = 100;

    /// <param name="Person">Key or number of a person.</param>
    /// <param name="User">User name or the name that was shown.</param>
    /// <param name="Act">The act, or its first part: person, user, numbers.</param>
    /// <param name="From">First day, in the time of China.</param>
    /// <param name="To">Last day.</param>
    /// <param name="Before">Number of the last entry of the page before.</param>
    public sealed record Query(string? Person, string? Field, string? User, long? Post, string? Act, DateOnly? From, DateOnly? To, long? Before);

    public sealed record Result(IReadOnlyList<AuditEntry> Entries, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit", Show).Needs(Permission.ViewAudit);
        routes
            .MapGet(
                Api.Root + "/audit",
                (
                    ConsoleContext context,
                    HttpContext http,
                    string? person,
                    string? field,
                    string? user,
                    long? post,
                    string? act,
                    string? from,
                    string? to,
                    long? before
                ) =>
                    Api.Answer(http, Tell(Handle(context, new(person, field, user, post, act, AreaArgument.Day(from), AreaArgument.Day(to), before))))
            )
            .OfApi<Told>(Permission.ViewAudit, "audit", "The audit, the latest first")
            .Asks(
                ("person", "key or number of a person"),
                ("field", "the field that was looked at or changed"),
                ("user", "user name, or the name that was shown"),
                ("post", "number of the post that acted"),
                ("act", "the act, or its first part: person, user, numbers"),
                ("from", "2020-06-12: first day, in the time of China"),
                ("to", "2020-06-12: last day"),
                ("before", "next of the page before")
            );
    }

    /// <summary>A page as the API tells it.</summary>
    public sealed record Told(IReadOnlyList<ToldEntry> Entries, long? Next);

    public sealed record ToldEntry(
        long Id,
        string At,
        string Actor,
        long? User,
        long? Post,
        string Act,
        string? Subject,
        long? SubjectId,
        string? Field,
        string Detail
    );

    private static Told Tell(Result result) =>
        new(
            [
                .. result.Entries.Select(e => new ToldEntry(
                    e.Id,
                    e.At,
                    e.Actor,
                    e.UserId,
                    e.PostId,
                    e.Action,
                    e.Subject,
                    e.SubjectId,
                    e.Field,
                    e.Detail
                )),
            ],
            result.Next
        );

    private static IResult Show(ConsoleContext context)
    {
        var query = Read(context.Http.Request.Query);
        var result = Handle(context, query);
        return context.WantsPart
            ? new RazorComponentResult<Pages.AuditList>(new { Result = result })
            : new RazorComponentResult<Pages.AuditPage>(new { Query = query, Result = result });
    }

    // A filter that cannot be read is none.
    private static Query Read(IQueryCollection query)
    {
        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= 100 } text ? text : null;
        long? Number(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        DateOnly? Day(string name) =>
            DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 1900 and < 9000
                ? day
                : null;
        return new(Text("person"), Text("field"), Text("user"), Number("post"), Text("act"), Day("from"), Day("to"), Number("before"));
    }

    private static Result Handle(ConsoleContext context, Query query)
    {
        var scope = context.Caller.Scope(Permission.ViewAudit);
        var where = new List<string> { Within(scope, context.Day) };
        long? user = null;
        if (query.User is { } name)
        {
            using var desk = context.Installation.Store.Desk();
            var normal = name.ToUpperInvariant();
            user = desk.Users.Where(u => u.NormalizedUserName == normal).Select(u => (long?)u.Id).FirstOrDefault() ?? -1;
            where.Add("(a.user_id = @user OR a.actor = @actor)");
        }
        if (query.Person is not null)
            where.Add(
                "a.subject = 'person' AND a.subject_id IN (SELECT p.id FROM persons p WHERE p.id = @key OR p.national_no = @person OR p.provisional_no = @person)"
            );
        if (query.Field is not null)
            where.Add("a.field = @field");
        if (query.Post is not null)
            where.Add("a.post_id = @post");
        if (query.Act is not null)
            where.Add(context.Installation.Store.IsSqlite ? "instr(a.action, @act) = 1" : "starts_with(a.action, @act)");
        if (query.From is not null)
            where.Add("a.at >= @from");
        if (query.To is not null)
            where.Add("a.at < @to");
        if (query.Before is not null)
            where.Add("a.id < @before");
        var entries = context
            .Reader.Query<AuditEntry>(
                $"SELECT a.* FROM audit_entries a WHERE {string.Join(" AND ", where)} ORDER BY a.id DESC LIMIT {PageSize + 1}",
                new
                {
                    user,
                    actor = query.User,
                    person = query.Person,
                    key = long.TryParse(query.Person, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : -1,
                    field = query.Field,
                    post = query.Post,
                    act = query.Act,
                    from = Stamp(query.From),
                    to = Stamp(query.To?.AddDays(1)),
                    before = query.Before,
                }
            )
            .ToList();
        return new([.. entries.Take(PageSize)], entries.Count > PageSize ? entries[PageSize - 1].Id : null);
    }

    private static string? Stamp(DateOnly? day) =>
        day is { } date ? Desk.Stamp(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), ChinaTime.Offset)) : null;

    // An entry about a person or a household shows where that household is seen; the others concern the installation.
    private static string Within(Scope scope, int day)
    {
        if (scope.Covers(AreaRange.Nation))
            return "TRUE";
        var households = scope.Households("l", AreaRange.Nation, day);
        // What an import brought and its undoing took away stands in the history only; whoever saw it then sees what was done with it.
        var past =
            scope.Areas.Count == 0
                ? "1 = 0"
                : "("
                    + string.Join(
                        " OR ",
                        scope.Areas.Select(r => string.Create(CultureInfo.InvariantCulture, $"h.area_code BETWEEN {r.From} AND {r.To}"))
                    )
                    + ")";
        return $"""
            (a.subject IS NULL OR a.subject NOT IN ('person', 'household')
             OR (a.subject = 'household' AND EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = a.subject_id AND {households}))
             OR (a.subject = 'person' AND EXISTS (SELECT 1 FROM memberships m JOIN household_list l ON l.household_id = m.household_id WHERE m.person_id = a.subject_id AND {households}))
             OR (a.subject = 'household' AND EXISTS (SELECT 1 FROM households_history h WHERE h.id = a.subject_id AND {past})
                 AND NOT EXISTS (SELECT 1 FROM households n WHERE n.id = a.subject_id))
             OR (a.subject = 'person' AND EXISTS (SELECT 1 FROM persons_history h WHERE h.id = a.subject_id AND {past})
                 AND NOT EXISTS (SELECT 1 FROM persons n WHERE n.id = a.subject_id)))
            """;
    }
}
