using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>
/// Twenty wallets on each of two chains, all at once: each has nonces of its own, dense and in order.
/// </summary>
public sealed class ManySignersTests(ManySigners world) : IClassFixture<ManySigners>
{
    private const int EachMax = 12;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nonces_are_dense_and_in_the_order_of_requests_for_each_of_forty_wallets()
    {
        await world.LetAllMintAsync();
        (WorldChain Chain, MetaKeepApp Signer)[] wallets =
        [
            .. world.World.Chains.SelectMany(chain => chain.Signers.Select(signer => (chain, signer))),
        ];
        ConcurrentBag<Minted> minted = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled };
        await Parallel.ForEachAsync(wallets, options, async (wallet, _) =>
        {
            // One after the other for each wallet, so that their order is known; the wallets all at once.
            for (int i = 0; i < EachMax / 2; i++)
                minted.Add(await RequestAsync(wallet.Chain, wallet.Signer));
        });

        await Parallel.ForEachAsync(minted, options, async (it, _) => await world.DeliverQueuedAsync(it.Json));
        await Parallel.ForEachAsync(wallets, options, async (wallet, _) =>
        {
            for (int i = 0; i < EachMax / 2; i++)
            {
                Minted more = await RequestAsync(wallet.Chain, wallet.Signer);
                minted.Add(more);
                await world.DeliverQueuedAsync(more.Json);
            }
        });
        await FinishAllAsync();

        Assert.Equal(wallets.Length * EachMax, await ChainBooks.RequireEqualAsync(world));
        Assert.Equal("", await world.ReadAsync<string>("""
            SELECT coalesce(string_agg(signer_id::text, ' '), '') FROM (
                SELECT signer_id, nonce, lag(nonce) OVER (PARTITION BY signer_id ORDER BY id) AS before
                FROM transactions) AS ordered
            WHERE nonce <> before + 1
            """));
        foreach (Minted it in minted)
            Assert.Equal(it.To, await SigningStory.OwnerAsync(it.Chain, it.Token));
    }

    [Fact]
    public async Task Refuses_a_wallet_that_the_chain_does_not_have()
    {
        await world.LetAllMintAsync();
        WorldChain chain = world.World.Chains[0];
        WorldChain other = world.World.Chains[1];

        ApiAnswer absent = await PostAsync(SigningStory.Mint(chain, "nobody", world.NewAddress(), 1));
        ApiAnswer elsewhere = await PostAsync(
            SigningStory.Mint(chain, other.NameOf(other.Signers[3]), world.NewAddress(), 1));

        Assert.Equal((409, "signer_unavailable"), (absent.Status, absent.Code));
        Assert.Equal((409, "signer_unavailable"), (elsewhere.Status, elsewhere.Code));
    }

    private async Task<Minted> RequestAsync(WorldChain chain, MetaKeepApp signer)
    {
        Address to = world.NewAddress();
        ulong token = SigningStory.NewToken();
        ApiAnswer accepted = await PostAsync(SigningStory.Mint(chain, chain.NameOf(signer), to, token));
        Assert.Equal(202, accepted.Status);
        return new Minted(chain, to, token, accepted.Json);
    }

    private Task<ApiAnswer> PostAsync(JsonObject request) =>
        world.PostAsync(world.Operator, "/v1/transactions", request);

    private async Task FinishAllAsync()
    {
        for (int i = 0; i < 30; i++)
        {
            await Task.WhenAll(world.World.Chains.Select(chain => chain.Node.MineAsync(5, Cancelled)));
            Assert.Equal(204, await world.TickAsync());
            if (await world.ReadAsync<long>("SELECT count(*) FROM transactions WHERE finalized_at IS NULL") == 0)
                return;
        }

        Assert.Fail("Some transactions did not end.");
    }

    private sealed record Minted(WorldChain Chain, Address To, ulong Token, JsonElement Json);
}
