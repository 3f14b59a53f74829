using System.Globalization;
using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Editing;

/// <summary>
/// Some members found a household of their own (分户). It stands where the old one stands, with the same status, helpers and, until they move, the same
/// house; what is collected by year is not known of it yet. Both have a head.
/// </summary>
public static class SplitHousehold
{
    public sealed record Splitting : Act
    {
        /// <summary>Who leaves.</summary>
        public required IReadOnlyList<long> Persons { get; init; }

        /// <summary>The head of the new household, one of those who leave.</summary>
        public required long Head { get; init; }

        /// <summary>The head of those who stay, where the old one leaves.</summary>
        public long? RestHead { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "household.split";

        public override Plan Decide(Writing writing)
        {
            var members = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate));
            members.RequireVersion(Version);
            var leaving = Persons.Distinct().Select(members.Find).ToList();
            var rest = members.Open.Except(leaving).ToList();
            if (leaving.Find(m => m.PersonId == Head) is not { } head || rest.Count == 0)
                throw new Refusal("edit.split-heads", "分户后两户都要有户主和成员。After a split both households have a head and members.");
            if (leaving.Exists(m => m.FromDay >= writing.Day))
                throw new WrongUsage("edit.day", "离开的日期应晚于加入的日期。The day of leaving is after the day of joining.");
            var stays =
                members.Head is { } old && rest.Contains(old) ? null
                : rest.Find(m => m.PersonId == RestHead) is { } next ? members.Under(next, rest, null)
                : throw new Refusal("edit.head-needed", "户主离开时请指定新户主。Name the new head when the head leaves.");
            var founds = members.Under(head, leaving, null);
            var made = new List<long>();
            Label In(long relation) => new($"新户：{members.Shown(relation).Zh}", $"new household: {members.Shown(relation).En}");
            return new(
                [
                    .. leaving.Select(m => new Difference(new(m.Name, m.Name), members.Shown(m.Relation), In(founds[m.PersonId]))),
                    .. stays is null ? [] : ChangeHead.Differences(members, rest, stays),
                ],
                [writing.Household],
                change =>
                {
                    made.Add(Found(writing, head, change));
                    foreach (var member in leaving)
                        Members.Carry(writing, member, writing.Household, made[0], founds[member.PersonId], change);
                    if (stays is not null)
                        ChangeHead.Write(writing, members, rest, stays, change);
                }
            )
            {
                Made = made,
                Detail = new { members = leaving.Count },
            };
        }

        private static long Found(Writing writing, Members.Member head, long change)
        {
            var (day, old) = (writing.Day.ToString(CultureInfo.InvariantCulture), writing.Household.ToString(CultureInfo.InvariantCulture));
            string Key(string table) =>
                Keys.Take(writing.Connection, writing.Transaction, table, writing.County, 16).ToString(CultureInfo.InvariantCulture);
            var id = Key("households");
            var covers = Pairings.Covers("t", writing.Day);
            // What a household is by its place; what it has is to be stated.
            string[] place = ["village_id", "area_code", "group_name", "group_id", "living_village_id"];
            Members.Copy(
                writing,
                "households",
                $"t.id = {old}",
                change,
                c =>
                    c switch
                    {
                        "id" => id,
                        "provisional_no" => $"'H{id}'",
                        "head_name" => "@head",
                        "split_day" => day,
                        _ => place.Contains(c) ? null : "NULL",
                    },
                head.Name
            );
            writing.Execute($"UPDATE households SET split_day = {day}, change_id = {change} WHERE id = {old}");
            string? Dated(string c, string key) =>
                c switch
                {
                    "id" => $"{key} + row_number() OVER (ORDER BY t.id) - 1",
                    "household_id" => id,
                    "from_day" => day,
                    "to_day" => "NULL",
                    _ => null,
                };
            foreach (var table in new[] { "household_statuses", "responsibilities" })
            {
                var key = Key(table);
                Members.Copy(writing, table, $"t.household_id = {old} AND {covers}", change, c => Dated(c, key));
            }
            Members.Copy(writing, "residences", $"t.household_id = {old} AND {covers}", change, c => Dated(c, ""));
            return long.Parse(id, CultureInfo.InvariantCulture);
        }
    }

    /// <param name="Persons">Who leaves.</param>
    /// <param name="Head">The head of the new household, one of them.</param>
    /// <param name="RestHead">The head of those who stay, where the old one leaves.</param>
    public sealed record Asked(
        IReadOnlyList<long> Persons,
        long Head,
        string Reason,
        long? RestHead = null,
        string? Day = null,
        string? Document = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "split",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    new(
                        [.. form["leaves"].SelectMany(v => (v ?? "").Split(',')).Select(ShowMembers.Id).OfType<long>()],
                        ShowMembers.Id(form["head"]) ?? 0,
                        form["reason"].ToString(),
                        ShowMembers.Id(form["rest_head"]),
                        form["day"].ToString(),
                        form["document"].ToString()
                    )
                )
        );
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/split",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "split-household", "Some members found a household of their own")
            .ChangesFrom();
    }

    private static Splitting ActOf(ConsoleContext context, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Persons = asked.Persons ?? [],
            Head = asked.Head,
            RestHead = asked.RestHead,
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
