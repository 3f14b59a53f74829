using Tuopin.Platform;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>How the sheets of a file would be read: which mapping, which column goes where, and a guess for the titles no mapping knows.</summary>
public static class GuessColumns
{
    /// <summary>A column of the sheet: where it goes, or where it might.</summary>
    public sealed record Column(int Position, string Title, string? Target, string? Guess);

    /// <param name="Refused">Why the sheet cannot be read as it stands; then mapping and columns are guesses.</param>
    public sealed record Sheet(string Name, Mapping? Mapping, IReadOnlyList<Column> Columns, Label? Refused)
    {
        public bool Remembered => Mapping?.Status == MappingStatus.Own;
    }

    /// <exception cref="Refusal">import.file-refused, import.mapping-broken.</exception>
    public static IReadOnlyList<Sheet> Handle(Installation installation, string file, IReadOnlyList<string> ownFolders, string? mapping)
    {
        try
        {
            var mappings = MappingSet.Load(installation.Packs, [.. installation.PackFolders, .. ownFolders]);
            var found = new List<Sheet>();
            foreach (var name in SheetReader.Sheets(file))
            {
                using var sheet = SheetReader.Open(file, name);
                found.Add(Guess(mappings, sheet, mapping));
            }
            return found;
        }
        catch (FileRefused refused)
        {
            throw new Refusal("import.file-refused", $"{Path.GetFileName(refused.File)}: {refused.Text.Zh} / {refused.Text.En}");
        }
        catch (MappingError error)
        {
            throw new Refusal("import.mapping-broken", $"{error.Message}");
        }
    }

    private static Sheet Guess(MappingSet mappings, SheetReader sheet, string? mapping)
    {
        try
        {
            var plan = mappings.Recognise(sheet, mapping is not null && mappings.All.Any(m => m.Id == mapping) ? mapping : null);
            var targets = plan.Columns.SelectMany(c => c.Positions.Select(p => (p, c.Target.Name))).ToDictionary(c => c.p, c => c.Name);
            return new(sheet.SheetName, plan.Mapping, Columns(plan.Mapping, plan.Titles, targets), null);
        }
        catch (FileRefused refused) when (refused.Reason is RefusalReason.HeaderNotFound or RefusalReason.ColumnMissing or RefusalReason.ColumnTwice)
        {
            // The fullest of the first rows is taken for the header, and the mapping that knows most of its titles for the kind.
            var titles = sheet.Head.Select(r => r.ToStrings()).MaxBy(r => r.Count(t => CellText.Key(t).Length > 0)) ?? [];
            var like = mappings.All.Where(m => m.Status != MappingStatus.Own).MaxBy(m => titles.Count(t => m.Find(CellText.Key(t)) is not null))!;
            var known = new Dictionary<int, string>();
            for (var i = 0; i < titles.Length; i++)
                if (like.Find(CellText.Key(titles[i]))?.Target is { } target && !known.ContainsValue(target.Name))
                    known[i] = target.Name;
            return new(sheet.SheetName, like, Columns(like, titles, known), refused.Text);
        }
    }

    private static List<Column> Columns(Mapping mapping, IReadOnlyList<string> titles, Dictionary<int, string> targets)
    {
        var open = mapping.Columns.Where(c => c.Target is not null && !targets.ContainsValue(c.Target.Name)).ToList();
        var columns = new List<Column>();
        for (var i = 0; i < titles.Count; i++)
        {
            if (CellText.Key(titles[i]).Length == 0)
                continue;
            var target = targets.GetValueOrDefault(i);
            string? guess = null;
            if (
                target is null
                && mapping.Find(CellText.Key(titles[i])) is null
                && NearNames.Of(titles[i], open.Select(c => c.Title)) is [var near, ..]
            )
            {
                var column = open.First(c => c.Title == near);
                guess = column.Target!.Name;
                open.Remove(column);
            }
            columns.Add(new(i, titles[i], target, guess));
        }
        return columns;
    }
}
