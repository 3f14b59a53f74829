namespace Tuopin.Rules.Sql;

/// <summary>What a pack may call its tables and columns, so that the name means the same in every statement on both databases.</summary>
internal static class SqlWords
{
    /// <summary>Names made from a table's (its history, triggers and indexes) add up to 20 characters, and PostgreSQL cuts at 63.</summary>
    public const int LongestTable = 40;

    /// <summary>A staged column is called by its subject and its name.</summary>
    public const int LongestStaged = 62;

    private static readonly HashSet<string> Reserved = new(
        (
            "add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both by case cast check collate "
            + "collation column commit concurrently constraint create cross current current_catalog current_date current_role current_schema current_time "
            + "current_timestamp current_user default deferrable delete desc distinct do drop else end escape except exists false fetch for foreign "
            + "freeze from full glob grant group having ilike in index initially inner insert intersect into is isnull join key lateral leading left "
            + "like limit localtime localtimestamp match natural not nothing notnull null of offset on only or order outer over overlaps placing plan "
            + "primary references reindex rename replace returning right row select session_user set similar some symmetric system_user table "
            + "tablesample then to trailing transaction trigger true union unique update user using values variadic verbose view when where window with "
            // Columns that every table has already.
            + "cmax cmin ctid oid rowid tableoid xmax xmin"
        ).Split(' '),
        StringComparer.Ordinal
    );

    public static bool Has(string name) => Reserved.Contains(name);
}
