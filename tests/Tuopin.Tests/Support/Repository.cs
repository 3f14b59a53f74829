namespace Tuopin.Tests.Support;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Tuopin.slnx"))
        || Directory.Exists(Path.Combine(folder, "packs")) && Directory.Exists(Path.Combine(folder, "docs"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("outside a checkout"));
}
