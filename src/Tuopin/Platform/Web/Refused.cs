using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Web;

/// <summary>How a request that is refused is answered: a page for people, a problem document (RFC 9457) with a permanent code for programs.</summary>
public static class Refused
{
    public static bool WantsPage(HttpContext http) =>
        !http.Request.Path.StartsWithSegments("/api")
        && (
            http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            // htmx accepts anything; it takes a page's reason from the page.
            || http.Request.Headers.ContainsKey("HX-Request")
        );

    public static int StatusOf(Refusal refusal) =>
        refusal switch
        {
            NotInScope => StatusCodes.Status404NotFound,
            NotPermitted => StatusCodes.Status403Forbidden,
            PreconditionMissing => StatusCodes.Status428PreconditionRequired,
            PreconditionFailed => StatusCodes.Status412PreconditionFailed,
            WrongUsage => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status409Conflict,
        };

    /// <summary>Where to go and do what has to be done first; null where nothing has.</summary>
    public static (string Href, Label Label)? Next(Refusal refusal) =>
        refusal.Code switch
        {
            "list.days-not-set" => ("/procedures", new("看办理程序和天数", "The procedures and their days")),
            "list.judgement-stale" => ("/overview", new("到总览重新判定", "Judge again, on the overview")),
            "import.changed-since" or "import.built-upon" => ("/imports", new("看已导入的批次", "The imports that were made")),
            "round.closed" => ("/rounds", new("看轮次", "The rounds")),
            _ => null,
        };

    /// <summary>401, 403 and 404 without a reason of their own.</summary>
    public static async Task Answer(HttpContext http, int status)
    {
        if (status == StatusCodes.Status403Forbidden && await MustChangePassword(http))
        {
            if (WantsPage(http) && HttpMethods.IsGet(http.Request.Method))
                http.Response.Redirect("/account");
            else
                await Answer(http, status, new Refusal("access.password-first", "change the password that was handed to you first, at /account"));
            return;
        }
        var code = status switch
        {
            StatusCodes.Status401Unauthorized => "access.not-signed-in",
            StatusCodes.Status403Forbidden => "access.not-permitted",
            _ => "not-found",
        };
        await Answer(http, status, new Refusal(code, code));
    }

    private static async Task<bool> MustChangePassword(HttpContext http) =>
        await http.RequestServices.GetRequiredService<ConsoleContext>().FindCaller() is { User.MustChangePassword: true };

    public static async Task Answer(HttpContext http, int status, Refusal refusal)
    {
        http.Response.StatusCode = status;
        // A page that was refused while it was drawn has left this; the framework adds it again and will not have it twice.
        http.Response.Headers.Remove("blazor-enhanced-nav");
        if (WantsPage(http) && status == StatusCodes.Status401Unauthorized && http.Request.Headers.ContainsKey("HX-Request"))
        {
            http.Response.Headers["HX-Redirect"] = "/sign-in";
            return;
        }
        IResult answer = WantsPage(http)
            ? status == StatusCodes.Status401Unauthorized
                ? SignIn.Page(http, status)
                : new RazorComponentResult<Layout.RefusedPage>(new { Status = status, Refusal = refusal }) { StatusCode = status }
            : TypedResults.Problem(
                statusCode: status,
                title: refusal.Message,
                type: $"urn:tuopin:{refusal.Code}",
                extensions: new Dictionary<string, object?> { ["code"] = refusal.Code, ["details"] = refusal.Details }
            );
        await answer.ExecuteAsync(http);
    }
}

/// <summary>Turns refusals into answers, and faults of ours into a 500 that tells nothing but a number to look for in the log.</summary>
public sealed class Faults(RequestDelegate next, ILogger<Faults> log)
{
    public async Task Invoke(HttpContext http)
    {
        try
        {
            if (http.Request.Query.Any(q => q.Value.Any(v => v?.Contains('\0') == true)))
                throw new BadHttpRequestException("zero character");
            await next(http);
            if (http.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentLength: null, ContentType: null })
                await Refused.Answer(http, StatusCodes.Status404NotFound);
            // Binding that was written at compile time says nothing of what it cannot read.
            if (http.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false, ContentLength: null, ContentType: null })
                throw new BadHttpRequestException("a parameter cannot be read");
        }
        catch (Refusal refusal) when (!http.Response.HasStarted)
        {
            await Refused.Answer(http, Refused.StatusOf(refusal), refusal);
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await Refused.Answer(http, bad.StatusCode, new Refusal("request.bad", "the request cannot be read"));
        }
        catch (AntiforgeryFailed) when (!http.Response.HasStarted)
        {
            await Refused.Answer(http, StatusCodes.Status400BadRequest, new Refusal("request.forged", "the form is stale; load the page again"));
        }
        catch (DbUpdateConcurrencyException) when (!http.Response.HasStarted)
        {
            await Refused.Answer(
                http,
                StatusCodes.Status409Conflict,
                new Refusal("request.overtaken", "somebody changed the same thing; load the page again")
            );
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Paths, queries and the messages of exceptions may hold names and numbers: where and what kind is enough to find it. An answer that had
            // begun is cut off, for whoever reads it must not take it for whole; the server would log the exception with its message.
            log.LogError(
                "fault {Trace} at {Method} {Route}: {Fault} {Stack}",
                http.TraceIdentifier,
                http.Request.Method,
                Operation.Measure.RouteOf(http),
                fault.GetType().FullName,
                fault.StackTrace
            );
            if (http.Response.HasStarted)
                http.Abort();
            else
                await Refused.Answer(http, StatusCodes.Status500InternalServerError, new Refusal("fault", $"fault {http.TraceIdentifier}"));
        }
    }
}

/// <summary>A form without its antiforgery token.</summary>
public sealed class AntiforgeryFailed() : Exception("antiforgery");

/// <summary>The caller may do such things, but not this one.</summary>
public sealed class NotPermitted(string code, Sentence message) : Refusal(code, message);

/// <summary>A write that must say what it changes from.</summary>
public sealed class PreconditionMissing() : Refusal("api.if-match-missing", "name the value you change in If-Match: the ETag of the last answer");

/// <summary>Somebody was faster: what was to be changed is no longer what the caller saw.</summary>
public sealed class PreconditionFailed(string code) : Refusal(code, "it was changed since; read it again");
