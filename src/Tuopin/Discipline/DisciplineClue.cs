using Tuopin.Rules.Model;

namespace Tuopin.Discipline;

/// <summary>Where a discipline clue stands. Stored numbers never change.</summary>
public enum DisciplineState : short
{
    Received,
    Checking,

    /// <summary>Closed without a case.</summary>
    Closed,

    /// <summary>A case was filed (立案).</summary>
    Filed,

    /// <summary>Its case was closed.</summary>
    CaseClosed,
}

/// <summary>
/// A discipline clue (问题线索) of the discipline office. What it says, whom it names and how it ended are ciphertext, here and in its history; in clear stand
/// what counts need: day, area, source, state, how many persons.
/// </summary>
public sealed class DisciplineClue
{
    public long Id { get; set; }

    /// <summary>Code of the village, township or county it is about.</summary>
    public long AreaCode { get; set; }

    /// <summary>When it was received (yyyyMMdd).</summary>
    public int Day { get; set; }

    /// <summary>Number in code list <c>discipline_source</c>.</summary>
    public short Source { get; set; }
    public byte[] WordsCipher { get; set; } = [];

    /// <summary>Whom it names.</summary>
    public byte[]? NamesCipher { get; set; }

    /// <summary><see cref="DisciplineState"/>.</summary>
    public short State { get; set; }
    public int? DueDay { get; set; }
    public int? FiledDay { get; set; }
    public int? ClosedDay { get; set; }

    /// <summary>How it ended.</summary>
    public byte[]? ResultCipher { get; set; }

    /// <summary>Persons handled (处理), and those of them with a sanction that a law names (处分).</summary>
    public long Handled { get; set; }
    public long Sanctioned { get; set; }
    public long ChangeId { get; set; }

    public DisciplineState Standing => (DisciplineState)State;

    /// <summary>Number within its county, as people say it.</summary>
    public long Number => Id % 10_000_000_000;

    /// <summary>The steps that may follow; none once it is closed.</summary>
    public static IReadOnlyList<DisciplineState> After(DisciplineState state) =>
        state switch
        {
            DisciplineState.Received => [DisciplineState.Checking, DisciplineState.Closed],
            DisciplineState.Checking => [DisciplineState.Closed, DisciplineState.Filed],
            DisciplineState.Filed => [DisciplineState.CaseClosed],
            _ => [],
        };

    public static bool IsEnd(DisciplineState state) => state is DisciplineState.Closed or DisciplineState.CaseClosed;

    public static Label Name(DisciplineState state) =>
        state switch
        {
            DisciplineState.Received => new("已受理", "received"),
            DisciplineState.Checking => new("核查中", "being checked"),
            DisciplineState.Closed => new("已了结（未立案）", "closed without a case"),
            DisciplineState.Filed => new("已立案", "case filed"),
            _ => new("已结案", "case closed"),
        };
}

/// <summary>A person who was handled because of a clue; the name and what was done are ciphertext.</summary>
public sealed class DisciplinePerson
{
    public long ClueId { get; set; }
    public int Number { get; set; }
    public byte[] NameCipher { get; set; } = [];

    /// <summary>Number in code list <c>discipline_sanction</c>; null where no law names what was done.</summary>
    public short? Sanction { get; set; }

    /// <summary>What was done, where it is no sanction, or more about it.</summary>
    public byte[]? WordsCipher { get; set; }
    public int Day { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>
/// A photo or a paper of a clue. The file lies encrypted in the <see cref="Platform.Files.FileStore"/>; it is no evidence, so that no address of evidence leads
/// to it. What it shows is ciphertext.
/// </summary>
public sealed class DisciplinePaper
{
    public long ClueId { get; set; }
    public int Number { get; set; }
    public byte[]? TitleCipher { get; set; }

    /// <summary>The type its content proved to be.</summary>
    public string Media { get; set; } = "";

    /// <summary>SHA-256 of the content.</summary>
    public string Hash { get; set; } = "";
    public int Size { get; set; }
    public int Day { get; set; }
    public string AddedName { get; set; } = "";
    public long ChangeId { get; set; }
}

/// <summary>What was done with a clue, and who looked at it: told inside the compartment only. The audit says that an act happened, not about which clue.</summary>
public sealed class DisciplineAct
{
    public long ClueId { get; set; }
    public int Number { get; set; }

    /// <summary>UTC.</summary>
    public string At { get; set; } = "";
    public long? ByUser { get; set; }
    public string ByName { get; set; } = "";

    /// <summary>enter, open, due, person, strike, paper, see, paper-off, or the state it was brought to.</summary>
    public string Act { get; set; } = "";

    /// <summary>The change it made; 0 for a look.</summary>
    public long ChangeId { get; set; }
}
