using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Sessions;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary>Whether a wallet signed a message: its key, or else the contract at its address.</summary>
/// <remarks>
/// The key first: it needs no node, and an account that has both (EIP-7702) is its key's in any case. Then EIP-1271 on
/// the message's chain. A wallet that is yet to be deployed (ERC-6492) is told so: deploy it first.
/// </remarks>
internal sealed class WalletSignature(AlchemyClients nodes)
{
    /// <summary>The end of a signature of a wallet that is not deployed yet (ERC-6492): 0x6492 sixteen times.</summary>
    private const int WrapperSuffixLength = 32;

    /// <summary>Whether the signature ends as ERC-6492 says.</summary>
    internal static bool IsOfUndeployed(ReadOnlySpan<byte> signature)
    {
        if (signature.Length < WrapperSuffixLength)
            return false;
        ReadOnlySpan<byte> suffix = signature[^WrapperSuffixLength..];
        for (int i = 0; i < suffix.Length; i += 2)
        {
            if (suffix[i] != 0x64 || suffix[i + 1] != 0x92)
                return false;
        }

        return true;
    }

    /// <summary>Who answered for the wallet; null when nobody did.</summary>
    /// <exception cref="Domain.Failures.FailureException"><c>upstream_unavailable</c>: the node is away.</exception>
    internal async Task<WalletKind?> JudgeAsync(
        SiweMessage message, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        Bytes32 digest = message.Hash();
        if (Signature.TryParse(signature.Span, out Signature parsed)
            && Secp256k1.Verify(digest, parsed, message.Address))
        {
            return WalletKind.Key;
        }

        try
        {
            byte[] answer = await nodes.For(message.ChainId).CallAsync(
                message.Address,
                ContractSignature.Call(digest, signature.Span),
                BlockReference.Latest,
                cancellationToken);
            return ContractSignature.IsYes(answer) ? WalletKind.Contract : null;
        }
        catch (CallRevertedException)
        {
            return null;
        }
    }
}
