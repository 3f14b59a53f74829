using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>
/// Where the rows of a kind of sheet are kept: the joined tables, each with its alias (facts on them are read there), and the targets that are no facts, as
/// SQL.
/// </summary>
public sealed record ExportSource(
    string From,
    string Where,
    string Order,
    IReadOnlyDictionary<string, string> Tables,
    IReadOnlyDictionary<string, string> Structural
)
{
    public string Code { get; init; } = "h.area_code";
    public string Village { get; init; } = "h.village_id";
    public string Living { get; init; } = "h.living_village_id";
    public string Villages { get; init; } = "SELECT DISTINCT area_code FROM households WHERE area_code BETWEEN @from AND @to ORDER BY 1";

    /// <summary>Keeps to what the national system has: registered households.</summary>
    public string? Registered { get; init; }

    /// <summary>Aliases of the tables whose changes are what is to be keyed; empty for all that the sheet shows.</summary>
    public IReadOnlyList<string> Changing { get; init; } = [];
}

/// <summary>The tables behind each kind of sheet, on a day and for a year.</summary>
public static class ExportSources
{
    private const string Household = "coalesce(h.national_no, h.provisional_no)";

    public static ExportSource Of(SheetKind kind, int year, JudgingDay day) => new Builder(year, day.Number).Of(kind);

    private sealed class Builder(int year, int day)
    {
        // Numbers of code list status_kind and relation_to_head, which never change.
        private const int NotRegistered = 1;
        private const int Head = 1;

        public ExportSource Of(SheetKind kind) =>
            kind switch
            {
                SheetKind.Persons => Persons(),
                // A household whose status nobody stated is not an unregistered one: it goes out without a status.
                SheetKind.Households => OfHouseholds(
                    $"households h LEFT JOIN household_statuses s ON s.household_id = h.id AND {On("s")} {Years}",
                    $"(s.kind IS NULL OR s.kind <> {NotRegistered})",
                    ("household_statuses", "s")
                ) with
                {
                    Registered = "s.kind IS NOT NULL",
                },
                SheetKind.UnregisteredHouseholds => OfHouseholds(
                    $"households h JOIN household_statuses s ON s.household_id = h.id AND {On("s")} AND s.kind = {NotRegistered} {Years}",
                    "TRUE",
                    ("household_statuses", "s")
                ),
                SheetKind.Incomes => OfHouseholds("households h JOIN household_years hy ON hy.household_id = h.id", "TRUE") with
                {
                    Order = Household + ", hy.year",
                    Structural = Structural("hy.year"),
                    Registered = Registered,
                },
                SheetKind.HouseRebuilding => OfHouseholds(
                    $"households h JOIN residences r ON r.household_id = h.id AND {On("r")} JOIN dwellings d ON d.id = r.dwelling_id {Years}",
                    "TRUE",
                    ("residences", "r"),
                    ("dwellings", "d")
                ),
                SheetKind.Relocation => OfHouseholds(
                    // The house the household moved into: of one still to be moved into nothing is said of the old house.
                    $"households h LEFT JOIN residences r ON r.household_id = h.id AND {On("r")} LEFT JOIN dwellings d ON d.id = r.dwelling_id AND (d.relocated_day IS NOT NULL OR d.village_id = h.living_village_id AND d.village_id <> h.village_id) {Years}",
                    "h.relocated",
                    ("residences", "r"),
                    ("dwellings", "d")
                ),
                SheetKind.Measures => OfHouseholds(
                    $"measures ms JOIN households h ON h.id = ms.household_id LEFT JOIN persons p ON p.id = ms.person_id",
                    $"ms.from_day <= {day}",
                    ("measures", "ms"),
                    ("persons", "p")
                ) with
                {
                    Order = Household + ", ms.id",
                    Structural = Structural("coalesce(ms.year, ms.from_day / 10000)"),
                    Registered = Registered,
                },
                SheetKind.Helpers => OfHouseholds(
                    $"responsibilities re JOIN households h ON h.id = re.household_id JOIN units u ON u.id = re.unit_id JOIN posts po ON po.id = re.post_id",
                    On("re"),
                    ("responsibilities", "re"),
                    ("units", "u"),
                    ("posts", "po")
                ) with
                {
                    Order = Household + ", re.id",
                    Registered = Registered,
                },
                SheetKind.MemberChanges => OfHouseholds(
                    "memberships m JOIN households h ON h.id = m.household_id JOIN persons p ON p.id = m.person_id",
                    $"(m.to_day <= {day} OR m.from_day > {Days.Beginning} AND m.from_day <= {day})",
                    ("memberships", "m"),
                    ("persons", "p")
                ) with
                {
                    Order = Household + ", p.id, m.from_day",
                    Registered = Registered,
                    Changing = ["m"],
                },
                SheetKind.Villages => OfVillages(
                    $"village_years vy JOIN {Areas} ON av.area_id = vy.area_id",
                    $"vy.year = {year}",
                    "vy.year",
                    ("village_years", "vy")
                ),
                SheetKind.UnitsPosts => OfVillages(
                    $"responsibilities re JOIN {Areas} ON av.area_id = re.area_id JOIN units u ON u.id = re.unit_id JOIN posts po ON po.id = re.post_id",
                    On("re"),
                    "re.id",
                    ("responsibilities", "re"),
                    ("units", "u"),
                    ("posts", "po")
                ) with
                {
                    Villages =
                        "SELECT DISTINCT a.code FROM area_versions a JOIN responsibilities r ON r.area_id = a.area_id WHERE a.code BETWEEN @from AND @to ORDER BY 1",
                },
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "there is no export of described sheets"),
            };

        private string Years => $"LEFT JOIN household_years hy ON hy.household_id = h.id AND hy.year = {year}";

        private string Registered =>
            $"EXISTS (SELECT 1 FROM household_statuses rs WHERE rs.household_id = h.id AND {On("rs")} AND rs.kind <> {NotRegistered})";

        private string Areas => $"(SELECT area_id, code FROM area_versions a WHERE {On("a")}) av";

        private string On(string alias) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";

        private ExportSource Persons() =>
            OfHouseholds(
                $"memberships m JOIN households h ON h.id = m.household_id JOIN persons p ON p.id = m.person_id LEFT JOIN person_years py ON py.person_id = p.id AND py.year = {year} {Years}",
                On("m"),
                ("memberships", "m"),
                ("persons", "p"),
                ("person_years", "py")
            ) with
            {
                Order = Household + ", p.id",
                Registered = Registered,
            };

        private ExportSource OfHouseholds(string from, string where, params (string Table, string Alias)[] tables)
        {
            var all = tables.ToDictionary(t => t.Table, t => t.Alias);
            all["households"] = "h";
            if (from.Contains("household_years hy", StringComparison.Ordinal))
                all["household_years"] = "hy";
            return new(from, where, Household, all, Structural($"{year}"));
        }

        private static ExportSource OfVillages(string from, string where, string order, params (string Table, string Alias)[] tables) =>
            new(from, where, order, tables.ToDictionary(t => t.Table, t => t.Alias), People(order))
            {
                Code = "av.code",
                Village = "av.area_id",
                Living = "NULL",
                Villages = "SELECT DISTINCT code FROM area_versions WHERE level = 5 AND code BETWEEN @from AND @to ORDER BY 1",
            };

        private Dictionary<string, string> Structural(string yearText) =>
            new(People(yearText), StringComparer.Ordinal)
            {
                [Targets.HouseholdNo] = Household,
                [Targets.HouseholdProvisionalNo] = "coalesce(h.provisional_no, h.national_no)",
                [Targets.HeadName] = "h.head_name",
                [Targets.HouseholdPhone] = "h.phone_cipher",
                [Targets.HouseholdBankCard] = "h.bank_card_cipher",
                [Targets.HeadId] =
                    $"(SELECT hp.id_cipher FROM memberships hm JOIN persons hp ON hp.id = hm.person_id WHERE hm.household_id = h.id AND hm.relation = {Head} AND {On("hm")} LIMIT 1)",
                ["area.group"] = "h.group_name",
                [Targets.PersonNo] = "coalesce(p.national_no, p.provisional_no)",
                [Targets.PersonName] = "p.name",
                [Targets.PersonId] = "p.id_cipher",
                [Targets.PersonPhone] = "p.phone_cipher",
                [Targets.DwellingNo] = "d.number",
            };

        private static Dictionary<string, string> People(string yearText) =>
            new(StringComparer.Ordinal)
            {
                [Targets.Year] = yearText,
                [Targets.UnitName] = "u.name",
                [Targets.HelperName] = "po.holder_name",
                [Targets.HelperId] = "po.id_cipher",
                [Targets.HelperPhone] = "po.phone_cipher",
                [Targets.From] = $"nullif(re.from_day, {Days.Beginning})",
                [Targets.To] = "re.to_day",
            };
    }
}
