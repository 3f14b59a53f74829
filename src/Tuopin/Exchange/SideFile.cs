using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;

namespace Tuopin.Exchange;

/// <summary>Files an import leaves beside the data (refused rows, comparisons). They hold personal data: each has a name of its own and an entry in the audit.</summary>
public static class SideFile
{
    /// <summary>A new name in a folder of the data: that of the source, the second, and a number where two fall into one second.</summary>
    public static string Path(Installation installation, string folder, string source, string ending)
    {
        folder = System.IO.Path.Combine(installation.Store.Folder, folder);
        Store.CreateFolder(folder);
        var stamp = installation.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var stem = System.IO.Path.Combine(folder, $"{System.IO.Path.GetFileNameWithoutExtension(source)}-{stamp}");
        for (var number = 1; ; number++)
        {
            var path = number == 1 ? stem + ending : $"{stem}-{number.ToString(CultureInfo.InvariantCulture)}{ending}";
            try
            {
                // Taken at once, so that no other import takes it too.
                using var taken = new FileStream(path, FileMode.CreateNew);
                return path;
            }
            catch (IOException) when (File.Exists(path))
            {
                continue;
            }
        }
    }

    /// <summary>Enters a written file in the audit with its rows and SHA-256; without the entry there is no file.</summary>
    public static void Enter(Installation installation, DbConnection connection, string action, string path, long rows)
    {
        try
        {
            string sha;
            using (var stream = File.OpenRead(path))
                sha = Convert.ToHexStringLower(SHA256.HashData(stream));
            using var transaction = installation.Store.BeginWrite(connection);
            var detail = string.Create(CultureInfo.InvariantCulture, $"{System.IO.Path.GetFileName(path)} rows {rows} sha256 {sha}");
            AuditLog.Append(connection, transaction, installation.Clock, installation.Actor, action, detail);
            transaction.Commit();
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
