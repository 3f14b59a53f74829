using System.Globalization;

namespace Tuopin.Bench;

/// <summary>
/// The table that is printed: one row for each thing measured, as a ratio against a named rival of the same run or as an amount, with its bar. A bar is
/// missed only when every round misses it.
/// </summary>
internal sealed class Report
{
    public const int Rounds = 5;
    private readonly List<string> rows = [];

    public bool Failed { get; private set; }

    public static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    public void Note(FormattableString text) => Note(FormattableString.Invariant(text));

    public void Note(string text) => Console.WriteLine($"  {text}");

    /// <summary>theirs / ours must reach the bar.</summary>
    public void AtLeast(string name, string rival, IReadOnlyList<double> theirs, IReadOnlyList<double> ours, string unit, double bar) =>
        Row(name, rival, ours, theirs, unit, [.. theirs.Zip(ours, (t, o) => t / o)], bar, atLeast: true);

    /// <summary>ours / theirs must not pass the bar.</summary>
    public void AtMost(string name, string rival, IReadOnlyList<double> ours, IReadOnlyList<double> theirs, string unit, double bar) =>
        Row(name, rival, ours, theirs, unit, [.. ours.Zip(theirs, (o, t) => o / t)], bar, atLeast: false);

    /// <summary>An amount without a rival must not pass the bar.</summary>
    public void Amount(string name, IReadOnlyList<double> ours, string unit, double? bar) =>
        Row(name, "", ours, null, unit, ours, bar, atLeast: false);

    private void Row(
        string name,
        string rival,
        IReadOnlyList<double> ours,
        IReadOnlyList<double>? theirs,
        string unit,
        IReadOnlyList<double> figures,
        double? bar,
        bool atLeast
    )
    {
        var missed = bar is { } b && figures.All(f => atLeast ? f < b : f > b);
        Failed |= missed;
        var figure = Median(figures);
        var verdict =
            bar is not { } limit ? ""
            : missed ? $"MISSED {(atLeast ? ">=" : "<=")} {Text(limit)}"
            : $"{((atLeast ? figure >= limit : figure <= limit) ? "ok" : "ok, not in every round")} {(atLeast ? ">=" : "<=")} {Text(limit)}";
        var against = theirs is null ? $"{Text(Median(ours))} {unit}" : $"{Text(Median(ours))} against {Text(Median(theirs))} {unit}";
        rows.Add(
            $"| {name} | {(rival.Length == 0 ? "-" : rival)} | {against} | {(theirs is null ? "-" : Text(figure) + " x")} | {(verdict.Length == 0 ? "-" : verdict)} |"
        );
        Console.WriteLine($"  {name}: {against}{(theirs is null ? "" : $": {Text(figure)} x")} {verdict}");
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| measured | rival | ours, theirs (median of the rounds) | ratio | bar |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var row in rows)
            Console.WriteLine(row);
    }

    private static string Text(double value) =>
        value.ToString(
            value >= 100 ? "N0"
                : value >= 10 ? "0.0"
                : value >= 1 ? "0.00"
                : "0.000",
            CultureInfo.InvariantCulture
        );
}
