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
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary>
/// <c>tuopin export</c>: writes what is held in the format of a known sheet, so that it reads back the same. Personal numbers are masked unless a purpose
/// is given; every export is audited, and the file appears only with its audit entry.
/// </summary>
public static class ExportFile
{
    /// <summary>Stands above the header of every export of invented data.</summary>
    public const string InventedNotice = "演示数据：人口、姓名和号码均为虚构 / demo data: all persons and numbers are invented";

    private static readonly string[] Formats =
    [
        "persons",
        "households",
        "villages",
        "incomes",
        "helpers",
        "measures",
        "house-rebuilding",
        "relocation",
        "units-posts",
        "unregistered-households",
        "member-changes",
    ];

    public sealed record Request(string Format, string? Area)
    {
        public DateOnly? AsOf { get; init; }

        /// <summary>Year of the yearly facts; default the registry year of the day, for incomes every closed accounting year.</summary>
        public int? Year { get; init; }

        /// <summary>Only what changed after this day by something else than a national export.</summary>
        public DateOnly? ChangedSince { get; init; }

        /// <summary>File to write, .xlsx or .csv; default: a csv in the folder exports of the data.</summary>
        public string? Out { get; init; }
        public bool FullNumbers { get; init; }

        /// <summary>Why full numbers are needed; goes to the audit.</summary>
        public string? Purpose { get; init; }
    }

    public sealed record Result(string File, string Format, string Mapping, string Area, DateOnly AsOf, long Rows, bool FullNumbers, bool Invented);

    public static Command Command(Shell shell)
    {
        var format = new Option<string>("--format") { Description = string.Join(", ", Formats), Required = true };
        format.AcceptOnlyFromAmong(Formats);
        var area = AreaArgument.Area();
        var asOf = AreaArgument.AsOf();
        var year = new Option<int?>("--year") { Description = "year of the yearly facts; default: of the day (incomes: all closed years)" };
        var since = new Option<string?>("--changed-since") { Description = "yyyy-MM-dd: only what must still be keyed into the national system" };
        var file = new Option<string?>("--out") { Description = "file to write, .xlsx or .csv" };
        var full = new Option<bool>("--full-numbers") { Description = "write ID and telephone numbers in full; needs --purpose" };
        var purpose = new Option<string?>("--purpose") { Description = "why full numbers are needed; goes to the audit" };
        var command = new Command("export", "write a sheet in the format it is imported in") { format, area, asOf, year, since, file, full, purpose };
        command.SetAction(
            shell.Run(parsed =>
            {
                var request = new Request(parsed.GetValue(format)!, parsed.GetValue(area))
                {
                    AsOf = AreaArgument.Day(parsed.GetValue(asOf)),
                    Year = parsed.GetValue(year),
                    ChangedSince = AreaArgument.Day(parsed.GetValue(since)),
                    Out = parsed.GetValue(file),
                    FullNumbers = parsed.GetValue(full),
                    Purpose = parsed.GetValue(purpose),
                };
                var result = Handle(shell.Open(parsed), request);
                if (shell.IsJson)
                    shell.PrintJson(result);
                else
                    shell.Output.WriteLine(
                        $"{result.Rows:N0} rows written to {result.File}{(result.FullNumbers ? " with full numbers" : ", numbers masked")}{(result.Invented ? " (演示数据 / invented)" : "")}"
                    );
            })
        );
        return command;
    }

    /// <exception cref="Refusal">export.purpose-missing, export.file-kind, export.mapping-missing, area.unknown.</exception>
    public static Result Handle(Installation installation, Request request)
    {
        if (request.FullNumbers && string.IsNullOrWhiteSpace(request.Purpose))
            throw new Refusal("export.purpose-missing", "full numbers need --purpose TEXT, which goes to the audit");
        var asOf = request.AsOf ?? installation.WorkDate;
        using var connection = installation.Store.OpenStreaming();
        using var snapshot = Store.Snapshot(connection);
        var area = AreaArgument.Find(AreaTree.Load(connection, asOf), request.Area, installation);
        var mapping = Find(installation, request.Format);
        var path = Path.GetFullPath(request.Out ?? DefaultPath(installation, request.Format, area, asOf));
        if (Path.GetExtension(path).ToLowerInvariant() is not (".xlsx" or ".csv"))
            throw new Refusal("export.file-kind", $"'{path}' should end in .xlsx or .csv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var invented = Installation.Setting(connection, "invented") == "yes";
        var query = new ExportQuery(
            installation.Packs.Dictionary,
            mapping,
            installation.Store.Engine,
            asOf,
            request.Year,
            request.ChangedSince?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
        // Written beside its place first: without the audit entry there is no file.
        var draft = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}{Path.GetExtension(path)}");
        try
        {
            var rows = Write(installation, connection, query, mapping, area, asOf, draft, request.FullNumbers, invented);
            Audit(installation, request, area, asOf, path, draft, rows);
            File.Move(draft, path, overwrite: true);
            return new(path, request.Format, mapping.Id, $"{area.Code}", asOf, rows, request.FullNumbers, invented);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static Mapping Find(Installation installation, string format)
    {
        var mappings = MappingSet.Load(installation.Packs, installation.PackFolders);
        var kind = Enum.Parse<SheetKind>(format.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        return mappings.All.FirstOrDefault(m => m.Id == format)
            ?? mappings.All.FirstOrDefault(m => m.Kind == kind)
            ?? throw new Refusal("export.mapping-missing", $"no mapping describes {format}");
    }

    private static string DefaultPath(Installation installation, string format, AreaVersion area, DateOnly asOf) =>
        Path.Combine(installation.Store.Folder, "exports", string.Create(CultureInfo.InvariantCulture, $"{format}-{area.Code}-{asOf:yyyyMMdd}.csv"));

    private static long Write(
        Installation installation,
        DbConnection connection,
        ExportQuery query,
        Mapping mapping,
        AreaVersion area,
        DateOnly asOf,
        string path,
        bool fullNumbers,
        bool invented
    )
    {
        using var numbers = new PersonalNumbers(installation.Keys);
        var sheetName = invented ? $"演示数据 {mapping.Label.Zh}" : mapping.Label.Zh;
        using var sheet = new ExportSheet(mapping, path, sheetName, invented ? InventedNotice : null);
        var names = new ExportPlaces(AreaTree.Load(connection, asOf), AreaTree.Load(connection, installation.WorkDate));
        var reader = new ExportRows(query, names, numbers, fullNumbers);
        return reader.Write(connection, Judging.RangeOf(area), sheet);
    }

    private static void Audit(Installation installation, Request request, AreaVersion area, DateOnly asOf, string path, string draft, long rows)
    {
        string sha;
        using (var stream = File.OpenRead(draft))
            sha = Convert.ToHexStringLower(SHA256.HashData(stream));
        var detail = JsonSerializer.Serialize(
            new
            {
                request.Format,
                area = area.Code,
                asOf,
                request.ChangedSince,
                numbers = request.FullNumbers ? "full" : "masked",
                request.Purpose,
                file = Path.GetFileName(path),
                rows,
                sha,
            }
        );
        AuditLog.Append(installation, "registry.export", detail);
    }
}
