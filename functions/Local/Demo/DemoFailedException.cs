namespace Souk.Local.Demo;

/// <summary>A claim of the story does not hold.</summary>
public sealed class DemoFailedException(string claim) : Exception(claim)
{
    /// <summary>Fails unless the claim holds.</summary>
    public static void Unless(bool holds, string claim)
    {
        if (!holds)
            throw new DemoFailedException(claim);
    }

    /// <summary>Fails unless the two are equal.</summary>
    public static void UnlessEqual<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new DemoFailedException($"{what}: expected {expected}, found {actual}.");
    }
}
