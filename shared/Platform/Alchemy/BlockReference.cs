using Souk.Domain.Chain;

namespace Souk.Platform.Alchemy;

/// <summary>Which block a read is about: a tag, a number or a hash (EIP-1898).</summary>
/// <remarks>Only a hash names one state for ever: a number may mean another block after a reorganisation.</remarks>
public readonly record struct BlockReference
{
    private readonly string? _tag;

    private BlockReference(string? tag, long number, BlockHash? hash) => (_tag, Number, Hash) = (tag, number, hash);

    /// <summary>The newest block the node has; also what <c>default</c> means.</summary>
    public static BlockReference Latest { get; } = new("latest", 0, null);

    /// <summary>The newest block with the node's pending transactions on top.</summary>
    public static BlockReference Pending { get; } = new("pending", 0, null);

    /// <summary>The newest block that is unlikely to be reorganised away.</summary>
    public static BlockReference Safe { get; } = new("safe", 0, null);

    /// <summary>The newest finalised block.</summary>
    public static BlockReference Finalized { get; } = new("finalized", 0, null);

    /// <summary>The tag as the node reads it; null for a number or a hash.</summary>
    internal string? Tag => _tag is null && Hash is null && Number == 0 ? "latest" : _tag is "number" ? null : _tag;

    /// <summary>The number, where there is neither a tag nor a hash.</summary>
    internal long Number { get; }

    /// <summary>The hash, where the reference is one.</summary>
    internal BlockHash? Hash { get; }

    /// <summary>The canonical block with this number.</summary>
    public static BlockReference At(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return new BlockReference("number", number, null);
    }

    /// <summary>The block with this hash.</summary>
    public static BlockReference At(BlockHash hash) => new(null, 0, hash);
}
