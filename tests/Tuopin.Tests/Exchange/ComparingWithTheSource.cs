using System.Globalization;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Exchange;
using Tuopin.Platform.Areas;
using Tuopin.Tests.Demo;
using Xunit;

namespace Tuopin.Tests.Exchange;

/// <summary>
/// What the demo's files state, cell by cell, against what an export of the record states. An export that is read back can lose a column on both ways
/// and never notice; the source was written by another hand.
/// </summary>
public sealed class ComparingWithTheSource
{
    /// <summary>Each export, the files whose cells it must give back, and the targets that tell its rows apart.</summary>
    private static readonly (string Format, string[] Files, string[] Key)[] Sheets =
    [
        ("villages", ["villages.xlsx"], [Targets.Year]),
        ("persons", ["persons.csv", "unregistered-persons.csv"], [Targets.HouseholdNo, Targets.PersonName, "person.birth"]),
        ("households", ["households.xlsx"], [Targets.HouseholdNo]),
        ("unregistered-households", ["unregistered-households.xlsx"], [Targets.HouseholdProvisionalNo]),
        ("incomes", ["incomes-2018.csv", "incomes-2019.csv"], [Targets.HouseholdNo, Targets.Year]),
        ("house-rebuilding", ["houses.xlsx"], [Targets.HouseholdNo]),
        ("relocation", ["relocation.xlsx"], [Targets.HouseholdNo]),
        ("measures", ["measures.csv"], [Targets.HouseholdNo, Targets.Year, "measure.kind", "measure.from_day"]),
        ("helpers", ["helpers.xlsx"], [Targets.HouseholdNo, Targets.HelperName]),
        ("units-posts", ["units-posts.xlsx"], [Targets.UnitName, Targets.HelperName]),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_export_states_what_the_files_stated(bool postgres)
    {
        using var opened = new Opened(postgres);
        var files = DemoFiles.Write(DemoCounty.Generate(DemoFixture.Source, DemoSize.Village, 1), opened.At("demo"));
        foreach (var file in files)
            opened.Import(file);
        using var connection = opened.Installation.Store.Open();
        var tree = AreaTree.Load(connection, new DateOnly(2020, 6, 12));
        var areas = new AreaResolver(tree.All.Select(a => new AreaNode(a.AreaId, a.Code, a.Name, a.ParentId ?? 0, a.Level)));
        var lost = new List<string>();
        foreach (var (format, sources, key) in Sheets)
        {
            var export = ExportFile
                .Handle(
                    opened.Installation,
                    new(format, null)
                    {
                        Out = opened.At($"{format}.csv"),
                        FullNumbers = true,
                        Purpose = "比对",
                    }
                )
                .File;
            var (stated, kept) = (new Cells(), new Cells());
            foreach (var source in sources)
                stated.Read(opened.At($"demo/{source}"), areas, key);
            kept.Read(export, areas, key);
            stated.ByColumn.ShouldNotBeEmpty(format);
            foreach (var (column, cells) in stated.ByColumn)
                if (cells.Except(kept.ByColumn.GetValueOrDefault(column, [])).ToList() is { Count: > 0 } missing)
                    lost.Add($"{format} {column}");
        }
        lost.ShouldBeEmpty();
    }

    /// <summary>Every stated cell of a sheet as a value with the key of its row, by what it is about.</summary>
    private sealed class Cells
    {
        public Dictionary<string, HashSet<string>> ByColumn { get; } = [];

        public void Read(string path, AreaResolver areas, string[] key)
        {
            using var sheet = SheetReader.Open(path);
            var plan = Packs.Mappings.Recognise(sheet);
            plan.Ignored.Where(t => t != "备注").ShouldBeEmpty(path);
            foreach (var row in new RowReader(plan, areas, new ReadOptions { DataDay = new DateOnly(2020, 6, 12) }).Read(sheet))
            {
                if (row.IsTotal)
                    continue;
                var name = string.Join('/', key.Select(k => Text(row[plan.IndexOf(k)])).Prepend($"{row.AreaId}"));
                for (var i = 0; i < plan.Columns.Length; i++)
                    if (plan.Columns[i].Target.AreaLevel == 0 && row[i] is { } value)
                        Add(plan.Columns[i].Target.Name, name, Text(value));
                Add("area", name, $"{row.AreaId}");
                if (row.LivingAreaId is { } living)
                    Add("living", name, $"{living}");
            }
        }

        private void Add(string column, string row, string value)
        {
            if (!ByColumn.TryGetValue(column, out var cells))
                ByColumn[column] = cells = [];
            cells.Add($"{row}={value}");
        }

        private static string Text(Tuopin.Rules.Model.Value? value) => value?.Text ?? value?.Number.ToString(CultureInfo.InvariantCulture) ?? "";
    }
}
