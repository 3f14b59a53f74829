using System.CommandLine;
using System.Data.Common;
using Tuopin.Platform;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// <c>tuopin import FILE...</c>: reads each sheet into staging, checks every row, shows what would change, then merges all sheets of a file in one short
/// transaction. Nothing is changed when a row of any sheet has an error, unless <c>--yes</c> says to load the good rows.
/// </summary>
public static class ImportFiles
{
    public sealed record Request(IReadOnlyList<string> Files, DateOnly DataDate, bool Compare, bool Yes)
    {
        /// <summary>Mapping to use instead of the one recognised by the header.</summary>
        public string? Mapping { get; init; }

        /// <summary>Key of code list department: who states the facts; by default who owns the kind of sheet.</summary>
        public string? StatedBy { get; init; }

        /// <summary>First six digits of ID numbers taken without a warning; null takes all.</summary>
        public IReadOnlySet<int>? AdmittedPrefixes { get; init; }

        /// <summary>Only say what the files would do and what is wrong with them; nothing is refused for its rows and nothing is written.</summary>
        public bool Preview { get; init; }

        /// <summary>Areas whose rows may be loaded: a row about anything outside is an error of that row. Null for whoever owns the data folder.</summary>
        public IReadOnlyList<AreaRange>? Within { get; init; }

        /// <summary>A department's list: it states facts of its trade about what is held, and brings no households or persons.</summary>
        public bool Certificates { get; init; }

        /// <summary>The job that loads them.</summary>
        public long? Job { get; init; }

        /// <summary>How many rows are read, of about how many.</summary>
        public Action<long, long?> Progress { get; init; } = (_, _) => { };

        /// <summary>What comes after the reading, for whoever waits.</summary>
        public Action<string> Step { get; init; } = _ => { };

        /// <summary>Hears of each file that is left beside the data: refused rows, a comparison.</summary>
        public Action<string> Left { get; init; } = _ => { };

        /// <summary>Load rows too that contradict whom we hold: another name and ID number, or somebody else's ID number.</summary>
        public bool AcceptConflicts { get; init; }

        /// <summary>Members whom a sheet of persons lacks, of the households it names, leave on the data date.</summary>
        public bool CloseAbsent { get; init; }

        /// <summary>Asked once more under the write lock; throws when what the load was decided upon no longer holds.</summary>
        public Action Confirm { get; init; } = () => { };

        /// <summary>Whoever asks judges all when the last file is in, which makes the list of households: it is not kept up file by file.</summary>
        public bool ListedLater { get; init; }

        /// <summary>Where work comes from: that of the households of a small import follows in its transaction. Null where it is refreshed afterwards.</summary>
        public Work.WorkSources? Work { get; init; }

        /// <summary>Folders with mappings beside those of the packs.</summary>
        public IReadOnlyList<string> MappingFolders { get; init; } = [];
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
    )
    {
        /// <summary>The stored judgement holds for what was loaded.</summary>
        public bool Rejudged { get; init; }

        /// <summary>Rows about households or persons that are not held.</summary>
        public long Unmatched { get; init; }

        /// <summary>Rows that would end an episode that began on or after the day the data is of, or overwrite what newer data stated.</summary>
        public long Outdated { get; init; }

        /// <summary>Members held of the households of a sheet of persons whom the sheet lacks.</summary>
        public long Absent { get; init; }

        /// <summary>In a comparison of a sheet of persons: registered households of the villages it names of whom it names nobody.</summary>
        public long AbsentHouseholds { get; init; }

        /// <summary>In a preview: the first errors, and how often each warning was found.</summary>
        public IReadOnlyList<Finding> Errors { get; init; } = [];
        public IReadOnlyList<Warned> Warnings { get; init; } = [];
    }

    /// <summary>An error of a row; personal numbers are masked.</summary>
    public sealed record Finding(int Row, string Column, string Value, string Rule, string Zh, string En);

    public sealed record Warned(string Rule, string Zh, string En, long Times);

    internal const int ErrorsShown = 200;

    public static Command Command(Shell shell)
    {
        var files = new Argument<string[]>("FILE") { Description = "xlsx, xls or csv files", Arity = ArgumentArity.ZeroOrMore };
        var date = new Option<string?>("--data-date") { Description = "the day the data is of; default: the work date" };
        var compare = new Option<bool>("--compare") { Description = "only list where ours differs" };
        var yes = new Option<bool>("--yes") { Description = "load the good rows although others are rejected" };
        var accept = new Option<bool>("--accept-conflicts") { Description = "load rows too that contradict whom we hold" };
        var close = new Option<bool>("--close-absent") { Description = "members whom a full list of their household lacks leave on the data date" };
        var undo = new Option<long?>("--undo") { Description = "undo an import, or a loaded tree of areas, as a whole; see tuopin imports" };
        var mapping = new Option<string?>("--mapping") { Description = "mapping to use instead of the recognised one" };
        var statedBy = new Option<string?>("--stated-by") { Description = "department that states the facts" };
        var command = new Command("import", "import workbooks of the registry") { files, date, compare, yes, accept, close, undo, mapping, statedBy };
        command.SetAction(
            shell.Run(parsed =>
            {
                if (parsed.GetValue(undo) is { } batch)
                {
                    if (parsed.GetValue(files) is { Length: > 0 })
                        throw new WrongUsage("import.undo-and-file", "--undo takes no file");
                    var judged = UndoImport.Handle(shell.Open(parsed), batch);
                    if (shell.IsJson)
                        shell.PrintJson(new { undone = batch });
                    else
                        shell.Output.WriteLine($"import {batch} is undone{(judged ? "" : "; run tuopin judge")}");
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
                    AcceptConflicts = parsed.GetValue(accept),
                    CloseAbsent = parsed.GetValue(close),
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

    /// <exception cref="Refusal">
    /// import.rows-rejected, import.subject-unknown, import.outdated, import.conflicts, import.file-refused, import.mapping-broken.
    /// </exception>
    public static IReadOnlyList<Result> Handle(Installation installation, Request request, Action<string> say)
    {
        try
        {
            var mappings = MappingSet.Load(installation.Packs, [.. installation.PackFolders, .. request.MappingFolders]);
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
                    results.AddRange(Import(installation, mappings, numbers, request, file, say));
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
            throw new Refusal("import.mapping-broken", $"{error.Message}");
        }
    }

    private static Refusal Loaded(Refusal refusal, List<Result> before) =>
        refusal.With([
            .. refusal.Details,
            .. before.Where(r => r.Committed).Select(r => $"loaded before this: {r.File} as import {r.Batch} (tuopin import --undo {r.Batch})"),
        ]);

    private static List<Result> Import(
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
        using var connection = installation.Store.Open();
        using var place = StagingPlace.Take(connection, installation.Store.Engine, installation.Store.Folder);
        var parts = Stage(installation, mappings, numbers, request, file, place, say);
        if (parts.Count == 0)
            return [];
        request.Step("比对 / comparing");
        if (request.Compare || request.Preview)
            return parts.ConvertAll(p => Try(p, request, say));
        // What a later sheet means depends on what an earlier one brings: only the first can be looked at before the lock.
        var seen = LastChange(connection, null);
        parts[0].Look(null);
        foreach (var part in parts)
        {
            part.TellWarnings(say);
            part.WriteRejects();
        }
        if (parts.Select(p => p.Objection(reading: p != parts[0])).FirstOrDefault(o => o is not null) is { } objection)
            throw objection;
        var (committed, seconds) = (true, 0.0);
        request.Step("合并 / merging");
        using (var transaction = installation.Store.BeginWrite(connection))
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            request.Confirm();
            foreach (var part in parts)
            {
                if (part != parts[0] || LastChange(connection, transaction) != seen)
                    part.Look(transaction);
                if (!(committed = part.Objection() is null))
                    break;
                part.Merge(transaction);
            }
            if (committed)
                transaction.Commit();
            seconds = clock.Elapsed.TotalSeconds;
        }
        foreach (var part in parts)
            part.WriteRejects();
        if (!committed)
            throw parts.Select(p => p.Objection()).First(o => o is not null)!;
        return parts.ConvertAll(p => p.Report(committed, seconds));
    }

    private static Result Try(ImportSheet part, Request request, Action<string> say)
    {
        part.Look(null);
        part.TellWarnings(say);
        part.WriteRejects();
        if (request.Preview)
            return part.Previewed();
        part.WriteComparison();
        return part.Report(committed: false, 0);
    }

    /// <summary>Reads every sheet that has a known header.</summary>
    private static List<ImportSheet> Stage(
        Installation installation,
        MappingSet mappings,
        PersonalNumbers numbers,
        Request request,
        string file,
        StagingPlace place,
        Action<string> say
    )
    {
        var parts = new List<ImportSheet>();
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
                say(
                    $"{Path.GetFileName(file)}：跳过工作表 {sheets[i]}：{refused.Text.Zh} / {Path.GetFileName(file)}: sheet {sheets[i]} passed over: {refused.Text.En}"
                );
                continue;
            }
            if (request.Certificates)
                plan = Certificates.Only(plan, request.StatedBy!);
            parts.Add(ImportSheet.Stage(installation, request, file, source, plan, numbers, place, say));
        }
        return parts;
    }

    private static long LastChange(DbConnection connection, DbTransaction? transaction) =>
        connection.Number("SELECT coalesce(max(id), 0) FROM changes", transaction);

    private static void Print(TextWriter output, Result result)
    {
        output.WriteLine(
            $"{result.File} ({result.Mapping}): {result.Rows:N0} rows, {result.Rejected:N0} rejected, {result.Conflicting:N0} conflicting, {result.ConflictingCertificates:N0} conflicting certificates"
        );
        if (result.Absent > 0)
            output.WriteLine($"  {result.Absent:N0} members we hold are not in the file (--compare lists them, --close-absent lets them leave)");
        if (result.AbsentHouseholds > 0)
            output.WriteLine($"  {result.AbsentHouseholds:N0} registered households of its villages are not in the file at all");
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
