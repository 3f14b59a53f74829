using System.Data.Common;
using FsCheck.Fluent;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>
/// Random rules over random worlds mean the same on SQLite, PostgreSQL, in columns and by the plain reference: all subjects at once, one alone, county by
/// county. 2,000 rules in each run, 20,000 with TUOPIN_LONG=1.
/// </summary>
/// <remarks>
/// Seen to fail: with the conditional written as CASE WHEN .. ELSE (unknown takes the otherwise) it failed in the 2nd world. It found by itself that an age
/// on a day before birth was taken for known in a range of births (in the 80th world of a long run), a place whose area had three versions joined three
/// times, and a derived table joined outside the block of its source.
/// </remarks>
public sealed class AllBackEndsAgree : IDisposable
{
    private const int RulesInOneStatement = 6;

    private readonly TestDatabase sqlite = TestDatabase.Sqlite();
    private readonly TestDatabase postgres = TestDatabase.Postgres();

    private static int Worlds => (Environment.GetEnvironmentVariable("TUOPIN_LONG") == "1" ? 20_000 : 2_000) / RulesInOneStatement + 1;

    public void Dispose()
    {
        sqlite.Dispose();
        postgres.Dispose();
    }

    [Fact]
    public void On_random_rules_over_random_worlds()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        FsCheck.Check.One(Tuopin.Tests.Shared.Properties.Cases(Worlds), Prop.ForAll(seeds, seed => AgreeOn(seed)));
    }

    /// <summary>Each is a case that failed once; what was at fault stands beside it.</summary>
    [Theory]
    // The random rules took a sum of 59 over no measures for 590,000 and divided by it less a fact, which no type check lets through.
    [InlineData(1779483738)]
    public void On_cases_that_failed_once(int seed) => AgreeOn(seed);

    private void AgreeOn(int seed)
    {
        var random = new Random(seed);
        var world = RandomWorld.Make(random.Next());
        var rules = new RandomRule(random);
        var subject = rules.Begin();
        Expr[] expressions = [.. Enumerable.Range(0, RulesInOneStatement).Select(_ => rules.Any(random.Next(1, 5)))];
        sqlite.Fill(world);
        postgres.Fill(world);
        if (Differences(world, subject, expressions) is not { } found)
            return;
        var wrong = Array.Find(expressions, e => Differences(world, subject, [e]) is not null);
        if (wrong is null)
            throw new InvalidOperationException($"seed {seed}: only together: {found}");
        var expression = Smallest(world, subject, wrong);
        var message = Differences(world, subject, [expression]);
        throw new InvalidOperationException($"seed {seed}, over {subject}: {Show.Expression(expression)}\n{message}");
    }

    /// <summary>What the first disagreement is, or the error of a statement that the database refused.</summary>
    private string? Differences(World world, Variable subject, Expr[] expressions)
    {
        try
        {
            return Compare(world, subject, expressions);
        }
        catch (DbException refused)
        {
            return refused.Message;
        }
    }

    private string? Compare(World world, Variable subject, Expr[] expressions)
    {
        (string Name, Func<SubjectNode, Result[]> Of)[] others =
        [
            ("SQLite", Asked(sqlite, subject, expressions)),
            ("PostgreSQL", Asked(postgres, subject, expressions)),
            ("SQLite, one alone", Alone(world, subject, expressions)),
            ("PostgreSQL, county by county", County(subject, expressions)),
            ("columnar, one batch", Batch(world, subject, expressions)),
            ("columnar, one by one", node => BackEnd.Columns(world, [node], subject, expressions)[0]),
        ];
        foreach (var node in world.Of(subject.Type))
        {
            var right = new Reference(world, node, subject, World.Day);
            for (var i = 0; i < expressions.Length; i++)
            {
                var expected = right.Evaluate(expressions[i]);
                foreach (var (name, of) in others)
                    if (of(node)[i] != expected)
                        return $"subject {node.Id}: the reference says {expected}, {name} {of(node)[i]}";
            }
        }
        return null;
    }

    private static Func<SubjectNode, Result[]> Asked(TestDatabase database, Variable subject, Expr[] expressions)
    {
        var results = database.Values(subject, expressions);
        return node => results[node.Id];
    }

    /// <summary>The first subject re-judged alone, the others as before.</summary>
    private Func<SubjectNode, Result[]> Alone(World world, Variable subject, Expr[] expressions)
    {
        var all = Asked(sqlite, subject, expressions);
        if (world.Of(subject.Type).FirstOrDefault() is not { } first)
            return all;
        var (id, results) = sqlite.Values(subject, expressions, sqlite.Context() with { Only = $"{first.Id}" }).Single();
        return node => node.Id == id ? results : all(node);
    }

    private Func<SubjectNode, Result[]> County(Variable subject, Expr[] expressions)
    {
        var parts = new[] { "530326", "530327" }.Select(c =>
            postgres.Values(subject, expressions, postgres.Context() with { Area = AreaRange.Of(c) })
        );
        var results = parts.SelectMany(p => p).ToDictionary(p => p.Key, p => p.Value);
        return node => results[node.Id];
    }

    private static Func<SubjectNode, Result[]> Batch(World world, Variable subject, Expr[] expressions)
    {
        var nodes = world.Of(subject.Type);
        var rows = BackEnd.Columns(world, nodes, subject, expressions);
        return node => rows[nodes.IndexOf(node)];
    }

    /// <summary>The smallest part, over the subject alone, that still disagrees.</summary>
    private Expr Smallest(World world, Variable subject, Expr expression)
    {
        foreach (var part in Show.Beneath(expression))
            if (Differences(world, subject, [part]) is not null)
                return Smallest(world, subject, part);
        return expression;
    }
}
