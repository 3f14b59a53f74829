using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Procedures;

/// <summary><c>POST /lists/{list}/objections</c>: an objection (异议) that came in while the list hangs, about one of them or about the list as a whole.</summary>
public static class RaiseObjection
{
    /// <param name="Number">Whom it is about; without it, the list as a whole.</param>
    /// <param name="By">Who objects, as they gave their name; "anonymous" will do.</param>
    public sealed record Request(string? Number, string By, string Words, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/objections", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/objections",
                async (ConsoleContext context, HttpContext http, long list, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen), request.Number, request.By, request.Words);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "raiseObjection", "Record an objection to a list that hangs")
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(list, Handle(context, list, ShowList.SentBy(form), form["number"], form["by"], form["words"]));
    }

    public static ListWriting.Done Handle(ConsoleContext context, long list, ListWriting.Sent sent, string? number, string? by, string? words) =>
        ListWriting.Do(
            context,
            list,
            sent,
            "object",
            writing =>
            {
                if (ShowList.Words(by) is not { } who || ShowList.Words(words) is not { } what)
                    throw new Refusal("list.reason-missing", "say why");
                long? subject = string.IsNullOrWhiteSpace(number) ? null : new NamedSubjects([], [number.Trim()]).OnList(writing).Single();
                return new ListWriting.Doing(
                    new Act.Raise(writing.Hats, writing.At, subject),
                    new ListAct { Subjects = subject is null ? 0 : 1, Words = what },
                    new ListObjection
                    {
                        ListId = list,
                        Number = writing.List.State.Objections.Length + 1,
                        SubjectId = subject,
                        RaisedBy = who,
                        Words = what,
                        RaisedDay = writing.Day,
                    }
                );
            }
        );
}
