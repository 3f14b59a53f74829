using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Database;

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
                new { name = Name, value = Now(judging) }
            );
    }

    /// <summary>Refuses to read a judgement that imports, packs or the work date have overtaken.</summary>
    /// <exception cref="Refusal">judged.never, judged.stale.</exception>
    public static void Require(Judging judging)
    {
        var held = Installation.Setting(judging.Connection, Name, judging.Transaction);
        if (held is null)
            throw new Refusal("judged.never", "nothing has been judged yet; run: tuopin judge");
        if (held != Now(judging))
            throw new Refusal("judged.stale", "data, packs or the work date have changed since the last judgement; run: tuopin judge");
    }

    private static string Now(Judging judging)
    {
        var import = judging.Connection.Number(
            "SELECT coalesce(max(change_id), 0) + coalesce(max(undone_by), 0) FROM import_batches",
            judging.Transaction
        );
        return string.Create(CultureInfo.InvariantCulture, $"{judging.Day.Number} {import} {judging.Installation.Packs.Hash}");
    }
}
