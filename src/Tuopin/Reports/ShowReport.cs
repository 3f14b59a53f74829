using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Reports.Writing;

namespace Tuopin.Reports;

/// <summary>
/// <c>/reports/{report}</c>: a report computed for an area at a moment, each number a link to its figure; <c>/reports/{report}/file.docx</c> and its like are the files, and
/// every one that leaves is audited.
/// </summary>
public static class ShowReport
{
    /// <param name="MaySeal">Whether the caller may publish it as it stands: a report of the packs, of an area of the caller's, as known now.</param>
    public sealed record Result(ReportPack Report, ComposedReport Composed, bool MaySeal);

    /// <param name="Text">The whole report as plain text; lists of names are left out.</param>
    public sealed record Told(MakeReport.Told Numbers, string Text);

    private static readonly (string Name, string Says)[] Moments =
    [
        ("asOf", "yyyy-MM-dd: the effective day; without it that of the report, else the work date"),
        ("knownAt", "yyyy-MM-ddTHH:mm:ss, UTC: what was recorded by then"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/reports/{report}",
                IResult (ConsoleContext context, string report, string? asOf, string? knownAt) =>
                    AreaInView.Of(context) is null
                        ? new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
                        : new RazorComponentResult<Pages.ReportPage>(
                            new
                            {
                                Found = Handle(context, report, asOf, knownAt, context.Caller.May(Permission.ViewHouseholds)),
                                AsOf = asOf,
                                KnownAt = knownAt,
                            }
                        )
            )
            .Needs(Permission.ViewFigures);
        routes
            .MapGet(
                "/reports/{report}/file.{format}",
                IResult (ConsoleContext context, string report, string format, string? asOf, string? knownAt) =>
                    Send(context, report, format, asOf, knownAt)
            )
            .Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/reports/{report}",
                (ConsoleContext context, HttpContext http, string report, string? asOf, string? knownAt) =>
                {
                    var found = Handle(context, report, asOf, knownAt, withNames: false).Composed;
                    return Api.Answer(http, new Told(MakeReport.Tell(found), WriteText.Of(found)));
                }
            )
            .OfApi<Told>(Permission.ViewFigures, "report", "A report with the figure behind each of its numbers")
            .Asks([Api.Area, .. Moments]);
    }

    /// <summary>Computes a report for the area in view, or for its own area where the address names none.</summary>
    /// <exception cref="NotInScope">There is no such report, or the area is not the caller's on that day.</exception>
    public static Result Handle(ConsoleContext context, string id, string? asOf, string? knownAt, bool withNames)
    {
        var view = AreaInView.Need(context);
        var report = ListReports.Need(context, id, view);
        var composed = Compose(context, report, asOf, knownAt, withNames);
        var seals =
            context.Caller.May(Permission.SealReports)
            && !id.StartsWith(ReportTemplate.Prefix, StringComparison.Ordinal)
            && composed.Moment is { KnownAt: null, Day: var day }
            && day <= context.WorkDate
            && Sealing.SealReport.Covers(context.Caller, AreaTree.RangeOf(composed.Area));
        return new(report, composed, seals);
    }

    /// <summary>Computes a report or a template that is not stored.</summary>
    /// <exception cref="NotInScope">The area is not the caller's on that day.</exception>
    public static ComposedReport Compose(ConsoleContext context, ReportPack report, string? asOf, string? knownAt, bool withNames)
    {
        var scope = context.Caller.Scope(Permission.ViewFigures);
        var day = AreaArgument.Day(string.IsNullOrEmpty(asOf) ? null : asOf) ?? report.Day ?? context.WorkDate;
        var moment = new FigureMoment(day, string.IsNullOrEmpty(knownAt) ? null : KnownAt.Change(context.Reader, knownAt));
        var tree = day == context.WorkDate && moment.KnownAt is null ? context.Tree : AreaTree.Load(context.Reader, day, knownAt: moment.KnownAt);
        var own = context.Http.Request.Query.ContainsKey("area") || report.Area is null ? null : tree.ByCode(report.Area);
        var area =
            own is not null && scope.Covers(AreaTree.RangeOf(own)) ? own : tree.ById(AreaInView.Need(context).AreaId) ?? throw new NotInScope();
        if (!scope.Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        return ComposeReport.Of(
            context.Installation,
            context.Reader,
            report,
            area,
            moment,
            context.Caller.FieldsOf(Permission.ViewFigures),
            scope.Covers,
            withNames ? (figure, place, at, unknown, most) => NameSubjects.First(context, figure, place, at, unknown, most) : null
        );
    }

    private static FileContentHttpResult Send(ConsoleContext context, string id, string ending, string? asOf, string? knownAt)
    {
        var format = ReportFormat.Of(ending);
        // A file with names is a list that leaves.
        var names = context.Caller.May(Permission.ViewHouseholds) && context.Caller.May(Permission.ExportLists);
        var found = Handle(context, id, asOf, knownAt, names).Composed;
        var content = ReportFormat.Write(found, format, $"{context.Http.Request.Scheme}://{context.Http.Request.Host}");
        Record(context.Installation, found, format);
        return TypedResults.File(
            content,
            ReportFormat.MediaOf(format),
            string.Create(CultureInfo.InvariantCulture, $"{found.Report}-{PickArea.Code(found.Area)}-{found.Moment.Day:yyyyMMdd}.{format}")
        );
    }

    /// <summary>The audit of a file that leaves.</summary>
    public static void Record(Installation installation, ComposedReport report, string format) =>
        AuditLog.Append(
            installation,
            "report.export",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Report} {format} {report.Area.Code} {report.Moment.Day:yyyy-MM-dd} {report.Numbers.Count} numbers, template {report.TemplateHash[..12]}, packs {report.PackHash[..12]}"
            )
        );
}
