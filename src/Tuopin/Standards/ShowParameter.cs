using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary><c>/standards/parameters/{id}</c>: one dated number of the law, all its entries with their sources, and which standards read it.</summary>
public static class ShowParameter
{
    /// <param name="Readers">The versions of standards that read it.</param>
    public sealed record Found(Parameter Parameter, AreaVersion Place, DateOnly Day, ParameterValue? InForce, IReadOnlyList<Standard> Readers);

    /// <summary>A dated number as the API tells it.</summary>
    /// <param name="IndexedBy">What From and To of an entry are: days, or years of income, of policy, of the registry.</param>
    /// <param name="InForce">What holds at the place on the day; null when no law was found.</param>
    public sealed record Told(
        string Id,
        Label Title,
        string Unit,
        IndexedBy IndexedBy,
        PickArea.Place Place,
        DateOnly Day,
        ToldEntry? InForce,
        IReadOnlyList<ToldEntry> Entries,
        IReadOnlyList<ToldReader> Standards
    );

    /// <param name="Number">Null where the value is no number.</param>
    /// <param name="To">The last day or year it holds; null while it holds.</param>
    public sealed record ToldEntry(
        string AreaFrom,
        string AreaTo,
        string From,
        string? To,
        decimal? Number,
        string Text,
        PackStatus Status,
        Source Source,
        DateOnly Verified,
        Label? Note
    );

    public sealed record ToldReader(string Id, int Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/standards/parameters/{id}",
                IResult (ConsoleContext context, string id, string? place, string? day) =>
                    new RazorComponentResult<Pages.ParameterPage>(
                        new { Found = Handle(context, id, BrowseStandards.PlaceOf(context, place), BrowseStandards.DayOf(context, day)) }
                    )
            )
            .Needs(Permission.ViewStandards);
        routes
            .MapGet(
                Api.Root + "/parameters/{id}",
                (ConsoleContext context, HttpContext http, string id, string? area, string? day) =>
                    Api.Answer(http, Tell(Handle(context, id, ListStandards.PlaceOf(context, area), AreaArgument.Day(day) ?? context.WorkDate)))
            )
            .OfApi<Told>(Permission.ViewStandards, "parameter", "A dated number of the law: every entry with its area, period and source")
            .Asks(
                ("area", "code of any place, 2 to 12 digits: what is in force there; without it the widest of your own"),
                ("day", "2020-06-12; without it the work date")
            );
    }

    /// <exception cref="NotInScope">No parameter has this id.</exception>
    private static Found Handle(ConsoleContext context, string id, AreaVersion place, DateOnly day)
    {
        var packs = context.Installation.Packs;
        var parameter = packs.Parameters.GetValueOrDefault(id) ?? throw new NotInScope();
        return new(
            parameter,
            place,
            day,
            parameter.InForce(place.Code, parameter.IndexOn(new(day))),
            [
                .. packs
                    .Standards.Where(s => BrowseStandards.ParametersOf(s.Indicators).Any(p => p.Id == id))
                    .OrderBy(s => s.Id, StringComparer.Ordinal)
                    .ThenBy(s => s.Version),
            ]
        );
    }

    private static Told Tell(Found found)
    {
        var p = found.Parameter;
        return new(
            p.Id,
            p.Label,
            p.Unit,
            p.IndexedBy,
            PickArea.Tell(found.Place),
            found.Day,
            found.InForce is { } held ? Tell(p, held) : null,
            [.. Entries(p).Select(v => Tell(p, v))],
            [.. found.Readers.Select(s => new ToldReader(s.Id, s.Version))]
        );
    }

    private static ToldEntry Tell(Parameter parameter, ParameterValue entry) =>
        new(
            $"{entry.Area.From:D12}",
            $"{entry.Area.To:D12}",
            BrowseStandards.IndexText(entry.From),
            entry.To is { } to ? BrowseStandards.IndexText(to) : null,
            BrowseStandards.Number(parameter, entry.Value),
            BrowseStandards.Text(parameter, entry.Value),
            entry.Status,
            entry.Source,
            entry.Verified,
            entry.Note
        );

    /// <summary>By area, the widest first, and by time.</summary>
    public static IEnumerable<ParameterValue> Entries(Parameter parameter) =>
        parameter.Values.OrderBy(v => v.Area.From).ThenByDescending(v => v.Area.Width).ThenBy(v => v.From);
}
