using System.Data.Common;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;
using Tuopin.Rules.Sql;

namespace Tuopin.Standards;

/// <summary>The versions of standards in the database. A version fixes its bits for ever: the same version with other bits is refused.</summary>
public static class StandardVersions
{
    /// <summary>The version row of a standard, made at its first judgement (only when <paramref name="store"/>; else an id of its own, negative).</summary>
    public static StandardBits Of(DbConnection connection, DbTransaction? transaction, PackSet packs, Standard standard, bool store)
    {
        var bits = standard.Indicators.ToDictionary(i => i.Id, i => i.Bit, StringComparer.Ordinal);
        var indicators = string.Join(',', standard.Indicators.OrderBy(i => i.Bit).Select(i => $"{i.Bit}:{i.Id}"));
        var hash = standard.Hash;
        var held = connection
            .Query<(long Id, string Hash, string Indicators)>(
                "SELECT id, hash, indicators FROM standard_versions WHERE standard_id = @id AND version = @version ORDER BY id",
                new { id = standard.Id, version = standard.Version },
                transaction
            )
            .ToList();
        if (held.FirstOrDefault(v => v.Indicators != indicators) is { Indicators: { } other })
            throw new Refusal(
                "standard.bits-changed",
                $"{standard.Id} version {standard.Version} was judged with indicators {other}; give the changed standard a new version"
            );
        if (held.FirstOrDefault(v => v.Hash == hash) is { Id: > 0 } same)
            return new(same.Id, bits);
        if (!store)
            return new(-1 - packs.Standards.ToList().IndexOf(standard), bits);
        var id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM standard_versions", transaction);
        connection.Execute(
            "INSERT INTO standard_versions (id, standard_id, version, hash, indicators) VALUES (@id, @standard, @version, @hash, @indicators)",
            transaction,
            new
            {
                id,
                standard = standard.Id,
                version = standard.Version,
                hash,
                indicators,
            }
        );
        return new(id, bits);
    }
}
