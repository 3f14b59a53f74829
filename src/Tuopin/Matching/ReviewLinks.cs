using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Quality;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Work;

namespace Tuopin.Matching;

/// <summary>
/// <c>/matching/review</c>: rows of lists that were not sure enough, each beside whom it may be, with what speaks for it and against it. Somebody accepts one
/// candidate or rejects them with a reason; whoever comes second is told so. Everybody sees the candidates of the own area only.
/// </summary>
public static class ReviewLinks
{
    public const int PageSize = 20;

    /// <summary>Whom a row may be: masked, as the reader may see them.</summary>
    public sealed record Candidate(
        long Person,
        long Household,
        string Name,
        string? Masked,
        int? Birth,
        string Village,
        int PerThousand,
        double Bits,
        IReadOnlyList<EvidenceText.Part> Evidence
    );

    public sealed record Row(MatchRow Of, string File, Label Kind, Label Department, int DataDay, string? Place, IReadOnlyList<Candidate> Candidates);

    public sealed record Result(IReadOnlyList<Row> Rows, string? Next, long? File);

    /// <param name="Person">Key of the candidate; needed to accept.</param>
    public sealed record Request(long? Person, string? Reason);

    public sealed record ToldRow(
        long File,
        int Row,
        string? Name,
        string? Number,
        int? Birth,
        string? Place,
        string? Item,
        string? Reason,
        IReadOnlyList<Candidate> Candidates
    );

    public sealed record ToldPage(IReadOnlyList<ToldRow> Rows, string? Next);

    public sealed record Done(long File, int Row, string State);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/matching/review",
                IResult (ConsoleContext context, long? file, string? after) =>
                    new RazorComponentResult<Pages.MatchReviewPage>(new { Found = Handle(context, file, after) })
            )
            .Needs(Permission.ReviewMatches);
        routes
            .MapGet(
                Api.Root + "/matching/review",
                (ConsoleContext context, HttpContext http, long? file, string? after) =>
                {
                    var found = Handle(context, file, after);
                    return Api.Answer(
                        http,
                        new ToldPage(
                            [
                                .. found.Rows.Select(r => new ToldRow(
                                    r.Of.FileId,
                                    r.Of.Number,
                                    r.Of.Name,
                                    r.Of.Masked,
                                    r.Of.Birth,
                                    r.Place,
                                    r.Of.Item,
                                    r.Of.Reason,
                                    r.Candidates
                                )),
                            ],
                            found.Next
                        )
                    );
                }
            )
            .OfApi<ToldPage>(
                Permission.ReviewMatches,
                "doubtfulLinks",
                "Rows of department lists that somebody has to look at, within the caller's area"
            )
            .Asks(("file", "only rows of this list"), ("after", "cursor: next of the last answer"));
        foreach (var word in new[] { "accept", "reject" })
        {
            routes
                .MapPost(
                    $"/matching/review/{{file:long}}/{{row:int}}/{word}",
                    async Task<IResult> (ConsoleContext context, HttpContext http, long file, int row) =>
                    {
                        await Forms.Check(http);
                        var form = await Forms.Read(http);
                        long? person = long.TryParse(form["person"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? p : null;
                        Decide(context, file, row, word, new(person, form["reason"]));
                        return TypedResults.LocalRedirect(
                            Forms.LocalPath(form["back"].ToString() is { Length: > 1 } back ? back : "/matching/review")
                        );
                    }
                )
                .Needs(Permission.ReviewMatches);
            routes
                .MapPost(
                    $"{Api.Root}/matching/review/{{file:long}}/{{row:int}}/{word}",
                    async (ConsoleContext context, HttpContext http, long file, int row, Request request) =>
                    {
                        await Api.CheckWrite(http);
                        Decide(context, file, row, word, request);
                        await Api.Answer(http, new Done(file, row, word == "accept" ? "accepted" : "rejected"));
                    }
                )
                .OfApi<Done>(
                    Permission.ReviewMatches,
                    $"{word}Link",
                    word == "accept" ? "This candidate is the person of the row" : "None of the caller's candidates is the person of the row"
                );
        }
    }

    public static Result Handle(ConsoleContext context, long? file, string? after)
    {
        var (installation, reader, day) = (context.Installation, context.Reader, context.Day);
        var scope = context.Caller.Scope(Permission.ReviewMatches);
        var (afterFile, afterRow) = Cursor(after);
        var rows = reader
            .Query<MatchRow>(
                $"""
                SELECT r.* FROM match_rows r WHERE r.state = 2 {(file is null ? "" : "AND r.file_id = @file")}
                  AND (r.file_id > @afterFile OR (r.file_id = @afterFile AND r.number > @afterRow))
                  AND EXISTS (SELECT 1 FROM match_candidates c WHERE c.file_id = r.file_id AND c.number = r.number AND {Within(scope, day)})
                ORDER BY r.file_id, r.number LIMIT {PageSize + 1}
                """,
                new
                {
                    file,
                    afterFile,
                    afterRow,
                }
            )
            .ToList();
        var shown = rows.Take(PageSize).ToList();
        var files = reader
            .Query<MatchFile>(
                $"SELECT f.* FROM match_files f WHERE f.id IN ({string.Join(", ", shown.Select(r => r.FileId).Distinct().DefaultIfEmpty(0))})"
            )
            .ToDictionary(f => f.Id);
        using var numbers = new PersonalNumbers(installation.Keys);
        var candidates = reader
            .Query<(
                long File,
                int Row,
                long Person,
                long Household,
                int Centibits,
                int PerThousand,
                string Evidence,
                string Name,
                byte[]? Cipher,
                int? Birth,
                long Area
            )>(
                $"""
                SELECT c.file_id, c.number, c.person_id, c.household_id, c.centibits, c.per_thousand, c.evidence, p.name, p.id_cipher, p.birth, h.area_code
                FROM match_candidates c JOIN persons p ON p.id = c.person_id JOIN households h ON h.id = c.household_id
                WHERE c.file_id IN ({string.Join(", ", files.Keys.DefaultIfEmpty(0))}) AND c.number IN ({string.Join(
                    ", ",
                    shown.Select(r => r.Number).Distinct().DefaultIfEmpty(0)
                )})
                  AND {Within(scope, day)} ORDER BY c.per_thousand DESC, c.person_id
                """
            )
            .ToLookup(
                c => (c.File, c.Row),
                c => new Candidate(
                    c.Person,
                    c.Household,
                    c.Name,
                    c.Cipher is null ? null : PersonalNumbers.Mask(numbers.Decrypt(c.Cipher)),
                    c.Birth,
                    context.Tree.ByCode(c.Area) is { } place ? context.Tree.Path(place) : "",
                    c.PerThousand,
                    c.Centibits / 100.0,
                    EvidenceText.Read(c.Evidence)
                )
            );
        var lists = installation.Packs.Dictionary.CodeLists;
        return new(
            [
                .. shown.Select(r => new Row(
                    r,
                    files[r.FileId].File,
                    lists["record_kind"].Find(files[r.FileId].Kind)!.Label,
                    lists["department"].Find(files[r.FileId].Department)!.Label,
                    files[r.FileId].DataDay,
                    r.PlaceCode is { } code && context.Tree.ByCode(code) is { } place ? context.Tree.Path(place) : null,
                    [.. candidates[(r.FileId, r.Number)]]
                )),
            ],
            rows.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{shown[^1].FileId}-{shown[^1].Number}") : null,
            file
        );
    }

    private static (long File, int Row) Cursor(string? after) =>
        after?.Split('-') is [var file, var row]
        && long.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var f)
        && int.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out var r)
            ? (f, r)
            : (0, 0);

    private static string Within(Scope scope, int day) =>
        $"EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = c.household_id AND {scope.Households("l", AreaRange.Nation, day)})";

    /// <summary>Accepts a candidate, who then has the row as a fact with its source; or rejects those of the caller's area.</summary>
    /// <exception cref="NotInScope">There is no such row with a candidate of the caller's.</exception>
    /// <exception cref="Refusal">match.decided: somebody was faster; match.candidate; edit.reason, edit.number-in-words.</exception>
    public static void Decide(ConsoleContext context, long file, int row, string word, Request request) =>
        Decide(context.Installation, context.Caller.Scope(Permission.ReviewMatches), file, row, word, request);

    /// <summary>The same for whoever acts in <paramref name="installation"/>, within <paramref name="scope"/>.</summary>
    public static void Decide(Installation installation, Scope scope, long file, int row, string word, Request request)
    {
        var accept = word == "accept";
        var reason = accept && string.IsNullOrWhiteSpace(request.Reason) ? null : ActWords.Read(request.Reason, null).Reason;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var within = Within(scope, day);
        var mine = connection
            .Query<MatchCandidate>(
                $"SELECT c.* FROM match_candidates c WHERE c.file_id = @file AND c.number = @row AND {within}",
                new { file, row },
                transaction
            )
            .ToList();
        var held = connection.QueryFirstOrDefault<MatchRow>(
            "SELECT r.* FROM match_rows r WHERE r.file_id = @file AND r.number = @row",
            new { file, row },
            transaction
        );
        if (held is null || mine.Count == 0)
            throw new NotInScope();
        if (held.State != (short)MatchState.Waiting)
            throw new Refusal("match.decided", "这一行已由别人处理。Somebody has decided this row already.");
        var list = connection.QueryFirst<MatchFile>("SELECT f.* FROM match_files f WHERE f.id = @file", new { file }, transaction);
        var by = new
        {
            file,
            row,
            reason,
            name = installation.Actor.Name,
            at = AuditLog.Stamp(installation.Clock),
        };
        if (accept)
        {
            var chosen =
                mine.Find(c => c.PersonId == request.Person) ?? throw new WrongUsage("match.candidate", "请选择是哪一个人。Say which person it is.");
            var record = Link(installation, connection, transaction, list, held, chosen, reason, day);
            connection.Execute(
                "UPDATE match_rows SET state = 3, reason = @reason, decided_by = @name, decided_at = @at, record_id = @record WHERE file_id = @file AND number = @row",
                transaction,
                new
                {
                    by.file,
                    by.row,
                    by.reason,
                    by.name,
                    by.at,
                    record,
                }
            );
        }
        else
        {
            connection.Execute($"DELETE FROM match_candidates AS c WHERE c.file_id = @file AND c.number = @row AND {within}", transaction, by);
            // Candidates of another area wait for whoever knows them.
            connection.Execute(
                """
                UPDATE match_rows SET state = 4, reason = @reason, decided_by = @name, decided_at = @at WHERE file_id = @file AND number = @row
                  AND NOT EXISTS (SELECT 1 FROM match_candidates c WHERE c.file_id = @file AND c.number = @row)
                """,
                transaction,
                by
            );
        }
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"match.{word}",
            string.Create(CultureInfo.InvariantCulture, $"file {file} row {row} {reason}").TrimEnd(),
            accept ? new("person", request.Person!.Value) : new("match_file", file)
        );
        transaction.Commit();
    }

    private static long Link(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        MatchFile list,
        MatchRow row,
        MatchCandidate chosen,
        string? reason,
        int day
    )
    {
        var lists = installation.Packs.Dictionary.CodeLists;
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            reason ?? $"数据比对 {list.File}",
            list.Department,
            list.DataDay,
            list.File
        );
        var area = connection.Number("SELECT area_code FROM households WHERE id = @id", transaction, new { id = chosen.HouseholdId });
        var id = Keys.Take(connection, transaction, "department_records", list.AreaCode / 1_000_000, 1);
        using (var writer = RowWriter.Open(connection, "department_records", LoadList.Record.Columns))
        {
            LoadList.Record.Write(
                writer,
                id,
                new(chosen.PersonId, chosen.HouseholdId, area, "", null, 0),
                lists["record_kind"].Find(list.Kind)!,
                lists["department"].Find(list.Department)!.Number,
                new(row.Number, row.Name, default, 0, null, row.Item, row.Amount, row.FromDay, row.ToDay, row.Active, []),
                change
            );
            writer.Complete();
        }
        Recheck(installation, connection, transaction, chosen.HouseholdId, change, day);
        return id;
    }

    // What the record says of the household is a finding with it, and work.
    private static void Recheck(Installation installation, DbConnection connection, DbTransaction transaction, long household, long change, int day)
    {
        if (!RecheckHousehold.Wanted(installation, connection, transaction))
            return;
        var tree = AreaTree.Load(connection, DayNumber.ToDate(day));
        using var recheck = RecheckHousehold.For(installation, connection, transaction, AreaArgument.Smallest(tree, connection, transaction));
        recheck.After(transaction, [household], change);
        new RefreshHouseholds(new([SuspectWork.Source])).After(new(installation, connection, transaction, day), [household], change, "");
    }
}
