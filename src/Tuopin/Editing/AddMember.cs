using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Editing;

/// <summary>
/// Somebody joins a household: born, married in, moved in or come back. Who left it before, or is known by the ID number, keeps the number and the record
/// of before; anybody else gets a provisional number.
/// </summary>
public static class AddMember
{
    /// <summary>Changes by which somebody joins, by the national codes.</summary>
    public static readonly IReadOnlyList<string> Joining = ["born", "married_in", "moved_in"];

    /// <summary>Words as somebody types them.</summary>
    public sealed record Adding : Act
    {
        public required string Member { get; init; }
        public required string Sex { get; init; }
        public required string Birth { get; init; }
        public required string Relation { get; init; }
        public required string Change { get; init; }

        /// <summary>The ID number, encrypted: an act may wait for a review.</summary>
        [JsonIgnore]
        public byte[]? NumberCipher { get; init; }

        [JsonIgnore]
        public override Permission Permission => Permission.ChangeMembers;

        [JsonIgnore]
        public override string Action => "member.add";

        public override Plan Decide(Writing writing)
        {
            var members = Members.Of(writing.Connection, writing.Transaction, writing.Dictionary, writing.Household, DayNumber.Of(writing.WorkDate));
            members.RequireVersion(Version);
            using var numbers = new PersonalNumbers(writing.Installation.Keys);
            var read = Read(writing, members, NumberCipher is null ? default : IdentityNumber.Read(numbers.Decrypt(NumberCipher)));
            var index = read.Number.Kind is IdentityKind.None or IdentityKind.Placeholder ? (long?)null : numbers.Index(read.Number.First18);
            var known = Known(writing, members, read, index);
            var relation = writing.Dictionary["person"].Facts["relation"];
            return new(
                [new(new(read.Name, read.Name), Difference.Nothing, Label(writing, read.Change, FactSheet.Shown(relation, read.Relation)))],
                [writing.Household],
                change =>
                {
                    var person = known ?? Make(writing, read, index, change);
                    writing.Execute(
                        "INSERT INTO memberships (household_id, person_id, from_day, relation, change, change_id) VALUES (@household, @person, @day, @relation, @why, @change)",
                        new
                        {
                            household = writing.Household,
                            person,
                            day = writing.Day,
                            relation = read.Relation,
                            why = read.Change,
                            change,
                        }
                    );
                }
            )
            {
                Detail = new { back = known is not null },
            };
        }

        private static Label Label(Writing writing, long change, Label relation)
        {
            var why = FactSheet.Shown(writing.Dictionary["person"].Facts["change"], change);
            return new($"{why.Zh}，{relation.Zh}", $"{why.En}, {relation.En}");
        }

        private sealed record Typed(string Name, long Sex, long Birth, long Relation, long Change, IdentityNumber Number);

        private Typed Read(Writing writing, Members members, IdentityNumber number)
        {
            var facts = writing.Dictionary["person"].Facts;
            var wrong = new List<string>();
            long Value(string fact, string text)
            {
                var (value, fault) = TypedFact.Read(facts[fact], text);
                if (value is { } known)
                    return known.Number;
                Wrong(facts[fact].Label, fault ?? new("没有填写", "nothing is stated"));
                return 0;
            }
            void Wrong(Label what, Label fault) => wrong.Add($"{what.Zh}: {fault.Zh} / {what.En}: {fault.En}");
            var (name, nameFault) = TypedFact.ReadName(facts["name"], Member);
            if (name is null)
                Wrong(facts["name"].Label, nameFault ?? new("没有填写", "nothing is stated"));
            var typed = new Typed(name ?? "", Value("sex", Sex), Value("birth", Birth), Value("relation", Relation), Value("change", Change), number);
            if (wrong.Count == 0)
            {
                var key = members.Relations.Find(typed.Relation)!.Key;
                if (key == "head" || (key == "spouse" && members.Open.Any(m => m.Relation == typed.Relation)))
                    Wrong(facts["relation"].Label, new("户主或配偶已有其人", "there is a head, or a spouse, already"));
                if (!HouseholdStructure.Fits(key, typed.Sex) || (key == "spouse" && typed.Sex is 1 or 2 && members.Head?.Sex == typed.Sex))
                    Wrong(facts["relation"].Label, new("与性别不符", "does not fit the sex"));
                if (!Joining.Contains(facts["change"].Type.List!.Find(typed.Change)!.Key))
                    Wrong(facts["change"].Label, new("不是增加人口的原因", "is no way to join a household"));
                if (typed.Birth > writing.Day)
                    Wrong(facts["birth"].Label, new("晚于加入日期", "later than the day of joining"));
                if (number.Kind == IdentityKind.Other)
                    Wrong(new("证件号码", "ID number"), new(ImportRules.IdLength.Zh, ImportRules.IdLength.En));
                if (number.Kind is IdentityKind.Citizen or IdentityKind.Disability)
                    foreach (var rule in IdentityRules.Faults(number, typed.Sex, typed.Birth, DayNumber.Of(writing.WorkDate)))
                        Wrong(new("证件号码", "ID number"), new(rule.Zh, rule.En));
            }
            return wrong.Count == 0
                ? typed
                : throw new WrongUsage("edit.value-bad", new Sentence("有的内容填写不对。Some values cannot be read."), wrong);
        }

        // The person we hold already; null for somebody new.
        private static long? Known(Writing writing, Members members, Typed read, long? index)
        {
            if (members.Open.Any(m => m.Name == read.Name && m.Birth == read.Birth))
                throw new Refusal("edit.member-there", "本户已有同名同生日的成员。The household has a member of that name and birth date.");
            var held = index is { } number
                ? writing
                    .Connection.Query<(long Person, string Name, long? Household)>(
                        "SELECT p.id, p.name, m.household_id FROM persons p LEFT JOIN memberships m ON m.person_id = p.id AND m.to_day IS NULL WHERE p.id_index = @number ORDER BY m.household_id DESC, p.id",
                        new { number },
                        writing.Transaction
                    )
                    .ToList()
                : [];
            if (held.Exists(h => h.Household is not null))
                throw new Refusal(
                    "edit.member-elsewhere",
                    "这个证件号码的人还是别户的成员，请先由那一户办理转出。The person of this ID number is a member of another household: that one records the leaving first."
                );
            if (held.Count > 0 && held[0].Name != read.Name)
                throw new Refusal("edit.number-taken", "这个证件号码在册的是另一个姓名。The ID number is held under another name.");
            if (held.Count > 0)
                return held[0].Person;
            var before = members
                .All.Where(m => m.Name == read.Name && m.Birth == read.Birth && members.Open.All(o => o.PersonId != m.PersonId))
                .MaxBy(m => m.FromDay);
            return before is { ToDay: { } left } && left <= writing.Day && index is null ? before.PersonId : null;
        }

        private long Make(Writing writing, Typed read, long? index, long change)
        {
            var person = Keys.Take(writing.Connection, writing.Transaction, "persons", writing.County, 1);
            var number = read.Number;
            writing.Execute(
                """
                INSERT INTO persons (id, name, area_code, provisional_no, sex, birth, id_cipher, id_kind, id_length, id_checksum_ok, id_birth, id_sex, id_is_placeholder, id_index, disability_grade, change_id)
                VALUES (@person, @Name, @area, @no, @Sex, @Birth, @cipher, @kind, @length, @checksum, @idBirth, @idSex, @placeholder, @index, @grade, @change)
                """,
                new
                {
                    person,
                    read.Name,
                    area = writing.Editor.Household.AreaCode,
                    no = string.Create(CultureInfo.InvariantCulture, $"P{person}"),
                    read.Sex,
                    read.Birth,
                    cipher = NumberCipher,
                    kind = number.Kind == IdentityKind.None ? null : (long?)number.Kind,
                    length = number.Kind == IdentityKind.None ? null : (long?)number.Length,
                    checksum = number.ChecksumOk,
                    idBirth = (long?)number.Birth,
                    idSex = (long?)number.Sex,
                    placeholder = number.Kind == IdentityKind.None ? null : (bool?)number.IsPlaceholder,
                    index,
                    grade = (long?)number.DisabilityGrade,
                    change,
                }
            );
            return person;
        }
    }

    /// <summary>A member to add, in words as they are typed; codes by key or label.</summary>
    public sealed record Asked(
        string Name,
        string Sex,
        string Birth,
        string Relation,
        string Change,
        string Reason,
        string? IdNumber = null,
        string? Day = null,
        string? Document = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        ShowMembers.MapForm(
            routes,
            "add",
            (context, form) =>
                ActOf(
                    context,
                    form["version"].ToString(),
                    new(
                        form["name"].ToString(),
                        form["sex"].ToString(),
                        form["birth"].ToString(),
                        form["relation"].ToString(),
                        form["change"].ToString(),
                        form["reason"].ToString(),
                        form["id_number"].ToString(),
                        form["day"].ToString(),
                        form["document"].ToString()
                    )
                )
        );
        routes
            .MapPost(
                Api.Root + "/households/{household:long}/members",
                async (ConsoleContext context, HttpContext http, Pen pen, long household, Asked asked) =>
                    await ShowMembers.Do(context, http, pen, household, (version, _) => ActOf(context, version, asked))
            )
            .OfApi<ShowMembers.Told>(Permission.ChangeMembers, "add-member", "Somebody joins a household: born, married_in or moved_in")
            .ChangesFrom();
    }

    private static Adding ActOf(ConsoleContext context, string version, Asked asked)
    {
        var words = ActWords.Read(asked.Reason, asked.Document);
        var number = IdentityNumber.Read((asked.IdNumber ?? "").Trim());
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        return new()
        {
            Member = asked.Name ?? "",
            Sex = asked.Sex ?? "",
            Birth = asked.Birth ?? "",
            Relation = asked.Relation ?? "",
            Change = asked.Change ?? "",
            NumberCipher = number.Text.Length is 0 or > 64 ? null : numbers.Encrypt(number.Text),
            Version = version,
            Day = ActWords.Day(asked.Day, context.WorkDate),
            Reason = words.Reason,
            Document = words.Document,
        };
    }
}
