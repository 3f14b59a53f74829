using System.Text;
using Tuopin.Rules.Model;
using Tuopin.Rules.Sql;

namespace Tuopin.Rules.Tests.Parity;

/// <summary>The physical tables of <see cref="TestWorld"/>, as the program lays them out.</summary>
internal static class TestSchema
{
    private static readonly (string Table, string Structure, string Key, SubjectType[] Rows, Kept Kept)[] Shapes =
    [
        (
            "area_versions",
            "area_id bigint, code bigint, name text, parent_id bigint, level int, from_day int, to_day int",
            "",
            [TestWorld.Village, TestWorld.Township, TestWorld.County],
            Kept.Row
        ),
        ("households", "id bigint, area_code bigint, village_id bigint", "id", [TestWorld.Household], Kept.Row),
        ("persons", "id bigint, area_code bigint", "id", [TestWorld.Person], Kept.Row),
        ("dwellings", "id bigint, area_code bigint", "id", [TestWorld.Dwelling], Kept.Row),
        ("measures", "id bigint, household_id bigint, person_id bigint, from_day int, to_day int", "id", [TestWorld.Measure], Kept.Row),
        (
            "memberships",
            "household_id bigint, person_id bigint, from_day int, to_day int",
            "household_id, person_id, from_day",
            [TestWorld.Person],
            Kept.Link
        ),
        (
            "residences",
            "household_id bigint, dwelling_id bigint, from_day int, to_day int",
            "household_id, dwelling_id, from_day",
            [TestWorld.Dwelling],
            Kept.Link
        ),
        ("household_years", "household_id bigint, year int", "household_id, year", [TestWorld.Household], Kept.RegistryYear),
        ("person_years", "person_id bigint, year int", "person_id, year", [TestWorld.Person], Kept.RegistryYear),
        ("village_years", "area_id bigint, year int", "area_id, year", [TestWorld.Village], Kept.RegistryYear),
        ("township_years", "area_id bigint, year int", "area_id, year", [TestWorld.Township], Kept.RegistryYear),
        ("county_years", "area_id bigint, year int", "area_id, year", [TestWorld.County], Kept.RegistryYear),
        (
            "verdicts",
            "subject_id bigint, standard_version_id bigint, day int, met bigint, unmet bigint, exempt bigint, overruled_met bigint, overruled_unmet bigint",
            "standard_version_id, subject_id",
            [],
            Kept.Row
        ),
        ("tallies", "area_id bigint, tally_id text, day int, low bigint, high bigint", "area_id, tally_id", [], Kept.Row),
    ];

    private static readonly string[] Indexes =
    [
        "memberships (person_id)",
        "residences (dwelling_id)",
        "measures (household_id)",
        "measures (person_id)",
        "persons (id_index)",
    ];

    public static IEnumerable<string> Tables => Shapes.Select(s => s.Table);

    public static string Create(SqlDialect dialect)
    {
        var text = new StringBuilder();
        foreach (var (table, structure, key, types, kept) in Shapes)
        {
            text.Append("CREATE TABLE ").Append(table).Append(" (");
            text.Append(dialect == SqlDialect.Sqlite ? structure.Replace("bigint", "integer", StringComparison.Ordinal) : structure);
            foreach (var fact in types.SelectMany(t => t.Facts.Values).Where(f => Place(f.Kept) == kept))
                text.Append(", \"").Append(fact.Column).Append("\" ").Append(Column(fact, dialect));
            if (key.Length > 0)
                text.Append(", PRIMARY KEY (").Append(key).Append(')');
            text.Append(dialect == SqlDialect.Sqlite ? ") STRICT;\n" : ");\n");
        }
        foreach (var index in Indexes)
            text.Append(
                    "CREATE INDEX ON ".Replace(
                        " ON",
                        dialect == SqlDialect.Sqlite ? $" ix_{Math.Abs(index.GetHashCode(StringComparison.Ordinal))} ON" : " ON",
                        StringComparison.Ordinal
                    )
                )
                .Append(index)
                .Append(";\n");
        return text.ToString();
    }

    private static Kept Place(Kept kept) => kept is Kept.PolicyYear or Kept.IncomeYear ? Kept.RegistryYear : kept;

    private static string Column(Fact fact, SqlDialect dialect)
    {
        if (dialect == SqlDialect.Sqlite)
            return fact.Type.Kind switch
            {
                Kind.Text => "text",
                Kind.Bool => $"integer CHECK (\"{fact.Column}\" IN (0, 1))",
                _ => "integer",
            };
        return fact.Type.Kind switch
        {
            Kind.Text => "text COLLATE \"C\"",
            Kind.Bool => "boolean",
            Kind.Code => "smallint",
            Kind.Int or Kind.Date => "integer",
            _ => "bigint",
        };
    }
}
