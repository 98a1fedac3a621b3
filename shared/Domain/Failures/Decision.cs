using System.Diagnostics.CodeAnalysis;

namespace Souk.Domain.Failures;

/// <summary>What a pure rule answers: a value, or the failure that stands in its way.</summary>
/// <typeparam name="T">The value's type.</typeparam>
[SuppressMessage("Usage", "CA2225", Justification = "OrThrow and the two constructors are the named forms.")]
public readonly record struct Decision<T>
    where T : notnull
{
    private readonly T? _value;

    private Decision(T? value, Failure? failure) => (_value, Failure) = (value, failure);

    /// <summary>The failure; null when there is a value.</summary>
    public Failure? Failure { get; }

    /// <summary>A decision for <paramref name="value"/>.</summary>
    public static implicit operator Decision<T>(T value) => new(value, null);

    /// <summary>A decision against, for the reason given.</summary>
    public static implicit operator Decision<T>(Failure failure) => new(default, failure);

    /// <summary>The value.</summary>
    /// <exception cref="FailureException">The decision was against.</exception>
    public T OrThrow() => Failure is null && _value is not null
        ? _value
        : throw new FailureException(Failure ?? new Failure(FailureCode.Internal, "No decision was made."));
}
