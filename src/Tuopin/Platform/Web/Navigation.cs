using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Web;

/// <summary>Where a caller can go, by task. An entry shows only to those its page answers: figures of areas not to whoever holds households alone.</summary>
public static class Navigation
{
    /// <param name="OfArea">Its page is about a whole area: whoever holds households alone has none.</param>
    /// <param name="OfNoTrade">Its page is about no trade: a department's user has none.</param>
    public sealed record Entry(string Path, Label Title, string Icon, Permission Permission, bool OfArea = false, bool OfNoTrade = false);

    public sealed record Group(Label Title, IReadOnlyList<Entry> Entries);

    private static readonly Group[] All =
    [
        new(
            new("看", "See"),
            [
                new("/", new("首页", "Home"), "home", Permission.OwnAccount),
                new("/overview", new("总览", "Overview"), "chart-bar", Permission.ViewFigures, OfArea: true),
                new("/households", new("农户", "Households"), "users", Permission.ViewHouseholds),
                new("/units", new("帮扶力量", "Who helps"), "heart-handshake", Permission.ViewHouseholds, OfNoTrade: true),
                new("/find-number", new("按证件查找", "Find by ID"), "id", Permission.RevealNumbers),
                new("/gaps", new("短板清单", "Gaps"), "alert-triangle", Permission.ViewFigures, OfArea: true),
                new("/figures", new("数字目录", "Figures"), "chart-bar", Permission.ViewFigures, OfArea: true),
                new("/reports", new("汇报材料", "Reports"), "clipboard-list", Permission.ViewFigures, OfArea: true),
                new("/standards", new("标准与政策", "Standards"), "book", Permission.ViewStandards),
                new("/check-report", new("材料核数", "Check a report"), "list-check", Permission.CheckReports),
                new("/reports/sealed", new("已封存的材料", "Sealed reports"), "file-lock", Permission.ViewFigures, OfArea: true, OfNoTrade: true),
                new("/open-data", new("开放数据", "Open data"), "download", Permission.PublishOpenData, OfArea: true, OfNoTrade: true),
                new("/what-if", new("假设推算", "What if"), "adjustments", Permission.ViewFigures, OfArea: true),
            ]
        ),
        new(
            new("做", "Do"),
            [
                new("/work", new("待办事项", "Work"), "checklist", Permission.ViewWork),
                new("/ledgers", new("整改台账", "Ledgers"), "clipboard-list", Permission.ViewWork, OfArea: true, OfNoTrade: true),
                new("/imports", new("导入", "Imports"), "upload", Permission.Import),
                new("/matching", new("数据比对", "Matching"), "arrows-join", Permission.ViewMatches, OfArea: true),
                new("/lists", new("名单办理", "Lists"), "list-check", Permission.ViewLists, OfArea: true),
                new("/monitoring", new("防返贫监测", "Monitoring"), "activity", Permission.ViewLists, OfArea: true),
                new("/monitoring/clues", new("监测线索", "Clues"), "bell", Permission.ViewClues),
                new("/cards", new("明白卡与手册", "Cards and handbooks"), "address-book", Permission.PrintCards, OfArea: true),
                new("/rounds", new("专项与轮次", "Rounds"), "calendar-repeat", Permission.ViewLists, OfArea: true),
                new("/checks", new("数据核查", "Data checks"), "search", Permission.ViewFindings, OfArea: true),
                new("/reviews", new("变更审核", "Reviews"), "eye-check", Permission.Edit, OfNoTrade: true),
                new("/overrules", new("人工认定", "Overrules"), "gavel", Permission.ViewHouseholds),
                new("/figures/stated", new("部门填报", "Stated figures"), "clipboard-list", Permission.StateFigures, OfArea: true),
                new("/targets", new("目标与计划", "Targets and plans"), "calendar", Permission.ViewFigures, OfArea: true),
                new("/certificates", new("部门认定", "Certificates"), "certificate", Permission.Certify),
                new("/number-exports", new("证件号码名单", "ID number lists"), "file-lock", Permission.ExportNumbers),
                new("/discipline", new("问题线索", "Discipline clues"), "file-lock", Permission.OpenDiscipline),
                new("/jobs", new("任务", "Jobs"), "progress-check", Permission.ViewJobs),
            ]
        ),
        new(
            new("管", "Manage"),
            [
                new("/users", new("用户与权限", "Users"), "user-cog", Permission.ManageUsers),
                new("/areas/load", new("区划调整", "Area trees"), "map", Permission.LoadAreas),
                new("/years", new("年度结转", "Years"), "calendar", Permission.OpenYears),
                new("/publicity", new("公示网页", "Public pages"), "speakerphone", Permission.AllowPublicPages),
                new("/discipline/counts", new("问题线索数量", "Discipline counts"), "file-lock", Permission.CountDiscipline, OfArea: true),
                new("/audit", new("审计", "Audit"), "history", Permission.ViewAudit),
            ]
        ),
    ];

    public static IEnumerable<Group> For(Caller caller) =>
        All.Select(g =>
                g with
                {
                    Entries =
                    [
                        .. g.Entries.Where(e =>
                            caller.May(e.Permission)
                            && (!e.OfArea || caller.Scope(e.Permission).Areas.Count > 0)
                            && !(e.OfNoTrade && caller.FieldsOf(e.Permission) is not null)
                        ),
                    ],
                }
            )
            .Where(g => g.Entries.Count > 0);

    /// <summary>Whether a path is of an entry, and of none that lies deeper.</summary>
    public static bool IsAt(Entry entry, string path) =>
        Holds(entry, path) && !All.SelectMany(g => g.Entries).Any(e => e.Path.Length > entry.Path.Length && Holds(e, path));

    private static bool Holds(Entry entry, string path) =>
        entry.Path == path || (entry.Path.Length > 1 && path.StartsWith(entry.Path + "/", StringComparison.Ordinal));
}
