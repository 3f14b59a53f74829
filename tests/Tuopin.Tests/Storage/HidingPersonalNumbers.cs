using System.Data.Common;
using System.Text;
using Dapper;
using Shouldly;
using Tuopin.Demo;
using Tuopin.Platform.Database;
using Tuopin.Platform.Security;
using Tuopin.Tests.Support;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>ID and telephone numbers are nowhere to be read without the key file.</summary>
public sealed class HidingPersonalNumbers(Installations installations)
{
    private const string Shelf = "tuopin.db";

    private static (HashSet<string> Ids, HashSet<string> Phones) Numbers()
    {
        var county = Installations.County(DemoSize.Village);
        var (ids, phones) = (new HashSet<string>(), new HashSet<string>());
        foreach (ref readonly var person in county.Persons)
        {
            var township = county.VillageOf(county.Households[person.Household]).Area.TownshipOrdinal;
            ids.Add(Naming.Id(Naming.Prefix(township), person)[..17]);
            if (Naming.Phone(person.Phone) is { Length: > 0 } phone)
                phones.Add(phone);
        }
        return (ids, phones);
    }

    [Fact]
    public void They_are_in_the_files_that_were_imported()
    {
        // What the other tests look for is what was really loaded.
        var cli = installations.Shared(Engine.Sqlite);
        using var copy = installations.Copy(Engine.Sqlite);
        var text = File.ReadAllBytes(Path.Combine(copy.Folder, "demo-files", "persons.csv"));
        Found(text, Numbers().Ids, 17).ShouldBeGreaterThan(900);
        Found(text, Numbers().Phones, 11).ShouldBeGreaterThan(100);
        cli.Tables.Number("SELECT count(*) FROM persons WHERE id_cipher IS NOT NULL").ShouldBeGreaterThan(900);
    }

    [Fact]
    public void They_are_not_in_the_bytes_of_the_SQLite_file()
    {
        using var cli = installations.Copy(Engine.Sqlite);
        cli.Judge().Done();
        cli.Rest();
        foreach (var file in Directory.EnumerateFiles(cli.Folder).Where(f => Path.GetFileName(f).StartsWith(Shelf, StringComparison.Ordinal)))
        {
            var bytes = File.ReadAllBytes(file);
            Found(bytes, Numbers().Ids, 17).ShouldBe(0, file);
            Found(bytes, Numbers().Phones, 11).ShouldBe(0, file);
        }
    }

    /// <summary>Two programs started at once over a new folder: one file, read whole by both.</summary>
    [Fact]
    public void A_key_file_made_by_many_at_once_is_one()
    {
        var folder = Directory.CreateTempSubdirectory("tuopin-keys-").FullName;
        for (var round = 0; round < 20; round++)
        {
            var (path, made) = (Path.Combine(folder, $"keys-{round}.json"), 0);
            var rings = new KeyRing[8];
            Parallel.For(0, rings.Length, i => rings[i] = KeyRing.Open(path, _ => Interlocked.Increment(ref made)));
            rings.Select(r => r.Fingerprint).Distinct().ShouldHaveSingleItem();
            made.ShouldBe(1);
        }
        Directory.GetFiles(folder, "*.json").Length.ShouldBe(20);
        Directory.Delete(folder, recursive: true);
    }

    [Theory, BothEngines]
    public void They_are_in_no_column_of_any_table(Engine engine)
    {
        var cli = installations.Shared(engine);
        var (ids, phones) = Numbers();
        using var connection = cli.Open().Store.Open();
        foreach (var table in cli.Tables.Names())
        {
            var bytes = Contents(connection, table);
            Found(bytes, ids, 17).ShouldBe(0, table);
            Found(bytes, phones, 11).ShouldBe(0, table);
        }
    }

    private static byte[] Contents(DbConnection connection, string table)
    {
        using var content = new MemoryStream();
        using var reader = connection.ExecuteReader($"SELECT * FROM {table}");
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++)
            {
                content.Write(reader.GetValue(i) is byte[] raw ? raw : Encoding.UTF8.GetBytes(Convert.ToString(reader.GetValue(i)) ?? ""));
                content.WriteByte(0);
            }
        return content.ToArray();
    }

    private static int Found(ReadOnlySpan<byte> bytes, HashSet<string> numbers, int length)
    {
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> window = stackalloc char[length];
        var (run, found) = (0, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            run = bytes[i] is >= (byte)'0' and <= (byte)'9' ? run + 1 : 0;
            if (run < length)
                continue;
            for (var k = 0; k < length; k++)
                window[k] = (char)bytes[i - length + 1 + k];
            if (lookup.Contains(window))
                found++;
        }
        return found;
    }

    [Theory, BothEngines]
    public void They_are_not_in_what_commands_print(Engine engine)
    {
        var cli = installations.Shared(engine);
        var household = cli.Tables.Text("SELECT min(national_no) FROM households")!;
        foreach (var answer in new[] { cli.Gaps("--names"), cli.Explain(household, "--steps"), cli.Run("explain", household, "--steps") })
        {
            Found(Encoding.UTF8.GetBytes(answer.Done().Output), Numbers().Ids, 17).ShouldBe(0);
            Found(Encoding.UTF8.GetBytes(answer.Output), Numbers().Phones, 11).ShouldBe(0);
        }
    }

    [Theory, BothEngines]
    public void The_key_file_opens_them_again(Engine engine)
    {
        var cli = installations.Shared(engine);
        using var numbers = new PersonalNumbers(cli.Open().Keys);
        var (ids, _) = Numbers();
        foreach (var cipher in cli.Tables.Query<byte[]>("SELECT id_cipher FROM persons WHERE id_cipher IS NOT NULL ORDER BY id LIMIT 50"))
            ids.ShouldContain(numbers.Decrypt(cipher)[..17]);
        cli.Tables.Number("SELECT count(DISTINCT id_cipher) - count(id_cipher) FROM persons").ShouldBe(0);
    }

    [Theory, BothEngines]
    public void The_key_file_is_for_its_owner_alone(Engine engine)
    {
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(installations.Shared(engine).Folder, "keys.json"))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory, BothEngines]
    public void Another_key_file_is_refused_and_changes_nothing(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var before = cli.Tables.Dump(cli.Tables.Names());
        var other = Path.Combine(cli.Folder, "other.json");
        KeyRing.Open(other, _ => { });
        var persons = Path.Combine(cli.Folder, "demo-files", "persons.csv");
        cli.Import(persons, "--keys", other).Refused("keys.wrong", "other.json");
        cli.Tables.Dump(cli.Tables.Names()).ShouldEqual(before);
    }

    [Theory, BothEngines]
    public void A_file_that_is_no_key_file_is_refused(Engine engine)
    {
        using var cli = installations.Copy(engine);
        var persons = Path.Combine(cli.Folder, "demo-files", "persons.csv");
        foreach (
            var (name, text) in new[]
            {
                ("empty.json", ""),
                ("list.json", "[]"),
                ("short.json", """{"Current":1,"Keys":{"1":"AAAA"},"Index":"AAAA"}"""),
                ("text.json", "secret"),
            }
        )
        {
            var file = Path.Combine(cli.Folder, name);
            File.WriteAllText(file, text);
            cli.Import(persons, "--keys", file).Refused("keys.unreadable", name);
            File.ReadAllText(file).ShouldBe(text);
        }
    }

    [Fact]
    public void A_new_key_file_is_made_with_a_warning_to_move_it()
    {
        using var cli = TuopinCli.Nowhere(Engine.Sqlite);
        using var files = new Exchange.Files();
        var file = files.Text("persons.csv", Exchange.Persons.Csv([Commands.MakingTheDemo.RealVillage(0)]));
        var answer = cli.Run("import", file, "--data-date", "2020-06-12").Done();
        answer.Errors.ShouldContain("keys.json");
        answer.Errors.ShouldContain("move it");
    }
}
