using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;

namespace Tuopin.Editing;

/// <summary><c>/households/{id}/members</c>: who belongs to a household, and the ways to join it, to leave it and to head it.</summary>
public static class ShowMembers
{
    public sealed record Result(Editor Editor, Members Members)
    {
        public string Day { get; init; } = "";
        public Refusal? Refused { get; init; }
        public string? Said { get; init; }

        /// <summary>What was typed, where it was refused.</summary>
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();

        /// <summary>What an act that was only asked about would change.</summary>
        public IReadOnlyList<Difference>? Preview { get; init; }
    }

    public sealed record ToldMember(long Id, string Name, string? Sex, long? Birth, string? Relation, int From);

    /// <param name="Proposed">The change waits for the township's review; nothing is changed yet.</param>
    public sealed record Told(long Household, string Number, string Version, IReadOnlyList<ToldMember> Members, long? Proposed = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/households/{household:long}/members", Show).Needs(Permission.ChangeMembers);
        routes
            .MapGet(
                Api.Root + "/households/{household:long}/members",
                (ConsoleContext context, HttpContext http, long household) => Api.Answer(http, Tell(Handle(context, household)))
            )
            .OfApi<Told>(Permission.ChangeMembers, "members", "Who belongs to a household on the work date, and as what");
    }

    /// <summary>The form of the page for one act: <c>/members/add</c>, <c>/members/leave</c>.</summary>
    internal static void MapForm(IEndpointRouteBuilder routes, string act, Func<ConsoleContext, IFormCollection, Act> read) =>
        routes
            .MapPost(
                "/households/{household:long}/members/" + act,
                (ConsoleContext context, HttpContext http, Pen pen, long household) =>
                    Post(context, http, pen, household, form => read(context, form))
            )
            .Needs(Permission.ChangeMembers);

    private static IResult Show(ConsoleContext context, long household, string? said) =>
        new RazorComponentResult<Pages.MembersPage>(new { Found = Handle(context, household) with { Said = said } });

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long household)
    {
        var editor = Editor.Of(context.Reader, null, context.Caller, Permission.ChangeMembers, context.Day, household);
        return new(editor, Members.Of(context.Reader, null, context.Installation.Packs.Dictionary, household, context.Day))
        {
            Day = DayText.Of(context.WorkDate),
        };
    }

    /// <summary>An act on members from a page: done it leads back, refused it comes back with what was typed.</summary>
    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, Pen pen, long household, Func<IFormCollection, Act> act)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        _ = Handle(context, household);
        Result Again() =>
            Handle(context, household) with
            {
                Typed = form.Where(f => f.Key is not ("__RequestVerificationToken" or "version" or "id_number" or "phone"))
                    .ToDictionary(f => f.Key, f => f.Value.ToString()),
                Day = form["day"].ToString(),
            };
        try
        {
            if (form["look"] == "yes")
                return new RazorComponentResult<Pages.MembersPage>(
                    new { Found = Again() with { Preview = await pen.Look(context.Caller, household, act(form), http.RequestAborted) } }
                );
            var written = await pen.Do(context.Caller, household, null, act(form), http.RequestAborted);
            return Results.LocalRedirect($"/households/{household}/members?said={(written.Proposed is null ? "saved" : "proposed")}");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return new RazorComponentResult<Pages.MembersPage>(new { Found = Again() with { Refused = refusal } })
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            };
        }
    }

    /// <summary>An act on members from a program, which names the version it is on by If-Match.</summary>
    internal static async Task Do(ConsoleContext context, HttpContext http, Pen pen, long household, Func<string, Result, Act> act)
    {
        await Api.CheckWrite(http);
        var found = Handle(context, household);
        var before = Tell(found);
        Api.CheckMatch(http, before, "edit.changed-since");
        try
        {
            var written = await pen.Do(context.Caller, household, null, act(before.Version, found), http.RequestAborted);
            await Api.Answer(http, Tell(Handle(context, household)) with { Proposed = written.Proposed });
        }
        catch (ChangedMeanwhile)
        {
            throw new PreconditionFailed("edit.changed-since");
        }
    }

    internal static long? Id(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static Told Tell(Result found) =>
        new(
            found.Editor.Household.Id,
            found.Editor.Household.Number,
            found.Members.Version,
            [
                .. found.Members.Open.Select(m => new ToldMember(
                    m.PersonId,
                    m.Name,
                    m.Sex switch
                    {
                        1 => "male",
                        2 => "female",
                        _ => null,
                    },
                    m.Birth,
                    m.Relation is null ? null : found.Members.Key(m),
                    m.FromDay
                )),
            ]
        );
}
