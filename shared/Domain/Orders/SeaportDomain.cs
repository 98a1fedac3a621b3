using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>Which Seaport on which chain an order's signature is for.</summary>
/// <remarks>References: EIP-712, "Definition of domainSeparator"; Seaport 1.6 (name "Seaport", version "1.6").</remarks>
public sealed class SeaportDomain
{
    /// <summary>The domain's name.</summary>
    public const string Name = "Seaport";

    /// <summary>The domain's version; Seaport 1.5 has another, and other addresses.</summary>
    public const string Version = "1.6";

    /// <summary>Computes the separator once; keep one for each chain.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="seaport">The contract that verifies.</param>
    public SeaportDomain(ChainId chainId, Address seaport)
    {
        ChainId = chainId;
        Seaport = seaport;
        Separator = DomainSeparator.Of(Name, Version, chainId, seaport);
    }

    /// <summary>The address that Seaport 1.6 has on every chain where its authors deployed it.</summary>
    public static Address CanonicalSeaport { get; } = Address.Parse("0x0000000000000068F116a894984e2DB1123eB395");

    /// <summary>The chain.</summary>
    public ChainId ChainId { get; }

    /// <summary>The contract that verifies.</summary>
    public Address Seaport { get; }

    /// <summary>The domain's hash.</summary>
    public Bytes32 Separator { get; }

    /// <summary>What a wallet signs for the order.</summary>
    public Bytes32 Digest(OrderHash order) => DomainSeparator.Digest(Separator, order.Value);

    /// <summary>What a wallet signs for the order.</summary>
    public Bytes32 Digest(OrderComponents order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Digest(order.Hash());
    }
}

/// <summary>The two hashes that every EIP-712 signature of ours goes through.</summary>
internal static class DomainSeparator
{
    private static readonly Bytes32 TypeHash = Keccak256.HashText(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    internal static Bytes32 Of(string name, string version, ChainId chainId, Address contract)
    {
        Span<byte> words = stackalloc byte[5 * Words.Length];
        Words.Put(words, 0, TypeHash);
        Words.Put(words, 1, Keccak256.HashText(name));
        Words.Put(words, 2, Keccak256.HashText(version));
        Words.Put(words, 3, chainId.Value);
        Words.Put(words, 4, contract);
        return Keccak256.Hash(words);
    }

    internal static Bytes32 Digest(Bytes32 separator, Bytes32 structHash)
    {
        Span<byte> preimage = stackalloc byte[2 + Bytes32.Length + Bytes32.Length];
        preimage[0] = 0x19;
        preimage[1] = 0x01;
        separator.CopyTo(preimage[2..]);
        structHash.CopyTo(preimage[34..]);
        return Keccak256.Hash(preimage);
    }
}
