using System.Globalization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>POST /households/{household}/monitoring/after</c>: what a visit found before the risk is marked as eliminated: income of the twelve months, the
/// guarantees, the risks. It marks nothing: the decision of a list does, and asks for these.
/// </summary>
public static class StateElimination
{
    /// <param name="Amounts">In yuan as typed, as of a home check; all of them.</param>
    /// <param name="Flags">yes or no by after_dropout, after_uninsured, after_house_damaged, after_water_damaged, risk_gone, no_new_risk; what is not said is not known.</param>
    /// <param name="Development">Key of code list development_state; null leaves it.</param>
    public sealed record Request(
        IReadOnlyDictionary<string, string?> Amounts,
        IReadOnlyDictionary<string, string?>? Flags,
        string? Development,
        string? Contact
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/households/{household:long}/monitoring/after",
                async (ConsoleContext context, HttpContext http, long household) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    var request = new Request(
                        ShowMonitoring.Amounts.ToDictionary(a => a.Field, a => (string?)form[a.Field].ToString()),
                        ShowMonitoring.AfterFlags.ToDictionary(f => f, f => (string?)form[f].ToString()),
                        form["development"],
                        form["contact"]
                    );
                    return StateHomeCheck.Answer(context, household, form, () => Handle(context, household, request));
                }
            )
            .Needs(Permission.HandleClues);
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/monitoring/after",
                async (ConsoleContext context, HttpContext http, long household, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, household, request);
                    await Api.Answer(http, ShowMonitoring.Tell(context, household));
                }
            )
            .OfApi<ShowMonitoring.Told>(
                Permission.HandleClues,
                "stateElimination",
                "State what a visit found before the risk is marked as eliminated"
            );
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">monitoring.not-now, check.value.</exception>
    public static void Handle(ConsoleContext context, long household, Request request)
    {
        var installation = context.Installation;
        var packs = installation.Packs;
        var facts = packs.Dictionary["monitoring"].Facts;
        var (amounts, wrong) = StateHomeCheck.ReadAmounts(packs, request.Amounts);
        var (contact, bad) = TypedFact.Read(facts["contact_name"], request.Contact);
        if (bad is not null)
            wrong.Add($"{bad.Zh} / {bad.En}");
        if (wrong.Count > 0)
            throw new WrongUsage(
                "check.value",
                new Sentence(
                    "有的内容没有填写或填写不对，没有的项填 0。Some values are missing or cannot be read; write 0 for what there is none of."
                ),
                wrong
            );
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var home = ShowMonitoring.Find(connection, transaction, context.Caller.Scope(Permission.HandleClues), household, day);
        var episode =
            connection.QueryFirstOrDefault<long?>(
                $"SELECT m.id FROM monitorings m WHERE m.household_id = @household AND {Pairings.Covers("m", day)}",
                new { household },
                transaction
            ) ?? throw new Refusal("monitoring.not-now", "这一户现在不在监测中。The household is not monitored now.");
        var income = new ReferenceIncome(
            amounts["wage"],
            amounts["business"],
            amounts["property"],
            amounts["transfer"],
            amounts["expense"],
            amounts["claims"],
            amounts["self_paid"],
            home.Members
        );
        var parameters = new DynamicParameters();
        var sets = new List<string>();
        void Set(string column, object? value)
        {
            sets.Add($"{column} = @{column}");
            parameters.Add(column, value);
        }
        foreach (var (field, _, after) in ShowMonitoring.Amounts)
            Set(after, amounts[field]);
        Set("after_net", income.Net);
        Set("after_per_head", income.NetPerHead);
        foreach (var flag in ShowMonitoring.AfterFlags)
            Set(
                flag,
                request.Flags?.GetValueOrDefault(flag) switch
                {
                    "yes" => true,
                    "no" => false,
                    _ => null as bool?,
                }
            );
        if (packs.Dictionary.CodeLists["development_state"].Find(request.Development ?? "") is { } state)
        {
            Set("development", (short)state.Number);
            Set("without_labour_covered", state.Key == "cannot");
        }
        if (contact?.Text is { Length: > 0 } name)
            Set("contact_name", name);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "风险消除前核实 / check before elimination",
            "village",
            day
        );
        Set("change_id", change);
        parameters.Add("id", episode);
        connection.Execute($"UPDATE monitorings SET {string.Join(", ", sets)} WHERE id = @id", transaction, parameters);
        Work.RefreshHouseholds.After(context, new(installation, connection, transaction, day), [household], change, MonitoringWork.Source.Kind);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "monitoring.after",
            string.Create(CultureInfo.InvariantCulture, $"household {household}: check before elimination"),
            new AuditSubject("household", household)
        );
        transaction.Commit();
    }
}
