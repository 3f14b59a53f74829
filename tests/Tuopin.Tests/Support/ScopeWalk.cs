using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Rules.Model;
using Tuopin.Tests.Console;

namespace Tuopin.Tests.Support;

/// <summary>
/// Calls every page, part, list, count, search, map and download that exists, as users of two neighbouring areas, and every address of the API with their
/// tokens, and reports whatever of the other area comes back; it looks into workbooks, too. It has been seen to fail: <c>WalkingTheScope</c> plants leaking routes into the console and asks that they be reported.
/// </summary>
public sealed class ScopeWalk
{
    private readonly TuopinConsole console;
    private readonly AreaTree tree;
    private readonly Dictionary<long, Place> places = [];

    /// <summary>A village with what identifies its people.</summary>
    public sealed record Place(AreaVersion Area, IReadOnlyList<Subject> Subjects, long? Post, IReadOnlySet<long> PairedWithPost)
    {
        public IReadOnlySet<long> Households { get; } = Subjects.Select(s => s.Household).ToHashSet();
    }

    /// <summary>A household or a person, with the texts that give it away.</summary>
    public sealed record Subject(long Household, long Id, string? Number, string Name);

    /// <summary>A user of the walk: name, role, the households that are the user's own, and a token with all the role may do.</summary>
    public sealed record Walker(string Name, Role Role, Place Home, string Token);

    /// <summary>What people of a place left in the console: a job with a file, an import, a file that was sent. All of it says <see cref="Secret"/>.</summary>
    /// <param name="Closed">A word of a discipline clue about the place: for nobody but its discipline office.</param>
    public sealed record Left(string Secret, string Closed, long Job, long Batch, string Upload, long List, long Attachment);

    /// <summary>A unit or post that helps a household, or holds an area.</summary>
    private sealed record Help(long? Post, long? Unit, long? Household, long? Area);

    private const long Round = 5303260000000077;

    private readonly Dictionary<Place, Left> left = [];
    private readonly List<Help> helps;

    public ScopeWalk(TuopinConsole console)
    {
        this.console = console;
        var installation = console.Cli.Open();
        using var connection = installation.Store.Open();
        tree = AreaTree.Load(connection, installation.WorkDate);
        // The two villages with the most households.
        var villages = connection
            .Query<long>("SELECT area_code FROM households GROUP BY area_code ORDER BY count(*) DESC, area_code LIMIT 2")
            .Order()
            .ToList();
        foreach (var code in villages)
            places[code] = Load(connection, tree.ByCode(code)!, DayNumber.Of(installation.WorkDate));
        helps =
        [
            .. connection
                .Query<(long? Post, long? Unit, long? Household, long? Area)>(
                    """
                    SELECT r.post_id, r.unit_id, r.household_id, r.area_id FROM responsibilities r WHERE r.from_day <= @day AND (r.to_day IS NULL OR r.to_day > @day)
                    UNION ALL
                    SELECT r.post_id, p.unit_id, r.household_id, r.area_id FROM responsibilities r JOIN posts p ON p.id = r.post_id
                    WHERE r.from_day <= @day AND (r.to_day IS NULL OR r.to_day > @day)
                    """,
                    new { day = DayNumber.Of(installation.WorkDate) }
                )
                .Select(h => new Help(h.Post, h.Unit, h.Household, h.Area)),
        ];
    }

    public IReadOnlyList<Place> Places => [.. places.Values];

    private static Place Load(System.Data.Common.DbConnection connection, AreaVersion area, int day)
    {
        // Whoever is of the village by registration or by living there, in any year, and all who ever were of their households.
        var households = "SELECT h.id FROM households h WHERE h.area_code = @code OR h.living_village_id = @area";
        var subjects = connection
            .Query<(long Household, long Id, string? Number, string? Other, string? Name)>(
                $"""
                SELECT h.id, h.id, h.national_no, h.provisional_no, h.head_name FROM households h WHERE h.id IN ({households})
                UNION ALL
                SELECT m.household_id, p.id, p.national_no, p.provisional_no, p.name FROM memberships m JOIN persons p ON p.id = m.person_id WHERE m.household_id IN ({households})
                """,
                new { code = area.Code, area = area.AreaId }
            )
            .Select(s => new Subject(s.Household, s.Id, s.Number ?? s.Other, s.Name ?? ""))
            .ToList();
        var post = connection
            .Query<long?>(
                """
                SELECT r.post_id FROM responsibilities r JOIN households h ON h.id = r.household_id
                WHERE h.area_code = @code AND r.post_id IS NOT NULL AND r.from_day <= @day AND (r.to_day IS NULL OR r.to_day > @day)
                GROUP BY r.post_id ORDER BY count(*) DESC, r.post_id LIMIT 1
                """,
                new { code = area.Code, day }
            )
            .FirstOrDefault();
        var paired = connection.Query<long>(
            "SELECT household_id FROM responsibilities WHERE post_id = @post AND household_id IS NOT NULL AND from_day <= @day AND (to_day IS NULL OR to_day > @day)",
            new { post, day }
        );
        return new(area, subjects, post, paired.ToHashSet());
    }

    /// <summary>Users of each role that sees people, one for each of the two places, made in the console's own installation.</summary>
    public IReadOnlyList<Walker> MakeUsers(string password)
    {
        var installation = console.Cli.Open();
        using var desk = installation.Store.Desk();
        var walkers = new List<Walker>();
        foreach (var role in Enum.GetValues<Role>())
        foreach (var place in Places)
        {
            var user = Accounts.New(installation, $"walk-{role}-{place.Area.Code}", $"{role}");
            Accounts.SetPassword(user, password);
            desk.Users.Add(user);
            desk.SaveChanges();
            desk.Grants.Add(
                new()
                {
                    UserId = user.Id,
                    Role = role,
                    AreaId = role is Role.Cadre or Role.Administrator ? null : place.Area.AreaId,
                    PostId = role == Role.Cadre ? place.Post : null,
                    Department = role == Role.Department ? "housing" : null,
                    FromDay = 20140101,
                }
            );
            var token = $"tp_{Guid.NewGuid():N}";
            desk.AccessTokens.Add(
                new()
                {
                    UserId = user.Id,
                    Name = "walk",
                    Hash = TokenAuthentication.Hash(token),
                    Permissions = string.Join(',', Permissions.Of(role)),
                    CreatedAt = user.CreatedAt,
                    ExpiresAt = "2099-01-01T00:00:00.000Z",
                }
            );
            walkers.Add(new(user.UserName!, role, place, token));
            if (role == Role.Village)
                left[place] = Leave(installation, desk, user.Id, place, Places.First(p => p != place));
        }
        desk.SaveChanges();
        return walkers;
    }

    private static Left Leave(Installation installation, DeskDb desk, long user, Place place, Place other)
    {
        var (secret, at) = ($"不可外传{place.Area.Code}", AuditLog.Stamp(installation.Clock));
        var job = new Job
        {
            Kind = "export-households",
            Title = place.Area.Name,
            UserId = user,
            Request = "{}",
            State = JobState.Done,
            Message = secret,
            File = "a.csv",
            CreatedAt = at,
            EndedAt = at,
        };
        desk.Jobs.Add(job);
        desk.SaveChanges();
        desk.JobLines.Add(
            new()
            {
                JobId = job.Id,
                Number = 1,
                At = at,
                Text = secret,
            }
        );
        File.WriteAllText(JobFiles.Make(installation, job.Id, job.File), secret);
        var upload = new Upload($"{user:x32}", user, $"{secret}.csv", at, "2020-06-12", null);
        Store.CreateFolder(Path.GetDirectoryName(Uploads.PathOf(installation, upload))!);
        File.WriteAllText(Uploads.PathOf(installation, upload), secret);
        Uploads.Save(installation, upload);
        using var connection = installation.Store.Open();
        var change = connection.QuerySingle<long>("SELECT max(id) + 1 FROM changes");
        connection.Execute(
            "INSERT INTO changes (id, at, actor, user_id, reason, stated_by, data_day) VALUES (@change, @at, 'walk', @user, 'import', 'poverty_office', 20200612)",
            new
            {
                change,
                at,
                user,
            }
        );
        var batch = connection.QuerySingle<long>("SELECT coalesce(max(id), 0) + 1 FROM import_batches");
        connection.Execute(
            """
            INSERT INTO import_batches (id, change_id, file, sha256, mapping, rows, added, changed, unchanged, rejected, national)
            VALUES (@batch, @change, @secret, '', 'persons', 1, 1, 0, 0, 0, @national)
            """,
            new
            {
                batch,
                change,
                secret,
                national = false,
            }
        );
        var list = 5303260000990000 + connection.QuerySingle<long>("SELECT count(*) FROM subject_lists");
        var procedure = installation.Packs.Procedures.First(p => p.Id == "yunnan.household-exit");
        connection.Execute(
            """
            INSERT INTO subject_lists (id, procedure_id, version, hash, change_kind, family, area_id, area_code, title, step, opened_day, since_day, last_day, days, acts, change_id)
            VALUES (@list, 'yunnan.household-exit', 1, @hash, 'exit', 'household-status', @area, @code, @secret, 'propose', 20200612, 20200612, 20200612, '{}', 0, @change)
            """,
            new
            {
                list,
                hash = procedure.Hash,
                area = place.Area.AreaId,
                code = place.Area.Code,
                secret,
                change,
            }
        );
        // An order there, and a rectification ledger.
        foreach (var (id, kind) in new[] { (list, "order"), (list + 100, "ledger") })
            connection.Execute(
                """
                INSERT INTO work_items (id, kind, live, root_id, ordinal, open_children, title, origin, area_code, due, due_by_hand, state, opened_day, card, change_id)
                VALUES (@id, @kind, @live, @id, 0, 0, @secret, 'audit', @code, 20200701, @live, 0, 20200612, 0, @change)
                """,
                new
                {
                    id,
                    kind,
                    live = true,
                    secret,
                    code = place.Area.Code,
                    change,
                }
            );
        // What is stated of a village, what it is to reach, and its template.
        connection.Execute(
            """
            INSERT INTO figure_statements (id, figure, area_id, day, value, stated_by, source, at, name, change_id)
            VALUES (@list, 'funds_paid', @area, 20200601, '1', 'finance', @secret, @at, @secret, @change);
            INSERT INTO figure_targets (id, title, area_id, from_day, deadline, rising, owner, note, at, name, change_id)
            VALUES (@list, @secret, @area, 20200601, 20200701, @no, 'finance', @secret, @at, @secret, @change);
            INSERT INTO report_templates (id, area_code, name, kind, is_english, hash, size, added_at, added_name)
            VALUES (@list, @code, @secret, 'md', @no, '', 1, @at, @secret);
            """,
            new
            {
                list,
                area = place.Area.AreaId,
                code = place.Area.Code,
                no = false,
                secret,
                at,
                change,
            }
        );
        connection.Execute(
            "INSERT INTO list_subjects (list_id, subject_id, family, area_code, added_by, reason, change_id) VALUES (@list, @household, 'household-status', @code, 1, @secret, @change)",
            new
            {
                list,
                household = place.Subjects.First(s => s.Id == s.Household).Id,
                code = place.Area.Code,
                secret,
                change,
            }
        );
        connection.Execute(
            """
            INSERT INTO overrules (id, subject, subject_id, standard_id, indicator, department, met, reason, evidence, first_day, last_day, state, asked_by, asked_name, asked_at, change_id)
            VALUES (@list, 'village', @area, 'yunnan.village-exit', 'road', 'transport', @met, @secret, '照片', 20200612, 20200701, 0, @user, @secret, @at, @change)
            """,
            new
            {
                list,
                area = place.Area.AreaId,
                met = true,
                secret,
                user,
                at,
                change,
            }
        );
        connection.Execute(
            """
            INSERT INTO overrules (id, subject, subject_id, standard_id, indicator, department, met, reason, evidence, first_day, last_day, state, asked_by, asked_name, asked_at, decided_by, decided_name, decided_at, change_id)
            VALUES (@list + 100, 'household', @household, 'yunnan.household-exit', 'housing', 'housing', @met, @secret, '照片', 20200612, 20200701, 1, @user, @secret, @at, @user + 1, @secret, @at, @change)
            """,
            new
            {
                list,
                household = place.Households.Except(other.Households).First(),
                met = true,
                secret,
                user,
                at,
                change,
            }
        );
        connection.Execute(
            """
            INSERT INTO findings (id, check_id, rule_hash, pack_hash, subject, subject_id, household_id, area_code, hard, evidence, state, raised_day, answered_day,
              answered_by, answered_name, reason, result, carried_out, change_id)
            VALUES (@list, 'c104-paper-registration', '', '', 'household', @household, @household, @code, @no, @secret, 1, 20200612, 20200612, @user, @secret, @secret, 1, @no, @change)
            """,
            new
            {
                list,
                household = place.Subjects.Select(s => s.Household).Except(other.Subjects.Select(s => s.Household)).First(),
                code = place.Area.Code,
                no = false,
                secret,
                user,
                change,
            }
        );
        // A report of the village that was sealed.
        connection.Execute(
            """
            INSERT INTO sealed_reports (id, report, title, edition, area_id, area_code, area_name, day, known_change, pack_hash, template_hash, sealed_at, sealed_name, hash)
            VALUES (@list, 'walk', @secret, 1, @area, @code, @name, 20200612, @change, '', '', @at, @secret, '');
            INSERT INTO sealed_numbers (report_id, key, figure, label, label_en, unit, area_id, area_code, area_name, day, state, low, high, unknown, text, definition_hash)
            VALUES (@list, 1, 'registered_households', @secret, '', 'households', @area, @code, @name, 20200612, 0, '1', '1', 0, @secret, '')
            """,
            new
            {
                list,
                secret,
                area = place.Area.AreaId,
                code = place.Area.Code,
                name = place.Area.Name,
                change,
                at,
            }
        );
        // A round is of the county, and both villages see it: each its own households.
        var round = installation.Packs.Rounds.First(r => r.Id == "national.cleaning");
        connection.Execute(
            """
            INSERT INTO rounds (id, pack_id, version, hash, year, area_id, area_code, from_day, to_day, opened_day, change_id)
            SELECT @Round, 'national.cleaning', 1, @hash, 2020, a.area_id, a.code, 20200501, 20200930, 20200612, @change FROM area_versions a
            WHERE a.level = 3 AND a.to_day IS NULL AND a.code = @county AND NOT EXISTS (SELECT 1 FROM rounds r WHERE r.id = @Round)
            """,
            new
            {
                Round,
                hash = round.Hash,
                county = place.Area.Code / 1_000_000 * 1_000_000,
                change,
            }
        );
        connection.Execute(
            """
            INSERT INTO round_subjects (round_id, subject_id, area_code, opening, outcome, reason, change_id)
            SELECT @Round, h.id, h.area_code, 2, CASE WHEN h.id % 2 = 0 THEN 'right' END, @secret, @change FROM households h WHERE h.area_code = @code
            """,
            new
            {
                Round,
                code = place.Area.Code,
                secret,
                change,
            }
        );
        // A clue about a household of this place alone, one that is nobody's, and what was found and decided about the household.
        connection.Execute(
            """
            INSERT INTO clues (id, household_id, area_code, source, department, day, words, risks, state, name, entered_name, change_id)
            VALUES (@list, @household, @code, 3, 'housing', 20200612, @secret, 2, 0, NULL, @secret, @change),
              (@list + 1000, NULL, @code, 3, 'housing', 20200612, @secret, 2, 0, @secret, @secret, @change)
            """,
            new
            {
                list,
                household = place.Subjects.Select(s => s.Household).Except(other.Subjects.Select(s => s.Household)).First(),
                code = place.Area.Code,
                secret,
                change,
            }
        );
        connection.Execute(
            "INSERT INTO monitorings (id, household_id, kind, from_day, risks, risk_note, change_id) VALUES (@list, @household, 2, 20200601, 2048, @secret, @change)",
            new
            {
                list,
                household = place.Subjects.Select(s => s.Household).Except(other.Subjects.Select(s => s.Household)).First(),
                secret,
                change,
            }
        );
        connection.Execute(
            """
            INSERT INTO proposed_changes (id, household_id, payload, differences, role, author, proposed_by, proposed_name, proposed_at, state)
            SELECT coalesce(max(id), 0) + 1, @household, @payload, '[]', 7, 'village', @user, @secret, @at, 0 FROM proposed_changes
            """,
            new
            {
                household = place.Households.Except(other.Households).First(),
                payload = JsonSerializer.Serialize<Editing.Act>(
                    new Editing.RemoveMember.Removing
                    {
                        Person = 1,
                        Change = "death",
                        Reason = secret,
                        Day = new(2020, 6, 12),
                        Version = "1",
                    },
                    Editing.ReviewChanges.Json
                ),
                user,
                secret,
                at,
            }
        );
        Match(connection, secret, list, place, other, change);
        var closed = $"绝密线索{place.Area.Code}";
        using var numbers = new Platform.Security.PersonalNumbers(installation.Keys);
        connection.Execute(
            """
            INSERT INTO discipline_clues (id, area_code, day, source, words_cipher, names_cipher, state, handled, sanctioned, change_id)
            VALUES (@list, @code, 20200610, 1, @words, @words, 0, 1, 0, @change);
            INSERT INTO discipline_persons (clue_id, number, name_cipher, words_cipher, day, change_id) VALUES (@list, 1, @words, @words, 20200610, @change)
            """,
            new
            {
                list,
                code = place.Area.Code,
                words = numbers.Encrypt(closed),
                change,
            }
        );
        return new(secret, closed, job.Id, batch, upload.Id, list, Attach(installation, connection, secret, place, other, list));
    }

    // A list matched for this place with rows nobody else may see, and two persons who may be one, each of them in one of the places.
    private static void Match(System.Data.Common.DbConnection connection, string secret, long list, Place place, Place other, long change)
    {
        static string Alone(Place here, Place there) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT m.person_id, m.household_id FROM memberships m JOIN households h ON h.id = m.household_id WHERE m.to_day IS NULL AND h.area_code = {here.Area.Code} AND coalesce(h.living_village_id, 0) <> {there.Area.AreaId} ORDER BY m.person_id DESC LIMIT 1"
            );
        connection.Execute(
            $"""
            INSERT INTO match_files (id, file, sha256, kind, department, data_day, year, area_code, area_to, rows, junk, repeated, by_number, by_score, unmatched, loaded_by, loaded_at, kept_to, change_id)
            VALUES (@list, @secret, '', 1, 'public_security', 20200612, 2020, @code, @code, 2, 0, 0, 0, 0, 1, @secret, '2020-06-12T00:00:00.000Z', 20200912, @change);
            INSERT INTO match_rows (file_id, number, state, name) VALUES (@list, 2, 0, @secret), (@list, 3, 2, @secret);
            INSERT INTO match_candidates (file_id, number, person_id, household_id, centibits, per_thousand, evidence) SELECT @list, 3, a.person_id, a.household_id, 0, 500, 'name=same:1.00' FROM ({Alone(
                place,
                other
            )}) a;
            INSERT INTO duplicate_pairs (id, person_a, person_b, same_number, state, change_id)
            SELECT @list, CASE WHEN a.person_id < b.person_id THEN a.person_id ELSE b.person_id END, CASE WHEN a.person_id < b.person_id THEN b.person_id ELSE a.person_id END, @yes, 0, @change
            FROM ({Alone(place, other)}) a, ({Alone(other, place)}) b WHERE NOT EXISTS (SELECT 1 FROM duplicate_pairs)
            """,
            new
            {
                list,
                secret,
                code = place.Area.Code,
                change,
                yes = true,
            }
        );
    }

    // A document of a household that is of this place alone, and one of the list.
    private static long Attach(
        Installation installation,
        System.Data.Common.DbConnection connection,
        string secret,
        Place place,
        Place other,
        long list
    )
    {
        var hash = new Platform.Files.FileStore(installation).Put(System.Text.Encoding.UTF8.GetBytes(secret));
        var id = connection.QuerySingle<long>("SELECT coalesce(max(id), 0) + 1 FROM attachments");
        var household = place.Households.Except(other.Households).First();
        foreach (var (subject, key) in new[] { ("household", household), ("list", list) })
            connection.Execute(
                """
                INSERT INTO attachments (id, subject, subject_id, part, kind, title, media, hash, size, added_at, added_name)
                VALUES (@id, @subject, @key, 0, 1, @secret, 'application/pdf', @hash, 1, '2020-06-12T00:00:00.000Z', @secret)
                """,
                new
                {
                    id = subject == "list" ? id + 1 : id,
                    subject,
                    key,
                    secret,
                    hash,
                }
            );
        return id;
    }

    /// <summary>Every leak found: the route, the user and what came back.</summary>
    public async Task<IReadOnlyList<string>> Walk(IReadOnlyList<Walker> walkers, string password, string of = "/")
    {
        var found = new List<string>();
        var routes = RouteTable
            .Of(console)
            .Where(r => r is { Method: "GET", Needs: not null } && r.Pattern.RawText!.Contains(of, StringComparison.Ordinal))
            .ToList();
        foreach (var walker in walkers)
        {
            // An account for programs has a token only; the API knows a session from a token by its caller alone, so one session walks it.
            var session = walker.Role == Role.ApiClient ? null : await console.As(walker.Name, password);
            var program = console.Nobody();
            program.Client.DefaultRequestHeaders.Authorization = new("Bearer", walker.Token);
            var foreign = Foreign(walker);
            // One pass over an answer looks for all of them at once; who it was is asked only then.
            var texts = SearchValues.Create(
                [.. foreign.SelectMany(Texts).Append(left[Places.First(p => p != walker.Home)].Secret).Distinct()],
                StringComparison.Ordinal
            );
            foreach (var route in routes.Where(r => Permissions.Of(walker.Role).Contains(r.Needs!.Value)))
            {
                if (IsApi(route))
                    await Visit(program, walker, route, foreign, texts, found, byToken: true);
                if (session is not null && (!IsApi(route) || (walker.Role == Role.Village && walker.Home == Places[0])))
                    await Visit(session, walker, route, foreign, texts, found, byToken: false);
            }
            if (of == "/" && Permissions.Of(walker.Role).Contains(Permission.ExportLists))
                await Export(program, walker, foreign, texts, found);
        }
        return [.. found.Distinct()];
    }

    private static bool IsApi(RouteTable.Route route) => route.Pattern.RawText!.StartsWith("/api/", StringComparison.Ordinal);

    private static bool Own(Walker walker, long household) =>
        walker.Role switch
        {
            Role.Administrator or Role.Discipline => false,
            Role.Cadre => walker.Home.PairedWithPost.Contains(household),
            _ => walker.Home.Households.Contains(household),
        };

    /// <summary>A unit and a post that help in the other place and have nothing to do with what is this user's.</summary>
    public (long? Unit, long? Post) Strangers(Walker walker)
    {
        var (mine, other) = (walker.Home.Area.AreaId, Places.First(p => p != walker.Home));
        var own = helps.Where(h => h.Household is { } household ? Own(walker, household) : walker.Role != Role.Cadre && h.Area == mine).ToList();
        var theirs = helps.Where(h => h.Household is { } household && other.Households.Contains(household)).ToList();
        return (
            theirs.Select(h => h.Unit).Except(own.Select(h => h.Unit)).FirstOrDefault(u => u is not null),
            theirs.Select(h => h.Post).Except(own.Select(h => h.Post)).FirstOrDefault(p => p is not null && p != walker.Home.Post)
        );
    }

    // Subjects of the other place that this user has no business with, with the texts nobody else shares.
    private List<Subject> Foreign(Walker walker)
    {
        var all = Places.SelectMany(p => p.Subjects).Distinct().ToList();
        var own = all.Where(s => Own(walker, s.Household)).ToList();
        var (ids, names) = (own.Select(s => s.Id).ToHashSet(), own.Select(s => s.Name).ToHashSet());
        return [.. all.Where(s => !Own(walker, s.Household) && !ids.Contains(s.Id) && !names.Contains(s.Name))];
    }

    private async Task Visit(
        TuopinConsole.Browser browser,
        Walker walker,
        RouteTable.Route route,
        List<Subject> foreign,
        SearchValues<string> texts,
        List<string> found,
        bool byToken
    )
    {
        var outside = Places.First(p => p != walker.Home).Area;
        var stranger = foreign.First(s => s.Number is not null && s.Id == s.Household);
        var member = foreign.First(s => s.Number is not null && s.Id != s.Household);
        foreach (var (path, isSubject) in Paths(route, walker, outside, stranger, member, found))
        {
            // Searching as everybody is for long runs: one village, one cadre and one department search in the three kinds of scope, and the API once.
            var searches =
                Shared.Properties.Long
                || ((byToken || !IsApi(route)) && walker.Role is Role.Village or Role.Cadre or Role.Department && walker.Home == Places[0]);
            foreach (var query in Queries(route, outside, stranger, member, searches))
            foreach (var part in query.Key == "" && !IsApi(route) ? new[] { false, true } : [false])
            {
                var address = query.Key == "" ? path : $"{path}?{query.Key}={Uri.EscapeDataString(query.Value)}";
                (string, string)[] headers = part ? [("HX-Request", "true")] : [];
                var answer = await browser.Get(address, IsApi(route) ? "application/json" : "text/html", headers);
                if (answer.Status == HttpStatusCode.InternalServerError)
                    found.Add($"{route} as {walker.Role}: 500 at {address}");
                if (isSubject && answer.Status == HttpStatusCode.OK)
                    found.Add($"{route} as {walker.Role}: answers for a subject outside at {address}");
                // A discipline clue is told to the office of its place and to nobody else, of whatever place.
                foreach (var place in Places.Where(p => walker.Role != Role.Discipline || p != walker.Home))
                    if (answer.Text.Contains(left[place].Closed, StringComparison.Ordinal))
                        found.Add($"{route} as {walker.Role}: tells a discipline clue of {place.Area.Name} at {address}");
                if (answer.Text.Contains(left[Places.First(p => p != walker.Home)].Secret, StringComparison.Ordinal))
                    found.Add($"{route} as {walker.Role}: tells what people of {outside.Name} left at {address}");
                // What was typed into a search field comes back in the field; nothing else of that subject may.
                var leak = answer.Text.AsSpan().ContainsAny(texts) ? foreign.FirstOrDefault(s => Gives(answer.Text, s, query.Value, path)) : null;
                if (leak is not null)
                    found.Add($"{route} as {walker.Role}: tells of {leak.Name} ({leak.Number}) at {address}");
            }
        }
    }

    // A list made by a job is read with the grants of its owner, not with those of a request.
    private async Task Export(TuopinConsole.Browser program, Walker walker, List<Subject> foreign, SearchValues<string> texts, List<string> found)
    {
        const string route = "/api/v1/households/export";
        var outside = Places.First(p => p != walker.Home).Area;
        var stranger = foreign.First(s => s.Number is not null && s.Id == s.Household);
        var all = string.Join(',', Tuopin.Standards.HouseholdColumn.All.Select(c => c.Id));
        Task<TuopinConsole.Page> Order(string query) => program.Send(new(HttpMethod.Post, $"{route}?{query}"), "application/json");
        foreach (
            var query in new[]
            {
                $"file=xlsx&columns={all}",
                $"file=csv&head={Uri.EscapeDataString(stranger.Name)}",
                $"file=csv&number={stranger.Number}",
            }
        )
        {
            var ordered = await Order(query);
            if (ordered.Status != HttpStatusCode.Accepted)
                throw new InvalidOperationException($"POST {route} as {walker.Role}: {ordered.Status} {ordered.Text}");
            var job = JsonDocument.Parse(ordered.Text).RootElement.GetProperty("id").GetInt64();
            while (!JsonDocument.Parse((await program.Get($"/api/v1/jobs/{job}")).Text).RootElement.GetProperty("ended").GetBoolean())
                await Task.Delay(20);
            var file = await program.Get($"/api/v1/jobs/{job}/file", "*/*");
            if (file.Status != HttpStatusCode.OK)
                found.Add($"POST {route} as {walker.Role}: no file with {query}");
            if (file.Text.AsSpan().ContainsAny(texts) && foreign.FirstOrDefault(s => Gives(file.Text, s, "", "")) is { } leak)
                found.Add($"POST {route} as {walker.Role}: tells of {leak.Name} ({leak.Number}) with {query}");
        }
        if ((await Order($"area={outside.Code:D12}")).Status != HttpStatusCode.NotFound)
            found.Add($"POST {route} as {walker.Role}: takes an order for {outside.Name}");
    }

    // What gives a subject away; shorter names are parts of other words.
    private static IEnumerable<string> Texts(Subject s)
    {
        yield return s.Id.ToString(CultureInfo.InvariantCulture);
        if (s.Number is { Length: > 4 } number)
            yield return number;
        if (s.Name.Length >= 3)
            yield return s.Name;
    }

    private static bool Gives(string text, Subject s, string asked, string path) => Texts(s).Any(t => Shows(text, t, asked, path));

    private static bool Shows(string text, string what, string asked, string path) =>
        what != asked && !path.Contains(what, StringComparison.Ordinal) && text.Contains(what, StringComparison.Ordinal);

    // The paths of a route: with parameters, once for each value that is outside.
    private IEnumerable<(string Path, bool IsSubject)> Paths(
        RouteTable.Route route,
        Walker walker,
        AreaVersion outside,
        Subject household,
        Subject person,
        List<string> found
    )
    {
        if (!route.Parameters.Any())
        {
            yield return (route.Path(_ => null)!, false);
            yield break;
        }
        var code = outside.Code.ToString("D12", CultureInfo.InvariantCulture);
        var (raw, strangers) = (route.Pattern.RawText!, Strangers(walker));
        var theirs = left[Places.First(p => p != walker.Home)];
        foreach (
            var (household_, person_) in new[]
            {
                (household.Id.ToString(CultureInfo.InvariantCulture), person.Id.ToString(CultureInfo.InvariantCulture)),
                (household.Number!, person.Number!),
            }
        )
        {
            var subject = false;
            var path = route.Path(name =>
            {
                switch (name)
                {
                    case "household" or "number" or "no":
                        subject = true;
                        return household_;
                    case "person":
                        subject = true;
                        return person_;
                    case "area" or "code" or "place" or "village":
                        subject = true;
                        return code;
                    case "unit" or "post" when (name == "unit" ? strangers.Unit : strangers.Post) is { } stranger:
                        subject = true;
                        return stranger.ToString(CultureInfo.InvariantCulture);
                    case "list" or "finding" or "clue" or "sealedReport":
                        subject = true;
                        return theirs.List.ToString(CultureInfo.InvariantCulture);
                    case "item":
                        subject = true;
                        return theirs.List.ToString(CultureInfo.InvariantCulture);
                    case "ledger":
                        subject = true;
                        return (theirs.List + 100).ToString(CultureInfo.InvariantCulture);
                    case "round":
                        return Round.ToString(CultureInfo.InvariantCulture);
                    case "statement" or "target" or "judgement":
                        subject = true;
                        return theirs.List.ToString(CultureInfo.InvariantCulture);
                    case "figure":
                        return "registered_households";
                    case "key":
                        return "1";
                    case "format":
                        return "txt";
                    case "report":
                        return "county_briefing";
                    case "set":
                        return "poverty";
                    case "procedure":
                        return "yunnan.household-exit";
                    case "card":
                        return "national.clear-card";
                    case "file" when raw.Contains("/matching/", StringComparison.Ordinal):
                        subject = true;
                        return theirs.List.ToString(CultureInfo.InvariantCulture);
                    case "id" when raw.Contains("/matching/", StringComparison.Ordinal) || raw.Contains("/clues/sent/", StringComparison.Ordinal):
                        subject = true;
                        return theirs.Upload;
                    case "attachment":
                        subject = true;
                        return theirs.Attachment.ToString(CultureInfo.InvariantCulture);
                    case "batch":
                        subject = true;
                        return theirs.Batch.ToString(CultureInfo.InvariantCulture);
                    case "id" when raw.Contains("/jobs/", StringComparison.Ordinal):
                        // Whoever manages users sees that others' jobs are there.
                        subject = walker.Role != Role.Administrator;
                        return theirs.Job.ToString(CultureInfo.InvariantCulture);
                    case "id" when raw.Contains("/imports/", StringComparison.Ordinal) || raw.Contains("/certificates/", StringComparison.Ordinal):
                        subject = true;
                        return theirs.Upload;
                    case "id" when raw.Contains("/households/", StringComparison.Ordinal):
                        subject = true;
                        return household_;
                    case "id" when raw.Contains("/areas/load", StringComparison.Ordinal):
                        subject = true;
                        return theirs.Upload;
                    case "id" when raw.EndsWith("/standards/{id}", StringComparison.Ordinal):
                        return "national.household-exit";
                    case "id" when raw.EndsWith("/parameters/{id}", StringComparison.Ordinal):
                        return "line.exit";
                    case "id" or "job" or "export" or "user" or "grant" or "unit" or "post":
                        return household.Id.ToString(CultureInfo.InvariantCulture);
                    case "year":
                        return "2021";
                    case "standard":
                        return "national.household-exit";
                    case "indicator":
                        return "housing";
                    case "fact":
                        return "dwelling.grade";
                    case "other" or "field" or "version" or "figure" or "kind" or "file" or "name" or "part":
                        return "1";
                    default:
                        found.Add($"{route}: the walk does not know what to fill into {{{name}}}; teach it (ScopeWalk.Paths)");
                        return "1";
                }
            })!;
            yield return (path, subject);
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Queries(
        RouteTable.Route route,
        AreaVersion outside,
        Subject household,
        Subject person,
        bool searches
    )
    {
        yield return new("", "");
        yield return new("area", outside.Code.ToString("D12", CultureInfo.InvariantCulture));
        if (!searches)
            yield break;
        // Parameters that handlers read by hand stand in no route table: long runs guess at them.
        string[] guesses =
            Shared.Properties.Long ? ["q", "name", "head", "person", "number", "household"]
            : !route.Queries.Any() ? ["head"]
            : [];
        foreach (var name in guesses.Concat(route.Queries).Distinct().Except(["area"]))
        {
            var values = new[] { household.Name, household.Number!, person.Id.ToString(CultureInfo.InvariantCulture) };
            foreach (var value in values)
                yield return new(name, value);
        }
    }
}
