namespace Tuopin.Numbers;

/// <summary>One sentence in Chinese and in English.</summary>
public sealed record Said(string Zh, string En)
{
    public static Said operator +(Said a, Said b) => new(a.Zh + b.Zh, a.En + b.En);
}
