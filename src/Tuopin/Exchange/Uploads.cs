using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Web;

namespace Tuopin.Exchange;

/// <summary>A file somebody sent, waiting to be looked at and loaded. It lies in a folder of its own, under a number nobody can guess, with this beside it.</summary>
/// <param name="StatedBy">The department whose list it is; null for an import.</param>
public sealed record Upload(string Id, long UserId, string Name, string At, string DataDate, string? StatedBy)
{
    /// <summary>The mapping chosen by hand; null for the recognised one.</summary>
    public string? Mapping { get; init; }
    public long? PreviewJob { get; init; }
    public long? CommitJob { get; init; }

    /// <summary>Of the content, where it was sent with an Idempotency-Key.</summary>
    public string? Sha256 { get; init; }

    public DateOnly Day => DateOnly.ParseExact(DataDate, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Files that were sent. They hold personal data: the folder is closed to others, and jobs clear it away after some days.</summary>
public static class Uploads
{
    /// <summary>A county's national export has some 60 MB.</summary>
    public const long Largest = 256L << 20;

    private const string Card = "upload.json";

    /// <summary>Takes a file in. The same key sent again with the same file is the same upload, for as long as it is kept.</summary>
    /// <exception cref="Refusal">import.file-empty, import.file-too-large; job.key-reused: the key stands for another file.</exception>
    public static async Task<Upload> Keep(
        Installation installation,
        Caller caller,
        IFormFile file,
        DateOnly dataDate,
        string? statedBy,
        string? idempotencyKey = null
    )
    {
        if (file.Length == 0)
            throw new Refusal("import.file-empty", "the file is empty");
        if (file.Length > Largest)
            throw new Refusal("import.file-too-large", $"the file is larger than {Largest >> 20} MB");
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var upload = new Upload(
            idempotencyKey is null ? id : IdOf(caller, statedBy, idempotencyKey),
            caller.UserId,
            JobFiles.SafeName(file.FileName),
            AuditLog.Stamp(installation.Clock),
            dataDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            statedBy
        );
        if (idempotencyKey is not null)
        {
            await using var content = file.OpenReadStream();
            upload = upload with { Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content)) };
        }
        // Whole in another place before it takes its own, which only one can take.
        var draft = $"{Folder(installation, upload.Id)}.{id}";
        Store.CreateFolder(draft);
        await using (var target = File.Create(Path.Combine(draft, upload.Name)))
            await file.CopyToAsync(target);
        await File.WriteAllTextAsync(Path.Combine(draft, Card), JsonSerializer.Serialize(upload));
        try
        {
            Directory.Move(draft, Folder(installation, upload.Id));
            return upload;
        }
        catch (IOException) when (Directory.Exists(Folder(installation, upload.Id)))
        {
            Directory.Delete(draft, recursive: true);
            var first = Find(installation, caller, upload.Id, statedBy is not null);
            return (first.Sha256, first.Name, first.DataDate) == (upload.Sha256, upload.Name, upload.DataDate) ? first : throw new KeyReused();
        }
    }

    // Whoever guesses it gets nothing: an upload answers its sender only.
    private static string IdOf(Caller caller, string? statedBy, string idempotencyKey) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.UserId}|{statedBy}|{idempotencyKey}")))[..32];

    /// <summary>The caller's upload of a number.</summary>
    /// <exception cref="NotInScope">It is somebody else's, or there is none.</exception>
    public static Upload Find(Installation installation, Caller caller, string id, bool certificates)
    {
        if (id.Length != 32 || !id.All(char.IsAsciiHexDigitLower))
            throw new NotInScope();
        var card = Path.Combine(Folder(installation, id), Card);
        if (!File.Exists(card))
            throw new NotInScope();
        var upload = JsonSerializer.Deserialize<Upload>(File.ReadAllText(card))!;
        return upload.UserId == caller.UserId && upload.StatedBy is not null == certificates ? upload : throw new NotInScope();
    }

    // Whole beside the old one before it takes its place: a page or a job may be reading it.
    public static void Save(Installation installation, Upload upload)
    {
        var card = Path.Combine(Folder(installation, upload.Id), Card);
        var beside = $"{card}.{Guid.NewGuid():N}";
        File.WriteAllText(beside, JsonSerializer.Serialize(upload));
        File.Move(beside, card, overwrite: true);
    }

    public static string PathOf(Installation installation, Upload upload) => Path.Combine(Folder(installation, upload.Id), upload.Name);

    /// <summary>Folders whose <c>mappings</c> hold for the uploads of a user, beside those of the packs.</summary>
    public static string OwnMappings(Installation installation, long userId) =>
        Path.Combine(installation.Store.Folder, "own", userId.ToString(CultureInfo.InvariantCulture));

    private static string Folder(Installation installation, string id) => Path.Combine(installation.Store.Folder, "uploads", id);
}
