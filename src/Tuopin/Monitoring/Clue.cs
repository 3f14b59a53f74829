using System.Data.Common;
using System.Globalization;
using Tuopin.Platform.Database;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Monitoring;

/// <summary>Where a clue stands.</summary>
public enum ClueState : short
{
    /// <summary>Nobody has answered it.</summary>
    Open,

    /// <summary>Its household stands on an open list of identification.</summary>
    Listed,

    /// <summary>Somebody said why it leads nowhere.</summary>
    Dismissed,

    /// <summary>A decision took its household under monitoring.</summary>
    Monitored,
}

/// <summary>
/// A clue (线索) that a household may fall into or back into poverty. A household has one clue at a time of each source until it is answered; a row of a
/// department's file that is nobody's here is a clue without a household, of the area the file is of.
/// </summary>
public sealed class Clue
{
    public long Id { get; set; }
    public long? HouseholdId { get; set; }

    /// <summary>Code of the village, or without a household of the area it was given for.</summary>
    public long AreaCode { get; set; }

    /// <summary><see cref="ClueSource"/>.</summary>
    public short Source { get; set; }

    /// <summary>Key of <c>department</c>: whose data warned.</summary>
    public string? Department { get; set; }

    /// <summary>Id of the rule that raised it.</summary>
    public string? Rule { get; set; }
    public int Day { get; set; }

    /// <summary>By when it is decided, by the law of its day; null where none was found.</summary>
    public int? DueDay { get; set; }
    public string Words { get; set; } = "";

    /// <summary>Bits by number in code list risk.</summary>
    public long Risks { get; set; }

    /// <summary>Fen.</summary>
    public long? Amount { get; set; }

    /// <summary>Who a file says it is, where nobody here is: name, masked number, blind index.</summary>
    public string? Name { get; set; }
    public string? IdMasked { get; set; }
    public long? IdIndex { get; set; }

    /// <summary><see cref="ClueState"/>.</summary>
    public short State { get; set; }

    /// <summary>Why it was dismissed.</summary>
    public string? Reason { get; set; }
    public int? DecidedDay { get; set; }
    public long? ListId { get; set; }
    public string EnteredName { get; set; } = "";
    public long ChangeId { get; set; }

    /// <summary>The last day for a decision about a clue of a day; null where no law was found.</summary>
    public static int? DueOf(PackSet packs, long area, DateOnly day) =>
        packs.Parameters["monitoring.decision_days"] is var days && days.InForce(area, days.IndexOn(new JudgingDay(day)))?.Value is { } count
            ? DayNumber.Of(day.AddDays((int)count.Number))
            : null;

    /// <summary>Households put on an open list of identification: their open clues stand on it.</summary>
    internal static void Listed(DbConnection connection, DbTransaction transaction, long list, IReadOnlyList<long> households, long change) =>
        Move(connection, transaction, households, ClueState.Open, $"state = {(short)ClueState.Listed}, list_id = {N(list)}", change);

    /// <summary>Households that are done with on a list: identified, their clues are decided; otherwise these are open again.</summary>
    internal static void Ended(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<long> households,
        bool monitored,
        int day,
        long change
    ) =>
        Move(
            connection,
            transaction,
            households,
            ClueState.Listed,
            monitored ? $"state = {(short)ClueState.Monitored}, decided_day = {N(day)}" : $"state = {(short)ClueState.Open}, list_id = NULL",
            change
        );

    private static void Move(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<long> households,
        ClueState from,
        string set,
        long change
    )
    {
        foreach (var some in households.Chunk(1000))
            connection.Execute(
                $"UPDATE clues SET {set}, change_id = {N(change)} WHERE state = {(short)from} AND household_id IN ({string.Join(", ", some)})",
                transaction
            );
    }

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
