using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary><c>POST /lists/{list}/hold</c>: holds some back, with the reason, or all whose verdict does not carry the decision; the others go on.</summary>
public static class HoldBack
{
    /// <param name="Wanting">All with an indicator unmet or unknown.</param>
    public sealed record Request(IReadOnlyList<string>? Numbers, bool? Wanting, string? Reason, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/hold", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/hold",
                async (ConsoleContext context, HttpContext http, long list, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, list, new(Api.Key(http), request.Seen), new([], request.Numbers ?? []), request.Wanting == true, request.Reason);
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "holdBack", "Hold some of a list back; the others go on")
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long list)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        return ShowList.Back(
            list,
            Handle(context, list, ShowList.SentBy(form), NamedSubjects.Read(form, "subject"), form["wanting"] == "yes", form["reason"])
        );
    }

    public static ListWriting.Done Handle(
        ConsoleContext context,
        long list,
        ListWriting.Sent sent,
        NamedSubjects named,
        bool wanting,
        string? reason
    ) =>
        ListWriting.Do(
            context,
            list,
            sent,
            "hold",
            writing =>
            {
                if (!wanting && string.IsNullOrWhiteSpace(reason))
                    throw new Refusal("list.reason-missing", "say why");
                var ids = wanting
                    ? [.. Wanting.Of(writing.List, Viewer.Of(context), writing.Connection, writing.Transaction)]
                    : named.OnList(writing);
                return new ListWriting.Doing(
                    new Act.Hold(writing.Hats, writing.At, ids, wanting),
                    new ListAct { Subjects = ids.Count, Words = ShowList.Words(reason) }
                );
            }
        );
}
