using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tuopin.Platform.Web;

namespace Tuopin.Platform.Access;

/// <summary>
/// How much is too much. Tokens have a bucket each; failed sign-ins are counted by address and account. Signed-in readers are never limited by address:
/// a county's offices share one.
/// </summary>
public sealed record RateLimits
{
    public int TokenBurst { get; init; } = 200;
    public int TokenPerSecond { get; init; } = 20;

    /// <summary>Below the account's own lockout (five failures), so that a stranger at one address cannot keep its owner out.</summary>
    public int FailuresPerWindow { get; init; } = 4;
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Public pages, by address: a village behind one address reads its notice, a program that tries keys does not get far.</summary>
    public int PublicReadsPerMinute { get; init; } = 60;
    public int PublicWritesPerWindow { get; init; } = 6;

    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton<RateLimits>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<PublicTries>();
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<RateLimits>(
                (o, limits) =>
                {
                    o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(limits.OfToken);
                    o.OnRejected = async (rejected, _) =>
                    {
                        if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after))
                            rejected.HttpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(after.TotalSeconds)).ToString(
                                CultureInfo.InvariantCulture
                            );
                        await Refused.Answer(
                            rejected.HttpContext,
                            StatusCodes.Status429TooManyRequests,
                            new Refusal("rate.token", "this token asks too often")
                        );
                    };
                }
            );
        services.AddRateLimiter(_ => { });
    }

    private RateLimitPartition<string> OfToken(HttpContext http) =>
        TokenAuthentication.HashOf(http.Request) is { } hash
            ? RateLimitPartition.GetTokenBucketLimiter(
                Convert.ToHexStringLower(hash),
                _ =>
                    new()
                    {
                        TokenLimit = TokenBurst,
                        TokensPerPeriod = TokenPerSecond,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    }
            )
            : RateLimitPartition.GetNoLimiter("");
}

/// <summary>
/// Failed sign-ins by address and account: a stranger who tries passwords is stopped before the account's own lockout keeps its owner out for long, and
/// another account at the same address is not.
/// </summary>
public sealed class FailedSignIns(RateLimits limits) : IDisposable
{
    // An office may sign in with one account at nine o'clock; more than that at one moment is no office.
    private const int Waiting = 20;

    private readonly PartitionedRateLimiter<(string Address, string Name)> failures = PartitionedRateLimiter.Create<
        (string Address, string Name),
        (string, string)
    >(key =>
        RateLimitPartition.GetFixedWindowLimiter(
            key,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = limits.FailuresPerWindow, Window = limits.Window }
        )
    );

    private readonly PartitionedRateLimiter<(string Address, string Name)> turns = PartitionedRateLimiter.Create<
        (string Address, string Name),
        (string, string)
    >(key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = Waiting }));

    /// <summary>
    /// A turn to try, to be disposed after the failure was counted: tries at one account from one address stand in a row, so that of many guesses at once
    /// no more pass than of guesses one by one.
    /// </summary>
    public ValueTask<RateLimitLease> Turn(HttpContext http, string name) => turns.AcquireAsync(Key(http, name, null), 1, http.RequestAborted);

    public bool MayTry(HttpContext http, string name, User? user)
    {
        using var lease = failures.AttemptAcquire(Key(http, name, user), 0);
        return lease.IsAcquired;
    }

    public void Count(HttpContext http, string name, User? user)
    {
        using var lease = failures.AttemptAcquire(Key(http, name, user));
    }

    public void Dispose()
    {
        failures.Dispose();
        turns.Dispose();
    }

    // A password that was reset begins a new count: its owner need not wait for what the lost one cost.
    private static (string, string) Key(HttpContext http, string name, User? user) =>
        (http.Connection.RemoteIpAddress?.ToString() ?? "", user?.SecurityStamp ?? Sessions.Cut(name, 100).ToUpperInvariant());
}

/// <summary>How often an address asks pages that answer anybody, and sends them something.</summary>
public sealed class PublicTries(RateLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<(string Address, bool Writes)> tries = PartitionedRateLimiter.Create<
        (string Address, bool Writes),
        (string, bool)
    >(key =>
        RateLimitPartition.GetFixedWindowLimiter(
            key,
            k => new FixedWindowRateLimiterOptions
            {
                PermitLimit = k.Item2 ? limits.PublicWritesPerWindow : limits.PublicReadsPerMinute,
                Window = k.Item2 ? limits.Window : TimeSpan.FromMinutes(1),
            }
        )
    );

    public bool May(HttpContext http, bool writes)
    {
        using var lease = tries.AttemptAcquire((http.Connection.RemoteIpAddress?.ToString() ?? "", writes));
        return lease.IsAcquired;
    }

    public void Dispose() => tries.Dispose();
}
