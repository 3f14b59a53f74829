using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>The moment a figure is asked for: the effective day, and what was recorded by then.</summary>
/// <param name="KnownAt">The last change that counts; null for all that is recorded.</param>
public sealed record FigureMoment(DateOnly Day, long? KnownAt = null);

/// <summary>
/// Figures of areas at a moment. What is kept is read (tallies of the judged day, verdict counts of the judgement of the moment); all else is counted, in
/// one statement for each subject type and day whatever the number of figures and areas; formulas follow exactly from these.
/// </summary>
public sealed class FigureValues
{
    private static readonly long[] Widths = [1_000_000_000_000, 10_000_000_000, 100_000_000, 1_000_000, 1_000, 1];

    private readonly Installation installation;
    private readonly DbConnection connection;
    private readonly IReadOnlyCollection<AreaVersion> areas;
    private readonly Dictionary<(Figure Figure, DateOnly Day), Dictionary<long, FigureValue>> counted = [];
    private readonly Dictionary<Figure, bool> hidden = [];
    private readonly Dictionary<DateOnly, bool> kept = [];
    private readonly Dictionary<DateOnly, JudgedMoment?> judged = [];
    private readonly IReadOnlySet<string>? departments;

    private FigureValues(
        Installation installation,
        DbConnection connection,
        IReadOnlyCollection<AreaVersion> areas,
        FigureMoment moment,
        IReadOnlySet<string>? departments
    )
    {
        (this.installation, this.connection, this.areas, Moment, this.departments) = (installation, connection, areas, moment, departments);
    }

    public FigureMoment Moment { get; }

    // Whether the tallies of the work date may be read instead of counted.
    private bool KeptOn(DateOnly day) =>
        kept.TryGetValue(day, out var fresh)
            ? fresh
            : kept[day] = Moment.KnownAt is null && JudgedState.Of(installation, connection, DayNumber.Of(day)) == Freshness.Fresh;

    // The judgement that verdicts are read from; null where there is none that stands on all that counts.
    private JudgedMoment? JudgedOn(DateOnly day)
    {
        if (judged.TryGetValue(day, out var found))
            return found;
        found = JudgedMoment.Find(installation, connection, Around(areas), day, Moment.KnownAt);
        if (found is { Freshness: not Freshness.Fresh })
        {
            found.Dispose();
            found = null;
        }
        return judged[day] = found;
    }

    /// <summary>Computes figures, with all they are made of, for areas of one installation.</summary>
    /// <param name="areas">Down to villages, of the tree of the day.</param>
    /// <param name="departments">The trades whose facts alone may be told; null for all.</param>
    public static FigureValues Of(
        Installation installation,
        DbConnection connection,
        IEnumerable<Figure> figures,
        IReadOnlyCollection<AreaVersion> areas,
        FigureMoment moment,
        IReadOnlySet<string>? departments = null
    ) => OfDays(installation, connection, figures.Select(f => (f, moment.Day)), areas, moment, departments);

    /// <summary>Computes figures of several days as they were known at the moment: what several of them count on one day is counted once.</summary>
    /// <param name="areas">Down to villages, of a tree that all the days share.</param>
    public static FigureValues OfDays(
        Installation installation,
        DbConnection connection,
        IEnumerable<(Figure Figure, DateOnly Day)> figures,
        IReadOnlyCollection<AreaVersion> areas,
        FigureMoment moment,
        IReadOnlySet<string>? departments = null
    )
    {
        var values = new FigureValues(installation, connection, areas, moment, departments);
        var needed = new HashSet<(Figure Figure, DateOnly Day)>();
        foreach (var (figure, day) in figures)
            if (!values.Hides(figure))
                Need(figure, day, needed);
        try
        {
            values.Read(needed);
        }
        finally
        {
            foreach (var judgement in values.judged.Values)
                judgement?.Dispose();
        }
        return values;
    }

    /// <summary>The value of a figure asked for, or of one it is made of.</summary>
    public FigureValue Of(Figure figure, AreaVersion area) => Of(figure, area, Moment.Day);

    /// <summary>Whether a figure is made of facts of other trades than the caller's.</summary>
    public bool Hides(Figure figure)
    {
        if (departments is null)
            return false;
        if (!hidden.TryGetValue(figure, out var hides))
            hidden.Add(figure, hides = !Seen(figure, departments, installation.Packs.Standards));
        return hides;
    }

    private static bool Seen(Figure figure, IReadOnlySet<string> departments, IEnumerable<Standard> standards) =>
        figure switch
        {
            { Formula: not null } => figure.Parts.All(p => Seen(p, departments, standards)),
            { Until: not null } => true,
            { IsStated: true } => departments.Contains(figure.Owner) || figure.StatedBy.Any(departments.Contains),
            { Verdicts: { } verdicts } => verdicts.Indicator is { } id
                && standards.SelectMany(s => s.Indicators).Where(i => i.Id == id).All(i => departments.Contains(i.Department)),
            _ when departments.Contains(figure.Owner) => true,
            _ => new[] { figure.Counted!.Where, figure.Counted.Sum }
                .OfType<Expr>()
                .SelectMany(e => e.All())
                .OfType<FactRead>()
                // How many are registered, and since when, everybody is told who sees figures at all.
                .All(r => r.Fact.Subject.Name == "household_status" || r.Fact.StatedBy.Any(departments.Contains)),
        };

    /// <summary>The line a figure is held against in an area, in base units; null where it has none or no law was found.</summary>
    public Exact? LineOf(Figure figure, AreaVersion area) => LineOf(figure, area, Moment.Day);

    /// <inheritdoc cref="LineOf(Figure, AreaVersion)"/>
    public static Exact? LineOf(Figure figure, AreaVersion area, DateOnly day)
    {
        if (figure.Line is not { } line || line.InForce(area.Code, line.IndexOn(new JudgingDay(day))) is not { } found)
            return null;
        var value = Exact.Scaled(found.Value.Number, line.Type.Kind == Kind.Fen ? 2 : line.Type.Scale);
        return line.Unit == "%" ? value / 100 : value;
    }

    /// <summary>The value of a figure asked for of a day, or of one it is made of.</summary>
    public FigureValue Of(Figure figure, AreaVersion area, DateOnly day)
    {
        if (Hides(figure))
            return FigureValue.Without(FigureState.Hidden);
        if (figure.Moment.On(day) is not { } on)
            return FigureValue.Without(FigureState.NotYet);
        if (figure.Until is { } until)
            return FigureValue.Of(until.DayNumber - on.DayNumber);
        if (figure.Formula is { } formula)
        {
            var made = FigureValue.Of(formula, p => p.At.On(on) is { } then ? Of(p.Figure, area, then) : FigureValue.Without(FigureState.NotYet));
            return figure.IsShare ? made.AsShare() : made;
        }
        return counted[(figure, on)].TryGetValue(area.AreaId, out var value) ? value : FigureValue.Without(FigureState.Unknown);
    }

    private static void Need(Figure figure, DateOnly day, HashSet<(Figure, DateOnly)> needed)
    {
        if (figure.Moment.On(day) is not { } on || figure.Until is not null)
            return;
        if (figure.Formula is null)
            needed.Add((figure, on));
        else
            foreach (var part in figure.Formula.Parts())
                if (part.At.On(on) is { } then)
                    Need(part.Figure, then, needed);
    }

    private void Read(HashSet<(Figure Figure, DateOnly Day)> needed)
    {
        foreach (var need in needed)
            counted.Add(need, []);
        var tallied = needed.Where(n => n.Figure.Kept is not null && KeptOn(n.Day)).ToList();
        foreach (var day in tallied.GroupBy(n => n.Day))
            ReadTallies(day.Key, [.. day.Select(n => n.Figure)]);
        foreach (var day in needed.Where(n => n.Figure.Verdicts is not null).GroupBy(n => n.Day))
            if (JudgedOn(day.Key) is { } judgement)
                ReadVerdicts(judgement, [.. day.Select(n => n.Figure)]);
            else
                foreach (var other in day)
                    All(other, FigureValue.Without(FigureState.NotKept));
        foreach (var stated in needed.Where(n => n.Figure.IsStated).GroupBy(n => n.Day))
        foreach (
            var ((figure, area), value) in Stated.StatedValues.Of(connection, [.. stated.Select(n => n.Figure)], areas, stated.Key, Moment.KnownAt)
        )
            counted[(figure, stated.Key)][area] = value;
        foreach (var group in needed.Except(tallied).Where(n => n.Figure.Counted is not null).GroupBy(n => (n.Day, n.Figure.Counted!.Over)))
            Count(group.Key.Day, group.Key.Over, [.. group.Select(n => n.Figure)]);
    }

    private void All((Figure, DateOnly) need, FigureValue value)
    {
        foreach (var area in areas)
            counted[need][area.AreaId] = value;
    }

    private string In => string.Join(", ", areas.Select(a => a.AreaId).Append(-1).Distinct());

    private void ReadTallies(DateOnly day, IReadOnlyList<Figure> figures)
    {
        var rows = connection
            .Query<(long Area, string Tally, long? Low, long? High)>(
                $"SELECT area_id, tally_id, low, high FROM tallies WHERE area_id IN ({In}) AND tally_id IN ({string.Join(", ", figures.Select(f => SqlDialect.Quoted(f.Kept!)).Distinct())})"
            )
            .ToLookup(r => r.Tally, StringComparer.Ordinal);
        // Where no household is held nothing is kept, and counted afresh it is none.
        foreach (var figure in figures.Where(f => f.Counted!.Over.Level is null))
            All((figure, day), Value(figure, 0, 0, 0));
        foreach (var figure in figures)
        foreach (var row in rows[figure.Kept!])
            counted[(figure, day)][row.Area] = Value(figure, row.Low, row.High, row is { Low: { } low, High: { } high } ? high - low : 1);
    }

    private static FigureValue Value(Figure figure, long? low, long? high, long open)
    {
        if (low is not { } from || high is not { } to)
            return FigureValue.Without(FigureState.Unknown) with { Unknown = open };
        var type = figure.Counted!.Type;
        var scale =
            figure.Counted.Sum is null ? 0
            : type.Kind == Kind.Fen ? 2
            : type.Scale;
        return new(FigureState.Known, Exact.Scaled(from, scale), Exact.Scaled(to, scale), open);
    }

    private void ReadVerdicts(JudgedMoment judgement, IReadOnlyList<Figure> figures)
    {
        var standards = installation.Packs.Standards;
        var versions = judgement
            .Connection.Query<(long Id, string Standard, string Hash)>($"SELECT id, standard_id, hash FROM {judgement.Table("standard_versions")} s")
            .Select(v => (v.Id, Standard: standards.FirstOrDefault(s => s.Id == v.Standard && s.Hash == v.Hash && s.Level.Level is null)))
            .Where(v => v.Standard is not null)
            .ToList();
        var bits = figures
            .Select(f => f.Verdicts!.Indicator)
            .Distinct()
            .ToDictionary(
                i => i ?? "",
                i =>
                    versions
                        .SelectMany(v =>
                            i is null
                                ? [(v.Id, AreaCount.Whole)]
                                : v.Standard!.Indicators.Where(x => x.Id == i && !x.Retired).Select(x => (v.Id, x.Bit))
                        )
                        .ToHashSet(),
                StringComparer.Ordinal
            );
        var wanted = bits.Values.SelectMany(b => b.Select(x => x.Item2)).Append(AreaCount.Whole).Distinct();
        var rows = judgement
            .Connection.Query<AreaCount>(
                $"SELECT * FROM {judgement.Table("area_counts")} c WHERE area_id IN ({In}) AND bit IN ({string.Join(", ", wanted)})"
            )
            .ToLookup(r => r.AreaId);
        foreach (var figure in figures)
        foreach (var area in areas)
            counted[(figure, judgement.Day)][area.AreaId] = FigureValue.Of(
                rows[area.AreaId]
                    .Where(r =>
                        bits[figure.Verdicts!.Indicator ?? ""].Contains((r.StandardVersionId, r.Bit)) && Stands(figure.Verdicts.Standing, r.Standing)
                    )
                    .Sum(r => Of(figure.Verdicts!, r))
            );
    }

    private static bool Stands(FigureStanding wanted, short standing) =>
        wanted switch
        {
            FigureStanding.Remaining => standing == (short)Standing.Remaining,
            FigureStanding.Exited => standing == (short)Standing.Exited,
            FigureStanding.Unregistered => standing == (short)Standing.Unregistered,
            _ => true,
        };

    private static long Of(FigureVerdicts verdicts, AreaCount row) =>
        (verdicts.Result, verdicts.Persons) switch
        {
            (FigureResult.Met, false) => row.MetHouseholds,
            (FigureResult.Unmet, false) => row.UnmetHouseholds,
            (FigureResult.Unknown, false) => row.UnknownHouseholds,
            (FigureResult.Met, true) => row.MetPersons,
            (FigureResult.Unmet, true) => row.UnmetPersons,
            (FigureResult.Unknown, true) => row.UnknownPersons,
            (_, false) => row.MetHouseholds + row.UnmetHouseholds + row.UnknownHouseholds,
            _ => row.MetPersons + row.UnmetPersons + row.UnknownPersons,
        };

    // One pass over the subjects of a type on a day, grouped by the finest areas asked for and added up from there.
    private void Count(DateOnly day, SubjectType over, IReadOnlyList<Figure> figures)
    {
        var deepest = Math.Min(5, (int?)over.Level ?? 5);
        var within = areas.Where(a => a.Level <= deepest).ToList();
        foreach (var figure in figures)
        foreach (var area in areas.Where(a => a.Level > deepest))
            counted[(figure, day)][area.AreaId] = FigureValue.Without(FigureState.NotOfLevel);
        if (within.Count == 0)
            return;
        var judgement = figures.Any(f => ReadsVerdicts(f.Counted!)) ? JudgedOn(day) : null;
        if (judgement is null)
        {
            foreach (var figure in figures.Where(f => ReadsVerdicts(f.Counted!)))
                All((figure, day), FigureValue.Without(FigureState.NotKept));
            figures = [.. figures.Where(f => !ReadsVerdicts(f.Counted!))];
            if (figures.Count == 0)
                return;
        }
        var width = Widths[within.Max(a => a.Level)];
        var totals = within.Select(a => (a.Code, Widths[a.Level])).Distinct().ToDictionary(a => a, _ => new Total[figures.Count]);
        var levels = within.Select(a => Widths[a.Level]).Distinct().ToList();
        var context = Context(day, Around(within));
        if (judgement is not null)
            context = context with { Table = judgement.Table, Standards = judgement.Version };
        var statement = SqlJudging.ByArea([.. figures.Select(f => (f.Counted!, f.Kept is null))], width, context);
        var reading = judgement?.Connection ?? connection;
        if (!installation.Store.IsSqlite)
            reading.Execute("SET jit = off");
        using (var command = reading.CreateCommand())
        {
            (command.CommandText, command.CommandTimeout) = (statement.Text, 0);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var code = reader.GetInt64(0);
                foreach (var level in levels)
                    if (totals.TryGetValue((code / level * level, level), out var total))
                        for (var i = 0; i < total.Length; i++)
                            total[i].Add(reader, statement.Columns[i]);
            }
        }
        foreach (var area in within)
        foreach (var (figure, total) in figures.Zip(totals[(area.Code, Widths[area.Level])]))
            counted[(figure, day)][area.AreaId] = Value(figure, total.Blank ? null : total.Low, total.Blank ? null : total.High, total.Open);
    }

    private static bool ReadsVerdicts(Tally tally) =>
        new[] { tally.Where, tally.Sum }.OfType<Expr>().SelectMany(e => e.All()).OfType<VerdictRead>().Any();

    private struct Total
    {
        public long Low;
        public long High;
        public long Open;
        public bool Blank;

        public void Add(DbDataReader row, AreaColumns at)
        {
            var (low, high) = (row.GetInt64(at.Low), row.GetInt64(at.High));
            (Low, High) = (Low + low, High + high);
            Open += at.Open < 0 ? high - low : row.GetInt64(at.Open);
            Blank |= at.Blank >= 0 && row.GetInt64(at.Blank) > 0;
        }
    }

    /// <summary>The statement context of a range of areas on a day, as known at the moment asked for.</summary>
    public SqlContext Context(DateOnly day, AreaRange range) => ContextOf(installation, connection, day, Moment.KnownAt, range);

    /// <inheritdoc cref="Context"/>
    public static SqlContext ContextOf(Installation installation, DbConnection connection, DateOnly day, long? knownAt, AreaRange range)
    {
        var packs = installation.Packs;
        var first = connection.Number("SELECT coalesce(min(area_code), 0) FROM households");
        var last = connection.Number("SELECT coalesce(max(area_code), 0) FROM households");
        return new(installation.Store.Dialect, new JudgingDay(day))
        {
            Area = range,
            HoldsOnlyArea = knownAt is null && first >= range.From && last <= range.To && first > 0,
            Table = table => knownAt is { } change && table != "verdicts" && table != "tallies" ? KnownAt.Table(connection, table, change) : table,
            Standards = id =>
                packs.Standards.FirstOrDefault(s => s.Id == id && s.InForce.Covers(day)) is { } standard
                    ? StandardVersions.Of(connection, null, packs, standard, store: false)
                    : null,
        };
    }

    // The smallest range of one level that holds all the areas.
    private static AreaRange Around(IReadOnlyCollection<AreaVersion> places)
    {
        var ranges = places.Select(AreaTree.RangeOf).ToList();
        var (from, to) = (ranges.Min(r => r.From), ranges.Max(r => r.To));
        foreach (var width in Widths.Reverse())
            if (from / width == to / width)
                return new(from / width * width, from / width * width + width - 1);
        return AreaRange.Nation;
    }
}

/// <summary>Figures and their states in words.</summary>
public static class FigureWords
{
    public static Label Of(FigureState state) =>
        state switch
        {
            FigureState.Known => new("", ""),
            FigureState.Unknown => new("不明", "unknown"),
            FigureState.NoBase => new("基数为零", "no base"),
            FigureState.NotOfLevel => new("不是这一级的数", "not of this level"),
            FigureState.NotKept => new("这一天没有判定过", "not judged for that day"),
            FigureState.NotStated => new("没有填报", "not stated"),
            FigureState.Disputed => new("来源不一致", "sources differ"),
            FigureState.NotYet => new("还没有到这一天", "of a later day"),
            _ => new("不属于您的业务", "of another trade"),
        };

    /// <summary>The number as people read it, thousands set apart, without its unit; or why there is none.</summary>
    public static string Shown(Figure figure, FigureValue value, Exact? line, Func<Label, string> say) =>
        value.IsKnown ? string.Join('–', FigureText.Of(figure, value, line)!.Split('–').Select(Grouped)) : say(Of(value.State));

    private static string Grouped(string number)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? number : number[..point];
        var grouped = decimal.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
            ? parsed.ToString("#,##0", CultureInfo.InvariantCulture)
            : whole;
        // -0.3 keeps its sign.
        if (whole.StartsWith('-') && !grouped.StartsWith('-'))
            grouped = "-" + grouped;
        return point < 0 ? grouped : grouped + number[point..];
    }
}
