using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary><c>POST /discipline</c>: the discipline office enters a clue it received.</summary>
public static class EnterClue
{
    /// <param name="Place">Code of the place it is about, within the caller's areas.</param>
    /// <param name="Source">Key of code list <c>discipline_source</c>.</param>
    /// <param name="Day">When it was received; without it the work date.</param>
    /// <param name="Words">What it says.</param>
    /// <param name="Names">Whom it names, if anybody.</param>
    /// <param name="Due">By when it is dealt with, if that was set.</param>
    public sealed record Request(string? Place, string? Source, string? Day, string? Words, string? Names, string? Due);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/discipline", Post).Needs(Permission.HandleDiscipline);

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        try
        {
            Handle(context, new(form["place"], form["source"], form["day"], form["words"], form["names"], form["due"]));
            return TypedResults.LocalRedirect("/discipline?done=yes");
        }
        catch (Refusal refused) when (refused is WrongUsage)
        {
            return new RazorComponentResult<Pages.OfficeCluesPage>(
                new
                {
                    Found = ListClues.Handle(context, new(null, null, null, null), "discipline.list", ListClues.PageSize) with
                    {
                        Refused = refused,
                    },
                }
            )
            {
                StatusCode = StatusCodes.Status400BadRequest,
            };
        }
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="WrongUsage">discipline.source, discipline.words, discipline.due, edit.day, edit.number-in-words.</exception>
    public static long Handle(ConsoleContext context, Request request)
    {
        var place = context.Tree.ByCode((request.Place ?? "").Trim());
        if (place is null || !context.Caller.Scope(Permission.HandleDiscipline).Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        var source =
            context.Installation.Packs.Dictionary.CodeLists["discipline_source"].Find(request.Source ?? "")
            ?? throw new WrongUsage("discipline.source", "请选择线索来源。Choose where the clue comes from.");
        var words = Compartment.Words(request.Words, 2, Compartment.LongestWords);
        var names = string.IsNullOrWhiteSpace(request.Names) ? null : Compartment.Words(request.Names, 1, 300);
        return Compartment.Write(
            context,
            "enter",
            w =>
            {
                var clue = new DisciplineClue
                {
                    Id = Keys.Take(w.Connection, w.Transaction, "discipline_clues", place.Code / 1_000_000, 1),
                    AreaCode = place.Code,
                    Day = DayNumber.Of(ActWords.Day(request.Day, w.Today)),
                    Source = (short)source.Number,
                    WordsCipher = w.Numbers.Encrypt(words),
                    NamesCipher = names is null ? null : w.Numbers.Encrypt(names),
                    DueDay = Compartment.Due(request.Due, w.Today),
                    ChangeId = w.Change,
                };
                w.Connection.Execute(
                    """
                    INSERT INTO discipline_clues (id, area_code, day, source, words_cipher, names_cipher, state, due_day, handled, sanctioned, change_id)
                    VALUES (@Id, @AreaCode, @Day, @Source, @WordsCipher, @NamesCipher, 0, @DueDay, 0, 0, @ChangeId)
                    """,
                    clue,
                    w.Transaction
                );
                return clue.Id;
            }
        );
    }
}
