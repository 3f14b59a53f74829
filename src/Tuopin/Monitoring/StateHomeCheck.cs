using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>POST /households/{household}/monitoring/check</c>: what the home visit found: income of the twelve months, risks, problems, and the signed
/// authorisation. Stated again, it replaces what was stated before; history keeps that.
/// </summary>
public static class StateHomeCheck
{
    /// <param name="Amounts">In yuan as typed, by wage, business, property, transfer, expense, claims, self_paid; all of them.</param>
    /// <param name="Risks">Keys of code list risk: one to five.</param>
    /// <param name="Disasters">Keys of code list disaster_kind, where a natural disaster is among the risks.</param>
    /// <param name="Problems">Of schooling, housing, water, uninsured those that are there.</param>
    /// <param name="Development">Key of code list development_state.</param>
    /// <param name="Consent">Day of the signed authorisation; null until it is signed.</param>
    public sealed record Request(
        IReadOnlyDictionary<string, string?> Amounts,
        IReadOnlyList<string>? Risks,
        IReadOnlyList<string>? Disasters,
        string? RiskNote,
        IReadOnlyList<string>? Problems,
        string? Development,
        string? Contact,
        string? Day,
        string? Consent
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/households/{household:long}/monitoring/check",
                async (ConsoleContext context, HttpContext http, long household) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return Answer(context, household, form, () => Handle(context, household, Read(form)));
                }
            )
            .Needs(Permission.HandleClues);
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/monitoring/check",
                async (ConsoleContext context, HttpContext http, long household, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, household, request);
                    await Api.Answer(http, ShowMonitoring.Tell(context, household));
                }
            )
            .OfApi<ShowMonitoring.Told>(Permission.HandleClues, "stateHomeCheck", "State what a home visit found");
    }

    private static Request Read(IFormCollection form) =>
        new(
            ShowMonitoring.Amounts.ToDictionary(a => a.Field, a => (string?)form[a.Field].ToString()),
            [.. form["risks"].OfType<string>()],
            [.. form["disasters"].OfType<string>()],
            form["risk_note"],
            [.. form["problems"].OfType<string>()],
            form["development"],
            form["contact"],
            form["day"],
            form["consent"]
        );

    /// <summary>Back to the worksheet; what was typed stays where it was refused.</summary>
    internal static IResult Answer(ConsoleContext context, long household, IFormCollection form, Action act)
    {
        try
        {
            act();
            return TypedResults.LocalRedirect($"/households/{household.ToString(CultureInfo.InvariantCulture)}/monitoring");
        }
        catch (Refusal refused) when (refused is not (NotInScope or NotPermitted))
        {
            return new RazorComponentResult<Pages.HouseholdMonitoringPage>(
                new
                {
                    Found = ShowMonitoring.Handle(context, household) with
                    {
                        Refused = refused,
                        Typed = form.ToDictionary(f => f.Key, f => f.Value.ToString()),
                    },
                }
            )
            {
                StatusCode = refused is WrongUsage ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict,
            };
        }
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">check.value, check.risk, check.risk-none, check.note, check.disaster, check.consent, edit.day.</exception>
    public static void Handle(ConsoleContext context, long household, Request request)
    {
        var installation = context.Installation;
        var packs = installation.Packs;
        var check = Read(packs, request);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var home = ShowMonitoring.Find(connection, transaction, context.Caller.Scope(Permission.HandleClues), household, DayNumber.Of(today));
        var day = ActWords.Day(request.Day, today);
        var (from, to) = ReferenceIncome.Window(day);
        var consent = string.IsNullOrWhiteSpace(request.Consent) ? (DateOnly?)null : ActWords.Day(request.Consent, today);
        (check.HouseholdId, check.Members, check.Day) = (household, home.Members, DayNumber.Of(day));
        (check.FromDay, check.ToDay) = (DayNumber.Of(from), DayNumber.Of(to));
        check.ConsentDay = consent is { } signed ? DayNumber.Of(signed) : null;
        check.ChangeId = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "入户核实 / home check",
            "village",
            check.Day
        );
        connection.Execute(
            """
            INSERT INTO home_checks (household_id, day, from_day, to_day, members, wage, business, property, transfer, expense, claims, self_paid, risks, disasters,
              risk_note, problem_schooling, problem_housing, problem_water, problem_uninsured, development, contact_name, consent_day, change_id)
            VALUES (@HouseholdId, @Day, @FromDay, @ToDay, @Members, @Wage, @Business, @Property, @Transfer, @Expense, @Claims, @SelfPaid, @Risks, @Disasters,
              @RiskNote, @ProblemSchooling, @ProblemHousing, @ProblemWater, @ProblemUninsured, @Development, @ContactName, @ConsentDay, @ChangeId)
            ON CONFLICT (household_id) DO UPDATE SET day = excluded.day, from_day = excluded.from_day, to_day = excluded.to_day, members = excluded.members,
              wage = excluded.wage, business = excluded.business, property = excluded.property, transfer = excluded.transfer, expense = excluded.expense,
              claims = excluded.claims, self_paid = excluded.self_paid, risks = excluded.risks, disasters = excluded.disasters, risk_note = excluded.risk_note,
              problem_schooling = excluded.problem_schooling, problem_housing = excluded.problem_housing, problem_water = excluded.problem_water,
              problem_uninsured = excluded.problem_uninsured, development = excluded.development, contact_name = excluded.contact_name,
              consent_day = excluded.consent_day, change_id = excluded.change_id
            """,
            transaction,
            check
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "monitoring.check",
            string.Create(CultureInfo.InvariantCulture, $"household {household}: home check of {check.Day}"),
            new AuditSubject("household", household)
        );
        transaction.Commit();
    }

    private static HomeCheck Read(PackSet packs, Request request)
    {
        var facts = packs.Dictionary["monitoring"].Facts;
        var (amounts, wrong) = ReadAmounts(packs, request.Amounts);
        var (note, bad) = TypedFact.Read(facts["risk_note"], request.RiskNote);
        var (contact, badContact) = TypedFact.Read(facts["contact_name"], request.Contact);
        wrong.AddRange(new[] { bad, badContact }.OfType<Label>().Select(l => $"{l.Zh} / {l.En}"));
        if (wrong.Count > 0)
            throw new WrongUsage(
                "check.value",
                new Sentence(
                    "有的内容没有填写或填写不对，没有的项填 0。Some values are missing or cannot be read; write 0 for what there is none of."
                ),
                wrong
            );
        var (risks, disasters) = (packs.Dictionary.CodeLists["risk"], packs.Dictionary.CodeLists["disaster_kind"]);
        var found = EnterClue.Bits(risks, request.Risks ?? [], "check.risk");
        var kinds = EnterClue.Bits(disasters, request.Disasters ?? [], "check.risk");
        bool Has(string risk) => (found >> risks.Find(risk)!.Number & 1) == 1;
        if (found == 0)
            throw new WrongUsage("check.risk-none", "请至少选择一项风险。Choose at least one risk.");
        if (Has("other") && note?.Text is not { Length: > 0 })
            throw new WrongUsage("check.note", "选择“其他”须说明是什么风险。Another risk needs a remark that says which.");
        if (Has("disaster") != (kinds != 0))
            throw new WrongUsage("check.disaster", "因自然灾害须选择灾害类型，其他风险不选。A natural disaster has its kind, other risks have none.");
        var problems = request.Problems ?? [];
        return new()
        {
            Wage = amounts["wage"],
            Business = amounts["business"],
            Property = amounts["property"],
            Transfer = amounts["transfer"],
            Expense = amounts["expense"],
            Claims = amounts["claims"],
            SelfPaid = amounts["self_paid"],
            Risks = found,
            Disasters = kinds,
            RiskNote = note?.Text,
            ProblemSchooling = problems.Contains("schooling"),
            ProblemHousing = problems.Contains("housing"),
            ProblemWater = problems.Contains("water"),
            ProblemUninsured = problems.Contains("uninsured"),
            Development = packs.Dictionary.CodeLists["development_state"].Find(request.Development ?? "") is { } state ? (short)state.Number : null,
            ContactName = contact?.Text,
        };
    }

    /// <summary>All amounts of a worksheet in fen, by field; and what is wrong with those that cannot be read or are blank.</summary>
    internal static (Dictionary<string, long> Amounts, List<string> Wrong) ReadAmounts(PackSet packs, IReadOnlyDictionary<string, string?> typed)
    {
        var (amounts, wrong) = (new Dictionary<string, long>(), new List<string>());
        foreach (var (field, yearly, after) in ShowMonitoring.Amounts)
        {
            var label = packs.Dictionary["household"].Facts[yearly].Label;
            var (value, fault) = TypedFact.Read(packs.Dictionary["monitoring"].Facts[after], typed.GetValueOrDefault(field));
            if (value is { } known)
                amounts[field] = known.Number;
            else
                wrong.Add($"{label.Zh}: {fault?.Zh ?? "没有填写"} / {label.En}: {fault?.En ?? "not stated"}");
        }
        return (amounts, wrong);
    }
}
