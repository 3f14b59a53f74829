using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using NpgsqlTypes;
using Tuopin.Linkage;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Matching;

/// <summary>
/// Matches a department's list with the members of an area: a preview that writes nothing, then the match. What fits becomes rows of department_record with
/// the file, its department and its day as source; the members compared carry the list in compared_with, so that absence from it means something.
/// </summary>
public static class LoadList
{
    /// <param name="Kind">Key of code list record_kind.</param>
    /// <param name="Department">Key of code list department.</param>
    /// <param name="Area">Code of the area whose members are compared.</param>
    /// <param name="Columns">Position of each column by its role; null as guessed.</param>
    public sealed record Request(string Kind, string Department, string Area, DateOnly Day, IReadOnlyDictionary<string, int>? Columns);

    public sealed record Counted(string Reason, int Rows, IReadOnlyList<int> First);

    /// <summary>What came or would come of it: numbers and rows of the sheet, no names.</summary>
    /// <param name="Told">Rows of which it can be told where they are of; <paramref name="Here"/> of them are of the area.</param>
    public sealed record Report(
        long? File,
        int Rows,
        int Members,
        int Told,
        int Here,
        int ByNumber,
        int ByScore,
        int Waiting,
        int Unmatched,
        IReadOnlyList<Counted> Reasons,
        IReadOnlyList<Counted> Unread,
        double? SureBits,
        double? ReviewBits,
        IReadOnlyList<PlanMatch.Weight> Weights,
        IReadOnlyList<Blocks.LeftOut> LeftOut
    );

    /// <summary>Lists whose rows are of a household as a whole: whoever stands on them stands for it (checks 107 to 110 read them so).</summary>
    public static readonly IReadOnlySet<string> OfHouseholds = new HashSet<string>(StringComparer.Ordinal)
    {
        "dilapidated_roll",
        "loan_roll",
        "relocation_roll",
        "deposit_change",
        "land_change",
        "vehicle_change",
        "claim_roll",
    };

    // Sheets of one list are looked at one row at a time by people: the first few rows of a reason show what is wrong.
    private const int Shown = 20;

    /// <exception cref="Refusal">match.kind, match.department, match.columns, match.wrong-area, match.no-rule, import.file-refused.</exception>
    public static Report Preview(Installation installation, string path, Request request, Scope reach, Action<string> say)
    {
        using var connection = installation.Store.OpenReader();
        return Tell(null, Plan(installation, connection, path, request, reach, null, say).Found);
    }

    private sealed record Planned(PlanMatch.Result Found, CodeEntry Kind, AreaRange Area, AreaVersion Place, PlanMatch.Rules Rules, DateOnly Today);

    private static Planned Plan(
        Installation installation,
        DbConnection connection,
        string path,
        Request request,
        Scope reach,
        IReadOnlyList<Member>? read,
        Action<string> say
    )
    {
        var lists = installation.Packs.Dictionary.CodeLists;
        var kind = lists["record_kind"].Find(request.Kind) ?? throw new WrongUsage("match.kind", "请选择名单类型。Say which kind of list it is.");
        if (lists["department"].Find(request.Department) is null)
            throw new WrongUsage("match.department", "请选择提供名单的部门。Say which department gave the list.");
        var today = Installation.WorkDateOf(connection, installation.Clock);
        if (request.Day > today)
            throw new WrongUsage("match.day", "数据日期不能晚于工作日。The data is of no day after the work date.");
        var tree = AreaTree.Load(connection, today);
        var place = tree.ByCode(request.Area) ?? throw new NotInScope();
        var area = AreaTree.RangeOf(place);
        if (!reach.Covers(area))
            throw new NotInScope();
        var rules = PlanMatch.Rules.Of(installation.Packs, place.Code, today);
        say("读取名单 / reading the list");
        var columns = DepartmentList.Find(path, installation.Packs.Dictionary, request.Columns);
        var list = DepartmentList.Read(path, columns).ToList();
        if (list.Count == 0)
            throw new Refusal("match.empty", "名单里没有行。The list has no rows.");
        say($"{list.Count} 行；读取成员 / {list.Count} rows; reading the members");
        var members = read ?? Member.In(installation, connection, area, DayNumber.Of(today));
        return new(PlanMatch.Of(list, members, rules, new AddressReader(tree, place).Read, say), kind, area, place, rules, today);
    }

    private static Report Tell(long? file, PlanMatch.Result found)
    {
        List<Counted> Count(IEnumerable<(string Reason, int Row)> rows) =>
            [
                .. rows.GroupBy(r => r.Reason)
                    .Select(g => new Counted(g.Key, g.Count(), [.. g.Select(r => r.Row).Take(Shown)]))
                    .OrderByDescending(c => c.Rows),
            ];
        return new(
            file,
            found.Rows.Count,
            found.Members,
            found.Told,
            found.Here,
            found.Rows.Count(r => r.ByNumber),
            found.Rows.Count(r => r is { State: MatchState.Sure, ByNumber: false }),
            found.Rows.Count(r => r.State == MatchState.Waiting),
            found.Rows.Count(r => r.State == MatchState.Unmatched),
            Count(found.Rows.Where(r => r.Reason is not null).Select(r => (r.Reason!, r.Of.Row))),
            Count(found.Rows.SelectMany(r => r.Of.Unread.Select(u => (u, r.Of.Row)))),
            found.SureBits,
            found.ReviewBits,
            found.Weights,
            found.LeftOut
        );
    }

    /// <summary>Matches and writes, all of it in one transaction.</summary>
    /// <exception cref="Refusal">As <see cref="Preview"/>; match.there: this file was matched before.</exception>
    /// <param name="members">Whoever has read the members of the area already, for several lists at once.</param>
    public static Report Handle(
        Installation installation,
        string path,
        string name,
        Request request,
        Scope reach,
        Action<string> say,
        IReadOnlyList<Member>? members = null
    )
    {
        var sha = Hash(path);
        Planned plan;
        // Reading and scoring take their time; nobody waits for that.
        using (var reader = installation.Store.OpenReader())
            plan = Plan(installation, reader, path, request, reach, members, say);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        DropUnmatched(connection, transaction, DayNumber.Of(plan.Today));
        if (
            connection.Number(
                "SELECT count(*) FROM match_files WHERE sha256 = @sha AND kind = @kind AND area_code = @area AND undone_at IS NULL",
                transaction,
                new
                {
                    sha,
                    kind = plan.Kind.Number,
                    area = plan.Place.Code,
                }
            ) > 0
        )
            throw new Refusal("match.there", "这份名单已经匹配过；要重来，请先撤销。This list was matched before: undo that first.");
        say("写入 / writing");
        var (county, day) = (plan.Place.Code / 1_000_000, DayNumber.Of(request.Day));
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"数据比对 {name}",
            request.Department,
            day,
            name
        );
        var id = Keys.Take(connection, transaction, "match_files", county, 1);
        var report = Tell(id, plan.Found);
        var year = new JudgingDay(plan.Today).RegistryYear;
        connection.Execute(
            """
            INSERT INTO match_files (id, file, sha256, kind, department, data_day, year, area_code, area_to, rows, junk, repeated, by_number, by_score, unmatched,
              sure_centibits, review_centibits, user_id, loaded_by, loaded_at, kept_to, change_id)
            VALUES (@id, @name, @sha, @kind, @department, @day, @year, @from, @to, @rows, @junk, @repeated, @byNumber, @byScore, @unmatched, @sure, @review, @user, @by, @at, @kept, @change)
            """,
            new
            {
                id,
                name,
                sha,
                kind = plan.Kind.Number,
                department = request.Department,
                day,
                year,
                from = plan.Area.From,
                to = plan.Area.To,
                rows = report.Rows,
                junk = report.Reasons.Where(r => r.Reason is "junk" or "too-little").Sum(r => r.Rows),
                repeated = report.Reasons.Where(r => r.Reason == "repeated").Sum(r => r.Rows),
                byNumber = report.ByNumber,
                byScore = report.ByScore,
                unmatched = report.Unmatched,
                sure = Centibits(report.SureBits),
                review = Centibits(report.ReviewBits),
                user = installation.Actor.UserId,
                by = installation.Actor.Name,
                at = AuditLog.Stamp(installation.Clock),
                kept = DayNumber.Of(plan.Today.AddDays(plan.Rules.KeptDays)),
                change,
            },
            transaction
        );
        var sure = plan.Found.Rows.Where(r => r.State == MatchState.Sure).ToList();
        var first = sure.Count == 0 ? 0 : Keys.Take(connection, transaction, "department_records", county, sure.Count);
        var records = sure.Index().ToDictionary(r => r.Item, r => first + r.Index);
        var department = installation.Packs.Dictionary.CodeLists["department"].Find(request.Department)!.Number;
        using (var writer = RowWriter.Open(connection, "department_records", Record.Columns))
        {
            foreach (var row in sure)
                Record.Write(writer, records[row], row.Candidates[0].Member, plan.Kind, department, row.Of, change);
            writer.Complete();
        }
        WriteRows(connection, id, plan.Found.Rows, records);
        Compared(connection, transaction, plan.Kind, year, plan.Area, DayNumber.Of(plan.Today), change);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "match.load",
            string.Create(
                CultureInfo.InvariantCulture,
                $"file {id} ({name}) {plan.Kind.Key} of {request.Department} for {plan.Place.Code}: {report.Rows} rows, {report.ByNumber} by number, {report.ByScore} by score, {report.Waiting} to be looked at, {report.Unmatched} unmatched"
            ),
            new("match_file", id)
        );
        transaction.Commit();
        return report;
    }

    /// <summary>The columns of department_record that a list fills.</summary>
    internal static class Record
    {
        public static readonly BulkColumn[] Columns =
        [
            BulkColumn.Number("id"),
            BulkColumn.Number("area_code"),
            BulkColumn.Number("person_id"),
            BulkColumn.Number("household_id"),
            new("kind", NpgsqlDbType.Smallint),
            new("department", NpgsqlDbType.Smallint),
            BulkColumn.Text("item"),
            BulkColumn.Number("amount"),
            new("from_day", NpgsqlDbType.Integer),
            new("to_day", NpgsqlDbType.Integer),
            new("active", NpgsqlDbType.Boolean),
            BulkColumn.Number("change_id"),
        ];

        public static void Write(RowWriter writer, long id, Member member, CodeEntry kind, int department, ListRow row, long change)
        {
            writer.Number(id);
            writer.Number(member.Area);
            writer.Number(member.Person);
            writer.Number(OfHouseholds.Contains(kind.Key) ? member.Household : null);
            writer.Number(kind.Number);
            writer.Number(department);
            writer.Text(row.Item);
            writer.Number(row.Amount);
            writer.Number(row.FromDay);
            writer.Number(row.ToDay);
            writer.Number(row.Active is { } active ? (active ? 1 : 0) : null);
            writer.Number(change);
            writer.EndRow();
        }
    }

    private static void WriteRows(DbConnection connection, long file, IReadOnlyList<PlanMatch.Row> rows, Dictionary<PlanMatch.Row, long> records)
    {
        var kept = rows.Where(r => !r.ByNumber).ToList();
        using (
            var writer = RowWriter.Open(
                connection,
                "match_rows",
                [
                    BulkColumn.Number("file_id"),
                    new("number", NpgsqlDbType.Integer),
                    new("state", NpgsqlDbType.Smallint),
                    BulkColumn.Text("reason"),
                    BulkColumn.Text("name"),
                    BulkColumn.Text("masked"),
                    new("birth", NpgsqlDbType.Integer),
                    BulkColumn.Number("place_code"),
                    BulkColumn.Text("item"),
                    BulkColumn.Number("amount"),
                    new("from_day", NpgsqlDbType.Integer),
                    new("to_day", NpgsqlDbType.Integer),
                    new("active", NpgsqlDbType.Boolean),
                    BulkColumn.Number("record_id"),
                ]
            )
        )
        {
            foreach (var row in kept)
            {
                var of = row.Of;
                writer.Number(file);
                writer.Number(of.Row);
                writer.Number((short)row.State);
                writer.Text(row.Reason);
                writer.Text(of.Name);
                writer.Text(of.Identity.Text.Length == 0 ? null : PersonalNumbers.Mask(of.Identity.Text));
                writer.Number(of.Birth == 0 ? null : (long?)of.Birth);
                writer.Number(row.Place);
                writer.Text(of.Item);
                writer.Number(of.Amount);
                writer.Number(of.FromDay);
                writer.Number(of.ToDay);
                writer.Number(of.Active is { } active ? (active ? 1 : 0) : null);
                writer.Number(records.TryGetValue(row, out var key) ? key : (long?)null);
                writer.EndRow();
            }
            writer.Complete();
        }
        using var candidates = RowWriter.Open(
            connection,
            "match_candidates",
            [
                BulkColumn.Number("file_id"),
                new("number", NpgsqlDbType.Integer),
                BulkColumn.Number("person_id"),
                BulkColumn.Number("household_id"),
                new("centibits", NpgsqlDbType.Integer),
                new("per_thousand", NpgsqlDbType.Integer),
                BulkColumn.Text("evidence"),
            ]
        );
        foreach (var row in kept)
        foreach (var candidate in row.Candidates.DistinctBy(c => c.Member.Person))
        {
            candidates.Number(file);
            candidates.Number(row.Of.Row);
            candidates.Number(candidate.Member.Person);
            candidates.Number(candidate.Member.Household);
            candidates.Number(Centibits(candidate.Weight)!.Value);
            candidates.Number((int)Math.Round(candidate.Probability * 1000));
            candidates.Text(candidate.Evidence);
            candidates.EndRow();
        }
        candidates.Complete();
    }

    // Everybody of the area was compared with the list, and every household.
    private static void Compared(DbConnection connection, DbTransaction transaction, CodeEntry kind, int year, AreaRange area, int day, long change)
    {
        var bit = 1L << kind.Number;
        foreach (
            var (table, key, from) in new[]
            {
                (
                    "person_years",
                    "person_id",
                    $"memberships m JOIN households h ON h.id = m.household_id WHERE m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day}) AND"
                ),
                ("household_years", "household_id", "households h WHERE"),
            }
        )
            connection.Execute(
                $"""
                INSERT INTO {table} ({key}, year, compared_with, change_id)
                SELECT DISTINCT {(
                    key == "person_id" ? "m.person_id" : "h.id"
                )}, {year}, CAST({bit} AS bigint), CAST({change} AS bigint) FROM {from} h.area_code BETWEEN {area.From} AND {area.To}
                ON CONFLICT ({key}, year) DO UPDATE SET compared_with = coalesce({table}.compared_with, 0) | {bit}, change_id = {change}
                WHERE coalesce({table}.compared_with, 0) & {bit} = 0
                """,
                transaction
            );
    }

    /// <summary>Drops the unmatched and rejected rows of lists whose days are over; returns how many.</summary>
    public static int DropUnmatched(DbConnection connection, DbTransaction transaction, int day)
    {
        const string over = "file_id IN (SELECT f.id FROM match_files f WHERE f.kept_to < @day)";
        connection.Execute(
            $"DELETE FROM match_candidates WHERE {over} AND EXISTS (SELECT 1 FROM match_rows r WHERE r.file_id = match_candidates.file_id AND r.number = match_candidates.number AND r.state IN (0, 4))",
            transaction,
            new { day }
        );
        return connection.Execute($"DELETE FROM match_rows WHERE state IN (0, 4) AND {over}", transaction, new { day });
    }

    private static int? Centibits(double? bits) => bits is { } b ? (int)Math.Round(Math.Clamp(b, -1000, 1000) * 100) : null;

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
