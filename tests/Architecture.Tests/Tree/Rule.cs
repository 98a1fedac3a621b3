namespace Souk.Architecture.Tests.Tree;

/// <summary>A rule of the house: what broke it, and what to do instead.</summary>
internal static class Rule
{
    /// <summary>Fails with every breach and the advice, so that one run shows all there is to mend.</summary>
    public static void Holds(IEnumerable<string> breaches, string advice)
    {
        string[] found = [.. breaches];
        if (found.Length > 0)
            Assert.Fail($"{advice}\n  {string.Join("\n  ", found)}");
    }
}
