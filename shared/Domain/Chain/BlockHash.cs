using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The name of one block of one fork: Keccak-256 of its header.</summary>
/// <remarks>Two blocks of the same number differ in it; a reorganization is seen by comparing parents.</remarks>
/// <param name="Value">The 32 octets.</param>
[JsonConverter(typeof(ParsableJsonConverter<BlockHash>))]
public readonly record struct BlockHash(Bytes32 Value) : ISpanParsable<BlockHash>
{
    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static BlockHash Parse(string s, IFormatProvider? provider = null) => new(Bytes32.Parse(s, provider));

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static BlockHash Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(Bytes32.Parse(s, provider));

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out BlockHash result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out BlockHash)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out BlockHash result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out BlockHash)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out BlockHash result)
    {
        bool isHash = Bytes32.TryParse(s, provider, out Bytes32 value);
        result = new BlockHash(value);
        return isHash;
    }

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString() => Value.ToString();
}
