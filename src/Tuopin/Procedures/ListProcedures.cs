using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary><c>/procedures</c>: the flows that are the law somewhere in the area in view on the work date; each with its steps, source and days.</summary>
public static class ListProcedures
{
    public sealed record Result(AreaVersion Area, IReadOnlyList<Procedure> Procedures);

    /// <param name="County">The county whose days are shown; null where the reader is of none.</param>
    public sealed record One(Procedure Procedure, AreaVersion? County, IReadOnlyDictionary<string, int> Days, bool MaySet);

    public sealed record ToldStep(
        string Id,
        string Kind,
        string Title,
        string Role,
        int? Days,
        string? DaysSetByCounty,
        int? SpotCheck,
        string? ReturnsTo,
        bool MayRefuse
    );

    public sealed record ToldProcedure(
        string Id,
        int Version,
        string Title,
        string Subject,
        string ListOf,
        IReadOnlyList<string> Changes,
        bool Working,
        string Source,
        string Grade,
        IReadOnlyList<ToldStep> Steps
    );

    public sealed record Told(IReadOnlyList<ToldProcedure> Procedures);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/procedures",
                IResult (ConsoleContext context) => new RazorComponentResult<Pages.ProceduresPage>(new { Found = Handle(context) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                "/procedures/{procedure}",
                IResult (ConsoleContext context, string procedure) =>
                    new RazorComponentResult<Pages.ProcedurePage>(new { Shown = Handle(context, procedure) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(Api.Root + "/procedures", (ConsoleContext context, HttpContext http) => Api.Answer(http, Tell(context)))
            .OfApi<Told>(Permission.ViewLists, "procedures", "The procedures in force in an area, step by step")
            .Asks(Api.Area);
    }

    public static Result Handle(ConsoleContext context)
    {
        var area = context.Area(Permission.ViewLists);
        var range = AreaTree.RangeOf(area);
        return new(
            area,
            [
                .. context
                    .Installation.Packs.Procedures.Where(p => p.InForce.Covers(context.WorkDate) && p.Area.Overlaps(range))
                    .OrderBy(p => p.Area.Width)
                    .ThenBy(p => p.Id, StringComparer.Ordinal),
            ]
        );
    }

    public static One Handle(ConsoleContext context, string id)
    {
        var procedure = Find(context, id);
        var maySet = context.Caller.May(Permission.SetProcedureDays);
        var county = maySet
            ? SetProcedureDays.CountyOf(context)
            : context
                .Caller.Scope(Permission.ViewLists)
                .Areas.Select(a => context.Tree.ByCode(a.From) is { } place ? context.Tree.Ancestor(place, 3) : null)
                .FirstOrDefault(a => a is not null);
        return new(
            procedure,
            county,
            county is null ? new Dictionary<string, int>() : SetProcedureDays.Of(context.Reader, null, procedure, county.AreaId),
            maySet
        );
    }

    /// <summary>The version in force, or the last there was. What the law says is no secret: any procedure may be read.</summary>
    /// <exception cref="NotInScope"/>
    public static Procedure Find(ConsoleContext context, string id)
    {
        var versions = context.Installation.Packs.Procedures.Where(p => p.Id == id).ToList();
        return versions.Find(p => p.InForce.Covers(context.WorkDate)) ?? versions.MaxBy(p => p.Version) ?? throw new NotInScope();
    }

    public static Told Tell(ConsoleContext context) =>
        new([
            .. Handle(context)
                .Procedures.Select(p => new ToldProcedure(
                    p.Id,
                    p.Version,
                    context.L[p.Title],
                    p.Subject.Name,
                    Word(p.ListLevel),
                    [.. p.Changes.Select(c => c.Id)],
                    p.Status == PackStatus.Working,
                    p.Source.Title,
                    p.Source.Grade,
                    [
                        .. p.InOrder.Select(s => new ToldStep(
                            s.Id,
                            Word(s.Kind),
                            context.L[s.Title],
                            Word(s.Role),
                            s.Days?.Count,
                            s.Days?.Parameter,
                            s.SpotCheck,
                            s.ReturnsTo,
                            s.MayRefuse
                        )),
                    ]
                )),
        ]);

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
