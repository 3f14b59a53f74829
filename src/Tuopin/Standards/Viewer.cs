using System.Data.Common;
using Tuopin.Platform.Access;
using Tuopin.Platform.Areas;
using Tuopin.Platform.Database;
using Tuopin.Platform.Web;
using Tuopin.Rules.Model;
using Tuopin.Rules.Packs;

namespace Tuopin.Standards;

/// <summary>
/// Who reads households, and how far: the scope is a predicate of every query, and a department's user sees who a household is and the facts and
/// indicators of the trade, nothing else.
/// </summary>
public sealed record Viewer(DbConnection Connection, PackSet Packs, AreaTree Tree, DateOnly Date, Scope Scope, IReadOnlySet<string>? Departments)
{
    public int Day => DayNumber.Of(Date);

    public Engine Engine => Connection is Npgsql.NpgsqlConnection ? Engine.PostgreSql : Engine.Sqlite;

    public static Viewer Of(ConsoleContext context, Permission permission = Permission.ViewHouseholds) =>
        new(
            context.Reader,
            context.Installation.Packs,
            context.Tree,
            context.WorkDate,
            context.Caller.Scope(permission),
            context.Caller.FieldsOf(permission)
        );

    /// <summary>The rows of <c>household_list</c> this reader may see in an area, each household once.</summary>
    public string Households(string alias, AreaRange area) => Scope.Households(alias, area, Day);

    public bool Sees(Fact fact) => Departments is null || fact.StatedBy.Any(Departments.Contains);

    public bool Sees(string subject, string fact) => Sees(Packs.Dictionary[subject].Facts[fact]);

    public bool Sees(Indicator indicator) => Departments is null || Departments.Contains(indicator.Department);

    /// <summary>That a text holds another, letter for letter.</summary>
    public string Contains(string column, string parameter) => $"{(Engine == Engine.PostgreSql ? "strpos" : "instr")}({column}, {parameter}) > 0";

    public CodeList Codes(string name) => Packs.Dictionary.CodeLists[name];
}
