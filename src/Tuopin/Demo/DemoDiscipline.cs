using System.Data.Common;
using System.Globalization;
using Tuopin.Platform;
using Tuopin.Platform.Audit;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;

namespace Tuopin.Demo;

/// <summary>Some invented discipline clues of the demo's county, so that its office and the counts have something to show. Nobody in them exists.</summary>
internal static class DemoDiscipline
{
    // Day, source, township of the county by its place, state, words, who was handled: a sanction, or 0 for none.
    private static readonly (int Day, int Source, int Township, int State, string Words, string? Name, int Sanction)[] Wanted =
    [
        (2019_03_05, 1, 0, 4, "反映某村民小组长在低保申请中收受好处（演示，虚构）", "演示甲，某村民小组长", 1),
        (2019_05_21, 2, 1, 2, "反映帮扶干部不入户（演示，虚构），核查与事实不符", null, 0),
        (2019_06_02, 3, 0, 4, "产业扶持资金台账与凭证不符（演示，虚构）", "演示乙，某村文书", 2),
        (2019_08_14, 1, 0, 4, "危房改造验收把关不严（演示，虚构）", "演示丙，某站工作人员", 0),
        (2019_09_30, 4, 0, 2, "反映评议会没有公示（演示，虚构），已补公示", null, 0),
        (2019_11_11, 1, 0, 2, "反映优亲厚友（演示，虚构），核查不属实", null, 0),
        (2020_02_18, 1, 0, 3, "反映截留补贴（演示，虚构）", "演示丁，某村干部", 0),
        (2020_04_07, 2, 1, 1, "督查发现走访记录前后雷同（演示，虚构）", null, 0),
        (2020_05_25, 5, 2, 1, "专项检查发现公益性岗位人员不在岗（演示，虚构）", null, 0),
        (2020_06_10, 1, 0, 0, "反映村级收支不公开（演示，虚构）", null, 0),
    ];

    /// <summary>Once for a population.</summary>
    public static void Write(Installation installation, DateOnly day)
    {
        using var connection = installation.Store.Open();
        if (Sql.Number(connection, "SELECT count(*) FROM discipline_clues") > 0)
            return;
        using var transaction = installation.Store.BeginWrite(connection);
        using var numbers = new PersonalNumbers(installation.Keys);
        var change = AuditLog.BeginChange(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "demo: discipline",
            "discipline",
            DayNumber.Of(day)
        );
        var county = Sql.Number(connection, "SELECT min(area_code) / 1000000 FROM households", transaction);
        var townships = Dapper
            .SqlMapper.Query<long>(
                connection,
                "SELECT code FROM area_versions WHERE level = 4 AND to_day IS NULL AND code / 1000000 = @county ORDER BY code",
                new { county },
                transaction
            )
            .ToList();
        var first = Keys.Take(connection, transaction, "discipline_clues", county, Wanted.Length);
        foreach (var (index, (received, source, township, state, words, name, sanction)) in Wanted.Index())
        {
            var id = first + index;
            var ended = state is 2 or 4;
            connection.Execute(
                """
                INSERT INTO discipline_clues (id, area_code, day, source, words_cipher, names_cipher, state, due_day, filed_day, closed_day, result_cipher, handled, sanctioned, change_id)
                VALUES (@id, @area, @received, @source, @words, @names, @state, @due, @filed, @closed, @result, @handled, @sanctioned, @change)
                """,
                transaction,
                new
                {
                    id,
                    area = townships.Count == 0 ? county * 1_000_000 : townships[township % townships.Count],
                    received,
                    source = (short)source,
                    words = numbers.Encrypt(words),
                    names = name is null ? null : numbers.Encrypt(name),
                    state = (short)state,
                    due = DayNumber.Of(DayNumber.ToDate(received).AddDays(60)),
                    filed = state >= 3 ? DayNumber.Of(DayNumber.ToDate(received).AddDays(20)) : (int?)null,
                    closed = ended ? DayNumber.Of(DayNumber.ToDate(received).AddDays(50)) : (int?)null,
                    result = ended ? numbers.Encrypt(state == 4 ? "已处理到位（演示）" : "不立案，已答复（演示）") : null,
                    handled = name is null ? 0L : 1L,
                    sanctioned = sanction > 0 ? 1L : 0L,
                    change,
                }
            );
            if (name is not null)
                Person(connection, transaction, numbers, id, name, sanction, DayNumber.Of(DayNumber.ToDate(received).AddDays(40)), change);
        }
        AuditLog.Append(
            connection,
            transaction,
            installation.Clock,
            installation.Actor,
            "demo.discipline",
            string.Create(CultureInfo.InvariantCulture, $"{Wanted.Length} invented clues")
        );
        transaction.Commit();
    }

    private static void Person(
        DbConnection connection,
        DbTransaction transaction,
        PersonalNumbers numbers,
        long clue,
        string name,
        int sanction,
        int day,
        long change
    ) =>
        connection.Execute(
            """
            INSERT INTO discipline_persons (clue_id, number, name_cipher, sanction, words_cipher, day, change_id)
            VALUES (@clue, 1, @name, @sanction, @words, @day, @change)
            """,
            transaction,
            new
            {
                clue,
                name = numbers.Encrypt(name),
                sanction = sanction > 0 ? (short)sanction : (short?)null,
                words = numbers.Encrypt(sanction > 0 ? "已宣布执行" : "批评教育"),
                day,
                change,
            }
        );
}
