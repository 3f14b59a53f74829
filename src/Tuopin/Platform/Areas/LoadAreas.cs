using System.Data.Common;
using System.Globalization;
using CsvHelper;
using Tuopin.Platform.Database;

namespace Tuopin.Platform.Areas;

/// <summary>
/// Loads the area trees shipped in <c>packs/areas</c>. A place keeps its id from one tree to the next when <see cref="SamePlaces"/> finds it there; a code
/// found with another place is reported as used again.
/// </summary>
public static class LoadAreas
{
    private sealed record Vintage(string Name, int FromDay);

    // The day of each tree change is not published. Assumption (packs/areas/README.md): 2016 to the end of 2018, 2020 to the end of 2022, then 2023.
    private static readonly Vintage[] Vintages = [new("2016", 1900_01_01), new("2020", 2019_01_01), new("2023", 2023_01_01)];

    internal sealed record Place(long Code, string Name, long ParentCode, short Level)
    {
        public short Kind =>
            Level != 5 ? (short)0
            : Code % 1000 is > 0 and < 200 ? (short)2
            : (short)1;
    }

    /// <summary>Fills an empty area_versions table, in the transaction the connection is in, and returns the codes that a later tree uses for another place.</summary>
    public static List<string> Load(DbConnection connection, string folder)
    {
        var reused = new List<string>();
        var versions = new List<AreaVersion>();
        var idsTaken = new HashSet<long>();
        var nation = new AreaVersion
        {
            AreaId = 1,
            FromDay = Vintages[0].FromDay,
            Code = 0,
            Name = "全国",
            Level = 0,
        };
        versions.Add(nation);
        var fixedIds = new Dictionary<long, long> { [0] = nation.AreaId };
        foreach (var place in Upper(folder))
        {
            fixedIds[place.Code] = NewId(place.Code, idsTaken);
            versions.Add(Version(place, fixedIds[place.Code], fixedIds[place.ParentCode], Vintages[0].FromDay));
        }
        var open = new Dictionary<long, AreaVersion>();
        foreach (var vintage in Vintages)
            Load([.. Lower(folder, vintage.Name)], vintage, fixedIds, open, versions, idsTaken, reused);
        Write(connection, versions);
        return reused;
    }

    private static void Load(
        List<Place> places,
        Vintage vintage,
        Dictionary<long, long> fixedIds,
        Dictionary<long, AreaVersion> open,
        List<AreaVersion> versions,
        HashSet<long> idsTaken,
        List<string> reused
    )
    {
        var found = SamePlaces.Find(places, open.Values);
        var byCode = open.Values.ToDictionary(v => v.Code);
        var next = new Dictionary<long, AreaVersion>();
        var ids = new Dictionary<long, long>(fixedIds);
        foreach (var place in places)
        {
            var parent = ids[place.ParentCode];
            var same = found.GetValueOrDefault(place.Code);
            if (byCode.TryGetValue(place.Code, out var holder) && holder.AreaId != same?.AreaId)
                reused.Add($"{place.Code}: {holder.Name} -> {place.Name} ({vintage.Name})");
            var id = same?.AreaId ?? NewId(place.Code, idsTaken);
            ids[place.Code] = id;
            if (same is not null && same.Code == place.Code && same.Name == place.Name && same.ParentId == parent)
            {
                next[id] = same;
                continue;
            }
            if (same is not null)
                same.ToDay = vintage.FromDay;
            next[id] = Version(place, id, parent, vintage.FromDay);
            versions.Add(next[id]);
        }
        foreach (var gone in open.Values.Where(v => !next.ContainsKey(v.AreaId)))
            gone.ToDay = vintage.FromDay;
        open.Clear();
        foreach (var (id, version) in next)
            open[id] = version;
    }

    // The id is the first code the place was met with, and a digit for the second and later places of a code.
    private static long NewId(long code, HashSet<long> taken)
    {
        var id = code * 10;
        while (!taken.Add(id))
            id++;
        return id;
    }

    private static AreaVersion Version(Place place, long id, long parent, int fromDay) =>
        new()
        {
            AreaId = id,
            FromDay = fromDay,
            Code = place.Code,
            Name = place.Name,
            ParentId = parent,
            Level = place.Level,
            Kind = place.Kind,
        };

    private static IEnumerable<Place> Upper(string folder)
    {
        foreach (var row in Read(folder, "provinces_2023.csv"))
            yield return new(Pad(row["code"]), row["name"], 0, 1);
        foreach (var row in Read(folder, "cities_2023.csv"))
            yield return new(Pad(row["code"]), row["name"], Pad(row["province_code"]), 2);
        // Cities without counties have one placeholder county of their own code: the city stands for it.
        foreach (var row in Read(folder, "counties_2023.csv").Where(r => Pad(r["code"]) != Pad(r["city_code"])))
            yield return new(Pad(row["code"]), row["name"], Pad(row["city_code"]), 3);
    }

    private static IEnumerable<Place> Lower(string folder, string vintage)
    {
        foreach (var row in Read(folder, $"places_townships_{vintage}.csv"))
            yield return new(Pad(row["code"]), row["name"], Pad(row["county_code"]), 4);
        foreach (var row in Read(folder, $"places_villages_{vintage}.csv"))
            yield return new(Pad(row["code"]), row["name"], Pad(row["township_code"]), 5);
    }

    private static long Pad(string code) => long.Parse(code.PadRight(12, '0'), CultureInfo.InvariantCulture);

    private static IEnumerable<Dictionary<string, string>> Read(string folder, string file)
    {
        using var reader = new StreamReader(Path.Combine(folder, file));
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
            yield return csv.HeaderRecord!.ToDictionary(h => h, h => csv.GetField(h)!.Trim());
    }

    private static void Write(DbConnection connection, List<AreaVersion> versions) => Add(connection, versions, new HashSet<long>());

    /// <summary>Writes versions, and the areas among them that are not <paramref name="known"/> yet.</summary>
    public static void Add(DbConnection connection, IReadOnlyList<AreaVersion> versions, IReadOnlySet<long> known)
    {
        using (var areas = RowWriter.Open(connection, "areas", [BulkColumn.Number("id")]))
        {
            foreach (var id in versions.Select(v => v.AreaId).Distinct().Where(id => !known.Contains(id)))
            {
                areas.Number(id);
                areas.EndRow();
            }
            areas.Complete();
        }
        BulkColumn[] columns =
        [
            BulkColumn.Number("area_id"),
            new("from_day", NpgsqlTypes.NpgsqlDbType.Integer),
            new("to_day", NpgsqlTypes.NpgsqlDbType.Integer),
            BulkColumn.Number("code"),
            BulkColumn.Text("name"),
            BulkColumn.Number("parent_id"),
            new("level", NpgsqlTypes.NpgsqlDbType.Smallint),
            new("kind", NpgsqlTypes.NpgsqlDbType.Smallint),
            BulkColumn.Number("change_id"),
        ];
        using var rows = RowWriter.Open(connection, "area_versions", columns);
        foreach (var v in versions)
        {
            rows.Number(v.AreaId);
            rows.Number(v.FromDay);
            rows.Number(v.ToDay);
            rows.Number(v.Code);
            rows.Text(v.Name);
            rows.Number(v.ParentId);
            rows.Number(v.Level);
            rows.Number(v.Kind);
            rows.Number(v.ChangeId);
            rows.EndRow();
        }
        rows.Complete();
    }
}
