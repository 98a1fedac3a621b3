using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>One 32-byte word: a digest, a salt, a topic.</summary>
/// <remarks>Text: <c>0x</c> and 64 hexadecimal digits, written in lower case and read in either.</remarks>
[JsonConverter(typeof(ParsableJsonConverter<Bytes32>))]
public readonly record struct Bytes32 : ISpanParsable<Bytes32>
{
    /// <summary>The number of octets.</summary>
    public const int Length = 32;

    // Four words in place of an array: no allocation, and equality is the compiler's.
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Copies exactly 32 octets.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException("A word has 32 octets.", nameof(bytes));

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>All octets zero.</summary>
    public static Bytes32 Zero => default;

    /// <summary>Whether all octets are zero.</summary>
    public bool IsZero => this == default;

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static Bytes32 Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static Bytes32 Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out Bytes32 value)
            ? value
            : throw new FormatException("The text is not a 32-byte word in 0x-prefixed hex.");

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Bytes32 result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out Bytes32)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Bytes32 result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out Bytes32)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Bytes32 result)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bool isWord = Hex.TryDecode(s, bytes);
        result = isWord ? new Bytes32(bytes) : default;
        return isWord;
    }

    /// <summary>Writes the 32 octets to the start of the destination.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length) throw new ArgumentException("A word has 32 octets.", nameof(destination));

        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <summary>The 32 octets in an array of the caller's own.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Hex.Encode(bytes);
    }
}
