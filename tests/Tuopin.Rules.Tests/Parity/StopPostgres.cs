using Tuopin.Rules.Tests.Parity;
using Tuopin.Tests.Shared;

[assembly: AssemblyFixture(typeof(StopPostgres))]

namespace Tuopin.Rules.Tests.Parity;

/// <summary>Removes the cluster when the last test has ended.</summary>
public sealed class StopPostgres : IDisposable
{
    public void Dispose() => PostgresCluster.Stop();
}
