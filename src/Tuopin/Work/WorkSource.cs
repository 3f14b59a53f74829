using System.Data.Common;
using Tuopin.Platform;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Work;

/// <summary>When a source is asked what should be open.</summary>
/// <param name="Transaction">The one the items are written in; a source reads in it and writes nothing but temporary tables.</param>
/// <param name="Day">The work date, yyyyMMdd.</param>
public sealed record WorkAsk(Installation Installation, DbConnection Connection, DbTransaction Transaction, int Day)
{
    /// <summary>A select of keys of households, or null for everything: a source <see cref="WorkSource.OfHouseholds"/> then says what is open about those.</summary>
    public string? Households { get; init; }

    /// <summary>Villages (or townships, counties) that changed themselves, or that a household has left; those of the households need not be named.</summary>
    public IReadOnlyList<long> ChangedPlaces { get; init; } = [];

    /// <summary>A select of ids of places, given with <see cref="Households"/>: the villages of those households, <see cref="ChangedPlaces"/>, and all above them.</summary>
    public string? Places { get; init; }

    /// <summary>The values of <c>@households</c> and <c>@places</c>, for a source that looks before it says its select.</summary>
    public object? Keys { get; init; }

    /// <summary>The condition that a column is one of <see cref="Households"/>, to stand behind another; empty where everything is asked.</summary>
    public string Among(string column) => Households is { } ids ? $" AND {column} IN ({ids})" : "";

    /// <summary>The same for a column that is one of <see cref="Places"/>.</summary>
    public string AmongPlaces(string column) => Places is { } ids ? $" AND {column} IN ({ids})" : "";
}

/// <summary>
/// Where work comes from: a module says, in one select, what should be open now; <see cref="RefreshWork"/> opens what is new, keeps what changed up to date
/// and closes what is gone. A source is one kind of work. The module names its sources; the table of all of them is the host's (<c>Routes.WorkSources</c>).
/// </summary>
/// <param name="Kind">A key of code list work_kind, which says what it is called: gap, conflict, suspect, objection.</param>
/// <param name="Open">
/// The select, or null where nothing can be said now (nothing was judged yet): then what is open stays. Its columns, by name, all of them, none of another
/// type (<see cref="NoNumber"/>, <see cref="NoText"/> for what is not there):
/// <list type="bullet">
/// <item><c>source_key</c> text: what tells two items of the kind apart for good, <c>household/53032600000001/housing</c>; given once.</item>
/// <item><c>what</c> text: what <see cref="Tell"/> makes the title of: the id of an indicator, of a check.</item>
/// <item><c>subject</c> text and <c>subject_id</c> bigint: type in the dictionary (household, person, village...) or of the module's own (list), and key.</item>
/// <item><c>area_code</c> bigint: where it is, twelve digits: whose scope holds it.</item>
/// <item><c>department</c> text (code list department), <c>unit_id</c>, <c>post_id</c> bigint: whose it is; null each where that is nobody's.</item>
/// <item><c>due</c> integer: the last day, yyyyMMdd; null without one. A deadline that a person set stays.</item>
/// <item><c>stamp</c> text: null, or what a person's answer was about: with another stamp it is a new item.</item>
/// </list>
/// No parameters. Work narrows it to an area from outside (<c>area_code BETWEEN …</c>): no LIMIT, no window over it.
/// </param>
/// <param name="Tell">The title of an item by its <c>what</c>; text in both languages is made when it is shown and stored nowhere.</param>
public sealed record WorkSource(string Kind, Func<WorkAsk, string?> Open, Func<PackSet, string, Label> Tell)
{
    public const string NoNumber = "CAST(NULL AS bigint)";
    public const string NoText = "CAST(NULL AS text)";

    /// <summary>
    /// Whether a person's re-check may close what the source still reports: the answer then stands until the stamp is another or the source has stopped
    /// reporting it. Otherwise an item ends when what it is about has ended, and handing it in only says that it should have.
    /// </summary>
    public bool Answerable { get; init; }

    /// <summary>
    /// It is about households, their persons or places, and narrows itself to <see cref="WorkAsk.Households"/> and <see cref="WorkAsk.Places"/>: what an edit
    /// changes is open or closed in the transaction of the edit.
    /// </summary>
    public bool OfHouseholds { get; init; }

    /// <summary>Its select follows from the day, the packs and whether a judgement holds, and from nothing else that is held: it is made once for those.</summary>
    public bool Steady { get; init; }

    /// <summary>Where it is dealt with: a path of the console; by default the household or the place it is about.</summary>
    public Func<WorkItem, string?> Link { get; init; } = OfSubject;

    private static string? OfSubject(WorkItem item) =>
        item.Subject switch
        {
            "household" => FormattableString.Invariant($"/households/{item.SubjectId}"),
            "village" or "township" or "county" => FormattableString.Invariant($"/overview?area={item.AreaCode:D12}"),
            _ => null,
        };
}

/// <summary>Every source there is, by kind.</summary>
public sealed class WorkSources(IEnumerable<WorkSource> sources)
{
    private readonly Dictionary<string, WorkSource> byKind = sources.ToDictionary(s => s.Kind, StringComparer.Ordinal);

    public IEnumerable<WorkSource> All => byKind.Values;

    public WorkSource? Find(string kind) => byKind.GetValueOrDefault(kind);
}
