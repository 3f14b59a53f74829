using System.Data.Common;
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
    private readonly List<(Fact Fact, int Column)> facts;
    private readonly List<Fact> derived = [];
    private readonly HashSet<string> structural = new(StringComparer.Ordinal);
    private readonly HashSet<string> households = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> at = new(StringComparer.Ordinal);

    public StageSheet(ColumnPlan plan, FactDictionary dictionary, PersonalNumbers numbers, AreaResolver areas, ReadOptions options)
    {
        (this.plan, this.numbers, this.areas, this.options) = (plan, numbers, areas, options);
        var kind = plan.Mapping.Kind;
        facts = [.. plan.Columns.Select((c, i) => (c.Target.Fact!, i)).Where(f => f.Item1 is not null && !IsStructural(f.Item1))];
        foreach (var (name, target) in Structural)
            if ((at[name] = plan.IndexOf(target)) >= 0)
                structural.Add(name);
        foreach (var (name, facet) in new[] { ("from_day", "from_day"), ("to_day", "to_day") })
            if (at[name] < 0 && (at[name] = plan.Columns.ToList().FindIndex(c => c.Target.Fact?.Column == facet)) >= 0)
                structural.Add(name);
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

    /// <summary>Reads all rows. The staging table belongs to <paramref name="connection"/>, which must be in no transaction.</summary>
    public StagedResult Read(SheetReader source, DbConnection connection, Engine engine, string folder, Action<long>? progress = null)
    {
        var sheet = StagedSheet.Create(connection, engine, folder, plan.Mapping.Kind, [.. facts.Select(f => f.Fact), .. derived], structural);
        try
        {
            return Fill(sheet, source, connection, progress);
        }
        catch
        {
            sheet.Dispose();
            throw;
        }
    }

    private StagedResult Fill(StagedSheet sheet, SheetReader source, DbConnection connection, Action<long>? progress)
    {
        var structure = new HouseholdStructure(plan, source.SheetName, options);
        var findings = new Findings();
        var rows = 0L;
        using (var transaction = Store.BeginStaging(connection))
        {
            using (var writer = RowWriter.Open(connection, sheet.Table, sheet.Columns))
            {
                foreach (var row in new RowReader(plan, areas, options).Read(source))
                {
                    structure.Add(row);
                    rows++;
                    foreach (var error in row.Errors)
                        findings.Add(row.Number, error);
                    if (!row.Refused)
                        Write(writer, row);
                    if (rows % 5000 == 0)
                        progress?.Invoke(rows);
                }
                writer.Complete();
            }
            foreach (var finding in structure.Finish())
                Reject(connection, transaction, sheet, findings, finding);
            transaction.Commit();
        }
        return new(sheet, rows, findings);
    }

    private static void Reject(DbConnection connection, DbTransaction transaction, StagedSheet sheet, Findings findings, HouseholdFinding finding)
    {
        var rows = finding.Rows.Count > 0 ? finding.Rows : [finding.Error.Row];
        foreach (var row in rows)
            findings.Add(row, finding.Error with { Row = row });
        if (finding.Error.IsError)
            connection.Execute($"DELETE FROM {sheet.Table} WHERE row_no IN ({string.Join(", ", rows)})", transaction);
    }

    // Columns in the order of StagedSheet.AllStructural, then facts, then derived facts.
    private void Write(RowWriter writer, ReadRow row)
    {
        writer.Number(row.Number);
        writer.Text(Text(row, "household_no"));
        writer.Text(Text(row, "household_provisional_no"));
        var (personNo, provisionalNo) = PersonNumbers(row);
        writer.Text(personNo);
        writer.Text(provisionalNo);
        writer.Text(Text(row, "person_name"));
        writer.Text(Text(row, "head_name"));
        writer.Blob(IsAboutPersons && row.Identity.Text is { Length: > 0 } id ? numbers.Encrypt(id) : null);
        var phone = row[Phone]?.Text;
        writer.Blob(phone is { Length: > 0 } ? numbers.Encrypt(phone) : null);
        writer.Number(phone is { Length: > 0 } ? numbers.Index(phone) : null);
        var area = row.AreaId is { } areaId ? areas.ById(areaId) : null;
        // A natural village below has no national code: what is in it lies in its village.
        var village = area is null ? null : areas.Ancestor(area.Id, 5);
        writer.Number(village?.Id);
        writer.Number(area?.Id);
        writer.Number((village ?? area)?.Code);
        writer.Text(Text(row, "group_name"));
        writer.Number(row.LivingAreaId);
        writer.Number(Number(row, "year") ?? new JudgingDay(options.DataDay).RegistryYear);
        writer.Number(Number(row, "from_day"));
        writer.Number(Number(row, "to_day"));
        writer.Text(Text(row, "unit_name"));
        writer.Text(Text(row, "helper_name"));
        // The role is worked out when responsibilities are resolved.
        writer.Null();
        writer.Text(Text(row, "dwelling_no"));
        writer.Number((Text(row, "household_no") ?? Text(row, "household_provisional_no")) is { } no && households.Add(no) ? 1 : 0);
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
            // A placeholder is nobody's number: it has no index, or all without a number would be one person.
            "id_index" => row.Identity.Kind is IdentityKind.None or IdentityKind.Placeholder ? null : numbers.Index(row.Identity.First18),
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
}
