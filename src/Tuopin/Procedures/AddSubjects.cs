using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /lists/{list}/subjects</c>: puts households (or places) of the area on a list that is not put forward yet: those ticked or numbered, all that the
/// procedure takes, or all of these that meet the standard.
/// </summary>
public static class AddSubjects
{
    /// <param name="All">met, all, or null for those named.</param>
    public sealed record Request(IReadOnlyList<string>? Numbers, string? All, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/subjects", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/subjects",
                async (ConsoleContext context, HttpContext http, long list, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen), new([], request.Numbers ?? []), request.All);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(
                Permission.ActOnLists,
                "addToList",
                "Put households or places on a list: by number, or all that the procedure takes"
            )
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(list, Handle(context, list, ShowList.SentBy(form), NamedSubjects.Read(form, "subject"), form["all"]));
    }

    public static ListWriting.Done Handle(ConsoleContext context, long list, ListWriting.Sent sent, NamedSubjects named, string? all)
    {
        ListWriting.LapseAll(context);
        return ListWriting.Do(
            context,
            list,
            sent,
            "add",
            writing =>
            {
                var ids = Find(writing, named, all);
                return new ListWriting.Doing(new Act.Add(writing.Hats, writing.At, ids), new ListAct { Subjects = ids.Count });
            }
        );
    }

    private static List<long> Find(ListWriting writing, NamedSubjects named, string? all)
    {
        var (sql, parameters) = Candidates(writing.List, Viewer.Of(writing.Context), all == "met");
        var candidates = writing.Connection.Query<(long Id, string Number)>(sql, parameters, writing.Transaction).ToList();
        if (all is "met" or "all")
            return [.. candidates.Select(c => c.Id)];
        var byNumber = candidates.ToDictionary(c => c.Number, c => c.Id, StringComparer.Ordinal);
        var byId = candidates.Select(c => c.Id).ToHashSet();
        var wrong = named.Numbers.Where(n => !byNumber.ContainsKey(n)).ToList();
        if (wrong.Count > 0 || named.Ids.Any(i => !byId.Contains(i)))
            throw Elsewhere(writing, named)
                ? new Refusal("list.elsewhere", "one of them stands on another open list", wrong)
                : new Refusal(
                    "list.not-taken",
                    "the procedure does not take one of them here: another status, another place, or on the list already",
                    wrong
                );
        return [.. named.Ids.Concat(named.Numbers.Select(n => byNumber[n])).Distinct()];
    }

    // Whether somebody named, within the area of this list, stands on another open list of the family.
    private static bool Elsewhere(ListWriting writing, NamedSubjects named)
    {
        var range = RangeOf(writing.List);
        var others = writing.Connection.Query<(long Id, string? Number)>(
            """
            SELECT s.subject_id, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) FROM list_subjects s LEFT JOIN households h ON h.id = s.subject_id
            WHERE s.family = @family AND s.cause IS NULL AND s.list_id <> @list AND s.area_code BETWEEN @from AND @to
            """,
            new
            {
                family = writing.List.Procedure.Family,
                list = writing.List.Row.Id,
                from = range.From,
                to = range.To,
            },
            writing.Transaction
        );
        return others.Any(o => named.Ids.Contains(o.Id) || (o.Number is { } number && named.Numbers.Contains(number)));
    }

    /// <summary>The range of codes a list is of.</summary>
    internal static AreaRange RangeOf(ListRecord list) =>
        AreaTree.RangeOf(
            new AreaVersion
            {
                Code = list.Row.AreaCode,
                Level = (short)list.Procedure.ListLevel,
                Name = "",
            }
        );

    /// <summary>Whoever may be put on a list now, as a query of id and number: of a status it takes, on no open list of the family, not on this one.</summary>
    internal static (string Sql, object Parameters) Candidates(ListRecord list, Viewer viewer, bool met)
    {
        var range = RangeOf(list);
        const string free = """
            NOT EXISTS (SELECT 1 FROM list_subjects o WHERE o.family = @family AND o.subject_id = {0} AND o.cause IS NULL)
            AND NOT EXISTS (SELECT 1 FROM list_subjects m WHERE m.list_id = @list AND m.subject_id = {0})
            """;
        string Free(string id) => string.Format(CultureInfo.InvariantCulture, free, id);
        var monitored =
            list.Change.Opens is not null ? $"AND NOT {Monitoring.Episodes.Monitored("l.household_id", viewer.Day)}"
            : list.Change.Closes is not null ? $"AND {Monitoring.Episodes.Monitored("l.household_id", viewer.Day)}"
            : "";
        var kinds = viewer.Packs.Dictionary.CodeLists["status_kind"];
        var takes = string.Join(", ", list.Change.Takes.Select(t => kinds.Find(t)!.Number));
        var parameters = new
        {
            family = list.Procedure.Family,
            list = list.Row.Id,
            from = range.From,
            to = range.To,
            day = viewer.Day,
            level = (short?)list.Procedure.Subject.Level,
        };
        return (
            list.Procedure.Subject.Level is null
                ? $"""
                SELECT l.household_id, l.number FROM household_list l
                WHERE l.area_code BETWEEN @from AND @to AND l.place_code = l.area_code AND l.status IN ({takes}) AND {Free(
                    "l.household_id"
                )} {monitored}
                  {(met ? $"AND {Wanting.Met(viewer, list)}" : "")}
                ORDER BY l.area_code, l.household_id
                """
                : $"""
                SELECT v.area_id, CAST(v.code AS text) FROM area_versions v
                WHERE v.code BETWEEN @from AND @to AND v.level = @level AND v.from_day <= @day AND (v.to_day IS NULL OR v.to_day > @day) AND {Free(
                    "v.area_id"
                )}
                ORDER BY v.code
                """,
            parameters
        );
    }
}
