using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Files;

namespace Tuopin.Platform.Operation;

/// <summary><c>tuopin restore FOLDER</c>: brings a backup into an empty data folder or an empty database. What is there is never overwritten.</summary>
public static partial class Restore
{
    public sealed record Result(string Folder, string Engine, string At, string? Keys);

    public static Command Command(Shell shell)
    {
        var folder = new Argument<string>("FOLDER") { Description = "folder of the backup" };
        var command = new Command("restore", "restore a backup into an empty data folder or database") { folder };
        command.SetAction(
            shell.Run(parsed =>
            {
                var options = Shell.Options(parsed);
                var result = Handle(options, parsed.GetValue(folder)!);
                if (shell.IsJson)
                    shell.PrintJson(result);
                else
                {
                    shell.Output.WriteLine($"the backup of {result.At} is restored");
                    shell.Output.WriteLine(
                        "Sessions and tokens have ended; passwords and locks are those of that moment: look through `tuopin users list`."
                    );
                    shell.Output.WriteLine(
                        $"Now put the key file with fingerprint {result.Keys} where it was ({options.KeyFile ?? Path.Combine(options.DataFolder, "keys.json")})."
                    );
                }
            })
        );
        return command;
    }

    /// <exception cref="Refusal">restore.no-backup, restore.engine, restore.damaged, restore.not-empty, backup.tool-failed.</exception>
    public static Result Handle(InstallationOptions options, string folder)
    {
        var card = Path.Combine(folder, BackUp.Card);
        if (!File.Exists(card) || JsonSerializer.Deserialize<BackUp.Manifest>(File.ReadAllText(card)) is not { } manifest)
            throw new Refusal("restore.no-backup", $"{folder} holds no backup");
        var engine = options.Connection is null ? Engine.Sqlite : Engine.PostgreSql;
        if (!manifest.Engine.Equals(engine.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new Refusal(
                "restore.engine",
                $"the backup is of {manifest.Engine}; {(options.Connection is null ? "name the database with --db" : "leave --db out")}"
            );
        foreach (var (name, hash) in manifest.Sha256)
            if (name != Path.GetFileName(name) || !File.Exists(Path.Combine(folder, name)) || BackUp.Hash(Path.Combine(folder, name)) != hash)
                throw new Refusal("restore.damaged", $"{name} is missing or was changed after the backup; nothing was restored");
        var evidence = Evidence(folder, manifest);
        if (options.Connection is { } connection)
            IntoPostgres(connection, folder);
        else
            IntoFolder(options.DataFolder, folder, manifest);
        var store = options.Connection is { } c ? Store.Postgres(c, options.DataFolder) : Store.Sqlite(options.DataFolder);
        foreach (var name in evidence)
        {
            Store.CreateFolder(Path.Combine(options.DataFolder, FileStore.Folder));
            Store.CreateFolder(Path.GetDirectoryName(Path.Combine(options.DataFolder, name))!);
            File.Copy(Path.Combine(folder, name), Path.Combine(options.DataFolder, name), overwrite: true);
        }
        using var opened = store.Open();
        if (AuditLog.Verify(opened) is { } broken)
            throw new Refusal("restore.audit-broken", $"restored, but the audit chain of the backup does not hold: {broken}");
        SignOut(store);
        return new(options.DataFolder, manifest.Engine, manifest.At, manifest.Keys);
    }

    // The files of evidence that the backup lists, each as it was listed; a backup of an older program has none.
    private static List<string> Evidence(string folder, BackUp.Manifest manifest)
    {
        var names = new List<string>();
        if (!manifest.Sha256.ContainsKey(BackUp.EvidenceList))
            return names;
        foreach (var line in File.ReadLines(Path.Combine(folder, BackUp.EvidenceList)))
        {
            if (EvidenceLine().Match(line) is not { Success: true } found)
                throw new Refusal("restore.damaged", $"{BackUp.EvidenceList} is missing or was changed after the backup; nothing was restored");
            var name = Path.Combine(FileStore.Folder, found.Groups[2].Value, found.Groups[3].Value);
            if (!File.Exists(Path.Combine(folder, name)) || BackUp.Hash(Path.Combine(folder, name)) != found.Groups[1].Value)
                throw new Refusal("restore.damaged", $"{name} is missing or was changed after the backup; nothing was restored");
            names.Add(name);
        }
        return names;
    }

    [GeneratedRegex("^([0-9a-f]{64})  evidence/([0-9a-f]{2})/([0-9a-f]{64})$")]
    private static partial Regex EvidenceLine();

    // What was ended after the backup would be alive again.
    private static void SignOut(Store store)
    {
        using var desk = store.Desk();
        desk.Sessions.ExecuteDelete();
        var now = AuditLog.Stamp(TimeProvider.System);
        desk.AccessTokens.Where(t => t.RevokedAt == null).ExecuteUpdate(t => t.SetProperty(x => x.RevokedAt, now));
    }

    private static void IntoFolder(string target, string folder, BackUp.Manifest manifest)
    {
        if (BackUp.Databases.Any(d => File.Exists(Path.Combine(target, d))))
            throw new Refusal("restore.not-empty", $"{target} holds data already; restore into an empty folder");
        Store.CreateFolder(target);
        foreach (var name in manifest.Sha256.Keys.Where(BackUp.Databases.Contains))
        {
            // Under another name until it is whole: a copy that was cut off is not taken for the record.
            var draft = Path.Combine(target, name + ".restoring");
            File.Copy(Path.Combine(folder, name), draft, overwrite: true);
            using (var connection = new SqliteConnection($"Data Source={draft};Pooling=False"))
            {
                connection.Open();
                if (connection.Text("PRAGMA quick_check") != "ok")
                    throw new Refusal("restore.damaged", $"{name} does not pass the check of SQLite");
                connection.Execute("PRAGMA journal_mode = WAL");
            }
            File.Move(draft, Path.Combine(target, name));
        }
    }

    private static void IntoPostgres(string connection, string folder)
    {
        using (var target = new NpgsqlConnection(connection))
        {
            target.Open();
            if (target.Number("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'desk')") > 0)
                throw new Refusal("restore.not-empty", "the database holds tables already; restore into an empty database");
        }
        PostgresTool.Run(
            "pg_restore",
            connection,
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
            new NpgsqlConnectionStringBuilder(connection).Database!,
            Path.Combine(folder, BackUp.DumpName)
        );
    }
}
