using System.CommandLine;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>/overrules</c>: whose indicators people overruled in an area: those that wait for a second person, those in force, those about to end, and those that
/// are over. <c>tuopin overrules</c> prints the same.
/// </summary>
public static class ListOverrules
{
    public const int PageSize = 50;

    /// <summary>Days before its end that an overrule is shown as about to end.</summary>
    public const int Soon = 30;

    public static readonly string[] Shows = ["open", "waiting", "expiring", "ended", "all"];

    /// <param name="Show">One of <see cref="Shows"/>.</param>
    /// <param name="Indicator">standard/indicator.</param>
    /// <param name="Of">household, village, township or county.</param>
    public sealed record Filter(string? Show, string? Indicator, string? Of, long? Before);

    /// <param name="Computed">What the facts alone come to, as judged last: met, unmet, exempt, unknown; null where nothing is judged.</param>
    /// <param name="Standing">waiting, coming, in-force, expired, lifted, refused, withdrawn.</param>
    public sealed record Row(Overrule Held, string Number, string Name, long AreaCode, Label Title, Label Standard, string? Computed, string Standing)
    {
        public string Page => Held.Subject == "household" ? $"/households/{Held.SubjectId}" : $"/overview?area={Number}";
    }

    public sealed record Result(AreaVersion Area, Filter Filter, IReadOnlyList<Row> Rows, long? Next, long User, bool MayAsk, bool MayDecide)
    {
        public Refusal? Refused { get; init; }
    }

    /// <param name="Subject">household, village, township or county.</param>
    /// <param name="Number">Number of the household, code of the area.</param>
    /// <param name="Result">met or unmet: what it is overruled to.</param>
    public sealed record Told(
        long Id,
        string Subject,
        long SubjectId,
        string Number,
        string Name,
        string Area,
        string Standard,
        string Indicator,
        string Department,
        string Result,
        string? Computed,
        string Standing,
        string Reason,
        string Evidence,
        DateOnly First,
        DateOnly Last,
        string AskedBy,
        string AskedAt,
        string? DecidedBy,
        string? DecidedReason,
        DateOnly? Lifted,
        string? LiftedBy,
        string? LiftedReason
    );

    public sealed record ToldPage(IReadOnlyList<Told> Overrules, long? Next);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/overrules",
                IResult (ConsoleContext context, string? show, string? indicator, string? of, long? before) =>
                    new RazorComponentResult<Pages.OverrulesPage>(new { Found = Handle(context, new(show, indicator, of, before), null) })
            )
            .Needs(Permission.ViewHouseholds);
        routes
            .MapGet(
                Api.Root + "/overrules",
                (ConsoleContext context, HttpContext http, string? show, string? indicator, string? of, long? before) =>
                {
                    var found = Handle(context, new(Api.Word(show, Shows), indicator, of, before), null);
                    return Api.Answer(http, new ToldPage([.. found.Rows.Select(Tell)], found.Next));
                }
            )
            .OfApi<ToldPage>(Permission.ViewHouseholds, "overrules", "Indicators that people overruled, the last asked for first")
            .Asks(
                Api.Area,
                ("show", "open (waiting, in force or to come; the default), waiting, expiring, ended or all"),
                ("indicator", "standard/indicator"),
                ("of", "household, village, township or county"),
                ("before", "cursor: next of the last answer")
            );
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var show = new Option<string?>("--show") { Description = "open (default), waiting, expiring, ended or all" };
        var indicator = new Option<string?>("--indicator") { Description = "only this one: standard/indicator" };
        var command = new Command("overrules", "list the indicators that people overruled, by whom and until when") { area, show, indicator };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                using var connection = installation.Store.OpenReader();
                var tree = AreaTree.Load(connection, installation.WorkDate);
                var place = AreaArgument.Find(tree, parsed.GetValue(area), installation);
                var filter = new Filter(parsed.GetValue(show), parsed.GetValue(indicator), null, null);
                var everything = Within(Scope.Everything, null, AreaTree.RangeOf(place), DayNumber.Of(installation.WorkDate));
                var asked = new Reading(connection, installation.Packs, tree, installation.WorkDate, everything, null);
                var rows = asked.All(filter).ToList();
                if (shell.IsJson)
                    shell.PrintJson(rows.Select(Tell).ToList());
                else
                    Print(shell.Output, tree, rows);
            })
        );
        return command;
    }

    /// <summary>The overrules of the area in view.</summary>
    /// <exception cref="BadHttpRequestException">No such word.</exception>
    public static Result Handle(ConsoleContext context, Filter filter, long? only)
    {
        var area = context.Area(Permission.ViewHouseholds);
        filter = filter with { Show = Api.Word(filter.Show, Shows) };
        var within = Within(context.Caller, Permission.ViewHouseholds, only is null ? AreaTree.RangeOf(area) : AreaRange.Nation, context.Day);
        var reading = new Reading(context.Reader, context.Installation.Packs, context.Tree, context.WorkDate, within, only);
        var rows = reading.Read(filter, PageSize + 1);
        return new(
            area,
            filter,
            [.. rows.Take(PageSize)],
            rows.Count > PageSize ? rows[PageSize - 1].Held.Id : null,
            context.Caller.UserId,
            context.Caller.May(Permission.AskOverrule),
            context.Caller.May(Permission.ConfirmOverrule)
        );
    }

    /// <summary>One of them, as the API tells it.</summary>
    public static Told Tell(ConsoleContext context, long id) =>
        Tell(Handle(context, new("all", null, null, null), id).Rows.FirstOrDefault() ?? throw new NotInScope());

    /// <summary>The overrules (<c>o</c>) of what a permission of the caller reaches within an area; of a department those of its trade.</summary>
    public static string Within(Caller caller, Permission permission, AreaRange area, int day) =>
        Within(caller.Scope(permission), caller.FieldsOf(permission), area, day);

    private static string Within(Scope scope, IReadOnlySet<string>? departments, AreaRange area, int day)
    {
        var places = scope.Within(area).Select(r => string.Create(CultureInfo.InvariantCulture, $"a.code BETWEEN {r.From} AND {r.To}"));
        var trades = departments is null
            ? ""
            : $" AND o.department IN ({string.Join(", ", departments.Append("-").Select(Rules.Sql.SqlDialect.Quoted))})";
        return $"""
            (((o.subject = 'household' AND EXISTS (SELECT 1 FROM household_list l WHERE l.household_id = o.subject_id AND {scope.Households(
                "l",
                area,
                day
            )}))
              OR (o.subject <> 'household' AND EXISTS (SELECT 1 FROM area_versions a WHERE a.area_id = o.subject_id AND {Pairings.Covers("a", day)}
                AND ({string.Join(" OR ", places.DefaultIfEmpty("1 = 0"))})))){trades})
            """;
    }

    private sealed record Reading(
        System.Data.Common.DbConnection Connection,
        Rules.Packs.PackSet Packs,
        AreaTree Tree,
        DateOnly WorkDate,
        string Within,
        long? Only
    )
    {
        private int Day => DayNumber.Of(WorkDate);

        public IEnumerable<Row> All(Filter filter)
        {
            while (true)
            {
                var rows = Read(filter, 500);
                foreach (var row in rows)
                    yield return row;
                if (rows.Count < 500)
                    yield break;
                filter = filter with { Before = rows[^1].Held.Id };
            }
        }

        public IReadOnlyList<Row> Read(Filter filter, int most)
        {
            var chosen = filter.Indicator?.Split('/');
            var held = Connection
                .Query<Overrule>(
                    $"""
                    SELECT o.* FROM overrules o WHERE {Within} AND {Shown(filter.Show)} AND o.id < @before
                      {(Only is null ? "" : "AND o.id = @only")}{(chosen is null ? "" : " AND o.standard_id = @standard AND o.indicator = @indicator")}{(
                        filter.Of is null or "" ? "" : " AND o.subject = @of"
                    )}
                    ORDER BY o.id DESC LIMIT {most}
                    """,
                    new
                    {
                        before = filter.Before ?? long.MaxValue,
                        only = Only,
                        standard = chosen?[0],
                        indicator = chosen?.ElementAtOrDefault(1) ?? "",
                        of = filter.Of,
                    }
                )
                .ToList();
            if (held.Count == 0)
                return [];
            var ids = string.Join(", ", held.Select(o => o.SubjectId).Distinct());
            var households = Connection
                .Query<(long Id, string Number, string? Head, long Area)>(
                    $"SELECT household_id, number, head_name, area_code FROM household_list WHERE place_code = area_code AND household_id IN ({ids})"
                )
                .ToDictionary(h => h.Id);
            var verdicts = Connection
                .Query<(string Standard, string Hash, long Subject, long Met, long Unmet, long Exempt)>(
                    $"""
                    SELECT s.standard_id, s.hash, v.subject_id, v.met, v.unmet, v.exempt FROM standard_versions s JOIN verdicts v ON v.standard_version_id = s.id
                    WHERE v.subject_id IN ({ids})
                    """
                )
                .ToLookup(v => (v.Standard, v.Hash, v.Subject));
            return [.. held.Select(o => RowOf(o))];

            Row RowOf(Overrule o)
            {
                var standard = Packs
                    .Standards.Where(s => s.Id == o.StandardId)
                    .OrderByDescending(s => s.InForce.Covers(WorkDate))
                    .ThenByDescending(s => s.Version)
                    .FirstOrDefault();
                var indicator = standard?.Indicators.FirstOrDefault(i => i.Id == o.Indicator);
                var place = o.Subject == "household" ? null : Tree.ById(o.SubjectId);
                var household = households.GetValueOrDefault(o.SubjectId);
                string? computed = null;
                if (standard is not null && indicator is not null && verdicts[(standard.Id, standard.Hash, o.SubjectId)].ToList() is [var verdict])
                    computed =
                        (verdict.Unmet >> indicator.Bit & 1) == 1 ? "unmet"
                        : (verdict.Met >> indicator.Bit & 1) == 1 ? "met"
                        : (verdict.Exempt >> indicator.Bit & 1) == 1 ? "exempt"
                        : "unknown";
                return new(
                    o,
                    place is null ? household.Number ?? "" : PickArea.Code(place),
                    place?.Name ?? household.Head ?? household.Number ?? "",
                    place?.Code ?? household.Area,
                    indicator?.Title ?? new(o.Indicator, o.Indicator),
                    standard?.Title ?? new(o.StandardId, o.StandardId),
                    computed,
                    StandingOf(o)
                );
            }
        }

        private string Shown(string? show) =>
            show switch
            {
                "waiting" => "o.state = 0",
                "expiring" => $"({Overruling.InForce("o", Day)} AND o.last_day <= {DayNumber.Of(WorkDate.AddDays(Soon))})",
                "ended" => $"NOT {Open}",
                "all" => "TRUE",
                _ => Open,
            };

        private string Open => $"(o.state = 0 OR (o.state = 1 AND o.last_day >= {Day} AND (o.lifted_day IS NULL OR o.lifted_day > {Day})))";

        private string StandingOf(Overrule o) =>
            (OverruleState)o.State switch
            {
                OverruleState.Waiting => "waiting",
                OverruleState.Refused => "refused",
                OverruleState.Withdrawn => "withdrawn",
                _ when o.LiftedDay <= Day => "lifted",
                _ when o.LastDay < Day => "expired",
                _ when o.FirstDay > Day => "coming",
                _ => "in-force",
            };
    }

    /// <summary>How an overrule stands, in words.</summary>
    public static Label Words(string standing) =>
        standing switch
        {
            "waiting" => new("待确认", "waiting"),
            "coming" => new("未到起始日", "to come"),
            "in-force" => new("有效", "in force"),
            "expired" => new("已到期", "expired"),
            "lifted" => new("已解除", "lifted"),
            "refused" => new("已退回", "refused"),
            _ => new("已撤回", "withdrawn"),
        };

    private static Told Tell(Row row)
    {
        var o = row.Held;
        return new(
            o.Id,
            o.Subject,
            o.SubjectId,
            row.Number,
            row.Name,
            row.AreaCode.ToString("D12", CultureInfo.InvariantCulture),
            o.StandardId,
            o.Indicator,
            o.Department,
            o.Met ? "met" : "unmet",
            row.Computed,
            row.Standing,
            o.Reason,
            o.Evidence,
            DayNumber.ToDate(o.FirstDay),
            DayNumber.ToDate(o.LastDay),
            o.AskedName,
            o.AskedAt,
            o.DecidedName,
            o.DecidedReason,
            o.LiftedDay is { } lifted ? DayNumber.ToDate(lifted) : null,
            o.LiftedName,
            o.LiftedReason
        );
    }

    private static void Print(TextWriter output, AreaTree tree, IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            var o = row.Held;
            var village = o.Subject == "household" && tree.ByCode(row.AreaCode) is { } place ? place.Name + " " : "";
            output.WriteLine(
                $"{row.Number} {row.Name}  {village}{row.Title.Zh} ({o.StandardId}/{o.Indicator}): {row.Computed ?? "?"} -> {(o.Met ? "met 达标" : "unmet 未达标")}, {row.Standing} {Words(row.Standing).Zh}"
            );
            output.WriteLine(
                $"    {DayText.Of(DayNumber.ToDate(o.FirstDay))} - {DayText.Of(DayNumber.ToDate(o.LastDay))}  {o.Reason} ({o.Evidence})  {o.AskedName} / {o.DecidedName ?? "-"}"
            );
        }
        if (rows.Count == 0)
            output.WriteLine("no overrule");
    }
}
