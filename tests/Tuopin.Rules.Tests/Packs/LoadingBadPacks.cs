using Tuopin.Rules.Language;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Tests.Packs;

/// <summary>
/// Every folder of BadPacks but 000-good holds one kind of fault, laid over the good pack, and expected.txt with the exact report.
/// </summary>
public class LoadingBadPacks
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Tuopin.Rules.Tests", "BadPacks");
    internal static readonly string Good = Path.Combine(Folder, "000-good");

    public static IEnumerable<TheoryDataRow<string>> All =>
        Directory.EnumerateDirectories(Folder).Where(f => f != Good).Select(f => new TheoryDataRow<string>(Path.GetFileName(f)));

    [Theory]
    [MemberData(nameof(All))]
    public void Says_exactly_what_is_wrong(string name)
    {
        var expected = Path.Combine(Folder, name, "expected.txt");
        File.Exists(expected).ShouldBeTrue($"{name} has no expected.txt");
        var load = PackLoader.Load(Good, Path.Combine(Folder, name));
        var errors = load.Findings.Where(f => f.Severity == Severity.Error).Select(f => f.ToString()).ToList();
        errors.ShouldNotBeEmpty();
        string.Join('\n', errors).ShouldBe(File.ReadAllText(expected).Trim());
        load.Packs.ShouldBeNull();
    }

    [Fact]
    public void There_are_many() => All.Count().ShouldBeGreaterThan(40);
}
