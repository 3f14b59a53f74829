using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>
/// The judgement that answers for an area at a moment, and where it stands: the stored one of the work date, a kept one, or one made at once into temporary
/// tables of a connection of its own. Whoever reads verdicts, tallies, the household list or counts asks <see cref="Table"/> where they are.
/// </summary>
public sealed class JudgedMoment : IDisposable
{
    /// <summary>Households of an area that is judged while a reader waits, where the setting <c>judge_at_once</c> says nothing else.</summary>
    public const int AtOnce = 3000;

    private readonly IReadOnlyDictionary<string, string> tables;
    private readonly DbConnection? own;
    private readonly Installation installation;

    private JudgedMoment(
        Installation installation,
        DbConnection connection,
        DateOnly day,
        long? knownAt,
        Freshness freshness,
        Judgement? kept,
        bool made
    )
    {
        (this.installation, Connection, Day, KnownAt, Freshness, Kept) = (installation, connection, day, knownAt, freshness, kept);
        own = made ? connection : null;
        tables = Judgement.Tables.Keys.ToDictionary(
            t => t,
            t =>
                made ? Judgement.Temporary(t)
                : kept is null ? t
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"(SELECT {string.Join(", ", Catalog.Columns(connection, installation.Store.Engine, t))} FROM {Judgement.KeptIn(t)} WHERE judgement_id = {kept.Id})"
                ),
            StringComparer.Ordinal
        );
    }

    /// <summary>Where its tables can be read, and the record beside them.</summary>
    public DbConnection Connection { get; }

    /// <summary>The effective day.</summary>
    public DateOnly Day { get; }

    /// <summary>The last change that counts; null for all that is recorded.</summary>
    public long? KnownAt { get; }

    /// <summary>Stale when something was recorded, or the packs changed, since it was made.</summary>
    public Freshness Freshness { get; }

    /// <summary>The kept judgement it is; null for the stored one of the work date and for one made at once.</summary>
    public Judgement? Kept { get; }

    /// <summary>Whether it is the stored judgement of the work date.</summary>
    public bool IsOfNow => Kept is null && own is null;

    /// <summary>What stands in FROM for a table of the judgement or of the record.</summary>
    public string Table(string name) =>
        tables.TryGetValue(name, out var table) ? table
        : name == "standard_versions" && own is not null ? Versions()
        : KnownAt is { } change && Catalog.Columns(Connection, installation.Store.Engine, name).Contains("change_id")
            ? Platform.Database.KnownAt.Table(Connection, name, change)
        : name;

    /// <summary>The version and bits by which a standard was judged; null for one that was not in force.</summary>
    public StandardBits? Version(string standardId) =>
        installation.Packs.Standards.FirstOrDefault(s => s.Id == standardId && s.InForce.Covers(Day)) is { } standard
            ? StandardVersions.Of(Connection, null, installation.Packs, standard, store: false)
            : null;

    // A standard judged for the first time has no row: its number is of this judgement alone.
    private string Versions()
    {
        var unheld = installation
            .Packs.Standards.Where(s => s.InForce.Covers(Day))
            .Select(s => (Standard: s, StandardVersions.Of(Connection, null, installation.Packs, s, store: false).VersionId))
            .Where(v => v.VersionId < 0)
            .Select(v =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $" UNION ALL SELECT {v.VersionId}, {SqlDialect.Quoted(v.Standard.Id)}, {SqlDialect.Quoted(v.Standard.Hash)}"
                )
            );
        return $"(SELECT id, standard_id, hash FROM standard_versions{string.Concat(unheld)})";
    }

    /// <summary>The stored judgement of the work date, fresh or not.</summary>
    public static JudgedMoment Now(Installation installation, DbConnection connection, DateOnly workDate) =>
        new(installation, connection, workDate, null, JudgedState.Of(installation, connection, DayNumber.Of(workDate)), null, made: false);

    /// <summary>
    /// The judgement of an area at a moment: that of the work date, a kept one, one made at once where the area is small, or else the newest kept one of the
    /// day, which is stale. Null where there is none.
    /// </summary>
    /// <param name="range">An area of the tree of the day.</param>
    /// <param name="knownAt">The last change that counts; null for all that is recorded.</param>
    public static JudgedMoment? Find(Installation installation, DbConnection connection, AreaRange range, DateOnly day, long? knownAt = null)
    {
        var newest = connection.Number("SELECT coalesce(max(id), 0) FROM changes");
        var known = knownAt < newest ? knownAt : null;
        if (known is null && day == Installation.WorkDateOf(connection, installation.Clock))
            return Now(installation, connection, day);
        var kept = KeptOf(connection, installation.Packs.Hash, range, day, known);
        if (kept is not null && kept.KnownChange == (known ?? newest))
            return new(installation, connection, day, known, Freshness.Fresh, kept, made: false);
        if (IsSmall(connection, range) && AreaTree.Load(connection, day, knownAt: known).ByCode(range.From) is { } area)
            return Make(installation, area, day, known);
        return kept is null ? null : new(installation, connection, day, kept.KnownChange, Freshness.Stale, kept, made: false);
    }

    /// <summary>Whether an area is judged while a reader waits.</summary>
    public static bool IsSmall(DbConnection connection, AreaRange range)
    {
        var most = int.TryParse(Installation.Setting(connection, "judge_at_once"), NumberStyles.None, CultureInfo.InvariantCulture, out var set)
            ? set
            : AtOnce;
        return connection.Number(
                $"SELECT count(*) FROM (SELECT 1 FROM households WHERE area_code BETWEEN {range.From} AND {range.To} LIMIT {most + 1}) h"
            ) <= most;
    }

    // Of the narrowest area that holds the range; as of now, the newest.
    private static Judgement? KeptOf(DbConnection connection, string packs, AreaRange range, DateOnly day, long? known) =>
        connection.QueryFirstOrDefault<Judgement>(
            $"""
            SELECT * FROM judgements j WHERE j.day = {DayNumber.Of(
                day
            )} AND j.packs = @packs AND j.area_from <= {range.From} AND j.area_to >= {range.To}
              {(known is null ? "" : $"AND j.known_change = {known}")}
            ORDER BY j.known_change DESC, j.area_to - j.area_from LIMIT 1
            """,
            new { packs }
        );

    private static JudgedMoment Make(Installation installation, AreaVersion area, DateOnly day, long? known)
    {
        var connection = installation.Store.Open();
        try
        {
            Fill(installation, connection, area, day, known);
            return new(installation, connection, day, known, Freshness.Fresh, null, made: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Judges an area at a moment into the temporary tables of a connection.</summary>
    public static Judging Fill(
        Installation installation,
        DbConnection connection,
        AreaVersion area,
        DateOnly day,
        long? known,
        Action<int, int>? progress = null
    )
    {
        var judging = Judging.Run(installation, connection, null, area, day, store: false, known, progress);
        HouseholdList.Fill(judging);
        AreaCounting.Fill(judging);
        progress?.Invoke(judging.Steps, judging.Steps);
        return judging;
    }

    /// <summary>Judgements made at once are gone with whoever asked.</summary>
    public void Dispose()
    {
        if (own is null)
            return;
        // The connection goes back to others, who would hold the tables in memory.
        foreach (var table in Judgement.Tables.Keys.Select(Judgement.Temporary).Append(HouseholdSheet.Table))
            own.Execute($"DROP TABLE IF EXISTS {table}");
        own.Dispose();
    }
}
