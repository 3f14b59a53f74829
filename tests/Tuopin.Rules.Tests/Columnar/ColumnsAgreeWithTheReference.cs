using System.Globalization;
using Tuopin.Rules.Columnar;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Tests.Parity;

namespace Tuopin.Rules.Tests.Columnar;

/// <summary>Random rules over random worlds, without a database, so that many can be tried: as one batch, one by one, and traced.</summary>
public class ColumnsAgreeWithTheReference
{
    private static int Worlds => Environment.GetEnvironmentVariable("TUOPIN_LONG") == "1" ? 50_000 : 1_000;

    [Fact]
    public void On_random_rules_over_random_worlds()
    {
        for (var seed = 0; seed < Worlds; seed++)
            if (Difference(seed) is { } difference)
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {difference}"));
    }

    private static string? Difference(int seed)
    {
        var random = new Random(seed);
        var world = RandomWorld.Make(random.Next());
        var rules = new RandomRule(random);
        var subject = rules.Begin();
        Expr[] expressions = [.. Enumerable.Range(0, 4).Select(_ => rules.Any(random.Next(1, 6)))];
        var nodes = world.Of(subject.Type);
        var batch = NodeSnapshot.Of(World.Day, [.. nodes, .. world.All]);
        foreach (var expression in expressions)
        {
            var together = batch.Evaluate(expression, subject);
            for (var row = 0; row < nodes.Count; row++)
            {
                var expected = new Reference(world, nodes[row], subject, World.Day).Evaluate(expression);
                if (Said(together[row]) != expected)
                    return $"{Show.Expression(expression)} of {nodes[row].Id} is {Said(together[row])} in a batch, the reference says {expected}";
                if (row == 0 && !expression.All().Any(e => e is UniqueIn) && Alone(nodes[row], expression, subject) is var alone && alone != expected)
                    return $"{Show.Expression(expression)} of {nodes[row].Id} is {alone} traced alone, the reference says {expected}";
            }
        }
        return null;
    }

    /// <summary>The subject alone still reaches all it is tied to; only a key held elsewhere may be out of its sight.</summary>
    private static Result Alone(SubjectNode node, Expr expression, Variable subject) => Said(node.Explain(expression, subject, World.Day).Outcome);

    private static Result Said(Outcome x) =>
        !x.Known ? Result.Unknown
        : x.Text is not null ? new Result(x.Text)
        : new Result(new(x.Low, x.LowDenominator), new(x.High, x.HighDenominator));
}
