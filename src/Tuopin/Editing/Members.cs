using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>Who belongs to a household on a day, as acts on members find it.</summary>
public sealed class Members
{
    /// <summary>An open membership with its person.</summary>
    public sealed class Member
    {
        public long PersonId { get; init; }
        public string Name { get; init; } = "";
        public long? Sex { get; init; }
        public long? Birth { get; init; }
        public long? Relation { get; init; }
        public int FromDay { get; init; }
        public int? ToDay { get; init; }
        public long ChangeId { get; init; }
    }

    private Members(FactDictionary dictionary, IReadOnlyList<Member> all, int day)
    {
        (Dictionary, All) = (dictionary, all);
        Open = [.. all.Where(m => m.FromDay <= day && (m.ToDay is null || m.ToDay > day)).OrderBy(m => m.Relation ?? 99).ThenBy(m => m.Birth)];
    }

    private FactDictionary Dictionary { get; }

    /// <summary>Every membership there was.</summary>
    public IReadOnlyList<Member> All { get; }
    public IReadOnlyList<Member> Open { get; }
    public Member? Head => Open.FirstOrDefault(m => m.Relation == Number("head"));

    /// <summary>Who is a member and as what: a membership more, or one written again, is another version.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"{All.Count}.{All.Select(m => m.ChangeId).DefaultIfEmpty().Max()}");

    public CodeList Relations => Dictionary["person"].Facts["relation"].Type.List!;

    public int Number(string relation) => Relations.Find(relation)!.Number;

    public string Key(Member member) => member.Relation is { } number ? Relations.Find(number)?.Key ?? "other" : "other";

    /// <exception cref="ChangedMeanwhile"/>
    public void RequireVersion(string? version)
    {
        if (version is not null && version != Version)
            throw new ChangedMeanwhile([.. Open.Select(m => $"{m.Name}: {Shown(m.Relation).Zh}")]);
    }

    /// <exception cref="Refusal">edit.no-member.</exception>
    public Member Find(long person) =>
        Open.FirstOrDefault(m => m.PersonId == person)
        ?? throw new Refusal("edit.no-member", "这个人现在不是本户成员。This person is no member of the household now.");

    public Label Shown(long? relation) => relation is { } number && Relations.Find(number) is { } entry ? entry.Label : new("未知", "not known");

    /// <summary>What a new head makes of everybody: as stated, else as the old relations tell.</summary>
    /// <exception cref="WrongUsage">edit.value-bad.</exception>
    public Dictionary<long, int> Under(Member head, IEnumerable<Member> members, IReadOnlyDictionary<long, string>? stated)
    {
        var old = Head;
        var relations = new Dictionary<long, int> { [head.PersonId] = Number("head") };
        foreach (var member in members.Where(m => m.PersonId != head.PersonId))
        {
            var key =
                stated?.GetValueOrDefault(member.PersonId) is { Length: > 0 } said ? said
                : old is null ? Key(member)
                : Editing.Relations.Seen(Key(head), old.Sex, head.Sex, Key(member), member.Sex);
            if (Relations.Find(key) is not { Key: not "head" } entry || !HouseholdStructure.Fits(entry.Key, member.Sex))
                throw Bad(member.Name, "与户主关系填写不对", "the relation cannot be");
            relations[member.PersonId] = entry.Number;
        }
        if (relations.Values.Count(r => r == Number("spouse")) > 1)
            throw Bad(head.Name, "一户只有一名配偶", "a head has one spouse");
        return relations;
    }

    public static WrongUsage Bad(string what, string zh, string en) =>
        new("edit.value-bad", new Sentence("有的内容填写不对。Some values cannot be read."), [$"{what}: {zh} / {en}"]);

    public static Members Of(DbConnection connection, DbTransaction? transaction, FactDictionary dictionary, long household, int day) =>
        new(
            dictionary,
            [
                .. connection.Query<Member>(
                    """
                    SELECT m.person_id, p.name, p.sex, p.birth, m.relation, m.from_day, m.to_day, m.change_id
                    FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id = @household ORDER BY m.from_day, m.person_id
                    """,
                    new { household },
                    transaction
                ),
            ],
            day
        );

    /// <summary>Ends or rewrites memberships within a change.</summary>
    public static void Relate(Writing writing, Member member, int relation, long change) =>
        writing.Execute(
            string.Create(
                CultureInfo.InvariantCulture,
                $"UPDATE memberships SET relation = {relation}, change_id = {change} WHERE household_id = {writing.Household} AND person_id = {member.PersonId} AND from_day = {member.FromDay}"
            )
        );

    public static void NameHead(Writing writing, string name, long change) =>
        writing.Execute(
            "UPDATE households SET head_name = @name, change_id = @change WHERE id = @id",
            new
            {
                name,
                change,
                id = writing.Household,
            }
        );

    /// <summary>A member leaves one household for another on the day of the act.</summary>
    public static void Carry(Writing writing, Member member, long from, long to, int relation, long change)
    {
        var why = writing.Dictionary["person"].Facts["change"].Type.List!;
        writing.Execute(
            "UPDATE memberships SET to_day = @day, change = @left, change_id = @change WHERE household_id = @old AND person_id = @person AND from_day = @from",
            new
            {
                day = writing.Day,
                left = why.Find("moved_out")!.Number,
                change,
                old = from,
                person = member.PersonId,
                from = member.FromDay,
            }
        );
        writing.Execute(
            "INSERT INTO memberships (household_id, person_id, from_day, relation, change, change_id) VALUES (@household, @person, @day, @relation, @joined, @change)",
            new
            {
                household = to,
                person = member.PersonId,
                day = writing.Day,
                relation,
                joined = why.Find("moved_in")!.Number,
                change,
            }
        );
    }

    /// <summary>Rows of a table once more, with some columns as said; null keeps a column.</summary>
    public static void Copy(Writing writing, string table, string where, long change, Func<string, string?> column, string? head = null)
    {
        var columns = Catalog.Columns(writing.Connection, writing.Installation.Store.Engine, table);
        var values = columns.Select(c => c == "change_id" ? change.ToString(CultureInfo.InvariantCulture) : column(c) ?? $"t.{c}");
        writing.Execute(
            $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM {table} t WHERE {where}",
            new { head }
        );
    }
}
