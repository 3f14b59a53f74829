using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// <c>tuopin import FILE...</c>: reads each sheet into staging, checks every row, shows what would change, then merges in one short transaction. Nothing is
/// changed when a row has an error or too many rows conflict, unless <c>--yes</c> says to load the good rows.
/// </summary>
public static class ImportFiles
{
    /// <summary>Above this share of conflicting rows an import stops before it commits.</summary>
    private const double UnlikelyConflicts = 0.01;

    public sealed record Request(IReadOnlyList<string> Files, DateOnly DataDate, bool Compare, bool Yes)
    {
        /// <summary>Mapping to use instead of the one recognised by the header.</summary>
        public string? Mapping { get; init; }

        /// <summary>Key of code list department: who states the facts; by default who owns the kind of sheet.</summary>
        public string? StatedBy { get; init; }

        /// <summary>First six digits of ID numbers taken without a warning; null takes all.</summary>
        public IReadOnlySet<int>? AdmittedPrefixes { get; init; }
    }

    public sealed record Table(string Name, long Added, long Changed, long Unchanged);

    public sealed record Result(
        string File,
        string Sheet,
        string Mapping,
        long? Batch,
        long Rows,
        long Rejected,
        long Conflicting,
        long ConflictingCertificates,
        IReadOnlyList<Table> Tables,
        string? Rejects,
        IReadOnlyList<string> Ignored,
        bool Committed,
        double LockSeconds
    );

    public static Command Command(Shell shell)
    {
        var files = new Argument<string[]>("FILE") { Description = "xlsx, xls or csv files", Arity = ArgumentArity.ZeroOrMore };
        var date = new Option<string?>("--data-date") { Description = "the day the data is of; default: the work date" };
        var compare = new Option<bool>("--compare") { Description = "only list where ours differs" };
        var yes = new Option<bool>("--yes") { Description = "load the good rows although others are rejected or conflict" };
        var undo = new Option<long?>("--undo") { Description = "undo an import as a whole" };
        var mapping = new Option<string?>("--mapping") { Description = "mapping to use instead of the recognised one" };
        var statedBy = new Option<string?>("--stated-by") { Description = "department that states the facts" };
        var command = new Command("import", "import workbooks of the registry") { files, date, compare, yes, undo, mapping, statedBy };
        command.SetAction(
            shell.Run(parsed =>
            {
                if (parsed.GetValue(undo) is { } batch)
                {
                    if (parsed.GetValue(files) is { Length: > 0 })
                        throw new WrongUsage("import.undo-and-file", "--undo takes no file");
                    UndoImport.Handle(shell.Open(parsed), batch);
                    if (shell.IsJson)
                        shell.PrintJson(new { undone = batch });
                    else
                        shell.Output.WriteLine($"import {batch} is undone; run tuopin judge");
                    return;
                }
                if (parsed.GetValue(files) is not { Length: > 0 } paths)
                    throw new WrongUsage("import.no-file", "name a file to import, or a batch with --undo");
                var installation = shell.Open(parsed, create: true);
                var request = new Request(
                    paths,
                    AreaArgument.Day(parsed.GetValue(date)) ?? installation.WorkDate,
                    parsed.GetValue(compare),
                    parsed.GetValue(yes)
                )
                {
                    Mapping = parsed.GetValue(mapping),
                    StatedBy = parsed.GetValue(statedBy),
                };
                var results = Handle(installation, request, shell.Warn);
                if (shell.IsJson)
                    shell.PrintJson(results);
                else
                    foreach (var result in results)
                        Print(shell.Output, result);
            })
        );
        return command;
    }

    /// <exception cref="Refusal">import.rows-rejected, import.conflicts, import.file-refused, import.mapping-broken.</exception>
    public static IReadOnlyList<Result> Handle(Installation installation, Request request, Action<string> say)
    {
        try
        {
            var mappings = MappingSet.Load(installation.Packs, installation.PackFolders);
            if (request.StatedBy is { } author && installation.Packs.Dictionary.CodeLists["department"].Find(author)?.Key != author)
                throw new Refusal("import.author-unknown", $"'{author}' is no key of code list department");
            if (request.Mapping is { } asked && mappings.All.All(m => m.Id != asked))
                throw new Refusal(
                    "import.mapping-unknown",
                    $"no mapping is called '{asked}'; there are {string.Join(", ", mappings.All.Select(m => m.Id))}"
                );
            using var numbers = new PersonalNumbers(installation.Keys);
            var results = new List<Result>();
            foreach (var file in request.Files)
                ImportOne(file);
            return results;

            // Each file stands for itself: when one is refused, those before it are loaded, and the refusal says so.
            void ImportOne(string file)
            {
                try
                {
                    foreach (var result in Import(installation, mappings, numbers, request, file, say))
                        results.Add(result);
                }
                catch (FileRefused refused)
                {
                    throw Loaded(
                        new Refusal("import.file-refused", $"{Path.GetFileName(refused.File)}: {refused.Text.Zh} / {refused.Text.En}"),
                        results
                    );
                }
                catch (Refusal refusal) when (results.Any(r => r.Committed))
                {
                    throw Loaded(refusal, results);
                }
            }
        }
        catch (MappingError error)
        {
            throw new Refusal("import.mapping-broken", error.Message);
        }
    }

    private static Refusal Loaded(Refusal refusal, List<Result> before) =>
        new(
            refusal.Code,
            refusal.Message,
            [
                .. refusal.Details,
                .. before.Where(r => r.Committed).Select(r => $"loaded before this: {r.File} as import {r.Batch} (tuopin import --undo {r.Batch})"),
            ]
        );

    private static IEnumerable<Result> Import(
        Installation installation,
        MappingSet mappings,
        PersonalNumbers numbers,
        Request request,
        string file,
        Action<string> say
    )
    {
        if (!File.Exists(file))
            throw new Refusal("import.file-missing", $"there is no file {file}");
        var sheets = SheetReader.Sheets(file);
        for (var i = 0; i < sheets.Count; i++)
        {
            using var source = SheetReader.Open(file, sheets.Count == 1 ? null : sheets[i]);
            ColumnPlan plan;
            try
            {
                plan = mappings.Recognise(source, request.Mapping);
            }
            catch (FileRefused refused) when (refused.Reason == RefusalReason.HeaderNotFound && sheets.Count > 1)
            {
                say($"{Path.GetFileName(file)}: sheet {sheets[i]} passed over: {refused.Text.En}");
                continue;
            }
            yield return Import(installation, numbers, request, file, source, plan, say);
        }
    }

    private static Result Import(
        Installation installation,
        PersonalNumbers numbers,
        Request request,
        string file,
        SheetReader source,
        ColumnPlan plan,
        Action<string> say
    )
    {
        var name = Path.GetFileName(file);
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, request.DataDate);
        var areas = new AreaResolver(tree.All.Select(a => new AreaNode(a.AreaId, a.Code, a.Name, a.ParentId ?? 0, a.Level)));
        var options = new ReadOptions
        {
            DataDay = request.DataDate,
            AdmittedPrefixes = request.AdmittedPrefixes ?? AdmittedPrefixes(installation, connection),
        };
        var staging = new StageSheet(plan, installation.Packs.Dictionary, numbers, areas, options);
        var staged = staging.Read(
            source,
            connection,
            installation.Store.Engine,
            installation.Store.Folder,
            rows => say($"{name}: {rows:N0} rows read")
        );
        using var sheet = staged.Sheet;
        var found = staged.Findings;
        if (found.TooMany)
            throw MappingSet.Refuse(
                source,
                RefusalReason.TooManyErrors,
                $"{staged.Rows:N0} 行中有 {found.Rejected:N0} 行有错误，超过 {Findings.Cap:N0} 行，不逐行列出",
                $"{found.Rejected:N0} of {staged.Rows:N0} rows have errors, more than the {Findings.Cap:N0} that are listed"
            );
        var rejects = found.Rejected > 0 ? WriteRejects(installation, file, source.SheetName, plan, found) : null;
        if (found.Rejected > 0 && !request.Yes && !request.Compare)
            throw new Refusal(
                "import.rows-rejected",
                $"{name}: {found.Rejected:N0} of {staged.Rows:N0} rows have errors; nothing was changed. Correct them in {rejects}, or load the good rows with --yes",
                [.. found.Errors.Take(20).Select(e => e.ToString())]
            );
        var merge = MergePlan.For(connection, installation.Packs.Dictionary, sheet, DayNumber.Of(request.DataDate), Author(request, plan));
        var seen = LastChange(connection, null);
        var (tables, conflicts) = Plan(connection, merge, null);
        Result Report(long? id, bool committed, double seconds) =>
            new(
                name,
                source.SheetName,
                plan.Mapping.Id,
                id,
                staged.Rows,
                found.Rejected,
                conflicts,
                merge.ConflictingCertificates,
                tables,
                rejects,
                [.. plan.Ignored],
                committed,
                seconds
            );
        var unmatched = merge.Unmatched(null);
        if (unmatched.Count > 0 && !request.Yes && !request.Compare)
            throw new Refusal(
                "import.subject-unknown",
                $"{name}: {unmatched.Count:N0} of {staged.Rows:N0} rows are about households or persons we do not hold; nothing was changed. Import those first, or load the other rows with --yes",
                [.. unmatched.Take(20).Select(r => $"row {r}")]
            );
        if (request.Compare)
            return Report(null, false, 0) with { Rejects = CompareOnly.Write(installation, connection, merge, sheet, name) ?? rejects };
        if (conflicts > staged.Rows * UnlikelyConflicts && !request.Yes)
            throw new Refusal(
                "import.conflicts",
                $"{name}: {conflicts:N0} of {staged.Rows:N0} rows name a person we hold under another name and ID number; nothing was changed. Is it the right file? --yes loads it"
            );
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var transaction = installation.Store.BeginWrite(connection);
        clock.Restart();
        if (LastChange(connection, transaction) != seen)
            (tables, conflicts) = Plan(connection, merge, transaction);
        if (tables.All(t => t.Added + t.Changed == 0))
            return Report(null, false, 0);
        var batch = Commit(installation, connection, transaction, request, plan, file, merge, staged, tables);
        transaction.Commit();
        return Report(batch, true, clock.Elapsed.TotalSeconds);
    }

    private static (IReadOnlyList<Table> Tables, long Conflicts) Plan(DbConnection connection, MergePlan merge, DbTransaction? transaction)
    {
        var own = transaction is null ? Store.BeginStaging(connection) : null;
        merge.Resolve(own ?? transaction);
        var tables = merge.Compare(own ?? transaction).Select(t => new Table(t.Table, t.Counts.Added, t.Counts.Changed, t.Counts.Unchanged)).ToList();
        var conflicts = merge.Conflicts(own ?? transaction);
        own?.Commit();
        own?.Dispose();
        return (tables, conflicts);
    }

    private static long Commit(
        Installation installation,
        DbConnection connection,
        DbTransaction transaction,
        Request request,
        ColumnPlan plan,
        string file,
        MergePlan merge,
        StagedResult staged,
        IReadOnlyList<Table> tables
    )
    {
        var name = Path.GetFileName(file);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            $"import {name}",
            Author(request, plan),
            DayNumber.Of(request.DataDate)
        );
        var batch = connection.Number("SELECT coalesce(max(id), 0) + 1 FROM import_batches", transaction);
        merge.Apply(change, transaction);
        using var stream = File.OpenRead(file);
        var sha = Convert.ToHexStringLower(SHA256.HashData(stream));
        var counts = new
        {
            added = tables.Sum(t => t.Added),
            changed = tables.Sum(t => t.Changed),
            unchanged = tables.Sum(t => t.Unchanged),
        };
        connection.Execute(
            """
            INSERT INTO import_batches (id, change_id, file, sha256, mapping, rows, added, changed, unchanged, rejected)
            VALUES (@batch, @change, @name, @sha, @mapping, @rows, @added, @changed, @unchanged, @rejected)
            """,
            transaction,
            new
            {
                batch,
                change,
                name,
                sha,
                mapping = plan.Mapping.Id,
                rows = staged.Rows,
                counts.added,
                counts.changed,
                counts.unchanged,
                rejected = staged.Findings.Rejected,
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
                    batch,
                    change,
                    file = name,
                    sha,
                    counts,
                }
            )
        );
        return batch;
    }

    // Only the demo may carry numbers of prefixes that were never given out.
    private static IReadOnlySet<int> AdmittedPrefixes(Installation installation, DbConnection connection)
    {
        var more = Installation.Setting(connection, "admitted_prefixes") ?? "";
        return IdentityPrefixes.Load(installation.PackFolders[0], more.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static long LastChange(DbConnection connection, DbTransaction? transaction) =>
        connection.Number("SELECT coalesce(max(id), 0) FROM changes", transaction);

    private static string Author(Request request, ColumnPlan plan) => request.StatedBy ?? DefaultAuthor(plan.Mapping.Kind);

    private static string DefaultAuthor(SheetKind kind) =>
        kind switch
        {
            SheetKind.HouseRebuilding => "housing",
            SheetKind.Relocation => "reform_commission",
            SheetKind.Villages => "village",
            SheetKind.UnregisteredHouseholds => "village",
            _ => "poverty_office",
        };

    private static string WriteRejects(Installation installation, string file, string sheet, ColumnPlan plan, Findings found)
    {
        var folder = Path.Combine(installation.Store.Folder, "rejects");
        Store.CreateFolder(folder);
        var stamp = installation.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}-{stamp}.xlsx");
        using var first = SheetReader.Open(file, sheet);
        var households = RejectWorkbook.Households(first, plan, found.ByRow);
        using var again = SheetReader.Open(file, sheet);
        RejectWorkbook.Write(path, again, plan, found.ByRow, households);
        return path;
    }

    private static void Print(TextWriter output, Result result)
    {
        output.WriteLine(
            $"{result.File} ({result.Mapping}): {result.Rows:N0} rows, {result.Rejected:N0} rejected, {result.Conflicting:N0} conflicting, {result.ConflictingCertificates:N0} conflicting certificates"
        );
        foreach (var table in result.Tables)
            output.WriteLine($"  {table.Name, -20} new {table.Added, 9:N0}   changed {table.Changed, 9:N0}   unchanged {table.Unchanged, 9:N0}");
        if (result.Ignored.Count > 0)
            output.WriteLine($"  columns passed over: {string.Join(", ", result.Ignored)}");
        if (result.Rejects is { } file)
            output.WriteLine($"  see {file}");
        output.WriteLine(
            result.Committed
                ? $"  committed as import {result.Batch}, write lock held {result.LockSeconds:0.00} s (undo: tuopin import --undo {result.Batch})"
                : "  nothing was changed"
        );
    }
}
