using Mono.Cecil;
using Shouldly;
using Xunit;

namespace Tuopin.Tests.Storage;

/// <summary>
/// The fence: which module may know which. It reads the compiled program, so it sees calls in lambdas and in generic arguments; it cannot see constants
/// and <c>nameof</c>, which the compiler replaces. Seen to fail when the import asked the demo's pack for number prefixes: "Exchange
/// (Tuopin.Exchange.ImportFiles) knows Demo (Tuopin.Demo.DemoPack)".
/// </summary>
public sealed class DirectionsBetweenModules
{
    /// <summary>Each module and those beneath it that it may know.</summary>
    private static readonly Dictionary<string, string[]> May = new()
    {
        ["Platform"] = [],
        ["Registry"] = ["Platform"],
        ["Evidence"] = ["Platform"],
        ["Work"] = ["Platform", "Registry", "Evidence"],
        ["Standards"] = ["Platform", "Registry", "Evidence", "Work"],
        ["Quality"] = ["Platform", "Registry", "Evidence", "Work", "Standards"],
        ["Rounds"] = ["Platform", "Registry", "Standards"],
        ["Figures"] = ["Platform", "Registry", "Evidence", "Work", "Standards", "Quality", "Rounds"],
        ["Reports"] = ["Platform", "Registry", "Evidence", "Work", "Standards", "Rounds", "Figures", "Exchange"],
        ["OpenData"] = ["Platform", "Standards", "Figures", "Exchange"],
        ["Exchange"] = ["Platform", "Registry", "Work", "Standards", "Quality", "Rounds", "Figures"],
        ["Monitoring"] = ["Platform", "Registry", "Work", "Standards", "Exchange"],
        ["Procedures"] = ["Platform", "Registry", "Evidence", "Work", "Standards", "Rounds", "Monitoring"],
        ["Inspection"] = ["Platform", "Registry", "Work", "Exchange"],
        ["Discipline"] = ["Platform", "Registry", "Evidence", "Exchange"],
        ["Editing"] = ["Platform", "Registry", "Evidence", "Work", "Standards", "Quality", "Rounds", "Exchange"],
        ["Matching"] = ["Platform", "Registry", "Work", "Standards", "Quality", "Exchange"],
        ["Demo"] = ["Platform", "Registry", "Work", "Standards", "Quality", "Figures", "Exchange", "Inspection", "Matching"],
    };

    /// <summary>
    /// The exceptions, by the type that has them. The tables of commands and of routes are the host's tables of contents and name every module; the EF model names their
    /// entities; migrations name the model's types.
    /// </summary>
    private static readonly (string Type, string Knows)[] Exceptions =
    [
        ("Tuopin.Platform.Commands.CommandLine", "*"),
        ("Tuopin.Platform.Web.Routes", "*"),
        ("Tuopin.Platform.Database.TuopinDb", "entities"),
    ];

    /// <summary>Reading and merging of sheets still know each other's kinds and days; the parts lie in two modules on purpose, so these types may.</summary>
    private static readonly Dictionary<string, string[]> Shared = new() { ["Tuopin.Registry.Merging"] = ["Tuopin.Exchange.SheetKind"] };

    private static readonly ModuleDefinition Program = ModuleDefinition.ReadModule(typeof(Tuopin.Platform.Installation).Assembly.Location);

    [Fact]
    public void No_module_knows_one_above_it()
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in Program.GetTypes().Where(t => Module(t.FullName) is not null))
        foreach (var known in References(type).Where(r => Module(r) is not null && Module(r) != Module(type.FullName)))
            if (!May[Module(type.FullName)!].Contains(Module(known)!) && !Excepted(type, known))
                broken.Add($"{Module(type.FullName)} ({Outer(type).FullName}) knows {Module(known)} ({known})");
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_rules_library_knows_no_database_and_no_web()
    {
        var rules = ModuleDefinition.ReadModule(typeof(Tuopin.Rules.Model.FactDictionary).Assembly.Location);
        rules
            .AssemblyReferences.Select(r => r.Name)
            .Where(n =>
                new[] { "Tuopin", "EntityFramework", "Npgsql", "Sqlite", "SQLite", "AspNetCore", "Dapper" }.Any(w =>
                    n.Contains(w, StringComparison.OrdinalIgnoreCase)
                )
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_module_stands_in_the_table()
    {
        var modules = Program
            .GetTypes()
            .Select(t => t.Namespace)
            .Where(n => n.StartsWith("Tuopin.", StringComparison.Ordinal))
            .Select(n => n.Split('.')[1])
            .Distinct();
        modules.ShouldBe(May.Keys, ignoreOrder: true);
    }

    private static string? Module(string type) => type.Split('.') is ["Tuopin", var module, _, ..] && May.ContainsKey(module) ? module : null;

    private static TypeDefinition Outer(TypeDefinition type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static bool Excepted(TypeDefinition type, string known)
    {
        var outer = Outer(type);
        return Exceptions.Any(e => e.Type == outer.FullName && (e.Knows == "*" || IsEntity(known)))
            || outer.Namespace.StartsWith("Tuopin.Platform.Database.Migrations", StringComparison.Ordinal)
            || Shared.TryGetValue(outer.Namespace, out var shared) && shared.Contains(known);
    }

    private static readonly HashSet<string> Entities = FindEntities();

    private static HashSet<string> FindEntities()
    {
        using var model = new Tuopin.Platform.Database.DesignTimeSqliteDb().CreateDbContext([]);
        return [.. model.Model.GetEntityTypes().Select(e => e.ClrType.FullName!), "Tuopin.Registry.AreaYear"];
    }

    private static bool IsEntity(string type) => Entities.Contains(type);

    /// <summary>Every type a type names: bases, members, bodies, attributes, generic arguments.</summary>
    private static IEnumerable<string> References(TypeDefinition type)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Add(type.BaseType);
        foreach (var i in type.Interfaces)
            Add(i.InterfaceType);
        foreach (var a in type.CustomAttributes)
            Add(a.AttributeType);
        foreach (var f in type.Fields)
            Add(f.FieldType);
        foreach (var p in type.Properties)
            Add(p.PropertyType);
        foreach (var method in type.Methods)
        {
            Add(method.ReturnType);
            foreach (var p in method.Parameters)
                Add(p.ParameterType);
            if (!method.HasBody)
                continue;
            foreach (var v in method.Body.Variables)
                Add(v.VariableType);
            foreach (var instruction in method.Body.Instructions)
                AddOperand(instruction.Operand);
        }
        return found;

        void AddOperand(object? operand)
        {
            switch (operand)
            {
                case TypeReference t:
                    Add(t);
                    break;
                case MethodReference m:
                    Add(m.DeclaringType);
                    Add(m.ReturnType);
                    foreach (var p in m.Parameters)
                        Add(p.ParameterType);
                    if (m is GenericInstanceMethod g)
                        foreach (var argument in g.GenericArguments)
                            Add(argument);
                    break;
                case FieldReference f:
                    Add(f.DeclaringType);
                    Add(f.FieldType);
                    break;
            }
        }

        void Add(TypeReference? reference)
        {
            switch (reference)
            {
                case null or GenericParameter:
                    return;
                case GenericInstanceType generic:
                    Add(generic.ElementType);
                    foreach (var argument in generic.GenericArguments)
                        Add(argument);
                    return;
                case TypeSpecification specification:
                    Add(specification.ElementType);
                    return;
            }
            while (reference.DeclaringType is { } outer)
                reference = outer;
            found.Add(reference.FullName);
        }
    }
}
