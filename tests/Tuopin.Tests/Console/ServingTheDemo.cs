using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform;
using Tuopin.Platform.Access;
using Tuopin.Platform.Database;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Console;

public sealed class ServingTheDemo(Installations installations)
{
    [Theory, BothEngines]
    public void Users_with_the_password_everybody_knows_are_served_to_this_machine_alone(Engine engine)
    {
        var cli = installations.Copy(engine);
        foreach (
            var open in new[] { "http://0.0.0.0:0", "http://*:0", "http://[::]:0", "http://127.0.0.1:0;http://192.0.2.1:0", "http://example.org:0" }
        )
            cli.Run("serve", "--urls", open).Refused("serve.demo-users", "admin", "village");
        foreach (var here in new[] { "http://127.0.0.1:0", "http://localhost:0", "http://[::1]:0" })
            DemoAccounts.OnlyHere(cli.Open(), [here]);
    }

    [Theory, BothEngines]
    public void When_each_has_another_password_or_is_locked_the_installation_may_be_opened(Engine engine)
    {
        var cli = installations.Copy(engine);
        string[] open = ["http://0.0.0.0:0"];
        foreach (var name in new[] { "province", "city", "county", "housing", "township", "village", "cadre", "auditor", "discipline" })
            cli.Run("users", "lock", name).Done();
        Should.Throw<Refusal>(() => DemoAccounts.OnlyHere(cli.Open(), open)).Details.ShouldBe(["admin"]);
        cli.Run("users", "reset", "admin").Done();
        DemoAccounts.OnlyHere(cli.Open(), open);
        DemoUsers.Password.ShouldBe(DemoAccounts.Password);
    }
}
