using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Rounds;

/// <summary><c>POST /rounds</c>: the county opens a round of the year in view, within its window; the list of all households it covers is frozen with it.</summary>
public static class OpenRound
{
    /// <param name="Area">Code of the county; without it the caller's own.</param>
    public sealed record Request(string Round, string? Area);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/rounds",
                async Task<IResult> (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return TypedResults.LocalRedirect($"/rounds/{Handle(context, new(form["round"].ToString(), form["area"]))}");
                }
            )
            .Needs(Permission.OpenRound);
        routes
            .MapPost(
                Api.Root + "/rounds",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request);
                    http.Response.Headers.Location = $"{Api.Root}/rounds/{id}";
                    await Api.Answer(http, ShowRound.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowRound.Told>(Permission.OpenRound, "openRound", "Open a round: its list is frozen now", StatusCodes.Status201Created);
    }

    /// <summary>The rounds in force for a county on a day.</summary>
    /// <param name="ofPlaces">Those that freeze a year; else those over households.</param>
    public static IEnumerable<Round> In(Installation installation, AreaVersion county, DateOnly day, bool ofPlaces = false) =>
        installation
            .Packs.Rounds.Where(r => (r.Freezes is not null) == ofPlaces && r.InForce.Covers(day) && r.Area.Contains(AreaTree.RangeOf(county)))
            .GroupBy(r => r.Id)
            .Select(g => g.MinBy(r => r.Area.Width)!)
            .OrderBy(r => r.Id, StringComparer.Ordinal);

    /// <exception cref="NotInScope">The county is none of the caller's.</exception>
    /// <exception cref="Refusal">round.unknown, round.not-its-time, round.there.</exception>
    public static long Handle(ConsoleContext context, Request request) => Handle(context, request, false, Freeze);

    /// <summary>Opens a round under the write lock and freezes its list.</summary>
    /// <param name="ofPlaces">A round that freezes the year before; it is of the days of that year.</param>
    /// <param name="freeze">Writes the list and says how many are on it.</param>
    /// <inheritdoc cref="Handle(ConsoleContext, Request)"/>
    public static long Handle(ConsoleContext context, Request request, bool ofPlaces, Func<Opening, int> freeze)
    {
        var installation = context.Installation;
        var scope = context.Caller.Scope(Permission.OpenRound);
        var county = string.IsNullOrEmpty(request.Area)
            ? scope.Areas.Select(a => context.Tree.ByCode(a.From)).FirstOrDefault(a => a?.Level == 3)
            : context.Tree.ByCode(request.Area);
        if (county is not { Level: 3 } || !scope.Covers(AreaTree.RangeOf(county)))
            throw new NotInScope();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var round =
            In(installation, county, today, ofPlaces).FirstOrDefault(r => r.Id == request.Round)
            ?? throw new Refusal("round.unknown", "这里现在没有这种轮次。No such round is in force here today.");
        var (from, to) = round.Window(today.Year);
        if (day < from || day > to)
            throw new Refusal(
                "round.not-its-time",
                $"只能在 {DayText.Of(DayNumber.ToDate(from))} 至 {DayText.Of(DayNumber.ToDate(to))} 之间开始。It opens from {DayText.Of(DayNumber.ToDate(from))} to {DayText.Of(DayNumber.ToDate(to))}."
            );
        var year = today.Year;
        if (
            connection.Number(
                "SELECT count(*) FROM rounds WHERE pack_id = @pack AND year = @year AND area_id = @area",
                transaction,
                new
                {
                    pack = round.Id,
                    year,
                    area = county.AreaId,
                }
            ) > 0
        )
            throw new Refusal("round.there", "今年的这一轮已经开始。This round of the year is open already.");
        if (ofPlaces)
            (from, to) = ((year - 1) * 10000 + 101, (year - 1) * 10000 + 1231);
        PackArchive.Keep(connection, transaction, installation.Packs, round.Hash);
        var id = Keys.Take(connection, transaction, "rounds", county.Code / 1_000_000, 1);
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, $"round {id} open", "poverty_office", day);
        connection.Execute(
            """
            INSERT INTO rounds (id, pack_id, version, hash, year, area_id, area_code, from_day, to_day, opened_day, change_id)
            VALUES (@id, @pack, @version, @hash, @year, @area, @code, @from, @to, @day, @change)
            """,
            new
            {
                id,
                pack = round.Id,
                version = round.Version,
                hash = round.Hash,
                year,
                area = county.AreaId,
                code = county.Code,
                from,
                to,
                day,
                change,
            },
            transaction
        );
        var frozen = freeze(new(installation, connection, transaction, round, county, id, day, change));
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "round.open",
            string.Create(CultureInfo.InvariantCulture, $"round {id} ({round.Id} v{round.Version}, {year}) of {county.Code}: {frozen} households"),
            new("round", id)
        );
        transaction.Commit();
        return id;
    }

    /// <summary>A round that is being opened, under the write lock.</summary>
    public sealed record Opening(
        Installation Installation,
        DbConnection Connection,
        DbTransaction Transaction,
        Round Round,
        AreaVersion County,
        long Id,
        int Day,
        long Change
    );

    // All households of the statuses it covers.
    private static int Freeze(Opening o)
    {
        var range = AreaTree.RangeOf(o.County);
        var kinds = o.Installation.Packs.Dictionary.CodeLists["status_kind"];
        return o.Connection.Execute(
            $"""
            INSERT INTO round_subjects (round_id, subject_id, area_code, opening, change_id)
            SELECT {o.Id}, h.id, h.area_code, s.kind, {o.Change} FROM households h JOIN household_statuses s ON s.household_id = h.id AND {Pairings.Covers(
                "s",
                o.Day
            )}
            WHERE h.area_code BETWEEN {range.From} AND {range.To} AND s.kind IN ({string.Join(", ", o.Round.Covers.Select(c => kinds.Find(c)!.Number))})
            """,
            o.Transaction
        );
    }
}
