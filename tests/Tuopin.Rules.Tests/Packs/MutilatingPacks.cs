using FsCheck;
using FsCheck.Fluent;
using Tuopin.Rules.Packs;

namespace Tuopin.Rules.Tests.Packs;

/// <summary>Whatever is typed into a pack file is answered by findings with a place, never by an exception.</summary>
public sealed class MutilatingPacks : IDisposable
{
    private const string Marks = "{}[]:,-&*#?|>'\"%@`! \n\t\\0a户.(";
    private readonly string folder = Directory.CreateTempSubdirectory("packs").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Never_throws()
    {
        var files = Directory.GetFiles(LoadingBadPacks.Good, "*.yaml", SearchOption.AllDirectories);
        var change =
            from file in Gen.Elements(files)
            from at in Gen.Choose(0, 100_000)
            from cut in Gen.Choose(0, 3)
            from put in Gen.Elements(Marks.ToCharArray()).ArrayOf()
            select (file, at, cut, put);
        Prop.ForAll(change.ToArbitrary(), c => Load(c.file, c.at, c.cut, new string(c.put))).Check(Tuopin.Tests.Shared.Properties.Cases(200));
    }

    private void Load(string file, int at, int cut, string put)
    {
        var text = File.ReadAllText(file);
        at %= text.Length;
        text = text.Remove(at, Math.Min(cut, text.Length - at)).Insert(at, put);
        var broken = Path.Combine(folder, Path.GetRelativePath(LoadingBadPacks.Good, file));
        Directory.CreateDirectory(Path.GetDirectoryName(broken)!);
        File.WriteAllText(broken, text);
        var load = PackLoader.Load(LoadingBadPacks.Good, folder);
        File.Delete(broken);
        load.Findings.ShouldAllBe(f => f.Span.Line > 0 && f.Span.Column > 0 && f.Message.Length > 0);
    }
}
