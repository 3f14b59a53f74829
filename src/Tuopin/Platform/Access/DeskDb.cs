using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Database;
using Tuopin.Platform.Jobs;

namespace Tuopin.Platform.Access;

/// <summary>A person with an account, or an account that only tokens act for. Passwords, lockout and second factor are the framework's.</summary>
public sealed class User : IdentityUser<long>
{
    /// <summary>Name shown and written to the audit.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>The password was handed over by somebody else and must be changed first.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>Until when a password that was handed over opens the account; null for one's own.</summary>
    public string? OneTimeUntil { get; set; }

    /// <summary>Locked by an administrator, until unlocked.</summary>
    public bool Disabled { get; set; }
    public string CreatedAt { get; set; } = "";
}

/// <summary>A role for an area, or for the households of a post, from a day to a day. Several grants add up.</summary>
public sealed class Grant
{
    public long Id { get; set; }
    public long UserId { get; set; }
    public Role Role { get; set; }

    /// <summary>Stable id of the area; null for a cadre, whose scope is the pairings of the post.</summary>
    public long? AreaId { get; set; }

    /// <summary>The post this user holds.</summary>
    public long? PostId { get; set; }

    /// <summary>Key of code list department, for the role of that name.</summary>
    public string? Department { get; set; }
    public int FromDay { get; set; }

    /// <summary>First day it no longer holds; null while it does.</summary>
    public int? ToDay { get; set; }

    /// <summary>When it was closed for good: unlike a day it does not come back when the work date is set back. Of the discipline office's grants.</summary>
    public string? ClosedAt { get; set; }
}

/// <summary>A signed-in browser. The cookie holds a random key, the table its hash: a stolen table opens no session.</summary>
public sealed class Session
{
    public long Id { get; set; }
    public byte[] KeyHash { get; set; } = [];
    public long UserId { get; set; }
    public byte[] Ticket { get; set; } = [];
    public string CreatedAt { get; set; } = "";
    public string SeenAt { get; set; } = "";
    public string ExpiresAt { get; set; } = "";

    /// <summary>What the browser called itself, and where it came from.</summary>
    public string Agent { get; set; } = "";
    public string Address { get; set; } = "";
}

/// <summary>A personal access token: the permissions it carries are at most those of its user.</summary>
public sealed class AccessToken
{
    public long Id { get; set; }
    public long UserId { get; set; }
    public string Name { get; set; } = "";
    public byte[] Hash { get; set; } = [];

    /// <summary>Names of permissions, separated by commas.</summary>
    public string Permissions { get; set; } = "";
    public string CreatedAt { get; set; } = "";
    public string ExpiresAt { get; set; } = "";
    public string? UsedAt { get; set; }
    public string? RevokedAt { get; set; }
}

/// <summary>A link that opens once: first set-up.</summary>
public sealed class OneTimeLink
{
    public byte[] Hash { get; set; } = [];
    public string Purpose { get; set; } = "";
    public string ExpiresAt { get; set; } = "";
}

/// <summary>
/// An attempt to sign in. The name that was typed is kept only where there is such an account: people type passwords into the wrong field.
/// </summary>
public sealed class SignInEvent
{
    public long Id { get; set; }
    public string At { get; set; } = "";
    public long? UserId { get; set; }
    public SignInOutcome Outcome { get; set; }
    public string Agent { get; set; } = "";
    public string Address { get; set; } = "";
}

/// <summary>How an attempt to sign in ended. Stored numbers never change.</summary>
public enum SignInOutcome : short
{
    SignedIn = 1,
    WrongPassword = 2,
    WrongCode = 3,

    /// <summary>The failure that locked the account, or an attempt while it was.</summary>
    LockedOut = 4,
    Disabled = 5,
    UnknownName = 6,

    /// <summary>The password that was handed over was no longer valid.</summary>
    OneTimeEnded = 7,
}

/// <summary>
/// A list with full ID numbers: asked for with a purpose, agreed to by somebody else (the database refuses the same person), fetched until it ends.
/// </summary>
public sealed class NumberExport
{
    public long Id { get; set; }
    public long RequestedBy { get; set; }
    public string RequestedAt { get; set; } = "";
    public long AreaId { get; set; }
    public string Purpose { get; set; } = "";
    public long? ApprovedBy { get; set; }
    public string? ApprovedAt { get; set; }
    public long? RefusedBy { get; set; }

    /// <summary>Until when it can be fetched; null until somebody agreed.</summary>
    public string? EndsAt { get; set; }
    public long Rows { get; set; }
    public int Fetched { get; set; }
}

/// <summary>
/// What the desk needs and the record does not: accounts, sessions, tokens, jobs. It lies in a file of its own (schema <c>desk</c> on PostgreSQL), so that
/// a long write of the record keeps nobody from signing in and no progress from being seen. Acts are audited in the record (<see cref="Desk.Act"/>).
/// </summary>
public abstract class DeskDb(DbContextOptions options) : IdentityUserContext<User, long>(options)
{
    public DbSet<Grant> Grants => Set<Grant>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<OneTimeLink> OneTimeLinks => Set<OneTimeLink>();
    public DbSet<SignInEvent> SignInEvents => Set<SignInEvent>();
    public DbSet<NumberExport> NumberExports => Set<NumberExport>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<JobLine> JobLines => Set<JobLine>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.Conventions.Add(_ => new SnakeCaseNames());

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        if (this is PostgresDeskDb)
            builder.HasDefaultSchema("desk");
        builder.Entity<User>().ToTable("Users");
        builder.Entity<IdentityUserClaim<long>>().ToTable("UserClaims");
        builder.Entity<IdentityUserLogin<long>>().ToTable("UserLogins");
        builder.Entity<IdentityUserToken<long>>().ToTable("UserTokens");
        builder.Entity<Grant>(e =>
        {
            e.HasIndex(g => g.UserId);
            e.HasOne<User>().WithMany().HasForeignKey(g => g.UserId);
        });
        builder.Entity<Session>(e =>
        {
            e.HasIndex(s => s.KeyHash).IsUnique();
            e.HasIndex(s => s.UserId);
            e.HasOne<User>().WithMany().HasForeignKey(s => s.UserId);
        });
        builder.Entity<AccessToken>(e =>
        {
            e.HasIndex(t => t.Hash).IsUnique();
            e.HasIndex(t => t.UserId);
            e.HasOne<User>().WithMany().HasForeignKey(t => t.UserId);
        });
        builder.Entity<SignInEvent>(e =>
        {
            e.HasIndex(s => new { s.UserId, s.Id });
            e.HasIndex(s => s.At);
        });
        builder.Entity<NumberExport>(e =>
        {
            e.ToTable(t => t.HasCheckConstraint("two_people", "approved_by IS NULL OR approved_by <> requested_by"));
            e.HasOne<User>().WithMany().HasForeignKey(x => x.RequestedBy);
            e.HasOne<User>().WithMany().HasForeignKey(x => x.ApprovedBy);
        });
        builder.Entity<OneTimeLink>().HasKey(l => l.Hash);
        builder.Entity<Job>(e =>
        {
            e.HasIndex(j => new { j.UserId, j.Id });
            e.HasIndex(j => new { j.UserId, j.IdempotencyKey }).IsUnique();
        });
        builder.Entity<JobLine>().HasKey(l => new { l.JobId, l.Number });
    }
}

/// <summary>The desk on SQLite: <c>desk.db</c> beside the record.</summary>
public sealed class SqliteDeskDb(DbContextOptions<SqliteDeskDb> options) : DeskDb(options);

/// <summary>The desk on PostgreSQL: schema <c>desk</c> of the record's database.</summary>
public sealed class PostgresDeskDb(DbContextOptions<PostgresDeskDb> options) : DeskDb(options);
