using Dapper;
using Tuopin.Inspection;
using Tuopin.Platform;
using Tuopin.Platform.Areas;

namespace Tuopin.Demo;

/// <summary>The rectification ledgers of the demo, read from sheets of the demo pack as a county would load them. What they say is invented.</summary>
internal static class DemoLedgers
{
    private static readonly (string File, string Source, string Title)[] Wanted =
    [
        ("huize-look-back.csv", "look_back", "巡视“回头看”反馈问题整改台账（演示，虚构）"),
        ("huize-performance.csv", "performance", "成效考核反馈问题整改台账（演示，虚构）"),
    ];

    /// <summary>Once for a population; their deadlines are after its day.</summary>
    public static void Load(Installation installation, DemoSet set)
    {
        AreaTree tree;
        using (var connection = installation.Store.OpenReader())
        {
            if (connection.ExecuteScalar<long>("SELECT count(*) FROM work_items WHERE kind = 'ledger'") > 0)
                return;
            tree = AreaTree.Load(connection, installation.WorkDate);
        }
        var county = tree.ByCode(set.CountyCode)!;
        foreach (var (file, source, title) in Wanted)
            LedgersCommand.New(
                installation,
                tree,
                county,
                title,
                source,
                LedgerRows.Read(Path.Combine(installation.PackFolders[0], "demo", "ledgers", file))
            );
    }
}
