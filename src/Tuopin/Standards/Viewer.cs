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

    /// <summary>The judgement of another moment that lists are read from; null for the stored one. <see cref="Date"/> is its day then.</summary>
    public JudgedMoment? Moment { get; private init; }

    // The work date: whose households these are is asked of now, whatever day is looked at.
    private DateOnly ScopedOn { get; init; } = Date;

    /// <summary>What stands in FROM for a table, of the moment looked at.</summary>
    public string Table(string name) => Moment?.Table(name) ?? name;

    /// <summary>The same reader, looking at another moment.</summary>
    public Viewer At(JudgedMoment moment) => this with { Connection = moment.Connection, Date = moment.Day, Moment = moment };

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

    /// <summary>The rows of <c>household_list</c> this reader may see in an area, each household once; of another moment, of the households the reader sees now.</summary>
    public string Households(string alias, AreaRange area)
    {
        var day = DayNumber.Of(ScopedOn);
        return Moment is null
            ? Scope.Households(alias, area, day)
            : $"({Scope.Everything.Households(alias, area, day)} AND {alias}.household_id IN (SELECT n.household_id FROM household_list n WHERE {Scope.Households("n", AreaRange.Nation, day)}))";
    }

    public bool Sees(Fact fact) => Departments is null || fact.StatedBy.Any(Departments.Contains);

    public bool Sees(string subject, string fact) => Sees(Packs.Dictionary[subject].Facts[fact]);

    public bool Sees(Indicator indicator) => Departments is null || Departments.Contains(indicator.Department);

    /// <summary>That a text holds another, letter for letter.</summary>
    public string Contains(string column, string parameter) => $"{(Engine == Engine.PostgreSql ? "strpos" : "instr")}({column}, {parameter}) > 0";

    public CodeList Codes(string name) => Packs.Dictionary.CodeLists[name];
}
