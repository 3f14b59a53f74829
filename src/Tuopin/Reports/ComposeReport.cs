using System.Data.Common;
using System.Globalization;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Reports.Template;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Reports;

/// <summary>Names of the subjects a figure counts, at most so many; whoever may not see households has no such reader.</summary>
public delegate IReadOnlyList<NameSubjects.Row> ReadNames(Figure figure, AreaVersion area, FigureMoment moment, bool unknown, int most);

/// <summary>
/// Computes a report: which numbers its template names, all of one day in one reading, and then the text with each of them in its place. What it has no number for
/// says why, marked, and is counted.
/// </summary>
public static class ComposeReport
{
    /// <summary>Computes a report from its template: Markdown, a Word document or a workbook.</summary>
    /// <param name="area">Of the tree of the day.</param>
    /// <param name="departments">The trades whose facts alone may be told; null for all.</param>
    /// <param name="covers">Whether an area that the template names is the caller's; null where all are.</param>
    /// <param name="names">Null for a caller who sees no households.</param>
    /// <exception cref="Refusal">report.template-broken; report.area-unknown: the template names an area that is not there on its day.</exception>
    /// <exception cref="NotInScope">The template names an area that is not the caller's.</exception>
    public static ComposedReport Of(
        Installation installation,
        DbConnection connection,
        ReportPack report,
        AreaVersion area,
        FigureMoment moment,
        IReadOnlySet<string>? departments = null,
        Func<AreaRange, bool>? covers = null,
        ReadNames? names = null
    )
    {
        var values = new ReportValues(installation, connection, area, moment, departments, covers);
        ComposedReport Made(string? title, IReadOnlyList<ReportBlock> blocks) =>
            new(
                report.Id,
                title ?? report.Title ?? (report.IsEnglish ? report.Label.En : report.Label.Zh),
                area,
                moment,
                report.TemplateHash,
                values.Numbers
            )
            {
                Blocks = blocks,
                IsEnglish = report.IsEnglish,
                Issuer = report.Issuer,
                DocumentNumber = report.Number,
                PackHash = ReportPack.HashOf(installation.Packs),
                KnownAt = KnownAtText(connection, moment),
            };
        if (ListReports.KindOf(report.Template) is "docx" or "xlsx")
        {
            var form = Filled(report, values, f => Made(f.Title, f.Blocks));
            return Made(form.Title, form.Blocks) with { Form = form };
        }
        var template = MarkdownTemplate.Read(report.Template, report.Content, report.Folder, installation.Packs);
        foreach (var placeholder in template.Placeholders)
            values.Need(placeholder);
        foreach (var block in template.Blocks.Values)
            values.Need(block);
        values.Read();
        var (heading, text) = new ReportTextBuilder(template, values, report.IsEnglish, names).Build();
        return Made(heading, text);
    }

    private static FilledForm Filled(ReportPack report, ReportValues values, Func<FilledForm, ComposedReport> compose)
    {
        var faults = new List<Diagnostic>();
        FormFiller Filler(string file) => new(new PlaceholderReader(values.Installation.Packs, file, faults), faults, values, report.IsEnglish);
        return ListReports.KindOf(report.Template) == "docx"
            ? new FillDocument(Filler(report.Template)).Fill(report.Content, compose)
            : new FillWorkbook(Filler(report.Template), sheet => Filler($"{report.Template}[{sheet}]")).Fill(report.Content, compose);
    }

    /// <summary>The moment of recording as addresses take it.</summary>
    public static string? KnownAtText(DbConnection connection, FigureMoment moment) =>
        moment.KnownAt is not { } change ? null
        : connection.Text("SELECT at FROM changes WHERE id = @change", null, new { change }) is { } at ? at.TrimEnd('Z')
        : "0001-01-01T00:00:00";

    /// <summary>A day in words: 2020年6月12日.</summary>
    public static string InWords(DateOnly day, bool english) =>
        english
            ? day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");
}

/// <summary>The numbers of a report: what is needed is named first, read together, and told as it is printed.</summary>
public sealed class ReportValues(
    Installation installation,
    DbConnection connection,
    AreaVersion area,
    FigureMoment moment,
    IReadOnlySet<string>? departments,
    Func<AreaRange, bool>? covers
)
{
    private readonly Dictionary<DateOnly, AreaTree> trees = [];
    private readonly Dictionary<(DateOnly Day, short? Level, long Area), HashSet<Figure>> needed = [];
    private readonly Dictionary<(Figure Figure, long Area, DateOnly Day), (FigureValue Value, Exact? Line)> read = [];
    private readonly List<ReportNumber> numbers = [];

    /// <summary>In the order they were told.</summary>
    public IReadOnlyList<ReportNumber> Numbers => numbers;
    public AreaVersion Area => area;
    public FigureMoment Moment => moment;
    public Installation Installation => installation;

    public void Need(Placeholder placeholder)
    {
        if (placeholder is PairPlaceholder pair)
        {
            Need(pair.Households);
            Need(pair.Persons);
        }
        else if (placeholder is FigurePlaceholder figure)
            Need(figure, null);
    }

    public void Need(AskedBlock block)
    {
        switch (block)
        {
            case AskedTable table:
                foreach (var figure in table.Figures)
                {
                    if (table.By is not null)
                        Need(figure, table.By);
                    if (table.By is null || table.Total)
                        foreach (var at in table.Moments.DefaultIfEmpty(figure.At))
                            Need(figure with { At = at }, null);
                }
                if (table.ShareOfTotal is { } share)
                {
                    Need(new FigurePlaceholder(share, NumberStyle.Plain, default, null), table.By);
                    Need(new FigurePlaceholder(share, NumberStyle.Plain, default, null), null);
                }
                break;
            case AskedChart chart:
                if (chart.By is not null)
                    Need(chart.Figure, chart.By);
                else
                    foreach (var at in chart.Moments)
                        Need(chart.Figure with { At = at }, null);
                break;
        }
    }

    /// <summary>A figure of the area it names, or of all areas of a level beneath.</summary>
    public void Need(FigurePlaceholder asked, short? level)
    {
        if (asked.At.On(moment.Day) is not { } day || Place(asked, day) is not { } place)
            return;
        var key = (day, level, place.AreaId);
        if (!needed.TryGetValue(key, out var figures))
            needed.Add(key, figures = []);
        figures.Add(asked.Figure);
    }

    /// <summary>
    /// Reads all that is needed: a statement for each day and subject type, grouped by the finest areas, whatever the number of placeholders. Days on which the places
    /// have the same codes are read together.
    /// </summary>
    public void Read()
    {
        var days = needed
            .GroupBy(n => n.Key.Day)
            .Select(g => (Day: g.Key, Figures: g.SelectMany(n => n.Value).Distinct().ToList(), Places: Places(g.Key, [.. g.Select(n => n.Key)])))
            .ToList();
        while (days.Count > 0)
        {
            var places = days[0].Places.ToDictionary(p => p.AreaId);
            var together = days.Where(d => d.Places.All(p => !places.TryGetValue(p.AreaId, out var other) || other.Code == p.Code)).ToList();
            foreach (var place in together.SelectMany(d => d.Places))
                places.TryAdd(place.AreaId, place);
            together.RemoveAll(d => d.Places.Any(p => places[p.AreaId].Code != p.Code));
            var asked = together.SelectMany(d => d.Figures.Select(f => (f, d.Day)));
            var values = FigureValues.OfDays(installation, connection, asked, places.Values, moment, departments);
            foreach (var (day, figures, of) in together)
            foreach (var figure in figures)
            foreach (var place in of)
                read[(figure, place.AreaId, day)] = (values.Of(figure, place, day), FigureValues.LineOf(figure, place, day));
            days.RemoveAll(d => together.Exists(t => t.Day == d.Day));
        }
    }

    private List<AreaVersion> Places(DateOnly day, IReadOnlyList<(DateOnly Day, short? Level, long Area)> asked)
    {
        var tree = Tree(day);
        return
        [
            .. asked
                .SelectMany(n => n.Level is { } level ? Beneath(tree, tree.ById(n.Area)!, level) : [tree.ById(n.Area)!])
                .DistinctBy(a => a.AreaId),
        ];
    }

    /// <summary>The areas of a level beneath the area of the report on a day.</summary>
    public IReadOnlyList<AreaVersion> Beneath(DateOnly day, short level) =>
        Tree(day) is var tree && tree.ById(area.AreaId) is { } place ? Beneath(tree, place, level) : [];

    /// <summary>A number in its place among the numbers of the report.</summary>
    /// <param name="of">The area of the row it stands in; null for that of the placeholder or of the report.</param>
    public ReportNumber Tell(FigurePlaceholder asked, bool english, AreaVersion? of = null)
    {
        var (place, day, value, line) = Look(asked, of);
        return Add(asked.Figure, place, day, value, PrintedNumber.Of(asked.Figure, value, line, asked.Style, english));
    }

    /// <summary>A number whose text was written elsewhere.</summary>
    public ReportNumber Tell(FigurePlaceholder asked, string text, AreaVersion? of = null)
    {
        var (place, day, value, _) = Look(asked, of);
        return Add(asked.Figure, place, day, value, text);
    }

    /// <summary>A value that was read, and where it is of.</summary>
    public (AreaVersion Place, DateOnly Day, FigureValue Value, Exact? Line) Look(FigurePlaceholder asked, AreaVersion? of = null)
    {
        if (asked.At.On(moment.Day) is not { } day)
            return (of ?? area, asked.At.Fixed, FigureValue.Without(FigureState.NotYet), null);
        // Of an area that was not there on that day nothing was ever recorded.
        if ((of ?? Place(asked, day)) is not { } place)
            return (area, day, FigureValue.Without(FigureState.Unknown), null);
        return read.TryGetValue((asked.Figure, place.AreaId, day), out var found)
            ? (place, day, found.Value, found.Line)
            : (place, day, FigureValue.Without(FigureState.Unknown), null);
    }

    private ReportNumber Add(Figure figure, AreaVersion place, DateOnly day, FigureValue value, string text)
    {
        var number = new ReportNumber(numbers.Count + 1, figure, place, day, value, text);
        numbers.Add(number);
        return number;
    }

    // The place a placeholder is of on its day; null where the area of the report was not there then.
    private AreaVersion? Place(FigurePlaceholder asked, DateOnly day)
    {
        if (asked.AreaCode is not { } code)
            return Tree(day).ById(area.AreaId);
        var place =
            Tree(day).ByCode(code)
            ?? throw new Refusal("report.area-unknown", $"the template names the area '{code}', which is not there on {day:yyyy-MM-dd}");
        return covers is null || covers(AreaTree.RangeOf(place)) ? place : throw new NotInScope();
    }

    private AreaTree Tree(DateOnly day) =>
        trees.TryGetValue(day, out var tree) ? tree : trees[day] = AreaTree.Load(connection, day, knownAt: moment.KnownAt);

    private static IReadOnlyList<AreaVersion> Beneath(AreaTree tree, AreaVersion place, short level)
    {
        var range = AreaTree.RangeOf(place);
        if (level == PlaceholderReader.Below)
            level = (short)(place.Level + 1);
        return [.. tree.All.Where(a => a.Level == level && a.Level > place.Level && range.Contains(a.Code)).OrderBy(a => a.Code)];
    }
}
