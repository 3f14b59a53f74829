using System.Globalization;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;

namespace Tuopin.Rules.Packs;

/// <summary>Reads rounds: stages one after the other in one year, and outcomes of which the register can tell which is meant.</summary>
internal sealed class RoundReader(FactDictionary dictionary, Findings findings)
{
    private readonly Register<Round> rounds = new("round", findings);

    public IEnumerable<Round> All => rounds.Items;

    public void Read(PackDocument document)
    {
        if (ReadOne(document) is { } round)
            rounds.Add(FormattableString.Invariant($"{round.Id} version {round.Version}"), round, document.Root.Span, document.Folder);
    }

    /// <summary>One version of a round is in force at a time.</summary>
    public void Finish(IReadOnlyList<PackDocument> documents)
    {
        var held = All.ToList();
        for (var i = 0; i < held.Count; i++)
        for (var j = 0; j < i; j++)
        {
            var (a, b) = (held[j], held[i]);
            var together = a.InForce.From <= (b.InForce.To ?? DateOnly.MaxValue) && b.InForce.From <= (a.InForce.To ?? DateOnly.MaxValue);
            if (a.Id == b.Id && together && a.Area.Overlaps(b.Area))
                findings.Error(
                    documents.First(d => d.File.Hash == b.Hash).Root.Span,
                    FormattableString.Invariant(
                        $"versions {a.Version} and {b.Version} of {a.Id} are in force on the same day: give the older one an end"
                    )
                );
        }
    }

    public Round? ReadOne(PackDocument document)
    {
        var fields = new Fields(document.Root, findings);
        var (id, version) = (fields.Id("round"), fields.Int("version", 1, 9999));
        var (title, area, force) = (fields.Label("title"), fields.Area(), fields.Validity());
        var source = fields.Source();
        var status = fields.Status(source);
        var note = fields.Note();
        var freezes = fields.Has("freezes") && fields.Map("freezes") is { } frozen ? Freeze(frozen, fields) : null;
        var ofPlaces = fields.Has("freezes");
        if (ofPlaces && (fields.Has("covers") || fields.Has("outcomes")))
            fields.Fail("freezes", "a round that freezes a year goes over places, which confirm it: it has no 'covers' and no 'outcomes'");
        string[] covers = ofPlaces && !fields.Has("covers") ? [] : fields.Texts("covers");
        if (covers.Length == 0 && !ofPlaces)
            fields.Fail("covers", "'covers' names the statuses of the households on the opening list");
        foreach (var key in covers)
            Known(fields, "covers", key);
        var stages = Items(fields, "stages", "a stage is a map of keys and values", m => Stage(m, fields));
        List<RoundOutcome> outcomes =
            ofPlaces && !fields.Has("outcomes")
                ? []
                : Items(fields, "outcomes", "an outcome is a map of keys and values", m => Outcome(m, fields, covers));
        Order(fields, stages);
        Tell(fields, covers, outcomes);
        if (!fields.Done())
            return null;
        return new(id!, version!.Value, title!, area!.Value, force!.Value, status!.Value, source!, [.. covers], [.. stages], [.. outcomes])
        {
            File = document.File.Shown,
            Hash = document.File.Hash,
            Note = note,
            Freezes = freezes,
        };
    }

    private RoundFreeze? Freeze(MapNode map, Fields whole)
    {
        var fields = new Fields(map, findings);
        var (places, report) = (fields.Text("places"), fields.Text("report"));
        short? level = places switch
        {
            "townships" => 4,
            "villages" => 5,
            _ => null,
        };
        if (level is null && places is not null)
            fields.Fail("places", $"'places' are townships or villages, found '{places}'");
        return whole.Whole(fields) && level is { } known && report is not null ? new(known, report) : null;
    }

    private static List<T> Items<T>(Fields fields, string key, string wanted, Func<MapNode, T?> read)
        where T : class
    {
        var items = new List<T>();
        foreach (var node in fields.List(key))
            if (node is not MapNode map)
                fields.Fail(node.Span, wanted);
            else if (read(map) is { } item)
                items.Add(item);
        return items;
    }

    private RoundStage? Stage(MapNode map, Fields whole)
    {
        var fields = new Fields(map, findings);
        var (id, title, from, to) = (fields.Id("id"), fields.Label("title"), MonthDay(fields, "from"), MonthDay(fields, "to"));
        var who = new List<ActingRole>();
        foreach (var role in fields.Texts("who"))
            if (Enum.GetValues<ActingRole>().ToDictionary(r => Fields.Underscored(r.ToString())).TryGetValue(role, out var known))
                who.Add(known);
            else
                fields.Fail("who", $"'who' names roles of the console, found '{role}'");
        if (from > to)
            fields.Fail("to", "'to' lies before 'from': a round is of one year");
        var source = fields.Source(required: false);
        return whole.Whole(fields) ? new(id!, title!, from!.Value, to!.Value, [.. who], source) : null;
    }

    private static int? MonthDay(Fields fields, string key)
    {
        if (fields.Scalar(key) is not { } scalar)
            return null;
        // 29 February is no day of every year.
        if (DateOnly.TryParseExact($"2001-{scalar.Value}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day.Month * 100 + day.Day;
        fields.Fail(scalar.Span, $"'{key}' must be a day of every year as \"10-01\", found '{scalar.Value}'");
        return null;
    }

    private RoundOutcome? Outcome(MapNode map, Fields whole, string[] covers)
    {
        var fields = new Fields(map, findings);
        var (id, title, from, becomes) = (fields.Id("id"), fields.Label("title"), fields.Texts("from"), fields.Text("becomes"));
        var same = becomes == "same";
        foreach (var key in from.Where(k => !covers.Contains(k)))
            fields.Fail("from", $"'{key}' is not on the opening list{NearestName.Hint(key, covers)}");
        if (becomes is not null && !same)
            Known(fields, "becomes", becomes);
        if (from.Length == 0 && (same || (becomes is not null && !covers.Contains(becomes))))
            fields.Fail("becomes", "without 'from' it is of households taken in: 'becomes' is a status that the round covers");
        return whole.Whole(fields) ? new(id!, title!, [.. from], same ? null : becomes) : null;
    }

    private static void Order(Fields fields, List<RoundStage> stages)
    {
        if (fields.Has("stages") && fields.List("stages").Count == 0)
            fields.Fail("stages", "a round has at least one stage");
        foreach (var twice in stages.GroupBy(s => s.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            fields.Fail("stages", $"stage '{twice.Key}' stands twice");
        foreach (var (before, after) in stages.Zip(stages.Skip(1)))
            if (after.From <= before.To)
                fields.Fail("stages", $"stage '{after.Id}' begins before '{before.Id}' has ended");
    }

    // A change of status means one outcome; staying as it was may mean several, which people tell apart.
    private static void Tell(Fields fields, string[] covers, List<RoundOutcome> outcomes)
    {
        foreach (var twice in outcomes.GroupBy(o => o.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            fields.Fail("outcomes", $"outcome '{twice.Key}' stands twice");
        var changes = outcomes.Where(o => o.Becomes is not null).SelectMany(o => o.From.DefaultIfEmpty("").Select(f => (From: f, o.Becomes, o.Id)));
        foreach (var both in changes.GroupBy(c => (c.From, c.Becomes)).Where(g => g.Count() > 1))
            fields.Fail(
                "outcomes",
                $"'{both.First().Id}' and '{both.Last().Id}' are the same change of status: the register cannot tell which is meant"
            );
        foreach (var key in covers.Where(c => outcomes.Count > 0 && !outcomes.Exists(o => o.Becomes is null && o.From.Contains(c))))
            fields.Fail("outcomes", $"no outcome leaves a household with status '{key}' as it was");
    }

    private void Known(Fields fields, string key, string found)
    {
        string[] known = dictionary.CodeLists.TryGetValue("status_kind", out var list) ? [.. list.Entries.Select(e => e.Key)] : [];
        if (!known.Contains(found))
            fields.Fail(key, $"there is no status '{found}'{NearestName.Hint(found, known)}");
    }
}
