using System.Globalization;
using Tuopin.Platform.Commands;

namespace Tuopin.Standards;

/// <summary>The judgement of an area as text.</summary>
public static class JudgeReport
{
    public static void Print(TextWriter output, JudgeArea.Report report)
    {
        var marker = report.Invented ? "  [演示数据 / invented]" : "";
        output.WriteLine($"{report.Name} {report.Area}  {report.AsOf}{marker}");
        Line("registered 建档立卡", report.Registered);
        Line("exited 已脱贫", report.Exited);
        Line("remaining 未脱贫", report.Remaining);
        if (report is { RuralPopulation: { } rural, Incidence: { } incidence })
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {Columns.Pad("incidence 贫困发生率", 24)} {incidence:P2} = {report.Remaining.Persons:N0} of {rural:N0} registered rural persons 户籍农业人口"
                )
            );
        else
            output.WriteLine(
                $"  {Columns.Pad("incidence 贫困发生率", 24)} unknown: {report.VillagesWithRuralPopulation} of {report.Villages.Total} villages state their rural population"
            );
        var v = report.Villages;
        output.WriteLine(
            $"  {Columns.Pad("villages 行政村", 24)} {v.Total}, poor {v.Poor} (deep {v.Deep}), of the poor {v.ExitReady} meet every exit indicator"
        );
        if (report.Uncounted.Households > 0)
            Line("uncounted 不计", report.Uncounted);
        if (report.OutsideTree.Households > 0)
            output.WriteLine(
                $"  {Columns.Pad("outside 不在区划", 24)} {report.OutsideTree.Households, 9:N0} households in {report.OutsideTree.Villages.Count} villages that are not in the area tree of this day, in no total above: {string.Join(", ", report.OutsideTree.Villages.Take(20).Select(v => $"{v.Name} {v.Code} ({v.Households})"))}"
            );
        output.WriteLine();
        if (report.Standards.Count == 0)
        {
            output.WriteLine(
                $"  no standard is in force on {report.AsOf}; see tuopin packs check for when each is, and judge another day with --as-of"
            );
            return;
        }
        output.WriteLine("  standard                            met      unmet    unknown     (households, or areas)");
        foreach (var standard in report.Standards)
            switch (standard)
            {
                case JudgeArea.StandardCounts
                {
                    Registered: JudgeArea.Counts<JudgeArea.HouseholdsPersons> r,
                    Unregistered: JudgeArea.Counts<JudgeArea.HouseholdsPersons> u
                } s:
                    Row(s.Id, r.Met.Households + r.Exempt.Households, r.Unmet.Households, r.Unknown.Households, "registered");
                    Row("", u.Met.Households + u.Exempt.Households, u.Unmet.Households, u.Unknown.Households, "unregistered");
                    break;
                case JudgeArea.AreaCounts { Areas: JudgeArea.Counts<long> a } s:
                    Row(s.Id, a.Met + a.Exempt, a.Unmet, a.Unknown, s.Level);
                    break;
            }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  judged in {report.Seconds:0.0} s"));

        void Line(string name, JudgeArea.HouseholdsPersons count) =>
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {Columns.Pad(name, 24)} {count.Households, 9:N0} households {count.Persons, 9:N0} persons"
                )
            );

        void Row(string name, long met, long unmet, long unknown, string what) =>
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  {name, -32} {met, 7:N0}    {unmet, 7:N0}    {unknown, 7:N0}     {what}")
            );
    }
}
