using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Web;
using Tuopin.Reports.Sealing;
using Tuopin.Rounds;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.YearEnds;

/// <summary>
/// <c>POST /year-ends/{round}/close</c>: once all places have confirmed, the county closes the year: its report is sealed as of the last day, and nothing is stated of
/// or changed on a day of that year any more. The account must reconcile, or the households by which it does not are named.
/// </summary>
public static class CloseYearEnd
{
    /// <param name="Anyway">Although the record states other years of some households than their changes are of: the page names them.</param>
    public sealed record Request(bool? Anyway);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/year-ends/{round:long}/close",
                async Task<IResult> (ConsoleContext context, HttpContext http, long round) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    Handle(context, round, form["anyway"] == "yes");
                    return TypedResults.LocalRedirect($"/year-ends/{round}");
                }
            )
            .Needs(Permission.OpenRound);
        routes
            .MapPost(
                Api.Root + "/year-ends/{round:long}/close",
                async (ConsoleContext context, HttpContext http, long round, Request request) =>
                {
                    await Api.CheckWrite(http);
                    Handle(context, round, request.Anyway == true);
                    await Api.Answer(http, ShowYearEnd.Tell(context, round));
                }
            )
            .OfApi<ShowYearEnd.Told>(
                Permission.OpenRound,
                "closeYearEnd",
                "Close a year: its report is sealed, and its days take no change any more"
            );
    }

    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">round.over, round.not-yet, round.unconfirmed, round.year-differs, and those of sealing.</exception>
    public static void Handle(ConsoleContext context, long id, bool anyway)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var day = DayNumber.Of(Installation.WorkDateOf(connection, installation.Clock, transaction));
        var round = RoundHeld.Find(connection, transaction, installation.Packs, caller, Permission.OpenRound, id, ofPlaces: true);
        if (!caller.Scope(Permission.OpenRound).Covers(round.Range) || !SealReport.Covers(caller, round.Range))
            throw new NotInScope();
        round.RequireLastStage(day);
        var open = ShowYearEnd.Rows(connection, transaction, round, [round.Range]).Where(r => r.Outcome != ShowYearEnd.Confirmed).ToList();
        if (open.Count > 0)
            throw new Refusal(
                "round.unconfirmed",
                $"还有 {open.Count} 个地方没有核对确认。{open.Count} places have not confirmed their figures.",
                [.. open.Take(20).Select(r => context.Tree.ById(r.Id)?.Name ?? r.Code.ToString("D12", CultureInfo.InvariantCulture))]
            );
        // Nobody else writes until the year is closed: what is committed now is what is frozen.
        using var reader = installation.Store.OpenReader();
        var frozen = DayNumber.ToDate(round.Row.ToDay);
        var county = AreaTree.Load(reader, frozen).ById(round.Row.AreaId) ?? throw new NotInScope();
        var year = ShowYearEnd.YearOf(context, county, frozen.Year);
        var differing = year?.Lines.Sum(l => l.Differing) ?? 0;
        if (differing > 0 && !anyway)
            throw new Refusal(
                "round.year-differs",
                $"{differing} 户登记的年度与变动的年度不同；核对后再定数，或注明照样定数。Of {differing} households the record states another year than that of their change: settle them, or close it all the same."
            );
        var sealedAs = SealReport.Keep(
            context,
            connection,
            transaction,
            reader,
            ReportPack.Need(installation, round.Pack.Freezes!.Report),
            county,
            frozen,
            null
        );
        var change = CloseRound.Begin(installation, connection, transaction, id, day);
        CloseRound.End(
            installation,
            connection,
            transaction,
            id,
            day,
            change,
            string.Create(
                CultureInfo.InvariantCulture,
                $"round {id}: year {frozen.Year} frozen, report {sealedAs.Id} sealed{(year is null ? "" : $", {year.Start.Households} + {year.Lines.Where(l => l.IsIn).Sum(l => l.Number.Households)} - {year.Lines.Where(l => !l.IsIn).Sum(l => l.Number.Households)} = {year.End.Households}, differing {differing}")}"
            )
        );
        transaction.Commit();
    }
}
