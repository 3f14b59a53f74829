using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Jobs;

/// <summary>A kind of work: what it is called, who may have it done, and the work. The permission is asked for again when the work begins and when its file is fetched.</summary>
/// <param name="Name">Permanent, stored with each job.</param>
/// <param name="Writes">It changes the record: one such job runs at a time, and nothing that only reads waits for it.</param>
public sealed record JobKind(string Name, Label Title, Permission Permission, bool Writes, Action<JobRun> Run);

/// <summary>Every kind there is, by name.</summary>
public sealed class JobKinds(IEnumerable<JobKind> kinds)
{
    private readonly Dictionary<string, JobKind> byName = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);

    public JobKind? Find(string name) => byName.GetValueOrDefault(name);

    public IEnumerable<JobKind> All => byName.Values;
}
