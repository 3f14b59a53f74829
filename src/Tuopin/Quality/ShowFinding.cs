using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Tuopin.Evidence;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Quality;

/// <summary><c>/checks/findings/{finding}</c>: one finding: value, rule and source, what people said of it, photos and papers, and the acts.</summary>
public static class ShowFinding
{
    /// <summary>What a finding was from a change on.</summary>
    public sealed record Past(string At, string Actor, string Text, string? Reason);

    public sealed record Result(
        ListFindings.Row Row,
        IReadOnlyList<Past> History,
        IReadOnlyList<Attachment> Held,
        bool MayAnswer,
        bool MayConfirm,
        bool MayWithdraw,
        bool SameRule
    )
    {
        public Refusal? Refused { get; init; }
        public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>Evidence of a finding: for whoever sees the finding.</summary>
    public static EvidenceSubject Evidence { get; } =
        new(
            "finding",
            new("核查问题", "finding"),
            (scope, day) =>
                $"a.part = 0 AND EXISTS (SELECT 1 FROM findings f WHERE f.id = a.subject_id AND {Findings.Within(scope, AreaRange.Nation, day)})"
        );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/checks/findings/{finding:long}",
                IResult (ConsoleContext context, EvidenceSubjects subjects, long finding) =>
                    new RazorComponentResult<Pages.FindingPage>(new { Found = Handle(context, subjects, finding) })
            )
            .Needs(Permission.ViewFindings);
        routes
            .MapGet(
                Api.Root + "/checks/findings/{finding:long}",
                (ConsoleContext context, HttpContext http, long finding) => Api.Answer(http, ListFindings.Tell(Find(context, finding)))
            )
            .OfApi<ListFindings.Told>(Permission.ViewFindings, "finding", "One finding of a data check");
    }

    /// <exception cref="NotInScope"/>
    public static ListFindings.Row Find(ConsoleContext context, long id) =>
        ListFindings.Read(ListFindings.Reading.Of(context), AreaRange.Nation, new(null, "all", "any", null), 1, [id]) is [var row]
            ? row
            : throw new NotInScope();

    /// <exception cref="NotInScope"/>
    public static Result Handle(ConsoleContext context, EvidenceSubjects subjects, long id)
    {
        var row = Find(context, id);
        var (f, caller) = (row.Held, context.Caller);
        bool Reaches(Permission permission) =>
            caller.May(permission)
            && context.Reader.ExecuteScalar<long>(
                $"SELECT count(*) FROM findings f WHERE f.id = @id AND {Findings.Within(caller.Scope(permission), AreaRange.Nation, context.Day)}",
                new { id }
            ) > 0;
        return new(
            row,
            History(context, id),
            ShowEvidence.Of(context, subjects, (Evidence.Name, [id])),
            row.Standing is "waiting" or "true" or "false" && Reaches(Permission.VerifyFinding),
            row.Standing == "asked" && f.AnsweredBy != caller.UserId && Reaches(Permission.ConfirmExemption),
            row.Standing == "asked" && f.AnsweredBy == caller.UserId,
            row.Check?.Hash == f.RuleHash
        );
    }

    private static List<Past> History(ConsoleContext context, long id)
    {
        var (L, day) = (context.L, context.Day);
        const string Columns =
            "f.id, f.check_id, f.rule_hash, f.pack_hash, f.subject, f.subject_id, f.household_id, f.area_code, f.hard, f.evidence, f.state, f.raised_day, f.deadline, f.answered_day, f.answered_by, f.answered_name, f.reason, f.result, f.last_day, f.confirmed_by, f.confirmed_name, f.cleared_day, f.carried_out, f.change_id";
        var versions = context
            .Reader.Query<Finding>(
                $"SELECT {Columns} FROM findings f WHERE f.id = @id UNION ALL SELECT {Columns} FROM findings_history f WHERE f.id = @id ORDER BY change_id DESC",
                new { id }
            )
            .ToList();
        var changes = context
            .Reader.Query<(long Id, string At, string Actor)>(
                $"SELECT id, at, actor FROM changes WHERE id IN ({string.Join(", ", versions.Select(v => v.ChangeId))})"
            )
            .ToDictionary(c => c.Id);
        var check = context.Installation.Packs.Checks.FirstOrDefault(c => c.Id == versions[0].CheckId);
        return
        [
            .. versions.Select(v =>
            {
                // As of its own time an exemption had not ended.
                var standing = Findings.StandingOf(v, Math.Min(day, v.LastDay ?? day));
                var value = Findings.Shown(check, v.Evidence, L);
                var result = v.Result is { } r && standing == "true" ? $" · {L[Findings.Words((FindingResult)r)]}" : "";
                var until = v.LastDay is { } last ? $" · {L["至", "until"]} {DayText.Of(DayNumber.ToDate(last))}" : "";
                var change = changes.GetValueOrDefault(v.ChangeId);
                return new Past(
                    change.At,
                    change.Actor ?? "",
                    $"{L[Findings.Words(standing)]}{result}{until}{(value.Length > 0 ? $" · {value}" : "")}",
                    standing is "waiting" or "cleared" ? null : v.Reason
                );
            }),
        ];
    }
}
