using Tuopin.Exchange;
using Tuopin.Platform.Access;
using Tuopin.Platform.Jobs;
using Tuopin.Platform.Operation;
using Tuopin.Standards;

namespace Tuopin.Platform.Web;

/// <summary>The table of contents of the console: each module maps its own routes, and each route names the permission it needs.</summary>
public static class Routes
{
    /// <summary>Every kind of work that runs as a job.</summary>
    public static IReadOnlyList<JobKind> Jobs =>
        [
            .. RunImport.All.Select(k => k.Writes ? Work.RunRefresh.After(k, WorkSources) : k),
            Work.RunRefresh.After(ListBatches.UndoKind, WorkSources),
            Work.RunRefresh.After(QueueJudging.Kind, WorkSources),
            JudgeMoment.Kind,
            ExportHouseholds.Kind,
            ExportFigures.Kind,
            OpenData.PublishOpenData.Kind,
            Work.RunRefresh.After(LoadAreaTree.Kind, WorkSources),
            Work.RunRefresh.After(UndoAreaTree.Kind, WorkSources),
            OpenYear.Kind,
            .. Matching.MatchRoutes.Jobs.Select(k => k.Writes ? Work.RunRefresh.After(k, WorkSources) : k),
            .. Monitoring.SendClues.Jobs.Select(k => k.Writes ? Work.RunRefresh.After(k, WorkSources) : k),
            Work.RunRefresh.After(Quality.RunChecks.Kind, WorkSources),
            Work.RunRefresh.Kind(WorkSources),
        ];

    /// <summary>Everything that raises work by itself.</summary>
    public static Work.WorkSources WorkSources { get; } =
        new([
            GapWork.Source,
            ConflictWork.Source,
            Quality.SuspectWork.Source,
            Matching.MatchWork.Source,
            Monitoring.MonitoringWork.Source,
            OverruleWork.Source,
            Procedures.ListWork.Objections,
            Procedures.ListWork.Deadlines,
            Editing.ReviewWork.Source,
        ]);

    /// <summary>What modules keep for as long as the console runs.</summary>
    public static void Services(IServiceCollection services)
    {
        services.AddSingleton<Editing.Pen>();
        services.AddSingleton(WorkSources);
        services.AddSingleton(new HomePart(typeof(Procedures.Pages.WaitingListsPart)));
        services.AddSingleton(new HomePart(typeof(Discipline.Pages.DisciplineDuePart)));
        services.AddSingleton(new DailyDuty("work", installation => Work.RefreshWork.OfTheDay(installation, WorkSources)));
        services.AddSingleton(new Evidence.EvidenceSubjects(EvidenceSubjects));
    }

    /// <summary>Everything that photos and documents can be put to.</summary>
    public static IReadOnlyList<Evidence.EvidenceSubject> EvidenceSubjects =>
        [
            .. Evidence.EvidenceSubject.OfRegistry,
            .. Procedures.SubjectList.Evidence,
            Editing.ReviewChanges.Evidence,
            Quality.ShowFinding.Evidence,
            Figures.Stated.ListStatements.Evidence,
            Work.WorkReading.Evidence,
        ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        Bundle.Map(routes);
        SignIn.Map(routes);
        SetUpLink.Map(routes);
        ShowAccount.Map(routes);
        ChangePassword.Map(routes);
        SetSecondFactor.Map(routes);
        RevokeSession.Map(routes);
        CreateToken.Map(routes);
        RevokeToken.Map(routes);
        ListUsers.Map(routes);
        ShowUser.Map(routes);
        CreateUser.Map(routes);
        ResetPassword.Map(routes);
        LockUser.Map(routes);
        GrantRole.Map(routes);
        Audit.ListAudit.Map(routes);
        ListSignIns.Map(routes);
        Preferences.Map(routes);
        PickArea.Map(routes);
        ChooseWorkDate.Map(routes);
        ListBatches.Map(routes);
        UploadFile.Map(routes);
        CertifyHouseholds.Map(routes);
        ListConflicts.Map(routes);
        Api.Map(routes);
        ListStandards.Map(routes);
        ServeHouseholds.Map(routes);
        ShowHealth.Map(routes);
        Figures.ShowHome.Map(routes);
        Figures.ViewOverview.Map(routes);
        Figures.ViewGaps.Map(routes);
        Figures.CompareAreas.Map(routes);
        Figures.ListFigures.Map(routes);
        Figures.Stated.ListStatements.Map(routes);
        Figures.Stated.StateFigure.Map(routes);
        Figures.Stated.WithdrawStatement.Map(routes);
        Figures.Stated.ChooseStatement.Map(routes);
        Figures.Stated.ListDue.Map(routes);
        Figures.Targets.ListTargets.Map(routes);
        Figures.Targets.SetTarget.Map(routes);
        Figures.Targets.PlanExits.Map(routes);
        Figures.ShowFigure.Map(routes);
        Figures.NameSubjects.Map(routes);
        Figures.CountIncidence.Map(routes);
        Figures.CompareMoments.Map(routes);
        Reports.Sealing.ListSealed.Map(routes);
        Reports.Sealing.SealReport.Map(routes);
        Reports.Sealing.ShowSealed.Map(routes);
        Reports.Sealing.ShowRecomputed.Map(routes);
        Exchange.ExportFigure.Map(routes);
        Exchange.ExportFigures.Map(routes);
        OpenData.PublishOpenData.Map(routes);
        Figures.ShowWall.Map(routes);
        Figures.CheckReport.Map(routes);
        Reports.ListReports.Map(routes);
        Reports.ShowReport.Map(routes);
        Reports.StoreTemplate.Map(routes);
        Exchange.ExportGaps.Map(routes);
        Standards.BrowseStandards.Map(routes);
        Standards.CompareLaws.Map(routes);
        Standards.ShowParameter.Map(routes);
        Standards.AskWhatIf.Map(routes);
        QueueJudging.Map(routes);
        JudgeMoment.Map(routes);
        ListJudgements.Map(routes);
        ListHouseholds.Map(routes);
        ListHouseholdsThen.Map(routes);
        Registry.RevealPersonalNumber.Map(routes);
        Registry.FindByNumber.Map(routes);
        Exchange.ExportNumbers.Map(routes);
        AskOverrule.Map(routes);
        DecideOverrule.Map(routes);
        ListOverrules.Map(routes);
        ListJobs.Map(routes);
        ShowJob.Map(routes);
        CancelJob.Map(routes);
        DownloadJobFile.Map(routes);
        ShowHousehold.Map(routes);
        PrintCards.Map(routes);
        FindHelpers.Map(routes);
        ShowUnit.Map(routes);
        ShowPost.Map(routes);
        ExportHouseholds.Map(routes);
        Procedures.ListProcedures.Map(routes);
        Procedures.SetProcedureDays.Map(routes);
        Procedures.ListLists.Map(routes);
        Procedures.OpenList.Map(routes);
        Procedures.ShowList.Map(routes);
        Procedures.AddSubjects.Map(routes);
        Procedures.HoldBack.Map(routes);
        Procedures.HangList.Map(routes);
        Procedures.RaiseObjection.Map(routes);
        Procedures.AnswerObjection.Map(routes);
        Procedures.TakeStep.Map(routes);
        LoadAreaTree.Map(routes);
        OpenYear.Map(routes);
        Procedures.AppealObjection.Map(routes);
        Procedures.PrintNotice.Map(routes);
        Procedures.LinkNotice.Map(routes);
        Procedures.PublicPage.Map(routes);
        Procedures.RevealObjector.Map(routes);
        Procedures.AllowPublicPages.Map(routes);
        Rounds.ListRounds.Map(routes);
        Rounds.OpenRound.Map(routes);
        Rounds.ShowRound.Map(routes);
        Rounds.RecordOutcomes.Map(routes);
        Rounds.CloseRound.Map(routes);
        Reports.YearEnds.ShowYearEnd.Map(routes);
        Reports.YearEnds.OpenYearEnd.Map(routes);
        Reports.YearEnds.ConfirmPlace.Map(routes);
        Reports.YearEnds.CloseYearEnd.Map(routes);
        Exchange.ExportRound.Map(routes);
        Matching.MatchRoutes.Map(routes);
        Monitoring.ListMonitored.Map(routes);
        Monitoring.ListClues.Map(routes);
        Monitoring.EnterClue.Map(routes);
        Monitoring.SendClues.Map(routes);
        Monitoring.RaiseClues.Map(routes);
        Monitoring.AnswerClue.Map(routes);
        Monitoring.ShowMonitoring.Map(routes);
        Monitoring.StateHomeCheck.Map(routes);
        Monitoring.StateElimination.Map(routes);
        Procedures.TakeClues.Map(routes);
        Quality.RunChecks.Map(routes);
        Quality.ListChecks.Map(routes);
        Quality.ListFindings.Map(routes);
        Quality.ShowFinding.Map(routes);
        Quality.AnswerFinding.Map(routes);
        Quality.AnswerFindings.Map(routes);
        Exchange.ExportFindings.Map(routes);
        Editing.EditFacts.Map(routes);
        Editing.ShowMembers.Map(routes);
        Editing.AddMember.Map(routes);
        Editing.RemoveMember.Map(routes);
        Editing.ChangeHead.Map(routes);
        Editing.SplitHousehold.Map(routes);
        Editing.MergeHouseholds.Map(routes);
        Editing.NameMember.Map(routes);
        Editing.EditMeasures.Map(routes);
        Editing.MoveHousehold.Map(routes);
        Editing.ReviewChanges.Map(routes);
        Evidence.AddEvidence.Map(routes);
        Evidence.ShowEvidence.Map(routes);
        Evidence.WithdrawEvidence.Map(routes);
        Work.ShowInbox.Map(routes);
        Work.DueWork.Map(routes);
        Work.CountWork.Map(routes);
        Work.ShowItem.Map(routes);
        Work.ActOnWork.Map(routes);
        Work.AssignWork.Map(routes);
        Work.WriteOrder.Map(routes);
        Work.RunRefresh.Map(routes);
        Inspection.WriteLedger.Map(routes);
        Inspection.ShowLedger.Map(routes);
        Discipline.ListClues.Map(routes);
        Discipline.EnterClue.Map(routes);
        Discipline.ShowClue.Map(routes);
        Discipline.StepClue.Map(routes);
        Discipline.KeepPapers.Map(routes);
        Discipline.CountClues.Map(routes);
        Discipline.AdmitMember.Map(routes);
    }
}
