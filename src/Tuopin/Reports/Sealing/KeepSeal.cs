using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Files;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Figures;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Reports.Sealing;

/// <summary>Writes a sealed report: the row, its numbers, its files, the packs it was computed with, and the audit, in one transaction.</summary>
public static class KeepSeal
{
    /// <summary>A file as it is published.</summary>
    public sealed record Published(string Format, string Media, byte[] Content);

    /// <summary>The last change of the record: what a report that is composed now knows.</summary>
    public static long LastChange(DbConnection connection, DbTransaction transaction) =>
        Platform.Database.Sql.Number(connection, "SELECT coalesce(max(id), 0) FROM changes", transaction);

    /// <summary>Keeps a composed report under the write lock, with the change that was the last one when it was composed.</summary>
    /// <param name="key">The caller's key of the request; null without one.</param>
    public static SealedReport Handle(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        ComposedReport composed,
        long known,
        IReadOnlyList<Published> published,
        string? key
    )
    {
        var (store, day) = (new FileStore(installation), DayNumber.Of(composed.Moment.Day));
        var report = new SealedReport
        {
            Id = Keys.Take(connection, transaction, "sealed_reports", composed.Area.Code / 1_000_000, 1),
            Report = composed.Report,
            Title = composed.Title,
            Edition = (int)
                Platform.Database.Sql.Number(
                    connection,
                    "SELECT coalesce(max(edition), 0) + 1 FROM sealed_reports WHERE report = @report AND area_id = @area AND day = @day",
                    transaction,
                    new
                    {
                        report = composed.Report,
                        area = composed.Area.AreaId,
                        day,
                    }
                ),
            AreaId = composed.Area.AreaId,
            AreaCode = composed.Area.Code,
            AreaName = composed.Area.Name,
            Day = day,
            KnownChange = known,
            PackHash = composed.PackHash,
            TemplateHash = composed.TemplateHash,
            SealedAt = AuditLog.Stamp(installation.Clock),
            SealedName = installation.Actor.Name,
            SealedBy = installation.Actor.UserId,
            SealedPost = installation.Actor.PostId,
            SentKey = key,
        };
        List<SealedNumber> numbers = [.. composed.Numbers.Select(n => Number(report.Id, n))];
        // Files before the rows that name them: a row without its file is worse than a file without its row.
        List<SealedFile> files =
        [
            .. published.Select(p => new SealedFile
            {
                ReportId = report.Id,
                Format = p.Format,
                Media = p.Media,
                Hash = store.Put(p.Content),
                Size = p.Content.Length,
            }),
        ];
        report.Hash = SealedReport.HashOf(report, numbers, files);
        Insert(connection, transaction, report, numbers, files);
        PackArchive.Keep(connection, transaction, installation.Packs);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            Act,
            string.Create(
                CultureInfo.InvariantCulture,
                $"report {report.Report}, edition {report.Edition}, of {report.AreaCode} on {report.Day}, {numbers.Count} numbers, known to change {known}: {report.Hash}"
            ),
            new(Subject, report.Id)
        );
        return report;
    }

    /// <summary>The act in the audit, and what it is about.</summary>
    public const string Act = "report.seal";
    public const string Subject = "sealed_report";

    private static SealedNumber Number(long report, ReportNumber n) =>
        new()
        {
            ReportId = report,
            Key = n.Key,
            Figure = n.Figure.Id,
            Label = n.Figure.Label.Zh,
            LabelEn = n.Figure.Label.En,
            Unit = n.Figure.Unit.Text,
            AreaId = n.Area.AreaId,
            AreaCode = n.Area.Code,
            AreaName = n.Area.Name,
            Day = DayNumber.Of(n.Day),
            State = (short)n.Value.State,
            Low = n.Value.IsKnown ? n.Value.Low.ToString() : null,
            High = n.Value.IsKnown ? n.Value.High.ToString() : null,
            Unknown = n.Value.Unknown,
            Text = n.Text,
            DefinitionHash = FigureHash.Of(n.Figure),
        };

    private static void Insert(
        DbConnection connection,
        DbTransaction transaction,
        SealedReport report,
        IReadOnlyList<SealedNumber> numbers,
        IReadOnlyList<SealedFile> files
    )
    {
        connection.Execute(
            """
            INSERT INTO sealed_reports (id, report, title, edition, area_id, area_code, area_name, day, known_change, pack_hash, template_hash, sealed_at, sealed_name,
              sealed_by, sealed_post, sent_key, hash)
            VALUES (@Id, @Report, @Title, @Edition, @AreaId, @AreaCode, @AreaName, @Day, @KnownChange, @PackHash, @TemplateHash, @SealedAt, @SealedName, @SealedBy,
              @SealedPost, @SentKey, @Hash)
            """,
            report,
            transaction
        );
        foreach (var number in numbers)
            connection.Execute(
                """
                INSERT INTO sealed_numbers (report_id, key, figure, label, label_en, unit, area_id, area_code, area_name, day, state, low, high, unknown, text, definition_hash)
                VALUES (@ReportId, @Key, @Figure, @Label, @LabelEn, @Unit, @AreaId, @AreaCode, @AreaName, @Day, @State, @Low, @High, @Unknown, @Text, @DefinitionHash)
                """,
                number,
                transaction
            );
        foreach (var file in files)
            connection.Execute(
                "INSERT INTO sealed_files (report_id, format, media, hash, size) VALUES (@ReportId, @Format, @Media, @Hash, @Size)",
                file,
                transaction
            );
    }
}
