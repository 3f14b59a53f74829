namespace Tuopin.Standards;

/// <summary>
/// The households that counts are about: registered as poor, or known not to be. One that was removed or closed, or whose status nobody stated, is judged but
/// counted nowhere.
/// </summary>
public static class CountedHouseholds
{
    private static readonly string[] Registered = ["remaining", "exited_on_support", "exited_support_ended", "returned"];

    /// <summary>What stands after JOIN, with the status <c>counted</c> of each counted household on the day of the judgement.</summary>
    public static string Join(Judging judging, string household) =>
        $"{judging.Source("household_statuses")} counted ON counted.household_id = {household}.id AND {judging.Covers("counted")} AND counted.kind IN ({Kinds(judging, [.. Registered, "not_registered"])})";

    /// <summary>A condition on <see cref="Join"/>: not registered as poor.</summary>
    public static string IsUnregistered(Judging judging) => $"counted.kind IN ({Kinds(judging, "not_registered")})";

    private static string Kinds(Judging judging, params string[] keys)
    {
        var codes = judging.Installation.Packs.Dictionary.CodeLists["status_kind"];
        return string.Join(", ", keys.Select(k => codes.Find(k)!.Number));
    }
}
