using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Souk.Domain.Chain;
using Souk.Harness.Trading;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace.Tests;

/// <summary>A chain whose blocks are read anew, from any of them, has the state that it had.</summary>
public sealed class ReadAnewTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    [Fact]
    public async Task From_any_block_on_it_comes_to_what_logs_people_and_time_had_made()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        await SellAsync(seller, buyer);
        await LeaveReturnAndConfirmAsync(seller);
        await RevokeAsync(await SignInAsync());
        await FailAndExpireAsync(await SignInAsync(), buyer);
        await SellAgainAsync(await SignInAsync(), buyer);
        Trader other = await SignInAsync();
        await CancelOnChainAsync(other, await ListAsync(other));
        await ListAsync(other);
        await CallAsync(other, Market.Contracts.Seaport, "incrementCounter()");
        await FollowAsync();
        DerivedDigest all = await DigestAsync();
        long announced = await CountAsync("outbox");
        List<TimedLog> logs = await ReadLogsAsync();
        long head = (long)await Market.Node.Rpc.GetBlockNumberAsync(Cancelled);

        for (long from = head; from >= 0; from -= 3)
        {
            await Database.WriteAsync(
                async transaction =>
                {
                    await BlockUnwinder.RewindAsync(transaction, Chain.Id, from, Cancelled);
                    LogApplier applier = new(transaction, Chain, Chain.Seaport) { IsReplay = true };
                    await applier.ApplyAsync([.. logs.Where(it => it.Log.BlockNumber > from)], Cancelled);
                },
                Cancelled);
            await AssertStateAsync(all);
        }

        Assert.Equal(announced, await CountAsync("outbox"));
        Assert.All(all.Tables.Where(it => !it.Table.StartsWith("currency", StringComparison.Ordinal)), it =>
            Assert.True(it.Rows > 0, it.Table));
    }

    private async Task SellAsync(Trader seller, Trader buyer)
    {
        Listed listed = await ListAsync(seller);
        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, listed), Cancelled)).IsSuccess);
        await FollowAsync();
        Assert.Equal("filled sold", await StatusOfAsync(listed));
    }

    /// <summary>The seller's word comes after the logs that made it needed, and between others.</summary>
    private async Task LeaveReturnAndConfirmAsync(Trader seller)
    {
        Trader friend = await SignInAsync();
        Listed listed = await ListAsync(seller);
        await GiveAsync(seller, friend.Wallet.Address, listed.Token);
        await FollowAsync();
        await GiveAsync(friend, seller.Wallet.Address, listed.Token);
        await FollowAsync();
        Assert.Equal(200, (await ConfirmAsync(seller, listed)).Status);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        await ApproveAsync(seller);
        await FollowAsync();
        Assert.Equal("active", await StatusOfAsync(listed));
    }

    private async Task RevokeAsync(Trader seller)
    {
        Listed kept = await ListAsync(seller);
        Listed cancelled = await ListAsync(seller);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        await CancelAsync(seller, cancelled);
        Assert.Equal("inactive approval_revoked", await StatusOfAsync(kept));
    }

    private async Task FailAndExpireAsync(Trader seller, Trader buyer)
    {
        Listed listed = await ListUntilAsync(seller, Market.Clock.GetUtcNow().AddHours(2));
        JsonElement purchase = await HoldAsync(buyer, listed);
        await buyer.PostAsync(
            $"/v1/purchases/{purchase.GetProperty("id")}/transactions",
            new JsonObject { ["transactionHash"] = Bytes32.Zero.ToString() },
            Cancelled);
        await ApproveAsync(seller, isApproved: false);
        await FollowAsync();
        await Market.PassAsync(TimeSpan.FromHours(3), Cancelled);
        Assert.Equal(204, await Market.FireAsync("expire", Cancelled));
        Assert.Equal("expired ended", await StatusOfAsync(listed));
        Assert.Equal("failed not_filled_in_time", await StatusOfAsync(buyer, purchase));
    }

    /// <summary>A token that was sold comes back and is for sale anew, beside the listing that sold it.</summary>
    private async Task SellAgainAsync(Trader seller, Trader buyer)
    {
        Listed first = await ListAsync(seller);
        Assert.True((await buyer.SendStepAsync(await HoldAsync(buyer, first), Cancelled)).IsSuccess);
        await GiveAsync(buyer, seller.Wallet.Address, first.Token);
        await FollowAsync();
        Listed second = await ListAsync(seller, first.Token);
        Assert.Equal("active", await StatusOfAsync(second));
    }

    private async Task<List<TimedLog>> ReadLogsAsync()
    {
        AlchemyClient client = Market.App.Services.GetRequiredService<AlchemyClients>().For(Chain.Id);
        List<Collection> collections = await Database.ReadAsync(
            transaction => CollectionTable.ListAsync(transaction, Chain.Id, Cancelled), Cancelled);
        IReadOnlyList<ChainLog> logs = await client.GetLogsAsync(
            new LogFilter
            {
                Addresses = FollowedContracts.AddressesOf(Chain, collections),
                Topics = [FollowedContracts.Topics],
                FromBlock = 1,
                ToBlock = (long)await Market.Node.Rpc.GetBlockNumberAsync(Cancelled),
            },
            Cancelled);
        List<TimedLog> timed = [];
        foreach (ChainLog log in logs)
        {
            BlockHeader? header = await client.GetBlockAsync(BlockReference.At(log.BlockHash), Cancelled);
            timed.Add(new TimedLog(log, header!.Timestamp));
        }

        return timed;
    }
}
