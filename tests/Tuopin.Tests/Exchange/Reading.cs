using Tuopin.Exchange;
using Tuopin.Rules.Model;

namespace Tuopin.Tests.Exchange;

/// <summary>A row that was read, kept.</summary>
public sealed record Kept(ColumnPlan Plan, int Number, Value?[] Values, RowError[] Errors, bool Refused, long? AreaId, long? LivingAreaId)
{
    public Value? this[string target] => Plan.IndexOf(target) is >= 0 and var i ? Values[i] : null;

    public string[] Rules => [.. Errors.Select(e => e.Rule.Id)];
}

/// <summary>Reads whole files for tests.</summary>
public static class Reading
{
    public static List<Kept> All(string path, string? mapping = null, ReadOptions? options = null, bool areas = true)
    {
        using var sheet = SheetReader.Open(path);
        var plan = Packs.Mappings.Recognise(sheet, mapping);
        var reader = new RowReader(plan, areas ? Packs.Areas : null, options ?? Packs.Options);
        return [.. reader.Read(sheet).Select(r => new Kept(plan, r.Number, [.. r.Values], [.. r.Errors], r.Refused, r.AreaId, r.LivingAreaId))];
    }

    public static List<HouseholdFinding> Structure(string path, out List<Kept> rows)
    {
        using var sheet = SheetReader.Open(path);
        var plan = Packs.Mappings.Recognise(sheet);
        var structure = new HouseholdStructure(plan, sheet.SheetName, Packs.Options);
        rows = [];
        foreach (var row in new RowReader(plan, Packs.Areas, Packs.Options).Read(sheet))
        {
            structure.Add(row);
            rows.Add(new Kept(plan, row.Number, [.. row.Values], [.. row.Errors], row.Refused, row.AreaId, row.LivingAreaId));
        }
        return [.. structure.Finish()];
    }
}
