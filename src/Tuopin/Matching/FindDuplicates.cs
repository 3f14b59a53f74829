using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using NpgsqlTypes;
using Tuopin.Linkage;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>
/// <c>POST /matching/duplicates</c>, <c>tuopin match duplicates</c>: finds the pairs of persons who may be one and keeps them: those with one number, wherever
/// the other is registered, and within the area those whom their score says so. A pair that was answered is never raised again.
/// </summary>
public static class FindDuplicates
{
    private sealed record Asked(string Area);

    /// <param name="New">Pairs that were not known.</param>
    /// <param name="Gone">Open pairs of which one is no member any more.</param>
    public sealed record Report(string Area, int Members, int SameNumber, int ByScore, int New, int Gone);

    public static readonly JobKind Kind = new(
        "match-duplicates",
        new("查找重复人员", "Find duplicate persons"),
        Permission.MatchLists,
        Writes: true,
        run => run.Result = Handle(run.Installation, run.Request<Asked>().Area, run.Caller.Scope(Permission.MatchLists), run.Say)
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/matching/duplicates",
                async Task<IResult> (ConsoleContext context, HttpContext http, JobQueue queue) =>
                {
                    await Forms.Check(http);
                    return TypedResults.LocalRedirect($"/jobs/{(await Queue(context, queue, null)).Id}");
                }
            )
            .Needs(Permission.MatchLists);
        routes
            .MapPost(
                Api.Root + "/matching/duplicates",
                async (ConsoleContext context, HttpContext http, DeskDb desk, JobQueue queue) =>
                {
                    await Api.CheckWrite(http);
                    var job = await Queue(context, queue, Api.Key(http));
                    await Api.Answer(http, await ShowJob.Handle(context.Installation, desk, context.Caller, job.Id), StatusCodes.Status202Accepted);
                }
            )
            .OfApi<ShowJob.Result>(Permission.MatchLists, "findDuplicates", "Find persons who may be one", StatusCodes.Status202Accepted)
            .Asks(Api.Area)
            .Once();
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var command = new Command("duplicates", "find persons of an area who may be one") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var installation = shell.Open(parsed);
                string place;
                using (var connection = installation.Store.OpenReader())
                    place = PickArea.Code(AreaArgument.Find(AreaTree.Load(connection, installation.WorkDate), parsed.GetValue(area), installation));
                var report = Handle(installation, place, Scope.Everything, shell.Warn);
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    shell.Output.WriteLine(
                        $"{report.Members} 名成员 members: 号码相同 same number {report.SameNumber}, 按把握 by score {report.ByScore}; 新增 new {report.New}"
                    );
            })
        );
        return command;
    }

    private static Task<Job> Queue(ConsoleContext context, JobQueue queue, string? key)
    {
        var area = context.Area(Permission.MatchLists);
        return context.Caller.Scope(Permission.MatchLists).Covers(AreaTree.RangeOf(area))
            ? queue.Add(context.Caller, Kind, area.Name, new Asked(PickArea.Code(area)), key)
            : throw new NotInScope();
    }

    /// <exception cref="NotInScope"/>
    public static Report Handle(Installation installation, string code, Scope reach, Action<string> say)
    {
        int day;
        AreaVersion place;
        List<Member> members;
        using (var reader = installation.Store.OpenReader())
        {
            var today = Installation.WorkDateOf(reader, installation.Clock);
            day = DayNumber.Of(today);
            place = AreaTree.Load(reader, today).ByCode(code) ?? throw new NotInScope();
            if (!reach.Covers(AreaTree.RangeOf(place)))
                throw new NotInScope();
            say("读取成员 / reading the members");
            members = Member.In(installation, reader, AreaTree.RangeOf(place), day);
        }
        say($"比对 {members.Count} 名成员 / comparing {members.Count} members");
        var scored = ByScore(members);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        say("写入 / writing");
        var pairs = SameNumber(connection, transaction, AreaTree.RangeOf(place), day)
            .Select(p => (p.A, p.B, Same: true, Weight: (double?)null, Evidence: (string?)null))
            .ToList();
        var (same, known) = (pairs.Count, pairs.Select(p => (p.A, p.B)).ToHashSet());
        pairs.AddRange(scored.Where(s => !known.Contains((s.A, s.B))).Select(s => (s.A, s.B, false, (double?)s.Weight, (string?)s.Evidence)));
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"查找重复人员 {place.Name}",
            "poverty_office",
            day
        );
        var members_ = $"SELECT m.person_id FROM memberships m WHERE m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})";
        var gone = connection.Execute(
            $"DELETE FROM duplicate_pairs WHERE state = 0 AND (person_a NOT IN ({members_}) OR person_b NOT IN ({members_}))",
            transaction
        );
        var first = pairs.Count == 0 ? 0 : Keys.Take(connection, transaction, "duplicate_pairs", place.Code / 1_000_000, pairs.Count);
        var added = Keep(connection, transaction, pairs, first, change);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "match.duplicates",
            string.Create(CultureInfo.InvariantCulture, $"{code}: {same} with one number, {scored.Count} by score, {added} new, {gone} gone")
        );
        transaction.Commit();
        say($"找到 {pairs.Count} 对，新增 {added} 对 / {pairs.Count} pairs, {added} of them new");
        return new(PickArea.Code(place), members.Count, same, pairs.Count - same, added, gone);
    }

    private static int Keep(
        DbConnection connection,
        DbTransaction transaction,
        List<(long A, long B, bool Same, double? Weight, string? Evidence)> pairs,
        long first,
        long change
    )
    {
        connection.Execute(
            "CREATE TEMPORARY TABLE found_pairs (id bigint, person_a bigint, person_b bigint, same_number boolean, centibits integer, evidence text)",
            transaction
        );
        using (
            var writer = RowWriter.Open(
                connection,
                "found_pairs",
                [
                    BulkColumn.Number("id"),
                    BulkColumn.Number("person_a"),
                    BulkColumn.Number("person_b"),
                    new("same_number", NpgsqlDbType.Boolean),
                    new("centibits", NpgsqlDbType.Integer),
                    BulkColumn.Text("evidence"),
                ]
            )
        )
        {
            foreach (var (i, pair) in pairs.Index())
            {
                writer.Number(first + i);
                writer.Number(pair.A);
                writer.Number(pair.B);
                writer.Number(pair.Same ? 1 : 0);
                writer.Number(pair.Weight is { } weight ? (long?)Math.Round(weight * 100) : null);
                writer.Text(pair.Evidence);
                writer.EndRow();
            }
            writer.Complete();
        }
        var added = connection.Execute(
            """
            INSERT INTO duplicate_pairs (id, person_a, person_b, same_number, centibits, evidence, state, change_id)
            SELECT id, person_a, person_b, same_number, centibits, evidence, 0, @change FROM found_pairs WHERE id > 0 ON CONFLICT (person_a, person_b) DO NOTHING
            """,
            transaction,
            new { change }
        );
        connection.Execute("DROP TABLE found_pairs", transaction);
        return added;
    }

    // One side is of the area; the other may be anywhere.
    private static List<(long A, long B)> SameNumber(DbConnection connection, DbTransaction transaction, AreaRange area, int day) =>
        [
            .. connection.Query<(long, long)>(
                $"""
                WITH now AS (
                  SELECT p.id, p.id_index, h.area_code FROM persons p
                  JOIN memberships m ON m.person_id = p.id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})
                  JOIN households h ON h.id = m.household_id WHERE p.id_index IS NOT NULL AND p.id_kind IN ({(int)IdentityKind.Citizen}, {(int)
                    IdentityKind.Disability})),
                twice AS (SELECT id_index FROM now GROUP BY id_index HAVING count(*) > 1),
                held AS (SELECT n.* FROM now n JOIN twice t ON t.id_index = n.id_index)
                SELECT a.id, b.id FROM held a JOIN held b ON b.id_index = a.id_index AND b.id > a.id
                WHERE a.area_code BETWEEN {area.From} AND {area.To} OR b.area_code BETWEEN {area.From} AND {area.To}
                """,
                transaction: transaction
            ),
        ];

    private static List<(long A, long B, double Weight, string Evidence)> ByScore(List<Member> members)
    {
        if (members.Count < 2)
            return [];
        var people = new People([.. members.Select(m => m.ToRow())]);
        var blocks = new Blocks(people.Keys, members.Count);
        var weights = Estimate.From(people.Comparisons, blocks, members.Count);
        return
        [
            .. Linker
                .Score(weights, blocks, weights.WeightAt(0.5))
                .Where(l => Plausible(members[l.A], members[l.B]))
                .Select(l =>
                    (
                        Math.Min(members[l.A].Person, members[l.B].Person),
                        Math.Max(members[l.A].Person, members[l.B].Person),
                        l.Weight,
                        EvidenceText.Of(weights.Explain(l.A, l.B))
                    )
                ),
        ];
    }

    // Twins have one birth, one home and names and numbers that are near: two good numbers are two people unless the name is the same.
    private static bool Plausible(Member a, Member b) =>
        a.Number is null || b.Number is null || a.Number == b.Number || !Good(a.Number) || !Good(b.Number) || Pinyin.Of(a.Name) == Pinyin.Of(b.Name);

    private static bool Good(string number) => IdentityNumber.Read(number).ChecksumOk == true;
}
