using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>The catalogue of figures with their values: <c>/figures</c>, <c>/api/v1/figures</c>, <c>tuopin figures</c>.</summary>
public static class ListFigures
{
    /// <param name="Value">As shown, without its unit; null where there is none, and <paramref name="State"/> says why.</param>
    /// <param name="Low">The low end in base units, exact: a whole number, or a quotient of two.</param>
    /// <param name="High">The high end; equal to the low one where nothing was unknown.</param>
    /// <param name="Unknown">Subjects of which it is not known whether, or with how much, they count.</param>
    public sealed record Told(
        string Figure,
        Label Label,
        string Unit,
        FigureState State,
        string? Value,
        string? Low,
        string? High,
        long Unknown,
        string? Line
    );

    public sealed record ToldArea(PickArea.Place Area, IReadOnlyList<Told> Figures);

    public sealed record ToldAll(DateOnly Day, DateTime? KnownAt, IReadOnlyList<ToldArea> Areas);

    public sealed record Row(Figure Figure, FigureValue Value, Exact? Line);

    /// <summary>A file of figures, as the command line asks for it; whoever writes files of the console writes it.</summary>
    public sealed record FileAsked(
        string File,
        IReadOnlyList<Figure> Figures,
        string? Area,
        string? Level,
        IReadOnlyList<DateOnly> Days,
        string? KnownAt
    );

    /// <param name="Report">The report whose own figures are shown; null for the catalogue.</param>
    /// <param name="AsOf">The day asked for in the address; null for the work date.</param>
    /// <param name="KnownAt">What was recorded by then; null for all.</param>
    public sealed record Result(
        AreaVersion Area,
        DateOnly Day,
        string? AsOf,
        string? KnownAt,
        Freshness Freshness,
        string Sought,
        string? Report,
        IReadOnlyList<(Label Group, IReadOnlyList<Row> Rows)> Groups
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures", Show).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/figures",
                (ConsoleContext context, HttpContext http, string? name, string? report, string? level, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(context, name, report, level, asOf, knownAt))
            )
            .OfApi<ToldAll>(Permission.ViewFigures, "figures", "Figures of the catalogue, for an area or all areas of a level beneath it")
            .Asks(
                Api.Area,
                ("name", "figures by name, separated by commas; without it all of the catalogue"),
                ("report", "a report by its id: the figures it has of its own, instead of the catalogue's"),
                ("level", "city, county, township or village: all areas of the level beneath, besides the area"),
                ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then")
            );
    }

    /// <param name="write">Writes a file of figures and says what is in it.</param>
    public static Command Command(Shell shell, Func<Installation, FileAsked, (object Told, string Said)> write)
    {
        var (area, asOf, knownAt) = (AreaArgument.Area(), AreaArgument.AsOf(), AreaArgument.KnownAt());
        var names = new Argument<string[]>("NAME")
        {
            Description = "figures by name; without any, all of the catalogue",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var level = new Option<string?>("--level") { Description = "city, county, township or village: all areas of the level beneath" };
        var report = new Option<string?>("--report")
        {
            Description = "a report by its id: the figures it has of its own, instead of the catalogue's",
        };
        var file = new Option<string?>("--output", "-o")
        {
            Description = "file to write, .xlsx or .csv: each number with its state, day and packs; without it they are printed",
        };
        var days = new Option<string?>("--days") { Description = "yyyy-MM-dd,...: several effective days in one file" };
        var command = new Command("figures", "compute figures of the catalogue") { names, area, asOf, knownAt, level, report, file, days };
        command.Validators.Add(result =>
        {
            if (result.GetValue(days) is not null && (result.GetValue(file) is null || result.GetValue(asOf) is not null))
                result.AddError("--days goes with --output, and in place of --as-of");
        });
        command.Subcommands.Add(CompareMoments.Command(shell));
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                var chosen = Chosen(installation.Packs, parsed.GetValue(names) ?? [], parsed.GetValue(report));
                if (parsed.GetValue(file) is { } path)
                {
                    var asked = (parsed.GetValue(days) ?? parsed.GetValue(asOf))?.Split(',') ?? [];
                    var (said, line) = write(
                        installation,
                        new(
                            path,
                            chosen,
                            parsed.GetValue(area),
                            parsed.GetValue(level),
                            [.. asked.Select(d => AreaArgument.Day(d.Trim())!.Value)],
                            parsed.GetValue(knownAt)
                        )
                    );
                    if (shell.IsJson)
                        shell.PrintJson(said);
                    else
                        shell.Output.WriteLine(line);
                    return;
                }
                using var connection = installation.Store.Open();
                var told = Handle(
                    installation,
                    connection,
                    chosen,
                    parsed.GetValue(area),
                    parsed.GetValue(level),
                    AreaArgument.Day(parsed.GetValue(asOf)),
                    parsed.GetValue(knownAt)
                );
                if (shell.IsJson)
                    shell.PrintJson(told);
                else
                    Print(shell.Output, told);
            })
        );
        command.Add(Stated.StateFile.Command(shell));
        return command;
    }

    private static void Print(TextWriter output, ToldAll told)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{told.Day:yyyy-MM-dd}"));
        var width = told.Areas.SelectMany(a => a.Figures).Select(f => Columns.Width(f.Label.Zh)).DefaultIfEmpty(0).Max();
        foreach (var (area, figures) in told.Areas)
        {
            output.WriteLine($"{area.Code} {area.Name}");
            foreach (var f in figures)
                output.WriteLine(
                    $"  {Columns.Pad(f.Figure, 30)} {Columns.Pad(f.Label.Zh, width)}  {(f.Value is { } value ? $"{value} {f.Unit}" : FigureWords.Of(f.State).En)}{(f.Unknown > 0 ? $"  ({f.Unknown} unknown)" : "")}"
                );
        }
    }

    /// <summary>The figures named, wherever they are; without names all of the catalogue, or all that a report has of its own.</summary>
    /// <exception cref="Refusal">figure.unknown, figure.report-unknown.</exception>
    public static IReadOnlyList<Figure> Chosen(PackSet packs, IReadOnlyCollection<string> names, string? report = null)
    {
        if (names.Count > 0)
            return [.. names.Select(n => Need(packs, n))];
        var figures = packs.FiguresOf(report is "" ? null : report).ToList();
        return figures.Count == 0 && report is { Length: > 0 }
            ? throw new Refusal("figure.report-unknown", $"no report '{report}' has figures of its own")
            : figures;
    }

    /// <summary>The figure of a name.</summary>
    /// <exception cref="Refusal">figure.unknown.</exception>
    public static Figure Need(PackSet packs, string name) =>
        packs.Figures.GetValueOrDefault(name) ?? throw new Refusal("figure.unknown", $"no figure has the name '{name}'");

    /// <summary>Figures of an area and, with a level, of all its areas of that level.</summary>
    /// <exception cref="Refusal">area.unknown, data.none, date.bad, figure.level-unknown.</exception>
    public static ToldAll Handle(
        Installation installation,
        DbConnection connection,
        IReadOnlyList<Figure> figures,
        string? areaCode,
        string? level,
        DateOnly? asOf,
        string? knownAt
    )
    {
        var moment = new FigureMoment(asOf ?? installation.WorkDate, knownAt is null ? null : KnownAt.Change(connection, knownAt));
        var tree = AreaTree.Load(connection, moment.Day, knownAt: moment.KnownAt);
        var area = AreaArgument.Find(tree, areaCode, installation);
        var areas = Areas(tree, area, level);
        var values = FigureValues.Of(installation, connection, figures, areas, moment);
        return Tell(values, figures, areas, Time(knownAt));
    }

    private static DateTime? Time(string? knownAt) =>
        knownAt is null
            ? null
            : DateTime.Parse(knownAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static ToldAll Tell(ConsoleContext context, string? name, string? report, string? level, string? asOf, string? knownAt)
    {
        var figures = Chosen(
            context.Installation.Packs,
            (name ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            report
        );
        var (area, tree, moment) = Moment(context, asOf, knownAt);
        var areas = Areas(tree, area, level);
        var values = FigureValues.Of(context.Installation, context.Reader, figures, areas, moment, context.Caller.FieldsOf(Permission.ViewFigures));
        return Tell(values, figures, areas, Time(knownAt));
    }

    /// <summary>The area in view as it was on the day asked for, and the moment.</summary>
    /// <exception cref="NotInScope">The area was not there on that day, or held what is not the caller's.</exception>
    /// <exception cref="Refusal">date.bad.</exception>
    public static (AreaVersion Area, AreaTree Tree, FigureMoment Moment) Moment(ConsoleContext context, string? asOf, string? knownAt)
    {
        var area = AreaInView.Need(context);
        var day = DayText.Read(asOf) ?? AreaArgument.Day(asOf) ?? context.WorkDate;
        var moment = new FigureMoment(day, knownAt is null ? null : KnownAt.Change(context.Reader, knownAt));
        if (day == context.WorkDate && moment.KnownAt is null)
            return (area, context.Tree, moment);
        var tree = AreaTree.Load(context.Reader, day, knownAt: moment.KnownAt);
        var then = tree.ById(area.AreaId) ?? throw new NotInScope();
        return context.Caller.Scope(Permission.ViewFigures).Covers(AreaTree.RangeOf(then)) ? (then, tree, moment) : throw new NotInScope();
    }

    /// <summary>The area, and all its areas of a level.</summary>
    /// <exception cref="Refusal">figure.level-unknown.</exception>
    public static IReadOnlyList<AreaVersion> Areas(AreaTree tree, AreaVersion area, string? level)
    {
        if (level is null or "")
            return [area];
        short at = level switch
        {
            "city" => 2,
            "county" => 3,
            "township" => 4,
            "village" => 5,
            _ => throw new WrongUsage("figure.level-unknown", $"'{level}' is not city, county, township or village"),
        };
        var range = AreaTree.RangeOf(area);
        return [area, .. tree.All.Where(a => a.Level == at && a.Level > area.Level && range.Contains(a.Code)).OrderBy(a => a.Code)];
    }

    private static ToldAll Tell(FigureValues values, IReadOnlyList<Figure> figures, IReadOnlyList<AreaVersion> areas, DateTime? knownAt) =>
        new(
            values.Moment.Day,
            knownAt,
            [.. areas.Select(a => new ToldArea(PickArea.Tell(a), [.. figures.Where(f => !values.Hides(f)).Select(f => Tell(values, f, a))]))]
        );

    public static Told Tell(FigureValues values, Figure figure, AreaVersion area) =>
        Tell(figure, values.Of(figure, area), values.LineOf(figure, area));

    public static Told Tell(Figure figure, FigureValue value, Exact? line = null) =>
        new(
            figure.Id,
            figure.Label,
            figure.Unit.Text,
            value.State,
            FigureText.Of(figure, value, line),
            value.IsKnown ? value.Low.ToString() : null,
            value.IsKnown ? value.High.ToString() : null,
            value.Unknown,
            line is { } at ? FigureText.Of(figure, at) : null
        );

    private static IResult Show(ConsoleContext context, string? q, string? report, string? asOf, string? knownAt) =>
        AreaInView.Of(context) is null
            ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            : new RazorComponentResult<Pages.FiguresPage>(new { Found = Handle(context, q, Given(report), Given(asOf), Given(knownAt)) });

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <exception cref="NotInScope">The area was not there on that day, or held what is not the caller's.</exception>
    /// <exception cref="Refusal">figure.report-unknown, date.bad.</exception>
    public static Result Handle(ConsoleContext context, string? sought, string? report, string? asOf, string? knownAt)
    {
        var (area, _, moment) = Moment(context, asOf, knownAt);
        var text = (sought ?? "").Trim();
        bool Holds(Figure f) =>
            f.Id.Contains(text, StringComparison.OrdinalIgnoreCase)
            || f.Label.Zh.Contains(text, StringComparison.OrdinalIgnoreCase)
            || f.Label.En.Contains(text, StringComparison.OrdinalIgnoreCase);
        var figures = Chosen(context.Installation.Packs, [], report).Where(Holds).ToList();
        var values = FigureValues.Of(context.Installation, context.Reader, figures, [area], moment, context.Caller.FieldsOf(Permission.ViewFigures));
        return new(
            area,
            moment.Day,
            asOf,
            knownAt,
            JudgedState.Of(context.Installation, context.Reader, context.Day),
            text,
            report,
            [
                .. figures
                    .Where(f => !values.Hides(f))
                    .GroupBy(f => f.Group)
                    .Select(g => (g.Key, (IReadOnlyList<Row>)[.. g.Select(f => new Row(f, values.Of(f, area), values.LineOf(f, area)))])),
            ]
        );
    }
}
