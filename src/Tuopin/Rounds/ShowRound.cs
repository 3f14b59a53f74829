using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Rounds;

/// <summary>
/// <c>/rounds/{round}</c>: the stages, the account of the area in view, how far each place beneath it is, and the households behind each number. Whoever
/// holds a part of the county sees its part.
/// </summary>
public static class ShowRound
{
    public const int PageSize = 100;

    /// <summary>A place beneath the one in view, and how many of its households have no outcome yet.</summary>
    public sealed record Place(AreaVersion Area, long Households, long Open);

    public sealed class Name
    {
        public long Id { get; init; }
        public string Number { get; init; } = "";
        public string? Head { get; init; }
        public long AreaCode { get; init; }
        public int? Opening { get; init; }
        public string? Outcome { get; init; }
        public string? Reason { get; init; }
        public int? Registry { get; init; }
    }

    /// <param name="Only">open, differing, or the id of an outcome: whose names are shown.</param>
    public sealed record Result(
        RoundHeld Round,
        AreaVersion Area,
        RoundStage? Stage,
        RoundReport Report,
        IReadOnlyList<Place> Places,
        string? Only,
        IReadOnlyList<Name> Names,
        (long Area, long Id)? Next,
        bool MayRecord,
        bool MayClose,
        int? Done
    );

    public sealed record ToldStage(string Id, Label Title, string From, string To);

    public sealed record ToldLine(string Outcome, Label Title, long Households);

    public sealed record ToldStatus(string Status, Label Title, long Opening, long Recorded, long Registry);

    /// <param name="Stage">The stage today; null between two and once it is closed.</param>
    /// <param name="Left">Registered at the opening and no longer, by the outcomes.</param>
    /// <param name="Differing">Of whom the registry says other than the outcome.</param>
    public sealed record Told(
        long Id,
        string Round,
        Label Title,
        int Year,
        string Area,
        string? Stage,
        DateOnly From,
        DateOnly To,
        DateOnly? Closed,
        IReadOnlyList<ToldStage> Stages,
        long Opening,
        long TakenIn,
        long Left,
        long Closing,
        long Registry,
        long Undecided,
        long Differing,
        bool Reconciles,
        IReadOnlyList<ToldLine> Outcomes,
        IReadOnlyList<ToldStatus> Statuses
    );

    public sealed record ToldName(
        long Id,
        string Number,
        string? Head,
        string Area,
        string? Opening,
        string? Outcome,
        string? Reason,
        string? Registry
    );

    public sealed record ToldNames(IReadOnlyList<ToldName> Households, string? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/rounds/{round:long}",
                IResult (ConsoleContext context, long round, string? only, string? after, int? done) =>
                    new RazorComponentResult<Pages.RoundPage>(new { Found = Handle(context, round, only, after) with { Done = done } })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                Api.Root + "/rounds/{round:long}",
                (ConsoleContext context, HttpContext http, long round) => Api.Answer(http, Tell(context, round))
            )
            .OfApi<Told>(Permission.ViewLists, "round", "A round: stages, and its account of the area in view")
            .Asks(Api.Area);
        routes
            .MapGet(
                Api.Root + "/rounds/{round:long}/households",
                (ConsoleContext context, HttpContext http, long round, string? only, string? after) =>
                    Api.Answer(http, TellNames(context, Handle(context, round, only ?? "open", after)))
            )
            .OfApi<ToldNames>(
                Permission.ViewLists,
                "roundHouseholds",
                "Households of a round: still open, differing from the registry, or of an outcome"
            )
            .Asks(Api.Area, ("only", "open (default), differing, or the id of an outcome"), ("after", "cursor: next of the last answer"));
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long id, string? only, string? after)
    {
        var packs = context.Installation.Packs;
        var round = RoundHeld.Find(context.Reader, null, packs, context.Caller, Permission.ViewLists, id);
        var scope = context.Caller.Scope(Permission.ViewLists);
        var county = context.Tree.ById(round.Row.AreaId) ?? throw new NotInScope();
        var asked = context.Area(Permission.ViewLists);
        // An area outside the county of the round is no part of it.
        var area = round.Range.Contains(AreaTree.RangeOf(asked)) ? asked : county;
        var ranges = scope.Within(AreaTree.RangeOf(area));
        var kinds = packs.Dictionary.CodeLists["status_kind"];
        var (names, next) = only is null ? ([], null) : Names(context, round, ranges, kinds, only, after);
        var stage = round.Stage(context.Day);
        var may = context.Caller.GrantsWith(Permission.RecordOutcome).Any(g => stage?.Who.Any(w => w.ToString() == g.Role.ToString()) == true);
        return new(
            round,
            area,
            stage,
            RoundReport.Of(round.Pack, kinds, Flows(context.Reader, null, round, context.Day, ranges)),
            Places(context, round, area, ranges),
            only,
            names,
            next,
            may && round.Row.ClosedDay is null,
            context.Caller.May(Permission.OpenRound) && context.Caller.Scope(Permission.OpenRound).Covers(round.Range) && round.Row.ClosedDay is null,
            null
        );
    }

    /// <summary>The counts that the account is made of.</summary>
    internal static List<RoundReport.Flow> Flows(
        DbConnection connection,
        DbTransaction? transaction,
        RoundHeld round,
        int day,
        IReadOnlyList<AreaRange> ranges
    )
    {
        var (column, join) = round.Registry(day);
        return
        [
            .. connection
                .Query<(int? Opening, string? Outcome, int? Closing, long Households)>(
                    $"""
                    SELECT s.opening, s.outcome, {column}, count(*) FROM round_subjects s{join}
                    WHERE s.round_id = {round.Row.Id} AND {RoundHeld.Within(ranges, "s")} GROUP BY 1, 2, 3
                    """,
                    transaction: transaction
                )
                .Select(f => new RoundReport.Flow(f.Opening, f.Outcome, f.Closing, f.Households)),
        ];
    }

    private static IReadOnlyList<Place> Places(ConsoleContext context, RoundHeld round, AreaVersion area, IReadOnlyList<AreaRange> ranges)
    {
        if (area.Level >= 5)
            return [];
        var width = area.Level == 4 ? 1 : 1_000;
        return
        [
            .. context
                .Reader.Query<(long Code, long Households, long Open)>(
                    $"""
                    SELECT s.area_code / {width} * {width}, count(*), count(*) FILTER (WHERE s.outcome IS NULL) FROM round_subjects s
                    WHERE s.round_id = {round.Row.Id} AND {RoundHeld.Within(ranges, "s")} GROUP BY 1 ORDER BY 1
                    """
                )
                .Select(p => (Area: context.Tree.ByCode(p.Code), p.Households, p.Open))
                .Where(p => p.Area is not null)
                .Select(p => new Place(p.Area!, p.Households, p.Open)),
        ];
    }

    private static (IReadOnlyList<Name>, (long, long)?) Names(
        ConsoleContext context,
        RoundHeld round,
        IReadOnlyList<AreaRange> ranges,
        CodeList kinds,
        string only,
        string? after
    )
    {
        var (column, join) = round.Registry(context.Day);
        var which = only switch
        {
            "open" => "s.outcome IS NULL",
            "differing" => $"{round.Expected(kinds, "s")} IS DISTINCT FROM {column}",
            _ when round.Pack.Outcome(only) is not null => "s.outcome = @only",
            _ => throw new BadHttpRequestException("no such word"),
        };
        var cursor = after?.Split('-');
        long Part(int at) =>
            long.TryParse(cursor?.ElementAtOrDefault(at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var rows = context
            .Reader.Query<Name>(
                $"""
                SELECT s.subject_id AS id, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS number, h.head_name AS head, s.area_code,
                  s.opening, s.outcome, s.reason, {column} AS registry
                FROM round_subjects s JOIN households h ON h.id = s.subject_id{join}
                WHERE s.round_id = {round.Row.Id} AND {RoundHeld.Within(ranges, "s")} AND {which}
                  AND (s.area_code > @area OR (s.area_code = @area AND s.subject_id > @subject))
                ORDER BY s.area_code, s.subject_id LIMIT {PageSize + 1}
                """,
                new
                {
                    only,
                    area = Part(0),
                    subject = Part(1),
                }
            )
            .ToList();
        return ([.. rows.Take(PageSize)], rows.Count > PageSize ? (rows[PageSize - 1].AreaCode, rows[PageSize - 1].Id) : null);
    }

    /// <summary>All households of a round within some areas, in the order of villages, read one after the other.</summary>
    public static IEnumerable<Name> All(ConsoleContext context, RoundHeld round, IReadOnlyList<AreaRange> ranges)
    {
        var (column, join) = round.Registry(context.Day);
        return context.Reader.Query<Name>(
            $"""
            SELECT s.subject_id AS id, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS number, h.head_name AS head, s.area_code,
              s.opening, s.outcome, s.reason, {column} AS registry
            FROM round_subjects s JOIN households h ON h.id = s.subject_id{join}
            WHERE s.round_id = {round.Row.Id} AND {RoundHeld.Within(ranges, "s")} ORDER BY s.area_code, s.subject_id
            """,
            buffered: false
        );
    }

    /// <summary>How the day of a stage is written.</summary>
    public static string Day(int monthDay) => string.Create(CultureInfo.InvariantCulture, $"{monthDay / 100:D2}-{monthDay % 100:D2}");

    public static Told Tell(ConsoleContext context, long id)
    {
        var found = Handle(context, id, null, null);
        var (row, pack, report) = (found.Round.Row, found.Round.Pack, found.Report);
        return new(
            row.Id,
            row.PackId,
            pack.Title,
            row.Year,
            PickArea.Code(found.Area),
            found.Stage?.Id,
            DayNumber.ToDate(row.FromDay),
            DayNumber.ToDate(row.ToDay),
            row.ClosedDay is { } closed ? DayNumber.ToDate(closed) : null,
            [.. pack.Stages.Select(s => new ToldStage(s.Id, s.Title, Day(s.From), Day(s.To)))],
            report.Opening,
            report.TakenIn,
            report.Left,
            report.Closing,
            report.Registry,
            report.Undecided,
            report.Differing,
            report.Reconciles,
            [.. report.Lines.Select(l => new ToldLine(l.Outcome.Id, l.Outcome.Title, l.Households))],
            [.. report.Statuses.Select(s => new ToldStatus(s.Kind.Key, s.Kind.Label, s.Opening, s.Recorded, s.Registry))]
        );
    }

    private static ToldNames TellNames(ConsoleContext context, Result found)
    {
        var kinds = context.Installation.Packs.Dictionary.CodeLists["status_kind"];
        string? Key(int? kind) => kind is { } k ? kinds.Find(k)?.Key : null;
        return new(
            [
                .. found.Names.Select(n => new ToldName(
                    n.Id,
                    n.Number,
                    n.Head,
                    n.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
                    Key(n.Opening),
                    n.Outcome,
                    n.Reason,
                    Key(n.Registry)
                )),
            ],
            found.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"{next.Area}-{next.Id}") : null
        );
    }
}
