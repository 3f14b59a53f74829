using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tuopin.Platform.Operation;

/// <summary>Runs PostgreSQL's own tools. Where to connect and the password go by the environment: arguments are seen by everybody on the machine.</summary>
internal static class PostgresTool
{
    /// <exception cref="Refusal">backup.tool-missing, backup.tool-failed.</exception>
    public static void Run(string tool, string connection, params string[] arguments)
    {
        var to = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo(Find(tool), arguments) { RedirectStandardError = true };
        start.Environment["PGHOST"] = to.Host;
        start.Environment["PGPORT"] = to.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGDATABASE"] = to.Database;
        start.Environment["PGUSER"] = to.Username;
        if (to.Password is { } password)
            start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new Refusal(
                "backup.tool-failed",
                $"{tool} ended with {process.ExitCode}",
                [.. errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            );
    }

    // The newest that is installed: a tool reads servers up to its own version.
    private static string Find(string tool)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).ToList();
        if (Directory.Exists("/usr/lib/postgresql"))
            folders.AddRange(
                Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin"))
            );
        return folders.Select(f => Path.Combine(f, tool)).FirstOrDefault(File.Exists)
            ?? throw new Refusal("backup.tool-missing", $"{tool} is not installed (postgresql-client)");
    }
}
