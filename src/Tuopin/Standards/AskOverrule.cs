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
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// Asks that an indicator of a household, village, township or county be overruled: met or unmet, why, on what evidence, until when. It waits for a second
/// person (<see cref="DecideOverrule"/>) and changes nothing until then. How long it may last at most is a parameter of the packs.
/// </summary>
public static class AskOverrule
{
    /// <summary>The parameter: days at most, the first and the last counted.</summary>
    public const string Longest = "overrule.longest_days";

    /// <param name="Household">Key of the household; or <paramref name="Area"/>, the code of a village, township or county.</param>
    /// <param name="Met">To met, or to unmet.</param>
    /// <param name="First">The first day, 2020-06-12; without it the work date.</param>
    /// <param name="Last">The last day it counts on.</param>
    public sealed record Request(
        long? Household,
        string? Area,
        string Standard,
        string Indicator,
        bool? Met,
        string? Reason,
        string? Evidence,
        string? First,
        string? Last
    );

    /// <summary>Whom it is about.</summary>
    public sealed record About(SubjectType Type, long Id, long AreaCode, string Name, string Number)
    {
        /// <summary>The page that shows it.</summary>
        public string Page => Type.Level is null ? $"/households/{Id}" : $"/overview?area={Number}";

        /// <summary>The page that asks.</summary>
        public string Asking => Type.Level is null ? $"/households/{Id}/overrule" : $"/areas/{Number}/overrule";
    }

    /// <param name="Choices">The indicators this reader may have overruled, the deciding standard's first.</param>
    public sealed record Result(About About, IReadOnlyList<(Standard Standard, Indicator Indicator)> Choices, long? Days)
    {
        public Refusal? Refused { get; init; }
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/households/{household:long}/overrule",
                IResult (ConsoleContext context, long household, string? indicator) => Page(Offer(context, household, null), indicator)
            )
            .Needs(Permission.AskOverrule);
        routes
            .MapGet(
                "/areas/{area}/overrule",
                IResult (ConsoleContext context, string area, string? indicator) => Page(Offer(context, null, area), indicator)
            )
            .Needs(Permission.AskOverrule);
        routes
            .MapPost(
                "/households/{household:long}/overrule",
                (ConsoleContext context, HttpContext http, long household) => Post(context, http, household, null)
            )
            .Needs(Permission.AskOverrule);
        routes
            .MapPost("/areas/{area}/overrule", (ConsoleContext context, HttpContext http, string area) => Post(context, http, null, area))
            .Needs(Permission.AskOverrule);
        routes
            .MapPost(
                Api.Root + "/overrules",
                async (ConsoleContext context, HttpContext http, Request request) =>
                {
                    await Api.CheckWrite(http);
                    var id = Handle(context, request, Api.Key(http));
                    http.Response.Headers.Location = $"{Api.Root}/overrules/{id}";
                    await Api.Answer(http, ListOverrules.Tell(context, id), StatusCodes.Status201Created);
                }
            )
            .OfApi<ListOverrules.Told>(
                Permission.AskOverrule,
                "askOverrule",
                "Ask that an indicator be overruled; a second person decides",
                StatusCodes.Status201Created
            )
            .Once();
    }

    private static RazorComponentResult<Pages.AskOverrulePage> Page(Result found, string? indicator) =>
        new(new { Found = found with { Typed = new Dictionary<string, string> { ["indicator"] = indicator ?? "" } } });

    private static async Task<IResult> Post(ConsoleContext context, HttpContext http, long? household, string? area)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        var found = Offer(context, household, area);
        try
        {
            // One choice names both: the standard, and its indicator.
            var chosen = form["indicator"].ToString().Split('/');
            bool? met = form["met"].ToString() switch
            {
                "yes" => true,
                "no" => false,
                _ => null,
            };
            var request = new Request(
                household,
                area,
                chosen[0],
                chosen.ElementAtOrDefault(1) ?? "",
                met,
                form["reason"],
                form["evidence"],
                form["first"],
                form["last"]
            );
            Handle(context, request, form["key"]);
            return Results.LocalRedirect($"/overrules?area={PickArea.Code(PlaceOf(context.Tree, found.About.AreaCode))}&show=waiting");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            return new RazorComponentResult<Pages.AskOverrulePage>(
                new { Found = found with { Refused = refusal, Typed = form.ToDictionary(f => f.Key, f => f.Value.ToString()) } }
            )
            {
                StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : Refused.StatusOf(refusal),
            };
        }
    }

    private static AreaVersion PlaceOf(AreaTree tree, long code) => tree.ByCode(code) ?? throw new NotInScope();

    /// <summary>What may be asked of a subject by this reader.</summary>
    /// <exception cref="NotInScope"/>
    public static Result Offer(ConsoleContext context, long? household, string? area)
    {
        var packs = context.Installation.Packs;
        var about = Find(context.Reader, null, context.Caller, Permission.AskOverrule, context.Tree, packs.Dictionary, context.Day, household, area);
        var choices = Judging
            .InForce(packs.Standards, new AreaRange(about.AreaCode, about.AreaCode), context.WorkDate)
            .Where(s => s.Level == about.Type && s.Area.Contains(about.AreaCode))
            .OrderBy(s => s.Area.Width)
            .SelectMany(s =>
                s.Indicators.Where(i => !i.Retired && Reach(context.Caller, Permission.AskOverrule, i.Department) is { IsEmpty: false })
                    .Select(i => (s, i))
            )
            .ToList();
        return new(about, choices, LongestOn(packs, about.AreaCode, context.WorkDate));
    }

    /// <summary>Keeps what is asked; it waits.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="NotPermitted">overrule.not-your-trade.</exception>
    /// <exception cref="Refusal">
    /// overrule.no-indicator, overrule.result-missing, overrule.evidence-missing, overrule.day-bad, overrule.first-past, overrule.last-before-first,
    /// overrule.no-limit, overrule.too-long, overrule.waits, overrule.there, edit.reason, edit.number-in-words.
    /// </exception>
    public static long Handle(ConsoleContext context, Request request, string? key)
    {
        var (installation, caller) = (context.Installation, context.Caller);
        var (reason, evidence) = ActWords.Read(request.Reason, request.Evidence);
        if (evidence is null || evidence.Length < 2)
            throw new WrongUsage(
                "overrule.evidence-missing",
                "请写明证据：文号、照片或材料存放处。Name the evidence: a document, a photograph, or where it is kept."
            );
        if (request.Met is not { } met)
            throw new WrongUsage("overrule.result-missing", "请选择认定为达标还是未达标。Say whether it is overruled to met or to unmet.");
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var tree = AreaTree.Load(connection, today);
        var about = Find(
            connection,
            transaction,
            caller,
            Permission.AskOverrule,
            tree,
            installation.Packs.Dictionary,
            DayNumber.Of(today),
            request.Household,
            request.Area
        );
        var standard = installation.Packs.Standards.FirstOrDefault(s =>
            s.Id == request.Standard && s.Level == about.Type && s.InForce.Covers(today) && s.Area.Contains(about.AreaCode)
        );
        var indicator =
            standard?.Indicators.FirstOrDefault(i => i.Id == request.Indicator && !i.Retired)
            ?? throw new WrongUsage("overrule.no-indicator", "现行标准中没有这项指标。No standard in force for it has such an indicator.");
        if (!Covers(connection, transaction, Reach(caller, Permission.AskOverrule, indicator.Department), about, DayNumber.Of(today)))
            throw new NotPermitted("overrule.not-your-trade", new("这项指标不归您的部门。The indicator is not of your department."));
        var (first, last) = DaysOf(installation.Packs, about.AreaCode, today, request.First, request.Last);
        key = string.IsNullOrEmpty(key) ? null : key;
        if (key is not null && Sent(connection, transaction, caller.UserId, key) is { } before)
            return before;
        RequireFree(connection, transaction, about.Type.Name, about.Id, standard!.Id, indicator.Id, first, last, null);
        var acting = caller.GrantsWith(Permission.AskOverrule).Select(g => g.Department ?? g.Role.ToString().ToLowerInvariant()).First();
        var id = Keys.Take(connection, transaction, "overrules", about.AreaCode / 1_000_000, 1);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            reason,
            acting,
            DayNumber.Of(today),
            evidence
        );
        connection.Execute(
            """
            INSERT INTO overrules (id, subject, subject_id, standard_id, indicator, department, met, reason, evidence, first_day, last_day, state, asked_by,
              asked_name, asked_at, sent_key, change_id)
            VALUES (@id, @subject, @subjectId, @standard, @indicator, @department, @met, @reason, @evidence, @first, @last, 0, @user, @name, @at, @key, @change)
            """,
            new
            {
                id,
                subject = about.Type.Name,
                subjectId = about.Id,
                standard = standard.Id,
                indicator = indicator.Id,
                department = indicator.Department,
                met,
                reason,
                evidence,
                first,
                last,
                user = caller.UserId,
                name = caller.Actor.Name,
                at = AuditLog.Stamp(installation.Clock),
                key,
                change,
            },
            transaction
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "overrule.ask",
            string.Create(
                CultureInfo.InvariantCulture,
                $"overrule {id}: {about.Type.Name} {about.Number} {standard.Id}/{indicator.Id} {(met ? "met" : "unmet")} {first} to {last}: {reason} ({evidence})"
            ),
            new(about.Type.Name, about.Id)
        );
        transaction.Commit();
        return id;
    }

    /// <summary>The caller's areas where an indicator of a department is the caller's to speak of: of a department's user those of its trade.</summary>
    public static Scope Reach(Caller caller, Permission permission, string? department) =>
        new(
            [
                .. caller
                    .GrantsWith(permission)
                    .Where(g => department is null || g.Department is null || g.Department == department)
                    .SelectMany(g => g.Scope.Areas)
                    .Distinct(),
            ],
            []
        );

    /// <summary>The household or place, if a permission of the caller reaches it.</summary>
    /// <exception cref="NotInScope"/>
    public static About Find(
        DbConnection connection,
        DbTransaction? transaction,
        Caller caller,
        Permission permission,
        AreaTree tree,
        FactDictionary dictionary,
        int day,
        long? household,
        string? area
    )
    {
        var reach = Reach(caller, permission, null);
        if (household is { } id)
        {
            var (code, number, head) = connection.QueryFirstOrDefault<(long Code, string? Number, string? Head)>(
                $"SELECT l.area_code, l.number, l.head_name FROM household_list l WHERE l.household_id = @id AND {reach.Households("l", AreaRange.Nation, day)}",
                new { id },
                transaction
            );
            return number is null ? throw new NotInScope() : new(dictionary["household"], id, code, head ?? number, number);
        }
        return
            tree.ByCode(area ?? "") is { Level: >= 3 and <= 5 } place
            && reach.Covers(AreaTree.RangeOf(place))
            && dictionary.Subjects.Values.FirstOrDefault(s => (short?)s.Level == place.Level) is { } type
            ? new(type, place.AreaId, place.Code, place.Name, PickArea.Code(place))
            : throw new NotInScope();
    }

    private static bool Covers(DbConnection connection, DbTransaction transaction, Scope reach, About about, int day) =>
        about.Type.Level is null
            ? connection.Number(
                $"SELECT count(*) FROM household_list l WHERE l.household_id = {about.Id} AND {reach.Households("l", AreaRange.Nation, day)}",
                transaction
            ) > 0
            : reach.Covers(about.AreaCode);

    /// <summary>The longest an overrule may last at a place, or null when nobody has said.</summary>
    public static long? LongestOn(Rules.Packs.PackSet packs, long areaCode, DateOnly day) =>
        packs.Parameters.TryGetValue(Longest, out var parameter)
            ? parameter.InForce(areaCode, parameter.IndexOn(new JudgingDay(day)))?.Value.Number
            : null;

    private static (int First, int Last) DaysOf(Rules.Packs.PackSet packs, long areaCode, DateOnly today, string? from, string? to)
    {
        var first = string.IsNullOrWhiteSpace(from) ? today : DayText.Read(from);
        var last = DayText.Read(to);
        if (first is not { } begins || last is not { } ends)
            throw new WrongUsage("overrule.day-bad", "请写明到期日，日期写作 2020-06-12。Say the last day, written as 2020-06-12.");
        if (begins < today)
            throw new WrongUsage("overrule.first-past", "起始日不能早于工作日。The first day is not before the work date.");
        if (ends < begins)
            throw new WrongUsage("overrule.last-before-first", "到期日不能早于起始日。The last day is not before the first.");
        var longest =
            LongestOn(packs, areaCode, today)
            ?? throw new Refusal(
                "overrule.no-limit",
                "政策包没有规定人工认定最长可用多少天，不能申请。No pack says how long an overrule may last, so none can be asked for."
            );
        if (ends.DayNumber - begins.DayNumber + 1 > longest)
            throw new WrongUsage("overrule.too-long", $"最长 {longest} 天，请缩短。It lasts {longest} days at most: make it shorter.");
        return (DayNumber.Of(begins), DayNumber.Of(ends));
    }

    private static long? Sent(DbConnection connection, DbTransaction transaction, long user, string key) =>
        connection.QueryFirstOrDefault<long?>("SELECT id FROM overrules WHERE asked_by = @user AND sent_key = @key", new { user, key }, transaction);

    /// <summary>Two words on one indicator at one time would leave it to chance which counts.</summary>
    /// <param name="but">The overrule that asks.</param>
    /// <exception cref="Refusal">overrule.waits, overrule.there.</exception>
    public static void RequireFree(
        DbConnection connection,
        DbTransaction transaction,
        string subject,
        long subjectId,
        string standard,
        string indicator,
        int first,
        int last,
        long? but
    )
    {
        var other = connection.QueryFirstOrDefault<int?>(
            $"""
            SELECT max(o.state) FROM overrules o WHERE o.subject = @subject AND o.subject_id = @subjectId AND o.standard_id = @standard AND o.indicator = @indicator
              AND o.id <> @but AND (o.state = 0 OR (o.state = 1 AND o.first_day <= @last AND o.last_day >= @first AND (o.lifted_day IS NULL OR o.lifted_day > @first)))
            """,
            new
            {
                subject,
                subjectId,
                standard,
                indicator,
                first,
                last,
                but = but ?? -1,
            },
            transaction
        );
        if (other == (int)OverruleState.Confirmed)
            throw new Refusal(
                "overrule.there",
                "这段时间里这项指标已有人工认定，先解除再申请。The indicator is overruled in these days already: lift that first."
            );
        if (other == (int)OverruleState.Waiting)
            throw new Refusal("overrule.waits", "这项指标已有一份申请等待确认。A request for this indicator waits already.");
    }
}
