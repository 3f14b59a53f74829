using System.Collections.Immutable;
using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads procedures: names before steps, then the way through them, which leads from the first to the end and nowhere else.</summary>
internal sealed class ProcedureReader(FactDictionary dictionary, RuleCompiler compiler, Findings findings)
{
    private const string End = "end";
    private const string Before = "before";
    private readonly Register<Procedure> procedures = new("procedure", findings);
    private readonly List<(Procedure Procedure, Span Span)> read = [];

    public IEnumerable<Procedure> All => procedures.Items;

    public void Read(PackDocument document)
    {
        if (ReadOne(document) is not { } procedure)
            return;
        procedures.Add(FormattableString.Invariant($"{procedure.Id} version {procedure.Version}"), procedure, document.Root.Span, document.Folder);
        read.Add((procedure, document.Root.Span));
    }

    /// <summary>One version of a procedure is in force at a time; a family is about one kind of subject.</summary>
    public void Finish()
    {
        var held = read.Where(r => All.Contains(r.Procedure)).ToList();
        for (var i = 0; i < held.Count; i++)
        for (var j = 0; j < i; j++)
        {
            var (a, b) = (held[j].Procedure, held[i].Procedure);
            var together = a.InForce.From <= (b.InForce.To ?? DateOnly.MaxValue) && b.InForce.From <= (a.InForce.To ?? DateOnly.MaxValue);
            if (a.Id == b.Id && together && a.Area.Overlaps(b.Area))
                findings.Error(
                    held[i].Span,
                    FormattableString.Invariant(
                        $"versions {a.Version} and {b.Version} of {a.Id} are in force on the same day: give the older one an end"
                    )
                );
            if (a.Family == b.Family && a.Subject != b.Subject)
                findings.Error(
                    held[i].Span,
                    $"family '{a.Family}' is of lists of {a.Subject.Name} in {a.Id}: lists of {b.Subject.Name} need another family"
                );
        }
    }

    public Procedure? ReadOne(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, version, family) = (fields.Id("procedure"), fields.Int("version", 1, 9999), fields.Id("family"));
        var (subject, level) = (Subject.Read(fields, "subject", dictionary), fields.Choice<AreaLevel>("list_of"));
        var (title, area, force) = (fields.Label("title"), fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        var note = fields.Note();
        var parameters = Parameters(fields);
        var changes = Items(fields, "changes", "a change is a map of keys and values", m => Change(m, fields, subject));
        var places = new Dictionary<string, StepPlace>(StringComparer.Ordinal);
        var steps = Items(fields, "steps", "a step is a map of keys and values", m => Step(m, fields, parameters, places));
        var outcomes = Outcomes(fields, changes, steps);
        foreach (var narrow in steps.Where(s => s.Level > level))
            fields.Fail(
                places[narrow.Id].Step,
                $"step '{narrow.Id}' is for a {Fields.Underscored(narrow.Level.ToString())}, which does not hold the whole of a list of a {Fields.Underscored(level!.Value.ToString())}"
            );
        // What could not be read is no part of what follows: its fault has been told.
        var whole = steps.Count == fields.List("steps").Count;
        if (fields.List("changes").Count == 0 && fields.Has("changes"))
            fields.Fail("changes", "a procedure has at least one change");
        foreach (var twice in changes.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            fields.Fail("changes", $"change '{twice.Key}' stands twice");
        if (whole)
            Way(fields, steps, places);
        foreach (var unused in parameters.Keys.Where(p => whole && !steps.Any(s => s.Days?.Parameter == p || s.Due?.Within?.Parameter == p)))
            fields.Fail("parameters", $"no step counts by '{unused}'");
        if (!fields.Done())
            return null;
        return new(
            id!,
            version!.Value,
            family!,
            subject!,
            level!.Value,
            title!,
            area!.Value,
            force!.Value,
            status!.Value,
            source!,
            [.. parameters.Values],
            [.. changes],
            [.. steps],
            outcomes
        )
        {
            File = document.File.Shown,
            Hash = document.File.Hash,
            Note = note,
        };
    }

    private static List<T> Items<T>(Fields fields, string key, string wanted, Func<MapNode, T?> read, bool required = true)
        where T : class
    {
        var items = new List<T>();
        foreach (var node in fields.List(key, required))
            if (node is not MapNode map)
                fields.Fail(node.Span, wanted);
            else if (read(map) is { } item)
                items.Add(item);
        return items;
    }

    private SortedDictionary<string, ProcedureParameter> Parameters(Fields fields)
    {
        var found = new SortedDictionary<string, ProcedureParameter>(StringComparer.Ordinal);
        foreach (var (key, node) in fields.Map("parameters", required: false)?.Entries ?? [])
            if (node is not MapNode map)
                fields.Fail(node.Span, "a parameter is { label: .., min: .., max: .. }");
            else
            {
                var own = new Fields(map, findings);
                var (label, min, max) = (own.Label(), own.Int("min", 0, 366), own.Int("max", 1, 366));
                if (min > max)
                    own.Fail("max", "'max' is smaller than 'min'");
                if (!Fields.IsName(key.Value))
                    own.Fail(key.Span, $"'{key.Value}' must be a name of lower-case letters, digits and _");
                if (fields.Whole(own))
                    found[key.Value] = new(key.Value, label!, min!.Value, max!.Value);
            }
        return found;
    }

    private ProcedureChange? Change(MapNode map, Fields whole, SubjectType? subject)
    {
        var fields = new Fields(map, findings);
        var (id, title, needs) = (fields.Id("id"), fields.Label("title"), fields.Flag("needs_verdict"));
        var ofHouseholds = subject?.Name == "household";
        var takes = fields.Texts("takes");
        var (opens, closes) = (
            Monitoring(fields, "opens", "monitoring_kind", ofHouseholds),
            Monitoring(fields, "closes", "elimination_kind", ofHouseholds)
        );
        var becomes = fields.Text("becomes", required: ofHouseholds && !fields.Has("opens") && !fields.Has("closes"));
        // One statement asks for all conditions: they are over one variable.
        var household = ofHouseholds ? new Variable("household", subject!) : null;
        var conditions = Items(
            fields,
            "conditions",
            "a condition is { id: .., title: .., met: .. }",
            m => Condition(m, fields, household),
            required: false
        );
        if (subject is not null && !ofHouseholds && fields.Has("conditions"))
            fields.Fail("conditions", "conditions are of households: another subject has its verdict");
        if (new[] { becomes, opens, closes }.Count(c => c is not null) > 1)
            fields.Fail(map.Span, "a change has one of 'becomes', 'opens' and 'closes'");
        foreach (var twice in conditions.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            fields.Fail("conditions", $"condition '{twice.Key}' stands twice");
        var year = fields.Text("year_fact", required: false);
        if (ofHouseholds && takes.Length == 0)
            fields.Fail("takes", "'takes' names the statuses of households that may stand on the list");
        if (subject is not null && !ofHouseholds && (takes.Length > 0 || becomes is not null))
            fields.Fail(map.Span, $"only a household has a status: a change of {subject.Name} has no 'takes' or 'becomes'");
        if (subject is not null && !ofHouseholds && year is not null)
            Known(fields, "year_fact", $"whole number kept by registry year of a {subject.Name}", year, YearFactsOf(subject));
        if (ofHouseholds)
        {
            foreach (var key in takes)
                Known(fields, "takes", "status", key, Statuses);
            if (becomes is not (null or Before))
                Known(fields, "becomes", "status", becomes, [.. Statuses, Before]);
            if (year is not null)
                Known(fields, "year_fact", "fact of a status", year, YearFacts);
            if (becomes == Before && year is not null)
                fields.Fail("year_fact", "an episode that is taken back has no year");
        }
        return whole.Whole(fields)
            ? new(id!, title!, [.. takes], becomes == Before ? null : becomes, becomes == Before, year, needs)
            {
                Opens = opens,
                Closes = closes,
                Conditions = [.. conditions],
            }
            : null;
    }

    // An episode of monitoring stands beside the status: { monitoring: KEY }.
    private string? Monitoring(Fields fields, string key, string list, bool ofHouseholds)
    {
        if (fields.Map(key, required: false) is not { } map)
            return null;
        if (!ofHouseholds)
            fields.Fail(key, "only a household is monitored");
        var own = new Fields(map, findings);
        var kind = own.Text("monitoring");
        if (kind is not null)
            Known(
                own,
                "monitoring",
                "kind",
                kind,
                dictionary.CodeLists.TryGetValue(list, out var kinds) ? [.. kinds.Entries.Select(e => e.Key)] : []
            );
        return fields.Whole(own) ? kind : null;
    }

    private ProcedureCondition? Condition(MapNode map, Fields whole, Variable? household)
    {
        var fields = new Fields(map, findings);
        var (id, title, rule) = (fields.Id("id"), fields.Label("title"), fields.Rule("met"));
        var met = rule is null || household is null ? null : compiler.Compile(rule, household, Expectation.Condition, findings.All);
        return whole.Whole(fields) && met is not null ? new(id!, title!, household!, met) : null;
    }

    private IReadOnlyCollection<string> Statuses =>
        dictionary.CodeLists.TryGetValue("status_kind", out var list) ? [.. list.Entries.Select(e => e.Key)] : [];

    private IReadOnlyCollection<string> YearFacts =>
        dictionary.Subjects.TryGetValue("household_status", out var status)
            ? [.. status.Facts.Values.Where(f => f.Type.Kind == Model.Kind.Int).Select(f => f.Name)]
            : [];

    private static List<string> YearFactsOf(SubjectType place) =>
        [.. place.Facts.Values.Where(f => f is { Kept: Kept.RegistryYear, Type.Kind: Model.Kind.Int }).Select(f => f.Name)];

    private static void Known(Fields fields, string key, string what, string found, IReadOnlyCollection<string> known)
    {
        if (!known.Contains(found))
            fields.Fail(key, $"there is no {what} '{found}'{NearestName.Hint(found, known)}");
    }

    private sealed record StepPlace(Span Step, Span Next, Span Returns);

    private ProcedureStep? Step(
        MapNode map,
        Fields whole,
        SortedDictionary<string, ProcedureParameter> parameters,
        Dictionary<string, StepPlace> places
    )
    {
        var fields = new Fields(map, findings);
        var (id, kind, title) = (fields.Id("id"), fields.Choice<StepKind>("kind"), fields.Label("title"));
        var (role, level) = Who(fields);
        var next = fields.Text("next");
        var returns = fields.Text("returns_to", required: false);
        var refuses = fields.Flag("may_refuse");
        var inputs = Inputs(fields);
        var source = fields.Source(required: false);
        var days = Length(fields, "days", parameters, source, kind == StepKind.Publicity);
        var share = fields.Int("spot_check", 1, 100, required: false);
        if (share is not null && source is null)
            fields.Fail("spot_check", "a share is law: the step that has one names its source");
        var due = Due(fields, parameters, source);
        var shows = Shows(fields, kind);
        if (days is not null && kind is { } k && k != StepKind.Publicity)
            fields.Fail("days", "only a publicity hangs for days; 'due' says by when a step must be done");
        if (share is not null && kind is { } checks && checks is not (StepKind.Review or StepKind.Decide or StepKind.Verify))
            fields.Fail("spot_check", "only a review, a verification or a decision checks a share");
        if (id == End)
            fields.Fail("id", $"'{End}' is the end of the way and no step");
        if (id is not null && next is not null && !places.TryAdd(id, new(map.Span, SpanOf(map, "next"), SpanOf(map, "returns_to"))))
            fields.Fail("id", $"step '{id}' stands twice");
        if (!whole.Whole(fields))
            return null;
        return new(id!, kind!.Value, title!, role!.Value, level!.Value)
        {
            Next = next == End ? null : next,
            ReturnsTo = returns,
            MayRefuse = refuses,
            Days = days,
            SpotCheck = share,
            Due = due,
            Inputs = inputs,
            Source = source,
            Shows = shows,
        };
    }

    // A notice without a word of the procedure shows a masked name and the group.
    private static ImmutableArray<NoticeColumn> Shows(Fields fields, StepKind? kind)
    {
        var known = Enum.GetValues<NoticeColumn>().ToDictionary(v => Fields.Underscored(v.ToString()), StringComparer.Ordinal);
        var named = fields.Texts("shows");
        foreach (var name in named)
            Known(fields, "shows", "column of a notice", name, known.Keys);
        var found = named.Where(known.ContainsKey).Select(n => known[n]).ToList();
        if (found.Count > 0 && kind is { } k && k != StepKind.Publicity)
            fields.Fail("shows", "only a publicity shows anybody to the public");
        if (found.Distinct().Count() != found.Count)
            fields.Fail("shows", "a column of a notice stands twice");
        if (found.Contains(NoticeColumn.Name) && found.Contains(NoticeColumn.MaskedName))
            fields.Fail("shows", "a notice shows the name in full or masked, not both");
        return named.Length == 0 ? [NoticeColumn.MaskedName, NoticeColumn.Group] : [.. found];
    }

    private static Span SpanOf(MapNode map, string key) =>
        map.Entries.Where(e => e.Key.Value == key).Select(e => e.Value.Span).FirstOrDefault(map.Span);

    private (ActingRole? Role, AreaLevel? Level) Who(Fields fields)
    {
        if (fields.Map("who") is not { } map)
            return (null, null);
        var who = new Fields(map, findings);
        var (role, level) = (who.Choice<ActingRole>("role"), who.Choice<AreaLevel>("level"));
        if (level is AreaLevel.Nation or AreaLevel.Group)
            who.Fail("level", "who acts is of a village, township, county, city or province");
        return fields.Whole(who) ? (role, level) : (null, null);
    }

    private ImmutableArray<StepInput> Inputs(Fields fields)
    {
        var known = Enum.GetValues<StepInput>().ToDictionary(v => Fields.Underscored(v.ToString()), StringComparer.Ordinal);
        var found = new List<StepInput>();
        foreach (var name in fields.Texts("inputs"))
            if (known.TryGetValue(name, out var input))
                found.Add(input);
            else
                Known(fields, "inputs", "input", name, known.Keys);
        return [.. found.Distinct()];
    }

    // A count of days is law with a source, or it is the county's to set: nothing counts by a number from nowhere.
    private DayLength? Length(Fields fields, string key, SortedDictionary<string, ProcedureParameter> parameters, Source? source, bool required)
    {
        if (fields.Map(key, required) is not { } map)
            return null;
        var own = new Fields(map, findings);
        var found = Length(own, key, parameters, source);
        return fields.Whole(own) ? found : null;
    }

    private static DayLength? Length(Fields own, string key, SortedDictionary<string, ProcedureParameter> parameters, Source? source)
    {
        var (count, parameter) = (own.Int("count", 1, 366, required: false), own.Text("parameter", required: false));
        var counted = own.Choice<DayCount>("counted");
        if (count is null == parameter is null)
            own.Fail(own.Span, $"'{key}' has either a count or the parameter that the county sets");
        if (count is not null && source is null)
            own.Fail("count", "a count of days is law: the step that has one names its source, or takes a parameter that the county sets");
        if (parameter is not null && !parameters.ContainsKey(parameter))
            own.Fail("parameter", $"there is no parameter '{parameter}'{NearestName.Hint(parameter, parameters.Keys)}");
        return counted is null ? null : new(count, parameter, counted.Value);
    }

    private StepDeadline? Due(Fields fields, SortedDictionary<string, ProcedureParameter> parameters, Source? source)
    {
        if (fields.Map("due", required: false) is not { } map)
            return null;
        var own = new Fields(map, findings);
        var (by, lapses) = (own.Scalar("by", required: false), own.Flag("lapses"));
        var day = default(DateOnly);
        if (by is not null && !DateOnly.TryParseExact("2019-" + by.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            own.Fail(by.Span, $"'by' must be a day of the year as \"10-31\", found '{by.Value}'");
        if (by is not null && source is null)
            own.Fail(by.Span, "a day of the year is law: the step that has one names its source");
        var within = by is null ? Length(own, "due", parameters, source) : null;
        return fields.Whole(own) ? new(within, by is null ? null : day.Month, by is null ? null : day.Day, lapses) : null;
    }

    private ImmutableDictionary<OutcomeCause, Label> Outcomes(Fields fields, List<ProcedureChange> changes, List<ProcedureStep> steps)
    {
        var found = ImmutableDictionary.CreateBuilder<OutcomeCause, Label>();
        if (fields.Map("outcomes") is not { } map)
            return found.ToImmutable();
        var own = new Fields(map, findings);
        foreach (var cause in Enum.GetValues<OutcomeCause>())
            if (own.Has(Fields.Underscored(cause.ToString())) && own.Label(Fields.Underscored(cause.ToString())) is { } label)
                found[cause] = label;
        void Need(OutcomeCause cause, string why)
        {
            if (!own.Has(Fields.Underscored(cause.ToString())))
                own.Fail(map.Span, $"no outcome '{Fields.Underscored(cause.ToString())}': {why}");
        }
        Need(OutcomeCause.Passed, "what is it called to go through?");
        Need(OutcomeCause.Held, "anybody can be held back");
        if (changes.Exists(c => c.NeedsVerdict))
            Need(OutcomeCause.Unmet, "a change needs a verdict");
        else if (changes.Exists(c => c.Asks))
            Need(OutcomeCause.Unmet, "a change has conditions");
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Agree)
                Need(OutcomeCause.Refused, $"step '{step.Id}' asks whether they agree");
            if (step.Kind == StepKind.Publicity)
                Need(OutcomeCause.Objection, $"step '{step.Id}' hears objections");
            if (step.MayRefuse)
                Need(OutcomeCause.Rejected, $"step '{step.Id}' may refuse the list");
            if (step.Due is { Lapses: true })
                Need(OutcomeCause.Lapsed, $"step '{step.Id}' lapses");
        }
        fields.Whole(own);
        return found.ToImmutable();
    }

    /// <summary>The way: from the first step over every other to the end, back only by <c>returns_to</c>, with one decision.</summary>
    private static void Way(Fields fields, List<ProcedureStep> steps, Dictionary<string, StepPlace> places)
    {
        if (steps.Count == 0)
        {
            if (fields.Has("steps"))
                fields.Fail("steps", "a procedure has at least one step");
            return;
        }
        var byId = steps.ToDictionary(s => s.Id, StringComparer.Ordinal);
        var broken = false;
        foreach (var step in steps)
        {
            if (step.Next is { } next && !byId.ContainsKey(next))
            {
                fields.Fail(
                    places[step.Id].Next,
                    $"step '{step.Id}' leads to '{next}', which is no step: a dead end{NearestName.Hint(next, byId.Keys)}"
                );
                broken = true;
            }
            if (step.ReturnsTo is { } back && !byId.ContainsKey(back))
                fields.Fail(places[step.Id].Returns, $"there is no step '{back}' to return to{NearestName.Hint(back, byId.Keys)}");
        }
        if (broken)
            return;
        var way = new List<ProcedureStep>();
        for (var at = steps[0]; ; at = byId[at.Next!])
        {
            if (way.IndexOf(at) is >= 0 and var from)
            {
                var circle = string.Join(" -> ", way.Skip(from).Append(at).Select(s => s.Id));
                fields.Fail(places[way[^1].Id].Next, $"the way goes in a circle, {circle}: a way back is a 'returns_to'");
                return;
            }
            way.Add(at);
            if (at.Next is null)
                break;
        }
        foreach (var step in steps.Where(s => !way.Contains(s)))
            fields.Fail(places[step.Id].Step, $"no step leads to '{step.Id}'");
        foreach (var step in way.Where(s => s.ReturnsTo is { } back && byId.TryGetValue(back, out var to) && way.IndexOf(to) >= way.IndexOf(s)))
            fields.Fail(places[step.Id].Returns, $"step '{step.Id}' returns to '{step.ReturnsTo}', which does not lie before it");
        if (way[0].Kind != StepKind.Propose)
            fields.Fail(places[way[0].Id].Step, $"the first step puts the list together: '{way[0].Id}' must be of kind propose");
        foreach (var other in way.Skip(1).Where(s => s.Kind == StepKind.Propose))
            fields.Fail(places[other.Id].Step, $"'{other.Id}' is of kind propose: only the first step is");
        var decisions = way.Where(s => s.Kind == StepKind.Decide).ToList();
        if (decisions.Count != 1)
            fields.Fail("steps", FormattableString.Invariant($"a procedure has one step of kind decide, found {decisions.Count}"));
        else
            foreach (
                var late in way.Skip(way.IndexOf(decisions[0]) + 1)
                    .Where(s => s.Kind is not (StepKind.Announce or StepKind.File) || s.ReturnsTo is not null || s.MayRefuse || s.Due?.Lapses == true)
            )
                fields.Fail(
                    places[late.Id].Step,
                    $"'{late.Id}' comes after the decision: then a list is only announced and filed, and neither returns, refused nor lapsed"
                );
    }
}
