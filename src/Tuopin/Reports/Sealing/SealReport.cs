using System.Globalization;
using Dapper;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Reports.Writing;
using Tuopin.Rules.Model;

namespace Tuopin.Reports.Sealing;

/// <summary>
/// <c>POST /reports/{report}/seal</c>: publishes a report of an area and a day. It is composed under the write lock, so that the last change is just what it
/// knew; sealed again it is a further edition.
/// </summary>
public static class SealReport
{
    /// <param name="Area">12-digit code; without one that of the pack, else the area in view.</param>
    /// <param name="Day">yyyy-MM-dd; without one that of the pack, else the work date.</param>
    public sealed record Request(string? Area, string? Day);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/reports/{report}/seal", Post).Needs(Permission.SealReports);
        routes
            .MapPost(
                Api.Root + "/reports/{report}/seal",
                async (ConsoleContext context, HttpContext http, string report, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, report, request.Area, request.Day, Api.Key(http));
                    await Api.Answer(http, ShowSealed.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ShowSealed.Told>(
                Permission.SealReports,
                "sealReport",
                "Publish a report: its numbers, files and moments are kept for good",
                StatusCodes.Status201Created
            )
            .Once();
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, string report)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var key = form["key"].ToString();
        var id = Handle(context, report, form["area"], form["day"], key.Length is 0 or > 100 ? null : key);
        return TypedResults.LocalRedirect(string.Create(CultureInfo.InvariantCulture, $"/reports/sealed/{id}"));
    }

    /// <summary>The number of the sealed report.</summary>
    /// <exception cref="NotInScope">The area, or one that the template names, is not wholly the caller's.</exception>
    /// <exception cref="Refusal">report.unknown, date.bad, report.day-ahead, job.key-reused, and those of <see cref="ComposeReport"/>.</exception>
    public static long Handle(ConsoleContext context, string report, string? areaCode, string? day, string? key)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var pack = ReportPack.Need(installation, report);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        using var reader = installation.Store.OpenReader();
        var on = (string.IsNullOrEmpty(day) ? null : DayOf(day)) ?? pack.Day ?? today;
        if (on > today)
            throw new WrongUsage("report.day-ahead", "不能封存工作日以后的材料。A report of a day after the work date is not sealed.");
        var area = AreaOf(context, AreaTree.Load(reader, on), string.IsNullOrEmpty(areaCode) ? pack.Area : areaCode);
        if (key is not null && Before(connection, transaction, caller.UserId, key) is { } before)
            return before.Report == pack.Id && before.AreaId == area.AreaId && before.Day == DayNumber.Of(on) ? before.Id : throw new KeyReused();
        var id = Keep(context, connection, transaction, reader, pack, area, on, key).Id;
        transaction.Commit();
        return id;
    }

    /// <summary>Composes a report and keeps it, under the write lock.</summary>
    /// <param name="reader">Reads what is committed now, and that is what the report knows: nobody else writes until it is kept.</param>
    public static SealedReport Keep(
        ConsoleContext context,
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        System.Data.Common.DbConnection reader,
        ReportPack pack,
        AreaVersion area,
        DateOnly on,
        string? key
    )
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var known = KeepSeal.LastChange(connection, transaction);
        var composed = ComposeReport.Of(
            installation,
            reader,
            pack,
            area,
            new(on),
            caller.FieldsOf(Permission.ViewFigures),
            range => Covers(caller, range),
            caller.May(Permission.ViewHouseholds) && caller.FieldsOf(Permission.ViewHouseholds) is null
                ? (figure, place, moment, unknown, most) => NameSubjects.First(context, figure, place, moment, unknown, most)
                : null
        );
        // Its numbers open as of the seal.
        composed = composed with
        {
            KnownAt = ComposeReport.KnownAtText(reader, new(on, known)),
        };
        return KeepSeal.Handle(installation, connection, transaction, composed, known, Files(composed), key);
    }

    // What a browser prints is not sealed: it is another with each browser.
    private static List<KeepSeal.Published> Files(ComposedReport composed) =>
        [.. new[] { "html", "docx", "txt" }.Select(f => new KeepSeal.Published(f, ReportFormat.MediaOf(f), ReportFormat.Write(composed, f)))];

    /// <exception cref="WrongUsage">date.bad.</exception>
    private static DateOnly? DayOf(string day) => DayText.Read(day) ?? throw new WrongUsage("date.bad", $"'{day}' is not a date like 2020-06-12");

    private static AreaVersion AreaOf(ConsoleContext context, AreaTree tree, string? code)
    {
        var area = code is null ? tree.ById(AreaInView.Need(context).AreaId) : tree.ByCode(code);
        return area is not null && Covers(context.Caller, AreaTree.RangeOf(area)) ? area : throw new NotInScope();
    }

    /// <summary>Whether the caller may publish reports of an area.</summary>
    public static bool Covers(Caller caller, AreaRange range) =>
        caller.Scope(Permission.SealReports).Covers(range) && caller.Scope(Permission.ViewFigures).Covers(range);

    // What this user sealed with this key.
    private static SealedReport? Before(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        long user,
        string key
    ) =>
        connection.QueryFirstOrDefault<SealedReport>(
            "SELECT * FROM sealed_reports WHERE sealed_by = @user AND sent_key = @key",
            new { user, key },
            transaction
        );
}
