using Tuopin.Rules.Model;

namespace Tuopin.Registry.Merging;

// Rows of a subject type that a pack declares and the program has no steps of its own for. Such a row is known by the household or person it belongs to,
// the day it begins and its codes, as a measure is; the same file then finds its rows again.
public sealed partial class MergePlan
{
    private const string DeclaredId = "declared_id";
    private static readonly string[] WithOwnSteps =
    [
        "household",
        "person",
        "household_status",
        "dwelling",
        "measure",
        "unit",
        "post",
        "responsibility",
    ];

    private SubjectType? Declared => sheet.Facts.Keys.Select(f => f.Subject).FirstOrDefault(s => s.Level is null && !WithOwnSteps.Contains(s.Name));

    private static IEnumerable<string> Parents(SubjectType subject) =>
        subject
            .Relations.Values.Where(r => !r.Many && r.LinkTable is null && r.SourceColumn is "household_id" or "person_id")
            .Select(r => r.SourceColumn)
            .Distinct();

    private void DeclaredSteps()
    {
        if (Declared is not { } subject)
            return;
        var parents = Parents(subject).ToList();
        List<MergeColumn> columns =
        [
            .. subject.AreaThrough is null ? [new MergeColumn("area_code", "area_code")] : Array.Empty<MergeColumn>(),
            .. parents.Select(p => new MergeColumn(p, p)),
            .. DatedColumns(subject),
            .. FactsOn(subject.Table),
        ];
        var known = parents.Count == 0 ? "FALSE" : $"coalesce({string.Join(", ", parents.Select(p => "s." + p).Append("NULL"))}) IS NOT NULL";
        Step(subject.Table, $"{known} AND s.area_code IS NOT NULL", [("id", DeclaredId)], columns);
    }

    private IEnumerable<MergeColumn> DatedColumns(SubjectType subject) =>
        new[] { "from_day", "to_day" }.Where(d => sheet.Has(d) && subject.Facts.ContainsKey(d)).Select(d => new MergeColumn(d, d));

    private void ResolveDeclared()
    {
        if (Declared is not { } subject)
            return;
        var same = SameDeclared(subject, "k.", "s.");
        var match = string.Join(" AND ", same.Select(c => $"t.{c.Column} {Same} {c.Source}"));
        Update($"{DeclaredId} = t.id", $"{subject.Table} t", match);
    }

    private IEnumerable<(string Column, string Source)> SameDeclared(SubjectType subject, string resolved, string stated) =>
        Parents(subject)
            .Concat(DatedColumns(subject).Select(d => d.Name).Where(d => d == "from_day"))
            .Select(c => (c, resolved + c))
            .Concat(
                sheet
                    .Facts.Where(f => f.Key.Subject == subject && f.Key is { Kept: Kept.Row, Type.Kind: Rules.Model.Kind.Code })
                    .Select(f => (f.Key.Column, stated + f.Value))
            );
}
