using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Standards;

/// <summary>What the stored judgement stands on: the last import and the packs when all that is held was judged. Reading it against now tells whether it is stale.</summary>
public static class JudgedState
{
    private const string Name = "judged";

    /// <summary>Notes the state of a judgement of everything held; a judgement of a part leaves the note as it is.</summary>
    public static void Store(Judging judging)
    {
        if (judging.HoldsOnlyRange())
            judging.Execute(
                "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = @value",
                new { name = Name, value = Now(judging.Installation, judging.Connection, judging.Transaction, judging.Day.Number) }
            );
    }

    /// <summary>Refuses to read a judgement that imports, packs or the work date have overtaken.</summary>
    /// <exception cref="Refusal">judged.never, judged.stale.</exception>
    public static void Require(Judging judging)
    {
        var held = Installation.Setting(judging.Connection, Name, judging.Transaction);
        if (held is null)
            throw new Refusal("judged.never", "nothing has been judged yet; run: tuopin judge");
        if (held != Now(judging.Installation, judging.Connection, judging.Transaction, judging.Day.Number))
            throw new Refusal("judged.stale", "data, packs or the work date have changed since the last judgement; run: tuopin judge");
    }

    /// <summary>Whether the stored judgement of the work date stands on all that is held now.</summary>
    public static bool Holds(Installation installation, DbConnection connection, DbTransaction? transaction) =>
        Installation.Setting(connection, Name, transaction) == Now(installation, connection, transaction, DayNumber.Of(installation.WorkDate));

    /// <summary>After households of an import were judged again in its transaction: a judgement that held before holds still.</summary>
    public static void Renew(Installation installation, DbConnection connection, DbTransaction transaction) =>
        connection.Execute(
            "UPDATE settings SET value = @value WHERE name = @name",
            transaction,
            new { name = Name, value = Now(installation, connection, transaction, DayNumber.Of(installation.WorkDate)) }
        );

    /// <summary>More was changed than could be judged again at once: the judgement is stale until all is judged.</summary>
    public static void Overtake(DbConnection connection, DbTransaction transaction) =>
        connection.Execute("UPDATE settings SET value = 'overtaken' WHERE name = @name", transaction, new { name = Name });

    /// <summary>Whether there is a judgement, and whether imports, packs or the work date have overtaken it.</summary>
    public static Freshness Of(Installation installation, DbConnection connection, int day) =>
        Installation.Setting(connection, Name) is not { } held ? Freshness.Never
        : held == Now(installation, connection, null, day) ? Freshness.Fresh
        : Freshness.Stale;

    private static string Now(Installation installation, DbConnection connection, DbTransaction? transaction, int day)
    {
        var import = connection.Number("SELECT coalesce(max(change_id), 0) + coalesce(max(undone_by), 0) FROM import_batches", transaction);
        return string.Create(CultureInfo.InvariantCulture, $"{day} {import} {installation.Packs.Hash}");
    }
}

/// <summary>How the stored judgement stands to the record.</summary>
public enum Freshness : byte
{
    Fresh,
    Stale,
    Never,
}
