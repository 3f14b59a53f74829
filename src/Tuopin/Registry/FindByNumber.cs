using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Registry;

/// <summary>
/// Finds a person of the scope by a full ID number. The number is posted, never part of an address; the database is asked for its blind index; the audit
/// notes who looked and whom that found, not the number.
/// </summary>
public static class FindByNumber
{
    public sealed record Found(long Person, string Name, byte[] Stored, long Household, string? HouseholdNumber, string? Head, long AreaCode);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/find-number", IResult () => new RazorComponentResult<Pages.FindByNumberPage>()).Needs(Permission.RevealNumbers);
        routes.MapPost("/find-number", Post).Needs(Permission.RevealNumbers);
    }

    private static async Task<IResult> Post(HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var number = (await http.Request.ReadFormAsync())["number"].ToString();
        if (number.Trim().Length is < 6 or > 40)
            return new RazorComponentResult<Pages.FindByNumberPage>(new { Wrong = true }) { StatusCode = StatusCodes.Status422UnprocessableEntity };
        var found = Handle(context.Installation, context.Caller.Scope(Permission.RevealNumbers), number, context.Day);
        return new RazorComponentResult<Pages.FindByNumberPage>(new { Rows = found });
    }

    public static IReadOnlyList<Found> Handle(Installation installation, Scope scope, string number, int day)
    {
        using var numbers = new PersonalNumbers(installation.Keys);
        var asked = IdentityNumber.Read(number).First18;
        var index = numbers.Index(asked);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var found = connection
            .Query<Found>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT p.id AS person, p.name, p.id_cipher AS stored, l.household_id AS household, l.number AS household_number, l.head_name AS head, l.area_code
                    FROM persons p
                    JOIN memberships m ON m.person_id = p.id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})
                    JOIN household_list l ON l.household_id = m.household_id
                    WHERE p.id_index = @index AND {scope.Households("l", AreaRange.Nation, day)}
                    ORDER BY p.id LIMIT 20
                    """
                ),
                new { index },
                transaction
            )
            // Two numbers may share an index: whom it finds is confirmed on the number itself.
            .Where(f => IdentityNumber.Read(numbers.Decrypt(f.Stored)).First18 == asked)
            .ToList();
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "person.find",
            string.Create(CultureInfo.InvariantCulture, $"by full ID number: {found.Count} found"),
            found.Count > 0 ? new("person", found[0].Person, "id") : null
        );
        transaction.Commit();
        return found;
    }
}
