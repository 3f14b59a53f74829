using System.Diagnostics;
using Shouldly;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>
/// kill -9 at random moments of an import and of a judging: what is found afterwards is the record as it was or as it would have become. A third of the
/// moments are anywhere in the run, a third while the file is read into staging, a third while the change is written: on SQLite right after the first bytes
/// of the commit reach the disk, on PostgreSQL from the moment the write lock is held.
/// </summary>
public sealed class SurvivingKills(Installations installations)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("TUOPIN_LONG") == "1";
    private static readonly string[] Secret = ["id_cipher", "phone_cipher", "change_id"];

    [Theory, BothEngines]
    public void A_killed_import_leaves_the_old_record_or_the_new(Engine engine)
    {
        using var start = installations.Copy(engine, "township");
        var sheet = Sheet.Read(Path.Combine(start.Folder, "demo-files", "persons.csv"));
        foreach (var row in sheet.Rows)
            row[sheet["是否会讲普通话"]] = row[sheet["是否会讲普通话"]] == "是" ? "否" : "是";
        var file = sheet.Write(start.Folder, "everyone.csv");
        Survive(start, ["import", file, "--data-date", "2020-06-12"], cli => cli.Import(file), Long ? 60 : 3, seed: 1);
    }

    [Theory, BothEngines]
    public void A_killed_judging_leaves_the_old_verdicts_or_the_new(Engine engine)
    {
        using var start = installations.Copy(engine, "township");
        start.Tables.Execute("UPDATE verdicts SET met = 0, unmet = 0");
        start.Tables.Execute("UPDATE tallies SET low = 0, high = 0");
        Survive(start, ["judge"], cli => cli.Judge(), Long ? 60 : 3, seed: 2);
    }

    private static void Survive(TuopinCli start, string[] command, Func<TuopinCli, Answer> whole, int times, int seed)
    {
        var before = Content(start);
        var acts = start.Tables.Number("SELECT count(*) FROM audit_entries");
        start.Rest();
        var clock = Stopwatch.StartNew();
        using var finished = start.Copy();
        using (var process = Start(finished, command))
        {
            process.WaitForExit();
            process.ExitCode.ShouldBe(0);
        }
        var duration = clock.Elapsed;
        var after = Content(finished);
        after.EqualTo(before).ShouldBeFalse();
        var (random, killed) = (new Random(seed), 0);
        // A run that ends before its moment proves little: it is tried again, with moments drawn from less time.
        for (var i = 0; i < times || (killed <= times / 2 && i < 4 * times); i++)
        {
            using var cli = start.Copy();
            if (Kill(cli, command, random, i % 3, duration))
                killed++;
            else
                duration *= 0.6;
            var found = Content(cli);
            var isNew = !found.EqualTo(before);
            if (isNew)
                found.ShouldEqual(after);
            (cli.Tables.Number("SELECT count(*) FROM audit_entries") - acts).ShouldBe(
                isNew ? 1 : 0,
                $"kill {i}: the audit tells of what happened and of nothing else"
            );
            using (var connection = cli.Open().Store.Open())
                AuditLog.Verify(connection).ShouldBeNull();
            whole(cli).Done();
            Content(cli).ShouldEqual(after);
            if (cli.Engine == Engine.PostgreSql)
                cli.Tables.Number("SELECT count(*) FROM pg_tables WHERE schemaname = 'staging'").ShouldBe(0, "what the killed one staged is gone");
        }
        killed.ShouldBeGreaterThan(times / 2);
    }

    private static Dictionary<string, List<string>> Content(TuopinCli cli) => cli.Tables.Dump(cli.Tables.Known(), Secret);

    /// <summary>Runs the command and kills it at its moment; false when it was done before.</summary>
    private static bool Kill(TuopinCli cli, string[] command, Random random, int kind, TimeSpan duration)
    {
        var share = random.NextDouble();
        using var process = Start(cli, command);
        switch (kind)
        {
            case 0:
                process.WaitForExit((int)(duration.TotalMilliseconds * share));
                break;
            case 1 when command[0] == "import":
                WaitFor(
                    process,
                    () =>
                        cli.Engine == Engine.Sqlite
                            ? File.Exists(Path.Combine(cli.Folder, "staging", "import-1.db"))
                            : cli.Tables.Number("SELECT count(*) FROM pg_tables WHERE schemaname = 'staging'") > 0
                );
                process.WaitForExit((int)(duration.TotalMilliseconds * share * 0.3));
                break;
            default:
                if (cli.Engine == Engine.PostgreSql)
                {
                    WaitFor(
                        process,
                        () =>
                            cli.Tables.Number($"SELECT count(*) FROM pg_locks l {OfTheKilled("l")} AND l.locktype = 'advisory' AND l.objid = 7867")
                            > 0
                    );
                    process.WaitForExit((int)(duration.TotalMilliseconds * share * 0.2));
                    break;
                }
                var log = Path.Combine(cli.Folder, "tuopin.db-wal");
                WaitFor(process, () => File.Exists(log) && new FileInfo(log).Length > 0);
                process.WaitForExit((int)(10 * share));
                break;
        }
        process.Kill();
        process.WaitForExit();
        // The server finds out that nobody is there any more when it has done what it was asked last.
        if (cli.Engine == Engine.PostgreSql)
            while (cli.Tables.Number($"SELECT count(*) FROM pg_locks l {OfTheKilled("l")}") > 0)
                Thread.Sleep(20);
        return process.ExitCode == 128 + 9;
    }

    private const string Killed = "to be killed";

    private static string OfTheKilled(string alias) =>
        $"JOIN pg_stat_activity a ON a.pid = {alias}.pid WHERE a.datname = current_database() AND a.application_name = '{Killed}'";

    private static void WaitFor(Process process, Func<bool> moment)
    {
        while (!process.HasExited && !moment())
            Thread.Yield();
    }

    private static Process Start(TuopinCli cli, string[] command)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tuopin")) { WorkingDirectory = cli.Folder };
        foreach (var argument in command.Concat(cli.Where))
            start.ArgumentList.Add(argument == cli.Connection ? $"{argument};Application Name={Killed}" : argument);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
