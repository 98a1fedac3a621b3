using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The name of a transaction: Keccak-256 of its signed encoding.</summary>
/// <remarks>Source: EIP-2718. Known before the first broadcast, for the signed bytes decide it.</remarks>
/// <param name="Value">The 32 octets.</param>
[JsonConverter(typeof(ParsableJsonConverter<TransactionHash>))]
public readonly record struct TransactionHash(Bytes32 Value) : ISpanParsable<TransactionHash>
{
    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static TransactionHash Parse(string s, IFormatProvider? provider = null) => new(Bytes32.Parse(s, provider));

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static TransactionHash Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(Bytes32.Parse(s, provider));

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out TransactionHash result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out TransactionHash)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransactionHash result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out TransactionHash)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TransactionHash result)
    {
        bool isHash = Bytes32.TryParse(s, provider, out Bytes32 value);
        result = new TransactionHash(value);
        return isHash;
    }

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString() => Value.ToString();
}
