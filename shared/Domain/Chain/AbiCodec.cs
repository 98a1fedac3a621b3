namespace Souk.Domain.Chain;

/// <summary>Arguments to octets and back, as contracts expect them.</summary>
/// <remarks>Source: Solidity ABI specification, "Formal Specification of the Encoding".</remarks>
public static class AbiCodec
{
    /// <summary>Encodes a sequence, as <c>abi.encode</c> does: no selector.</summary>
    /// <exception cref="FormatException">The counts differ, or a value does not fit its type.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, IReadOnlyList<AbiValue> values)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(values);
        return AbiEncoder.Encode(types, values);
    }

    /// <summary>Decodes a sequence.</summary>
    /// <remarks>
    /// Values are strict: no bit may be set that the type does not use, and texts must be UTF-8. Layout is as a
    /// contract would read it: tails may come in any order with gaps between them, but all that is read may not be
    /// more than there is. So time and memory are linear in the octets, whatever lengths and offsets they claim.
    /// </remarks>
    /// <exception cref="FormatException">The octets are no values of these types.</exception>
    public static AbiValue[] Decode(IReadOnlyList<AbiType> types, ReadOnlyMemory<byte> data)
    {
        ArgumentNullException.ThrowIfNull(types);
        return new AbiDecoder(data.Length).ReadSequence(types, data);
    }
}
