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
}
