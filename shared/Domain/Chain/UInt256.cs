using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The machine's integer: 0 to 2^256 - 1, and never silently out of it.</summary>
/// <remarks>
/// Text: decimal digits without sign, exponent, white space or leading zeros, at most 78. JSON: that text as a
/// string, for JavaScript's numbers end at 2^53. References: Yellow Paper, section 3 (words);
/// the Ethereum JSON-RPC specification ("quantity").
/// </remarks>
[JsonConverter(typeof(ParsableJsonConverter<UInt256>))]
public readonly record struct UInt256 : ISpanParsable<UInt256>, IComparable<UInt256>
{
    /// <summary>The number of octets of the big-endian form.</summary>
    public const int Length = 32;

    /// <summary>2^256 - 1 has 78 digits; a longer text is refused before any arithmetic.</summary>
    private const int DigitsMax = 78;

    private readonly BigInteger _value;

    /// <summary>Takes the value of an integer in range.</summary>
    /// <exception cref="OverflowException">It is negative or needs more than 256 bits.</exception>
    public UInt256(BigInteger value)
    {
        if (value.Sign < 0 || value.GetBitLength() > 256)
            throw new OverflowException("The integer does not fit into 256 bits without a sign.");
        _value = value;
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(BigInteger.One);

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue { get; } = new((BigInteger.One << 256) - BigInteger.One);

    /// <summary>Whether the value is 0.</summary>
    public bool IsZero => _value.IsZero;

    /// <summary>The same value, wider.</summary>
    public static implicit operator UInt256(ulong value) => new(value);

    /// <summary>The same value, narrower.</summary>
    /// <exception cref="OverflowException">It needs more than 64 bits.</exception>
    public static explicit operator ulong(UInt256 value) => (ulong)value._value;

    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static UInt256 operator +(UInt256 left, UInt256 right) => new(left._value + right._value);

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException">It would be negative.</exception>
    public static UInt256 operator -(UInt256 left, UInt256 right) => new(left._value - right._value);

    /// <summary>The product.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static UInt256 operator *(UInt256 left, UInt256 right) => new(left._value * right._value);

    /// <summary>The quotient, rounded down.</summary>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public static UInt256 operator /(UInt256 left, UInt256 right) => new(left._value / right._value);

    /// <summary>The rest of the division.</summary>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public static UInt256 operator %(UInt256 left, UInt256 right) => new(left._value % right._value);

    /// <summary>Whether the left is smaller.</summary>
    public static bool operator <(UInt256 left, UInt256 right) => left._value < right._value;

    /// <summary>Whether the left is greater.</summary>
    public static bool operator >(UInt256 left, UInt256 right) => left._value > right._value;

    /// <summary>Whether the left is smaller or the same.</summary>
    public static bool operator <=(UInt256 left, UInt256 right) => left._value <= right._value;

    /// <summary>Whether the left is greater or the same.</summary>
    public static bool operator >=(UInt256 left, UInt256 right) => left._value >= right._value;

    /// <summary>Reads decimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else, or too great. It is not repeated.</exception>
    public static UInt256 Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static UInt256 Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out UInt256 value)
            ? value
            : throw new FormatException("The text is not a decimal integer of at most 256 bits.");

    /// <summary>Reads decimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out UInt256 result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out UInt256)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out UInt256 result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out UInt256)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out UInt256 result)
    {
        result = default;
        if (s.Length is 0 or > DigitsMax || s.ContainsAnyExceptInRange('0', '9')) return false;
        if (s.Length > 1 && s[0] == '0') return false;

        BigInteger value = BigInteger.Parse(s, NumberStyles.None, CultureInfo.InvariantCulture);
        if (value.GetBitLength() > 256) return false;
        result = new UInt256(value);
        return true;
    }

    /// <summary>Reads a JSON-RPC quantity: <c>0x</c> and digits without leading zeros, <c>0x0</c> for 0.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static UInt256 ParseHexQuantity(ReadOnlySpan<char> text) =>
        TryParseHexQuantity(text, out UInt256 value)
            ? value
            : throw new FormatException("The text is not a hexadecimal quantity of at most 256 bits.");

    /// <summary>Reads a JSON-RPC quantity; false for anything else.</summary>
    public static bool TryParseHexQuantity(ReadOnlySpan<char> text, out UInt256 value)
    {
        value = default;
        if (text.Length is < 3 or > 66 || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (text.Length > 3 && text[2] == '0') return false;

        Span<char> padded = stackalloc char[66];
        padded.Fill('0');
        padded[1] = 'x';
        text[2..].CopyTo(padded[(66 - (text.Length - 2))..]);
        Span<byte> bytes = stackalloc byte[Length];
        if (!Hex.TryDecode(padded, bytes)) return false;
        value = FromBigEndian(bytes);
        return true;
    }

    /// <summary>Reads at most 32 octets, the most significant first; none is 0.</summary>
    /// <exception cref="ArgumentException">There are more than 32.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Length) throw new ArgumentException("The integer has at most 32 octets.", nameof(bytes));
        return new UInt256(new BigInteger(bytes, isUnsigned: true, isBigEndian: true));
    }

    /// <summary>Fills exactly 32 octets, the most significant first.</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void WriteBigEndian(Span<byte> destination)
    {
        if (destination.Length != Length)
            throw new ArgumentException("The integer has 32 octets.", nameof(destination));

        destination.Clear();
        int count = _value.GetByteCount(isUnsigned: true);
        _value.TryWriteBytes(destination[(Length - count)..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The 32 octets, the most significant first.</summary>
    public Bytes32 ToBytes32()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteBigEndian(bytes);
        return new Bytes32(bytes);
    }

    /// <summary>The value for arithmetic that may leave the range in between.</summary>
    public BigInteger ToBigInteger() => _value;

    /// <summary>The value as a JSON-RPC quantity: <c>0x</c> and lower-case digits without leading zeros.</summary>
    public string ToHexQuantity()
    {
        string digits = ToBytes32().ToString()[2..].TrimStart('0');
        return digits.Length == 0 ? "0x0" : $"0x{digits}";
    }

    /// <inheritdoc/>
    public int CompareTo(UInt256 other) => _value.CompareTo(other._value);

    /// <summary>The decimal digits.</summary>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);
}
