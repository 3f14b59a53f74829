using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// <c>POST /lists/{list}/objections/{objection}/who</c>: who objected by the public page and how to be reached, for whoever has to answer and for nobody else:
/// the role of the step, and once it is appealed the role above. The audit says who asked before the name is shown.
/// </summary>
public static class RevealObjector
{
    public sealed record Told(int Number, string? Who, string? Contact);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/lists/{list:long}/objections/{objection:int}/who",
                async Task<IResult> (ConsoleContext context, HttpContext http, long list, int objection) =>
                {
                    await Forms.Check(http);
                    return new RazorComponentResult<Pages.ObjectorPage>(new { List = list, Told = Handle(context, list, objection) });
                }
            )
            .Needs(Permission.ActOnLists);
        routes
            .MapPost(
                Api.Root + "/lists/{list:long}/objections/{objection:int}/who",
                async (ConsoleContext context, HttpContext http, long list, int objection) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Handle(context, list, objection));
                }
            )
            .OfApi<Told>(Permission.ActOnLists, "revealObjector", "Who objected by the public page, for whoever answers; audited");
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="NotPermitted">list.not-your-step.</exception>
    public static Told Handle(ConsoleContext context, long list, int number)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var record = ListRecord.Find(connection, transaction, installation.Packs, list, context.Caller.Scope(Permission.ActOnLists));
        var stored =
            connection.QueryFirstOrDefault<ListObjection>(
                "SELECT * FROM list_objections WHERE list_id = @list AND number = @number",
                new { list, number },
                transaction
            ) ?? throw new NotInScope();
        var hats = ListWriting.HatsOf(context.Caller, new AreaRange(record.Row.AreaCode, record.Row.AreaCode));
        // Those of the publicity, wherever the list stands by now.
        var step = record.Procedure.Steps.First(s => s.Kind == StepKind.Publicity);
        if (!hats.Contains(new(step.Role, step.Level)) && !(stored.AppealedDay is not null && hats.Contains(Step.Above(step))))
            throw new NotPermitted("list.not-your-step", $"step '{step.Title}' is not yours to take");
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "objection.reveal",
            string.Create(CultureInfo.InvariantCulture, $"list {list}, objection {number}"),
            new AuditSubject("list", list)
        );
        transaction.Commit();
        using var numbers = new PersonalNumbers(installation.Keys);
        string? Text(byte[]? cipher) => cipher is null ? null : numbers.Decrypt(cipher);
        return new(number, Text(stored.WhoCipher), Text(stored.ContactCipher));
    }
}
