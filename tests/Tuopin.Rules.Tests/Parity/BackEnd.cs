using Tuopin.Rules.Columnar;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>One of the three ways to evaluate a rule, named for theories.</summary>
public abstract class BackEnd : IDisposable
{
    public static TheoryData<string> Names => ["SQLite", "PostgreSQL", "columnar"];

    private static BackEnd Of(string name) => name == "columnar" ? new InColumns() : new InDatabase(TestDatabase.Of(name));

    /// <summary>The result of an expression for one subject of the world.</summary>
    public abstract Result Ask(World world, Variable subject, SubjectNode node, Expr expression);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>The results for the first subjects of a snapshot in which everything else follows.</summary>
    public static Result[][] Columns(World world, IReadOnlyList<SubjectNode> first, Variable subject, IReadOnlyList<Expr> expressions)
    {
        var snapshot = NodeSnapshot.Of(World.Day, [.. first, .. world.All]);
        var columns = expressions.Select(e => snapshot.Evaluate(e, subject)).ToArray();
        return [.. Enumerable.Range(0, first.Count).Select(row => columns.Select(c => Said(c[row])).ToArray())];
    }

    private static Result Said(Outcome x) =>
        !x.Known ? Result.Unknown
        : x.Text is not null ? new Result(x.Text)
        : new Result(new(x.Low, x.LowDenominator), new(x.High, x.HighDenominator));

    private sealed class InColumns : BackEnd
    {
        public override Result Ask(World world, Variable subject, SubjectNode node, Expr expression) =>
            Columns(world, [node], subject, [expression])[0][0];
    }

    private sealed class InDatabase(TestDatabase database) : BackEnd
    {
        public override Result Ask(World world, Variable subject, SubjectNode node, Expr expression)
        {
            database.Fill(world);
            return database.Values(subject, [expression])[node.Id][0];
        }

        public override void Dispose()
        {
            database.Dispose();
            base.Dispose();
        }
    }

    /// <summary>One of each for all tests of a class, made when first asked for.</summary>
    public sealed class Each : IDisposable
    {
        private readonly Dictionary<string, BackEnd> made = [];

        public BackEnd this[string name]
        {
            get
            {
                if (!made.TryGetValue(name, out var end))
                    made.Add(name, end = Of(name));
                return end;
            }
        }

        public void Dispose()
        {
            foreach (var end in made.Values)
                end.Dispose();
        }
    }
}
