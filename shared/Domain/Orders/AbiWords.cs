using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>
/// Reads values from the contract ABI's encoding; whatever a hostile contract logged, it never throws.
/// </summary>
/// <remarks>Positions count in words from the start of the encoding it was made for.</remarks>
internal readonly ref struct AbiWords(ReadOnlySpan<byte> bytes)
{
    /// <summary>
    /// No log or answer read here has arrays longer than this; more is refused before any allocation.
    /// </summary>
    internal const int ElementsMax = 4096;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    internal int Count => _bytes.Length / Words.Length;

    internal bool TryWord(int index, out Bytes32 word)
    {
        bool exists = index >= 0 && index < Count;
        word = exists ? new Bytes32(_bytes.Slice(index * Words.Length, Words.Length)) : default;
        return exists;
    }

    internal bool TryNumber(int index, out UInt256 number)
    {
        bool exists = index >= 0 && index < Count;
        number = exists ? UInt256.FromBigEndian(_bytes.Slice(index * Words.Length, Words.Length)) : default;
        return exists;
    }

    internal bool TryAddress(int index, out Address address)
    {
        address = default;
        if (!TryWord(index, out Bytes32 word)) return false;
        return TryAddress(word, out address);
    }

    internal static bool TryAddress(Bytes32 word, out Address address)
    {
        Span<byte> octets = stackalloc byte[Bytes32.Length];
        word.CopyTo(octets);
        address = new Address(octets[12..]);
        return !octets[..12].ContainsAnyExcept((byte)0);
    }

    internal bool TryBool(int index, out bool value)
    {
        value = false;
        if (!TrySmall(index, 1, out int number)) return false;
        value = number == 1;
        return true;
    }

    internal bool TrySmall(int index, int max, out int number)
    {
        number = 0;
        if (!TryNumber(index, out UInt256 wide) || wide > (UInt256)(ulong)max) return false;
        number = (int)(ulong)wide;
        return true;
    }

    /// <summary>Follows the offset in a head to the words it points at.</summary>
    internal bool TryTail(int headIndex, out AbiWords tail)
    {
        tail = default;
        if (!TrySmall(headIndex, _bytes.Length, out int offset) || offset % Words.Length != 0) return false;
        tail = new AbiWords(_bytes[offset..]);
        return true;
    }

    /// <summary>Follows the offset in a head to an array: its length, and the words after the length.</summary>
    internal bool TryArray(int headIndex, int wordsPerElement, out AbiWords elements, out int count)
    {
        elements = default;
        count = 0;
        if (!TryTail(headIndex, out AbiWords tail) || !tail.TrySmall(0, ElementsMax, out count)) return false;

        elements = new AbiWords(tail._bytes[Words.Length..]);
        return elements.Count >= count * wordsPerElement;
    }
}
