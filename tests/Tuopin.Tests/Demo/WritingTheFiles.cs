using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Xunit;

namespace Tuopin.Tests.Demo;

/// <summary>The files a county would bring, written from the village cut.</summary>
public sealed class WritingTheFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tuopin-demo-").FullName;
    private static readonly DemoCounty Village = DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Persons_have_the_47_columns_of_the_national_export_and_one_row_each()
    {
        DemoFiles.Write(Village, _folder);
        var lines = File.ReadAllLines(Path.Combine(_folder, "persons.csv"));
        lines[1].Split(',').Length.ShouldBe(47);
        lines.Length.ShouldBe(2 + Village.Manifest.Registered.Persons);
        foreach (var line in lines.Skip(2))
            Cells(line).Count.ShouldBe(47, line);
    }

    [Fact]
    public void Every_file_says_first_that_it_is_invented_and_is_read_by_the_importers_reader()
    {
        foreach (var path in DemoFiles.Write(Village, _folder))
        {
            using var reader = SheetReader.Open(path);
            reader.Read().ShouldBeTrue(path);
            reader.Row[0].ToString().ShouldContain("演示数据", Case.Sensitive, path);
            reader.Row[0].ToString().ShouldContain("invented", Case.Sensitive, path);
        }
    }

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_others()
    {
        var first = HashCsv(Village, "a");
        HashCsv(DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 1), "b").ShouldBe(first);
        HashCsv(DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 2), "c").ShouldNotBe(first);
    }

    /// <summary>The bytes of one small file, pinned: they must not depend on the machine. A change of the generator on purpose changes them.</summary>
    [Fact]
    public void The_bytes_are_the_same_on_every_machine()
    {
        var path = DemoFiles.Write(Village, _folder, only: name => name == "unregistered-persons.csv").Single();
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))[..16].ShouldBe("1BBA3DB60319EEA8");
    }

    [Fact]
    public void Sheets_hold_one_row_for_each_of_what_they_list()
    {
        DemoFiles.Write(Village, _folder);
        var manifest = Village.Manifest;
        Rows("households.xlsx").ShouldBe(manifest.Registered.Households);
        Rows("unregistered-households.xlsx").ShouldBe(manifest.Unregistered.Households);
        Rows("helpers.xlsx").ShouldBe(manifest.Registered.Households);
        Rows("relocation.xlsx").ShouldBe(manifest.Relocated.Households);
        Rows("measures.csv").ShouldBe(manifest.Measures);
        Rows("houses.xlsx").ShouldBe(manifest.Registered.Households + manifest.Unregistered.Households);
        Rows("villages.xlsx").ShouldBe(1);
        Rows("incomes-2018.csv").ShouldBe(manifest.Registered.Households + manifest.Unregistered.Households);
    }

    [Fact]
    public void The_whole_county_shows_both_encodings()
    {
        var files = DemoFiles.Write(DemoFixture.County, _folder, only: name => name.StartsWith("persons", StringComparison.Ordinal));
        var utf8 = files.Single(f => f.EndsWith("persons.csv", StringComparison.Ordinal));
        var bytes = new byte[3];
        using (var stream = File.OpenRead(utf8))
            stream.ReadExactly(bytes);
        bytes.ShouldBe([0xEF, 0xBB, 0xBF]);
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        var lines = File.ReadAllLines(Path.Combine(_folder, "persons-gb18030.csv"), gb);
        lines[0].ShouldBe(DemoFiles.Notice);
        var persons = File.ReadLines(utf8).Count() - 2 + lines.Length - 2;
        persons.ShouldBe(341_742);
    }

    [Fact]
    public void The_demo_pack_admits_what_the_files_hold_and_no_real_number()
    {
        var pack = DemoPack.Load(DemoFixture.Packs);
        pack.WorkDay.ShouldBe(new DateOnly(2020, 6, 12));
        foreach (ref readonly var person in Village.Persons)
        {
            pack.AdmitsId(Naming.Id(Naming.Prefix(Village.Villages[0].Area.TownshipOrdinal), person)).ShouldBeTrue();
            if (person.Phone > 0)
                pack.AdmitsMobile(Naming.Phone(person.Phone)).ShouldBeTrue();
        }
        pack.AdmitsId("530326195003120011").ShouldBeFalse();
        pack.AdmitsId("999999195003120011").ShouldBeFalse();
        pack.AdmitsMobile("13900000000").ShouldBeFalse();
    }

    private int Rows(string name)
    {
        using var reader = SheetReader.Open(Path.Combine(_folder, name));
        var rows = -2;
        while (reader.Read())
            rows++;
        return rows;
    }

    private string HashCsv(DemoCounty county, string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in DemoFiles.Write(county, Path.Combine(_folder, name)).Where(p => p.EndsWith(".csv", StringComparison.Ordinal)))
            hash.AppendData(File.ReadAllBytes(path));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Splits a csv line; only the health cell is ever quoted.</summary>
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
                quoted = !quoted;
            if (i < line.Length && (line[i] != ',' || quoted))
                continue;
            cells.Add(line[start..i]);
            start = i + 1;
        }
        return cells;
    }
}
