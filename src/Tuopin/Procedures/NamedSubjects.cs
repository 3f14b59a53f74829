using Dapper;
using Tuopin.Platform;

namespace Tuopin.Procedures;

/// <summary>Subjects of a list as people name them: ticked, or by number, one in a line. A household by its number, a place by its code.</summary>
public sealed record NamedSubjects(IReadOnlyList<long> Ids, IReadOnlyList<string> Numbers)
{
    public static readonly NamedSubjects Nobody = new([], []);

    public bool None => Ids.Count == 0 && Numbers.Count == 0;

    /// <summary>Of a form: <c>{field}</c> repeated with keys, <c>{field}-numbers</c> with lines of numbers.</summary>
    public static NamedSubjects Read(IFormCollection form, string field) =>
        new(
            [.. form[field].Select(v => long.TryParse(v, out var id) ? id : -1)],
            [.. form[field + "-numbers"].ToString().Split(['\n', '\r', ',', '，', ' ', '、'], StringSplitOptions.RemoveEmptyEntries)]
        );

    /// <summary>Their keys, among those open on the list.</summary>
    /// <exception cref="Refusal">list.not-open, with the numbers that are not on it.</exception>
    internal IReadOnlyList<long> OnList(ListWriting writing)
    {
        if (Ids.Any(i => !writing.List.State.IsOpen(i)))
            throw new Refusal("list.not-open", "one of them is not on the list, or is done with");
        if (Numbers.Count == 0)
            return [.. Ids.Distinct()];
        var numbers = NumbersOf(writing);
        var unknown = Numbers.Where(n => !numbers.ContainsKey(n)).ToList();
        if (unknown.Count > 0)
            throw new Refusal("list.not-open", "one of them is not on the list, or is done with", unknown);
        return [.. Ids.Concat(Numbers.Select(n => numbers[n])).Distinct()];
    }

    private static Dictionary<string, long> NumbersOf(ListWriting writing) =>
        writing
            .Connection.Query<(string Number, long Id)>(
                writing.List.Procedure.Subject.Level is null
                    ? """
                    SELECT coalesce(h.national_no, h.provisional_no, CAST(h.id AS text)), h.id FROM list_subjects s JOIN households h ON h.id = s.subject_id
                    WHERE s.list_id = @id AND s.cause IS NULL
                    """
                    : "SELECT CAST(s.area_code AS text), s.subject_id FROM list_subjects s WHERE s.list_id = @id AND s.cause IS NULL",
                new { id = writing.List.Row.Id },
                writing.Transaction
            )
            .ToDictionary(n => n.Number, n => n.Id, StringComparer.Ordinal);
}
