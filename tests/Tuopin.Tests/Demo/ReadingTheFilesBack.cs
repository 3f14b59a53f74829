using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Rules.Packs;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>The importer's reader knows every demo file and finds nothing wrong in it: what is wrong in the demo lies in the facts, not in the form.</summary>
public sealed class ReadingTheFilesBack : IDisposable
{
    private static readonly Lazy<MappingSet> Mappings = new(() => MappingSet.Load(PackLoader.Load(DemoFixture.Packs).OrThrow(), DemoFixture.Packs));
    private static readonly ReadOptions Options = new()
    {
        DataDay = new DateOnly(2020, 6, 12),
        AdmittedPrefixes = DemoPack.Load(DemoFixture.Packs).AdmittedPrefixes,
    };
    private readonly string _folder = Directory.CreateTempSubdirectory("tuopin-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_file_is_recognised_and_no_cell_is_passed_over_but_the_remark()
    {
        var expected = new Dictionary<string, string>
        {
            ["villages.xlsx"] = "villages",
            ["village-exit-forms.xlsx"] = "village-exit-form",
            ["households.xlsx"] = "households",
            ["unregistered-households.xlsx"] = "unregistered-households",
            ["persons.csv"] = "persons-47",
            ["unregistered-persons.csv"] = "persons-47",
            ["household-exit-forms.csv"] = "household-exit-form",
            ["incomes-2018.csv"] = "incomes",
            ["incomes-2019.csv"] = "incomes",
            ["houses.xlsx"] = "house-rebuilding",
            ["relocation.xlsx"] = "relocation",
            ["measures.csv"] = "measures",
            ["helpers.xlsx"] = "helpers",
            ["units-posts.xlsx"] = "units-posts",
        };
        var files = DemoFiles.Write(DemoFixture.Township, _folder);
        files.Select(Path.GetFileName).Order().ShouldBe(expected.Keys.Order());
        foreach (var path in files)
        {
            using var sheet = SheetReader.Open(path);
            var plan = Mappings.Value.Recognise(sheet);
            plan.Mapping.Id.ShouldBe(expected[Path.GetFileName(path)]);
            plan.HeaderRow.ShouldBe(2, path);
            plan.Ignored.Where(t => t != "备注").ShouldBeEmpty(path);
        }
    }

    [Fact]
    public void No_row_has_an_error_or_a_warning()
    {
        foreach (var path in DemoFiles.Write(DemoFixture.Township, _folder))
            Findings(path).ShouldBeEmpty(path);
    }

    [Fact]
    public void Short_village_names_in_GB18030_are_found_as_well()
    {
        var path = DemoFiles.Write(DemoFixture.County, _folder, only: name => name == "persons-gb18030.csv").Single();
        Findings(path).ShouldBeEmpty();
    }

    private static List<string> Findings(string path)
    {
        using var sheet = SheetReader.Open(path);
        var plan = Mappings.Value.Recognise(sheet);
        var structure = new HouseholdStructure(plan, sheet.SheetName, Options);
        var found = new List<string>();
        foreach (var row in new RowReader(plan, Areas(), Options).Read(sheet))
        {
            structure.Add(row);
            if (found.Count < 5)
                found.AddRange(row.Errors.Select(e => e.ToString()));
        }
        if (plan.Mapping.Kind == SheetKind.Persons)
            found.AddRange(structure.Finish().Take(5).Select(f => f.Error.ToString()));
        return found;
    }

    private static AreaResolver Areas()
    {
        List<AreaNode> nodes =
        [
            new(1, 0, "全国", 1, 0),
            new(2, 530000000000, "云南省", 1, 1),
            new(3, 530300000000, "曲靖市", 2, 2),
            new(4, 530326000000, "会泽县", 3, 3),
        ];
        nodes.AddRange(DemoFixture.Source.Townships.Select(t => new AreaNode(t.Code, t.Code * 1000, t.Name, 4, 4)));
        nodes.AddRange(DemoFixture.Source.Villages.Select(v => new AreaNode(v.Code, v.Code, v.Name, v.TownshipCode, 5)));
        return new AreaResolver(nodes);
    }
}
