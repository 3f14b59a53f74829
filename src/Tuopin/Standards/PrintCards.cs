using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>/households/{household}/cards/{card}</c> and <c>/cards?area=...&amp;card=...</c>: a card or handbook (明白卡, 扶贫手册) of one household, or of all of a village
/// a page each, as of the work date or, with <c>day=</c>, of a day before it: members, help and helpers, incomes, status and lights are those of that day by its
/// card and law. Who printed it and how many stands in the audit before the first of them is sent.
/// </summary>
public static class PrintCards
{
    /// <summary>As many are read by one set of queries, drawn, and sent before the next.</summary>
    private const int Batch = 1000;
    private const int Drawn = 25;
    private const string Here = "<!-- sheets -->";

    /// <summary>The cards of an area in view, and how many households it holds.</summary>
    public sealed record Result(AreaVersion Area, IReadOnlyList<Card> Cards, long Households);

    public sealed record Told(string Card, int Version, string Title, bool Working, IReadOnlyList<ToldCard> Households);

    public sealed record ToldCard(long Household, string Number, string? Tint, IReadOnlyList<ToldSection> Sections);

    public sealed record ToldSection(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cards", Show).Needs(Permission.PrintCards);
        routes
            .MapGet(
                "/households/{household:long}/cards/{card}",
                Task<IResult> (ConsoleContext context, HttpContext http, long household, string card, string? day) =>
                    Print(context, http, One(context, household, card, day))
            )
            .Needs(Permission.PrintCards);
        routes
            .MapGet(
                Api.Root + "/households/{household:long}/cards/{card}",
                async (ConsoleContext context, HttpContext http, long household, string card, string? day) =>
                {
                    var print = One(context, household, card, day);
                    Record(context, print);
                    await Api.Answer(http, Tell(context, print));
                }
            )
            .OfApi<Told>(
                Permission.PrintCards,
                "householdCard",
                "A card or handbook of a household as it prints; what is unknown is empty; audited as a print"
            )
            .Asks(("day", "yyyy-MM-dd: the card as of a day before the work date"));
    }

    /// <summary>What is to be printed: the card, for households in the order of the village.</summary>
    public sealed record Printing(Viewer Viewer, Card Card, IReadOnlyList<long> Households, string Of, AuditSubject? About);

    private static async Task<IResult> Show(ConsoleContext context, HttpContext http, string? card, string? day)
    {
        var area = context.Area(Permission.PrintCards);
        if (!string.IsNullOrEmpty(card))
            return await Print(context, http, All(context, area, card, day));
        var viewer = Viewer.Of(context, Permission.PrintCards);
        var households = context.Reader.Number($"SELECT count(*) FROM household_list l WHERE {viewer.Households("l", AreaTree.RangeOf(area))}");
        return new RazorComponentResult<Pages.CardsPage>(
            new { Result = new Result(area, [.. viewer.Packs.CardsFor(area.Code, viewer.Date)], households) }
        );
    }

    /// <exception cref="NotInScope">No such household or card, or not for this reader.</exception>
    /// <exception cref="Refusal">cards.not-for.</exception>
    private static Printing One(ConsoleContext context, long household, string card, string? day)
    {
        var now = Viewer.Of(context, Permission.PrintCards);
        // Whose household it is, is a matter of today.
        var code =
            now.Connection.ExecuteScalar<long?>(
                $"SELECT l.area_code FROM household_list l WHERE l.household_id = @household AND {now.Households("l", AreaRange.Nation)}",
                new { household }
            ) ?? throw new NotInScope();
        var viewer = On(now, day);
        var found = Find(viewer, code, card);
        var ids = CardRows.Select(viewer, found, household.ToString(CultureInfo.InvariantCulture));
        return ids.Count == 0
            ? throw new Refusal("cards.not-for", "this household has no such card: it is not of those the card is for")
            : new(viewer, found, ids, $"household {household}", new("household", household));
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="WrongUsage">cards.village: a printing is of one village.</exception>
    private static Printing All(ConsoleContext context, AreaVersion area, string card, string? day)
    {
        if (area.Level < (short)AreaLevel.Village)
            throw new WrongUsage("cards.village", "cards are printed a village at a time: choose one");
        var now = Viewer.Of(context, Permission.PrintCards);
        var viewer = On(now, day);
        var found = Find(viewer, area.Code, card);
        var within = $"SELECT l.household_id FROM household_list l WHERE {now.Households("l", AreaTree.RangeOf(area))}";
        return new(viewer, found, CardRows.Select(viewer, found, within), $"area {area.Code:D12}", null);
    }

    /// <exception cref="WrongUsage">date.bad: no day, or one after the work date.</exception>
    private static Viewer On(Viewer viewer, string? day) =>
        string.IsNullOrWhiteSpace(day) ? viewer
        : DayText.Read(day) is { } read && read <= viewer.Date ? viewer with { Date = read }
        : throw new WrongUsage("date.bad", $"'{day}' is not a date like 2020-06-12, not after the work date");

    private static Card Find(Viewer viewer, long areaCode, string card) =>
        viewer.Packs.CardsFor(areaCode, viewer.Date).FirstOrDefault(c => c.Id == card) ?? throw new NotInScope();

    private static void Record(ConsoleContext context, Printing print)
    {
        var installation = context.Installation;
        AuditLog.Append(
            installation,
            "household.print",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{print.Card.Id} v{print.Card.Version} of {print.Of} on {print.Viewer.Day}: {print.Households.Count} households"
            ),
            print.About
        );
    }

    // The page around the sheets is drawn once and cut open where they go: a village is sent while it is drawn.
    private static async Task<IResult> Print(ConsoleContext context, HttpContext http, Printing print)
    {
        Record(context, print);
        await using var renderer = new HtmlRenderer(http.RequestServices, http.RequestServices.GetRequiredService<ILoggerFactory>());
        Task<string> Draw<T>(object parameters)
            where T : IComponent =>
            renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(Dictionary(parameters)))).ToHtmlString()
            );
        var whole = await Draw<Pages.CardsPrint>(new { print.Card, Count = print.Households.Count });
        var cut = whole.IndexOf(Here, StringComparison.Ordinal);
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(whole[..cut]);
        foreach (var batch in print.Households.Chunk(Batch))
        foreach (var sheets in CardRows.Read(print.Viewer, print.Card, batch, context.L, print.Viewer.Date == context.WorkDate).Chunk(Drawn))
            await http.Response.WriteAsync(
                await Draw<Pages.CardSheets>(
                    new
                    {
                        print.Card,
                        Sheets = (IReadOnlyList<CardRows.Sheet>)sheets,
                        On = print.Viewer.Date,
                    }
                )
            );
        await http.Response.WriteAsync(whole[(cut + Here.Length)..]);
        return Results.Empty;
    }

    private static Dictionary<string, object?> Dictionary(object parameters) =>
        parameters.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(parameters));

    private static Told Tell(ConsoleContext context, Printing print) =>
        new(
            print.Card.Id,
            print.Card.Version,
            context.L[print.Card.Title],
            print.Card.Status == PackStatus.Working,
            [
                .. CardRows
                    .Read(print.Viewer, print.Card, print.Households, context.L, print.Viewer.Date == context.WorkDate)
                    .Select(s => new ToldCard(
                        s.Household,
                        s.Number,
                        s.Colour?.Tint.ToString().ToLowerInvariant(),
                        [.. s.Parts.Select(p => new ToldSection(context.L[p.Title], p.Columns, p.Rows))]
                    )),
            ]
        );
}
