using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Demo;

/// <summary>
/// Puts known faults into a demo that has none, each into a household of its own, as a record that an older system left behind (no file could bring most of
/// them: the import refuses them), and says where they are. What each fault must be found as is written by hand, not by the rules library.
/// </summary>
public static partial class PlantFaults
{
    /// <param name="Check">The check that must fire.</param>
    /// <param name="Of">person or household: what the picked subject is.</param>
    /// <param name="Where">Which subjects will do: a condition over h (household), l (its listing), s (status), y (its year 2020), m (membership), p, py (2020).</param>
    /// <param name="Do">What makes it wrong; {h}, {p}, {key} and {change} stand for the household, the person, a free key and the change.</param>
    internal sealed record Recipe(string Check, string Of, string Where, string[] Do)
    {
        public string[] Also { get; init; } = [];

        /// <summary>A condition on further subjects on which it must fire too: a query of ids.</summary>
        public string? AlsoOn { get; init; }
    }

    /// <param name="Number">Number of the household.</param>
    public sealed record Fault(string Check, string Subject, long SubjectId, string Number);

    /// <summary>Checks that the demo plants nothing for, and why.</summary>
    public static IReadOnlyDictionary<string, string> Intended { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["c109-other-county"] = "needs the registry of a second county" };

    private static Recipe Person(string check, string where, params string[] act) => new(check, "person", where, act);

    private static Recipe House(string check, string where, params string[] act) => new(check, "household", where, act);

    private static string SetPerson(string set) => $"UPDATE persons SET {set}, change_id = {{change}} WHERE id = {{p}}";

    private static string SetYear(string set) => $"UPDATE person_years SET {set}, change_id = {{change}} WHERE person_id = {{p}} AND year = 2020";

    private static string SetTie(string set) =>
        $"UPDATE memberships SET {set}, change_id = {{change}} WHERE household_id = {{h}} AND person_id = {{p}} AND to_day IS NULL";

    private static string SetHouse(string set, int year = 2020) =>
        $"UPDATE household_years SET {set}, change_id = {{change}} WHERE household_id = {{h}} AND year = {year}";

    private static string Compared(string list) => $"compared_with = [record_kind/{list}]";

    private static string Listed(string list, string columns = "", string values = "") =>
        $"INSERT INTO department_records (id, area_code, person_id, change_id, kind{columns}) SELECT {{key}}, area_code, {{p}}, {{change}}, [record_kind.{list}]{values} FROM persons WHERE id = {{p}}";

    private static string HouseListed(string list, string columns = "", string values = "") =>
        $"INSERT INTO department_records (id, area_code, household_id, change_id, kind{columns}) SELECT {{key}}, area_code, {{h}}, {{change}}, [record_kind.{list}]{values} FROM households WHERE id = {{h}}";

    private const string Members = "(SELECT count(*) FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL)";
    private const string Head = "m.relation = [relation_to_head.head]";
    private const string Adult = "p.birth < 19900101";
    private const string Numbered = "p.id_length = 18 AND p.id_checksum_ok = TRUE";
    private const string IncomeKnown =
        "EXISTS (SELECT 1 FROM household_years i WHERE i.household_id = h.id AND i.year = 2019 AND i.income_net_stated IS NOT NULL AND i.income_business IS NOT NULL AND i.expense_business IS NOT NULL)";

    internal static IReadOnlyList<Recipe> Recipes { get; } =
    [
        // Numbers.
        Person(
            "c001-duplicate-number",
            Numbered,
            SetPerson("id_index = (SELECT min(q.id_index) FROM persons q WHERE q.area_code = persons.area_code AND q.id_index > 0)")
        ) with
        {
            AlsoOn = "SELECT q.id FROM persons q JOIN persons p ON p.id_index = q.id_index AND p.id <> q.id WHERE p.id = {p}",
        },
        Person("c002-number-length", Numbered, SetPerson("id_length = 17")),
        Person("c003-check-digit", Numbered, SetPerson("id_checksum_ok = FALSE")),
        Person("c003-check-digit-certificate", "p.id_length = 20 AND p.id_checksum_ok = TRUE", SetPerson("id_checksum_ok = FALSE")),
        Person("c004-birth-year", $"{Head} AND {Members} = 1", SetPerson("birth = 18990101, id_birth = 18990101")),
        Person("c004-birth-in-number", Numbered, SetPerson("id_birth = NULL")),
        Person("c005-no-number", Numbered, SetPerson("id_is_placeholder = TRUE")),
        Person("c006-sex-in-number", $"{Numbered} AND p.sex = [sex.male]", SetPerson("id_sex = [sex.female]")),
        Person("c006-birth-differs", Numbered, SetPerson("id_birth = 19550505")),
        // Structure of the household.
        House(
            "c007-no-head",
            $"{Members} = 1",
            "UPDATE memberships SET relation = [relation_to_head.other], change_id = {change} WHERE household_id = {h} AND to_day IS NULL"
        ),
        House(
            "c008-two-heads",
            $"{Members} = 2 AND EXISTS (SELECT 1 FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.spouse])",
            "UPDATE memberships SET relation = [relation_to_head.head], change_id = {change} WHERE household_id = {h} AND to_day IS NULL AND relation = [relation_to_head.spouse]"
        ),
        House(
            "c009-two-spouses",
            "EXISTS (SELECT 1 FROM memberships x JOIN persons q ON q.id = x.person_id WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.head] AND q.sex = [sex.male]) AND EXISTS (SELECT 1 FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.spouse]) AND 1 = (SELECT count(*) FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.mother])",
            "UPDATE memberships SET relation = [relation_to_head.spouse], change_id = {change} WHERE household_id = {h} AND to_day IS NULL AND relation = [relation_to_head.mother]"
        ),
        House(
            "c010-spouses-same-sex",
            "EXISTS (SELECT 1 FROM memberships x JOIN persons q ON q.id = x.person_id WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.spouse] AND q.sex = [sex.female] AND q.birth < 19850101) AND EXISTS (SELECT 1 FROM memberships x JOIN persons q ON q.id = x.person_id WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.head] AND q.sex = [sex.male])",
            "UPDATE persons SET sex = [sex.male], id_sex = [sex.male], change_id = {change} WHERE id = (SELECT person_id FROM memberships WHERE household_id = {h} AND to_day IS NULL AND relation = [relation_to_head.spouse])"
        ),
        Person("c011-relation-and-sex", "m.relation = [relation_to_head.son]", SetTie("relation = [relation_to_head.daughter]")),
        Person("c012-relation-missing", "m.relation = [relation_to_head.daughter]", SetTie("relation = NULL")),
        House(
            "c013-household-without-persons",
            $"{Members} = 1",
            "UPDATE memberships SET to_day = 20200601, change_id = {change} WHERE household_id = {h} AND to_day IS NULL"
        ),
        House(
            "c013-member-count",
            $"{Members} > 2",
            $"UPDATE households SET members_stated = {Members.Replace("h.id", "households.id", StringComparison.Ordinal)} + 1, change_id = {{change}} WHERE id = {{h}}",
            SetHouse("member_change_recorded = TRUE")
        ),
        House(
            "c014-two-member-counts",
            $"{Members} > 2",
            $"UPDATE households SET members_stated = {Members.Replace("h.id", "households.id", StringComparison.Ordinal)}, change_id = {{change}} WHERE id = {{h}}",
            SetHouse("members_of_year = members_of_year + 1")
        ),
        Person(
            "c013-person-without-household",
            Numbered,
            "INSERT INTO persons (id, area_code, name, sex, birth, ethnic, change_id) SELECT {key}, area_code, '演示甲', sex, birth, ethnic, {change} FROM persons WHERE id = {p}",
            "INSERT INTO person_years (person_id, year, health, labour, change_id) SELECT {key}, 2020, [health/healthy], [labour.ordinary], {change} FROM persons WHERE id = {p}"
        ),
        Person("c015-ethnic-missing", Numbered, SetPerson("ethnic = NULL")),
        Person("c015-health-missing", Numbered, SetYear("health = NULL")),
        Person("c015-labour-missing", Numbered, SetYear("labour = NULL")),
        Person("c015-politics-not-in-list", Adult, SetYear("politics = [politics.other_party]")),
        House(
            "c016-parent-too-young",
            "1 = (SELECT count(*) FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL AND x.relation = [relation_to_head.son])",
            "UPDATE persons SET birth = (SELECT q.birth FROM persons q JOIN memberships x ON x.person_id = q.id WHERE x.household_id = {h} AND x.to_day IS NULL AND x.relation = [relation_to_head.head]) / 10000 * 10000 + 100101, id_birth = (SELECT q.birth FROM persons q JOIN memberships x ON x.person_id = q.id WHERE x.household_id = {h} AND x.to_day IS NULL AND x.relation = [relation_to_head.head]) / 10000 * 10000 + 100101, change_id = {change} WHERE id = (SELECT x.person_id FROM memberships x WHERE x.household_id = {h} AND x.to_day IS NULL AND x.relation = [relation_to_head.son])"
        ),
        Person(
            "c017-spouse-under-age",
            $"m.relation = [relation_to_head.spouse] AND p.sex = [sex.female] AND {Members} = 2",
            SetPerson("birth = 20030101, id_birth = 20030101")
        ),
        // School, insurance, work.
        Person("c019-education-and-school", "py.school = [school_state.primary]", SetYear("education = [education.primary]")),
        Person("c037-both-medical", "py.medical_resident = TRUE", SetYear("medical_employee = TRUE")),
        Person("c045-place-and-months", "py.work_place IS NOT NULL AND py.work_months > 0", SetYear("work_months = 0")),
        // Income.
        House("c072-net-is-not-the-sum", IncomeKnown, SetHouse("income_net_stated = income_net_stated + 100, income_per_head_stated = NULL", 2019)),
        House(
            "c072-total-is-not-the-sum",
            $"{IncomeKnown} AND s.kind = [status_kind.remaining]",
            SetHouse("income_total_stated = income_total_stated + 100", 2019)
        ),
        House("c072-per-head-is-not-net", IncomeKnown, SetHouse("income_per_head_stated = income_per_head_stated + 100", 2019)),
        House("c073-negative-production", IncomeKnown, SetHouse("expense_business = income_business + 100, income_net_stated = NULL", 2019)),
        // Lists of departments: what somebody has.
        Person("c099-car-price", Adult, Listed("car", ", amount, to_day", ", 5000000, 20200101")),
        Person("c099-car", Adult, Listed("car", ", amount", ", 1000000")),
        Person("c099-large-machine", Adult, Listed("large_machine")),
        Person("c100-town-housing", Adult, Listed("town_housing")),
        Person("c100-shop-or-land", Adult, Listed("shop")),
        Person("c101-payroll-member", Adult, Listed("payroll")),
        House("c101-payroll-kin", $"{Members} > 0", HouseListed("payroll", ", kin", ", [relation_to_head.son]")),
        House(
            "c101-village-cadre",
            $"{Members} > 0",
            "INSERT INTO department_records (id, area_code, person_id, change_id, kind) SELECT {key}, p.area_code, p.id, {change}, [record_kind.village_cadre] FROM persons p WHERE p.id = (SELECT min(person_id) FROM memberships WHERE household_id = {h} AND to_day IS NULL)"
        ),
        Person("c102-business", Adult, Listed("business", ", active", ", TRUE")),
        Person("c103-big-grower", Adult, Listed("big_grower")),
        House("c104-paper-registration", $"{Members} > 0", SetHouse("empty_registration = TRUE")),
        House(
            "c104-split-to-qualify",
            "s.identified_year IS NOT NULL AND s.identified_year < 2020",
            "UPDATE households SET split_day = (SELECT st.identified_year * 10000 + 601 FROM household_statuses st WHERE st.household_id = {h} AND st.to_day IS NULL), change_id = {change} WHERE id = {h}"
        ),
        Person("c105-dead", Adult, Listed("death", ", from_day", ", 20200301")),
        Person("c105-prison-or-missing", Adult, Listed("prison", ", from_day", ", 20200301")),
        Person("c105-not-sharing", Adult, SetYear("shares_income = FALSE")),
        Person("c106-long-absent", Adult, SetYear("long_absent = TRUE")),
        Person("c106-study-or-pension", Adult, Listed("study_abroad")),
        // Lists of departments: on one side only.
        Person("c107-subsistence-on-list-only", "py.subsistence_allowance = FALSE", Listed("subsistence_roll")),
        Person("c107-subsistence-recorded-only", "py.subsistence_allowance = TRUE", SetYear(Compared("subsistence_roll"))),
        Person("c107-destitute-on-list-only", "py.destitute_support = FALSE", Listed("destitute_roll")),
        Person(
            "c107-destitute-recorded-only",
            $"{Adult} AND py.destitute_support = FALSE",
            SetYear($"destitute_support = TRUE, {Compared("destitute_roll")}")
        ),
        House(
            "c107-category",
            $"y.category = [household_category.subsistence] AND {Members} > 0",
            "UPDATE person_years SET subsistence_allowance = FALSE, destitute_support = FALSE, compared_with = [record_kind/subsistence_roll] + [record_kind/destitute_roll], change_id = {change} WHERE year = 2020 AND person_id IN (SELECT person_id FROM memberships WHERE household_id = {h} AND to_day IS NULL)"
        ),
        Person("c108-school-on-list-only", $"{Adult} AND (py.school IS NULL OR py.school = [school_state.not_in_school])", Listed("school_roll")),
        Person(
            "c108-school-recorded-only",
            "py.school IN ([school_state.high_1], [school_state.high_2], [school_state.high_3], [school_state.vocational_1]) AND p.birth < 20040101",
            SetYear(Compared("school_roll"))
        ),
        Person(
            "c108-school-age-no-roll",
            "py.school = [school_state.primary] AND p.birth BETWEEN 20080101 AND 20130101",
            SetYear(Compared("school_roll"))
        ) with
        {
            Also = ["c108-school-recorded-only"],
        },
        Person(
            "c108-medical-on-list-only",
            "py.medical_resident = TRUE",
            SetYear("medical_resident = FALSE, medical_employee = FALSE"),
            Listed("medical_roll")
        ),
        Person("c108-medical-recorded-only", "py.medical_resident = TRUE", SetYear(Compared("medical_roll"))),
        Person("c108-disability-on-list-only", "py.health = [health/healthy]", Listed("disability_roll")),
        Person("c108-disability-recorded-only", "py.health = [health/disabled]", SetYear(Compared("disability_roll"))),
        House("c108-house-on-list-only", "y.dilapidated = FALSE", HouseListed("dilapidated_roll")),
        House(
            "c108-house-recorded-only",
            $"y.dilapidated = FALSE AND {Members} > 0",
            SetHouse($"dilapidated = TRUE, {Compared("dilapidated_roll")}")
        ),
        House(
            "c108-loan-on-list-only",
            "NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.kind = [measure_kind.finance])",
            HouseListed("loan_roll")
        ),
        House(
            "c108-loan-recorded-only",
            "EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.kind = [measure_kind.finance] AND x.to_day IS NULL)",
            SetHouse(Compared("loan_roll"))
        ),
        House("c108-relocation-on-list-only", "h.relocated = FALSE", HouseListed("relocation_roll")),
        House("c108-relocation-recorded-only", "h.relocated = TRUE", SetHouse(Compared("relocation_roll"))),
        House(
            "c110-change-after-exit",
            "s.kind IN ([status_kind.exited_on_support], [status_kind.exited_support_ended])",
            HouseListed("deposit_change", ", from_day", ", 20200601")
        ),
    ];

    /// <summary>The checks it plants a fault for.</summary>
    public static IEnumerable<string> Planted => Recipes.Select(r => r.Check);

    /// <summary>Plants every fault there is a recipe for, judges again, and returns what must be found.</summary>
    /// <exception cref="InvalidOperationException">The population is too small for one of them.</exception>
    public static IReadOnlyList<Fault> Handle(Installation installation)
    {
        var faults = new List<Fault>();
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "planted faults",
            "village",
            DayNumber.Of(installation.WorkDate)
        );
        var used = new HashSet<long>();
        var key = connection.Number("SELECT max(id) FROM persons", transaction) + 1_000_000;
        foreach (var recipe in Recipes)
        {
            var subject = Pick(installation, connection, transaction, recipe, used);
            used.Add(subject.Household);
            key++;
            string Told(string sql) =>
                Filled(installation.Packs.Dictionary, sql)
                    .Replace("{h}", $"{subject.Household}", StringComparison.Ordinal)
                    .Replace("{p}", $"{subject.Person}", StringComparison.Ordinal)
                    .Replace("{key}", $"{key}", StringComparison.Ordinal)
                    .Replace("{change}", $"{change}", StringComparison.Ordinal);
            foreach (var sql in recipe.Do)
                connection.Execute(Told(sql), transaction);
            var id =
                recipe.Check == "c013-person-without-household" ? key
                : recipe.Of == "person" ? subject.Person
                : subject.Household;
            faults.AddRange(recipe.Also.Prepend(recipe.Check).Select(c => new Fault(c, recipe.Of, id, subject.Number)));
            if (recipe.AlsoOn is { } also)
                faults.AddRange(
                    connection.Query<long>(Told(also), transaction: transaction).Select(o => new Fault(recipe.Check, recipe.Of, o, subject.Number))
                );
        }
        JudgeArea.Within(installation, connection, transaction);
        transaction.Commit();
        return faults;
    }

    /// <summary>Writes the list of what was planted.</summary>
    public static void Write(IEnumerable<Fault> faults, string path) =>
        File.WriteAllText(
            path,
            string.Concat(
                faults
                    .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Check},{f.Subject},{f.SubjectId},{f.Number}\r\n"))
                    .Prepend("check,subject,subject_id,household\r\n")
            ),
            new UTF8Encoding(true)
        );

    private sealed record Subject(long Household, long Person, string Number);

    // The first household that will do and has no fault yet.
    private static Subject Pick(Installation installation, DbConnection connection, DbTransaction transaction, Recipe recipe, HashSet<long> used)
    {
        var one = recipe.Of == "person" ? "" : $" AND {Head}";
        var taken = used.Count == 0 ? "" : $" AND h.id NOT IN ({string.Join(", ", used)})";
        var sql = $"""
            SELECT h.id AS household, p.id AS person, l.number FROM households h JOIN household_list l ON l.household_id = h.id AND l.place_code = l.area_code AND l.registered = 1
            JOIN household_statuses s ON s.household_id = h.id AND s.to_day IS NULL
            JOIN household_years y ON y.household_id = h.id AND y.year = 2020
            JOIN memberships m ON m.household_id = h.id AND m.to_day IS NULL
            JOIN persons p ON p.id = m.person_id JOIN person_years py ON py.person_id = p.id AND py.year = 2020
            WHERE {Filled(installation.Packs.Dictionary, recipe.Where + one)}{taken} ORDER BY h.id, p.id LIMIT 1
            """;
        return connection.QueryFirstOrDefault<Subject>(sql, transaction: transaction)
            ?? throw new InvalidOperationException($"no household will do for {recipe.Check}");
    }

    // [list.entry] is the number of an entry of a code list, [list/entry] its bit in a set.
    private static string Filled(FactDictionary dictionary, string sql) =>
        Entry()
            .Replace(
                sql,
                m =>
                {
                    var number = dictionary.CodeLists[m.Groups[1].Value].Find(m.Groups[3].Value)!.Number;
                    return (m.Groups[2].Value == "." ? number : 1L << number).ToString(CultureInfo.InvariantCulture);
                }
            );

    [GeneratedRegex(@"\[([a-z_]+)([./])([a-z_0-9]+)\]")]
    private static partial Regex Entry();
}
