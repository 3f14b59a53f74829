using Microsoft.Data.Sqlite;
using Shouldly;
using Tuopin.Exchange;
using Tuopin.Platform.Database;
using Tuopin.Tests.Commands;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>One writer at a time, and only while it writes.</summary>
public sealed class WritingOneAtATime(Installations installations)
{
    private static readonly DateOnly Day = new(2020, 6, 12);

    [Theory, BothEngines]
    public void While_a_file_is_read_others_write(Engine engine)
    {
        using var cli = installations.Empty(engine);
        using var files = new Exchange.Files();
        // Every 5,000 rows the import says how far it is: in the middle of reading.
        var rows = Enumerable
            .Range(0, 5_010)
            .Select(n =>
                MakingTheDemo.RealVillage(
                    n * 10,
                    ("人口编号", $"53032600000{n:D6}"),
                    ("户编号", $"5303260000{n:D6}"),
                    ("证件号码", Number(n)),
                    ("出生日期", "1980-01-01"),
                    ("性别", n % 2 == 0 ? "女" : "男")
                )
            );
        var file = files.Text("persons.csv", Exchange.Persons.Csv(rows));
        var wrote = 0;
        var results = ImportFiles.Handle(
            cli.Open(),
            new ImportFiles.Request([file], Day, Compare: false, Yes: false),
            said => wrote += said.EndsWith("rows read", StringComparison.Ordinal) && WriteAtOnce(cli) ? 1 : 0
        );
        wrote.ShouldBe(1);
        results.Single().Committed.ShouldBeTrue();
        cli.Tables.Text("SELECT value FROM settings WHERE name = 'between'").ShouldBe("yes");
    }

    private static string Number(int n) => Exchange.Persons.Id($"2903{n / 1000:D2}19800101{n % 1000:D3}");

    /// <summary>Writes without waiting for a lock.</summary>
    private static bool WriteAtOnce(TuopinCli cli)
    {
        const string insert = "INSERT INTO settings (name, value) VALUES ('between', 'yes')";
        using var connection = cli.Open().Store.Open();
        if (connection is SqliteConnection sqlite)
            sqlite.DefaultTimeout = 1;
        else if (connection.Number("SELECT CASE WHEN pg_try_advisory_lock(7867) THEN 1 ELSE 0 END") == 0)
            return false;
        connection.Execute(connection is SqliteConnection ? $"BEGIN IMMEDIATE; {insert}; COMMIT" : insert);
        return true;
    }

    [Theory, BothEngines]
    public void A_file_that_breaks_in_the_middle_leaves_the_way_free_for_the_next(Engine engine)
    {
        using var cli = installations.Empty(engine);
        using var files = new Exchange.Files();
        var rows = Enumerable.Range(0, 30).Select(n => MakingTheDemo.RealVillage(n));
        var text = Exchange.Persons.Csv(rows);
        // A quote that never closes, beyond the rows in which a header is looked for.
        cli.Import(files.Text("broken.csv", text + "\r\n\"云南省,曲靖市")).Refused("import.file-refused", "broken.csv");
        cli.Import(files.Text("good.csv", text)).Json[0].GetProperty("committed").GetBoolean().ShouldBeTrue();
        cli.Tables.Number("SELECT count(*) FROM persons").ShouldBe(30);
    }
}
