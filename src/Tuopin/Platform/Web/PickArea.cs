using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;

namespace Tuopin.Platform.Web;

/// <summary>The area picker: places of the caller's scope, found by name or code.</summary>
public static class PickArea
{
    private const int Shown = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/areas/find", Find).Needs(Permission.OwnAccount);
        routes
            .MapGet(
                Api.Root + "/areas",
                (ConsoleContext context, HttpContext http, string? q) =>
                    Api.Answer<IReadOnlyList<Place>>(http, [.. Matching(context, q ?? "").Select(Tell)])
            )
            .OfApi<IReadOnlyList<Place>>(Permission.ViewFigures, "areas", "Places within the caller's area, by name or code")
            .Asks(("q", "part of a name, or how a code begins"));
        routes.MapPost("/areas/pick", Pick).Needs(Permission.OwnAccount);
    }

    /// <summary>A place as the API tells it.</summary>
    public sealed record Place(string Code, string Name, short Level);

    public static Place Tell(AreaVersion place) => new(Code(place), place.Name, place.Level);

    private static IResult Find(ConsoleContext context, string? q) =>
        new RazorComponentResult<Layout.AreaChoices>(new { Places = Matching(context, q ?? "") });

    // A place that was chosen, or what was typed: one place by that name or code is gone to, several are shown.
    private static async Task<IResult> Pick(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var back = Elsewhere(Forms.LocalPath(form["return"].ToString()));
        var typed = form["q"].ToString().Trim();
        var place = context.Tree.ByCode(form["area"].ToString());
        if (form["area"].Count == 0)
        {
            if (typed.Length == 0)
                return TypedResults.LocalRedirect(back);
            var found = Matching(context, typed);
            var named = found.Where(a => a.Name == typed || Code(a) == typed).ToList();
            place =
                found.Count == 1 ? found[0]
                : named.Count == 1 ? named[0]
                : null;
            if (place is null)
                return new RazorComponentResult<Layout.AreasFoundPage>(
                    new
                    {
                        Typed = typed,
                        Places = found,
                        Return = back,
                    }
                );
        }
        if (place is null || !context.Caller.Scope(Permission.ViewFigures).Touches(AreaTree.RangeOf(place)))
            throw new NotInScope();
        http.Response.Cookies.Append(ConsoleContext.AreaCookie, Code(place), Forms.Lasting(http));
        return TypedResults.LocalRedirect(back);
    }

    // The same page at another place: its filters stay; the old place, and where a list had been leafed to, do not.
    private static string Elsewhere(string path)
    {
        var at = path.IndexOf('?', StringComparison.Ordinal);
        if (at < 0)
            return path;
        var kept = QueryHelpers
            .ParseQuery(path[at..])
            .Where(q => q.Key is not ("area" or "after" or "before" or "page"))
            .SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)));
        return path[..at] + QueryString.Create(kept);
    }

    public static string Code(AreaVersion place) => place.Code.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>Places within the scope whose name contains the text or whose code begins with it, wide ones first.</summary>
    public static IReadOnlyList<AreaVersion> Matching(ConsoleContext context, string text)
    {
        var scope = context.Caller.Scope(Permission.ViewFigures);
        text = text.Trim();
        return
        [
            .. context
                .Tree.All.Where(a =>
                    scope.Covers(AreaTree.RangeOf(a))
                    && (text.Length == 0 || a.Name.Contains(text, StringComparison.Ordinal) || Code(a).StartsWith(text, StringComparison.Ordinal))
                )
                .OrderBy(a => a.Level)
                .ThenBy(a => a.Code)
                .Take(Shown),
        ];
    }
}
