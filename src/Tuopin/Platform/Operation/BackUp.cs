using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Files;

namespace Tuopin.Platform.Operation;

/// <summary>
/// <c>tuopin backup FOLDER</c>: the record and the desk as they are at one moment each, while the console goes on serving. The key file is not in it: who
/// has both reads every number, so the two are kept apart.
/// </summary>
public static class BackUp
{
    internal const string Card = "backup.json";

    /// <summary>What a backup holds, and what its files must hash to.</summary>
    public sealed record Manifest(string Engine, string At, string? Keys, IReadOnlyDictionary<string, string> Sha256);

    public sealed record Result(string Folder, string Engine, IReadOnlyList<string> Files, string? Keys);

    public static Command Command(Shell shell)
    {
        var folder = new Argument<string>("FOLDER") { Description = "folder to make; it must not exist or be empty" };
        var command = new Command("backup", "back up the record and the desk (not the key file) while the console serves") { folder };
        command.SetAction(
            shell.Run(parsed =>
            {
                var options = Shell.Options(parsed);
                var result = Handle(shell.Open(parsed), options.Connection, parsed.GetValue(folder)!);
                if (shell.IsJson)
                    shell.PrintJson(result);
                else
                {
                    shell.Output.WriteLine($"{string.Join(" and ", result.Files)} written to {result.Folder}");
                    shell.Output.WriteLine(
                        $"The key file (fingerprint {result.Keys}) is NOT in the backup. Without it no ID, telephone or bank number can ever be read again: keep a copy of it elsewhere."
                    );
                }
            })
        );
        return command;
    }

    /// <exception cref="Refusal">backup.folder-not-empty, backup.tool-failed.</exception>
    public static Result Handle(Installation installation, string? postgres, string folder)
    {
        folder = Path.GetFullPath(folder);
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new Refusal("backup.folder-not-empty", $"{folder} is not empty; nothing was written");
        using (var connection = installation.Store.Open())
        {
            using var transaction = installation.Store.BeginWrite(connection);
            AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, "backup.make", Path.GetFileName(folder));
            transaction.Commit();
        }
        Store.CreateFolder(folder);
        var files = installation.Store.IsSqlite ? CopySqlite(installation, folder) : Dump(postgres!, folder);
        // After the record: whatever it names is there by now, and files are never taken away.
        files.Add(CopyEvidence(installation, folder));
        string? keys;
        using (var connection = installation.Store.Open())
            keys = Installation.Setting(connection, "keys");
        var manifest = new Manifest(
            installation.Store.Engine.ToString().ToLowerInvariant(),
            AuditLog.Stamp(installation.Clock),
            keys,
            files.ToDictionary(f => f, f => Hash(Path.Combine(folder, f)))
        );
        File.WriteAllText(Path.Combine(folder, Card), JsonSerializer.Serialize(manifest));
        return new(folder, manifest.Engine, files, keys);
    }

    internal static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static List<string> CopySqlite(Installation installation, string folder)
    {
        var files = new List<string>();
        foreach (var name in Databases.Where(d => File.Exists(Path.Combine(installation.Store.Folder, d))))
        {
            using var from = new SqliteConnection($"Data Source={Path.Combine(installation.Store.Folder, name)};Mode=ReadOnly;Pooling=False");
            using var to = new SqliteConnection($"Data Source={Path.Combine(folder, name)};Pooling=False");
            from.Open();
            to.Open();
            from.BackupDatabase(to);
            // One file, without a journal beside it.
            to.Execute("PRAGMA journal_mode = DELETE");
            files.Add(name);
        }
        return files;
    }

    /// <summary>The files of evidence, as they lie there encrypted, and a list of them as sha256sum reads it.</summary>
    private static string CopyEvidence(Installation installation, string folder)
    {
        var store = new FileStore(installation);
        using var list = new StreamWriter(Path.Combine(folder, EvidenceList)) { NewLine = "\n" };
        foreach (var hash in store.All().Order(StringComparer.Ordinal))
        {
            var name = Path.Combine(FileStore.Folder, hash[..2], hash);
            Store.CreateFolder(Path.Combine(folder, FileStore.Folder));
            Store.CreateFolder(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.Copy(store.PathOf(hash), Path.Combine(folder, name));
            list.WriteLine($"{Hash(Path.Combine(folder, name))}  {name.Replace('\\', '/')}");
        }
        return EvidenceList;
    }

    internal const string EvidenceList = "evidence.sha256";

    internal static readonly string[] Databases = ["tuopin.db", "desk.db"];
    internal const string DumpName = "tuopin.dump";

    private static List<string> Dump(string connection, string folder)
    {
        PostgresTool.Run(
            "pg_dump",
            connection,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--exclude-schema=staging",
            "--file",
            Path.Combine(folder, DumpName)
        );
        return [DumpName];
    }
}
