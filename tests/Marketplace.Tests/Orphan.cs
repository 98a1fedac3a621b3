using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Harness.Trading;
using Souk.Local.Servers;

namespace Souk.Marketplace.Tests;

/// <summary>Transactions that will be mined and leave the chain again, and those that take their place.</summary>
/// <param name="market">Where.</param>
internal sealed class Orphan(Market market)
{
    private static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)");
    private static readonly AbiFunction RaiseCounter = AbiFunction.Parse("incrementCounter()");
    private static readonly AbiFunction MintUnits = AbiFunction.Parse("mint(address,uint256,uint256)");
    private static readonly AbiFunction SendUnits =
        AbiFunction.Parse("safeTransferFrom(address,address,uint256,uint256,bytes)");

    private static readonly AbiFunction SendBatch =
        AbiFunction.Parse("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)");

    private readonly List<byte[]> _mined = [];
    private readonly List<byte[]> _replacing = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A step of the marketplace, such as a fill or a cancellation, that stays.</summary>
    internal async Task KeepAsync(Trader trader, JsonElement step)
    {
        byte[] raw = await trader.Wallet.SignAsync(step, Cancelled);
        _mined.Add(raw);
        _replacing.Add(raw);
    }

    /// <summary>A step of the marketplace that goes.</summary>
    internal async Task LoseAsync(Trader trader, JsonElement step) =>
        _mined.Add(await trader.Wallet.SignAsync(step, Cancelled));

    /// <summary>The token leaves its owner, in the blocks that go or in those that come.</summary>
    internal async Task GiveAsync(Trader from, Address to, TokenId token, bool isReplacing = false) => Add(
        await SignAsync(
            from, market.Contracts.Collection, TransferFrom.Encode(from.Wallet.Address, to, token)), isReplacing);

    /// <summary>The owner lets Seaport move nothing any more.</summary>
    internal async Task RevokeAsync(Trader owner) => Add(
        await SignAsync(
            owner,
            market.Contracts.Collection,
            TokenCalls.SetApprovalForAll(market.Contracts.Seaport, isApproved: false)),
        isReplacing: false);

    /// <summary>The seller calls all of their orders back.</summary>
    internal async Task RaiseCounterAsync(Trader seller) =>
        Add(await SignAsync(seller, market.Contracts.Seaport, RaiseCounter.Encode()), isReplacing: false);

    /// <summary>A token comes to be, in the blocks that go or in those that come.</summary>
    internal async Task MintAsync(Trader minter, Address to, TokenId token, bool isReplacing = false) => Add(
        await SignAsync(minter, market.Contracts.Collection, TokenCalls.Mint(to, token)), isReplacing);

    /// <summary>Units of one token are made, and units of two go in one log; in what comes, of one.</summary>
    internal async Task MoveUnitsAsync(Trader owner, Address contract, Address to)
    {
        AbiValue ids = AbiValue.ListOf(1UL, 2UL);
        AbiValue quantities = AbiValue.ListOf(3UL, 4UL);
        Address from = owner.Wallet.Address;
        Add(await SignAsync(owner, contract, SendBatch.Encode(from, to, ids, quantities, Array.Empty<byte>())), false);
        Add(await SignAsync(owner, contract, SendUnits.Encode(from, to, 2UL, 1UL, Array.Empty<byte>())), true);
    }

    /// <summary>A collection of tokens with many units, of which the owner has ten of each of two.</summary>
    internal static async Task<Address> DeployUnitsAsync(Market market, Trader owner)
    {
        ContractArtifacts artifacts = await ContractArtifacts.ReadSeaportAsync(Cancelled);
        Address contract = await ChainDeployment.DeployOneAsync(market.Node, artifacts.TestErc1155, Cancelled);
        foreach (ulong token in new[] { 1UL, 2UL })
        {
            await owner.Wallet.SendAsync(
                contract, MintUnits.Encode(owner.Wallet.Address, token, 10UL), Cancelled);
        }

        return contract;
    }

    /// <summary>Mines the transactions in so many blocks; tells after each.</summary>
    internal async Task MineAsync(int blocks, Func<Task> onBlock)
    {
        await market.Node.StopMiningAsync(Cancelled);
        int inEach = (_mined.Count + blocks - 1) / blocks;
        for (int block = 0; block < blocks; block++)
        {
            foreach (byte[] raw in _mined.Skip(block * inEach).Take(inEach))
                await market.Node.Rpc.SendAsync("eth_sendRawTransaction", [Hex.Encode(raw)], Cancelled);
            await market.Node.MineAsync(1, Cancelled);
            await onBlock();
        }

        await market.Node.SetIntervalMiningAsync(null, Cancelled);
    }

    /// <summary>Replaces the newest blocks; the first of the new ones has what takes the orphans' place.</summary>
    internal async Task ReplaceAsync(int depth)
    {
        JsonArray replacing = [.. _replacing.Select(raw => (JsonNode)new JsonArray(Hex.Encode(raw), 0))];
        await market.Node.Rpc.SendAsync("anvil_reorg", [depth, replacing], Cancelled);
    }

    private static Task<byte[]> SignAsync(Trader sender, Address to, byte[] data) =>
        sender.Wallet.SignAsync(to, data, Wei.Zero, Cancelled);

    private void Add(byte[] raw, bool isReplacing) => (isReplacing ? _replacing : _mined).Add(raw);
}
