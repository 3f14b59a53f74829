using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary><c>/matching</c>: the lists that were matched, with what came of each; <c>/matching/{file}</c>: one of them, with the rows that fitted nobody.</summary>
public static class ShowMatches
{
    public const int PageSize = 50;

    /// <param name="Waiting">Rows somebody has to look at; of them, those that the reader may see are on /matching/review.</param>
    public sealed record Row(MatchFile File, long Waiting, long Accepted, long Rejected);

    /// <param name="Place">Where the form would match a list; null where the reader matches none.</param>
    public sealed record Result(IReadOnlyList<Row> Files, long? Next, Platform.Areas.AreaVersion? Place, IReadOnlySet<string>? Departments);

    /// <param name="Rows">Unmatched and rejected rows; null for a reader who holds a part of the area only.</param>
    public sealed record One(Row Row, string Area, IReadOnlyList<MatchRow>? Rows, int? Next, bool MayUndo);

    public sealed record Told(
        long Id,
        string File,
        string Kind,
        string Department,
        DateOnly DataDate,
        string Area,
        long Rows,
        long ByNumber,
        long ByScore,
        long Waiting,
        long Accepted,
        long Rejected,
        long Unmatched,
        long Junk,
        long Repeated,
        double? SureBits,
        double? ReviewBits,
        string LoadedBy,
        string LoadedAt,
        string? UndoneAt
    );

    public sealed record ToldPage(IReadOnlyList<Told> Files, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/matching",
                IResult (ConsoleContext context, long? before) =>
                    new RazorComponentResult<Pages.MatchingPage>(new { Found = Handle(context, before) })
            )
            .Needs(Permission.ViewMatches);
        routes
            .MapGet(
                "/matching/{file:long}",
                IResult (ConsoleContext context, long file, int? after) =>
                    new RazorComponentResult<Pages.MatchFilePage>(new { Found = Find(context, file, after) })
            )
            .Needs(Permission.ViewMatches);
        routes
            .MapGet(
                Api.Root + "/matching",
                (ConsoleContext context, HttpContext http, long? before) =>
                {
                    var found = Handle(context, before);
                    return Api.Answer(http, new ToldPage([.. found.Files.Select(f => Tell(context.Installation, f))], found.Next));
                }
            )
            .OfApi<ToldPage>(Permission.ViewMatches, "matchedLists", "Department lists that were matched, the last first")
            .Asks(("before", "cursor: next of the last answer"));
        routes
            .MapGet(
                Api.Root + "/matching/{file:long}",
                (ConsoleContext context, HttpContext http, long file) => Api.Answer(http, Tell(context.Installation, Find(context, file, null).Row))
            )
            .OfApi<Told>(Permission.ViewMatches, "matchedList", "A department list that was matched, in numbers");
    }

    public static Command Command(Shell shell)
    {
        var command = new Command("files", "list the department lists that were matched");
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var rows = Rows(connection, "1 = 1", null, long.MaxValue, 1000).Select(r => Tell(installation, r)).ToList();
                if (shell.IsJson)
                    shell.PrintJson(rows);
                else
                    foreach (var f in rows)
                        shell.Output.WriteLine(
                            $"{f.Id} {f.File} {f.Kind} {f.Department} {f.DataDate:yyyy-MM-dd}: {f.Rows} rows, {f.ByNumber} by number, {f.ByScore} by score, {f.Waiting} waiting, {f.Unmatched} unmatched{(f.UndoneAt is null ? "" : " (undone)")}"
                        );
            })
        );
        return command;
    }

    public static Result Handle(ConsoleContext context, long? before)
    {
        var caller = context.Caller;
        var rows = Rows(context.Reader, Visible(caller), caller.FieldsOf(Permission.ViewMatches), before ?? long.MaxValue, PageSize + 1);
        Platform.Areas.AreaVersion? place = null;
        if (caller.May(Permission.MatchLists))
        {
            var area = context.Area(Permission.MatchLists);
            place = caller.Scope(Permission.MatchLists).Covers(Platform.Areas.AreaTree.RangeOf(area)) ? area : null;
        }
        return new(
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? rows[PageSize - 1].File.Id : null,
            place,
            caller.FieldsOf(Permission.MatchLists)
        );
    }

    /// <exception cref="NotInScope"/>
    public static One Find(ConsoleContext context, long id, int? after)
    {
        var (caller, reader) = (context.Caller, context.Reader);
        var row =
            Rows(reader, $"f.id = {id} AND {Visible(caller)}", caller.FieldsOf(Permission.ViewMatches), long.MaxValue, 1).FirstOrDefault()
            ?? throw new NotInScope();
        var area = new AreaRange(row.File.AreaCode, row.File.AreaTo);
        var rows = caller.Scope(Permission.ViewMatches).Covers(area)
            ? reader
                .Query<MatchRow>(
                    $"SELECT r.* FROM match_rows r WHERE r.file_id = @id AND r.state IN (0, 4) AND r.number > @after ORDER BY r.number LIMIT {PageSize + 1}",
                    new { id, after = after ?? 0 }
                )
                .ToList()
            : null;
        return new(
            row,
            context.Tree.ByCode(area.From)?.Name ?? area.From.ToString(CultureInfo.InvariantCulture),
            rows is null ? null : [.. rows.Take(PageSize)],
            rows?.Count > PageSize ? rows[PageSize - 1].Number : null,
            row.File.UndoneAt is null && MayUndo(caller, row.File)
        );
    }

    /// <summary>Whoever matches lists for the whole of its area takes one back; a department its own.</summary>
    internal static bool MayUndo(Caller caller, MatchFile file) =>
        caller.Scope(Permission.MatchLists).Covers(new AreaRange(file.AreaCode, file.AreaTo))
        && caller.FieldsOf(Permission.MatchLists)?.Contains(file.Department) != false;

    private static string Visible(Caller caller) =>
        "("
        + string.Join(
            " OR ",
            caller
                .Scope(Permission.ViewMatches)
                .Areas.Select(a => FormattableString.Invariant($"(f.area_code <= {a.To} AND f.area_to >= {a.From})"))
                .DefaultIfEmpty("1 = 0")
        )
        + ")";

    private static List<Row> Rows(DbConnection connection, string where, IReadOnlySet<string>? departments, long before, int most)
    {
        var files = connection
            .Query<MatchFile>(
                $"SELECT f.* FROM match_files f WHERE {where} AND f.id < @before {(departments is null ? "" : $"AND f.department IN ({string.Join(", ", departments.Select(d => $"'{d.Replace("'", "''", StringComparison.Ordinal)}'"))})")} ORDER BY f.id DESC LIMIT {most}",
                new { before }
            )
            .ToList();
        var states = connection
            .Query<(long File, short State, long Rows)>(
                $"SELECT file_id, state, count(*) FROM match_rows WHERE state >= 2 AND file_id IN ({string.Join(", ", files.Select(f => f.Id).DefaultIfEmpty(0))}) GROUP BY file_id, state"
            )
            .ToDictionary(s => (s.File, (MatchState)s.State), s => s.Rows);
        return
        [
            .. files.Select(f => new Row(
                f,
                states.GetValueOrDefault((f.Id, MatchState.Waiting)),
                states.GetValueOrDefault((f.Id, MatchState.Accepted)),
                states.GetValueOrDefault((f.Id, MatchState.Rejected))
            )),
        ];
    }

    private static Told Tell(Installation installation, Row row)
    {
        var f = row.File;
        return new(
            f.Id,
            f.File,
            installation.Packs.Dictionary.CodeLists["record_kind"].Find(f.Kind)!.Key,
            f.Department,
            DayNumber.ToDate(f.DataDay),
            f.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            f.Rows,
            f.ByNumber,
            f.ByScore,
            row.Waiting,
            row.Accepted,
            row.Rejected,
            f.Unmatched,
            f.Junk,
            f.Repeated,
            f.SureCentibits / 100.0,
            f.ReviewCentibits / 100.0,
            f.LoadedBy,
            f.LoadedAt,
            f.UndoneAt
        );
    }
}
