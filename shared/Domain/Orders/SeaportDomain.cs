using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>Which Seaport on which chain an order's signature is for.</summary>
/// <remarks>
/// References: EIP-712, "Definition of domainSeparator"; Seaport 1.6 (name "Seaport", version "1.6").
/// </remarks>
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
        Eip712 = new Eip712Domain(Name, Version, chainId, seaport);
        Separator = Eip712.Separator();
    }

    /// <summary>The address that Seaport 1.6 has on every chain where its authors deployed it.</summary>
    public static Address CanonicalSeaport { get; } = Address.Parse("0x0000000000000068F116a894984e2DB1123eB395");

    /// <summary>The domain's four fields.</summary>
    public Eip712Domain Eip712 { get; }

    /// <summary>The chain.</summary>
    public ChainId ChainId => Eip712.ChainId;

    /// <summary>The contract that verifies.</summary>
    public Address Seaport => Eip712.VerifyingContract;

    /// <summary>The domain's hash.</summary>
    public Bytes32 Separator { get; }

    /// <summary>What a wallet signs for the order.</summary>
    public Bytes32 Digest(OrderHash order) => Chain.Eip712.Digest(Separator, order.Value);

    /// <summary>What a wallet signs for the order.</summary>
    public Bytes32 Digest(OrderComponents order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Digest(order.Hash());
    }
}
