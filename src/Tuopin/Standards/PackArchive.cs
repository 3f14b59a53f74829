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
            Add(connection, transaction, file);
    }

    /// <summary>Adds one file, if it is not kept yet: that of a procedure whose list was opened.</summary>
    public static void Keep(DbConnection connection, DbTransaction transaction, PackSet packs, string hash)
    {
        if (connection.Number("SELECT count(*) FROM pack_files WHERE hash = @hash", transaction, new { hash }) == 0)
            Add(connection, transaction, packs.Files.First(f => f.Hash == hash));
    }

    /// <summary>The kept file of a hash: where it lay, and its text.</summary>
    public static (string Path, string Text) Read(DbConnection connection, DbTransaction? transaction, string hash) =>
        connection.QuerySingle<(string, string)>("SELECT path, content FROM pack_files WHERE hash = @hash", new { hash }, transaction);

    private static void Add(DbConnection connection, DbTransaction transaction, Rules.Packs.PackFile file) =>
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
