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
using Tuopin.Rounds;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures.Stated;

/// <summary>
/// <c>POST /figures/{figure}/statements</c>: a department states a figure of an area on a day. The same again changes nothing; another value, or another
/// source, of the same department takes the place of what it stated of that day.
/// </summary>
public static class StateFigure
{
    /// <param name="Area">Code of the area, 2 to 12 digits.</param>
    /// <param name="Day">The day it is of.</param>
    /// <param name="Value">Digits in the unit of the figure.</param>
    /// <param name="Unit">The unit meant, refused where it is not the figure's; may be left out.</param>
    /// <param name="By">The department, where the caller speaks for several.</param>
    public sealed record Request(string Area, string Day, string Value, string Source, string? Unit, string? By, string? DocumentDate, string? Note);

    /// <param name="Was">What it takes the place of; null for the first of the day.</param>
    /// <param name="Same">It stood already.</param>
    public sealed record Written(StatedFigure Said, Figure Figure, long Id, FigureStatement? Was, bool Same);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/figures/{figure}/statements", Post).Needs(Permission.StateFigures);
        routes
            .MapPost(
                Api.Root + "/figures/{figure}/statements",
                async (ConsoleContext context, HttpContext http, string figure, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var written = Handle(context, figure, request);
                    await Api.Answer(
                        http,
                        ListStatements.Tell(context, written.Figure, written.Said.Area),
                        written.Same ? StatusCodes.Status200OK : StatusCodes.Status201Created
                    );
                }
            )
            .OfApi<ListStatements.Told>(
                Permission.StateFigures,
                "stateFigure",
                "State a figure of an area on a day; said again it is the same",
                StatusCodes.Status201Created
            );
    }

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, string figure)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var area = form["area"].ToString();
        Handle(
            context,
            figure,
            new(
                area,
                form["day"].ToString(),
                form["value"].ToString().Trim(),
                form["source"].ToString().Trim(),
                null,
                form["by"].ToString() is { Length: > 0 } by ? by : null,
                form["documentDate"].ToString(),
                form["note"].ToString().Trim()
            )
        );
        return TypedResults.LocalRedirect($"/figures/{figure}?area={area}#statements");
    }

    /// <summary>Whom a caller speaks for where statements are made of a whole area.</summary>
    public static IReadOnlyList<string> AuthorsOf(Caller caller, Permission permission, AreaVersion area) =>
        [
            .. caller
                .GrantsWith(permission)
                .Where(g => g.Scope.Covers(AreaTree.RangeOf(area)))
                .SelectMany(g => AuthorsOf(g.Role, g.Department))
                .Distinct(),
        ];

    // Headquarters speak for their office and for the level they are of.
    private static IEnumerable<string> AuthorsOf(Role role, string? department) =>
        role switch
        {
            Role.Department => department is null ? [] : [department],
            Role.Township => ["township"],
            Role.Village => ["village"],
            _ => ["poverty_office", role.ToString().ToLowerInvariant()],
        };

    /// <exception cref="NotInScope">The figure is of another trade, or the area is not wholly the caller's.</exception>
    /// <exception cref="NotPermitted">stated.not-yours.</exception>
    /// <exception cref="Refusal">As <see cref="CheckStatement.Of"/> and <see cref="Write"/>; date.bad.</exception>
    public static Written Handle(ConsoleContext context, string name, Request request)
    {
        var packs = context.Installation.Packs;
        var figure = ListStatements.Need(context, name);
        var day = DayText.Read(request.Day) ?? throw new WrongUsage("date.bad", $"'{request.Day}' is not a date like 2020-06-12");
        DateOnly? document = string.IsNullOrWhiteSpace(request.DocumentDate)
            ? null
            : DayText.Read(request.DocumentDate) ?? throw new WrongUsage("date.bad", $"'{request.DocumentDate}' is not a date like 2020-06-12");
        var area = context.Tree.ByCode(request.Area ?? "") ?? throw new NotInScope();
        if (!context.Caller.Scope(Permission.StateFigures).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        var authors = AuthorsOf(context.Caller, Permission.StateFigures, area);
        var by = request.By is { Length: > 0 } asked
            ? authors.FirstOrDefault(a => a == asked)
            : authors.FirstOrDefault(a => figure.StatedBy.Contains(a));
        if (by is null || !figure.StatedBy.Contains(by))
            throw new NotPermitted("stated.not-yours", $"{figure.Id} is stated by {string.Join(", ", figure.StatedBy)}");
        var said = new StatedFigure(
            figure.Id,
            area,
            day,
            (request.Value ?? "").Trim(),
            request.Unit,
            by,
            (request.Source ?? "").Trim(),
            document,
            request.Note?.Trim() is { Length: > 0 } note ? note : null
        );
        CheckStatement.Of(packs, said, context.WorkDate);
        return Write(context.Installation, [said])[0];
    }

    /// <summary>Writes statements that were looked at, all or none, as one change.</summary>
    /// <exception cref="Refusal">round.closed, stated.period-closed: nothing is stated of a closed period.</exception>
    public static IReadOnlyList<Written> Write(Installation installation, IReadOnlyList<StatedFigure> said)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var plan = Plan(installation, connection, transaction, said);
        var fresh = plan.Where(p => !p.Same).ToList();
        if (fresh.Count == 0)
            return plan;
        foreach (var statement in fresh.Select(p => p.Said).DistinctBy(s => (s.Area.AreaId, s.Day)))
            RequireOpen(installation, connection, transaction, statement.Area, statement.Day);
        var first = Keys.Take(connection, transaction, "figure_statements", CountyOf(fresh[0].Said.Area), fresh.Count);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "figures stated",
            fresh[0].Said.By,
            fresh.Max(p => DayNumber.Of(p.Said.Day))
        );
        var written = new List<Written>();
        foreach (var one in plan)
            written.Add(one.Same ? one : Insert(installation, connection, transaction, one with { Id = first++ }, change));
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "figures.state",
            fresh.Count == 1
                ? Detail(written.First(w => !w.Same))
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fresh.Count} statements from {written.First(w => !w.Same).Id}, {fresh.Count(p => p.Was is not null)} of them in place of others"
                ),
            fresh.Count == 1 ? new("figure_statement", written.First(w => !w.Same).Id) : null
        );
        transaction.Commit();
        return written;
    }

    /// <summary>What each statement comes to beside what stands; no two of them are by one department of one figure, area and day.</summary>
    public static IReadOnlyList<Written> Plan(
        Installation installation,
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<StatedFigure> said
    )
    {
        var standing = connection
            .Query<FigureStatement>(
                $"SELECT * FROM figure_statements WHERE ended_at IS NULL AND area_id IN ({string.Join(", ", said.Select(s => s.Area.AreaId).Distinct())})",
                transaction: transaction
            )
            .ToDictionary(s => (s.Figure, s.AreaId, s.Day, s.StatedBy));
        return
        [
            .. said.Select(s =>
            {
                var was = standing.GetValueOrDefault((s.Figure, s.Area.AreaId, DayNumber.Of(s.Day), s.By));
                var same =
                    was is not null
                    && StatedValues.Same(was.Value, s.Value)
                    && was.Source == s.Source
                    && was.DocumentDay == (s.DocumentDate is { } d ? DayNumber.Of(d) : null)
                    && was.Note == s.Note;
                return new Written(s, installation.Packs.Figures[s.Figure], was?.Id ?? 0, same ? null : was, same);
            }),
        ];
    }

    /// <summary>Refuses what would change a figure of a closed period: a day of a closed round, or of a registry year from which the next was opened.</summary>
    /// <exception cref="Refusal">round.closed, stated.period-closed.</exception>
    public static void RequireOpen(Installation installation, DbConnection connection, DbTransaction? transaction, AreaVersion area, DateOnly day)
    {
        ClosedRounds.Require(connection, transaction, installation.Packs, area.Code, DayNumber.Of(day));
        if (ClosedYears.Hold(connection, transaction, AreaTree.RangeOf(area), day))
            throw new Refusal(
                "stated.period-closed",
                $"{DayText.Of(day)} 所在的登记年度已经结转，不能再填报或改动。{DayText.Of(day)} is of a registry year that is closed: the next was opened from it, and nothing is stated of it any more."
            );
    }

    private static Written Insert(Installation installation, DbConnection connection, DbTransaction transaction, Written one, long change)
    {
        var (at, actor, said) = (AuditLog.Stamp(installation.Clock), installation.Actor, one.Said);
        if (one.Was is { } was)
            connection.Execute(
                "UPDATE figure_statements SET ended_at = @at, ended_name = @Name, ended_user_id = @UserId, replaced_by = @by, change_id = @change WHERE id = @id",
                transaction,
                new
                {
                    at,
                    actor.Name,
                    actor.UserId,
                    by = one.Id,
                    change,
                    id = was.Id,
                }
            );
        connection.Execute(
            """
            INSERT INTO figure_statements (id, figure, area_id, day, value, stated_by, source, document_day, note, at, name, user_id, post_id, change_id)
            VALUES (@Id, @Figure, @AreaId, @Day, @Value, @StatedBy, @Source, @DocumentDay, @Note, @At, @Name, @UserId, @PostId, @ChangeId)
            """,
            transaction,
            new FigureStatement
            {
                Id = one.Id,
                Figure = said.Figure,
                AreaId = said.Area.AreaId,
                Day = DayNumber.Of(said.Day),
                Value = said.Value,
                StatedBy = said.By,
                Source = said.Source,
                DocumentDay = said.DocumentDate is { } document ? DayNumber.Of(document) : null,
                Note = said.Note,
                At = at,
                Name = actor.Name,
                UserId = actor.UserId,
                PostId = actor.PostId,
                ChangeId = change,
            }
        );
        return one;
    }

    private static string Detail(Written one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"statement {one.Id}: {one.Said.Figure} of {one.Said.Area.Code} on {DayText.Of(one.Said.Day)} = {one.Said.Value}, by {one.Said.By}{(one.Was is { } was ? $", in place of {was.Id}" : "")}"
        );

    /// <summary>The county whose keys are issued; wider areas have those of their own code.</summary>
    public static long CountyOf(AreaVersion area) => area.Code / 1_000_000;
}
