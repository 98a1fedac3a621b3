using System.Buffers.Binary;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>Writes and reads 32-byte words as the contract ABI and EIP-712 lay them out.</summary>
/// <remarks>References: Solidity contract ABI specification, "Formal Specification of the Encoding".</remarks>
internal static class Words
{
    internal const int Length = 32;

    internal static void Put(Span<byte> words, int index, Bytes32 value) => value.CopyTo(At(words, index));

    internal static void Put(Span<byte> words, int index, UInt256 value) => value.WriteBigEndian(At(words, index));

    internal static void Put(Span<byte> words, int index, Address value)
    {
        Span<byte> word = At(words, index);
        word.Clear();
        value.CopyTo(word[12..]);
    }

    internal static void Put(Span<byte> words, int index, ulong value)
    {
        Span<byte> word = At(words, index);
        word.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(word[24..], value);
    }

    private static Span<byte> At(Span<byte> words, int index) => words.Slice(index * Length, Length);
}
