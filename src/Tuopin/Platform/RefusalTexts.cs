using System.Text.RegularExpressions;

namespace Tuopin.Platform;

/// <summary>
/// What refusals say in Chinese. Every code has a title; a sentence with particulars, or one of several of a code, has its own Chinese with the same
/// particulars. One that has none yet is told by the title and its particulars. A test holds this against docs/problems.md and the sources.
/// </summary>
public static partial class RefusalTexts
{
    /// <summary>By code.</summary>
    public static IReadOnlyDictionary<string, string> Titles { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["access.not-permitted"] = "您的角色不能做这件事",
            ["access.not-signed-in"] = "请先登录",
            ["access.password-first"] = "请先在“我的账号”里修改发给您的初始密码",
            ["api.if-match-missing"] = "请在 If-Match 中写明所修改的值：上次回答的 ETag",
            ["area.unknown"] = "这一天没有使用该代码的区域",
            ["audit.broken"] = "审计链不完整",
            ["audit.head-bad"] = "链头应写作“条目号:散列值”，与核验时打印的一致",
            ["audit.rewritten"] = "审计链前后相符，但其中没有另外保存的链头：保存之后整条链被重写过",
            ["backup.folder-not-empty"] = "备份文件夹不是空的，没有写入任何内容",
            ["backup.tool-failed"] = "备份工具出错",
            ["backup.tool-missing"] = "没有安装备份工具",
            ["boundaries.none"] = "文件中没有一个图形对应现有区域",
            ["boundaries.unreadable"] = "边界文件无法读取",
            ["certify.changed-since"] = "这些户在打开页面之后被别人改过，请刷新后再认定",
            ["certify.department-unknown"] = "该账号不能代表这个部门",
            ["certify.no-fact"] = "这项内容不归本部门认定",
            ["certify.nothing-ticked"] = "请至少勾选一户",
            ["certify.sheet-kind"] = "部门名单只能认定已有的户，不能带来新的户或人",
            ["certify.value-bad"] = "这项内容没有这个取值",
            ["data.none"] = "还没有任何农户数据",
            ["date.bad"] = "日期写法不对，应如 2020-06-12",
            ["demo.data-there"] = "这个数据文件夹里已有登记数据；请用 --data 给演示另选一个",
            ["demo.other-there"] = "这个数据文件夹里已有另一个演示；请用 --data 另选一个",
            ["edit.changed-since"] = "打开页面之后别人改过，请核对后再保存",
            ["edit.day"] = "请核对日期",
            ["edit.document"] = "来源文件名太长",
            ["edit.no-fact"] = "不是您可以填报的内容",
            ["edit.number-in-words"] = "原因和文件名中不要写证件号码或电话",
            ["edit.older"] = "已有更晚日期的数据",
            ["edit.reason"] = "请写明原因",
            ["edit.value-bad"] = "有的内容填写不对",
            ["edit.year"] = "请核对年度",
            ["edit.head-needed"] = "户主离开时请指定新户主",
            ["edit.last-member"] = "最后一名成员不能这样减少",
            ["edit.member-elsewhere"] = "这个人还是别户的成员",
            ["edit.member-there"] = "本户已有这名成员",
            ["edit.no-member"] = "这个人现在不是本户成员",
            ["edit.number-taken"] = "这个证件号码在册的是另一个姓名",
            ["review.decided"] = "这项变更已由别人审核",
            ["review.overtaken"] = "提交之后记录已变，请退回重报",
            ["review.own"] = "不能审核自己提交的变更",
            ["review.reason"] = "退回时请写明原因",
            ["edit.split-heads"] = "分户后两户都要有户主和成员",
            ["overrule.day-bad"] = "请写明到期日，日期写作 2020-06-12",
            ["overrule.decided"] = "这项申请已经办理",
            ["overrule.evidence-missing"] = "请写明证据",
            ["overrule.first-past"] = "起始日不能早于工作日",
            ["overrule.last-before-first"] = "到期日不能早于起始日",
            ["overrule.no-indicator"] = "现行标准中没有这项指标",
            ["overrule.no-limit"] = "政策包没有规定人工认定最长可用多少天",
            ["overrule.not-in-force"] = "这项认定没有生效或已经结束",
            ["overrule.not-your-trade"] = "这项指标不归您的部门",
            ["overrule.not-yours"] = "只能撤回自己的申请",
            ["overrule.over"] = "到期日已过，请退回重新申请",
            ["overrule.own"] = "不能确认自己的申请",
            ["overrule.result-missing"] = "请选择认定为达标还是未达标",
            ["overrule.there"] = "这段时间里这项指标已有人工认定",
            ["overrule.too-long"] = "超过了最长天数",
            ["overrule.waits"] = "这项指标已有一份申请等待确认",
            ["overrule.why"] = "请写明原因",
            ["export.file-kind"] = "导出文件应以 .xlsx 或 .csv 结尾",
            ["export.mapping-missing"] = "没有这种导出格式的列对照",
            ["export.too-long"] = "名单太长，请在名单页面作为任务导出",
            ["export.too-many-rows"] = "名单超过一张 xlsx 工作表的行数，请导出为 csv",
            ["export.purpose-missing"] = "导出完整证件号码要用 --purpose 写明用途，用途记入审计",
            ["failed"] = "系统出错",
            ["fault"] = "系统出错",
            ["gaps.indicator-unknown"] = "现行标准中没有这个指标",
            ["gaps.level-unknown"] = "级别应为 county、township 或 village",
            ["grant.area"] = "请核对区域",
            ["grant.day"] = "请核对日期",
            ["grant.department"] = "行业部门需要选择部门",
            ["grant.post"] = "请核对岗位",
            ["grant.role"] = "请选择角色",
            ["household.id-number"] = "命令行上不写证件号码，请用户编号",
            ["household.unknown"] = "没有这个编号的户",
            ["import.author-unknown"] = "部门代码表中没有这个部门",
            ["import.batch-unknown"] = "没有这次导入",
            ["import.built-upon"] = "不能撤销：之后的导入在它的基础上增加了数据",
            ["import.changed-since"] = "不能撤销：它写入的行后来被改过",
            ["import.conflicts"] = "姓名与证件号码都对不上的人太多，没有改动任何数据",
            ["import.file-empty"] = "文件是空的",
            ["import.file-missing"] = "没有这个文件",
            ["import.file-refused"] = "文件无法导入",
            ["import.file-too-large"] = "文件太大",
            ["import.mapping-broken"] = "列对照有错误",
            ["import.mapping-unknown"] = "请选择表格种类",
            ["import.no-file"] = "请选择一个文件",
            ["import.outdated"] = "有些行会终止在数据日期当天或之后才开始的成员、居住或身份，没有改动任何数据",
            ["import.rows-rejected"] = "有错误的行，没有改动任何数据",
            ["import.subject-unknown"] = "有些行的户或人不在登记中，没有改动任何数据",
            ["import.target-twice"] = "两列对应了同一项内容",
            ["import.undo-and-file"] = "--undo 不需要文件",
            ["import.undone-already"] = "这次导入已经撤销",
            ["job.key-bad"] = "Idempotency-Key 为 1 至 100 个字符",
            ["job.key-reused"] = "这个 Idempotency-Key 已用于另一个请求",
            ["job.no-longer-permitted"] = "该账号已没有做这件事的权限",
            ["judged.never"] = "还没有评判过，请运行：tuopin judge",
            ["judged.stale"] = "上次评判之后，数据、规则包或工作日已经变化，请运行：tuopin judge",
            ["keys.busy"] = "密钥正在更换，请等它结束",
            ["keys.full"] = "密钥文件的 255 个密钥编号已经用完",
            ["keys.unreadable"] = "这不是密钥文件",
            ["keys.wrong"] = "登记数据是用另一个密钥文件写的；请用 --keys 或 TUOPIN_KEYS 指明",
            ["list.cannot-refuse"] = "这一步不能整批不批，只能缓办其中几户",
            ["list.cannot-return"] = "这一步不能退回",
            ["list.day-before"] = "工作日早于名单最近一次办理的日子",
            ["list.days-not-set"] = "法规没有写明天数，请县里先在“办理程序”中确定",
            ["list.elsewhere"] = "其中有的在另一份办理中的名单上",
            ["list.empty"] = "名单上没有人",
            ["list.ended"] = "名单已经办结",
            ["list.hangs"] = "公示天数未满",
            ["list.hangs-by-the-clock"] = "公示天数未满（按实际日期）",
            ["list.hung-already"] = "名单已经张贴",
            ["list.inputs-missing"] = "请把这一步要求的内容填全",
            ["list.judgement-stale"] = "上次评判之后数据、规则包或工作日有变化，请先重新评判，再批准",
            ["list.key-reused"] = "这个键已用于名单的另一次办理",
            ["list.lapsed"] = "名单已逾期失效",
            ["list.more-votes-than-people"] = "票数多于到会人数",
            ["list.no-objection"] = "没有这条异议",
            ["list.no-publicity"] = "这一步不公示",
            ["list.no-such-procedure"] = "今天这里没有这个现行程序",
            ["list.nobody"] = "请至少写一户",
            ["list.not-hung"] = "名单还没有张贴",
            ["list.not-open"] = "其中有的不在名单上，或已有结果",
            ["list.not-taken"] = "其中有的不能列入：身份不符、不在本地，或已在名单上",
            ["list.not-your-step"] = "这一步不归您办理",
            ["list.objection-answered"] = "这条异议已经答复",
            ["list.objections-open"] = "请先答复每一条异议",
            ["list.on-it-already"] = "其中有的已在名单上",
            ["list.overtaken"] = "打开页面之后别人已经办过，请刷新再办",
            ["list.put-forward"] = "名单已经提出，不能再列入",
            ["list.reason-missing"] = "请写明原因",
            ["list.spot-check"] = "抽查户数不够，或多于名单上的户数",
            ["list.status-changed"] = "有的户身份已变，不再适用这个程序，请先缓办",
            ["list.step-not-current"] = "名单已不在这一步",
            ["list.too-long"] = "最多 500 字",
            ["list.verdict"] = "有的户指标不达标或不明，请先缓办",
            ["list.voted-down"] = "不同意的不少于同意的，会议没有通过",
            ["not-found"] = "这里没有您能看的内容",
            ["numbers.decided"] = "这个申请已经有人处理",
            ["numbers.ended"] = "这份名单已过期，请重新申请",
            ["numbers.two-people"] = "申请人不能批准自己的申请",
            ["packs.broken"] = "规则包有错误，没有载入",
            ["packs.cases-failed"] = "规则包的算例没有通过",
            ["packs.not-installed"] = "规则包声明了数据库中还没有的列；运行一个写入的命令（judge、import）即可建立",
            ["packs.table-reserved"] = "规则包使用了程序自己的表名或列名",
            ["procedure.days-bad"] = "天数不在允许的范围内",
            ["purpose.number"] = "用途中不要写证件号码或电话",
            ["rate.token"] = "这个令牌请求得太频繁",
            ["request.bad"] = "请求无法读取",
            ["request.forged"] = "表单已经过期，请重新打开页面",
            ["request.overtaken"] = "同一内容刚被别人改过，请重新打开页面",
            ["request.media-type"] = "这个地址不接受这种内容",
            ["request.method"] = "这个地址不接受这种请求",
            ["restore.audit-broken"] = "已经恢复，但备份的审计链不完整",
            ["restore.damaged"] = "备份已损坏",
            ["restore.engine"] = "备份来自另一种数据库",
            ["restore.no-backup"] = "文件夹里没有备份",
            ["restore.not-empty"] = "要恢复到的地方已有数据，请用空的文件夹或数据库",
            ["reveal.purpose"] = "请写明用途（2 至 200 字）",
            ["serve.demo-users"] = "别的机器能连到本机，而演示用户还用着人人知道的密码；请重设密码或锁定（tuopin users）",
            ["serve.proxy-bad"] = "代理地址写法不对",
            ["standard.bits-changed"] = "标准的指标变了，请给它新的版本号",
            ["token.days"] = "请核对有效期",
            ["token.name"] = "令牌需要一个名称（100 字以内）",
            ["token.permissions"] = "至少选择一项权限",
            ["usage.wrong"] = "命令写法不对，见 tuopin --help",
            ["users.exists"] = "已有这个用户",
            ["users.last-administrator"] = "不能去掉最后一位管理员",
            ["users.name"] = "用户名为 1 至 100 个字符",
            ["users.own-account"] = "自己的权限和状态由另一位管理员处理",
            ["users.unknown"] = "没有这个用户",
            ["whatif.nothing"] = "请说明要改变什么：--overlay 或 --set；--list 列出可选内容",
            ["whatif.overlay-unknown"] = "没有这个假设",
            ["whatif.parameter-twice"] = "两个假设改变了同一个参数",
            ["whatif.parameter-unknown"] = "政策中没有这个参数；--list 列出全部参数",
            ["whatif.set-twice"] = "同一个参数改了两次",
            ["whatif.value-bad"] = "参数取值写法不对",
            ["workdate.future"] = "工作日期只能是今天或以前",
            ["workdate.locks-out"] = "您的权限在那一天还没有生效，改了就改不回来",
        };

    /// <summary>By the English template as it is thrown.</summary>
    public static IReadOnlyDictionary<string, string> Sentences { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["the list ran out of its time on {0}"] = "名单已于 {0} 逾期失效",
            ["the work date lies before {0}, when something was last done to the list"] = "工作日早于 {0}，名单那一天办理过",
            ["step '{0}' is not yours to take"] = "“{0}”这一步不归您办理",
            ["the list stands at step '{0}'"] = "名单现在在“{0}”这一步",
            ["the list hangs since {0}"] = "名单已于 {0} 张贴",
            ["there is no objection {0}"] = "没有第 {0} 条异议",
            ["objection {0} has been answered"] = "第 {0} 条异议已经答复",
            ["step '{0}' sends nothing back"] = "“{0}”这一步不能退回",
            ["step '{0}' refuses no list; hold back whom it does not agree to"] = "“{0}”这一步不能整批不批，只能缓办其中几户",
            ["{0} votes of {1} people"] = "到会 {1} 人，却有 {0} 票",
            ["{0} for and {1} against: the meeting does not agree"] = "同意 {0}，不同意 {1}：会议没有通过",
            ["{0} of {1} were looked at; at least {2} must be ({3} %), and no more than there are"] =
                "{1} 户中抽查了 {0} 户；至少要 {2} 户（{3}%），也不能多于名单",
            ["{0} have an indicator that is unmet or unknown: hold them back"] = "{0} 户有不达标或不明的指标，请先缓办",
            ["the list hangs until {0}"] = "公示要到 {0} 才满",
            ["the list was hung up on {0}: whatever the work date says, it hangs until {1}"] =
                "名单是 {0} 张贴的：不论工作日设为哪天，都要公示到 {1}",
            ["no area has the code '{0}' on this day; give 2, 4, 6, 9 or 12 digits"] = "这一天没有代码为“{0}”的区域；代码为 2、4、6、9 或 12 位数字",
            ["the audit chain does not hold: {0}"] = "审计链不完整：{0}",
            ["{0} is not empty; nothing was written"] = "{0} 不是空的，没有写入任何内容",
            ["{0} ended with {1}"] = "{0} 出错退出（{1}）",
            ["{0} is not installed (postgresql-client)"] = "没有安装 {0}（postgresql-client）",
            ["'{0}' is not JSON: line {1}"] = "“{0}”第 {1} 行不是 JSON",
            ["'{0}' is not a GeoJSON FeatureCollection"] = "“{0}”不是 GeoJSON FeatureCollection",
            ["'{0}' is not there or larger than 200 MB"] = "“{0}”不存在，或大于 200 MB",
            ["say for which of your departments"] = "请选择代表哪个部门",
            ["the account no longer acts for this department"] = "该账号已不再代表这个部门",
            ["no column of the sheet is a fact that {0} states"] = "表格中没有归 {0} 认定的列",
            ["this is no fact of the department"] = "这项内容不归本部门认定",
            ["a sheet of kind {0} brings households or persons; a department's list states facts about those held"] =
                "{0} 类表格会带来新的户或人；部门名单只认定已有的户",
            ["no household is held yet; try: tuopin import FILE"] = "还没有任何农户，请先导入：tuopin import 文件",
            ["the database holds no Tuopin data; try: tuopin demo, or tuopin import FILE"] =
                "数据库里还没有数据，请运行 tuopin demo 或 tuopin import 文件",
            ["there is no data in {0}; try: tuopin demo, or tuopin import FILE"] = "{0} 里还没有数据，请运行 tuopin demo 或 tuopin import 文件",
            ["'{0}' is not a date like 2020-06-12"] = "“{0}”不是日期，应如 2020-06-12",
            ["'{0}' is not a time like 2020-06-12T08:00:00"] = "“{0}”不是时刻，应如 2020-06-12T08:00:00",
            ["this data folder holds the demo {0}; give {1} another one with --data DIR"] = "这个数据文件夹里是演示 {0}；请用 --data 给 {1} 另选一个",
            ["'{0}' should end in .xlsx or .csv"] = "“{0}”应以 .xlsx 或 .csv 结尾",
            ["no mapping describes {0}"] = "没有 {0} 的列对照",
            ["fault {0}"] = "系统出错，编号 {0}；请把编号告诉管理员",
            ["no standard in force has an indicator '{0}'"] = "现行标准中没有指标“{0}”",
            ["'{0}' is not county, township or village"] = "“{0}”不是 county、township 或 village",
            ["no household has the number '{0}'"] = "没有编号为“{0}”的户",
            ["'{0}' is no key of code list department"] = "部门代码表中没有“{0}”",
            ["there is no import {0}"] = "没有第 {0} 次导入",
            ["import {0} cannot be undone: later imports added rows to what it brought, in {1}; undo those first"] =
                "第 {0} 次导入不能撤销：之后的导入在它的基础上增加了数据（{1}）；请先撤销那些导入",
            ["import {0} cannot be undone: rows it wrote have been changed since, in {1}; undo those imports first"] =
                "第 {0} 次导入不能撤销：它写入的行后来被改过（{1}）；请先撤销那些导入",
            [
                "{0}: {1} of {2} rows name a person we hold under another name and ID number, or give the ID number of somebody else; nothing was changed. Is it the right file? --yes loads the other rows, --accept-conflicts these too"
            ] =
                "{0}：{2} 行中有 {1} 行的人，登记中的姓名和证件号码与此不同，或者用了别人的证件号码，没有改动任何数据。文件对吗？可以只导入其余的行（--yes），确认无误也可以照样导入（--accept-conflicts）",
            ["there is no file {0}"] = "没有文件 {0}",
            ["{0}: {1} / {2}"] = "{0}：{1}",
            ["the file is larger than {0} MB"] = "文件大于 {0} MB",
            ["no mapping is called '{0}'; there are {1}"] = "没有名为“{0}”的表格种类；现有：{1}",
            [
                "{0}: {1} of {2} rows would end a membership, a residence or a status that began on or after the day the data is of ({3}), or overwrite what newer data stated; nothing was changed. Is the data date right? --yes loads the other rows"
            ] =
                "{0}：{2} 行中有 {1} 行会终止在数据日期（{3}）当天或之后才开始的成员、居住或身份，或者覆盖更新的数据，没有改动任何数据。数据日期对吗？可以只导入其余的行（--yes）",
            ["{0}: {1} of {2} rows have errors; nothing was changed. Correct them in {3}, or load the good rows with --yes"] =
                "{0}：{2} 行中有 {1} 行有错误，没有改动任何数据。请在 {3} 中改正，或只导入没有问题的行（--yes）",
            [
                "{0}: {1} of {2} rows are about households or persons we do not hold; nothing was changed. Import those first, or load the other rows with --yes"
            ] = "{0}：{2} 行中有 {1} 行的户或人不在登记中，没有改动任何数据。请先导入他们，或只导入其余的行（--yes）",
            ["two columns go to {0}"] = "有两列都对应“{0}”",
            ["name a file to import, or a batch with --undo"] = "请写明要导入的文件，或用 --undo 写明要撤销的导入",
            ["import {0} is undone already"] = "第 {0} 次导入已经撤销",
            ["{0} is not a key file"] = "{0} 不是密钥文件",
            ["the record was written with another key file than {0}; name the right one with --keys or TUOPIN_KEYS"] =
                "登记数据不是用密钥文件 {0} 写的；请用 --keys 或 TUOPIN_KEYS 指明正确的文件",
            ["{0} of {1} cases fail"] = "{1} 个算例中有 {0} 个没有通过",
            ["fact '{0}' names column '{1}', which is the program's own"] = "事项“{0}”使用了程序自己的列名“{1}”",
            ["subject '{0}' names table '{1}', which is the program's own"] = "主体“{0}”使用了程序自己的表名“{1}”",
            ["restored, but the audit chain of the backup does not hold: {0}"] = "已经恢复，但备份的审计链不完整：{0}",
            ["{0} does not pass the check of SQLite"] = "{0} 没有通过 SQLite 的检查",
            ["{0} is missing or was changed after the backup; nothing was restored"] = "{0} 缺失，或在备份之后被改过，没有恢复任何内容",
            ["{0} holds no backup"] = "{0} 里没有备份",
            ["the database holds tables already; restore into an empty database"] = "数据库里已有表，请恢复到空的数据库",
            ["{0} holds data already; restore into an empty folder"] = "{0} 里已有数据，请恢复到空的文件夹",
            ["{0} can be reached from other machines, and demo users still have the password everybody knows; reset or lock them (tuopin users)"] =
                "别的机器能连到 {0}，而演示用户还用着人人知道的密码；请重设密码或锁定（tuopin users）",
            ["'{0}' is no address"] = "“{0}”不是地址",
            ["{0} version {1} was judged with indicators {2}; give the changed standard a new version"] =
                "{0} 第 {1} 版已用指标 {2} 评判过；标准有变化时请给新的版本号",
            ["you hold households, not an area; see Households"] = "您负责的是具体农户，不是一片区域；请看“农户”",
            ["there is no user '{0}'"] = "没有用户“{0}”",
            ["no overlay is called '{0}'; there are {1}"] = "没有名为“{0}”的假设；现有：{1}",
            ["two overlays set the parameter '{0}'"] = "两个假设都改变了参数“{0}”",
            ["the law has no parameter '{0}'; --list shows them"] = "政策中没有参数“{0}”；--list 列出全部参数",
            ["'{0}' is set twice"] = "参数“{0}”改了两次",
            ["'{0}' is not NAME=VALUE"] = "“{0}”应写作 名称=取值",
            ["'{0}' is not a value of {1} ({2}, {3})"] = "“{0}”不是 {1} 的取值（{2}，{3}）",
        };

    // The Chinese half of a file's refusal stands in its own particular.
    private static readonly Dictionary<string, string> English = new(StringComparer.Ordinal) { ["{0}: {1} / {2}"] = "{0}: {2}" };

    internal static Rules.Model.Label Text(string code, Sentence sentence)
    {
        var zh = sentence.Particulars.Select(p => p.Zh).ToArray();
        var en = sentence.Particulars.Select(p => p.En).ToArray();
        if (BothLanguages().Match(sentence.Template) is { Success: true } both)
            return new(Sentence.Fill(both.Groups[1].Value, zh), Sentence.Fill(both.Groups[2].Value, en));
        return new(Chinese(code, sentence.Template, zh), Sentence.Fill(English.GetValueOrDefault(sentence.Template, sentence.Template), en));
    }

    private static string Chinese(string code, string template, string[] particulars)
    {
        if (Sentences.TryGetValue(template, out var chinese))
            return Sentence.Fill(chinese, particulars);
        if (!Titles.TryGetValue(code, out var title))
            return Sentence.Fill(template, particulars);
        return particulars.Length == 0 ? title : $"{title}（{string.Join("，", particulars)}）";
    }

    // Refusals of forms are thrown in both languages: the Chinese first, ended by its full stop.
    [GeneratedRegex(@"^(\P{IsBasicLatin}.*?。)([A-Z].*)$")]
    private static partial Regex BothLanguages();
}
