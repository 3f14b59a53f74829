using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// The one-page brief of a household (户情一口清): who they are, how they stand against the law of the day and why, what they live on, what was done and
/// who helps. On another day it is the record and the law of that day; with a time it was known, the record as it stood then.
/// </summary>
public static class ShowHousehold
{
    public sealed record Shown(Label Label, string Text);

    public sealed record Member(long PersonId, string Name, long? Age, IReadOnlyList<string> Cells, byte[]? IdCipher);

    public sealed record IncomeLine(Label Label, bool IsPart, long? Now, long? Before);

    public sealed record Dwelling(long Id, long From, long? To, bool Current, IReadOnlyList<Shown> Facts);

    public sealed record Help(long From, long? To, string Text, string? Person, long? Fen);

    public sealed record Helper(
        long? PostId,
        string? Name,
        string? Title,
        long? UnitId,
        string? Unit,
        string? Role,
        long From,
        long? To,
        bool Current
    );

    public sealed record Event(long Day, string Icon, string Text);

    public sealed record Brief(
        long Id,
        string Number,
        string? Head,
        AreaVersion? Village,
        AreaVersion? Living,
        string? Group,
        DateOnly Day,
        DateOnly? Known,
        string? Status,
        long? StatusFrom,
        IReadOnlyList<ExplainHousehold.StandardShown> Standards,
        IReadOnlyList<Fact> MemberFacts,
        IReadOnlyList<Member> Members,
        int IncomeYear,
        IReadOnlyList<IncomeLine> Income,
        IReadOnlyList<Shown> Causes,
        IReadOnlyList<Shown> Facts,
        IReadOnlyList<Dwelling> Dwellings,
        IReadOnlyList<Help> Helps,
        IReadOnlyList<Helper> Helpers,
        IReadOnlyList<Event> Events
    )
    {
        /// <summary>Telephone and account of the household as stored, encrypted: the page masks them.</summary>
        public byte[]? Phone { get; init; }
        public byte[]? BankCard { get; init; }

        /// <summary>What the household is monitored as on the day, by the name of its time, and since when; null where it is not.</summary>
        public (Label Kind, long Since)? Monitored { get; init; }

        /// <summary>Indicators that somebody asked to have overruled and nobody has decided, as standard/indicator.</summary>
        public IReadOnlySet<string> Asked { get; init; } = new HashSet<string>();
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/households/{household:long}", Show).Needs(Permission.ViewHouseholds);

    private static IResult Show(ConsoleContext context, EvidenceSubjects subjects, long household, string? day, string? known)
    {
        var brief = Handle(Viewer.Of(context), household, DayText.Read(day), DayText.Read(known), context.L);
        return new RazorComponentResult<Pages.BriefPage>(
            new
            {
                Brief = brief,
                Evidence = ShowEvidence.Of(
                    context,
                    subjects,
                    ("household", [household]),
                    ("person", [.. brief.Members.Select(m => m.PersonId)]),
                    ("dwelling", [.. brief.Dwellings.Select(d => d.Id)])
                ),
            }
        );
    }

    /// <exception cref="NotInScope">The household does not exist, or not for this reader.</exception>
    public static Brief Handle(Viewer viewer, long id, DateOnly? day, DateOnly? known, Language language)
    {
        var listed =
            viewer.Connection.QueryFirstOrDefault<ListHouseholds.Row>(
                $"SELECT l.* FROM household_list l WHERE l.household_id = @id AND {viewer.Households("l", AreaRange.Nation)}",
                new { id }
            ) ?? throw new NotInScope();
        return new Reading(viewer, listed, new JudgingDay(day ?? viewer.Date), known, language).Read();
    }

    private sealed class Reading(Viewer viewer, ListHouseholds.Row listed, JudgingDay day, DateOnly? known, Language language)
    {
        private static readonly string[] OfMembers =
        [
            "relation",
            "sex",
            "birth",
            "health",
            "disability_grade",
            "education",
            "school",
            "labour",
            "work_state",
            "work_months",
            "medical_resident",
            "pension_resident",
            "subsistence_allowance",
        ];

        // Who somebody is; every reader of the household sees it.
        private static readonly HashSet<string> Basics = new(["relation", "sex", "birth"], StringComparer.Ordinal);

        private static readonly string[] OfDwellings =
        [
            "grade",
            "appraised_day",
            "appraiser",
            "safe_by",
            "rebuilt_day",
            "rebuild_kind",
            "relocated_day",
            "occupied",
            "area",
            "structure",
            "built_year",
            "number",
        ];

        private readonly long id = listed.HouseholdId;

        // The end of the day, for that is when it was known.
        private readonly long? change = known is { } at ? KnownAt.Change(viewer.Connection, ChinaTime.EndOf(at)) : null;

        private FactDictionary Dictionary => viewer.Packs.Dictionary;
        private bool All => viewer.Departments is null;

        public Brief Read()
        {
            var household =
                (Earlier ? AsOf("households", $"id = {id}", h => id).GetValueOrDefault(id) : null)
                ?? Rows(From("households", $"id = {id}")).FirstOrDefault()
                ?? throw new NotInScope();
            var years = Rows(From("household_years", $"household_id = {id} AND year IN ({day.RegistryYear}, {day.IncomeYear}, {day.IncomeYear - 1})"))
                .ToDictionary(y => (int)Number(y["year"])!.Value);
            var statuses = Rows(From("household_statuses", $"household_id = {id}"), "from_day");
            var status = statuses.FirstOrDefault(Covers);
            var village = Place(Number(household["village_id"])!.Value);
            var living = Number(household["living_village_id"]) is { } place && place != village?.AreaId ? Place(place) : null;
            var memberships = Rows(From("memberships", $"household_id = {id}"), "from_day");
            var persons = Persons(memberships);
            var facts = OfMembers.Select(f => Dictionary["person"].Facts[f]).Where(f => Basics.Contains(f.Name) || viewer.Sees(f)).ToList();
            var helpers = viewer.Sees("responsibility", "role") ? Helpers() : [];
            var helps = viewer.Sees("measure", "kind") ? Rows(From("measures", $"household_id = {id}"), "from_day") : [];
            var homes = Homes();
            var monitorings =
                All && Dictionary.Subjects.ContainsKey("monitoring") ? Rows(From("monitorings", $"household_id = {id}"), "from_day") : [];
            return new(
                id,
                listed.Number,
                household["head_name"] as string,
                village,
                living,
                household["group_name"] as string,
                day.Date,
                known,
                status is null ? null : Text("household_status", "kind", status),
                status is null ? null : Number(status["from_day"]),
                Standards(Number(household["area_code"])!.Value),
                facts,
                Earlier ? Members(Then(memberships), PersonsThen(persons), facts) : Members(memberships, persons, facts),
                day.IncomeYear,
                Income(years),
                [.. new[] { "main_cause", "other_causes" }.SelectMany(f => Fact("household", f, years.GetValueOrDefault(day.RegistryYear)))],
                Facts(household, years.GetValueOrDefault(day.RegistryYear)),
                [.. homes.Where(h => h.Facts.Count > 0)],
                [.. helps.Select(h => Helped(h, persons)).Reverse()],
                helpers,
                All
                    ?
                    [
                        .. Merges(household)
                            .Concat(Watched(monitorings))
                            .Concat(Events(statuses, memberships, persons, homes, helps, helpers))
                            .OrderByDescending(e => e.Day),
                    ]
                    : []
            )
            {
                Phone = viewer.Sees("household", "phone_index") ? household["phone_cipher"] as byte[] : null,
                Monitored = monitorings.Where(Covers).Select(m => (TermOf(m), Number(m["from_day"])!.Value)).Cast<(Label, long)?>().FirstOrDefault(),
                Asked = viewer
                    .Connection.Query<string>(
                        $"SELECT standard_id || '/' || indicator FROM overrules WHERE subject = 'household' AND subject_id = {id} AND state = {(short)OverruleState.Waiting}"
                    )
                    .ToHashSet(),
                BankCard = viewer.Sees("household", "has_bank_card") ? household["bank_card_cipher"] as byte[] : null,
            };
        }

        private IReadOnlyList<ExplainHousehold.StandardShown> Standards(long areaCode) =>
            ExplainHousehold.Explain(
                viewer.Connection,
                viewer.Packs,
                id,
                areaCode,
                day,
                new()
                {
                    Table = Table,
                    Sees = viewer.Sees,
                    AuthorsOfDecidingOnly = true,
                    Tongue = language.IsEnglish ? Tongue.En : Tongue.Zh,
                }
            );

        private bool Earlier => day.Date < viewer.Date;

        // A place by the tree of the day, as it was known; one that has ended since is not in the tree of today.
        private AreaVersion? Place(long area) =>
            Earlier || change is not null
                ? viewer.Connection.QueryFirstOrDefault<AreaVersion>(
                    $"SELECT area_id, from_day, to_day, code, name, parent_id, level, kind FROM {(change is { } at ? KnownAt.Table(viewer.Connection, "area_versions", at) : "area_versions")} a WHERE a.area_id = @area AND {Pairings.Covers("a", day.Number)}",
                    new { area }
                )
                : viewer.Tree.ById(area);

        // What verdicts are found from: the record as it is or was known, and of an earlier day the rows of people, house and household as they stood then.
        private Func<string, string>? Table =>
            change is null && !Earlier
                ? null
                : t =>
                    Earlier && Own(t) is { } own ? RowsThen.Table(viewer.Connection, t, own, day.Number, change)
                    : change is { } at && t is not "tallies" ? KnownAt.Table(viewer.Connection, t, at)
                    : t;

        private string? Own(string table) =>
            table switch
            {
                "households" => $"id = {id}",
                "persons" => $"id IN (SELECT m.person_id FROM memberships m WHERE m.household_id = {id})",
                "dwellings" => $"id IN (SELECT r.dwelling_id FROM residences r WHERE r.household_id = {id})",
                _ => null,
            };

        private Dictionary<long, IDictionary<string, object?>> Persons(List<IDictionary<string, object?>> memberships)
        {
            var ids = memberships.Select(m => Number(m["person_id"])!.Value).Distinct().ToList();
            return ids.Count == 0 ? [] : Rows(From("persons", $"id IN ({string.Join(", ", ids)})")).ToDictionary(p => Number(p["id"])!.Value);
        }

        // People as they were recorded by the day asked for: whoever left since has rows of today that say what came after.
        private Dictionary<long, IDictionary<string, object?>> PersonsThen(Dictionary<long, IDictionary<string, object?>> persons) =>
            persons.Count == 0 ? persons : AsOf("persons", $"id IN ({string.Join(", ", persons.Keys)})", p => Number(p["id"])!.Value);

        // Who was a member on which day is what is known now; what the membership said of them is what it said then.
        private List<IDictionary<string, object?>> Then(List<IDictionary<string, object?>> memberships)
        {
            var then = AsOf("memberships", $"household_id = {id}", m => (Number(m["person_id"]), Number(m["from_day"])));
            return
            [
                .. memberships
                    .Where(Covers)
                    .Select(m =>
                        then.TryGetValue((Number(m["person_id"]), Number(m["from_day"])), out var row)
                            ? new Dictionary<string, object?>(row) { ["to_day"] = m["to_day"] }
                            : m
                    ),
            ];
        }

        // Of each row the last version whose data is of the day or before; the first one where all is of later.
        private Dictionary<TKey, IDictionary<string, object?>> AsOf<TKey>(string table, string filter, Func<IDictionary<string, object?>, TKey> key)
            where TKey : notnull =>
            viewer
                .Connection.Query(RowsThen.Versions(viewer.Connection, table, filter, change))
                .Select(r => (IDictionary<string, object?>)r)
                .GroupBy(key)
                .ToDictionary(
                    g => g.Key,
                    g =>
                        g.Where(r => Number(r["said_on"]) <= day.Number).MaxBy(r => (Number(r["change_id"]), Number(r["said_until"])))
                        ?? g.MinBy(r => (Number(r["change_id"]), Number(r["said_until"])))!
                );

        private List<Member> Members(
            List<IDictionary<string, object?>> memberships,
            Dictionary<long, IDictionary<string, object?>> persons,
            List<Fact> facts
        )
        {
            var current = memberships.Where(Covers).Where(m => persons.ContainsKey(Number(m["person_id"])!.Value)).ToList();
            if (current.Count == 0)
                return [];
            var years = Rows(
                    From(
                        "person_years",
                        $"person_id IN ({string.Join(", ", current.Select(m => m["person_id"]))}) AND year IN ({day.RegistryYear}, {day.PolicyYear})"
                    )
                )
                .ToDictionary(y => (Number(y["person_id"])!.Value, (int)Number(y["year"])!.Value));
            return
            [
                .. current
                    .Select(m => (Link: m, Person: persons[Number(m["person_id"])!.Value]))
                    .OrderBy(m => Number(m.Link.TryGetValue("relation", out var r) ? r : null) ?? 99)
                    .ThenBy(m => Number(m.Person["birth"]) ?? 0)
                    .Select(m =>
                    {
                        var person = Number(m.Person["id"])!.Value;
                        IDictionary<string, object?>? RowOf(Fact fact) =>
                            fact.Kept switch
                            {
                                Kept.Row => m.Person,
                                Kept.Link => m.Link,
                                Kept.PolicyYear => years.GetValueOrDefault((person, day.PolicyYear)),
                                _ => years.GetValueOrDefault((person, day.RegistryYear)),
                            };
                        return new Member(
                            person,
                            (string)m.Person["name"]!,
                            Number(m.Person["birth"]) is { } birth ? (day.Number - birth) / 10000 : null,
                            [.. facts.Select(f => ShownText.Of(f, RowOf(f)?[f.Column], language))],
                            m.Person["id_cipher"] as byte[]
                        );
                    }),
            ];
        }

        // A class stands with its parts; a part nobody ever stated is left out.
        private List<IncomeLine> Income(Dictionary<int, IDictionary<string, object?>> years)
        {
            var (now, before) = (years.GetValueOrDefault(day.IncomeYear), years.GetValueOrDefault(day.IncomeYear - 1));
            var lines = new List<IncomeLine>();
            foreach (var (name, parts) in IncomeTree.Classes)
            foreach (var (fact, part) in parts.Select(p => (p, true)).Prepend((name, false)))
            {
                if (!Dictionary["household"].Facts.TryGetValue(fact, out var known) || !viewer.Sees(known))
                    continue;
                var (a, b) = (Number(now?[known.Column]), Number(before?[known.Column]));
                if (a is not null || b is not null)
                    lines.Add(new(known.Label, part, a, b));
            }
            return lines;
        }

        // Whatever else is known of the household this year: all of it, or what the reader's trade states.
        private List<Shown> Facts(IDictionary<string, object?> household, IDictionary<string, object?>? year) =>
            [
                .. Dictionary["household"]
                    .Facts.Values.Where(f => f.Kept is Kept.Row or Kept.RegistryYear && f.Type.Kind != Kind.Text && viewer.Sees(f))
                    .Where(f => f.Name is not ("phone_index" or "main_cause" or "other_causes"))
                    .SelectMany(f => Fact("household", f.Name, f.Kept == Kept.Row ? household : year)),
            ];

        private List<Dwelling> Homes()
        {
            var facts = OfDwellings.Select(f => Dictionary["dwelling"].Facts[f]).Where(viewer.Sees).ToList();
            var residences = Rows(From("residences", $"household_id = {id}"), "from_day");
            if (residences.Count == 0)
                return [];
            var theirs = $"id IN ({string.Join(", ", residences.Select(r => r["dwelling_id"]))})";
            var dwellings = Earlier
                ? AsOf("dwellings", theirs, d => Number(d["id"])!.Value)
                : Rows(From("dwellings", theirs)).ToDictionary(d => Number(d["id"])!.Value);
            return
            [
                .. residences
                    .Where(r => dwellings.ContainsKey(Number(r["dwelling_id"])!.Value))
                    .Select(r =>
                    {
                        var dwelling = dwellings[Number(r["dwelling_id"])!.Value];
                        return new Dwelling(
                            Number(dwelling["id"])!.Value,
                            Number(r["from_day"])!.Value,
                            Number(r["to_day"]),
                            Covers(r),
                            [.. facts.SelectMany(f => Fact("dwelling", f.Name, dwelling))]
                        );
                    })
                    .Reverse(),
            ];
        }

        private List<Helper> Helpers()
        {
            var rows = Rows(From("responsibilities", $"household_id = {id}"), "from_day");
            if (rows.Count == 0)
                return [];
            var posts = Held("posts", rows.Select(r => Number(r["post_id"])));
            var units = Held("units", rows.Select(r => Number(r["unit_id"])).Concat(posts.Values.Select(p => Number(p["unit_id"]))));
            return
            [
                .. rows.Select(r =>
                    {
                        var post = Number(r["post_id"]) is { } p ? posts.GetValueOrDefault(p) : null;
                        var unit = (Number(r["unit_id"]) ?? Number(post?["unit_id"])) is { } u ? units.GetValueOrDefault(u) : null;
                        return new Helper(
                            Number(post?["id"]),
                            post?["holder_name"] as string,
                            post?["title"] as string,
                            Number(unit?["id"]),
                            unit?["name"] as string,
                            r["role"] as string,
                            Number(r["from_day"])!.Value,
                            Number(r["to_day"]),
                            Covers(r)
                        );
                    })
                    .OrderByDescending(h => h.Current)
                    .ThenByDescending(h => h.From),
            ];
        }

        private Dictionary<long, IDictionary<string, object?>> Held(string table, IEnumerable<long?> ids)
        {
            var wanted = ids.OfType<long>().Distinct().ToList();
            return wanted.Count == 0 ? [] : Rows(From(table, $"id IN ({string.Join(", ", wanted)})")).ToDictionary(r => Number(r["id"])!.Value);
        }

        private Help Helped(IDictionary<string, object?> measure, Dictionary<long, IDictionary<string, object?>> persons) =>
            new(
                Number(measure["from_day"])!.Value,
                Number(measure["to_day"]),
                string.Join(" · ", new[] { Text("measure", "kind", measure), Text("measure", "item", measure) }.Where(t => t.Length > 0)),
                Number(measure["person_id"]) is { } p ? persons.GetValueOrDefault(p)?["name"] as string : null,
                Number(measure["amount"])
            );

        private Label TermOf(IDictionary<string, object?> m) =>
            MonitoringTerms.Name(viewer.Packs, Number(m["kind"]) ?? 0, Number(m["from_day"]) ?? 0);

        // What a household was monitored as is called by the name of that time; a risk that came back is an episode of its own.
        private IEnumerable<Event> Watched(List<IDictionary<string, object?>> monitorings)
        {
            var L = language;
            foreach (var (i, m) in monitorings.Index())
            {
                if (Number(m["from_day"]) is { } from && from <= day.Number)
                    yield return new(
                        from,
                        "activity",
                        $"{(i == 0 ? L["纳入监测", "Monitored as"] : L["再次纳入监测", "Monitored again as"])}: {L[TermOf(m)]} {Text("monitoring", "risks", m)}".TrimEnd()
                    );
                if (Number(m["to_day"]) is { } to && to <= day.Number)
                    yield return new(
                        to,
                        "activity",
                        $"{L["风险消除", "Risk eliminated"]}: {L[TermOf(m)]} {Text("monitoring", "elimination", m)}".TrimEnd()
                    );
            }
        }

        // Both sides of a merge carry its day. The other one is named to whom it may be.
        private List<Event> Merges(IDictionary<string, object?> household)
        {
            if (Number(household["split_day"]) is not { } on || on > day.Number)
                return [];
            return
            [
                .. viewer
                    .Connection.Query<(long Id, string Number, string? Head)>(
                        $"""
                        SELECT DISTINCT l.household_id, l.number, l.head_name FROM household_list l
                        WHERE l.household_id IN (SELECT h.merged_into FROM households h WHERE h.id = @id UNION ALL SELECT h.id FROM households h WHERE h.village_id = @village AND h.merged_into = @id)
                          AND {viewer.Households("l", AreaRange.Nation)}
                        """,
                        new { id, village = household["village_id"] }
                    )
                    .Select(o => new Event(
                        on,
                        "users",
                        Number(household["merged_into"]) is null
                            ? $"{language["并入一户", "took in the household"]} {o.Number} {o.Head}"
                            : $"{language["并入农户", "became part of the household"]} {o.Number} {o.Head}"
                    )),
            ];
        }

        private List<Event> Events(
            List<IDictionary<string, object?>> statuses,
            List<IDictionary<string, object?>> memberships,
            Dictionary<long, IDictionary<string, object?>> persons,
            List<Dwelling> homes,
            List<IDictionary<string, object?>> helps,
            List<Helper> helpers
        )
        {
            var L = language;
            string Name(IDictionary<string, object?> m) => persons.GetValueOrDefault(Number(m["person_id"])!.Value)?["name"] as string ?? "";
            var events = new List<Event>();
            void Add(long? on, string icon, string text)
            {
                if (on is { } number && number != Registry.Merging.Days.Beginning && number <= day.Number)
                    events.Add(new(number, icon, text));
            }
            foreach (var s in statuses)
                Add(Number(s["from_day"]), "flag", $"{L["户身份", "Status"]}: {Text("household_status", "kind", s)}");
            foreach (var m in memberships)
            {
                Add(Number(m["from_day"]), "user-plus", $"{Name(m)} {L["加入本户", "joined the household"]}");
                Add(Number(m["to_day"]), "user-minus", $"{Name(m)} {L["离开本户", "left the household"]} {Text("person", "change", m)}".TrimEnd());
            }
            foreach (var h in homes)
                Add(h.From, "building-community", L["入住现登记住房", "moved to another house"]);
            foreach (var h in helps.Select(h => Helped(h, persons)))
                Add(h.From, "heart-handshake", $"{h.Text} {h.Person} {(h.Fen is { } fen ? ShownText.Yuan(fen) + L[" 元", " CNY"] : "")}".TrimEnd());
            foreach (var h in helpers)
            {
                Add(h.From, "users", $"{L["帮扶", "Help by"]} {h.Name} {h.Unit}");
                Add(h.To, "users", $"{L["不再帮扶", "no longer helped by"]} {h.Name} {h.Unit}");
            }
            foreach (var (on, reason, stated) in Changes(persons.Keys))
            {
                var what = reason.StartsWith("import ", StringComparison.Ordinal) ? L["导入 ", "import "] + reason[7..] : reason;
                var by = viewer.Codes("department").Find(stated)?.Label;
                Add(on, "upload", $"{what} · {L["提供", "stated by"]} {(by is null ? stated : L[by])}");
            }
            return [.. events.OrderByDescending(e => e.Day)];
        }

        // Acts that wrote a row of the household, the ones that were written over too.
        private IEnumerable<(int Day, string Reason, string StatedBy)> Changes(IEnumerable<long> persons)
        {
            var members = string.Join(", ", persons.DefaultIfEmpty(0));
            (string Table, string Filter)[] sources =
            [
                ("households", $"id = {id}"),
                ("household_statuses", $"household_id = {id}"),
                ("household_years", $"household_id = {id}"),
                ("memberships", $"household_id = {id}"),
                ("residences", $"household_id = {id}"),
                ("dwellings", $"id IN (SELECT r.dwelling_id FROM residences r WHERE r.household_id = {id})"),
                ("measures", $"household_id = {id}"),
                .. Dictionary.Subjects.ContainsKey("monitoring") ? [("monitorings", $"household_id = {id}")] : Array.Empty<(string, string)>(),
                ("responsibilities", $"household_id = {id}"),
                ("persons", $"id IN ({members})"),
                ("person_years", $"person_id IN ({members})"),
            ];
            var ids = sources.SelectMany(s =>
                new[]
                {
                    $"SELECT change_id FROM {s.Table} WHERE {s.Filter}",
                    $"SELECT change_id FROM {s.Table}_history WHERE {s.Filter}",
                    $"SELECT ended_by FROM {s.Table}_history WHERE {s.Filter}",
                }
            );
            var until = change is { } at ? $" AND c.id <= {at}" : "";
            return viewer.Connection.Query<(int, string, string)>(
                $"SELECT c.data_day, c.reason, c.stated_by FROM changes c WHERE c.data_day > 0{until} AND c.id IN ({string.Join(" UNION ", ids)}) ORDER BY c.id DESC LIMIT 40"
            );
        }

        private IEnumerable<Shown> Fact(string subject, string name, IDictionary<string, object?>? row)
        {
            var fact = Dictionary[subject].Facts[name];
            if (viewer.Sees(fact) && row?[fact.Column] is { } value)
                yield return new(fact.Label, ShownText.Of(fact, value, language));
        }

        private string Text(string subject, string name, IDictionary<string, object?> row)
        {
            var fact = Dictionary[subject].Facts[name];
            return ShownText.Of(fact, row[fact.Column], language);
        }

        private bool Covers(IDictionary<string, object?> row) =>
            Number(row["from_day"]) <= day.Number && (Number(row["to_day"]) is not { } to || to > day.Number);

        private string From(string table, string filter) =>
            change is { } at ? KnownAt.Table(viewer.Connection, table, at, filter) + " t" : $"{table} t WHERE {filter}";

        private List<IDictionary<string, object?>> Rows(string from, string? order = null) =>
            [
                .. viewer
                    .Connection.Query($"SELECT t.* FROM {from}{(order is null ? "" : $" ORDER BY t.{order}")}")
                    .Select(r => (IDictionary<string, object?>)r),
            ];

        private static long? Number(object? value) =>
            value switch
            {
                null => null,
                bool flag => flag ? 1 : 0,
                _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            };
    }
}
