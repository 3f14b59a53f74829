namespace Tuopin.Platform.Access;

/// <summary>What an endpoint asks of its caller. Every endpoint names one (<see cref="AccessEndpoints.Needs{T}"/>); without one it answers nobody.</summary>
public enum Permission
{
    /// <summary>One's own account, sessions and settings.</summary>
    OwnAccount,

    /// <summary>Counts and rates of an area, without names.</summary>
    ViewFigures,

    /// <summary>Households and their members by name, numbers masked.</summary>
    ViewHouseholds,

    /// <summary>A full ID, phone or bank number, one at a time, with a purpose that is written down; and the search by a full ID number.</summary>
    RevealNumbers,

    /// <summary>Lists as files, numbers masked.</summary>
    ExportLists,

    /// <summary>Asking for a list with full ID numbers, and fetching it once another person agreed.</summary>
    ExportNumbers,

    /// <summary>Agreeing to somebody else's list with full ID numbers.</summary>
    ApproveExports,

    /// <summary>Standards, parameters, their sources, and what-if.</summary>
    ViewStandards,

    /// <summary>Loading workbooks, undoing them, comparing with a national export.</summary>
    Import,

    /// <summary>A department's certificates for the facts of its trade.</summary>
    Certify,

    /// <summary>Stating facts of a household by hand, those the dictionary lets the role state.</summary>
    Edit,

    /// <summary>Who belongs to a household, who heads it.</summary>
    ChangeMembers,

    /// <summary>Deciding what villages and helpers propose; never one's own.</summary>
    Review,

    /// <summary>Jobs of one's own; of others with <see cref="ManageUsers"/>.</summary>
    ViewJobs,

    SetWorkDate,

    /// <summary>Judging all that is held again; it follows from the record and the law, whoever asks.</summary>
    Judge,
    ManageUsers,
    ViewAudit,

    /// <summary>Photos and documents kept as evidence, one at a time, audited.</summary>
    ViewEvidence,

    /// <summary>Putting photos and documents to a subject; withdrawing one's own.</summary>
    AddEvidence,

    /// <summary>Cards and handbooks of households on paper, one household or a village at a time, audited.</summary>
    PrintCards,

    /// <summary>Lists on their way through a procedure, and the procedures.</summary>
    ViewLists,

    /// <summary>Opening lists and acting on them; which step is whose is the procedure's to say.</summary>
    ActOnLists,

    /// <summary>Setting the days that the law leaves to the county.</summary>
    SetProcedureDays,

    /// <summary>Loading a newer tree of areas, for areas of one's own.</summary>
    LoadAreas,

    /// <summary>Opening a registry year, and taking that back.</summary>
    OpenYears,

    /// <summary>Allowing public pages of lists in publicity, or ending them all.</summary>
    AllowPublicPages,

    /// <summary>Asking that an indicator be overruled; a department's user those of its trade.</summary>
    AskOverrule,

    /// <summary>Confirming, refusing and lifting overrules; never one's own.</summary>
    ConfirmOverrule,

    /// <summary>Opening and closing rounds.</summary>
    OpenRound,

    /// <summary>Recording what a round comes to for households; which stage is whose is the round's to say.</summary>
    RecordOutcome,

    /// <summary>Matching department lists with the members of an area, taking one back, looking for duplicates.</summary>
    MatchLists,

    /// <summary>Which lists were matched, in numbers.</summary>
    ViewMatches,

    /// <summary>Deciding doubtful links and possible duplicates of one's own area.</summary>
    ReviewMatches,

    /// <summary>Clues of monitoring; a department's user those of its trade.</summary>
    ViewClues,

    /// <summary>Giving a clue about a household, one at a time or as a file.</summary>
    EnterClues,

    /// <summary>Answering clues, stating what a home visit found, raising what rules find.</summary>
    HandleClues,

    /// <summary>Items of work, in the inbox and in the tree; a department's user those of its trade.</summary>
    ViewWork,

    /// <summary>Taking items in hand, commenting, handing them in.</summary>
    DoWork,

    /// <summary>Assigning items, setting deadlines, looking whether they are done, writing orders and rectification ledgers.</summary>
    DirectWork,

    /// <summary>What data checks found, and the checks in force.</summary>
    ViewFindings,

    /// <summary>Saying whether a finding is true, or asking that it be exempt.</summary>
    VerifyFinding,

    /// <summary>Confirming an exemption that somebody else asked for.</summary>
    ConfirmExemption,

    /// <summary>Having the numbers of a text checked; nothing of it is kept.</summary>
    CheckReports,

    /// <summary>Publishing a report: sealed, it is never another.</summary>
    SealReports,

    /// <summary>Publishing open data of whole areas, small counts withheld.</summary>
    PublishOpenData,

    /// <summary>Stating figures of the registry's outside (money, projects, cadres) for whole areas; which department states which is the figure's to say.</summary>
    StateFigures,

    /// <summary>Choosing which of two sources holds where departments state a figure differently.</summary>
    ChooseFigures,

    /// <summary>Setting targets of figures, days to count down to, and which villages are to exit.</summary>
    SetTargets,

    /// <summary>Storing templates of reports for areas of one's own, and withdrawing them.</summary>
    WriteReports,

    /// <summary>Discipline clues, in words and names; who is admitted to them. Every look is audited.</summary>
    OpenDiscipline,

    /// <summary>Entering discipline clues, taking them on, and admitting others to them.</summary>
    HandleDiscipline,

    /// <summary>How many discipline clues there are and how they ended, by year and area, of no village.</summary>
    CountDiscipline,

    /// <summary>Metrics and state of the installation.</summary>
    Operate,
}

/// <summary>The one table of who may do what. A test holds it against every route.</summary>
public static class Permissions
{
    private static readonly Permission[] Reading =
    [
        Permission.OwnAccount,
        Permission.ViewFigures,
        Permission.ViewHouseholds,
        Permission.ViewStandards,
        Permission.ExportLists,
        Permission.ViewJobs,
        Permission.ViewWork,
        Permission.CheckReports,
    ];

    private static readonly Dictionary<Role, HashSet<Permission>> Table = new()
    {
        [Role.Administrator] =
        [
            Permission.OwnAccount,
            Permission.ViewStandards,
            Permission.ViewJobs,
            Permission.SetWorkDate,
            Permission.Judge,
            Permission.ManageUsers,
            Permission.LoadAreas,
            Permission.AllowPublicPages,
            Permission.CheckReports,
            Permission.Operate,
        ],
        [Role.Province] =
        [
            .. Reading,
            Permission.SealReports,
            Permission.PublishOpenData,
            Permission.StateFigures,
            Permission.ChooseFigures,
            Permission.SetTargets,
            Permission.WriteReports,
            Permission.ViewLists,
            Permission.ActOnLists,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.ViewClues,
            Permission.ViewFindings,
            Permission.CountDiscipline,
        ],
        [Role.City] =
        [
            .. Reading,
            Permission.SealReports,
            Permission.PublishOpenData,
            Permission.StateFigures,
            Permission.ChooseFigures,
            Permission.SetTargets,
            Permission.WriteReports,
            Permission.ViewLists,
            Permission.ActOnLists,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.ViewClues,
            Permission.ViewFindings,
            Permission.CountDiscipline,
        ],
        [Role.County] =
        [
            .. Reading,
            Permission.SealReports,
            Permission.PublishOpenData,
            Permission.StateFigures,
            Permission.ChooseFigures,
            Permission.SetTargets,
            Permission.WriteReports,
            Permission.RevealNumbers,
            Permission.Import,
            Permission.Edit,
            Permission.ChangeMembers,
            Permission.Review,
            Permission.ExportNumbers,
            Permission.ApproveExports,
            Permission.SetWorkDate,
            Permission.Judge,
            Permission.ViewLists,
            Permission.ActOnLists,
            Permission.SetProcedureDays,
            Permission.LoadAreas,
            Permission.OpenYears,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.PrintCards,
            Permission.AskOverrule,
            Permission.ConfirmOverrule,
            Permission.OpenRound,
            Permission.RecordOutcome,
            Permission.MatchLists,
            Permission.ViewMatches,
            Permission.ReviewMatches,
            Permission.ViewClues,
            Permission.EnterClues,
            Permission.HandleClues,
            Permission.DoWork,
            Permission.DirectWork,
            Permission.ViewFindings,
            Permission.VerifyFinding,
            Permission.ConfirmExemption,
            Permission.CountDiscipline,
        ],
        [Role.Department] =
        [
            .. Reading,
            Permission.StateFigures,
            Permission.Certify,
            Permission.Edit,
            Permission.ExportNumbers,
            Permission.Judge,
            Permission.AskOverrule,
            Permission.MatchLists,
            Permission.ViewMatches,
            Permission.ViewClues,
            Permission.ViewFindings,
            Permission.EnterClues,
            Permission.DoWork,
        ],
        [Role.Township] =
        [
            .. Reading,
            Permission.StateFigures,
            Permission.WriteReports,
            Permission.RevealNumbers,
            Permission.Import,
            Permission.Edit,
            Permission.ChangeMembers,
            Permission.Review,
            Permission.Judge,
            Permission.ViewLists,
            Permission.ActOnLists,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.PrintCards,
            Permission.AskOverrule,
            Permission.RecordOutcome,
            Permission.ViewMatches,
            Permission.ReviewMatches,
            Permission.ViewClues,
            Permission.EnterClues,
            Permission.HandleClues,
            Permission.DoWork,
            Permission.DirectWork,
            Permission.ViewFindings,
            Permission.VerifyFinding,
            Permission.ConfirmExemption,
        ],
        [Role.Village] =
        [
            .. Reading,
            Permission.StateFigures,
            Permission.RevealNumbers,
            Permission.Import,
            Permission.Edit,
            Permission.ChangeMembers,
            Permission.Judge,
            Permission.ViewLists,
            Permission.ActOnLists,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.PrintCards,
            Permission.RecordOutcome,
            Permission.ViewClues,
            Permission.EnterClues,
            Permission.HandleClues,
            Permission.DoWork,
            Permission.ViewFindings,
            Permission.VerifyFinding,
        ],
        [Role.Cadre] =
        [
            Permission.OwnAccount,
            Permission.ViewFigures,
            Permission.ViewHouseholds,
            Permission.ViewStandards,
            Permission.ViewJobs,
            Permission.Edit,
            Permission.ViewEvidence,
            Permission.AddEvidence,
            Permission.PrintCards,
            Permission.ViewClues,
            Permission.EnterClues,
            Permission.ViewWork,
            Permission.DoWork,
            Permission.ViewFindings,
            Permission.CheckReports,
        ],
        [Role.Auditor] =
        [
            .. Reading,
            Permission.RevealNumbers,
            Permission.ViewAudit,
            Permission.ViewLists,
            Permission.ViewEvidence,
            Permission.ViewMatches,
            Permission.ViewClues,
            Permission.ViewFindings,
            Permission.CountDiscipline,
        ],
        [Role.ApiClient] = [.. Reading, Permission.ViewLists, Permission.ViewClues, Permission.ViewFindings],
        [Role.Discipline] =
        [
            Permission.OwnAccount,
            Permission.ViewStandards,
            Permission.OpenDiscipline,
            Permission.HandleDiscipline,
            Permission.CountDiscipline,
        ],
    };

    public static IReadOnlySet<Permission> Of(Role role) => Table[role];

    /// <summary>The roles that have a permission, for messages and for tests.</summary>
    public static IEnumerable<Role> With(Permission permission) => Table.Where(t => t.Value.Contains(permission)).Select(t => t.Key);
}
