using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Local.Servers;

namespace Souk.Local.Tests.Servers;

public sealed class EvmNodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_the_chain_it_was_told_to_be_and_is_gone_after_disposal()
    {
        EvmNode node = await StartAsync();
        await using (node)
        {
            JsonElement chainId = await node.Rpc.SendAsync("eth_chainId", [], Token);
            Assert.Equal("0x89", chainId.GetString());
            Assert.Equal(10, node.Accounts.Count);
        }

        Assert.False(Directory.Exists($"/proc/{node.ProcessId}"));
    }

    [Fact]
    public async Task Mines_when_told_while_mining_is_stopped()
    {
        await using EvmNode node = await StartAsync();
        await node.StopMiningAsync(Token);
        TransactionHash sent = await SendOneWeiAsync(node);
        Assert.Null(await node.Rpc.FindReceiptAsync(sent, Token));

        await node.MineAsync(3, Token);

        await node.Rpc.WaitForReceiptAsync(sent, Token);
        Assert.Equal(3UL, await node.Rpc.GetBlockNumberAsync(Token));
    }

    [Fact]
    public async Task Mines_by_itself_at_an_interval_and_by_transaction_again()
    {
        await using EvmNode node = await StartAsync();
        await node.StopMiningAsync(Token);
        TransactionHash waiting = await SendOneWeiAsync(node);

        await node.SetIntervalMiningAsync(TimeSpan.FromSeconds(1), Token);
        await node.Rpc.WaitForReceiptAsync(waiting, Token);
        await node.SetIntervalMiningAsync(null, Token);

        await node.Rpc.WaitForReceiptAsync(await SendOneWeiAsync(node), Token);
    }

    [Fact]
    public async Task Advances_the_chains_time()
    {
        await using EvmNode node = await StartAsync();
        ulong before = await TimeAsync(node);

        await node.IncreaseTimeAsync(TimeSpan.FromHours(2), Token);

        Assert.InRange(await TimeAsync(node) - before, 7_200UL, 7_260UL);
    }

    [Fact]
    public async Task A_reorg_replaces_blocks_and_forgets_their_transactions()
    {
        await using EvmNode node = await StartAsync();
        await node.MineAsync(2, Token);
        TransactionHash sent = await SendOneWeiAsync(node);
        await node.Rpc.WaitForReceiptAsync(sent, Token);
        string? before = await HashAsync(node, 3);

        await node.ReorgAsync(1, Token);

        Assert.NotEqual(before, await HashAsync(node, 3));
        Assert.Equal(3UL, await node.Rpc.GetBlockNumberAsync(Token));
        Assert.Null(await node.Rpc.FindReceiptAsync(sent, Token));
    }

    [Fact]
    public async Task Gives_an_account_the_balance_asked_for()
    {
        await using EvmNode node = await StartAsync();
        Address poor = Address.Parse("0x000000000000000000000000000000000000dEaD");

        await node.SetBalanceAsync(poor, Wei.FromUlong(17), Token);

        Assert.Equal(Wei.FromUlong(17), await node.Rpc.GetBalanceAsync(poor, Token));
    }

    private static Task<EvmNode> StartAsync() => EvmNode.StartAsync(new EvmNodeOptions(new ChainId(137)), Token);

    private static async Task<TransactionHash> SendOneWeiAsync(EvmNode node)
    {
        JsonObject transaction = new()
        {
            ["from"] = node.Accounts[0].ToString(),
            ["to"] = node.Accounts[1].ToString(),
            ["value"] = "0x1",
        };
        JsonElement hash = await node.Rpc.SendAsync("eth_sendTransaction", [transaction], Token);
        return TransactionHash.Parse(hash.GetString()!);
    }

    private static async Task<ulong> TimeAsync(EvmNode node)
    {
        JsonElement block = await node.Rpc.SendAsync("eth_getBlockByNumber", ["latest", false], Token);
        return RpcConnection.ReadQuantity(block.GetProperty("timestamp"));
    }

    private static async Task<string?> HashAsync(EvmNode node, ulong number)
    {
        string quantity = ((UInt256)number).ToHexQuantity();
        JsonElement block = await node.Rpc.SendAsync("eth_getBlockByNumber", [quantity, false], Token);
        return block.GetProperty("hash").GetString();
    }
}
