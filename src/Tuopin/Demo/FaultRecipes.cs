using System.Globalization;
using System.Text.RegularExpressions;
using Tuopin.Rules.Model;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Tuopin.Demo;

/// <summary>How one check is made to fire (packs/demo/faults): whom the fault is put on, what is done to the record, and what else must be found of it.</summary>
public sealed record FaultRecipe
{
    /// <summary>The check that must fire.</summary>
    public required string Check { get; init; }

    /// <summary>person, household or village: what it fires on.</summary>
    public required string Of { get; init; }

    /// <summary>Which subjects will do.</summary>
    public string Where { get; init; } = "1 = 1";

    /// <summary>The monitoring episode the household has; without it the household was never monitored.</summary>
    public string? Watch { get; init; }

    /// <summary>False: a household that is not registered.</summary>
    public bool Registered { get; init; } = true;

    /// <summary>The fault is of a person that it makes.</summary>
    public bool New { get; init; }

    /// <summary>What makes the record wrong, each <c>what: assignments [if condition]</c>.</summary>
    public required List<string> Do { get; init; }

    /// <summary>Further checks that must fire on the same subject, or on the household of the person.</summary>
    public List<string> Also { get; init; } = [];
    public List<string> AlsoHousehold { get; init; } = [];

    /// <summary>Further findings on others.</summary>
    public List<Elsewhere> On { get; init; } = [];

    public sealed record Elsewhere
    {
        public required string Check { get; init; }
        public required string Of { get; init; }

        /// <summary>A query of ids.</summary>
        public required string Ids { get; init; }
    }
}

/// <summary>The faults of one demo, with the words they are written in.</summary>
public sealed partial class FaultRecipes
{
    private sealed record Sheet
    {
        public required List<FaultRecipe> Faults { get; init; }
        public Dictionary<string, string> Intended { get; init; } = [];
    }

    private readonly FactDictionary _dictionary;
    private readonly DemoSet _set;

    private FaultRecipes(FactDictionary dictionary, DemoSet set, IReadOnlyList<FaultRecipe> all, IReadOnlyDictionary<string, string> intended) =>
        (_dictionary, _set, All, Intended) = (dictionary, set, all, intended);

    public IReadOnlyList<FaultRecipe> All { get; }

    /// <summary>Checks in force that nothing is planted for, and why.</summary>
    public IReadOnlyDictionary<string, string> Intended { get; }

    public static FaultRecipes Load(string packs, FactDictionary dictionary, DemoSet set)
    {
        var yaml = new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .WithDuplicateKeyChecking()
            .WithEnforceRequiredMembers()
            .WithEnforceNullability()
            .Build();
        Sheet Read(string name)
        {
            using var reader = File.OpenText(Path.Combine(packs, "demo", "faults", name + ".yaml"));
            return yaml.Deserialize<Sheet>(reader);
        }
        Sheet[] sheets = [Read("common"), Read(set.Id)];
        return new(dictionary, set, [.. sheets.SelectMany(s => s.Faults)], sheets[1].Intended);
    }

    private const string Members = "(SELECT count(*) FROM memberships x WHERE x.household_id = h.id AND x.to_day IS NULL)";

    private static string OfMembers(string condition, int year) =>
        $"FROM memberships x JOIN persons q ON q.id = x.person_id JOIN person_years z ON z.person_id = q.id AND z.year = {year} WHERE x.household_id = h.id AND x.to_day IS NULL AND ({condition})";

    /// <summary>A condition over h (household), l (its listing), s (status), y (its year), w (its monitoring), m (membership), p and py in SQL.</summary>
    public string Condition(string text)
    {
        var day = _set.WorkDay;
        (string Word, string Sql)[] words =
        [
            ("{year}", $"{_set.Year}"),
            ("{members}", Members),
            ("{head}", "m.relation = [relation_to_head.head]"),
            ("{adult}", "p.birth < 19900101"),
            ("{age}", string.Create(CultureInfo.InvariantCulture, $"(({day} - p.birth) / 10000)")),
            ("{numbered}", "p.id_length = 18 AND p.id_checksum_ok = TRUE"),
            ("{able}", "z.labour IN ([labour.ordinary], [labour.skilled], [labour.weak])"),
            ("{out}", "py.school = [school_state.not_in_school] AND py.labour = [labour.ordinary]"),
            // Of working age with nothing else to say: no school, no work, no post, insured.
            (
                "{idle}",
                "py.school = [school_state.not_in_school] AND py.labour = [labour.ordinary] AND py.work_months = 0 AND py.public_post IS NULL AND py.medical_resident = TRUE AND py.education <= [education.senior]"
            ),
            ("{worker}", "py.work_months > 0 AND py.labour = [labour.ordinary] AND py.work_place IS NOT NULL"),
            (
                "{student}",
                "py.school IN ([school_state.vocational_1], [school_state.vocational_2], [school_state.vocational_3], [school_state.college_1], [school_state.college_2], [school_state.college_3])"
            ),
            ("{exited}", "s.kind IN ([status_kind.exited_on_support], [status_kind.exited_support_ended])"),
            (
                "{income}",
                $"EXISTS (SELECT 1 FROM household_years i WHERE i.household_id = h.id AND i.year = {_set.IncomeYear} AND i.income_net_stated IS NOT NULL AND i.income_business IS NOT NULL AND i.expense_business IS NOT NULL)"
            ),
            ("{active}", "w.to_day IS NULL AND (w.eliminated IS NULL OR w.eliminated = FALSE)"),
            ("{helped}", "w.eliminated = TRUE AND w.elimination = [elimination_kind.by_help]"),
        ];
        foreach (var (word, sql) in words)
            text = text.Replace(word, sql, StringComparison.Ordinal);
        text = Some().Replace(text, m => $"EXISTS (SELECT 1 {OfMembers(m.Groups[1].Value, _set.Year)})");
        text = Count().Replace(text, m => $"(SELECT count(*) {OfMembers(m.Groups[1].Value, _set.Year)})");
        return Filled(text);
    }

    /// <summary>One act as a statement; {h}, {p}, {key} and {change} are still to be filled in.</summary>
    /// <exception cref="FormatException">It says nothing known.</exception>
    public string Statement(string act)
    {
        var (what, then) = act.Split(": ", 2) is [var w, var t] ? (w, t) : (act, "");
        var (set, only) = what != "sql" && then.Split(" if ", 2) is [var s, var condition] ? (s, $" AND ({condition})") : (then, "");
        var filled = Act(what, set, only)
            .Replace("{year}", $"{_set.Year}", StringComparison.Ordinal)
            .Replace("{unstated}", "income_net_stated = NULL, income_total_stated = NULL, income_per_head_stated = NULL", StringComparison.Ordinal)
            .Replace("{born18}", $"{(_set.Year - 18) * 10000 + 101}", StringComparison.Ordinal)
            .Replace(
                "{born}",
                "(SELECT q.birth FROM persons q JOIN memberships x ON x.person_id = q.id WHERE x.household_id = {h} AND x.to_day IS NULL AND x.relation = [relation_to_head.head])",
                StringComparison.Ordinal
            )
            .Replace("{counted}", "(SELECT count(*) FROM memberships x WHERE x.household_id = {h} AND x.to_day IS NULL)", StringComparison.Ordinal);
        return Filled(filled);
    }

    private string Act(string what, string set, string only)
    {
        string Update(string table, string where) => $"UPDATE {table} SET {set}, change_id = {{change}} WHERE {where}{only}";
        const string CurrentTies = "household_id = {h} AND to_day IS NULL";
        return what switch
        {
            "sql" => set,
            "person" => Update("persons", "id = {p}"),
            "year" => Update("person_years", $"person_id = {{p}} AND year = {_set.Year}"),
            "years" => Update("person_years", $"year = {_set.Year} AND person_id IN (SELECT person_id FROM memberships WHERE {CurrentTies})"),
            "tie" => Update("memberships", CurrentTies + " AND person_id = {p}"),
            "ties" => Update("memberships", CurrentTies),
            "household" => Update("households", "id = {h}"),
            "house" => Update("household_years", $"household_id = {{h}} AND year = {_set.Year}"),
            "money" => Update("household_years", $"household_id = {{h}} AND year = {_set.IncomeYear}"),
            "watch" => Update("monitorings", "household_id = {h}"),
            "measures" => Update("measures", "household_id = {h}"),
            "village" => Update("village_years", $"area_id = {{h}} AND year = {_set.Year}"),
            "job" =>
                $"INSERT INTO jobs (id, area_code, person_id, change_id, from_day, to_day) SELECT {{key}}, area_code, {{p}}, {{change}}, {set} FROM persons WHERE id = {{p}}",
            "help" => Help(set.Split(", ")),
            "listed" => Listed(set, "person_id", "{p}", "persons"),
            "house-listed" => Listed(set, "household_id", "{h}", "households"),
            _ => throw new FormatException($"packs/demo/faults: '{what}' is nothing that can be done"),
        };
    }

    private string Help(string[] kindAndItem) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO measures (id, household_id, kind, item, from_day, year, change_id) VALUES ({{key}}, {{h}}, [measure_kind.{kindAndItem[0]}], {(kindAndItem.Length > 1 ? $"[measure_item.{kindAndItem[1]}]" : "NULL")}, {_set.Year}0301, {_set.Year}, {{change}})"
        );

    // kind [(columns) = (values)]: the row a match with that list would have left.
    private static string Listed(string text, string column, string id, string table)
    {
        var parts = List().Match(text);
        var (columns, values) = parts.Groups[2].Success ? ($", {parts.Groups[2].Value}", $", {parts.Groups[3].Value}") : ("", "");
        return $"INSERT INTO department_records (id, area_code, {column}, change_id, kind{columns}) SELECT {{key}}, area_code, {id}, {{change}}, [record_kind.{parts.Groups[1].Value}]{values} FROM {table} WHERE id = {id}";
    }

    // [list.entry] is the number of an entry of a code list, [list/entry] its bit in a set.
    private string Filled(string sql) =>
        Entry()
            .Replace(
                sql,
                m =>
                {
                    var number = _dictionary.CodeLists[m.Groups[1].Value].Find(m.Groups[3].Value)!.Number;
                    return (m.Groups[2].Value == "." ? number : 1L << number).ToString(CultureInfo.InvariantCulture);
                }
            );

    [GeneratedRegex(@"\[([a-z_]+)([./])([a-z_0-9]+)\]")]
    private static partial Regex Entry();

    [GeneratedRegex(@"any\{([^{}]*)\}")]
    private static partial Regex Some();

    [GeneratedRegex(@"count\{([^{}]*)\}")]
    private static partial Regex Count();

    [GeneratedRegex(@"^([a-z_]+)(?: \(([^)]*)\) = \(([^)]*)\))?$")]
    private static partial Regex List();
}
