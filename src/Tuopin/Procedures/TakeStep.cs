using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /lists/{list}/step</c>: takes the current step, sends the list back, or refuses it. The step that decides writes what was decided in the same
/// transaction (<see cref="CarryOut"/>).
/// </summary>
public static class TakeStep
{
    /// <param name="Step">The step as it was seen.</param>
    /// <param name="Refusing">Numbers of those who do not agree.</param>
    public sealed record Request(string Step, StepAnswer Answer, StepInputs? Inputs, IReadOnlyList<string>? Refusing, string? Words, int? Seen);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/lists/{list:long}/step", Post).Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/step",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, long list, Request request) =>
                {
                    await Api.CheckWrite(http);
                    await Handle(
                        context,
                        desk,
                        queue,
                        list,
                        new(Api.Key(http), request.Seen),
                        request.Step,
                        request.Answer,
                        request.Inputs ?? new(),
                        new([], request.Refusing ?? []),
                        request.Words
                    );
                    await Api.Answer(http, ShowList.Tell(context, list));
                }
            )
            .OfApi<ShowList.Told>(Permission.ActOnLists, "takeStep", "Take the current step of a list, send the list back, or refuse it")
            .Once();
    }

    private static async Task<IResult> Post(
        ConsoleContext context,
        HttpContext http,
        DeskDb desk,
        JobQueue queue,
        EvidenceSubjects subjects,
        long list
    )
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        int? Count(string field) =>
            int.TryParse(form[field].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var inputs = new StepInputs
        {
            Attended = Count("attended"),
            For = Count("for"),
            Against = Count("against"),
            Abstained = Count("abstained"),
            Checked = Count("checked"),
            Document = ShowList.Words(form["document"]),
            Evidence = ShowList.Words(form["evidence"]),
            Attendees = ShowList.Words(form["attendees"]),
        };
        var answer = Enum.TryParse<StepAnswer>(form["answer"], ignoreCase: true, out var said) && Enum.IsDefined(said) ? said : StepAnswer.Forward;
        try
        {
            var done = await Handle(
                context,
                desk,
                queue,
                list,
                ShowList.SentBy(form),
                form["step"].ToString(),
                answer,
                inputs,
                NamedSubjects.Read(form, "refusing"),
                form["words"]
            );
            return ShowList.Back(list, done);
        }
        // What was typed stays where it was typed, beside what is wrong with it.
        catch (Refusal refusal) when (refusal is not (NotInScope or NotPermitted))
        {
            return new RazorComponentResult<Pages.ListPage>(
                new
                {
                    Shown = ShowList.WithEvidence(context, subjects, ShowList.Handle(context, list, null)),
                    Refusal = refusal,
                    Typed = form.ToDictionary(f => f.Key, f => f.Value.ToString()),
                }
            )
            {
                StatusCode = Refused.StatusOf(refusal),
            };
        }
    }

    public static async Task<ListWriting.Done> Handle(
        ConsoleContext context,
        DeskDb desk,
        JobQueue queue,
        long list,
        ListWriting.Sent sent,
        string step,
        StepAnswer answer,
        StepInputs inputs,
        NamedSubjects refusing,
        string? words
    )
    {
        var done = ListWriting.Do(
            context,
            list,
            sent,
            answer.ToString().ToLowerInvariant(),
            writing =>
            {
                var decides = writing.List.Step.Kind == StepKind.Decide && answer == StepAnswer.Forward && step == writing.List.State.Step;
                if (decides && writing.List.Change.NeedsVerdict)
                    Wanting.RequireFresh(writing.Installation, writing.Connection, writing.Transaction);
                if (decides)
                    Wanting.RequireConditions(writing.List, Viewer.Of(context), writing.Connection, writing.Transaction);
                var wanting = decides ? Wanting.Of(writing.List, Viewer.Of(context), writing.Connection, writing.Transaction) : [];
                return new ListWriting.Doing(
                    new Act.Take(
                        writing.Hats,
                        writing.At,
                        step,
                        answer,
                        inputs,
                        writing.List.Step.Kind == StepKind.Agree ? refusing.OnList(writing) : [],
                        wanting
                    ),
                    new ListAct
                    {
                        Subjects = writing.List.State.OpenSubjects.Count(),
                        Attended = inputs.Attended,
                        VotesFor = inputs.For,
                        VotesAgainst = inputs.Against,
                        Abstained = inputs.Abstained,
                        LookedAt = inputs.Checked,
                        Document = inputs.Document,
                        Evidence = inputs.Evidence,
                        Attendees = inputs.Attendees,
                        Words = ShowList.Words(words),
                    }
                );
            }
        );
        if (done.JudgeAll && context.Caller.May(Permission.Judge))
            await QueueJudging.Handle(desk, queue, context.Caller);
        return done;
    }
}
