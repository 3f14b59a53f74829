using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.Simplify;
using Tuopin.Platform;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Figures;

/// <summary>
/// <c>tuopin areas boundaries FILE</c>: outlines of places from GeoJSON. Public maps of China need an approved base map, so none is shipped: the operator
/// loads his own. A feature names its place by a property <c>code</c>, <c>adcode</c> or <c>id</c> of 2 to 12 digits.
/// </summary>
public static class LoadBoundaries
{
    public sealed record Report(int Loaded, IReadOnlyList<string> Refused);

    private const long LargestFile = 200L << 20;

    public static Command Command(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "GeoJSON FeatureCollection of polygons" };
        var boundaries = new Command("boundaries", "load outlines of places for the maps") { file };
        boundaries.SetAction(
            shell.Run(parsed =>
            {
                var report = Handle(shell.Open(parsed), parsed.GetValue(file)!);
                if (shell.IsJson)
                    shell.PrintJson(report);
                else
                    shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Loaded} outlines loaded"));
                foreach (var line in report.Refused)
                    shell.Warn(line);
            })
        );
        return boundaries;
    }

    /// <exception cref="Refusal">boundaries.unreadable: no GeoJSON, or too large; boundaries.none: no feature is a place of the tree.</exception>
    public static Report Handle(Installation installation, string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > LargestFile)
            throw new Refusal("boundaries.unreadable", $"'{Path.GetFileName(path)}' is not there or larger than 200 MB");
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, installation.WorkDate);
        var (shapes, refused) = (new Dictionary<long, string>(), new List<string>());
        foreach (var (number, code, geometry) in Features(path))
        {
            if (code is null || tree.ByCode(code) is not { } place)
                refused.Add(string.Create(CultureInfo.InvariantCulture, $"feature {number}: no place has the code '{code}'"));
            else if (geometry is null)
                refused.Add(string.Create(CultureInfo.InvariantCulture, $"feature {number} ({code}): no polygon"));
            else
                shapes[place.Code] = Simplified(geometry).AsText();
        }
        if (shapes.Count == 0)
            throw new Refusal("boundaries.none", "no feature of the file is a place of the tree", refused.Take(20).ToList());
        using var transaction = installation.Store.BeginWrite(connection);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "outlines of places",
            "poverty_office",
            DayNumber.Of(installation.WorkDate)
        );
        foreach (var (code, shape) in shapes)
            connection.Execute(
                "INSERT INTO area_boundaries (area_code, shape, change_id) VALUES (@code, @shape, @change) ON CONFLICT (area_code) DO UPDATE SET shape = excluded.shape, change_id = excluded.change_id",
                transaction,
                new
                {
                    code,
                    shape,
                    change,
                }
            );
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "areas.boundaries",
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: {shapes.Count} outlines")
        );
        transaction.Commit();
        return new(shapes.Count, refused);
    }

    // A map is some hundred points across: finer than a five-hundredth of the outline nobody sees.
    private static Geometry Simplified(Geometry geometry)
    {
        var box = geometry.EnvelopeInternal;
        return TopologyPreservingSimplifier.Simplify(geometry, Math.Max(box.Width, box.Height) / 500);
    }

    private static IEnumerable<(int Number, string? Code, Geometry? Geometry)> Features(string path)
    {
        using var document = Read(path);
        if (
            document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("features", out var features)
            || features.ValueKind != JsonValueKind.Array
        )
            throw new Refusal("boundaries.unreadable", $"'{Path.GetFileName(path)}' is not a GeoJSON FeatureCollection");
        var number = 0;
        foreach (var feature in features.EnumerateArray())
            yield return (++number, CodeOf(feature), GeometryOf(feature));
    }

    private static JsonDocument Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException wrong)
        {
            throw new Refusal("boundaries.unreadable", $"'{Path.GetFileName(path)}' is not JSON: line {wrong.LineNumber + 1}");
        }
    }

    private static string? CodeOf(JsonElement feature)
    {
        if (
            feature.ValueKind != JsonValueKind.Object
            || !feature.TryGetProperty("properties", out var properties)
            || properties.ValueKind != JsonValueKind.Object
        )
            return null;
        foreach (var name in new[] { "code", "adcode", "id" })
            if (properties.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                return value.ToString();
        return null;
    }

    private static Geometry? GeometryOf(JsonElement feature)
    {
        if (
            !feature.TryGetProperty("geometry", out var geometry)
            || geometry.ValueKind != JsonValueKind.Object
            || !geometry.TryGetProperty("coordinates", out var at)
        )
            return null;
        var polygons = geometry.GetProperty("type").GetString() switch
        {
            "Polygon" => [PolygonOf(at)],
            "MultiPolygon" when at.ValueKind == JsonValueKind.Array => at.EnumerateArray().Select(PolygonOf).ToArray(),
            _ => [],
        };
        return polygons.Length == 0 || polygons.Contains(null) ? null
            : polygons.Length == 1 ? polygons[0]
            : new MultiPolygon(polygons!);
    }

    private static Polygon? PolygonOf(JsonElement rings)
    {
        var read = rings.ValueKind == JsonValueKind.Array ? rings.EnumerateArray().Select(RingOf).ToList() : [];
        return read.Count == 0 || read.Contains(null) ? null : new Polygon(read[0], read.Skip(1).ToArray()!);
    }

    private static LinearRing? RingOf(JsonElement ring)
    {
        if (ring.ValueKind != JsonValueKind.Array)
            return null;
        var points = new List<Coordinate>();
        foreach (var point in ring.EnumerateArray())
        {
            if (
                point.ValueKind != JsonValueKind.Array
                || point.GetArrayLength() < 2
                || !point[0].TryGetDouble(out var x)
                || !point[1].TryGetDouble(out var y)
            )
                return null;
            if (x is < -180 or > 180 || y is < -85 or > 85)
                return null;
            points.Add(new(x, y));
        }
        return points.Count >= 4 && points[0].Equals2D(points[^1]) ? new LinearRing([.. points]) : null;
    }
}
