using System.Diagnostics.CodeAnalysis;

namespace Souk.Domain.Chain;

/// <summary>A transaction that names its fee as a ceiling and a tip; its access list is empty.</summary>
/// <remarks>
/// References: EIP-1559 (type 2), EIP-2718 (the leading octet), EIP-2930 (access lists), EIP-2 (low s).
/// Equal by content, the call data included.
/// </remarks>
/// <param name="ChainId">The only chain where it is valid.</param>
/// <param name="Nonce">The sender's count of transactions before it.</param>
/// <param name="MaxPriorityFeePerGas">The tip, in wei a unit of gas.</param>
/// <param name="MaxFeePerGas">The ceiling of base fee and tip, in wei a unit of gas.</param>
/// <param name="GasLimit">The most gas it may use, in units.</param>
/// <param name="To">The recipient; null deploys a contract.</param>
/// <param name="Value">The native currency that goes along.</param>
/// <param name="Data">The call data, or the creation code.</param>
public sealed record Eip1559Transaction(
    ChainId ChainId,
    ulong Nonce,
    Wei MaxPriorityFeePerGas,
    Wei MaxFeePerGas,
    ulong GasLimit,
    Address? To,
    Wei Value,
    ReadOnlyMemory<byte> Data)
{
    /// <summary>The EIP-2718 type.</summary>
    private const byte Type = 2;

    /// <summary>Nine members of the transaction, then parity, r and s.</summary>
    private const int SignedMembers = 12;

    /// <summary>The name that the transaction of these signed octets has on its chain.</summary>
    public static TransactionHash HashOf(ReadOnlySpan<byte> raw) => new(Keccak256.Hash(raw));

    /// <summary>Reads a signed transaction; what was read encodes to the same octets.</summary>
    /// <returns>
    /// False for another type, an encoding that is not the shortest, a non-empty access list, a number out of
    /// range, and a signature that no node accepts (out of range, or a high s).
    /// </returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> raw, [MaybeNullWhen(false)] out Eip1559Transaction tx, out Signature sig)
    {
        tx = null;
        sig = default;
        if (raw.Length < 2 || raw[0] != Type) return false;

        try
        {
            if (Rlp.Decode(raw[1..].ToArray()) is not RlpItem.List { Items: { Count: SignedMembers } members })
                return false;

            var signature = new Signature(
                Number(members[10]).ToBytes32(), Number(members[11]).ToBytes32(), (byte)Bounded(members[9], 1));
            if (!signature.IsInRange || !signature.IsLowS) return false;
            tx = Read(members);
            sig = signature;
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The digest that the sender signs.</summary>
    public Bytes32 SigningHash() => Keccak256.Hash(Encode(Members()));

    /// <summary>The octets to broadcast: <c>0x02</c> and the RLP of transaction and signature.</summary>
    /// <remarks>A high s is turned into its low twin: same signer, and the only form that nodes accept.</remarks>
    public byte[] Encode(Signature signature)
    {
        Signature low = signature.ToLowS();
        return Encode([.. Members(), RlpItem.Of(low.YParity), Integer(low.R), Integer(low.S)]);
    }

    /// <inheritdoc/>
    public bool Equals(Eip1559Transaction? other) =>
        other is not null
        && (ChainId, Nonce, MaxPriorityFeePerGas, MaxFeePerGas) ==
            (other.ChainId, other.Nonce, other.MaxPriorityFeePerGas, other.MaxFeePerGas)
        && (GasLimit, To, Value) == (other.GasLimit, other.To, other.Value)
        && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(ChainId, Nonce, MaxPriorityFeePerGas, MaxFeePerGas, GasLimit, To, Value, Data.Length);

    private static byte[] Encode(IReadOnlyList<RlpItem> members) => [Type, .. Rlp.Encode(RlpItem.Of(members))];

    private static Eip1559Transaction Read(IReadOnlyList<RlpItem> members)
    {
        if (members[8] is not RlpItem.List { Items.Count: 0 }) throw Bad();
        return new Eip1559Transaction(
            new ChainId(Bounded(members[0], ChainId.MaxValue) is var chain and > 0 ? chain : throw Bad()),
            Bounded(members[1], ulong.MaxValue),
            new Wei(Number(members[2])),
            new Wei(Number(members[3])),
            Bounded(members[4], ulong.MaxValue),
            Recipient(Text(members[5])),
            new Wei(Number(members[6])),
            Text(members[7]));
    }

    private static ReadOnlyMemory<byte> Text(RlpItem item) => item is RlpItem.Text text ? text.Bytes : throw Bad();

    private static Address? Recipient(ReadOnlyMemory<byte> bytes) => bytes.Length switch
    {
        0 => null,
        Address.Length => new Address(bytes.Span),
        _ => throw Bad(),
    };

    private static UInt256 Number(RlpItem item)
    {
        ReadOnlySpan<byte> bytes = Text(item).Span;
        if (bytes.Length > UInt256.Length || (bytes.Length > 0 && bytes[0] == 0)) throw Bad();
        return UInt256.FromBigEndian(bytes);
    }

    private static ulong Bounded(RlpItem item, ulong max)
    {
        UInt256 number = Number(item);
        return number <= max ? (ulong)number : throw Bad();
    }

    private static RlpItem Integer(Bytes32 word) => RlpItem.Of(UInt256.FromBigEndian(word.ToArray()));

    private static FormatException Bad() => new("The octets are no signed EIP-1559 transaction.");

    private RlpItem[] Members() =>
    [
        RlpItem.Of(ChainId.Value),
        RlpItem.Of(Nonce),
        RlpItem.Of(MaxPriorityFeePerGas.Value),
        RlpItem.Of(MaxFeePerGas.Value),
        RlpItem.Of(GasLimit),
        RlpItem.Of(To is Address recipient ? recipient.ToArray() : ReadOnlyMemory<byte>.Empty),
        RlpItem.Of(Value.Value),
        RlpItem.Of(Data),
        RlpItem.Of(),
    ];
}
