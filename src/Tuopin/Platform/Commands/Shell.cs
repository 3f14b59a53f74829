using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Tuopin.Platform.Commands;

/// <summary>
/// What every command shares: where the data is, how results are printed, and the exit codes: 0 done, 1 refused with reasons, 2 wrong usage, 3 failed.
/// Results go to standard output; progress and warnings to standard error, which stays empty under --json unless something is refused. Under --json a
/// refusal is the one document on standard output: code, message, details; its sentence stands on standard error as well.
/// </summary>
public sealed class Shell(TextWriter output, TextWriter errors, TimeProvider clock)
{
    public static readonly Option<string> Data = new("--data")
    {
        Description = "data folder",
        DefaultValueFactory = _ => "./data",
        Recursive = true,
    };
    public static readonly Option<string?> Database = new("--db")
    {
        Description = "PostgreSQL connection string instead of SQLite",
        Recursive = true,
    };
    public static readonly Option<string?> Packs = new("--packs")
    {
        Description = "folder of a county's own packs over the shipped ones",
        Recursive = true,
    };
    public static readonly Option<string?> Keys = new("--keys") { Description = "key file", Recursive = true };
    public static readonly Option<bool> Json = new("--json") { Description = "print one JSON document", Recursive = true };

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public TextWriter Output { get; } = output;
    public TextWriter Errors { get; } = errors;
    public TimeProvider Clock { get; } = clock;

    /// <summary>Whether this call prints JSON; then nothing but the document and refusals is written.</summary>
    public bool IsJson { get; private set; }

    /// <summary>Turns a handler into a command's action with the exit codes above.</summary>
    public Func<ParseResult, int> Run(Action<ParseResult> handler) =>
        parsed =>
        {
            IsJson = parsed.GetValue(Json);
            try
            {
                handler(parsed);
                return 0;
            }
            catch (Refusal refusal)
            {
                Errors.WriteLine($"{refusal.Message} [{refusal.Code}]");
                foreach (var detail in refusal.Details)
                    Errors.WriteLine("  " + detail);
                if (IsJson)
                    PrintRefusal(refusal.Code, refusal.Message, refusal.Details);
                return refusal is WrongUsage ? 2 : 1;
            }
        };

    /// <summary>Opens the installation; only a command that writes (<paramref name="install"/>) may add columns that the packs ask for.</summary>
    public Installation Open(ParseResult parsed, bool create = false, bool install = false) =>
        Installation.Open(Options(parsed), create, Clock, Warn, install);

    public static InstallationOptions Options(ParseResult parsed) =>
        new(parsed.GetValue(Data)!, parsed.GetValue(Database), parsed.GetValue(Packs), parsed.GetValue(Keys));

    /// <summary>A line about progress or something to mind; nothing under --json.</summary>
    public void Warn(string line)
    {
        if (!IsJson)
            Errors.WriteLine(line);
    }

    /// <summary>The document of a call that came to nothing.</summary>
    public void PrintRefusal(string code, string message, IReadOnlyList<string> details) =>
        PrintJson(
            new
            {
                code,
                message,
                details,
            }
        );

    public void PrintJson(object value) => Output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
}
