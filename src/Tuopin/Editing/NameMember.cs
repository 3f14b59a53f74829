using System.Text.Json.Serialization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>The name and the telephone number of a member. The number is encrypted, and neither page nor audit says it.</summary>
public static class NameMember
{
    public sealed record Naming : Act
    {
        public required long Person { get; init; }

        /// <summary>The name from now on; null leaves it.</summary>
        public string? Member { get; init; }

        /// <summary>The telephone number from now on, encrypted: an act may wait for a review. Null leaves it.</summary>
        [JsonIgnore]
        public byte[]? PhoneCipher { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "member.name";

        public override Plan Decide(Writing writing)
        {
            var members = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate));
            members.RequireVersion(Version);
            var member = members.Find(Person);
            var facts = writing.Dictionary["person"].Facts;
            string? name = null;
            if (Member is not null)
            {
                (name, var wrong) = TypedFact.ReadName(facts["name"], Member);
                if (name is null)
                    throw Members.Bad(facts["name"].Label.Zh, wrong?.Zh ?? "没有填写", wrong?.En ?? "nothing is stated");
            }
            using var numbers = new PersonalNumbers(writing.Installation.Keys);
            var phone = PhoneCipher is null ? null : numbers.Decrypt(PhoneCipher);
            if (phone is not null && (phone.Length is < 7 or > 20 || !phone.All(c => char.IsAsciiDigit(c) || c == '-')))
                throw Members.Bad("联系电话", "应为 7 至 20 位数字，可有横线", "has 7 to 20 digits, perhaps with hyphens");
            var index = phone is null ? (long?)null : numbers.Index(phone);
            var held = writing.Connection.QuerySingle<long?>(
                "SELECT phone_index FROM persons WHERE id = @Person",
                new { Person },
                writing.Transaction
            );
            var differences = new List<Difference>();
            if (name is not null && name != member.Name)
                differences.Add(new(facts["name"].Label, new(member.Name, member.Name), new(name, name)));
            if (index is not null && index != held)
                differences.Add(
                    new(
                        new($"{member.Name}：联系电话", $"{member.Name}: telephone"),
                        held is null ? Difference.Nothing : new("原号码", "the number of before"),
                        new("新号码（加密保存）", "a new number (kept encrypted)")
                    )
                );
            return new(
                differences,
                [writing.Household],
                change =>
                {
                    if (name is not null && name != member.Name)
                    {
                        writing.Execute(
                            "UPDATE persons SET name = @name, change_id = @change WHERE id = @Person",
                            new
                            {
                                name,
                                change,
                                Person,
                            }
                        );
                        if (member == members.Head)
                            Members.NameHead(writing, name, change);
                    }
                    if (index is not null && index != held)
                        writing.Execute(
                            "UPDATE persons SET phone_cipher = @PhoneCipher, phone_index = @index, phone_length = @length, phone_is_mobile = @mobile, change_id = @change WHERE id = @Person",
                            new
                            {
                                PhoneCipher,
                                index,
                                length = phone!.Length,
                                mobile = phone.Length == 11 && phone[0] == '1',
                                change,
                                Person,
                            }
                        );
                }
            );
        }
    }

    /// <param name="Name">The name from now on; without one it stays.</param>
    /// <param name="Phone">The telephone number from now on; without one it stays.</param>
    public sealed record Asked(string Reason, string? Name = null, string? Phone = null, string? Day = null, string? Document = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "name",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    ShowMembers.Id(form["person"]) ?? 0,
                    new(
                        form["reason"].ToString(),
                        form["known_as"].ToString(),
                        form["phone"].ToString(),
                        form["day"].ToString(),
                        form["document"].ToString()
                    )
                )
        );
        routes
            .MapPut(
                Api.Root + "/households/{household:long}/members/{person:long}/name",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, long person, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, person, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "name-member", "The name or the telephone number of a member")
            .ChangesFrom();
    }

    private static Naming ActOf(ConsoleContext context, string version, long person, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        var phone = CellText.Fold(asked.Phone ?? "").Replace(" ", "", StringComparison.Ordinal);
        if (phone.Length > 40)
            throw Members.Bad("联系电话", "应为 7 至 20 位数字，可有横线", "has 7 to 20 digits, perhaps with hyphens");
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        return new()
        {
            Person = person,
            Member = string.IsNullOrWhiteSpace(asked.Name) ? null : asked.Name,
            PhoneCipher = phone.Length == 0 ? null : numbers.Encrypt(phone),
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
