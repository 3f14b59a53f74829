using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Registry;

/// <summary>
/// One full ID or telephone number of one person, or one telephone or account number of one household, for a purpose. The audit is written first: no entry,
/// no number.
/// </summary>
public static class RevealPersonalNumber
{
    /// <summary>Fields that can be shown, with the column that holds them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Fields = new Dictionary<string, string>
    {
        ["id"] = "id_cipher",
        ["phone"] = "phone_cipher",
    };

    /// <summary>The same of a household.</summary>
    public static readonly IReadOnlyDictionary<string, string> HouseholdFields = new Dictionary<string, string>
    {
        ["phone"] = "phone_cipher",
        ["bank_card"] = "bank_card_cipher",
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/persons/{person:long}/reveal",
                (long person, HttpContext http, ConsoleContext context) => Post("person", person, http, context)
            )
            .Needs(Permission.RevealNumbers);
        routes
            .MapPost(
                "/households/{household:long}/reveal",
                (long household, HttpContext http, ConsoleContext context) => Post("household", household, http, context)
            )
            .Needs(Permission.RevealNumbers);
    }

    private static async Task<IResult> Post(string subject, long id, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var field = form["field"].ToString();
        try
        {
            var scope = context.Caller.Scope(Permission.RevealNumbers);
            return Answer(context, subject, id, field, Handle(context.Installation, scope, subject, id, field, form["purpose"].ToString()), null);
        }
        catch (WrongUsage wrong)
        {
            return Answer(context, subject, id, field, null, context.L[wrong.Text]);
        }
    }

    private static IResult Answer(ConsoleContext context, string subject, long id, string field, string? number, string? error)
    {
        var shown = new
        {
            Subject = subject,
            Id = id,
            Field = field,
            Number = number,
            Error = error,
        };
        var status = error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        return context.WantsPart
            ? new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Pages.RevealNumber>(shown) { StatusCode = status }
            : new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Pages.RevealedPage>(shown) { StatusCode = status };
    }

    /// <summary>The number in full.</summary>
    /// <exception cref="NotInScope">The person or household, or the number, is not within the scope.</exception>
    /// <exception cref="WrongUsage">reveal.purpose, purpose.number.</exception>
    public static string Handle(Installation installation, Scope scope, string subject, long id, string field, string purpose)
    {
        var why = Purpose(purpose);
        var ofPerson = subject == "person";
        if (!(ofPerson ? Fields : HouseholdFields).TryGetValue(field, out var column))
            throw new NotInScope();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var stored = connection.QueryFirstOrDefault<byte[]?>(
            ofPerson
                ? $"SELECT p.{column} FROM persons p WHERE p.id = @id AND {Within(scope, "p", day)}"
                : $"SELECT h.{column} FROM households h WHERE h.id = @id AND EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = h.id AND {scope.Households("l", AreaRange.Nation, day)})",
            new { id },
            transaction
        );
        if (stored is null)
            throw new NotInScope();
        AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, $"{subject}.reveal", why, new(subject, id, field));
        transaction.Commit();
        using var numbers = new PersonalNumbers(installation.Keys);
        return numbers.Decrypt(stored);
    }

    /// <summary>The persons who are of a household of the scope on a day, as a predicate.</summary>
    public static string Within(Scope scope, string alias, int day) =>
        FormattableString.Invariant(
            $"EXISTS (SELECT 1 FROM memberships m JOIN household_list l ON l.household_id = m.household_id WHERE m.person_id = {alias}.id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day}) AND {scope.Households("l", AreaRange.Nation, day)})"
        );

    /// <summary>A purpose in words; it goes into the audit, where no personal number may stand.</summary>
    /// <exception cref="WrongUsage">reveal.purpose, purpose.number.</exception>
    public static string Purpose(string text)
    {
        var purpose = text.Trim();
        if (purpose.Length is < 2 or > 200 || purpose.Any(char.IsControl))
            throw new WrongUsage("reveal.purpose", "请写明用途（2 至 200 字）。Say what for, in 2 to 200 characters.");
        if (purpose.Count(char.IsAsciiDigit) >= 11)
            throw new WrongUsage("purpose.number", "用途中不要写证件号码或电话。No ID or telephone numbers in the purpose.");
        return purpose;
    }
}
