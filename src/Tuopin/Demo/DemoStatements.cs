using System.Text;
using Tuopin.Figures.Stated;
using Tuopin.Platform;

namespace Tuopin.Demo;

/// <summary>What departments state in a demo: the numbers that a county published and no registry of households can count.</summary>
public static class DemoStatements
{
    /// <summary>Loads what stands beside the report of a set; loaded again it changes nothing.</summary>
    /// <returns>How many statements there are; 0 for a set without a report.</returns>
    /// <exception cref="Refusal">stated.file.</exception>
    public static int Load(Installation installation, DemoSet set)
    {
        if (set.Report is not { } report)
            return 0;
        var path = Path.Combine(installation.PackFolders[0], "reports", report, "stated.yaml");
        var loaded = StateFile.Handle(installation, path, File.ReadAllText(path, Encoding.UTF8));
        return loaded.New + loaded.Replaced + loaded.Same;
    }
}
