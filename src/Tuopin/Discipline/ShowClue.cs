using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;

namespace Tuopin.Discipline;

/// <summary><c>/discipline/clues/{clue}</c>: a clue in words, whom was handled, what was done with it and who looked at it.</summary>
public static class ShowClue
{
    public sealed record Person(DisciplinePerson Held, string Name, string? Words);

    public sealed record Paper(DisciplinePaper Held, string? Title);

    /// <param name="Acts">The last hundred, the latest first.</param>
    public sealed record Result(
        ListClues.Row Row,
        IReadOnlyList<Person> Persons,
        IReadOnlyList<Paper> Papers,
        IReadOnlyList<DisciplineAct> Acts,
        bool MayHandle
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/discipline/clues/{clue:long}",
                IResult (ConsoleContext context, long clue) => new RazorComponentResult<Pages.OfficeCluePage>(new { Found = Handle(context, clue) })
            )
            .Needs(Permission.OpenDiscipline);

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long id)
    {
        Compartment.Find(context.Reader, null, context.Caller, Permission.OpenDiscipline, id);
        Compartment.Look(context, "discipline.open", id);
        using var connection = context.Installation.Store.OpenReader();
        var clue = Compartment.Find(connection, null, context.Caller, Permission.OpenDiscipline, id);
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        return new(
            ListClues.Open(clue, numbers),
            [
                .. connection
                    .Query<DisciplinePerson>("SELECT * FROM discipline_persons WHERE clue_id = @id ORDER BY number", new { id })
                    .Select(p => new Person(p, numbers.Decrypt(p.NameCipher), p.WordsCipher is { } words ? numbers.Decrypt(words) : null)),
            ],
            [
                .. connection
                    .Query<DisciplinePaper>("SELECT * FROM discipline_papers WHERE clue_id = @id ORDER BY number", new { id })
                    .Select(p => new Paper(p, p.TitleCipher is { } title ? numbers.Decrypt(title) : null)),
            ],
            connection.Query<DisciplineAct>("SELECT * FROM discipline_acts WHERE clue_id = @id ORDER BY number DESC LIMIT 100", new { id }).AsList(),
            context.Caller.May(Permission.HandleDiscipline)
        );
    }
}
