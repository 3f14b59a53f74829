using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Quality;
using Tuopin.Rules.Model;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>Every fault planted in the demo is found, and nothing else is.</summary>
public sealed class FindingPlantedFaults(Installations installations)
{
    [Theory, BothEngines]
    public void Each_planted_fault_is_found_and_nothing_else(Engine engine)
    {
        using var cli = installations.Copy(engine, "township");
        cli.Run("check", "--json").Done().Document.GetProperty("found").GetInt64().ShouldBe(0);
        var installation = cli.Open();
        var planted = PlantFaults.Handle(installation).Select(f => $"{f.Check} {f.Subject} {f.SubjectId}");
        cli.Run("check", "--json").Done().Document.GetProperty("raised").GetInt64().ShouldBeGreaterThan(60);
        cli.Tables.Query<string>("SELECT check_id || ' ' || subject || ' ' || CAST(subject_id AS text) FROM findings WHERE cleared_day IS NULL")
            .Order(StringComparer.Ordinal)
            .ShouldBe(planted.Order(StringComparer.Ordinal));

        // Whatever is in force and can fire here is planted, or the list says why not.
        var asked = Checking
            .InForce(installation.Packs, AreaRange.Of("530326"), installation.WorkDate)
            .Where(c => c.When is not null)
            .Select(c => c.Id);
        asked.Except(PlantFaults.Planted).ShouldBe(PlantFaults.Intended.Keys);
        cli.Run("audit", "verify").Done();
    }
}
