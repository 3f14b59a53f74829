using System.CommandLine;
using System.Globalization;

namespace Tuopin.Platform.Commands;

/// <summary><c>tuopin workdate [DATE]</c>: shows or sets the day that every clock, deadline and default of --as-of uses. Setting it is audited.</summary>
public static class SetWorkDate
{
    public static Command Command(Shell shell)
    {
        var date = new Argument<string?>("DATE") { Description = "yyyy-MM-dd; without it the work date is shown", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("workdate", "show or set the work date") { date };
        command.SetAction(
            shell.Run(parsed =>
            {
                var day = AreaArgument.Day(parsed.GetValue(date));
                var installation = shell.Open(parsed);
                var before = installation.WorkDate;
                var changed = day is { } wanted && Handle(installation, wanted);
                if (shell.IsJson)
                    shell.PrintJson(new { workDate = Text(installation.WorkDate), changed });
                else
                    shell.Output.WriteLine(
                        changed ? $"{Text(before)} -> {Text(installation.WorkDate)}; run tuopin judge" : Text(installation.WorkDate)
                    );
            })
        );
        return command;
    }

    /// <summary>Whether the work date was another; one that is set already is left alone.</summary>
    public static bool Handle(Installation installation, DateOnly day)
    {
        using var connection = installation.Store.Open();
        using var transaction = installation.Store.BeginWrite(connection);
        if (Installation.Setting(connection, "work_date", transaction) == Text(day))
            return false;
        installation.Set(connection, transaction, "work_date", Text(day));
        transaction.Commit();
        return true;
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
