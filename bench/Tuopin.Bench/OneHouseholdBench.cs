using System.Data.Common;
using Dapper;
using Npgsql;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Standards;

namespace Tuopin.Bench;

/// <summary>
/// One household changed: an edit of a household fact and of its members, with history, audit, re-judging with tallies, and commit; the 95th percentile
/// of the CPU of one edit, in a county and in a township.
/// </summary>
internal static class OneHouseholdBench
{
    private const int Edits = 200;

    public static void Run(Report report)
    {
        foreach (var engine in new[] { "sqlite", "postgresql" })
        {
            using Place county = new(DemoSize.County, engine),
                township = new(DemoSize.Township, engine);
            List<double> large = [],
                small = [];
            county.Percentile();
            township.Percentile();
            for (var i = 0; i < Report.Rounds; i++)
            {
                large.Add(county.Percentile());
                small.Add(township.Percentile());
            }
            report.Amount($"one household changed in a county, p95, {engine}", large, "ms CPU", 10);
            // The same work on 30 times the data; a quarter is left for deeper trees and colder caches.
            report.AtMost($"one household changed: county against township, {engine}", "township", large, small, "ms CPU", 1.25);
        }
    }

    private sealed class Place : IDisposable
    {
        private readonly Random random = new(5);
        private readonly Installation installation;
        private readonly DbConnection connection;
        private readonly RejudgeHousehold rejudge;
        private readonly List<long> households;
        private readonly Func<double> cpu;

        public Place(DemoSize size, string engine)
        {
            var folder = County.Demo(size);
            installation =
                engine == "sqlite"
                    ? County.Open(County.Copy(folder, "edited-" + size))
                    : County.Open(Path.Combine(County.Work, "postgres"), County.IntoPostgres(folder));
            connection = installation.Store.Open();
            cpu = () => Cpu.Own;
            if (connection is NpgsqlConnection)
            {
                var backend = (int)connection.QuerySingle<long>("SELECT pg_backend_pid()::int8");
                cpu = () => Cpu.Own + Cpu.OfBackend(backend);
            }
            households = [.. connection.Query<long>("SELECT id FROM households ORDER BY id")];
            using var transaction = installation.Store.BeginWrite(connection);
            var area = AreaTree.Load(connection, installation.WorkDate).ByCode("530326")!;
            rejudge = RejudgeHousehold.For(installation, connection, transaction, area);
            transaction.Commit();
        }

        public double Percentile()
        {
            var times = new double[Edits];
            for (var i = 0; i < Edits; i++)
            {
                var before = cpu();
                Edit(households[random.Next(households.Count)]);
                times[i] = cpu() - before;
            }
            Array.Sort(times);
            return times[Edits * 95 / 100];
        }

        private void Edit(long id)
        {
            using var transaction = installation.Store.BeginWrite(connection);
            var standing = rejudge.Before(transaction, id);
            var change = AuditLog.BeginChange(connection, transaction, TimeProvider.System, new("bench"), "edit", "village", 20200612);
            SqlMapper.Execute(
                connection,
                "UPDATE household_years SET change_id = @change, water_safe = NOT coalesce(water_safe, 1 = 1) WHERE household_id = @id AND year = 2020",
                new { id, change },
                transaction
            );
            SqlMapper.Execute(
                connection,
                "UPDATE household_statuses SET change_id = @change, kind = CASE WHEN kind = 2 THEN 3 ELSE 2 END WHERE household_id = @id AND to_day IS NULL",
                new { id, change },
                transaction
            );
            SqlMapper.Execute(
                connection,
                "UPDATE person_years SET change_id = @change, serious_illness_insured = NOT coalesce(serious_illness_insured, 1 = 1) WHERE person_id IN (SELECT person_id FROM memberships WHERE household_id = @id) AND year = 2020",
                new { id, change },
                transaction
            );
            rejudge.After(standing);
            AuditLog.Append(connection, transaction, TimeProvider.System, new("bench"), "household.edit", $"{id}");
            transaction.Commit();
        }

        public void Dispose()
        {
            rejudge.Dispose();
            connection.Dispose();
        }
    }
}
