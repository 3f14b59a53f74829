using System.Data.Common;
using FsCheck;
using FsCheck.Fluent;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>
/// Random rules over random worlds mean the same everywhere.
/// </summary>
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
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Worlds), Prop.ForAll(seeds, seed => AgreeOn(seed)));
    }

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
            ("columnar, one batch", Batch(world, subject, expressions)),
            ("columnar, one by one", node => Rows(world, [node], subject, expressions)[0]),
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

    private static Func<SubjectNode, Result[]> Batch(World world, Variable subject, Expr[] expressions)
    {
        var nodes = world.Of(subject.Type);
        var rows = Rows(world, nodes, subject, expressions);
        return node => rows[nodes.IndexOf(node)];
    }

    /// <summary>The results of the first rows of a snapshot in which everything else follows.</summary>
    private static Result[][] Rows(World world, IReadOnlyList<SubjectNode> first, Variable subject, Expr[] expressions)
    {
        var snapshot = NodeSnapshot.Of(World.Day, [.. first, .. world.All]);
        var columns = expressions.Select(e => snapshot.Evaluate(e, subject)).ToArray();
        return [.. Enumerable.Range(0, first.Count).Select(row => columns.Select(c => Said(c[row])).ToArray())];
    }

    private static Result Said(Rules.Columnar.Outcome x) =>
        !x.Known ? Result.Unknown
        : x.Text is not null ? new Result(x.Text)
        : new Result(new(x.Low, x.LowDenominator), new(x.High, x.HighDenominator));

    /// <summary>The smallest part, over the subject alone, that still disagrees.</summary>
    private Expr Smallest(World world, Variable subject, Expr expression)
    {
        foreach (var part in Show.Beneath(expression))
            if (Differences(world, subject, [part]) is not null)
                return Smallest(world, subject, part);
        return expression;
    }
}
