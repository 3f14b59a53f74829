using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tuopin.Platform.Access;

namespace Tuopin.Platform.Web;

/// <summary>
/// The JSON API: the same handlers as the pages, under <c>/api/v1</c>, described by OpenAPI 3.1. Answers carry an ETag; writes take an Idempotency-Key or
/// If-Match; whatever is refused is a problem document with a permanent code.
/// </summary>
public static class Api
{
    public const string Root = "/api/v1";

    public static void Services(IServiceCollection services)
    {
        services.Configure<JsonOptions>(o =>
        {
            o.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(
            "v1",
            o =>
            {
                o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                o.ShouldInclude = d => d.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
                // Results and rows are many: the use case they are of names them.
                o.CreateSchemaReferenceId = t =>
                    OpenApiOptions.CreateDefaultSchemaReferenceId(t) is { } id
                        ? (Nullable.GetUnderlyingType(t.Type) ?? t.Type).DeclaringType is { } of
                            ? of.Name + id
                            : id
                        : null;
                o.AddDocumentTransformer(Describe);
                o.AddOperationTransformer(Complete);
            }
        );
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();
        routes
            .MapGet("/api", IResult () => new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Layout.ApiPage>())
            .Needs(Permission.OwnAccount);
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken stop)
    {
        document.Info.Title = "Tuopin";
        document.Info.Version = "1";
        document.Info.Description = "What is refused is a problem document with a permanent code: docs/problems.md.";
        // The address is whoever asks'; it is no part of the contract.
        document.Servers?.Clear();
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
        };
        if (document.Components.Schemas?["ProblemDetails"] is OpenApiSchema { Properties: { } properties } problem)
        {
            properties["code"] = new OpenApiSchema { Type = JsonSchemaType.String };
            properties["details"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            };
            problem.Required = new HashSet<string> { "code" };
        }
        document.Security = [new() { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
        return Task.CompletedTask;
    }

    /// <summary>Query parameters in a line each: of those a handler reads by hand nothing else knows.</summary>
    private sealed record Queries(IReadOnlyList<(string Name, string Says)> All);

    private sealed record TakesKey;

    private sealed record TakesFile(IReadOnlyList<string> Fields);

    private sealed record TakesMatch;

    /// <summary>The area in view, as on pages.</summary>
    public static readonly (string Name, string Says) Area = ("area", "code of the area, 2 to 12 digits; without it the widest of your own");

    /// <summary>An endpoint of the API: its name, what it does in a line, and what it answers.</summary>
    public static RouteHandlerBuilder OfApi<T>(
        this RouteHandlerBuilder route,
        Permission permission,
        string name,
        string summary,
        int status = StatusCodes.Status200OK
    ) =>
        route
            .WithName(name)
            .WithSummary(summary)
            .Produces<T>(status, typeof(T) == typeof(byte[]) ? "application/octet-stream" : null)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .Needs(permission);

    /// <summary>What its query parameters mean.</summary>
    public static RouteHandlerBuilder Asks(this RouteHandlerBuilder route, params IReadOnlyList<(string Name, string Says)> queries) =>
        route.WithMetadata(new Queries(queries));

    /// <summary>It honours an Idempotency-Key (<see cref="Key"/>).</summary>
    public static RouteHandlerBuilder Once(this RouteHandlerBuilder route) => route.WithMetadata(new TakesKey());

    /// <summary>It names by If-Match what it changes from, whatever its method.</summary>
    public static RouteHandlerBuilder ChangesFrom(this RouteHandlerBuilder route) =>
        route
            .WithMetadata(new TakesMatch())
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);

    /// <summary>Whoever changes a value says which: the tag of what was read.</summary>
    /// <exception cref="PreconditionMissing"/>
    /// <exception cref="PreconditionFailed"/>
    public static void CheckMatch<T>(HttpContext http, T held, string code)
    {
        if (http.Request.Headers.IfMatch.ToString() is not { Length: > 0 } match)
            throw new PreconditionMissing();
        if (match != TagOf(http, held))
            throw new PreconditionFailed(code);
    }

    /// <summary>It takes a file with these fields beside it.</summary>
    public static RouteHandlerBuilder Sends(this RouteHandlerBuilder route, params IReadOnlyList<string> fields) =>
        route.WithMetadata(new TakesFile(fields));

    // What the signature of a handler does not tell.
    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var parameters = operation.Parameters ?? [];
        var responses = operation.Responses ??= [];
        void Add(ParameterLocation where, string name, string says, bool required = false) =>
            parameters.Add(
                new OpenApiParameter
                {
                    In = where,
                    Name = name,
                    Description = says,
                    Required = required,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        foreach (var (name, says) in metadata.OfType<Queries>().SelectMany(q => q.All))
            if (parameters.FirstOrDefault(p => p.Name == name) is OpenApiParameter declared)
                declared.Description = says;
            else
                Add(ParameterLocation.Query, name, says);
        if (context.Description.HttpMethod == HttpMethods.Get && responses["200"].Content?.ContainsKey("application/json") == true)
        {
            Add(ParameterLocation.Header, "If-None-Match", "ETag of the answer you hold");
            responses["304"] = new OpenApiResponse { Description = "Not Modified" };
        }
        if (context.Description.HttpMethod == HttpMethods.Put || metadata.OfType<TakesMatch>().Any())
            Add(ParameterLocation.Header, "If-Match", "ETag of what you change from", required: true);
        if (metadata.OfType<TakesKey>().Any())
            Add(ParameterLocation.Header, "Idempotency-Key", "1 to 100 characters: sent again it is the same request");
        if (metadata.OfType<TakesFile>().FirstOrDefault() is { } takes)
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["multipart/form-data"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = new HashSet<string> { "file" },
                            Properties = takes
                                .Fields.Prepend("file")
                                .ToDictionary(
                                    f => f,
                                    IOpenApiSchema (f) =>
                                        new OpenApiSchema
                                        {
                                            Type = JsonSchemaType.String,
                                            Format =
                                                f == "file" ? "binary"
                                                : f is "data_date" or "taken" ? "date"
                                                : null,
                                        }
                                ),
                        },
                    },
                },
            };
        if (operation.RequestBody is not null)
            responses["415"] = new OpenApiResponse { Description = "Unsupported Media Type", Content = responses["400"].Content };
        if (parameters.Count > 0)
            operation.Parameters = parameters;
        return Task.CompletedTask;
    }

    /// <summary>Answers with an ETag of what is said, or 304 when the caller holds just that.</summary>
    public static async Task Answer<T>(HttpContext http, T value, int status = StatusCodes.Status200OK)
    {
        var json = Bytes(http, value);
        var tag = Tag(json);
        http.Response.Headers.ETag = tag;
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.Body.WriteAsync(json);
    }

    /// <summary>The tag an answer would carry.</summary>
    public static string TagOf<T>(HttpContext http, T value) => Tag(Bytes(http, value));

    private static byte[] Bytes<T>(HttpContext http, T value) =>
        JsonSerializer.SerializeToUtf8Bytes(value, http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

    private static string Tag(ReadOnlySpan<byte> said) => $"\"{Convert.ToHexStringLower(SHA256.HashData(said))[..24]}\"";

    /// <summary>What a write of the API must carry: a token, which no browser sends by itself, or the antiforgery token of a page.</summary>
    public static async Task CheckWrite(HttpContext http)
    {
        if (!http.User.HasClaim(c => c.Type == TokenAuthentication.TokenClaim))
            await Forms.Check(http);
    }

    /// <summary>The caller's key of a write: sent again, it is the same write.</summary>
    /// <exception cref="Refusal">job.key-bad.</exception>
    public static string? Key(HttpContext http) =>
        http.Request.Headers["Idempotency-Key"].ToString() switch
        {
            "" => null,
            { Length: > 100 } => throw new WrongUsage("job.key-bad", "an Idempotency-Key has 1 to 100 characters"),
            var key => key,
        };

    /// <summary>One of a few words; without one it is the first of them.</summary>
    /// <exception cref="BadHttpRequestException"/>
    public static string Word(string? asked, params ReadOnlySpan<string> known) =>
        string.IsNullOrEmpty(asked) ? known[0]
        : known.Contains(asked) ? asked
        : throw new BadHttpRequestException("no such word");
}
