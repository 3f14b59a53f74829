using System.Data.Common;
using Dapper;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Security;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>Names of places by level, as the tree of the day has them; a place that is not in it is named as at the work date.</summary>
public sealed class ExportPlaces(AreaTree onDay, AreaTree now)
{
    private readonly Dictionary<long, string?[]> names = [];

    /// <summary>Names from province (1) to village (5); index 0 is unused.</summary>
    public string?[] Of(long village)
    {
        if (names.TryGetValue(village, out var known))
            return known;
        var tree = onDay.ById(village) is null ? now : onDay;
        var found = new string?[6];
        for (var at = tree.ById(village); at is { Level: > 0 }; at = at.ParentId is { } parent ? tree.ById(parent) : null)
            if (at.Level < found.Length)
                found[at.Level] = at.Name;
        return names[village] = found;
    }
}

/// <summary>Streams the rows of an export query into a sheet, village by village.</summary>
public sealed class ExportRows(ExportQuery query, ExportPlaces places, PersonalNumbers numbers, bool fullNumbers)
{
    public long Write(DbConnection connection, AreaRange area, ExportSheet sheet)
    {
        var rows = 0L;
        var values = new Value?[query.Columns.Count];
        var villages = connection.Query<long>(query.Villages, new { from = area.From, to = area.To }).ToList();
        using var command = connection.CreateCommand();
        command.CommandText = query.Sql;
        command.CommandTimeout = 0;
        var code = Add(command, "code", 0L);
        if (query.Since is { } since)
            Add(command, "since", since);
        foreach (var village in villages)
        {
            code.Value = village;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                Fill(reader, values);
                sheet.Write(values);
                rows++;
            }
        }
        return rows;
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
        return parameter;
    }

    private void Fill(DbDataReader reader, Value?[] values)
    {
        var village = places.Of(reader.GetInt64(ExportQuery.VillagePosition));
        var living = reader.IsDBNull(ExportQuery.LivingPosition) ? null : places.Of(reader.GetInt64(ExportQuery.LivingPosition));
        for (var i = 0; i < values.Length; i++)
        {
            var column = query.Columns[i];
            if (column.Mapping.Target is { AreaLevel: > 0 and < 6 and var level } place)
                values[i] = (place.Living ? living : village)?[level] is { } name ? new Value(0, name) : default(Value?);
            else if (column.Position < 0 || reader.IsDBNull(column.Position))
                values[i] = null;
            else if (column.IsPersonal)
                values[i] = Personal((byte[])reader.GetValue(column.Position));
            else
                values[i] = column.IsText ? new Value(0, reader.GetString(column.Position)) : new Value(reader.GetInt64(column.Position));
        }
        Gathered(values);
    }

    private Value Personal(byte[] cipher)
    {
        var number = numbers.Decrypt(cipher);
        return new Value(0, fullNumbers ? number : Masking.Number(number));
    }

    // Columns that are read into one set of codes get one code each, the last of them what is left.
    private void Gathered(Value?[] values)
    {
        foreach (var group in query.Gathering)
        {
            if (values[group[0]] is not { } set)
                continue;
            var left = set.Number;
            for (var k = 0; k < group.Length; k++)
            {
                var part = k == group.Length - 1 ? left : left & -left;
                values[group[k]] = part == 0 ? default(Value?) : new Value(part);
                left &= ~part;
            }
        }
    }
}
