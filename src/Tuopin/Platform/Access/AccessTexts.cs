using Tuopin.Rules.Model;

namespace Tuopin.Platform.Access;

/// <summary>Roles and permissions in words.</summary>
public static class AccessTexts
{
    public static Label Of(Role role) =>
        role switch
        {
            Role.Administrator => new("系统管理员", "Administrator"),
            Role.Province => new("省级", "Province"),
            Role.City => new("市（州）级", "City"),
            Role.County => new("县指挥部", "County headquarters"),
            Role.Department => new("行业部门", "Sector department"),
            Role.Township => new("乡镇（街道）", "Township"),
            Role.Village => new("行政村", "Village"),
            Role.Cadre => new("帮扶联系人", "Paired cadre"),
            Role.Auditor => new("审计", "Auditor"),
            Role.ApiClient => new("接口账号", "API client"),
            Role.Discipline => new("纪检监察", "Discipline office"),
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };

    public static Label Of(Permission permission) =>
        permission switch
        {
            Permission.OwnAccount => new("自己的账号", "Own account"),
            Permission.ViewFigures => new("查看数字", "See figures"),
            Permission.ViewHouseholds => new("查看农户", "See households"),
            Permission.RevealNumbers => new("查看完整号码", "See full numbers"),
            Permission.ExportLists => new("导出名单", "Export lists"),
            Permission.ExportNumbers => new("申请导出证件号码", "Ask for lists with ID numbers"),
            Permission.ApproveExports => new("批准导出证件号码", "Approve lists with ID numbers"),
            Permission.ViewStandards => new("查看标准", "See standards"),
            Permission.Import => new("导入", "Import"),
            Permission.Certify => new("部门认定", "Certify"),
            Permission.Edit => new("修改农户情况", "Edit facts"),
            Permission.ChangeMembers => new("办理人员变更", "Change members"),
            Permission.Review => new("审核村级变更", "Review changes"),
            Permission.ViewJobs => new("查看任务", "See jobs"),
            Permission.SetWorkDate => new("设定工作日", "Set the work date"),
            Permission.Judge => new("重新判定", "Judge again"),
            Permission.ManageUsers => new("管理用户", "Manage users"),
            Permission.ViewAudit => new("查看审计", "See the audit"),
            Permission.ViewEvidence => new("查看佐证材料", "See evidence"),
            Permission.AddEvidence => new("添加佐证材料", "Add evidence"),
            Permission.PrintCards => new("打印明白卡与手册", "Print cards and handbooks"),
            Permission.ViewLists => new("查看名单办理", "See lists and procedures"),
            Permission.ActOnLists => new("办理名单", "Act on lists"),
            Permission.SetProcedureDays => new("确定程序天数", "Set the days of procedures"),
            Permission.LoadAreas => new("载入区划", "Load trees of areas"),
            Permission.OpenYears => new("年度结转", "Open years"),
            Permission.AllowPublicPages => new("允许公示网页", "Allow public pages"),
            Permission.AskOverrule => new("申请人工认定", "Ask for overrules"),
            Permission.ConfirmOverrule => new("确认人工认定", "Confirm overrules"),
            Permission.OpenRound => new("开始与结束轮次", "Open and close rounds"),
            Permission.RecordOutcome => new("记录轮次结果", "Record outcomes of rounds"),
            Permission.ViewClues => new("查看返贫致贫线索", "See clues of monitoring"),
            Permission.EnterClues => new("登记线索", "Enter clues"),
            Permission.HandleClues => new("处理线索与入户核实", "Answer clues, state home checks"),
            Permission.MatchLists => new("比对部门名单", "Match department lists"),
            Permission.ViewMatches => new("查看数据比对", "See what was matched"),
            Permission.ReviewMatches => new("核对比对结果和重复人员", "Decide doubtful links and duplicates"),
            Permission.CheckReports => new("核对材料中的数", "Check the numbers of a text"),
            Permission.WriteReports => new("保存汇报模板", "Store templates of reports"),
            Permission.ViewWork => new("查看工作事项", "See items of work"),
            Permission.DoWork => new("办理工作事项", "Do items of work"),
            Permission.DirectWork => new("分派、复核工作事项和整改台账", "Assign and re-check work, write rectification ledgers"),
            Permission.ViewFindings => new("查看数据核查的问题", "See what data checks found"),
            Permission.VerifyFinding => new("核实数据核查的问题", "Say whether a finding is true"),
            Permission.ConfirmExemption => new("确认豁免", "Confirm exemptions"),
            Permission.SealReports => new("封存材料", "Seal reports"),
            Permission.PublishOpenData => new("发布开放数据", "Publish open data"),
            Permission.StateFigures => new("填报数字", "State figures"),
            Permission.ChooseFigures => new("来源不一致时确定数字", "Choose between sources of a figure"),
            Permission.SetTargets => new("定目标与计划", "Set targets and plans"),
            Permission.OpenDiscipline => new("查看问题线索", "See discipline clues"),
            Permission.HandleDiscipline => new("登记、处置问题线索", "Enter and handle discipline clues"),
            Permission.CountDiscipline => new("查看问题线索数量", "See counts of discipline clues"),
            Permission.Operate => new("运行维护", "Operate"),
            _ => throw new ArgumentOutOfRangeException(nameof(permission)),
        };

    public static Label Of(SignInOutcome outcome) =>
        outcome switch
        {
            SignInOutcome.SignedIn => new("✓ 登录", "✓ Signed in"),
            SignInOutcome.WrongPassword => new("✗ 密码不对", "✗ Wrong password"),
            SignInOutcome.WrongCode => new("✗ 验证码不对", "✗ Wrong code"),
            SignInOutcome.LockedOut => new("✗ 已锁定", "✗ Locked out"),
            SignInOutcome.Disabled => new("✗ 账号停用", "✗ Account disabled"),
            SignInOutcome.UnknownName => new("✗ 没有这个用户", "✗ No such user"),
            SignInOutcome.OneTimeEnded => new("✗ 一次性密码已过期", "✗ One-time password ended"),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };
}
