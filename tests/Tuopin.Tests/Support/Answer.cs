using System.Text.Json;
using Shouldly;

namespace Tuopin.Tests.Support;

/// <summary>What a command said: its exit code, standard output and standard error.</summary>
public sealed record Answer(string Command, int Code, string Output, string Errors)
{
    /// <summary>The one JSON document of a successful command under --json; standard error must be empty.</summary>
    public JsonElement Json
    {
        get
        {
            Done();
            Errors.ShouldBeEmpty(Command);
            return Document;
        }
    }

    /// <summary>The one JSON document on standard output, also of a refusal.</summary>
    public JsonElement Document
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    public Answer Done()
    {
        Code.ShouldBe(0, $"{Command}\n{Errors}\n{Output}");
        return this;
    }

    /// <summary>Refused with the permanent code; whatever else must be said is named too.</summary>
    public Answer Refused(string code, params IEnumerable<string> saying) => Says(1, code, saying);

    /// <summary>Wrong usage that the program and not the parser finds.</summary>
    public Answer Misused(string code, params IEnumerable<string> saying) => Says(2, code, saying);

    private Answer Says(int exit, string code, IEnumerable<string> saying)
    {
        Code.ShouldBe(exit, $"{Command}\n{Errors}\n{Output}");
        Errors.ShouldContain($"[{code}]", customMessage: Command);
        foreach (var text in saying)
            Errors.ShouldContain(text, customMessage: Command);
        if (Command.Split(' ').Contains("--json"))
            Document.GetProperty("code").GetString().ShouldBe(code, Command);
        return this;
    }

    public void WrongUsage()
    {
        Code.ShouldBe(2, $"{Command}\n{Errors}\n{Output}");
        Errors.ShouldNotBeEmpty(Command);
        Output.ShouldBeEmpty(Command);
    }
}
