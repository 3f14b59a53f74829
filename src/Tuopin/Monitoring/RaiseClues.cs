using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>POST /monitoring/clues/raise</c>, <c>tuopin monitoring raise</c>: the rules of the law of the day raise clues, one statement for each rule. A household
/// that is monitored, has a clue of that source, or was answered about this rule this year, is left alone.
/// </summary>
public static class RaiseClues
{
    /// <param name="Lacks">The parameters for which no law is found: the rule raised nothing for want of them.</param>
    public sealed record Raised(string Rule, Label Title, int Clues, IReadOnlyList<string> Lacks);

    public sealed record Told(IReadOnlyList<Raised> Rules);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/monitoring/clues/raise",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    await Forms.Read(http);
                    return EnterClue.Answer(context, () => $"raised-{Handle(context).Sum(r => r.Clues).ToString(CultureInfo.InvariantCulture)}");
                }
            )
            .Needs(Permission.HandleClues);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/raise",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, new Told(Handle(context)));
                }
            )
            .OfApi<Told>(Permission.HandleClues, "raiseClues", "Raise the clues that the rules in force find")
            .Asks(Api.Area);
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var command = new Command("raise", "raise the clues that the rules in force find") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var place = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation);
                var raised = Handle(installation, place, Scope.Everything);
                if (shell.IsJson)
                    shell.PrintJson(raised);
                else
                    foreach (var r in raised)
                        shell.Output.WriteLine(
                            $"{r.Clues, 8}  {r.Rule}  {r.Title.Zh}{(r.Lacks.Count > 0 ? $"  no law found: {string.Join(", ", r.Lacks)}" : "")}"
                        );
            })
        );
        return command;
    }

    private static IReadOnlyList<Raised> Handle(ConsoleContext context) =>
        Handle(context.Installation, context.Area(Permission.HandleClues), context.Caller.Scope(Permission.HandleClues));

    internal static IReadOnlyList<Raised> Handle(Installation installation, AreaVersion area, Scope scope)
    {
        var range = AreaTree.RangeOf(area);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, "clues by rule", "poverty_office", day);
        var raised = installation
            .Packs.CluesFor(area.Code, today)
            .Select(rule =>
            {
                IReadOnlyList<string> lacks =
                [
                    .. rule.Thresholds.Where(p => p.InForce(area.Code, p.IndexOn(new JudgingDay(today))) is null).Select(p => p.Id),
                ];
                var found = lacks.Count > 0 ? [] : Find(installation, connection, transaction, rule, scope, range, today);
                Insert(installation, connection, transaction, rule, found, today, change);
                return new Raised(rule.Id, rule.Title, found.Count, lacks);
            })
            .ToList();
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "clue.raise",
            string.Create(CultureInfo.InvariantCulture, $"{area.Code}: {raised.Sum(r => r.Clues)} clues by {raised.Count} rules")
        );
        transaction.Commit();
        return raised;
    }

    private static List<(long Id, long Area)> Find(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        ClueRule rule,
        Scope scope,
        AreaRange range,
        DateOnly today
    )
    {
        var day = DayNumber.Of(today);
        var dialect = installation.Store.Engine == Engine.Sqlite ? SqlDialect.Sqlite : SqlDialect.PostgreSql;
        var sql = SqlJudging.Values(rule.Household, [], new(dialect, new JudgingDay(today)) { Area = range }, rule.When);
        return
        [
            .. connection.Query<(long, long)>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT DISTINCT l.household_id, l.area_code FROM ({sql.Text}) x JOIN household_list l ON l.household_id = x.id
                    WHERE {scope.Households("l", range, day)} AND NOT {Episodes.Monitored("l.household_id", day)}
                      AND NOT EXISTS (SELECT 1 FROM clues c WHERE c.household_id = l.household_id
                        AND ((c.source = {(short)rule.Of} AND c.state < 2) OR (c.rule = @rule AND c.day >= {day / 10000 * 10000})))
                    ORDER BY l.area_code, l.household_id
                    """
                ),
                new { rule = rule.Id },
                transaction
            ),
        ];
    }

    private static void Insert(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        ClueRule rule,
        IReadOnlyList<(long Id, long Area)> found,
        DateOnly today,
        long change
    )
    {
        if (found.Count == 0)
            return;
        var packs = installation.Packs;
        var risks = EnterClue.Bits(packs.Dictionary.CodeLists["risk"], rule.Risks, "clue.risk");
        foreach (var county in found.GroupBy(f => f.Area / 1_000_000))
        {
            var households = county.ToList();
            var id = Keys.Take(connection, transaction, "clues", county.Key, households.Count);
            Fill(
                connection,
                households.Select(
                    (h, i) =>
                        new Clue
                        {
                            Id = id + i,
                            HouseholdId = h.Id,
                            AreaCode = h.Area,
                            Source = (short)rule.Of,
                            Department = rule.Department,
                            Rule = rule.Id,
                            Day = DayNumber.Of(today),
                            DueDay = Clue.DueOf(packs, h.Area, today),
                            Words = rule.Title.Zh,
                            Risks = risks,
                            EnteredName = installation.Actor.Name,
                            ChangeId = change,
                        }
                )
            );
        }
    }

    /// <summary>Writes clues in bulk, in the transaction that is open on the connection.</summary>
    internal static void Fill(DbConnection connection, IEnumerable<Clue> clues)
    {
        using var rows = RowWriter.Open(
            connection,
            "clues",
            [
                BulkColumn.Number("id"),
                BulkColumn.Number("household_id"),
                BulkColumn.Number("area_code"),
                new("source", NpgsqlTypes.NpgsqlDbType.Smallint),
                BulkColumn.Text("department"),
                BulkColumn.Text("rule"),
                new("day", NpgsqlTypes.NpgsqlDbType.Integer),
                new("due_day", NpgsqlTypes.NpgsqlDbType.Integer),
                BulkColumn.Text("words"),
                BulkColumn.Number("risks"),
                BulkColumn.Number("amount"),
                BulkColumn.Text("name"),
                BulkColumn.Text("id_masked"),
                BulkColumn.Number("id_index"),
                new("state", NpgsqlTypes.NpgsqlDbType.Smallint),
                BulkColumn.Text("entered_name"),
                BulkColumn.Number("change_id"),
            ]
        );
        foreach (var clue in clues)
        {
            rows.Number(clue.Id);
            rows.Number(clue.HouseholdId);
            rows.Number(clue.AreaCode);
            rows.Number(clue.Source);
            rows.Text(clue.Department);
            rows.Text(clue.Rule);
            rows.Number(clue.Day);
            rows.Number(clue.DueDay);
            rows.Text(clue.Words);
            rows.Number(clue.Risks);
            rows.Number(clue.Amount);
            rows.Text(clue.Name);
            rows.Text(clue.IdMasked);
            rows.Number(clue.IdIndex);
            rows.Number(clue.State);
            rows.Text(clue.EnteredName);
            rows.Number(clue.ChangeId);
            rows.EndRow();
        }
        rows.Complete();
    }
}
