using System.Buffers.Binary;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>One value in the contract ABI's encoding: its octets, and whether they go to the tail.</summary>
internal readonly record struct AbiPart(byte[] Bytes, bool IsDynamic)
{
    public static implicit operator AbiPart(UInt256 value) => Static(words => Words.Put(words, 0, value));

    public static implicit operator AbiPart(ulong value) => Static(words => Words.Put(words, 0, value));

    public static implicit operator AbiPart(Address value) => Static(words => Words.Put(words, 0, value));

    public static implicit operator AbiPart(Bytes32 value) => new(value.ToArray(), false);

    public static implicit operator AbiPart(bool value) => value ? 1UL : 0UL;

    /// <summary><c>bytes</c>: the length, then the octets padded to whole words.</summary>
    internal static AbiPart Octets(ReadOnlySpan<byte> bytes)
    {
        int padded = (bytes.Length + Words.Length - 1) / Words.Length * Words.Length;
        byte[] encoded = new byte[Words.Length + padded];
        Words.Put(encoded, 0, (ulong)bytes.Length);
        bytes.CopyTo(encoded.AsSpan(Words.Length));
        return new AbiPart(encoded, true);
    }

    /// <summary>A tuple, or a function's arguments: heads in order, then the tails the heads point to.</summary>
    internal static AbiPart Tuple(params ReadOnlySpan<AbiPart> parts)
    {
        int headLength = 0;
        int tailLength = 0;
        bool isDynamic = false;
        foreach (AbiPart part in parts)
        {
            headLength += part.IsDynamic ? Words.Length : part.Bytes.Length;
            tailLength += part.IsDynamic ? part.Bytes.Length : 0;
            isDynamic |= part.IsDynamic;
        }

        byte[] encoded = new byte[headLength + tailLength];
        int head = 0;
        int tail = headLength;
        foreach (AbiPart part in parts)
        {
            if (part.IsDynamic)
            {
                Words.Put(encoded.AsSpan(head), 0, (ulong)tail);
                part.Bytes.CopyTo(encoded, tail);
                head += Words.Length;
                tail += part.Bytes.Length;
            }
            else
            {
                part.Bytes.CopyTo(encoded, head);
                head += part.Bytes.Length;
            }
        }

        return new AbiPart(encoded, isDynamic);
    }

    /// <summary>A dynamic array: the number of elements, then the elements as a tuple.</summary>
    internal static AbiPart Array(params ReadOnlySpan<AbiPart> elements)
    {
        byte[] tuple = Tuple(elements).Bytes;
        byte[] encoded = new byte[Words.Length + tuple.Length];
        Words.Put(encoded, 0, (ulong)elements.Length);
        tuple.CopyTo(encoded, Words.Length);
        return new AbiPart(encoded, true);
    }

    /// <summary>Call data: the selector, then the arguments.</summary>
    internal static byte[] Call(uint selector, params ReadOnlySpan<AbiPart> arguments)
    {
        byte[] tuple = Tuple(arguments).Bytes;
        byte[] data = new byte[4 + tuple.Length];
        BinaryPrimitives.WriteUInt32BigEndian(data, selector);
        tuple.CopyTo(data, 4);
        return data;
    }

    private static AbiPart Static(Action<byte[]> put)
    {
        byte[] word = new byte[Words.Length];
        put(word);
        return new AbiPart(word, false);
    }
}
