using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What reading one sheet found: rows with data, and what is wrong with them. Rows with an error are not staged.</summary>
public sealed record StagedResult(StagedSheet Sheet, long Rows, Findings Findings);

/// <summary>
/// Reads a sheet into its staging table: every row parsed, checked and encrypted, one pass, no lock on the registry. What rules need of a personal number
/// is derived here; the number itself goes no further.
/// </summary>
public sealed class StageSheet
{
    private static readonly string[] IdentityFacts =
    [
        "id_kind",
        "id_length",
        "id_checksum_ok",
        "id_birth",
        "id_sex",
        "id_is_placeholder",
        "id_index",
        "disability_grade",
    ];

    private readonly ColumnPlan plan;
    private readonly PersonalNumbers numbers;
    private readonly ReadOptions options;
    private readonly AreaResolver areas;
    private readonly int year;
    private readonly int headIdAt;
    private readonly int helperIdAt;
    private readonly int[] ofHousehold;
    private readonly Rules.Model.ValueType? yearOfMeasure;
    private int ordinal;
    private readonly bool aboutDwellings;
    private readonly List<(Fact Fact, int Column)> facts;
    private readonly List<Fact> derived = [];
    private readonly HashSet<string> structural = new(StringComparer.Ordinal);
    private readonly FirstRows households = new();
    private readonly FirstRows persons = new();
    private readonly FirstRows dwellings = new();
    private readonly FirstRows units = new();
    private readonly FirstRows posts = new();
    private readonly Dictionary<string, int> at = new(StringComparer.Ordinal);

    public StageSheet(ColumnPlan plan, FactDictionary dictionary, PersonalNumbers numbers, AreaResolver areas, ReadOptions options)
    {
        (this.plan, this.numbers, this.areas, this.options) = (plan, numbers, areas, options);
        var kind = plan.Mapping.Kind;
        year = new JudgingDay(options.DataDay).RegistryYear;
        (headIdAt, helperIdAt) = (plan.IndexOf(Targets.HeadId), plan.IndexOf(Targets.HelperId));
        ofHousehold = [.. new[] { Targets.HouseholdPhone, Targets.HouseholdBankCard }.Select(plan.IndexOf).Where(c => c >= 0)];
        yearOfMeasure = dictionary["measure"].Facts.GetValueOrDefault("year")?.Type;
        facts = [.. plan.Columns.Select((c, i) => (c.Target.Fact!, i)).Where(f => f.Item1 is not null && !IsStructural(f.Item1))];
        aboutDwellings = facts.Exists(f => f.Fact.Subject.Name == "dwelling");
        foreach (var (name, target) in Structural)
            if ((at[name] = plan.IndexOf(target)) >= 0)
                structural.Add(name);
        foreach (var (name, facet) in new[] { ("from_day", "from_day"), ("to_day", "to_day") })
            if (at[name] < 0 && (at[name] = plan.Columns.ToList().FindIndex(c => c.Target.Fact?.Column == facet)) >= 0)
                structural.Add(name);
        foreach (var (target, columns) in Personal)
            if (plan.IndexOf(target) >= 0)
                structural.UnionWith(columns);
        structural.Add("year");
        if (plan.Columns.Any(c => c.Target.Living))
            structural.Add("living_village_id");
        if (IsAboutPersons && plan.IndexOf(Targets.PersonId) >= 0)
            derived.AddRange(IdentityFacts.Select(f => dictionary["person"].Facts[f]).Where(f => facts.All(s => s.Fact != f)));
        if (Phone >= 0)
        {
            structural.Add("phone_cipher");
            if (kind == SheetKind.Persons)
                derived.AddRange(new[] { "phone_length", "phone_is_mobile" }.Select(f => dictionary["person"].Facts[f]));
        }
        if (kind == SheetKind.UnregisteredHouseholds)
            derived.Add(dictionary["household_status"].Facts["kind"]);
    }

    private static readonly (string Column, string Target)[] Structural =
    [
        ("household_no", Targets.HouseholdNo),
        ("household_provisional_no", Targets.HouseholdProvisionalNo),
        ("person_no", Targets.PersonNo),
        ("person_provisional_no", Targets.PersonProvisionalNo),
        ("person_name", Targets.PersonName),
        ("head_name", Targets.HeadName),
        ("group_name", "area.group"),
        ("year", Targets.Year),
        ("from_day", Targets.From),
        ("to_day", Targets.To),
        ("unit_name", Targets.UnitName),
        ("helper_name", Targets.HelperName),
        ("dwelling_no", Targets.DwellingNo),
    ];

    private static readonly (string Target, string[] Columns)[] Personal =
    [
        (Targets.HouseholdPhone, ["household_phone_cipher", "household_phone_index"]),
        (Targets.HouseholdBankCard, ["bank_card_cipher", "bank_card_index"]),
        (Targets.HeadId, ["head_id_index"]),
        (Targets.HelperId, ["helper_id_cipher", "helper_id_index"]),
    ];

    // Written through structural columns, whatever the dictionary calls them too.
    private static bool IsStructural(Fact fact) =>
        fact.Column is "from_day" or "to_day"
        || fact is { Subject.Name: "household", Name: "national_no" or "provisional_no" or "head_name" }
        || fact is { Subject.Name: "person", Name: "national_no" or "provisional_no" or "name" }
        || fact is { Subject.Name: "unit", Name: "name" }
        || fact is { Subject.Name: "post", Name: "holder_name" };

    private bool IsAboutPersons => plan.Mapping.Kind is SheetKind.Persons or SheetKind.MemberChanges;

    private int Phone =>
        plan.Mapping.Kind is SheetKind.Helpers or SheetKind.UnitsPosts ? plan.IndexOf(Targets.HelperPhone) : plan.IndexOf(Targets.PersonPhone);

    /// <summary>Reads all rows. The connection of the place must be in no transaction.</summary>
    public StagedResult Read(SheetReader source, StagingPlace place, Action<long>? progress = null)
    {
        var sheet = StagedSheet.Create(place, plan.Mapping.Kind, [.. facts.Select(f => f.Fact), .. derived], structural, Erases, at["year"] >= 0);
        var structure = new HouseholdStructure(plan, source.SheetName, options);
        var findings = new Findings();
        var refused = new List<StagedSheet.RefusedMember>();
        var rows = 0L;
        using (var transaction = Store.BeginStaging(place.Connection))
        {
            using (var writer = RowWriter.Open(place.Connection, sheet.Rows, sheet.Columns))
            {
                foreach (var row in new RowReader(plan, areas, options).Read(source))
                {
                    CheckDays(row, source.SheetName);
                    structure.Add(row);
                    rows++;
                    foreach (var error in row.Errors)
                        findings.Add(row.Number, error);
                    if (!row.Refused)
                        Write(writer, row);
                    else if (
                        plan.Mapping.Kind == SheetKind.Persons
                        && !row.IsTotal
                        && refused.Count < Findings.Cap
                        && HouseholdOf(row) is { } household
                    )
                    {
                        var (number, provisional) = PersonNumbers(row);
                        refused.Add(new(row.Number, household, number, provisional));
                    }
                    if (rows % 5000 == 0)
                        progress?.Invoke(rows);
                }
                writer.Complete();
            }
            foreach (var finding in structure.Finish())
                Reject(place.Connection, transaction, sheet, findings, finding);
            sheet.AddRefused(refused);
            transaction.Commit();
            sheet.IsWhole = findings.Rejected == 0;
        }
        return new(sheet, rows, findings);
    }

    private string? HouseholdOf(ReadRow row) => Text(row, "household_no") ?? Text(row, "household_provisional_no");

    // What ends before it begins, and a year of a measure that is none. A row of a measure without its first day holds from the first day of its year.
    private void CheckDays(ReadRow row, string sheet)
    {
        var isMeasure = plan.Mapping.Kind == SheetKind.Measures;
        if (isMeasure && yearOfMeasure is { } range && row[at["year"]] is { } stated && (stated.Number < range.Min || stated.Number > range.Max))
            Report(ImportRules.Range, at["year"], $"{stated.Number}", $"{range.Min}", $"{range.Max}");
        if (Number(row, "to_day") is not { } to)
            return;
        var from = Number(row, "from_day") ?? (isMeasure ? (Number(row, "year") ?? year) * 10000 + 101 : null);
        if (from > to)
            Report(ImportRules.DaysReversed, at["to_day"], Day(to), Day(from.Value));

        void Report(ImportRule rule, int column, string value, string first, string second = "") =>
            row.Errors.Add(
                new RowError(rule, sheet, row.Number, plan.Columns[column].Positions[0], plan.Columns[column].Title, value, first, second)
            );

        static string Day(long day) => DayNumber.ToDate(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static void Reject(DbConnection connection, DbTransaction transaction, StagedSheet sheet, Findings findings, HouseholdFinding finding)
    {
        var rows = finding.Rows.Count > 0 ? finding.Rows : [finding.Error.Row];
        foreach (var row in rows)
            findings.Add(row, finding.Error with { Row = row });
        if (finding.Error.IsError)
            connection.Execute($"DELETE FROM {sheet.Rows} WHERE row_no IN ({string.Join(", ", rows)})", transaction);
    }

    private bool Erases(Fact fact) => plan.Columns.Any(c => c.Target.Fact == fact && c.Mapping.Erases);

    // Columns in the order of StagedSheet.AllStructural, then personal numbers, then facts, then derived facts.
    private void Write(RowWriter writer, ReadRow row)
    {
        var (householdNo, provisionalHousehold) = (Text(row, "household_no"), Text(row, "household_provisional_no"));
        var (personNo, provisionalPerson) = PersonNumbers(row);
        var (unit, helper, dwelling) = (Text(row, "unit_name"), Text(row, "helper_name"), Text(row, "dwelling_no"));
        var phone = row[Phone]?.Text is { Length: > 0 } stated ? stated : null;
        long? phoneIndex = phone is null ? null : numbers.Index(phone);
        var household = householdNo ?? provisionalHousehold;

        writer.Number(row.Number);
        writer.Number(++ordinal);
        var firstOfHousehold = households.Of(household, ordinal);
        writer.Number(firstOfHousehold);
        // The national export names each person once: that is checked on reading.
        writer.Number(plan.Mapping.Kind == SheetKind.MemberChanges ? persons.Of(personNo ?? provisionalPerson, ordinal) ?? ordinal : ordinal);
        writer.Number(dwellings.Of(aboutDwellings ? dwelling ?? household : null, ordinal));
        writer.Number(units.Of(unit, ordinal));
        var helperId = Identity(row, helperIdAt);
        var helperIndex = Index(helperId);
        writer.Number(unit is null || helper is null ? null : PostRow(unit, $"{unit}/{helper}/{phoneIndex}", helperIndex));
        writer.Text(householdNo);
        writer.Text(provisionalHousehold);
        writer.Text(personNo);
        writer.Text(provisionalPerson);
        var area = row.AreaId is { } areaId ? areas.ById(areaId) : null;
        // A natural village below has no national code: what is in it lies in its village.
        var village = area is null ? null : areas.Ancestor(area.Id, 5);
        writer.Number(village?.Id);
        writer.Number((village ?? area)?.Id);
        writer.Number((village ?? area)?.Code);
        writer.Number(Number(row, "year") ?? year);
        writer.Number(Number(row, "from_day"));
        writer.Number(Number(row, "to_day"));
        writer.Text(Text(row, "person_name"));
        writer.Text(Text(row, "head_name"));
        writer.Blob(IsAboutPersons && row.Identity.Text is { Length: > 0 } id ? numbers.Encrypt(id) : null);
        writer.Blob(phone is null ? null : numbers.Encrypt(phone));
        writer.Number(phoneIndex);
        writer.Text(area is { Level: 6 } ? area.Name : Text(row, "group_name"));
        writer.Number(row.LivingAreaId is { } living ? areas.Ancestor(living, 5)?.Id ?? living : null);
        writer.Text(unit);
        writer.Text(helper);
        writer.Text(dwelling);
        // What a row says of its household is taken from the first row of it.
        var speaks = firstOfHousehold is null || firstOfHousehold == ordinal;
        foreach (var column in ofHousehold)
        {
            var number = speaks && row[column]?.Text is { Length: > 0 } given ? given : null;
            writer.Blob(number is null ? null : numbers.Encrypt(number));
            writer.Number(number is null ? null : numbers.Index(number));
        }
        if (headIdAt >= 0)
            writer.Number(speaks ? Index(Identity(row, headIdAt)) : null);
        if (helperIdAt >= 0)
        {
            writer.Blob(helperId.Text is { Length: > 0 } known && !helperId.IsPlaceholder ? numbers.Encrypt(known) : null);
            writer.Number(helperIndex);
        }
        foreach (var (fact, column) in facts)
            if (row.Values[column] is not { } value)
                writer.Null();
            else if (fact.Type.Kind == Kind.Text)
                writer.Text(value.Text);
            else
                writer.Number(value.Number);
        foreach (var fact in derived)
            writer.Number(Derive(fact, row, phone));
        writer.EndRow();
    }

    // Somebody whose ID number one row states and another leaves out is one.
    private int? PostRow(string unit, string name, long? id)
    {
        if (id is null)
            return posts.Of(name, ordinal);
        var first = posts.Of($"{unit}//{id}", ordinal);
        posts.Of(name, first!.Value);
        return first;
    }

    private static IdentityNumber Identity(ReadRow row, int column) => row[column]?.Text is { } text ? IdentityNumber.Read(text) : default;

    // A placeholder is nobody's number: it has no index, or all without a number would be one person.
    private long? Index(IdentityNumber number) => number.Kind is IdentityKind.None or IdentityKind.Placeholder ? null : numbers.Index(number.First18);

    // An export writes our provisional numbers (P and digits) where the national ones will stand.
    private (string? National, string? Provisional) PersonNumbers(ReadRow row)
    {
        var number = Text(row, "person_no");
        return number is ['P', _, ..] && number.AsSpan(1).ContainsAnyExceptInRange('0', '9') is false
            ? (null, number)
            : (number, Text(row, "person_provisional_no"));
    }

    private long? Derive(Fact fact, ReadRow row, string? phone) =>
        fact.Name switch
        {
            "id_kind" => row.Identity.Kind == IdentityKind.None ? null : (long)row.Identity.Kind,
            "id_length" => row.Identity.Kind == IdentityKind.None ? null : row.Identity.Length,
            "id_checksum_ok" => row.Identity.ChecksumOk is { } ok
                ? ok
                    ? 1
                    : 0
                : null,
            "id_birth" => row.Identity.Birth,
            "id_sex" => row.Identity.Sex,
            "id_is_placeholder" => row.Identity.Kind == IdentityKind.None ? null
            : row.Identity.IsPlaceholder ? 1
            : 0,
            "id_index" => Index(row.Identity),
            "disability_grade" => row.Identity.DisabilityGrade,
            "phone_length" => phone?.Length,
            "phone_is_mobile" => phone is null ? null
            : IsMobile(phone) ? 1
            : 0,
            "kind" => fact.Type.List!.Find("not_registered")!.Number,
            _ => throw new InvalidOperationException($"no derivation for {fact}"),
        };

    private static bool IsMobile(string phone) => phone.Length == 11 && phone[0] == '1';

    private string? Text(ReadRow row, string column) => row[at[column]]?.Text;

    private long? Number(ReadRow row, string column) => row[at[column]]?.Number;

    /// <summary>The first row that named a thing.</summary>
    private sealed class FirstRows
    {
        private readonly Dictionary<string, int> rows = new(StringComparer.Ordinal);

        public int? Of(string? name, int row)
        {
            if (name is null)
                return null;
            ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, name, out var known);
            return known ? first : first = row;
        }
    }
}
