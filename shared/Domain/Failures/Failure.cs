namespace Souk.Domain.Failures;

/// <summary>A refusal: a code, a sentence for the caller, and at most one sentence for our own log.</summary>
/// <param name="Code">Which refusal it is.</param>
/// <param name="Detail">What the caller reads; names the field or fact, never a secret or another user's data.</param>
/// <param name="Internal">What only the log reads; null when the detail says it all.</param>
public sealed record Failure(FailureCode Code, string Detail, string? Internal = null)
{
    /// <summary>The request field at fault as a JSON path, such as <c>$.priceWei</c>; null when none is.</summary>
    public string? Field { get; init; }

    /// <summary>How long the caller should wait before trying again; null when waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Carries a <see cref="Failure"/> through effectful code to the edge, which maps it to a problem.</summary>
public sealed class FailureException : Exception
{
    /// <summary>Carries <paramref name="failure"/>, with the fault behind it where there is one.</summary>
    public FailureException(Failure failure, Exception? inner = null)
        : base(failure?.Internal ?? failure?.Detail, inner)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>Carries a failure made of its code and sentence.</summary>
    public FailureException(FailureCode code, string detail)
        : this(new Failure(code, detail))
    {
    }

    /// <summary>What the caller is refused with.</summary>
    public Failure Failure { get; }
}
