using System.Numerics;

namespace Souk.Domain.Chain;

/// <summary>One value in one 32-byte word: shared by call data and typed data, which pad alike.</summary>
/// <remarks>
/// Source: Solidity ABI specification, "Formal Specification of the Encoding"; EIP-712, "Definition of encodeData".
/// Numbers are padded on the left, octets on the right.
/// </remarks>
internal static class AbiWord
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    /// <summary>Fills the word.</summary>
    /// <exception cref="FormatException">The type does not hold the value.</exception>
    internal static void Write(AbiType type, AbiValue value, Span<byte> word)
    {
        word.Clear();
        switch (type, value)
        {
            case (AbiType.Uint { Bits: int bits }, AbiValue.Uint { Value: UInt256 number }):
                if (number.ToBigInteger().GetBitLength() > bits) throw Misfit();
                number.WriteBigEndian(word);
                break;
            case (AbiType.Int { Bits: int bits }, AbiValue.Int { Value: BigInteger number }):
                if (!IsInRange(number, bits)) throw Misfit();
                new UInt256(number.Sign < 0 ? number + Modulus : number).WriteBigEndian(word);
                break;
            case (AbiType.Addr, AbiValue.Addr { Value: Address address }):
                address.CopyTo(word[(AbiType.WordSize - Address.Length)..]);
                break;
            case (AbiType.Bool, AbiValue.Bool { Value: bool truth }):
                word[^1] = (byte)(truth ? 1 : 0);
                break;
            case (AbiType.FixedBytes { Length: int length }, AbiValue.FixedBytes { Value: ReadOnlyMemory<byte> bytes }):
                if (bytes.Length != length) throw Misfit();
                bytes.Span.CopyTo(word);
                break;
            default:
                throw Misfit();
        }
    }

    /// <summary>Reads the word; every bit that the type does not use must be as padding leaves it.</summary>
    /// <exception cref="FormatException">The word is no value of the type.</exception>
    internal static AbiValue Read(AbiType type, ReadOnlySpan<byte> word)
    {
        switch (type)
        {
            case AbiType.Uint { Bits: int bits }:
                var number = UInt256.FromBigEndian(word);
                return number.ToBigInteger().GetBitLength() <= bits ? new AbiValue.Uint(number) : throw Misfit();
            case AbiType.Int { Bits: int bits }:
                var signed = new BigInteger(word, isUnsigned: false, isBigEndian: true);
                return IsInRange(signed, bits) ? new AbiValue.Int(signed) : throw Misfit();
            case AbiType.Addr:
                if (word[..^Address.Length].ContainsAnyExcept((byte)0)) throw Misfit();
                return new AbiValue.Addr(new Address(word[^Address.Length..]));
            case AbiType.Bool:
                if (word[..^1].ContainsAnyExcept((byte)0) || word[^1] > 1) throw Misfit();
                return new AbiValue.Bool(word[^1] == 1);
            case AbiType.FixedBytes { Length: int length }:
                if (word[length..].ContainsAnyExcept((byte)0)) throw Misfit();
                return new AbiValue.FixedBytes(word[..length].ToArray());
            default:
                throw Misfit();
        }
    }

    internal static bool IsInRange(BigInteger number, int bits)
    {
        BigInteger bound = BigInteger.One << (bits - 1);
        return number >= -bound && number < bound;
    }

    internal static FormatException Misfit() => new("The value does not fit its ABI type.");
}
