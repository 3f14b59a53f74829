using System.Text.Json.Serialization;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>Another member heads the household. How the others stand to the new head follows from how they stood to the old one, or is stated.</summary>
public static class ChangeHead
{
    public sealed record Heading : Act
    {
        public required long Person { get; init; }

        /// <summary>Relations to the new head by person, where the old ones do not tell.</summary>
        public IReadOnlyDictionary<long, string>? Relations { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "household.head";

        public override Plan Decide(Writing writing)
        {
            var members = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate));
            members.RequireVersion(Version);
            var relations = members.Under(members.Find(Person), members.Open, Relations);
            return new(
                Differences(members, members.Open, relations),
                [writing.Household],
                change => Write(writing, members, members.Open, relations, change)
            );
        }
    }

    public static IReadOnlyList<Difference> Differences(Members members, IEnumerable<Members.Member> among, Dictionary<long, int> relations) =>
        [
            .. among
                .Where(m => relations.TryGetValue(m.PersonId, out var relation) && relation != m.Relation)
                .Select(m => new Difference(new(m.Name, m.Name), members.Shown(m.Relation), members.Shown(relations[m.PersonId]))),
        ];

    public static void Write(Writing writing, Members members, IEnumerable<Members.Member> among, Dictionary<long, int> relations, long change)
    {
        foreach (var member in among.Where(m => relations.TryGetValue(m.PersonId, out var relation) && relation != m.Relation))
        {
            Members.Relate(writing, member, relations[member.PersonId], change);
            if (relations[member.PersonId] == members.Number("head"))
                Members.NameHead(writing, member.Name, change);
        }
    }

    /// <param name="Person">The new head.</param>
    /// <param name="Relations">Relations of the others to the new head by person, where the old ones do not tell.</param>
    public sealed record Asked(
        long Person,
        string Reason,
        IReadOnlyDictionary<long, string>? Relations = null,
        string? Day = null,
        string? Document = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "head",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    new(
                        ShowMembers.Id(form["person"]) ?? 0,
                        form["reason"].ToString(),
                        form.Where(f => f.Key.StartsWith("r.", StringComparison.Ordinal) && ShowMembers.Id(f.Key[2..]) is not null)
                            .ToDictionary(f => ShowMembers.Id(f.Key[2..])!.Value, f => f.Value.ToString()),
                        form["day"].ToString(),
                        form["document"].ToString()
                    )
                )
        );
        routes
            .MapPut(
                Api.Root + "/households/{household:long}/head",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "change-head", "Another member heads the household")
            .ChangesFrom();
    }

    private static Heading ActOf(ConsoleContext context, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        return new()
        {
            Person = asked.Person,
            Relations = asked.Relations,
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
