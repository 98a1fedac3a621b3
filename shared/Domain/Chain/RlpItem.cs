using System.Buffers.Binary;

namespace Souk.Domain.Chain;

/// <summary>What RLP can say: an octet string, or a list of items. Equal by content.</summary>
/// <remarks>Source: Yellow Paper, appendix B.</remarks>
public abstract record RlpItem
{
    private RlpItem()
    {
    }

    /// <summary>An octet string.</summary>
    public static RlpItem Of(ReadOnlyMemory<byte> bytes) => new Text(bytes);

    /// <summary>A number as RLP writes them: big-endian without leading zeros, 0 as no octets.</summary>
    public static RlpItem Of(UInt256 number)
    {
        byte[] bytes = new byte[UInt256.Length];
        number.WriteBigEndian(bytes);
        return new Text(bytes.AsMemory(bytes.AsSpan().IndexOfAnyExcept((byte)0) is var start and >= 0 ? start : 32));
    }

    /// <summary>A number as RLP writes them: big-endian without leading zeros, 0 as no octets.</summary>
    public static RlpItem Of(ulong number)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return new Text(bytes.AsMemory(bytes.AsSpan().IndexOfAnyExcept((byte)0) is var start and >= 0 ? start : 8));
    }

    /// <summary>A list.</summary>
    public static RlpItem Of(params IReadOnlyList<RlpItem> items) => new List(items);

    /// <summary>An octet string.</summary>
    /// <param name="Bytes">The octets, none included.</param>
    public sealed record Text(ReadOnlyMemory<byte> Bytes) : RlpItem
    {
        /// <inheritdoc/>
        public bool Equals(Text? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(Bytes.Span);
            return hash.ToHashCode();
        }
    }

    /// <summary>A list of items.</summary>
    /// <param name="Items">The items in order, none included.</param>
    public sealed record List(IReadOnlyList<RlpItem> Items) : RlpItem
    {
        /// <inheritdoc/>
        public bool Equals(List? other) => other is not null && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (RlpItem item in Items) hash.Add(item);
            return hash.ToHashCode();
        }
    }
}
