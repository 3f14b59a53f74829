using Tuopin.Registry;
using Tuopin.Rules.Model;

namespace Tuopin.Exchange;

/// <summary>What reading rows depends on beside the plan.</summary>
public sealed record ReadOptions
{
    /// <summary>The day the data stand at; nobody is born after it.</summary>
    public required DateOnly DataDay { get; init; }

    /// <summary>First six digits of citizen numbers that are taken without a warning; null takes all. A demo pack admits unissued ones.</summary>
    public IReadOnlySet<int>? AdmittedPrefixes { get; init; }
}

/// <summary>One row as values. Reused from row to row: take what must last.</summary>
public sealed class ReadRow
{
    internal ReadRow(ColumnPlan plan) => Values = new Value?[plan.Columns.Length];

    /// <summary>Row of the sheet, from 1.</summary>
    public int Number { get; internal set; }

    /// <summary>Aligned to <see cref="ColumnPlan.Columns"/>; null where nothing was stated or the cell was refused.</summary>
    public Value?[] Values { get; }

    /// <summary>The registered place the row names; null when it names none or could not be resolved.</summary>
    public long? AreaId { get; internal set; }

    /// <summary>The living place the row names.</summary>
    public long? LivingAreaId { get; internal set; }

    /// <summary>The number of the person the row is about (of the head, in sheets without persons).</summary>
    public IdentityNumber Identity { get; internal set; }

    public List<RowError> Errors { get; } = [];

    /// <summary>A row of totals: it holds no values and is not to be loaded.</summary>
    public bool IsTotal { get; internal set; }

    /// <summary>True when the row is not to be loaded: an error (not only a warning) was found, or it is a row of totals.</summary>
    public bool Refused
    {
        get
        {
            if (IsTotal)
                return true;
            foreach (var error in Errors)
                if (error.IsError)
                    return true;
            return false;
        }
    }

    /// <summary>The value of a plan column; null for index -1 too.</summary>
    public Value? this[int column] => column < 0 ? null : Values[column];
}
