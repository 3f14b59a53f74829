using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Procedures;

/// <summary><c>POST /lists/{list}/hang</c>: the list was hung on the board; the days of its publicity count from now.</summary>
public static class HangList
{
    public sealed record Request(int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/hang", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/hang",
                async (ConsoleContext context, HttpContext http, long list, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen));
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "hangList", "Say that the list hangs: the days of its publicity count from now")
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list)
    {
        await Forms.Check(http);
        return ShowList.Back(list, Handle(context, list, ShowList.SentBy(await Forms.Read(http))));
    }

    public static ListWriting.Done Handle(ConsoleContext context, long list, ListWriting.Sent sent) =>
        ListWriting.Do(
            context,
            list,
            sent,
            "hang",
            writing => new ListWriting.Doing(
                new Act.Hang(writing.Hats, writing.At),
                new ListAct { Subjects = writing.List.State.OpenSubjects.Count() }
            )
        );
}
