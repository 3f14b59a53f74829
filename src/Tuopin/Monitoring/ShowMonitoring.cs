using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Monitoring;

/// <summary>
/// <c>/households/{household}/monitoring</c>: the worksheet of a household: the income of the twelve months with its parts beside the accounting year, against
/// the line of province and year; its risks; its episodes, and what is known after the elimination of the risk.
/// </summary>
public static class ShowMonitoring
{
    /// <summary>Amounts of the worksheet: field of the form, fact of the accounting year that stands beside it, and fact of the same type after elimination.</summary>
    internal static readonly (string Field, string Yearly, string After)[] Amounts =
    [
        ("wage", "income_wage", "after_wage"),
        ("business", "income_business", "after_business"),
        ("property", "income_property", "after_property"),
        ("transfer", "income_transfer", "after_transfer"),
        ("expense", "expense_business", "after_expense"),
        ("claims", "claims_received", "after_claims"),
        ("self_paid", "self_paid_cost", "after_self_paid"),
    ];

    /// <summary>What is asked after the elimination beside the amounts.</summary>
    internal static readonly string[] AfterFlags =
    [
        "after_dropout",
        "after_uninsured",
        "after_house_damaged",
        "after_water_damaged",
        "risk_gone",
        "no_new_risk",
    ];

    public sealed class Home
    {
        public long Id { get; init; }
        public string Number { get; init; } = "";
        public string? Head { get; init; }
        public long AreaCode { get; init; }
        public int Members { get; init; }
    }

    /// <summary>An episode with the name its kind had when it began.</summary>
    public sealed record Episode(long Id, Label Kind, int From, int? To, IDictionary<string, object?> Row)
    {
        public long? Number(string column) => Row[column] is { } value ? ShowMonitoring.Number(value) : null;
    }

    /// <param name="Yearly">Facts of the accounting year by name, in fen.</param>
    public sealed record Result(
        Home Home,
        HomeCheck? Check,
        DateOnly From,
        DateOnly To,
        int IncomeYear,
        IReadOnlyDictionary<string, long?> Yearly,
        ParameterValue? Line,
        IReadOnlyList<Episode> Episodes,
        IReadOnlyList<ListClues.Row> Clues,
        bool MayState
    )
    {
        public Refusal? Refused { get; init; }

        /// <summary>Each risk of the present episode with what answers it; empty without one.</summary>
        public IReadOnlyList<RiskMeasures.Answer> Risks { get; init; } = [];

        /// <summary>The last day for a measure; null where no law gives one.</summary>
        public int? MeasureDue { get; init; }

        /// <summary>What counts as 开发式 of the present episode.</summary>
        public IReadOnlyList<RiskMeasures.Held> Development { get; init; } = [];

        /// <summary>What was typed, where it was refused.</summary>
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
        public Episode? Current => Episodes.FirstOrDefault(e => e.To is null);
    }

    public sealed record ToldIncome(
        int Members,
        long WageFen,
        long BusinessFen,
        long PropertyFen,
        long TransferFen,
        long ExpenseFen,
        long ClaimsFen,
        long SelfPaidFen,
        long NetFen,
        long ReferenceFen
    );

    /// <param name="Kinds">Keys of measure_kind that answer it; empty where no source names them: any measure since the identification does.</param>
    /// <param name="Late">Nothing answers it, and the last day is past; null where no law gives a day and nothing answers it.</param>
    public sealed record ToldRisk(string Risk, IReadOnlyList<string> Kinds, int Measures, bool? Late);

    public sealed record ToldEpisode(Label Kind, DateOnly? From, DateOnly? To, IReadOnlyList<string> Risks);

    /// <param name="Within">Whether the reference income per head, unrounded, lies under the line; null where that is unknown.</param>
    public sealed record Told(
        long Household,
        string Number,
        DateOnly WindowFrom,
        DateOnly WindowTo,
        ToldIncome? Income,
        long? LineFen,
        bool? Within,
        DateOnly? Checked,
        DateOnly? Consent,
        IReadOnlyList<ToldEpisode> Episodes,
        IReadOnlyList<ToldRisk> Risks
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/households/{household:long}/monitoring",
                IResult (ConsoleContext context, long household) =>
                    new RazorComponentResult<Pages.HouseholdMonitoringPage>(new { Found = Handle(context, household) })
            )
            .Needs(Permission.ViewClues);
        routes
            .MapGet(
                Api.Root + "/households/{household:long}/monitoring",
                (ConsoleContext context, HttpContext http, long household) => Api.Answer(http, Tell(context, household))
            )
            .OfApi<Told>(Permission.ViewClues, "householdMonitoring", "A household's worksheet and episodes of monitoring");
    }

    /// <exception cref="NotInScope">The household is none of the reader's; a department's trade is no part of it.</exception>
    public static Result Handle(ConsoleContext context, long id)
    {
        if (context.Caller.FieldsOf(Permission.ViewClues) is not null)
            throw new NotInScope();
        var packs = context.Installation.Packs;
        var home = Find(context.Reader, null, context.Caller.Scope(Permission.ViewClues), id, context.Day);
        var day = new JudgingDay(context.WorkDate);
        var (from, to) = ReferenceIncome.Window(context.WorkDate);
        var facts = packs.Dictionary["household"].Facts;
        var year = context
            .Reader.Query($"SELECT * FROM household_years WHERE household_id = @id AND year = {day.IncomeYear}", new { id })
            .Select(r => (IDictionary<string, object?>)r)
            .FirstOrDefault();
        var found = new Result(
            home,
            context.Reader.QueryFirstOrDefault<HomeCheck>("SELECT * FROM home_checks WHERE household_id = @id", new { id }),
            from,
            to,
            day.IncomeYear,
            Amounts.ToDictionary(a => a.Yearly, a => year?[facts[a.Yearly].Column] is { } value ? Number(value) : (long?)null),
            ReferenceIncome.Line(packs, home.AreaCode, context.WorkDate),
            [
                .. context
                    .Reader.Query("SELECT * FROM monitorings WHERE household_id = @id ORDER BY from_day DESC", new { id })
                    .Select(r => (IDictionary<string, object?>)r)
                    .Select(r => new Episode(
                        Number(r["id"]!),
                        MonitoringTerms.Name(packs, Number(r["kind"]!), Number(r["from_day"]!)),
                        (int)Number(r["from_day"]!),
                        r["to_day"] is { } end ? (int)Number(end) : null,
                        r
                    )),
            ],
            [
                .. context.Reader.Query<ListClues.Row>(
                    "SELECT c.*, NULL AS number, NULL AS head FROM clues c WHERE c.household_id = @id ORDER BY c.id DESC LIMIT 20",
                    new { id }
                ),
            ],
            context.Caller.Scope(Permission.HandleClues) is var reach
                && !reach.IsEmpty
                && Reached(context.Reader, null, reach, id, context.Day) is not null
        );
        if (found.Current is not { } current)
            return found;
        var measures = context
            .Reader.Query<(long? Kind, int From, int? To)>(
                "SELECT m.kind, m.from_day, m.to_day FROM measures m WHERE m.household_id = @id AND m.from_day IS NOT NULL ORDER BY m.from_day",
                new { id }
            )
            .Select(m => new RiskMeasures.Held(m.Kind, m.From, m.To))
            .ToList();
        var due = context
            .Reader.Query(MonitoringWork.MeasureDue(context.Reader, packs, context.WorkDate, id.ToString(CultureInfo.InvariantCulture)))
            .Select(r => ((IDictionary<string, object?>)r)["value0"] is { } last ? (int)Number(last) : (int?)null)
            .FirstOrDefault();
        var risks = new RiskMeasures(packs.Dictionary);
        return found with
        {
            Risks = risks.Of(current.Number("risks") ?? 0, current.From, due, context.Day, measures),
            MeasureDue = due,
            Development = risks.DevelopmentOf(current.From, measures),
        };
    }

    /// <exception cref="NotInScope"/>
    internal static Home Find(DbConnection connection, DbTransaction? transaction, Scope scope, long id, int day) =>
        Reached(connection, transaction, scope, id, day) ?? throw new NotInScope();

    private static Home? Reached(DbConnection connection, DbTransaction? transaction, Scope scope, long id, int day) =>
        connection.QueryFirstOrDefault<Home>(
            $"""
            SELECT l.household_id AS id, l.number, l.head_name AS head, l.area_code,
              (SELECT count(*) FROM memberships m WHERE m.household_id = l.household_id AND {Pairings.Covers("m", day)}) AS members
            FROM household_list l WHERE l.household_id = @id AND {scope.Households("l", AreaRange.Nation, day)}
            """,
            new { id },
            transaction
        );

    internal static long Number(object value) => value is bool flag ? (flag ? 1 : 0) : Convert.ToInt64(value, CultureInfo.InvariantCulture);

    internal static Told Tell(ConsoleContext context, long household)
    {
        var found = Handle(context, household);
        var risks = context.Installation.Packs.Dictionary.CodeLists["risk"];
        var check = found.Check;
        return new(
            household,
            found.Home.Number,
            check is null ? found.From : DayNumber.ToDate(check.FromDay),
            check is null ? found.To : DayNumber.ToDate(check.ToDay),
            check is null
                ? null
                : new(
                    check.Members,
                    check.Wage,
                    check.Business,
                    check.Property,
                    check.Transfer,
                    check.Expense,
                    check.Claims,
                    check.SelfPaid,
                    check.Income.Net,
                    check.Income.Reference
                ),
            found.Line?.Value.Number,
            check?.Income.Within(found.Line?.Value.Number),
            check is null ? null : DayNumber.ToDate(check.Day),
            check?.ConsentDay is { } consent ? DayNumber.ToDate(consent) : null,
            [
                .. found.Episodes.Select(e => new ToldEpisode(
                    e.Kind,
                    ShownText.Date(e.From),
                    e.To is { } to ? ShownText.Date(to) : null,
                    [.. risks.Entries.Where(r => ((e.Number("risks") ?? 0) >> r.Number & 1) == 1).Select(r => r.Key)]
                )),
            ],
            [.. found.Risks.Select(r => new ToldRisk(r.Risk.Key, [.. r.Kinds.Select(k => k.Key)], r.Measures.Count, r.Late))]
        );
    }
}
