using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Explaining;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Overruled = System.Collections.Generic.IReadOnlyDictionary<(string Standard, string Indicator), Tuopin.Standards.Overrule>;

namespace Tuopin.Standards;

/// <summary>
/// <c>tuopin explain HOUSEHOLD</c>: each indicator with result, value, limit, the law behind the limit, the fact behind the value, who stated it and when; and with
/// <c>--steps</c> every step of the judgement.
/// </summary>
public static class ExplainHousehold
{
    public sealed record SourceShown(string Title, string? Number, string Grade);

    /// <summary>A member by name and number; never by ID number.</summary>
    public sealed record PersonShown(string Name, string Number);

    /// <summary>The import that brought a fact.</summary>
    public sealed record ImportShown(long Id, string File, long Rows, string Day);

    public sealed record FactShown(string Name, string? Value, string? StatedBy, string? Date, PersonShown? Person, ImportShown? Import);

    /// <summary>A person's word over what the facts come to.</summary>
    /// <param name="Computed">What the facts alone come to.</param>
    public sealed record OverruleShown(
        long Id,
        string Computed,
        string Reason,
        string Evidence,
        string AskedBy,
        string ConfirmedBy,
        string First,
        string Last
    )
    {
        public static OverruleShown Of(Overrule held, string computed) =>
            new(
                held.Id,
                computed,
                held.Reason,
                held.Evidence,
                held.AskedName,
                held.DecidedName ?? "",
                DayText.Of(DayNumber.ToDate(held.FirstDay)),
                DayText.Of(DayNumber.ToDate(held.LastDay))
            );
    }

    /// <param name="Result">What counts: overruled, where somebody overruled it.</param>
    public sealed record IndicatorShown(
        string Id,
        string Title,
        string Result,
        string? Value,
        string? Limit,
        string? Unit,
        SourceShown? Source,
        FactShown? Fact,
        IReadOnlyList<PersonShown> Persons,
        IReadOnlyList<string> Unknown,
        string? Steps,
        OverruleShown? Overruled
    );

    public sealed record StandardShown(
        string Id,
        string Title,
        PackStatus Status,
        string Result,
        bool Decides,
        IReadOnlyList<IndicatorShown> Indicators
    );

    public sealed record Report(
        string Household,
        string? Head,
        string Village,
        string? Status,
        int Members,
        string AsOf,
        IReadOnlyList<StandardShown> Standards,
        bool Invented
    );

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
        var village = AreaTree.Load(connection, day.Date);
        var covers = $"household_id = {held.Id} AND from_day <= {day.Number} AND (to_day IS NULL OR to_day > {day.Number})";
        var status = connection.QueryFirstOrDefault<int?>($"SELECT kind FROM household_statuses WHERE {covers}");
        return new(
            held.Number,
            held.HeadName,
            village.ById(held.VillageId) is { } place ? village.Path(place) : "",
            status is { } kind ? installation.Packs.Dictionary.CodeLists["status_kind"].Find(kind)?.Label.Zh : null,
            (int)connection.Number($"SELECT count(*) FROM memberships WHERE {covers}"),
            day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Explain(connection, installation.Packs, held.Id, held.AreaCode, day, new() { Steps = steps, Named = true }),
            Installation.Setting(connection, "invented") == "yes"
        );
    }

    /// <summary>How to explain: from which tables, to whom, in which language.</summary>
    public sealed record Manner
    {
        /// <summary>What stands in FROM for a table; null for the record as it is.</summary>
        public Func<string, string>? Table { get; init; }

        /// <summary>The indicators shown; null for all.</summary>
        public Func<Indicator, bool>? Sees { get; init; }
        public Tongue Tongue { get; init; }
        public bool Steps { get; init; }

        /// <summary>Internal names stand behind what people call a fact: for the command line.</summary>
        public bool Named { get; init; }

        /// <summary>Facts and their authors for the deciding standard alone; the others show results.</summary>
        public bool AuthorsOfDecidingOnly { get; init; }
    }

    /// <summary>The verdicts of one household under every standard in force for it on the day, the deciding one first.</summary>
    public static IReadOnlyList<StandardShown> Explain(
        DbConnection connection,
        PackSet packs,
        long householdId,
        long areaCode,
        JudgingDay day,
        Manner manner
    )
    {
        var standards = Judging
            .InForce(packs.Standards, new AreaRange(areaCode, areaCode), day.Date)
            .Where(s => s.Level.Name == "household")
            .ToList();
        var rules = standards.SelectMany(s => s.Indicators).SelectMany(i => new[] { i.Met, i.ExemptWhen, i.Value, i.Limit }).OfType<Expr>();
        // Stored verdicts are those of the record as it is.
        var inForce = manner.Table is null ? Judging.InForce(packs.Standards, new AreaRange(areaCode, areaCode), day.Date) : [];
        var tree = SubjectTree.Load(
            connection,
            day,
            packs.Dictionary["household"],
            householdId,
            rules,
            manner.Table,
            id => inForce.FirstOrDefault(s => s.Id == id) is { } read ? StandardVersions.Of(connection, null, packs, read, store: false) : null
        );
        var authors = new Authors(connection, packs.Dictionary, tree, day, manner.Tongue);
        var overruled = Overruling.Of(connection, "household", householdId, day.Number, manner.Table);
        var explained = standards.Select(s => Judge(tree.Root, s, day, overruled)).ToList();
        return
        [
            .. explained
                .OrderBy(e => e.Standard.Area.Width)
                .Select((e, i) => Show(e, i == 0, i == 0 || !manner.AuthorsOfDecidingOnly ? authors : null, manner, overruled)),
        ];
    }

    // Standards stand in the order in which they read each other: what nothing stored says, the ones before have found.
    private static Explanation Judge(SubjectNode household, Standard standard, JudgingDay day, Overruled overruled)
    {
        var explanation = household.Explain(standard, day);
        foreach (var indicator in explanation.Indicators)
            if (overruled.GetValueOrDefault((standard.Id, indicator.Indicator.Id))?.Met is { } word)
                household.Verdicts.TryAdd((standard.Id, indicator.Indicator.Id), word);
            else if (indicator.Result != IndicatorResult.Unknown)
                household.Verdicts.TryAdd((standard.Id, indicator.Indicator.Id), indicator.Result != IndicatorResult.Unmet);
        return explanation;
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

    private static StandardShown Show(Explanation explanation, bool decides, Authors? authors, Manner manner, Overruled overruled)
    {
        var shown = explanation
            .Indicators.Where(i => !i.Indicator.Retired && (manner.Sees?.Invoke(i.Indicator) ?? true))
            .Select(i => Show(i, authors, manner, overruled.GetValueOrDefault((explanation.Standard.Id, i.Indicator.Id))))
            .ToList();
        var result =
            shown.Any(i => i.Result == "unmet") ? "unmet"
            : shown.Any(i => i.Result == "unknown") ? "unknown"
            : "met";
        var s = explanation.Standard;
        return new(s.Id, Text(s.Title, manner), s.Status, result, decides, shown);
    }

    private static IndicatorShown Show(IndicatorExplanation explained, Authors? authors, Manner manner, Overrule? overruled)
    {
        var computed = explained.Result.ToString().ToLowerInvariant();
        var i = explained.Indicator;
        var value = explained.Value is { Outcome.Known: true } v ? ValueText.Of(v, explained.Limit, manner.Tongue) : null;
        var limit = explained.Limit is { Outcome.Known: true } l ? ValueText.Of(l, manner.Tongue) : null;
        // The law behind the limit is the parameter's entry where the limit is a dated number, else the text of the indicator.
        var law = explained.Limit?.Laws().Select(t => t.Law).FirstOrDefault(x => x is not null)?.Source ?? i.Source;
        return new(
            i.Id,
            Text(i.Title, manner),
            overruled is null ? computed
                : overruled.Met ? "met"
                : "unmet",
            value,
            limit,
            i.Unit,
            new(Text(law.Shown(), manner), law.Number, law.Grade),
            authors?.Behind(explained),
            [
                .. explained
                    .Deciding.Where(t => ((Aggregate)t.Expr).Item.Type.Name == "person")
                    .Select(t => authors?.Person(t.SubjectId))
                    .OfType<PersonShown>(),
            ],
            MissingFacts.Of(explained, id => authors?.Person(id)?.Name, manner.Tongue, manner.Named),
            manner.Steps && explained.Test is { } test ? TraceText.Of(test) : null,
            overruled is null ? null : OverruleShown.Of(overruled, computed)
        );
    }

    private static string Text(Label label, Manner manner) => manner.Tongue == Tongue.Zh ? label.Zh : label.En;
}
