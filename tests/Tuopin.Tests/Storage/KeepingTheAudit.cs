using Shouldly;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

public sealed class KeepingTheAudit(Installations installations)
{
    [Theory, BothEngines]
    public void The_chain_of_a_demo_holds(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Run("audit", "verify", "--json").Json.GetProperty("holds").GetBoolean().ShouldBeTrue();
        cli.Tables.Number("SELECT count(*) FROM audit_entries WHERE action = 'registry.import'")
            .ShouldBe(cli.Tables.Number("SELECT count(*) FROM import_batches"));
        cli.Tables.Query<string>("SELECT DISTINCT actor FROM audit_entries").ShouldBe([Environment.UserName]);
    }

    [Theory, BothEngines]
    public void A_changed_entry_breaks_it(Engine engine) =>
        ShouldBreak(engine, "UPDATE audit_entries SET detail = detail || ' ' WHERE id = 5", "entry 5");

    [Theory, BothEngines]
    public void An_entry_dated_back_breaks_it(Engine engine) =>
        ShouldBreak(engine, "UPDATE audit_entries SET at = '2001-01-01T00:00:00.000Z' WHERE id = 7", "entry 7");

    [Theory, BothEngines]
    public void An_entry_taken_out_of_the_middle_breaks_it(Engine engine) => ShouldBreak(engine, "DELETE FROM audit_entries WHERE id = 6", "entry 6");

    [Theory, BothEngines]
    public void An_entry_taken_out_with_the_numbers_closed_up_breaks_it(Engine engine) =>
        ShouldBreak(
            engine,
            "DELETE FROM audit_entries WHERE id = 6; UPDATE audit_entries SET id = -id WHERE id > 6; UPDATE audit_entries SET id = -id - 1 WHERE id < 0",
            "entry 6"
        );

    private void ShouldBreak(Engine engine, string forgery, string named)
    {
        using var cli = installations.Copy(engine);
        cli.Run("audit", "verify").Done();
        cli.Tables.Execute(forgery);
        cli.Run("audit", "verify").Refused("audit.broken", named);
    }

    [Theory, BothEngines]
    public void A_chain_written_anew_holds_but_not_to_a_head_that_was_kept_elsewhere(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var kept = cli.Run("audit", "verify", "--json").Json.GetProperty("head").GetString()!;
        cli.Judge("--area", "530326").Done();
        cli.Run("audit", "verify", "--head", kept, "--json").Json.GetProperty("head").GetString().ShouldNotBe(kept);
        cli.Run("audit", "verify", "--head", $"0:{new string('0', 64)}").Done();
        cli.Run("audit", "verify", "--head", "yesterday").Code.ShouldBe(2);
        // Whoever owns the database takes out its latest half and goes on.
        cli.Tables.Execute("DELETE FROM audit_entries WHERE id > (SELECT max(id) / 2 FROM audit_entries)");
        for (var i = 0; i < 20; i++)
            cli.Run("workdate", "2020-06-12").Done();
        cli.Run("audit", "verify").Done();
        cli.Run("audit", "verify", "--head", kept).Refused("audit.rewritten");
    }

    [Theory, BothEngines]
    public void A_judgement_is_entered_with_the_law_it_used(Engine engine)
    {
        using var cli = installations.Copy(engine);
        cli.Judge("--area", "530326").Done();
        var entry = cli.Tables.Text("SELECT detail FROM audit_entries ORDER BY id DESC LIMIT 1");
        entry.ShouldBe($"530326000000 2020-06-12 packs {cli.Open().Packs.Hash}");
    }
}
