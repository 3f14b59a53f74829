using Tuopin.Exchange;
using Tuopin.Rules.Packs;

namespace Tuopin.Tests.Exchange;

/// <summary>The packs of the repository, loaded once, and a small tree of places.</summary>
public static class Packs
{
    public static string Folder { get; } = Path.Combine(Root(AppContext.BaseDirectory), "packs");
    private static readonly Lazy<PackSet> Loaded = new(() => PackLoader.Load(Folder).OrThrow());
    private static readonly Lazy<MappingSet> LoadedMappings = new(() => MappingSet.Load(All, Folder));

    public static PackSet All => Loaded.Value;
    public static MappingSet Mappings => LoadedMappings.Value;
    public static ReadOptions Options { get; } = new() { DataDay = new DateOnly(2020, 6, 12) };

    public static IReadOnlyList<AreaNode> Places { get; } =
    [
        new(1, 0, "全国", 1, 0),
        new(2, 530000000000, "云南省", 1, 1),
        new(3, 530300000000, "曲靖市", 2, 2),
        new(4, 530326000000, "会泽县", 3, 3),
        new(5, 530326101000, "者海镇", 4, 4),
        new(6, 530326200000, "新街回族乡", 4, 4),
        new(7, 530326001000, "古城街道办事处", 4, 4),
        new(8, 530326002000, "宝云街道", 4, 4),
        new(10, 530326101200, "三道沟村民委员会", 5, 5),
        new(11, 530326101201, "新街村委会", 5, 5),
        new(12, 530326101001, "新街社区居民委员会", 5, 5),
        new(13, 530326101202, "大村村民委员会", 5, 5),
        new(14, 530326101002, "石河社区居委会", 5, 5),
        new(15, 530326200200, "三道沟村委会", 6, 5),
        new(16, 530326101203, "二台坡村委会", 5, 5),
        new(20, 532600000000, "文山壮族苗族自治州", 2, 2),
        new(21, 532601000000, "文山市", 20, 3),
        new(30, 530326101200001, "第一村民小组", 10, 6),
        new(31, 530326101200002, "二组", 10, 6),
    ];

    public static AreaResolver Areas => new(Places);

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Tuopin.slnx")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!);
}
