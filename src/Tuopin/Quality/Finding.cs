using System.Globalization;
using System.Runtime.CompilerServices;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary>
/// What a check found at a subject (疑似问题数据), and what people found out about it. There is one of a check and a subject: it is cleared when the check no
/// longer fires and raised anew when it fires again; what it was before stands in its history.
/// </summary>
public sealed class Finding
{
    public long Id { get; set; }
    public required string CheckId { get; set; }

    /// <summary>What was asked (<see cref="Check.Hash"/>), and the text of law it stood in (<see cref="Check.FileHash"/>).</summary>
    public required string RuleHash { get; set; }
    public required string PackHash { get; set; }

    /// <summary>person, household or village, and its key.</summary>
    public required string Subject { get; set; }
    public long SubjectId { get; set; }

    /// <summary>It is about a village, or another place.</summary>
    public bool OfPlace => Subject is not ("household" or "person");

    /// <summary>The household itself, or that of the person; null for what belongs to none.</summary>
    public long? HouseholdId { get; set; }
    public long AreaCode { get; set; }

    /// <summary>An error; else a suspect.</summary>
    public bool Hard { get; set; }

    /// <summary>The value that was found, in its stored form (<see cref="Rules.Sql.SqlJudging.Shown"/>).</summary>
    public string? Evidence { get; set; }

    /// <summary>A <see cref="FindingState"/>.</summary>
    public short State { get; set; }
    public int RaisedDay { get; set; }

    /// <summary>The last day to verify it, or to mend what proved true; null where no law gives a span.</summary>
    public int? Deadline { get; set; }
    public int? AnsweredDay { get; set; }
    public long? AnsweredBy { get; set; }
    public string? AnsweredName { get; set; }
    public string? Reason { get; set; }

    /// <summary>A <see cref="FindingResult"/>: what is to be done about what proved true.</summary>
    public short? Result { get; set; }

    /// <summary>The last day an exemption counts on.</summary>
    public int? LastDay { get; set; }
    public long? ConfirmedBy { get; set; }
    public string? ConfirmedName { get; set; }

    /// <summary>The day it was gone on.</summary>
    public int? ClearedDay { get; set; }

    /// <summary>Cleared because its result was carried out, though the check may fire still.</summary>
    public bool CarriedOut { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>What people say of a finding.</summary>
public enum FindingState : short
{
    /// <summary>待核实.</summary>
    Waiting = 0,

    /// <summary>属实.</summary>
    True = 1,

    /// <summary>不属实.</summary>
    False = 2,

    /// <summary>An exemption that somebody else has to confirm (豁免待确认).</summary>
    Asked = 3,

    /// <summary>豁免, to a last day.</summary>
    Exempt = 4,
}

/// <summary>What is done about a finding that proved true.</summary>
public enum FindingResult : short
{
    /// <summary>修改: the record is put right.</summary>
    Mend = 1,

    /// <summary>回退: the exit is undone.</summary>
    Reverse = 2,

    /// <summary>清退: the household should never have been registered.</summary>
    Remove = 3,

    /// <summary>返贫.</summary>
    Return = 4,
}

/// <summary>Findings in SQL and in words.</summary>
public static class Findings
{
    /// <summary>How a finding stands, as addresses and the API say it, in the order of pages.</summary>
    public static readonly string[] Standings = ["waiting", "asked", "true", "false", "exempt", "cleared"];

    /// <summary>The condition that a finding (alias f) stands so on a day. An exemption past its last day waits again, whether or not a run has said so.</summary>
    public static string Stands(string standing, int day) =>
        standing switch
        {
            "waiting" => string.Create(
                CultureInfo.InvariantCulture,
                $"(f.cleared_day IS NULL AND (f.state = 0 OR (f.state IN (3, 4) AND f.last_day < {day})))"
            ),
            "asked" => string.Create(CultureInfo.InvariantCulture, $"(f.cleared_day IS NULL AND f.state = 3 AND f.last_day >= {day})"),
            "true" => "(f.cleared_day IS NULL AND f.state = 1)",
            "false" => "(f.cleared_day IS NULL AND f.state = 2)",
            "exempt" => string.Create(CultureInfo.InvariantCulture, $"(f.cleared_day IS NULL AND f.state = 4 AND f.last_day >= {day})"),
            "cleared" => "f.cleared_day IS NOT NULL",
            "open" => $"({Stands("waiting", day)} OR {Stands("asked", day)} OR {Stands("true", day)})",
            _ => "TRUE",
        };

    public static string StandingOf(Finding f, int day) =>
        f.ClearedDay is not null
            ? "cleared"
            : (FindingState)f.State switch
            {
                FindingState.True => "true",
                FindingState.False => "false",
                FindingState.Asked when f.LastDay >= day => "asked",
                FindingState.Exempt when f.LastDay >= day => "exempt",
                _ => "waiting",
            };

    public static Label Words(string standing) =>
        standing switch
        {
            "waiting" => new("待核实", "to verify"),
            "asked" => new("豁免待确认", "exemption to confirm"),
            "true" => new("属实", "true"),
            "false" => new("不属实", "not true"),
            "exempt" => new("豁免", "exempt"),
            "cleared" => new("已消除", "cleared"),
            "open" => new("未了结", "open"),
            _ => new("全部", "all"),
        };

    public static Label Words(FindingResult result) =>
        result switch
        {
            FindingResult.Mend => new("修改", "mend the record"),
            FindingResult.Reverse => new("回退", "undo the exit"),
            FindingResult.Remove => new("清退", "remove from the register"),
            _ => new("返贫", "return to poverty"),
        };

    /// <summary>The condition that a finding (alias f) is of a check that one of these trades is told of; null stands for whoever is told of all.</summary>
    public static string Told(PackSet packs, IReadOnlySet<string>? departments) =>
        departments is null
            ? "1 = 1"
            : $"f.check_id IN ({string.Join(", ", TradesOf(packs).Where(c => c.Value.Overlaps(departments)).Select(c => SqlDialect.Quoted(c.Key)).DefaultIfEmpty("''"))})";

    /// <summary>Whether one of these trades is told of what a check finds; null stands for whoever is told of all.</summary>
    public static bool IsTold(PackSet packs, Check check, IReadOnlySet<string>? departments) =>
        departments is null || TradesOf(packs)[check.Id].Overlaps(departments);

    private static readonly ConditionalWeakTable<PackSet, IReadOnlyDictionary<string, IReadOnlySet<string>>> Trades = [];

    /// <summary>By check: the trades it is of, in each of its versions.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> TradesOf(PackSet packs) =>
        Trades.GetValue(
            packs,
            static packs =>
            {
                var departments = packs.Dictionary.CodeLists["department"].Entries.Select(e => e.Key).ToList();
                return packs
                    .Checks.GroupBy(c => c.Id, StringComparer.Ordinal)
                    .ToDictionary(
                        g => g.Key,
                        g => (IReadOnlySet<string>)departments.Where(d => g.All(c => IsOf(c, d))).ToHashSet(StringComparer.Ordinal)
                    );
            }
        );

    /// <summary>
    /// Whether a check is a trade's: it reads a fact that the trade may state, and none that only others may, but for who somebody is and how the household
    /// stands in the register. What a finding says is then within the trade's task.
    /// </summary>
    public static bool IsOf(Check check, string department)
    {
        var reads = new[] { check.When, check.Evidence }.OfType<Expr>().SelectMany(e => e.All()).ToList();
        bool States(Fact fact) => fact.StatedBy.Contains(department);
        return reads.Exists(e => FactOf(e) is { } fact && States(fact)) && reads.TrueForAll(IsWithin);

        bool IsWithin(Expr read) =>
            read switch
            {
                // What others judged or counted says more than its own facts.
                VerdictRead or TallyRead => false,
                // That there is a measure, a job, an episode is a fact of whoever states them.
                Aggregate a => a.Collection.Target.Name == "person" || a.Collection.Target.Facts.Values.Any(States),
                _ => FactOf(read) is not { } fact || IsBasic(fact) || States(fact),
            };
    }

    private static Fact? FactOf(Expr read) => (read as FactRead)?.Fact ?? (read as UniqueIn)?.Key;

    private static bool IsBasic(Fact fact) =>
        fact is { Subject.Name: "person", Name: "relation" or "sex" or "birth" } or { Subject.Name: "household_status" };

    /// <summary>The findings (alias f) within a scope and an area: those of households the scope reaches, and of places within it.</summary>
    public static string Within(Scope scope, AreaRange area, int day)
    {
        var places = scope
            .Within(area)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"f.area_code BETWEEN {r.From} AND {r.To}"))
            .DefaultIfEmpty("1 = 0");
        return $"""
            ((f.household_id IS NULL AND ({string.Join(" OR ", places)}))
              OR (f.household_id IS NOT NULL AND EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = f.household_id AND {scope.Households(
                "l",
                area,
                day
            )})))
            """;
    }

    /// <summary>The evidence as people read it; empty where there is none.</summary>
    public static string Shown(Check? check, string? evidence, Language language)
    {
        if (evidence is null)
            return "";
        if (check?.Evidence is not { } shown || shown.Type.Kind == Kind.Text)
            return evidence;
        return string.Join(" – ", evidence.Split("..").Select(One));

        string One(string text) =>
            text.Split('/') switch
            {
                [var number] when long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => ShownText.Of(
                    shown.Type,
                    value,
                    language
                ),
                [var over, var under]
                    when decimal.TryParse(over, CultureInfo.InvariantCulture, out var a)
                        && decimal.TryParse(under, CultureInfo.InvariantCulture, out var b)
                        && b != 0 => Fraction(shown, a / b),
                _ => text,
            };
    }

    // A quotient of money is money per piece.
    private static string Fraction(Expr shown, decimal value) =>
        shown.All().OfType<Ratio>().FirstOrDefault()?.Numerator.Type.Kind == Kind.Fen
            ? (value / 100).ToString("#,##0.00", CultureInfo.InvariantCulture)
            : value.ToString("0.####", CultureInfo.InvariantCulture);
}
