using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary><c>POST /monitoring/clues</c>: somebody gives a clue about a household: its own application, what a cadre saw, what a department's data says.</summary>
public static class EnterClue
{
    /// <param name="Household">Number of the household.</param>
    /// <param name="Source">selfApplication, screening or warning; a department's user gives warnings.</param>
    /// <param name="Department">Whose data warns.</param>
    /// <param name="Risks">Keys of code list risk.</param>
    /// <param name="Day">When it became known; without it the work date.</param>
    public sealed record Request(string Household, string? Source, string? Department, IReadOnlyList<string>? Risks, string? Words, string? Day);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/monitoring/clues", Post).Needs(Permission.EnterClues);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request);
                    http.Response.Headers.Location = $"{Api.Root}/monitoring/clues";
                    await Api.Answer(http, ListClues.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ListClues.Told>(Permission.EnterClues, "enterClue", "Give a clue about a household", StatusCodes.Status201Created);
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var request = new Request(
            form["household"].ToString(),
            form["source"],
            form["department"],
            [.. form["risks"].OfType<string>()],
            form["words"],
            form["day"]
        );
        return Answer(context, () => $"entered-{Handle(context, request).ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Back to the list with what was done; a refusal stands above it.</summary>
    internal static IResult Answer(ConsoleContext context, Func<string> act)
    {
        try
        {
            return TypedResults.LocalRedirect($"/monitoring/clues?done={Uri.EscapeDataString(act())}");
        }
        catch (Refusal refused) when (refused is not (NotInScope or NotPermitted))
        {
            return Refused(context, refused);
        }
    }

    /// <summary>The list with a refusal above it.</summary>
    internal static IResult Refused(ConsoleContext context, Refusal refused) =>
        new RazorComponentResult<Pages.CluesPage>(new { Found = ListClues.Handle(context, new(null, null, null)) with { Refused = refused } })
        {
            StatusCode = refused is WrongUsage ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict,
        };

    /// <exception cref="Refusal">clue.no-household, clue.there, clue.monitored, clue.source, clue.department, clue.risk, edit.reason, edit.day.</exception>
    public static long Handle(ConsoleContext context, Request request)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var packs = installation.Packs;
        var trades = caller.FieldsOf(Permission.EnterClues);
        var source =
            trades is not null ? ClueSource.Warning
            : ListClues.SourceOf(request.Source) is { } known ? known
            : throw new WrongUsage("clue.source", "请选择线索来源。Choose where the clue comes from.");
        var department = DepartmentOf(context, source, request.Department);
        var risks = Bits(packs.Dictionary.CodeLists["risk"], request.Risks ?? [], "clue.risk");
        var words = ActWords.Read(request.Words, null).Reason;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = ActWords.Day(request.Day, today);
        var (household, area) = Find(connection, transaction, caller, request.Household, DayNumber.Of(today));
        RequireFree(connection, transaction, household, source, DayNumber.Of(today));
        var id = Keys.Take(connection, transaction, "clues", area / 1_000_000, 1);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"clue {id}",
            department ?? "village",
            DayNumber.Of(day)
        );
        connection.Execute(
            """
            INSERT INTO clues (id, household_id, area_code, source, department, day, due_day, words, risks, state, entered_name, change_id)
            VALUES (@id, @household, @area, @source, @department, @day, @due, @words, @risks, 0, @by, @change)
            """,
            new
            {
                id,
                household,
                area,
                source = (short)source,
                department,
                day = DayNumber.Of(day),
                due = Clue.DueOf(packs, area, day),
                words,
                risks,
                by = installation.Actor.Name,
                change,
            },
            transaction
        );
        Work.RefreshHouseholds.After(
            context,
            new(installation, connection, transaction, DayNumber.Of(today)),
            [household],
            change,
            MonitoringWork.Source.Kind
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "clue.enter",
            $"clue {id} ({source}) about household {household}",
            new AuditSubject("household", household)
        );
        transaction.Commit();
        return id;
    }

    /// <summary>Whose data it is: a department's user speaks for its own.</summary>
    internal static string? DepartmentOf(ConsoleContext context, ClueSource source, string? asked)
    {
        if (source != ClueSource.Warning)
            return null;
        var trades = context.Caller.FieldsOf(Permission.EnterClues);
        var known = context.Installation.Packs.Dictionary.CodeLists["department"];
        var department = known.Find(string.IsNullOrEmpty(asked) && trades is { Count: 1 } ? trades.First() : asked ?? "")?.Key;
        return department is not null && (trades is null || trades.Contains(department))
            ? department
            : throw new WrongUsage("clue.department", "请写明是哪个部门的数据。Say whose data it is.");
    }

    /// <summary>Keys of a code list as bits, at most five.</summary>
    internal static long Bits(CodeList list, IReadOnlyList<string> keys, string code)
    {
        var entries = keys.Where(k => k.Length > 0).Distinct().Select(list.Find).ToList();
        return entries.Contains(null) || entries.Count > 5
            ? throw (
                code == "clue.risk"
                    ? new WrongUsage("clue.risk", "风险最多五项，且须是代码表中的。At most five risks, of the code list.")
                    : new WrongUsage(
                        "check.risk",
                        "风险与灾害最多各五项，且须是代码表中的。At most five risks and kinds of disaster, of the code lists."
                    )
            )
            : entries.Aggregate(0L, (bits, e) => bits | 1L << e!.Number);
    }

    internal static (long Id, long Area) Find(DbConnection connection, DbTransaction transaction, Caller caller, string? number, int day)
    {
        var asked = (number ?? "").Trim();
        var found = connection.QueryFirstOrDefault<(long Id, long Area)>(
            $"""
            SELECT l.household_id, l.area_code FROM household_list l
            WHERE l.number = @asked AND {caller.Scope(Permission.EnterClues).Households("l", AreaRange.Nation, day)}
            """,
            new { asked },
            transaction
        );
        return found.Id != 0
            ? found
            : throw new Refusal("clue.no-household", "您的范围内没有这个户编号。There is no household of this number where you are.");
    }

    internal static void RequireFree(DbConnection connection, DbTransaction transaction, long household, ClueSource source, int day)
    {
        if (connection.Query<int>($"SELECT 1 WHERE {Episodes.Monitored("@household", day)}", new { household }, transaction).Any())
            throw new Refusal("clue.monitored", "这一户已在监测中。The household is monitored already.");
        if (
            connection
                .Query<int>(
                    "SELECT 1 FROM clues WHERE household_id = @household AND source = @source AND state < 2",
                    new { household, source = (short)source },
                    transaction
                )
                .Any()
        )
            throw new Refusal(
                "clue.there",
                "这一户已有同一来源的线索待处理。There is a clue of this source about the household that nobody has answered."
            );
    }
}
