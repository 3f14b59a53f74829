using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /lists/{list}/objections/{objection}/appeal</c>: an appeal (申诉) against the answer to an objection is recorded; <c>.../appeal/answer</c>: the
/// next level up answers it, upheld or not, with its reasons. The publicity does not end while one waits.
/// </summary>
public static class AppealObjection
{
    public sealed record Request(string Words, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/lists/{list:long}/objections/{objection:int}/appeal";
        routes.MapPost(path, Post).Needs(Permission.ActOnLists);
        routes.MapPost(path + "/answer", PostAnswer).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + path,
                async (ConsoleContext context, HttpContext http, long list, int objection, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen), objection, request.Words);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "appealObjection", "Record an appeal against the answer to an objection")
            .Once();
        routes
            .MapPost(
                Api.Root + path + "/answer",
                async (ConsoleContext context, HttpContext http, long list, int objection, AnswerObjection.Request request) =>
                {
                    await Api.CheckWrite(http);
                    Answer(context, list, new(Api.Key(http), request.Seen), objection, request.Upheld, request.Answer);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(
                Permission.ActOnLists,
                "answerAppeal",
                "Answer an appeal, as the level above the step: upheld, its household is held back"
            )
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list, int objection)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(list, Handle(context, list, ShowList.SentBy(form), objection, form["words"]));
    }

    private static async Task<IResult> PostAnswer(ConsoleContext context, HttpContext http, long list, int objection)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(list, Answer(context, list, ShowList.SentBy(form), objection, form["upheld"] == "yes", form["words"]));
    }

    public static ListWriting.Done Handle(ConsoleContext context, long list, ListWriting.Sent sent, int objection, string? words) =>
        ListWriting.Do(context, list, sent, "appeal", writing => Doing(writing, objection, words));

    /// <summary>The appeal as it is kept, whoever brought it.</summary>
    internal static ListWriting.Doing Doing(ListWriting writing, int objection, string? words) =>
        ShowList.Words(words) is { } what
            ? new(
                new Act.Appeal(writing.Hats, writing.At, objection),
                new ListAct { Words = what },
                new ListObjection
                {
                    ListId = writing.List.Row.Id,
                    Number = objection,
                    AppealWords = what,
                    AppealedDay = writing.Day,
                }
            )
            : throw new Refusal("list.reason-missing", "say why");

    public static ListWriting.Done Answer(ConsoleContext context, long list, ListWriting.Sent sent, int objection, bool upheld, string? words) =>
        ListWriting.Do(
            context,
            list,
            sent,
            "answer-appeal",
            writing =>
                ShowList.Words(words) is { } what
                    ? new(
                        new Act.SettleAppeal(writing.Hats, writing.At, objection, upheld),
                        new ListAct { Words = what },
                        new ListObjection
                        {
                            ListId = list,
                            Number = objection,
                            AppealUpheld = upheld,
                            AppealAnswer = what,
                            AppealAnsweredDay = writing.Day,
                        }
                    )
                    : throw new Refusal("list.reason-missing", "say why")
        );
}
