using System.Text;
using SQLitePCL;

namespace Tuopin.Bench;

/// <summary>The rival of the import: the 47 columns of the same file as UTF-8 text into one table by a prepared insert, nothing checked, nothing kept.</summary>
internal static class BareInserts
{
    /// <summary>Gives the CPU clock at the first insert and the rows; reading the file into cells is not counted.</summary>
    public static (double Before, long Rows) Run(string folder, string file)
    {
        Batteries_V2.Init();
        var bytes = File.ReadAllBytes(file);
        var cells = Cells(bytes, out var columns);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "bare.db");
        foreach (var left in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(left);
        Check(raw.sqlite3_open(path, out var db), db);
        foreach (var pragma in new[] { "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -200000" })
            raw.sqlite3_exec(db, pragma);
        Check(
            raw.sqlite3_exec(
                db,
                $"CREATE TABLE persons (id INTEGER PRIMARY KEY, {string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i} TEXT"))}) STRICT"
            ),
            db
        );
        var before = Cpu.Own;
        raw.sqlite3_exec(db, "BEGIN");
        Check(
            raw.sqlite3_prepare_v2(db, $"INSERT INTO persons VALUES (NULL, {string.Join(", ", Enumerable.Repeat("?", columns))})", out var insert),
            db
        );
        for (var i = 0; i < cells.Count; i += columns)
        {
            for (var c = 0; c < columns; c++)
            {
                var (from, length) = cells[i + c];
                if (length == 0)
                    raw.sqlite3_bind_null(insert, c + 1);
                else
                    raw.sqlite3_bind_text(insert, c + 1, bytes.AsSpan(from, length));
            }
            if (raw.sqlite3_step(insert) != raw.SQLITE_DONE)
                throw new InvalidOperationException(raw.sqlite3_errmsg(db).utf8_to_string());
            raw.sqlite3_reset(insert);
        }
        insert.Dispose();
        Check(raw.sqlite3_exec(db, "COMMIT"), db);
        raw.sqlite3_close_v2(db);
        return (before, cells.Count / columns);
    }

    // The demo's person files quote nothing: two lines of notice and header, then rows of plain cells.
    private static List<(int From, int Length)> Cells(byte[] bytes, out int columns)
    {
        var at = Array.IndexOf(bytes, (byte)'\n') + 1;
        var header = Array.IndexOf(bytes, (byte)'\n', at);
        columns = Encoding.UTF8.GetString(bytes, at, header - at).Split(',').Length;
        var cells = new List<(int, int)>(bytes.Length / 6);
        var from = header + 1;
        for (var i = from; i < bytes.Length; i++)
        {
            if (bytes[i] is not ((byte)',' or (byte)'\n'))
                continue;
            cells.Add((from, i - from - (bytes[i] == '\n' && bytes[i - 1] == '\r' ? 1 : 0)));
            from = i + 1;
        }
        return cells.Count % columns == 0 ? cells : throw new InvalidOperationException("the file is not plain");
    }

    private static void Check(int result, sqlite3 db)
    {
        if (result != raw.SQLITE_OK)
            throw new InvalidOperationException(raw.sqlite3_errmsg(db).utf8_to_string());
    }
}
