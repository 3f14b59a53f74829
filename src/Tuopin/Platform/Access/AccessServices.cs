using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;

namespace Tuopin.Platform.Access;

/// <summary>Accounts by the framework's Identity; sessions in the desk; tokens beside them. Whatever names no permission is refused.</summary>
public static class AccessServices
{
    private const string Either = "session-or-token";

    public static void Add(IServiceCollection services)
    {
        services
            .AddIdentityCore<User>(o =>
            {
                o.Password.RequiredLength = 10;
                o.Password.RequireNonAlphanumeric = false;
                o.Password.RequireUppercase = false;
                o.Password.RequireLowercase = false;
                o.Password.RequireDigit = false;
                o.Lockout.MaxFailedAccessAttempts = 5;
                o.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
                o.User.AllowedUserNameCharacters = "";
            })
            .AddUserStore<AccountStore>()
            .AddPasswordValidator<CommonPasswords>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddSingleton<ITicketStore, Sessions>();
        services
            .AddAuthentication(Either)
            .AddPolicyScheme(
                Either,
                null,
                o =>
                    o.ForwardDefaultSelector = context =>
                        context.Request.Headers.ContainsKey("Authorization") ? TokenAuthentication.SchemeName : IdentityConstants.ApplicationScheme
            )
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddIdentityCookies();
        services
            .AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<ITicketStore>(
                (o, store) =>
                {
                    o.SessionStore = store;
                    o.CookieManager = new SignInCookies();
                    o.Cookie.Name = "tuopin";
                    o.Cookie.HttpOnly = true;
                    o.Cookie.SameSite = SameSiteMode.Lax;
                    o.ExpireTimeSpan = TimeSpan.FromHours(12);
                    o.SlidingExpiration = true;
                    // The answer itself is 401 or 403; what a browser shows with it is made by Refused.
                    o.Events.OnRedirectToLogin = context => Web.Refused.Answer(context.HttpContext, StatusCodes.Status401Unauthorized);
                    o.Events.OnRedirectToAccessDenied = context => Web.Refused.Answer(context.HttpContext, StatusCodes.Status403Forbidden);
                }
            );
        RateLimits.Add(services);
        services.AddScoped<IAuthorizationHandler, NeededCheck>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
    }
}
