using System.Net;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>The taxonomy of what nodes say to a signed transaction: one row a text that stands in a node's source.
/// </summary>
/// <remarks>
/// Read 2026-11. Geth: core/txpool/errors.go, core/txpool/validation.go, core/txpool/legacypool/legacypool.go,
/// core/error.go, internal/ethapi/api.go. Erigon: txnprovider/txpool/txpoolcfg/txpoolcfg.go. Nethermind:
/// Nethermind.TxPool/AcceptTxResult.cs and TxPoolErrorMessages.cs. Reth: crates/rpc/rpc-eth-types/src/error/mod.rs,
/// crates/transaction-pool/src/error.rs. Anvil: crates/anvil/src/eth/error/mod.rs. Alchemy: its error reference.
/// </remarks>
public sealed class BroadcastTextsTests
{
    [Theory]
    [InlineData("Geth", "already known")]
    [InlineData("Erigon", "ALREADY_EXISTS: already known")]
    [InlineData("Erigon", "INTERNAL_ERROR: existing txn with same hash")]
    [InlineData("Nethermind", "already known")]
    [InlineData("Nethermind before 2026", "AlreadyKnown")]
    [InlineData("Reth", "already known")]
    [InlineData("Anvil", "transaction already imported")]
    public void Already_known_means_that_it_is_in_the_pool(string node, string text)
    {
        BroadcastResult result = Read(node, text, BroadcastOutcome.AlreadyKnown);

        Assert.True(result.IsInPool);
        Assert.False(result.HadNoEffect);
    }

    [Theory]
    [InlineData("Geth", "nonce too low: next nonce 5, tx nonce 4")]
    [InlineData("Erigon", "nonce too low")]
    [InlineData("Nethermind", "nonce too low")]
    [InlineData("Nethermind before 2026", "OldNonce, Current nonce: 5, nonce of rejected tx: 4")]
    [InlineData("Reth", "nonce too low: next nonce 5, tx nonce 4")]
    [InlineData("Anvil", "nonce too low")]
    public void A_nonce_too_low_leaves_open_whose_transaction_was_mined(string node, string text) =>
        Assert.False(Read(node, text, BroadcastOutcome.NonceTooLow).HadNoEffect);

    [Theory]
    [InlineData("Geth", "transaction underpriced", BroadcastOutcome.Underpriced)]
    [InlineData("Geth", "transaction gas price below minimum: gas tip cap 0, minimum needed 1",
        BroadcastOutcome.Underpriced)]
    [InlineData("Erigon", "underpriced", BroadcastOutcome.Underpriced)]
    [InlineData("Erigon", "fee too low", BroadcastOutcome.Underpriced)]
    [InlineData("Nethermind", "transaction underpriced", BroadcastOutcome.Underpriced)]
    [InlineData("Reth", "transaction underpriced", BroadcastOutcome.Underpriced)]
    [InlineData("Reth", "transaction priority fee below minimum required priority fee 1", BroadcastOutcome.Underpriced)]
    [InlineData("Geth", "replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Geth", "future transaction tries to replace pending", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Erigon", "replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Erigon", "INTERNAL_ERROR: could not replace existing tx", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Nethermind", "replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Reth", "[0x12]: insufficient gas price to replace existing transaction",
        BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Anvil", "replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Anvil", "Tx: [0x12] insufficient gas price to replace existing transaction",
        BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("Geth", "max fee per gas less than block base fee: address 0x, maxFeePerGas: 1, baseFee: 7",
        BroadcastOutcome.FeeCapTooLow)]
    [InlineData("Reth", "transaction feeCap 6 below chain minimum", BroadcastOutcome.FeeCapTooLow)]
    [InlineData("Anvil", "max fee per gas less than block base fee", BroadcastOutcome.FeeCapTooLow)]
    [InlineData("Geth", "insufficient funds for gas * price + value: balance 0, tx cost 1, overshot 1",
        BroadcastOutcome.InsufficientFunds)]
    [InlineData("Geth", "insufficient funds for transfer", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Erigon", "insufficient funds", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Nethermind", "insufficient funds for gas * price + value", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Reth", "insufficient funds for gas * price + value: have 0 want 1",
        BroadcastOutcome.InsufficientFunds)]
    [InlineData("Anvil", "Insufficient funds for gas * price + value", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Geth", "nonce too high: tx nonce 9, gapped nonce 5", BroadcastOutcome.NonceTooHigh)]
    [InlineData("Nethermind", "nonce too far in future", BroadcastOutcome.NonceTooHigh)]
    [InlineData("Geth", "txpool is full", BroadcastOutcome.NotTaken)]
    [InlineData("Erigon", "pending sub-pool is full", BroadcastOutcome.NotTaken)]
    [InlineData("Nethermind", "node is syncing", BroadcastOutcome.NotTaken)]
    [InlineData("Geth", "account limit exceeded: pooled 16 txs", BroadcastOutcome.NotTaken)]
    [InlineData("Geth", "in-flight transaction limit reached for delegated accounts", BroadcastOutcome.NotTaken)]
    [InlineData("Geth", "gapped-nonce tx from delegated accounts", BroadcastOutcome.NotTaken)]
    [InlineData("Reth", "address already reserved", BroadcastOutcome.NotTaken)]
    [InlineData("Alchemy", "Your app has exceeded its compute units per second capacity. If you have retries enabled, "
        + "you can safely ignore this message.", BroadcastOutcome.NotTaken)]
    [InlineData("Alchemy", "Your app has exceeded its concurrent requests capacity.", BroadcastOutcome.NotTaken)]
    public void What_is_too_cheap_too_poor_too_early_or_too_much_had_no_effect(
        string node, string text, BroadcastOutcome outcome)
    {
        BroadcastResult result = Read(node, text, outcome);

        Assert.True(result.HadNoEffect);
        Assert.False(result.IsInPool);
    }

    [Theory]
    [InlineData("Geth", "intrinsic gas too low: gas 1, minimum needed 21000")]
    [InlineData("Geth", "insufficient gas for floor data gas cost: gas 21000, minimum needed 25000")]
    [InlineData("Geth", "exceeds block gas limit")]
    [InlineData("Geth", "transaction gas limit too high (cap: 16777216, tx: 20000000)")]
    [InlineData("Geth", "sender not an eoa: address 0x, len(code): 2")]
    [InlineData("Geth", "only replay-protected (EIP-155) transactions allowed over RPC")]
    [InlineData("Geth", "tx fee (2.00 ether) exceeds the configured cap (1.00 ether)")]
    [InlineData("Geth", "oversized data: transaction size 200000, limit 131072")]
    [InlineData("Erigon", "IntrinsicGas")]
    [InlineData("Erigon", "RLPTooLong")]
    [InlineData("Erigon", "initcode too large")]
    [InlineData("Nethermind", "gas limit reached")]
    [InlineData("Nethermind", "failed to recover sender")]
    [InlineData("Nethermind", "unsupported transaction type")]
    [InlineData("Nethermind", "transaction too large")]
    [InlineData("Reth", "failed to decode signed transaction")]
    [InlineData("Reth", "invalid transaction signature")]
    [InlineData("Reth", "sender is not an EOA")]
    [InlineData("Reth", "invalid chain ID")]
    [InlineData("Anvil", "Failed to decode signed transaction")]
    [InlineData("Anvil", "Incompatible EIP-155 transaction, signed for another chain")]
    [InlineData("Anvil", "Unknown transaction type not supported")]
    [InlineData("Anvil", "execution reverted: None")]
    public void What_the_node_will_never_take_is_refused(string node, string text) =>
        Assert.True(Read(node, text, BroadcastOutcome.Refused).HadNoEffect);

    [Theory]
    [InlineData("Alchemy", "Request timed out. Client should retry.")]
    [InlineData("Alchemy", "Unable to complete request at this time.")]
    [InlineData("Erigon", "replaced by transaction with higher tip")]
    [InlineData("Reth", "internal blocking task error")]
    [InlineData("Anvil", "Transaction 0x12 was added to the mempool but wasn't confirmed within 30s")]
    [InlineData("nobody", "unknown transaction")]
    [InlineData("nobody", "something nobody has seen")]
    [InlineData("nobody", "")]
    public void What_nobody_knows_is_unknown_and_the_chain_is_asked(string node, string text)
    {
        BroadcastResult result = Read(node, text, BroadcastOutcome.Unknown);

        Assert.False(result.HadNoEffect);
        Assert.False(result.IsInPool);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public void Alchemys_rate_limit_is_known_by_its_code_whatever_the_words(HttpStatusCode status) =>
        Assert.Equal(
            BroadcastOutcome.NotTaken,
            AlchemyFailures.Broadcast(
                status, new RpcError(429, "Optimism sequencer global transaction limit exceeded", [])).Outcome);

    [Fact]
    public void A_node_without_a_fee_history_is_unavailable_and_named_so()
    {
        FailureException failed = Assert.IsType<FailureException>(AlchemyFailures.Read(
            "eth_feeHistory",
            HttpStatusCode.OK,
            new RpcError(-32601, "the method eth_feeHistory does not exist/is not available", [])));

        Assert.Equal(FailureCode.UpstreamUnavailable, failed.Failure.Code);
        Assert.Contains("eth_feeHistory", failed.Failure.Internal, StringComparison.Ordinal);
    }

    // Whoever reads a failing row is told whose text it is.
    private static BroadcastResult Read(string node, string text, BroadcastOutcome expected)
    {
        BroadcastResult result = AlchemyFailures.Broadcast(HttpStatusCode.OK, new RpcError(-32000, text, []));

        Assert.Equal((node, expected), (node, result.Outcome));
        return result;
    }
}
