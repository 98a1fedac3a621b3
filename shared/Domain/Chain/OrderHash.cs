using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The name of a Seaport order: the EIP-712 struct hash of its components, without a domain.</summary>
/// <remarks>The same order has the same hash on every chain: pair it with a <see cref="ChainId"/>.</remarks>
/// <param name="Value">The 32 octets.</param>
[JsonConverter(typeof(ParsableJsonConverter<OrderHash>))]
public readonly record struct OrderHash(Bytes32 Value) : ISpanParsable<OrderHash>
{
    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static OrderHash Parse(string s, IFormatProvider? provider = null) => new(Bytes32.Parse(s, provider));

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static OrderHash Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(Bytes32.Parse(s, provider));

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out OrderHash result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out OrderHash)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OrderHash result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out OrderHash)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out OrderHash result)
    {
        bool isHash = Bytes32.TryParse(s, provider, out Bytes32 value);
        result = new OrderHash(value);
        return isHash;
    }

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString() => Value.ToString();
}
