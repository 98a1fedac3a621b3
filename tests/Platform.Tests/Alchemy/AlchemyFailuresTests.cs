using System.Net;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>What nodes say, and what it means: one row a text of a real node.</summary>
public sealed class AlchemyFailuresTests
{
    [Theory]
    [InlineData("already known", BroadcastOutcome.AlreadyKnown)]
    [InlineData("AlreadyKnown", BroadcastOutcome.AlreadyKnown)]
    [InlineData("Known transaction", BroadcastOutcome.AlreadyKnown)]
    [InlineData("transaction already imported", BroadcastOutcome.AlreadyKnown)]
    [InlineData("existing tx with same hash", BroadcastOutcome.AlreadyKnown)]
    [InlineData("nonce too low: next nonce 5, tx nonce 4", BroadcastOutcome.NonceTooLow)]
    [InlineData("OldNonce, Current nonce: 5, nonce of rejected tx: 4", BroadcastOutcome.NonceTooLow)]
    [InlineData("nonce too high", BroadcastOutcome.NonceTooHigh)]
    [InlineData("NonceGap, Future nonce. Expected nonce: 3", BroadcastOutcome.NonceTooHigh)]
    [InlineData("transaction underpriced: tip needed 1, tip permitted 0", BroadcastOutcome.Underpriced)]
    [InlineData("underpriced", BroadcastOutcome.Underpriced)]
    [InlineData("FeeTooLow, MaxFeePerGas too low.", BroadcastOutcome.Underpriced)]
    [InlineData("replacement transaction underpriced", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("INTERNAL_ERROR: could not replace existing tx", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("ReplacementNotAllowed", BroadcastOutcome.ReplacementUnderpriced)]
    [InlineData("insufficient funds for gas * price + value: balance 0", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Insufficient funds for gas * price + value", BroadcastOutcome.InsufficientFunds)]
    [InlineData("InsufficientFunds, Account balance: 0", BroadcastOutcome.InsufficientFunds)]
    [InlineData("Upfront cost exceeds account balance", BroadcastOutcome.InsufficientFunds)]
    [InlineData("max fee per gas less than block base fee: address 0x", BroadcastOutcome.FeeCapTooLow)]
    [InlineData("Gas price below current base fee", BroadcastOutcome.FeeCapTooLow)]
    [InlineData("intrinsic gas too low: gas 1, minimum needed 21000", BroadcastOutcome.Refused)]
    [InlineData("exceeds block gas limit", BroadcastOutcome.Refused)]
    [InlineData("tx fee (2.00 ether) exceeds the configured cap (1.00 ether)", BroadcastOutcome.Refused)]
    [InlineData("invalid chain id for signer: have 1 want 5", BroadcastOutcome.Refused)]
    [InlineData("invalid sender", BroadcastOutcome.Refused)]
    [InlineData("txpool is full", BroadcastOutcome.NotTaken)]
    [InlineData("Your app has exceeded its compute units per second capacity.", BroadcastOutcome.NotTaken)]
    [InlineData("Must be authenticated!", BroadcastOutcome.NotTaken)]
    [InlineData("Request timed out. Client should retry.", BroadcastOutcome.Unknown)]
    [InlineData("something nobody has seen", BroadcastOutcome.Unknown)]
    [InlineData("", BroadcastOutcome.Unknown)]
    public void Reads_a_nodes_answer_to_a_broadcast(string text, BroadcastOutcome expected)
    {
        BroadcastResult result = AlchemyFailures.Broadcast(HttpStatusCode.OK, new RpcError(-32000, text, []));

        Assert.Equal(expected, result.Outcome);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, BroadcastOutcome.NotTaken)]
    [InlineData(HttpStatusCode.Unauthorized, BroadcastOutcome.NotTaken)]
    [InlineData(HttpStatusCode.Forbidden, BroadcastOutcome.NotTaken)]
    [InlineData(HttpStatusCode.ServiceUnavailable, BroadcastOutcome.Unknown)]
    [InlineData(HttpStatusCode.BadGateway, BroadcastOutcome.Unknown)]
    public void Reads_a_broadcasts_status_where_there_is_no_error(HttpStatusCode status, BroadcastOutcome expected) =>
        Assert.Equal(expected, AlchemyFailures.Broadcast(status, null).Outcome);

    [Theory]
    [InlineData("eth_getLogs", "query returned more than 10000 results", typeof(LogRangeRefusedException))]
    [InlineData("eth_getLogs", "Log response size exceeded.", typeof(LogRangeRefusedException))]
    [InlineData("eth_getLogs", "You can make eth_getLogs requests with up to a 10 block range.",
        typeof(LogRangeRefusedException))]
    [InlineData("eth_call", "header not found", typeof(BlockNotFoundException))]
    [InlineData("eth_call", "execution reverted: no", typeof(CallRevertedException))]
    [InlineData("eth_call", "Unable to complete request at this time.", typeof(FailureException))]
    public void Reads_a_nodes_answer_to_a_read(string method, string text, Type expected) =>
        Assert.IsType(expected, AlchemyFailures.Read(method, HttpStatusCode.OK, new RpcError(-32000, text, [])));

    // One row a text that a provider's users quote; null: halve what was asked.
    [Theory]
    [InlineData(
        "You can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range "
            + "should work: [0x1312d00, 0x1312d09]", LogRangeRefusal.TooManyBlocks, 10L)]
    [InlineData(
        "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the "
            + "response size, or you can request any block range with a cap of 10K logs in the response. Based on your "
            + "parameters and the response size limit, this block range should work: [0x10, 0x1f]",
        LogRangeRefusal.TooManyLogs, 16L)]
    [InlineData(
        "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the "
            + "response size.", LogRangeRefusal.TooManyLogs, 2_000L)]
    [InlineData("Log response size exceeded. Please reduce query block range.", LogRangeRefusal.TooManyLogs, null)]
    [InlineData(
        "query returned more than 10000 results. Try with this block range [0x5B8D80, 0x5B8DFF].",
        LogRangeRefusal.TooManyLogs, 128L)]
    [InlineData("query returned more than 10000 results", LogRangeRefusal.TooManyLogs, null)]
    [InlineData("eth_getLogs is limited to a 10,000 range", LogRangeRefusal.TooManyBlocks, 10_000L)]
    [InlineData("exceed maximum block range: 5000", LogRangeRefusal.TooManyBlocks, 5_000L)]
    [InlineData("block range is too wide", LogRangeRefusal.TooManyBlocks, null)]
    [InlineData("block range limit exceeded", LogRangeRefusal.TooManyBlocks, null)]
    [InlineData("ranges over 10000 blocks are not supported on freetier", LogRangeRefusal.TooManyBlocks, 10_000L)]
    [InlineData("query exceeds max block range 100000", LogRangeRefusal.TooManyBlocks, 100_000L)]
    [InlineData("query timeout exceeded", LogRangeRefusal.TooSlow, null)]
    [InlineData("Request timed out. Client should retry.", LogRangeRefusal.TooSlow, null)]
    public void Reads_how_much_a_node_would_have_read(string text, LogRangeRefusal why, long? blocks)
    {
        LogRangeRefusedException refused = Assert.IsType<LogRangeRefusedException>(
            AlchemyFailures.Read("eth_getLogs", HttpStatusCode.BadRequest, new RpcError(-32600, text, [])));

        Assert.Equal((why, blocks), (refused.Why, refused.Blocks));
    }
}
