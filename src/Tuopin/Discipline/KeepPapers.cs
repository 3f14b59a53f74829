using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary>
/// Photos and papers of a clue, inside the compartment: put to it, fetched, struck where one was put to the wrong clue. Who holds the role for the place fetches
/// them, which stands in the history of the clue; for everybody else there is no such address. A struck one stays in the history of the record.
/// </summary>
public static class KeepPapers
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string papers = "/discipline/clues/{clue:long}/papers";
        routes
            .MapPost(
                papers,
                async Task<IResult> (ConsoleContext context, HttpContext http, long clue) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    await Add(context, clue, form["title"], form.Files);
                    return Back(clue);
                }
            )
            .WithMetadata(new RequestSizeLimitAttribute(AddEvidence.LargestRequest))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = AddEvidence.LargestRequest })
            .Needs(Permission.HandleDiscipline);
        routes.MapGet(papers + "/{number:int}", Fetch).Needs(Permission.OpenDiscipline);
        routes
            .MapPost(
                papers + "/{number:int}/strike",
                async Task<IResult> (ConsoleContext context, HttpContext http, long clue, int number) =>
                {
                    await Forms.Check(http);
                    Strike(context, clue, number);
                    return Back(clue);
                }
            )
            .Needs(Permission.HandleDiscipline);
    }

    private static IResult Back(long clue) => TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"/discipline/clues/{clue}"));

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.closed, discipline.words, and what <see cref="AddEvidence"/> refuses of a file.</exception>
    public static async Task<long> Add(ConsoleContext context, long id, string? title, IFormFileCollection files)
    {
        // Nothing of a file is looked at for whom the clue does not exist.
        Compartment.Find(context.Reader, null, context.Caller, Permission.HandleDiscipline, id);
        var words = string.IsNullOrWhiteSpace(title) ? null : Compartment.Words(title, 2, 100);
        return await AddEvidence.Read(
            context,
            files,
            kept =>
                Compartment.Write(
                    context,
                    "paper",
                    w =>
                    {
                        StepClue.Open(context, w, id);
                        foreach (var (content, hash) in kept)
                            w.Connection.Execute(
                                """
                                INSERT INTO discipline_papers (clue_id, number, title_cipher, media, hash, size, day, added_name, change_id)
                                SELECT @id, coalesce(max(number), 0) + 1, @title, @media, @hash, @size, @day, @by, @change FROM (
                                  SELECT number FROM discipline_papers WHERE clue_id = @id UNION ALL SELECT number FROM discipline_papers_history WHERE clue_id = @id
                                ) held
                                """,
                                new
                                {
                                    id,
                                    title = words is null ? null : w.Numbers.Encrypt(words),
                                    media = content.Media,
                                    hash,
                                    size = content.Bytes.Length,
                                    day = DayNumber.Of(w.Today),
                                    by = context.Installation.Actor.Name,
                                    change = w.Change,
                                },
                                w.Transaction
                            );
                        return id;
                    }
                )
        );
    }

    private static IResult Fetch(ConsoleContext context, HttpContext http, long clue, int number)
    {
        Compartment.Find(context.Reader, null, context.Caller, Permission.OpenDiscipline, clue);
        var paper =
            context.Reader.QueryFirstOrDefault<DisciplinePaper>(
                "SELECT * FROM discipline_papers WHERE clue_id = @clue AND number = @number",
                new { clue, number }
            ) ?? throw new NotInScope();
        Compartment.Look(context, "discipline.open", clue, "see");
        var content = new FileStore(context.Installation).Read(paper.Hash);
        // Whatever a browser makes of it, nothing in it runs, loads or is framed, and nothing of it is kept.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture,
            $"{(paper.Media == FileContent.Pdf ? "attachment" : "inline")}; filename=\"paper-{number}.{FileContent.ExtensionOf(paper.Media)}\""
        );
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return TypedResults.Bytes(content, paper.Media);
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">discipline.closed.</exception>
    public static void Strike(ConsoleContext context, long id, int number) =>
        Compartment.Write(
            context,
            "paper-off",
            w =>
            {
                StepClue.Open(context, w, id);
                return
                    w.Connection.Execute("DELETE FROM discipline_papers WHERE clue_id = @id AND number = @number", new { id, number }, w.Transaction)
                    == 0
                    ? throw new NotInScope()
                    : id;
            }
        );
}
