using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Tuopin.Tests.Shared;

/// <summary>
/// A PostgreSQL cluster of this test process alone: made in a temporary folder, listening on 127.0.0.1 on a free port, gone with the process. Clusters
/// that a killed process left behind are stopped and removed by the next one.
/// </summary>
public sealed class PostgresCluster
{
    private const string Prefix = "tuopin-pg-";
    private static readonly Lazy<PostgresCluster> Started = new(() => new PostgresCluster());
    private static int databases;

    private readonly string folder;
    private readonly int port;

    private PostgresCluster()
    {
        RemoveLeftovers();
        folder = Path.Combine(Place(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "owner"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (IsRoot)
            Run("chown", "postgres:postgres", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder);
        Server("initdb", "-D", Data(folder), "-U", "tuopin", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        port = Start();
    }

    /// <summary>Whether the cluster is as an operator has it, on a disk and cleaning up behind itself. Set before it is first asked for.</summary>
    public static bool Measured { get; set; }

    /// <summary>The cluster, started when first asked for.</summary>
    public static PostgresCluster Shared => Started.Value;

    /// <summary>Removes the cluster, if there is one: hundreds of databases take longer than a process that ends may take.</summary>
    public static void Stop()
    {
        if (Started.IsValueCreated)
            Remove(Started.Value.folder);
    }

    /// <summary>The server process, whose children answer.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Data(folder), "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public string CreateDatabase()
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        command.ExecuteNonQuery();
        return ConnectionString(name);
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port.ToString(CultureInfo.InvariantCulture)};Username=tuopin;Database={database};Pooling=false;Include Error Detail=true;Command Timeout=120";

    // Hundreds of databases of hundreds of files: in memory where there is plenty, for making them costs four times as much on a disk.
    private static string Place() =>
        !Measured
        && Directory.Exists(Memory)
        && new DriveInfo(Memory).AvailableFreeSpace >= Plenty
        && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * Plenty
            ? Memory
            : Path.GetTempPath();

    private const string Memory = "/dev/shm";
    private const long Plenty = 8L << 30;

    private static bool IsRoot => Environment.UserName == "root";

    private static string Data(string folder) => Path.Combine(folder, "data");

    /// <summary>Another process may take the free port before the server does, so it may be asked more than once.</summary>
    private int Start()
    {
        for (var attempt = 1; ; attempt++)
        {
            var free = FreePort();
            var options =
                $"-p {free.ToString(CultureInfo.InvariantCulture)} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
                + "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=500"
                // Nobody copies from it, and databases that live for seconds need no cleaning.
                + (Measured ? "" : " -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c max_wal_size=4GB -c checkpoint_timeout=1h");
            try
            {
                Server("pg_ctl", "-D", Data(folder), "-w", "-s", "-l", Path.Combine(folder, "log"), "-o", options, "start");
                return free;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                Thread.Sleep(50 * attempt);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void RemoveLeftovers()
    {
        foreach (
            var left in new[] { Path.GetTempPath(), Memory }.Where(Directory.Exists).SelectMany(p => Directory.EnumerateDirectories(p, Prefix + "*"))
        )
        {
            var owner = Path.Combine(left, "owner");
            try
            {
                if (File.Exists(owner) && int.TryParse(File.ReadAllText(owner), CultureInfo.InvariantCulture, out var id) && !IsAlive(id))
                    Remove(left);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // Another test process is removing it at this moment, or the next one will.
                continue;
            }
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        if (File.Exists(Path.Combine(Data(folder), "postmaster.pid")))
            Server("pg_ctl", "-D", Data(folder), "-s", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static void Server(string program, params string[] arguments)
    {
        var path = Find(program);
        if (IsRoot)
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Run(path, arguments);
    }

    private static string Find(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Prepend("/usr/lib/postgresql/15/bin");
        return folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"These tests need PostgreSQL 15 and found no {program}. Install it (Debian: apt-get install postgresql-15) or put its bin folder on PATH."
            );
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = "/", RedirectStandardInput = true };
        // The server inherits the pipes of pg_ctl, so only programs that end are listened to.
        start.RedirectStandardOutput = arguments.Any(a => a.EndsWith("initdb", StringComparison.Ordinal));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        if (start.RedirectStandardOutput)
            process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}");
    }
}
