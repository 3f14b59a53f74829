using System.Data.Common;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Standards;

namespace Tuopin.Bench;

/// <summary>The whole judgement, stored, of the county and of the same with every household three times: 1,000,000 persons. It may not grow faster than the data.</summary>
internal static class GrowthBench
{
    private const int Copies = 3;

    public static void Run(Report report)
    {
        var folder = County.Demo(DemoSize.County);
        var county = County.Open(County.Copy(folder, "judged-county"));
        var million = County.Open(County.Copy(folder, "judged-million"));
        using (var connection = million.Store.Open())
            Multiply(connection);
        report.Note($"{Count(county, "persons"):N0} and {Count(million, "persons"):N0} persons");
        List<double> small = [],
            large = [];
        Judge(county);
        Judge(million);
        for (var i = 0; i < Report.Rounds; i++)
        {
            small.Add(Judge(county) * Copies);
            large.Add(Judge(million));
        }
        report.Amount("the whole judgement of the county, stored, sqlite", [.. small.Select(s => s / Copies)], "ms CPU", null);
        report.AtMost("judging 1,000,000 persons, sqlite", $"{Copies} x the county", large, small, "ms CPU", 1);
    }

    private static double Judge(Installation installation)
    {
        var before = Cpu.Own;
        JudgeArea.Handle(installation, null, null, null);
        return Cpu.Own - before;
    }

    // Every row of a household again under keys far from the first; what must be unique is made so.
    private static void Multiply(DbConnection connection)
    {
        County.Run(connection, "PRAGMA foreign_keys = OFF");
        string[] tables =
        [
            "households",
            "household_statuses",
            "household_years",
            "persons",
            "memberships",
            "person_years",
            "dwellings",
            "residences",
            "measures",
        ];
        foreach (var table in tables)
        {
            var columns = County.Columns(connection, table);
            for (var copy = 1; copy < Copies; copy++)
            {
                var list = columns.Select(c =>
                    c is "id" or "household_id" or "person_id" or "dwelling_id" ? $"{c} + {copy}000000000"
                    : c is "national_no" or "provisional_no" or "number" ? $"{c} || '/{copy}'"
                    : c
                );
                County.Run(
                    connection,
                    $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", list)} FROM {table} WHERE {columns.First(c => c is "id" or "household_id" or "person_id")} % 10000000000 < 1000000000"
                );
            }
        }
        County.Run(connection, "ANALYZE");
        County.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static long Count(Installation installation, string table)
    {
        using var connection = installation.Store.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }
}
