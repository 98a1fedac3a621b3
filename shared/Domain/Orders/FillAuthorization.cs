using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>Souk's word that one account may fill one protected order, for a short while.</summary>
/// <remarks>
/// The zone's contract (shared/Contracts/SoukZone.sol) checks it. Layout of <c>extraData</c>, 125 octets, packed:
/// version 0x00 (1), fulfiller (20), expiry as UNIX seconds (8), quantity (32), EIP-2098 signature (64) over
/// <c>FillAuthorization(bytes32 orderHash,address fulfiller,uint256 quantity,uint64 expiry)</c> in the domain
/// {"SoukZone", "1", chain id, zone}.
/// </remarks>
/// <param name="OrderHash">The order.</param>
/// <param name="Fulfiller">The account that must call Seaport.</param>
/// <param name="Quantity">The exact amount of the order's first offered item.</param>
/// <param name="ExpiresAt">The fill's block time must be below it; whole seconds.</param>
public sealed record FillAuthorization(
    OrderHash OrderHash, Address Fulfiller, UInt256 Quantity, DateTimeOffset ExpiresAt)
{
    /// <summary>Octets of <c>extraData</c>.</summary>
    public const int Length = 125;

    private const int SignatureAt = 61;

    private static readonly Bytes32 TypeHash = Keccak256.HashText(
        "FillAuthorization(bytes32 orderHash,address fulfiller,uint256 quantity,uint64 expiry)");

    /// <summary>Reads <c>extraData</c>; the order it is for stands beside it, not in it.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> extraData,
        OrderHash order,
        [NotNullWhen(true)] out FillAuthorization? authorization,
        out Signature signature)
    {
        authorization = null;
        signature = default;
        if (extraData.Length != Length || extraData[0] != 0) return false;

        ulong expiry = BinaryPrimitives.ReadUInt64BigEndian(extraData[21..]);
        if (expiry > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        if (!Signature.TryParse(extraData[SignatureAt..], out signature)) return false;

        authorization = new FillAuthorization(
            order,
            new Address(extraData[1..21]),
            UInt256.FromBigEndian(extraData[29..SignatureAt]),
            DateTimeOffset.FromUnixTimeSeconds((long)expiry));
        return true;
    }

    /// <summary>What a zone's signer signs.</summary>
    public Bytes32 Digest(ZoneDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        Span<byte> words = stackalloc byte[5 * Words.Length];
        Words.Put(words, 0, TypeHash);
        Words.Put(words, 1, OrderHash.Value);
        Words.Put(words, 2, Fulfiller);
        Words.Put(words, 3, Quantity);
        Words.Put(words, 4, Expiry);
        return Eip712.Digest(domain.Separator, Keccak256.Hash(words));
    }

    /// <summary>Signs it into <c>extraData</c>. Whoever holds the answer and is the fulfiller can fill.</summary>
    public byte[] Encode(ZoneDomain domain, PrivateKey signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        byte[] extraData = new byte[Length];
        Fulfiller.CopyTo(extraData.AsSpan(1));
        BinaryPrimitives.WriteUInt64BigEndian(extraData.AsSpan(21), Expiry);
        Quantity.WriteBigEndian(extraData.AsSpan(29, 32));
        signer.Sign(Digest(domain)).ToCompactArray().CopyTo(extraData, SignatureAt);
        return extraData;
    }

    private ulong Expiry => (ulong)ExpiresAt.ToUnixTimeSeconds();
}

/// <summary>Which zone on which chain an authorization is for.</summary>
public sealed class ZoneDomain
{
    /// <summary>The domain's name.</summary>
    public const string Name = "SoukZone";

    /// <summary>The domain's version.</summary>
    public const string Version = "1";

    /// <summary>Computes the separator once; keep one for each chain.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="zone">The zone's contract.</param>
    public ZoneDomain(ChainId chainId, Address zone)
    {
        ChainId = chainId;
        Zone = zone;
        Separator = new Eip712Domain(Name, Version, chainId, zone).Separator();
    }

    /// <summary>The chain.</summary>
    public ChainId ChainId { get; }

    /// <summary>The zone's contract.</summary>
    public Address Zone { get; }

    /// <summary>The domain's hash.</summary>
    public Bytes32 Separator { get; }
}
