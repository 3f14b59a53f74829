using Tuopin.Registry;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Checks 2 to 6 of the national list on the number of the row's person.</summary>
internal sealed class IdentityRules
{
    private readonly ColumnPlan plan;
    private readonly ReadOptions options;
    private readonly int today;
    private readonly int number;
    private readonly int sex;
    private readonly int birth;
    private readonly int document;
    private readonly HashSet<long> otherDocuments = [];

    public IdentityRules(ColumnPlan plan, ReadOptions options)
    {
        this.plan = plan;
        this.options = options;
        today = DayNumber.Of(options.DataDay);
        number = First(Targets.PersonId, Targets.HelperId, Targets.HeadId);
        sex = plan.IndexOf("person.sex");
        birth = plan.IndexOf("person.birth");
        document = plan.IndexOf("person.document_kind");
        if (document >= 0 && plan.Columns[document].Target.Fact!.Type.List is { } list)
            otherDocuments = [.. list.Entries.Where(e => e.Key is not ("citizen" or "disability")).Select(e => (long)e.Number)];
    }

    public void Check(ReadRow row, string sheet)
    {
        if (row[number]?.Text is not { } text)
            return;
        var id = IdentityNumber.Read(text);
        row.Identity = id;
        row.Values[number] = id.Text;
        switch (id.Kind)
        {
            case IdentityKind.Placeholder:
                Report(row, sheet, ImportRules.IdNone, number, id);
                break;
            case IdentityKind.Other when row[document] is not { } kind || !otherDocuments.Contains(kind.Number):
                Report(row, sheet, ImportRules.IdLength, number, id);
                break;
            case IdentityKind.Citizen or IdentityKind.Disability:
                CheckNumber(row, sheet, id);
                break;
        }
    }

    /// <summary>What is wrong with a number of somebody whose sex and birth are stated by hand: the errors of a row, not its warnings.</summary>
    public static IEnumerable<ImportRule> Faults(IdentityNumber id, long sex, long birth, int today)
    {
        if (id.ChecksumOk == false)
            yield return ImportRules.IdChecksum;
        if (id.Birth is not { } born || born < 1900_01_01 || born > today)
            yield return ImportRules.IdBirthYear;
        else if (born != birth)
            yield return ImportRules.IdBirth;
        if (sex is 1 or 2 && sex != id.Sex)
            yield return ImportRules.IdSex;
    }

    private void CheckNumber(ReadRow row, string sheet, IdentityNumber id)
    {
        if (id.Length == 15)
            Report(row, sheet, ImportRules.IdUpgraded, number, id);
        if (id.ChecksumOk == false)
            Report(row, sheet, ImportRules.IdChecksum, number, id);
        if (id.Birth is not { } born || born < 1900_01_01 || born > today)
            Report(row, sheet, ImportRules.IdBirthYear, number, id);
        else if (row[birth] is { } day && day.Number != born)
            Report(row, sheet, ImportRules.IdBirth, birth, id);
        // Codes 1 and 2 are male and female; unknown and not stated contradict nothing.
        if (row[sex] is { Number: 1 or 2 } stated && stated.Number != id.Sex)
            Report(row, sheet, ImportRules.IdSex, sex, id);
        if (options.AdmittedPrefixes is { } admitted && !admitted.Contains(id.AreaPrefix))
            Report(row, sheet, ImportRules.IdArea, number, id);
    }

    private void Report(ReadRow row, string sheet, ImportRule rule, int index, IdentityNumber id)
    {
        var column = plan.Columns[index];
        var shown = index == number ? Masking.Number(id.Text) : CellFormat.Show(column.Target, row[index]);
        row.Errors.Add(new RowError(rule, sheet, row.Number, column.Positions[0], column.Title, shown));
    }

    private int First(params ReadOnlySpan<string> targets)
    {
        foreach (var target in targets)
            if (plan.IndexOf(target) is >= 0 and var index)
                return index;
        return -1;
    }
}
