using System.Net;
using Souk.Domain.Chain;
using Souk.Domain.Failures;

namespace Souk.Platform.Alchemy;

/// <summary>A simulated call reverted: a definite answer of the contract, not a fault of the node.</summary>
/// <param name="data">The revert data, possibly empty: a selector and its ABI-encoded arguments.</param>
/// <param name="reason">Why the node would not even run it; null when it ran and reverted.</param>
public sealed class CallRevertedException(byte[] data, string? reason = null) : Exception("The call would revert.")
{
    /// <summary>The revert data, possibly empty.</summary>
    public byte[] RevertData { get; } = data;

    /// <summary>The reason of a Solidity <c>revert("...")</c>, or missing funds; null for any other data.</summary>
    public string? Reason => reason ?? AlchemyFailures.ReasonOf(RevertData);
}

/// <summary>The node does not (or not yet, or no longer) know the block that a read named.</summary>
public sealed class BlockNotFoundException() : Exception("The node does not know the block.");

/// <summary>The node lets fewer calls a second through than were made, for longer than a read may wait.</summary>
public sealed class NodeBusyException() : Exception("The node refuses so many calls a second.");

/// <summary>The one place that reads nodes' statuses, codes and texts.</summary>
/// <remarks>
/// Sources: Alchemy error reference (read 2026-11), and the error values of Geth (core/txpool/errors.go,
/// core/error.go), Erigon (txpoolcfg DiscardReason), Nethermind (AcceptTxResult, TxPoolErrorMessages), Besu
/// (TransactionInvalidReason), Reth (rpc-eth-types, transaction-pool) and Anvil (eth/error). Nodes give the same code,
/// -32000, to nearly all, so the texts decide; the first row that is part of the lower-cased text wins, which is why
/// the longer texts stand first.
/// </remarks>
internal static partial class AlchemyFailures
{
    private const int RevertCode = 3;
    private const int RateLimitCode = 429;

    private static readonly (string Text, BroadcastOutcome Outcome)[] s_broadcastTexts =
    [
        // Both hold "known transaction", and say the contrary.
        ("unknown transaction type", BroadcastOutcome.Refused),
        ("unknown transaction", BroadcastOutcome.Unknown),
        ("replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced),
        ("insufficient gas price to replace", BroadcastOutcome.ReplacementUnderpriced),
        ("replacement fee too low", BroadcastOutcome.ReplacementUnderpriced),
        ("could not replace existing tx", BroadcastOutcome.ReplacementUnderpriced),
        ("replacementnotallowed", BroadcastOutcome.ReplacementUnderpriced),
        ("ownnoncealreadyused", BroadcastOutcome.ReplacementUnderpriced),
        ("future transaction tries to replace pending", BroadcastOutcome.ReplacementUnderpriced),
        ("already known", BroadcastOutcome.AlreadyKnown),
        ("alreadyknown", BroadcastOutcome.AlreadyKnown),
        ("known transaction", BroadcastOutcome.AlreadyKnown),
        ("already imported", BroadcastOutcome.AlreadyKnown),
        ("already exists in mempool", BroadcastOutcome.AlreadyKnown),
        ("existing tx with same hash", BroadcastOutcome.AlreadyKnown),
        ("existing txn with same hash", BroadcastOutcome.AlreadyKnown),
        ("nonce too low", BroadcastOutcome.NonceTooLow),
        ("nonce is too low", BroadcastOutcome.NonceTooLow),
        ("nonce has already been used", BroadcastOutcome.NonceTooLow),
        ("oldnonce", BroadcastOutcome.NonceTooLow),
        ("nonce too high", BroadcastOutcome.NonceTooHigh),
        ("noncegap", BroadcastOutcome.NonceTooHigh),
        ("noncetoofarinfuture", BroadcastOutcome.NonceTooHigh),
        ("nonce too far in the future", BroadcastOutcome.NonceTooHigh),
        ("nonce too far in future", BroadcastOutcome.NonceTooHigh),
        ("max fee per gas less than block base fee", BroadcastOutcome.FeeCapTooLow),
        ("fee cap less than block base fee", BroadcastOutcome.FeeCapTooLow),
        ("below current base fee", BroadcastOutcome.FeeCapTooLow),
        ("maxfeepergas is too low", BroadcastOutcome.FeeCapTooLow),
        ("below chain minimum", BroadcastOutcome.FeeCapTooLow),
        ("insufficient funds", BroadcastOutcome.InsufficientFunds),
        ("insufficientfunds", BroadcastOutcome.InsufficientFunds),
        ("insufficient balance", BroadcastOutcome.InsufficientFunds),
        ("upfront cost exceeds account balance", BroadcastOutcome.InsufficientFunds),
        ("doesn't have enough funds", BroadcastOutcome.InsufficientFunds),
        ("underpriced", BroadcastOutcome.Underpriced),
        ("fee too low", BroadcastOutcome.Underpriced),
        ("feetoolow", BroadcastOutcome.Underpriced),
        ("gas price below configured minimum", BroadcastOutcome.Underpriced),
        ("gas price below minimum", BroadcastOutcome.Underpriced),
        ("priority fee below minimum", BroadcastOutcome.Underpriced),
        ("pool is full", BroadcastOutcome.NotTaken),
        ("node is syncing", BroadcastOutcome.NotTaken),
        ("account limit exceeded", BroadcastOutcome.NotTaken),
        ("in-flight transaction limit", BroadcastOutcome.NotTaken),
        ("gapped-nonce tx from delegated", BroadcastOutcome.NotTaken),
        ("already reserved", BroadcastOutcome.NotTaken),
        ("capacity", BroadcastOutcome.NotTaken),
        ("rate limit", BroadcastOutcome.NotTaken),
        ("must be authenticated", BroadcastOutcome.NotTaken),
        ("invalid access key", BroadcastOutcome.NotTaken),
        ("app is inactive", BroadcastOutcome.NotTaken),
        ("intrinsic gas too low", BroadcastOutcome.Refused),
        ("intrinsicgas", BroadcastOutcome.Refused),
        ("floor data gas", BroadcastOutcome.Refused),
        ("gas limit", BroadcastOutcome.Refused),
        ("gaslimitexceeded", BroadcastOutcome.Refused),
        ("exceeds the configured cap", BroadcastOutcome.Refused),
        ("priority fee per gas higher than max fee", BroadcastOutcome.Refused),
        ("invalid sender", BroadcastOutcome.Refused),
        ("failedtoresolvesender", BroadcastOutcome.Refused),
        ("senderiscontract", BroadcastOutcome.Refused),
        ("not an eoa", BroadcastOutcome.Refused),
        ("failed to recover sender", BroadcastOutcome.Refused),
        ("invalid transaction signature", BroadcastOutcome.Refused),
        ("failed to decode signed transaction", BroadcastOutcome.Refused),
        ("chain id", BroadcastOutcome.Refused),
        ("chainid", BroadcastOutcome.Refused),
        ("replay-protected", BroadcastOutcome.Refused),
        ("signed for another chain", BroadcastOutcome.Refused),
        ("oversized data", BroadcastOutcome.Refused),
        ("transaction too large", BroadcastOutcome.Refused),
        ("initcode size exceeded", BroadcastOutcome.Refused),
        ("initcode too large", BroadcastOutcome.Refused),
        ("rlp", BroadcastOutcome.Refused),
        ("transaction type not supported", BroadcastOutcome.Refused),
        ("unsupported transaction type", BroadcastOutcome.Refused),
        ("execution reverted", BroadcastOutcome.Refused),
    ];

    private static readonly string[] s_blockTexts =
    [
        "header not found", "unknown block", "block not found", "header for hash not found", "could not find block",
        "not processed yet", "missing trie node", "unknownblock", "blockoutofrange", "hash is not currently canonical",
    ];

    private static readonly string[] s_batchTexts =
    [
        "batch too large", "batch size", "too many requests in batch", "batch limit", "response too large",
        "payload too large", "request entity too large",
    ];

    /// <summary>What a node's answer to <c>eth_sendRawTransaction</c> means.</summary>
    internal static BroadcastResult Broadcast(HttpStatusCode status, RpcError? error)
    {
        if (IsRateLimit(status, error) || status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new BroadcastResult(BroadcastOutcome.NotTaken, error?.Message);
        }

        string text = error?.Message.ToLowerInvariant() ?? "";
        foreach ((string part, BroadcastOutcome outcome) in s_broadcastTexts)
        {
            if (text.Contains(part, StringComparison.Ordinal))
                return new BroadcastResult(outcome, error?.Message);
        }

        return new BroadcastResult(BroadcastOutcome.Unknown, error?.Message ?? $"HTTP {(int)status}");
    }

    /// <summary>The exception that a read's error stands for.</summary>
    internal static Exception Read(string method, HttpStatusCode status, RpcError? error)
    {
        string text = error?.Message.ToLowerInvariant() ?? "";
        if (IsRateLimit(status, error))
            return Busy(method, TimeSpan.Zero);
        if (error is not null && (error.Code == RevertCode || IsRevert(text)))
            return new CallRevertedException(error.Data);
        if (text.Contains("insufficient funds", StringComparison.Ordinal))
            return new CallRevertedException([], "insufficient funds");
        if (method == "eth_getLogs" && ReadRange(text) is { } refused)
            return refused;
        if (IsOneOf(s_blockTexts, text))
            return new BlockNotFoundException();

        return Unavailable(method, $"HTTP {(int)status}, code {error?.Code}: {error?.Message}");
    }

    /// <summary>Whether a call was refused only for how many there were: it may be made again, later.</summary>
    internal static bool IsRateLimit(HttpStatusCode status, RpcError? error) =>
        status == HttpStatusCode.TooManyRequests || error?.Code == RateLimitCode;

    /// <summary>Whether a batch was refused for how much it asks.</summary>
    internal static bool IsTooLarge(HttpStatusCode status, RpcError? error) =>
        status == HttpStatusCode.RequestEntityTooLarge
        || (error is not null && IsOneOf(s_batchTexts, error.Message.ToLowerInvariant()));

    /// <summary>The failure of a node that let nothing through as long as a read may take.</summary>
    internal static FailureException Busy(string method, TimeSpan wait) => new(
        new Failure(FailureCode.UpstreamUnavailable, "The chain's node is unavailable.", $"{method}: rate limited")
        {
            RetryAfter = wait > TimeSpan.FromSeconds(2) ? wait : TimeSpan.FromSeconds(2),
        },
        new NodeBusyException());

    /// <summary>The failure of a node that did not answer as it should.</summary>
    internal static FailureException Unavailable(string method, string why, Exception? inner = null) => new(
        new Failure(FailureCode.UpstreamUnavailable, "The chain's node is unavailable.", $"{method}: {why}")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        },
        inner);

    /// <summary>The Solidity reason in revert data made by <c>revert("...")</c>; null for any other data.</summary>
    internal static string? ReasonOf(ReadOnlySpan<byte> data)
    {
        const int Head = 4 + 32 + 32;
        ReadOnlySpan<byte> errorSelector = [0x08, 0xc3, 0x79, 0xa0];
        if (data.Length < Head || !data.StartsWith(errorSelector))
            return null;

        UInt256 length = UInt256.FromBigEndian(data.Slice(4 + 32, 32));
        return length <= (UInt256)(ulong)(data.Length - Head)
            ? System.Text.Encoding.UTF8.GetString(data.Slice(Head, (int)(ulong)length))
            : null;
    }

    private static bool IsOneOf(string[] parts, string text) =>
        Array.Exists(parts, part => text.Contains(part, StringComparison.Ordinal));

    private static bool IsRevert(string text) =>
        text.Contains("revert", StringComparison.Ordinal)
        || text.Contains("vm execution error", StringComparison.Ordinal);
}
