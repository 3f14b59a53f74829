using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary>
/// The law as it stands in the packs: which standard decides for a place on a day, its text, its sources, and its dated numbers. It reads packs and the
/// area tree, never a household, so it answers for any place of the nation.
/// </summary>
public static class BrowseStandards
{
    /// <summary>A standard for a place: whether it applies to the whole of it, and whether no narrower one of its level does.</summary>
    public sealed record Applying(Standard Standard, bool Whole, bool Decides);

    /// <summary>A dated number of the law at a place: the entry in force, or null when no law was found.</summary>
    public sealed record Threshold(Parameter Parameter, int Index, ParameterValue? InForce);

    /// <summary>What holds at a place on a day.</summary>
    public sealed record Law(AreaVersion Place, DateOnly Day, IReadOnlyList<Applying> Standards, IReadOnlyList<Threshold> Thresholds);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/standards", List).Needs(Permission.ViewStandards);
        routes.MapGet("/standards/{id}", ShowStandard).Needs(Permission.ViewStandards);
        routes
            .MapGet(
                Api.Root + "/standards/{id}",
                (ConsoleContext context, HttpContext http, string id, string? area, string? day) =>
                    Api.Answer(http, Tell(FindStandard(context, id, ListStandards.PlaceOf(context, area), AreaArgument.Day(day) ?? context.WorkDate)))
            )
            .OfApi<Told>(
                Permission.ViewStandards,
                "standard",
                "A standard: its rules, the facts they read, the dated numbers, and where all that is from"
            )
            .Asks(
                ("area", "code of any place, 2 to 12 digits: the dated numbers are of there"),
                ("day", "2020-06-12; the version in force on it, else the last; without it the work date")
            );
    }

    /// <summary>A version of a standard, with the dated numbers it reads at a place on a day.</summary>
    private sealed record Found(
        Standard Standard,
        IReadOnlyList<Standard> Versions,
        AreaVersion Place,
        DateOnly Day,
        IReadOnlyList<Threshold> Thresholds
    );

    /// <summary>A standard as the API tells it.</summary>
    /// <param name="InForce">On the day.</param>
    /// <param name="Place">Where the dated numbers are of.</param>
    public sealed record Told(
        string Id,
        int Version,
        bool InForce,
        DateOnly Day,
        string Level,
        Label Title,
        string AreaFrom,
        string AreaTo,
        DateOnly From,
        DateOnly? To,
        PackStatus Status,
        Source Source,
        string Hash,
        IReadOnlyList<ToldVersion> Versions,
        IReadOnlyList<ToldIndicator> Indicators,
        PickArea.Place Place,
        IReadOnlyList<ToldNumber> Numbers
    );

    public sealed record ToldVersion(int Version, DateOnly From, DateOnly? To);

    /// <summary>A rule as it is written in the pack; without a text of the law (Met is null) the verdict is always unknown.</summary>
    public sealed record ToldIndicator(
        string Id,
        Label Title,
        string Department,
        CountUnit Counts,
        string? Met,
        string? ExemptWhen,
        string? Value,
        string? Limit,
        string? Unit,
        IReadOnlyList<string> Facts,
        int? Points,
        Label? Note,
        Source Source
    );

    /// <summary>A dated number of the law; without an entry in force Text and Source are null: no law was found.</summary>
    /// <param name="Number">Null where the value is no number.</param>
    public sealed record ToldNumber(
        string Parameter,
        Label Title,
        string Unit,
        decimal? Number,
        string? Text,
        string? From,
        string? To,
        PackStatus? Status,
        Source? Source
    );

    private static Told Tell(Found found)
    {
        var s = found.Standard;
        string? Text(Expr? rule) => rule is null ? null : ExprText.Of(rule);
        return new(
            s.Id,
            s.Version,
            s.InForce.Covers(found.Day),
            found.Day,
            s.Level.Name,
            s.Title,
            $"{s.Area.From:D12}",
            $"{s.Area.To:D12}",
            s.InForce.From,
            s.InForce.To,
            s.Status,
            s.Source,
            s.Hash,
            [.. found.Versions.Select(v => new ToldVersion(v.Version, v.InForce.From, v.InForce.To))],
            [
                .. s
                    .Indicators.Where(i => !i.Retired)
                    .OrderBy(i => i.Bit)
                    .Select(i => new ToldIndicator(
                        i.Id,
                        i.Title,
                        i.Department,
                        i.Counts,
                        Text(i.Met),
                        Text(i.ExemptWhen),
                        Text(i.Value),
                        Text(i.Limit),
                        i.Unit,
                        [.. FactsOf(i).Select(f => f.ToString())],
                        i.Points,
                        i.Note,
                        i.Source
                    )),
            ],
            PickArea.Tell(found.Place),
            [
                .. found.Thresholds.Select(t => new ToldNumber(
                    t.Parameter.Id,
                    t.Parameter.Label,
                    t.Parameter.Unit,
                    t.InForce is { } held ? Number(t.Parameter, held.Value) : null,
                    t.InForce is { } read ? BrowseStandards.Text(t.Parameter, read.Value) : null,
                    t.InForce is { } begins ? IndexText(begins.From) : null,
                    t.InForce?.To is { } ends ? IndexText(ends) : null,
                    t.InForce?.Status,
                    t.InForce?.Source
                )),
            ]
        );
    }

    private static IResult List(ConsoleContext context, string? place, string? day)
    {
        var found = Find(context, place);
        return new RazorComponentResult<Pages.StandardsPage>(
            new { Law = Handle(context.Installation.Packs, found.Place, DayOf(context, day)), Found = found }
        );
    }

    private static IResult ShowStandard(ConsoleContext context, string id, string? place, string? day)
    {
        var found = FindStandard(context, id, PlaceOf(context, place), DayOf(context, day));
        return new RazorComponentResult<Pages.StandardPage>(
            new
            {
                found.Standard,
                found.Versions,
                found.Place,
                found.Day,
                found.Thresholds,
            }
        );
    }

    /// <exception cref="NotInScope">No standard has this id.</exception>
    private static Found FindStandard(ConsoleContext context, string id, AreaVersion where, DateOnly on)
    {
        var versions = context.Installation.Packs.Standards.Where(s => s.Id == id).OrderBy(s => s.InForce.From).ToList();
        if (versions.Count == 0)
            throw new NotInScope();
        var shown = versions.Find(v => v.InForce.Covers(on)) ?? versions[^1];
        if (!shown.Area.Contains(AreaTree.RangeOf(where)))
            where = context.Tree.ByCode(shown.Area.From) ?? where;
        return new(shown, versions, where, on, Thresholds(ParametersOf(shown.Indicators), where, on));
    }

    /// <summary>The law of a place on a day, the deciding standards first.</summary>
    public static Law Handle(PackSet packs, AreaVersion place, DateOnly day)
    {
        var range = AreaTree.RangeOf(place);
        var applying = Judging
            .InForce(packs.Standards, range, day)
            .Select(s => new Applying(s, s.Area.Contains(range), false))
            .OrderBy(a => a.Standard.Level.Level is null ? 0 : 9 - (int)a.Standard.Level.Level)
            .ThenBy(a => !a.Whole)
            .ThenBy(a => a.Standard.Area.Width)
            .ThenBy(a => a.Standard.Id, StringComparer.Ordinal)
            .ToList();
        var deciding = applying
            .Where(a => a.Whole)
            .GroupBy(a => a.Standard.Level)
            .Select(g => g.MinBy(a => a.Standard.Area.Width)!.Standard)
            .ToHashSet();
        return new(
            place,
            day,
            [.. applying.Select(a => a with { Decides = deciding.Contains(a.Standard) })],
            Thresholds(packs.Parameters.Values, place, day)
        );
    }

    public static IReadOnlyList<Threshold> Thresholds(IEnumerable<Parameter> parameters, AreaVersion place, DateOnly day) =>
        [
            .. parameters
                .OrderBy(p => p.Id, StringComparer.Ordinal)
                .Select(p => (Parameter: p, Index: p.IndexOn(new JudgingDay(day))))
                .Select(p => new Threshold(p.Parameter, p.Index, p.Parameter.InForce(place.Code, p.Index))),
        ];

    /// <summary>The dated numbers that rules read, each once.</summary>
    public static IReadOnlyList<Parameter> ParametersOf(IEnumerable<Indicator> indicators) =>
        [.. indicators.SelectMany(RulesOf).SelectMany(e => e.All()).OfType<ParameterRead>().Select(r => r.Parameter).DistinctBy(p => p.Id)];

    /// <summary>The facts that a rule reads, each once, in the order of reading.</summary>
    public static IReadOnlyList<Fact> FactsOf(Indicator indicator) =>
        [.. RulesOf(indicator).SelectMany(e => e.All()).OfType<FactRead>().Select(r => r.Fact).Distinct()];

    public static IEnumerable<Expr> RulesOf(Indicator indicator) =>
        new[] { indicator.Met, indicator.ExemptWhen, indicator.Value, indicator.Limit }.OfType<Expr>();

    /// <summary>A value of a parameter for people: a number without its quotes and units.</summary>
    public static string Text(Parameter parameter, Value value) =>
        parameter.Type.Kind switch
        {
            Kind.Fen => Trimmed(value.Number, 2),
            Kind.Decimal => Trimmed(value.Number, parameter.Type.Scale),
            Kind.Date => DayNumber.ToDate(value.Number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Kind.Bool => value.Number == 1 ? "✓" : "✗",
            Kind.Text => value.Text ?? "",
            _ => ExprText.Of(parameter.Type, value),
        };

    /// <summary>The number to draw: yuan, or the plain number; null where a value is not a number.</summary>
    public static decimal? Number(Parameter parameter, Value value) =>
        parameter.Type.Kind switch
        {
            Kind.Fen => value.Number / 100m,
            Kind.Decimal => value.Number / (decimal)Math.Pow(10, parameter.Type.Scale),
            Kind.Int => value.Number,
            _ => null,
        };

    /// <summary>The first or last index of an entry as people write it: a year, or a day.</summary>
    public static string IndexText(int? index) =>
        index is not { } at ? "…"
        : at > 9999 ? DayNumber.ToDate(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : at.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name of the area a standard or an entry is for.</summary>
    public static string NameOf(AreaTree tree, AreaRange area) =>
        tree.ByCode(area == AreaRange.Nation ? 0 : area.From) is { } place ? place.Name : area.From.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>A place that was asked for.</summary>
    /// <param name="Place">The place found; where nothing was, the area in view.</param>
    /// <param name="Missed">What was asked for and names no place.</param>
    /// <param name="Others">Other places of this name.</param>
    public sealed record PlaceFound(AreaVersion Place, string? Missed, IReadOnlyList<AreaVersion> Others);

    private const int OthersShown = 12;

    /// <summary>The place asked for by name or code, of any scope: law is public. Without one, the area in view.</summary>
    public static PlaceFound Find(ConsoleContext context, string? asked)
    {
        var tree = context.Tree;
        var text = asked?.Trim() is { Length: > 0 and <= 60 } given ? given : null;
        if (text is null)
            return new(context.Area(Permission.ViewStandards), null, []);
        if ((text == "0" ? tree.ByCode(0) : tree.ByCode(text)) is { } place)
            return new(place, null, []);
        // Whole names before parts of names, wide places before narrow ones.
        var named = tree
            .All.Where(a => a.Name.Contains(text, StringComparison.Ordinal))
            .OrderBy(a => a.Name != text)
            .ThenBy(a => a.Level)
            .ThenBy(a => a.Code)
            .Take(OthersShown + 1)
            .ToList();
        return named is [var first, .. var others] ? new(first, null, others) : new(context.Area(Permission.ViewStandards), text, []);
    }

    /// <summary>What a field says to find the same place again: its name, or its code where others have the name, too.</summary>
    public static string NameFor(AreaTree tree, AreaVersion place) =>
        tree.All.Count(a => a.Name == place.Name) == 1 ? place.Name : PickArea.Code(place);

    /// <inheritdoc cref="Find"/>
    public static AreaVersion PlaceOf(ConsoleContext context, string? asked) => Find(context, asked).Place;

    /// <summary>The day asked for, else the work date; a day that is none is ignored.</summary>
    public static DateOnly DayOf(ConsoleContext context, string? day) => DayText.Read(day) ?? context.WorkDate;

    private static string Trimmed(long number, int scale)
    {
        var text = ExprText.Scaled(number, scale);
        var trimmed = scale > 0 ? text.TrimEnd('0').TrimEnd('.') : text;
        return decimal.TryParse(trimmed, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("#,0.####", CultureInfo.InvariantCulture)
            : trimmed;
    }
}
