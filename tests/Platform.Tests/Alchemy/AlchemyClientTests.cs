using Souk.Domain.Chain;
using Souk.Local.Servers;
using Souk.Platform.Alchemy;
using Souk.Platform.Randomness;

namespace Souk.Platform.Tests.Alchemy;

/// <summary>The production client against a real node.</summary>
public sealed class AlchemyClientTests : IAsyncLifetime
{
    // The first account of the node's well-known seed phrase.
    private static readonly PrivateKey s_account =
        PrivateKey.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    // Creation code that reverts with Error("no").
    private const string RevertingCode = "0x6064600c60003960646000fd"
        + "08c379a0"
        + "0000000000000000000000000000000000000000000000000000000000000020"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "6e6f000000000000000000000000000000000000000000000000000000000000";

    // Creation code that emits one log with topic 42 and leaves no contract.
    private const string LoggingCode = "0x602a60006000a100";

    private EvmNode _node = null!;
    private AlchemyClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await EvmNode.StartAsync(new EvmNodeOptions(new ChainId(31337)), Cancelled);
        _client = Client(_node.RpcUrl);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Reads_the_same_block_by_tag_number_and_hash()
    {
        await _node.MineAsync(3, Cancelled);

        BlockHeader latest = (await _client.GetBlockAsync(BlockReference.Latest, Cancelled))!;

        Assert.Equal(3, latest.Number);
        Assert.Equal(3, await _client.GetBlockNumberAsync(Cancelled));
        Assert.Equal(latest, await _client.GetBlockAsync(BlockReference.At(3), Cancelled));
        Assert.Equal(latest, await _client.GetBlockAsync(BlockReference.At(latest.Hash), Cancelled));
        Assert.Equal(latest.ParentHash, (await _client.GetBlockAsync(BlockReference.At(2), Cancelled))!.Hash);
        Assert.Equal(0, (await _client.GetBlockAsync(BlockReference.At(0), Cancelled))!.Number);
    }

    [Fact]
    public async Task Answers_null_for_a_block_that_is_not_there() =>
        Assert.Null(await _client.GetBlockAsync(BlockReference.At(99), Cancelled));

    [Fact]
    public async Task Takes_a_signed_transaction_and_tells_its_receipt()
    {
        (byte[] raw, TransactionHash hash) = Signed(nonce: 0, data: "0x");

        BroadcastResult result = await _client.SendRawTransactionAsync(raw, Cancelled);
        TransactionReceipt receipt = await ReceiptAsync(hash);

        Assert.Equal(BroadcastOutcome.Accepted, result.Outcome);
        Assert.True(receipt.Succeeded);
        Assert.Equal((hash, s_account.Address, 1L), (receipt.TransactionHash, receipt.From, receipt.BlockNumber));
        Assert.Equal(1, await _client.GetTransactionCountAsync(s_account.Address, BlockReference.Latest, Cancelled));
        Assert.Equal(receipt.BlockHash, (await _client.GetTransactionAsync(hash, Cancelled))!.BlockHash);
    }

    [Fact]
    public async Task Knows_a_transaction_it_was_given_twice()
    {
        await _node.StopMiningAsync(Cancelled);
        (byte[] raw, TransactionHash hash) = Signed(nonce: 0, data: "0x");
        await _client.SendRawTransactionAsync(raw, Cancelled);

        BroadcastResult again = await _client.SendRawTransactionAsync(raw, Cancelled);

        Assert.Equal(BroadcastOutcome.AlreadyKnown, again.Outcome);
        Assert.Null((await _client.GetTransactionAsync(hash, Cancelled))!.BlockNumber);
        Assert.Equal(1, await _client.GetTransactionCountAsync(s_account.Address, BlockReference.Pending, Cancelled));
        Assert.Null(await _client.GetReceiptAsync(hash, Cancelled));
    }

    [Fact]
    public async Task Tells_a_used_nonce_and_missing_funds_apart()
    {
        (byte[] first, TransactionHash hash) = Signed(nonce: 0, data: "0x");
        await _client.SendRawTransactionAsync(first, Cancelled);
        await ReceiptAsync(hash);
        BroadcastResult used = await _client.SendRawTransactionAsync(Signed(nonce: 0, data: "0x01").Raw, Cancelled);
        await _node.SetBalanceAsync(s_account.Address, Wei.Zero, Cancelled);
        BroadcastResult poor = await _client.SendRawTransactionAsync(Signed(nonce: 1, data: "0x").Raw, Cancelled);

        Assert.Equal(
            (BroadcastOutcome.NonceTooLow, BroadcastOutcome.InsufficientFunds), (used.Outcome, poor.Outcome));
    }

    [Fact]
    public async Task Reads_logs_by_range_and_by_block_hash()
    {
        (byte[] raw, TransactionHash hash) = Signed(nonce: 0, data: LoggingCode);
        await _client.SendRawTransactionAsync(raw, Cancelled);
        TransactionReceipt receipt = await ReceiptAsync(hash);
        Bytes32 topic = ((UInt256)42ul).ToBytes32();

        IReadOnlyList<ChainLog> byRange = await _client.GetLogsAsync(
            new LogFilter { FromBlock = 0, ToBlock = 1, Topics = [[topic]] }, Cancelled);
        IReadOnlyList<ChainLog> byHash = await _client.GetLogsAsync(
            new LogFilter { BlockHash = receipt.BlockHash, Addresses = [receipt.Logs[0].Address] }, Cancelled);
        IReadOnlyList<ChainLog> others = await _client.GetLogsAsync(
            new LogFilter { FromBlock = 0, ToBlock = 1, Topics = [[Bytes32.Zero]] }, Cancelled);

        ChainLog log = Assert.Single(byRange);
        Assert.Equal((hash, receipt.BlockHash), (log.TransactionHash, log.BlockHash));
        Assert.Equal((0, false), (log.LogIndex, log.Removed));
        Assert.Equal(topic, Assert.Single(log.Topics));
        Assert.Single(byHash);
        Assert.Empty(others);
    }

    [Fact]
    public async Task Carries_the_reason_of_a_revert()
    {
        ChainCall call = new(null, Hex.Decode(RevertingCode)) { From = s_account.Address };

        CallRevertedException called = await Assert.ThrowsAsync<CallRevertedException>(
            () => _client.CallAsync(call, BlockReference.Latest, Cancelled));
        await Assert.ThrowsAsync<CallRevertedException>(() => _client.EstimateGasAsync(call, Cancelled));

        Assert.Equal("no", called.Reason);
    }

    [Fact]
    public async Task Reads_state_at_a_block_hash()
    {
        BlockHeader before = (await _client.GetBlockAsync(BlockReference.Latest, Cancelled))!;
        (byte[] raw, TransactionHash hash) = Signed(nonce: 0, data: "0x");
        await _client.SendRawTransactionAsync(raw, Cancelled);
        await ReceiptAsync(hash);

        Wei then = await _client.GetBalanceAsync(s_account.Address, BlockReference.At(before.Hash), Cancelled);
        Wei now = await _client.GetBalanceAsync(s_account.Address, BlockReference.Latest, Cancelled);

        Assert.True(now < then);
        Assert.Empty(await _client.GetCodeAsync(s_account.Address, BlockReference.Latest, Cancelled));
    }

    [Fact]
    public async Task Tells_what_blocks_charged()
    {
        await _node.MineAsync(4, Cancelled);

        // The node keeps fees beside its blocks, and files them a moment after it has said that a block is mined.
        FeeHistory history = await _client.GetFeeHistoryAsync(4, [50], Cancelled);
        while (history.BaseFees.Count < 5)
            history = await _client.GetFeeHistoryAsync(4, [50], Cancelled);

        Assert.Equal(5, history.BaseFees.Count);
        Assert.Equal(4, history.Rewards.Count);
    }

    [Fact]
    public async Task Says_that_a_broadcast_is_in_doubt_when_no_answer_comes()
    {
        using AlchemyClient nobody = Client(new Uri("http://127.0.0.1:9/"));

        BroadcastResult result = await nobody.SendRawTransactionAsync(Signed(nonce: 0, data: "0x").Raw, Cancelled);

        Assert.Equal(BroadcastOutcome.Unknown, result.Outcome);
    }

    private static AlchemyClient Client(Uri url)
    {
        ChainRegistry chains = ChainRegistry.Create(
            [new ChainOptions { Id = 31337, Name = "local", RpcUrl = url.ToString() }]);
        return new AlchemyClient(
            chains.Get(new ChainId(31337)),
            new AlchemyOptions { RetriesMax = 0 },
            (_, _) => ValueTask.FromResult("key"),
            TimeProvider.System,
            EntropySource.System);
    }

    private static (byte[] Raw, TransactionHash Hash) Signed(ulong nonce, string data)
    {
        Eip1559Transaction transaction = new(
            new ChainId(31337), nonce, Wei.FromUlong(1_000_000_000), Wei.FromUlong(30_000_000_000), 200_000,
            data == LoggingCode ? null : Address.Parse("0x00000000000000000000000000000000000000ff"),
            Wei.FromUlong(1), Hex.Decode(data));
        byte[] raw = transaction.Encode(s_account.Sign(transaction.SigningHash()));
        return (raw, Eip1559Transaction.HashOf(raw));
    }

    private async Task<TransactionReceipt> ReceiptAsync(TransactionHash hash)
    {
        while (true)
        {
            if (await _client.GetReceiptAsync(hash, Cancelled) is { } receipt)
                return receipt;
            await _node.MineAsync(1, Cancelled);
        }
    }
}
