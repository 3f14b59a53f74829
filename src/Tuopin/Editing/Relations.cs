namespace Tuopin.Editing;

/// <summary>
/// How the members of a household stand to a new head, as far as their relations to the old one tell. What they do not tell is "other" and is to be stated.
/// </summary>
public static class Relations
{
    /// <param name="head">Relation of the new head to the old one.</param>
    /// <param name="old">Sex of the old head: 1 male, 2 female.</param>
    /// <param name="next">Sex of the new head.</param>
    /// <param name="member">Relation of a member to the old head; "head" for the old head.</param>
    /// <param name="sex">Sex of that member.</param>
    public static string Seen(string head, long? old, long? next, string member, long? sex) =>
        head switch
        {
            "spouse" => FromSpouse(next, member),
            "son" or "daughter" => FromChild(old, member, sex),
            "father" or "mother" => FromParent(old, member, sex),
            _ => "other",
        };

    private static string FromSpouse(long? next, string member) =>
        member switch
        {
            "head" => "spouse",
            "father" => next == 1 ? "wifes_father" : "husbands_father",
            "mother" => next == 1 ? "wifes_mother" : "husbands_mother",
            "wifes_father" or "husbands_father" => "father",
            "wifes_mother" or "husbands_mother" => "mother",
            "son"
            or "daughter"
            or "son_in_law"
            or "daughter_in_law"
            or "grandson"
            or "granddaughter"
            or "daughters_son"
            or "daughters_daughter"
            or "great_grandson"
            or "great_granddaughter" => member,
            _ => "other",
        };

    private static string FromChild(long? old, string member, long? sex) =>
        member switch
        {
            "head" => Of(old, "father", "mother"),
            "spouse" => Of(sex, "father", "mother"),
            "son" or "daughter" => "sibling",
            "father" => Of(old, "grandfather", "mothers_father"),
            "mother" => Of(old, "grandmother", "mothers_mother"),
            _ => "other",
        };

    private static string FromParent(long? old, string member, long? sex) =>
        member switch
        {
            "head" => Of(old, "son", "daughter"),
            "father" or "mother" => "spouse",
            "spouse" => Of(old, "daughter_in_law", "son_in_law"),
            "sibling" => Of(sex, "son", "daughter"),
            "son" => Of(old, "grandson", "daughters_son"),
            "daughter" => Of(old, "granddaughter", "daughters_daughter"),
            _ => "other",
        };

    private static string Of(long? sex, string male, string female) =>
        sex switch
        {
            1 => male,
            2 => female,
            _ => "other",
        };
}
