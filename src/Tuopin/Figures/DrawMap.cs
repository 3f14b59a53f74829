using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;

namespace Tuopin.Figures;

/// <summary>The loaded outlines of the places on the tile map, as paths of one drawing.</summary>
public static class DrawMap
{
    public sealed record Path(ViewOverview.Tile Tile, string Data);

    /// <param name="Finer">There are outlines of a finer level.</param>
    /// <param name="Coarser">There are outlines of the areas beneath, and finer ones are drawn.</param>
    public sealed record Drawing(int Width, int Height, IReadOnlyList<Path> Paths, bool Finer, bool Coarser);

    private const int Width = 800;

    /// <summary>
    /// The outlines of the level beneath the area, where there are any; else, or when asked, the finest there are: villages, or what is above them. Null when
    /// nothing was loaded.
    /// </summary>
    public static Drawing? Handle(DbConnection connection, ViewOverview.TileMap map, int beneath, bool finest)
    {
        var tiles = map.Rows.SelectMany(r => r.Tiles.Append(r.Self)).DistinctBy(t => t.Place.Code).ToDictionary(t => t.Place.Code);
        if (tiles.Count == 0)
            return null;
        var shapes = connection
            .Query<(long Code, string Shape)>($"SELECT area_code, shape FROM area_boundaries WHERE area_code IN ({string.Join(", ", tiles.Keys)})")
            .Select(s => (Tile: tiles[s.Code], s.Shape))
            .ToList();
        if (shapes.Count == 0)
            return null;
        var most = shapes.Max(s => s.Tile.Place.Level);
        var held = beneath < most && shapes.Exists(s => s.Tile.Place.Level == beneath);
        var shown = held && !finest ? beneath : most;
        var reader = new WKTReader();
        var drawn = shapes
            .Where(s => s.Tile.Place.Level == shown)
            .Select(s => (s.Tile, Geometry: reader.Read(s.Shape)))
            .OrderBy(s => s.Tile.Place.Code)
            .ToList();
        var box = new Envelope();
        foreach (var (_, geometry) in drawn)
            box.ExpandToInclude(geometry.EnvelopeInternal);
        // Degrees of longitude shrink with latitude.
        var narrow = Math.Cos(box.Centre.Y * Math.PI / 180);
        var scale = Width / Math.Max(box.Width * narrow, 1e-9);
        string Data(Geometry geometry)
        {
            var text = new StringBuilder();
            for (var i = 0; i < geometry.NumGeometries; i++)
                if (geometry.GetGeometryN(i) is Polygon polygon)
                    foreach (var ring in polygon.InteriorRings.Prepend(polygon.ExteriorRing))
                    {
                        for (var p = 0; p < ring.NumPoints; p++)
                            text.Append(
                                CultureInfo.InvariantCulture,
                                $"{(p == 0 ? 'M' : 'L')}{(ring.GetCoordinateN(p).X - box.MinX) * narrow * scale:0.#} {(box.MaxY - ring.GetCoordinateN(p).Y) * scale:0.#}"
                            );
                        text.Append('Z');
                    }
            return text.ToString();
        }
        return new(
            Width,
            (int)Math.Clamp(Math.Ceiling(box.Height * scale), 100, 4000),
            [.. drawn.Select(d => new Path(d.Tile, Data(d.Geometry)))],
            Finer: shown < most,
            Coarser: held && finest
        );
    }
}
