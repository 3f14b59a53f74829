using System.Data.Common;
using Tuopin.Demo;
using Tuopin.Platform.Areas;
using Tuopin.Tests.Support;

namespace Tuopin.Tests.Reports;

/// <summary>
/// The whole generated county laid down row by row, which takes seconds where importing its files takes minutes: villages, households with their status and move, and
/// members. It holds nothing of incomes, houses and help.
/// </summary>
internal static class LaidCounty
{
    private const long First = 530326_0000000000;

    public static void Lay(TuopinCli cli, DemoCounty county)
    {
        var installation = cli.Open();
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, county.Set.Date);
        var villages = county.Plan.Villages.Select(v => tree.ByCode(v.Area.Code)!).ToList();
        using var transaction = installation.Store.BeginWrite(connection);
        installation.Set(connection, transaction, "work_date", "2020-06-12");
        Insert(
            connection,
            transaction,
            "changes (id, at, actor, reason, stated_by, data_day)",
            [
                [1L, "2020-06-12T00:00:00.0000000Z", "demo", "laid down", "village", 20200612L],
            ]
        );
        Insert(
            connection,
            transaction,
            "village_years (area_id, year, change_id, poor, deep, rural_population)",
            county.Villages.Select(v => new object[] { villages[v.Index].AreaId, 2020L, 1L, v.Poor, v.Deep, (long)v.RuralBase })
        );
        var households = county.Population.Households;
        Insert(
            connection,
            transaction,
            "households (id, village_id, area_code, change_id, relocated, settling_place, accompanying_mover)",
            households.Select(
                (h, i) =>
                    new object[]
                    {
                        First + i,
                        villages[h.Village].AreaId,
                        villages[h.Village].Code,
                        1L,
                        h.Move != Move.None,
                        h.Move == Move.CountySeat ? 1L
                        : h.Move == Move.Elsewhere ? 5L
                        : DBNull.Value,
                        h.Standing == Standing.AccompanyingMover,
                    }
            )
        );
        Insert(
            connection,
            transaction,
            "household_statuses (id, household_id, from_day, change_id, kind)",
            households.Select(
                (h, i) =>
                    new object[]
                    {
                        First + i,
                        First + i,
                        20140101L,
                        1L,
                        h.Standing == Standing.Remaining ? 2L
                        : h.Standing == Standing.Exited ? 3L
                        : 1L,
                    }
            )
        );
        var persons = county.Population.Persons;
        Insert(
            connection,
            transaction,
            "persons (id, name, area_code, change_id)",
            persons.Select((p, i) => new object[] { First + i, "演示", villages[households[p.Household].Village].Code, 1L })
        );
        Insert(
            connection,
            transaction,
            "memberships (household_id, person_id, from_day, change_id)",
            persons.Select((p, i) => new object[] { First + p.Household, First + i, (long)p.JoinedDay, 1L })
        );
        transaction.Commit();
    }

    private static void Insert(DbConnection connection, DbTransaction transaction, string into, IEnumerable<object[]> rows)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        foreach (var row in rows)
        {
            if (command.Parameters.Count == 0)
            {
                command.CommandText = $"INSERT INTO {into} VALUES ({string.Join(", ", row.Select((_, i) => $"@p{i}"))})";
                for (var i = 0; i < row.Length; i++)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = $"@p{i}";
                    command.Parameters.Add(parameter);
                }
            }
            for (var i = 0; i < row.Length; i++)
                command.Parameters[i].Value = row[i];
            command.ExecuteNonQuery();
        }
    }
}
