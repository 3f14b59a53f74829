using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>
/// The subjects a figure counts, by name, and those of which it is not known: as many as the number says. Households and persons within the scope of whoever
/// asks, pages by the last row seen.
/// </summary>
public static class NameSubjects
{
    public const int PageSize = 50;

    /// <param name="Id">Of the subject.</param>
    /// <param name="AreaCode">Where the list has it: the village of now, or the place itself.</param>
    /// <param name="Village">Where it was at the moment, by the tree of then; of a place the place itself. Null where that is in no tree.</param>
    /// <param name="Household">The household it is or belongs to; null for a place.</param>
    /// <param name="Amount">With how much it counts in the figure's unit, 1 for a plain count; null where that is unknown.</param>
    public sealed record Row(long Id, long AreaCode, AreaVersion? Village, long? Household, string? Number, string? Name, Exact? Amount)
    {
        public string Code => (Village?.Code ?? AreaCode).ToString("D12", CultureInfo.InvariantCulture);
    }

    /// <param name="Unknown">Those of whom it is not known, instead of those who count.</param>
    public sealed record Result(Figure Figure, AreaVersion Area, FigureMoment Moment, bool Unknown, IReadOnlyList<Row> Rows, string? Next);

    public sealed record Told(PickArea.Place Area, DateOnly Day, string Figure, string Which, IReadOnlyList<ToldRow> Rows, string? Next);

    /// <param name="Area">Code of the village, or of the place itself.</param>
    /// <param name="Amount">In the figure's unit; null where unknown.</param>
    public sealed record ToldRow(long Id, string Area, long? Household, string? Number, string? Name, string? Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/figures/{figure}/names", Show).Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/figures/{figure}/names",
                (ConsoleContext context, HttpContext http, string figure, string? which, string? after, string? asOf, string? knownAt) =>
                    Api.Answer(http, Tell(Handle(context, figure, which, after, asOf, knownAt)))
            )
            .OfApi<Told>(Permission.ViewHouseholds, "figureNames", "The subjects a figure counts, by name")
            .Asks(
                Api.Area,
                ("which", "counted (default) or unknown: those of whom it is not known whether, or with how much, they count"),
                ("after", "cursor: next of the last answer"),
                ("asOf", "yyyy-MM-dd: the effective day; without it the work date"),
                ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then")
            );
    }

    private static Told Tell(Result found) =>
        new(
            PickArea.Tell(found.Area),
            found.Moment.Day,
            found.Figure.Id,
            found.Unknown ? "unknown" : "counted",
            [
                .. found.Rows.Select(r => new ToldRow(
                    r.Id,
                    r.Code,
                    r.Household,
                    r.Number,
                    r.Name,
                    r.Amount is { } amount ? FigureText.Of(found.Figure, amount) : null
                )),
            ],
            found.Next
        );

    private static IResult Show(ConsoleContext context, string figure, string? which, string? after, string? asOf, string? knownAt) =>
        AreaInView.Of(context) is null
            ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            : new RazorComponentResult<Pages.FigureNamesPage>(
                new
                {
                    Found = Handle(context, figure, which, after, asOf, knownAt),
                    AsOf = asOf,
                    KnownAt = knownAt,
                }
            );

    /// <exception cref="NotInScope">There is no such figure, it opens to nobody, or it or the area is not the caller's.</exception>
    public static Result Handle(ConsoleContext context, string name, string? which, string? after, string? asOf, string? knownAt)
    {
        var (figure, area, moment, unknown) = Asked(context, name, which, asOf, knownAt);
        var rows = Read(context, figure, area, moment, unknown, Cursor(after), PageSize + 1).ToList();
        return new(
            figure,
            area,
            moment,
            unknown,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? string.Create(CultureInfo.InvariantCulture, $"{rows[PageSize - 1].AreaCode}-{rows[PageSize - 1].Id}") : null
        );
    }

    /// <summary>What is asked for, where the caller may ask it.</summary>
    /// <exception cref="NotInScope"/>
    public static (Figure Figure, AreaVersion Area, FigureMoment Moment, bool Unknown) Asked(
        ConsoleContext context,
        string name,
        string? which,
        string? asOf,
        string? knownAt
    )
    {
        var figure = ShowFigure.Need(context, name);
        var (area, _, moment) = ListFigures.Moment(context, asOf, knownAt);
        var departments = context.Caller.FieldsOf(Permission.ViewHouseholds);
        if (figure.Counted is not { } counted || !Opens(counted.Over))
            throw new NotInScope("this figure opens to no names");
        if (FigureValues.Of(context.Installation, context.Reader, [], [area], moment, departments).Hides(figure))
            throw new NotInScope();
        return (figure, area, moment, Api.Word(which, "counted", "unknown") == "unknown");
    }

    /// <summary>All rows, one by one: for files.</summary>
    public static IEnumerable<Row> Stream(ConsoleContext context, Figure figure, AreaVersion area, FigureMoment moment, bool unknown) =>
        Read(context, figure, area, moment, unknown, null, null);

    /// <summary>The first of all who are held: for the command line, whose caller owns the record.</summary>
    public static IReadOnlyList<Row> First(
        Installation installation,
        DbConnection connection,
        Figure figure,
        AreaVersion area,
        FigureMoment moment,
        bool unknown,
        int most
    ) =>
        [
            .. Read(
                installation,
                connection,
                figure,
                area,
                moment,
                unknown,
                null,
                most,
                range => string.Create(CultureInfo.InvariantCulture, $"l.area_code BETWEEN {range.From} AND {range.To}"),
                moment.KnownAt is null && moment.Day == installation.WorkDate ? AreaTree.Load(connection, moment.Day) : null
            ),
        ];

    /// <summary>The first the caller may see: for a part of another page. Of a figure of another trade there are none.</summary>
    public static IReadOnlyList<Row> First(ConsoleContext context, Figure figure, AreaVersion area, FigureMoment moment, bool unknown, int most) =>
        FigureValues.Of(context.Installation, context.Reader, [], [area], moment, context.Caller.FieldsOf(Permission.ViewHouseholds)).Hides(figure)
            ? []
            : [.. Read(context, figure, area, moment, unknown, null, most)];

    /// <summary>Whether the subjects of a type can be named: places, households, their members, and what belongs to a household.</summary>
    public static bool Opens(SubjectType over) => over.Level is not null || over.Name is "household" or "person" || HouseholdOf(over) is not null;

    /// <summary>The step from a subject to its household, where it belongs to one.</summary>
    internal static Relation? HouseholdOf(SubjectType over) =>
        over.Relations.Values.FirstOrDefault(r => r is { Many: false, LinkTable: null } && r.Target.Name == "household" && r.TargetColumn == "id");

    /// <summary>The last row of a page, as its link says it; null for the first page.</summary>
    internal static (long Code, long Id)? Cursor(string? text) =>
        text?.Split('-') is [var code, var id]
        && long.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? (at, key)
            : null;

    private static IEnumerable<Row> Read(
        ConsoleContext context,
        Figure figure,
        AreaVersion area,
        FigureMoment moment,
        bool unknown,
        (long Code, long Id)? after,
        int? limit
    ) =>
        Read(
            context.Installation,
            context.Reader,
            figure,
            area,
            moment,
            unknown,
            after,
            limit,
            range => Viewer.Of(context).Households("l", range),
            moment.KnownAt is null && moment.Day == context.WorkDate ? context.Tree : null
        );

    /// <param name="now">The tree of now, where the moment is now.</param>
    private static IEnumerable<Row> Read(
        Installation installation,
        DbConnection connection,
        Figure figure,
        AreaVersion area,
        FigureMoment moment,
        bool unknown,
        (long Code, long Id)? after,
        int? limit,
        Func<AreaRange, string> households,
        AreaTree? now
    )
    {
        if (figure.Moment.On(moment.Day) is not { } day)
            return [];
        var (counted, range) = (figure.Counted!, AreaTree.RangeOf(area));
        var isNow = now is not null;
        var tree = now ?? AreaTree.Load(connection, moment.Day, knownAt: moment.KnownAt);
        // What lies before the last row seen need not be counted again; of another moment the list has codes of now.
        var rest = isNow && after is { } at ? range with { From = Math.Max(range.From, at.Code) } : range;
        var members = SqlJudging.Members(counted, figure.Kept is null, FigureValues.ContextOf(installation, connection, day, moment.KnownAt, rest));
        var which = unknown
            ? "(s.sure IS NULL OR (s.sure = 1 AND (s.low IS NULL OR s.high IS NULL OR s.low <> s.high)))"
            : "s.sure = 1 AND (s.high IS NULL OR s.high <> 0)";
        var covers = string.Create(CultureInfo.InvariantCulture, $".from_day <= {DayNumber.Of(day)}");
        string Covers(string alias) => $"{alias}{covers} AND ({alias}.to_day IS NULL OR {alias}.to_day > {DayNumber.Of(day)})";
        // PostgreSQL takes those who count for very few and would count them anew for each household of the list: it is told to ask the list for each of them.
        string ListOf(string household) =>
            installation.Store.IsSqlite
                ? $"JOIN household_list l ON l.household_id = {household}"
                : $"JOIN LATERAL (SELECT * FROM household_list o WHERE o.household_id = {household} OFFSET 0) l ON TRUE";
        var (columns, joins, order) =
            counted.Over.Level is not null
                ? (
                    "v.code AS area_code, NULL AS household, NULL AS number, v.name",
                    $"JOIN area_versions v ON v.area_id = s.id AND {Covers("v")}",
                    "v.code"
                )
            : counted.Over.Name == "household" ? (Listed("l.head_name"), ListOf("s.id"), "l.area_code")
            : counted.Over.Name == "person"
                ? (
                    Listed("p.name"),
                    $"JOIN persons p ON p.id = s.id JOIN memberships m ON m.person_id = p.id AND {Covers("m")} {ListOf("m.household_id")}",
                    "l.area_code"
                )
            : (
                Listed("l.head_name"),
                $"JOIN {counted.Over.Table} t ON t.id = s.id {ListOf($"t.{HouseholdOf(counted.Over)!.SourceColumn}")}",
                "l.area_code"
            );
        // A household that counts in the place at another moment is in another by now: whoever sees it there is told.
        var scope = counted.Over.Level is not null ? "TRUE" : $"{households(isNow ? range : AreaRange.Nation)} AND l.place_code = l.area_code";
        var village =
            isNow || counted.Over.Level is not null ? "NULL" : RowsThen.Village(connection, "q.household", DayNumber.Of(moment.Day), moment.KnownAt);
        var from = after is { } seen ? string.Create(CultureInfo.InvariantCulture, $" AND ({order}, s.id) > ({seen.Code}, {seen.Id})") : "";
        if (!installation.Store.IsSqlite)
            Platform.Database.Sql.Execute(connection, "SET jit = off");
        return connection
            .Query<Found>(
                $"""
                SELECT q.*, {village} AS village_then FROM (
                  SELECT s.id, {columns}, s.low, s.high FROM ({members}) s {joins}
                  WHERE {scope} AND {which}{from} ORDER BY {order}, s.id{(limit is null ? "" : $" LIMIT {limit}")}
                ) q ORDER BY q.area_code, q.id
                """,
                buffered: limit is not null,
                commandTimeout: 0
            )
            .Select(f => new Row(
                f.Id,
                f.AreaCode,
                f.VillageThen is { } id ? tree.ById(id) : tree.ByCode(f.AreaCode),
                f.Household,
                f.Number,
                f.Name,
                f.Low is { } low && low == f.High ? Amount(figure, low) : null
            ));
    }

    private static string Listed(string name) => $"l.area_code, l.household_id AS household, l.number, {name} AS name";

    /// <summary>A stored number of a counted figure in base units.</summary>
    internal static Exact Amount(Figure figure, long stored)
    {
        if (figure.Counted is not { Sum: not null, Type: var type })
            return stored;
        return Exact.Scaled(stored, type.Kind == Kind.Fen ? 2 : type.Scale);
    }

    private sealed class Found
    {
        public long Id { get; init; }
        public long AreaCode { get; init; }
        public long? VillageThen { get; init; }
        public long? Household { get; init; }
        public string? Number { get; init; }
        public string? Name { get; init; }
        public long? Low { get; init; }
        public long? High { get; init; }
    }
}
