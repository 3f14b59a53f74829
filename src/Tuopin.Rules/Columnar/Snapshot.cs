using Tuopin.Rules.Model;

namespace Tuopin.Rules.Columnar;

/// <summary>Subjects and what is known of them on one judging day, as columns in memory; links and year facts are already those of the day.</summary>
public sealed class Snapshot
{
    private readonly Dictionary<SubjectType, Table> tables = [];

    internal Snapshot(JudgingDay day, bool strict)
    {
        Day = day;
        Strict = strict;
    }

    /// <summary>The day the snapshot is for.</summary>
    public JudgingDay Day { get; }

    /// <summary>
    /// A strict snapshot refuses a rule that reads what was not loaded; a loose one, made of subject trees, holds all there is, and what is absent is
    /// unknown.
    /// </summary>
    public bool Strict { get; }

    /// <summary>The texts of all text columns.</summary>
    public TextPool Texts { get; internal set; } = new([]);

    /// <summary>All tables.</summary>
    public IReadOnlyCollection<Table> Tables => tables.Values;

    /// <summary>Bytes held by columns, keys and links.</summary>
    public long Size => tables.Values.Sum(t => t.Size);

    /// <summary>The table of a subject type; an empty one when a loose snapshot has none.</summary>
    public Table this[SubjectType type]
    {
        get
        {
            lock (tables)
            {
                if (tables.TryGetValue(type, out var table))
                    return table;
                RequireLoose($"subject {type.Name}");
                return tables[type] = new Table(this, type, [], []);
            }
        }
    }

    internal void Add(Table table) => tables.Add(table.Type, table);

    /// <summary>Refuses what a strict snapshot lacks: a column nobody loaded must not pass for unknown.</summary>
    internal void RequireLoose(string what)
    {
        if (Strict)
            throw new InvalidOperationException($"{what} is read by a rule but was not loaded into the snapshot");
    }
}
