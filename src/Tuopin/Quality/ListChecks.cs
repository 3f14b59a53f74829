using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Quality;

/// <summary><c>/checks</c>: the data checks in force in the area in view, what each found there and how that stands, and those without a law.</summary>
public static class ListChecks
{
    /// <param name="Counts">By standing (<see cref="Findings.Standings"/>).</param>
    public sealed record Line(Check Check, IReadOnlyDictionary<string, long> Counts)
    {
        public long Of(string standing) => Counts.GetValueOrDefault(standing);
    }

    public sealed record Result(AreaVersion Area, IReadOnlyList<Line> Lines, IReadOnlyList<Check> NoLaw, Freshness Freshness, bool MayRun)
    {
        public long Of(string standing) => Lines.Sum(l => l.Of(standing));
    }

    /// <param name="Kind">error or suspect.</param>
    /// <param name="Source">The law it stands on, and its grade.</param>
    public sealed record Told(
        string Id,
        int Number,
        string Kind,
        Label Title,
        string Over,
        string Source,
        string Grade,
        bool NoLaw,
        long Waiting,
        long Asked,
        long True,
        long False,
        long Exempt,
        long Cleared
    );

    public sealed record ToldPage(string Area, DateOnly Day, string State, IReadOnlyList<Told> Checks);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/checks", IResult (ConsoleContext context) => new RazorComponentResult<Pages.ChecksPage>(new { Found = Handle(context) }))
            .Needs(Permission.ViewFindings);
        routes
            .MapGet(Api.Root + "/checks", (ConsoleContext context, HttpContext http) => Api.Answer(http, Tell(context, Handle(context))))
            .OfApi<ToldPage>(Permission.ViewFindings, "checks", "The data checks in force in an area, and how what they found stands")
            .Asks(Api.Area);
    }

    /// <exception cref="NotInScope">The caller holds no area.</exception>
    public static Result Handle(ConsoleContext context)
    {
        var area = context.Area(Permission.ViewFindings);
        var (range, scope) = (AreaTree.RangeOf(area), context.Caller.Scope(Permission.ViewFindings));
        var (packs, trades) = (context.Installation.Packs, context.Caller.FieldsOf(Permission.ViewFindings));
        var standing = string.Concat(Findings.Standings.Select(s => $" WHEN {Findings.Stands(s, context.Day)} THEN '{s}'"));
        var counts = context
            .Reader.Query<(string Check, string Standing, long Count)>(
                $"SELECT f.check_id, CASE{standing} END AS standing, count(*) FROM findings f WHERE f.area_code BETWEEN {range.From} AND {range.To} AND {Findings.Within(scope, range, context.Day)} AND {Findings.Told(packs, trades)} GROUP BY 1, 2"
            )
            .ToLookup(c => c.Check);
        var inForce = Checking.InForce(packs, range, context.WorkDate).Where(c => Findings.IsTold(packs, c, trades)).ToList();
        // What a check of another time found stays in its place until a run clears it.
        var others = packs.Checks.Where(c => counts.Contains(c.Id) && !inForce.Contains(c));
        return new(
            area,
            [
                .. inForce
                    .Where(c => c.When is not null)
                    .Concat(others)
                    .Select(c => new Line(c, counts[c.Id].ToDictionary(n => n.Standing, n => n.Count, StringComparer.Ordinal))),
            ],
            [.. inForce.Where(c => c.When is null)],
            RunChecks.State(context.Installation, context.Reader, null, context.Day),
            context.Caller.May(Permission.Judge)
        );
    }

    private static ToldPage Tell(ConsoleContext context, Result found) =>
        new(
            found.Area.Code.ToString("D12", CultureInfo.InvariantCulture),
            context.WorkDate,
            found.Freshness.ToString().ToLowerInvariant(),
            [.. found.Lines.Concat(found.NoLaw.Select(c => new Line(c, new Dictionary<string, long>()))).Select(Tell)]
        );

    private static Told Tell(Line line)
    {
        var check = line.Check;
        return new(
            check.Id,
            check.Number,
            check.Hard ? "error" : "suspect",
            check.Title,
            check.Over.Name,
            $"{check.Source.Title} {check.Source.Number}".TrimEnd(),
            check.Source.Grade,
            check.When is null,
            line.Of("waiting"),
            line.Of("asked"),
            line.Of("true"),
            line.Of("false"),
            line.Of("exempt"),
            line.Of("cleared")
        );
    }
}
