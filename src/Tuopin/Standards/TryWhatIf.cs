using System.CommandLine;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin whatif</c>: the area judged in memory as it is and as it would be with other parameters or overlays, and what that changes. Nothing is written.
/// </summary>
public static class TryWhatIf
{
    public sealed record Counts(long Households, long Persons);

    /// <summary>One side of the comparison.</summary>
    /// <param name="CanExit">Remaining households that meet every indicator of their deciding standard.</param>
    /// <param name="Incidence">Remaining persons over the rural base once all who can exit have.</param>
    /// <param name="VillagesReady">Poor villages that meet every indicator then.</param>
    /// <param name="Unmet">Households that fail, by standard/indicator.</param>
    public sealed record Side(Counts CanExit, decimal? Incidence, int VillagesReady, IReadOnlyDictionary<string, long> Unmet);

    public sealed record Report(
        string Area,
        string Name,
        string AsOf,
        IReadOnlyList<string> Overlays,
        IReadOnlyDictionary<string, string> Set,
        Side Now,
        Side WhatIf,
        double Seconds
    );

    public sealed record Choice(string Kind, string Id, string Label, string? Unit);

    public static Command Command(Shell shell)
    {
        var (area, asOf) = (AreaArgument.Area(), AreaArgument.AsOf());
        var set = new Option<string[]>("--set")
        {
            Description = "NAME=VALUE, a parameter of the law (line.exit=4000)",
            AllowMultipleArgumentsPerToken = true,
        };
        var overlay = new Option<string[]>("--overlay") { Description = "named change of facts", AllowMultipleArgumentsPerToken = true };
        var list = new Option<bool>("--list") { Description = "list overlays and parameters" };
        var command = new Command("whatif", "what would change under other facts or other law") { area, asOf, set, overlay, list };
        command.SetAction(
            shell.Run(parsed =>
            {
                if (parsed.GetValue(list))
                {
                    Show(shell, List(Installation.LoadPacks(Shell.Options(parsed))));
                    return;
                }
                var installation = shell.Open(parsed);
                var report = Handle(
                    installation,
                    parsed.GetValue(area),
                    AreaArgument.Day(parsed.GetValue(asOf)),
                    parsed.GetValue(set) ?? [],
                    parsed.GetValue(overlay) ?? []
                );
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    Print(shell.Output, report);
            })
        );
        return command;
    }

    /// <exception cref="Refusal">whatif.overlay-unknown, whatif.parameter-unknown, whatif.value-bad, whatif.nothing, area.unknown.</exception>
    public static Report Handle(
        Installation installation,
        string? areaCode,
        DateOnly? asOf,
        IReadOnlyList<string> set,
        IReadOnlyList<string> overlays
    )
    {
        if (set.Count == 0 && overlays.Count == 0)
            throw new WrongUsage("whatif.nothing", "say what to change: --overlay NAME or --set NAME=VALUE; --list shows what there is");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var change = Combine(installation, set, overlays);
        var day = asOf ?? installation.WorkDate;
        using var connection = installation.Store.Open();
        var area = AreaArgument.Find(AreaTree.Load(connection, day), areaCode, installation);
        var judging = Judging.Begin(installation, connection, null, area, day, store: false);
        var question = WhatIf.Load(judging, change);
        return new(
            ListGaps.Code(area),
            area.Name,
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            overlays,
            set.Select(s => s.Split('=', 2)).DistinctBy(s => s[0]).ToDictionary(s => s[0], s => s[1]),
            question.Ask(null),
            question.Ask(change),
            clock.Elapsed.TotalSeconds
        );
    }

    private static Overlay Combine(Installation installation, IReadOnlyList<string> set, IReadOnlyList<string> names)
    {
        var packs = installation.Packs;
        var chosen = names
            .Select(n =>
                packs.Overlays.GetValueOrDefault(n)
                ?? throw new Refusal("whatif.overlay-unknown", $"no overlay is called '{n}'; there are {string.Join(", ", packs.Overlays.Keys)}")
            )
            .ToList();
        var parameters = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, value) in chosen.SelectMany(o => o.Parameters))
            if (!parameters.TryAdd(name, value))
                throw new Refusal("whatif.parameter-twice", $"two overlays set the parameter '{name}'");
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in set)
        {
            var (name, value) = text.Split('=', 2) is [var n, var v]
                ? (n, v)
                : throw new WrongUsage("whatif.value-bad", $"'{text}' is not NAME=VALUE");
            var parameter =
                packs.Parameters.GetValueOrDefault(name)
                ?? throw new Refusal("whatif.parameter-unknown", $"the law has no parameter '{name}'; --list shows them");
            if (!named.Add(name))
                throw new WrongUsage("whatif.set-twice", $"'{name}' is set twice");
            parameters[name] = Read(parameter, value);
        }
        return new Overlay(
            "whatif",
            new Label("假设", "what-if"),
            [.. chosen.SelectMany(o => o.Sets)],
            System.Collections.Immutable.ImmutableDictionary.CreateRange(parameters)
        );
    }

    private static Value Read(Parameter parameter, string text) =>
        TryRead(parameter, text)
        ?? throw new WrongUsage("whatif.value-bad", $"'{text}' is not a value of {parameter.Id} ({parameter.Type}, {parameter.Unit})");

    /// <summary>The value a text means for a parameter, or null when it is none.</summary>
    public static Value? TryRead(Parameter parameter, string text)
    {
        if (parameter.Type.Kind == Kind.Bool && bool.TryParse(text, out var flag))
            return flag;
        if (
            parameter.Type.Kind == Kind.Date
            && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        )
            return DayNumber.Of(day);
        if (!parameter.Type.IsNumeric)
            return null;
        var scale = parameter.Type.Kind == Kind.Fen ? 2 : parameter.Type.Scale;
        if (
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1_000_000_000_000_000m
            && number * (decimal)Math.Pow(10, scale) is var stored
            && stored == decimal.Truncate(stored)
            && (Int128)stored >= parameter.Type.Min
            && (Int128)stored <= parameter.Type.Max
        )
            return (long)stored;
        return null;
    }

    private static IReadOnlyList<Choice> List(Rules.Packs.PackSet packs) =>
        [
            .. packs.Overlays.Values.Select(o => new Choice("overlay", o.Id, o.Label.Zh, null)),
            .. packs.Parameters.Values.Select(p => new Choice("parameter", p.Id, p.Label.Zh, p.Unit)),
        ];

    private static void Show(Shell shell, IReadOnlyList<Choice> choices)
    {
        if (shell.IsJson)
            shell.PrintJson(choices);
        else
            foreach (var c in choices)
                shell.Output.WriteLine($"{c.Kind, -10} {c.Id, -40} {c.Label}{(c.Unit is { } u ? $" ({u})" : "")}");
    }

    private static void Print(TextWriter output, Report report)
    {
        output.WriteLine(
            $"{report.Name} {report.Area}  {report.AsOf}  {string.Join(' ', report.Overlays.Concat(report.Set.Select(s => $"{s.Key}={s.Value}")))}"
        );
        output.WriteLine(Columns.Pad("", 41) + "now 现状" + Columns.Pad("", 9) + "what if 假设");
        Line("can exit 可脱贫 households", report.Now.CanExit.Households, report.WhatIf.CanExit.Households);
        Line("can exit 可脱贫 persons", report.Now.CanExit.Persons, report.WhatIf.CanExit.Persons);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {Columns.Pad("incidence 发生率 after exits", 32)} {report.Now.Incidence, 14:P2} {report.WhatIf.Incidence, 20:P2}"
            )
        );
        Line("poor villages ready 可出列村", report.Now.VillagesReady, report.WhatIf.VillagesReady);
        foreach (var (indicator, now) in report.Now.Unmet)
            if (report.WhatIf.Unmet[indicator] is var then && then != now)
                Line($"unmet {indicator}", now, then);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  nothing was written ({report.Seconds:0.0} s)"));

        void Line(string name, long now, long then) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Columns.Pad(name, 32)} {now, 14:N0} {then, 20:N0}"));
    }
}
