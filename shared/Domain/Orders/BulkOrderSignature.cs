using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>One signature over a tree of up to 2^24 orders, with the path of one of them.</summary>
/// <remarks>
/// References: Seaport 1.6, docs/SeaportDocumentation.md "Bulk Order Creation", Verifiers.sol.
/// Wire form: <c>signature (64 or 65) ++ leaf index (3, big-endian) ++ siblings (32 each, from the leaf up)</c>,
/// 1 to 24 siblings. Bit i of the index tells on which side of level i the path is; nodes are
/// <c>keccak256(left ++ right)</c>, never sorted. What is signed is
/// <c>BulkOrder(OrderComponents[2]...[2] tree)</c> with as many <c>[2]</c> as siblings.
/// </remarks>
public sealed class BulkOrderSignature
{
    /// <summary>The greatest height of the tree.</summary>
    public const int HeightMax = 24;

    private const int IndexLength = 3;

    private static readonly ImmutableArray<Bytes32> TypeHashes =
        [.. Enumerable.Range(1, HeightMax).Select(ComputeTypeHash)];

    private readonly ImmutableArray<Bytes32> _siblings;

    private BulkOrderSignature(byte[] inner, int leafIndex, ImmutableArray<Bytes32> siblings)
    {
        Inner = inner;
        LeafIndex = leafIndex;
        _siblings = siblings;
    }

    /// <summary>The signature over the tree: 65 octets, or the 64 of EIP-2098.</summary>
    public ReadOnlyMemory<byte> Inner { get; }

    /// <summary>Which leaf of the tree the order is.</summary>
    public int LeafIndex { get; }

    /// <summary>The height of the tree.</summary>
    public int Height => _siblings.Length;

    /// <summary>The type hash of a tree.</summary>
    /// <param name="height">1 to 24.</param>
    public static Bytes32 TypeHash(int height) => TypeHashes[height - 1];

    /// <summary>Whether Seaport reads a signature of this length as a bulk one.</summary>
    public static bool IsBulkLength(int length) =>
        length is >= 64 + IndexLength + 32 and <= 65 + IndexLength + (32 * HeightMax)
        && (length - 64 - IndexLength) % 32 is 0 or 1;

    /// <summary>Takes the wire form apart.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BulkOrderSignature? signature)
    {
        signature = null;
        if (!IsBulkLength(bytes.Length)) return false;

        // An odd length has an inner signature of 64 octets, for the three of the index are odd.
        int innerLength = bytes.Length % 2 == 1 ? Signature.CompactLength : Signature.Length;
        ReadOnlySpan<byte> index = bytes.Slice(innerLength, IndexLength);
        ReadOnlySpan<byte> path = bytes[(innerLength + IndexLength)..];
        ImmutableArray<Bytes32>.Builder siblings = ImmutableArray.CreateBuilder<Bytes32>(path.Length / 32);
        for (int at = 0; at < path.Length; at += 32) siblings.Add(new Bytes32(path.Slice(at, 32)));

        signature = new BulkOrderSignature(
            bytes[..innerLength].ToArray(),
            (index[0] << 16) | (index[1] << 8) | index[2],
            siblings.DrainToImmutable());
        return true;
    }

    /// <summary>The root of the tree in which this order is the leaf.</summary>
    public Bytes32 Root(OrderHash order)
    {
        Bytes32 node = order.Value;
        for (int level = 0; level < Height; level++)
        {
            bool isRight = ((LeafIndex >> level) & 1) == 1;
            node = isRight ? HashPair(_siblings[level], node) : HashPair(node, _siblings[level]);
        }

        return node;
    }

    /// <summary>What a wallet signed if this order is the leaf.</summary>
    public Bytes32 Digest(OrderHash order, SeaportDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Eip712.Digest(domain.Separator, HashPair(TypeHash(Height), Root(order)));
    }

    /// <summary>Never the signature itself.</summary>
    public override string ToString() => "[bulk signature]";

    internal static Bytes32 HashPair(Bytes32 left, Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[2 * Bytes32.Length];
        left.CopyTo(pair);
        right.CopyTo(pair[32..]);
        return Keccak256.Hash(pair);
    }

    private static Bytes32 ComputeTypeHash(int height)
    {
        var type = new StringBuilder("BulkOrder(OrderComponents");
        for (int i = 0; i < height; i++) type.Append("[2]");
        type.Append(" tree)")
            .Append(OrderHashing.ConsiderationItemType)
            .Append(OrderHashing.OfferItemType)
            .Append(OrderHashing.OrderComponentsType);
        return Keccak256.HashText(type.ToString());
    }
}
