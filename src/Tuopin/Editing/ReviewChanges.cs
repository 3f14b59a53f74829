using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Editing;

/// <summary>An act that waits for somebody else to look at it. Who decides it is another than who proposed it: a constraint of the table.</summary>
public sealed class ProposedChange
{
    public long Id { get; set; }
    public long HouseholdId { get; set; }

    /// <summary>The act, as JSON.</summary>
    public required string Payload { get; set; }

    /// <summary>What it was to change, as it stood then, as JSON.</summary>
    public required string Differences { get; set; }

    /// <summary>The ID number of a new member, or a member's telephone number, encrypted.</summary>
    public byte[]? NumberCipher { get; set; }

    /// <summary>The role and the author it was proposed as.</summary>
    public short Role { get; set; }
    public required string Author { get; set; }
    public long ProposedBy { get; set; }
    public required string ProposedName { get; set; }
    public required string ProposedAt { get; set; }

    /// <summary>0 waits, 1 accepted, 2 refused.</summary>
    public short State { get; set; }
    public long? DecidedBy { get; set; }
    public string? DecidedName { get; set; }
    public string? DecidedAt { get; set; }
    public string? DecidedReason { get; set; }

    /// <summary>The change that wrote it.</summary>
    public long? WrittenBy { get; set; }
}

/// <summary>
/// <c>/reviews</c>: what villages and helpers propose, old and new side by side, accepted or refused by the township. Which acts wait is a parameter of the
/// packs (<c>review.*</c>), dated and by area; where there is none, they wait.
/// </summary>
public static class ReviewChanges
{
    public const int Shown = 100;

    /// <summary>Evidence of a proposal: for whoever sees its household.</summary>
    public static EvidenceSubject Evidence { get; } =
        new(
            "proposal",
            new("待审核变更", "proposed change"),
            (scope, day) =>
                $"a.part = 0 AND EXISTS (SELECT 1 FROM proposed_changes p JOIN household_list l ON l.household_id = p.household_id WHERE p.id = a.subject_id AND {scope.Households("l", AreaRange.Nation, day)})"
        );

    public static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <param name="Mine">Proposed by the reader, who cannot decide it.</param>
    public sealed record Proposal(
        long Id,
        long Household,
        string Number,
        string? Head,
        Act Act,
        IReadOnlyList<Difference> Differences,
        string Author,
        string ProposedName,
        string ProposedAt,
        short State,
        string? DecidedName,
        string? DecidedAt,
        string? DecidedReason,
        bool Mine
    );

    public sealed record Result(bool Decided, bool MayDecide, IReadOnlyList<Proposal> Proposals)
    {
        public Refusal? Refused { get; init; }
    }

    /// <summary>Whether an act of an editor waits.</summary>
    public static bool Waits(PackSet packs, Editor editor, Act act, DateOnly day) =>
        editor.Role is Role.Village or Role.Cadre
        && act.Rules(packs.Dictionary)
            .Any(rule =>
                !packs.Parameters.TryGetValue(rule, out var parameter)
                || parameter.InForce(editor.Household.AreaCode, parameter.IndexOn(new JudgingDay(day)))?.Value.Number != 0
            );

    /// <summary>Keeps an act for a review: it has been decided, so that it can be done; nothing of the household changes.</summary>
    public static long Propose(Writing writing, Plan plan, Pen pen)
    {
        var actor = writing.Installation.Actor;
        var id = writing.Connection.Number("SELECT coalesce(max(id), 0) + 1 FROM proposed_changes", writing.Transaction);
        writing.Execute(
            """
            INSERT INTO proposed_changes (id, household_id, payload, differences, number_cipher, role, author, proposed_by, proposed_name, proposed_at, state)
            VALUES (@id, @household, @payload, @differences, @cipher, @role, @author, @user, @name, @at, 0)
            """,
            new
            {
                id,
                household = writing.Household,
                payload = JsonSerializer.Serialize(writing.Act, Json),
                differences = JsonSerializer.Serialize(plan.Differences, Json),
                cipher = writing.Act switch
                {
                    AddMember.Adding adding => adding.NumberCipher,
                    NameMember.Naming naming => naming.PhoneCipher,
                    _ => null,
                },
                role = (short)writing.Editor.Role,
                author = writing.Editor.Author,
                user = actor.UserId,
                name = actor.Name,
                at = AuditLog.Stamp(writing.Installation.Clock),
            }
        );
        pen.Follow(writing.Installation, writing.Connection, writing.Transaction, writing.Tree, writing.WorkDate, writing.Household);
        AuditLog.Append(
            writing.Connection,
            writing.Transaction,
            writing.Installation.Clock,
            actor,
            "review.propose",
            string.Create(CultureInfo.InvariantCulture, $"proposal {id}: {writing.Act.Action}, {writing.Act.Reason}"),
            new("household", writing.Household)
        );
        return id;
    }

    public sealed record Reason(string? Why);

    public sealed record ToldDifference(string What, string Before, string After, string? Note);

    public sealed record Told(
        long Id,
        long Household,
        string Number,
        string Act,
        string Reason,
        DateOnly Day,
        string ProposedBy,
        string ProposedAt,
        string State,
        string? DecidedBy,
        string? DecidedReason,
        IReadOnlyList<ToldDifference> Differences
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reviews", Show).Needs(Permission.Edit);
        foreach (var accept in new[] { true, false })
        {
            var word = accept ? "accept" : "refuse";
            routes
                .MapPost(
                    "/reviews/{proposal:long}/" + word,
                    (ConsoleContext context, EvidenceSubjects subjects, HttpContext http, Pen pen, long proposal) =>
                        Post(context, subjects, http, pen, proposal, accept)
                )
                .Needs(Permission.Review);
            routes
                .MapPost(
                    Api.Root + "/reviews/{proposal:long}/" + word,
                    async (ConsoleContext context, HttpContext http, Pen pen, long proposal, Reason reason) =>
                    {
                        await Api.CheckWrite(http);
                        await Decide(context, pen, proposal, accept, reason.Why, http.RequestAborted);
                        await Api.Answer(http, Tell(Read(context, "p.id = @proposal", proposal).Single()));
                    }
                )
                .OfApi<Told>(
                    Permission.Review,
                    word + "-proposal",
                    accept ? "Accept a proposed change: it is written now" : "Refuse a proposed change, with a reason"
                );
        }
        routes
            .MapGet(
                Api.Root + "/reviews",
                (ConsoleContext context, HttpContext http, string? state) => Api.Answer(http, Handle(context, state).Proposals.Select(Tell).ToList())
            )
            .OfApi<IReadOnlyList<Told>>(Permission.Edit, "reviews", "Proposed changes of your area, old and new side by side")
            .Asks(("state", "open, which is the default, or decided"));
    }

    private static IResult Show(ConsoleContext context, EvidenceSubjects subjects, string? state) => Page(context, subjects, Handle(context, state));

    private static RazorComponentResult<Pages.ReviewsPage> Page(ConsoleContext context, EvidenceSubjects subjects, Result found) =>
        new(new { Found = found, Evidence = ShowEvidence.Of(context, subjects, (Evidence.Name, [.. found.Proposals.Select(p => p.Id)])) });

    public static Result Handle(ConsoleContext context, string? state)
    {
        var decided = state == "decided";
        return new(decided, context.Caller.May(Permission.Review), Read(context, decided ? "p.state <> 0" : "p.state = 0", null));
    }

    // A department sees the facts of its trade; proposals are of everything.
    private static List<Proposal> Read(ConsoleContext context, string where, long? proposal)
    {
        if (context.Caller.FieldsOf(Permission.Edit) is not null)
            return [];
        using var connection = context.Installation.Store.OpenReader();
        var scope = context.Caller.Scope(Permission.Edit).Households("l", AreaRange.Nation, context.Day);
        return
        [
            .. connection
                .Query<Stored>(
                    $"""
                    SELECT p.*, l.number, l.head_name FROM proposed_changes p
                    JOIN (SELECT DISTINCT l.household_id, l.number, l.head_name FROM household_list l WHERE {scope}) l ON l.household_id = p.household_id
                    WHERE {where} ORDER BY p.id DESC LIMIT {Shown}
                    """,
                    new { proposal }
                )
                .Select(s => new Proposal(
                    s.Id,
                    s.HouseholdId,
                    s.Number,
                    s.HeadName,
                    s.Act,
                    JsonSerializer.Deserialize<List<Difference>>(s.Differences, Json)!,
                    s.Author,
                    s.ProposedName,
                    s.ProposedAt,
                    s.State,
                    s.DecidedName,
                    s.DecidedAt,
                    s.DecidedReason,
                    s.ProposedBy == context.Caller.UserId
                )),
        ];
    }

    private sealed class Stored
    {
        public long Id { get; init; }
        public long HouseholdId { get; init; }
        public string Number { get; init; } = "";
        public string? HeadName { get; init; }
        public string Payload { get; init; } = "";
        public string Differences { get; init; } = "";
        public byte[]? NumberCipher { get; init; }
        public short Role { get; init; }
        public string Author { get; init; } = "";
        public long ProposedBy { get; init; }
        public string ProposedName { get; init; } = "";
        public string ProposedAt { get; init; } = "";
        public short State { get; init; }
        public string? DecidedName { get; init; }
        public string? DecidedAt { get; init; }
        public string? DecidedReason { get; init; }
        public long AreaCode { get; init; }

        public Act Act =>
            JsonSerializer.Deserialize<Act>(Payload, Json)! switch
            {
                AddMember.Adding adding => adding with { NumberCipher = NumberCipher },
                NameMember.Naming naming => naming with { PhoneCipher = NumberCipher },
                var act => act,
            };
    }

    private static async Task<IResult> Post(ConsoleContext context, EvidenceSubjects subjects, HttpContext http, Pen pen, long proposal, bool accept)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        try
        {
            await Decide(context, pen, proposal, accept, form["why"], http.RequestAborted);
            return Results.LocalRedirect("/reviews");
        }
        catch (Refusal refusal) when (refusal is not NotInScope)
        {
            var page = Page(context, subjects, Handle(context, null) with { Refused = refusal });
            page.StatusCode = refusal is WrongUsage ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict;
            return page;
        }
    }

    /// <summary>Decides a proposal under the write lock: of two reviewers one finds it decided.</summary>
    /// <exception cref="NotInScope"/>
    /// <exception cref="Refusal">review.decided, review.own, review.reason, edit.changed-since and whatever the act refuses.</exception>
    public static Task<long?> Decide(ConsoleContext context, Pen pen, long proposal, bool accept, string? why, CancellationToken stop)
    {
        var reason = (why ?? "").Trim();
        if (reason.Length > 200 || reason.Any(char.IsControl) || reason.Any(char.IsSurrogate) || (!accept && reason.Length < 2))
            throw new WrongUsage("review.reason", "退回时请写明原因（2 至 200 字）。Say why you refuse it, in 2 to 200 characters.");
        var caller = context.Caller;
        return pen.Write(
            (connection, transaction, tree, day) =>
            {
                var installation = context.Installation.As(caller.Actor);
                var number = DayNumber.Of(day);
                var stored =
                    connection.QueryFirstOrDefault<Stored>(
                        $"""
                        SELECT p.*, l.number, l.head_name, l.area_code FROM proposed_changes p JOIN household_list l ON l.household_id = p.household_id
                        WHERE p.id = @proposal AND {caller.Scope(Permission.Review).Households("l", AreaRange.Nation, number)}
                        """,
                        new { proposal },
                        transaction
                    ) ?? throw new NotInScope();
                if (stored.State != 0)
                    throw new Refusal("review.decided", "这项变更已由别人审核。Somebody else has decided this change.");
                if (stored.ProposedBy == caller.UserId)
                    throw new Refusal("review.own", "不能审核自己提交的变更。Nobody decides a change of one's own.");
                var written = accept ? Accept(installation, connection, transaction, tree, day, stored, pen) : null;
                connection.Execute(
                    "UPDATE proposed_changes SET state = @state, decided_by = @user, decided_name = @name, decided_at = @at, decided_reason = @reason, written_by = @written WHERE id = @proposal AND state = 0",
                    transaction,
                    new
                    {
                        proposal,
                        state = (short)(accept ? 1 : 2),
                        user = caller.UserId,
                        name = caller.Actor.Name,
                        at = AuditLog.Stamp(installation.Clock),
                        reason = reason.Length == 0 ? null : reason,
                        written,
                    }
                );
                pen.Follow(installation, connection, transaction, tree, day, stored.HouseholdId);
                AuditLog.Append(
                    connection,
                    transaction,
                    installation.Clock,
                    installation.Actor,
                    accept ? "review.accept" : "review.refuse",
                    string.Create(CultureInfo.InvariantCulture, $"proposal {proposal} of {stored.ProposedName}"),
                    new("household", stored.HouseholdId)
                );
                return written;
            },
            stop
        );
    }

    // Written as its author stated it, if it still changes what it was to change; else whoever proposed it looks again.
    private static long? Accept(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        Platform.Areas.AreaTree tree,
        DateOnly day,
        Stored stored,
        Pen pen
    )
    {
        var editor = new Editor(
            (Role)stored.Role,
            stored.Author,
            [stored.Author],
            new(stored.HouseholdId, stored.AreaCode, stored.Number, stored.HeadName)
        );
        var act = stored.Act with { Version = null };
        return pen.Perform(
            new(installation, connection, transaction, tree, day, editor, act),
            plan =>
            {
                if (JsonSerializer.Serialize(plan.Differences, Json) != stored.Differences)
                    throw new Refusal(
                        "review.overtaken",
                        "提交之后记录已变，请退回重报。The record has changed since it was proposed: refuse it, to be proposed anew.",
                        [.. plan.Differences.Select(d => $"{d.What.Zh}: {d.Before.Zh} → {d.After.Zh} / {d.What.En}: {d.Before.En} → {d.After.En}")]
                    );
            }
        ).Change;
    }

    private static Told Tell(Proposal p) =>
        new(
            p.Id,
            p.Household,
            p.Number,
            p.Act.Action,
            p.Act.Reason,
            p.Act.Day,
            p.ProposedName,
            p.ProposedAt,
            p.State switch
            {
                0 => "open",
                1 => "accepted",
                _ => "refused",
            },
            p.DecidedName,
            p.DecidedReason,
            [.. p.Differences.Select(d => new ToldDifference(d.What.Zh, d.Before.Zh, d.After.Zh, d.Note?.Zh))]
        );
}
