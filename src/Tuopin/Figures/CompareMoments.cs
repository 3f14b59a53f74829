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
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>
/// The difference of two moments on either clock: <c>/figures/between</c> all figures of an area, <c>/figures/NAME/between</c> one of them with who makes the
/// difference and why, <c>tuopin figures between</c>.
/// </summary>
public static class CompareMoments
{
    private const int Few = 10;

    /// <summary>The two moments as somebody asked for them.</summary>
    public sealed record Asked(string? From, string? To, string? KnownFrom, string? KnownTo)
    {
        /// <summary>As the end of an address.</summary>
        public string Address =>
            string.Concat(
                new[] { ("from", From), ("to", To), ("knownFrom", KnownFrom), ("knownTo", KnownTo) }
                    .Where(p => !string.IsNullOrEmpty(p.Item2))
                    .Select(p => $"&{p.Item1}={Uri.EscapeDataString(p.Item2!)}")
            );
    }

    public sealed record Row(Figure Figure, FigureValue Before, FigureValue After)
    {
        /// <summary>After less before in base units; null where one of them is no exact number.</summary>
        public Exact? Difference => Before.Exactly is { } was && After.Exactly is { } now ? now - was : null;
        public bool IsSame => Before == After;
    }

    public sealed record All(FigureSide From, FigureSide To, IReadOnlyList<(Label Group, IReadOnlyList<Row> Rows)> Groups);

    public sealed record Subject(ChangedSubjects.Row Row, IReadOnlyList<ChangeCause> Causes);

    /// <param name="Who">How many make the difference; null where they cannot be told apart.</param>
    /// <param name="Law">What its own rule reads of the law and is otherwise.</param>
    /// <param name="Parts">Of a formula: its parts of the same moments, which open in their turn.</param>
    public sealed record One(
        FigureSide From,
        FigureSide To,
        Row Value,
        ChangedSubjects.Total? Who,
        IReadOnlyList<(Parameter Parameter, ParameterValue? Before, ParameterValue? After)> Law,
        IReadOnlyList<Row> Parts
    );

    public sealed record Names(IReadOnlyList<Subject> Subjects, string? Next);

    public sealed record ToldMoment(DateOnly Day, long? KnownChange);

    public sealed record ToldRow(string Figure, Label Label, string Unit, ListFigures.Told Before, ListFigures.Told After, string? Difference);

    public sealed record ToldAll(PickArea.Place Area, ToldMoment From, ToldMoment To, IReadOnlyList<ToldRow> Figures);

    /// <param name="Low">What they add to the low end in base units, exact.</param>
    public sealed record ToldTotal(long Entered, long Left, long Changed, long Doubtful, string Low, string High);

    public sealed record ToldLaw(string Parameter, Label Label, string? Before, string? After, Source? Source);

    public sealed record ToldOne(
        PickArea.Place Area,
        ToldMoment From,
        ToldMoment To,
        ToldRow Value,
        ToldTotal? Who,
        IReadOnlyList<ToldLaw> Law,
        IReadOnlyList<ToldRow> Parts
    );

    /// <param name="Day">The day it took effect; null where that is not kept.</param>
    /// <param name="At">When it was recorded, UTC.</param>
    /// <param name="Withheld">That the values differ is told, not what they are.</param>
    public sealed record ToldCause(
        CauseKind Kind,
        string Words,
        string? Fact,
        string? Before,
        string? After,
        string? Person,
        DateOnly? Day,
        string? At,
        string? Actor,
        string? StatedBy,
        bool Withheld
    );

    public sealed record ToldSubject(
        long Id,
        string Area,
        long? Household,
        string? Number,
        string? Name,
        ChangeWay Way,
        string? Before,
        string? After,
        IReadOnlyList<ToldCause> Causes
    );

    public sealed record ToldNames(IReadOnlyList<ToldSubject> Subjects, string? Next);

    private static readonly (string, string)[] Moments =
    [
        ("from", "yyyy-MM-dd: the effective day before; without it the end of the year before"),
        ("to", "yyyy-MM-dd: the effective day after; without it the work date"),
        ("knownFrom", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then, for the moment before"),
        ("knownTo", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then, for the moment after"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures/between", ShowAll).Needs(Permission.ViewFigures);
        routes.MapGet("/figures/{figure}/between", ShowOne).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/figures/between",
                (ConsoleContext context, HttpContext http, string? name, string? from, string? to, string? knownFrom, string? knownTo) =>
                    Api.Answer(http, Tell(OfAll(context, new(from, to, knownFrom, knownTo), name)))
            )
            .OfApi<ToldAll>(Permission.ViewFigures, "figuresBetween", "Figures of an area at two moments, on either clock")
            .Asks([Api.Area, ("name", "figures by name, separated by commas; without it all"), .. Moments]);
        routes
            .MapGet(
                Api.Root + "/figures/{figure}/between",
                (ConsoleContext context, HttpContext http, string figure, string? from, string? to, string? knownFrom, string? knownTo) =>
                    Api.Answer(http, Tell(OfOne(context, figure, new(from, to, knownFrom, knownTo))))
            )
            .OfApi<ToldOne>(Permission.ViewFigures, "figureBetween", "One figure at two moments: the difference, and how many make it")
            .Asks([Api.Area, .. Moments]);
        routes
            .MapGet(
                Api.Root + "/figures/{figure}/between/names",
                (
                    ConsoleContext context,
                    HttpContext http,
                    string figure,
                    string? from,
                    string? to,
                    string? knownFrom,
                    string? knownTo,
                    string? way,
                    string? after
                ) => Api.Answer(http, TellNames(context, figure, new(from, to, knownFrom, knownTo), way, after))
            )
            .OfApi<ToldNames>(
                Permission.ViewHouseholds,
                "figureBetweenNames",
                "The subjects that make the difference of two moments, each with its causes"
            )
            .Asks([
                Api.Area,
                .. Moments,
                ("way", "entered, left, changed or doubtful; without it all"),
                ("after", "cursor: next of the last answer"),
            ]);
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var name = new Argument<string>("NAME") { Description = "a figure by name" };
        var from = new Option<string?>("--from") { Description = "yyyy-MM-dd, the effective day before; default: the end of the year before" };
        var to = new Option<string?>("--to") { Description = "yyyy-MM-dd, the effective day after; default: the work date" };
        var knownFrom = new Option<string?>("--known-from")
        {
            Description = "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then, for the moment before",
        };
        var knownTo = new Option<string?>("--known-to") { Description = "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then, for the moment after" };
        var command = new Command("between", "one figure at two moments: the difference, who makes it and why")
        {
            name,
            area,
            from,
            to,
            knownFrom,
            knownTo,
        };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.Open();
                var figure = ListFigures.Need(installation.Packs, parsed.GetValue(name)!);
                var asked = new Asked(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(knownFrom), parsed.GetValue(knownTo));
                var (before, after) = MomentsOf(connection, asked, installation.WorkDate);
                FigureSide Side(FigureMoment moment) =>
                    new(
                        AreaArgument.Find(AreaTree.Load(connection, moment.Day, knownAt: moment.KnownAt), parsed.GetValue(area), installation),
                        moment
                    );
                var found = Handle(installation, connection, figure, Side(before), Side(after), null);
                var names = NamesOf(
                    installation,
                    connection,
                    figure,
                    found.From,
                    found.To,
                    Scope.Everything,
                    DayNumber.Of(installation.WorkDate),
                    null,
                    null,
                    null
                );
                if (shell.IsJson)
                    shell.PrintJson(new { Compared = Tell(found), Names = TellNames(figure, names, Language.Chinese) });
                else
                    Print(shell.Output, found, names);
            })
        );
        return command;
    }

    private static void Print(TextWriter output, One found, Names names)
    {
        string Shown(Row row, FigureValue value) =>
            value.IsKnown ? $"{FigureText.Of(row.Figure, value)} {row.Figure.Unit.Text}" : FigureWords.Of(value.State).En;
        void Line(Row row, string indent) =>
            output.WriteLine(
                $"{indent}{row.Figure.Id} {row.Figure.Label.Zh}  {Shown(row, row.Before)} -> {Shown(row, row.After)}{(DifferenceOf(row) is { } d ? $"  ({d})" : "")}"
            );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{found.To.Area.Code:D12} {found.To.Area.Name}  {found.From.Moment.Day:yyyy-MM-dd} -> {found.To.Moment.Day:yyyy-MM-dd}"
            )
        );
        Line(found.Value, "");
        foreach (var part in found.Parts)
            Line(part, "  ");
        if (found.Who is { } who)
            output.WriteLine($"  entered {who.Entered}, left {who.Left}, changed {who.Changed}, doubtful {who.Doubtful}");
        else if (found.Parts.Count == 0)
            output.WriteLine("  " + WhyUnnamed(found.Value.Figure).En);
        foreach (var (row, causes) in names.Subjects)
        {
            output.WriteLine($"  {ChangeWords.Of(row.Way).En}  {row.Number} {row.Name}");
            foreach (var cause in causes.Take(Few))
                output.WriteLine($"    {ChangeWords.Of(cause, Language.Chinese)}");
            if (causes.Count > Few)
                output.WriteLine($"    and {causes.Count - Few} more");
        }
        if (names.Next is not null)
            output.WriteLine($"  the first {ChangedSubjects.PageSize}; all by /api/v1/figures/{found.Value.Figure.Id}/between/names");
    }

    private static (FigureMoment Before, FigureMoment After) MomentsOf(DbConnection connection, Asked asked, DateOnly today)
    {
        var to = AreaArgument.Day(asked.To is "" ? null : asked.To) ?? today;
        var from = AreaArgument.Day(asked.From is "" ? null : asked.From) ?? new DateOnly(to.Year - 1, 12, 31);
        long? Known(string? at) => string.IsNullOrEmpty(at) ? null : KnownAt.Change(connection, at);
        return (new(from, Known(asked.KnownFrom)), new(to, Known(asked.KnownTo)));
    }

    /// <summary>The area in view at the two moments.</summary>
    /// <exception cref="NotInScope">It was not there at one of them, or held what is not the caller's.</exception>
    private static (FigureSide From, FigureSide To) Sides(ConsoleContext context, Asked asked)
    {
        var (before, after) = MomentsOf(context.Reader, asked, context.WorkDate);
        FigureSide Side(FigureMoment moment) => new(ListFigures.Moment(context, DayText.Of(moment.Day), null).Area, moment);
        return (Side(before), Side(after));
    }

    public static All OfAll(ConsoleContext context, Asked asked, string? name)
    {
        var (from, to) = Sides(context, asked);
        var figures = ListFigures.Chosen(
            context.Installation.Packs,
            (name ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        var rows = Rows(context.Installation, context.Reader, figures, from, to, context.Caller.FieldsOf(Permission.ViewFigures));
        return new(from, to, [.. rows.GroupBy(r => r.Figure.Group).Select(g => (g.Key, (IReadOnlyList<Row>)[.. g]))]);
    }

    private static List<Row> Rows(
        Installation installation,
        DbConnection connection,
        IReadOnlyList<Figure> figures,
        FigureSide from,
        FigureSide to,
        IReadOnlySet<string>? departments
    )
    {
        FigureValues Of(FigureSide side) => FigureValues.Of(installation, connection, figures, [side.Area], side.Moment, departments);
        var (before, after) = (Of(from), Of(to));
        return [.. figures.Where(f => !after.Hides(f)).Select(f => new Row(f, before.Of(f, from.Area), after.Of(f, to.Area)))];
    }

    /// <exception cref="NotInScope">There is no such figure, or it or the area is not the caller's.</exception>
    public static One OfOne(ConsoleContext context, string name, Asked asked)
    {
        var (from, to) = Sides(context, asked);
        return Handle(
            context.Installation,
            context.Reader,
            ShowFigure.Need(context, name),
            from,
            to,
            context.Caller.FieldsOf(Permission.ViewFigures)
        );
    }

    /// <summary>One figure at two moments.</summary>
    /// <param name="departments">The trades whose facts alone may be told; null for all.</param>
    /// <exception cref="NotInScope">The figure is of other trades.</exception>
    public static One Handle(
        Installation installation,
        DbConnection connection,
        Figure figure,
        FigureSide from,
        FigureSide to,
        IReadOnlySet<string>? departments
    )
    {
        var parts = figure.Formula is null ? [] : figure.Formula.Parts().Where(p => p.At.Kind == MomentKind.Day).Select(p => p.Figure).Distinct();
        var rows = Rows(installation, connection, [figure, .. parts], from, to, departments);
        if (rows.Count == 0 || rows[0].Figure != figure)
            throw new NotInScope();
        return new(
            from,
            to,
            rows[0],
            ChangedSubjects.CanBeNamed(figure, from, to)
            && rows[0] is not ({ Before.State: FigureState.NotKept } or { After.State: FigureState.NotKept })
                ? ChangedSubjects.Count(installation, connection, figure, from, to)
                : null,
            FindCauses.LawOf(installation, figure, from, to),
            rows[1..]
        );
    }

    /// <summary>A page of the subjects that make the difference, with their causes; empty where they cannot be told apart.</summary>
    /// <param name="today">The day on which pairings of the scope hold (yyyyMMdd).</param>
    /// <param name="departments">The trades whose values alone are told; null for all.</param>
    public static Names NamesOf(
        Installation installation,
        DbConnection connection,
        Figure figure,
        FigureSide from,
        FigureSide to,
        Scope scope,
        int today,
        IReadOnlySet<string>? departments,
        ChangeWay? way,
        string? after
    )
    {
        if (!ChangedSubjects.CanBeNamed(figure, from, to))
            return new([], null);
        var rows = ChangedSubjects.Read(
            installation,
            connection,
            figure,
            from,
            to,
            scope,
            today,
            way,
            NameSubjects.Cursor(after),
            ChangedSubjects.PageSize + 1
        );
        List<ChangedSubjects.Row> page = [.. rows.Take(ChangedSubjects.PageSize)];
        var causes = FindCauses.Of(installation, connection, figure, from, to, [.. page.Select(r => r.Id)], departments);
        return new(
            [.. page.Select(r => new Subject(r, causes[r.Id]))],
            rows.Count > page.Count ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].AreaCode}-{page[^1].Id}") : null
        );
    }

    /// <summary>The same within the caller's scope.</summary>
    /// <exception cref="NotInScope">The figure is of other trades.</exception>
    public static Names NamesOf(ConsoleContext context, Figure figure, FigureSide from, FigureSide to, ChangeWay? way, string? after)
    {
        var departments = context.Caller.FieldsOf(Permission.ViewHouseholds);
        if (FigureValues.Of(context.Installation, context.Reader, [], [to.Area], to.Moment, departments).Hides(figure))
            throw new NotInScope();
        return NamesOf(
            context.Installation,
            context.Reader,
            figure,
            from,
            to,
            context.Caller.Scope(Permission.ViewHouseholds),
            context.Day,
            departments,
            way,
            after
        );
    }

    private static IResult ShowAll(ConsoleContext context, string? from, string? to, string? knownFrom, string? knownTo) =>
        AreaInView.Of(context) is null
            ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            : new RazorComponentResult<Pages.FiguresBetweenPage>(
                new { Found = OfAll(context, new(from, to, knownFrom, knownTo), null), Asked = new Asked(from, to, knownFrom, knownTo) }
            );

    private static IResult ShowOne(
        ConsoleContext context,
        string figure,
        string? from,
        string? to,
        string? knownFrom,
        string? knownTo,
        string? way,
        string? after
    )
    {
        if (AreaInView.Of(context) is null)
            return new RazorComponentResult<Standards.Pages.NoWholeAreaPage>();
        var asked = new Asked(from, to, knownFrom, knownTo);
        var found = OfOne(context, figure, asked);
        var names = context.Caller.May(Permission.ViewHouseholds)
            ? NamesOf(context, found.Value.Figure, found.From, found.To, WayOf(way), after)
            : null;
        return new RazorComponentResult<Pages.FigureBetweenPage>(
            new
            {
                Found = found,
                Asked = asked,
                Names = names,
                Way = WayOf(way),
            }
        );
    }

    /// <exception cref="BadHttpRequestException"/>
    public static ChangeWay? WayOf(string? way) =>
        Api.Word(way, "all", "entered", "left", "changed", "doubtful") switch
        {
            "entered" => ChangeWay.Entered,
            "left" => ChangeWay.Left,
            "changed" => ChangeWay.Changed,
            "doubtful" => ChangeWay.Doubtful,
            _ => null,
        };

    /// <summary>Why nobody is named.</summary>
    public static Label WhyUnnamed(Figure figure) =>
        figure switch
        {
            { Formula: not null } => new("由下面的数算出，打开它们看是哪些人", "computed from the figures below: open them for the names"),
            { IsStated: true } => new("由部门填报，没有名单", "stated by departments: there is no list of names"),
            { Verdicts: not null } => new(
                "户数多，要先按这两个时点判定，才知道是哪些户",
                "the area is large: it has to be judged for both moments before the households can be told"
            ),
            _ => new("数的是没有名单的事项，或读取判定", "counts what has no names, or reads verdicts"),
        };

    /// <summary>The difference with its sign, in the figure's unit.</summary>
    public static string? DifferenceOf(Row row) => row.Difference is { } difference ? Signed(row.Figure, difference) : null;

    /// <summary>A difference in base units with its sign, in the figure's unit.</summary>
    public static string Signed(Figure figure, Exact difference) => (difference.Sign > 0 ? "+" : "") + FigureText.Of(figure, difference);

    private static ToldMoment Tell(FigureMoment moment) => new(moment.Day, moment.KnownAt);

    private static ToldRow Tell(Row row) =>
        new(
            row.Figure.Id,
            row.Figure.Label,
            row.Figure.Unit.Text,
            ListFigures.Tell(row.Figure, row.Before),
            ListFigures.Tell(row.Figure, row.After),
            DifferenceOf(row)
        );

    private static ToldAll Tell(All found) =>
        new(PickArea.Tell(found.To.Area), Tell(found.From.Moment), Tell(found.To.Moment), [.. found.Groups.SelectMany(g => g.Rows).Select(Tell)]);

    public static ToldOne Tell(One found) =>
        new(
            PickArea.Tell(found.To.Area),
            Tell(found.From.Moment),
            Tell(found.To.Moment),
            Tell(found.Value),
            found.Who is { } who ? new(who.Entered, who.Left, who.Changed, who.Doubtful, who.Low.ToString(), who.High.ToString()) : null,
            [
                .. found.Law.Select(l => new ToldLaw(
                    l.Parameter.Id,
                    l.Parameter.Label,
                    l.Before is { } was ? ShownText.Of(l.Parameter.Type, ChangeWords.Raw(was.Value), Language.Chinese) : null,
                    l.After is { } now ? ShownText.Of(l.Parameter.Type, ChangeWords.Raw(now.Value), Language.Chinese) : null,
                    l.After?.Source
                )),
            ],
            [.. found.Parts.Select(Tell)]
        );

    private static ToldNames TellNames(ConsoleContext context, string name, Asked asked, string? way, string? after)
    {
        var figure = ShowFigure.Need(context, name);
        var (from, to) = Sides(context, asked);
        return TellNames(figure, NamesOf(context, figure, from, to, WayOf(way), after), Language.Chinese);
    }

    public static ToldNames TellNames(Figure figure, Names names, Language language)
    {
        string? Amount(ChangedSubjects.Share share) =>
            share is { Low: { } low, High: { } high } ? FigureText.Of(figure, new FigureValue(FigureState.Known, low, high)) : null;
        return new(
            [
                .. names.Subjects.Select(s => new ToldSubject(
                    s.Row.Id,
                    s.Row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                    s.Row.Household,
                    s.Row.Number,
                    s.Row.Name,
                    s.Row.Way,
                    Amount(s.Row.Before),
                    Amount(s.Row.After),
                    [
                        .. s.Causes.Select(c => new ToldCause(
                            c.Kind,
                            ChangeWords.Of(c, language),
                            c.Fact?.ToString(),
                            ChangeWords.Value(c, c.Before, language),
                            ChangeWords.Value(c, c.After, language),
                            c.Person,
                            c.Day is { } day ? ShownText.Date(day) : null,
                            c.Act?.At,
                            c.Act?.Actor,
                            c.Act?.StatedBy,
                            c.Withheld
                        )),
                    ]
                )),
            ],
            names.Next
        );
    }
}
