using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Reports.Sealing;
using Tuopin.Rounds;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.YearEnds;

/// <summary>
/// <c>/year-ends/{round}</c>: the closing of a year: which places have confirmed it, the account of the year as the incidence table has it, and, once it is closed,
/// the sealed report and what would be another number today. Whoever holds a part of the county sees its part.
/// </summary>
public static class ShowYearEnd
{
    /// <summary>What a place may come to; null while it is open.</summary>
    public const string Confirmed = "confirmed";
    public const string Returned = "returned";

    /// <param name="Area">Null where the place is no longer in the tree.</param>
    /// <param name="May">Whether the caller may confirm it.</param>
    public sealed record Place(long Code, AreaVersion? Area, string? Outcome, string? Reason, bool May);

    /// <param name="Year">The year of the incidence table; null where it has none (after 2020), or the county is not wholly the caller's.</param>
    /// <param name="Seal">The sealed report of the closing; null before it, or where the caller does not read it.</param>
    public sealed record Result(
        RoundHeld Round,
        AreaVersion County,
        RoundStage? Stage,
        IReadOnlyList<Place> Places,
        CountIncidence.Year? Year,
        SealedReport? Seal,
        bool MayClose
    )
    {
        /// <summary>The year that is frozen.</summary>
        public int Frozen => Round.Row.FromDay / 10000;
        public int Open => Places.Count(p => p.Outcome != Confirmed);

        /// <summary>Households whose stated year is another than that of the change.</summary>
        public long Differing => Year?.Lines.Sum(l => l.Differing) ?? 0;
        public bool Reconciles => Year is null || (Differing == 0 && Year.Unexplained is { Households: 0, Persons: 0 });
    }

    public sealed record All(IReadOnlyList<RoundHeld> Rounds, AreaVersion? County, IReadOnlyList<Round> Offers);

    public sealed record ToldPlace(string Area, string? Name, string? Outcome, string? Reason);

    /// <param name="Frozen">The year that is frozen.</param>
    /// <param name="Start">Remaining households at its start; null where the incidence table has no such year.</param>
    /// <param name="Differing">Households of whom the record states another year.</param>
    /// <param name="Seal">Number of the sealed report.</param>
    public sealed record Told(
        long Id,
        string Round,
        Label Title,
        int Frozen,
        string County,
        string? Stage,
        DateOnly? Closed,
        IReadOnlyList<ToldPlace> Places,
        long? Start,
        long? In,
        long? Out,
        long? Left,
        long Differing,
        bool Reconciles,
        long? Seal
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/year-ends", IResult (ConsoleContext context) => new RazorComponentResult<Pages.YearEndsPage>(new { Found = List(context) }))
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                "/year-ends/{round:long}",
                IResult (ConsoleContext context, long round) => new RazorComponentResult<Pages.YearEndPage>(new { Found = Handle(context, round) })
            )
            .Needs(Permission.ViewLists);
        routes
            .MapGet(
                Api.Root + "/year-ends/{round:long}",
                (ConsoleContext context, HttpContext http, long round) => Api.Answer(http, Tell(context, round))
            )
            .OfApi<Told>(Permission.ViewLists, "yearEnd", "The closing of a year: places, account, sealed report");
    }

    private static All List(ConsoleContext context)
    {
        var county = context.Caller.Scope(Permission.OpenRound).Areas.Select(a => context.Tree.ByCode(a.From)).FirstOrDefault(a => a?.Level == 3);
        var rounds = ListRounds.Handle(context, null).Rounds.Where(r => r.Pack.Freezes is not null).ToList();
        return new(
            rounds,
            county,
            county is null
                ? []
                :
                [
                    .. OpenRound
                        .In(context.Installation, county, context.WorkDate, ofPlaces: true)
                        .Where(o =>
                            !rounds.Exists(r => r.Row.PackId == o.Id && r.Row.Year == context.WorkDate.Year && r.Row.AreaId == county.AreaId)
                        ),
                ]
        );
    }

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, long id)
    {
        var (caller, reader) = (context.Caller, context.Reader);
        var round = RoundHeld.Find(reader, null, context.Installation.Packs, caller, Permission.ViewLists, id, ofPlaces: true);
        var county = context.Tree.ById(round.Row.AreaId) ?? throw new NotInScope();
        var stage = round.Stage(context.Day);
        var ranges = caller.Scope(Permission.ViewLists).Within(round.Range);
        var rows = Rows(reader, null, round, ranges);
        var whole = caller.Scope(Permission.ViewFigures).Covers(round.Range) && caller.FieldsOf(Permission.ViewFigures) is null;
        return new(
            round,
            county,
            stage,
            [
                .. rows.Select(r => new Place(
                    r.Code,
                    context.Tree.ById(r.Id),
                    r.Outcome,
                    r.Reason,
                    stage is not null && ConfirmPlace.May(caller, stage, r.Code, round.Pack.Freezes!.Level)
                )),
            ],
            whole ? YearOf(context, county, round.Row.FromDay / 10000) : null,
            whole ? SealOf(reader, null, round) : null,
            round.Row.ClosedDay is null && caller.May(Permission.OpenRound) && caller.Scope(Permission.OpenRound).Covers(round.Range)
        );
    }

    /// <summary>The places on the list, by code.</summary>
    public static IReadOnlyList<(long Id, long Code, string? Outcome, string? Reason)> Rows(
        DbConnection connection,
        DbTransaction? transaction,
        RoundHeld round,
        IReadOnlyList<AreaRange> ranges
    ) =>
        [
            .. connection.Query<(long, long, string?, string?)>(
                $"""
                SELECT s.subject_id, s.area_code, s.outcome, s.reason FROM round_subjects s
                WHERE s.round_id = {round.Row.Id} AND {RoundHeld.Within(ranges, "s")} ORDER BY s.area_code
                """,
                transaction: transaction
            ),
        ];

    /// <summary>The frozen year in the incidence table; null where it has none.</summary>
    public static CountIncidence.Year? YearOf(ConsoleContext context, AreaVersion county, int year) =>
        CountIncidence.Handle(context, county).Years.FirstOrDefault(y => y.Number == year && y.To.DayOfYear >= 365);

    // The last edition of its report, of the day it is of.
    private static SealedReport? SealOf(DbConnection connection, DbTransaction? transaction, RoundHeld round) =>
        round.Row.ClosedDay is null
            ? null
            : connection.QueryFirstOrDefault<SealedReport>(
                "SELECT * FROM sealed_reports WHERE report = @report AND area_id = @area AND day = @day ORDER BY edition DESC LIMIT 1",
                new
                {
                    report = round.Pack.Freezes!.Report,
                    area = round.Row.AreaId,
                    day = round.Row.ToDay,
                },
                transaction
            );

    public static Told Tell(ConsoleContext context, long id)
    {
        var found = Handle(context, id);
        var (row, year) = (found.Round.Row, found.Year);
        return new(
            row.Id,
            row.PackId,
            found.Round.Pack.Title,
            found.Frozen,
            PickArea.Code(found.County),
            found.Stage?.Id,
            row.ClosedDay is { } closed ? DayNumber.ToDate(closed) : null,
            [.. found.Places.Select(p => new ToldPlace(p.Code.ToString("D12", CultureInfo.InvariantCulture), p.Area?.Name, p.Outcome, p.Reason))],
            year?.Start.Households,
            year?.Lines.Where(l => l.IsIn).Sum(l => l.Number.Households),
            year?.Lines.Where(l => !l.IsIn).Sum(l => l.Number.Households),
            year?.End.Households,
            found.Differing,
            found.Reconciles,
            found.Seal?.Id
        );
    }
}
