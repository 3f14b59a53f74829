using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary>
/// <c>/discipline</c>: the clues of the discipline office, the last entered first; printed and as a workbook. Whoever holds the role for the area sees them, and
/// nobody else; each look is audited before anything is shown.
/// </summary>
public static class ListClues
{
    public const int PageSize = 50;

    /// <summary>What one print or workbook holds; filters make it fewer.</summary>
    public const int Most = 2000;

    /// <summary>What a search shows at most.</summary>
    public const int MostFound = 200;

    public static readonly string[] Shows = ["open", "overdue", "received", "checking", "filed", "closed", "all"];

    /// <param name="Show">One of <see cref="Shows"/>.</param>
    /// <param name="Source">Key of code list <c>discipline_source</c>, or null for all.</param>
    /// <param name="Year">Year it was received, or null for all.</param>
    /// <param name="Before">Cursor: the last id of the page before.</param>
    /// <param name="Word">
    /// Words that must be in what the clue says, whom it names, how it ended, whom was handled or what its papers are. It never stands in an address, which others
    /// keep.
    /// </param>
    public sealed record Filter(string? Show, string? Source, int? Year, long? Before, string? Word = null);

    /// <summary>A clue with its words in clear.</summary>
    public sealed record Row(DisciplineClue Clue, string Words, string? Names, string? Result);

    public sealed record Result(AreaVersion Area, Filter Filter, IReadOnlyList<Row> Rows, long? Next)
    {
        public Refusal? Refused { get; init; }
        public bool Done { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/discipline",
                IResult (ConsoleContext context, string? show, string? source, int? year, long? before, string? done) =>
                    new RazorComponentResult<Pages.OfficeCluesPage>(
                        new { Found = Handle(context, new(show, source, year, before), "discipline.list", PageSize) with { Done = done == "yes" } }
                    )
            )
            .Needs(Permission.OpenDiscipline);
        routes.MapPost("/discipline/search", Search).Needs(Permission.OpenDiscipline);
        routes
            .MapGet(
                "/discipline/print",
                IResult (ConsoleContext context, string? show, string? source, int? year) =>
                    new RazorComponentResult<Pages.OfficeCluesPrint>(
                        new { Found = Handle(context, new(show, source, year, null), "discipline.print", Most) }
                    )
            )
            .Needs(Permission.OpenDiscipline);
        routes
            .MapGet(
                "/discipline/file",
                (ConsoleContext context, string? show, string? source, int? year) =>
                    TypedResults.File(
                        Workbook(context, Handle(context, new(show, source, year, null), "discipline.export", Most)),
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        "discipline-clues.xlsx"
                    )
            )
            .Needs(Permission.OpenDiscipline);
    }

    private static async Task<IResult> Search(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var word = Compartment.Words(form["word"], 1, 60);
        int? year = int.TryParse(form["year"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var y)
            ? y
            : null;
        return new RazorComponentResult<Pages.OfficeCluesPage>(
            new { Found = Handle(context, new("all", form["source"], year, null, word), "discipline.list", MostFound) }
        );
    }

    public static Result Handle(ConsoleContext context, Filter filter, string act, int most)
    {
        var area = context.Area(Permission.OpenDiscipline);
        filter = filter with { Show = Api.Word(filter.Show, Shows) };
        var sources = context.Installation.Packs.Dictionary.CodeLists["discipline_source"];
        short? source = filter.Source is { Length: > 0 } key
            ? (short)(sources.Find(key)?.Number ?? throw new BadHttpRequestException("no such source"))
            : null;
        Compartment.Look(context, act);
        var within = Compartment.Within(context.Caller.Scope(Permission.OpenDiscipline), AreaTree.RangeOf(area));
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        var clues = filter.Word is null
            ? Read(context.Reader, within, filter, source, context.Day, most + 1)
            : [.. Holding(context.Reader, within, filter, source, context.Day, numbers).Take(most + 1)];
        return new(area, filter, [.. clues.Take(most).Select(c => Open(c, numbers))], clues.Count > most ? clues[most - 1].Id : null);
    }

    // Words are ciphertext: what may be read is opened, some at a time, and looked through.
    private static IEnumerable<DisciplineClue> Holding(
        DbConnection connection,
        string within,
        Filter filter,
        short? source,
        int day,
        PersonalNumbers numbers
    )
    {
        const int some = 500;
        bool Has(byte[]? cipher) => cipher is not null && numbers.Decrypt(cipher).Contains(filter.Word!, StringComparison.OrdinalIgnoreCase);
        while (true)
        {
            var clues = Read(connection, within, filter, source, day, some);
            var ids = clues.Select(c => c.Id).DefaultIfEmpty();
            var beside = connection
                .Query<(long Clue, byte[]? One, byte[]? Other)>(
                    $"""
                    SELECT clue_id, name_cipher, words_cipher FROM discipline_persons WHERE clue_id IN ({string.Join(", ", ids)})
                    UNION ALL SELECT clue_id, title_cipher, NULL FROM discipline_papers WHERE clue_id IN ({string.Join(", ", ids)})
                    """
                )
                .ToLookup(b => b.Clue);
            foreach (var clue in clues)
                if (Has(clue.WordsCipher) || Has(clue.NamesCipher) || Has(clue.ResultCipher) || beside[clue.Id].Any(b => Has(b.One) || Has(b.Other)))
                    yield return clue;
            if (clues.Count < some)
                yield break;
            filter = filter with { Before = clues[^1].Id };
        }
    }

    internal static Row Open(DisciplineClue clue, PersonalNumbers numbers) =>
        new(
            clue,
            numbers.Decrypt(clue.WordsCipher),
            clue.NamesCipher is { } names ? numbers.Decrypt(names) : null,
            clue.ResultCipher is { } result ? numbers.Decrypt(result) : null
        );

    private static List<DisciplineClue> Read(DbConnection connection, string within, Filter filter, short? source, int day, int most)
    {
        var shown = filter.Show switch
        {
            "overdue" => "c.closed_day IS NULL AND c.due_day < @day",
            "received" => "c.state = 0",
            "checking" => "c.state = 1",
            "filed" => "c.filed_day IS NOT NULL",
            "closed" => "c.closed_day IS NOT NULL",
            "all" => "1 = 1",
            _ => "c.closed_day IS NULL",
        };
        if (source is not null)
            shown += " AND c.source = @source";
        if (filter.Year is not null)
            shown += " AND c.day BETWEEN @first AND @last";
        var year = Math.Clamp(filter.Year ?? 0, 0, 9999);
        return
        [
            .. connection.Query<DisciplineClue>(
                $"SELECT c.* FROM discipline_clues c WHERE {within} AND {shown} AND c.id < @before ORDER BY c.id DESC LIMIT {most}",
                new
                {
                    day,
                    source,
                    first = year * 10_000,
                    last = year * 10_000 + 9_999,
                    before = filter.Before ?? long.MaxValue,
                }
            ),
        ];
    }

    private static byte[] Workbook(ConsoleContext context, Result found)
    {
        var sources = context.Installation.Packs.Dictionary.CodeLists["discipline_source"];
        using var stream = new MemoryStream();
        using (var writer = new XlsxSheetWriter(stream, "问题线索"))
        {
            string[] titles =
            [
                "编号",
                "受理日期",
                "来源",
                "地区",
                "反映的问题",
                "被反映人",
                "状态",
                "期限",
                "立案日期",
                "了结日期",
                "处理人数",
                "处分人数",
                "结果",
            ];
            writer.WriteRow([.. titles.Select(t => new OutCell(t, CellLook.Title))]);
            foreach (var (c, words, names, result) in found.Rows)
                writer.WriteRow([
                    Number(c.Number),
                    Day(c.Day),
                    sources.Entries.First(s => s.Number == c.Source).Label.Zh,
                    context.Tree.ByCode(c.AreaCode)?.Name,
                    words,
                    names,
                    DisciplineClue.Name(c.Standing).Zh,
                    Day(c.DueDay),
                    Day(c.FiledDay),
                    Day(c.ClosedDay),
                    Number(c.Handled),
                    Number(c.Sanctioned),
                    result,
                ]);
        }
        return stream.ToArray();
        static OutCell Number(long number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), CellLook.Number);
        static string? Day(int? day) => day is { } d ? DayText.Of(DayNumber.ToDate(d)) : null;
    }
}
