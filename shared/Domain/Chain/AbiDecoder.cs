using System.Buffers.Binary;

namespace Souk.Domain.Chain;

/// <summary>Reads hostile octets: every step is paid from a budget of as many octets as there are.</summary>
/// <remarks>
/// Without the budget, a few offsets that point at each other would let a short text claim an array of arrays of
/// arrays of unlimited size. An honest encoding reads each octet once, so it never runs out.
/// </remarks>
internal sealed class AbiDecoder(int octets)
{
    private long _budget = octets;

    internal AbiValue[] ReadSequence(IReadOnlyList<AbiType> types, ReadOnlyMemory<byte> frame)
    {
        long headSize = types.Sum(static it => (long)it.HeadSize);
        if (headSize > frame.Length) throw Bad();

        var values = new AbiValue[types.Count];
        int at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            AbiType type = types[i];
            ReadOnlyMemory<byte> head = frame.Slice(at, type.HeadSize);
            values[i] = type.IsDynamic ? ReadTail(type, Follow(head, frame, headSize)) : ReadStatic(type, head);
            at += type.HeadSize;
        }

        return values;
    }

    private ReadOnlyMemory<byte> Follow(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> frame, long headSize)
    {
        int offset = ReadNumber(head.Span, frame.Length);
        return offset >= headSize ? frame[offset..] : throw Bad();
    }

    private AbiValue ReadStatic(AbiType type, ReadOnlyMemory<byte> head)
    {
        switch (type)
        {
            case AbiType.Tuple tuple:
                return new AbiValue.Tuple(ReadSequence(tuple.Components, head));
            case AbiType.FixedArray array:
                return new AbiValue.List(ReadElements(array.Element, array.Count, head));
            default:
                Pay(AbiType.WordSize);
                return AbiWord.Read(type, head.Span);
        }
    }

    private AbiValue ReadTail(AbiType type, ReadOnlyMemory<byte> frame)
    {
        switch (type)
        {
            case AbiType.Tuple tuple:
                return new AbiValue.Tuple(ReadSequence(tuple.Components, frame));
            case AbiType.FixedArray array:
                return new AbiValue.List(ReadElements(array.Element, array.Count, frame));
            case AbiType.Array array:
                int count = ReadNumber(frame.Span, frame.Length);
                return new AbiValue.List(ReadElements(array.Element, count, frame[AbiType.WordSize..]));
            case AbiType.Bytes:
                return new AbiValue.Bytes(ReadOctets(frame).ToArray());
            default:
                return new AbiValue.Text(ReadText(frame));
        }
    }

    private AbiValue[] ReadElements(AbiType element, int count, ReadOnlyMemory<byte> frame)
    {
        // Before anything of that size is made: the elements' heads must be there and affordable.
        long headSize = (long)count * element.HeadSize;
        if (headSize > frame.Length || headSize > _budget) throw Bad();
        return ReadSequence([.. Enumerable.Repeat(element, count)], frame);
    }

    private string ReadText(ReadOnlyMemory<byte> frame)
    {
        try
        {
            return StrictUtf8.GetString(ReadOctets(frame).Span);
        }
        catch (ArgumentException)
        {
            throw Bad();
        }
    }

    private ReadOnlyMemory<byte> ReadOctets(ReadOnlyMemory<byte> frame)
    {
        int length = ReadNumber(frame.Span, frame.Length - AbiType.WordSize);
        Pay(length);
        ReadOnlyMemory<byte> rest = frame[AbiType.WordSize..];

        // The last padding may be cut off, as contracts do not read it; what is there must be zero.
        int wanted = (AbiType.WordSize - (length % AbiType.WordSize)) % AbiType.WordSize;
        int padding = Math.Min(wanted, rest.Length - length);
        if (rest.Span.Slice(length, padding).ContainsAnyExcept((byte)0)) throw Bad();
        return rest[..length];
    }

    /// <summary>Reads a word as a length or offset that may not exceed the bound.</summary>
    private int ReadNumber(ReadOnlySpan<byte> frame, int max)
    {
        if (frame.Length < AbiType.WordSize) throw Bad();
        Pay(AbiType.WordSize);
        if (frame[..28].ContainsAnyExcept((byte)0)) throw Bad();
        uint number = BinaryPrimitives.ReadUInt32BigEndian(frame[28..]);
        return number <= (uint)max ? (int)number : throw Bad();
    }

    private void Pay(int cost)
    {
        _budget -= cost;
        if (_budget < 0) throw Bad();
    }

    private static FormatException Bad() => new("The octets are no encoding of these ABI types.");
}
