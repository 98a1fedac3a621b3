using System.Globalization;

namespace Souk.Domain.Chain;

/// <summary>A type of the contract ABI. Equal by its canonical text, which <see cref="ToString"/> writes.</summary>
/// <remarks>
/// Source: Solidity ABI specification, "Types". Bounded, for texts may come from an administrator: types nest
/// <see cref="DepthMax"/> deep at most, and a fixed-size type has at most <see cref="HeadSizeMax"/> octets. There
/// are no empty tuples and no arrays of length 0: their elements would cost nothing and could be countless.
/// </remarks>
public abstract record AbiType
{
    /// <summary>How deep arrays and tuples may nest.</summary>
    public const int DepthMax = 16;

    /// <summary>How many octets a type of fixed size may take.</summary>
    public const int HeadSizeMax = 1 << 20;

    /// <summary>The octets of a word, which every value is padded to.</summary>
    internal const int WordSize = 32;

    private AbiType(bool isDynamic, long size, int depth)
    {
        if (size > HeadSizeMax || depth > DepthMax) throw new FormatException("The ABI type is too large.");
        IsDynamic = isDynamic;
        HeadSize = isDynamic ? WordSize : (int)size;
        Depth = depth;
    }

    /// <summary>Whether values differ in size, so that the head holds only an offset.</summary>
    public bool IsDynamic { get; }

    /// <summary>The octets that a value takes where its sequence begins.</summary>
    public int HeadSize { get; }

    private int Depth { get; }

    /// <summary>Reads <c>uint256</c>, <c>address</c>, <c>bytes</c>, <c>T[]</c>, <c>T[3]</c>, <c>(a,b)</c>.</summary>
    /// <remarks>Sizes must be written out: <c>uint</c> is no type. Components may carry names, which go.</remarks>
    /// <exception cref="FormatException">The text names no type.</exception>
    public static AbiType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return AbiTypeParser.ParseType(text);
    }

    /// <summary>The canonical text, as it goes into a signature's hash.</summary>
    public sealed override string ToString() => Write();

    private protected abstract string Write();

    private static FormatException Bad() => new("There is no such ABI type.");

    /// <summary><c>uint8</c> to <c>uint256</c>.</summary>
    /// <param name="Bits">A multiple of 8, at most 256.</param>
    public sealed record Uint(int Bits) : AbiType(false, WordSize, 0)
    {
        /// <summary>The width.</summary>
        public int Bits { get; } = Bits is >= 8 and <= 256 && Bits % 8 == 0 ? Bits : throw Bad();

        private protected override string Write() => string.Create(CultureInfo.InvariantCulture, $"uint{Bits}");
    }

    /// <summary><c>int8</c> to <c>int256</c>, in two's complement.</summary>
    /// <param name="Bits">A multiple of 8, at most 256.</param>
    public sealed record Int(int Bits) : AbiType(false, WordSize, 0)
    {
        /// <summary>The width.</summary>
        public int Bits { get; } = Bits is >= 8 and <= 256 && Bits % 8 == 0 ? Bits : throw Bad();

        private protected override string Write() => string.Create(CultureInfo.InvariantCulture, $"int{Bits}");
    }

    /// <summary><c>address</c>.</summary>
    public sealed record Addr() : AbiType(false, WordSize, 0)
    {
        private protected override string Write() => "address";
    }

    /// <summary><c>bool</c>.</summary>
    public sealed record Bool() : AbiType(false, WordSize, 0)
    {
        private protected override string Write() => "bool";
    }

    /// <summary><c>bytes1</c> to <c>bytes32</c>.</summary>
    /// <param name="Length">The number of octets.</param>
    public sealed record FixedBytes(int Length) : AbiType(false, WordSize, 0)
    {
        /// <summary>The number of octets.</summary>
        public int Length { get; } = Length is >= 1 and <= 32 ? Length : throw Bad();

        private protected override string Write() => string.Create(CultureInfo.InvariantCulture, $"bytes{Length}");
    }

    /// <summary><c>bytes</c>.</summary>
    public sealed record Bytes() : AbiType(true, WordSize, 0)
    {
        private protected override string Write() => "bytes";
    }

    /// <summary><c>string</c>.</summary>
    public sealed record Text() : AbiType(true, WordSize, 0)
    {
        private protected override string Write() => "string";
    }

    /// <summary><c>T[]</c>.</summary>
    /// <param name="Element">The type of each element.</param>
    public sealed record Array(AbiType Element) : AbiType(true, WordSize, Element.Depth + 1)
    {
        private protected override string Write() => $"{Element}[]";
    }

    /// <summary><c>T[k]</c>.</summary>
    /// <param name="Element">The type of each element.</param>
    /// <param name="Count">How many, at least 1.</param>
    public sealed record FixedArray(AbiType Element, int Count)
        : AbiType(Element.IsDynamic, (long)Element.HeadSize * Count, Element.Depth + 1)
    {
        /// <summary>How many elements there are.</summary>
        public int Count { get; } = Count >= 1 ? Count : throw Bad();

        private protected override string Write() =>
            string.Create(CultureInfo.InvariantCulture, $"{Element}[{Count}]");
    }

    /// <summary><c>(T1,T2,...)</c>, a struct.</summary>
    /// <param name="Components">The types of its members, at least one.</param>
    public sealed record Tuple(IReadOnlyList<AbiType> Components) : AbiType(
        Components.Any(static it => it.IsDynamic),
        Components.Sum(static it => (long)it.HeadSize),
        Components.Count == 0 ? throw Bad() : Components.Max(static it => it.Depth) + 1)
    {
        /// <inheritdoc/>
        public bool Equals(Tuple? other) => other is not null && Components.SequenceEqual(other.Components);

        /// <inheritdoc/>
        public override int GetHashCode() => string.GetHashCode(Write(), StringComparison.Ordinal);

        private protected override string Write() => $"({string.Join(',', Components)})";
    }
}
