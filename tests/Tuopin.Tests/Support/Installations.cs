using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Shared;
using Tuopin.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(Installations))]

namespace Tuopin.Tests.Support;

/// <summary>
/// The demo of each size on each engine, made once through <c>tuopin demo</c>. Tests that only read share one; tests that write get a copy. The
/// originals are never opened again, so that PostgreSQL can copy them.
/// </summary>
public sealed class Installations : IDisposable
{
    private static readonly Dictionary<DemoSize, DemoCounty> Generated = [];
    private readonly Dictionary<(Engine, string), Lazy<(TuopinCli Original, Answer Made)>> originals = [];
    private readonly Dictionary<(Engine, string), TuopinCli> shared = [];

    public Installations()
    {
        foreach (var engine in Enum.GetValues<Engine>())
        foreach (var size in new[] { "empty", "village", "township", "guizhou" })
            originals[(engine, size)] = new(() => Make(engine, size));
    }

    /// <summary>The generated population of a size, which the tables must agree with.</summary>
    public static DemoCounty County(DemoSize size)
    {
        lock (Generated)
            return Generated.TryGetValue(size, out var county)
                ? county
                : Generated[size] = size == DemoSize.Township ? DemoFixture.Township : DemoCounty.Generate(DemoFixture.Source, size, 1);
    }

    /// <summary>For reading only.</summary>
    public TuopinCli Shared(Engine engine, string size = "village")
    {
        lock (shared)
            return shared.TryGetValue((engine, size), out var cli) ? cli : shared[(engine, size)] = Copy(engine, size);
    }

    /// <summary>A copy that belongs to the test.</summary>
    public TuopinCli Copy(Engine engine, string size = "village") => originals[(engine, size)].Value.Original.Copy();

    /// <summary>An installation with areas and nothing else.</summary>
    public TuopinCli Empty(Engine engine) => Copy(engine, "empty");

    /// <summary>What <c>tuopin demo</c> answered when it made the demo.</summary>
    public Answer Made(Engine engine, string size) => originals[(engine, size)].Value.Made;

    private static (TuopinCli, Answer) Make(Engine engine, string size)
    {
        var cli = TuopinCli.Nowhere(engine);
        Answer made;
        if (size == "empty")
        {
            _ = cli.Open(create: true).Keys;
            made = new("", 0, "", "");
        }
        else if (size == "guizhou")
            made = cli.Run("demo", "--set", "guizhou-2023", "--faults", Path.Combine(cli.Folder, "faults.csv"), "--no-serve", "--json").Done();
        else
            made = cli.Demo(size).Done();
        cli.Rest();
        return (cli, made);
    }

    public void Dispose()
    {
        TuopinCli.DisposeAll();
        PostgresCluster.Stop();
    }
}
