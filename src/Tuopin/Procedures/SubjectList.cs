using Tuopin.Evidence;
using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Procedures;

/// <summary>
/// A list of subjects on its way through a procedure. It finishes under the version it began with: <see cref="Hash"/> names the text of the procedure in
/// <c>pack_files</c>, <see cref="Days"/> keeps what the county had set when it was opened.
/// </summary>
public sealed class SubjectList
{
    /// <summary>Evidence of a list, of an act on it and of an objection to it: for whoever sees the list. The key is the list's, the part the number.</summary>
    public static IReadOnlyList<EvidenceSubject> Evidence { get; } =
    [
        new("list", new("名单", "list"), (scope, _) => $"a.part = 0 AND {Of("subject_lists", "id", scope)}"),
        new("list_act", new("名单的一步", "act on a list"), (scope, _) => Of("list_acts", "list_id", scope, "x.number = a.part AND ")),
        new("objection", new("异议", "objection"), (scope, _) => Of("list_objections", "list_id", scope, "x.number = a.part AND ")),
    ];

    private static string Of(string table, string key, Scope scope, string part = "") =>
        $"EXISTS (SELECT 1 FROM {table} x JOIN subject_lists l ON l.id = x.{key} WHERE x.{key} = a.subject_id AND {part}{ListRecord.Within(scope, AreaRange.Nation, "l")})";

    public long Id { get; set; }
    public string ProcedureId { get; set; } = "";
    public int Version { get; set; }
    public string Hash { get; set; } = "";

    /// <summary>Which of the changes of the procedure it is for.</summary>
    public string ChangeKind { get; set; } = "";
    public string Family { get; set; } = "";
    public long AreaId { get; set; }

    /// <summary>12-digit code of the area: who may see it is a range of this.</summary>
    public long AreaCode { get; set; }
    public string Title { get; set; } = "";

    /// <summary>The step it stands at.</summary>
    public string Step { get; set; } = "";
    public int OpenedDay { get; set; }

    /// <summary>Since when it stands there: work date, and the day of the clock where that goes.</summary>
    public int SinceDay { get; set; }
    public int? SinceClock { get; set; }

    /// <summary>Since when it hangs on the board, in a publicity.</summary>
    public int? HungDay { get; set; }
    public int? HungClock { get; set; }

    /// <summary>When something was last done to it.</summary>
    public int LastDay { get; set; }
    public int? LastClock { get; set; }

    /// <summary>The last day of its step; the day after, it is over.</summary>
    public int? LapsesAfter { get; set; }

    /// <summary><see cref="ListEnd"/>; null while it is open.</summary>
    public short? Ended { get; set; }

    /// <summary>JSON: days by parameter.</summary>
    public string Days { get; set; } = "{}";

    /// <summary>How much was done to it: the version a writer must have seen.</summary>
    public int Acts { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>A subject of a list; open while <see cref="Cause"/> is null. A subject is open on one list of a family.</summary>
public sealed class ListSubject
{
    public long ListId { get; set; }
    public long SubjectId { get; set; }
    public string Family { get; set; } = "";
    public long AreaCode { get; set; }

    /// <summary>The number of the act that put it on the list, and of the one that ended it.</summary>
    public int AddedBy { get; set; }
    public int? DoneBy { get; set; }

    /// <summary><see cref="Rules.Model.OutcomeCause"/>.</summary>
    public short? Cause { get; set; }

    /// <summary>Why it was held back.</summary>
    public string? Reason { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>An act on a list, in the order of their numbers; who did it, in which post, stands in <c>changes</c>.</summary>
public sealed class ListAct
{
    public long ListId { get; set; }
    public int Number { get; set; }

    /// <summary>The sender's: sent again, it is the same act.</summary>
    public string? SentKey { get; set; }

    /// <summary>open, add, hold, hang, object, answer, forward, return, refuse, lapse.</summary>
    public string Kind { get; set; } = "";
    public string Step { get; set; } = "";
    public int WorkDay { get; set; }
    public int? ClockDay { get; set; }

    /// <summary>The role it was done in.</summary>
    public string ActedAs { get; set; } = "";

    /// <summary>How many subjects it concerned.</summary>
    public int Subjects { get; set; }
    public int? Attended { get; set; }
    public int? VotesFor { get; set; }
    public int? VotesAgainst { get; set; }
    public int? Abstained { get; set; }
    public int? LookedAt { get; set; }
    public string? Document { get; set; }
    public string? Evidence { get; set; }
    public string? Attendees { get; set; }
    public string? Words { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>An objection (异议) and its answer.</summary>
public sealed class ListObjection
{
    public long ListId { get; set; }
    public int Number { get; set; }

    /// <summary>Whom it is about; null for the list as a whole.</summary>
    public long? SubjectId { get; set; }
    public string RaisedBy { get; set; } = "";
    public string Words { get; set; } = "";
    public int RaisedDay { get; set; }
    public bool? Upheld { get; set; }
    public string? Answer { get; set; }
    public int? AnsweredDay { get; set; }

    /// <summary>It came by the public page: who it was and how to be reached, where that was said, lie encrypted.</summary>
    public bool ByLink { get; set; }
    public byte[]? WhoCipher { get; set; }
    public byte[]? ContactCipher { get; set; }

    /// <summary>SHA-256 of the key that whoever objected by the public page was given, to read the reply and appeal.</summary>
    public byte[]? Receipt { get; set; }

    /// <summary>An appeal (申诉) against the reply, and what the next level up said to it.</summary>
    public string? AppealWords { get; set; }
    public int? AppealedDay { get; set; }
    public bool? AppealUpheld { get; set; }
    public string? AppealAnswer { get; set; }
    public int? AppealAnsweredDay { get; set; }
    public long ChangeId { get; set; }
}

/// <summary>The public page of a list that hangs: one at a time, found by a key of which only the hash is kept.</summary>
public sealed class PublicityLink
{
    public long ListId { get; set; }
    public byte[] Hash { get; set; } = [];
    public string MadeAt { get; set; } = "";
    public string MadeName { get; set; } = "";
    public long? MadeBy { get; set; }
}

/// <summary>What a county set for a count of days that the law leaves open.</summary>
public sealed class ProcedureDays
{
    public string ProcedureId { get; set; } = "";
    public string Parameter { get; set; } = "";
    public long AreaId { get; set; }
    public int Days { get; set; }
    public long ChangeId { get; set; }
}
