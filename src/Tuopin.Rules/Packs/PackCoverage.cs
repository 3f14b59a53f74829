using System.Globalization;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Years or days (yyyyMMdd) for which an area has no value, or two: <paramref name="Of"/> names the parameter or standard.</summary>
public sealed record CoverageFault(string Of, AreaRange Area, int From, int To, bool Twice)
{
    public override string ToString()
    {
        var days = From > 9999;
        var (from, to) = days ? (Day(From), Day(To)) : (Number(From), Number(To));
        return $"{Of}: {(Twice ? "two" : "none")} in force for {AreaName(Area)} {(from == to ? $"in {from}" : $"from {from} to {to}")}";
    }

    private static string Day(int number) => DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The area as the shortest code that means it.</summary>
    public static string AreaName(AreaRange area)
    {
        if (area == AreaRange.Nation)
            return "the nation";
        var (code, width) = (area.From, area.Width + 1);
        return (code / width).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// Walks the years and days of parameters and standards. A gap is legal (it is judged unknown, "no law found"), but somebody should know of it; an
/// overlap is refused at load already and found here only in sets that were built by hand.
/// </summary>
public static class PackCoverage
{
    private const int ForEver = int.MaxValue;

    /// <summary>Everything to report, in the order of the names.</summary>
    public static IEnumerable<CoverageFault> Of(PackSet packs) =>
        packs.Parameters.Values.OrderBy(p => p.Id, StringComparer.Ordinal).SelectMany(Of).Concat(Standards(packs));

    /// <summary>
    /// Gaps and overlaps of one parameter: for each area from its first to its last index. What an enclosing area covers is no gap, because lookup goes
    /// on to it.
    /// </summary>
    public static IEnumerable<CoverageFault> Of(Parameter parameter)
    {
        foreach (var area in parameter.Values.Select(v => v.Area).Distinct().OrderBy(a => a.From).ThenByDescending(a => a.Width))
        {
            var own = parameter.Values.Where(v => v.Area == area).Select(v => (v.From, To: v.To ?? ForEver)).ToList();
            var wider = parameter.Values.Where(v => v.Area != area && v.Area.Contains(area)).Select(v => (v.From, To: v.To ?? ForEver));
            foreach (var fault in Walk(parameter.Id, area, own, [.. wider]))
                yield return fault;
        }
    }

    private static IEnumerable<CoverageFault> Standards(PackSet packs)
    {
        foreach (var standard in packs.Standards.GroupBy(s => (s.Id, s.Area)).OrderBy(g => g.Key.Id, StringComparer.Ordinal))
        {
            var spans = standard.Select(s => (DayNumber.Of(s.InForce.From), s.InForce.To is { } to ? DayNumber.Of(to) : ForEver)).ToList();
            foreach (var fault in Walk(standard.Key.Id, standard.Key.Area, spans, []))
                yield return fault;
        }
    }

    private static IEnumerable<CoverageFault> Walk(string name, AreaRange area, List<(int From, int To)> own, List<(int From, int To)> wider)
    {
        own.Sort();
        for (var i = 1; i < own.Count; i++)
            if (own[i - 1].To >= own[i].From)
                yield return new CoverageFault(name, area, own[i].From, Math.Min(own[i - 1].To, own[i].To), Twice: true);
        var last = own.Max(s => s.To);
        var at = own[0].From;
        while (at <= last)
        {
            // The furthest end among the values that cover the index; without one, the gap lasts until the next value begins.
            var reach = own.Concat(wider).Where(s => s.From <= at && s.To >= at).Select(s => s.To).DefaultIfEmpty(0).Max();
            if (reach >= last)
                yield break;
            if (reach == 0)
            {
                var next = own.Concat(wider).Where(s => s.From > at).Min(s => s.From);
                yield return new CoverageFault(name, area, at, Before(next), Twice: false);
                at = next;
            }
            else
                at = After(reach);
        }
    }

    private static int After(int index) => index > 9999 ? DayNumber.Of(DayNumber.ToDate(index).AddDays(1)) : index + 1;

    private static int Before(int index) => index > 9999 ? DayNumber.Of(DayNumber.ToDate(index).AddDays(-1)) : index - 1;
}
