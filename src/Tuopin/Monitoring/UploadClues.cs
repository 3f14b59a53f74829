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
/// <c>POST /monitoring/clues/upload</c>: a department's file of warnings, a person in a row. Rows meet their households by the blind index of the ID number,
/// confirmed on the number; a row that is nobody's where the sender is becomes a clue without a household, to be answered by the county.
/// </summary>
public static class UploadClues
{
    /// <summary>Rows of a file; more are sent in parts.</summary>
    public const int MostRows = 20_000;

    private const long Largest = 20 << 20;
    private static readonly string[] IdTitles = ["证件号码", "身份证号", "身份证号码", "公民身份号码", "身份证件号码"];
    private static readonly string[] NameTitles = ["姓名", "患者姓名", "人员姓名", "户主姓名"];
    private static readonly string[] AmountTitles = ["合规自付支出", "自付金额", "个人自付", "自付费用", "金额"];

    /// <param name="Id">Titles of the columns, where they are not among the usual ones.</param>
    public sealed record Columns(string? Id, string? Name, string? Amount);

    /// <param name="Entered">Households with a new clue.</param>
    /// <param name="Nobody">Rows that are nobody's here, kept without a household.</param>
    /// <param name="Already">Rows of households that are monitored, have a clue of this source, or stand in the file twice.</param>
    /// <param name="Unreadable">Rows without a readable ID number.</param>
    public sealed record Done(int Entered, int Nobody, int Already, int Unreadable);

    private sealed record Line(int Row, string Number, long Index, string? Name, long? Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/monitoring/clues/upload",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Forms.Check(http);
                    var form = await Forms.Read(http);
                    return EnterClue.Answer(
                        context,
                        () =>
                        {
                            var done = Handle(context, form);
                            return FormattableString.Invariant($"file-{done.Entered}-{done.Nobody}-{done.Already}-{done.Unreadable}");
                        }
                    );
                }
            )
            .Needs(Permission.EnterClues);
        routes
            .MapPost(
                Api.Root + "/monitoring/clues/upload",
                async (ConsoleContext context, HttpContext http) =>
                {
                    await Api.CheckWrite(http);
                    await Api.Answer(http, Handle(context, await Forms.Read(http)));
                }
            )
            .OfApi<Done>(Permission.EnterClues, "uploadClues", "A department's file of warnings, a person in a row")
            .Sends("department", "words", "risks", "idColumn", "nameColumn", "amountColumn")
            .Asks(Api.Area);
    }

    private static Done Handle(ConsoleContext context, IFormCollection form)
    {
        var area = context.Area(Permission.EnterClues);
        var reach = context.Caller.Scope(Permission.EnterClues);
        if (!reach.Covers(AreaTree.RangeOf(area)))
            throw new NotPermitted("clue.not-your-area", new("名单按您管的地区上传。A file is of an area of your own."));
        var department = EnterClue.DepartmentOf(context, ClueSource.Warning, form["department"]);
        var risks = EnterClue.Bits(
            context.Installation.Packs.Dictionary.CodeLists["risk"],
            [.. form["risks"].SelectMany(r => (r ?? "").Split(',', StringSplitOptions.TrimEntries))],
            "clue.risk"
        );
        var words = ActWords.Read(form["words"], null).Reason;
        if (form.Files.FirstOrDefault(f => f.Length > 0) is not { } file)
            throw new WrongUsage("clue.no-file", "请选择文件。Choose a file.");
        if (file.Length > Largest)
            throw new WrongUsage("clue.file-large", "文件不超过 20 MB。A file is at most 20 MB.");
        using var numbers = new PersonalNumbers(context.Installation.Keys);
        var (lines, unreadable) = Read(file, new(form["idColumn"], form["nameColumn"], form["amountColumn"]), numbers);
        return Write(context, area, reach, department!, risks, words, lines, unreadable, numbers);
    }

    private static (List<Line> Lines, int Unreadable) Read(IFormFile file, Columns columns, PersonalNumbers numbers)
    {
        var folder = Directory.CreateTempSubdirectory("tuopin-clues-");
        try
        {
            var path = Path.Combine(folder.FullName, "file" + Path.GetExtension(file.FileName).ToLowerInvariant());
            using (var copy = File.Create(path))
                file.CopyTo(copy);
            using var sheet = SheetReader.Open(path);
            return Read(sheet, columns, numbers);
        }
        catch (FileRefused refused)
        {
            throw new Refusal("clue.file-unreadable", $"the file cannot be read: {refused.Text}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (List<Line> Lines, int Unreadable) Read(SheetReader sheet, Columns columns, PersonalNumbers numbers)
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
        var (lines, unreadable) = (new List<Line>(), 0);
        while (sheet.Read())
        {
            if (sheet.Row.IsBlank)
                continue;
            if (lines.Count + unreadable == MostRows)
                throw new Refusal("clue.file-long", $"文件超过 {MostRows} 行，请分开上传。The file has more than {MostRows} rows: send it in parts.");
            var number = IdentityNumber.Read(CellText.Fold(sheet.Row[id].ToString()));
            if (number.Kind is not (IdentityKind.Citizen or IdentityKind.Disability) || number.ChecksumOk == false)
            {
                unreadable++;
                continue;
            }
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
        return (lines, unreadable);
    }

    private static int Find(RowBuffer row, string? asked, string[] usual)
    {
        var wanted = (string.IsNullOrWhiteSpace(asked) ? usual : [asked]).Select(t => CellText.Key(t)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < row.Count; i++)
            if (row[i].Length > 0 && wanted.Contains(CellText.Key(row[i])))
                return i;
        return -1;
    }

    private static Done Write(
        ConsoleContext context,
        AreaVersion area,
        Scope reach,
        string department,
        long risks,
        string words,
        List<Line> lines,
        int unreadable,
        PersonalNumbers numbers
    )
    {
        var installation = context.Installation;
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        var today = Installation.WorkDateOf(connection, installation.Clock, transaction);
        var day = DayNumber.Of(today);
        var held = Meet(connection, transaction, reach, AreaTree.RangeOf(area), day, lines, numbers);
        var (busy, unmatched) = Busy(connection, transaction, area, department, day, held.Values.Select(h => h.Id));
        var already = 0;
        var clues = new List<Clue>();
        foreach (var line in lines)
        {
            var home = held.TryGetValue(line.Number, out var found) ? found : default;
            if (home.Id != 0 ? !busy.Add(home.Id) : !unmatched.Add(line.Index))
            {
                already++;
                continue;
            }
            clues.Add(
                new()
                {
                    HouseholdId = home.Id == 0 ? null : home.Id,
                    AreaCode = home.Id == 0 ? area.Code : home.Area,
                    Source = (short)ClueSource.Warning,
                    Department = department,
                    Day = day,
                    Words = words,
                    Risks = risks,
                    Amount = line.Amount,
                    Name = home.Id == 0 ? line.Name : null,
                    IdMasked = home.Id == 0 ? PersonalNumbers.Mask(line.Number) : null,
                    IdIndex = home.Id == 0 ? line.Index : null,
                    EnteredName = installation.Actor.Name,
                }
            );
        }
        var change = AuditLog.BeginChange(connection, transaction, installation.Clock, installation.Actor, "clues by file", department, day);
        foreach (var county in clues.GroupBy(c => c.AreaCode / 1_000_000))
        {
            var id = Keys.Take(connection, transaction, "clues", county.Key, county.Count());
            foreach (var clue in county)
                (clue.Id, clue.DueDay, clue.ChangeId) = (id++, Clue.DueOf(installation.Packs, clue.AreaCode, today), change);
        }
        if (clues.Count > 0)
            RaiseClues.Fill(connection, clues);
        var done = new Done(clues.Count(c => c.HouseholdId is not null), clues.Count(c => c.HouseholdId is null), already, unreadable);
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "clue.upload",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{area.Code} {department}: {done.Entered} households, {done.Nobody} nobody's, {done.Already} already, {done.Unreadable} unreadable"
            )
        );
        transaction.Commit();
        return done;
    }

    // Whose numbers they are among the households the sender reaches; two numbers may share an index, so the number itself decides.
    private static Dictionary<string, (long Id, long Area)> Meet(
        DbConnection connection,
        DbTransaction transaction,
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

    // Households that need no clue of this source, and numbers without a household that wait for an answer.
    private static (HashSet<long> Households, HashSet<long> Numbers) Busy(
        DbConnection connection,
        DbTransaction transaction,
        AreaVersion area,
        string department,
        int day,
        IEnumerable<long> households
    )
    {
        var busy = new HashSet<long>();
        foreach (var some in households.Distinct().Chunk(1000))
        {
            var ids = string.Join(", ", some);
            busy.UnionWith(
                connection.Query<long>(
                    $"""
                    SELECT c.household_id FROM clues c WHERE c.state < 2 AND c.source = {(short)ClueSource.Warning} AND c.household_id IN ({ids})
                    UNION SELECT h.id FROM households h WHERE h.id IN ({ids}) AND {Episodes.Monitored("h.id", day)}
                    """,
                    transaction: transaction
                )
            );
        }
        var waiting = connection.Query<long>(
            "SELECT c.id_index FROM clues c WHERE c.state < 2 AND c.household_id IS NULL AND c.id_index IS NOT NULL AND c.department = @department AND c.area_code = @code",
            new { department, code = area.Code },
            transaction
        );
        return (busy, [.. waiting]);
    }
}
