using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Registry;

namespace Tuopin.Exchange;

/// <summary>
/// Lists with full ID numbers, which departments match their own records on: asked for with a purpose, agreed to by somebody else (a constraint of the
/// database, not only of this file), fetched for 72 hours. No such list lies on the server: each fetch reads it anew, marks every row and is audited.
/// </summary>
public static class ExportNumbers
{
    public static readonly TimeSpan Valid = TimeSpan.FromHours(72);
    private const int Listed = 100;

    public sealed record Row(NumberExport Export, string Area, string RequestedBy, string? ApprovedBy);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/number-exports", (HttpContext http, ConsoleContext context, CancellationToken _) => Page(context, null))
            .Needs(Permission.ExportNumbers);
        routes.MapPost("/number-exports", PostAsk).Needs(Permission.ExportNumbers);
        routes
            .MapPost(
                "/number-exports/{export:long}/approve",
                (long export, HttpContext http, ConsoleContext context) => Decide(http, context, export, true)
            )
            .Needs(Permission.ApproveExports);
        routes
            .MapPost(
                "/number-exports/{export:long}/refuse",
                (long export, HttpContext http, ConsoleContext context) => Decide(http, context, export, false)
            )
            .Needs(Permission.ApproveExports);
        routes.MapPost("/number-exports/{export:long}/file", Fetch).Needs(Permission.ExportNumbers);
    }

    private static async Task<IResult> Page(ConsoleContext context, string? error) =>
        new RazorComponentResult<Pages.NumberExportsPage>(new { Rows = await List(context), Error = error })
        {
            StatusCode = error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };

    // One's own, and those one may agree to.
    private static async Task<IReadOnlyList<Row>> List(ConsoleContext context)
    {
        var (me, scope) = (context.Caller.UserId, context.Caller.Scope(Permission.ApproveExports));
        await using var desk = context.Installation.Store.Desk();
        var places = context.Tree.All.Where(a => scope.Covers(AreaTree.RangeOf(a))).Select(a => a.AreaId).ToHashSet();
        var shown = new List<NumberExport>();
        // Read one by one until the page is full: what others may see must not crowd out what this one decides.
        await foreach (var export in desk.NumberExports.AsNoTracking().OrderByDescending(e => e.Id).AsAsyncEnumerable())
            if (export.RequestedBy == me || places.Contains(export.AreaId))
            {
                shown.Add(export);
                if (shown.Count == Listed)
                    break;
            }
        var ids = shown.SelectMany(e => new[] { e.RequestedBy, e.ApprovedBy ?? e.RefusedBy }).OfType<long>().Distinct().ToList();
        var names = await desk.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName);
        return
        [
            .. shown.Select(e => new Row(
                e,
                context.Tree.ById(e.AreaId)?.Name ?? "",
                names.GetValueOrDefault(e.RequestedBy, ""),
                (e.ApprovedBy ?? e.RefusedBy) is { } by ? names.GetValueOrDefault(by) : null
            )),
        ];
    }

    private static bool Reaches(AreaTree tree, Scope scope, NumberExport export) =>
        tree.ById(export.AreaId) is { } place && scope.Covers(AreaTree.RangeOf(place));

    private static async Task<IResult> PostAsk(HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var form = await http.Request.ReadFormAsync();
        var place = context.Tree.ByCode(form["area"].ToString());
        if (place is null || !context.Caller.Scope(Permission.ExportNumbers).Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        try
        {
            await Ask(context.Installation, context.Caller.UserId, place, form["purpose"].ToString());
            return TypedResults.LocalRedirect("/number-exports");
        }
        catch (WrongUsage wrong)
        {
            return await Page(context, context.L[wrong.Text]);
        }
    }

    /// <exception cref="WrongUsage">reveal.purpose, purpose.number.</exception>
    public static Task<long> Ask(Installation installation, long userId, AreaVersion place, string purpose)
    {
        var why = RevealPersonalNumber.Purpose(purpose);
        return Desk.Act(
            installation,
            "numbers.ask",
            $"{PickArea.Code(place)}: {why}",
            async () =>
            {
                await using var desk = installation.Store.Desk();
                var export = new NumberExport
                {
                    RequestedBy = userId,
                    RequestedAt = AuditLog.Stamp(installation.Clock),
                    AreaId = place.AreaId,
                    Purpose = why,
                };
                desk.NumberExports.Add(export);
                await desk.SaveChangesAsync();
                return export.Id;
            }
        );
    }

    private static async Task<RedirectHttpResult> Decide(HttpContext http, ConsoleContext context, long id, bool agreed)
    {
        await Forms.Check(http);
        var (me, scope, installation) = (context.Caller.UserId, context.Caller.Scope(Permission.ApproveExports), context.Installation);
        await using var desk = installation.Store.Desk();
        var export = await desk.NumberExports.FirstOrDefaultAsync(e => e.Id == id);
        if (export is null || !Reaches(context.Tree, scope, export))
            throw new NotInScope();
        if (export.RequestedBy == me)
            throw new Refusal("numbers.two-people", "申请人不能批准自己的申请。Whoever asked cannot agree.");
        var now = installation.Clock.GetUtcNow();
        await Desk.Act(
            installation,
            agreed ? "numbers.agree" : "numbers.refuse",
            string.Create(CultureInfo.InvariantCulture, $"list {id}: {export.Purpose}"),
            async () =>
            {
                var changed = await desk
                    .NumberExports.Where(e => e.Id == id && e.ApprovedBy == null && e.RefusedBy == null)
                    .ExecuteUpdateAsync(e =>
                        e.SetProperty(x => x.ApprovedBy, agreed ? me : null)
                            .SetProperty(x => x.RefusedBy, agreed ? null : me)
                            .SetProperty(x => x.ApprovedAt, Desk.Stamp(now))
                            .SetProperty(x => x.EndsAt, agreed ? Desk.Stamp(now + Valid) : null)
                    );
                return changed > 0
                    ? changed
                    : throw new Refusal("numbers.decided", "这个申请已经有人处理。Somebody has decided on this list already.");
            }
        );
        return TypedResults.LocalRedirect("/number-exports");
    }

    private static async Task<IResult> Fetch(long export, HttpContext http, ConsoleContext context)
    {
        await Forms.Check(http);
        var installation = context.Installation;
        await using var desk = installation.Store.Desk();
        var asked = await desk.NumberExports.FirstOrDefaultAsync(e => e.Id == export && e.RequestedBy == context.Caller.UserId);
        if (asked?.ApprovedBy is null)
            throw new NotInScope();
        if (string.CompareOrdinal(asked.EndsAt, AuditLog.Stamp(installation.Clock)) <= 0)
            throw new Refusal("numbers.ended", "这份名单已过期，请重新申请。This list has ended; ask again.");
        // Read for the scope of today: who lost the area since loses the list.
        var place = context.Tree.ById(asked.AreaId);
        var scope = context.Caller.Scope(Permission.ExportNumbers);
        if (place is null || !scope.Covers(AreaTree.RangeOf(place)))
            throw new NotInScope();
        var path = Path.Combine(installation.Store.Folder, $"numbers-{Guid.NewGuid():N}.xlsx");
        try
        {
            var rows = Write(context, scope, place, asked, path);
            await Desk.Act(
                installation,
                "numbers.fetch",
                string.Create(CultureInfo.InvariantCulture, $"list {export}: {rows} numbers; {asked.Purpose}"),
                async () =>
                {
                    asked.Rows = rows;
                    asked.Fetched++;
                    await desk.SaveChangesAsync();
                    return rows;
                }
            );
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        // The file goes when it is sent.
        var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous
        );
        return TypedResults.Stream(
            stream,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            string.Create(CultureInfo.InvariantCulture, $"numbers-{export}.xlsx")
        );
    }

    private static long Write(ConsoleContext context, Scope scope, AreaVersion place, NumberExport export, string path)
    {
        var mark = string.Create(
            CultureInfo.InvariantCulture,
            $"第{export.Id}号 {context.Caller.User.DisplayName}({context.Caller.User.UserName}) {ShownTime.Of(AuditLog.Stamp(context.Installation.Clock))} {export.Purpose}"
        );
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        using var sheet = SheetWriter.Create(path, "证件号码");
        sheet.WriteRow(["姓名", "证件号码", "户编号", "户主", "行政区划代码", "行政村", "水印"]);
        var rows = 0L;
        foreach (
            var (name, stored, number, head, code) in context.Reader.Query<(string, byte[], string?, string?, long)>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT p.name, p.id_cipher, l.number, l.head_name, l.area_code FROM household_list l
                    JOIN memberships m ON m.household_id = l.household_id AND m.from_day <= {context.Day} AND (m.to_day IS NULL OR m.to_day > {context.Day})
                    JOIN persons p ON p.id = m.person_id
                    WHERE p.id_cipher IS NOT NULL AND {scope.Households(
                        "l",
                        AreaTree.RangeOf(place),
                        context.Day
                    )} ORDER BY l.place_code, l.household_id, p.id
                    """
                ),
                buffered: false
            )
        )
        {
            sheet.WriteRow([
                name,
                numbers.Decrypt(stored),
                number,
                head,
                code.ToString("D12", CultureInfo.InvariantCulture),
                context.Tree.ByCode(code)?.Name,
                mark,
            ]);
            rows++;
        }
        return rows;
    }
}
