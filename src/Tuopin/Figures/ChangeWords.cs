using System.Globalization;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Figures;

/// <summary>Changes and their causes in words.</summary>
public static class ChangeWords
{
    public static Label Of(ChangeWay way) =>
        way switch
        {
            ChangeWay.Entered => new("新计入", "entered"),
            ChangeWay.Left => new("不再计入", "left"),
            ChangeWay.Changed => new("数量变化", "changed"),
            _ => new("有一个时点不明", "doubtful"),
        };

    public static Label Of(CauseKind kind) =>
        kind switch
        {
            CauseKind.LateData => new("补录", "late data"),
            CauseKind.Corrected => new("更正", "corrected"),
            CauseKind.TakenBack => new("撤销登记", "taken back"),
            CauseKind.MovedIn => new("迁入", "moved in"),
            CauseKind.MovedOut => new("迁出", "moved out"),
            CauseKind.StatusDecided => new("身份变化", "status decided"),
            CauseKind.Birth => new("出生", "birth"),
            CauseKind.Death => new("死亡", "death"),
            CauseKind.Joined => new("成员增加", "joined"),
            CauseKind.Departed => new("成员减少", "departed"),
            CauseKind.NewYear => new("另一年度的数据", "facts of another year"),
            CauseKind.Stated => new("以后新填报", "stated since"),
            CauseKind.Began => new("开始", "began"),
            CauseKind.Ended => new("结束", "ended"),
            CauseKind.LawChanged => new("标准变化", "law changed"),
            CauseKind.Time => new("时间推移（年龄或期限）", "time went on (an age or a term)"),
            _ => new("这个数读取的事实没有不同", "nothing the figure reads of it differs"),
        };

    /// <summary>A stored value as the fact's column holds it.</summary>
    internal static object Raw(Value value) => value.Text ?? (object)value.Number;

    /// <summary>A value of a cause for people; null where there is none or it is withheld.</summary>
    public static string? Value(ChangeCause cause, Value? value, Language language) =>
        value is not { } held ? null
        : cause.Fact is { } fact ? ShownText.Of(fact, Raw(held), language)
        : held.Number.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>A cause in one line: what, of whom, from what to what, since when, recorded when and by whom.</summary>
    public static string Of(ChangeCause cause, Language language)
    {
        var parts = new List<string>();
        if (cause.What is { } what)
            parts.Add(language[what]);
        if (cause.Person is { } person)
            parts.Add(person);
        var (before, after) = (Value(cause, cause.Before, language), Value(cause, cause.After, language));
        if (cause.Fact is { } fact)
            parts.Add(
                language[fact.Label]
                    + (
                        cause.Withheld ? language["（内容不属于您的业务，不显示）", " (the values are not for you)"]
                        : cause.What is not null ? $" {after}"
                        : $" {before ?? "—"} → {after ?? "—"}"
                    )
            );
        else if (before is not null || after is not null)
            parts.Add($"{before} → {after}");
        if (cause.Day is { } day)
            parts.Add(language[$"自 {ShownText.Day(day, language)}", $"from {ShownText.Day(day, language)}"]);
        if (cause.Act is { } act)
            parts.Add(language[$"{ShownTime.Of(act.At)} 由 {act.Actor} 录入", $"recorded {ShownTime.Of(act.At)} by {act.Actor}"]);
        var kind = language[Of(cause.Kind)];
        return parts.Count == 0 ? kind : kind + language["：", ": "] + string.Join(language["，", ", "], parts);
    }
}
