using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;

namespace Tuopin.Platform.Areas;

/// <summary>The tree in force on one day, in memory: a few thousand places.</summary>
public sealed class AreaTree
{
    private readonly Dictionary<long, AreaVersion> byId;
    private readonly Dictionary<long, AreaVersion> byCode;

    private readonly Dictionary<long, long> successors;

    private AreaTree(IEnumerable<AreaVersion> versions, IEnumerable<(long Area, long Successor)> successors)
    {
        this.successors = successors.ToDictionary(s => s.Area, s => s.Successor);
        byId = versions.ToDictionary(v => v.AreaId);
        byCode = byId.Values.ToDictionary(v => v.Code);
        Children = byId.Values.Where(v => v.ParentId is not null).OrderBy(v => v.Code).ToLookup(v => v.ParentId!.Value);
    }

    public ILookup<long, AreaVersion> Children { get; }
    public IEnumerable<AreaVersion> All => byId.Values;

    public AreaVersion? ById(long id) => byId.GetValueOrDefault(id);

    /// <summary>The place, or the one of the tree that took in what was its own when it ended.</summary>
    public AreaVersion? Heir(long id)
    {
        // A chain of successors is followed by day and has no circle; counting makes that sure.
        for (var steps = 0; steps <= successors.Count; steps++)
            if (byId.TryGetValue(id, out var place))
                return place;
            else if (!successors.TryGetValue(id, out id))
                return null;
        return null;
    }

    public AreaVersion? ByCode(long code) => byCode.GetValueOrDefault(code);

    /// <summary>The place with a code of 2, 4, 6, 9 or 12 digits.</summary>
    public AreaVersion? ByCode(string code) =>
        code.Length is 2 or 4 or 6 or 9 or 12
        && long.TryParse(code.PadRight(12, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? ByCode(number)
            : null;

    /// <summary>The village, township, county... that contains a place, or the place itself.</summary>
    public AreaVersion? Ancestor(AreaVersion? place, short level)
    {
        while (place is not null && place.Level > level)
            place = place.ParentId is { } parent ? ById(parent) : null;
        return place?.Level == level ? place : null;
    }

    /// <summary>The range of codes of a place and everything under it.</summary>
    public static AreaRange RangeOf(AreaVersion place) =>
        place.Level switch
        {
            0 => AreaRange.Nation,
            1 => new(place.Code, place.Code + 9_999_999_999),
            2 => new(place.Code, place.Code + 99_999_999),
            3 => new(place.Code, place.Code + 999_999),
            4 => new(place.Code, place.Code + 999),
            _ => new(place.Code, place.Code),
        };

    /// <summary>The place and those it is part of, the widest first.</summary>
    public IReadOnlyList<AreaVersion> Line(AreaVersion place)
    {
        var line = new List<AreaVersion>();
        for (var at = place; at is not null; at = at.ParentId is { } parent ? ById(parent) : null)
            line.Insert(0, at);
        return line;
    }

    /// <summary>Names from the county down, for people: 会泽县/者海镇/三道沟村.</summary>
    public string Path(AreaVersion place)
    {
        var names = new List<string>();
        for (var at = place; at is not null && at.Level >= 3; at = at.ParentId is { } parent ? ById(parent) : null)
            names.Insert(0, at.Name);
        return string.Join('/', names);
    }

    /// <param name="connection">Read from.</param>
    /// <param name="day">The day the tree is in force on.</param>
    /// <param name="groups">With the groups below the villages, which files name; people work with villages.</param>
    /// <param name="knownAt">As it was known after this change; null for as it is known now.</param>
    public static AreaTree Load(DbConnection connection, DateOnly day, bool groups = false, long? knownAt = null)
    {
        var versions = knownAt is { } change ? $"{KnownAt.Table(connection, "area_versions", change)} v" : "area_versions";
        return new(
            connection.Query<AreaVersion>(
                $"SELECT area_id, from_day, to_day, code, name, parent_id, level, kind FROM {versions} WHERE from_day <= @day AND (to_day IS NULL OR to_day > @day) AND level <= @level",
                new { day = DayNumber.Of(day), level = groups ? 6 : 5 }
            ),
            connection.Query<(long, long)>(
                $"SELECT area_id, successor_id FROM {versions} WHERE successor_id IS NOT NULL AND to_day <= @day",
                new { day = DayNumber.Of(day) }
            )
        );
    }
}
