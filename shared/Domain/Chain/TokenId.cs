using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The number of a token within its contract (ERC-721, ERC-1155).</summary>
/// <remarks>Text and JSON: decimal digits in a string. See <see cref="TokenReference"/> for a whole name.</remarks>
/// <param name="Value">Any 256-bit number, 0 included.</param>
[JsonConverter(typeof(ParsableJsonConverter<TokenId>))]
public readonly record struct TokenId(UInt256 Value) : ISpanParsable<TokenId>, IComparable<TokenId>
{
    /// <summary>Whether the left comes first.</summary>
    public static bool operator <(TokenId left, TokenId right) => left.Value < right.Value;

    /// <summary>Whether the left comes last.</summary>
    public static bool operator >(TokenId left, TokenId right) => left.Value > right.Value;

    /// <summary>Whether the left comes first or is the same.</summary>
    public static bool operator <=(TokenId left, TokenId right) => left.Value <= right.Value;

    /// <summary>Whether the left comes last or is the same.</summary>
    public static bool operator >=(TokenId left, TokenId right) => left.Value >= right.Value;

    /// <summary>Reads decimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else, or too great. It is not repeated.</exception>
    public static TokenId Parse(string s, IFormatProvider? provider = null) => new(UInt256.Parse(s, provider));

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static TokenId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(UInt256.Parse(s, provider));

    /// <summary>Reads decimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out TokenId result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out TokenId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TokenId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out TokenId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TokenId result)
    {
        bool isNumber = UInt256.TryParse(s, provider, out UInt256 value);
        result = new TokenId(value);
        return isNumber;
    }

    /// <inheritdoc/>
    public int CompareTo(TokenId other) => Value.CompareTo(other.Value);

    /// <summary>The decimal digits.</summary>
    public override string ToString() => Value.ToString();
}
