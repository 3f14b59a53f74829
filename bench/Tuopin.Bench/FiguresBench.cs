using System.Data.Common;
using System.Diagnostics;
using Tuopin.Demo;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Rules.Figures;

namespace Tuopin.Bench;

/// <summary>
/// All figures of the catalogue for the county, its townships and its villages, against hand-written SQL (bench/sql/figures.sql), which must first come to the
/// same numbers; one figure of one area from what is kept; and a figure of a day of the past.
/// </summary>
internal static class FiguresBench
{
    public static void Run(Report report)
    {
        var folder = County.Copy(County.Demo(DemoSize.County), "figures");
        var installation = County.Open(folder);
        using (var sqlite = installation.Store.Open())
            Compare(report, installation, sqlite, "sqlite", () => Cpu.Own);
        var connection = County.IntoPostgres(folder);
        var second = County.Open(Path.Combine(County.Work, "postgres"), connection);
        using (var postgres = second.Store.Open())
        {
            County.Run(postgres, "SET jit = off");
            var server = Tests.Shared.PostgresCluster.Shared.ProcessId;
            Compare(report, second, postgres, "postgresql", () => Cpu.Own + Cpu.OfServer(server));
        }
        ExportBench.Run(report);
    }

    private static void Compare(Report report, Installation installation, DbConnection connection, string engine, Func<double> cpu)
    {
        var moment = new FigureMoment(installation.WorkDate);
        var tree = AreaTree.Load(connection, moment.Day);
        var county = tree.ByCode("530326")!;
        var areas = tree.All.Where(a => a.Level is 3 or 4 or 5 && AreaTree.RangeOf(county).Contains(a.Code)).ToList();
        var figures = installation.Packs.FiguresOf(null).ToList();
        var statements = Statements(File.ReadAllText(Path.Combine(County.Root, "bench", "sql", "figures.sql")));
        FigureValues All() => FigureValues.Of(installation, connection, figures, areas, moment);

        var values = All();
        if (values.Of(installation.Packs.Figures["unmet_households"], county).State == FigureState.NotKept)
            throw new InvalidOperationException("the county is not judged for its work date");
        var compared = 0;
        foreach (var (column, total) in statements.SelectMany(s => Totals(connection, s)))
        {
            var high = column.EndsWith("_high", StringComparison.Ordinal);
            var figure = installation.Packs.Figures[high ? column[..^5] : column];
            var value = values.Of(figure, county);
            // By hand an unknown sum of money is NULL in its village only.
            if (!value.IsKnown)
                continue;
            compared++;
            if ((high ? value.High : value.Low) != (Exact)total)
                throw new InvalidOperationException($"{figure.Id} on {engine}: {value.Low} to {value.High}, by hand {total}");
        }
        report.Note($"{figures.Count} figures for {areas.Count} areas; {compared} numbers are those of the hand-written SQL");

        var (our, their, wall) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Report.Rounds; i++)
        {
            var clock = Stopwatch.StartNew();
            our.Add(Measured(cpu, () => All()));
            wall.Add(clock.Elapsed.TotalMilliseconds);
            their.Add(Measured(cpu, () => statements.ForEach(s => Totals(connection, s))));
        }
        report.Amount($"all figures of the county, its townships and villages, {engine}", wall, "ms", engine == "sqlite" ? 2000 : null);
        report.AtMost($"all figures of the county, its townships and villages, {engine}", "hand-written SQL", our, their, "ms CPU", 1.3);

        var one = installation.Packs.Figures["remaining_households"];
        var townships = areas.Where(a => a.Level == 4).ToList();
        report.Amount(
            $"one kept figure of one area, p95, {engine}",
            [
                .. Enumerable
                    .Range(0, Report.Rounds)
                    .Select(_ =>
                        P95(
                            Enumerable
                                .Range(0, 100)
                                .Select(i =>
                                    Elapsed(() => FigureValues.Of(installation, connection, [one], [townships[i % townships.Count]], moment))
                                )
                        )
                    ),
            ],
            "ms",
            10
        );

        var counted = installation.Packs.Figures["piped_water_households"];
        var past = new FigureMoment(new(2019, 12, 31));
        var (now, then) = (new List<double>(), new List<double>());
        for (var i = 0; i < Report.Rounds; i++)
        {
            now.Add(Measured(cpu, () => FigureValues.Of(installation, connection, [counted], [county], moment)));
            then.Add(Measured(cpu, () => FigureValues.Of(installation, connection, [counted], [county], past)));
        }
        report.AtMost($"a figure as of a day of the past, {engine}", "the same today", then, now, "ms CPU", 3);
    }

    private static double P95(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, sorted.Length * 95 / 100)];
    }

    private static double Elapsed(Action act)
    {
        var clock = Stopwatch.StartNew();
        act();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Measured(Func<double> cpu, Action act)
    {
        var before = cpu();
        act();
        return cpu() - before;
    }

    private static Dictionary<string, long> Totals(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        using var reader = command.ExecuteReader();
        var totals = Enumerable.Range(1, reader.FieldCount - 1).ToDictionary(reader.GetName, _ => 0L);
        while (reader.Read())
            for (var i = 1; i < reader.FieldCount; i++)
                if (!reader.IsDBNull(i))
                    totals[reader.GetName(i)] += Convert.ToInt64(reader.GetValue(i), null);
        return totals;
    }

    // A line "-- subject day", then a statement to its semicolon.
    private static List<string> Statements(string text) =>
        [
            .. text.Split("\n-- ")
                .Select(s => s.Split('\n', 2))
                .Where(s => s.Length == 2 && s[0].Split(' ') is [_, { Length: 10 }] && !s[0].StartsWith("-- ", StringComparison.Ordinal))
                .Select(s => s[1].Trim().TrimEnd(';')),
        ];
}
