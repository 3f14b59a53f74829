using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Quality;

/// <summary><c>/checks/findings</c>: what the checks found in the area in view, by place; filters stand in the address.</summary>
public static class ListFindings
{
    public const int PageSize = 50;
    public static readonly string[] Shows = ["open", .. Findings.Standings, "all"];
    public static readonly string[] Kinds = ["any", "error", "suspect"];

    /// <param name="Check">Id of a check.</param>
    /// <param name="Show">One of <see cref="Shows"/>.</param>
    /// <param name="Kind">error, suspect or any.</param>
    /// <param name="Household">Only those of this household.</param>
    /// <param name="After">Keyset: area and key of the last row seen.</param>
    public sealed record Filter(string? Check, string? Show, string? Kind, long? Household, string? After = null)
    {
        /// <summary>The address of the same list with another standing.</summary>
        public string Address(string area, string? show = null) =>
            $"area={area}&show={show ?? Show}"
            + (string.IsNullOrEmpty(Check) ? "" : $"&check={Uri.EscapeDataString(Check)}")
            + (Kind is null or "any" ? "" : $"&kind={Kind}")
            + (Household is { } household ? string.Create(CultureInfo.InvariantCulture, $"&household={household}") : "");
    }

    /// <param name="Check">Null for a check the packs no longer have.</param>
    /// <param name="Name">Whose it is: the person, the head of the household, the place.</param>
    /// <param name="Number">Number of the household, or code of the place.</param>
    public sealed record Row(Finding Held, Check? Check, string Name, string Number, AreaVersion? Place, string Standing)
    {
        public string Page => string.Create(CultureInfo.InvariantCulture, $"/checks/findings/{Held.Id}");
        public Label Title => Check?.Title ?? new(Held.CheckId, Held.CheckId);
    }

    public sealed record Result(AreaVersion Area, Filter Filter, IReadOnlyList<Row> Rows, string? Next, IReadOnlyList<Check> Checks);

    /// <param name="Evidence">The value that was found, as people read it; empty where the check shows none.</param>
    /// <param name="State">waiting, asked, true, false, exempt or cleared.</param>
    public sealed record Told(
        long Id,
        string Check,
        int? Number,
        Label Title,
        string Kind,
        string Subject,
        long SubjectId,
        string Name,
        long? Household,
        string? HouseholdNumber,
        string Area,
        string Evidence,
        string State,
        DateOnly Raised,
        DateOnly? Deadline,
        string? AnsweredBy,
        DateOnly? Answered,
        string? Reason,
        string? Result,
        DateOnly? LastDay,
        string? ConfirmedBy,
        DateOnly? Cleared,
        string RuleHash,
        long Version
    );

    public sealed record ToldPage(IReadOnlyList<Told> Findings, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/checks/findings",
                IResult (ConsoleContext context, string? check, string? show, string? kind, long? household, string? after) =>
                    new RazorComponentResult<Pages.FindingsPage>(new { Found = Handle(context, new(check, show, kind, household, after)) })
            )
            .Needs(Permission.ViewFindings);
        routes
            .MapGet(
                "/households/{household:long}/findings",
                IResult (ConsoleContext context, long household) =>
                    new RazorComponentResult<Pages.HouseholdFindingsPart>(new { Household = household, Rows = OfHousehold(context, household) })
            )
            .Needs(Permission.ViewFindings);
        routes
            .MapGet(
                Api.Root + "/checks/findings",
                (ConsoleContext context, HttpContext http, string? check, string? show, string? kind, long? household, string? after) =>
                {
                    var found = Handle(context, new(check, show, kind, household, after));
                    return Api.Answer(http, new ToldPage([.. found.Rows.Select(Tell)], found.Next));
                }
            )
            .OfApi<ToldPage>(Permission.ViewFindings, "findings", "What the data checks found, by place")
            .Asks(
                Api.Area,
                ("check", "id of a check"),
                ("show", "open (to verify, to confirm or true; the default), waiting, asked, true, false, exempt, cleared or all"),
                ("kind", "any, error or suspect"),
                ("household", "key of a household: only what is of it and its members"),
                ("after", "cursor: next of the last answer")
            );
    }

    /// <exception cref="BadHttpRequestException">No such word.</exception>
    public static Result Handle(ConsoleContext context, Filter filter)
    {
        var area = context.Area(Permission.ViewFindings);
        filter = filter with { Show = Api.Word(filter.Show, Shows), Kind = Api.Word(filter.Kind, Kinds) };
        var rows = Read(Reading.Of(context), AreaTree.RangeOf(area), filter, PageSize + 1);
        return new(
            area,
            filter,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? Cursor(rows[PageSize - 1]) : null,
            [
                .. Checking
                    .InForce(context.Installation.Packs, AreaTree.RangeOf(area), context.WorkDate)
                    .Where(c => Findings.IsTold(context.Installation.Packs, c, context.Caller.FieldsOf(Permission.ViewFindings))),
            ]
        );
    }

    /// <summary>The open findings of a household and its members.</summary>
    /// <exception cref="NotInScope"/>
    public static IReadOnlyList<Row> OfHousehold(ConsoleContext context, long household)
    {
        var scope = context.Caller.Scope(Permission.ViewFindings);
        var there = context.Reader.ExecuteScalar<long>(
            $"SELECT count(*) FROM household_list l WHERE l.household_id = @household AND {scope.Households("l", AreaRange.Nation, context.Day)}",
            new { household }
        );
        return there == 0 ? throw new NotInScope() : Read(Reading.Of(context), AreaRange.Nation, new(null, "open", "any", household), PageSize);
    }

    /// <summary>How a list is read: whose, on which day, with which packs.</summary>
    /// <param name="Departments">The trades whose checks alone are told of; null for all.</param>
    public sealed record Reading(
        DbConnection Connection,
        PackSet Packs,
        AreaTree Tree,
        Scope Scope,
        int Day,
        IReadOnlySet<string>? Departments = null
    )
    {
        public static Reading Of(ConsoleContext context, Permission permission = Permission.ViewFindings) =>
            new(
                context.Reader,
                context.Installation.Packs,
                context.Tree,
                context.Caller.Scope(permission),
                context.Day,
                context.Caller.FieldsOf(permission)
            );
    }

    /// <summary>All rows of a list, page by page.</summary>
    public static IEnumerable<Row> All(Reading reading, AreaRange area, Filter filter)
    {
        const int Page = 500;
        while (true)
        {
            var rows = Read(reading, area, filter, Page);
            foreach (var row in rows)
                yield return row;
            if (rows.Count < Page)
                yield break;
            filter = filter with { After = Cursor(rows[^1]) };
        }
    }

    public static IReadOnlyList<Row> Read(Reading reading, AreaRange area, Filter filter, int most, IReadOnlyList<long>? only = null)
    {
        var after = filter.After?.Split('-');
        long Part(int i) =>
            after is { Length: 2 } && long.TryParse(after[i], NumberStyles.None, CultureInfo.InvariantCulture, out var part) ? part : 0;
        var held = reading
            .Connection.Query<Finding>(
                $"""
                SELECT f.* FROM findings f WHERE {Findings.Within(reading.Scope, area, reading.Day)} AND {Findings.Told(reading.Packs, reading.Departments)} AND {Findings.Stands(filter.Show ?? "open", reading.Day)}
                  AND (f.area_code > @area OR (f.area_code = @area AND f.id > @id)){(string.IsNullOrEmpty(filter.Check) ? "" : " AND f.check_id = @check")}{(
                    filter.Kind is null or "any" ? "" : $" AND {(filter.Kind == "error" ? "" : "NOT ")}f.hard"
                )}{(filter.Household is null ? "" : " AND f.household_id = @household")}{(
                    only is null ? "" : $" AND f.id IN ({string.Join(", ", only.DefaultIfEmpty(0))})"
                )}
                ORDER BY f.area_code, f.id LIMIT {most}
                """,
                new
                {
                    area = Part(0),
                    id = Part(1),
                    check = filter.Check,
                    household = filter.Household,
                }
            )
            .ToList();
        if (held.Count == 0)
            return [];
        Dictionary<long, T> Named<T>(IEnumerable<long?> ids, string sql, Func<T, long> key) =>
            ids.OfType<long>().Distinct().ToList() is { Count: > 0 } some
                ? reading.Connection.Query<T>(string.Format(CultureInfo.InvariantCulture, sql, string.Join(", ", some))).ToDictionary(key)
                : [];
        var households = Named<(long Id, string Number, string? Head)>(
            held.Select(f => f.HouseholdId),
            "SELECT household_id, number, head_name FROM household_list WHERE place_code = area_code AND household_id IN ({0})",
            h => h.Id
        );
        var persons = Named<(long Id, string Name)>(
            held.Select(f => f.Subject == "person" ? f.SubjectId : (long?)null),
            "SELECT id, name FROM persons WHERE id IN ({0})",
            p => p.Id
        );
        return
        [
            .. held.Select(f =>
            {
                var household = f.HouseholdId is { } id ? households.GetValueOrDefault(id) : default;
                var place = f.Subject is "person" or "household" ? reading.Tree.ByCode(f.AreaCode) : reading.Tree.ById(f.SubjectId);
                var name = f.Subject switch
                {
                    "person" => persons.GetValueOrDefault(f.SubjectId).Name,
                    "household" => household.Head ?? household.Number,
                    _ => place?.Name,
                };
                var number = household.Number ?? (f.Subject == "person" || place is null ? "" : PickArea.Code(place));
                return new Row(
                    f,
                    reading.Packs.Checks.FirstOrDefault(c => c.Id == f.CheckId),
                    name ?? "",
                    number,
                    place,
                    Findings.StandingOf(f, reading.Day)
                );
            }),
        ];
    }

    private static string Cursor(Row row) => string.Create(CultureInfo.InvariantCulture, $"{row.Held.AreaCode}-{row.Held.Id}");

    public static Told Tell(Row row)
    {
        var f = row.Held;
        DateOnly? Day(int? number) => number is { } day ? DayNumber.ToDate(day) : null;
        return new(
            f.Id,
            f.CheckId,
            row.Check?.Number,
            row.Title,
            f.Hard ? "error" : "suspect",
            f.Subject,
            f.SubjectId,
            row.Name,
            f.HouseholdId,
            f.HouseholdId is null ? null : row.Number,
            f.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            Findings.Shown(row.Check, f.Evidence, Language.Chinese),
            row.Standing,
            DayNumber.ToDate(f.RaisedDay),
            Day(f.Deadline),
            f.AnsweredName,
            Day(f.AnsweredDay),
            f.Reason,
            f.Result is { } result ? ((FindingResult)result).ToString().ToLowerInvariant() : null,
            Day(f.LastDay),
            f.ConfirmedName,
            Day(f.ClearedDay),
            f.RuleHash,
            f.ChangeId
        );
    }
}
