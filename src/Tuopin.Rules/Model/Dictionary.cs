using System.Collections.Immutable;
using Tuopin.Rules.Language;

namespace Tuopin.Rules.Model;

/// <summary>Where the value of a fact is kept.</summary>
public enum Kept : byte
{
    /// <summary>On the subject's own row.</summary>
    Row,

    /// <summary>On the row of the registry year that contains the judging day.</summary>
    RegistryYear,

    /// <summary>On the row of the calendar policy year that covers the judging day.</summary>
    PolicyYear,

    /// <summary>On the row of the latest income year closed on the judging day.</summary>
    IncomeYear,

    /// <summary>On the dated link that ties the subject to its parent (relation to head lives on the membership).</summary>
    Link,

    /// <summary>Nowhere: a formula over other facts, written into the rule where it is named.</summary>
    Derived,
}

/// <summary>Area levels, from the nation down; the group has no national code.</summary>
public enum AreaLevel : byte
{
    Nation,
    Province,
    City,
    County,
    Township,
    Village,
    Group,
}

/// <summary>
/// A kind of thing facts are about: person, household, dwelling, village, or any type a pack declares. <see cref="Table"/> holds one row each with
/// column <c>id</c>; <see cref="YearTable"/> one row for each (subject, year) with columns <c>{name}_id</c> (areas: <c>area_id</c>) and <c>year</c>.
/// </summary>
public sealed class SubjectType(string name, Label label, string table)
{
    public string Name { get; } = name;
    public Label Label { get; } = label;
    public string Table { get; } = table;
    public string? YearTable { get; init; }

    /// <summary>The column of <see cref="YearTable"/> that names the subject.</summary>
    public string? YearKey { get; init; }

    /// <summary>Set for area types: their rows are those of <c>areas</c> at this level.</summary>
    public AreaLevel? Level { get; init; }

    /// <summary>The relation to one whose target carries the area code, when the table has no <c>area_code</c> of its own (a measure: its household).</summary>
    public string? AreaThrough { get; init; }

    public Dictionary<string, Fact> Facts { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Relation> Relations { get; } = new(StringComparer.Ordinal);

    public override string ToString() => Name;
}

/// <summary>One fact of the dictionary: the only place where its type, column, titles and authors are stated.</summary>
public sealed class Fact(SubjectType subject, string name, Label label, ValueType type, Kept kept)
{
    public SubjectType Subject { get; } = subject;
    public string Name { get; } = name;
    public Label Label { get; } = label;
    public ValueType Type { get; } = type;
    public Kept Kept { get; } = kept;

    /// <summary>Column name on its table; the fact's name unless stated.</summary>
    public string Column { get; init; } = name;

    /// <summary>Field code of the national system (AAB006), or null.</summary>
    public string? OfficialCode { get; init; }

    /// <summary>Unit as printed: CNY, m2, mu, months.</summary>
    public string? Unit { get; init; }

    /// <summary>Column titles of known workbooks, all spellings.</summary>
    public ImmutableArray<string> Titles { get; init; } = [];

    /// <summary>Who may state it, highest rank first: a department's certificate outranks the village's entry.</summary>
    public ImmutableArray<string> StatedBy { get; init; } = [];

    /// <summary>Whether its value stands in the next registry year until somebody states another; what is of one year only is collected anew.</summary>
    public bool IsCarried { get; init; }

    /// <summary>The formula of a derived fact, bound over the variable <see cref="Self"/>.</summary>
    public Expr? Formula { get; set; }

    /// <summary>The variable that stands for the subject in <see cref="Formula"/>.</summary>
    public Variable Self { get; init; } = new(subject.Name, subject);

    public override string ToString() => $"{Subject.Name}.{Name}";
}

/// <summary>
/// A step from one subject to another. Direct: <c>target.TargetColumn = source.SourceColumn</c>. Through a link table: <c>link.SourceColumn = source.id
/// and link.TargetColumn = target.id</c>. A dated link or target row counts only if <c>from_day &lt;= day and (to_day is null or to_day &gt; day)</c>.
/// </summary>
public sealed class Relation(string name, SubjectType source, SubjectType target, bool many)
{
    public string Name { get; } = name;
    public SubjectType Source { get; } = source;
    public SubjectType Target { get; } = target;

    /// <summary>True for a collection (<c>household.members</c>), false for a step to one (<c>household.village</c>).</summary>
    public bool Many { get; } = many;
    public string? LinkTable { get; init; }
    public string SourceColumn { get; init; } = "id";
    public string TargetColumn { get; init; } = "id";

    /// <summary>The link (or, without one, the target row) carries from_day and to_day and must cover the judging day.</summary>
    public bool Dated { get; init; }

    /// <summary>Every source has at least one: an empty collection means nothing was recorded, and every aggregate over it is unknown.</summary>
    public bool Required { get; init; }

    public override string ToString() => $"{Source.Name}.{Name}";
}

/// <summary>All subject types and code lists of a set of packs.</summary>
public sealed class FactDictionary
{
    public Dictionary<string, SubjectType> Subjects { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, CodeList> CodeLists { get; } = new(StringComparer.Ordinal);

    public SubjectType this[string subject] => Subjects[subject];
}
