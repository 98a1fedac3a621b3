using System.Text;

namespace Souk.Domain.Chain;

/// <summary>Hashing of typed structured data: what wallets show before they sign.</summary>
/// <remarks>Source: EIP-712.</remarks>
public static class Eip712
{
    /// <summary>The digest to sign: Keccak-256 of <c>0x1901</c>, the domain separator, the struct hash.</summary>
    public static Bytes32 Digest(Bytes32 domainSeparator, Bytes32 structHash)
    {
        Span<byte> preimage = stackalloc byte[2 + Bytes32.Length + Bytes32.Length];
        preimage[0] = 0x19;
        preimage[1] = 0x01;
        domainSeparator.CopyTo(preimage[2..]);
        structHash.CopyTo(preimage[34..]);
        return Keccak256.Hash(preimage);
    }
}

/// <summary>The domain of most protocols: these four fields and no salt.</summary>
/// <remarks>Source: EIP-712, "Definition of domainSeparator". Binds a signature to one contract of a chain.</remarks>
/// <param name="Name">What the wallet shows as the asking party.</param>
/// <param name="Version">The protocol's major version; signatures of two versions never match.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="VerifyingContract">The contract that will check the signature.</param>
public sealed record Eip712Domain(string Name, string Version, ChainId ChainId, Address VerifyingContract)
{
    private static readonly Bytes32 TypeHash = Keccak256.HashText(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// <summary>The struct hash of the domain.</summary>
    /// <exception cref="EncoderFallbackException">Name or version holds an unpaired surrogate.</exception>
    public Bytes32 Separator()
    {
        Span<byte> contract = stackalloc byte[Bytes32.Length];
        contract.Clear();
        VerifyingContract.CopyTo(contract[(Bytes32.Length - Address.Length)..]);

        Keccak256Digest digest = Keccak256.Start();
        digest.Append(TypeHash);
        digest.Append(Keccak256.HashText(Name));
        digest.Append(Keccak256.HashText(Version));
        digest.Append(new UInt256(ChainId.Value).ToBytes32());
        digest.Append(contract);
        return digest.Finish();
    }
}
