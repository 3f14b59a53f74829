namespace Tuopin.Standards;

/// <summary>An explanation as text: a light for each indicator, then value, limit, law and author.</summary>
public static class ExplainReport
{
    public static void Print(TextWriter output, ExplainHousehold.Report report)
    {
        output.WriteLine($"{report.Household} {report.Head}  {report.Village}  {report.AsOf}{(report.Invented ? "  [演示数据 / invented]" : "")}");
        output.WriteLine($"{report.Status ?? "状态未知 status unknown"}, {report.Members} 人 persons");
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
        if (i.Overruled is { } word)
            output.WriteLine(
                $"       overruled 人工认定 computed {word.Computed}; {word.Reason} ({word.Evidence}); {word.AskedBy}, confirmed by {word.ConfirmedBy}; {word.First} - {word.Last}"
            );
        if (i.Value is not null || i.Limit is not null)
            output.WriteLine($"       value 值 {i.Value ?? "?"}   limit 标准 {i.Limit ?? "?"}   {i.Unit}");
        if (i.Fact is { } fact)
            output.WriteLine(
                $"       fact 事实 {Of(fact.Person)}{fact.Name} = {fact.Value ?? "?"}, stated by {fact.StatedBy ?? "nobody"}{(fact.Date is { } d ? $", {d}" : "")}"
            );
        if (i.Fact?.Import is { } import)
            output.WriteLine($"       from 来源 import {import.Id}: {import.File}, {import.Rows:N0} rows, {import.Day}");
        foreach (var person in i.Persons)
            output.WriteLine($"       who 人员 {person.Name} {person.Number}");
        if (i.Source is { } law)
            output.WriteLine($"       law 依据 {law.Title}{(law.Number is { } n ? $" {n}" : "")} [{law.Grade}]");
        foreach (var cause in i.Unknown)
            output.WriteLine($"       missing 缺 {cause}");
        if (i.Steps is { } steps)
            foreach (var line in steps.Split('\n'))
                output.WriteLine("         " + line);
    }

    private static string Of(ExplainHousehold.PersonShown? person) => person is null ? "" : $"{person.Name} {person.Number}: ";
}
