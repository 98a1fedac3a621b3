using System.Diagnostics.CodeAnalysis;
using Souk.Domain.Chain;

namespace Souk.Domain.Orders;

/// <summary>Whether Seaport will take a signature for an order, decided as Seaport decides.</summary>
/// <remarks>
/// References: seaport-core 1.6, SignatureVerification.sol and Verifiers.sol; EIP-2098; EIP-1271.
/// Seaport recovers a signer first; if that is not the offerer and the offerer is a contract, it asks the contract
/// (<see cref="ContractSignature"/>). ERC-6492 wrappers it does not know.
/// </remarks>
public static class OrderSignature
{
    /// <summary>Longer signatures, such as a multisignature wallet's with many owners, are not taken.</summary>
    public const int LengthMax = 4096;

    /// <summary>The same signature with v as contracts read it: some wallets write 0 or 1 for 27 or 28.</summary>
    public static byte[] Normalize(ReadOnlySpan<byte> signature)
    {
        byte[] normal = signature.ToArray();
        bool has65 = normal.Length == Signature.Length
            || (BulkOrderSignature.IsBulkLength(normal.Length) && normal.Length % 2 == 0);
        if (has65 && normal[64] <= 1) normal[64] += 27;
        return normal;
    }

    /// <summary>Whether the offerer's key signed the order: 65 octets, EIP-2098, or bulk of either.</summary>
    /// <param name="order">The order.</param>
    /// <param name="domain">Its chain's Seaport.</param>
    /// <param name="signature">The octets, as <see cref="Normalize"/> leaves them.</param>
    /// <param name="reason">Why not; null when it is. Holds nothing of the signature.</param>
    public static bool Verify(
        OrderComponents order,
        SeaportDomain domain,
        ReadOnlySpan<byte> signature,
        [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(domain);
        OrderHash hash = order.Hash();
        Bytes32 digest = domain.Digest(hash);
        ReadOnlySpan<byte> inner = signature;
        if (BulkOrderSignature.TryParse(signature, out BulkOrderSignature? bulk))
        {
            digest = bulk.Digest(hash, domain);
            inner = bulk.Inner.Span;
        }

        reason = Judge(order.Offerer, digest, inner);
        return reason is null;
    }

    private static string? Judge(Address offerer, Bytes32 digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length is not (Signature.Length or Signature.CompactLength))
            return "The signature has a length that Seaport does not know.";
        if (signature.Length == Signature.Length && signature[64] is not (27 or 28))
            return "The signature's v is neither 27 nor 28.";
        if (!Signature.TryParse(signature, out Signature parsed)) return "The signature is no point of the curve.";
        if (!Secp256k1.TryRecover(digest, parsed, out Address signer)) return "The signature recovers to nobody.";
        return signer == offerer ? null : "The signature is not the offerer's.";
    }
}

/// <summary>What to ask a contract that is said to have signed (EIP-1271).</summary>
/// <remarks>
/// Source: EIP-1271. Seaport asks with the order's own digest and the octets as given, bulk or not.
/// </remarks>
public static class ContractSignature
{
    private const uint IsValidSignatureSelector = 0x1626ba7e;

    /// <summary>The call data of <c>isValidSignature</c> for an order; call it on the offerer.</summary>
    public static byte[] Call(OrderComponents order, SeaportDomain domain, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Call(domain.Digest(order), signature);
    }

    /// <summary>The call data of <c>isValidSignature</c> for any digest.</summary>
    public static byte[] Call(Bytes32 digest, ReadOnlySpan<byte> signature) =>
        AbiPart.Call(IsValidSignatureSelector, digest, AbiPart.Octets(signature));

    /// <summary>
    /// Whether the answer is the contract's yes: the selector, padded. A revert, or nothing, is a no.
    /// </summary>
    public static bool IsYes(ReadOnlySpan<byte> answer) =>
        answer.Length >= 32
        && answer[..4].SequenceEqual<byte>([0x16, 0x26, 0xba, 0x7e])
        && !answer[4..32].ContainsAnyExcept((byte)0);
}
