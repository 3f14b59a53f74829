using System.Globalization;
using System.Xml;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What must be known of a workbook before a sheet is read: the visible sheets, which styles are dates, the day zero.</summary>
internal sealed class XlsxWorkbook
{
    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string StrictRelationships = "http://purl.oclc.org/ooxml/officeDocument/relationships";

    public List<(string Name, string Part)> Sheets { get; } = [];
    public bool From1904 { get; private set; }
    public string SharedPart { get; private set; } = "xl/sharedStrings.xml";

    /// <summary>By number of cell format: the number is a date.</summary>
    public bool[] DateFormats { get; private set; } = [];

    /// <summary>The visible sheets of a file.</summary>
    public static IReadOnlyList<string> SheetNames(string path, SheetLimits limits)
    {
        using var package = new XlsxPackage(path, limits);
        try
        {
            return [.. Read(package).Sheets.Select(s => s.Name)];
        }
        catch (Exception e) when (XlsxPackage.IsReadError(e))
        {
            throw package.Refusal(e);
        }
    }

    public static XlsxWorkbook Read(XlsxPackage package)
    {
        var workbook = new XlsxWorkbook();
        var main = workbook
            .Targets(package, "_rels/.rels", "")
            .Values.FirstOrDefault(t => t.Type.EndsWith("/officeDocument", StringComparison.Ordinal))
            .Part;
        main ??= "xl/workbook.xml";
        var folder = main[..(main.LastIndexOf('/') + 1)];
        var targets = workbook.Targets(package, $"{folder}_rels/{main[folder.Length..]}.rels", folder);
        workbook.ReadSheets(package, main, targets);
        foreach (var (type, part) in targets.Values)
            if (type.EndsWith("/sharedStrings", StringComparison.Ordinal))
                workbook.SharedPart = part;
            else if (type.EndsWith("/styles", StringComparison.Ordinal) && package.Has(part))
                workbook.ReadStyles(package, part);
        return workbook;
    }

    private Dictionary<string, (string Type, string Part)> Targets(XlsxPackage package, string part, string folder)
    {
        var targets = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        if (!package.Has(part))
            return targets;
        using var xml = package.Xml(part);
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "Relationship" && xml.GetAttribute("TargetMode") != "External")
            {
                var target = xml.GetAttribute("Target") ?? "";
                var name = target.StartsWith('/') ? target[1..] : folder + target;
                targets[xml.GetAttribute("Id") ?? ""] = (xml.GetAttribute("Type") ?? "", Clean(name));
            }
        return targets;
    }

    private static string Clean(string part)
    {
        var steps = new List<string>();
        foreach (var step in part.Split('/'))
            if (step == ".." && steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
            else if (step is not ("." or ".." or ""))
                steps.Add(step);
        return string.Join('/', steps);
    }

    private void ReadSheets(XlsxPackage package, string part, Dictionary<string, (string Type, string Part)> targets)
    {
        using var xml = package.Xml(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            if (xml.LocalName == "workbookPr")
                From1904 = xml.GetAttribute("date1904") is "1" or "true";
            if (xml.LocalName != "sheet" || xml.GetAttribute("state") is "hidden" or "veryHidden")
                continue;
            var id = xml.GetAttribute("id", Relationships) ?? xml.GetAttribute("id", StrictRelationships) ?? "";
            if (targets.TryGetValue(id, out var target) && target.Type.EndsWith("/worksheet", StringComparison.Ordinal))
                Sheets.Add((xml.GetAttribute("name") ?? "", target.Part));
        }
        if (Sheets.Count == 0)
            throw new FileRefused(RefusalReason.NoSheet, package.File, new Label("工作簿里没有可见的工作表", "the workbook has no visible sheet"));
    }

    private void ReadStyles(XlsxPackage package, string part)
    {
        var dates = new HashSet<int>();
        var formats = new List<bool>();
        var inCellFormats = false;
        using var xml = package.Xml(part);
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs")
                inCellFormats = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            if (xml.LocalName == "numFmt" && IsDate(xml.GetAttribute("formatCode") ?? ""))
                dates.Add(Number(xml.GetAttribute("numFmtId")));
            else if (xml.LocalName == "xf" && inCellFormats)
                formats.Add(Number(xml.GetAttribute("numFmtId")) is var id && (IsBuiltInDate(id) || dates.Contains(id)));
        }
        DateFormats = [.. formats];
    }

    private static int Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // 27-36 and 50-58 are dates in Chinese locales.
    private static bool IsBuiltInDate(int id) => id is (>= 14 and <= 17) or 22 or (>= 27 and <= 31) or 36 or (>= 50 and <= 54) or 57 or 58;

    /// <summary>A format with a year or a day in it, outside quotes, escapes and brackets.</summary>
    private static bool IsDate(string format)
    {
        var closing = '\0';
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (closing != '\0')
                closing = c == closing ? '\0' : closing;
            else if (c is '\\' or '_' or '*')
                i++;
            else if (c is '"' or '[')
                closing = c == '"' ? '"' : ']';
            else if (c is 'y' or 'Y' or 'd' or 'D' or 'e')
                return true;
        }
        return false;
    }
}
