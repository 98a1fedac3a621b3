using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>The first four octets of call data: which function of the contract is meant.</summary>
/// <remarks>Source: Solidity ABI specification, "Function Selector". Text: <c>0x</c> and 8 digits.</remarks>
/// <param name="Value">The four octets, the first most significant.</param>
[JsonConverter(typeof(ParsableJsonConverter<Selector>))]
public readonly record struct Selector(uint Value) : ISpanParsable<Selector>
{
    /// <summary>The number of octets.</summary>
    public const int Length = 4;

    /// <summary>The selector of a signature such as <c>mint(address,uint256)</c>.</summary>
    public static Selector OfSignature(string signature) => Of(Keccak256.HashText(signature).ToArray());

    /// <summary>The selector that call data, or a revert's answer, begins with.</summary>
    /// <exception cref="ArgumentException">There are fewer than four octets.</exception>
    public static Selector Of(ReadOnlySpan<byte> calldata)
    {
        if (calldata.Length < Length) throw new ArgumentException("A selector has 4 octets.", nameof(calldata));
        return new Selector(BinaryPrimitives.ReadUInt32BigEndian(calldata));
    }

    /// <summary>Reads <c>0x</c> and 8 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is anything else. The message does not repeat it.</exception>
    public static Selector Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static Selector Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out Selector value) ? value : throw new FormatException("The text is no selector.");

    /// <summary>Reads <c>0x</c> and 8 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out Selector result) =>
        TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(string?, out Selector)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Selector result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, out Selector)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Selector result)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bool isSelector = Hex.TryDecode(s, bytes);
        result = isSelector ? Of(bytes) : default;
        return isSelector;
    }

    /// <summary>The four octets in an array of the caller's own.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);
        return bytes;
    }

    /// <summary><c>0x</c> and 8 lower-case digits.</summary>
    public override string ToString() => Hex.Encode(ToArray());
}
