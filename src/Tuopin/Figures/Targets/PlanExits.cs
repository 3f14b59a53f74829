using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures.Targets;

/// <summary>
/// <c>/targets/exits</c>: which poor villages are to exit in a year. How many are out, planned, and short of the share that the county standard asks; what each of them
/// still lacks of its own standard; and, before anything is kept, what another choice of villages would come to.
/// </summary>
public static class PlanExits
{
    private const string Poor = "poor_villages";
    private const string Out = "exited_villages";
    private const string ShareOut = "exited_villages_share";

    /// <param name="Unmet">Indicators of its own standard that are unmet; null where no verdict is kept.</param>
    /// <param name="Planned">Year it is planned for.</param>
    /// <param name="Chosen">Whether it counts in the plan looked at: as kept, or as asked.</param>
    public sealed record Village(AreaVersion Area, int? Planned, bool Chosen, int? Unmet, int? Unknown);

    /// <summary>What a plan comes to.</summary>
    /// <param name="Poor">Null where the figure has no number.</param>
    /// <param name="Out">Null where the figure has no number.</param>
    /// <param name="Asked">Villages that have to be out for the share of the standard; null where there is no such line, or no poor village.</param>
    /// <param name="Short">Still wanting when all planned are out.</param>
    public sealed record Sum(long? Poor, long? Out, int Planned, long? Asked, long? Short)
    {
        /// <param name="line">The share that the standard asks.</param>
        public static Sum Of(long? poor, long? exited, int planned, Exact? line)
        {
            long? asked = line is { } share && poor is > 0 and var all ? (long)Ceiling(share * all) : null;
            return new(poor, exited, planned, asked, asked - exited - planned is { } missing ? Math.Max(0, missing) : null);
        }

        private static System.Numerics.BigInteger Ceiling(Exact value) => (value.Numerator + value.Denominator - 1) / value.Denominator;

        /// <summary>The share once all planned are out; null for no poor village, or where a number is missing.</summary>
        public Exact? Share => Poor is > 0 and var all && Out is { } gone ? Exact.Of(gone + Planned, all) : null;
    }

    /// <param name="Asked">Whether the villages are those of the question and not those kept.</param>
    /// <param name="Unknown">Villages of which it is not known whether they are poor, or out; they are not counted.</param>
    public sealed record Result(
        AreaVersion Area,
        int Year,
        Sum Sum,
        Exact? Line,
        ParameterValue? Law,
        IReadOnlyList<Village> Villages,
        bool Asked,
        bool MayPlan,
        FigureState State,
        long Unknown
    );

    /// <param name="Year">Year of the plan.</param>
    /// <param name="Villages">Codes of all villages that are to exit in the year; who is not among them is taken out of it.</param>
    public sealed record Request(string Area, int Year, IReadOnlyList<string> Villages);

    /// <param name="State">Why the numbers are missing where they are.</param>
    /// <param name="Share">Of the poor villages out, planned ones included, in percent.</param>
    public sealed record Told(
        PickArea.Place Area,
        int Year,
        FigureState State,
        long? Poor,
        long? Out,
        int Planned,
        long? Asked,
        long? Short,
        string? Share,
        string? Line,
        IReadOnlyList<ToldVillage> Villages
    );

    public sealed record ToldVillage(PickArea.Place Area, int? Planned, bool Chosen, int? Unmet, int? Unknown);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/targets/exits",
                IResult (ConsoleContext context, int? year, string? what) =>
                    AreaInView.Of(context) is { } area
                        ? new RazorComponentResult<Pages.ExitPlanPage>(new { Found = Handle(context, area, year, Chosen(context, what)) })
                        : new RazorComponentResult<Standards.Pages.NoWholeAreaPage>()
            )
            .Needs(Permission.ViewFigures);
        routes.MapPost("/targets/exits", Post).Needs(Permission.SetTargets);
        routes
            .MapGet(
                Api.Root + "/targets/exits",
                (ConsoleContext context, HttpContext http, int? year, string? what) =>
                    Api.Answer(http, Tell(Handle(context, AreaInView.Need(context), year, Chosen(context, what))))
            )
            .OfApi<Told>(Permission.ViewFigures, "exitPlan", "Villages planned to exit in a year, and what the plan, or another choice, comes to")
            .Asks(
                Api.Area,
                ("year", "year of the plan; without it that of the work date"),
                ("what", "if: count the villages named by village= (codes, any number) instead of those kept")
            );
        routes
            .MapPost(
                Api.Root + "/targets/exits",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var area = Plan(context, request);
                    await Api.Answer(http, Tell(Handle(context, area, request.Year, null)));
                }
            )
            .OfApi<Told>(Permission.SetTargets, "planExits", "Plan which villages of an area exit in a year; planned again it is the same");
    }

    private static IReadOnlySet<string>? Chosen(ConsoleContext context, string? what) =>
        Api.Word(what, "kept", "if") == "if" ? context.Http.Request.Query["village"].OfType<string>().ToHashSet(StringComparer.Ordinal) : null;

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var year = int.TryParse(form["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : 0;
        var area = Plan(context, new(form["area"].ToString(), year, [.. form["village"].OfType<string>()]));
        return TypedResults.LocalRedirect($"/targets/exits?area={PickArea.Code(area)}&year={year}");
    }

    /// <param name="asked">Codes of the villages to count instead of those kept; null for those kept.</param>
    public static Result Handle(ConsoleContext context, AreaVersion area, int? year, IReadOnlySet<string>? asked)
    {
        var (packs, of) = (context.Installation.Packs, year ?? context.WorkDate.Year);
        var figures = new[] { Poor, Out, ShareOut }.Select(f => packs.Figures.GetValueOrDefault(f) ?? throw new NotInScope()).ToList();
        var values = FigureValues.Of(
            context.Installation,
            context.Reader,
            figures,
            [area],
            new(context.WorkDate),
            context.Caller.FieldsOf(Permission.ViewFigures)
        );
        if (figures.Any(values.Hides))
            throw new NotInScope();
        var open = Villages(context, figures[0], area).Except(Villages(context, figures[1], area)).ToHashSet();
        var planned = Planned(context.Reader, null, open);
        var lacking = Lacking(context, open);
        var villages = open.Select(id => context.Tree.ById(id))
            .OfType<AreaVersion>()
            .OrderBy(v => v.Code)
            .Select(v =>
            {
                int? for_ = planned.TryGetValue(v.AreaId, out var y) ? y : null;
                var (unmet, unknown) = lacking.TryGetValue(v.AreaId, out var lacks) ? (lacks.Unmet, lacks.Unknown) : ((int?)null, (int?)null);
                return new Village(v, for_, asked is null ? for_ == of : asked.Contains(PickArea.Code(v)), unmet, unknown);
            })
            .ToList();
        var (poor, exited, line) = (values.Of(figures[0], area), values.Of(figures[1], area), values.LineOf(figures[2], area));
        var share = figures[2].Line;
        return new(
            area,
            of,
            Sum.Of(Count(poor), Count(exited), villages.Count(v => v.Chosen), line),
            line,
            share?.InForce(area.Code, share.IndexOn(new JudgingDay(context.WorkDate))),
            villages,
            asked is not null,
            context.Caller.Scope(Permission.SetTargets).Covers(AreaTree.RangeOf(area)),
            poor.IsKnown ? exited.State : poor.State,
            poor.Unknown + exited.Unknown
        );
    }

    private static long? Count(FigureValue value) => value.IsKnown ? (long)value.Low.Numerator : null;

    private static IEnumerable<long> Villages(ConsoleContext context, Figure figure, AreaVersion area) =>
        NameSubjects.Stream(context, figure, area, new(context.WorkDate), unknown: false).Select(r => r.Id).ToList();

    private static Dictionary<long, int> Planned(DbConnection connection, DbTransaction? transaction, IReadOnlyCollection<long> villages) =>
        connection
            .Query<(long Area, int Year)>($"SELECT area_id, year FROM planned_exits WHERE area_id IN ({Ids(villages)})", transaction: transaction)
            .ToDictionary(p => p.Area, p => p.Year);

    private static string Ids(IEnumerable<long> areas) => string.Join(", ", areas.Append(-1));

    // What each village lacks of its own standard, as judged last.
    private static Dictionary<long, (int? Unmet, int? Unknown)> Lacking(ConsoleContext context, IReadOnlySet<long> villages)
    {
        if (villages.Count == 0)
            return [];
        var standards = context
            .Installation.Packs.Standards.Where(s => s.Level.Level == AreaLevel.Village && s.InForce.Covers(context.WorkDate))
            .ToList();
        var versions = context
            .Reader.Query<(long Id, string Standard, string Hash)>("SELECT id, standard_id, hash FROM standard_versions")
            .Select(v => (v.Id, Standard: standards.FirstOrDefault(s => s.Id == v.Standard && s.Hash == v.Hash)))
            .Where(v => v.Standard is not null)
            .ToDictionary(v => v.Id, v => v.Standard!);
        return context
            .Reader.Query<(long Village, long Version, long Met, long Unmet)>(
                $"SELECT v.subject_id, v.standard_version_id, {VerdictSql.Met("v")}, {VerdictSql.Unmet("v")} FROM verdicts v WHERE v.standard_version_id IN ({Ids(versions.Keys)}) AND v.subject_id IN ({Ids(villages)})"
            )
            .GroupBy(v => v.Village)
            .ToDictionary(
                g => g.Key,
                g =>
                {
                    // The standard of the smallest area decides.
                    var v = g.MinBy(x => versions[x.Version].Area.Width);
                    var mask = VerdictSql.Mask(versions[v.Version]);
                    return (
                        (int?)System.Numerics.BitOperations.PopCount((ulong)(v.Unmet & mask)),
                        (int?)System.Numerics.BitOperations.PopCount((ulong)(mask & ~v.Unmet & ~v.Met))
                    );
                }
            );
    }

    /// <summary>Keeps which villages of an area are to exit in a year; those of other years stand where they stand.</summary>
    /// <exception cref="NotInScope">The area, or a village, is not the caller's.</exception>
    /// <exception cref="Refusal">target.year; target.village: it is no poor village that is still to exit.</exception>
    public static AreaVersion Plan(ConsoleContext context, Request request)
    {
        var installation = context.Installation;
        var area = context.Tree.ByCode(request.Area ?? "") ?? throw new NotInScope();
        if (!context.Caller.Scope(Permission.SetTargets).Covers(AreaTree.RangeOf(area)))
            throw new NotInScope();
        if (request.Year < context.WorkDate.Year || request.Year > context.WorkDate.Year + 10)
            throw new WrongUsage("target.year", "villages are planned for this year or one of the ten after it");
        var held = Handle(context, area, request.Year, null);
        var wanted = (request.Villages ?? []).Select(c => context.Tree.ByCode(c)?.AreaId ?? throw new NotInScope()).ToHashSet();
        if (wanted.Except(held.Villages.Select(v => v.Area.AreaId)).Any())
            throw new Refusal("target.village", "only a poor village that has not exited is planned");
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var planned = Planned(connection, transaction, [.. held.Villages.Select(v => v.Area.AreaId)]);
        var added = wanted.Where(v => planned.GetValueOrDefault(v) != request.Year).Order().ToList();
        var gone = planned.Where(p => p.Value == request.Year && !wanted.Contains(p.Key)).Select(p => p.Key).Order().ToList();
        if (added.Count + gone.Count == 0)
            return area;
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "exits planned",
            "poverty_office",
            context.Day
        );
        Sql.Execute(connection, $"DELETE FROM planned_exits WHERE area_id IN ({Ids(added.Concat(gone))})", transaction);
        foreach (var chunk in added.Chunk(500))
            Sql.Execute(
                connection,
                $"INSERT INTO planned_exits (area_id, year, at, name, user_id, post_id, change_id) VALUES {string.Join(", ", chunk.Select(v => string.Create(CultureInfo.InvariantCulture, $"({v}, @Year, @at, @Name, @UserId, @PostId, @change)")))}",
                transaction,
                new
                {
                    request.Year,
                    at = AuditLog.Stamp(installation.Clock),
                    installation.Actor.Name,
                    installation.Actor.UserId,
                    installation.Actor.PostId,
                    change,
                }
            );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "targets.exits",
            string.Create(CultureInfo.InvariantCulture, $"{area.Code}, {request.Year}: {added.Count} villages taken in, {gone.Count} taken out"),
            new("area", area.AreaId)
        );
        transaction.Commit();
        return area;
    }

    private static Told Tell(Result found) =>
        new(
            PickArea.Tell(found.Area),
            found.Year,
            found.State,
            found.Sum.Poor,
            found.Sum.Out,
            found.Sum.Planned,
            found.Sum.Asked,
            found.Sum.Short,
            found.Sum.Share is { } share ? (share * 100).Write(2) : null,
            found.Line is { } line ? (line * 100).Write(2) : null,
            [.. found.Villages.Select(v => new ToldVillage(PickArea.Tell(v.Area), v.Planned, v.Chosen, v.Unmet, v.Unknown))]
        );
}
