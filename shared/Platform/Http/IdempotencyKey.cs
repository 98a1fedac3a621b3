using System.Diagnostics.CodeAnalysis;

namespace Souk.Platform.Http;

/// <summary>The caller's <c>Idempotency-Key</c>: made and stored by the client before it sends.</summary>
/// <remarks>1 to 128 visible ASCII characters (the header of draft-ietf-httpapi-idempotency-key-header).</remarks>
public readonly record struct IdempotencyKey : IParsable<IdempotencyKey>
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Idempotency-Key";

    private const int LengthMax = 128;
    private readonly string? _value;

    private IdempotencyKey(string value) => _value = value;

    /// <inheritdoc/>
    public static IdempotencyKey Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out IdempotencyKey key)
            ? key
            : throw new FormatException("An idempotency key is 1 to 128 visible ASCII characters.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out IdempotencyKey result)
    {
        bool isValid = s is { Length: > 0 and <= LengthMax } && s.All(c => c is > ' ' and <= '~');
        result = isValid ? new IdempotencyKey(s!) : default;
        return isValid;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
