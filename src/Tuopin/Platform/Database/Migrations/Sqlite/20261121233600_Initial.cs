using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tuopin.Platform.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "area_boundaries",
                columns: table => new
                {
                    area_code = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    shape = table.Column<string>(type: "TEXT", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_area_boundaries", x => x.area_code);
                }
            );

            migrationBuilder.CreateTable(
                name: "area_counts",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: false),
                    bit = table.Column<int>(type: "INTEGER", nullable: false),
                    standing = table.Column<short>(type: "INTEGER", nullable: false),
                    met_households = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet_households = table.Column<long>(type: "INTEGER", nullable: false),
                    unknown_households = table.Column<long>(type: "INTEGER", nullable: false),
                    met_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    unknown_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met_households = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet_households = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet_persons = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_area_counts",
                        x => new
                        {
                            x.area_id,
                            x.standard_version_id,
                            x.bit,
                            x.standing,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "area_figures",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<int>(type: "INTEGER", nullable: false),
                    households = table.Column<long>(type: "INTEGER", nullable: false),
                    persons = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_area_figures",
                        x => new
                        {
                            x.area_id,
                            x.figure,
                            x.key,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "area_versions",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    code = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    parent_id = table.Column<long>(type: "INTEGER", nullable: true),
                    level = table.Column<short>(type: "INTEGER", nullable: false),
                    kind = table.Column<short>(type: "INTEGER", nullable: false),
                    successor_id = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_area_versions", x => new { x.area_id, x.from_day });
                }
            );

            migrationBuilder.CreateTable(
                name: "areas",
                columns: table => new { id = table.Column<long>(type: "INTEGER", nullable: false) },
                constraints: table =>
                {
                    table.PrimaryKey("pk_areas", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "attachments",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    part = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<short>(type: "INTEGER", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: true),
                    taken_day = table.Column<int>(type: "INTEGER", nullable: true),
                    media = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<int>(type: "INTEGER", nullable: false),
                    added_at = table.Column<string>(type: "TEXT", nullable: false),
                    added_name = table.Column<string>(type: "TEXT", nullable: false),
                    added_by = table.Column<long>(type: "INTEGER", nullable: true),
                    withdrawn_at = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_name = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_reason = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attachments", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    actor = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    action = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: true),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: true),
                    field = table.Column<string>(type: "TEXT", nullable: true),
                    detail = table.Column<string>(type: "TEXT", nullable: false),
                    previous = table.Column<byte[]>(type: "BLOB", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    actor = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    stated_by = table.Column<string>(type: "TEXT", nullable: false),
                    data_day = table.Column<int>(type: "INTEGER", nullable: false),
                    carried_year = table.Column<int>(type: "INTEGER", nullable: true),
                    document = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_changes", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "clues",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: true),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    source = table.Column<short>(type: "INTEGER", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: true),
                    rule = table.Column<string>(type: "TEXT", nullable: true),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    due_day = table.Column<int>(type: "INTEGER", nullable: true),
                    words = table.Column<string>(type: "TEXT", nullable: false),
                    risks = table.Column<long>(type: "INTEGER", nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: true),
                    id_masked = table.Column<string>(type: "TEXT", nullable: true),
                    id_index = table.Column<long>(type: "INTEGER", nullable: true),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    decided_day = table.Column<int>(type: "INTEGER", nullable: true),
                    list_id = table.Column<long>(type: "INTEGER", nullable: true),
                    entered_name = table.Column<string>(type: "TEXT", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_clues", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "county_years",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_county_years", x => new { x.area_id, x.year });
                }
            );

            migrationBuilder.CreateTable(
                name: "current_change",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_current_change", x => x.id);
                    table.CheckConstraint("one_row", "id = 1");
                }
            );

            migrationBuilder.CreateTable(
                name: "discipline_acts",
                columns: table => new
                {
                    clue_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    by_user = table.Column<long>(type: "INTEGER", nullable: true),
                    by_name = table.Column<string>(type: "TEXT", nullable: false),
                    act = table.Column<string>(type: "TEXT", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discipline_acts", x => new { x.clue_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "discipline_clues",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    source = table.Column<short>(type: "INTEGER", nullable: false),
                    words_cipher = table.Column<byte[]>(type: "BLOB", nullable: false),
                    names_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    due_day = table.Column<int>(type: "INTEGER", nullable: true),
                    filed_day = table.Column<int>(type: "INTEGER", nullable: true),
                    closed_day = table.Column<int>(type: "INTEGER", nullable: true),
                    result_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    handled = table.Column<long>(type: "INTEGER", nullable: false),
                    sanctioned = table.Column<long>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discipline_clues", x => x.id);
                    table.CheckConstraint("a_case_has_its_day", "state NOT IN (3, 4) OR filed_day IS NOT NULL");
                    table.CheckConstraint("ended_with_its_day", "(state IN (2, 4)) = (closed_day IS NOT NULL)");
                    table.CheckConstraint("sanctioned_are_handled", "sanctioned <= handled");
                    table.CheckConstraint("what_ends_has_a_result", "closed_day IS NULL OR result_cipher IS NOT NULL");
                }
            );

            migrationBuilder.CreateTable(
                name: "discipline_papers",
                columns: table => new
                {
                    clue_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    title_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    media = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<int>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    added_name = table.Column<string>(type: "TEXT", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discipline_papers", x => new { x.clue_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "discipline_persons",
                columns: table => new
                {
                    clue_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    name_cipher = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sanction = table.Column<short>(type: "INTEGER", nullable: true),
                    words_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discipline_persons", x => new { x.clue_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "duplicate_pairs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    person_a = table.Column<long>(type: "INTEGER", nullable: false),
                    person_b = table.Column<long>(type: "INTEGER", nullable: false),
                    same_number = table.Column<bool>(type: "INTEGER", nullable: false),
                    centibits = table.Column<int>(type: "INTEGER", nullable: true),
                    evidence = table.Column<string>(type: "TEXT", nullable: true),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    keeps_person = table.Column<long>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", nullable: true),
                    decided_at = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_duplicate_pairs", x => x.id);
                    table.CheckConstraint("one_pair_of_two", "person_a < person_b");
                }
            );

            migrationBuilder.CreateTable(
                name: "dwellings",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    village_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dwellings", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "figure_choices",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    stated_by = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    others = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_figure_choices", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "figure_statements",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    stated_by = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    document_day = table.Column<int>(type: "INTEGER", nullable: true),
                    note = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<string>(type: "TEXT", nullable: true),
                    ended_name = table.Column<string>(type: "TEXT", nullable: true),
                    ended_user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_reason = table.Column<string>(type: "TEXT", nullable: true),
                    replaced_by = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_figure_statements", x => x.id);
                    table.CheckConstraint("ended_for_a_cause", "(ended_at IS NULL) = (ended_reason IS NULL AND replaced_by IS NULL)");
                }
            );

            migrationBuilder.CreateTable(
                name: "figure_targets",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: true),
                    title = table.Column<string>(type: "TEXT", nullable: true),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    deadline = table.Column<int>(type: "INTEGER", nullable: false),
                    goal = table.Column<string>(type: "TEXT", nullable: true),
                    rising = table.Column<bool>(type: "INTEGER", nullable: false),
                    start = table.Column<string>(type: "TEXT", nullable: true),
                    owner = table.Column<string>(type: "TEXT", nullable: false),
                    note = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<string>(type: "TEXT", nullable: true),
                    ended_name = table.Column<string>(type: "TEXT", nullable: true),
                    ended_reason = table.Column<string>(type: "TEXT", nullable: true),
                    replaced_by = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_figure_targets", x => x.id);
                    table.CheckConstraint(
                        "a_figure_with_a_goal_or_a_day",
                        "(figure IS NULL) = (title IS NOT NULL) AND (figure IS NULL) = (goal IS NULL)"
                    );
                    table.CheckConstraint("days_in_order", "deadline > from_day");
                    table.CheckConstraint("ended_for_a_cause", "(ended_at IS NULL) = (ended_reason IS NULL AND replaced_by IS NULL)");
                }
            );

            migrationBuilder.CreateTable(
                name: "findings",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    check_id = table.Column<string>(type: "TEXT", nullable: false),
                    rule_hash = table.Column<string>(type: "TEXT", nullable: false),
                    pack_hash = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: true),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    hard = table.Column<bool>(type: "INTEGER", nullable: false),
                    evidence = table.Column<string>(type: "TEXT", nullable: true),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    raised_day = table.Column<int>(type: "INTEGER", nullable: false),
                    deadline = table.Column<int>(type: "INTEGER", nullable: true),
                    answered_day = table.Column<int>(type: "INTEGER", nullable: true),
                    answered_by = table.Column<long>(type: "INTEGER", nullable: true),
                    answered_name = table.Column<string>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    result = table.Column<short>(type: "INTEGER", nullable: true),
                    last_day = table.Column<int>(type: "INTEGER", nullable: true),
                    confirmed_by = table.Column<long>(type: "INTEGER", nullable: true),
                    confirmed_name = table.Column<string>(type: "TEXT", nullable: true),
                    cleared_day = table.Column<int>(type: "INTEGER", nullable: true),
                    carried_out = table.Column<bool>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_findings", x => x.id);
                    table.CheckConstraint("an_exemption_ends", "state NOT IN (3, 4) OR last_day IS NOT NULL");
                    table.CheckConstraint("answered_by_somebody", "state = 0 OR answered_name IS NOT NULL");
                    table.CheckConstraint("two_people", "state <> 4 OR (confirmed_by IS NOT NULL AND confirmed_by <> answered_by)");
                    table.CheckConstraint("what_is_true_has_a_result", "(state = 1) = (result IS NOT NULL)");
                }
            );

            migrationBuilder.CreateTable(
                name: "home_checks",
                columns: table => new
                {
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: false),
                    members = table.Column<int>(type: "INTEGER", nullable: false),
                    wage = table.Column<long>(type: "INTEGER", nullable: false),
                    business = table.Column<long>(type: "INTEGER", nullable: false),
                    property = table.Column<long>(type: "INTEGER", nullable: false),
                    transfer = table.Column<long>(type: "INTEGER", nullable: false),
                    expense = table.Column<long>(type: "INTEGER", nullable: false),
                    claims = table.Column<long>(type: "INTEGER", nullable: false),
                    self_paid = table.Column<long>(type: "INTEGER", nullable: false),
                    risks = table.Column<long>(type: "INTEGER", nullable: false),
                    disasters = table.Column<long>(type: "INTEGER", nullable: false),
                    risk_note = table.Column<string>(type: "TEXT", nullable: true),
                    problem_schooling = table.Column<bool>(type: "INTEGER", nullable: false),
                    problem_housing = table.Column<bool>(type: "INTEGER", nullable: false),
                    problem_water = table.Column<bool>(type: "INTEGER", nullable: false),
                    problem_uninsured = table.Column<bool>(type: "INTEGER", nullable: false),
                    development = table.Column<short>(type: "INTEGER", nullable: true),
                    contact_name = table.Column<string>(type: "TEXT", nullable: true),
                    consent_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_home_checks", x => x.household_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "household_list",
                columns: table => new
                {
                    place_code = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    group_name = table.Column<string>(type: "TEXT", nullable: true),
                    number = table.Column<string>(type: "TEXT", nullable: false),
                    head_name = table.Column<string>(type: "TEXT", nullable: true),
                    status = table.Column<int>(type: "INTEGER", nullable: true),
                    status_from = table.Column<int>(type: "INTEGER", nullable: true),
                    registered = table.Column<int>(type: "INTEGER", nullable: false),
                    members = table.Column<int>(type: "INTEGER", nullable: true),
                    labour = table.Column<int>(type: "INTEGER", nullable: true),
                    cause = table.Column<int>(type: "INTEGER", nullable: true),
                    category = table.Column<int>(type: "INTEGER", nullable: true),
                    income_per_head = table.Column<long>(type: "INTEGER", nullable: true),
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: true),
                    met = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet = table.Column<long>(type: "INTEGER", nullable: false),
                    exempt = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled = table.Column<long>(type: "INTEGER", nullable: false),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_household_list", x => new { x.place_code, x.household_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "household_statuses",
                columns: table => new
                {
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_household_statuses", x => new { x.household_id, x.from_day });
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "household_years",
                columns: table => new
                {
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_household_years", x => new { x.household_id, x.year });
                }
            );

            migrationBuilder.CreateTable(
                name: "households",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    national_no = table.Column<string>(type: "TEXT", nullable: true),
                    provisional_no = table.Column<string>(type: "TEXT", nullable: true),
                    village_id = table.Column<long>(type: "INTEGER", nullable: false),
                    group_name = table.Column<string>(type: "TEXT", nullable: true),
                    group_id = table.Column<long>(type: "INTEGER", nullable: true),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    living_village_id = table.Column<long>(type: "INTEGER", nullable: true),
                    head_name = table.Column<string>(type: "TEXT", nullable: true),
                    merged_into = table.Column<long>(type: "INTEGER", nullable: true),
                    phone_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    phone_index = table.Column<long>(type: "INTEGER", nullable: true),
                    bank_card_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    bank_card_index = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_households", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "import_batches",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                    file = table.Column<string>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    mapping = table.Column<string>(type: "TEXT", nullable: false),
                    rows = table.Column<long>(type: "INTEGER", nullable: false),
                    added = table.Column<long>(type: "INTEGER", nullable: false),
                    changed = table.Column<long>(type: "INTEGER", nullable: false),
                    unchanged = table.Column<long>(type: "INTEGER", nullable: false),
                    rejected = table.Column<long>(type: "INTEGER", nullable: false),
                    national = table.Column<bool>(type: "INTEGER", nullable: false),
                    undone_by = table.Column<long>(type: "INTEGER", nullable: true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_import_batches", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "judgements",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_from = table.Column<long>(type: "INTEGER", nullable: false),
                    area_to = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    known_change = table.Column<long>(type: "INTEGER", nullable: false),
                    packs = table.Column<string>(type: "TEXT", nullable: false),
                    households = table.Column<long>(type: "INTEGER", nullable: false),
                    made_by = table.Column<long>(type: "INTEGER", nullable: true),
                    made_at = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_judgements", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "key_sequences",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    next = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_sequences", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "list_acts",
                columns: table => new
                {
                    list_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    sent_key = table.Column<string>(type: "TEXT", nullable: true),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    step = table.Column<string>(type: "TEXT", nullable: false),
                    work_day = table.Column<int>(type: "INTEGER", nullable: false),
                    clock_day = table.Column<int>(type: "INTEGER", nullable: true),
                    acted_as = table.Column<string>(type: "TEXT", nullable: false),
                    subjects = table.Column<int>(type: "INTEGER", nullable: false),
                    attended = table.Column<int>(type: "INTEGER", nullable: true),
                    votes_for = table.Column<int>(type: "INTEGER", nullable: true),
                    votes_against = table.Column<int>(type: "INTEGER", nullable: true),
                    abstained = table.Column<int>(type: "INTEGER", nullable: true),
                    looked_at = table.Column<int>(type: "INTEGER", nullable: true),
                    document = table.Column<string>(type: "TEXT", nullable: true),
                    evidence = table.Column<string>(type: "TEXT", nullable: true),
                    attendees = table.Column<string>(type: "TEXT", nullable: true),
                    words = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_list_acts", x => new { x.list_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "list_objections",
                columns: table => new
                {
                    list_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: true),
                    raised_by = table.Column<string>(type: "TEXT", nullable: false),
                    words = table.Column<string>(type: "TEXT", nullable: false),
                    raised_day = table.Column<int>(type: "INTEGER", nullable: false),
                    upheld = table.Column<bool>(type: "INTEGER", nullable: true),
                    answer = table.Column<string>(type: "TEXT", nullable: true),
                    answered_day = table.Column<int>(type: "INTEGER", nullable: true),
                    by_link = table.Column<bool>(type: "INTEGER", nullable: false),
                    who_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    contact_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    receipt = table.Column<byte[]>(type: "BLOB", nullable: true),
                    appeal_words = table.Column<string>(type: "TEXT", nullable: true),
                    appealed_day = table.Column<int>(type: "INTEGER", nullable: true),
                    appeal_upheld = table.Column<bool>(type: "INTEGER", nullable: true),
                    appeal_answer = table.Column<string>(type: "TEXT", nullable: true),
                    appeal_answered_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_list_objections", x => new { x.list_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "list_subjects",
                columns: table => new
                {
                    list_id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    family = table.Column<string>(type: "TEXT", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    added_by = table.Column<int>(type: "INTEGER", nullable: false),
                    done_by = table.Column<int>(type: "INTEGER", nullable: true),
                    cause = table.Column<short>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_list_subjects", x => new { x.list_id, x.subject_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "match_candidates",
                columns: table => new
                {
                    file_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    person_id = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    centibits = table.Column<int>(type: "INTEGER", nullable: false),
                    per_thousand = table.Column<int>(type: "INTEGER", nullable: false),
                    evidence = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_match_candidates",
                        x => new
                        {
                            x.file_id,
                            x.number,
                            x.person_id,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "match_files",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    file = table.Column<string>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: false),
                    data_day = table.Column<int>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    area_to = table.Column<long>(type: "INTEGER", nullable: false),
                    rows = table.Column<long>(type: "INTEGER", nullable: false),
                    junk = table.Column<long>(type: "INTEGER", nullable: false),
                    repeated = table.Column<long>(type: "INTEGER", nullable: false),
                    by_number = table.Column<long>(type: "INTEGER", nullable: false),
                    by_score = table.Column<long>(type: "INTEGER", nullable: false),
                    unmatched = table.Column<long>(type: "INTEGER", nullable: false),
                    sure_centibits = table.Column<int>(type: "INTEGER", nullable: true),
                    review_centibits = table.Column<int>(type: "INTEGER", nullable: true),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    loaded_by = table.Column<string>(type: "TEXT", nullable: false),
                    loaded_at = table.Column<string>(type: "TEXT", nullable: false),
                    kept_to = table.Column<int>(type: "INTEGER", nullable: false),
                    undone_at = table.Column<string>(type: "TEXT", nullable: true),
                    undone_by = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_match_files", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "match_rows",
                columns: table => new
                {
                    file_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: true),
                    masked = table.Column<string>(type: "TEXT", nullable: true),
                    birth = table.Column<int>(type: "INTEGER", nullable: true),
                    place_code = table.Column<long>(type: "INTEGER", nullable: true),
                    item = table.Column<string>(type: "TEXT", nullable: true),
                    amount = table.Column<long>(type: "INTEGER", nullable: true),
                    from_day = table.Column<int>(type: "INTEGER", nullable: true),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    active = table.Column<bool>(type: "INTEGER", nullable: true),
                    record_id = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", nullable: true),
                    decided_at = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_match_rows", x => new { x.file_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "measures",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    person_id = table.Column<long>(type: "INTEGER", nullable: true),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_measures", x => x.id);
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "memberships",
                columns: table => new
                {
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    person_id = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_memberships",
                        x => new
                        {
                            x.household_id,
                            x.person_id,
                            x.from_day,
                        }
                    );
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "overrules",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    standard_id = table.Column<string>(type: "TEXT", nullable: false),
                    indicator = table.Column<string>(type: "TEXT", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: false),
                    met = table.Column<bool>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    evidence = table.Column<string>(type: "TEXT", nullable: false),
                    first_day = table.Column<int>(type: "INTEGER", nullable: false),
                    last_day = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    asked_by = table.Column<long>(type: "INTEGER", nullable: false),
                    asked_name = table.Column<string>(type: "TEXT", nullable: false),
                    asked_at = table.Column<string>(type: "TEXT", nullable: false),
                    sent_key = table.Column<string>(type: "TEXT", nullable: true),
                    decided_by = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_name = table.Column<string>(type: "TEXT", nullable: true),
                    decided_at = table.Column<string>(type: "TEXT", nullable: true),
                    decided_reason = table.Column<string>(type: "TEXT", nullable: true),
                    lifted_day = table.Column<int>(type: "INTEGER", nullable: true),
                    lifted_by = table.Column<long>(type: "INTEGER", nullable: true),
                    lifted_name = table.Column<string>(type: "TEXT", nullable: true),
                    lifted_reason = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_overrules", x => x.id);
                    table.CheckConstraint("days_in_order", "last_day >= first_day");
                    table.CheckConstraint("lifted_once_confirmed", "lifted_day IS NULL OR (state = 1 AND lifted_by IS NOT NULL)");
                    table.CheckConstraint(
                        "two_people",
                        "(state IN (0, 3) AND decided_by IS NULL) OR (state IN (1, 2) AND decided_by IS NOT NULL AND decided_by <> asked_by)"
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "pack_files",
                columns: table => new
                {
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pack_files", x => x.hash);
                }
            );

            migrationBuilder.CreateTable(
                name: "person_years",
                columns: table => new
                {
                    person_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_person_years", x => new { x.person_id, x.year });
                }
            );

            migrationBuilder.CreateTable(
                name: "persons",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    national_no = table.Column<string>(type: "TEXT", nullable: true),
                    provisional_no = table.Column<string>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    id_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    phone_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    phone_index = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_persons", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "planned_exits",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_planned_exits", x => x.area_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "posts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: false),
                    holder_name = table.Column<string>(type: "TEXT", nullable: false),
                    id_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    id_index = table.Column<long>(type: "INTEGER", nullable: true),
                    phone_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    phone_index = table.Column<long>(type: "INTEGER", nullable: true),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_posts", x => x.id);
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "procedure_days",
                columns: table => new
                {
                    procedure_id = table.Column<string>(type: "TEXT", nullable: false),
                    parameter = table.Column<string>(type: "TEXT", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    days = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_procedure_days",
                        x => new
                        {
                            x.procedure_id,
                            x.parameter,
                            x.area_id,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "proposed_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    payload = table.Column<string>(type: "TEXT", nullable: false),
                    differences = table.Column<string>(type: "TEXT", nullable: false),
                    number_cipher = table.Column<byte[]>(type: "BLOB", nullable: true),
                    role = table.Column<short>(type: "INTEGER", nullable: false),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    proposed_by = table.Column<long>(type: "INTEGER", nullable: false),
                    proposed_name = table.Column<string>(type: "TEXT", nullable: false),
                    proposed_at = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    decided_by = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_name = table.Column<string>(type: "TEXT", nullable: true),
                    decided_at = table.Column<string>(type: "TEXT", nullable: true),
                    decided_reason = table.Column<string>(type: "TEXT", nullable: true),
                    written_by = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_proposed_changes", x => x.id);
                    table.CheckConstraint("two_people", "decided_by IS NULL OR decided_by <> proposed_by");
                }
            );

            migrationBuilder.CreateTable(
                name: "publicity_links",
                columns: table => new
                {
                    list_id = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    made_at = table.Column<string>(type: "TEXT", nullable: false),
                    made_name = table.Column<string>(type: "TEXT", nullable: false),
                    made_by = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publicity_links", x => x.list_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "report_templates",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    is_english = table.Column<bool>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<int>(type: "INTEGER", nullable: false),
                    added_at = table.Column<string>(type: "TEXT", nullable: false),
                    added_name = table.Column<string>(type: "TEXT", nullable: false),
                    added_by = table.Column<long>(type: "INTEGER", nullable: true),
                    withdrawn_at = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_name = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_by = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_report_templates", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "residences",
                columns: table => new
                {
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    dwelling_id = table.Column<long>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_residences", x => new { x.household_id, x.from_day });
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "responsibilities",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    household_id = table.Column<long>(type: "INTEGER", nullable: true),
                    area_id = table.Column<long>(type: "INTEGER", nullable: true),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_responsibilities", x => x.id);
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "round_subjects",
                columns: table => new
                {
                    round_id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    opening = table.Column<int>(type: "INTEGER", nullable: true),
                    outcome = table.Column<string>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    closing = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_round_subjects", x => new { x.round_id, x.subject_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "rounds",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    pack_id = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    from_day = table.Column<int>(type: "INTEGER", nullable: false),
                    to_day = table.Column<int>(type: "INTEGER", nullable: false),
                    opened_day = table.Column<int>(type: "INTEGER", nullable: false),
                    closed_day = table.Column<int>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rounds", x => x.id);
                    table.CheckConstraint("days_in_order", "to_day >= from_day");
                }
            );

            migrationBuilder.CreateTable(
                name: "sealed_files",
                columns: table => new
                {
                    report_id = table.Column<long>(type: "INTEGER", nullable: false),
                    format = table.Column<string>(type: "TEXT", nullable: false),
                    media = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    size = table.Column<int>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sealed_files", x => new { x.report_id, x.format });
                }
            );

            migrationBuilder.CreateTable(
                name: "sealed_numbers",
                columns: table => new
                {
                    report_id = table.Column<long>(type: "INTEGER", nullable: false),
                    key = table.Column<int>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: false),
                    label = table.Column<string>(type: "TEXT", nullable: false),
                    label_en = table.Column<string>(type: "TEXT", nullable: false),
                    unit = table.Column<string>(type: "TEXT", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    area_name = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    low = table.Column<string>(type: "TEXT", nullable: true),
                    high = table.Column<string>(type: "TEXT", nullable: true),
                    unknown = table.Column<long>(type: "INTEGER", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    definition_hash = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sealed_numbers", x => new { x.report_id, x.key });
                }
            );

            migrationBuilder.CreateTable(
                name: "sealed_reports",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    report = table.Column<string>(type: "TEXT", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    edition = table.Column<int>(type: "INTEGER", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    area_name = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    known_change = table.Column<long>(type: "INTEGER", nullable: false),
                    pack_hash = table.Column<string>(type: "TEXT", nullable: false),
                    template_hash = table.Column<string>(type: "TEXT", nullable: false),
                    sealed_at = table.Column<string>(type: "TEXT", nullable: false),
                    sealed_name = table.Column<string>(type: "TEXT", nullable: false),
                    sealed_by = table.Column<long>(type: "INTEGER", nullable: true),
                    sealed_post = table.Column<long>(type: "INTEGER", nullable: true),
                    sent_key = table.Column<string>(type: "TEXT", nullable: true),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sealed_reports", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "settings",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_settings", x => x.name);
                }
            );

            migrationBuilder.CreateTable(
                name: "standard_versions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    standard_id = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    indicators = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_standard_versions", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "statements",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    fact = table.Column<string>(type: "TEXT", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    value = table.Column<long>(type: "INTEGER", nullable: true),
                    stated_by = table.Column<string>(type: "TEXT", nullable: false),
                    stated_day = table.Column<int>(type: "INTEGER", nullable: false),
                    document = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_statements", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "subject_lists",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    procedure_id = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    change_kind = table.Column<string>(type: "TEXT", nullable: false),
                    family = table.Column<string>(type: "TEXT", nullable: false),
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    step = table.Column<string>(type: "TEXT", nullable: false),
                    opened_day = table.Column<int>(type: "INTEGER", nullable: false),
                    since_day = table.Column<int>(type: "INTEGER", nullable: false),
                    since_clock = table.Column<int>(type: "INTEGER", nullable: true),
                    hung_day = table.Column<int>(type: "INTEGER", nullable: true),
                    hung_clock = table.Column<int>(type: "INTEGER", nullable: true),
                    last_day = table.Column<int>(type: "INTEGER", nullable: false),
                    last_clock = table.Column<int>(type: "INTEGER", nullable: true),
                    lapses_after = table.Column<int>(type: "INTEGER", nullable: true),
                    ended = table.Column<short>(type: "INTEGER", nullable: true),
                    days = table.Column<string>(type: "TEXT", nullable: false),
                    acts = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subject_lists", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "tallies",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    tally_id = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    low = table.Column<long>(type: "INTEGER", nullable: true),
                    high = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tallies", x => new { x.area_id, x.tally_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "township_years",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_township_years", x => new { x.area_id, x.year });
                }
            );

            migrationBuilder.CreateTable(
                name: "units",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: true),
                    area_id = table.Column<long>(type: "INTEGER", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_units", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "verdicts",
                columns: table => new
                {
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    met = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet = table.Column<long>(type: "INTEGER", nullable: false),
                    exempt = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_verdicts", x => new { x.standard_version_id, x.subject_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "village_years",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    year = table.Column<int>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_village_years", x => new { x.area_id, x.year });
                }
            );

            migrationBuilder.CreateTable(
                name: "work_acts",
                columns: table => new
                {
                    item_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<string>(type: "TEXT", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    words = table.Column<string>(type: "TEXT", nullable: true),
                    detail = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_work_acts", x => new { x.item_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "work_cards",
                columns: table => new
                {
                    item_id = table.Column<long>(type: "INTEGER", nullable: false),
                    colour = table.Column<short>(type: "INTEGER", nullable: false),
                    due = table.Column<int>(type: "INTEGER", nullable: false),
                    issued_day = table.Column<int>(type: "INTEGER", nullable: false),
                    rule = table.Column<string>(type: "TEXT", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: true),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_name = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_day = table.Column<int>(type: "INTEGER", nullable: true),
                    withdrawn_by = table.Column<long>(type: "INTEGER", nullable: true),
                    withdrawn_name = table.Column<string>(type: "TEXT", nullable: true),
                    withdrawn_reason = table.Column<string>(type: "TEXT", nullable: true),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_work_cards",
                        x => new
                        {
                            x.item_id,
                            x.colour,
                            x.due,
                        }
                    );
                    table.CheckConstraint("colours", "colour IN (1, 2)");
                }
            );

            migrationBuilder.CreateTable(
                name: "work_items",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    source_key = table.Column<string>(type: "TEXT", nullable: true),
                    what = table.Column<string>(type: "TEXT", nullable: true),
                    stamp = table.Column<string>(type: "TEXT", nullable: true),
                    live = table.Column<bool>(type: "INTEGER", nullable: false),
                    parent_id = table.Column<long>(type: "INTEGER", nullable: true),
                    root_id = table.Column<long>(type: "INTEGER", nullable: true),
                    ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    open_children = table.Column<int>(type: "INTEGER", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: true),
                    wanted = table.Column<string>(type: "TEXT", nullable: true),
                    origin = table.Column<string>(type: "TEXT", nullable: true),
                    subject = table.Column<string>(type: "TEXT", nullable: true),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: true),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    department = table.Column<string>(type: "TEXT", nullable: true),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    due = table.Column<int>(type: "INTEGER", nullable: false),
                    due_by_hand = table.Column<bool>(type: "INTEGER", nullable: false),
                    state = table.Column<short>(type: "INTEGER", nullable: false),
                    holder_id = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_name = table.Column<string>(type: "TEXT", nullable: true),
                    handed_by = table.Column<long>(type: "INTEGER", nullable: true),
                    handed_name = table.Column<string>(type: "TEXT", nullable: true),
                    checked_by = table.Column<long>(type: "INTEGER", nullable: true),
                    checked_name = table.Column<string>(type: "TEXT", nullable: true),
                    opened_day = table.Column<int>(type: "INTEGER", nullable: false),
                    closed_day = table.Column<int>(type: "INTEGER", nullable: true),
                    ended = table.Column<short>(type: "INTEGER", nullable: true),
                    urged_day = table.Column<int>(type: "INTEGER", nullable: true),
                    card = table.Column<short>(type: "INTEGER", nullable: false),
                    change_id = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_work_items", x => x.id);
                    table.CheckConstraint("children_first", "open_children >= 0 AND (closed_day IS NULL OR open_children = 0)");
                    table.CheckConstraint(
                        "ended_with_its_day",
                        "(state = 4 AND closed_day IS NOT NULL AND ended IS NOT NULL) OR (state <> 4 AND closed_day IS NULL AND ended IS NULL AND live)"
                    );
                    table.CheckConstraint("in_hand", "state NOT IN (1, 2, 3) OR holder_id IS NOT NULL");
                    table.CheckConstraint("passed_by_somebody", "ended <> 2 OR checked_by IS NOT NULL OR kind IN ('ledger', 'aspect', 'problem')");
                    table.CheckConstraint("two_people", "checked_by IS NULL OR (handed_by IS NOT NULL AND checked_by <> handed_by)");
                }
            );

            migrationBuilder.CreateTable(
                name: "judgement_area_counts",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: false),
                    bit = table.Column<int>(type: "INTEGER", nullable: false),
                    standing = table.Column<short>(type: "INTEGER", nullable: false),
                    judgement_id = table.Column<long>(type: "INTEGER", nullable: false),
                    met_households = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet_households = table.Column<long>(type: "INTEGER", nullable: false),
                    unknown_households = table.Column<long>(type: "INTEGER", nullable: false),
                    met_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    unknown_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met_households = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet_households = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met_persons = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet_persons = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_judgement_area_counts",
                        x => new
                        {
                            x.judgement_id,
                            x.area_id,
                            x.standard_version_id,
                            x.bit,
                            x.standing,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_judgement_area_counts_judgements_judgement_id",
                        column: x => x.judgement_id,
                        principalTable: "judgements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "judgement_area_figures",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    figure = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<int>(type: "INTEGER", nullable: false),
                    judgement_id = table.Column<long>(type: "INTEGER", nullable: false),
                    households = table.Column<long>(type: "INTEGER", nullable: false),
                    persons = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_judgement_area_figures",
                        x => new
                        {
                            x.judgement_id,
                            x.area_id,
                            x.figure,
                            x.key,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_judgement_area_figures_judgements_judgement_id",
                        column: x => x.judgement_id,
                        principalTable: "judgements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "judgement_household_list",
                columns: table => new
                {
                    place_code = table.Column<long>(type: "INTEGER", nullable: false),
                    household_id = table.Column<long>(type: "INTEGER", nullable: false),
                    judgement_id = table.Column<long>(type: "INTEGER", nullable: false),
                    area_code = table.Column<long>(type: "INTEGER", nullable: false),
                    group_name = table.Column<string>(type: "TEXT", nullable: true),
                    number = table.Column<string>(type: "TEXT", nullable: false),
                    head_name = table.Column<string>(type: "TEXT", nullable: true),
                    status = table.Column<int>(type: "INTEGER", nullable: true),
                    status_from = table.Column<int>(type: "INTEGER", nullable: true),
                    registered = table.Column<int>(type: "INTEGER", nullable: false),
                    members = table.Column<int>(type: "INTEGER", nullable: true),
                    labour = table.Column<int>(type: "INTEGER", nullable: true),
                    cause = table.Column<int>(type: "INTEGER", nullable: true),
                    category = table.Column<int>(type: "INTEGER", nullable: true),
                    income_per_head = table.Column<long>(type: "INTEGER", nullable: true),
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: true),
                    met = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet = table.Column<long>(type: "INTEGER", nullable: false),
                    exempt = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled = table.Column<long>(type: "INTEGER", nullable: false),
                    unit_id = table.Column<long>(type: "INTEGER", nullable: true),
                    post_id = table.Column<long>(type: "INTEGER", nullable: true),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_judgement_household_list",
                        x => new
                        {
                            x.judgement_id,
                            x.place_code,
                            x.household_id,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_judgement_household_list_judgements_judgement_id",
                        column: x => x.judgement_id,
                        principalTable: "judgements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "judgement_tallies",
                columns: table => new
                {
                    area_id = table.Column<long>(type: "INTEGER", nullable: false),
                    tally_id = table.Column<string>(type: "TEXT", nullable: false),
                    judgement_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    low = table.Column<long>(type: "INTEGER", nullable: true),
                    high = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_judgement_tallies",
                        x => new
                        {
                            x.judgement_id,
                            x.area_id,
                            x.tally_id,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_judgement_tallies_judgements_judgement_id",
                        column: x => x.judgement_id,
                        principalTable: "judgements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "judgement_verdicts",
                columns: table => new
                {
                    standard_version_id = table.Column<long>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<long>(type: "INTEGER", nullable: false),
                    judgement_id = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    met = table.Column<long>(type: "INTEGER", nullable: false),
                    unmet = table.Column<long>(type: "INTEGER", nullable: false),
                    exempt = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_met = table.Column<long>(type: "INTEGER", nullable: false),
                    overruled_unmet = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_judgement_verdicts",
                        x => new
                        {
                            x.judgement_id,
                            x.standard_version_id,
                            x.subject_id,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_judgement_verdicts_judgements_judgement_id",
                        column: x => x.judgement_id,
                        principalTable: "judgements",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.InsertData(table: "current_change", columns: new[] { "id", "change_id" }, values: new object[] { 1, 0L });

            migrationBuilder.CreateIndex(
                name: "ix_area_versions_code_from_day",
                table: "area_versions",
                columns: new[] { "code", "from_day" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_area_versions_parent_id", table: "area_versions", column: "parent_id");

            migrationBuilder.CreateIndex(name: "ix_attachments_hash", table: "attachments", column: "hash");

            migrationBuilder.CreateIndex(name: "ix_attachments_subject_id_subject", table: "attachments", columns: new[] { "subject_id", "subject" });

            migrationBuilder.CreateIndex(
                name: "ix_attachments_subject_subject_id_part_hash",
                table: "attachments",
                columns: new[] { "subject", "subject_id", "part", "hash" },
                unique: true,
                filter: "withdrawn_at IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_audit_entries_at", table: "audit_entries", column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_subject_subject_id",
                table: "audit_entries",
                columns: new[] { "subject", "subject_id" }
            );

            migrationBuilder.CreateIndex(name: "ix_audit_entries_user_id", table: "audit_entries", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_clues_area_code", table: "clues", column: "area_code");

            migrationBuilder.CreateIndex(
                name: "ix_clues_household_id_source",
                table: "clues",
                columns: new[] { "household_id", "source" },
                unique: true,
                filter: "household_id IS NOT NULL AND state < 2"
            );

            migrationBuilder.CreateIndex(name: "ix_clues_list_id", table: "clues", column: "list_id", filter: "list_id IS NOT NULL");

            migrationBuilder.CreateIndex(name: "ix_discipline_clues_area_code_id", table: "discipline_clues", columns: new[] { "area_code", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_duplicate_pairs_person_a_person_b",
                table: "duplicate_pairs",
                columns: new[] { "person_a", "person_b" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_duplicate_pairs_person_b", table: "duplicate_pairs", column: "person_b");

            migrationBuilder.CreateIndex(name: "ix_dwellings_number", table: "dwellings", column: "number", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_figure_choices_figure_area_id_day",
                table: "figure_choices",
                columns: new[] { "figure", "area_id", "day" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_figure_statements_area_id_figure",
                table: "figure_statements",
                columns: new[] { "area_id", "figure" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_figure_statements_figure_area_id_day_stated_by",
                table: "figure_statements",
                columns: new[] { "figure", "area_id", "day", "stated_by" },
                unique: true,
                filter: "ended_at IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_figure_targets_area_id_deadline_figure",
                table: "figure_targets",
                columns: new[] { "area_id", "deadline", "figure" },
                unique: true,
                filter: "ended_at IS NULL AND figure IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_figure_targets_deadline_id", table: "figure_targets", columns: new[] { "deadline", "id" });

            migrationBuilder.CreateIndex(name: "ix_findings_area_code_id", table: "findings", columns: new[] { "area_code", "id" });

            migrationBuilder.CreateIndex(name: "ix_findings_household_id", table: "findings", column: "household_id");

            migrationBuilder.CreateIndex(
                name: "ix_findings_subject_id_check_id",
                table: "findings",
                columns: new[] { "subject_id", "check_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_household_list_household_id", table: "household_list", column: "household_id");

            migrationBuilder.CreateIndex(
                name: "ix_household_statuses_household_id",
                table: "household_statuses",
                column: "household_id",
                unique: true,
                filter: "to_day IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_household_statuses_id", table: "household_statuses", column: "id", unique: true);

            migrationBuilder.CreateIndex(name: "ix_households_area_code", table: "households", column: "area_code");

            migrationBuilder.CreateIndex(name: "ix_households_national_no", table: "households", column: "national_no", unique: true);

            migrationBuilder.CreateIndex(name: "ix_households_provisional_no", table: "households", column: "provisional_no", unique: true);

            migrationBuilder.CreateIndex(name: "ix_households_village_id", table: "households", column: "village_id");

            migrationBuilder.CreateIndex(
                name: "ix_judgements_day_known_change_packs_area_id",
                table: "judgements",
                columns: new[] { "day", "known_change", "packs", "area_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_list_acts_list_id_sent_key",
                table: "list_acts",
                columns: new[] { "list_id", "sent_key" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_list_objections_receipt", table: "list_objections", column: "receipt", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_list_subjects_family_subject_id",
                table: "list_subjects",
                columns: new[] { "family", "subject_id" },
                unique: true,
                filter: "cause IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_list_subjects_subject_id", table: "list_subjects", column: "subject_id");

            migrationBuilder.CreateIndex(name: "ix_match_candidates_household_id", table: "match_candidates", column: "household_id");

            migrationBuilder.CreateIndex(name: "ix_match_files_area_code", table: "match_files", column: "area_code");

            migrationBuilder.CreateIndex(
                name: "ix_match_files_sha256_kind_area_code",
                table: "match_files",
                columns: new[] { "sha256", "kind", "area_code" },
                unique: true,
                filter: "undone_at IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_match_rows_waiting",
                table: "match_rows",
                columns: new[] { "file_id", "number" },
                filter: "state = 2"
            );

            migrationBuilder.CreateIndex(name: "ix_measures_household_id", table: "measures", column: "household_id");

            migrationBuilder.CreateIndex(
                name: "ix_memberships_person_id",
                table: "memberships",
                column: "person_id",
                unique: true,
                filter: "to_day IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_memberships_person_id_from_day", table: "memberships", columns: new[] { "person_id", "from_day" });

            migrationBuilder.CreateIndex(
                name: "ix_overrules_asked_by_sent_key",
                table: "overrules",
                columns: new[] { "asked_by", "sent_key" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_overrules_standard_id_last_day", table: "overrules", columns: new[] { "standard_id", "last_day" });

            migrationBuilder.CreateIndex(
                name: "ix_overrules_subject_id_standard_id",
                table: "overrules",
                columns: new[] { "subject_id", "standard_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_overrules_subject_subject_id_standard_id_indicator",
                table: "overrules",
                columns: new[] { "subject", "subject_id", "standard_id", "indicator" },
                unique: true,
                filter: "state = 0"
            );

            migrationBuilder.CreateIndex(name: "ix_persons_name", table: "persons", column: "name");

            migrationBuilder.CreateIndex(name: "ix_persons_national_no", table: "persons", column: "national_no", unique: true);

            migrationBuilder.CreateIndex(name: "ix_persons_provisional_no", table: "persons", column: "provisional_no", unique: true);

            migrationBuilder.CreateIndex(name: "ix_posts_unit_id_holder_name", table: "posts", columns: new[] { "unit_id", "holder_name" });

            migrationBuilder.CreateIndex(name: "ix_proposed_changes_household_id", table: "proposed_changes", column: "household_id");

            migrationBuilder.CreateIndex(name: "ix_proposed_changes_state", table: "proposed_changes", column: "state");

            migrationBuilder.CreateIndex(name: "ix_publicity_links_hash", table: "publicity_links", column: "hash", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_report_templates_area_code_name",
                table: "report_templates",
                columns: new[] { "area_code", "name" },
                unique: true,
                filter: "withdrawn_at IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_residences_dwelling_id", table: "residences", column: "dwelling_id");

            migrationBuilder.CreateIndex(
                name: "ix_residences_household_id",
                table: "residences",
                column: "household_id",
                unique: true,
                filter: "to_day IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_responsibilities_area_id", table: "responsibilities", column: "area_id");

            migrationBuilder.CreateIndex(name: "ix_responsibilities_household_id", table: "responsibilities", column: "household_id");

            migrationBuilder.CreateIndex(name: "ix_responsibilities_post_id", table: "responsibilities", column: "post_id");

            migrationBuilder.CreateIndex(name: "ix_responsibilities_unit_id", table: "responsibilities", column: "unit_id");

            migrationBuilder.CreateIndex(
                name: "ix_round_subjects_round_id_area_code_subject_id",
                table: "round_subjects",
                columns: new[] { "round_id", "area_code", "subject_id" }
            );

            migrationBuilder.CreateIndex(name: "ix_rounds_area_code", table: "rounds", column: "area_code");

            migrationBuilder.CreateIndex(
                name: "ix_rounds_pack_id_year_area_id",
                table: "rounds",
                columns: new[] { "pack_id", "year", "area_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_sealed_reports_area_code", table: "sealed_reports", column: "area_code");

            migrationBuilder.CreateIndex(
                name: "ix_sealed_reports_report_area_id_day_edition",
                table: "sealed_reports",
                columns: new[] { "report", "area_id", "day", "edition" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_sealed_reports_sealed_by_sent_key",
                table: "sealed_reports",
                columns: new[] { "sealed_by", "sent_key" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_standard_versions_standard_id_version_hash",
                table: "standard_versions",
                columns: new[] { "standard_id", "version", "hash" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_statements_subject_subject_id_fact_year_stated_by",
                table: "statements",
                columns: new[] { "subject", "subject_id", "fact", "year", "stated_by" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_subject_lists_area_code", table: "subject_lists", column: "area_code");

            migrationBuilder.CreateIndex(
                name: "ix_subject_lists_lapses_after",
                table: "subject_lists",
                column: "lapses_after",
                filter: "ended IS NULL AND lapses_after IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_units_name", table: "units", column: "name", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_work_items_area_code_kind_department_due_opened_day_card_id",
                table: "work_items",
                columns: new[] { "area_code", "kind", "department", "due", "opened_day", "card", "id" },
                filter: "closed_day IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_work_items_department_due_id_area_code_holder_id",
                table: "work_items",
                columns: new[] { "department", "due", "id", "area_code", "holder_id" },
                filter: "closed_day IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_work_items_due_id",
                table: "work_items",
                columns: new[] { "due", "id" },
                filter: "closed_day IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_work_items_holder_id_due_id",
                table: "work_items",
                columns: new[] { "holder_id", "due", "id" },
                filter: "closed_day IS NULL AND holder_id IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_work_items_kind_source_key",
                table: "work_items",
                columns: new[] { "kind", "source_key" },
                unique: true,
                filter: "live AND source_key IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_work_items_parent_id", table: "work_items", column: "parent_id");

            migrationBuilder.CreateIndex(name: "ix_work_items_root_id", table: "work_items", column: "root_id");

            migrationBuilder.CreateIndex(name: "ix_work_items_subject_id_subject", table: "work_items", columns: new[] { "subject_id", "subject" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "area_boundaries");

            migrationBuilder.DropTable(name: "area_counts");

            migrationBuilder.DropTable(name: "area_figures");

            migrationBuilder.DropTable(name: "area_versions");

            migrationBuilder.DropTable(name: "areas");

            migrationBuilder.DropTable(name: "attachments");

            migrationBuilder.DropTable(name: "audit_entries");

            migrationBuilder.DropTable(name: "changes");

            migrationBuilder.DropTable(name: "clues");

            migrationBuilder.DropTable(name: "county_years");

            migrationBuilder.DropTable(name: "current_change");

            migrationBuilder.DropTable(name: "discipline_acts");

            migrationBuilder.DropTable(name: "discipline_clues");

            migrationBuilder.DropTable(name: "discipline_papers");

            migrationBuilder.DropTable(name: "discipline_persons");

            migrationBuilder.DropTable(name: "duplicate_pairs");

            migrationBuilder.DropTable(name: "dwellings");

            migrationBuilder.DropTable(name: "figure_choices");

            migrationBuilder.DropTable(name: "figure_statements");

            migrationBuilder.DropTable(name: "figure_targets");

            migrationBuilder.DropTable(name: "findings");

            migrationBuilder.DropTable(name: "home_checks");

            migrationBuilder.DropTable(name: "household_list");

            migrationBuilder.DropTable(name: "household_statuses");

            migrationBuilder.DropTable(name: "household_years");

            migrationBuilder.DropTable(name: "households");

            migrationBuilder.DropTable(name: "import_batches");

            migrationBuilder.DropTable(name: "judgement_area_counts");

            migrationBuilder.DropTable(name: "judgement_area_figures");

            migrationBuilder.DropTable(name: "judgement_household_list");

            migrationBuilder.DropTable(name: "judgement_tallies");

            migrationBuilder.DropTable(name: "judgement_verdicts");

            migrationBuilder.DropTable(name: "key_sequences");

            migrationBuilder.DropTable(name: "list_acts");

            migrationBuilder.DropTable(name: "list_objections");

            migrationBuilder.DropTable(name: "list_subjects");

            migrationBuilder.DropTable(name: "match_candidates");

            migrationBuilder.DropTable(name: "match_files");

            migrationBuilder.DropTable(name: "match_rows");

            migrationBuilder.DropTable(name: "measures");

            migrationBuilder.DropTable(name: "memberships");

            migrationBuilder.DropTable(name: "overrules");

            migrationBuilder.DropTable(name: "pack_files");

            migrationBuilder.DropTable(name: "person_years");

            migrationBuilder.DropTable(name: "persons");

            migrationBuilder.DropTable(name: "planned_exits");

            migrationBuilder.DropTable(name: "posts");

            migrationBuilder.DropTable(name: "procedure_days");

            migrationBuilder.DropTable(name: "proposed_changes");

            migrationBuilder.DropTable(name: "publicity_links");

            migrationBuilder.DropTable(name: "report_templates");

            migrationBuilder.DropTable(name: "residences");

            migrationBuilder.DropTable(name: "responsibilities");

            migrationBuilder.DropTable(name: "round_subjects");

            migrationBuilder.DropTable(name: "rounds");

            migrationBuilder.DropTable(name: "sealed_files");

            migrationBuilder.DropTable(name: "sealed_numbers");

            migrationBuilder.DropTable(name: "sealed_reports");

            migrationBuilder.DropTable(name: "settings");

            migrationBuilder.DropTable(name: "standard_versions");

            migrationBuilder.DropTable(name: "statements");

            migrationBuilder.DropTable(name: "subject_lists");

            migrationBuilder.DropTable(name: "tallies");

            migrationBuilder.DropTable(name: "township_years");

            migrationBuilder.DropTable(name: "units");

            migrationBuilder.DropTable(name: "verdicts");

            migrationBuilder.DropTable(name: "village_years");

            migrationBuilder.DropTable(name: "work_acts");

            migrationBuilder.DropTable(name: "work_cards");

            migrationBuilder.DropTable(name: "work_items");

            migrationBuilder.DropTable(name: "judgements");
        }
    }
}
