using System.Globalization;
using Tuopin.Platform;

namespace Tuopin.Exchange;

/// <summary>Tells what an import took in with a warning: how many rows, the first of them, and all of them in a file. Values are masked already.</summary>
public static class WarningList
{
    private const int Shown = 20;

    public static void Tell(Installation installation, string name, Findings found, Action<string> say)
    {
        var warnings = found.ByRow.OrderBy(r => r.Key).SelectMany(r => r.Value).Where(e => !e.IsError).ToList();
        if (warnings.Count == 0)
            return;
        var path = SideFile.Path(installation, "warnings", name, ".csv");
        using (var writer = SheetWriter.Create(path, name))
        {
            writer.WriteRow(["表 sheet", "行号 row", "列 column", "值 value", "规则 rule", "说明 message"]);
            foreach (var w in warnings)
                writer.WriteRow([w.Sheet, w.Row.ToString(CultureInfo.InvariantCulture), w.Title, w.Value, w.Rule.Id, w.Message.Zh]);
        }
        say($"{name}：{warnings.Count:N0} 个提醒，全部在 {path} / {name}: {warnings.Count:N0} warnings, all in {path}");
        foreach (var w in warnings.Take(Shown))
            say($"  {w}");
    }
}
