using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// All that a judgement wants to know of each household, from one pass over households and members: the masks of every household standard, what the
/// household adds to every tally, whether it is registered and how many members it has. One temporary table of the connection.
/// </summary>
public sealed class HouseholdSheet
{
    public const string Table = "judged_households";
    private readonly Judging judging;

    private HouseholdSheet(Judging judging, Variable household, Expr[] values)
    {
        this.judging = judging;
        (Household, Values) = (household, values);
        Standards = [.. judging.Standards.Where(s => s.Level == household.Type && s.Area.Contains(judging.Range) && !ReadsVerdicts(s))];
        Tallies = [.. judging.Installation.Packs.Tallies.Values.Where(t => t.Over == household.Type && !ReadsVerdicts(t))];
    }

    /// <summary>The variable the values are over.</summary>
    public Variable Household { get; }

    /// <summary>value0: registered as poor; value1: the number of members; value2: known not to be registered.</summary>
    public Expr[] Values { get; }

    public IReadOnlyList<Standard> Standards { get; }
    public IReadOnlyList<Tally> Tallies { get; }

    /// <summary>Tallies that are not on the sheet: over other subjects, or reading verdicts.</summary>
    public IEnumerable<Tally> OtherTallies => judging.Installation.Packs.Tallies.Values.Except(Tallies);

    public static HouseholdSheet Of(Judging judging)
    {
        var household = new Variable("household", judging.Installation.Packs.Dictionary["household"]);
        var compiler = new RuleCompiler(judging.Installation.Packs.Scope);
        Expr Rule(string text) => compiler.Compile(RuleText.Of(text), household, Expectation.Shown);
        return new(
            judging,
            household,
            [Rule("household.registered"), Rule("household.member_count"), Rule("household.status.kind == 'not_registered'")]
        );
    }

    /// <summary>The select behind the sheet, for all households of the judgement or for some.</summary>
    public string Select(string? only = null) =>
        SqlJudging.Sheet(
            Household,
            Standards,
            Tallies,
            Values,
            judging.Context(judging.Range, only) with
            {
                HoldsOnlyArea = only is null && judging.HoldsOnlyRange(),
            }
        );

    public void Fill()
    {
        judging.Execute($"DROP TABLE IF EXISTS {Table}");
        judging.Execute($"CREATE TEMPORARY TABLE {Table} AS {Select()}");
    }

    public void StoreVerdicts()
    {
        for (var i = 0; i < Standards.Count; i++)
            judging.Execute(judging.UpsertVerdicts(Standards[i], Table, $"{i}"));
    }

    private static bool ReadsVerdicts(Standard standard) => standard.Indicators.Any(i => ReadsVerdicts(i.Met) || ReadsVerdicts(i.ExemptWhen));

    private static bool ReadsVerdicts(Tally tally) => ReadsVerdicts(tally.Where) || ReadsVerdicts(tally.Sum);

    private static bool ReadsVerdicts(Expr? rule) => rule is not null && ExprTree.All(rule).OfType<VerdictRead>().Any();
}
