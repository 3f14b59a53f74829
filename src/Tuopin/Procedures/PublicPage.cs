using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>/p/{key}</c>: the notice of a list as a web page for whoever holds its key, and the form by which anybody may object; <c>/p/reply/{key}</c>: the reply to
/// that objection, for whoever brought it, and the form of an appeal. Off unless the administrator allows it (<see cref="AllowPublicPages"/>); unlisted, not
/// indexed, and gone when the days of the publicity are over. What is off, over, wrong and never was is the same answer.
/// </summary>
public static class PublicPage
{
    /// <summary>A village has one connection for everybody; more waiting objections than this are no village's.</summary>
    private const int MostWaiting = 50;
    private const int LargestForm = 16 << 10;

    /// <summary>Who acts by the page, as the audit names him.</summary>
    public static readonly Actor Stranger = new("公示网页");

    public sealed record Shown(PrintNotice.Notice Notice, string Key);

    public sealed record Received(int Number, string? Receipt);

    public sealed record Reply(
        int Number,
        string Words,
        DateOnly Raised,
        bool? Upheld,
        string? Answer,
        DateOnly? Answered,
        string? AppealWords,
        DateOnly? Appealed,
        bool? AppealUpheld,
        string? AppealAnswer,
        DateOnly? AppealAnswered,
        bool MayAppeal,
        string Key
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/p/{key}",
                (ConsoleContext context, PublicTries tries, HttpContext http, string key) => Guarded(http, tries, false, () => Show(context, key))
            )
            .AllowAnonymous();
        routes
            .MapPost(
                "/p/{key}",
                (ConsoleContext context, PublicTries tries, HttpContext http, string key) =>
                    Guarded(http, tries, true, () => Object(context, http, key))
            )
            .WithMetadata(new RequestSizeLimitAttribute(LargestForm))
            .AllowAnonymous();
        routes
            .MapGet(
                "/p/reply/{key}",
                (ConsoleContext context, PublicTries tries, HttpContext http, string key) =>
                    Guarded(http, tries, false, () => ShowReply(context, key))
            )
            .AllowAnonymous();
        routes
            .MapPost(
                "/p/reply/{key}",
                (ConsoleContext context, PublicTries tries, HttpContext http, string key) =>
                    Guarded(http, tries, true, () => Appeal(context, http, key))
            )
            .WithMetadata(new RequestSizeLimitAttribute(LargestForm))
            .AllowAnonymous();
    }

    // The key stands in the address: no other site is told of it, and no search engine keeps it.
    private static async Task<IResult> Guarded(HttpContext http, PublicTries tries, bool writes, Func<Task<IResult>> answer)
    {
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow, noarchive";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (tries.May(http, writes))
            return await answer();
        await Refused.Answer(
            http,
            StatusCodes.Status429TooManyRequests,
            new Refusal("rate.public", "too many requests from this address; try again later")
        );
        return Results.Empty;
    }

    private static Task<IResult> Show(ConsoleContext context, string key)
    {
        var (_, list) = Find(context, context.Reader, null, key);
        var notice = PrintNotice.Of(list, context.Tree, ListWriting.Now(context.Installation, context.Reader, null), context.Reader, null);
        return Task.FromResult<IResult>(new RazorComponentResult<Pages.PublicNoticePage>(new { Shown = new Shown(notice, key) }));
    }

    private static async Task<IResult> Object(ConsoleContext context, HttpContext http, string key)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return new RazorComponentResult<Pages.ObjectionReceivedPage>(
            new { Received = Handle(context, key, form["key"], form["about"], form["words"], form["who"], form["contact"]) }
        );
    }

    /// <summary>An objection by the page: about a row of the notice, or about the list as a whole; who it is and how to be reached need not be said.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">list.reason-missing, publicity.too-long, publicity.full, publicity.no-row.</exception>
    public static Received Handle(ConsoleContext context, string key, string? sent, string? about, string? words, string? who, string? contact)
    {
        var (id, _) = Find(context, context.Reader, null, key);
        var receipt = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        var number = 0;
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        byte[]? Hidden(string? text) =>
            text?.Trim() switch
            {
                null or "" => null,
                { Length: > 60 } => throw new WrongUsage("publicity.too-long", "at most 60 characters"),
                var said => numbers.Encrypt(said),
            };
        var done = ListWriting.DoByLink(
            context,
            id,
            new(sent is { Length: > 0 and <= 100 } ? sent : null, null),
            "object",
            writing =>
            {
                Find(context, writing.Connection, writing.Transaction, key);
                if (ShowList.Words(words) is not { } what)
                    throw new Refusal("list.reason-missing", "say why");
                if (writing.List.State.Objections.Count(o => o.Waits) >= MostWaiting)
                    throw new Refusal("publicity.full", "too many objections wait for a reply; bring yours to the village committee");
                var subject = Subject(writing, about);
                number = writing.List.State.Objections.Length + 1;
                return new(
                    new Act.Raise(writing.Hats, writing.At, subject),
                    new ListAct { Subjects = subject is null ? 0 : 1, Words = what },
                    new ListObjection
                    {
                        ListId = id,
                        Number = number,
                        SubjectId = subject,
                        Words = what,
                        RaisedDay = writing.Day,
                        ByLink = true,
                        WhoCipher = Hidden(who),
                        ContactCipher = Hidden(contact),
                        Receipt = Hash(receipt),
                    }
                );
            }
        );
        return new(number, done.Repeated ? null : receipt);
    }

    // A row of the notice, never a number of a household: nobody can ask here whether there is one.
    private static long? Subject(ListWriting writing, string? about)
    {
        if (string.IsNullOrEmpty(about))
            return null;
        var subjects = PrintNotice.Subjects(writing.List, writing.Connection, writing.Transaction);
        return int.TryParse(about, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row >= 1 && row <= subjects.Count
            ? subjects[row - 1].Id
            : throw new WrongUsage("publicity.no-row", "the notice has no such row");
    }

    private static Task<IResult> ShowReply(ConsoleContext context, string key) =>
        Task.FromResult<IResult>(new RazorComponentResult<Pages.ReplyPage>(new { Reply = Handle(context, key) }));

    private static async Task<IResult> Appeal(ConsoleContext context, HttpContext http, string key)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var (id, number, _) = FindReply(context, context.Reader, null, key);
        ListWriting.DoByLink(
            context,
            id,
            new(form["key"].ToString() is { Length: > 0 and <= 100 } sent ? sent : null, null),
            "appeal",
            writing =>
            {
                FindReply(context, writing.Connection, writing.Transaction, key);
                return AppealObjection.Doing(writing, number, form["words"]);
            }
        );
        return TypedResults.LocalRedirect($"/p/reply/{key}");
    }

    /// <summary>What became of an objection, for whoever holds its receipt.</summary>
    /// <exception cref="NotInScope"/>
    public static Reply Handle(ConsoleContext context, string key)
    {
        var (id, number, list) = FindReply(context, context.Reader, null, key);
        var o = context.Reader.QuerySingle<ListObjection>(
            "SELECT * FROM list_objections WHERE list_id = @id AND number = @number",
            new { id, number }
        );
        DateOnly? Day(int? day) => day is { } known ? DayNumber.ToDate(known) : null;
        return new(
            number,
            o.Words,
            DayNumber.ToDate(o.RaisedDay),
            o.Upheld,
            o.Answer,
            Day(o.AnsweredDay),
            o.AppealWords,
            Day(o.AppealedDay),
            o.AppealUpheld,
            o.AppealAnswer,
            Day(o.AppealAnsweredDay),
            o.Upheld == false && o.AppealedDay is null && list.Step is { Kind: StepKind.Publicity, Role: not ActingRole.Province },
            key
        );
    }

    /// <summary>The hash under which a key is kept.</summary>
    internal static byte[] Hash(string key) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key));

    // The list of a key while its days last.
    private static (long Id, ListRecord List) Find(ConsoleContext context, DbConnection connection, DbTransaction? transaction, string key)
    {
        if (
            AllowPublicPages.Allowed(connection, transaction)
            && connection.QueryFirstOrDefault<long?>("SELECT list_id FROM publicity_links WHERE hash = @hash", new { hash = Hash(key) }, transaction)
                is { } id
        )
        {
            var list = ListRecord.Find(connection, transaction, context.Installation.Packs, id, Scope.Everything);
            var now = ListWriting.Now(context.Installation, connection, transaction);
            var state = Step.AsOf(list.Procedure, list.State, now);
            if (state.Ended is null && list.Step.Kind == StepKind.Publicity && state.Hung is not null && !state.Over(list.Procedure, now))
                return (id, list);
        }
        throw new NotInScope();
    }

    // The objection of a receipt until its list comes to its end: a reply may come on the last day.
    private static (long List, int Number, ListRecord Record) FindReply(
        ConsoleContext context,
        DbConnection connection,
        DbTransaction? transaction,
        string key
    )
    {
        var found = AllowPublicPages.Allowed(connection, transaction)
            ? connection.QueryFirstOrDefault<(long List, int Number)?>(
                "SELECT list_id, number FROM list_objections WHERE receipt = @hash",
                new { hash = Hash(key) },
                transaction
            )
            : null;
        if (found is not { } objection)
            throw new NotInScope();
        var list = ListRecord.Find(connection, transaction, context.Installation.Packs, objection.List, Scope.Everything);
        return list.State.Ended is null ? (objection.List, objection.Number, list) : throw new NotInScope();
    }
}
