using System.Data.Common;
using System.Globalization;
using Dapper;
using Tuopin.Matching;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Rules.Model;

namespace Tuopin.Demo.Guizhou;

/// <summary>
/// Matches the lists of the demo with its members as <c>tuopin match load</c> does, and answers what waits as somebody who knows the people would: the row is
/// whom it was written for, if that person is among the candidates.
/// </summary>
internal static class MatchLists
{
    /// <param name="Linked">Rows that became facts, without review and with it.</param>
    /// <param name="Lost">Rows of people of the township that became nobody's: list and row.</param>
    public sealed record Report(int Rows, int Linked, int Reviewed, IReadOnlyList<string> Lost);

    public static Report Handle(Installation installation, DemoCounty county, DepartmentLists lists, string folder)
    {
        var (rows, linked, reviewed, lost) = (0, 0, 0, new List<string>());
        List<Member> members;
        using (var connection = installation.Store.OpenReader())
            members = Member.In(installation, connection, AreaRange.Of(county.Set.CountyCode), county.Set.WorkDay);
        foreach (var sheet in lists.Sheets)
        {
            var request = new LoadList.Request(sheet.Kind, sheet.Department, county.Set.CountyCode, county.Set.Date.AddDays(-12), null);
            var report = LoadList.Handle(installation, Path.Combine(folder, sheet.File), sheet.File, request, Scope.Everything, _ => { }, members);
            rows += report.Rows;
            linked += report.ByNumber + report.ByScore;
            reviewed += Review(installation, county, sheet, report.File!.Value);
            lost.AddRange(Lost(installation, sheet, report.File!.Value));
        }
        return new(rows, linked + reviewed, reviewed, lost);
    }

    private static int Review(Installation installation, DemoCounty county, DepartmentSheet sheet, long file)
    {
        List<(int Row, long Person)> decisions;
        using (var connection = installation.Store.OpenReader())
            decisions =
            [
                .. connection
                    .Query<(int Row, long Person, string Name, int Birth, string Number)>(
                        """
                        SELECT r.number, c.person_id, p.name, p.birth, l.number FROM match_rows r
                        JOIN match_candidates c ON c.file_id = r.file_id AND c.number = r.number JOIN persons p ON p.id = c.person_id
                        JOIN household_list l ON l.household_id = c.household_id AND l.place_code = l.area_code WHERE r.file_id = @file AND r.state = 2
                        ORDER BY r.number, c.person_id
                        """,
                        new { file }
                    )
                    .Where(c => IsOf(county, sheet.Rows[c.Row - DepartmentSheet.FirstRow], c.Name, c.Birth, c.Number))
                    .Select(c => (c.Row, c.Person)),
            ];
        foreach (var (row, person) in decisions)
            ReviewLinks.Decide(installation, Scope.Everything, file, row, "accept", new(person, null));
        return decisions.Count;
    }

    private static bool IsOf(DemoCounty county, ListEntry row, string name, int birth, string household)
    {
        if (row.Person < 0)
            return false;
        var person = county.Population.Persons[row.Person];
        var held = county.Population.Households[person.Household];
        return birth == person.Birth && name == county.Naming.Name(person) && household == Naming.HouseholdNumber(county.VillageOf(held).Area, held);
    }

    private static List<string> Lost(Installation installation, DepartmentSheet sheet, long file)
    {
        using DbConnection connection = installation.Store.OpenReader();
        return
        [
            .. connection
                .Query<int>("SELECT number FROM match_rows WHERE file_id = @file AND state IN (0, 2) ORDER BY number", new { file })
                .Where(n => sheet.Rows[n - DepartmentSheet.FirstRow].Person >= 0)
                .Select(n => string.Create(CultureInfo.InvariantCulture, $"{sheet.File}:{n}")),
        ];
    }
}
