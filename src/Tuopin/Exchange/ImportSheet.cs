using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rounds;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// One sheet on its way in: read into staging, looked at without a lock, looked at again under the lock when something was written since, merged. Every
/// row that is not loaded is a finding with a rule, whoever found it: the reading or the comparison with what is held.
/// </summary>
internal sealed class ImportSheet
{
    private readonly Installation installation;
    private readonly ImportFiles.Request request;
    private readonly string file;
    private readonly string sheetName;
    private readonly ColumnPlan plan;
    private readonly DbConnection connection;
    private readonly StagedResult staged;
    private readonly MergePlan merge;
    private Findings found;
    private IReadOnlyList<ImportFiles.Table> tables = [];
    private ILookup<Held, int> held = Array.Empty<HeldRow>().ToLookup(h => h.Why, h => h.Row);
    private string? rejects;
    private long rejectsOf;
    private long? batch;
    private bool rejudged;

    private ImportSheet(
        Installation installation,
        ImportFiles.Request request,
        string file,
        SheetReader source,
        ColumnPlan plan,
        DbConnection connection,
        StagedResult staged
    )
    {
        (this.installation, this.request, this.file, this.plan) = (installation, request, file, plan);
        (this.connection, this.staged, sheetName, found) = (connection, staged, source.SheetName, staged.Findings);
        merge = MergePlan.For(
            connection,
            installation.Packs.Dictionary,
            staged.Sheet,
            DayNumber.Of(request.DataDate),
            Author,
            request.Within,
            request.AcceptConflicts,
            request.CloseAbsent,
            request.Compare
        );
    }

    private string Name => Path.GetFileName(file);

    private string Author => request.StatedBy ?? DefaultAuthor(plan.Mapping.Kind);

    /// <exception cref="FileRefused">Too many rows have errors.</exception>
    public static ImportSheet Stage(
        Installation installation,
        ImportFiles.Request request,
        string file,
        SheetReader source,
        ColumnPlan plan,
        PersonalNumbers numbers,
        StagingPlace place,
        Action<string> say
    )
    {
        var connection = place.Connection;
        var tree = AreaTree.Load(connection, request.DataDate, groups: true);
        var areas = new AreaResolver(tree.All.Select(a => new AreaNode(a.AreaId, a.Code, a.Name, a.ParentId ?? 0, a.Level)));
        var options = new ReadOptions
        {
            DataDay = request.DataDate,
            AdmittedPrefixes = request.AdmittedPrefixes ?? AdmittedPrefixes(installation, connection),
        };
        var staging = new StageSheet(plan, installation.Packs.Dictionary, numbers, areas, options);
        var name = Path.GetFileName(file);
        var staged = staging.Read(
            source,
            place,
            rows =>
            {
                say($"{name}：已读 {rows:N0} 行 / {name}: {rows:N0} rows read");
                request.Progress(rows, source.Share > 0 ? Math.Max(rows, (long)(rows / source.Share)) : null);
            }
        );
        request.Progress(staged.Rows, staged.Rows);
        var sheet = new ImportSheet(installation, request, file, source, plan, connection, staged);
        sheet.RefuseTooMany();
        return sheet;
    }

    /// <summary>Finds out what the sheet would do and what speaks against it. Without a transaction only staging tables are written.</summary>
    public void Look(DbTransaction? transaction)
    {
        using var own = transaction is null ? Store.BeginStaging(connection) : null;
        var within = own ?? transaction;
        merge.Closed = ClosedRounds.Areas(connection, within, DayNumber.Of(request.DataDate));
        merge.Resolve(within);
        tables = [.. merge.Compare(within).Select(t => new ImportFiles.Table(t.Table, t.Counts.Added, t.Counts.Changed, t.Counts.Unchanged))];
        own?.Commit();
        held = merge.HeldBack.ToLookup(h => h.Why, h => h.Row);
        found = staged.Findings.With(
            merge
                .HeldBack.Select(h => Error(RuleOf(h.Why), h.Row, h.First == 0 ? "" : h.First.ToString(CultureInfo.InvariantCulture)))
                .Concat(merge.CorrectedNumbers.Select(r => Error(ImportRules.IdCorrected, r)))
        );
        RefuseTooMany();
    }

    private RowError Error(ImportRule rule, int row, string first = "") => new(rule, sheetName, row, -1, "", "", first);

    private static ImportRule RuleOf(Held why) =>
        why switch
        {
            Held.Outside => ImportRules.ScopeOutside,
            Held.Closed => ImportRules.RoundClosed,
            Held.WithHousehold => ImportRules.MemberRefused,
            Held.Twice => ImportRules.RowTwice,
            Held.SecondHouse => ImportRules.HouseSecond,
            Held.DaysReversed => ImportRules.DaysReversed,
            Held.Unknown => ImportRules.SubjectUnknown,
            Held.Outdated => ImportRules.Outdated,
            Held.Conflict => ImportRules.Conflict,
            _ => ImportRules.RowRepeated,
        };

    private void RefuseTooMany()
    {
        if (found.TooMany)
            throw new FileRefused(
                RefusalReason.TooManyErrors,
                Name,
                new Label(
                    $"{staged.Rows:N0} 行中有 {found.Rejected:N0} 行有错误，超过 {Findings.Cap:N0} 行，不逐行列出",
                    $"{found.Rejected:N0} of {staged.Rows:N0} rows have errors, more than the {Findings.Cap:N0} that are listed"
                )
            );
    }

    public void TellWarnings(Action<string> say) => WarningList.Tell(installation, Name, found, say);

    /// <summary>Writes the rows that are not loaded, if there are any and they are not those written already.</summary>
    public void WriteRejects()
    {
        if (found.Rejected == rejectsOf)
            return;
        if (rejects is { } before)
            File.Delete(before);
        rejects = found.Rejected == 0 ? null : Rejects();
        rejectsOf = found.Rejected;
    }

    private string Rejects()
    {
        var path = SideFile.Path(installation, "rejects", file, ".xlsx");
        using var first = SheetReader.Open(file, sheetName);
        var households = RejectWorkbook.Households(first, plan, found.ByRow);
        using var again = SheetReader.Open(file, sheetName);
        var rows = RejectWorkbook.Write(path, again, plan, found.ByRow, households);
        using var writer = installation.Store.Open();
        SideFile.Enter(installation, writer, "registry.rejects", path, rows);
        request.Left(path);
        return path;
    }

    /// <summary>Lists where ours differs, and the path of the list; the rejected rows when nothing does.</summary>
    public void WriteComparison()
    {
        if (CompareOnly.Write(installation, connection, merge, Name) is not { } path)
            return;
        request.Left(path);
        rejects = path;
    }

    /// <summary>
    /// Why the sheet is not loaded; null when it is. With <c>--yes</c> the good rows are loaded, and rows that contradict whom we hold still are not.
    /// </summary>
    /// <param name="reading">Only what reading it found: the rest is not known yet.</param>
    public Refusal? Objection(bool reading = false)
    {
        if (request.Yes)
            return null;
        var rows = staged.Rows;
        Held[] wrong = [Held.Outside, Held.Closed, Held.Twice, Held.SecondHouse, Held.DaysReversed];
        if (staged.Findings.Rejected > 0 || wrong.Any(held.Contains))
            return new Refusal(
                "import.rows-rejected",
                $"{Name}: {found.Rejected:N0} of {rows:N0} rows have errors; nothing was changed. Correct them in {Shown(rejects)}, or load the good rows with --yes",
                [.. found.Errors.Take(20).Select(e => e.ToString())]
            );
        if (reading)
            return null;
        if (held[Held.Unknown].Any())
            return new Refusal(
                "import.subject-unknown",
                $"{Name}: {held[Held.Unknown].Count():N0} of {rows:N0} rows are about households or persons we do not hold; nothing was changed. Import those first, or load the other rows with --yes",
                Rows(Held.Unknown)
            );
        if (held[Held.Outdated].Any())
            return new Refusal(
                "import.outdated",
                $"{Name}: {held[Held.Outdated].Count():N0} of {rows:N0} rows would end a membership, a residence or a status that began on or after the day the data is of ({request.DataDate:yyyy-MM-dd}), or overwrite what newer data stated; nothing was changed. Is the data date right? --yes loads the other rows",
                Rows(Held.Outdated)
            );
        if (held[Held.Conflict].Any())
            return new Refusal(
                "import.conflicts",
                $"{Name}: {held[Held.Conflict].Count():N0} of {rows:N0} rows name a person we hold under another name and ID number, or give the ID number of somebody else; nothing was changed. Is it the right file? --yes loads the other rows, --accept-conflicts these too",
                Rows(Held.Conflict)
            );
        return null;
    }

    // Whoever sent the file from elsewhere fetches the rows from the job; where they lie on the server is nobody's business.
    private string? Shown(string? path) => request.Job is null ? path : Path.GetFileName(path);

    private string[] Rows(Held why) => [.. held[why].Take(20).Select(r => $"row {r}")];

    /// <summary>Merges the sheet as a batch of its own, within a transaction that others may share. Nothing happens when there is nothing to write.</summary>
    public void Merge(DbTransaction transaction)
    {
        if (tables.All(t => t.Added + t.Changed == 0) && !(request.CloseAbsent && merge.Absent > 0))
            return;
        using var rejudging = RejudgeImported.Begin(installation, connection, transaction, merge);
        batch = Commit(transaction);
        rejudging?.End(request.Work);
        rejudged = rejudging is not null;
    }

    public ImportFiles.Result Report(bool committed, double lockSeconds) =>
        new(
            Name,
            sheetName,
            plan.Mapping.Id,
            committed ? batch : null,
            staged.Rows,
            found.Rejected,
            merge.Conflicting,
            merge.ConflictingCertificates,
            tables,
            rejects,
            [.. plan.Ignored],
            Committed: committed && batch is not null,
            lockSeconds
        )
        {
            Rejudged = rejudged,
            Unmatched = held[Held.Unknown].Count(),
            Outdated = held[Held.Outdated].Count(),
            Absent = merge.Absent,
            AbsentHouseholds = merge.AbsentHouseholds,
        };

    /// <summary>What a preview says beside the counts: the first errors, and how often each warning was found.</summary>
    public ImportFiles.Result Previewed() =>
        Report(committed: false, 0) with
        {
            Errors =
            [
                .. found
                    .Errors.Take(ImportFiles.ErrorsShown)
                    .Select(e => new ImportFiles.Finding(e.Row, e.Title, e.Value, e.Rule.Id, e.Message.Zh, e.Message.En)),
            ],
            Warnings =
            [
                .. found
                    .ByRow.Values.SelectMany(r => r)
                    .Where(e => !e.IsError)
                    .GroupBy(e => e.Rule)
                    .Select(r => new ImportFiles.Warned(r.Key.Id, r.First().Message.Zh, r.First().Message.En, r.Count())),
            ],
        };

    private long Commit(DbTransaction transaction)
    {
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"import {Name}",
            Author,
            DayNumber.Of(request.DataDate)
        );
        var id = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM import_batches", transaction);
        merge.Apply(change, transaction);
        if (!request.ListedLater)
            HouseholdList.Refresh(installation, connection, transaction, change);
        using var stream = File.OpenRead(file);
        var sha = Convert.ToHexStringLower(SHA256.HashData(stream));
        var closed = request.CloseAbsent ? merge.Absent : 0;
        var counts = new
        {
            added = tables.Sum(t => t.Added),
            changed = tables.Sum(t => t.Changed) + closed,
            unchanged = tables.Sum(t => t.Unchanged),
        };
        connection.Execute(
            """
            INSERT INTO import_batches (id, change_id, file, sha256, mapping, rows, added, changed, unchanged, rejected, job_id, national)
            VALUES (@id, @change, @name, @sha, @mapping, @rows, @added, @changed, @unchanged, @rejected, @job, @national)
            """,
            transaction,
            new
            {
                id,
                change,
                name = Name,
                sha,
                mapping = plan.Mapping.Id,
                rows = staged.Rows,
                counts.added,
                counts.changed,
                counts.unchanged,
                rejected = found.Rejected,
                job = request.Job,
                // Another author only uses the form of the national sheet.
                national = plan.Mapping.National && Author == DefaultAuthor(plan.Mapping.Kind),
            }
        );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "registry.import",
            JsonSerializer.Serialize(
                new
                {
                    batch = id,
                    change,
                    file = Name,
                    sha,
                    counts,
                    groups = merge.CreatedGroups,
                    conflicts = request.AcceptConflicts ? "accepted" : null,
                    closed = request.CloseAbsent ? closed : (long?)null,
                }
            )
        );
        return id;
    }

    // Only the demo may carry numbers of prefixes that were never given out.
    private static IReadOnlySet<int> AdmittedPrefixes(Installation installation, DbConnection connection)
    {
        var more = Installation.Setting(connection, "admitted_prefixes") ?? "";
        return IdentityPrefixes.Load(installation.PackFolders[0], more.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string DefaultAuthor(SheetKind kind) =>
        kind switch
        {
            SheetKind.HouseRebuilding => "housing",
            SheetKind.Relocation => "reform_commission",
            SheetKind.Villages => "village",
            SheetKind.UnregisteredHouseholds => "village",
            _ => "poverty_office",
        };
}
