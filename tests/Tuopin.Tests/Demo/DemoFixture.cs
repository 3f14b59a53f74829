using Tuopin.Demo;

namespace Tuopin.Tests.Demo;

/// <summary>The demo counties the tests share; each is generated once.</summary>
public static class DemoFixture
{
    public static readonly string Packs = FindPacks();
    private static readonly Lazy<DemoSource> Loaded = new(() => DemoSource.Load(Packs));
    private static readonly Lazy<DemoCounty> Whole = new(() => DemoCounty.Generate(Loaded.Value, DemoSize.County, 1));
    private static readonly Lazy<DemoCounty> Part = new(() => DemoCounty.Generate(Loaded.Value, DemoSize.Township, 1));

    public static DemoSource Source => Loaded.Value;
    public static DemoCounty County => Whole.Value;
    public static DemoCounty Township => Part.Value;

    private static string FindPacks()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "packs", "areas")))
            folder = folder.Parent;
        return Path.Combine((folder ?? throw new DirectoryNotFoundException("packs/areas")).FullName, "packs");
    }
}
