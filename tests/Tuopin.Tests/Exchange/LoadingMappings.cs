using Shouldly;
using Tuopin.Exchange;
using Tuopin.Rules.Language;
using Tuopin.Rules.Model;
using Xunit;

namespace Tuopin.Tests.Exchange;

public sealed class LoadingMappings : IDisposable
{
    private readonly Files files = new();

    public void Dispose() => files.Dispose();

    private MappingSet Load(string yaml)
    {
        Directory.CreateDirectory(files.At("mappings"));
        File.WriteAllText(files.At("mappings/m.yaml"), yaml);
        return MappingSet.Load(Packs.All, Packs.Folder, Path.GetDirectoryName(files.At("x"))!);
    }

    private const string Head = "mapping: m\nkind: described\nsubject: household\nlabel: { zh: 地, en: land }\nstatus: working\ncolumns:\n";

    [Theory]
    [InlineData(
        "- { title: 甲, to: household.land_arabel }",
        "m.yaml:7:21: 'household.land_arabel' is neither a fact of the dictionary nor a structural target; did you mean household.land_arable"
    )]
    [InlineData("- { title: 甲, to: household.net_income }", "m.yaml:7:21: 'household.net_income' is neither a fact")]
    [InlineData("- { title: 甲, too: household.power }", "m.yaml:7:17: unknown key 'too'; did you mean to")]
    [InlineData("- { to: household.power }", "m.yaml:7:5: 'title' is missing")]
    [InlineData("- { title: 甲, to: household.power, codes: form-2016 }", "'codes' belongs to a column of codes")]
    [InlineData(
        "- { title: 甲, to: person.relation, codes: form-2061 }",
        "code list relation_to_head has no source 'form-2061'; did you mean form-2016?"
    )]
    [InlineData("- { title: 甲, to: person.school, empty: not_at_school }", "code list school_state has no entry 'not_at_school'")]
    [InlineData("- { title: 甲, to: person.school, empty: primary, empty_if: 乙 }", "'empty_if: 乙' needs 'empty' and a column of that title")]
    [InlineData("- { title: 甲, to: household.power, required: yes }", "'required' should be true or false")]
    [InlineData("- { title: 甲, to: household.power }\n  - { title: 甲, to: household.toilet }", "m.yaml:8:1: title '甲' occurs twice")]
    [InlineData("- { title: 甲, to: household.power }\n  - { title: 乙, to: household.power }", "m.yaml:8:1: two columns go to household.power")]
    [InlineData("- { title: 甲, title: 乙 }", "m.yaml:7")]
    public void A_wrong_file_is_refused_with_its_place(string columns, string message) =>
        Should.Throw<MappingError>(() => Load(Head + "  " + columns)).Message.ShouldContain(message);

    [Theory]
    [InlineData("kind: described", "kind: descibed", "m.yaml:2:7: 'descibed' is not one of")]
    [InlineData("subject: household", "subject: houshold", "no subject type 'houshold'; did you mean household")]
    [InlineData("status: working", "status: official", "'official' is not one of Known, Working")]
    [InlineData("columns:", "colums:", "unknown key 'colums'; did you mean columns")]
    [InlineData("label: { zh: 地, en: land }", "label: 地", "'label' should be a map")]
    public void A_wrong_head_is_refused_with_its_place(string right, string wrong, string message) =>
        Should.Throw<MappingError>(() => Load(Head.Replace(right, wrong) + "  - { title: 甲, to: household.power }")).Message.ShouldContain(message);

    [Fact]
    public void A_file_of_an_older_editor_is_refused_by_name()
    {
        var folder = Directory.CreateDirectory(files.At("gb/mappings")).FullName;
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        var bytes = System.Text.Encoding.GetEncoding("GB18030").GetBytes(Head + "  - { title: 甲, to: household.power }\n");
        File.WriteAllBytes(Path.Combine(folder, "old.yaml"), bytes);
        var refused = Should.Throw<MappingError>(() => MappingSet.Load(Packs.All, Packs.Folder, files.At("gb")));
        refused.Message.ShouldContain("old.yaml");
        refused.Message.ShouldContain("save it as UTF-8");
    }

    [Fact]
    public void A_county_describes_a_sheet_of_its_own()
    {
        var mappings = Load(
            Head
                + "  - { title: 户号, to: household.national_no, required: true }\n  - { title: 我县耕地, to: household.land_arable }\n  - { title: 路, to: household.road_kind, codes: form-2016 }\n"
        );
        using var sheet = SheetReader.Open(files.Text("l.csv", "户号,路,我县耕地\n1,3,12.25\n"));
        var plan = mappings.Recognise(sheet);
        plan.Mapping.Id.ShouldBe("m");
        plan.Mapping.Subject!.Name.ShouldBe("household");
        var row = new RowReader(plan, null, Packs.Options).Read(sheet).Single();
        row.Errors.ShouldBeEmpty();
        row[plan.IndexOf("household.land_arable")]!.Value.Number.ShouldBe(1225);
        row[plan.IndexOf("household.road_kind")]!.Value.Number.ShouldBe(Packs.All.Dictionary.CodeLists["road_kind"].Find("水泥")?.Number ?? 3);
    }

    /// <summary>Read off the number of the disability certificate.</summary>
    private static readonly string[] KeptOtherwise = ["person.disability_grade"];

    [Fact]
    public void Every_fact_a_shipped_standard_reads_can_be_brought_by_a_shipped_sheet()
    {
        var stated = Packs.Mappings.All.SelectMany(m => m.Columns).Select(c => c.Target?.Fact).OfType<Fact>().ToHashSet();
        var read = Packs
            .All.Standards.SelectMany(s => s.Indicators)
            .SelectMany(i => new[] { i.Met, i.Value, i.Limit, i.ExemptWhen })
            .OfType<Expr>()
            .SelectMany(ExprTree.All)
            .OfType<FactRead>()
            .Select(f => f.Fact)
            .Where(f => f.Formula is null)
            .Distinct()
            .ToList();
        read.Count.ShouldBeGreaterThan(80);
        read.Where(f => !stated.Contains(f)).Select(f => f.ToString()).Except(KeptOtherwise).Order(StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void Labels_of_sets_hold_no_separator_and_every_mapping_says_what_it_is()
    {
        var separators = ",，、;；/|＋+ ".ToCharArray();
        foreach (var mapping in Packs.Mappings.All)
        {
            mapping.Status.ShouldBe(mapping.Id == "persons-47" ? MappingStatus.Known : MappingStatus.Working);
            if (mapping.Status == MappingStatus.Working)
                mapping.Note.ShouldNotBeNull();
            foreach (var list in mapping.Columns.Where(c => c.Target!.Gathers).Select(c => c.Target!.Fact!.Type.List!))
                list.Entries.ShouldAllBe(e => e.Label.Zh.IndexOfAny(separators) < 0, list.Name);
        }
    }
}
