using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin explain HOUSEHOLD</c>: each indicator with result, value, limit, the law behind the limit, the fact behind the value, who stated it and when; and with
/// <c>--steps</c> every step of the judgement.
/// </summary>
public static class ExplainHousehold
{
    public sealed record SourceShown(string Title, string? Number, string Grade);

    public sealed record FactShown(string Name, string? Value, string? StatedBy, string? Date);

    public sealed record IndicatorShown(
        string Id,
        string Title,
        string Result,
        string? Value,
        string? Limit,
        string? Unit,
        SourceShown? Source,
        FactShown? Fact,
        IReadOnlyList<string> Unknown,
        string? Steps
    );

    public sealed record StandardShown(
        string Id,
        string Title,
        PackStatus Status,
        string Result,
        bool Decides,
        IReadOnlyList<IndicatorShown> Indicators
    );

    public sealed record Report(string Household, string? Head, string Village, string AsOf, IReadOnlyList<StandardShown> Standards, bool Invented);

    public static Command Command(Shell shell)
    {
        var household = new Argument<string>("HOUSEHOLD") { Description = "our key, the national household number or the provisional number" };
        var asOf = AreaArgument.AsOf();
        var steps = new Option<bool>("--steps") { Description = "show every step" };
        var command = new Command("explain", "explain the verdicts of one household") { household, asOf, steps };
        command.SetAction(
            shell.Run(parsed =>
            {
                var report = Handle(shell.Open(parsed), parsed.GetValue(household)!, AreaArgument.Day(parsed.GetValue(asOf)), parsed.GetValue(steps));
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    ExplainReport.Print(shell.Output, report);
            })
        );
        return command;
    }

    /// <exception cref="Refusal">household.unknown; household.id-number: an ID number is never a command argument.</exception>
    public static Report Handle(Installation installation, string number, DateOnly? asOf, bool steps = false)
    {
        // It would stand in the shell's history and in the process list.
        if (IsIdNumber(number))
            throw new Refusal("household.id-number", "an ID number is never given on the command line; use the household number");
        using var connection = installation.Store.Open();
        var held =
            connection.QueryFirstOrDefault<Held>(
                "SELECT id, area_code, village_id, head_name, coalesce(national_no, provisional_no, CAST(id AS text)) AS number FROM households WHERE national_no = @number OR provisional_no = @number OR id = @id",
                new { number, id = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1 }
            ) ?? throw new Refusal("household.unknown", $"no household has the number '{number}'");
        var day = new JudgingDay(asOf ?? installation.WorkDate);
        var standards = Judging
            .InForce(installation.Packs.Standards, new AreaRange(held.AreaCode, held.AreaCode), day.Date)
            .Where(s => s.Level.Name == "household")
            .OrderBy(s => s.Area.Width)
            .ToList();
        var rules = standards.SelectMany(s => s.Indicators).SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit }).OfType<Expr>();
        var tree = SubjectTree.Load(connection, day, installation.Packs.Dictionary["household"], held.Id, rules);
        var authors = new Authors(connection, installation.Packs.Dictionary, tree, day);
        var village = AreaTree.Load(connection, day.Date);
        return new(
            held.Number,
            held.HeadName,
            village.ById(held.VillageId) is { } place ? village.Path(place) : "",
            day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            [.. standards.Select((s, i) => Show(tree.Root.Explain(s, day), i == 0, authors, steps))],
            Installation.Setting(connection, "invented") == "yes"
        );
    }

    private sealed class Held
    {
        public long Id { get; init; }
        public long AreaCode { get; init; }
        public long VillageId { get; init; }
        public string? HeadName { get; init; }
        public string Number { get; init; } = "";
    }

    private static bool IsIdNumber(string text) =>
        Registry.IdentityNumber.Read(text) is { Kind: Registry.IdentityKind.Citizen or Registry.IdentityKind.Disability, ChecksumOk: true };

    private static StandardShown Show(Explanation explanation, bool decides, Authors authors, bool steps)
    {
        var shown = explanation.Indicators.Where(i => !i.Indicator.Retired).Select(i => Show(i, authors, steps)).ToList();
        var result =
            shown.Any(i => i.Result == "unmet") ? "unmet"
            : shown.Any(i => i.Result == "unknown") ? "unknown"
            : "met";
        var s = explanation.Standard;
        return new(s.Id, s.Title.Zh, s.Status, result, decides, shown);
    }

    private static IndicatorShown Show(IndicatorExplanation explained, Authors authors, bool steps)
    {
        var i = explained.Indicator;
        var value = explained.Value is { Outcome.Known: true } v ? ValueText.Of(v, explained.Limit) : null;
        var limit = explained.Limit is { Outcome.Known: true } l ? ValueText.Of(l) : null;
        // The law behind the limit is the parameter's entry where the limit is a dated number, else the text of the indicator.
        var law = explained.Limit?.Laws().Select(t => t.Law).FirstOrDefault(x => x is not null)?.Source ?? i.Source;
        return new(
            i.Id,
            i.Title.Zh,
            explained.Result.ToString().ToLowerInvariant(),
            value,
            limit,
            i.Unit,
            new(law.Title, law.Number, law.Grade),
            authors.Behind(explained),
            [.. explained.Causes.Select(c => c.Text).Distinct().Take(6)],
            steps && explained.Test is { } test ? TraceText.Of(test) : null
        );
    }
}
