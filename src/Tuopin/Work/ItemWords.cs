using System.Globalization;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;

namespace Tuopin.Work;

/// <summary>How acts on items are told.</summary>
public static class ItemWords
{
    public static Label Act(string act) =>
        act switch
        {
            "open" => new("写下", "wrote it"),
            "take" => new("接办", "took it in hand"),
            "assign" => new("派办", "handed it over"),
            "comment" => new("留言", "said"),
            "deadline" => new("改期限", "set the deadline"),
            "hand-in" => new("办结交复核", "handed it in"),
            "pass" => new("复核销号", "closed it"),
            "return" => new("退回", "returned it"),
            "urge" => new("催办", "urged"),
            "withdraw" => new("撤销", "withdrew it"),
            "card-back" => new("收回牌", "took the card back"),
            _ => new(act, act),
        };

    /// <summary>From what to what; days as days.</summary>
    public static string? Detail(WorkAct act) =>
        act.Detail is not { } detail ? null
        : act.Kind != "deadline" ? detail
        : string.Join(
            " → ",
            detail
                .Split("->", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(d =>
                    int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day != WorkItem.NoDeadline
                        ? DayText.Of(DayNumber.ToDate(day))
                        : "—"
                )
        );
}
