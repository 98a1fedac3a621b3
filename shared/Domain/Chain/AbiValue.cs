using System.Numerics;

namespace Souk.Domain.Chain;

/// <summary>A value of the contract ABI. Closed, and equal by content.</summary>
/// <remarks>Its width is its type's affair: encoding a value as a type that cannot hold it is refused.</remarks>
public abstract record AbiValue
{
    private AbiValue()
    {
    }

    /// <summary>An <c>address</c>.</summary>
    public static implicit operator AbiValue(Address value) => new Addr(value);

    /// <summary>A <c>uintN</c>.</summary>
    public static implicit operator AbiValue(UInt256 value) => new Uint(value);

    /// <summary>A <c>uintN</c>.</summary>
    public static implicit operator AbiValue(ulong value) => new Uint(value);

    /// <summary>A <c>uint256</c> amount.</summary>
    public static implicit operator AbiValue(Wei value) => new Uint(value.Value);

    /// <summary>A <c>uint256</c> token id.</summary>
    public static implicit operator AbiValue(TokenId value) => new Uint(value.Value);

    /// <summary>A <c>bytes32</c>.</summary>
    public static implicit operator AbiValue(Bytes32 value) => new FixedBytes(value.ToArray());

    /// <summary>A <c>bytes</c>.</summary>
    public static implicit operator AbiValue(byte[] value) => new Bytes(value);

    /// <summary>A <c>string</c>.</summary>
    public static implicit operator AbiValue(string value) => new Text(value);

    /// <summary>A <c>bool</c>.</summary>
    public static implicit operator AbiValue(bool value) => new Bool(value);

    /// <summary>An array of either kind.</summary>
    public static AbiValue ListOf(params IReadOnlyList<AbiValue> items) => new List(items);

    /// <summary>A struct.</summary>
    public static AbiValue TupleOf(params IReadOnlyList<AbiValue> items) => new Tuple(items);

    /// <summary>The number of a <see cref="Uint"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public UInt256 AsUint() => this is Uint it ? it.Value : throw Mismatch();

    /// <summary>The number of an <see cref="Int"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public BigInteger AsInt() => this is Int it ? it.Value : throw Mismatch();

    /// <summary>The address of an <see cref="Addr"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public Address AsAddress() => this is Addr it ? it.Value : throw Mismatch();

    /// <summary>The truth of a <see cref="Bool"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public bool AsBool() => this is Bool it ? it.Value : throw Mismatch();

    /// <summary>The word of a <see cref="FixedBytes"/> of 32 octets.</summary>
    /// <exception cref="FormatException">The value is of another kind or length.</exception>
    public Bytes32 AsBytes32() =>
        this is FixedBytes { Value: { Length: Bytes32.Length } bytes } ? new Bytes32(bytes.Span) : throw Mismatch();

    /// <summary>The octets of a <see cref="Bytes"/> or <see cref="FixedBytes"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public ReadOnlyMemory<byte> AsBytes() => this switch
    {
        Bytes it => it.Value,
        FixedBytes it => it.Value,
        _ => throw Mismatch(),
    };

    /// <summary>The text of a <see cref="Text"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public string AsText() => this is Text it ? it.Value : throw Mismatch();

    /// <summary>The items of a <see cref="List"/> or <see cref="Tuple"/>.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    public IReadOnlyList<AbiValue> AsItems() => this switch
    {
        List it => it.Items,
        Tuple it => it.Items,
        _ => throw Mismatch(),
    };

    private static int HashOf(ReadOnlyMemory<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes.Span);
        return hash.ToHashCode();
    }

    private static int HashOf(IReadOnlyList<AbiValue> items)
    {
        var hash = default(HashCode);
        foreach (AbiValue item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    private static FormatException Mismatch() => new("The ABI value is of another kind.");

    /// <summary>A number without a sign.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Uint(UInt256 Value) : AbiValue;

    /// <summary>A number with a sign.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Int(BigInteger Value) : AbiValue;

    /// <summary>An address.</summary>
    /// <param name="Value">The address.</param>
    public sealed record Addr(Address Value) : AbiValue;

    /// <summary>True or false.</summary>
    /// <param name="Value">Which.</param>
    public sealed record Bool(bool Value) : AbiValue;

    /// <summary>As many octets as the type says.</summary>
    /// <param name="Value">The octets.</param>
    public sealed record FixedBytes(ReadOnlyMemory<byte> Value) : AbiValue
    {
        /// <inheritdoc/>
        public bool Equals(FixedBytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

        /// <inheritdoc/>
        public override int GetHashCode() => HashOf(Value);
    }

    /// <summary>Any number of octets.</summary>
    /// <param name="Value">The octets.</param>
    public sealed record Bytes(ReadOnlyMemory<byte> Value) : AbiValue
    {
        /// <inheritdoc/>
        public bool Equals(Bytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

        /// <inheritdoc/>
        public override int GetHashCode() => HashOf(Value);
    }

    /// <summary>A text, in UTF-8 on the wire.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Text(string Value) : AbiValue;

    /// <summary>The elements of an array, of fixed length or not.</summary>
    /// <param name="Items">The elements in order.</param>
    public sealed record List(IReadOnlyList<AbiValue> Items) : AbiValue
    {
        /// <inheritdoc/>
        public bool Equals(List? other) => other is not null && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => HashOf(Items);
    }

    /// <summary>The members of a struct.</summary>
    /// <param name="Items">The members in the order of the type.</param>
    public sealed record Tuple(IReadOnlyList<AbiValue> Items) : AbiValue
    {
        /// <inheritdoc/>
        public bool Equals(Tuple? other) => other is not null && Items.SequenceEqual(other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => HashOf(Items);
    }
}
