using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>The what-if page: overlays to tick and numbers of the law to drag; the whole question stands in the address, nothing is written.</summary>
public static class AskWhatIf
{
    private const string Prefix = "set.";

    /// <summary>A number of the law that can be dragged, from <see cref="Min"/> to <see cref="Max"/>.</summary>
    public sealed record Slider(Parameter Parameter, Value InForce, decimal Now, decimal Chosen, decimal Min, decimal Max, decimal Step)
    {
        public bool Changed => Chosen != Now;
    }

    /// <summary>A yes or no of the law.</summary>
    public sealed record Toggle(Parameter Parameter, bool Now, bool Chosen);

    public sealed record Question(IReadOnlyList<Overlay> Overlays, IReadOnlyList<Slider> Sliders, IReadOnlyList<Toggle> Toggles)
    {
        public bool IsEmpty => Overlays.Count == 0 && !Sliders.Any(s => s.Changed) && !Toggles.Any(t => t.Now != t.Chosen);
    }

    /// <summary>One indicator's count of households that fail, as things are and as asked.</summary>
    public sealed record Line(Standard Standard, Indicator Indicator, long Now, long Then);

    public sealed record Answer(
        AreaVersion Area,
        Question Question,
        TryWhatIf.Side Now,
        TryWhatIf.Side Then,
        IReadOnlyList<Line> Lines,
        bool Whole,
        int Households,
        double Milliseconds,
        string Address
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/what-if", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(Api.Root + "/what-if", (ConsoleContext context, HttpContext http) => Api.Answer(http, Tell(context, http.Request.Query)))
            .OfApi<Told>(Permission.ViewFigures, "what-if", "What other facts or other numbers of the law would change; nothing is written")
            .Asks(
                Api.Area,
                ("overlay", "a named change of facts; several may be asked"),
                (
                    $"{Prefix}PARAMETER",
                    $"another value for a parameter of the law: {Prefix}line.exit=4000; without any the answer lists the parameters"
                )
            );
    }

    /// <summary>The answer as the API tells it.</summary>
    /// <param name="Now">As things are; null for a department and after 2020, when exits have ended.</param>
    /// <param name="Households">So many were judged again.</param>
    /// <param name="Page">The question as a page.</param>
    public sealed record Told(
        PickArea.Place Area,
        DateOnly Day,
        int Households,
        IReadOnlyList<ToldOverlay> Overlays,
        IReadOnlyList<ToldNumber> Numbers,
        IReadOnlyList<ToldSwitch> Switches,
        ToldSide? Now,
        ToldSide? Then,
        IReadOnlyList<ToldLine> Indicators,
        string Page
    );

    public sealed record ToldOverlay(string Id, Label Title, bool Asked);

    public sealed record ToldNumber(string Parameter, Label Title, string Unit, decimal InForce, decimal Asked);

    public sealed record ToldSwitch(string Parameter, Label Title, bool InForce, bool Asked);

    /// <summary>Who can exit, incidence once they have, and the poor villages that are ready then.</summary>
    public sealed record ToldSide(long Households, long Persons, decimal? Incidence, int VillagesReady);

    /// <summary>Households (or villages) that fail, as things are and as asked.</summary>
    public sealed record ToldLine(string Standard, string Indicator, Label Title, long Now, long Then);

    // Null for a caller who holds no area.
    private static AreaVersion? AreaOf(ConsoleContext context)
    {
        var area = context.Area(Permission.ViewFigures);
        return context.Caller.Scope(Permission.ViewFigures).Covers(AreaTree.RangeOf(area)) ? area
            : context.Http.Request.Query.ContainsKey("area") ? throw new NotInScope()
            : null;
    }

    /// <exception cref="Refusal">whatif.overlay-unknown, whatif.parameter-unknown, whatif.value-bad.</exception>
    private static Told Tell(ConsoleContext context, IQueryCollection asked)
    {
        var area = AreaOf(context) ?? throw NotInScope.NoArea();
        var question = Read(context.Installation, area, context.WorkDate, asked);
        Refuse(context.Installation, question, asked);
        var answer = Handle(context, area, question);
        ToldSide? Side(TryWhatIf.Side side) =>
            answer.Whole && context.WorkDate.Year <= 2020
                ? new(side.CanExit.Households, side.CanExit.Persons, side.Incidence, side.VillagesReady)
                : null;
        return new(
            PickArea.Tell(area),
            context.WorkDate,
            answer.Households,
            [
                .. context
                    .Installation.Packs.Overlays.Values.OrderBy(o => o.Id, StringComparer.Ordinal)
                    .Select(o => new ToldOverlay(o.Id, o.Label, question.Overlays.Contains(o))),
            ],
            [.. question.Sliders.Select(s => new ToldNumber(s.Parameter.Id, s.Parameter.Label, s.Parameter.Unit, s.Now, s.Chosen))],
            [.. question.Toggles.Select(t => new ToldSwitch(t.Parameter.Id, t.Parameter.Label, t.Now, t.Chosen))],
            Side(answer.Now),
            Side(answer.Then),
            [.. answer.Lines.Select(l => new ToldLine(l.Standard.Id, l.Indicator.Id, l.Indicator.Title, l.Now, l.Then))],
            answer.Address
        );
    }

    // A page passes over what it cannot read, and shows what it did; a program would take the answer for that to its question.
    private static void Refuse(Installation installation, Question question, IQueryCollection asked)
    {
        var overlays = installation.Packs.Overlays;
        foreach (var name in asked["overlay"].Select(o => o ?? "").Where(o => !overlays.ContainsKey(o)))
            throw new Refusal("whatif.overlay-unknown", $"no overlay is called '{name}'; there are {string.Join(", ", overlays.Keys)}");
        var parameters = question.Sliders.Select(s => s.Parameter).Concat(question.Toggles.Select(t => t.Parameter)).ToDictionary(p => p.Id);
        foreach (var (key, values) in asked.Where(q => q.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = key[Prefix.Length..];
            if (!parameters.TryGetValue(name, out var parameter))
                throw new Refusal("whatif.parameter-unknown", $"no standard in force here reads a parameter '{name}'");
            if (Asked(parameter, asked) is null)
                throw new WrongUsage("whatif.value-bad", $"'{values}' is not a value of {name} ({parameter.Type}, {parameter.Unit})");
        }
    }

    private static IResult Show(ConsoleContext context, HttpContext http)
    {
        if (AreaOf(context) is not { } area)
            return new RazorComponentResult<Pages.NoWholeAreaPage>();
        var question = Read(context.Installation, area, context.WorkDate, http.Request.Query);
        var answer = Handle(context, area, question);
        if (!context.WantsPart)
            return new RazorComponentResult<Pages.WhatIfPage>(new { Answer = answer });
        http.Response.Headers["HX-Replace-Url"] = answer.Address;
        return new RazorComponentResult<Pages.WhatIfAnswer>(new { Answer = answer });
    }

    public static Answer Handle(ConsoleContext context, AreaVersion area, Question question)
    {
        var installation = context.Installation;
        var clock = Stopwatch.StartNew();
        var snapshot = WhatIfSnapshots.Of(installation.Store).Find(installation, context.Reader, area, context.WorkDate);
        clock.Restart();
        var (now, then) = snapshot.Ask(ChangeOf(question));
        var time = clock.Elapsed.TotalMilliseconds;
        var fields = context.Caller.FieldsOf(Permission.ViewFigures);
        var lines = Judging
            .InForce(installation.Packs.Standards, AreaTree.RangeOf(area), context.WorkDate)
            .Where(s => s.Level.Level is null or AreaLevel.Village)
            .OrderBy(s => s.Level.Level is null ? 0 : 1)
            .ThenBy(s => s.Area.Width)
            .SelectMany(s =>
                s.Indicators.Where(i => !i.Retired && (fields is null || fields.Contains(i.Department)) && now.Unmet.ContainsKey($"{s.Id}/{i.Id}"))
                    .Select(i => new Line(s, i, now.Unmet[$"{s.Id}/{i.Id}"], then.Unmet[$"{s.Id}/{i.Id}"]))
            )
            .ToList();
        return new(area, question, now, then, lines, fields is null, snapshot.Households, time, AddressOf(area, question));
    }

    /// <summary>What the address asks; what it cannot mean is ignored.</summary>
    public static Question Read(Installation installation, AreaVersion area, DateOnly day, IQueryCollection asked)
    {
        var packs = installation.Packs;
        var on = new JudgingDay(day);
        var parameters = Judging
            .InForce(packs.Standards, AreaTree.RangeOf(area), day)
            .Where(s => s.Level.Level is null or AreaLevel.Village)
            .SelectMany(s => BrowseStandards.ParametersOf(s.Indicators.Where(i => !i.Retired)))
            .DistinctBy(p => p.Id)
            .Select(p => (Parameter: p, InForce: p.InForce(area.Code, p.IndexOn(on))))
            .Where(p => p.InForce is not null)
            .OrderBy(p => p.Parameter.Id == "line.exit" ? 0 : 1)
            .ThenBy(p => p.Parameter.Id, StringComparer.Ordinal)
            .ToList();
        return new(
            [.. packs.Overlays.Values.Where(o => asked["overlay"].Contains(o.Id)).OrderBy(o => o.Id, StringComparer.Ordinal)],
            [
                .. parameters
                    .Where(p => p.Parameter.Type.IsNumeric)
                    .Select(p => SliderOf(p.Parameter, p.InForce!.Value, Asked(p.Parameter, asked) ?? p.InForce!.Value)),
            ],
            [
                .. parameters
                    .Where(p => p.Parameter.Type.Kind == Kind.Bool)
                    .Select(p => new Toggle(p.Parameter, p.InForce!.Value.Number == 1, (Asked(p.Parameter, asked) ?? p.InForce!.Value).Number == 1)),
            ]
        );
    }

    /// <summary>The question as an address that can be sent to somebody else.</summary>
    public static string AddressOf(AreaVersion area, Question question)
    {
        var parts = question
            .Overlays.Select(o => $"overlay={Uri.EscapeDataString(o.Id)}")
            .Concat(question.Sliders.Where(s => s.Changed).Select(s => $"{Prefix}{s.Parameter.Id}={Text(s.Chosen)}"))
            .Concat(question.Toggles.Where(t => t.Now != t.Chosen).Select(t => $"{Prefix}{t.Parameter.Id}={(t.Chosen ? "true" : "false")}"));
        return $"/what-if?{string.Join('&', parts.Prepend($"area={PickArea.Code(area)}"))}";
    }

    public static string Text(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static Overlay ChangeOf(Question question) =>
        new(
            "whatif",
            new Label("假设", "what-if"),
            [.. question.Overlays.SelectMany(o => o.Sets)],
            question
                .Overlays.SelectMany(o => o.Parameters)
                .Concat(
                    question
                        .Sliders.Where(s => s.Changed)
                        .Select(s => KeyValuePair.Create(s.Parameter.Id, TryWhatIf.TryRead(s.Parameter, Text(s.Chosen))!.Value))
                )
                .Concat(question.Toggles.Where(t => t.Now != t.Chosen).Select(t => KeyValuePair.Create<string, Value>(t.Parameter.Id, t.Chosen)))
                .GroupBy(p => p.Key, StringComparer.Ordinal)
                .ToImmutableDictionary(g => g.Key, g => g.Last().Value)
        );

    private static Value? Asked(Parameter parameter, IQueryCollection asked) =>
        asked[Prefix + parameter.Id].LastOrDefault() is { Length: > 0 and < 40 } text ? TryWhatIf.TryRead(parameter, text) : null;

    // From half to half as much again of what is in force, in the smallest steps that give at most two thousand places.
    private static Slider SliderOf(Parameter parameter, Value inForce, Value chosen)
    {
        var (now, at) = (BrowseStandards.Number(parameter, inForce)!.Value, BrowseStandards.Number(parameter, chosen)!.Value);
        var scale = parameter.Type.Kind switch
        {
            Kind.Fen => 100m,
            Kind.Decimal => (decimal)Math.Pow(10, parameter.Type.Scale),
            _ => 1m,
        };
        var reach = Math.Max(Math.Ceiling(Math.Abs(now) * scale / 2) / scale, 1 / scale);
        var step = 1 / scale;
        while (reach / step > 1000)
            step *= 10;
        reach = Math.Ceiling(reach / step) * step;
        var min = Math.Max(now - reach, (decimal)parameter.Type.Min / scale);
        var max = Math.Min(now + reach, (decimal)parameter.Type.Max / scale);
        return new(
            parameter,
            inForce,
            now,
            Math.Clamp(at, (decimal)parameter.Type.Min / scale, (decimal)parameter.Type.Max / scale),
            Math.Min(min, at),
            Math.Max(max, at),
            step
        );
    }
}
