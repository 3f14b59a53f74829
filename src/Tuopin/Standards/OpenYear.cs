using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin years open YEAR</c> and <c>/years</c> (年度结转): every household and member with a row of the year before gets one of the new year. Facts that
/// are carried stand on, with who stated them and of which day; incomes, insurance and whatever is of one year only are empty. Rows that exist are left
/// alone, so it can be done again; it can be taken back while nothing of it was edited.
/// </summary>
public static class OpenYear
{
    /// <summary>The first year with a registry.</summary>
    private const int First = 2014;
    private const int Last = 2100;

    /// <param name="Rows">Those that get a row.</param>
    /// <param name="Existing">Those that have one of the year already.</param>
    /// <param name="Without">Those without a row of the year before: nothing is known to carry.</param>
    public sealed record Counted(long Rows, long Existing, long Without);

    /// <param name="Carried">How many of the rows have a value.</param>
    public sealed record FactLine(string Fact, Label Label, bool Carried);

    /// <param name="Opened">When it was opened here before and stands.</param>
    public sealed record Preview(int Year, string Area, string Name, Counted Households, Counted Members, IReadOnlyList<FactLine> Facts, bool Opened);

    public sealed record Report(int Year, string Area, long Households, long Members, bool Undone = false);

    private sealed record Asked(int Year, string Area, bool Undo);

    public static readonly JobKind Kind = new("open-year", new("年度结转", "Open a year"), Permission.OpenYears, Writes: true, Run);

    public static Command Command(Shell shell)
    {
        var year = new Argument<int>("YEAR") { Description = "the registry year to open: 1 October of the year before to 30 September" };
        var (area, preview, undo) = (
            AreaArgument.Area(),
            new Option<bool>("--preview") { Description = "count who would get a row and say which facts are carried; change nothing" },
            new Option<bool>("--undo") { Description = "take the opening back, while nothing of it was edited" }
        );
        var open = new Command("open", "open a registry year: incomes empty, the rest carried") { year, area, preview, undo };
        open.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed, install: true);
                using var connection = installation.Store.Open();
                var place = AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation);
                var within = new[] { AreaTree.RangeOf(place) };
                if (parsed.GetValue(preview))
                {
                    var seen = Look(installation, connection, parsed.GetValue(year), place, within);
                    if (shell.IsJson)
                        shell.PrintJson(seen);
                    else
                        Print(shell.Output, seen);
                    return;
                }
                var report = parsed.GetValue(undo)
                    ? Undo(installation, parsed.GetValue(year), place, within)
                    : Handle(installation, parsed.GetValue(year), place, within, (done, total) => shell.Warn($"{done}/{total}"));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    shell.Output.WriteLine(
                        $"{report.Year} {place.Name}: {report.Households} 户 households, {report.Members} 人 persons {(report.Undone ? "撤回 taken back" : "结转 carried on")}"
                    );
            })
        );
        return new("years", "registry years") { open };
    }

    private static void Print(TextWriter output, Preview seen)
    {
        output.WriteLine($"{seen.Year} {seen.Name} {seen.Area}{(seen.Opened ? "  已结转 opened" : "")}");
        foreach (var (name, counted) in new[] { ("户 households", seen.Households), ("人 members", seen.Members) })
            output.WriteLine(
                $"  {name}: {counted.Rows} 新建 get a row, {counted.Existing} 已有 have one, {counted.Without} 上年无记录 nothing to carry"
            );
        output.WriteLine($"  结转 carried: {string.Join("、", seen.Facts.Where(f => f.Carried).Select(f => f.Label.Zh))}");
        output.WriteLine($"  留空 left empty: {string.Join("、", seen.Facts.Where(f => !f.Carried).Select(f => f.Label.Zh))}");
    }

    /// <summary>What opening a year would do here.</summary>
    /// <exception cref="Refusal">years.unknown, years.too-early, years.skips.</exception>
    public static Preview Look(Installation installation, DbConnection connection, int year, AreaVersion area, IReadOnlyList<AreaRange> within)
    {
        var opening = new Opening(installation, connection, null, year, within);
        opening.Check();
        return new(
            year,
            PickArea.Code(area),
            area.Name,
            opening.Count(opening.Households),
            opening.Count(opening.Members),
            [.. new[] { opening.Households, opening.Members }.SelectMany(s => s.Facts).Select(f => new FactLine(f.ToString(), f.Label, f.IsCarried))],
            opening.Opened
        );
    }

    /// <summary>Opens the year here, and judges again.</summary>
    /// <exception cref="Refusal">As <see cref="Look"/>.</exception>
    public static Report Handle(
        Installation installation,
        int year,
        AreaVersion area,
        IReadOnlyList<AreaRange> within,
        Action<int, int>? progress = null
    )
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var opening = new Opening(installation, connection, transaction, year, within);
        opening.Check();
        var (households, members) = opening.Write();
        Tell(installation, connection, transaction, "years.open", year, area, households, members);
        if (households + members > 0)
            JudgeArea.Within(installation, connection, transaction, progress);
        transaction.Commit();
        return new(year, PickArea.Code(area), households, members);
    }

    /// <summary>Takes the opening of a year back.</summary>
    /// <exception cref="Refusal">years.unknown; years.not-opened; years.edited: something of it was edited since.</exception>
    public static Report Undo(
        Installation installation,
        int year,
        AreaVersion area,
        IReadOnlyList<AreaRange> within,
        Action<int, int>? progress = null
    )
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var opening = new Opening(installation, connection, transaction, year, within);
        var (households, members) = opening.TakeBack();
        Tell(installation, connection, transaction, "years.undo", year, area, households, members);
        JudgeArea.Within(installation, connection, transaction, progress);
        transaction.Commit();
        return new(year, PickArea.Code(area), households, members, Undone: true);
    }

    private static void Tell(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        string action,
        int year,
        AreaVersion area,
        long households,
        long members
    ) =>
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            action,
            JsonSerializer.Serialize(
                new
                {
                    year,
                    area = area.Code,
                    households,
                    members,
                }
            )
        );

    /// <summary>A subject whose yearly rows are carried: its table of years, and which of its rows are meant.</summary>
    private sealed record Yearly(SubjectType Subject, IReadOnlyList<Fact> Facts, string Of)
    {
        public string Table => Subject.YearTable!;
        public string Key => Subject.YearKey!;
        public IEnumerable<string> Columns => Facts.Where(f => f.IsCarried).Select(f => f.Column).Distinct();
    }

    private sealed class Opening
    {
        private readonly Installation installation;
        private readonly DbConnection connection;
        private readonly DbTransaction? transaction;
        private readonly int year;
        private readonly DateOnly work;
        private readonly string here;

        public Opening(Installation installation, DbConnection connection, DbTransaction? transaction, int year, IReadOnlyList<AreaRange> within)
        {
            (this.installation, this.connection, this.transaction, this.year) = (installation, connection, transaction, year);
            if (year is < First or > Last)
                throw new WrongUsage("years.unknown", $"没有 {year} 这个登记年度。There is no registry year {year}.");
            work = Installation.WorkDateOf(connection, installation.Clock, transaction);
            var dictionary = installation.Packs.Dictionary;
            var day = DayNumber.Of(work);
            string Covers(string alias) =>
                string.Create(CultureInfo.InvariantCulture, $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})");
            here =
                within.Count == 0
                    ? "FALSE"
                    : string.Join(
                        " OR ",
                        within.Select(r => string.Create(CultureInfo.InvariantCulture, $"h.area_code BETWEEN {r.From} AND {r.To}"))
                    );
            var kinds = dictionary["household_status"].Facts["kind"].Type.List!;
            // A household that is closed, removed or became part of another has no next year.
            var households =
                $"SELECT h.id FROM households h WHERE ({here}) AND h.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM household_statuses s WHERE s.household_id = h.id AND {Covers("s")} AND s.kind IN ({kinds.Find("removed")!.Number}, {kinds.Find("closed")!.Number}))";
            var members = $"SELECT m.person_id FROM memberships m WHERE {Covers("m")} AND m.household_id IN ({households})";
            Households = Of(dictionary["household"], households);
            Members = Of(dictionary["person"], members);
        }

        public Yearly Households { get; }
        public Yearly Members { get; }

        private static Yearly Of(SubjectType subject, string of) =>
            new(subject, [.. subject.Facts.Values.Where(f => f.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear)], of);

        private Yearly[] All => [Households, Members];

        public bool Opened =>
            connection.Number(
                $"SELECT count(*) FROM household_years y JOIN households h ON h.id = y.household_id WHERE y.year = {year} AND ({here}) AND y.change_id IN ({Carrying})",
                transaction
            ) > 0;

        // The changes that carried values of the year before into this one.
        private string Carrying => string.Create(CultureInfo.InvariantCulture, $"SELECT id FROM changes WHERE carried_year = {year - 1}");

        public void Check()
        {
            if (new JudgingDay(work).RegistryYear < year)
                throw new Refusal(
                    "years.too-early",
                    $"登记年度 {year} 从 {year - 1} 年 10 月 1 日开始，还没有到。The year {year} begins on {year - 1}-10-01, which is after the work date."
                );
            if (
                connection.Number(
                    $"SELECT count(*) FROM household_years y WHERE y.year = {year - 1} AND y.household_id IN ({Households.Of})",
                    transaction
                ) == 0
            )
                throw new Refusal(
                    "years.skips",
                    $"这里没有 {year - 1} 年度的记录，不能跳过它。Nothing is held here of the year {year - 1}: it cannot be skipped."
                );
        }

        public Counted Count(Yearly of)
        {
            string Has(int y) => $"EXISTS (SELECT 1 FROM {of.Table} y WHERE y.{of.Key} = k.id AND y.year = {y})";
            var row = connection.QuerySingle<(long Rows, long Existing, long Without)>(
                $"""
                SELECT coalesce(sum(CASE WHEN {Has(year)} THEN 0 WHEN {Has(year - 1)} THEN 1 ELSE 0 END), 0),
                  coalesce(sum(CASE WHEN {Has(year)} THEN 1 ELSE 0 END), 0),
                  coalesce(sum(CASE WHEN {Has(year)} THEN 0 WHEN {Has(year - 1)} THEN 0 ELSE 1 END), 0)
                FROM (SELECT DISTINCT t.id FROM {of.Subject.Table} t WHERE t.id IN ({of.Of})) k
                """,
                transaction: transaction
            );
            return new(row.Rows, row.Existing, row.Without);
        }

        /// <summary>How many households and members got a row.</summary>
        public (long Households, long Members) Write()
        {
            var number = installation.Store.IsSqlite ? "INTEGER" : "bigint";
            string Source(Yearly of) =>
                $"FROM {of.Table} y WHERE y.year = {year - 1} AND y.{of.Key} IN ({of.Of}) AND NOT EXISTS (SELECT 1 FROM {of.Table} n WHERE n.{of.Key} = y.{of.Key} AND n.year = {year})";
            // One change for each author and day: a carried row stays the word of who stated it, and yet is known only from now on.
            Run("DROP TABLE IF EXISTS carried_changes");
            Run($"CREATE TEMPORARY TABLE carried_changes (old_id {number} NOT NULL, new_id {number} NOT NULL)");
            var first = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM changes", transaction);
            Run(
                $"""
                INSERT INTO carried_changes (old_id, new_id)
                SELECT c.id, {first} - 1 + dense_rank() OVER (ORDER BY c.stated_by, c.data_day) FROM changes c
                WHERE c.id IN ({string.Join(" UNION ", All.Select(of => $"SELECT y.change_id {Source(of)}"))})
                """
            );
            var actor = installation.Actor;
            Run(
                $"""
                INSERT INTO changes (id, at, actor, user_id, post_id, reason, stated_by, data_day, carried_year)
                SELECT k.new_id, @at, @actor, @user, @post, @reason, c.stated_by, c.data_day, {year - 1}
                FROM (SELECT new_id, min(old_id) AS old_id FROM carried_changes GROUP BY new_id) k JOIN changes c ON c.id = k.old_id
                """,
                new
                {
                    at = AuditLog.Stamp(installation.Clock),
                    actor = actor.Name,
                    user = actor.UserId,
                    post = actor.PostId,
                    reason = $"{year} 年度结转",
                }
            );
            var counts = new List<long>();
            foreach (var of in All)
            {
                var columns = string.Concat(of.Columns.Select(c => $", {c}"));
                var values = string.Concat(of.Columns.Select(c => $", y.{c}"));
                counts.Add(
                    connection.Execute(
                        $"""
                        INSERT INTO {of.Table} ({of.Key}, year, change_id{columns})
                        SELECT y.{of.Key}, {year}, k.new_id{values} {Source(of).Replace(
                            $"FROM {of.Table} y",
                            $"FROM {of.Table} y JOIN carried_changes k ON k.old_id = y.change_id",
                            StringComparison.Ordinal
                        )}
                        """,
                        transaction
                    )
                );
                CarryStatements(of, first);
            }
            Run("DROP TABLE carried_changes");
            return (counts[0], counts[1]);
        }

        // What authors said besides goes on with the value it was about.
        private void CarryStatements(Yearly of, long first)
        {
            var facts = string.Join(", ", of.Facts.Where(f => f.IsCarried).Select(f => $"'{f.Name}'"));
            var said =
                $"FROM statements s JOIN {of.Table} n ON n.{of.Key} = s.subject_id AND n.year = {year} WHERE s.subject = '{of.Subject.Name}' AND s.year = {year - 1} AND s.fact IN ({facts}) AND n.change_id >= {first} AND NOT EXISTS (SELECT 1 FROM statements x WHERE x.subject = s.subject AND x.subject_id = s.subject_id AND x.fact = s.fact AND x.year = {year} AND x.stated_by = s.stated_by)";
            var count = facts.Length == 0 ? 0 : connection.Number($"SELECT count(*) {said}", transaction);
            if (count == 0)
                return;
            var county = connection.Number($"SELECT coalesce(min(h.area_code) / 1000000, 0) FROM households h WHERE {here}", transaction);
            var key = Keys.Take(connection, transaction!, "statements", county, count);
            Run(
                $"""
                INSERT INTO statements (id, subject, subject_id, fact, year, value, stated_by, stated_day, document, change_id)
                SELECT {key} - 1 + row_number() OVER (ORDER BY s.id), s.subject, s.subject_id, s.fact, {year}, s.value, s.stated_by, s.stated_day, s.document, n.change_id {said}
                """
            );
        }

        public (long Households, long Members) TakeBack()
        {
            var theirs = string.Create(CultureInfo.InvariantCulture, $"({here})");
            string Mine(Yearly of, string alias) =>
                of.Subject.Table == "households"
                    ? $"{alias}.{of.Key} IN (SELECT h.id FROM households h WHERE {theirs})"
                    : $"{alias}.{of.Key} IN (SELECT m.person_id FROM memberships m JOIN households h ON h.id = m.household_id WHERE {theirs})";
            if (!Opened)
                throw new Refusal("years.not-opened", $"这里没有结转过 {year} 年度。The year {year} was not opened here.");
            var edited = All.Sum(of =>
                connection.Number(
                    $"""
                    SELECT count(*) FROM {of.Table} t WHERE t.year = {year} AND {Mine(of, "t")} AND t.change_id NOT IN ({Carrying})
                      AND EXISTS (SELECT 1 FROM {of.Table}_history o WHERE o.{of.Key} = t.{of.Key} AND o.year = {year} AND o.change_id IN ({Carrying}))
                    """,
                    transaction
                )
            );
            if (edited > 0)
                throw new Refusal(
                    "years.edited",
                    $"结转之后已有 {edited} 条记录被修改，不能撤回。Since the year was opened {edited} rows were edited: it cannot be taken back."
                );
            AuditLog.BeginChange(
                connection,
                transaction!,
                installation.Clock,
                installation.Actor,
                $"撤回 {year} 年度结转",
                "poverty_office",
                DayNumber.Of(work)
            );
            var counts = new List<long>();
            foreach (var of in All)
            {
                Run(
                    $"DELETE FROM statements WHERE subject = '{of.Subject.Name}' AND year = {year} AND change_id IN ({Carrying}) AND {Mine(of, "statements").Replace($"statements.{of.Key}", "statements.subject_id", StringComparison.Ordinal)}"
                );
                counts.Add(
                    connection.Execute(
                        $"DELETE FROM {of.Table} WHERE year = {year} AND {Mine(of, of.Table)} AND change_id IN ({Carrying})",
                        transaction
                    )
                );
            }
            return (counts[0], counts[1]);
        }

        private void Run(string sql, object? parameters = null) => connection.Execute(sql, transaction, parameters);
    }

    /// <summary>What the page shows; without a preview, why there is none.</summary>
    public sealed record Shown(AreaVersion Area, int Year, Preview? Preview, Refusal? Refused);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/years",
                IResult (ConsoleContext context, int? year) => new RazorComponentResult<Pages.YearsPage>(new { Found = Show(context, year) })
            )
            .Needs(Permission.OpenYears);
        foreach (var step in new[] { "open", "undo" })
        {
            routes
                .MapPost(
                    "/years/{year:int}/" + step,
                    async (ConsoleContext context, HttpContext http, JobQueue queue, int year) =>
                    {
                        await Forms.Check(http);
                        return TypedResults.LocalRedirect($"/jobs/{(await Start(context, queue, year, step == "undo", null)).Id}");
                    }
                )
                .Needs(Permission.OpenYears);
            routes
                .MapPost(
                    Api.Root + "/years/{year:int}/" + step,
                    async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue, int year) =>
                    {
                        await Api.CheckWrite(http);
                        var job = await Start(context, queue, year, step == "undo", Api.Key(http));
                        http.Response.Headers.Location = $"{Api.Root}/jobs/{job.Id}";
                        await Api.Answer(
                            http,
                            await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id),
                            StatusCodes.Status202Accepted
                        );
                    }
                )
                .OfApi<ShowJob.Result>(
                    Permission.OpenYears,
                    $"{step}-year",
                    step == "open" ? "Open a registry year in the area in view" : "Take the opening of a year back, while nothing of it was edited",
                    StatusCodes.Status202Accepted
                )
                .Asks(Api.Area)
                .Once();
        }
        routes
            .MapGet(
                Api.Root + "/years/{year:int}",
                async (ConsoleContext context, HttpContext http, int year) =>
                    await Api.Answer(
                        http,
                        Look(
                            context.Installation,
                            context.Reader,
                            year,
                            context.Area(Permission.OpenYears),
                            Within(context.Caller, context.Area(Permission.OpenYears))
                        )
                    )
            )
            .OfApi<Preview>(Permission.OpenYears, "year", "What opening a registry year would do in the area in view")
            .Asks(Api.Area);
    }

    // An address may name a place around the caller's own: what is done is cut down to these.
    private static IReadOnlyList<AreaRange> Within(Caller caller, AreaVersion area) =>
        caller.Scope(Permission.OpenYears).Within(AreaTree.RangeOf(area));

    private static Shown Show(ConsoleContext context, int? asked)
    {
        var (area, year) = (context.Area(Permission.OpenYears), asked ?? new JudgingDay(context.WorkDate).RegistryYear);
        try
        {
            return new(area, year, Look(context.Installation, context.Reader, year, area, Within(context.Caller, area)), null);
        }
        catch (Refusal refusal)
        {
            return new(area, year, null, refusal);
        }
    }

    private static async Task<Job> Start(ConsoleContext context, JobQueue queue, int year, bool undo, string? key)
    {
        var area = context.Area(Permission.OpenYears);
        return await queue.Add(context.Caller, Kind, $"{year} {area.Name}", new Asked(year, PickArea.Code(area), undo), key);
    }

    private static void Run(JobRun run)
    {
        var asked = run.Request<Asked>();
        using var connection = run.Installation.Store.OpenReader();
        var area =
            AreaTree.Load(connection, run.Installation.WorkDate).ByCode(asked.Area)
            ?? throw new Refusal("area.unknown", $"no area has the code '{asked.Area}' on this day; give 2, 4, 6, 9 or 12 digits");
        run.Say(asked.Undo ? "撤回结转并重新判定 / taking it back and judging" : "结转并重新判定 / carrying on and judging");
        var within = Within(run.Caller, area);
        void Progress(int done, int total) => run.Progress(done, total);
        var report = asked.Undo
            ? Undo(run.Installation, asked.Year, area, within, Progress)
            : Handle(run.Installation, asked.Year, area, within, Progress);
        run.Result = report;
        run.Say($"{report.Households} 户、{report.Members} 人 / {report.Households} households, {report.Members} persons");
    }
}
