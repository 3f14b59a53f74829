using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// Another household becomes part of this one (合户): its members come over, with the measures that run and those who help it; it is closed and says into
/// which it went. Both stand in one village and have the same status, for an act on members decides no status. Whoever merges says whether incomes are added
/// up (<see cref="MergeIncomes"/>) or are to be stated anew; what else is collected by year stays with each.
/// </summary>
public static class MergeHouseholds
{
    public sealed record Merging : Act
    {
        /// <summary>The household that ends.</summary>
        public required long Other { get; init; }

        /// <summary>Its head is head of both afterwards, not that of this household.</summary>
        public bool OtherHeads { get; init; }

        /// <summary>How the former head who is head no longer stands to the one who is; the others of that household follow from it.</summary>
        public required string Relation { get; init; }

        /// <summary>Relations to the head by person, where what follows is wrong.</summary>
        public IReadOnlyDictionary<long, string>? Relations { get; init; }

        /// <summary>Incomes of the years that still count are added up; else this household keeps its own, to be stated anew.</summary>
        public bool AddIncomes { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "household.merge";

        public override Plan Decide(Writing writing)
        {
            var today = DayNumber.Of(writing.WorkDate);
            var mine = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, today);
            mine.RequireVersion(Version);
            if (Other == writing.Household)
                throw new Refusal("edit.merge-same", "不能与自己合户。A household does not merge with itself.");
            var theirs = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, Other, today);
            var (here, there) = (Side.Read(writing, writing.Household, today), Side.Read(writing, Other, today));
            Check(writing, mine, theirs, here, there);
            var (stays, comes) = OtherHeads ? (theirs, mine) : (mine, theirs);
            var relations = Relate(mine, stays, comes);
            var incomes = AddIncomes ? MergeIncomes.Of(writing, Other) : [];
            Label In(long relation) => new($"合户后：{mine.Shown(relation).Zh}", $"merged: {mine.Shown(relation).En}");
            return new(
                [
                    new(
                        new($"户 {there!.Number}", $"household {there.Number}"),
                        new(there.Head ?? "", there.Head ?? ""),
                        new($"并入户 {here!.Number}", $"part of household {here.Number}")
                    ),
                    .. theirs.Open.Select(m => new Difference(new(m.Name, m.Name), theirs.Shown(m.Relation), In(relations[m.PersonId]))),
                    .. ChangeHead.Differences(mine, mine.Open, relations),
                    .. incomes.SelectMany(y => MergeIncomes.Differences(y, writing.Dictionary)),
                ],
                [writing.Household, Other],
                change =>
                {
                    foreach (var member in theirs.Open)
                        Members.Carry(writing, member, Other, writing.Household, relations[member.PersonId], change);
                    ChangeHead.Write(writing, mine, mine.Open, relations, change);
                    if (OtherHeads)
                        Members.NameHead(writing, theirs.Head!.Name, change);
                    Write(writing, here, there, change);
                    foreach (var year in incomes)
                        MergeIncomes.Write(writing, year, change);
                }
            )
            {
                Detail = new
                {
                    merged = Other,
                    members = theirs.Open.Count,
                    incomes = incomes.Select(y => y.Number),
                },
            };
        }

        private void Check(Writing writing, Members mine, Members theirs, Side? here, Side? there)
        {
            if (there is null || here is null || there.MergedInto is not null || here.MergedInto is not null)
                throw None();
            if (mine.Head is null || theirs.Head is null)
                throw new Refusal("edit.head-needed", "两户都要有户主才能合户。Both households have a head before they merge.");
            if (here.Village != there.Village)
                throw new Refusal("edit.merge-village", "两户不在同一个村，请先迁移户籍。The two are registered in different villages.");
            if (Count(writing, $"list_subjects WHERE subject_id IN ({writing.Household}, {Other}) AND cause IS NULL") > 0)
                throw new Refusal(
                    "edit.merge-listed",
                    "有一户在办理中的名单上，办结后再合户。One of the two stands on an open list: finish that first."
                );
            if (Count(writing, $"proposed_changes WHERE household_id = {Other} AND state = 0") > 0)
                throw new Refusal("edit.merge-reviewed", "并入户还有待审核的变更。Changes of the other household wait for a review.");
            if (!here.SameStatus(there))
                throw new Refusal(
                    "edit.merge-status",
                    "两户的户身份或脱贫年度不同，先按程序调整后再合户。The two have a different status or year of exit: a procedure settles that first.",
                    [here.Told(writing.Dictionary), there.Told(writing.Dictionary)]
                );
            if (here.Monitorings > 0 && there.Monitorings > 0)
                throw new Refusal("edit.merge-monitored", "两户都在监测中，先结束其中一户的监测。Both are monitored: end one monitoring first.");
            var twice = writing
                .Connection.Query<string>(
                    $"""
                    SELECT p.name FROM persons p WHERE p.id IN ({Ids(theirs)}) AND p.id_index IS NOT NULL
                      AND EXISTS (SELECT 1 FROM persons q WHERE q.id IN ({Ids(mine)}) AND q.id_index = p.id_index)
                    """,
                    transaction: writing.Transaction
                )
                .ToList();
            if (twice.Count > 0)
                throw new Refusal(
                    "edit.merge-twice",
                    "有人同时登记在两户，先更正其中一户。Somebody is recorded in both: put that right first.",
                    twice
                );
            if (theirs.Open.Any(m => m.FromDay >= writing.Day) || there.StatusFrom >= writing.Day)
                throw new WrongUsage(
                    "edit.day",
                    "合户日期应晚于并入户成员加入的日期和户身份开始的日期。The day of merging is after the members of the other household joined it and its status began."
                );
        }

        private static string Ids(Members members) => string.Join(", ", members.Open.Select(m => m.PersonId));

        private static long Count(Writing writing, string from) =>
            Platform.Database.Sql.Number(writing.Connection, $"SELECT count(*) FROM {from}", writing.Transaction);

        // The side of the head stands as it did, unless stated; the other is seen through its own former head.
        private Dictionary<long, int> Relate(Members mine, Members stays, Members comes)
        {
            var (head, former) = (stays.Head!, comes.Head!);
            var relations = stays.Open.ToDictionary(m => m.PersonId, m => stays.Number(stays.Key(m)));
            if (mine.Relations.Find(Relation) is not { Key: not "head" } || !HouseholdStructure.Fits(Relation, former.Sex))
                throw Members.Bad(former.Name, "与户主关系填写不对", "the relation cannot be");
            var back = Relation switch
            {
                "spouse" => "spouse",
                "son" or "daughter" => head.Sex == 2 ? "mother" : "father",
                "father" or "mother" => head.Sex == 2 ? "daughter" : "son",
                _ => "other",
            };
            foreach (var member in comes.Open)
            {
                var key =
                    Relations?.GetValueOrDefault(member.PersonId) is { Length: > 0 } said ? said
                    : member == former ? Relation
                    : Editing.Relations.Seen(back, former.Sex, head.Sex, comes.Key(member), member.Sex);
                if (mine.Relations.Find(key) is not { Key: not "head" } entry || !HouseholdStructure.Fits(entry.Key, member.Sex))
                    throw Members.Bad(member.Name, "与户主关系填写不对", "the relation cannot be");
                relations[member.PersonId] = entry.Number;
            }
            if (relations.Values.Count(r => r == mine.Number("spouse")) > 1)
                throw Members.Bad(head.Name, "一户只有一名配偶", "a head has one spouse");
            return relations;
        }

        private void Write(Writing writing, Side here, Side there, long change)
        {
            var (a, b, day) = (Text(writing.Household), Text(Other), Text(writing.Day));
            void Run(string sql) => writing.Execute(sql);
            var covers = Pairings.Covers("t", writing.Day);
            var open = $"household_id = {b} AND from_day <= {day} AND (to_day IS NULL OR to_day > {day})";
            string End(string table) => $"UPDATE {table} SET to_day = {day}, change_id = {change} WHERE {open}";
            string Key(string table) => Text(Keys.Take(writing.Connection, writing.Transaction, table, writing.County, 16));

            // The other household ends as closed, with the years of its status, and says where it went.
            var closed = Text(writing.Dictionary["household_status"].Facts["kind"].Type.List!.Find("closed")!.Number);
            var status = Key("household_statuses");
            if (there.Kind is not null)
            {
                Run(End("household_statuses"));
                Members.Copy(
                    writing,
                    "household_statuses",
                    $"t.household_id = {b} AND t.to_day = {day}",
                    change,
                    c =>
                        c switch
                        {
                            "id" => status,
                            "from_day" => day,
                            "to_day" => "NULL",
                            "kind" => closed,
                            _ => null,
                        }
                );
            }
            else
                Run(
                    $"INSERT INTO household_statuses (id, household_id, from_day, kind, change_id) VALUES ({status}, {b}, {day}, {closed}, {change})"
                );
            Run($"UPDATE households SET merged_into = {a}, split_day = {day}, change_id = {change} WHERE id = {b}");
            Run($"UPDATE households SET split_day = {day}, change_id = {change} WHERE id = {a}");

            // This household lives where it lives; without a house on record, where the other did.
            if (!here.Housed)
                Members.Copy(
                    writing,
                    "residences",
                    $"t.household_id = {b} AND t.from_day < {day} AND (t.to_day IS NULL OR t.to_day > {day})",
                    change,
                    c =>
                        c switch
                        {
                            "household_id" => a,
                            "from_day" => day,
                            "to_day" => "NULL",
                            _ => null,
                        }
                );
            Run(End("residences"));

            // Helpers who do not help this household yet.
            var duty = Key("responsibilities");
            Members.Copy(
                writing,
                "responsibilities",
                $"t.household_id = {b} AND {covers} AND NOT EXISTS (SELECT 1 FROM responsibilities o WHERE o.household_id = {a} AND {Pairings.Covers("o", writing.Day)} AND coalesce(o.post_id, 0) = coalesce(t.post_id, 0) AND coalesce(o.unit_id, 0) = coalesce(t.unit_id, 0))",
                change,
                c =>
                    c switch
                    {
                        "id" => $"{duty} + row_number() OVER (ORDER BY t.id) - 1",
                        "household_id" => a,
                        "from_day" => day,
                        "to_day" => "NULL",
                        _ => null,
                    }
            );
            Run(End("responsibilities"));

            // What still runs goes on here; what has ended stays where it was received.
            foreach (var table in new[] { "measures", "monitorings" })
                Run($"UPDATE {table} SET household_id = {a}, change_id = {change} WHERE {open}");
        }

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    public static Refusal None() =>
        new Refusal("edit.merge-none", "没有这个户编号的农户，或它已并入别户。No household has this number, or it became part of another.");

    /// <summary>One of the two as it stands on the day.</summary>
    private sealed class Side
    {
        public long Village { get; init; }
        public long? MergedInto { get; init; }
        public string Number { get; init; } = "";
        public string? Head { get; init; }
        public long? Kind { get; init; }
        public int? StatusFrom { get; init; }
        public long? ExitYear { get; init; }
        public long? ReturnedYear { get; init; }
        public long Monitorings { get; init; }
        public bool Housed => Residences > 0;
        public long Residences { get; init; }

        public bool SameStatus(Side other) => (Kind, ExitYear, ReturnedYear) == (other.Kind, other.ExitYear, other.ReturnedYear);

        public string Told(FactDictionary dictionary)
        {
            var label = Kind is { } kind ? dictionary["household_status"].Facts["kind"].Type.List!.Find((int)kind)?.Label : null;
            return $"{Number}: {label?.Zh ?? "未知"} {ExitYear} / {label?.En ?? "not known"} {ExitYear}";
        }

        public static Side? Read(Writing writing, long household, int day)
        {
            var monitored = writing.Dictionary.Subjects.ContainsKey("monitoring")
                ? $"(SELECT count(*) FROM monitorings t WHERE t.household_id = h.id AND {Pairings.Covers("t", day)})"
                : "0";
            return writing.Connection.QuerySingleOrDefault<Side>(
                $"""
                SELECT h.village_id AS village, h.merged_into, coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)) AS number, h.head_name AS head,
                  s.kind, s.from_day AS status_from, s.exit_year, s.returned_year, {monitored} AS monitorings,
                  (SELECT count(*) FROM residences r WHERE r.household_id = h.id AND {Pairings.Covers("r", day)}) AS residences
                FROM households h LEFT JOIN household_statuses s ON s.household_id = h.id AND {Pairings.Covers("s", day)} WHERE h.id = @household
                """,
                new { household },
                writing.Transaction
            );
        }
    }

    /// <param name="Other">Number of the household that becomes part of this one.</param>
    /// <param name="Relation">How the former head who is head no longer stands to the one who is.</param>
    /// <param name="OtherHeads">The head of the other household heads both.</param>
    /// <param name="Relations">Relations to the head by person, where what follows from the first is wrong.</param>
    /// <param name="AddIncomes">Incomes of the years that still count are added up where both households state them.</param>
    public sealed record Asked(
        string Other,
        string Relation,
        string Reason,
        bool OtherHeads = false,
        IReadOnlyDictionary<long, string>? Relations = null,
        string? Day = null,
        string? Document = null,
        bool AddIncomes = false
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "merge",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    new(
                        form["other"].ToString(),
                        form["relation"].ToString(),
                        form["reason"].ToString(),
                        form["other_heads"] == "yes",
                        null,
                        form["day"].ToString(),
                        form["document"].ToString(),
                        form["incomes"] == "add"
                    )
                )
        );
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/merge",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "merge-households", "Another household becomes part of this one")
            .ChangesFrom();
    }

    private static Merging ActOf(ConsoleContext context, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Other = Find(context, asked.Other),
            OtherHeads = asked.OtherHeads,
            Relation = asked.Relation ?? "",
            Relations = asked.Relations,
            AddIncomes = asked.AddIncomes,
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }

    // One that exists elsewhere is no other than one that does not exist.
    private static long Find(ConsoleContext context, string? number)
    {
        var asked = (number ?? "").Trim();
        if (
            context.Reader.QueryFirstOrDefault<long?>(
                "SELECT id FROM households WHERE national_no = @asked UNION ALL SELECT id FROM households WHERE provisional_no = @asked",
                new { asked }
            )
            is not { } id
        )
            throw None();
        try
        {
            return Editor.Of(context.Reader, null, context.Caller, Permission.ChangeMembers, context.Day, id).Household.Id;
        }
        catch (NotInScope)
        {
            throw None();
        }
    }
}
