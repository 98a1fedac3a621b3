using Souk.Platform.Randomness;

namespace Souk.Harness;

/// <summary>How a function under test is hosted.</summary>
public sealed record FunctionAppOptions
{
    /// <summary>Its clock.</summary>
    /// <value>The default is the machine's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Its randomness.</summary>
    /// <value>The default is the machine's.</value>
    public EntropySource Entropy { get; init; } = EntropySource.System;

    /// <summary>Settings over the world's file, such as <c>Site:Domain</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}
