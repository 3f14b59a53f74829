using System.Data.Common;
using Dapper;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Standards;
using Tuopin.Tests.Demo;
using Tuopin.Tests.Shared;
using Xunit;

namespace Tuopin.Tests.Standards;

/// <summary>
/// Households of a demo township are edited one by one, each with its verdicts and tallies kept in the same transaction; then the township is judged as
/// a whole, and no bit and no tally may differ from what was kept.
/// </summary>
public sealed class RejudgingOneHousehold : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tuopin-rejudge-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public void A_full_judgement_finds_what_was_kept_edit_by_edit(string engine)
    {
        var installation = Township(engine);
        using var connection = installation.Store.Open();
        var first = Stored(connection);
        var ids = connection.Query<long>("SELECT id FROM households ORDER BY id").ToList();
        var random = new Random(7);
        for (var i = 0; i < Edits.Length * 6; i++)
            Edit(installation, connection, ids[random.Next(ids.Count)], Edits[i % Edits.Length]);
        var kept = Stored(connection);
        kept.Except(first).Count().ShouldBeGreaterThan(40);
        JudgeArea.Handle(installation, null, null, null);
        var full = Stored(connection);
        kept.Except(full).ShouldBeEmpty();
        full.Except(kept).ShouldBeEmpty();
    }

    // Each takes @id, a household. They reach every table the household rules read, and make sums unknown and known again.
    private static readonly string[] Edits =
    [
        "UPDATE household_years SET water_safe = NOT water_safe WHERE household_id = @id",
        "UPDATE household_years SET income_wage = NULL WHERE household_id = @id AND year = 2019",
        "UPDATE household_years SET income_wage = 100, income_transfer = 100 WHERE household_id = @id",
        "UPDATE person_years SET medical_resident = NOT medical_resident WHERE person_id IN (SELECT person_id FROM memberships WHERE household_id = @id)",
        "UPDATE person_years SET school = NULL WHERE person_id IN (SELECT person_id FROM memberships WHERE household_id = @id)",
        "UPDATE persons SET birth = 20100101 WHERE id IN (SELECT person_id FROM memberships WHERE household_id = @id)",
        "UPDATE dwellings SET grade = 4, relocated_day = NULL, rebuilt_day = NULL WHERE id IN (SELECT dwelling_id FROM residences WHERE household_id = @id)",
        "UPDATE household_statuses SET to_day = 20200101 WHERE household_id = @id AND to_day IS NULL",
        "UPDATE household_statuses SET kind = 1 WHERE household_id = @id",
        "UPDATE households SET village_id = (SELECT max(h.village_id) FROM households h), area_code = (SELECT max(h.area_code) FROM households h) WHERE id = @id",
        "UPDATE memberships SET to_day = 20200201 WHERE household_id = @id AND to_day IS NULL AND person_id = (SELECT min(m.person_id) FROM memberships m WHERE m.household_id = @id)",
        "DELETE FROM measures WHERE household_id = @id",
        "UPDATE memberships SET to_day = 20200202 WHERE household_id = @id",
    ];

    private static void Edit(Installation installation, DbConnection connection, long id, string statement)
    {
        using var transaction = installation.Store.BeginWrite(connection);
        using var rejudge = RejudgeHousehold.For(installation, connection, transaction, County(connection, installation));
        var before = rejudge.Before(transaction, id);
        var change = AuditLog.BeginChange(connection, transaction, TimeProvider.System, new("test"), "edit", "village", 20200612);
        var table = statement.Split(' ')[statement.StartsWith("DELETE", StringComparison.Ordinal) ? 2 : 1];
        var text = statement.StartsWith("DELETE", StringComparison.Ordinal)
            ? statement
            : statement.Replace($"UPDATE {table} SET", $"UPDATE {table} SET change_id = {change},", StringComparison.Ordinal);
        SqlMapper.Execute(connection, text, new { id }, transaction);
        rejudge.After(before);
        transaction.Commit();
    }

    private static AreaVersion County(DbConnection connection, Installation installation) =>
        AreaTree.Load(connection, installation.WorkDate).ByCode("530326")!;

    private Installation Township(string engine)
    {
        var options = new InstallationOptions(folder, engine == "SQLite" ? null : PostgresCluster.Shared.CreateDatabase(), null, null)
        {
            ShippedPacks = DemoFixture.Packs,
        };
        var installation = Installation.Open(options, create: true, TimeProvider.System, _ => { });
        MakeDemo.Handle(installation, DemoSize.Township, 1, _ => { });
        return installation;
    }

    private static List<string> Stored(DbConnection connection) =>
        [
            .. connection
                .Query<(long, long, int, long, long, long)>("SELECT standard_version_id, subject_id, day, met, unmet, exempt FROM verdicts")
                .Select(v => v.ToString()),
            .. connection.Query<(long, string, int, long?, long?)>("SELECT area_id, tally_id, day, low, high FROM tallies").Select(t => t.ToString()),
            .. connection
                .Query<(long, string, int, long, long)>("SELECT area_id, figure, key, households, persons FROM area_figures")
                .Select(f => $"figure {f}"),
        ];
}
