using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Exchange;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Security;
using Tuopin.Platform.Web;
using Tuopin.Registry;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Monitoring;

/// <summary>
/// A department's file of warnings, a person in a row. Rows meet their households by the blind index of the ID number, confirmed on the number; a row that is
/// nobody's where the sender is becomes a clue without a household, to be answered by the county. How a file is sent says <see cref="SendClues"/>.
/// </summary>
public static class UploadClues
{
    /// <summary>Rows of a file; more are sent in parts.</summary>
    public const int MostRows = 20_000;

    /// <summary>Bytes of a file.</summary>
    public const long Largest = 20 << 20;
    private static readonly string[] IdTitles = ["证件号码", "身份证号", "身份证号码", "公民身份号码", "身份证件号码"];
    private static readonly string[] NameTitles = ["姓名", "患者姓名", "人员姓名", "户主姓名"];
    private static readonly string[] AmountTitles = ["合规自付支出", "自付金额", "个人自付", "自付费用", "金额"];

    /// <param name="Id">Titles of the columns, where they are not among the usual ones.</param>
    public sealed record Columns(string? Id, string? Name, string? Amount);

    /// <summary>What is asked of a file.</summary>
    /// <param name="Area">Code of the area it is of.</param>
    /// <param name="Risks">Bits of code list risk.</param>
    public sealed record Request(string Area, string Department, long Risks, string Words, Columns Columns);

    /// <param name="Reason">repeated, has-clue, monitored, nobody, or why a number was not read: no-number, length, checksum.</param>
    /// <param name="First">The first rows of the sheet it is so of.</param>
    public sealed record Counted(string Reason, int Rows, IReadOnlyList<int> First);

    /// <summary>What comes or would come of a file: numbers and rows of the sheet, no names.</summary>
    /// <param name="Kept">False for a preview.</param>
    /// <param name="Entered">Households with a new clue.</param>
    /// <param name="Nobody">Rows that are nobody's here, kept without a household.</param>
    /// <param name="Already">Rows of households that are monitored, have a clue of this source, or stand in the file twice.</param>
    /// <param name="Unreadable">Rows without a readable ID number.</param>
    public sealed record Report(bool Kept, int Rows, int Entered, int Nobody, int Already, int Unreadable, IReadOnlyList<Counted> Reasons);

    private sealed record Line(int Row, string Number, long Index, string? Name, long? Amount);

    private sealed record Sheet(List<Line> Lines, List<(string Reason, int Row)> Unread);

    private sealed record Planned(IReadOnlyList<Clue> Clues, IReadOnlyList<(string Reason, int Row)> Notes);

    private const int Shown = 20;

    /// <summary>What would come of a file; nothing is changed.</summary>
    /// <exception cref="NotInScope">The area is not the sender's.</exception>
    /// <exception cref="Refusal">clue.no-column, clue.file-long, clue.file-unreadable.</exception>
    public static Report Preview(Installation installation, Scope reach, string path, Request request, Action<long> progress)
    {
        using var numbers = new PersonalNumbers(installation.Keys);
        var sheet = Read(path, request.Columns, numbers, progress);
        using var connection = installation.Store.OpenReader();
        var today = Installation.WorkDateOf(connection, installation.Clock);
        return Tell(
            false,
            sheet,
            Plan(connection, null, installation, PlaceOf(connection, today, reach, request), reach, request, sheet, today, numbers)
        );
    }

    /// <summary>Writes the clues of a file, all of it in one transaction.</summary>
    /// <exception cref="NotInScope">The area is not the sender's.</exception>
    /// <exception cref="Refusal">As <see cref="Preview"/>.</exception>
    public static Report Handle(Installation installation, Scope reach, string path, Request request, Action<long> progress)
    {
        using var numbers = new PersonalNumbers(installation.Keys);
        var sheet = Read(path, request.Columns, numbers, progress);
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var area = PlaceOf(connection, today, reach, request);
        var plan = Plan(connection, transaction, installation, area, reach, request, sheet, today, numbers);
        var report = Tell(true, sheet, plan);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "clues by file",
            request.Department,
            DayNumber.Of(today)
        );
        foreach (var county in plan.Clues.GroupBy(c => c.AreaCode / 1_000_000))
        {
            var id = Keys.Take(connection, transaction, "clues", county.Key, county.Count());
            foreach (var clue in county)
                (clue.Id, clue.DueDay, clue.ChangeId) = (id++, Clue.DueOf(installation.Packs, clue.AreaCode, today), change);
        }
        if (plan.Clues.Count > 0)
            RaiseClues.Fill(connection, [.. plan.Clues]);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "clue.upload",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{area.Code} {request.Department}: {report.Entered} households, {report.Nobody} nobody's, {report.Already} already, {report.Unreadable} unreadable"
            )
        );
        transaction.Commit();
        return report;
    }

    private static AreaVersion PlaceOf(DbConnection connection, DateOnly today, Scope reach, Request request)
    {
        var place = AreaTree.Load(connection, today).ByCode(request.Area) ?? throw new NotInScope();
        return reach.Covers(AreaTree.RangeOf(place)) ? place : throw new NotInScope();
    }

    private static Report Tell(bool kept, Sheet sheet, Planned plan)
    {
        var notes = plan.Notes.Concat(sheet.Unread).ToList();
        return new(
            kept,
            sheet.Lines.Count + sheet.Unread.Count,
            plan.Clues.Count(c => c.HouseholdId is not null),
            plan.Clues.Count(c => c.HouseholdId is null),
            plan.Notes.Count(n => n.Reason != "nobody"),
            sheet.Unread.Count,
            [
                .. notes
                    .GroupBy(n => n.Reason)
                    .Select(g => new Counted(g.Key, g.Count(), [.. g.Select(n => n.Row).Order().Take(Shown)]))
                    .OrderByDescending(c => c.Rows)
                    .ThenBy(c => c.Reason, StringComparer.Ordinal),
            ]
        );
    }

    private static Sheet Read(string path, Columns columns, PersonalNumbers numbers, Action<long> progress)
    {
        try
        {
            using var sheet = SheetReader.Open(path);
            return Read(sheet, columns, numbers, progress);
        }
        catch (FileRefused refused)
        {
            throw new Refusal("clue.file-unreadable", $"the file cannot be read: {refused.Text}");
        }
    }

    private static Sheet Read(SheetReader sheet, Columns columns, PersonalNumbers numbers, Action<long> progress)
    {
        RowBuffer? header = null;
        var (id, name, amount) = (-1, -1, -1);
        foreach (var row in sheet.Head)
        {
            id = Find(row, columns.Id, IdTitles);
            if (id < 0)
                continue;
            (header, name, amount) = (row, Find(row, columns.Name, NameTitles), Find(row, columns.Amount, AmountTitles));
            break;
        }
        if (header is null)
            throw new Refusal(
                "clue.no-column",
                "前几行中没有证件号码一列，请写明列名。No row at the top has a column of ID numbers: name the column.",
                [.. sheet.Head.Take(1).SelectMany(r => r.ToStrings()).Where(t => t.Length > 0).Take(20)]
            );
        sheet.StartAfter(header.Number);
        var (lines, unread) = (new List<Line>(), new List<(string, int)>());
        while (sheet.Read())
        {
            if (sheet.Row.IsBlank)
                continue;
            if (lines.Count + unread.Count == MostRows)
                throw new Refusal("clue.file-long", $"文件超过 {MostRows} 行，请分开上传。The file has more than {MostRows} rows: send it in parts.");
            var number = IdentityNumber.Read(CellText.Fold(sheet.Row[id].ToString()));
            if (number.Kind is not (IdentityKind.Citizen or IdentityKind.Disability) || number.ChecksumOk == false)
            {
                unread.Add((WhyUnread(number), sheet.Row.Number));
                continue;
            }
            if (lines.Count % 500 == 0)
                progress(lines.Count);
            var who = name < 0 ? null : CellText.Fold(sheet.Row[name].ToString()).Trim();
            var said = amount < 0 ? null : CellText.Fold(sheet.Row[amount].ToString()).Replace(",", "", StringComparison.Ordinal);
            lines.Add(
                new(
                    sheet.Row.Number,
                    number.First18,
                    numbers.Index(number.First18),
                    who is { Length: > 0 and <= 60 } ? who : null,
                    decimal.TryParse(said, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan) && yuan < 100_000_000
                        ? (long)Math.Round(yuan * 100, MidpointRounding.AwayFromZero)
                        : null
                )
            );
        }
        return new(lines, unread);
    }

    private static string WhyUnread(IdentityNumber number) =>
        number.Text.Length == 0 ? "no-number"
        : number.ChecksumOk == false ? "checksum"
        : "length";

    /// <summary>What a reason is called.</summary>
    public static Label Reason(string reason) =>
        reason switch
        {
            "repeated" => new("文件里同一户前面已有一行", "a row before it is of the same household"),
            "has-clue" => new("该户已有部门预警待处理", "the household has a warning that waits"),
            "monitored" => new("该户已在监测中", "the household is monitored already"),
            "nobody" => new("不是本地农户（保留，由县里答复）", "nobody's here (kept, to be answered by the county)"),
            "no-number" => new("没有证件号码", "no ID number"),
            "checksum" => new("证件号码校验位不对", "the check digit of the ID number is wrong"),
            _ => new("证件号码位数或内容不对", "no ID number can read so"),
        };

    private static int Find(RowBuffer row, string? asked, string[] usual)
    {
        var wanted = (string.IsNullOrWhiteSpace(asked) ? usual : [asked]).Select(t => CellText.Key(t)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < row.Count; i++)
            if (row[i].Length > 0 && wanted.Contains(CellText.Key(row[i])))
                return i;
        return -1;
    }

    // Reads and decides; writes nothing.
    private static Planned Plan(
        DbConnection connection,
        DbTransaction? transaction,
        Installation installation,
        AreaVersion area,
        Scope reach,
        Request request,
        Sheet sheet,
        DateOnly today,
        PersonalNumbers numbers
    )
    {
        var day = DayNumber.Of(today);
        var held = Meet(connection, transaction, reach, AreaTree.RangeOf(area), day, sheet.Lines, numbers);
        var (busy, unmatched) = Busy(connection, transaction, area, request.Department, day, held.Values.Select(h => h.Id));
        var (seen, nobody) = (new HashSet<long>(), new HashSet<long>());
        var (clues, notes) = (new List<Clue>(), new List<(string, int)>());
        foreach (var line in sheet.Lines)
        {
            var home = held.TryGetValue(line.Number, out var found) ? found : default;
            var already =
                home.Id != 0 && busy.TryGetValue(home.Id, out var why) ? why
                : home.Id == 0 && unmatched.Contains(line.Index) ? "has-clue"
                : !(home.Id != 0 ? seen.Add(home.Id) : nobody.Add(line.Index)) ? "repeated"
                : null;
            if (already is not null)
            {
                notes.Add((already, line.Row));
                continue;
            }
            if (home.Id == 0)
                notes.Add(("nobody", line.Row));
            clues.Add(
                new()
                {
                    HouseholdId = home.Id == 0 ? null : home.Id,
                    AreaCode = home.Id == 0 ? area.Code : home.Area,
                    Source = (short)ClueSource.Warning,
                    Department = request.Department,
                    Day = day,
                    Words = request.Words,
                    Risks = request.Risks,
                    Amount = line.Amount,
                    Name = home.Id == 0 ? line.Name : null,
                    IdMasked = home.Id == 0 ? PersonalNumbers.Mask(line.Number) : null,
                    IdIndex = home.Id == 0 ? line.Index : null,
                    EnteredName = installation.Actor.Name,
                }
            );
        }
        return new(clues, notes);
    }

    // Whose numbers they are among the households the sender reaches; two numbers may share an index, so the number itself decides.
    private static Dictionary<string, (long Id, long Area)> Meet(
        DbConnection connection,
        DbTransaction? transaction,
        Scope reach,
        AreaRange area,
        int day,
        List<Line> lines,
        PersonalNumbers numbers
    )
    {
        var held = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var some in lines.Select(l => l.Index).Distinct().Chunk(1000))
        foreach (
            var (stored, household, code) in connection.Query<(byte[], long, long)>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT p.id_cipher, l.household_id, l.area_code FROM persons p
                    JOIN memberships m ON m.person_id = p.id AND m.from_day <= {day} AND (m.to_day IS NULL OR m.to_day > {day})
                    JOIN household_list l ON l.household_id = m.household_id
                    WHERE p.id_index IN ({string.Join(", ", some)}) AND {reach.Households("l", area, day)} ORDER BY l.household_id DESC
                    """
                ),
                transaction: transaction
            )
        )
            held[IdentityNumber.Read(numbers.Decrypt(stored)).First18] = (household, code);
        return held;
    }

    // Households that need no clue of this source, with why, and numbers without a household that wait for an answer.
    private static (Dictionary<long, string> Households, HashSet<long> Numbers) Busy(
        DbConnection connection,
        DbTransaction? transaction,
        AreaVersion area,
        string department,
        int day,
        IEnumerable<long> households
    )
    {
        var busy = new Dictionary<long, string>();
        foreach (var some in households.Distinct().Chunk(1000))
        {
            var ids = string.Join(", ", some);
            foreach (
                var (household, why) in connection.Query<(long, string)>(
                    $"""
                    SELECT c.household_id, 'has-clue' FROM clues c WHERE c.state < 2 AND c.source = {(short)
                        ClueSource.Warning} AND c.household_id IN ({ids})
                    UNION ALL SELECT h.id, 'monitored' FROM households h WHERE h.id IN ({ids}) AND {Episodes.Monitored("h.id", day)}
                    """,
                    transaction: transaction
                )
            )
                busy[household] = why;
        }
        var waiting = connection.Query<long>(
            "SELECT c.id_index FROM clues c WHERE c.state < 2 AND c.household_id IS NULL AND c.id_index IS NOT NULL AND c.department = @department AND c.area_code = @code",
            new { department, code = area.Code },
            transaction
        );
        return (busy, [.. waiting]);
    }
}
