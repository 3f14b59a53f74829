using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;
using Tuopin.Platform.Access;

namespace Tuopin.Tests.Support;

/// <summary>Every route of a running console, read from its endpoint table: a route that is written tomorrow is in it tomorrow.</summary>
public static class RouteTable
{
    /// <summary>A route with the methods it answers and the permission it needs; none where it answers anybody.</summary>
    public sealed record Route(RoutePattern Pattern, string Method, Permission? Needs, bool Anonymous, RouteEndpoint Endpoint)
    {
        public override string ToString() => $"{Method} {Pattern.RawText}";

        /// <summary>Names of the parameters in the path.</summary>
        public IEnumerable<string> Parameters => Pattern.Parameters.Select(p => p.Name);

        /// <summary>The path with values for its parameters; null where one has none.</summary>
        public string? Path(Func<string, string?> value)
        {
            var parts = new List<string>();
            foreach (var segment in Pattern.PathSegments)
            {
                var text = "";
                foreach (var part in segment.Parts)
                    switch (part)
                    {
                        case RoutePatternLiteralPart literal:
                            text += literal.Content;
                            break;
                        case RoutePatternSeparatorPart separator:
                            text += separator.Content;
                            break;
                        case RoutePatternParameterPart parameter when value(parameter.Name) is { } filled:
                            text += Uri.EscapeDataString(filled);
                            break;
                        case RoutePatternParameterPart { IsOptional: true }:
                            break;
                        default:
                            return null;
                    }
                parts.Add(text);
            }
            return "/" + string.Join('/', parts);
        }

        /// <summary>Query parameters of the handler; its other parameters are services.</summary>
        public IEnumerable<string> Queries =>
            Endpoint
                .Metadata.GetOrderedMetadata<Microsoft.AspNetCore.Http.Metadata.IParameterBindingMetadata>()
                .Where(p =>
                    p.ParameterInfo.ParameterType is var type && (type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsPrimitive)
                )
                .Select(p => p.Name)
                .Where(n => !Parameters.Contains(n));
    }

    public static IReadOnlyList<Route> Of(TuopinConsole console) =>
        [
            .. console
                .Host.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(e =>
                    (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new Route(
                        e.RoutePattern,
                        method,
                        e.Metadata.GetMetadata<Needed>()?.Permission,
                        e.Metadata.GetMetadata<IAllowAnonymous>() is not null,
                        e
                    ))
                ),
        ];

    /// <summary>Something for every parameter, where the answer must be refused before it is read.</summary>
    public static string Anything(this Route route) =>
        route.Path(name => route.Pattern.ParameterPolicies.ContainsKey(name) ? 1.ToString(CultureInfo.InvariantCulture) : "1")!;
}
