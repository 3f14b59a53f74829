using System.Globalization;
using System.IO.Compression;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Quality;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// The jobs of an upload: trying it (nothing is written), loading it, comparing with it. The grants of the moment the job begins decide whose rows it may
/// load: rows about others are errors of the preview like any other, not something found out afterwards.
/// </summary>
public static class RunImport
{
    public sealed record Asked(string Upload, bool Yes, bool AcceptConflicts = false, bool CloseAbsent = false);

    private static readonly Dictionary<(string Step, bool Certificates), JobKind> Kinds = new()
    {
        [("preview", false)] = Kind("import-preview", new("导入预览", "Import preview"), Permission.Import, "preview"),
        [("commit", false)] = Kind("import", new("导入", "Import"), Permission.Import, "commit"),
        [("compare", false)] = Kind("import-compare", new("与国家导出比对", "Compare with a national export"), Permission.Import, "compare"),
        [("preview", true)] = Kind("certificates-preview", new("认定名单预览", "Certificates preview"), Permission.Certify, "preview"),
        [("commit", true)] = Kind("certificates", new("认定名单", "Certificates"), Permission.Certify, "commit"),
    };

    public static IEnumerable<JobKind> All => Kinds.Values;

    public static JobKind KindOf(string step, bool certificates) => Kinds[(step, certificates)];

    private static JobKind Kind(string name, Label title, Permission permission, string step) =>
        new(name, title, permission, Writes: step == "commit", run => Run(run, permission, step));

    private static void Run(JobRun run, Permission permission, string step)
    {
        var asked = run.Request<Asked>();
        var upload = Uploads.Find(run.Installation, run.Caller, asked.Upload, permission == Permission.Certify);
        if (upload.StatedBy is { } department && !run.Caller.Departments.Contains(department, StringComparer.Ordinal))
            throw new Refusal("certify.department-unknown", "the account no longer acts for this department");
        var left = new List<string>();
        IReadOnlyList<ImportFiles.Result> results;
        try
        {
            results = ImportFiles.Handle(
                run.Installation,
                new ImportFiles.Request([Uploads.PathOf(run.Installation, upload)], upload.Day, Compare: step == "compare", Yes: asked.Yes)
                {
                    Preview = step == "preview",
                    AcceptConflicts = asked.AcceptConflicts,
                    CloseAbsent = asked.CloseAbsent,
                    Mapping = upload.Mapping,
                    StatedBy = upload.StatedBy,
                    Certificates = upload.StatedBy is not null,
                    Within = run.Caller.Scope(permission).Areas,
                    MappingFolders = [Uploads.OwnMappings(run.Installation, upload.UserId)],
                    Job = run.Id,
                    Progress = run.Progress,
                    Step = run.Say,
                    Left = left.Add,
                },
                run.Say
            );
        }
        finally
        {
            // A refused file has refused rows too, and full numbers stand in them: nothing stays beside the data.
            Take(run, upload, [.. left.Where(File.Exists)]);
        }
        run.Result = results.Select(r => r with { Rejects = r.Rejects is null ? null : Path.GetFileName(r.Rejects) }).ToList();
        if (results.Any(r => r.Committed && !r.Rejudged))
            Follow(run);
        run.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{results.Sum(r => r.Rows):N0} 行，拒绝 {results.Sum(r => r.Rejected):N0} 行 / {results.Sum(r => r.Rows):N0} rows, {results.Sum(r => r.Rejected):N0} rejected"
            )
        );
    }

    /// <summary>Judges what is held after a change of it, and checks it where that was ever done; the work follows when the job is over.</summary>
    internal static void Follow(JobRun run)
    {
        run.Say("判定 / judging");
        using var connection = run.Installation.Store.OpenReader();
        if (Platform.Database.Sql.Number(connection, "SELECT count(*) FROM households") > 0)
            JudgeArea.Handle(run.Installation, null, null, null);
        if (RunChecks.State(run.Installation, connection, null, DayNumber.Of(run.Installation.WorkDate)) == Freshness.Never)
            return;
        run.Say("核查 / checking");
        RunChecks.Handle(run.Installation, null, null);
    }

    // Rejected rows, or the list of differences: one file, or several in an archive.
    private static void Take(JobRun run, Upload upload, IReadOnlyList<string> files)
    {
        var name = Path.GetFileNameWithoutExtension(upload.Name);
        if (files is [var one])
            File.Move(one, run.File($"{name}-{run.Id}{Path.GetExtension(one)}"), overwrite: true);
        else if (files.Count > 1)
        {
            using var archive = ZipFile.Open(run.File($"{name}-{run.Id}.zip"), ZipArchiveMode.Create);
            foreach (var file in files)
            {
                archive.CreateEntryFromFile(file, Path.GetFileName(file));
                File.Delete(file);
            }
        }
    }
}
