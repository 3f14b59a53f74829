using System.Data.Common;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary>Keeps the text of every pack file that a stored judgement used, by content hash: years later the law of a verdict can still be read.</summary>
public static class PackArchive
{
    /// <summary>Adds the files that are not kept yet.</summary>
    public static void Keep(DbConnection connection, DbTransaction transaction, PackSet packs)
    {
        var kept = connection.Query<string>("SELECT hash FROM pack_files", transaction: transaction).ToHashSet(StringComparer.Ordinal);
        foreach (var file in packs.Files.Where(f => kept.Add(f.Hash)))
            connection.Execute(
                "INSERT INTO pack_files (hash, path, content) VALUES (@hash, @path, @content)",
                transaction,
                new
                {
                    hash = file.Hash,
                    path = file.Shown,
                    content = file.Text,
                }
            );
    }
}
