using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Tuopin.Platform.Access.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(name: "desk");

            migrationBuilder.CreateTable(
                name: "job_lines",
                schema: "desk",
                columns: table => new
                {
                    job_id = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_lines", x => new { x.job_id, x.number });
                }
            );

            migrationBuilder.CreateTable(
                name: "jobs",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    kind = table.Column<string>(type: "text", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    request = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    done = table.Column<long>(type: "bigint", nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: true),
                    message = table.Column<string>(type: "text", nullable: false),
                    result = table.Column<string>(type: "text", nullable: true),
                    file = table.Column<string>(type: "text", nullable: true),
                    cancel_asked = table.Column<bool>(type: "boolean", nullable: false),
                    idempotency_key = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<string>(type: "text", nullable: true),
                    ended_at = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "one_time_links",
                schema: "desk",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_one_time_links", x => x.hash);
                }
            );

            migrationBuilder.CreateTable(
                name: "sign_in_events",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    at = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: true),
                    outcome = table.Column<short>(type: "smallint", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_in_events", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "users",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    display_name = table.Column<string>(type: "text", nullable: false),
                    must_change_password = table.Column<bool>(type: "boolean", nullable: false),
                    one_time_until = table.Column<string>(type: "text", nullable: true),
                    disabled = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<string>(type: "text", nullable: false),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    security_stamp = table.Column<string>(type: "text", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "text", nullable: true),
                    phone_number = table.Column<string>(type: "text", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    lockout_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lockout_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    access_failed_count = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "access_tokens",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    permissions = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<string>(type: "text", nullable: false),
                    used_at = table.Column<string>(type: "text", nullable: true),
                    revoked_at = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_tokens", x => x.id);
                    table.ForeignKey(
                        name: "FK_access_tokens_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "grants",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    role = table.Column<short>(type: "smallint", nullable: false),
                    area_id = table.Column<long>(type: "bigint", nullable: true),
                    post_id = table.Column<long>(type: "bigint", nullable: true),
                    department = table.Column<string>(type: "text", nullable: true),
                    from_day = table.Column<int>(type: "integer", nullable: false),
                    to_day = table.Column<int>(type: "integer", nullable: true),
                    closed_at = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_grants", x => x.id);
                    table.ForeignKey(
                        name: "FK_grants_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "number_exports",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    requested_by = table.Column<long>(type: "bigint", nullable: false),
                    requested_at = table.Column<string>(type: "text", nullable: false),
                    area_id = table.Column<long>(type: "bigint", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    approved_by = table.Column<long>(type: "bigint", nullable: true),
                    approved_at = table.Column<string>(type: "text", nullable: true),
                    refused_by = table.Column<long>(type: "bigint", nullable: true),
                    ends_at = table.Column<string>(type: "text", nullable: true),
                    rows = table.Column<long>(type: "bigint", nullable: false),
                    fetched = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_number_exports", x => x.id);
                    table.CheckConstraint("two_people", "approved_by IS NULL OR approved_by <> requested_by");
                    table.ForeignKey(
                        name: "FK_number_exports_users_approved_by",
                        column: x => x.approved_by,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id"
                    );
                    table.ForeignKey(
                        name: "FK_number_exports_users_requested_by",
                        column: x => x.requested_by,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "sessions",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    ticket = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<string>(type: "text", nullable: false),
                    seen_at = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<string>(type: "text", nullable: false),
                    agent = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions", x => x.id);
                    table.ForeignKey(
                        name: "FK_sessions_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "user_claims",
                schema: "desk",
                columns: table => new
                {
                    id = table
                        .Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    claim_type = table.Column<string>(type: "text", nullable: true),
                    claim_value = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_claims", x => x.id);
                    table.ForeignKey(
                        name: "FK_user_claims_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "user_logins",
                schema: "desk",
                columns: table => new
                {
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    provider_key = table.Column<string>(type: "text", nullable: false),
                    provider_display_name = table.Column<string>(type: "text", nullable: true),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_logins", x => new { x.login_provider, x.provider_key });
                    table.ForeignKey(
                        name: "FK_user_logins_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "user_tokens",
                schema: "desk",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_user_tokens",
                        x => new
                        {
                            x.user_id,
                            x.login_provider,
                            x.name,
                        }
                    );
                    table.ForeignKey(
                        name: "FK_user_tokens_users_user_id",
                        column: x => x.user_id,
                        principalSchema: "desk",
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "ix_access_tokens_hash", schema: "desk", table: "access_tokens", column: "hash", unique: true);

            migrationBuilder.CreateIndex(name: "ix_access_tokens_user_id", schema: "desk", table: "access_tokens", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_grants_user_id", schema: "desk", table: "grants", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_jobs_user_id_id", schema: "desk", table: "jobs", columns: new[] { "user_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_user_id_idempotency_key",
                schema: "desk",
                table: "jobs",
                columns: new[] { "user_id", "idempotency_key" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_number_exports_approved_by", schema: "desk", table: "number_exports", column: "approved_by");

            migrationBuilder.CreateIndex(name: "ix_number_exports_requested_by", schema: "desk", table: "number_exports", column: "requested_by");

            migrationBuilder.CreateIndex(name: "ix_sessions_key_hash", schema: "desk", table: "sessions", column: "key_hash", unique: true);

            migrationBuilder.CreateIndex(name: "ix_sessions_user_id", schema: "desk", table: "sessions", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_sign_in_events_at", schema: "desk", table: "sign_in_events", column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_sign_in_events_user_id_id",
                schema: "desk",
                table: "sign_in_events",
                columns: new[] { "user_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_user_claims_user_id", schema: "desk", table: "user_claims", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_user_logins_user_id", schema: "desk", table: "user_logins", column: "user_id");

            migrationBuilder.CreateIndex(name: "email_index", schema: "desk", table: "users", column: "normalized_email");

            migrationBuilder.CreateIndex(name: "user_name_index", schema: "desk", table: "users", column: "normalized_user_name", unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "access_tokens", schema: "desk");

            migrationBuilder.DropTable(name: "grants", schema: "desk");

            migrationBuilder.DropTable(name: "job_lines", schema: "desk");

            migrationBuilder.DropTable(name: "jobs", schema: "desk");

            migrationBuilder.DropTable(name: "number_exports", schema: "desk");

            migrationBuilder.DropTable(name: "one_time_links", schema: "desk");

            migrationBuilder.DropTable(name: "sessions", schema: "desk");

            migrationBuilder.DropTable(name: "sign_in_events", schema: "desk");

            migrationBuilder.DropTable(name: "user_claims", schema: "desk");

            migrationBuilder.DropTable(name: "user_logins", schema: "desk");

            migrationBuilder.DropTable(name: "user_tokens", schema: "desk");

            migrationBuilder.DropTable(name: "users", schema: "desk");
        }
    }
}
