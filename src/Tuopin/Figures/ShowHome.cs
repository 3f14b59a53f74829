using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;

namespace Tuopin.Figures;

/// <summary>The first page after signing in: what is due for this role.</summary>
public static class ShowHome
{
    public sealed record ImportLine(string File, string Mapping, long Rows, long Rejected, long? Job);

    /// <summary>What the page holds; a part the role has nothing to do with is null.</summary>
    public sealed record Result(
        ViewOverview.Result? Overview,
        IReadOnlyList<ImportLine>? Imports,
        long? Users,
        (string Engine, long Households)? State,
        (long Waiting, long Late)? Findings
    );

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", Show).Needs(Permission.OwnAccount);

    private static async Task<IResult> Show(ConsoleContext context, DeskDb desk) =>
        new RazorComponentResult<Pages.HomePage>(new { Home = await Handle(context, desk) });

    public static async Task<Result> Handle(ConsoleContext context, DeskDb desk)
    {
        var caller = context.Caller;
        var area = caller.May(Permission.ViewFigures) ? AreaInView.Of(context) : null;
        long? users = null;
        if (caller.May(Permission.ManageUsers))
            users = await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.LongCountAsync(desk.Users);
        return new(
            area is null ? null : ViewOverview.Handle(context, AreaMoment.Now(context, area), null),
            caller.May(Permission.Import) ? Imports(context.Reader, caller.UserId) : null,
            users,
            caller.May(Permission.Operate)
                ? (context.Installation.Store.IsSqlite ? "SQLite" : "PostgreSQL", context.Reader.Number("SELECT count(*) FROM households"))
                : null,
            Quality.SuspectWork.Due(context)
        );
    }

    private static IReadOnlyList<ImportLine> Imports(DbConnection connection, long user) =>
        [.. connection.Query<ImportLine>(RecentImports, new { user })];

    private const string RecentImports = """
        SELECT b.file, b.mapping, b.rows, b.rejected, b.job_id AS job FROM import_batches b JOIN changes c ON c.id = b.change_id
        WHERE c.user_id = @user AND b.undone_by IS NULL AND b.mapping <> 'area-tree' ORDER BY b.id DESC LIMIT 5
        """;
}
