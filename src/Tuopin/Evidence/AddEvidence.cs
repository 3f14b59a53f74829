using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Files;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Evidence;

/// <summary>
/// <c>POST /evidence</c>: photos and documents are put to a subject, several at once. Each is proved by its content and rid of its metadata first; with one
/// that is refused nothing is kept.
/// </summary>
public static class AddEvidence
{
    public const int Largest = 10 << 20;
    public const int MostAtOnce = 9;
    internal const int LargestRequest = 60 << 20;

    // A request holds its files in memory while they are looked through.
    private static readonly SemaphoreSlim Turns = new(4);

    /// <param name="Taken">The day the photo was taken or the paper is of; null where nobody knows.</param>
    public sealed record Said(string Subject, long Id, int Part, EvidenceKind Kind, string? Title, DateOnly? Taken);

    /// <param name="Before">The file was at the subject already.</param>
    public sealed record Added(long Id, string Sha256, string Media, int Size, bool Before);

    public sealed record Result(IReadOnlyList<Added> Files);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/evidence", Post)
            .WithMetadata(new RequestSizeLimitAttribute(LargestRequest))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = LargestRequest })
            .Needs(Permission.AddEvidence);
        routes
            .MapPost(
                Api.Root + "/evidence",
                async (ConsoleContext context, EvidenceSubjects subjects, HttpContext http) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, await Handle(context, subjects, await Forms.Read(http)), StatusCodes.Status201Created);
                }
            )
            .OfApi<Result>(
                Permission.AddEvidence,
                "addEvidence",
                "Put photos or documents to a subject: parts named file; fields subject, id, part, kind, title, taken",
                StatusCodes.Status201Created
            )
            .Sends("subject", "id", "part", "kind", "title", "taken")
            .WithMetadata(new RequestSizeLimitAttribute(LargestRequest))
            .WithMetadata(new RequestFormLimitsAttribute { MultipartBodyLengthLimit = LargestRequest });
    }

    private static async Task<IResult> Post(ConsoleContext context, EvidenceSubjects subjects, HttpContext http)
    {
        await Forms.Check(http);
        var form = await Forms.Read(http);
        await Handle(context, subjects, form);
        return TypedResults.LocalRedirect(Forms.LocalPath(form["return"]));
    }

    /// <exception cref="NotInScope">The subject is none of the caller's.</exception>
    /// <exception cref="Refusal">evidence.no-file, evidence.too-many, evidence.too-large, evidence.kind-unknown, evidence.damaged.</exception>
    public static async Task<Result> Handle(ConsoleContext context, EvidenceSubjects subjects, IFormCollection form)
    {
        var said = Read(form, context.WorkDate);
        var (subject, scope) = (subjects.Find(said.Subject), context.Caller.Scope(Permission.AddEvidence));
        if (!subject.Holds(context.Reader, null, scope, context.Day, said.Id, said.Part))
            throw new NotInScope();
        return await Read(context, form.Files, files => Write(context, subject, scope, said, files));
    }

    /// <summary>Photos and papers of a request, each proved by its content and put among the files before its row is written.</summary>
    /// <exception cref="Refusal">evidence.no-file, evidence.too-many, evidence.too-large, evidence.kind-unknown, evidence.damaged.</exception>
    internal static async Task<T> Read<T>(
        ConsoleContext context,
        IFormFileCollection sent,
        Func<IReadOnlyList<(KnownContent Content, string Hash)>, T> write
    )
    {
        await Turns.WaitAsync(context.Http.RequestAborted);
        try
        {
            var contents = await Contents(sent);
            var files = new FileStore(context.Installation);
            return write([.. contents.Select(c => (c, files.Put(c.Bytes)))]);
        }
        finally
        {
            Turns.Release();
        }
    }

    private static Said Read(IFormCollection form, DateOnly today)
    {
        // Forms name the subject in one word, programs in three fields.
        var (subject, key, part) = form["of"].ToString().Split(':') is [var s, var i, var p]
            ? (s, i, p)
            : (form["subject"].ToString(), form["id"].ToString(), form["part"].ToString());
        var taken = form["taken"].ToString().Trim();
        DateOnly? day =
            taken.Length == 0 ? null
            : DayText.Read(taken) is { } read ? read
            : throw new WrongUsage("date.bad", $"'{taken}' is not a date like 2020-06-12");
        if (day > today)
            throw new WrongUsage("evidence.day", "the day it was taken lies after the work date");
        return new(
            subject,
            long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new NotInScope(),
            part.Length == 0 ? 0
                : int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw new NotInScope(),
            Enum.TryParse<EvidenceKind>(form["kind"].ToString(), ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : EvidenceKind.Photo,
            EvidenceWords.Title(form["title"]),
            day
        );
    }

    private static async Task<List<KnownContent>> Contents(IFormFileCollection sent)
    {
        // A field of files nobody chose one in is a file without name and content.
        var files = sent.Where(f => f.Length > 0 || f.FileName.Length > 0).ToList();
        if (files.Count == 0)
            throw new WrongUsage("evidence.no-file", "choose a photo or a document");
        if (files.Count > MostAtOnce)
            throw new WrongUsage("evidence.too-many", $"at most {MostAtOnce} files at once");
        var contents = new List<KnownContent>();
        foreach (var file in files)
        {
            if (file.Length > Largest)
                throw new WrongUsage("evidence.too-large", $"a file is at most {Largest >> 20} MB", [file.FileName]);
            var bytes = new byte[file.Length];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes);
            try
            {
                contents.Add(FileContent.Read(bytes));
            }
            catch (Refusal why)
            {
                throw why.With([file.FileName]);
            }
        }
        return contents;
    }

    private static Result Write(
        ConsoleContext context,
        EvidenceSubject subject,
        Scope scope,
        Said said,
        IReadOnlyList<(KnownContent Content, string Hash)> files
    )
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        if (!subject.Holds(connection, transaction, scope, context.Day, said.Id, said.Part))
            throw new NotInScope();
        var next = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM attachments", transaction);
        var added = new List<Added>();
        foreach (var (content, hash) in files)
        {
            var where = new
            {
                subject = said.Subject,
                id = said.Id,
                part = said.Part,
                hash,
            };
            var held = connection.ExecuteScalar<long?>(
                "SELECT id FROM attachments WHERE subject = @subject AND subject_id = @id AND part = @part AND hash = @hash AND withdrawn_at IS NULL",
                where,
                transaction
            );
            added.Add(new(held ?? next, hash, content.Media, content.Bytes.Length, held is not null));
            if (held is not null)
                continue;
            connection.Execute(
                """
                INSERT INTO attachments (id, subject, subject_id, part, kind, title, taken_day, media, hash, size, added_at, added_name, added_by)
                VALUES (@Id, @Subject, @SubjectId, @Part, @Kind, @Title, @TakenDay, @Media, @Hash, @Size, @AddedAt, @AddedName, @AddedBy)
                """,
                new Attachment
                {
                    Id = next,
                    Subject = said.Subject,
                    SubjectId = said.Id,
                    Part = said.Part,
                    Kind = (short)said.Kind,
                    Title = said.Title,
                    TakenDay = said.Taken is { } day ? DayNumber.Of(day) : null,
                    Media = content.Media,
                    Hash = hash,
                    Size = content.Bytes.Length,
                    AddedAt = AuditLog.Stamp(installation.Clock),
                    AddedName = installation.Actor.Name,
                    AddedBy = installation.Actor.UserId,
                },
                transaction
            );
            AuditLog.Append(
                connection,
                transaction,
                installation.Clock,
                installation.Actor,
                "evidence.add",
                string.Create(CultureInfo.InvariantCulture, $"evidence {next} {hash}, {said.Kind}, part {said.Part}"),
                new(said.Subject, said.Id)
            );
            next++;
        }
        transaction.Commit();
        return new(added);
    }
}
