using System.Buffers.Binary;

namespace Souk.Domain.Chain;

/// <summary>Recursive Length Prefix: the encoding of transactions and of what CREATE hashes.</summary>
/// <remarks>
/// Source: Yellow Paper, appendix B. Reading is strict: one item, the shortest form, nothing after it. So there is
/// one encoding of each item, and what was decoded encodes to the same octets.
/// </remarks>
public static class Rlp
{
    /// <summary>How deep lists may nest when read; a transaction needs 3.</summary>
    public const int DepthMax = 32;

    /// <summary>An octet string at most this long is announced by one octet.</summary>
    private const int ShortMax = 55;

    private const byte TextBase = 0x80;
    private const byte ListBase = 0xc0;

    /// <summary>The item's one encoding.</summary>
    public static byte[] Encode(RlpItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        byte[] output = new byte[SizeOf(item)];
        Write(item, output);
        return output;
    }

    /// <summary>Reads exactly one item.</summary>
    /// <exception cref="FormatException">
    /// The octets are no item, not its shortest form, followed by more, or nested deeper than
    /// <see cref="DepthMax"/>.
    /// </exception>
    public static RlpItem Decode(ReadOnlyMemory<byte> bytes)
    {
        RlpItem item = Read(bytes, DepthMax, out int length);
        return length == bytes.Length ? item : throw Bad();
    }

    private static int SizeOf(RlpItem item)
    {
        if (item is RlpItem.Text { Bytes: { Length: 1 } bytes } && bytes.Span[0] < TextBase) return 1;
        int payload = PayloadOf(item);
        return payload + 1 + (payload > ShortMax ? OctetsOf(payload) : 0);
    }

    private static int PayloadOf(RlpItem item) =>
        item is RlpItem.List list ? list.Items.Sum(SizeOf) : ((RlpItem.Text)item).Bytes.Length;

    private static int OctetsOf(int length) => 4 - (int.LeadingZeroCount(length) / 8);

    private static int Write(RlpItem item, Span<byte> output)
    {
        if (item is RlpItem.Text { Bytes: { Length: 1 } single } && single.Span[0] < TextBase)
        {
            output[0] = single.Span[0];
            return 1;
        }

        int at = WritePrefix(item is RlpItem.List ? ListBase : TextBase, PayloadOf(item), output);
        if (item is RlpItem.Text text)
        {
            text.Bytes.Span.CopyTo(output[at..]);
            return at + text.Bytes.Length;
        }

        foreach (RlpItem child in ((RlpItem.List)item).Items) at += Write(child, output[at..]);
        return at;
    }

    private static int WritePrefix(byte kind, int payload, Span<byte> output)
    {
        if (payload <= ShortMax)
        {
            output[0] = (byte)(kind + payload);
            return 1;
        }

        int octets = OctetsOf(payload);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, payload);
        output[0] = (byte)(kind + ShortMax + octets);
        length[(sizeof(int) - octets)..].CopyTo(output[1..]);
        return 1 + octets;
    }

    private static RlpItem Read(ReadOnlyMemory<byte> input, int depth, out int length)
    {
        if (input.IsEmpty) throw Bad();
        byte prefix = input.Span[0];
        if (prefix < TextBase)
        {
            length = 1;
            return new RlpItem.Text(input[..1]);
        }

        bool isList = prefix >= ListBase;
        int payload = ReadPrefix(input.Span, prefix - (isList ? ListBase : TextBase), out int start);
        length = start + payload;
        ReadOnlyMemory<byte> content = input[start..length];
        if (isList) return ReadList(content, depth - 1);
        if (content.Length == 1 && content.Span[0] < TextBase) throw Bad();
        return new RlpItem.Text(content);
    }

    private static RlpItem.List ReadList(ReadOnlyMemory<byte> content, int depth)
    {
        if (depth < 0) throw Bad();
        List<RlpItem> items = [];
        for (int at = 0; at < content.Length;)
        {
            items.Add(Read(content[at..], depth, out int used));
            at += used;
        }

        return new RlpItem.List(items);
    }

    private static int ReadPrefix(ReadOnlySpan<byte> input, int form, out int start)
    {
        int octets = Math.Max(form - ShortMax, 0);
        start = 1 + octets;
        if (start > input.Length) throw Bad();

        ulong payload = octets == 0 ? (ulong)form : ReadLength(input[1..start]);
        return payload <= (ulong)(input.Length - start) ? (int)payload : throw Bad();
    }

    private static ulong ReadLength(ReadOnlySpan<byte> octets)
    {
        if (octets[0] == 0) throw Bad();
        ulong length = 0;
        foreach (byte octet in octets) length = (length << 8) | octet;
        return length > ShortMax ? length : throw Bad();
    }

    private static FormatException Bad() => new("The octets are not one RLP item in its shortest form.");
}
