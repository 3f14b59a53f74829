using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tuopin.Discipline;
using Tuopin.Editing;
using Tuopin.Evidence;
using Tuopin.Figures;
using Tuopin.Figures.Stated;
using Tuopin.Figures.Targets;
using Tuopin.Matching;
using Tuopin.Monitoring;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Procedures;
using Tuopin.Quality;
using Tuopin.Registry;
using Tuopin.Reports;
using Tuopin.Reports.Sealing;
using Tuopin.Rounds;
using Tuopin.Standards;
using Tuopin.Work;

namespace Tuopin.Platform.Database;

/// <summary>
/// The model: keys, structure and constraints. Fact columns are not here but come from the dictionary (<see cref="FactTables"/>).
/// </summary>
/// <remarks>
/// Migrations: one initial migration for each provider, made again until the first release:
/// <c>dotnet ef migrations add Initial -p src/Tuopin -c SqliteDb -o Platform/Database/Migrations/Sqlite -- sqlite</c> (the same with PostgresDb).
/// </remarks>
public abstract class TuopinDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<Area> Areas => Set<Area>();
    public DbSet<AreaVersion> AreaVersions => Set<AreaVersion>();
    public DbSet<Household> Households => Set<Household>();
    public DbSet<HouseholdStatus> HouseholdStatuses => Set<HouseholdStatus>();
    public DbSet<HouseholdYear> HouseholdYears => Set<HouseholdYear>();
    public DbSet<Person> Persons => Set<Person>();
    public DbSet<Membership> Memberships => Set<Membership>();
    public DbSet<PersonYear> PersonYears => Set<PersonYear>();
    public DbSet<Dwelling> Dwellings => Set<Dwelling>();
    public DbSet<Residence> Residences => Set<Residence>();
    public DbSet<Measure> Measures => Set<Measure>();
    public DbSet<VillageYear> VillageYears => Set<VillageYear>();
    public DbSet<TownshipYear> TownshipYears => Set<TownshipYear>();
    public DbSet<CountyYear> CountyYears => Set<CountyYear>();
    public DbSet<Unit> Units => Set<Unit>();
    public DbSet<Post> Posts => Set<Post>();
    public DbSet<Responsibility> Responsibilities => Set<Responsibility>();
    public DbSet<Statement> Statements => Set<Statement>();
    public DbSet<StandardVersion> StandardVersions => Set<StandardVersion>();
    public DbSet<Verdict> Verdicts => Set<Verdict>();
    public DbSet<Overrule> Overrules => Set<Overrule>();
    public DbSet<TallyValue> Tallies => Set<TallyValue>();
    public DbSet<HouseholdListing> HouseholdListings => Set<HouseholdListing>();
    public DbSet<AreaCount> AreaCounts => Set<AreaCount>();
    public DbSet<AreaFigure> AreaFigures => Set<AreaFigure>();
    public DbSet<Judgement> Judgements => Set<Judgement>();
    public DbSet<AreaBoundary> AreaBoundaries => Set<AreaBoundary>();
    public DbSet<SubjectList> SubjectLists => Set<SubjectList>();
    public DbSet<ListSubject> ListSubjects => Set<ListSubject>();
    public DbSet<ListAct> ListActs => Set<ListAct>();
    public DbSet<ListObjection> ListObjections => Set<ListObjection>();
    public DbSet<PublicityLink> PublicityLinks => Set<PublicityLink>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<ReportTemplate> ReportTemplates => Set<ReportTemplate>();
    public DbSet<ProcedureDays> ProcedureDays => Set<ProcedureDays>();
    public DbSet<RoundInstance> Rounds => Set<RoundInstance>();
    public DbSet<RoundSubject> RoundSubjects => Set<RoundSubject>();
    public DbSet<MatchFile> MatchFiles => Set<MatchFile>();
    public DbSet<MatchRow> MatchRows => Set<MatchRow>();
    public DbSet<MatchCandidate> MatchCandidates => Set<MatchCandidate>();
    public DbSet<DuplicatePair> DuplicatePairs => Set<DuplicatePair>();
    public DbSet<Clue> Clues => Set<Clue>();
    public DbSet<HomeCheck> HomeChecks => Set<HomeCheck>();
    public DbSet<WorkItem> WorkItems => Set<WorkItem>();
    public DbSet<WorkAct> WorkActs => Set<WorkAct>();
    public DbSet<WorkCard> WorkCards => Set<WorkCard>();
    public DbSet<Finding> Findings => Set<Finding>();
    public DbSet<DisciplineClue> DisciplineClues => Set<DisciplineClue>();
    public DbSet<DisciplinePerson> DisciplinePersons => Set<DisciplinePerson>();
    public DbSet<DisciplinePaper> DisciplinePapers => Set<DisciplinePaper>();
    public DbSet<DisciplineAct> DisciplineActs => Set<DisciplineAct>();
    public DbSet<SealedReport> SealedReports => Set<SealedReport>();
    public DbSet<SealedNumber> SealedNumbers => Set<SealedNumber>();
    public DbSet<SealedFile> SealedFiles => Set<SealedFile>();
    public DbSet<FigureStatement> FigureStatements => Set<FigureStatement>();
    public DbSet<FigureChoice> FigureChoices => Set<FigureChoice>();
    public DbSet<FigureTarget> FigureTargets => Set<FigureTarget>();
    public DbSet<PlannedExit> PlannedExits => Set<PlannedExit>();
    public DbSet<PackFile> PackFiles => Set<PackFile>();
    public DbSet<Change> Changes => Set<Change>();
    public DbSet<CurrentChange> CurrentChanges => Set<CurrentChange>();
    public DbSet<ImportBatch> ImportBatches => Set<ImportBatch>();
    public DbSet<ProposedChange> ProposedChanges => Set<ProposedChange>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<KeySequence> KeySequences => Set<KeySequence>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.Conventions.Add(_ => new SnakeCaseNames());

    protected override void OnModelCreating(ModelBuilder model)
    {
        // Keys are issued by the program (home county x 10^10 + sequence), never by the database.
        foreach (var key in model.Model.GetEntityTypes().SelectMany(t => t.GetKeys()).SelectMany(k => k.Properties))
            key.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;

        // Text is ordered by code point on both engines: COLLATE "C" here, BINARY on SQLite.
        foreach (var entity in model.Model.GetEntityTypes())
            OrderText(entity);

        model.Entity<AreaVersion>(e =>
        {
            Clustered(e, v => new { v.AreaId, v.FromDay });
            e.HasIndex(v => new { v.Code, v.FromDay }).IsUnique();
            e.HasIndex(v => new { v.ParentId });
        });
        model.Entity<Household>(e =>
        {
            e.HasIndex(h => h.NationalNo).IsUnique();
            e.HasIndex(h => h.ProvisionalNo).IsUnique();
            e.HasIndex(h => h.AreaCode);
            e.HasIndex(h => h.VillageId);
        });
        model.Entity<HouseholdStatus>(e =>
        {
            Clustered(e, s => new { s.HouseholdId, s.FromDay });
            Dated(e);
            e.HasIndex(s => s.HouseholdId).IsUnique().HasFilter("to_day IS NULL");
            e.HasIndex(s => s.Id).IsUnique();
        });
        model.Entity<HouseholdYear>(e => Clustered(e, y => new { y.HouseholdId, y.Year }));
        model.Entity<Person>(e =>
        {
            e.HasIndex(p => p.NationalNo).IsUnique();
            e.HasIndex(p => p.ProvisionalNo).IsUnique();
            // Part of a name is found by a scan of this index, a tenth of the table.
            e.HasIndex(p => p.Name);
        });
        model.Entity<Membership>(e =>
        {
            Clustered(
                e,
                m => new
                {
                    m.HouseholdId,
                    m.PersonId,
                    m.FromDay,
                }
            );
            Dated(e);
            // A person belongs to one household at a time.
            e.HasIndex(m => m.PersonId).IsUnique().HasFilter("to_day IS NULL");
            // Where a person belonged on a day: SQLite finds it by no part of an index, and makes none of its own for a clustered table.
            e.HasIndex(m => new { m.PersonId, m.FromDay });
        });
        model.Entity<PersonYear>(e => Clustered(e, y => new { y.PersonId, y.Year }));
        model.Entity<Dwelling>(e => e.HasIndex(d => d.Number).IsUnique());
        model.Entity<Residence>(e =>
        {
            Clustered(e, r => new { r.HouseholdId, r.FromDay });
            Dated(e);
            e.HasIndex(r => r.HouseholdId).IsUnique().HasFilter("to_day IS NULL");
            e.HasIndex(r => r.DwellingId);
        });
        model.Entity<Measure>(e =>
        {
            Dated(e);
            e.HasIndex(m => m.HouseholdId);
        });
        model.Entity<VillageYear>(e => Clustered(e, y => new { y.AreaId, y.Year }));
        model.Entity<TownshipYear>(e => Clustered(e, y => new { y.AreaId, y.Year }));
        model.Entity<CountyYear>(e => Clustered(e, y => new { y.AreaId, y.Year }));
        model.Entity<Unit>(e => e.HasIndex(u => u.Name).IsUnique());
        model.Entity<Post>(e =>
        {
            Dated(e);
            e.HasIndex(p => new { p.UnitId, p.HolderName });
        });
        model.Entity<Responsibility>(e =>
        {
            Dated(e);
            e.HasIndex(r => r.HouseholdId);
            e.HasIndex(r => r.AreaId);
            e.HasIndex(r => r.PostId);
            e.HasIndex(r => r.UnitId);
        });
        model.Entity<Statement>(e =>
            e.HasIndex(s => new
                {
                    s.Subject,
                    s.SubjectId,
                    s.Fact,
                    s.Year,
                    s.StatedBy,
                })
                .IsUnique()
        );
        model.Entity<StandardVersion>(e =>
            e.HasIndex(s => new
                {
                    s.StandardId,
                    s.Version,
                    s.Hash,
                })
                .IsUnique()
        );
        model.Entity<Verdict>(e => Clustered(e, v => new { v.StandardVersionId, v.SubjectId }));
        model.Entity<Overrule>(e =>
        {
            e.ToTable(t =>
            {
                t.HasCheckConstraint("days_in_order", "last_day >= first_day");
                t.HasCheckConstraint(
                    "two_people",
                    "(state IN (0, 3) AND decided_by IS NULL) OR (state IN (1, 2) AND decided_by IS NOT NULL AND decided_by <> asked_by)"
                );
                t.HasCheckConstraint("lifted_once_confirmed", "lifted_day IS NULL OR (state = 1 AND lifted_by IS NOT NULL)");
            });
            e.HasIndex(o => new { o.SubjectId, o.StandardId });
            e.HasIndex(o => new { o.StandardId, o.LastDay });
            e.HasIndex(o => new { o.AskedBy, o.SentKey }).IsUnique();
            // One waits at a time for an indicator.
            e.HasIndex(o => new
                {
                    o.Subject,
                    o.SubjectId,
                    o.StandardId,
                    o.Indicator,
                })
                .IsUnique()
                .HasFilter("state = 0");
        });
        model.Entity<TallyValue>(e =>
        {
            e.ToTable("tallies");
            Clustered(e, t => new { t.AreaId, t.TallyId });
        });
        model.Entity<HouseholdListing>(e =>
        {
            e.ToTable("household_list");
            Clustered(e, l => new { l.PlaceCode, l.HouseholdId });
            e.HasIndex(l => l.HouseholdId);
        });
        model.Entity<AreaCount>(e =>
            Clustered(
                e,
                c => new
                {
                    c.AreaId,
                    c.StandardVersionId,
                    c.Bit,
                    c.Standing,
                }
            )
        );
        model.Entity<AreaFigure>(e =>
            Clustered(
                e,
                f => new
                {
                    f.AreaId,
                    f.Figure,
                    f.Key,
                }
            )
        );
        model.Entity<Judgement>(e =>
            e.HasIndex(j => new
                {
                    j.Day,
                    j.KnownChange,
                    j.Packs,
                    j.AreaId,
                })
                .IsUnique()
        );
        Kept<KeptVerdict>(
            model,
            "verdicts",
            v => new
            {
                v.JudgementId,
                v.StandardVersionId,
                v.SubjectId,
            }
        );
        Kept<KeptTally>(
            model,
            "tallies",
            t => new
            {
                t.JudgementId,
                t.AreaId,
                t.TallyId,
            }
        );
        Kept<KeptListing>(
            model,
            "household_list",
            l => new
            {
                l.JudgementId,
                l.PlaceCode,
                l.HouseholdId,
            }
        );
        Kept<KeptCount>(
            model,
            "area_counts",
            c => new
            {
                c.JudgementId,
                c.AreaId,
                c.StandardVersionId,
                c.Bit,
                c.Standing,
            }
        );
        Kept<KeptFigure>(
            model,
            "area_figures",
            f => new
            {
                f.JudgementId,
                f.AreaId,
                f.Figure,
                f.Key,
            }
        );
        model.Entity<AreaBoundary>(e => e.HasKey(b => b.AreaCode));
        model.Entity<SubjectList>(e =>
        {
            e.HasIndex(l => l.AreaCode);
            e.HasIndex(l => l.LapsesAfter).HasFilter("ended IS NULL AND lapses_after IS NOT NULL");
        });
        model.Entity<ListSubject>(e =>
        {
            Clustered(e, s => new { s.ListId, s.SubjectId });
            // On one open list of a family at a time.
            e.HasIndex(s => new { s.Family, s.SubjectId }).IsUnique().HasFilter("cause IS NULL");
            e.HasIndex(s => s.SubjectId);
        });
        model.Entity<ListAct>(e =>
        {
            Clustered(e, a => new { a.ListId, a.Number });
            e.HasIndex(a => new { a.ListId, a.SentKey }).IsUnique();
        });
        model.Entity<ListObjection>(e =>
        {
            // Not clustered: rotation of keys walks rows of encrypted columns by their place in the table.
            e.HasKey(o => new { o.ListId, o.Number });
            e.HasIndex(o => o.Receipt).IsUnique();
        });
        model.Entity<PublicityLink>(e =>
        {
            e.HasKey(l => l.ListId);
            e.HasIndex(l => l.Hash).IsUnique();
        });
        model.Entity<Attachment>(e =>
        {
            // The same file is at a subject once.
            e.HasIndex(a => new
                {
                    a.Subject,
                    a.SubjectId,
                    a.Part,
                    a.Hash,
                })
                .IsUnique()
                .HasFilter("withdrawn_at IS NULL");
            e.HasIndex(a => new { a.SubjectId, a.Subject });
            e.HasIndex(a => a.Hash);
        });
        // Of a name a place has one template in use.
        model.Entity<ReportTemplate>(e => e.HasIndex(t => new { t.AreaCode, t.Name }).IsUnique().HasFilter("withdrawn_at IS NULL"));
        model.Entity<ProcedureDays>(e =>
            Clustered(
                e,
                d => new
                {
                    d.ProcedureId,
                    d.Parameter,
                    d.AreaId,
                }
            )
        );
        model.Entity<RoundInstance>(e =>
        {
            e.ToTable("rounds", t => t.HasCheckConstraint("days_in_order", "to_day >= from_day"));
            // One of a kind in a county and a year.
            e.HasIndex(r => new
                {
                    r.PackId,
                    r.Year,
                    r.AreaId,
                })
                .IsUnique();
            e.HasIndex(r => r.AreaCode);
        });
        model.Entity<RoundSubject>(e =>
        {
            Clustered(e, s => new { s.RoundId, s.SubjectId });
            e.HasIndex(s => new
            {
                s.RoundId,
                s.AreaCode,
                s.SubjectId,
            });
        });
        model.Entity<MatchFile>(e =>
        {
            e.HasIndex(f => f.AreaCode);
            // A list is matched once for an area.
            e.HasIndex(f => new
                {
                    f.Sha256,
                    f.Kind,
                    f.AreaCode,
                })
                .IsUnique()
                .HasFilter("undone_at IS NULL");
        });
        model.Entity<MatchRow>(e =>
        {
            Clustered(e, r => new { r.FileId, r.Number });
            e.HasIndex(r => new { r.FileId, r.Number }).HasDatabaseName("ix_match_rows_waiting").HasFilter("state = 2");
        });
        model.Entity<MatchCandidate>(e =>
        {
            Clustered(
                e,
                c => new
                {
                    c.FileId,
                    c.Number,
                    c.PersonId,
                }
            );
            e.HasIndex(c => c.HouseholdId);
        });
        model.Entity<DuplicatePair>(e =>
        {
            e.ToTable(t => t.HasCheckConstraint("one_pair_of_two", "person_a < person_b"));
            e.HasIndex(d => new { d.PersonA, d.PersonB }).IsUnique();
            e.HasIndex(d => d.PersonB);
        });
        model.Entity<Clue>(e =>
        {
            // One that nobody has answered, of each source.
            e.HasIndex(c => new { c.HouseholdId, c.Source }).IsUnique().HasFilter("household_id IS NOT NULL AND state < 2");
            e.HasIndex(c => c.AreaCode);
            e.HasIndex(c => c.ListId).HasFilter("list_id IS NOT NULL");
        });
        model.Entity<HomeCheck>(e =>
        {
            e.HasKey(c => c.HouseholdId);
            e.Property(c => c.HouseholdId).ValueGeneratedNever();
        });
        model.Entity<WorkItem>(e =>
        {
            e.ToTable(t =>
            {
                t.HasCheckConstraint("two_people", "checked_by IS NULL OR (handed_by IS NOT NULL AND checked_by <> handed_by)");
                t.HasCheckConstraint("children_first", "open_children >= 0 AND (closed_day IS NULL OR open_children = 0)");
                t.HasCheckConstraint(
                    "ended_with_its_day",
                    "(state = 4 AND closed_day IS NOT NULL AND ended IS NOT NULL) OR (state <> 4 AND closed_day IS NULL AND ended IS NULL AND live)"
                );
                t.HasCheckConstraint("in_hand", "state NOT IN (1, 2, 3) OR holder_id IS NOT NULL");
                t.HasCheckConstraint("passed_by_somebody", "ended <> 2 OR checked_by IS NOT NULL OR kind IN ('ledger', 'aspect', 'problem')");
            });
            // One of a key stands for it.
            e.HasIndex(w => new { w.Kind, w.SourceKey }).IsUnique().HasFilter("live AND source_key IS NOT NULL");
            e.HasIndex(w => new { w.SubjectId, w.Subject });
            e.HasIndex(w => w.ParentId);
            e.HasIndex(w => w.RootId);
            const string open = "closed_day IS NULL";
            e.HasIndex(w => new { w.Due, w.Id }).HasFilter(open);
            // What the tree counts stands in the index: it reads no row.
            e.HasIndex(w => new
                {
                    w.AreaCode,
                    w.Kind,
                    w.Department,
                    w.Due,
                    w.OpenedDay,
                    w.Card,
                    w.Id,
                })
                .HasFilter(open);
            // Nor do the counts of a department.
            e.HasIndex(w => new
                {
                    w.Department,
                    w.Due,
                    w.Id,
                    w.AreaCode,
                    w.HolderId,
                })
                .HasFilter(open);
            // Few have a holder: an index of those alone says so to SQLite, which else takes "no holder" for the commonest one.
            e.HasIndex(w => new
                {
                    w.HolderId,
                    w.Due,
                    w.Id,
                })
                .HasFilter(open + " AND holder_id IS NOT NULL");
        });
        model.Entity<WorkAct>(e => Clustered(e, a => new { a.ItemId, a.Number }));
        model.Entity<WorkCard>(e =>
        {
            e.ToTable(t => t.HasCheckConstraint("colours", "colour IN (1, 2)"));
            Clustered(
                e,
                c => new
                {
                    c.ItemId,
                    c.Colour,
                    c.Due,
                }
            );
        });
        model.Entity<Finding>(e =>
        {
            e.ToTable(
                "findings",
                t =>
                {
                    t.HasCheckConstraint("answered_by_somebody", "state = 0 OR answered_name IS NOT NULL");
                    t.HasCheckConstraint("what_is_true_has_a_result", "(state = 1) = (result IS NOT NULL)");
                    t.HasCheckConstraint("an_exemption_ends", "state NOT IN (3, 4) OR last_day IS NOT NULL");
                    t.HasCheckConstraint("two_people", "state <> 4 OR (confirmed_by IS NOT NULL AND confirmed_by <> answered_by)");
                }
            );
            // One of a check and a subject.
            e.HasIndex(f => new { f.SubjectId, f.CheckId }).IsUnique();
            e.HasIndex(f => f.HouseholdId);
            e.HasIndex(f => new { f.AreaCode, f.Id });
        });
        model.Entity<DisciplineClue>(e =>
        {
            e.ToTable(
                "discipline_clues",
                t =>
                {
                    t.HasCheckConstraint("ended_with_its_day", "(state IN (2, 4)) = (closed_day IS NOT NULL)");
                    t.HasCheckConstraint("what_ends_has_a_result", "closed_day IS NULL OR result_cipher IS NOT NULL");
                    t.HasCheckConstraint("a_case_has_its_day", "state NOT IN (3, 4) OR filed_day IS NOT NULL");
                    t.HasCheckConstraint("sanctioned_are_handled", "sanctioned <= handled");
                }
            );
            e.HasIndex(c => new { c.AreaCode, c.Id });
        });
        // Not clustered: rotation of keys walks rows of encrypted columns by their place in the table.
        model.Entity<DisciplinePerson>(e => e.ToTable("discipline_persons").HasKey(p => new { p.ClueId, p.Number }));
        model.Entity<DisciplinePaper>(e => e.ToTable("discipline_papers").HasKey(p => new { p.ClueId, p.Number }));
        model.Entity<DisciplineAct>(e => e.ToTable("discipline_acts").HasKey(a => new { a.ClueId, a.Number }));
        model.Entity<ProposedChange>(e =>
        {
            e.ToTable("proposed_changes", t => t.HasCheckConstraint("two_people", "decided_by IS NULL OR decided_by <> proposed_by"));
            e.HasIndex(p => p.HouseholdId);
            e.HasIndex(p => p.State);
        });
        model.Entity<SealedReport>(e =>
        {
            e.HasIndex(r => new
                {
                    r.Report,
                    r.AreaId,
                    r.Day,
                    r.Edition,
                })
                .IsUnique();
            e.HasIndex(r => new { r.SealedBy, r.SentKey }).IsUnique();
            e.HasIndex(r => r.AreaCode);
        });
        model.Entity<SealedNumber>(e => Clustered(e, n => new { n.ReportId, n.Key }));
        model.Entity<SealedFile>(e => Clustered(e, f => new { f.ReportId, f.Format }));
        model.Entity<AuditEntry>(e =>
        {
            e.HasIndex(a => new { a.Subject, a.SubjectId });
            e.HasIndex(a => a.UserId);
            e.HasIndex(a => a.At);
        });
        model.Entity<FigureStatement>(e =>
        {
            e.ToTable(t => t.HasCheckConstraint("ended_for_a_cause", "(ended_at IS NULL) = (ended_reason IS NULL AND replaced_by IS NULL)"));
            // One of a department stands.
            e.HasIndex(s => new
                {
                    s.Figure,
                    s.AreaId,
                    s.Day,
                    s.StatedBy,
                })
                .IsUnique()
                .HasFilter("ended_at IS NULL");
            e.HasIndex(s => new { s.AreaId, s.Figure });
        });
        model.Entity<FigureChoice>(e =>
            e.HasIndex(c => new
            {
                c.Figure,
                c.AreaId,
                c.Day,
            })
        );
        model.Entity<FigureTarget>(e =>
        {
            e.ToTable(t =>
            {
                t.HasCheckConstraint("ended_for_a_cause", "(ended_at IS NULL) = (ended_reason IS NULL AND replaced_by IS NULL)");
                t.HasCheckConstraint("a_figure_with_a_goal_or_a_day", "(figure IS NULL) = (title IS NOT NULL) AND (figure IS NULL) = (goal IS NULL)");
                t.HasCheckConstraint("days_in_order", "deadline > from_day");
            });
            // One of a figure and a deadline stands.
            e.HasIndex(t => new
                {
                    t.AreaId,
                    t.Deadline,
                    t.Figure,
                })
                .IsUnique()
                .HasFilter("ended_at IS NULL AND figure IS NOT NULL");
            e.HasIndex(t => new { t.Deadline, t.Id });
        });
        model.Entity<PlannedExit>(e =>
        {
            Clustered(e, p => p.AreaId);
            e.Property(p => p.AreaId).ValueGeneratedNever();
        });
        model.Entity<PackFile>(e => e.HasKey(p => p.Hash));
        model.Entity<Setting>(e => e.HasKey(s => s.Name));
        model.Entity<KeySequence>(e => e.HasKey(s => s.Name));
        model.Entity<CurrentChange>(e =>
        {
            e.ToTable("current_change", t => t.HasCheckConstraint("one_row", "id = 1"));
            e.HasData(new CurrentChange { Id = 1, ChangeId = 0 });
        });
    }

    /// <summary>What holds from a day to a day does not end before it begins.</summary>
    private static void Dated<T>(EntityTypeBuilder<T> entity)
        where T : class => entity.ToTable(t => t.HasCheckConstraint("days_in_order", "to_day >= from_day"));

    private void OrderText(Microsoft.EntityFrameworkCore.Metadata.IMutableEntityType entity)
    {
        if (this is PostgresDb)
            foreach (var text in entity.GetProperties().Where(p => p.ClrType == typeof(string)))
                text.SetCollation("C");
    }

    // The rows of a kept judgement have the columns of the table they are another moment of, and go with it.
    private void Kept<T>(ModelBuilder model, string table, System.Linq.Expressions.Expression<Func<T, object?>> key)
        where T : class =>
        model.Entity<T>(e =>
        {
            e.HasBaseType((Type?)null);
            e.ToTable(Judgement.KeptIn(table));
            Clustered(e, key);
            OrderText(e.Metadata);
            e.HasOne<Judgement>().WithMany().HasForeignKey(nameof(KeptVerdict.JudgementId)).OnDelete(DeleteBehavior.Cascade);
        });

    /// <summary>A table whose rows lie in the order of its key (WITHOUT ROWID on SQLite).</summary>
    private static void Clustered<T>(EntityTypeBuilder<T> entity, System.Linq.Expressions.Expression<Func<T, object?>> key)
        where T : class => entity.HasKey(key).Metadata.DeclaringEntityType.SetAnnotation("Tuopin:Clustered", true);
}

/// <summary>The model on SQLite: one file, WAL, STRICT tables.</summary>
public sealed class SqliteDb(DbContextOptions<SqliteDb> options) : TuopinDb(options);

/// <summary>The model on PostgreSQL 15 or later.</summary>
public sealed class PostgresDb(DbContextOptions<PostgresDb> options) : TuopinDb(options);
