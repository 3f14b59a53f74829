using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Judges all rows of a snapshot against standards, chunk by chunk.</summary>
public static class Judging
{
    /// <summary>Rows taken at once: their columns and masks stay in the cache of one core.</summary>
    internal const int ChunkRows = 4096;

    /// <summary>
    /// Evaluates every indicator for every row of the standard's level; choosing the standard in force for an area and a day is the caller's. An indicator
    /// is exempt where its exemption is true, elsewhere met or unmet as its test says; one without a text of law is unknown.
    /// </summary>
    public static StandardResult Judge(this Snapshot snapshot, Standard standard, Overlay? overlay = null, int threads = 1)
    {
        var result = new StandardResult(standard, snapshot[standard.Level]);
        var expressions = standard.Indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen }).OfType<Language.Expr>();
        var planner = new Planner(snapshot, overlay, expressions);
        var plans = result
            .Planes.Where(p => p.Indicator.Met is not null || p.Indicator.ExemptWhen is not null)
            .Select(p => new IndicatorPlan(
                p,
                p.Indicator.Met is null ? ConstantFlag.Unknown : planner.Flag(p.Indicator.Met),
                p.Indicator.ExemptWhen is null ? null : planner.Flag(p.Indicator.ExemptWhen)
            ))
            .ToArray();
        ForChunks(
            result.Table,
            threads,
            (scratch, start, count) =>
            {
                var frame = Frame.Chunk(scratch, standard.Subject, result.Table, start, count);
                foreach (var plan in plans)
                    plan.Run(frame, start);
                frame.Release();
            }
        );
        foreach (var plane in result.Planes)
        {
            Bits.ClearTail(plane.Met, result.Table.Count);
            Bits.ClearTail(plane.Unmet, result.Table.Count);
            if (plane.Exempt is not null)
                Bits.ClearTail(plane.Exempt, result.Table.Count);
        }
        return result;
    }

    /// <summary>Runs chunks that begin on whole words, so that threads never share a word of a mask.</summary>
    internal static void ForChunks(Table table, int threads, Action<Scratch, int, int> run)
    {
        var rows = ChunkSize(table);
        var chunks = (table.Count + rows - 1) / rows;
        if (threads <= 1 || chunks <= 1)
        {
            var scratch = Scratch.Rent();
            for (var chunk = 0; chunk < chunks; chunk++)
                run(scratch, chunk * rows, Math.Min(rows, table.Count - chunk * rows));
            scratch.Return();
            return;
        }
        Parallel.For(
            0,
            chunks,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            Scratch.Rent,
            (chunk, _, scratch) =>
            {
                run(scratch, chunk * rows, Math.Min(rows, table.Count - chunk * rows));
                return scratch;
            },
            scratch => scratch.Return()
        );
    }

    /// <summary>Fewer rows where each has many children: a village scans its households.</summary>
    private static int ChunkSize(Table table)
    {
        if (table.Count == 0)
            return ChunkRows;
        var children = table.Manys.Values.Select(l => l.Children / table.Count).Append(0).Max();
        return children <= 8 ? ChunkRows : Math.Max(64, ChunkRows * 4 / children & ~63);
    }

    private sealed record IndicatorPlan(IndicatorPlanes Planes, BoolNode Met, BoolNode? Exempt)
    {
        public void Run(Frame frame, int start)
        {
            var mark = frame.Scratch.Take();
            Span<ulong> met = Planes.Met.AsSpan(start >> 6, frame.Words),
                unmet = Planes.Unmet.AsSpan(start >> 6, frame.Words);
            if (Met.Evaluate(frame, met, unmet))
                unmet.Fill(~0UL);
            Bits.AndNot(unmet, met);
            if (Exempt is not null)
            {
                var exempt = Planes.Exempt.AsSpan(start >> 6, frame.Words);
                var known = frame.Scratch.Mask(frame);
                var decided = Exempt.Evaluate(frame, exempt, known);
                Bits.AndNot(met, exempt);
                Bits.AndNot(unmet, exempt);
                // Who may be exempt is not unmet: with an unknown exemption a failed test decides nothing.
                if (!decided)
                    Bits.And(unmet, known);
            }
            frame.Scratch.Release(mark);
        }
    }
}
