using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Procedures;

/// <summary><c>POST /lists/{list}/objections/{objection}/answer</c>: an objection is upheld, and its household is held back, or it is not; with the answer given.</summary>
public static class AnswerObjection
{
    public sealed record Request(bool Upheld, string Answer, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/objections/{objection:int}/answer", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/objections/{objection:int}/answer",
                async (ConsoleContext context, HttpContext http, long list, int objection, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen), objection, request.Upheld, request.Answer);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "answerObjection", "Answer an objection: upheld, its household is held back")
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list, int objection)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(list, Handle(context, list, ShowList.SentBy(form), objection, form["upheld"] == "yes", form["words"]));
    }

    public static ListWriting.Done Handle(ConsoleContext context, long list, ListWriting.Sent sent, int objection, bool upheld, string? words) =>
        ListWriting.Do(
            context,
            list,
            sent,
            "answer",
            writing =>
            {
                if (ShowList.Words(words) is not { } what)
                    throw new Refusal("list.reason-missing", "say why");
                return new ListWriting.Doing(
                    new Act.Settle(writing.Hats, writing.At, objection, upheld),
                    new ListAct { Words = what },
                    new ListObjection
                    {
                        ListId = list,
                        Number = objection,
                        Upheld = upheld,
                        Answer = what,
                        AnsweredDay = writing.Day,
                    }
                );
            }
        );
}
