using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Figures;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;

namespace Tuopin.Reports;

/// <summary>
/// A place's own templates: looked at before they are stored, stored under a name, withdrawn. A template that cannot be composed for its area is not stored. Sent again, the
/// same file under the same name is the same template.
/// </summary>
public static class StoreTemplate
{
    /// <summary>Bytes of a template.</summary>
    public const int Largest = 10 << 20;
    private const int LongestName = 60;

    /// <param name="Before">The same file was stored under this name already.</param>
    public sealed record Stored(string Report, string Sha256, int Size, bool Before);

    /// <summary>What the page shows of a template that was sent.</summary>
    public sealed record Shown(AreaVersion Area, string Name, bool IsEnglish, ComposedReport? Composed, Refusal? Refused);

    private static readonly RequestSizeLimitAttribute Size = new(Largest + (1 << 20));
    private static readonly RequestFormLimitsAttribute Form = new() { MultipartBodyLengthLimit = Largest + (1 << 20) };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/report-templates", Post).WithMetadata(Size).WithMetadata(Form).Needs(Permission.WriteReports);
        routes
            .MapPost(
                "/report-templates/{report}/withdraw",
                async (ConsoleContext context, HttpContext http, string report) =>
                {
                    await Forms.Check(http);
                    Withdraw(context, report);
                    return TypedResults.LocalRedirect("/reports");
                }
            )
            .Needs(Permission.WriteReports);
        routes
            .MapPost(
                Api.Root + "/report-templates",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Api.CheckWrite(http);
                    var form = await Forms.Read(http);
                    var (name, content, report) = await Read(form);
                    _ = Compose(context, report, name);
                    await Api.Answer(http, Keep(context, name, report, content), StatusCodes.Status201Created);
                }
            )
            .WithMetadata(Size)
            .WithMetadata(Form)
            .OfApi<Stored>(
                Permission.WriteReports,
                "storeReportTemplate",
                "Store a template of reports for an area: a part named file (md, docx, xlsx); fields name, language",
                StatusCodes.Status201Created
            )
            .Sends("name", "language")
            .Asks(Api.Area);
    }

    /// <summary>Whether the caller may store templates for an area.</summary>
    public static bool May(ConsoleContext context, AreaVersion area) =>
        context.Caller.May(Permission.WriteReports) && context.Caller.Scope(Permission.WriteReports).Covers(AreaTree.RangeOf(area));

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var area = Area(context);
        var (name, english) = (form["name"].ToString().Trim(), form["language"].ToString() == "en");
        try
        {
            var (read, content, report) = await Read(form);
            var composed = Compose(context, report, read);
            if (form["keep"].ToString() != "yes")
                return Page(new(area, read, english, composed, null));
            var stored = Keep(context, read, report, content);
            return TypedResults.LocalRedirect($"/reports/{stored.Report}?area={PickArea.Code(area)}");
        }
        catch (Refusal refused) when (refused is not NotInScope)
        {
            return Page(new(area, name.Length > LongestName ? "" : name, english, null, refused), StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static RazorComponentResult<Pages.TemplatePage> Page(Shown shown, int status = StatusCodes.Status200OK) =>
        new(new { Shown = shown }) { StatusCode = status };

    private static AreaVersion Area(ConsoleContext context)
    {
        var area = AreaInView.Need(context);
        return May(context, area) ? area : throw new NotInScope();
    }

    /// <exception cref="Refusal">report.no-file, report.template-too-large, report.template-kind, report.template-name.</exception>
    private static async Task<(string Name, byte[] Content, ReportPack Report)> Read(IFormCollection form)
    {
        if (form.Files.GetFile("file") is not { Length: > 0 } file)
            throw new WrongUsage("report.no-file", "choose a template: Markdown, Word or a workbook");
        if (file.Length > Largest)
            throw new WrongUsage("report.template-too-large", $"a template is at most {Largest >> 20} MB");
        var kind = ListReports.KindOf(file.FileName);
        if (kind is not ("md" or "docx" or "xlsx"))
            throw new WrongUsage("report.template-kind", "a template is a file in Markdown (.md), a Word document (.docx) or a workbook (.xlsx)");
        var name = form["name"].ToString().Trim();
        if (name.Length == 0)
            name = Path.GetFileNameWithoutExtension(file.FileName);
        if (name.Length is 0 or > LongestName || name.Any(c => char.IsControl(c) || c is '/' or '\\'))
            throw new WrongUsage("report.template-name", $"the name of a template has 1 to {LongestName} characters, without / and \\");
        var content = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content);
        return (name, content, ReportPack.Of("new", $"{name}.{kind}", content, null, form["language"].ToString() == "en"));
    }

    // What is looked at is what would be stored: names show to whoever may see them.
    private static ComposedReport Compose(ConsoleContext context, ReportPack report, string name)
    {
        _ = Area(context);
        return ShowReport.Compose(context, report with { Label = new(name, name) }, null, null, context.Caller.May(Permission.ViewHouseholds));
    }

    private static Stored Keep(ConsoleContext context, string name, ReportPack report, byte[] content)
    {
        var (area, installation) = (Area(context), context.Installation);
        // A row without its file is worse than a file without its row.
        var hash = new FileStore(installation).Put(content);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var (code, kind, at) = (area.Code, ListReports.KindOf(report.Template), AuditLog.Stamp(installation.Clock));
        var held = connection.QueryFirstOrDefault<ReportTemplate>(
            "SELECT * FROM report_templates WHERE area_code = @code AND name = @name AND withdrawn_at IS NULL",
            new { code, name },
            transaction
        );
        if (held is not null && held.Hash == hash && held.IsEnglish == report.IsEnglish)
            return new(ListReports.IdOf(held), hash, held.Size, true);
        if (held is not null)
            EndTemplate(connection, transaction, installation, held, at);
        var made = new ReportTemplate
        {
            Id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM report_templates", transaction),
            AreaCode = code,
            Name = name,
            Kind = kind,
            IsEnglish = report.IsEnglish,
            Hash = hash,
            Size = content.Length,
            AddedAt = at,
            AddedName = installation.Actor.Name,
            AddedBy = installation.Actor.UserId,
        };
        connection.Execute(
            """
            INSERT INTO report_templates (id, area_code, name, kind, is_english, hash, size, added_at, added_name, added_by)
            VALUES (@Id, @AreaCode, @Name, @Kind, @IsEnglish, @Hash, @Size, @AddedAt, @AddedName, @AddedBy)
            """,
            made,
            transaction
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "report.store-template",
            string.Create(
                CultureInfo.InvariantCulture,
                $"template {made.Id} {kind} {hash} for {code}{(held is null ? "" : $" in place of {held.Id}")}"
            )
        );
        transaction.Commit();
        return new(ListReports.IdOf(made), hash, made.Size, false);
    }

    /// <exception cref="NotInScope">There is no such template in use, or it is of another place.</exception>
    private static void Withdraw(ConsoleContext context, string id)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var held = long.TryParse(
            id.StartsWith(ReportTemplate.Prefix, StringComparison.Ordinal) ? id[ReportTemplate.Prefix.Length..] : "",
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? connection.QueryFirstOrDefault<ReportTemplate>(
                "SELECT * FROM report_templates WHERE id = @number AND withdrawn_at IS NULL",
                new { number },
                transaction
            )
            : null;
        if (held is null || context.Tree.ByCode(held.AreaCode) is not { } area || !May(context, area))
            throw new NotInScope();
        EndTemplate(connection, transaction, installation, held, AuditLog.Stamp(installation.Clock));
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "report.withdraw-template",
            string.Create(CultureInfo.InvariantCulture, $"template {held.Id} for {held.AreaCode}")
        );
        transaction.Commit();
    }

    private static void EndTemplate(
        System.Data.Common.DbConnection connection,
        System.Data.Common.DbTransaction transaction,
        Installation installation,
        ReportTemplate held,
        string at
    ) =>
        connection.Execute(
            "UPDATE report_templates SET withdrawn_at = @at, withdrawn_name = @name, withdrawn_by = @by WHERE id = @id",
            new
            {
                at,
                name = installation.Actor.Name,
                by = installation.Actor.UserId,
                id = held.Id,
            },
            transaction
        );
}
