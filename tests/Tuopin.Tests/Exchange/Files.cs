using System.IO.Compression;
using System.Text;
using Tuopin.Exchange;

namespace Tuopin.Tests.Exchange;

/// <summary>Files for tests, in a folder that goes away with them.</summary>
public sealed class Files : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tuopin-exchange-");

    public static string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    public string At(string name) => Path.Combine(folder.FullName, name);

    public string Text(string name, string text, Encoding? encoding = null)
    {
        File.WriteAllText(At(name), text, encoding ?? new UTF8Encoding(false));
        return At(name);
    }

    public string Bytes(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(At(name), bytes.ToArray());
        return At(name);
    }

    /// <summary>A workbook with the rows, all cells text.</summary>
    public string Workbook(string name, params string?[][] rows)
    {
        using (var writer = SheetWriter.Create(At(name), "表一"))
            foreach (var row in rows)
                writer.WriteRow([.. row.Select(c => new OutCell(c))]);
        return At(name);
    }

    /// <summary>An xlsx archive with the given sheet XML; parts of the skeleton can be replaced or added.</summary>
    public string Xlsx(string name, string sheetData, params (string Part, string Xml)[] more)
    {
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            ["xl/workbook.xml"] =
                "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>"
                + "<sheets><sheet name='表一' sheetId='1' r:id='r1'/></sheets></workbook>",
            ["xl/_rels/workbook.xml.rels"] =
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
                + "<Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/>"
                + "<Relationship Id='r2' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles' Target='styles.xml'/></Relationships>",
            ["xl/worksheets/sheet1.xml"] =
                $"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{sheetData}</sheetData></worksheet>",
        };
        foreach (var (part, xml) in more)
            parts[part] = xml;
        using var archive = ZipFile.Open(At(name), ZipArchiveMode.Create);
        foreach (var (part, xml) in parts)
        {
            using var writer = new StreamWriter(archive.CreateEntry(part).Open());
            writer.Write(xml);
        }
        return At(name);
    }

    public void Dispose() => folder.Delete(true);
}
