using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary><c>/judgements</c>: the kept judgements of other moments within the caller's areas, the newest first; one is removed by who asked for it or by who may judge.</summary>
public static class ListJudgements
{
    /// <param name="Area">As the tree of the work date has it; null where it has ended.</param>
    /// <param name="KnownAt">When the last change that counts was recorded, UTC.</param>
    /// <param name="IsNewest">Nothing was recorded since.</param>
    /// <param name="Usable">By the packs of now.</param>
    public sealed record Row(Judgement Held, AreaVersion? Area, string? KnownAt, bool IsNewest, bool Usable, bool MayRemove);

    public sealed record Result(IReadOnlyList<Row> Rows);

    /// <param name="KnownAt">When the last change that counts was recorded, UTC; null where nothing was.</param>
    /// <param name="Newest">Nothing was recorded since: it answers without a time of knowing, too.</param>
    /// <param name="Usable">It was made by the packs of now; another is read no more.</param>
    public sealed record Told(
        long Id,
        PickArea.Place? Area,
        DateOnly Day,
        string? KnownAt,
        bool Newest,
        bool Usable,
        long Households,
        string MadeAt,
        bool MayRemove
    );

    public sealed record ToldAll(IReadOnlyList<Told> Judgements);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/judgements",
                IResult (ConsoleContext context) => new RazorComponentResult<Pages.JudgementsPage>(new { Found = Handle(context) })
            )
            .Needs(Permission.ViewFigures);
        routes.MapPost("/judgements/{judgement:long}/remove", PostRemove).Needs(Permission.ViewFigures);
        routes
            .MapGet(
                Api.Root + "/judgements",
                (ConsoleContext context, HttpContext http) => Api.Answer(http, new ToldAll([.. Handle(context).Rows.Select(Tell)]))
            )
            .OfApi<ToldAll>(Permission.ViewFigures, "judgements", "The kept judgements of other moments, the newest first");
        routes
            .MapPost(
                Api.Root + "/judgements/{judgement:long}/remove",
                async (ConsoleContext context, HttpContext http, long judgement) =>
                {
                    await Api.CheckWrite(http);
                    Remove(context, judgement);
                    await Api.Answer(http, new ToldAll([.. Handle(context).Rows.Select(Tell)]));
                }
            )
            .OfApi<ToldAll>(Permission.ViewFigures, "remove-judgement", "Remove a kept judgement; it can be made again");
    }

    private static async Task<IResult> PostRemove(ConsoleContext context, HttpContext http, long judgement)
    {
        await Forms.Check(http);
        Remove(context, judgement);
        return TypedResults.LocalRedirect("/judgements");
    }

    /// <summary>Those of areas that lie wholly within the caller's.</summary>
    public static Result Handle(ConsoleContext context)
    {
        var newest = context.Reader.Number("SELECT coalesce(max(id), 0) FROM changes");
        var rows = context.Reader.Query<Judgement>($"SELECT * FROM judgements j WHERE {Mine(context)} ORDER BY j.id DESC").ToList();
        var times = context
            .Reader.Query<(long Id, string At)>(
                $"SELECT id, at FROM changes WHERE id IN ({string.Join(", ", rows.Select(r => r.KnownChange).Append(-1))})"
            )
            .ToDictionary(c => c.Id, c => c.At);
        return new([
            .. rows.Select(r => new Row(
                r,
                context.Tree.ById(r.AreaId),
                times.GetValueOrDefault(r.KnownChange),
                r.KnownChange == newest,
                r.Packs == context.Installation.Packs.Hash,
                MayRemove(context, r)
            )),
        ]);
    }

    private static string Mine(ConsoleContext context)
    {
        var ranges = context.Caller.Scope(Permission.ViewFigures).Within(AreaRange.Nation);
        return ranges.Count == 0
            ? "1 = 0"
            : "("
                + string.Join(
                    " OR ",
                    ranges.Select(r => string.Create(CultureInfo.InvariantCulture, $"(j.area_from >= {r.From} AND j.area_to <= {r.To})"))
                )
                + ")";
    }

    private static bool MayRemove(ConsoleContext context, Judgement held) =>
        held.MadeBy == context.Caller.UserId
        || (context.Caller.May(Permission.Judge) && context.Caller.Scope(Permission.Judge).Covers(new AreaRange(held.AreaFrom, held.AreaTo)));

    /// <exception cref="NotInScope"/>
    /// <exception cref="NotPermitted">judgement.not-yours.</exception>
    public static void Remove(ConsoleContext context, long id)
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var held =
            connection.QueryFirstOrDefault<Judgement>($"SELECT * FROM judgements j WHERE j.id = @id AND {Mine(context)}", new { id }, transaction)
            ?? throw new NotInScope();
        if (!MayRemove(context, held))
            throw new NotPermitted("judgement.not-yours", $"judgement {id} was made for somebody else; whoever may judge the area can remove it");
        connection.Execute("DELETE FROM judgements WHERE id = @id", transaction, new { id });
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "standards.remove-judgement",
            string.Create(CultureInfo.InvariantCulture, $"{held.AreaFrom} {DayNumber.ToDate(held.Day):yyyy-MM-dd} change {held.KnownChange}")
        );
        transaction.Commit();
    }

    private static Told Tell(Row row) =>
        new(
            row.Held.Id,
            row.Area is { } area ? PickArea.Tell(area) : null,
            DayNumber.ToDate(row.Held.Day),
            row.KnownAt,
            row.IsNewest,
            row.Usable,
            row.Held.Households,
            row.Held.MadeAt,
            row.MayRemove
        );
}
