using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tuopin.Bench;

/// <summary>DuckDB from npm, in a process of its own, fed by lines.</summary>
internal sealed class DuckDb : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-bench").FullName;
    private readonly Process process;

    public DuckDb(Population population, int threads)
    {
        var home = Path.Combine(Root(), "bench", "duckdb");
        if (!Directory.Exists(Path.Combine(home, "node_modules")))
            Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = home })!.WaitForExit();
        Write(population);
        process = Process.Start(
            new ProcessStartInfo("node", ["rival.mjs", folder, threads.ToString(CultureInfo.InvariantCulture)])
            {
                WorkingDirectory = home,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var hello = Answer();
        Version = $"DuckDB {hello.GetProperty("version").GetString()}, {threads} thread(s)";
        Queries = [.. hello.GetProperty("queries").EnumerateArray().Select(q => q.GetString()!)];
        Directory.Delete(folder, recursive: true);
    }

    public string Version { get; }
    public string[] Queries { get; }

    public Run Ask(string query)
    {
        process.StandardInput.WriteLine(query);
        var answer = Answer();
        return new Run(
            answer.GetProperty("cpu").GetDouble(),
            answer.GetProperty("wall").GetDouble(),
            [.. answer.GetProperty("counts").EnumerateArray().Select(c => c.GetInt64())]
        );
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private JsonElement Answer() =>
        JsonDocument.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("DuckDB ended without an answer")).RootElement;

    private void Write(Population p)
    {
        using (var households = new StreamWriter(Path.Combine(folder, "households.csv")))
        {
            households.WriteLine("h,income,grade,water,members");
            for (var h = 0; h < p.Households; h++)
                households.WriteLine($"{h},{Cell(p.Income[h])},{Cell(p.Grade[h])},{Flag(p.Water[h])},{p.Offsets[h + 1] - p.Offsets[h]}");
        }
        using var persons = new StreamWriter(Path.Combine(folder, "persons.csv"));
        persons.WriteLine("h,slot,birth,school,insured,labour");
        for (var h = 0; h < p.Households; h++)
        for (var i = p.Offsets[h]; i < p.Offsets[h + 1]; i++)
            persons.WriteLine($"{h},{i - p.Offsets[h]},{Cell(p.Birth[i])},{Cell(p.School[i])},{Flag(p.Insured[i])},{Cell(p.Labour[i])}");
    }

    private static string Cell(int value) => value < 0 ? "" : value.ToString(CultureInfo.InvariantCulture);

    private static string Flag(int value) =>
        value switch
        {
            < 0 => "",
            0 => "false",
            _ => "true",
        };

    /// <summary>The repository, from wherever the program was built to.</summary>
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tuopin.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("run the bench from a build within the repository");
    }
}
