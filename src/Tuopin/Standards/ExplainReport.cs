namespace Tuopin.Standards;

/// <summary>An explanation as text: a light for each indicator, then value, limit, law and author.</summary>
public static class ExplainReport
{
    public static void Print(TextWriter output, ExplainHousehold.Report report)
    {
        output.WriteLine($"{report.Household} {report.Head}  {report.Village}  {report.AsOf}{(report.Invented ? "  [演示数据 / invented]" : "")}");
        foreach (var standard in report.Standards)
        {
            var status = standard.Status == Rules.Model.PackStatus.Working ? ", working pack 非正式" : "";
            output.WriteLine();
            output.WriteLine($"{standard.Title} ({standard.Id}{status}): {standard.Result}{(standard.Decides ? "  <- decides 以此为准" : "")}");
            foreach (var i in standard.Indicators)
                Print(output, i);
        }
    }

    private static void Print(TextWriter output, ExplainHousehold.IndicatorShown i)
    {
        var light = i.Result switch
        {
            "met" => "✓ 达标",
            "unmet" => "✗ 未达标",
            "exempt" => "○ 免除",
            _ => "? 不明",
        };
        output.WriteLine($"  {light}  {i.Title}");
        if (i.Value is not null || i.Limit is not null)
            output.WriteLine($"       value 值 {i.Value ?? "?"}   limit 标准 {i.Limit ?? "?"}   {i.Unit}");
        if (i.Fact is { } fact)
            output.WriteLine(
                $"       fact 事实 {fact.Name} = {fact.Value ?? "?"}, stated by {fact.StatedBy ?? "nobody"}{(fact.Date is { } d ? $", {d}" : "")}"
            );
        if (i.Source is { } law)
            output.WriteLine($"       law 依据 {law.Title}{(law.Number is { } n ? $" {n}" : "")} [{law.Grade}]");
        foreach (var cause in i.Unknown)
            output.WriteLine($"       missing 缺 {cause}");
        if (i.Steps is { } steps)
            foreach (var line in steps.Split('\n'))
                output.WriteLine("         " + line);
    }
}
