using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Commands;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Registry.Merging;
using Tuopin.Rules.Model;
using Tuopin.Standards;

namespace Tuopin.Exchange;

/// <summary><c>tuopin conflicts</c> and <c>GET /api/v1/conflicts</c>: facts that two authors state differently, by name, with the value in force and the one that lost.</summary>
public static class ListConflicts
{
    public sealed record Stated(string Value, string By, string? Date);

    public sealed record Conflict(
        string? Household,
        string? Head,
        string? Person,
        string Village,
        string Fact,
        string Title,
        int? Year,
        Stated InForce,
        Stated Other
    )
    {
        /// <summary>Our key, for links; a script knows a household by its number.</summary>
        [JsonIgnore]
        public long? HouseholdId { get; init; }
    }

    private sealed record Found(
        long VillageId,
        long? HouseholdId,
        string? Household,
        string? Head,
        string? Person,
        int Year,
        long? Held,
        string HeldBy,
        int HeldDay,
        long Value,
        string StatedBy,
        int StatedDay
    )
    {
        public Found()
            : this(0, null, null, null, null, 0, null, "", 0, 0, "", 0) { }
    }

    public static Command Command(Shell shell)
    {
        var area = AreaArgument.Area();
        var command = new Command("conflicts", "facts that two sources state differently, by name") { area };
        command.SetAction(
            shell.Run(parsed =>
            {
                var conflicts = Handle(shell.Open(parsed), parsed.GetValue(area));
                if (shell.IsJson)
                    shell.PrintJson(conflicts);
                else
                    Print(shell.Output, conflicts);
            })
        );
        return command;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Api.Root + "/conflicts",
                (ConsoleContext context, HttpContext http, string? department) => Api.Answer(http, Tell(context, department))
            )
            .OfApi<Told>(Permission.Certify, "conflicts", "Facts of a department that two authors state differently, as on its page of certificates")
            .Asks(Api.Area, CertifyHouseholds.Department);

    /// <summary>As the API tells them: the first of Count.</summary>
    public sealed record Told(PickArea.Place Area, string Department, int Count, IReadOnlyList<Conflict> Conflicts);

    private static Told Tell(ConsoleContext context, string? department)
    {
        var mine = UploadFile.DepartmentOf(context.Caller, department);
        var area = context.Area(Permission.Certify);
        var ranges = context.Caller.Scope(Permission.Certify).Within(AreaTree.RangeOf(area));
        var found = Of(context.Installation, context.Reader, context.Tree, context.WorkDate, ranges, f => Certifiable.IsOf(f, mine));
        return new(PickArea.Tell(area), mine, found.Count, [.. found.Take(CertifyHouseholds.ConflictsShown)]);
    }

    /// <exception cref="Refusal">area.unknown.</exception>
    public static IReadOnlyList<Conflict> Handle(Installation installation, string? areaCode)
    {
        var day = installation.WorkDate;
        using var connection = installation.Store.Open();
        var tree = AreaTree.Load(connection, day);
        var area = Judging.RangeOf(AreaArgument.Find(tree, areaCode, installation));
        return Of(installation, connection, tree, day, [area], _ => true);
    }

    /// <summary>Conflicts about what lies within some areas, of some facts.</summary>
    public static IReadOnlyList<Conflict> Of(
        Installation installation,
        DbConnection connection,
        AreaTree tree,
        DateOnly day,
        IReadOnlyList<AreaRange> areas,
        Func<Fact, bool> wanted
    )
    {
        var dictionary = installation.Packs.Dictionary;
        var conflicts = new List<Conflict>();
        foreach (var (subject, name) in connection.Query<(string, string)>("SELECT DISTINCT subject, fact FROM statements ORDER BY 1, 2").ToList())
        {
            var fact = dictionary[subject].Facts[name];
            if (!wanted(fact))
                continue;
            var sql = Query(fact, FactTables.TableOf(dictionary, fact)!, installation.Store.Engine, DayNumber.Of(day));
            foreach (var area in areas)
            foreach (var found in connection.Query<Found>(sql, new { from = area.From, to = area.To }))
                conflicts.Add(Show(found, fact, tree, dictionary));
        }
        return conflicts;
    }

    private static Conflict Show(Found found, Fact fact, AreaTree tree, FactDictionary dictionary)
    {
        var target = new ColumnTarget(fact.ToString(), Reading.Fact, fact);
        string By(string author) => dictionary.CodeLists["department"].Find(author)?.Label.Zh ?? author;
        string? On(int number) => number == 0 ? null : DayNumber.ToDate(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new(
            found.Household,
            found.Head,
            found.Person,
            tree.ById(found.VillageId) is { } village ? tree.Path(village) : "",
            fact.ToString(),
            fact.Label.Zh,
            found.Year == 0 ? null : found.Year,
            new(CellFormat.Show(target, found.Held is { } held ? new Value(held) : default(Value?)), By(found.HeldBy), On(found.HeldDay)),
            new(CellFormat.Show(target, new Value(found.Value)), By(found.StatedBy), On(found.StatedDay))
        )
        {
            HouseholdId = found.HouseholdId,
        };
    }

    private static string Query(Fact fact, string table, Engine engine, int day)
    {
        var held = Held(fact, engine);
        var (from, village, code, household) = From(fact, table, engine, day);
        var names = household is null
            ? "NULL AS household_id, NULL AS household, NULL AS head"
            : "h.id AS household_id, coalesce(h.national_no, h.provisional_no) AS household, h.head_name AS head";
        return $"""
            SELECT {village} AS village_id, {names}, {(fact.Subject.Name == "person" ? "p.name" : "NULL")} AS person, x.year, {held} AS held,
              {Ranks.InForce(fact, "x.subject_id", "x.year", held, "c.stated_by")} AS held_by,
              coalesce((SELECT max(o.stated_day) FROM statements o WHERE o.subject = x.subject AND o.subject_id = x.subject_id AND o.fact = x.fact AND o.year = x.year AND o.value = {held}), c.data_day) AS held_day,
              x.value, x.stated_by, x.stated_day
            {from} AND {code} BETWEEN @from AND @to
            ORDER BY {code}, 3, x.subject_id, x.year
            """;
    }

    private static string Held(Fact fact, Engine engine) =>
        fact.Type.Kind == Kind.Bool && engine == Engine.PostgreSql ? $"CAST(t.{fact.Column} AS integer)" : $"t.{fact.Column}";

    /// <summary>FROM and WHERE of the statements (x) of a fact that differ from what is in force (t), with the columns that say where and whose.</summary>
    internal static (string From, string Village, string Code, string? Household) From(Fact fact, string table, Engine engine, int day)
    {
        var yearly = fact.Kept is Kept.RegistryYear or Kept.PolicyYear or Kept.IncomeYear;
        var same = engine == Engine.Sqlite ? "IS NOT" : "IS DISTINCT FROM";
        string On(string alias) => $"{alias}.from_day <= {day} AND ({alias}.to_day IS NULL OR {alias}.to_day > {day})";
        var (joins, village, code) = fact.Subject.Name switch
        {
            "household" => ("JOIN households h ON h.id = x.subject_id", "h.village_id", "h.area_code"),
            "person" => (
                $"JOIN memberships m ON m.person_id = x.subject_id AND {On("m")} JOIN households h ON h.id = m.household_id JOIN persons p ON p.id = x.subject_id",
                "h.village_id",
                "h.area_code"
            ),
            "dwelling" => (
                $"JOIN dwellings w ON w.id = x.subject_id LEFT JOIN residences r ON r.dwelling_id = w.id AND {On("r")} LEFT JOIN households h ON h.id = r.household_id",
                "w.village_id",
                "w.area_code"
            ),
            "measure" => ("JOIN measures w ON w.id = x.subject_id JOIN households h ON h.id = w.household_id", "h.village_id", "h.area_code"),
            _ => ($"JOIN area_versions v ON v.area_id = x.subject_id AND {On("v")}", "v.area_id", "v.code"),
        };
        var dated = fact.Kept == Kept.Link ? $" AND {On("t")}" : "";
        return (
            $"""
            FROM statements x JOIN {table} t ON t.{KeyOf(table)} = x.subject_id{(
                yearly ? " AND t.year = x.year" : ""
            )}{dated} JOIN changes c ON c.id = t.change_id {joins}
            WHERE x.subject = '{fact.Subject.Name}' AND x.fact = '{fact.Name}' AND x.value {same} {Held(fact, engine)}
            """,
            village,
            code,
            joins.Contains("households h", StringComparison.Ordinal) ? "h.id" : null
        );
    }

    private static string KeyOf(string table) =>
        table switch
        {
            "memberships" or "person_years" => "person_id",
            "household_years" => "household_id",
            "village_years" or "township_years" or "county_years" => "area_id",
            _ => "id",
        };

    private static void Print(TextWriter output, IReadOnlyList<Conflict> conflicts)
    {
        foreach (var c in conflicts)
            output.WriteLine(
                $"{c.Household ?? c.Village} {c.Head} {c.Person}  {c.Title}{(c.Year is { } year ? $" {year}" : "")}: {c.InForce.Value} ({c.InForce.By} {c.InForce.Date})  <>  {c.Other.Value} ({c.Other.By} {c.Other.Date})"
            );
        output.WriteLine($"{conflicts.Count:N0} conflicting certificates");
    }
}
