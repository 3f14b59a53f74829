namespace Tuopin.Rules.Tests;

/// <summary>Where the files of this repository lie while tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Tuopin.slnx"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Tuopin.slnx lies in no folder above the tests"));
}
