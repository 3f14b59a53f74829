using System.Runtime.CompilerServices;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>The order of judging: households before areas, and each standard after those whose verdicts it reads.</summary>
public static class StandardOrder
{
    /// <exception cref="InvalidOperationException">Standards read each other in a circle.</exception>
    public static IReadOnlyList<Standard> Sort(IEnumerable<Standard> standards)
    {
        var waiting = standards.OrderByDescending(s => s.Level.Level ?? AreaLevel.Group).ThenBy(s => s.Id, StringComparer.Ordinal).ToList();
        var sorted = new List<Standard>();
        while (waiting.Count > 0)
        {
            var ready = waiting.FirstOrDefault(s => !Reads(s).Any(id => id != s.Id && waiting.Any(w => w.Id == id)));
            if (ready is null)
                throw new InvalidOperationException(
                    $"standards read each other's verdicts in a circle: {string.Join(", ", waiting.Select(s => s.Id))}"
                );
            waiting.Remove(ready);
            sorted.Add(ready);
        }
        return sorted;
    }

    // What a standard reads stays as long as the standard does, and every page with a verdict on it asks for the order.
    private static readonly ConditionalWeakTable<Standard, string[]> Read = [];

    private static string[] Reads(Standard standard) =>
        Read.GetValue(
            standard,
            s =>
                [
                    .. s
                        .Indicators.SelectMany(i => new[] { i.Met, i.ExemptWhen })
                        .OfType<Expr>()
                        .SelectMany(ExprTree.All)
                        .OfType<VerdictRead>()
                        .Select(v => v.StandardId)
                        .Distinct(),
                ]
        );
}
