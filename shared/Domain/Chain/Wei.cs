using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>An amount of a chain's native currency, or of an ERC-20 in its smallest unit; an integer always.</summary>
/// <remarks>Text and JSON: decimal digits in a string. Sums and differences out of range throw, never wrap.</remarks>
/// <param name="Value">The amount; 10^18 wei are one ether.</param>
[JsonConverter(typeof(ParsableJsonConverter<Wei>))]
public readonly record struct Wei(UInt256 Value) : ISpanParsable<Wei>, IComparable<Wei>
{
    /// <summary>The whole, in basis points.</summary>
    public const int WholeBps = 10_000;

    /// <summary>Nothing.</summary>
    public static Wei Zero => default;

    /// <summary>Whether the amount is nothing.</summary>
    public bool IsZero => Value.IsZero;

    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">It does not fit into 256 bits.</exception>
    public static Wei operator +(Wei left, Wei right) => new(left.Value + right.Value);

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException">It would be negative.</exception>
    public static Wei operator -(Wei left, Wei right) => new(left.Value - right.Value);

    /// <summary>Whether the left is less.</summary>
    public static bool operator <(Wei left, Wei right) => left.Value < right.Value;

    /// <summary>Whether the left is more.</summary>
    public static bool operator >(Wei left, Wei right) => left.Value > right.Value;

    /// <summary>Whether the left is less or the same.</summary>
    public static bool operator <=(Wei left, Wei right) => left.Value <= right.Value;

    /// <summary>Whether the left is more or the same.</summary>
    public static bool operator >=(Wei left, Wei right) => left.Value >= right.Value;

    /// <summary>That many wei.</summary>
    public static Wei FromUlong(ulong wei) => new(wei);

    /// <summary>All of them together; nothing for none.</summary>
    /// <exception cref="OverflowException">The sum does not fit into 256 bits.</exception>
    public static Wei Sum(IEnumerable<Wei> amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        return amounts.Aggregate(Zero, static (sum, amount) => sum + amount);
    }

    /// <summary>Reads decimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else, or too great. It is not repeated.</exception>
    public static Wei Parse(string s, IFormatProvider? provider = null) => new(UInt256.Parse(s, provider));

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static Wei Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(UInt256.Parse(s, provider));

    /// <summary>Reads decimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Wei result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out Wei)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Wei result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out Wei)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Wei result)
    {
        bool isNumber = UInt256.TryParse(s, provider, out UInt256 value);
        result = new Wei(value);
        return isNumber;
    }

    /// <summary>The share of this amount, rounded down to the wei: <c>floor(value * bps / 10000)</c>.</summary>
    /// <remarks>Cannot overflow for the product is taken wider than 256 bits. Never more than the whole.</remarks>
    /// <param name="bps">The share in basis points, 0 to 10000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is negative or more than the whole.</exception>
    public Wei ShareOf(int bps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bps, WholeBps);
        return new Wei(new UInt256(Value.ToBigInteger() * bps / WholeBps));
    }

    /// <inheritdoc/>
    public int CompareTo(Wei other) => Value.CompareTo(other.Value);

    /// <summary>The decimal digits.</summary>
    public override string ToString() => Value.ToString();
}
