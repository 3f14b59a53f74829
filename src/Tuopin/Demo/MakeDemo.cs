using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tuopin.Demo.Guizhou;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Quality;
using Tuopin.Standards;

namespace Tuopin.Demo;

/// <summary>
/// <c>tuopin demo</c>: an invented population for Huize on its real area tree, or for a township of Guizhou that does not exist, written as the files a county
/// would bring, imported by the real importer, judged for its day.
/// </summary>
public static class MakeDemo
{
    public sealed record Report(
        JudgeArea.Report Judged,
        IReadOnlyList<ImportFiles.Result> Imports,
        double Seconds,
        string Files,
        IReadOnlyList<DemoUsers.SignIn> SignIns
    )
    {
        /// <summary>What the checks must find; empty where no faults were asked for.</summary>
        public IReadOnlyList<PlantFaults.Fault> Planted { get; init; } = [];

        /// <summary>Rows of lists that became nobody's although they are of somebody: list and row.</summary>
        public IReadOnlyList<string> LostRows { get; init; } = [];
    }

    public static Command Command(Shell shell)
    {
        var set = new Option<string>("--set")
        {
            Description =
                "huize-2020; guizhou-2023: an invented township with monitored households and lists of departments; wenshan-2018 or teng-2020: a county without a registry, with what its departments stated",
            DefaultValueFactory = _ => DemoSet.Huize.Id,
        };
        set.AcceptOnlyFromAmong([.. DemoSet.All.Select(s => s.Id)]);
        var size = new Option<string?>("--size") { Description = "village, township or county; the whole set where nothing is said" };
        size.AcceptOnlyFromAmong("village", "township", "county");
        var seed = new Option<long>("--seed") { Description = "another population for another seed", DefaultValueFactory = _ => 1 };
        var faults = new Option<string?>("--faults")
        {
            Description = "plant a fault for every data check in force, run the checks, and write what was planted to this csv",
        };
        var noServe = new Option<bool>("--no-serve") { Description = "end after the summary" };
        var urls = Serve.Urls();
        var command = new Command("demo", "make, import, judge and serve an invented county (Huize, 2020-06-12)")
        {
            set,
            size,
            seed,
            faults,
            noServe,
            urls,
        };
        command.SetAction(
            shell.Run(parsed =>
            {
                var population = DemoSet.All.First(s => s.Id == parsed.GetValue(set));
                if (!population.HasPeople)
                {
                    if (parsed.GetValue(size) is not null || parsed.GetValue(faults) is not null)
                        throw new WrongUsage("demo.size", $"{population.Id} has no population: neither --size nor --faults");
                    MakeStated(shell, parsed, population);
                    return;
                }
                var whole = population == DemoSet.Huize ? DemoSize.County : DemoSize.Township;
                var much = parsed.GetValue(size) is { } said ? Enum.Parse<DemoSize>(said, ignoreCase: true) : whole;
                if (much > whole)
                    throw new WrongUsage("demo.size", $"{population.Id} is a township: --size village or township");
                var installation = shell.Open(parsed, create: true);
                var report = Handle(installation, much, (ulong)parsed.GetValue(seed), shell.Warn, parsed.GetValue(faults), population);
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell, report, Shell.Options(parsed));
                if (!parsed.GetValue(noServe) && !shell.IsJson)
                    Serve.Handle(shell, installation, parsed.GetValue(urls)!);
            })
        );
        return command;

        void MakeStated(Shell shell, ParseResult parsed, DemoSet population)
        {
            var installation = shell.Open(parsed, create: true);
            var made = MakeStatedDemo.Handle(installation, population);
            if (shell.IsJson)
                shell.PrintJson(made);
            else
                MakeStatedDemo.Print(shell, made, population, DataOf(Shell.Options(parsed)));
            if (!parsed.GetValue(noServe) && !shell.IsJson)
                Serve.Handle(shell, installation, parsed.GetValue(urls)!);
        }
    }

    /// <exception cref="Refusal">demo.data-there: the folder holds data that is not the demo's; demo.other-there: another demo.</exception>
    public static Report Handle(Installation installation, DemoSize size, ulong seed, Action<string> say, string? faults = null, DemoSet? set = null)
    {
        set ??= DemoSet.Huize;
        var clock = Stopwatch.StartNew();
        var packs = installation.PackFolders[0];
        var pack = DemoPack.Load(packs);
        var named = string.Create(CultureInfo.InvariantCulture, $"{size.ToString().ToLowerInvariant()} seed {seed}");
        Prepare(installation, pack, set, set == DemoSet.Huize ? named : $"{set.Id} {named}");
        say($"Generating the {size.ToString().ToLowerInvariant()} (seed {seed}) ...");
        var names = DemoSource.Load(packs);
        var county = set == DemoSet.Huize ? DemoCounty.Generate(names, size, seed) : DemoCounty.GenerateGuizhou(names, size, seed);
        var folder = Path.Combine(installation.Store.Folder, "demo-files");
        var lists = set == DemoSet.Huize ? default : DepartmentLists.Make(county, faults is not null);
        if (lists.Lists is not null)
            MakeGuizhou.Settle(installation, county.Source);
        IReadOnlyList<string> files =
        [
            .. DemoFiles.Write(county, folder, name => say($"Writing {name}")),
            DemoFiles.WriteFormerMembers(county, folder),
        ];
        var imports = new List<ImportFiles.Result>();
        foreach (var file in files)
        {
            var request = new ImportFiles.Request([file], set.Date, Compare: false, Yes: false) { ListedLater = true };
            foreach (var result in ImportFiles.Handle(installation, request, _ => { }))
            {
                imports.Add(result);
                say(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"[{imports.Count}/{files.Count}] {result.File}: {result.Rows:N0} rows ({clock.Elapsed.TotalSeconds:0} s)"
                    )
                );
            }
        }
        if (DemoFiles.WriteVillageGrades(county, folder) is { } grades)
            imports.AddRange(
                ImportFiles.Handle(
                    installation,
                    new ImportFiles.Request([grades], set.Date, Compare: false, Yes: false)
                    {
                        ListedLater = true,
                        Mapping = "house-rebuilding",
                        StatedBy = "village",
                    },
                    _ => { }
                )
            );
        if (set == DemoSet.Huize)
        {
            DemoMonitoring.Write(installation, set.Date);
            DemoDiscipline.Write(installation, set.Date);
            // A single village has no inspection of its own.
            if (size != DemoSize.Village)
                DemoLedgers.Load(installation, set);
            say($"{DemoStatements.Load(installation, set)} statements of departments");
        }
        else if (faults is not null)
            imports.AddRange(MakeGuizhou.Neighbours(installation, county, folder));
        say("Judging ...");
        var judged = JudgeArea.Handle(installation, null, null, null);
        IReadOnlyList<string> lost = [];
        if (lists.Lists is not null)
            lost = Match(installation, county, lists.Lists, Path.Combine(folder, "lists"), say);
        IReadOnlyList<PlantFaults.Fault> planted = [];
        if (faults is not null)
        {
            say("Planting faults ...");
            var listed = lists.Lists is null ? [] : MakeGuizhou.Found(installation, county, lists.Faults);
            planted = [.. PlantFaults.Handle(installation, listed.Select(f => f.Number)), .. listed];
            PlantFaults.Write(planted, faults);
        }
        if (faults is not null || lists.Lists is not null)
            RunChecks.Handle(installation, null, null);
        Work.RefreshWork.Handle(installation, Routes.WorkSources, Rules.Model.AreaRange.Nation);
        return new(judged, imports, clock.Elapsed.TotalSeconds, folder, DemoUsers.Make(installation)) { Planted = planted, LostRows = lost };
    }

    // Once for a population.
    private static IReadOnlyList<string> Match(Installation installation, DemoCounty county, DepartmentLists lists, string folder, Action<string> say)
    {
        using (var connection = installation.Store.OpenReader())
            if (Platform.Database.Sql.Number(connection, "SELECT count(*) FROM match_files") > 0)
                return [];
        say("Matching lists of departments ...");
        lists.Write(folder);
        var matched = MatchLists.Handle(installation, county, lists, folder);
        say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{matched.Rows:N0} rows, {matched.Linked:N0} linked, {matched.Reviewed:N0} of them by review, {matched.Lost.Count} lost"
            )
        );
        return matched.Lost;
    }

    // The work date and the mark "invented" stand before the first row does.
    internal static void Prepare(Installation installation, DemoPack pack, DemoSet set, string population)
    {
        using var connection = installation.Store.Open();
        var held = Platform.Database.Sql.Number(connection, "SELECT count(*) FROM households");
        if (held > 0 && Installation.Setting(connection, "invented") != "yes")
            throw new Refusal("demo.data-there", "this data folder holds a registry already; give the demo another one with --data DIR");
        // Two populations in one registry would be neither.
        if (
            Installation.Setting(connection, "demo") is { } other
            && other != population
            && (held > 0 || !set.HasPeople || !DemoSet.Of(other).HasPeople)
        )
            throw new Refusal("demo.other-there", $"this data folder holds the demo {other}; give {population} another one with --data DIR");
        using var transaction = installation.Store.BeginWrite(connection);
        installation.Set(connection, transaction, "demo", population);
        installation.Set(connection, transaction, "work_date", set.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        installation.Set(connection, transaction, "invented", "yes");
        installation.Set(connection, transaction, "admitted_prefixes", string.Join(' ', pack.IdPrefixes));
        transaction.Commit();
    }

    private static string DataOf(InstallationOptions options) => options.DataFolder == "./data" ? "" : $" --data {options.DataFolder}";

    private static void Print(Shell shell, Report report, InstallationOptions options)
    {
        var data = DataOf(options);
        shell.Output.WriteLine();
        JudgeReport.Print(shell.Output, report.Judged);
        shell.Output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  demo ready in {report.Seconds:0} s; the files it imported are in {report.Files}")
        );
        shell.Output.WriteLine();
        DemoUsers.Print(shell.Output, report.SignIns);
        shell.Output.WriteLine();
        shell.Output.WriteLine("Try next:");
        shell.Output.WriteLine($"  ./tuopin gaps{data}                         what is missing, by township and department");
        shell.Output.WriteLine($"  ./tuopin gaps --indicator housing --names{data}   the same by name, with helper and unit");
        shell.Output.WriteLine($"  ./tuopin explain HOUSEHOLD{data}            one household: value, limit, law, fact and who stated it");
        shell.Output.WriteLine($"  ./tuopin whatif --overlay all-insured{data} what would change");
    }
}
