using Microsoft.AspNetCore.Authorization;

namespace Tuopin.Platform.Access;

/// <summary>The permission an endpoint asks for; read by the access check, the navigation and the test that walks every route.</summary>
public sealed record Needed(Permission Permission) : IAuthorizationRequirement;

/// <summary>Marks what a user may do before the password that somebody handed over is changed.</summary>
public sealed record BeforePasswordChange;

/// <summary>How endpoints say whom they answer.</summary>
public static class AccessEndpoints
{
    /// <summary>Answers only callers whose grants have the permission: without a session or token 401, without the permission 403.</summary>
    public static T Needs<T>(this T endpoint, Permission permission)
        where T : IEndpointConventionBuilder
    {
        var needed = new Needed(permission);
        endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(needed));
        endpoint.WithMetadata(needed);
        return endpoint;
    }

    /// <summary>Answers also those who must change their password first.</summary>
    public static T EvenBeforePasswordChange<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new BeforePasswordChange());
}

/// <summary>Holds a caller against what the endpoint needs. A user who must change the password first may do nothing else.</summary>
public sealed class NeededCheck(Web.ConsoleContext context) : AuthorizationHandler<Needed>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext authorization, Needed needed)
    {
        if (await context.FindCaller() is not { } caller || !caller.May(needed.Permission))
            return;
        if (caller.User.MustChangePassword && context.Http.GetEndpoint()?.Metadata.GetMetadata<BeforePasswordChange>() is null)
            authorization.Fail(new AuthorizationFailureReason(this, "password.must-change"));
        else
            authorization.Succeed(needed);
    }
}
