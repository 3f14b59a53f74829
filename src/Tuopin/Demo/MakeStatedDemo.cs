using System.Diagnostics;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;

namespace Tuopin.Demo;

/// <summary>
/// <c>tuopin demo --set wenshan-2018</c>, <c>teng-2020</c>: a county without a registry. It has its area tree and what its departments stated, and its report is
/// made from these alone.
/// </summary>
public static class MakeStatedDemo
{
    /// <param name="Stated">Statements loaded.</param>
    public sealed record Report(string Set, string Area, DateOnly Day, int Stated, double Seconds, IReadOnlyList<DemoUsers.SignIn> SignIns);

    /// <exception cref="Refusal">demo.data-there, demo.other-there.</exception>
    public static Report Handle(Installation installation, DemoSet set)
    {
        var clock = Stopwatch.StartNew();
        MakeDemo.Prepare(installation, DemoPack.Load(installation.PackFolders[0]), set, set.Id);
        var stated = DemoStatements.Load(installation, set);
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, set.Date);
        var county = tree.ByCode(set.CountyCode)!;
        var village = tree.Children[tree.Children[county.AreaId].First().AreaId].First();
        return new(set.Id, set.CountyCode, set.Date, stated, clock.Elapsed.TotalSeconds, DemoUsers.Make(installation, tree, village, null));
    }

    /// <summary>What was made, and what to try.</summary>
    public static void Print(Shell shell, Report report, DemoSet set, string data)
    {
        shell.Output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{set.County} {set.CountyCode}, {report.Day:yyyy-MM-dd}: {report.Stated} statements of departments, no households; ready in {report.Seconds:0} s"
            )
        );
        shell.Output.WriteLine();
        DemoUsers.Print(shell.Output, report.SignIns);
        shell.Output.WriteLine();
        shell.Output.WriteLine("Try next:");
        shell.Output.WriteLine($"  ./tuopin report {set.Report}{data}            the report of that day, made again");
        shell.Output.WriteLine($"  ./tuopin figures --report {set.Report} --area {set.CountyCode}{data}   its numbers");
    }
}
