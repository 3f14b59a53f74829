using System.Globalization;
using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// Somebody leaves a household: died, married out, settled abroad, imprisoned, moved out. The head leaves only where another takes the place, and the last
/// member not at all: that is the closing of a household, which is decided in its procedure.
/// </summary>
public static class RemoveMember
{
    /// <summary>Changes by which somebody leaves, by the national codes.</summary>
    public static readonly IReadOnlyList<string> Leaving = ["death", "married_out", "settled_abroad", "imprisoned", "moved_out"];

    public sealed record Removing : Act
    {
        public required long Person { get; init; }
        public required string Change { get; init; }

        /// <summary>Who heads the household from now on, where the head leaves.</summary>
        public long? NewHead { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "member.leave";

        public override Plan Decide(Writing writing)
        {
            var members = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate));
            members.RequireVersion(Version);
            var member = members.Find(Person);
            var changes = writing.Dictionary["person"].Facts["change"];
            if (changes.Type.List!.Find(Change) is not { } why || !Leaving.Contains(why.Key))
                throw Members.Bad(changes.Label.Zh, "不是减少人口的原因", "is no way to leave a household");
            if (writing.Day <= member.FromDay)
                throw new WrongUsage("edit.day", "离开的日期应晚于加入的日期。The day of leaving is after the day of joining.");
            var rest = members.Open.Where(m => m.PersonId != Person).ToList();
            if (rest.Count == 0)
                throw new Refusal(
                    "edit.last-member",
                    "最后一名成员不能这样减少：整户注销另有程序。The last member does not leave like this: closing a household is a procedure of its own."
                );
            var differences = new List<Difference> { new(new(member.Name, member.Name), members.Shown(member.Relation), why.Label) };
            var relations = new Dictionary<long, int>();
            if (members.Head?.PersonId == Person)
            {
                var head =
                    NewHead is { } next && rest.Find(m => m.PersonId == next) is { } found
                        ? found
                        : throw new Refusal("edit.head-needed", "户主离开时请指定新户主。Name the new head when the head leaves.");
                relations = members.Under(head, rest, null);
                differences.AddRange(ChangeHead.Differences(members, rest, relations));
            }
            return new(
                differences,
                [writing.Household],
                change =>
                {
                    writing.Execute(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"UPDATE memberships SET to_day = {writing.Day}, change = {why.Number}, change_id = {change} WHERE household_id = {writing.Household} AND person_id = {Person} AND from_day = {member.FromDay}"
                        )
                    );
                    ChangeHead.Write(writing, members, rest, relations, change);
                }
            );
        }
    }

    /// <param name="Change">death, married_out, settled_abroad, imprisoned, moved_out; or the label.</param>
    /// <param name="NewHead">Who heads the household from now on, where the head leaves.</param>
    public sealed record Asked(string Change, string Reason, long? NewHead = null, string? Day = null, string? Document = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "leave",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    ShowMembers.Id(form["person"]) ?? 0,
                    new(
                        form["change"].ToString(),
                        form["reason"].ToString(),
                        ShowMembers.Id(form["new_head"]),
                        form["day"].ToString(),
                        form["document"].ToString()
                    )
                )
        );
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/members/{person:long}/leave",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, long person, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, person, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "remove-member", "Somebody leaves a household")
            .ChangesFrom();
    }

    private static Removing ActOf(ConsoleContext context, string version, long person, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Person = person,
            Change = asked.Change ?? "",
            NewHead = asked.NewHead,
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
