using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary>
/// What a home visit found (入户核实) before a household is identified: the income of the twelve months, the risks, and the day the household signed its
/// authorisation. A household has one; the ones before are history. The decision makes the episode of monitoring from it.
/// </summary>
public sealed class HomeCheck
{
    public long HouseholdId { get; set; }
    public int Day { get; set; }

    /// <summary>The twelve months, first and last day.</summary>
    public int FromDay { get; set; }
    public int ToDay { get; set; }
    public int Members { get; set; }
    public long Wage { get; set; }
    public long Business { get; set; }
    public long Property { get; set; }
    public long Transfer { get; set; }
    public long Expense { get; set; }
    public long Claims { get; set; }
    public long SelfPaid { get; set; }

    /// <summary>Bits by number in code lists risk and disaster_kind.</summary>
    public long Risks { get; set; }
    public long Disasters { get; set; }
    public string? RiskNote { get; set; }
    public bool ProblemSchooling { get; set; }
    public bool ProblemHousing { get; set; }
    public bool ProblemWater { get; set; }
    public bool ProblemUninsured { get; set; }

    /// <summary>Number in code list development_state.</summary>
    public short? Development { get; set; }
    public string? ContactName { get; set; }

    /// <summary>When the household signed that its data may be checked (授权承诺); null until it has.</summary>
    public int? ConsentDay { get; set; }
    public long ChangeId { get; set; }

    public ReferenceIncome Income => new(Wage, Business, Property, Transfer, Expense, Claims, SelfPaid, Members);
}

/// <summary>
/// Income as monitoring reads it, in fen: net income = wage + business + property + transfer - business expense; reference income (纳入监测对象的收入参考) = net
/// income + claims received - compliant self-paid cost. Per head it is compared whole, and rounded to be shown only.
/// </summary>
public readonly record struct ReferenceIncome(
    long Wage,
    long Business,
    long Property,
    long Transfer,
    long Expense,
    long Claims,
    long SelfPaid,
    int Members
)
{
    public long Net => Wage + Business + Property + Transfer - Expense;

    public long Reference => Net + Claims - SelfPaid;

    /// <summary>Rounded to the fen, half away from zero; null for a household of nobody.</summary>
    public long? NetPerHead => PerHead(Net);
    public long? ReferencePerHead => PerHead(Reference);

    /// <summary>Whether the reference income per head is under a line; null where there is no line, or nobody.</summary>
    public bool? Within(long? line) => line is { } fen && Members > 0 ? Reference < fen * Members : null;

    private long? PerHead(long sum) => Members == 0 ? null : (long)Math.Round((decimal)sum / Members, MidpointRounding.AwayFromZero);

    /// <summary>The twelve months before a day: from the first day of the same month last year to the end of last month (人民日报 2020-06-30).</summary>
    public static (DateOnly From, DateOnly To) Window(DateOnly day)
    {
        var month = new DateOnly(day.Year, day.Month, 1);
        return (month.AddYears(-1), month.AddDays(-1));
    }

    /// <summary>The monitoring line of a place for the year of a day, in fen; null where no law was found.</summary>
    public static ParameterValue? Line(Rules.Packs.PackSet packs, long area, DateOnly day) =>
        packs.Parameters["line.monitoring"] is var line ? line.InForce(area, line.IndexOn(new JudgingDay(day))) : null;
}
