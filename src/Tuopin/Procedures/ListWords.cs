using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>Words of lists and procedures in both languages.</summary>
internal static class ListWords
{
    public static string Role(ActingRole role, Language L) =>
        role switch
        {
            ActingRole.Village => L["村", "village"],
            ActingRole.Township => L["乡镇", "township"],
            ActingRole.County => L["县", "county"],
            ActingRole.City => L["市", "city"],
            _ => L["省", "province"],
        };

    public static string Level(AreaLevel level, Language L) =>
        level switch
        {
            AreaLevel.Village => L["村", "village"],
            AreaLevel.Township => L["乡镇", "township"],
            AreaLevel.County => L["县", "county"],
            AreaLevel.City => L["市", "city"],
            _ => L["省", "province"],
        };

    /// <summary>What a step asks for in numbers: days of publicity, the share looked at.</summary>
    public static string Rules(ProcedureStep step, IReadOnlyDictionary<string, int>? days, Language L)
    {
        var text = "";
        if (step.Days is { } length)
        {
            var count = length.Count ?? (days is not null && days.TryGetValue(length.Parameter!, out var set) ? set : null);
            var kind = length.Counted == DayCount.Working ? L["个工作日", "working days"] : L["天", "days"];
            text += count is { } known ? L[$" · {known} {kind}", $" · {known} {kind}"] : L[" · 天数由县定", " · days set by the county"];
        }
        if (step.SpotCheck is { } share)
            text += L[$" · 抽查不少于 {share}%", $" · {share} % looked at, or more"];
        return text;
    }

    /// <summary>How the working days of a step are counted in a year; null for one that counts none, or where there is nothing to say.</summary>
    public static Label? Counting(ProcedureStep step, Holidays holidays, DateOnly day) =>
        step.Days is not { Counted: DayCount.Working } && step.Due is not { Within.Counted: DayCount.Working } ? null
        : holidays.Know(day) ? new("按工作日计，已扣除周末和法定节假日", "working days, without weekends and public holidays")
        : new(
            $"按工作日计，只扣除周六、周日：{day.Year} 年法定节假日没有载入",
            $"working days, without Saturdays and Sundays: the public holidays of {day.Year} are not loaded"
        );

    public static string End(ListEnd? end, Language L) =>
        end switch
        {
            null => L["办理中", "under way"],
            ListEnd.Done => L["已办结", "done"],
            ListEnd.Rejected => L["整批不予批准", "refused"],
            _ => L["逾期失效", "out of time"],
        };

    public static string Act(string kind, Language L) =>
        kind switch
        {
            "open" => L["建立名单", "opened"],
            "add" => L["列入", "put on the list"],
            "hold" => L["缓办", "held back"],
            "hang" => L["张贴公示", "hung up"],
            "object" => L["收到异议", "objection"],
            "answer" => L["答复异议", "objection answered"],
            "appeal" => L["收到申诉", "appeal"],
            "answer-appeal" => L["答复申诉", "appeal answered"],
            "return" => L["退回", "sent back"],
            "refuse" => L["整批不予批准", "refused"],
            "lapse" => L["逾期失效", "out of time"],
            _ => L["办理", "taken"],
        };

    public static string Input(StepInput input, Language L) =>
        input switch
        {
            StepInput.Document => L["文号", "Document number"],
            StepInput.Evidence => L["佐证材料存放处（照片、签字表）", "Where the evidence is kept (photographs, signed sheets)"],
            _ => L["参会人员", "Who took part"],
        };

    public static string Input(StepInput input) => input.ToString().ToLowerInvariant();
}
